/** The messages of the diagnostics channels beside those that undici itself publishes for the same exchange. */
import { Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Client } from "undici";

import { HttpAdapter } from "../../src/transport/http-adapter.ts";
import { chunkChannels, connectChannels, Instrument, requestChannels } from "../support/instrument.ts";
import { exchange, rejection, requestFor } from "../support/messages.ts";
import { answering, scriptedServer, type ScriptedServer } from "../support/scripted-server.ts";
import { startTracingOrigin, type TracingOrigin } from "../support/tracing-origin.ts";

const ANSWER =
  "HTTP/1.1 200 Fine\r\nX-A: b\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-T: c\r\n\r\n";
const HEADERS = { "User-Agent": "test", "Content-Type": "text/plain", "X-Own": "o" };

let server: ScriptedServer;
let secure: TracingOrigin;

beforeAll(async () => {
  server = await scriptedServer(answering(ANSWER));
  secure = await startTracingOrigin();
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await secure[Symbol.asyncDispose]();
});

/** What kind of thing it is. */
function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return `list of ${[...new Set(value.map(kindOf))].join(" and ") || "nothing"}`;
  if (value instanceof Socket) return "socket";
  if (Buffer.isBuffer(value)) return "Buffer";
  if (value instanceof Uint8Array) return "bytes";
  if (value instanceof Error) return "error";
  if (typeof value !== "object") return typeof value;
  return "object";
}

/** Members and their kinds. Those of a request are compared by themselves. */
function shapeOf(message: object, path: string): [name: string, kind: string][] {
  return Object.entries(message).flatMap(([name, value]: [string, unknown]) => {
    const place = `${path}.${name}`;
    const kind = kindOf(value);
    return kind !== "object" || name === "request"
      ? [[place, kind]]
      : [[place, kind], ...shapeOf(value as object, place)];
  });
}

/** The kinds of all that is published, channel by channel; the last message of each. */
function shapesOf({ events }: Instrument): Record<string, string> {
  return Object.fromEntries(events.flatMap(({ name, told }) => shapeOf(told, name)));
}

const ALL = [...requestChannels, ...chunkChannels, ...connectChannels];

/** What undici publishes. */
async function byUndici(url: string, body: string | null): Promise<Instrument> {
  using instrument = new Instrument(ALL);
  const client = new Client(url);
  const method = body === null ? "GET" : "POST";
  try {
    const response = await client.request({ path: "/x?y", method, headers: HEADERS, body });
    await response.body.text();
  } catch {
    // What it failed with is published.
  }
  await client.close();
  return instrument;
}

/** What is published here. */
async function byUs(url: string, body: string | null): Promise<Instrument> {
  using instrument = new Instrument(ALL);
  const adapter = new HttpAdapter();
  const method = body === null ? "GET" : "POST";
  const request = requestFor(`${url}/x?y`, { method, headers: HEADERS, ...(body === null ? {} : { body }) });
  await exchange(adapter, request).catch(() => undefined);
  await adapter.close();
  return instrument;
}

/** A port on which nobody listens. */
async function nowhere(): Promise<string> {
  const gone = await scriptedServer(() => undefined);
  await gone[Symbol.asyncDispose]();
  return gone.url;
}

describe("what is published", () => {
  it.for([
    ["of a GET", null],
    ["of a POST", "body"],
  ] as const)("has the channels, members and kinds of undici's messages: %s", async ([, body]) => {
    const [theirs, ours] = [await byUndici(server.url, body), await byUs(server.url, body)];
    expect(ours.names).toEqual(
      // undici tells of the request before it has a connection, as is done here.
      theirs.names,
    );
    expect(shapesOf(ours)).toEqual(shapesOf(theirs));
  });

  it("has them when there is no connection", async () => {
    const url = await nowhere();
    const [theirs, ours] = [await byUndici(url, null), await byUs(url, null)];
    expect(ours.names).toEqual(theirs.names);
    expect(shapesOf(ours)).toEqual(shapesOf(theirs));
  });

  it.for([
    ["of a GET", null],
    ["of a POST", "body"],
  ] as const)("says the same of the request: %s", async ([, body]) => {
    const [theirs, ours] = [await byUndici(server.url, body), await byUs(server.url, body)].map(
      (instrument): Record<string, unknown> => ({ ...instrument.of("trailers")[0]?.request }),
    );
    // What undici has besides is about its options, which there are none of here, or its own business.
    const missing = Object.keys(theirs ?? {}).filter((name) => !Object.hasOwn(ours ?? {}, name));
    expect(missing.toSorted()).toEqual([
      "abort",
      "blocking",
      "bodyTimeout",
      "expectContinue",
      "headersTimeout",
      "reset",
      "servername",
      "typeOfService",
    ]);
    // Here a POST without a body has a length, and so has one with.
    const { contentLength: ownLength, ...own } = ours ?? {};
    const { contentLength: theirLength, ...their } = theirs ?? {};
    expect([ownLength, theirLength]).toEqual([body === null ? null : 4, null]);
    for (const [name, value] of Object.entries(own))
      expect([name, kindOf(value)]).toEqual([name, kindOf(their[name])]);
    const told = [
      "origin",
      "protocol",
      "method",
      "path",
      "headers",
      "host",
      "contentType",
      "completed",
      "aborted",
      "upgrade",
    ];
    expect(told.map((name) => [name, own[name]])).toEqual(told.map((name) => [name, their[name]]));
    expect(typeof ours?.["addHeader"]).toBe(typeof theirs?.["addHeader"]);
  });

  it("has over HTTP/2 the members and kinds that it has over HTTP/1.1", async () => {
    const shapes = [];
    for (const http2 of [false, true]) {
      using instrument = new Instrument(ALL);
      const adapter = new HttpAdapter();
      const verify = { kind: "pem", pem: secure.ca } as const;
      const request = requestFor(`${secure.url}/x`, { method: "POST", headers: HEADERS, body: "body" });
      await exchange(adapter, request, { http2, verify });
      await adapter.close();
      shapes.push(shapesOf(instrument));
    }
    expect(shapes[1]).toEqual(shapes[0]);
  });
});

describe("a message that must not be sent", () => {
  it("is not published", async () => {
    using instrument = new Instrument(ALL);
    const adapter = new HttpAdapter();
    await rejection(exchange(adapter, requestFor(`${server.url}/x`, { method: "CONNECT" })));
    await adapter.close();
    expect(instrument.events).toEqual([]);
  });
});
