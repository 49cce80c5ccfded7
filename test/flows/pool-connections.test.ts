import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { HttpAdapter, Session, type HttpAdapterOptions } from "../../src/index.ts";
import { startH2, ok, type H2Server } from "../support/h2-server.ts";
import { startOrigin, type TestOrigin } from "../support/origins.ts";
import { rejection } from "../support/messages.ts";

const LIMIT = 3;
const ORIGINS = 24;

let origin: TestOrigin;
let shared: H2Server;

beforeAll(async () => {
  origin = await startOrigin(({ url }, response) => {
    if (url === "/close") response.shouldKeepAlive = false;
    if (url === "/reset") response.socket?.resetAndDestroy();
    else if (url !== "/silent") response.end("ok");
  });
  shared = await startH2((stream) => ok(stream));
});

afterAll(async () => {
  await origin[Symbol.asyncDispose]();
  await shared[Symbol.asyncDispose]();
});

/** A session for which each host is this machine. */
function anywhere(options: HttpAdapterOptions = {}): { session: Session; adapter: HttpAdapter } {
  const adapter = new HttpAdapter({
    poolConnections: LIMIT,
    lookup: (_host, _options, found) => found(null, "127.0.0.1", 4),
    ...options,
  });
  const session = new Session({ trustEnv: false, verify: shared.ca });
  session.mount("http://", adapter);
  session.mount("https://", adapter);
  return { session, adapter };
}

/** Sends to so many origins at once. */
async function burst(send: (host: string) => Promise<unknown>): Promise<void> {
  await Promise.all(Array.from({ length: ORIGINS }, (_, at) => send(`h${at}.test`)));
}

/** Ways in which the use of an origin ends. */
const ends: Readonly<Record<string, (session: Session, host: string) => Promise<unknown>>> = {
  "is answered": (session, host) => session.get(`http://${host}:${origin.port}/`),
  "is answered on a connection that ends": (session, host) =>
    session.get(`http://${host}:${origin.port}/close`),
  "breaks off": (session, host) => rejection(session.get(`http://${host}:${origin.port}/reset`)),
  "finds nobody there": (session, host) => rejection(session.get(`http://${host}:1/`, { retry: 0 })),
  "is given up while it is answered": (session, host) =>
    rejection(session.get(`http://${host}:${origin.port}/silent`, { timeout: { read: 30 } })),
  "is given up while it connects": (session, host) => {
    const controller = new AbortController();
    const call = rejection(session.get(`http://${host}:${origin.port}/`, { signal: controller.signal }));
    setImmediate(() => controller.abort());
    return call;
  },
  "cannot be written": (session, host) =>
    rejection(session.get(`http://${host}:${origin.port}/`, { headers: { "content-length": "7" } })),
  "fails at its certificate": (session, host) =>
    rejection(session.get(`https://${host}:${new URL(shared.url).port}/`)),
  "is streamed, and left": async (session, host) =>
    (await session.get(`http://${host}:${origin.port}/`, { stream: true })).close(),
};

describe("after a burst of origins there are no more than poolConnections", () => {
  it.for(Object.keys(ends))("when each request %s", async (name) => {
    const { session, adapter } = anywhere();
    await burst(async (host) => ends[name]?.(session, host));
    await expect.poll(() => adapter.stats.length).toBeLessThanOrEqual(LIMIT);
    await session.close();
  });

  it("when they speak HTTP/2", async () => {
    const { session, adapter } = anywhere();
    const { port } = new URL(shared.url);
    await burst((host) =>
      session.get(`https://${host}:${port}/`, { http2: true, tls: { serverName: "127.0.0.1" } }),
    );
    await expect.poll(() => adapter.stats.length).toBe(LIMIT);
    await session.close();
  });

  it("when requests waited for their turn for too long", async () => {
    const { session, adapter } = anywhere({ poolBlock: true, poolMaxsize: 1, poolTimeout: 20 });
    await burst(async (host) => {
      const url = `http://${host}:${origin.port}/silent`;
      await Promise.all([url, url].map((one) => rejection(session.get(one, { timeout: { read: 60 } }))));
    });
    await expect.poll(() => adapter.stats.length).toBeLessThanOrEqual(LIMIT);
    await session.close();
  });

  it("and those are left that were used last; who is in use is not given up", async () => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.on("data", () => sockets.push(socket));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo; // it listens on TCP
    const { session, adapter } = anywhere();
    const names = Array.from({ length: 6 }, (_, at) => `h${at}.test`);
    const calls: Promise<unknown>[] = [];
    for (const [at, name] of names.entries()) {
      calls.push(session.get(`http://${name}:${port}/`));
      await expect.poll(() => sockets.length).toBe(at + 1);
    }
    expect(adapter.stats).toHaveLength(names.length);
    // The first to be answered have been idle longest; the last one is not answered yet.
    for (const at of [3, 0, 4, 1, 2]) {
      sockets[at]?.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      await calls[at];
    }
    const left = adapter.stats.map((pool) => new URL(pool.origin).hostname);
    expect(left.toSorted()).toEqual(["h1.test", "h2.test", "h5.test"]);
    sockets[5]?.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    await calls[5];
    expect(adapter.stats).toHaveLength(LIMIT);
    await session.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
});
