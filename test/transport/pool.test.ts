import { afterEach, describe, expect, it, vi } from "vitest";

import { ConnectionError, ConnectTimeout, SessionClosed } from "../../src/core/errors.ts";
import { HttpAdapter, type HttpAdapterOptions } from "../../src/transport/http-adapter.ts";
import { exchange, rejection, requestFor, sendOptions } from "../support/messages.ts";
import { answering, ok, scriptedServer, type Script } from "../support/scripted-server.ts";

const adapters: HttpAdapter[] = [];

function newAdapter(options: HttpAdapterOptions = {}): HttpAdapter {
  const adapter = new HttpAdapter(options);
  adapters.push(adapter);
  return adapter;
}

afterEach(async () => {
  await Promise.all(adapters.splice(0).map((adapter) => adapter.close()));
});

/** Keeps answers back until they are released, oldest first. */
function held(): { script: Script; release: () => void; waiting: () => Promise<void> } {
  const open: (() => void)[] = [];
  const arrivals: (() => void)[] = [];
  return {
    script: answering(async () => {
      const released = new Promise<void>((resolve) => open.push(resolve));
      arrivals.shift()?.();
      await released;
      return ok();
    }),
    release: () => open.shift()?.(),
    waiting: () => new Promise((resolve) => arrivals.push(resolve)),
  };
}

describe("a sequence of requests", () => {
  it("keeps to one connection, whatever the methods and bodies", async () => {
    // Given a server, and requests of all kinds, bodies on DELETE and GET among them
    await using server = await scriptedServer(
      answering(({ line }) =>
        line.startsWith("HEAD") ? "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" : ok(),
      ),
    );
    const adapter = newAdapter();
    const chunks = async function* (): AsyncGenerator<string> {
      yield "a";
      yield "b";
    };
    const requests = [
      requestFor(server.url),
      requestFor(server.url, { method: "POST", body: "a=1" }),
      requestFor(server.url, { method: "PUT", body: chunks() }),
      requestFor(server.url, { method: "DELETE" }),
      requestFor(server.url, { method: "DELETE", body: "x" }),
      requestFor(server.url, { method: "HEAD" }),
      requestFor(server.url, { method: "GET", body: "y" }),
      requestFor(server.url, { method: "OPTIONS", body: chunks() }),
      requestFor(server.url),
    ];

    // When they are sent one after the other
    for (const request of requests) await exchange(adapter, request);

    // Then one connection served them all
    expect(server.connections).toHaveLength(1);
    expect(server.requests.map(({ line }) => line.split(" ")[0])).toEqual(
      requests.map(({ method }) => method),
    );
    expect(adapter.stats).toEqual([{ origin: server.url, open: 1, idle: 1, surplus: 0 }]);
  });

  it.for([
    ["Connection: close", "HTTP/1.1 200 OK\r\nConnection: X-Other, Close\r\nContent-Length: 2\r\n\r\nok"],
    ["HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok"],
    ["a body without length", "HTTP/1.1 200 OK\r\n\r\nok"],
    ["Keep-Alive: timeout=0", "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=0\r\nContent-Length: 2\r\n\r\nok"],
  ] as const)("opens another connection after an answer with %s", async ([, bytes]) => {
    await using server = await scriptedServer(async (connection) => {
      await connection.request();
      connection.write(bytes);
      if (!bytes.includes("Keep-Alive")) connection.end();
    });
    const adapter = newAdapter();
    await exchange(adapter, server.url);
    await exchange(adapter, server.url);
    expect(server.connections).toHaveLength(2);
  });

  it.for([
    // what the server says of itself, and how long the connection is kept, in milliseconds
    ["timeout=1", 500],
    ["timeout=2", 1000],
    ["timeout=3", 1500],
    ["timeout=4, max=100", 2000],
    ["timeout=30", 28_000],
    ["timeout=90", 60_000],
  ] as const)("takes Keep-Alive: %s for %i ms", async ([hint, keptMs]) => {
    vi.useFakeTimers({ toFake: ["performance"] });
    try {
      await using server = await scriptedServer(answering(ok("ok", [`Keep-Alive: ${hint}`])));
      const adapter = newAdapter();
      for (let at = 0; at < 3; at++) {
        await exchange(adapter, server.url);
        vi.advanceTimersByTime(keptMs - 1);
      }
      expect(server.connections).toHaveLength(1);
      await exchange(adapter, server.url);
      vi.advanceTimersByTime(keptMs);
      await exchange(adapter, server.url);
      expect(server.connections).toHaveLength(2);
    } finally {
      vi.useRealTimers();
    }
  });

  it("keeps an HTTP/1.0 connection that says keep-alive", async () => {
    await using server = await scriptedServer(
      answering("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok"),
    );
    const adapter = newAdapter();
    await exchange(adapter, server.url);
    await exchange(adapter, server.url);
    expect(server.connections).toHaveLength(1);
  });

  it("closes the connection after a request with Connection: close", async () => {
    await using server = await scriptedServer(answering(ok()));
    const adapter = newAdapter();
    await exchange(adapter, requestFor(server.url, { headers: { Connection: "close" } }));
    await server.connections[0]?.closed;
    await exchange(adapter, server.url);
    expect(server.requests.map(({ fields }) => fields.includes("Connection: close"))).toEqual([true, false]);
    expect(server.connections).toHaveLength(2);
  });

  it("drops bytes that nobody asked for together with their connection", async () => {
    await using server = await scriptedServer(async (connection) => {
      for (const text of ["one", "two"]) {
        await connection.request();
        connection.write(ok(text));
      }
      await connection.request();
      connection.write(`${ok("first")}${ok("smuggled")}`);
      if ((await connection.request()) !== null) connection.write(ok("second"));
    });
    const adapter = newAdapter();
    await exchange(adapter, server.url);
    await exchange(adapter, server.url);
    const first = await exchange(adapter, server.url);
    await server.connections[0]?.closed;
    await using other = await scriptedServer(answering(ok("second")));
    const second = await exchange(adapter, other.url);
    expect([first.text, second.text]).toEqual(["first", "second"]);
    expect(adapter.stats.find(({ origin }) => origin === server.url)).toMatchObject({ open: 0 });
  });
});

describe("requests at the same time", () => {
  it("open a connection each, and keep as many as poolMaxsize; the others end after five seconds", async () => {
    const { script, release, waiting } = held();
    await using server = await scriptedServer(script);
    const adapter = newAdapter({ poolMaxsize: 2 });
    const burst = async (): Promise<void> => {
      const arrived = [1, 2, 3, 4, 5].map(() => waiting());
      const calls = [1, 2, 3, 4, 5].map(() => exchange(adapter, server.url));
      await Promise.all(arrived);
      expect(adapter.stats).toMatchObject([{ open: 5, idle: 0, surplus: 0 }]);
      for (let answers = 0; answers < 5; answers++) release();
      await Promise.all(calls);
    };
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    try {
      // The next burst, seconds later, finds them all.
      for (let bursts = 0; bursts < 4; bursts++) {
        await burst();
        expect(adapter.stats).toMatchObject([{ open: 5, idle: 5, surplus: 3 }]);
        vi.advanceTimersByTime(4900);
      }
      expect(server.connections).toHaveLength(5);
      vi.advanceTimersByTime(101);
      await expect.poll(() => adapter.stats).toMatchObject([{ open: 2, idle: 2, surplus: 0 }]);
      vi.advanceTimersByTime(30_000);
      await burst();
      expect(server.connections).toHaveLength(8);
    } finally {
      vi.useRealTimers();
    }
  });

  it("with poolBlock never open more than poolMaxsize, and so have no surplus", async () => {
    const { script, release, waiting } = held();
    await using server = await scriptedServer(script);
    const adapter = newAdapter({ poolMaxsize: 2, poolBlock: true });
    let arrived = waiting();
    const calls = [1, 2, 3, 4, 5].map(() => exchange(adapter, server.url));
    for (const _ of calls) {
      await arrived;
      arrived = waiting();
      release();
    }
    await Promise.all(calls);
    expect(adapter.stats).toMatchObject([{ open: 2, idle: 2, surplus: 0 }]);
    expect(server.connections).toHaveLength(2);
  });

  it("wait for their turn with poolBlock, first come, first served", async () => {
    const { script, release, waiting } = held();
    await using server = await scriptedServer(script);
    const adapter = newAdapter({ poolMaxsize: 1, poolBlock: true });
    const order: number[] = [];
    let arrived = waiting();
    const calls = [1, 2, 3].map(async (number) => {
      await exchange(adapter, `${server.url}/${number}`);
      order.push(number);
    });
    for (const call of calls) {
      await arrived;
      arrived = waiting();
      release();
      await call;
    }
    expect(order).toEqual([1, 2, 3]);
    expect(server.requests.map(({ line }) => line)).toEqual([
      "GET /1 HTTP/1.1",
      "GET /2 HTTP/1.1",
      "GET /3 HTTP/1.1",
    ]);
    expect(server.connections).toHaveLength(1);
  });

  it("get a new connection in their turn when the one before them broke", async () => {
    await using server = await scriptedServer(async (connection) => {
      await connection.request();
      if (connection.number === 1) connection.reset();
      else connection.write(ok("second"));
    });
    const adapter = newAdapter({ poolMaxsize: 1, poolBlock: true });
    const first = rejection(exchange(adapter, server.url));
    const second = exchange(adapter, server.url);
    expect(await first).toBeInstanceOf(ConnectionError);
    expect((await second).text).toBe("second");
  });

  it("do not wait longer than poolTimeout", async () => {
    const { script, release, waiting } = held();
    await using server = await scriptedServer(script);
    const adapter = newAdapter({ poolMaxsize: 1, poolBlock: true, poolTimeout: 30 });
    const arrived = waiting();
    const first = exchange(adapter, server.url);
    await arrived;
    const error = await rejection(exchange(adapter, server.url));
    expect(error).toBeInstanceOf(ConnectTimeout);
    expect(error).toMatchObject({ phase: "pool", limitMs: 30 });
    expect((error as Error).message).toMatch(/all connections are busy \(1\); a streamed response/);
    release();
    await first;
  });
});

describe("idle connections", () => {
  it("are closed after keepAliveTimeout", async () => {
    await using server = await scriptedServer(answering(ok()));
    const adapter = newAdapter({ keepAliveTimeout: 20 });
    await exchange(adapter, server.url);
    await server.connections[0]?.closed;
    await exchange(adapter, server.url);
    expect(server.connections).toHaveLength(2);
  });

  it("are used again in the order last in, first out", async () => {
    const paths: string[][] = [];
    const open = new Map<string, () => void>();
    await using server = await scriptedServer(
      answering(async ({ line }, { number }) => {
        const [, path = ""] = line.split(" ");
        (paths[number] ??= []).push(path);
        if (path !== "/c") await new Promise<void>((resolve) => open.set(path, resolve));
        return ok();
      }),
    );
    const adapter = newAdapter();
    const calls = new Map(["/a", "/b"].map((path) => [path, exchange(adapter, server.url + path)]));
    await expect.poll(() => open.size).toBe(2);
    for (const path of ["/b", "/a"]) {
      open.get(path)?.();
      await calls.get(path);
    }
    await exchange(adapter, `${server.url}/c`);
    expect(paths.filter((list) => list?.includes("/c"))).toEqual([["/a", "/c"]]);
  });

  it("of the origin that was used least recently are given up beyond poolConnections", async () => {
    await using one = await scriptedServer(answering(ok()));
    await using two = await scriptedServer(answering(ok()));
    await using three = await scriptedServer(answering(ok()));
    const adapter = newAdapter({ poolConnections: 2 });
    for (const server of [one, two, one, three]) await exchange(adapter, server.url);
    expect(adapter.stats.map(({ origin }) => origin).sort()).toEqual([one.url, three.url].sort());
    await two.connections[0]?.closed;
    await exchange(adapter, two.url);
    expect(two.connections).toHaveLength(2);
  });
});

describe("a streamed body", () => {
  const streamed = { stream: true };

  it("keeps its connection until it was read, and gives it back then", async () => {
    await using server = await scriptedServer(answering(ok("body")));
    const adapter = newAdapter();
    const first = await adapter.send(requestFor(server.url), sendOptions(streamed), null);
    await exchange(adapter, server.url);
    expect(server.connections).toHaveLength(2);
    expect(Buffer.from(await first.body.collect(null)).toString()).toBe("body");
    expect(adapter.stats).toMatchObject([{ open: 2, idle: 2 }]);
  });

  it("that is cancelled unread costs the connection", async () => {
    await using server = await scriptedServer(answering(ok("body")));
    const adapter = newAdapter();
    const first = await adapter.send(requestFor(server.url), sendOptions(streamed), null);
    first.body.cancel();
    await server.connections[0]?.closed;
    await exchange(adapter, server.url);
    expect(server.connections).toHaveLength(2);
  });
});

describe("close()", () => {
  it("ends idle connections, running requests and waiting ones, and refuses new ones", async () => {
    const { script, waiting } = held();
    await using server = await scriptedServer(script);
    await using quick = await scriptedServer(answering(ok()));
    const adapter = newAdapter({ poolMaxsize: 1, poolBlock: true });
    await exchange(adapter, quick.url);
    const arrived = waiting();
    const running = rejection(exchange(adapter, server.url));
    await arrived;
    const queued = rejection(exchange(adapter, server.url));
    await adapter.close();
    for (const error of [await running, await queued, await rejection(exchange(adapter, quick.url))]) {
      expect(error).toBeInstanceOf(SessionClosed);
    }
    await Promise.all([...server.connections, ...quick.connections].map(({ closed }) => closed));
    expect(adapter.stats).toEqual([]);
    await adapter.close();
  });

  it("leaves a body alone that is being streamed; its connection ends with it", async () => {
    await using server = await scriptedServer(async (connection) => {
      await connection.request();
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
      await connection.through("never");
    });
    const adapter = newAdapter();
    const response = await adapter.send(requestFor(server.url), sendOptions(streamed()), null);
    await adapter.close();
    server.connections[0]?.write("world");
    expect(Buffer.from(await response.body.collect(null)).toString()).toBe("helloworld");
    await server.connections[0]?.closed;
  });
});

function streamed(): { readonly stream: true } {
  return { stream: true };
}
