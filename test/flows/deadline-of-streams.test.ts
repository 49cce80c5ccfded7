import { getEventListeners } from "node:events";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

import { AppAdapter, Session, toFetch, type StreamedResponse } from "../../src/index.ts";
import { startH2, type H2Server } from "../support/h2-server.ts";
import { startOrigin, type TestOrigin } from "../support/origins.ts";
import { readings } from "../support/readings.ts";

/** Of the total timeout: no other clock has this time. */
const HOUR_MS = 3_600_000;
const BODY = JSON.stringify({ text: "x".repeat(300) });

/** How a program ends the use of a response. */
const ends: Readonly<Record<string, (response: StreamedResponse) => Promise<unknown>>> = {
  "is read as a whole": (response) => response.text(),
  "is iterated over": async (response) => {
    for await (const piece of response) void piece;
  },
  "is left in the middle": async (response) => {
    for await (const piece of response) if (piece.byteLength > 0) break;
  },
  "is closed unread": (response) => response.close(),
  "is held by await using": async (response) => {
    await using _held = response;
  },
  "is cancelled as a web stream": (response) => response.body.cancel(),
};

/** What a server does that ends it, too. */
const answers: Readonly<Record<string, string>> = {
  "breaks off": "/truncated",
  "is too long to be read": "/large",
  "has no body": "/empty",
};

let plain: TestOrigin;
let shared: H2Server;
const sessions: Session[] = [];
/** The clocks of total timeouts that run. */
const running = new Set<unknown>();

beforeAll(async () => {
  plain = await startOrigin(({ url }, response) => {
    if (url === "/empty") return void response.writeHead(204).end();
    if (url === "/large") return void response.end("x".repeat(5000));
    if (url !== "/truncated") return void response.end(BODY);
    response.writeHead(200, { "Content-Length": 1000 });
    response.write("half", () => response.socket?.end());
  });
  shared = await startH2((stream, { ":path": path }) => {
    if (path === "/empty") {
      stream.respond({ ":status": 204 }, { endStream: true });
      return;
    }
    stream.respond({ ":status": 200, ...(path === "/truncated" ? { "content-length": "1000" } : {}) });
    if (path === "/truncated") stream.write("half", () => stream.close(2));
    else stream.end(path === "/large" ? "x".repeat(5000) : BODY);
  });
});

afterAll(async () => {
  await plain[Symbol.asyncDispose]();
  await shared[Symbol.asyncDispose]();
});

beforeEach(() => {
  const { setTimeout: start, clearTimeout: stop } = globalThis;
  const starting = (...args: Parameters<typeof start>): NodeJS.Timeout => {
    const timer = start(...args);
    if (args[1] === HOUR_MS) running.add(timer);
    return timer;
  };
  vi.spyOn(globalThis, "setTimeout").mockImplementation(Object.assign(starting, start));
  vi.spyOn(globalThis, "clearTimeout").mockImplementation((timer) => {
    running.delete(timer);
    stop(timer);
  });
});

afterEach(async () => {
  vi.restoreAllMocks();
  running.clear();
  await Promise.all(sessions.splice(0).map((session) => session.close()));
});

function newSession(protocol: string): { session: Session; url: string } {
  const timeout = { total: HOUR_MS };
  const options = { trustEnv: false, timeout, maxBodyBytes: 2000 };
  const isShared = protocol === "HTTP/2";
  const session = new Session(isShared ? { ...options, http2: true, verify: shared.ca } : options);
  if (protocol === "an app") session.mount("http://", new AppAdapter(() => new Response(BODY)));
  sessions.push(session);
  return { session, url: isShared ? shared.url : plain.url };
}

/** So many clocks run, and so many listen to the signal. */
function left(signal: AbortSignal): [clocks: number, listeners: number] {
  return [running.size, getEventListeners(signal, "abort").length];
}

describe.for(["HTTP/1.1", "HTTP/2", "an app"])(
  "a streamed response with a total timeout, over %s",
  (protocol) => {
    it.for(Object.keys(ends))("leaves no clock and no listener when it %s", async (name) => {
      const { session, url } = newSession(protocol);
      const { signal } = new AbortController();
      const response = await session.get(url, { stream: true, signal });
      expect(left(signal)).toEqual([1, 1]);
      await ends[name]?.(response);
      expect(left(signal)).toEqual([0, 0]);
    });

    it.for(Object.keys(readings))("leaves none when it is %s", async (name) => {
      const { session, url } = newSession(protocol);
      expect(await readings[name]?.(session, url)).toBe(BODY);
      expect(running.size).toBe(0);
    });

    it("leaves none when the session was closed while it was read", async () => {
      const { session, url } = newSession(protocol);
      const { signal } = new AbortController();
      const response = await session.get(url, { stream: true, signal });
      await session.close();
      expect(await response.text()).toBe(BODY);
      expect(left(signal)).toEqual([0, 0]);
    });

    it("leaves none when the caller aborts", async () => {
      const { session, url } = newSession(protocol);
      const caller = new AbortController();
      const response = await session.get(url, { stream: true, signal: caller.signal });
      caller.abort(new Error("enough"));
      await expect(response.text()).rejects.toThrow("enough");
      expect(left(caller.signal)).toEqual([0, 0]);
    });

    it("leaves none when nobody holds it any more", async () => {
      setFlagsFromString("--expose_gc");
      const collectGarbage = runInNewContext("gc") as () => void; // the flag has made it
      const { session, url } = newSession(protocol);
      const { signal } = new AbortController();
      const forget = async (): Promise<void> => {
        await session.get(url, { stream: true, signal });
      };
      await forget();
      for (let turns = 0; running.size > 0 && turns < 200; turns++) {
        collectGarbage();
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      expect(left(signal)).toEqual([0, 0]);
    });

    it("shares one listener with all other requests that have the signal", async () => {
      const { session, url } = newSession(protocol);
      const { signal } = new AbortController();
      const added = vi.spyOn(signal, "addEventListener");
      const calls = Array.from({ length: 40 }, () => session.get(url, { stream: true, signal }));
      const responses = await Promise.all(calls);
      expect(left(signal)).toEqual([40, 1]);
      await Promise.all(responses.map((response) => response.text()));
      expect(left(signal)).toEqual([0, 0]);
      expect(added).toHaveBeenCalledTimes(1);
    });
  },
);

describe.for(["HTTP/1.1", "HTTP/2"])("a streamed response with a total timeout, over %s", (protocol) => {
  it.for(Object.keys(answers))("leaves no clock and no listener when it %s", async (name) => {
    const { session, url } = newSession(protocol);
    const { signal } = new AbortController();
    const response = await session.get(`${url}${answers[name]}`, { stream: true, signal });
    if (name !== "has no body") await expect(response.text()).rejects.toThrow();
    expect(left(signal)).toEqual([0, 0]);
  });

  it("is still covered while it is read", async () => {
    const { session, url } = newSession(protocol);
    const response = await session.get(`${url}/truncated`, { stream: true });
    const pieces = response[Symbol.asyncIterator]();
    await pieces.next();
    expect(running.size).toBe(1);
    await expect(pieces.next()).rejects.toThrow();
    expect(running.size).toBe(0);
  });

  it("leaves none under toFetch, when its body is not wanted", async () => {
    const { session, url } = newSession(protocol);
    const fetch = toFetch(session, { timeout: { total: HOUR_MS } });
    await fetch(`${url}/empty`);
    expect(running.size).toBe(0);
    await (await fetch(url)).body?.cancel();
    expect(running.size).toBe(0);
  });
});
