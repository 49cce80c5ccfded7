import { describe, expect, it } from "vitest";

import { HttpGuessAuth, Session } from "../../src/index.ts";
import { startOrigin, type TestOrigin } from "../support/origins.ts";

const BASIC = "Basic YW5uOmE="; // ann:a
const DIGEST = 'Digest realm="r", nonce="n", qop="auth"';

/** An origin that asks with these challenges until it is answered with one of them. */
function asking(...challenges: readonly string[]): Promise<TestOrigin> {
  return startOrigin(({ headers }, response) => {
    const scheme = headers.authorization?.split(" ", 1)[0] ?? "none";
    if (challenges.some((one) => one.includes(`${scheme} `))) response.end("in");
    else response.writeHead(401, { "www-authenticate": [...challenges] }).end("out");
  });
}

function schemes({ arrived }: TestOrigin): (string | undefined)[] {
  return arrived.map(({ headers }) => headers.authorization?.split(" ", 1)[0]);
}

describe("HttpGuessAuth", () => {
  it.for([
    [["Basic realm=r"], "Basic"],
    [[DIGEST], "Digest"],
    [["Basic realm=r", DIGEST], "Digest"],
    [[`Basic realm="r", ${DIGEST}`], "Digest"],
    [["Digest realm=r, algorithm=WHAT, nonce=n", "Basic realm=r"], "Basic"],
  ] as const)("answers %j with %s, and signs later requests at once", async ([challenges, scheme]) => {
    await using origin = await asking(...challenges);
    await using session = new Session({ auth: new HttpGuessAuth("ann", "a"), trustEnv: false });
    expect(await session.get(origin.url).text()).toBe("in");
    expect(await session.get(origin.url).text()).toBe("in");
    expect(schemes(origin)).toEqual([undefined, scheme, scheme]);
  });

  it("gives up after one answer that was wrong", async () => {
    await using origin = await startOrigin((_request, response) => {
      response.writeHead(401, { "www-authenticate": "Basic realm=r" }).end();
    });
    await using session = new Session({ auth: new HttpGuessAuth("ann", "wrong"), trustEnv: false });
    expect((await session.get(origin.url)).status).toBe(401);
    expect((await session.get(origin.url)).status).toBe(401);
    expect(schemes(origin)).toEqual([undefined, "Basic", "Basic"]);
  });

  it("sends nothing to a server that does not ask, or asks for something else", async () => {
    await using origin = await startOrigin(({ url }, response) => {
      if (url === "/ok") response.end();
      else response.writeHead(401, { "www-authenticate": "Negotiate" }).end();
    });
    await using session = new Session({ auth: new HttpGuessAuth("ann", "a"), trustEnv: false });
    await session.get(`${origin.url}/ok`);
    expect((await session.get(origin.url)).status).toBe(401);
    expect(schemes(origin)).toEqual([undefined, undefined]);
  });

  it("keeps what it learned to the origin that said it", async () => {
    await using one = await asking("Basic realm=r");
    await using two = await asking(DIGEST);
    const auth = new HttpGuessAuth("ann", "a");
    await using session = new Session({ trustEnv: false });
    await session.get(one.url, { auth });
    await session.get(two.url, { auth });
    expect(one.arrived.at(-1)?.headers.authorization).toBe(BASIC);
    expect(schemes(two)).toEqual([undefined, "Digest"]);
  });

  it("shows no password", async () => {
    const { inspect } = await import("node:util");
    const auth = new HttpGuessAuth("ann", "sekrit");
    expect(inspect(auth, { depth: null }) + JSON.stringify(auth)).not.toContain("sekrit");
  });
});
