/**
 * Questions that clients of this field answer wrongly by default, one by one: sojourn's answer, without an option to find.
 * Each has more tests where it belongs; here they stand together.
 */
import { getEventListeners } from "node:events";
import { inspect } from "node:util";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";

import { ConnectTimeout, HttpAdapter, HTTPError, ResponseTooLarge, Session } from "../../src/index.ts";
import { rejection } from "../support/messages.ts";
import { reply, startOrigin, type TestOrigin } from "../support/origins.ts";
import { answering, ok, scriptedServer, type Script } from "../support/scripted-server.ts";
import { runs } from "../support/size.ts";

const MIB = 1_048_576;

function plain(): Promise<TestOrigin> {
  return startOrigin((_request, response) => void response.end("ok"));
}

/** Two origins that differ in their port only; the first leads to the second. */
async function border(headers: Record<string, string>): Promise<TestOrigin["arrived"][number]["headers"]> {
  await using there = await plain();
  await using here = await startOrigin(reply(302, { Location: there.url }));
  await using session = new Session({ trustEnv: false });
  await session.get(here.url, { headers });
  return there.arrived[0]?.headers ?? {};
}

/** The first connection ends when its second request is there, before a byte of a response. */
function dyingOnReuse(heard: string[]): Script {
  return async (connection) => {
    for (let count = 1; ; count++) {
      const request = await connection.request();
      if (request === null) return;
      heard.push(request.line);
      if (connection.number === 1 && count === 2) {
        connection.end();
        return;
      }
      connection.write(ok());
    }
  };
}

describe("a redirect to another port", () => {
  it.for(["X-Api-Key", "Authorization", "Cookie", "Proxy-Authorization"])("does not get %s", async (name) => {
    const headers = await border({ [name]: "secret", Accept: "text/plain" });
    expect(headers).toHaveProperty("accept", "text/plain");
    expect(headers).not.toHaveProperty(name.toLowerCase());
  });

  it("leaves the caller's own headers as they were", async () => {
    const headers = { Authorization: "secret" };
    await border(headers);
    expect(headers).toEqual({ Authorization: "secret" });
  });
});

describe("responses", () => {
  it("cannot set a cookie for a public suffix", async () => {
    await using origin = await startOrigin(reply(200, { "Set-Cookie": "a=1; Domain=co.uk" }));
    const lookup = new HttpAdapter({
      lookup: (_name, { all }, callback) =>
        all === true ? callback(null, [{ address: "127.0.0.1", family: 4 }]) : callback(null, "127.0.0.1", 4),
    });
    await using session = new Session({ trustEnv: false }).mount("http://", lookup);
    await session.get(`http://a.co.uk:${origin.port}`);
    await session.get(`http://b.co.uk:${origin.port}`);
    expect(origin.arrived[1]?.headers).not.toHaveProperty("cookie");
    expect(session.cookies.size).toBe(0);
  });

  it("of 256 MiB and a byte in 250 KB of gzip are refused", async () => {
    // Members of gzip in a row are one body (RFC 1952 §2.2).
    const member = gzipSync(Buffer.alloc(16 * MIB));
    const bomb = Buffer.concat([...Array<Buffer>(16).fill(member), gzipSync("x")]);
    await using origin = await startOrigin((_request, response) => {
      response.writeHead(200, { "Content-Encoding": "gzip" }).end(bomb);
    });
    await using session = new Session({ trustEnv: false });
    expect(await rejection(session.get(origin.url))).toBeInstanceOf(ResponseTooLarge);
  });

  it.for([
    ["iso-8859-1", [0xe9, 0x74, 0xe9], "été"],
    ["Shift_JIS", [0x93, 0xfa, 0x96, 0x7b], "日本"],
  ] as const)("in %s are text", async ([charset, bytes, text]) => {
    await using origin = await startOrigin((_request, response) => {
      response
        .writeHead(200, { "Content-Type": `text/plain; charset=${charset}` })
        .end(Uint8Array.from(bytes));
    });
    await using session = new Session({ trustEnv: false });
    expect((await session.get(origin.url)).text()).toBe(text);
  });

  it("may have all codings that are decoded, over http too", async () => {
    await using origin = await plain();
    await using session = new Session({ trustEnv: false });
    await session.get(origin.url);
    expect(origin.arrived[0]?.headers["accept-encoding"]).toBe("gzip, deflate, br, zstd");
  });
});

describe("sending again", () => {
  it("does not wait as long as a server likes", async () => {
    await using origin = await startOrigin(reply(503, { "Retry-After": "3600" }));
    await using session = new Session({ trustEnv: false, retry: 1 });
    expect((await session.get(origin.url)).status).toBe(503);
    expect(origin.arrived).toHaveLength(1);
  });

  it("is not for a POST that was answered 503", async () => {
    await using origin = await startOrigin(reply(503));
    await using session = new Session({ trustEnv: false, retry: 3 });
    expect((await session.post(origin.url, { data: "x" })).status).toBe(503);
    expect(origin.arrived).toHaveLength(1);
  });

  it("is for a GET on a kept connection that ended, and for a POST with a key", async () => {
    for (const send of [
      (session: Session, url: string) => session.get(url),
      (session: Session, url: string) => session.post(url, { data: "x", idempotencyKey: true }),
    ]) {
      const heard: string[] = [];
      await using server = await scriptedServer(dyingOnReuse(heard));
      await using session = new Session({ trustEnv: false });
      await session.get(server.url);
      expect((await send(session, server.url)).status).toBe(200);
      expect(heard).toHaveLength(3);
      expect(heard[2]).toBe(heard[1]);
    }
  });
});

describe("a body that nobody reads", () => {
  it("is named by whoever waits for its connection", async () => {
    await using server = await scriptedServer(
      answering(`HTTP/1.1 200 OK\r\nContent-Length: ${MIB}\r\n\r\n${"x".repeat(MIB)}`),
    );
    const adapter = new HttpAdapter({ poolMaxsize: 1, poolBlock: true, poolTimeout: 50 });
    await using session = new Session({ trustEnv: false }).mount("http://", adapter);
    const unread = await session.get(server.url, { stream: true });
    const error = await rejection(session.get(server.url));
    expect(error).toBeInstanceOf(ConnectTimeout);
    expect(String(error)).toContain("a streamed response holds its own until it is read or closed");
    await unread.close();
    expect((await session.get(server.url)).status).toBe(200);
  });
});

describe("what is left behind", () => {
  it("is no token in an error", async () => {
    await using origin = await startOrigin(reply(403));
    await using session = new Session({ trustEnv: false });
    const response = await session.get(`${origin.url}/?access_token=secret`, {
      headers: { Authorization: "Bearer secret", "X-Api-Key": "secret" },
      cookies: { sid: "secret" },
    });
    const error: unknown = await rejection(Promise.resolve().then(() => response.raiseForStatus()));
    expect(error).toBeInstanceOf(HTTPError);
    for (const text of [JSON.stringify(error), inspect(error, { depth: 9 }), String(error)])
      expect(text).not.toContain("secret");
  });

  it("is no listener on a signal that many requests had", async () => {
    await using origin = await plain();
    await using session = new Session({ trustEnv: false });
    const { signal } = new AbortController();
    for (let count = 0; count < runs(2000); count += 50)
      await Promise.all(Array.from({ length: 50 }, () => session.get(origin.url, { signal })));
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });
});
