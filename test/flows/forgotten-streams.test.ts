import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";

import { startOrigin, type TestOrigin } from "../support/origins.ts";

const index = fileURLToPath(new URL("../../src/index.ts", import.meta.url));

/** What a program does with streamed requests to `url`, by a name that says what becomes of their responses. */
const acts = {
  forgotten: `for (let count = 0; count < 3; count++) await session.get(url, { stream: true });`,
  "read to the half": `
    const response = await session.get(url, { stream: true });
    await response.body[Symbol.asyncIterator]().next();`,
  read: `await (await session.get(url, { stream: true })).bytes();`,
  "iterated over": `for await (const chunk of await session.get(url, { stream: true })) void chunk;`,
  "left early": `for await (const chunk of await session.get(url, { stream: true })) break;`,
  closed: `await (await session.get(url, { stream: true })).close();`,
  "held by await using": `await using response = await session.get(url, { stream: true });`,
  aborted: `
    const controller = new AbortController();
    await session.get(url, { stream: true, signal: controller.signal });
    controller.abort();`,
  "not streamed": `await session.get(url);`,
  "without a body": `await session.head(url, { stream: true });`,
} as const;

type Act = keyof typeof acts;

/** What a program was warned of, and how many of its connections nobody could use when the collector had run. */
interface Outcome {
  readonly warnings: readonly (readonly string[])[];
  readonly held: number;
}

/** Does one after the other in one program, each with a session and a path of its own. */
async function outcomesOf(names: readonly Act[], ...flags: string[]): Promise<Record<string, Outcome>> {
  await using origin: TestOrigin = await startOrigin((_request, response) => {
    response.writeHead(200, { "Content-Length": "1000000" }).end("x".repeat(1_000_000));
  });
  const functions = names.map((name) => `${JSON.stringify(name)}: async (session, url) => { ${acts[name]} }`);
  const program = `
    const { Session } = await import(${JSON.stringify(index)});
    const origin = ${JSON.stringify(origin.url.replace("://", "://user:secret@"))};
    const all = [];
    process.on("warning", ({ name, code, message, detail }) => all.push([name, code, message, detail]));
    const sessions = new Map();
    for (const [name, act] of Object.entries({ ${functions.join()} })) {
      const session = new Session({ trustEnv: false });
      sessions.set(name, session);
      await act(session, origin + "/act " + name + "/?token=secret");
    }
    for (let count = 0; count < 20; count++) {
      globalThis.gc();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const outcomes = {};
    for (const [name, session] of sessions) {
      const [pool] = session.getAdapter(origin).stats;
      const warnings = all.filter(([, , message]) => decodeURI(message).includes("/act " + name + "/"));
      outcomes[name] = { warnings, held: pool.open - pool.idle };
      await session.close();
    }
    console.log(JSON.stringify(outcomes));
  `;
  const args = ["--expose-gc", ...flags, "--input-type=module", "--eval", program];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as Record<string, Outcome>; // the program wrote it
}

describe("a streamed response that is forgotten", () => {
  let outcomes: Record<string, Outcome>;

  beforeAll(async () => {
    outcomes = await outcomesOf(Object.keys(acts) as Act[]); // all of them
  });

  it("is warned of once for a call, without its secrets, and gives up its connection", () => {
    const { warnings = [], held } = outcomes["forgotten"] ?? {};
    expect([warnings.length, held]).toEqual([1, 0]);
    const [name, code, message, detail] = warnings[0] ?? [];
    expect([name, code]).toEqual(["UnreadResponseWarning", "SOJOURN_UNREAD"]);
    expect(message).toMatch(
      /^the streamed response of GET http:\/\/127\.0\.0\.1:\d+\/act%20forgotten\/ was neither read/,
    );
    expect(detail).toContain("--trace-warnings");
    expect(JSON.stringify(warnings)).not.toContain("secret");
  });

  it("is warned of when it was read to the half", () => {
    const { warnings, held } = outcomes["read to the half"] ?? {};
    expect([warnings?.length, held]).toEqual([1, 0]);
  });

  it("is found with --trace-warnings", async () => {
    const { forgotten } = await outcomesOf(["forgotten"], "--trace-warnings");
    const detail = forgotten?.warnings[0]?.[3];
    expect(detail).toMatch(/^It was asked for here:\n.*\n?.* at forgotten /);
    expect(detail).not.toContain("session.ts");
  });

  it.for([
    "read",
    "iterated over",
    "left early",
    "closed",
    "held by await using",
    "aborted",
    "not streamed",
    "without a body",
  ] as const satisfies readonly Act[])("is not one that was %s", (name) => {
    expect(outcomes[name]).toEqual({ warnings: [], held: 0 });
  });
});
