/** The test server itself: its options, its counters, its end, and what it does with requests of any path. */
import { once } from "node:events";
import { Agent } from "node:http";
import { connect } from "node:net";

import { describe, expect, it } from "vitest";

import { startTestServer } from "../../testing/index.ts";
import type { TestServerOptions } from "../../testing/index.ts";
import { ask, askRaw } from "./ask.ts";

describe("options", () => {
  it.for([
    // options                  error       what its message must have
    [{ port: 65_536 }, RangeError, ["port", "65536", "0 to 65535"]],
    [{ port: -1 }, RangeError, ["port", "-1", "0 to 65535"]],
    [{ port: 1.5 }, RangeError, ["port", "1.5", "whole"]],
    [{ port: Number.NaN }, RangeError, ["port", "NaN"]],
    [{ port: "80" }, TypeError, ["port", '"80"', "number"]],
    [{ host: "" }, TypeError, ["host", '""', "address"]],
    [{ host: 1 }, TypeError, ["host", "1", "address"]],
    [{ hosts: "a" }, TypeError, ["hosts", "host, port"]],
    [null, TypeError, ["options", "null", "object"]],
    ["http://a.test", TypeError, ["options", "http://a.test", "object"]],
  ] as const)("refuses %j with an error that names the option", async ([options, error, words]) => {
    // Callers in JavaScript can pass anything; the type is widened for their sake.
    const started = startTestServer(options as unknown as TestServerOptions);
    const failure: unknown = await started.catch((reason: unknown) => reason);
    expect(failure).toBeInstanceOf(error);
    for (const word of words) expect(String(failure)).toContain(word);
  });

  it("take a host by name and a port that is free", async () => {
    await using first = await startTestServer({ host: "localhost" });
    const { port } = first;
    await first.close();
    await using second = await startTestServer({ port });
    expect(second.url).toBe(`http://127.0.0.1:${port}`);
    expect((await ask(second.url, "GET /get")).status).toBe(200);
  });

  it("fail with Node's error when the port is taken", async () => {
    await using server = await startTestServer();
    await expect(startTestServer({ port: server.port })).rejects.toMatchObject({ code: "EADDRINUSE" });
  });
});

describe("the counters", () => {
  it("keep each request as it came, and each connection once", async () => {
    await using server = await startTestServer();
    await askRaw(server.url, { target: "/get?a=%20", headers: ["X-Twice", "1", "x-twice", "2"] });
    await askRaw(server.url, { method: "POST", target: "/nowhere", body: "a" });

    expect(server.connections).toBe(2);
    expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "GET /get?a=%20",
      "POST /nowhere",
    ]);
    expect(server.requests[0]?.headers).toEqual([
      ["Host", `127.0.0.1:${server.port}`],
      ["X-Twice", "1"],
      ["x-twice", "2"],
      ["Connection", "close"],
    ]);
  });

  it("count a connection once, however many requests it carries", async () => {
    await using server = await startTestServer();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let turn = 0; turn < 5; turn++) await askRaw(server.url, { target: "/get", agent });
    agent.destroy();
    expect(server.connections).toBe(1);
    expect(server.requests).toHaveLength(5);
  });

  it("keep the last 1000 requests only", async () => {
    await using server = await startTestServer();
    for (let turn = 0; turn < 1001; turn++) await ask(server.url, `GET /status/200?${turn}`);
    expect(server.requests).toHaveLength(1000);
    expect(server.requests[0]?.path).toBe("/status/200?1");
    expect(server.requests.at(-1)?.path).toBe("/status/200?1000");
  });

  it("begin anew after a reset, and a list that was read before does not change", async () => {
    await using server = await startTestServer();
    await ask(server.url, "GET /flaky/1");
    const before = server.requests;
    server.resetCounters();

    expect(before).toHaveLength(1);
    expect([server.connections, server.requests.length]).toEqual([0, 0]);
    expect((await ask(server.url, "GET /flaky/1")).status).toBe(503);
  });
});

describe("closing", () => {
  it("ends connections that wait for an answer", async () => {
    await using server = await startTestServer();
    const waiting = ask(server.url, "GET /delay/10").catch((reason: unknown) => reason);
    while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await server.close();
    expect(await waiting).toBeInstanceOf(TypeError);
  });

  it("ends idle connections", async () => {
    await using server = await startTestServer();
    const socket = connect(server.port, "127.0.0.1");
    await once(socket, "connect");
    while (server.connections === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const ended = once(socket, "close");
    await server.close();
    await ended;
    expect(socket.destroyed).toBe(true);
  });

  it("is safe to do twice", async () => {
    await using server = await startTestServer();
    await server.close();
    await expect(server.close()).resolves.toBeUndefined();
  });
});

describe("any path", () => {
  it.for([
    // request            status  Allow
    ["GET /nowhere", 404, null],
    ["POST /nowhere", 404, null],
    ["GET /get/", 404, null],
    ["GET /redirect/many", 404, null],
    ["POST /get", 405, "GET, HEAD, OPTIONS"],
    ["GET /post", 405, "OPTIONS, POST"],
    ["HEAD /post", 405, "OPTIONS, POST"],
    ["DELETE /login", 405, "GET, HEAD, OPTIONS, POST"],
    ["OPTIONS /get", 200, "GET, HEAD, OPTIONS"],
    ["OPTIONS /api/login", 200, "OPTIONS, POST"],
    ["HEAD /get", 200, null],
  ] as const)("%s answers %i and allows %s", async ([request, status, allow]) => {
    await using server = await startTestServer();
    const reply = await ask(server.url, request);
    expect(reply.status).toBe(status);
    expect(reply.headers.get("allow")?.split(", ").toSorted().join(", ") ?? null).toBe(allow);
  });

  it("has a list of all endpoints at the root", async () => {
    await using server = await startTestServer();
    const reply = await ask(server.url, "GET /");
    expect(reply.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(reply.text).toContain("<li>GET /basic-auth/:user/:password</li>");
  });

  it("may be asked for by a whole URL, as proxies are", async () => {
    await using server = await startTestServer();
    const reply = await askRaw(server.url, { target: "http://a.test/get?b=1" });
    expect(JSON.parse(reply.text)).toMatchObject({ args: { b: "1" }, url: "http://a.test/get?b=1" });
  });

  it("gives HEAD the headers of GET and no content, also where content would stream", async () => {
    await using server = await startTestServer();
    const reply = await ask(server.url, "HEAD /drip?duration=30&numbytes=7");
    expect([reply.status, reply.headers.get("content-length"), reply.text]).toEqual([200, "7", ""]);
  });

  it("refuses a body of more than 64 MiB before it is sent", async () => {
    await using server = await startTestServer();
    const socket = connect(server.port, "127.0.0.1").setEncoding("utf8");
    socket.write(`POST /post HTTP/1.1\r\nHost: a.test\r\nContent-Length: ${64 * 1024 * 1024 + 1}\r\n\r\n`);
    expect(String(await once(socket, "data"))).toMatch(/^HTTP\/1\.1 413 [^]*\r\nConnection: close\r\n/);
    socket.destroy();
  });

  it("does not mind clients that leave in the middle of a body", async () => {
    await using server = await startTestServer();
    const socket = connect(server.port, "127.0.0.1");
    socket.write("POST /post HTTP/1.1\r\nHost: a.test\r\nContent-Length: 10\r\n\r\n1234");
    while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    socket.destroy();
    expect((await ask(server.url, "GET /get")).status).toBe(200);
  });
});
