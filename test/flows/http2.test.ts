import { once } from "node:events";
import { createServer as createHttpsServer } from "node:https";
import { constants, createSecureServer, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { ChunkedEncodingError, ConnectionError, ReadTimeout, Session } from "../../src/index.ts";
import { Authority } from "../support/certificates.ts";
import { ok, startH2 } from "../support/h2-server.ts";
import { scriptedServer, tunnelling } from "../support/scripted-server.ts";

async function body(stream: ServerHttp2Stream): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += String(chunk);
  return text;
}

describe("HTTP/2", () => {
  it("is spoken when the session allows it and the server offers it, and told by httpVersion", async () => {
    await using server = await startH2((stream) => ok(stream));
    await using modern = new Session({ baseUrl: server.url, verify: server.ca, http2: true });
    expect((await modern.get("/")).httpVersion).toBe("2");
  });

  it("sends a raw URL as it was typed", async () => {
    await using server = await startH2((stream) => ok(stream));
    await using session = new Session({ verify: server.ca, http2: true, rawUrl: true });
    await session.get(`${server.url}//a/../%7e?%zz`);
    expect(server.seen[0]?.[":path"]).toBe("//a/../%7e?%zz");
  });

  it("is not spoken with a server that does not offer it, nor when the session does not", async () => {
    const authority = await Authority.create();
    const leaf = await authority.issue({ addresses: ["127.0.0.1"] });
    const both = createSecureServer(
      { ...leaf, allowHTTP1: true },
      (request, response) => void response.end(request.httpVersion),
    );
    const old = createHttpsServer(leaf, (request, response) => void response.end(request.httpVersion));
    for (const server of [both, old]) {
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
    }
    const url = (server: { address(): unknown }): string =>
      `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await using session = new Session({ verify: authority.pem });
    expect(await session.get(url(both), { http2: true }).text()).toBe("2.0");
    expect(await session.get(url(both)).text()).toBe("1.1");
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => session.get(url(old), { http2: true }).text()),
    );
    expect(answers).toEqual(["1.1", "1.1", "1.1", "1.1", "1.1"]);
    await session.close();
    for (const server of [both, old]) await new Promise((resolve) => server.close(resolve));
  });

  it("sends what a request of HTTP/1.1 has, less what is about the connection", async () => {
    await using server = await startH2((stream) => void body(stream).then((text) => ok(stream, text)));
    await using session = new Session({
      baseUrl: server.url,
      verify: server.ca,
      http2: true,
      headers: { "X-Twice": ["1", "2"], "Keep-Alive": "timeout=5" },
      auth: ["user", "pass"],
    });
    session.cookies.set("a", "1");
    const response = await session.post("/path?q=1", { json: { b: 2 } });
    expect(response.text()).toBe('{"b":2}');
    expect(server.seen[0]).toMatchObject({
      ":method": "POST",
      ":path": "/path?q=1",
      ":scheme": "https",
      ":authority": server.url.slice("https://".length),
      "content-type": "application/json",
      "content-length": "7",
      authorization: "Basic dXNlcjpwYXNz",
      cookie: "a=1",
      "x-twice": "1, 2",
    });
    for (const name of ["connection", "host", "keep-alive"]) expect(server.seen[0]).not.toHaveProperty(name);
  });

  it("carries many messages on one connection", async () => {
    await using server = await startH2((stream) => void setTimeout(() => ok(stream), 20), {
      maxConcurrentStreams: 10,
    });
    await using session = new Session({ baseUrl: server.url, verify: server.ca, http2: true });
    const responses = await Promise.all(Array.from({ length: 60 }, (_, at) => session.get(`/${at}`)));
    expect(responses.every((response) => response.text() === "ok")).toBe(true);
    expect(server.connections()).toBe(1);
  });

  it("carries many messages on one connection through a proxy's tunnel, too", async () => {
    await using server = await startH2((stream) => void setTimeout(() => ok(stream), 20));
    await using proxy = await scriptedServer(tunnelling);
    await using session = new Session({ verify: server.ca, http2: true, proxy: proxy.url });
    const responses = await Promise.all(
      Array.from({ length: 20 }, (_, at) => session.get(`${server.url}/${at}`)),
    );
    expect(new Set(responses.map(({ httpVersion }) => httpVersion))).toEqual(new Set(["2"]));
    expect(server.seen).toHaveLength(20);
    expect(server.connections()).toBe(1);
    expect(proxy.requests.map(({ line }) => line)).toEqual([`CONNECT ${new URL(server.url).host} HTTP/1.1`]);
  });

  it("streams bodies both ways", async () => {
    await using server = await startH2((stream) => {
      stream.respond({ ":status": 200 });
      stream.pipe(stream);
    });
    await using session = new Session({ baseUrl: server.url, verify: server.ca, http2: true });
    const piece = "x".repeat(100_000);
    async function* pieces(): AsyncGenerator<string> {
      for (let at = 0; at < 10; at++) yield piece;
    }
    const response = await session.post("/", { data: pieces(), stream: true });
    let length = 0;
    for await (const chunk of response) length += chunk.byteLength;
    expect(length).toBe(1_000_000);
  });

  it("takes cookies, redirects, several fields of one name, and trailers", async () => {
    await using server = await startH2((stream, headers) => {
      if (headers[":path"] === "/go") {
        stream.respond({ ":status": 302, location: "/end", "set-cookie": ["a=1", "b=2"] });
        stream.end();
        return;
      }
      stream.respond({ ":status": 200 }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "x-sum": "7" }));
      stream.end("ok");
    });
    await using session = new Session({ baseUrl: server.url, verify: server.ca, http2: true });
    const response = await session.get("/go");
    expect(response.history[0]?.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(server.seen[1]?.["cookie"]).toBe("a=1; b=2");
    expect(response.trailers?.get("x-sum")).toBe("7");
  });

  it("ends one message and no other on a timeout or an abort", async () => {
    await using server = await startH2((stream, headers) => {
      if (headers[":path"] !== "/silent") setTimeout(() => ok(stream), 150);
    });
    await using session = new Session({ baseUrl: server.url, verify: server.ca, http2: true });
    const reason = new Error("no more");
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 60);
    const [slow, aborted, fine] = await Promise.allSettled([
      session.get("/silent", { timeout: { read: 60 } }),
      session.get("/silent", { signal: controller.signal }),
      session.get("/"),
    ]);
    expect(slow.status === "rejected" && slow.reason).toBeInstanceOf(ReadTimeout);
    expect(aborted).toMatchObject({ status: "rejected", reason });
    expect(fine).toMatchObject({ status: "fulfilled" });
    expect(server.connections()).toBe(1);
  });

  it("tells a body that was cut short", async () => {
    await using server = await startH2((stream) => {
      stream.respond({ ":status": 200, "content-length": "10" });
      stream.write("half");
      setTimeout(() => stream.close(constants.NGHTTP2_INTERNAL_ERROR), 20);
    });
    await using session = new Session({ baseUrl: server.url, verify: server.ca, http2: true });
    await expect(session.get("/")).rejects.toBeInstanceOf(ChunkedEncodingError);
    const streamed = await session.get("/", { stream: true });
    await expect(streamed.text()).rejects.toBeInstanceOf(ChunkedEncodingError);
  });

  it("goes on with a new connection when the server says goodbye", async () => {
    await using server = await startH2((stream, headers) => {
      ok(stream);
      if (headers[":path"] === "/last") stream.session?.goaway();
    });
    await using session = new Session({ baseUrl: server.url, verify: server.ca, http2: true });
    expect((await session.get("/last")).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect((await session.get("/next")).status).toBe(200);
    expect(server.connections()).toBe(2);
  });

  it("sends a refused stream again once, when that is safe", async () => {
    let refused = 0;
    await using server = await startH2((stream) => {
      if (refused++ === 0) stream.close(constants.NGHTTP2_REFUSED_STREAM);
      else ok(stream);
    });
    await using session = new Session({ baseUrl: server.url, verify: server.ca, http2: true });
    expect((await session.post("/", { data: "once" })).status).toBe(200);
    expect(server.seen.length).toBe(2);
  });

  it("does not ask for ever where everything is refused", async () => {
    await using server = await startH2((stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM));
    await using session = new Session({ baseUrl: server.url, verify: server.ca, http2: true });
    await expect(session.get("/")).rejects.toBeInstanceOf(ConnectionError);
    expect(server.seen.length).toBe(6);
  });
});
