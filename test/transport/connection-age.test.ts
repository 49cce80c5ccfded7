/** `maxConnectionAge`, over both protocols, by both clocks; and what was idle while the process was frozen. Connections are counted at the server. */
import type { ServerHttp2Stream } from "node:http2";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { HttpAdapterOptions } from "../../src/transport/adapter-options.ts";
import { HttpAdapter } from "../../src/transport/http-adapter.ts";
import { startH2 } from "../support/h2-server.ts";
import { exchange, requestFor, sendOptions, type Overrides } from "../support/messages.ts";
import { answering, ok, scriptedServer } from "../support/scripted-server.ts";

let adapter = new HttpAdapter();

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance", "Date"] }));
afterEach(async () => {
  vi.useRealTimers();
  await adapter.close();
});

/** A server, and how to send it a request. */
interface Way extends AsyncDisposable {
  readonly url: string;
  readonly options: Overrides;
  readonly connections: () => number;
}

const protocols: Readonly<Record<string, () => Promise<Way>>> = {
  "HTTP/1.1": async () => {
    const server = await scriptedServer(answering(ok()));
    return {
      url: server.url,
      options: {},
      connections: () => server.connections.length,
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  },
  "HTTP/2": async () => {
    const server = await startH2((stream) => stream.end("ok"));
    return {
      url: server.url,
      options: { http2: true, verify: { kind: "pem", pem: server.ca } },
      connections: server.connections,
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  },
};

/** Time passes, by which clocks? */
function pass(ms: number, clocks: string): void {
  // Both of them are the same fake one; the wall clock can be set by itself.
  if (clocks !== "wall") vi.advanceTimersByTime(ms);
  if (clocks === "wall") vi.setSystemTime(Date.now() + ms);
  if (clocks === "monotonic") vi.setSystemTime(Date.now() - ms);
}

async function counted(
  protocol: string,
  options: HttpAdapterOptions,
  passing: readonly (readonly [ms: number, clocks: string])[],
): Promise<number> {
  adapter = new HttpAdapter(options);
  await using way = await (protocols[protocol] as () => Promise<Way>)(); // one of its keys
  await exchange(adapter, way.url, way.options);
  for (const [ms, clocks] of passing) {
    pass(ms, clocks);
    expect((await exchange(adapter, way.url, way.options)).text).toBe("ok");
  }
  await adapter.close();
  return way.connections();
}

describe.for(Object.keys(protocols))("over %s", (protocol) => {
  it.for([
    // options                      time that passes before each further request                 connections
    [
      {},
      [
        [30_000, "both"],
        [30_000, "both"],
        [59_000, "both"],
      ],
      1,
    ],
    [
      { maxConnectionAge: null },
      [
        [30_000, "both"],
        [59_000, "both"],
      ],
      1,
    ],
    [
      { maxConnectionAge: 50_000 },
      [
        [30_000, "both"],
        [19_999, "both"],
      ],
      1,
    ],
    [
      { maxConnectionAge: 50_000 },
      [
        [30_000, "both"],
        [20_000, "both"],
        [49_999, "both"],
        [1, "both"],
      ],
      3,
    ],
    [
      { maxConnectionAge: 50_000 },
      [
        [30_000, "monotonic"],
        [20_000, "monotonic"],
      ],
      2,
    ],
    // Frozen, or set.
    [
      { maxConnectionAge: 50_000 },
      [
        [49_900, "both"],
        [100, "wall"],
      ],
      2,
    ],
    [
      { maxConnectionAge: 50_000 },
      [
        [49_000, "both"],
        [100, "wall"],
      ],
      1,
    ],
    [{}, [[1001, "wall"]], 2],
    [{}, [[999, "wall"]], 1],
    [
      {},
      [
        [-1_000_000, "wall"],
        [10, "both"],
      ],
      1,
    ],
    [
      { keepAliveTimeout: 500 },
      [
        [499, "both"],
        [499, "both"],
      ],
      1,
    ],
    [{ keepAliveTimeout: 500 }, [[500, "both"]], 2],
    [
      { keepAliveTimeout: 500 },
      [
        [400, "both"],
        [101, "wall"],
        [400, "both"],
      ],
      2,
    ],
  ] as const)("%j: after %j there were %i connections", async ([options, passing, count]) => {
    expect(await counted(protocol, options, passing)).toBe(count);
  });

  it("a message that is under way goes on, however old its connection gets", async () => {
    adapter = new HttpAdapter({ maxConnectionAge: 1000 });
    await using way = await (protocols[protocol] as () => Promise<Way>)(); // one of its keys
    const response = await adapter.send(
      requestFor(way.url),
      sendOptions({ ...way.options, stream: true }),
      null,
    );
    pass(5000, "both");
    expect((await exchange(adapter, way.url, way.options)).text).toBe("ok");
    expect(way.connections()).toBe(2);
    expect(Buffer.from(await response.body.collect(null)).toString()).toBe("ok");
    // It is not used again, though it came back last.
    await exchange(adapter, way.url, way.options);
    expect(way.connections()).toBe(2);
  });
});

describe("a shared connection that grew old", () => {
  it("carries its streams to their ends, and then ends; those that come go over another one", async () => {
    const streams: ServerHttp2Stream[] = [];
    await using server = await startH2((stream) => {
      if (streams.push(stream) > 3) stream.end("new");
    });
    adapter = new HttpAdapter({ maxConnectionAge: 1000 });
    const options = { http2: true, verify: { kind: "pem", pem: server.ca } } as const;
    const running = [1, 2, 3].map(() => exchange(adapter, server.url, options));
    // Not by `vi.waitFor`, for which fake clocks go on.
    await expect.poll(() => streams.length).toBe(3);
    pass(1000, "both");
    expect((await exchange(adapter, server.url, options)).text).toBe("new");
    expect(server.connections()).toBe(2);
    expect(adapter.stats).toMatchObject([{ open: 2, idle: 1 }]);
    for (const stream of streams.slice(0, 3)) stream.end("old");
    const answers = await Promise.all(running);
    expect(answers.map(({ text }) => text)).toEqual(["old", "old", "old"]);
    await expect.poll(() => adapter.stats).toMatchObject([{ open: 1, idle: 1 }]);
  });
});
