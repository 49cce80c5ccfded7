import { afterEach, describe, expect, it } from "vitest";

import { ConnectTimeout, ReadTimeout } from "../../src/core/errors.ts";
import { HttpAdapter } from "../../src/transport/http-adapter.ts";
import { ReadClock } from "../../src/connect/read-clock.ts";
import { exchange, rejection, requestFor, sendOptions, throughProxy } from "../support/messages.ts";
import { answering, ok, scriptedServer, type Script } from "../support/scripted-server.ts";

let adapter = new HttpAdapter();

afterEach(async () => {
  await adapter.close();
  adapter = new HttpAdapter();
});

const silent: Script = async (connection) => {
  await connection.closed;
};

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

describe("the connect timeout", () => {
  it("covers the name look-up", async () => {
    adapter = new HttpAdapter({ lookup: () => {} });
    const error = await rejection(exchange(adapter, "http://slow.test/", { connectMs: 30 }));
    expect(error).toBeInstanceOf(ConnectTimeout);
    expect(error).toMatchObject({ phase: "connect", limitMs: 30 });
    expect((error as Error).message).toBe(
      "connect timeout after 30 ms (times are milliseconds): GET http://slow.test/",
    );
  });

  it("covers the TLS handshake, and closes the connection", async () => {
    await using server = await scriptedServer(silent);
    const error = await rejection(exchange(adapter, `https://127.0.0.1:${server.port}/`, { connectMs: 50 }));
    expect(error).toBeInstanceOf(ConnectTimeout);
    await server.connections[0]?.closed;
  });

  it.for([
    ["CONNECT of a proxy that says nothing", "http"],
    ["SOCKS with a proxy that says nothing", "socks5h"],
    ["TLS with a proxy that says nothing", "https"],
  ])("covers %s", async ([, scheme]) => {
    await using proxy = await scriptedServer(silent);
    const via = throughProxy(`${scheme}://127.0.0.1:${proxy.port}`);
    const error = await rejection(exchange(adapter, "https://server.test/", { connectMs: 50, ...via }));
    expect(error).toBeInstanceOf(ConnectTimeout);
    await proxy.connections[0]?.closed;
  });

  it("covers a proxy that drips its answer", async () => {
    await using proxy = await scriptedServer(async (connection) => {
      for (const letter of "HTTP/1.1 200 Connection established".repeat(100)) {
        if (connection.socket.destroyed) return;
        connection.write(letter);
        await pause(5);
      }
    });
    const via = throughProxy(`http://127.0.0.1:${proxy.port}`);
    expect(
      await rejection(exchange(adapter, "https://server.test/", { connectMs: 60, ...via })),
    ).toBeInstanceOf(ConnectTimeout);
  });

  it("does not run while a request waits for its turn, nor on a warm connection", async () => {
    adapter = new HttpAdapter({ poolMaxsize: 1, poolBlock: true });
    await using server = await scriptedServer(
      answering(async () => {
        await pause(80);
        return ok();
      }),
    );
    const calls = [1, 2, 3].map(() => exchange(adapter, server.url, { connectMs: 60 }));
    expect((await Promise.all(calls)).map(({ text }) => text)).toEqual(["ok", "ok", "ok"]);
  });
});

describe("the read timeout", () => {
  it.for([
    // silence                 what was said before             phase
    ["before the head", "", "head"],
    ["inside the head", "HTTP/1.1 200 OK\r\nX-A", "head"],
    ["after an interim response", "HTTP/1.1 103 Early Hints\r\n\r\n", "head"],
    ["before the body", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "body"],
    ["inside the body", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe", "body"],
    ["before the last chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n", "body"],
  ] as const)("ends silence %s, and the connection", async ([, said, phase]) => {
    await using server = await scriptedServer(async (connection) => {
      await connection.request();
      connection.write(said);
    });
    const error = await rejection(exchange(adapter, server.url, { readMs: 60 }));
    expect(error).toBeInstanceOf(ReadTimeout);
    expect(error).toMatchObject({ phase, limitMs: 60 });
    await server.connections[0]?.closed;
  });

  it("counts gaps, not the whole", async () => {
    await using server = await scriptedServer(async (connection) => {
      await connection.request();
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n");
      for (let letters = 0; letters < 12; letters++) {
        await pause(20);
        connection.write("x");
      }
    });
    const { text } = await exchange(adapter, server.url, { readMs: 150 });
    expect(text).toHaveLength(12);
  });

  it("ends a streamed body while its reader waits", async () => {
    await using server = await scriptedServer(async (connection) => {
      await connection.request();
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe");
    });
    const response = await adapter.send(
      requestFor(server.url),
      sendOptions({ stream: true, readMs: 50 }),
      null,
    );
    const seen: string[] = [];
    const error = await rejection(
      (async () => {
        for await (const chunk of response.body.stream()) seen.push(Buffer.from(chunk).toString());
      })(),
    );
    expect([seen, (error as Error).name]).toEqual([["he"], "ReadTimeout"]);
  });

  it("stands still while the reader does something else", async () => {
    await using server = await scriptedServer(async (connection) => {
      await connection.request();
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no");
      await pause(120);
      connection.write("k");
    });
    const response = await adapter.send(
      requestFor(server.url),
      sendOptions({ stream: true, readMs: 60 }),
      null,
    );
    await pause(200);
    expect(Buffer.from(await response.body.collect(null)).toString()).toBe("ok");
  });

  it("stands still while the caller's body is slow", async () => {
    await using server = await scriptedServer(answering(ok()));
    const slow = async function* (): AsyncGenerator<string> {
      yield "a";
      await pause(150);
      yield "b";
    };
    const { text } = await exchange(adapter, requestFor(server.url, { method: "POST", body: slow() }), {
      readMs: 60,
    });
    expect(text).toBe("ok");
  });

  it("ends an upload that the server does not read", async () => {
    await using server = await scriptedServer((connection) => {
      connection.socket.pause();
    });
    const body = new Uint8Array(40_000_000);
    const error = await rejection(
      exchange(adapter, requestFor(server.url, { method: "POST", body }), { readMs: 80 }),
    );
    expect(error).toBeInstanceOf(ReadTimeout);
    expect(error).toMatchObject({ phase: "send" });
  });

  it("is another for each request on a connection", async () => {
    await using server = await scriptedServer(
      answering(async ({ line }) => {
        await pause(line.includes("slow") ? 120 : 0);
        return ok();
      }),
    );
    await exchange(adapter, server.url, { readMs: 5000 });
    expect(await rejection(exchange(adapter, `${server.url}/slow`, { readMs: 40 }))).toBeInstanceOf(
      ReadTimeout,
    );
    await exchange(adapter, server.url, { readMs: 40 });
    expect((await exchange(adapter, `${server.url}/slow`, { readMs: null })).text).toBe("ok");
  });
});

describe("ReadClock", () => {
  it("tells the listener of now, not one of before", async () => {
    const clock = new ReadClock();
    const told: string[] = [];
    clock.start(1000, performance.now(), { onSilence: () => told.push("old") });
    clock.stop();
    await new Promise<void>((resolve) => {
      const onSilence = (): void => {
        told.push("new");
        resolve();
      };
      clock.start(10, performance.now(), { onSilence });
    });
    clock.end();
    expect(told).toEqual(["new"]);
  });

  it("waits for the rest after a sign of life", async () => {
    const clock = new ReadClock();
    const began = performance.now();
    const at = await new Promise<number>((resolve) => {
      clock.start(60, began, { onSilence: () => resolve(performance.now()) });
      setTimeout(() => clock.touch(performance.now()), 40);
    });
    clock.end();
    // A sign of life after 40 ms, and 60 ms of silence: no earlier than that. Timers may be a millisecond early.
    expect(at - began).toBeGreaterThan(95);
  });
});
