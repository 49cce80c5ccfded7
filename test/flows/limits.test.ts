import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";

import {
  ConnectionError,
  CookieJar,
  HeaderOverflow,
  HttpAdapter,
  Retry,
  Session,
  TooManyHeaders,
  TooManyInformational,
  type CookieRefusal,
  type HttpAdapterOptions,
} from "../../src/index.ts";
import { rejection } from "../support/messages.ts";
import { answering, ok, scriptedServer, type ScriptedServer } from "../support/scripted-server.ts";

function sessionWith(options: HttpAdapterOptions): Session {
  return new Session({ trustEnv: false }).mount("http://", new HttpAdapter(options));
}

/** Answers `/limit` with `bytes`, everything else with `ok`. */
function serverOf(bytes: string): Promise<ScriptedServer> {
  return scriptedServer(answering(({ line }) => (line.startsWith("GET /limit") ? bytes : ok("fine"))));
}

function fields(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `X-${at}: v`);
}

/** A response whose names and values are `bytes` long: `Content-Length: 2` is 15 of them, `X-A` 3. */
function headOf(bytes: number): string {
  return ok("ok", [`X-A: ${"v".repeat(bytes - 18)}`]);
}

function chunked(trailers: readonly string[]): string {
  const lines = trailers.map((line) => `${line}\r\n`).join("");
  return `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n${lines}\r\n`;
}

function interim(count: number): string {
  return `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n`.repeat(count) + ok();
}

const small = { maxHeaderSize: 2000, maxHeaderCount: 20, maxInformational: 3 };

describe("a response that keeps to the limits of its head", () => {
  it.for([
    ["bytes", headOf(2000)],
    ["fields", ok("ok", fields(19))],
    ["bytes of trailers", chunked([`X-A: ${"v".repeat(1997)}`])],
    ["trailers", chunked(fields(20))],
    ["interim responses", interim(3)],
    ["fields of interim responses", `HTTP/1.1 103 x\r\n${fields(20).join("\r\n")}\r\n\r\n${ok()}`],
  ] as const)("exactly is one like any other: %s", async ([, bytes]) => {
    await using server = await serverOf(bytes);
    await using session = sessionWith(small);
    expect((await session.get(`${server.url}/limit`)).text()).toBe("ok");
    await session.get(server.url);
    expect(server.connections).toHaveLength(1);
  });
});

describe("a response beyond the limits of its head", () => {
  it.for([
    ["bytes", headOf(2001), HeaderOverflow, 2000, 2001, "head"],
    ["fields", ok("ok", fields(20)), TooManyHeaders, 20, 21, "head"],
    ["bytes of trailers", chunked([`X-A: ${"v".repeat(1998)}`]), HeaderOverflow, 2000, 2001, "body"],
    ["trailers", chunked(fields(21)), TooManyHeaders, 20, 21, "body"],
    ["interim responses", interim(4), TooManyInformational, 3, 4, "head"],
    [
      "fields of an interim response",
      `HTTP/1.1 103 x\r\n${fields(21).join("\r\n")}\r\n\r\n${ok()}`,
      TooManyHeaders,
      20,
      21,
      "head",
    ],
  ] as const)("is a named error: %s", async ([, bytes, kind, limit, found, phase]) => {
    await using server = await serverOf(bytes);
    await using session = sessionWith(small);
    const error = await rejection(session.get(`${server.url}/limit?token=s3cret`));
    expect(error).toBeInstanceOf(kind);
    expect(error).toBeInstanceOf(HeaderOverflow);
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ name: kind.name, limit, found, phase });
    expect((error as Error).message).toMatch(new RegExp(`${found}.*${limit}: GET ${server.url}/limit$`));
    // The connection is not used again.
    expect((await session.get(server.url)).text()).toBe("fine");
    expect(server.connections).toHaveLength(2);
    await server.connections[0]?.closed;
  });

  it("is not tried again: it would be the same", async () => {
    await using server = await serverOf(headOf(2001));
    await using session = sessionWith({ ...small, maxRetries: new Retry({ total: 3 }) });
    expect(await rejection(session.get(`${server.url}/limit`))).toBeInstanceOf(HeaderOverflow);
    expect(server.requests).toHaveLength(1);
  });

  it("has 64 KiB, 256 fields and 100 interim responses by default", async () => {
    await using session = new Session({ trustEnv: false });
    for (const [most, more, name] of [
      [headOf(65_536), headOf(65_537), "HeaderOverflow"],
      [ok("ok", fields(255)), ok("ok", fields(256)), "TooManyHeaders"],
      [interim(100), interim(101), "TooManyInformational"],
    ] as const) {
      await using fits = await serverOf(most);
      expect((await session.get(`${fits.url}/limit`)).status).toBe(200);
      await using exceeds = await serverOf(more);
      expect(await rejection(session.get(`${exceeds.url}/limit`))).toMatchObject({ name });
    }
  });

  it("counts interim responses anew for each request", async () => {
    await using server = await serverOf(interim(3));
    await using session = sessionWith(small);
    for (let times = 0; times < 3; times++)
      expect((await session.get(`${server.url}/limit`)).status).toBe(200);
    expect(server.connections).toHaveLength(1);
  });

  it("bounds a proxy's answer to CONNECT, too", async () => {
    await using proxy = await scriptedServer(
      answering(`HTTP/1.1 502 No\r\nX-A: ${"v".repeat(2000)}\r\n\r\n`),
    );
    await using session = new Session({ trustEnv: false, proxy: proxy.url });
    session.mount("https://", new HttpAdapter(small));
    const error = await rejection(session.get("https://a.test/"));
    expect(error).toMatchObject({ name: "ProxyError" });
    expect((error as Error).message).toContain("too long");
  });
});

describe("the body of a redirect", () => {
  const body = "b".repeat(1000);
  const redirect = `HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 1000\r\n\r\n${body}`;

  it.for([
    [1000, 1, body],
    [999, 2, null],
    [0, 2, null],
  ] as const)(
    "with maxRedirectBodyBytes of %i takes %i connections",
    async ([maxRedirectBodyBytes, connections, kept]) => {
      // What has come as a whole costs no connection, however long it is.
      await using server = await serverOf(kept === null ? redirect.slice(0, -500) : redirect);
      await using session = new Session({ trustEnv: false });
      const response = await session.get(`${server.url}/limit`, { maxRedirectBodyBytes });
      expect(response.text()).toBe("fine");
      expect(server.connections).toHaveLength(connections);
      const [hop] = response.history;
      if (kept === null) await expect(async () => hop?.text()).rejects.toThrow("dropped");
      else expect(await hop?.text()).toBe(kept);
    },
  );

  it("is not waited for when it has no end", async () => {
    const endless = `HTTP/1.1 302 Found\r\nLocation: /next\r\n\r\n${"b".repeat(1001)}`;
    await using server = await serverOf(endless);
    await using session = new Session({ trustEnv: false, maxRedirectBodyBytes: 1000 });
    expect((await session.get(`${server.url}/limit`)).text()).toBe("fine");
  });

  it("counts decoded bytes, too", async () => {
    const coded = gzipSync("b".repeat(100_000)).toString("latin1");
    const bomb = `HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Encoding: gzip\r\nContent-Length: ${coded.length}\r\n\r\n${coded}`;
    await using server = await serverOf(bomb);
    await using session = new Session({ trustEnv: false, maxRedirectBodyBytes: 99_999 });
    const response = await session.get(`${server.url}/limit`);
    await expect(async () => response.history[0]?.text()).rejects.toThrow("dropped");
  });

  it.for([
    ["a challenge", "401 No", 'WWW-Authenticate: Digest realm="r", nonce="n", qop="auth"'],
    ["a retried status", "503 Busy", "X-A: 1"],
  ] as const)("has the same limit as that of %s", async ([, status, field]) => {
    for (const [maxRedirectBodyBytes, connections] of [
      [1000, 1],
      [999, 2],
    ] as const) {
      let heard = 0;
      const sent = connections === 1 ? body : "b";
      const first = `HTTP/1.1 ${status}\r\n${field}\r\nContent-Length: 1000\r\n\r\n${sent}`;
      await using server = await scriptedServer(answering(() => (heard++ === 0 ? first : ok())));
      const { HttpDigestAuth } = await import("../../src/index.ts");
      await using session = new Session({ trustEnv: false, maxRedirectBodyBytes });
      const response = await session.get(server.url, {
        auth: new HttpDigestAuth("u", "p"),
        retry: new Retry({ total: 1, statusForcelist: [503] }),
      });
      expect(response.status).toBe(200);
      expect(server.connections).toHaveLength(connections);
    }
  });
});

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

describe("a Retry-After", () => {
  it.for([
    ["listed", [429], true, "RetryAfterTooLong"],
    ["listed, with raiseOnStatus: false", [429], false, 429],
    ["not listed", [], true, 429],
  ] as const)("beyond retryAfterMax ends the retries of a status that is %s", async (row) => {
    const [, statusForcelist, raiseOnStatus, expected] = row;
    const busy = "HTTP/1.1 429 Busy\r\nRetry-After: 3\r\nContent-Length: 0\r\n\r\n";
    await using server = await serverOf(busy);
    await using session = new Session({
      trustEnv: false,
      retry: new Retry({ retryAfterMax: 2999, statusForcelist, raiseOnStatus }),
    });
    const result: unknown = await session.get(`${server.url}/limit`).catch((error: unknown) => error);
    if (expected === 429) {
      expect(result).toMatchObject({ status: 429 });
      return;
    }
    expect(result).toMatchObject({
      name: expected,
      code: "ERR_RETRY_AFTER_TOO_LONG",
      limitMs: 2999,
      foundMs: 3000,
      response: { status: 429 },
      message: `status 429 after 1 attempt, with a Retry-After of 3000 ms, more than retryAfterMax (2999 ms): GET ${server.url}/limit`,
    });
  });
});
