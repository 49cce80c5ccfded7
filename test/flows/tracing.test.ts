/** What instruments hear of a request on undici's channels: over both protocols, and however it is read or ends. */
import { once } from "node:events";
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { HttpAdapter, Request, Retry, Session, toFetch, type SessionOptions } from "../../src/index.ts";
import { Authority } from "../support/certificates.ts";
import { chunkChannels, Instrument, pairs, requestChannels } from "../support/instrument.ts";
import { readings } from "../support/readings.ts";

const protocols = [
  ["HTTP/1.1", false],
  ["HTTP/2", true],
] as const;

const sockets = new Set<Socket>();
let ca = "";
let url = "";
let close: () => Promise<void> = async () => undefined;
/** Times that a path was asked for. */
let times = new Map<string, number>();

beforeAll(async () => {
  const authority = await Authority.create();
  const leaf = await authority.issue({ addresses: ["127.0.0.1"] });
  ca = authority.pem;
  const server = createSecureServer({ ...leaf, allowHTTP1: true }, answer);
  server.on("sessionError", () => undefined);
  server.on("connection", (socket: Socket) => sockets.add(socket.on("error", () => undefined)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  close = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
});

afterAll(async () => close());

function cut({ stream, socket }: Http2ServerRequest): void {
  if (typeof stream === "object") stream.destroy();
  else socket.destroy();
}

function answer(request: Http2ServerRequest, response: Http2ServerResponse): void {
  request.on("error", () => undefined);
  response.on("error", () => undefined);
  const count = (times.get(request.url) ?? 0) + 1;
  times.set(request.url, count);
  request.resume();
  switch (new URL(request.url, url).pathname) {
    case "/trailers":
      response.writeHead(200, { trailer: "x-sum" });
      response.write('{"a":1}');
      response.addTrailers({ "x-sum": "7" });
      response.end();
      return;
    case "/empty":
      response.writeHead(204).end();
      return;
    case "/hints":
      response.writeEarlyHints({ link: "</a.css>; rel=preload" });
      setTimeout(() => response.end("ok"), 5);
      return;
    case "/away":
      response.writeHead(302, { location: "/end" }).end("moved");
      return;
    case "/deaf":
      return;
    case "/cut":
      cut(request);
      return;
    case "/half":
      response.writeHead(200, { "content-length": 10 });
      response.write("half");
      setTimeout(() => cut(request), 20);
      return;
    case "/endless":
      response.write("x".repeat(1000));
      return;
    case "/large":
      response.end("x".repeat(100_000));
      return;
    case "/fields":
      response.writeHead(200, { "x-large": "y".repeat(5000) }).end();
      return;
    case "/once":
      response.writeHead(count === 1 ? 503 : 200).end();
      return;
    default:
      response.setHeader("x-seen", "é");
      response.end(Buffer.from('{"a":1}'));
  }
}

function sessionOf(http2: boolean, options: Omit<SessionOptions, "stream"> = {}): Session {
  times = new Map();
  return new Session({ trustEnv: false, verify: ca, http2, timeout: 8000, ...options });
}

const START = "create sendHeaders bodySent";

describe.for(protocols)("over %s a request", ([, http2]) => {
  it.for(Object.entries(readings))("is told of from create to trailers: %s", async ([, read]) => {
    await using session = sessionOf(http2);
    using instrument = new Instrument();
    expect(await read(session, `${url}/whole`)).toBe('{"a":1}');
    expect(instrument.stories).toEqual([`/whole ${START} headers trailers`]);
  });

  it.for([
    ["HEAD", "/whole", {}],
    ["GET", "/empty", {}],
    ["GET", "/hints", {}],
    ["POST", "/whole", { data: "body" }],
    ["POST", "/whole", { json: { a: "b".repeat(100_000) } }],
    ["PUT", "/whole", { data: pieces }],
    ["PUT", "/whole", { data: new Uint8Array(3_000_000) }],
    ["PUT", "/whole", { data: pieces, headers: { Expect: "100-continue" }, expectContinue: 20 }],
  ] as const)("%s %s is told of from create to trailers: %o", async ([method, path, options]) => {
    await using session = sessionOf(http2);
    using instrument = new Instrument();
    await session.request(method, url + path, options);
    const [story = ""] = instrument.stories;
    // The answer may come before all of a body is out.
    expect(story.replace("headers bodySent", "bodySent headers")).toBe(`${path} ${START} headers trailers`);
    expect([instrument.stories.length, instrument.broken]).toEqual([1, []]);
  });

  it("is told of for each message: hops, attempts, answers to a challenge", async () => {
    await using session = sessionOf(http2, {
      retry: new Retry({ status: 1, statusForcelist: [503], backoffFactor: 0 }),
    });
    using instrument = new Instrument();
    await session.get(`${url}/away`);
    await session.get(`${url}/once`);
    const whole = `${START} headers trailers`;
    expect(instrument.stories).toEqual([
      `/away ${whole}`,
      `/end ${whole}`,
      `/once ${whole}`,
      `/once ${whole}`,
    ]);
  });

  it("gives the fields of request and response, and what the socket is", async () => {
    await using session = sessionOf(http2);
    using instrument = new Instrument();
    await session.get(`${url}/trailers?a=b`, { headers: { "X-Own": "ü", "User-Agent": "test" } });
    await session.get(`${url}/trailers`);
    const [create] = instrument.of("create");
    expect(create?.request).toMatchObject({ method: "GET", origin: url, path: "/trailers?a=b" });
    expect(pairs(create?.request.headers ?? [])).toEqual(
      expect.arrayContaining(["X-Own: ü", "User-Agent: test"]),
    );
    const [sent] = instrument.of("sendHeaders");
    const first = http2
      ? ":method: GET\r\n:scheme: https\r\n:path: /trailers?a=b\r\n"
      : "GET /trailers?a=b HTTP/1.1\r\n";
    expect(sent?.headers.startsWith(first)).toBe(true);
    expect(sent?.headers).toContain(http2 ? "\r\nx-own: ü\r\n" : "\r\nX-Own: ü\r\n");
    expect(sent?.headers.endsWith("\r\n")).toBe(true);
    expect(sent?.headers).not.toContain("\r\n\r\n");
    expect(sent?.socket).toMatchObject({ remoteAddress: "127.0.0.1", remotePort: Number(new URL(url).port) });
    const [headers] = instrument.of("headers");
    expect(headers?.response.statusCode).toBe(200);
    expect(headers?.response.headers.every((one) => Buffer.isBuffer(one))).toBe(true);
    expect(pairs(headers?.response.headers ?? [])).toContain("trailer: x-sum");
    const ends = instrument.of("trailers");
    expect(ends.map(({ request }) => request.completed)).toEqual([true, true]);
    expect(pairs(ends[1]?.trailers ?? [])).toEqual(["x-sum: 7"]);
  });

  it("gives the bytes of fields as they came", async () => {
    await using session = sessionOf(http2);
    using instrument = new Instrument();
    await session.get(`${url}/whole`);
    const fields = instrument.of("headers")[0]?.response.headers ?? [];
    const at = fields.findIndex((one) => one.toString() === "x-seen");
    expect(fields[at + 1]).toEqual(Buffer.from("é", "latin1"));
  });

  it("gives each piece of its bodies, as memory that stays what it was", async () => {
    await using session = sessionOf(http2);
    using instrument = new Instrument([...requestChannels, ...chunkChannels]);
    await session.post(`${url}/large`, { data: "bytes" });
    await session.post(`${url}/large`, { data: pieces });
    await session.get(`${url}/whole`);
    expect(Buffer.concat(instrument.of("bodyChunkSent").map(({ chunk }) => chunk)).toString()).toBe(
      "bytespiece piece ",
    );
    const received = Buffer.concat(instrument.of("bodyChunkReceived").map(({ chunk }) => chunk)).toString();
    expect(received).toBe(`${"x".repeat(200_000)}{"a":1}`);
    expect(instrument.broken).toEqual([]);
  });
});

async function* pieces(): AsyncGenerator<string> {
  yield "piece ";
  yield "piece ";
}

/** A call, and the name of the error that is told of it. */
interface Row {
  readonly path: string;
  readonly error: string;
  readonly story: string;
  readonly call: (session: Session, to: string) => Promise<unknown>;
  readonly options?: Omit<SessionOptions, "stream">;
  readonly adapter?: ConstructorParameters<typeof HttpAdapter>[0];
}

async function saved(session: Session, to: string): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), "sojourn-tracing-"));
  try {
    const response = await session.get(to, { stream: true });
    return await response.saveTo(join(folder, "body"));
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function aborted(session: Session, to: string, reason: unknown): Promise<unknown> {
  const controller = new AbortController();
  setTimeout(() => controller.abort(reason), 30);
  return await session.get(to, { signal: controller.signal });
}

const failures: Readonly<Record<string, Row>> = {
  "no answer": { path: "/cut", error: "ConnectionError", story: START, call: (s, to) => s.post(to) },
  "silence before the head": {
    path: "/deaf",
    error: "ReadTimeout",
    story: START,
    call: (s, to) => s.get(to, { timeout: { read: 30 } }),
  },
  "the total time used up": {
    path: "/deaf",
    error: "Timeout",
    story: START,
    call: (s, to) => s.get(to, { timeout: { total: 30 } }),
  },
  "an abort": {
    path: "/deaf",
    error: "AbortError",
    story: START,
    call: (s, to) => aborted(s, to, undefined),
  },
  "an abort whose reason is no error": {
    path: "/deaf",
    error: "AbortError",
    story: START,
    call: (s, to) => aborted(s, to, "no error"),
  },
  "a body that breaks off": {
    path: "/half",
    error: "ChunkedEncodingError",
    story: `${START} headers`,
    call: (s, to) => s.get(to),
  },
  "a body that breaks off, streamed": {
    path: "/half",
    error: "ChunkedEncodingError",
    story: `${START} headers`,
    call: async (s, to) => (await s.get(to, { stream: true })).text(),
  },
  "a body that breaks off, saved": {
    path: "/half",
    error: "ChunkedEncodingError",
    story: `${START} headers`,
    call: saved,
  },
  "a body that breaks off, under fetch": {
    path: "/half",
    error: "ChunkedEncodingError",
    story: `${START} headers`,
    call: async (s, to) => (await toFetch(s)(to)).text(),
  },
  "silence inside the body": {
    path: "/endless",
    error: "ReadTimeout",
    story: `${START} headers`,
    call: (s, to) => s.get(to, { timeout: { read: 30 } }),
  },
  "a body that is too large": {
    path: "/endless",
    error: "ResponseTooLarge",
    story: `${START} headers`,
    call: (s, to) => s.get(to, { maxBodyBytes: 10 }),
  },
  "a head that is too large": {
    path: "/fields",
    error: "HeadersTooLarge",
    story: START,
    adapter: { maxHeaderSize: 2000 },
    call: (s, to) => s.get(to),
  },
  "a stream that is closed unread": {
    path: "/endless",
    error: "AbortError",
    story: `${START} headers`,
    call: async (s, to) => {
      await (await s.get(to, { stream: true })).close();
      throw new Error("closed");
    },
  },
  "a loop that is left": {
    path: "/endless",
    error: "AbortError",
    story: `${START} headers`,
    call: async (s, to) => {
      for await (const piece of await s.get(to, { stream: true })) throw new Error(`enough: ${piece.length}`);
    },
  },
  "an upload whose source throws": {
    path: "/deaf",
    error: "Error",
    story: "create sendHeaders",
    call: (s, to) =>
      s.post(to, {
        data: (async function* () {
          yield "piece";
          throw new Error("of the source");
        })(),
      }),
  },
  "a session that is closed": {
    path: "/deaf",
    error: "SessionClosed",
    story: START,
    call: async (s, to) => {
      const call = s.get(to);
      setTimeout(() => void s.close(), 30);
      await call;
    },
  },
};

describe.for(protocols)("over %s a request that fails", ([, http2]) => {
  it.for(Object.entries(failures))("ends once, with an error: %s", async ([, row]) => {
    await using session = sessionOf(http2);
    session.mount("https://", new HttpAdapter(row.adapter));
    // Connecting takes its time on a busy machine.
    await session.get(`${url}/whole`);
    using instrument = new Instrument();
    const call = row.call(session, url + row.path);
    await expect(call).rejects.toBeDefined();
    const [told] = instrument.of("error");
    expect(instrument.stories).toEqual([`${row.path} ${row.story} error`]);
    expect([told?.error.name, told?.error instanceof Error]).toEqual([row.error, true]);
    expect([told?.request.aborted, told?.request.completed]).toEqual([true, false]);
  });

  it("is told of with the error that the caller gets", async () => {
    await using session = sessionOf(http2);
    using instrument = new Instrument();
    const error: unknown = await session.post(`${url}/cut`).catch((thrown: unknown) => thrown);
    expect(instrument.of("error")[0]?.error).toBe(error);
  });
});

describe("a request", () => {
  it("is told of with its credentials as they are sent, and without the user info of its URL", async () => {
    await using session = sessionOf(false, { cookies: { a: "b" } });
    using instrument = new Instrument();
    await session.get(`${url.replace("//", "//user:secret@")}/whole?key=value`);
    const [create] = instrument.of("create");
    expect([create?.request.origin, create?.request.path]).toEqual([url, "/whole?key=value"]);
    const basic = `Authorization: Basic ${Buffer.from("user:secret").toString("base64")}`;
    expect(pairs(create?.request.headers ?? [])).toEqual(expect.arrayContaining([basic, "Cookie: a=b"]));
  });

  it("is not told of when nothing of it could be sent", async () => {
    await using session = sessionOf(false);
    using instrument = new Instrument();
    const request = session.prepareRequest(new Request("GET", `${url}/whole`));
    request.url = `${url}/a b`;
    await expect(session.send(request)).rejects.toMatchObject({ name: "InvalidURL" });
    expect(instrument.events).toEqual([]);
  });

  it("that nobody listened to when it began is told of to nobody", async () => {
    await using session = sessionOf(false);
    const response = await session.get(`${url}/endless`, { stream: true });
    using instrument = new Instrument();
    await response.close();
    await session.get(`${url}/whole`);
    expect(instrument.stories).toEqual([`/whole ${START} headers trailers`]);
  });
});
