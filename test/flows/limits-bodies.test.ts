/** What a body may have, and what a response may bring beside it: codings, what they give, cookies. */
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";

import { Session } from "../../src/index.ts";
import { rejection } from "../support/messages.ts";
import { answering, ok, scriptedServer, type ScriptedServer } from "../support/scripted-server.ts";

/** Answers with `bytes`, whatever is asked. */
function serverOf(bytes: string): Promise<ScriptedServer> {
  return scriptedServer(answering(bytes));
}

function coded(bytes: Uint8Array, codings: string): string {
  const text = Buffer.from(bytes).toString("latin1");
  return ok(text, [`Content-Encoding: ${codings}`]);
}

describe("content codings", () => {
  const twice = coded(gzipSync(gzipSync("hello")), "gzip, gzip");

  it.for([2, 5])("may be as many as maxCodings says: %i", async (maxCodings) => {
    await using server = await serverOf(twice);
    await using session = new Session({ trustEnv: false, maxCodings });
    expect((await session.get(server.url)).text()).toBe("hello");
  });

  it.for([
    [1, false],
    [0, false],
    [1, true],
  ] as const)("of more than %i are a TooManyCodings; streamed: %s", async ([maxCodings, stream]) => {
    await using server = await serverOf(twice);
    await using session = new Session({ trustEnv: false, maxCodings: 5 });
    const read = async (): Promise<unknown> => {
      if (!stream) return await session.get(server.url, { maxCodings });
      await using response = await session.get(server.url, { maxCodings, stream });
      return await response.text();
    };
    expect(await rejection(read())).toMatchObject({
      name: "TooManyCodings",
      code: "ERR_TOO_MANY_CODINGS",
      limit: maxCodings,
      found: 2,
      phase: "decode",
      message: `the body has 2 content codings, more than maxCodings (${maxCodings}): GET ${server.url}/`,
    });
  });

  it("of none allowed: what has none is taken, what has one is not", async () => {
    await using plain = await serverOf(ok("plain"));
    await using gzipped = await serverOf(coded(gzipSync("hello"), "gzip"));
    await using session = new Session({ trustEnv: false, maxCodings: 0 });
    expect((await session.get(plain.url)).text()).toBe("plain");
    expect(await rejection(session.get(gzipped.url))).toMatchObject({ limit: 0, found: 1 });
  });
});
