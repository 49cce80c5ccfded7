/** The read timeout over HTTP/2: for each message its own, though all share a connection. */
import { afterEach, describe, expect, it } from "vitest";

import { ReadTimeout } from "../../src/core/errors.ts";
import { HttpAdapter } from "../../src/transport/http-adapter.ts";
import {
  CODES,
  frameServer,
  FRAMES,
  windowUpdate,
  type FrameRequest,
  type FrameServer,
} from "../support/frame-server.ts";
import { exchange, rejection, requestFor, sendOptions, type Overrides } from "../support/messages.ts";

let adapter = new HttpAdapter();

afterEach(async () => {
  await adapter.close();
  adapter = new HttpAdapter();
});

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function overHttp2(server: FrameServer, options: Overrides = {}): Overrides {
  return { http2: true, verify: { kind: "pem", pem: server.ca }, ...options };
}

describe("the read timeout over HTTP/2", () => {
  it.for([
    ["before the head", (): Buffer[] => [], "head"],
    ["after an interim response", (r: FrameRequest) => [r.head(103)], "head"],
    ["before the body", (r: FrameRequest) => [r.head(200, { "content-length": 5 })], "body"],
    ["inside the body", (r: FrameRequest) => [r.head(200), r.data("he")], "body"],
    ["before END_STREAM", (r: FrameRequest) => [r.head(200, { "content-length": 2 }), r.data("he")], "body"],
  ] as const)("ends silence %s, and the stream", async ([, said, phase]) => {
    await using server = await frameServer((r) => r.write(...said(r)));
    const error = await rejection(exchange(adapter, server.url, overHttp2(server, { readMs: 80 })));
    expect(error).toBeInstanceOf(ReadTimeout);
    expect(error).toMatchObject({ phase, limitMs: 80 });
    await expect
      .poll(() => server.heard.find(({ type }) => type === FRAMES.RST_STREAM)?.code)
      .toBe(CODES.CANCEL);
  });

  it("counts gaps, not the whole", async () => {
    await using server = await frameServer((r) => {
      r.write(r.head(200));
      void (async () => {
        for (let letters = 0; letters < 12; letters++) {
          await pause(20);
          r.write(r.data("x", { isLast: letters === 11 }));
        }
      })();
    });
    const { text } = await exchange(adapter, server.url, overHttp2(server, { readMs: 200 }));
    expect(text).toHaveLength(12);
  });

  it("is not put off by what others on the connection get", async () => {
    await using server = await frameServer((r) => {
      if (r.path !== "/silent") r.ok();
    });
    const options = overHttp2(server, { readMs: 150 });
    const silent = rejection(exchange(adapter, `${server.url}/silent`, options));
    let isOver = false;
    void silent.then(() => (isOver = true));
    while (!isOver) {
      await exchange(adapter, server.url, overHttp2(server));
      await pause(10);
    }
    expect(await silent).toBeInstanceOf(ReadTimeout);
    expect(server.connections).toHaveLength(1);
  });

  it("is not lost by a stream whose response another one has not read yet", async () => {
    await using server = await frameServer((r) => {
      if (r.path !== "/silent") r.ok("all of it");
    });
    const early = await adapter.send(
      requestFor(server.url),
      sendOptions(overHttp2(server, { stream: true })),
      null,
    );
    await pause(30);
    // All of the first has come. What its reader does now must not stop the clock of the second.
    const silent = rejection(exchange(adapter, `${server.url}/silent`, overHttp2(server, { readMs: 200 })));
    await pause(50);
    expect(Buffer.from(await early.body.collect(null)).toString()).toBe("all of it");
    expect(await silent).toBeInstanceOf(ReadTimeout);
  });

  it("stands still while the reader does something else", async () => {
    await using server = await frameServer((r) => {
      r.write(r.head(200), r.data("o"));
      setTimeout(() => r.write(r.data("k", { isLast: true })), 150);
    });
    const options = sendOptions(overHttp2(server, { stream: true, readMs: 80 }));
    const response = await adapter.send(requestFor(server.url), options, null);
    await pause(300);
    expect(Buffer.from(await response.body.collect(null)).toString()).toBe("ok");
  });

  it("ends an upload that the server does not take", async () => {
    await using server = await frameServer({
      onConnection: (connection) => (connection.opensWindows = false),
    });
    const body = new Uint8Array(4_000_000);
    const request = requestFor(server.url, { method: "POST", body });
    const error = await rejection(exchange(adapter, request, overHttp2(server, { readMs: 100 })));
    expect(error).toBeInstanceOf(ReadTimeout);
    expect(error).toMatchObject({ phase: "send" });
  });

  it("waits for an upload that the server takes slowly", async () => {
    await using server = await frameServer({
      onConnection: (connection) => (connection.opensWindows = false),
      onFrame: ({ type, stream, payload, isLast }, connection) => {
        if (type !== FRAMES.DATA) return;
        setTimeout(() => {
          connection.write(windowUpdate(0, payload.length || 1), windowUpdate(stream, payload.length || 1));
        }, 20);
        if (isLast) server.requests[0]?.ok();
      },
    });
    const body = new Uint8Array(600_000);
    const request = requestFor(server.url, { method: "POST", body });
    const { text } = await exchange(adapter, request, overHttp2(server, { readMs: 1500 }));
    expect(text).toBe("ok");
  });
});
