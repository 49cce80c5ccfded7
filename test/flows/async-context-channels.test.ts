import { AsyncLocalStorage } from "node:async_hooks";
import diagnostics from "node:diagnostics_channel";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, describe, expect, it } from "vitest";

import { HttpAdapter, Session, type Response } from "../../src/index.ts";
import { caller, Notes } from "../support/async-context.ts";
import { ok, scriptedServer, type Script } from "../support/scripted-server.ts";
import { startTracingOrigin } from "../support/tracing-origin.ts";

/** The channels whose events belong to one request. */
const channels = [
  "undici:request:create",
  "undici:client:sendHeaders",
  "undici:request:bodySent",
  "undici:request:headers",
  "undici:request:trailers",
  "undici:request:error",
];

const stops: (() => void)[] = [];

afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** Notes each event from here on; the path of a request tells whose it is. */
function watch(): Notes {
  const notes = new Notes();
  for (const name of channels) {
    const listener = (message: unknown): void => {
      const { path } = (message as { request: { path: string } }).request; // as undici documents them
      notes.note(name.replace(/^undici:(?:request|client):/, ""), path.replace(/^\//, ""));
    };
    diagnostics.subscribe(name, listener);
    stops.push(() => diagnostics.unsubscribe(name, listener));
  }
  return notes;
}

/** Answers with chunks and a trailer after a moment, so that several requests are under way; `/end` without an answer. */
const slow: Script = async (connection) => {
  for (let request = await connection.request(); request !== null; request = await connection.request()) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    if (request.line.includes("-ends ")) connection.end("");
    else
      connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-T: 1\r\n\r\n");
  }
};

const WHOLE = ["bodySent", "create", "headers", "sendHeaders", "trailers"];

function sessionWith(adapter: ConstructorParameters<typeof HttpAdapter>[0] = {}): Session {
  const session = new Session({ trustEnv: false, timeout: 8000 });
  session.mount("http://", new HttpAdapter(adapter));
  return session;
}

describe("the events of a request are published in the context of its caller", () => {
  it.for([
    ["on fresh connections", 0, {}],
    ["on kept connections, of which many leave in one turn", 20, {}],
    ["out of the queue of a full pool", 1, { poolBlock: true, poolMaxsize: 1 }],
  ] as const)("%s", async ([, openers, adapter]) => {
    await using server = await scriptedServer(slow);
    await using session = sessionWith(adapter);
    await Promise.all(
      Array.from({ length: openers }, (_, n) => caller.run(`opener${n}`, () => session.get(server.url))),
    );
    const notes = watch();
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => caller.run(`${n}`, () => session.get(`${server.url}/${n}`))),
    );
    expect([notes.ran, notes.astray]).toEqual([WHOLE, []]);
    expect(notes.count("create")).toBe(20);
  });

  it.for([
    ["on a fresh connection", false],
    ["on a kept connection", true],
  ] as const)("over HTTP/2, %s", async ([, isWarm]) => {
    await using origin = await startTracingOrigin();
    await using session = new Session({ trustEnv: false, verify: origin.ca, http2: true, timeout: 8000 });
    if (isWarm) await caller.run("opener", () => session.get(`${origin.url}/slow`));
    const notes = watch();
    const call = (n: number): Promise<unknown> =>
      caller.run(`${n}`, () =>
        session.get(`${origin.url}/${n}`, n % 5 === 0 ? { timeout: { total: 1 } } : {}),
      );
    await Promise.allSettled(Array.from({ length: 20 }, (_, n) => call(n)));
    expect(notes.astray).toEqual([]);
    expect([notes.count("create"), notes.count("trailers") + notes.count("error")]).toEqual([20, 20]);
  });

  it("from the next one on, when the first who listens comes while others wait", async () => {
    let isWatched = (): void => undefined;
    const watched = new Promise<void>((resolve) => (isWatched = resolve));
    await using server = await scriptedServer(async (connection, self) => {
      await watched;
      await slow(connection, self);
    });
    await using session = sessionWith({ poolBlock: true, poolMaxsize: 1 });
    const call = (id: string): Promise<Response> =>
      caller.run(id, () => session.get(`${server.url}/${id}`)) as Promise<Response>;
    const before = ["a", "b"].map(call);
    await expect.poll(() => server.connections.length).toBe(1);
    const notes = watch();
    const calls = [...before, call("c")];
    isWatched();
    await Promise.all(calls);
    expect([notes.ran, notes.astray]).toEqual([WHOLE, []]);
    expect(notes.count("create")).toBe(1);
  });

  it("when the request is sent a second time", async () => {
    let times = 0;
    await using server = await scriptedServer(async (connection) => {
      for (let request = await connection.request(); request !== null; request = await connection.request()) {
        if (request.line.includes("/a ") && times++ === 0) connection.end("");
        else connection.write(ok());
      }
    });
    await using session = sessionWith();
    await caller.run("opener", () => session.get(server.url));
    const notes = watch();
    await caller.run("a", () => session.get(`${server.url}/a`));
    expect([notes.count("create"), notes.astray]).toEqual([2, []]);
  });

  it("when it fails, whoever ends the connection", async () => {
    await using server = await scriptedServer(slow);
    await using session = sessionWith();
    await caller.run("opener", () => session.get(server.url));
    const notes = watch();
    const controller = new AbortController();
    const calls = [
      caller.run("a-ends", () => session.post(`${server.url}/a-ends`)),
      caller.run("b", () => session.post(`${server.url}/b`, { signal: controller.signal })),
      caller.run("c", () => session.post(`${server.url}/c`, { timeout: { read: 1 } })),
    ];
    setTimeout(() => controller.abort(), 5);
    await Promise.allSettled(calls);
    await expect.poll(() => notes.count("error")).toBe(3);
    expect(notes.astray).toEqual([]);
  });
});

/** Collects garbage until `held` is gone. */
function isCollected(held: WeakRef<object>): boolean {
  setFlagsFromString("--expose_gc");
  (runInNewContext("gc") as () => void)(); // the flag has made it
  return held.deref() === undefined;
}

describe("the context of a call", () => {
  it("is not kept alive by its response, nor by the connection", async () => {
    await using server = await scriptedServer(slow);
    await using session = sessionWith();
    await session.get(server.url);
    const contexts = new AsyncLocalStorage<object>();
    const call = async (): Promise<readonly [Response, WeakRef<object>]> => {
      const context = { name: "of a request, with all that it has" };
      return [await contexts.run(context, () => session.get(server.url)), new WeakRef(context)];
    };
    const [response, held] = await call();
    await session.get(server.url);
    await expect.poll(() => isCollected(held)).toBe(true);
    expect(response.status).toBe(200);
  });
});
