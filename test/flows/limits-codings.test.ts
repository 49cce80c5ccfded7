/** The limits of what a body is coded in, and of cookies: up to each all is well. */
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";

import { ContentDecodingError, CookieJar, Session, type CookieRefusal } from "../../src/index.ts";
import { rejection } from "../support/messages.ts";
import { answering, ok, scriptedServer, type ScriptedServer } from "../support/scripted-server.ts";

/** Answers `/limit` with `bytes`, everything else with `ok`. */
function serverOf(bytes: string): Promise<ScriptedServer> {
  return scriptedServer(answering(({ line }) => (line.startsWith("GET /limit") ? bytes : ok("fine"))));
}

describe("content codings", () => {
  function coded(bytes: Uint8Array, codings: string): string {
    const text = Buffer.from(bytes).toString("latin1");
    return ok(text, [`Content-Encoding: ${codings}`]);
  }
  const twice = coded(gzipSync(gzipSync("hello")), "gzip, gzip");

  it("may be as many as maxCodings says", async () => {
    await using server = await serverOf(twice);
    await using session = new Session({ trustEnv: false, maxCodings: 2 });
    expect((await session.get(`${server.url}/limit`)).text()).toBe("hello");
  });

  it.for([
    [1, false],
    [0, false],
    [1, true],
  ] as const)("of more than %i are a TooManyCodings; streamed: %s", async ([maxCodings, stream]) => {
    await using server = await serverOf(twice);
    await using session = new Session({ trustEnv: false, maxCodings: 5 });
    const read = async (): Promise<unknown> => {
      if (!stream) return await session.get(`${server.url}/limit`, { maxCodings });
      await using response = await session.get(`${server.url}/limit`, { maxCodings, stream });
      return await response.text();
    };
    const error = await rejection(read());
    expect(error).toBeInstanceOf(ContentDecodingError);
    expect(error).toMatchObject({
      name: "TooManyCodings",
      code: "ERR_TOO_MANY_CODINGS",
      limit: maxCodings,
      found: 2,
      phase: "decode",
      message: `the body has 2 content codings, more than maxCodings (${maxCodings}): GET ${server.url}/limit`,
    });
  });

  // The chain is small on the wire and at its end.
  const middle = gzipSync(
    Buffer.concat([gzipSync("tiny"), gzipSync(Buffer.alloc(0)), Buffer.alloc(300_000)]),
  );
  // A frame that zstd skips (RFC 8878 §3.1.2), and one that it does not.
  const length = Buffer.alloc(4);
  length.writeUInt32LE(9_000_000);
  const skippable = Buffer.concat([
    Buffer.from([0x50, 0x2a, 0x4d, 0x18]),
    length,
    Buffer.alloc(9_000_000),
    zstdCompressSync("tiny"),
  ]);

  it("may skip what is small", async () => {
    await using server = await serverOf(coded(gzipSync(skippable), "zstd, gzip"));
    await using session = new Session({ trustEnv: false });
    expect((await session.get(`${server.url}/limit`)).text()).toBe("tiny");
  });

  it.for([
    ["in the middle, read at once", coded(middle, "gzip, gzip"), 1000],
    ["in the middle, of a large body", coded(gzipSync(skippable), "zstd, gzip"), 5_000_000],
    [
      "in the middle, of a longer chain",
      coded(brotliCompressSync(gzipSync(skippable)), "zstd, gzip, br"),
      5_000_000,
    ],
    ["at the end", coded(deflateSync(Buffer.alloc(100_001)), "deflate"), 100_000],
  ] as const)("that give more than maxBodyBytes %s are a ResponseTooLarge", async ([, bytes, most]) => {
    await using server = await serverOf(bytes);
    await using session = new Session({ trustEnv: false, maxBodyBytes: most });
    const error = await rejection(session.get(`${server.url}/limit`));
    expect(error).toMatchObject({ name: "ResponseTooLarge", limitBytes: most, phase: "decode" });
    expect((error as Error).message).toContain(`GET ${server.url}/limit`);
  });

  it("may give up to maxBodyBytes", async () => {
    await using server = await serverOf(coded(deflateSync(Buffer.alloc(100_000)), "deflate"));
    await using session = new Session({ trustEnv: false, maxBodyBytes: 100_000 });
    expect((await session.get(`${server.url}/limit`)).bytes()).toHaveLength(100_000);
  });
});

describe("bytes on the wire", () => {
  it.for([
    ["announced", ok("12345").slice(0, -1), 5],
    ["that came", "HTTP/1.1 200 OK\r\n\r\n12345", 5],
  ] as const)(
    "beyond maxBodyBytes, %s, are a ResponseTooLarge that tells how many",
    async ([, bytes, found]) => {
      await using server = await serverOf(bytes);
      await using session = new Session({ trustEnv: false, maxBodyBytes: 4 });
      const error = await rejection(session.get(`${server.url}/limit`));
      expect(error).toMatchObject({
        name: "ResponseTooLarge",
        limitBytes: 4,
        foundBytes: found,
        phase: "body",
      });
      await server.connections[0]?.closed;
    },
  );
});

describe("cookies", () => {
  const setting = (count: number): string =>
    ok(
      "ok",
      Array.from({ length: count }, (_, at) => `Set-Cookie: c${at}=s3cret`),
    );

  it.for([
    [3, 3],
    [2, 2],
    [0, 0],
  ] as const)("of one response are taken up to maxSetCookies: %i", async ([maxSetCookies, taken]) => {
    const refused: CookieRefusal[] = [];
    await using server = await serverOf(setting(3));
    await using session = new Session({
      trustEnv: false,
      maxSetCookies,
      hooks: { cookieRefused: (refusal: CookieRefusal) => void refused.push(refusal) },
    });
    const response = await session.get(`${server.url}/limit`);
    expect(session.cookies.size).toBe(taken);
    expect([...response.cookies].length).toBe(taken);
    const names = ["c0", "c1", "c2"].slice(taken);
    expect(refused).toEqual(names.map((name) => ({ kind: "refused", reason: "too-many", name })));
  });

  it("of one response are 180 by default, and a value is never told as a name", async () => {
    const refused: CookieRefusal[] = [];
    const bytes = setting(180).replace("Content-Length", "Set-Cookie: s3cret; a=b\r\nContent-Length");
    await using server = await serverOf(bytes);
    await using session = new Session({ trustEnv: false });
    await session.get(`${server.url}/limit`, {
      hooks: { cookieRefused: (refusal: CookieRefusal) => void refused.push(refusal) },
    });
    expect(session.cookies.size).toBe(180);
    expect(refused).toEqual([{ kind: "refused", reason: "too-many", name: "" }]);
  });

  it("of a domain, and of all, have the jar's limits", async () => {
    await using server = await serverOf(setting(5));
    for (const limits of [{ maxCookiesPerDomain: 3 }, { maxCookies: 3 }]) {
      await using session = new Session({ trustEnv: false, cookies: new CookieJar(null, limits) });
      await session.get(`${server.url}/limit`);
      expect(session.cookies.size).toBe(3);
    }
  });
});
