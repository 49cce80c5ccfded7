/**
 * The declarations as users get them: built, and checked whole (`skipLibCheck: false`) together with a program that uses
 * them under the strictest options.
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
const compiler = join(root, "node_modules/typescript/bin/tsc");

const settings = {
  compilerOptions: {
    target: "es2024",
    lib: ["es2024", "esnext.disposable"],
    module: "nodenext",
    types: ["node"],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    noEmit: true,
    paths: {
      sojourn: ["./dist/src/index.d.ts"],
      "sojourn/charset": ["./dist/src/charset.d.ts"],
      "sojourn/formats": ["./dist/src/formats.d.ts"],
      "sojourn/otel": ["./dist/src/otel.d.ts"],
      "sojourn/terminal": ["./dist/src/terminal.d.ts"],
      "sojourn/testing": ["./dist/testing/index.d.ts"],
    },
  },
  files: ["program.ts"],
};

const program = `
import { get, HTTPError, MemorySessionStore, PreparedRequest, HeaderMap, Response, Retry, Session, SessionLockedError, wireResponse, type Adapter, type SessionStore } from "sojourn";
import { detectCharset } from "sojourn/charset";
import { formatCookiesTxt, parseHar } from "sojourn/formats";
import { startTestServer } from "sojourn/testing";

await using server = await startTestServer();
await using session = new Session({ baseUrl: server.url, retry: new Retry({ total: 1 }), detectEncoding: detectCharset });
const { args } = await get("https://example.com/get").json<{ args: object }>();
const streamed = await session.get("/stream/2", { stream: true });
const { cookies, requests } = parseHar('{"log":{"entries":[]}}');
for (const { method, url, options } of requests) await session.request(method, url, options);
const written: string = formatCookiesTxt(session.cookies.update(cookies)).text;
for await (const line of streamed.iterLines()) line.toUpperCase();

// Stored sessions: secrets by reference, stores of one's own, and how responses come.
const store: SessionStore = new MemorySessionStore();
await using stored = await Session.open(store, { auth: { env: "API_TOKEN" }, headers: { "X-Api-Key": { env: "API_KEY" } } });
const streaming: Session<true> = await Session.open("work", { stream: true, key: new Uint8Array(32), access: "read-only" });
await stored.save().catch((error: unknown) => error instanceof SessionLockedError && error.holder?.pid);
console.log(streaming.explain("https://example.com/").cookies.withheld[0]?.reason);

// An adapter of one's own needs the body, and makes a response.
const adapter: Adapter = {
  async send(request) {
    const { payload } = request;
    if (payload?.kind === "stream") for await (const chunk of payload.open()) chunk.byteLength;
    return wireResponse({ status: 200, body: "[]" });
  },
  async close() {},
};
session.mount("test://", adapter);

try {
  (await session.get("/status/404")).raiseForStatus();
} catch (error) {
  if (error instanceof HTTPError) console.log(error.request?.url, error.response?.headers.get("date"), args, written);
}

const prepared = new PreparedRequest({ method: "GET", url: "http://a.test/", headers: new HeaderMap(), payload: null });
// @ts-expect-error: internal
prepared.with({});
// @ts-expect-error: the constructor is closed
new Response();
`;

describe("the declarations", () => {
  let folder = "";

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sojourn-declarations-"));
    await symlink(join(root, "node_modules"), join(folder, "node_modules"));
    await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify(settings));
    await writeFile(join(folder, "program.ts"), program);
    await tsc("--project", join(root, "tsconfig.build.json"), "--outDir", join(folder, "dist"));
  }, 60_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("compile in a strict program, and hide what is internal", { timeout: 60_000 }, async () => {
    expect(await tsc("--project", folder)).toBe("");
  });
});

/** What the compiler says: nothing when all is well. */
async function tsc(...options: readonly string[]): Promise<string> {
  try {
    return (await run(process.execPath, [compiler, ...options])).stdout;
  } catch (error) {
    if (error instanceof Error && "stdout" in error) return String(error.stdout);
    throw error;
  }
}
