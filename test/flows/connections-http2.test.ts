/**
 * The connection that all requests to an origin share over HTTP/2: one that has ended, or on which nothing is heard, gets no
 * more requests, and what is told of it is true.
 */
import { describe, it } from "vitest";

import { ConnectionError, ReadTimeout, Retry, type RequestOptions } from "../../src/index.ts";
import {
  CODES,
  frameServer,
  FRAMES,
  goaway,
  settings,
  SETTINGS,
  type FrameConnection,
  type FrameRequest,
  type FrameServer,
} from "../support/frame-server.ts";
import { pause, sessionFor, until } from "../support/http2-sessions.ts";
import { rejection } from "../support/messages.ts";

function pings(server: FrameServer): number {
  return server.heard.filter(({ type }) => type === FRAMES.PING).length;
}

/** Says nothing more, whatever comes. */
function fallSilent(connection: FrameConnection): void {
  connection.isSilent = true;
}

describe.concurrent("the end of a connection behind an answer over HTTP/2", () => {
  it.for([
    ["FIN", (r: FrameRequest) => r.connection.end(r.head(200), r.data("ok", { isLast: true }))],
    ["GOAWAY", (r: FrameRequest) => r.write(r.head(200), r.data("ok", { isLast: true }), goaway(r.stream))],
    [
      "GOAWAY and FIN",
      (r: FrameRequest) => r.connection.end(r.head(200), r.data("ok", { isLast: true }), goaway(r.stream)),
    ],
    [
      "GOAWAY with an error",
      (r: FrameRequest) =>
        r.write(r.head(200), r.data("ok", { isLast: true }), goaway(r.stream, CODES.INTERNAL_ERROR)),
    ],
  ] as const)("is seen before the next request goes out: %s", async ([, answer], { expect }) => {
    await using server = await frameServer(answer);
    await using session = sessionFor(server);
    for (let count = 1; count <= 20; count++) {
      const { connection, timings } = await session.post(server.url, { data: "x" });
      expect(connection?.isReused).toBe(false);
      expect(timings?.connect).toBeGreaterThan(0);
    }
    expect(server.requests.map(({ connection, number }) => [connection.number, number])).toEqual(
      Array.from({ length: 20 }, (_, at) => [at + 1, 1]),
    );
  });
});

describe.concurrent("many requests of one turn on a connection over HTTP/2", () => {
  it("do not wait for the last of them: the first are with the server before others begin", async ({
    expect,
  }) => {
    let inFirstRead = 0;
    await using server = await frameServer((r) => {
      r.ok();
      // Of all that was read at once the script has been told by then.
      if (r.number === 2) setImmediate(() => (inFirstRead = server.requests.length - 1));
    });
    await using session = sessionFor(server);
    await session.get(server.url);
    const answers = await Promise.all(
      Array.from({ length: 90 }, (_, at) => session.get(`${server.url}?${at}`)),
    );
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(server.connections).toHaveLength(1);
    expect(inFirstRead).toBeGreaterThan(0);
    expect(inFirstRead).toBeLessThan(90);
    // Whoever asked first is first.
    expect(server.requests.slice(1).map(({ path }) => path)).toEqual(
      answers.map(({ url }) => url.slice(url.lastIndexOf("/"))),
    );
  });

  it("that are given up while they wait for their turn are not sent", async ({ expect }) => {
    const controller = new AbortController();
    const { signal } = controller;
    await using server = await frameServer((r) => {
      // The first of many is there, the last of them is not.
      if (r.number === 2) controller.abort();
      r.ok();
    });
    await using session = sessionFor(server);
    await session.get(server.url);
    const kept = Promise.all(Array.from({ length: 30 }, () => session.get(server.url)));
    const given = await Promise.allSettled(
      Array.from({ length: 60 }, () => session.get(server.url, { signal })),
    );
    expect((await kept).every(({ status }) => status === 200)).toBe(true);
    expect(given.every(({ status }) => status === "rejected")).toBe(true);
    expect((await session.get(server.url)).status).toBe(200);
    expect(server.requests.length).toBeLessThan(1 + 30 + 60);
    expect(server.connections).toHaveLength(1);
  });
});

describe.concurrent("a connection over HTTP/2 on which nothing is heard any more", () => {
  /** The first connection answers one request, and then says nothing. */
  function freezing(): Promise<FrameServer> {
    return frameServer((r) => {
      if (r.connection.number > 1 || r.number === 1) r.ok();
      if (r.connection.number === 1) fallSilent(r.connection);
    });
  }

  it("gets no request after a read timeout", async ({ expect }) => {
    await using server = await freezing();
    await using session = sessionFor(server, { timeout: { read: 500 } });
    await session.get(server.url);
    expect(await rejection(session.get(server.url))).toBeInstanceOf(ReadTimeout);
    for (let count = 0; count < 5; count++) expect((await session.get(server.url)).status).toBe(200);
    expect(server.connections).toHaveLength(2);
  });

  it("gets none of many that come at a time", async ({ expect }) => {
    await using server = await freezing();
    await using session = sessionFor(server, { timeout: { read: 500 } });
    await session.get(server.url);
    const first = await Promise.allSettled(Array.from({ length: 8 }, () => session.get(server.url)));
    expect(first.map(({ status }) => status)).toEqual(Array(8).fill("rejected"));
    const second = await Promise.all(Array.from({ length: 8 }, () => session.get(server.url)));
    expect(second.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect([pings(server), server.connections.length]).toEqual([1, 2]);
  });

  it("does not stand in the way of a retry", async ({ expect }) => {
    await using server = await freezing();
    await using session = sessionFor(server, {
      timeout: { read: 500 },
      // One is enough, where the machine has nothing else to do.
      retry: new Retry({ total: 3, backoffFactor: 0 }),
    });
    await session.get(server.url);
    expect((await session.get(server.url)).status).toBe(200);
  });

  it.for([
    ["the total timeout", (): RequestOptions => ({ timeout: { total: 2500 } })],
    ["an abort", (): RequestOptions => ({ signal: AbortSignal.timeout(2500) })],
  ] as const)(
    "gets no request for long after %s that ended a second of silence",
    async ([, limit], { expect }) => {
      await using server = await freezing();
      await using session = sessionFor(server, { timeout: { read: 60_000 } });
      await session.get(server.url);
      await rejection(session.get(server.url, limit()));
      expect((await session.get(server.url, { timeout: { total: 9000 } })).status).toBe(200);
      expect(server.connections).toHaveLength(2);
    },
  );

  it("gets none in the middle of a body either", async ({ expect }) => {
    await using server = await frameServer((r) => {
      if (r.connection.number > 1) return r.ok();
      r.write(r.head(200), r.data("half"));
      fallSilent(r.connection);
    });
    await using session = sessionFor(server, { timeout: { read: 500 } });
    expect(await rejection(session.get(server.url))).toBeInstanceOf(ReadTimeout);
    expect((await session.get(server.url)).status).toBe(200);
  });

  it("keeps the process no longer than its timeouts, and ends with close()", async ({ expect }) => {
    await using server = await freezing();
    const session = sessionFor(server, { timeout: { read: 500 } });
    await session.get(server.url);
    expect(await rejection(session.get(server.url))).toBeInstanceOf(ReadTimeout);
    await session.close();
    await until(() => server.connections[0]?.isEnded === true);
  });
});

describe.concurrent("a stream that stands still on a connection over HTTP/2 that lives", () => {
  it("costs the others nothing, and the connection goes on", async ({ expect }) => {
    await using server = await frameServer((r) => {
      if (r.path === "/slow") setTimeout(() => r.ok("slow"), 400);
      else if (r.path !== "/silent") r.ok();
    });
    await using session = sessionFor(server, { timeout: { read: 3000 } });
    await session.get(server.url);
    const slow = session.get(`${server.url}/slow`);
    expect(await rejection(session.get(`${server.url}/silent`, { timeout: { read: 100 } }))).toBeInstanceOf(
      ReadTimeout,
    );
    const after = await Promise.all(Array.from({ length: 5 }, () => session.get(server.url)));
    expect(after.map(({ status }) => status)).toEqual(Array(5).fill(200));
    expect(await slow.text()).toBe("slow");
    expect(server.connections).toHaveLength(1);
  });

  it("asks for no sign of life where there was one", async ({ expect }) => {
    await using server = await frameServer((r) => {
      if (r.path !== "/silent") r.ok();
    });
    await using session = sessionFor(server);
    const silent = rejection(session.get(`${server.url}/silent`, { timeout: { read: 300 } }));
    for (let count = 0; count < 20; count++) {
      await session.get(server.url);
      await pause(20);
    }
    expect(await silent).toBeInstanceOf(ReadTimeout);
    expect(pings(server)).toBe(0);
  });

  it("is no reason to ask when it was given up at once", async ({ expect }) => {
    await using server = await frameServer((r) => {
      if (r.path !== "/silent") r.ok();
    });
    await using session = sessionFor(server);
    await session.get(server.url);
    for (let count = 0; count < 5; count++)
      await rejection(session.get(`${server.url}/silent`, { signal: AbortSignal.timeout(10) }));
    await session.get(server.url);
    expect([pings(server), server.connections.length]).toEqual([0, 1]);
  });
});

describe.concurrent("what is told of a connection over HTTP/2", () => {
  it("is alike for who opened it, who waited for it, and who found it", async ({ expect }) => {
    await using server = await frameServer((r) => void setTimeout(() => r.ok(), r.number === 1 ? 150 : 5));
    await using session = sessionFor(server);
    const calls = [session.get(server.url), session.get(server.url)];
    await until(() => server.requests.length > 0);
    calls.push(session.get(server.url));
    const responses = await Promise.all(calls);
    responses.push(await session.get(server.url));
    expect(responses.map(({ connection }) => connection?.isReused)).toEqual([false, true, true, true]);
    expect(responses.map(({ timings }) => timings?.connect === 0)).toEqual([false, true, true, true]);
  });

  it.for([
    ["CANCEL", (r: FrameRequest) => r.write(r.reset(CODES.CANCEL)), "the server ended the stream: CANCEL"],
    [
      "NO_ERROR",
      (r: FrameRequest) => r.write(r.reset(CODES.NO_ERROR)),
      "the server ended the stream: NO_ERROR",
    ],
    ["FIN", (r: FrameRequest) => r.connection.end(), "the other side closed the connection"],
    [
      "a torn connection",
      (r: FrameRequest) => r.connection.socket.destroy(),
      "the other side closed the connection",
    ],
    [
      "GOAWAY",
      (r: FrameRequest) => r.write(goaway(r.stream, CODES.ENHANCE_YOUR_CALM)),
      "the server ended the connection: ENHANCE_YOUR_CALM",
    ],
    [
      "frames that are none",
      (r: FrameRequest) => r.write(settings({ [SETTINGS.ENABLE_PUSH]: 7 })),
      "what the server sent breaks the rules of HTTP/2",
    ],
  ] as const)("says who ended it: %s", async ([, answer, text], { expect }) => {
    await using server = await frameServer(answer);
    await using session = sessionFor(server);
    const error = await rejection(session.post(server.url, { data: "x" }));
    expect(error).toBeInstanceOf(ConnectionError);
    expect((error as Error).message).toContain(text);
  });
});

describe.concurrent("close() of a session that speaks HTTP/2", () => {
  it.for([
    ["after a request", () => undefined],
    ["after GOAWAY", (r: FrameRequest) => r.write(goaway(r.stream))],
    ["after GOAWAY with an error", (r: FrameRequest) => r.write(goaway(r.stream, CODES.INTERNAL_ERROR))],
  ] as const)("ends though the server never ends its side: %s", async ([, behind], { expect }) => {
    await using server = await frameServer(
      (r) => {
        r.ok();
        behind(r);
      },
      { allowHalfOpen: true },
    );
    const session = sessionFor(server);
    await session.get(server.url);
    await session.close();
    await until(() => server.connections[0]?.isEnded === true);
    expect(server.heard.some(({ type }) => type === FRAMES.GOAWAY)).toBe(true);
  });

  it("ends what runs on a connection that takes no more", async ({ expect }) => {
    await using server = await frameServer((r) => {
      if (r.path === "/long") r.write(goaway(r.stream));
      else r.ok();
    });
    const session = sessionFor(server);
    const long = rejection(session.get(`${server.url}/long`));
    await until(() => server.requests.length === 1);
    await pause(20);
    await session.get(server.url);
    expect(server.connections).toHaveLength(2);
    await session.close();
    expect(await long).toMatchObject({ name: "SessionClosed" });
    await until(() => server.connections.every(({ isEnded }) => isEnded));
  });

  it("leaves streamed bodies to be read, and their connection ends then", async ({ expect }) => {
    let finish = (): void => {};
    await using server = await frameServer((r) => {
      r.write(r.head(200), r.data("half"));
      finish = () => r.write(r.data("half", { isLast: true }));
    });
    const session = sessionFor(server);
    const response = await session.get(server.url, { stream: true });
    await session.close();
    finish();
    expect(await response.text()).toBe("halfhalf");
    await until(() => server.connections[0]?.isEnded === true);
  });
});

describe.concurrent("the answer to HEAD, and 204 and 304", () => {
  it.for([
    ["HEAD", 200],
    ["HEAD", 404],
    ["GET", 204],
    ["GET", 304],
    ["POST", 204],
  ] as const)("over HTTP/2 are whole with their head: %s %s", async ([method, status], { expect }) => {
    await using server = await frameServer((r) =>
      r.path === "/after" ? r.ok() : r.write(r.head(status, status === 204 ? {} : { "content-length": 5 })),
    );
    await using session = sessionFor(server);
    const options = method === "POST" ? { data: "x" } : {};
    for (const stream of [false, true]) {
      const response = await session.request(method, server.url, { ...options, stream });
      expect([response.status, await response.text()]).toEqual([status, ""]);
    }
    expect(await session.get(`${server.url}/after`).text()).toBe("ok");
    expect(server.connections).toHaveLength(1);
    // A stream that does not end by itself is ended.
    await until(() => server.heard.filter(({ type }) => type === FRAMES.RST_STREAM).length === 2);
  });

  it("are no reason to reset a stream that ends by itself", async ({ expect }) => {
    await using server = await frameServer((r) => {
      r.write(r.head(200));
      setTimeout(() => r.write(r.data("", { isLast: true })), 20);
    });
    await using session = sessionFor(server);
    await session.head(server.url);
    await pause(1200);
    expect(server.heard.some(({ type }) => type === FRAMES.RST_STREAM)).toBe(false);
  });
});

describe.concurrent("how many requests an HTTP/2 connection takes", () => {
  it("is what the server said last", async ({ expect }) => {
    let running = 0;
    let most = 0;
    await using server = await frameServer((r) => {
      running++;
      most = Math.max(most, running);
      setTimeout(() => {
        running--;
        r.ok();
      }, 10);
    });
    await using session = sessionFor(server);
    await session.get(server.url);
    server.connections[0]?.write(settings({ [SETTINGS.MAX_CONCURRENT_STREAMS]: 3 }));
    await pause(30);
    most = 0;
    await Promise.all(Array.from({ length: 20 }, () => session.get(server.url)));
    expect(most).toBeLessThanOrEqual(3);
    expect(server.connections).toHaveLength(1);
  });

  it("is no reason for those behind them to wait for one that was given up in the queue", async ({
    expect,
  }) => {
    const held: FrameRequest[] = [];
    await using server = await frameServer((r) => (r.path === "/held" ? void held.push(r) : r.ok(r.path)), {
      settings: { [SETTINGS.MAX_CONCURRENT_STREAMS]: 1 },
    });
    await using session = sessionFor(server);
    const first = session.get(`${server.url}/held`);
    await until(() => held.length === 1);
    const controller = new AbortController();
    const given = rejection(session.get(`${server.url}/given`, { signal: controller.signal }));
    const last = session.get(`${server.url}/last`);
    controller.abort("mine");
    expect(await given).toBe("mine");
    held[0]?.ok();
    await first;
    expect(await last.text()).toBe("/last");
    expect(server.requests.map(({ path }) => path)).toEqual(["/held", "/last"]);
  });
});
