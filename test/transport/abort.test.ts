import { getEventListeners } from "node:events";

import { afterEach, describe, expect, it } from "vitest";

import { HttpAdapter } from "../../src/transport/http-adapter.ts";
import { exchange, rejection, requestFor, sendOptions, throughProxy } from "../support/messages.ts";
import {
  answering,
  ok,
  scriptedServer,
  type ScriptedServer,
  type Script,
} from "../support/scripted-server.ts";
import { runs } from "../support/size.ts";

let adapter = new HttpAdapter();

afterEach(async () => {
  await adapter.close();
  adapter = new HttpAdapter();
});

const silent: Script = async (connection) => {
  await connection.closed;
};

/** Resolves when the server has heard something on its first connection. */
async function connected(server: ScriptedServer): Promise<void> {
  await expect.poll(() => server.connections.length).toBeGreaterThan(0);
}

describe("an abort", () => {
  it("before the call sends nothing", async () => {
    await using server = await scriptedServer(answering(ok()));
    const reason = new Error("changed my mind");
    expect(await rejection(exchange(adapter, server.url, { signal: AbortSignal.abort(reason) }))).toBe(
      reason,
    );
    expect(server.connections).toHaveLength(0);
  });

  it("gives the reason as it is, whatever it is", async () => {
    await using server = await scriptedServer(silent);
    for (const reason of ["text", 42, null, { own: true }]) {
      const controller = new AbortController();
      const call = rejection(exchange(adapter, server.url, { signal: controller.signal }));
      await connected(server);
      controller.abort(reason);
      expect(await call).toBe(reason);
    }
  });

  it("ends the name look-up", async () => {
    const controller = new AbortController();
    adapter = new HttpAdapter({ lookup: () => setImmediate(() => controller.abort(new Error("enough"))) });
    expect(
      await rejection(exchange(adapter, "http://slow.test/", { signal: controller.signal })),
    ).toMatchObject({ message: "enough" });
  });

  it.for([
    // phase                          target                  proxy
    ["the TLS handshake", (port: number): string => `https://127.0.0.1:${port}/`, null],
    ["CONNECT", (): string => "https://server.test/", "http"],
    ["the TLS handshake with a proxy", (): string => "https://server.test/", "https"],
    ["SOCKS", (): string => "http://server.test/", "socks5h"],
    ["waiting for the head", (port: number): string => `http://127.0.0.1:${port}/`, null],
  ] as const)("ends %s at once, and closes the connection", async ([, target, proxy]) => {
    await using server = await scriptedServer(silent);
    const controller = new AbortController();
    const via = proxy === null ? {} : throughProxy(`${proxy}://127.0.0.1:${server.port}`);
    const call = rejection(exchange(adapter, target(server.port), { signal: controller.signal, ...via }));
    await connected(server);
    controller.abort(new Error("enough"));
    expect(await call).toMatchObject({ message: "enough" });
    await server.connections[0]?.closed;
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
  });

  it("ends waiting for a turn, and the next one gets it", async () => {
    let release = (): void => {};
    await using server = await scriptedServer(
      answering(({ line }) =>
        line.includes("first") ? new Promise((resolve) => (release = () => resolve(ok()))) : ok(),
      ),
    );
    adapter = new HttpAdapter({ poolMaxsize: 1, poolBlock: true });
    const controller = new AbortController();
    const first = exchange(adapter, `${server.url}/first`);
    await expect.poll(() => server.requests.length).toBe(1);
    const second = rejection(exchange(adapter, `${server.url}/second`, { signal: controller.signal }));
    const third = exchange(adapter, `${server.url}/third`);
    controller.abort(new Error("enough"));
    expect(await second).toMatchObject({ message: "enough" });
    release();
    await Promise.all([first, third]);
    expect(server.requests.map(({ line }) => line)).toEqual(["GET /first HTTP/1.1", "GET /third HTTP/1.1"]);
  });

  it("ends an upload, and closes the caller's iterable", async () => {
    await using server = await scriptedServer(silent);
    const controller = new AbortController();
    let closed = false;
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      try {
        for (;;) {
          yield new Uint8Array(1000);
          await new Promise((resolve) => setImmediate(resolve));
        }
      } finally {
        closed = true;
      }
    };
    const call = rejection(
      exchange(adapter, requestFor(server.url, { method: "POST", body: endless() }), {
        signal: controller.signal,
      }),
    );
    await connected(server);
    controller.abort(new Error("enough"));
    expect(await call).toMatchObject({ message: "enough" });
    await server.connections[0]?.closed;
    await expect.poll(() => closed).toBe(true);
  });

  it.for(["collect", "stream"] as const)("ends reading the body with %s()", async (how) => {
    await using server = await scriptedServer(async (connection) => {
      await connection.request();
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    });
    const controller = new AbortController();
    const response = await adapter.send(
      requestFor(server.url),
      sendOptions({ stream: how === "stream" }),
      controller.signal,
    );
    const stream = how === "stream" ? response.body.stream()[Symbol.asyncIterator]() : null;
    if (stream !== null) await stream.next();
    const read = rejection(stream === null ? Promise.resolve(response.body.collect(null)) : stream.next());
    controller.abort(new Error("enough"));
    expect(await read).toMatchObject({ message: "enough" });
    await server.connections[0]?.closed;
  });

  it("takes back what a stream has not given yet", async () => {
    await using server = await scriptedServer(answering(ok("all of it is here")));
    const controller = new AbortController();
    const response = await adapter.send(
      requestFor(server.url),
      sendOptions({ stream: true }),
      controller.signal,
    );
    controller.abort(new Error("enough"));
    const stream = response.body.stream()[Symbol.asyncIterator]();
    expect(await rejection(stream.next())).toMatchObject({ message: "enough" });
  });

  it("after the end of the body changes nothing", async () => {
    await using server = await scriptedServer(answering(ok()));
    const controller = new AbortController();
    const response = await adapter.send(requestFor(server.url), sendOptions(), controller.signal);
    controller.abort(new Error("enough"));
    expect(Buffer.from(await response.body.collect(null)).toString()).toBe("ok");
    expect(adapter.stats).toMatchObject([{ open: 1, idle: 1 }]);
  });
});

describe("a signal for many requests", () => {
  it("is left by each of them", async () => {
    await using server = await scriptedServer(answering(ok()));
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on("warning", onWarning);
    const { signal } = new AbortController();
    const each = runs(200);
    const worker = async (): Promise<void> => {
      for (let sent = 0; sent < each; sent++) await exchange(adapter, server.url, { signal });
    };
    await Promise.all(Array.from({ length: 50 }, worker));
    process.off("warning", onWarning);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
    expect(warnings).toEqual([]);
    expect(server.requests).toHaveLength(50 * each);
  });
});
