/** What a body may have, and what a response may bring beside it: codings, what they give, bodies of hops, cookies. */
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";

import {
  CookieJar,
  HttpDigestAuth,
  Session,
  StreamConsumedError,
  type CookieRefusal,
} from "../../src/index.ts";
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

describe("what codings give", () => {
  // The chain is small on the wire and at its end.
  const middle = gzipSync(
    Buffer.concat([gzipSync("tiny"), gzipSync(Buffer.alloc(0)), Buffer.alloc(300_000)]),
  );
  const skippable = Buffer.concat([skippableFrame(9_000_000), zstdCompressSync("tiny")]);

  it("may be skipped by the next one where it is small", async () => {
    await using server = await serverOf(coded(gzipSync(skippable), "zstd, gzip"));
    await using session = new Session({ trustEnv: false });
    expect((await session.get(server.url)).text()).toBe("tiny");
  });

  it.for([
    ["in the middle, decoded at once", coded(middle, "gzip, gzip"), 1000],
    ["in the middle, decoded as a stream", coded(gzipSync(skippable), "zstd, gzip"), 5_000_000],
    [
      "in the middle of a longer chain",
      coded(brotliCompressSync(gzipSync(skippable)), "zstd, gzip, br"),
      5_000_000,
    ],
    ["at the end", coded(deflateSync(Buffer.alloc(100_001)), "deflate"), 100_000],
  ] as const)("is a ResponseTooLarge beyond maxBodyBytes: %s", async ([where, bytes, maxBodyBytes]) => {
    await using server = await serverOf(bytes);
    await using session = new Session({ trustEnv: false, maxBodyBytes });
    const error = await rejection(session.get(server.url));
    const place = where === "at the end" ? "once decoded (maxBodyBytes)" : "between two of its codings";
    expect(error).toMatchObject({
      name: "ResponseTooLarge",
      limitBytes: maxBodyBytes,
      phase: "decode",
      message: `the body has more than ${maxBodyBytes} bytes ${place}: GET ${server.url}/`,
    });
  });

  it("may be as much as maxBodyBytes", async () => {
    await using server = await serverOf(coded(deflateSync(Buffer.alloc(100_000)), "deflate"));
    await using session = new Session({ trustEnv: false, maxBodyBytes: 100_000 });
    expect((await session.get(server.url)).bytes()).toHaveLength(100_000);
  });
});

describe("maxDrainBytes", () => {
  /** A redirect with these bytes behind its status line, and then `fine`. */
  const redirecting = (rest: string): Promise<ScriptedServer> =>
    scriptedServer(
      answering(({ line }) =>
        line.startsWith("GET /next") ? ok("fine") : `HTTP/1.1 302 Found\r\nLocation: /next\r\n${rest}`,
      ),
    );

  it("is an end of bodies that have none", async () => {
    await using server = await redirecting(`\r\n${"b".repeat(1001)}`);
    await using session = new Session({ trustEnv: false, maxDrainBytes: 1000 });
    expect((await session.get(server.url)).text()).toBe("fine");
    expect(server.connections).toHaveLength(2);
    await server.connections[0]?.closed;
  });

  it.for([
    [100_000, "kept"],
    [99_999, "dropped"],
  ] as const)("counts decoded bytes, too: with %i the body is %s", async ([maxDrainBytes, outcome]) => {
    const bytes = gzipSync("b".repeat(100_000)).toString("latin1");
    await using server = await redirecting(
      `Content-Encoding: gzip\r\nContent-Length: ${bytes.length}\r\n\r\n${bytes}`,
    );
    await using session = new Session({ trustEnv: false, maxDrainBytes });
    const [hop] = (await session.get(server.url)).history;
    const read = async (): Promise<unknown> => hop?.bytes();
    if (outcome === "kept") expect(await read()).toHaveLength(100_000);
    else expect(await rejection(read())).toBeInstanceOf(StreamConsumedError);
  });

  it.for([
    [1000, 1],
    [999, 2],
  ] as const)("holds for a challenge: %i bytes of 1000 take %i connections", async (row) => {
    const [maxDrainBytes, connections] = row;
    const sent = connections === 1 ? "b".repeat(1000) : "b";
    const challenge = `HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm="r", nonce="n", qop="auth"\r\nContent-Length: 1000\r\n\r\n${sent}`;
    await using server = await scriptedServer(
      answering(({ fields }) => (fields.some((field) => /^authorization/i.test(field)) ? ok() : challenge)),
    );
    await using session = new Session({ trustEnv: false, maxDrainBytes });
    const auth = new HttpDigestAuth("u", "p");
    expect((await session.get(server.url, { auth })).status).toBe(200);
    expect(server.connections).toHaveLength(connections);
  });
});

describe("cookies", () => {
  const setting = (count: number, more: readonly string[] = []): string =>
    ok("ok", [...Array.from({ length: count }, (_, at) => `Set-Cookie: c${at}=s3cret`), ...more]);
  function listener(refused: CookieRefusal[]): { cookieRefused: (refusal: CookieRefusal) => void } {
    return { cookieRefused: (refusal) => void refused.push(refusal) };
  }

  it.for([3, 2, 0])("of one response are looked at up to maxSetCookies: %i", async (maxSetCookies) => {
    const refused: CookieRefusal[] = [];
    await using server = await serverOf(setting(3));
    await using session = new Session({ trustEnv: false, maxSetCookies, hooks: listener(refused) });
    const response = await session.get(server.url);
    expect(session.cookies.size).toBe(maxSetCookies);
    expect([...response.cookies]).toHaveLength(maxSetCookies);
    const names = ["c0", "c1", "c2"].slice(maxSetCookies);
    expect(refused).toEqual(names.map((name) => ({ kind: "refused", reason: "too-many", name })));
  });

  it("that are refused or deleted count, too", async () => {
    await using server = await serverOf(
      ok("ok", ["Set-Cookie: a=1; Domain=b.test", "Set-Cookie: b=; Max-Age=0", "Set-Cookie: c=1"]),
    );
    await using session = new Session({ trustEnv: false });
    await session.get(server.url, { maxSetCookies: 2 });
    expect(session.cookies.size).toBe(0);
    await session.get(server.url, { maxSetCookies: 3 });
    expect(session.cookies.size).toBe(1);
  });

  it("of one response are 180 by default, and a value is never told as a name", async () => {
    const refused: CookieRefusal[] = [];
    await using server = await serverOf(setting(180, ["Set-Cookie: s3cret; a=b"]));
    await using session = new Session({ trustEnv: false, hooks: listener(refused) });
    await session.get(server.url);
    expect(session.cookies.size).toBe(180);
    expect(refused).toEqual([{ kind: "refused", reason: "too-many", name: "" }]);
  });

  it.for([{ maxCookiesPerDomain: 3 }, { maxCookies: 3 }])(
    "have the limits of their jar, too: %j",
    async (limits) => {
      await using server = await serverOf(setting(5));
      await using session = new Session({ trustEnv: false, cookies: new CookieJar(null, limits) });
      await session.get(server.url);
      expect(session.cookies.size).toBe(3);
    },
  );
});

/** A frame that zstd leaves out (RFC 8878 §3.1.2). */
function skippableFrame(bytes: number): Buffer {
  const frame = Buffer.alloc(8 + bytes);
  frame.writeUInt32LE(0x184d2a50, 0);
  frame.writeUInt32LE(bytes, 4);
  return frame;
}
