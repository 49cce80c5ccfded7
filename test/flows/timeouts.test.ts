import { EventEmitter } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { ChunkedEncodingError, ConnectTimeout, ReadTimeout, Session, Timeout } from "../../src/index.ts";
import { reply, startOrigin } from "../support/origins.ts";

/** A loopback server that sends these pieces and then is silent. */
async function startSilent(...pieces: string[]): Promise<AsyncDisposable & { url: string }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    for (const piece of pieces) socket.write(piece);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe("timeouts", () => {
  it("end a wait for the head", async () => {
    await using silent = await startSilent();
    await using session = new Session({ timeout: { read: 60 } });
    const error: unknown = await session.get(silent.url).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ReadTimeout);
    expect(error).toBeInstanceOf(Timeout);
    expect(error).toMatchObject({ phase: "head", limitMs: 60 });
  });

  it("end a silence inside the body, read or streamed, as ReadTimeout", async () => {
    await using silent = await startSilent("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    await using session = new Session({ timeout: { read: 60 } });
    await expect(session.get(silent.url)).rejects.toMatchObject({ name: "ReadTimeout", phase: "body" });
    const streamed = await session.get(silent.url, { stream: true });
    await expect(streamed.text()).rejects.toMatchObject({ name: "ReadTimeout", phase: "body" });
  });

  it("of the whole call span redirects and the body", async () => {
    await using origin = await startOrigin((request, response) => {
      setTimeout(() => reply(302, { Location: `${request.url}x` })(request, response), 20);
    });
    await using session = new Session({ maxRedirects: 1000 });
    const error: unknown = await session
      .get(origin.url, { timeout: { total: 100 } })
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Timeout);
    expect(error).toMatchObject({ phase: "total", limitMs: 100 });
    expect(origin.arrived.length).toBeGreaterThan(1);
  });

  it("of the whole call cover a streamed body", async () => {
    await using silent = await startSilent("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    await using session = new Session();
    const response = await session.get(silent.url, { stream: true, timeout: { total: 80 } });
    await expect(response.text()).rejects.toMatchObject({ name: "Timeout", phase: "total" });
  });

  it("of connecting end a connection that does not come up", async () => {
    // A server that accepts TCP but never answers the TLS handshake.
    await using silent = await startSilent();
    await using session = new Session({ timeout: { connect: 60 } });
    await expect(session.get(silent.url.replace("http:", "https:"))).rejects.toBeInstanceOf(ConnectTimeout);
  });

  it("are not touched by an answer in time", async () => {
    await using origin = await startOrigin(reply(200, {}, "ok"));
    await using session = new Session({ timeout: { connect: 5000, read: 5000, total: 5000 } });
    expect(await session.get(origin.url).text()).toBe("ok");
  });
});

describe("an abort", () => {
  it("before the call sends nothing", async () => {
    await using origin = await startOrigin(reply(200));
    await using session = new Session();
    const reason = new Error("no more");
    await expect(session.get(origin.url, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(origin.arrived).toEqual([]);
  });

  it.for([
    ["while connecting", "https:", []],
    ["while waiting for the head", "http:", []],
    ["inside the body", "http:", ["HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"]],
  ] as const)("%s ends the call with its reason", async ([, scheme, pieces]) => {
    await using silent = await startSilent(...pieces);
    await using session = new Session();
    const controller = new AbortController();
    const reason = new Error("no more");
    setTimeout(() => controller.abort(reason), 40);
    const url = silent.url.replace("http:", scheme);
    await expect(session.get(url, { signal: controller.signal })).rejects.toBe(reason);
  });

  it("ends a streamed body, and a wait between retries", async () => {
    await using silent = await startSilent("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    await using session = new Session();
    const controller = new AbortController();
    const response = await session.get(silent.url, { stream: true, signal: controller.signal });
    const reason = new Error("no more");
    setTimeout(() => controller.abort(reason), 40);
    await expect(response.text()).rejects.toBe(reason);
  });

  it("leaves nothing behind on a signal that many requests share", async () => {
    await using origin = await startOrigin(reply(200, {}, "ok"));
    await using session = new Session({ baseUrl: origin.url });
    const { signal } = new AbortController();
    for (let at = 0; at < 50; at++) await session.get("/", { signal, timeout: { total: 5000 } });
    expect(EventEmitter.getEventListeners(signal, "abort").length).toBe(0);
  });
});

describe("a body that breaks off", () => {
  it.for([
    ["short of its length", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"],
    ["inside a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nhalf"],
    ["without the last chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"],
  ] as const)("%s is an error, read or streamed", async ([, message]) => {
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => socket.end(message));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    await using session = new Session();
    await expect(session.get(url)).rejects.toBeInstanceOf(ChunkedEncodingError);
    const streamed = await session.get(url, { stream: true });
    await expect(streamed.text()).rejects.toBeInstanceOf(ChunkedEncodingError);
    await new Promise((resolve) => server.close(resolve));
  });
});
