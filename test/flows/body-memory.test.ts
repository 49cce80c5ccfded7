/** What a program is given of a body is its own: no memory is shared with what other bytes lie in, or with what comes after. */
import { createHash } from "node:crypto";
import { brotliCompressSync, gzipSync, zstdCompressSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import {
  AppAdapter,
  Response as OurResponse,
  Session,
  StreamedResponse,
  toFetch,
  wireResponse,
  type PreparedRequest,
} from "../../src/index.ts";
import { startH2, type H2Server } from "../support/h2-server.ts";
import { startOrigin, type TestOrigin } from "../support/origins.ts";

/** A piece of a kind that every way of reading has to do with: crumbs, and more than a buffer. */
const bodies: Readonly<Record<string, Buffer>> = {
  small: Buffer.from("0123456789"),
  middle: Buffer.concat(Array.from({ length: 700 }, (_, at) => Buffer.alloc(100, `${at} `))),
  large: Buffer.concat(Array.from({ length: 600 }, (_, at) => Buffer.alloc(1000, `${at} `))),
};
const codings: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  identity: (bytes) => bytes,
  gzip: (bytes) => gzipSync(bytes),
  br: (bytes) => brotliCompressSync(bytes),
  zstd: (bytes) => zstdCompressSync(bytes),
};

const coded = new Map(
  Object.entries(bodies).flatMap(([name, bytes]) =>
    Object.entries(codings).map(([coding, code]) => [`/${name}/${coding}`, code(bytes)]),
  ),
);

/** What is at `/<name of a body>/<coding>`; `?chunked` in many pieces. */
function found(path: string): { readonly bytes: Buffer; readonly coding: string } {
  const [plain = ""] = path.split("?");
  return { bytes: coded.get(plain) ?? Buffer.alloc(0), coding: plain.split("/")[2] ?? "" };
}

function hash(bytes: Uint8Array): string {
  return createHash("sha1").update(bytes).digest("hex");
}

type Reading = (session: Session, url: string) => AsyncIterable<Uint8Array>;

async function* bytesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* stream;
}

async function* through(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  yield* new ReadableStream({
    type: "bytes",
    async pull(controller) {
      const { done, value } = await reader.read();
      if (!done) return controller.enqueue(value);
      controller.close();
      controller.byobRequest?.respond(0);
    },
  });
}

async function* byob(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader({ mode: "byob" });
  for (;;) {
    const { done, value } = await reader.read(new Uint8Array(70_000));
    if (value !== undefined && value.byteLength > 0) yield value.slice();
    if (done) return;
  }
}

/** Every way to the pieces of a body. */
const readings: Readonly<Record<string, Reading>> = {
  "iterContent()": async function* (session, url) {
    yield* (await session.get(url, { stream: true })).iterContent();
  },
  "iterContent({ chunkSize })": async function* (session, url) {
    yield* (await session.get(url, { stream: true })).iterContent({ chunkSize: 7000 });
  },
  "for await": async function* (session, url) {
    yield* await session.get(url, { stream: true });
  },
  body: async function* (session, url) {
    yield* bytesOf((await session.get(url, { stream: true })).body);
  },
  "body, when it was read before": async function* (session, url) {
    const response = await session.get(url, { stream: true });
    await response.bytes();
    yield* bytesOf(response.body);
  },
  "body, into a byte stream": async function* (session, url) {
    yield* through((await session.get(url, { stream: true })).body);
  },
  "body, with a byob reader": async function* (session, url) {
    yield* byob((await session.get(url, { stream: true })).body);
  },
  "iterContent() of a Response": async function* (session, url) {
    yield* (await session.get(url)).iterContent();
  },
  "iterContent({ chunkSize }) of a Response": async function* (session, url) {
    yield* (await session.get(url)).iterContent({ chunkSize: 7000 });
  },
  "iterLines({ decode: false })": async function* (session, url) {
    const response = await session.get(url, { stream: true });
    yield* response.iterLines({ decode: false, delimiter: "77 ", keepEnds: true });
  },
  "toFetch()": async function* (session, url) {
    const { body } = await toFetch(session)(url);
    if (body !== null) yield* bytesOf(body);
  },
  "toFetch(), with a byob reader": async function* (session, url) {
    const { body } = await toFetch(session)(url);
    if (body !== null) yield* byob(body);
  },
};

/** Takes each piece away, with its memory; the hash of all, or what is wrong with one. */
async function takeAll(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const sum = createHash("sha1");
  let count = 0;
  for await (const piece of pieces) {
    if (piece.constructor !== Uint8Array) return `a piece is a ${piece.constructor.name}`;
    if (piece.buffer.byteLength !== piece.byteLength) return "a piece shares its memory";
    const { buffer } = piece as Uint8Array<ArrayBuffer>;
    sum.update(structuredClone(piece, { transfer: [buffer] }));
    // What is read meanwhile must not lie where it was.
    if (count++ < 20) await new Promise((resolve) => setImmediate(resolve));
  }
  return sum.digest("hex");
}

let origin: TestOrigin;
let secure: H2Server;

beforeAll(async () => {
  origin = await startOrigin((request, response) => {
    const { bytes, coding } = found(request.url);
    response.setHeader("Content-Encoding", coding);
    response.setHeader("Set-Cookie", "id=not-for-others");
    if (!request.url.endsWith("chunked")) return void response.end(bytes);
    for (let at = 0; at < bytes.byteLength; at += 30_000) response.write(bytes.subarray(at, at + 30_000));
    return void response.end();
  });
  secure = await startH2((stream, headers) => {
    const { bytes, coding } = found(String(headers[":path"]));
    stream.respond({ ":status": 200, "content-encoding": coding });
    stream.end(bytes);
  });
});

afterAll(async () => {
  await origin[Symbol.asyncDispose]();
  await secure[Symbol.asyncDispose]();
});

function app(request: Request): Response {
  const { bytes, coding } = found(new URL(request.url).pathname);
  return new Response(new Uint8Array(bytes), { headers: { "content-encoding": coding } });
}

const paths = Object.keys(bodies).flatMap((name) =>
  Object.keys(codings).flatMap((coding) =>
    coding === "identity" || name === "large" ? [`/${name}/${coding}`, `/${name}/${coding}?chunked`] : [],
  ),
);

describe("pieces of a body", () => {
  it.for(Object.entries(readings))("may be taken away, with their memory: %s", async ([, read]) => {
    await using session = new Session({ trustEnv: false, verify: secure.ca, http2: true });
    session.mount("http://app.test", new AppAdapter(app));
    for (const root of [origin.url, secure.url, "http://app.test"])
      for (const path of paths) {
        const wanted = hash(bodies[path.split("/")[1] ?? ""] ?? Buffer.alloc(0));
        expect(await takeAll(read(session, root + path)), root + path).toBe(wanted);
      }
  });

  it("of a Response leave its body in place", async () => {
    await using session = new Session({ trustEnv: false });
    const response = await session.get(`${origin.url}/small/identity`);
    for (let count = 0; count < 2; count++)
      expect(await takeAll(response.iterContent())).toBe(hash(bodies["small"] ?? Buffer.alloc(0)));
    expect(response.text()).toBe("0123456789");
  });

  it("of what a program made are copies of its own", async () => {
    await using session = new Session({ trustEnv: false });
    const mine = new Uint8Array([1, 2, 3]);
    session.mount("http://bytes.test", {
      send: () => Promise.resolve(wireResponse({ status: 200, body: mine })),
      close: () => Promise.resolve(),
    });
    session.mount("http://list.test", {
      send: () => Promise.resolve(wireResponse({ status: 200, body: [mine, mine] })),
      close: () => Promise.resolve(),
    });
    session.mount("http://app.test", new AppAdapter(() => new Response(ReadableStream.from([mine, mine]))));
    for (const host of ["bytes", "list", "app"])
      expect(
        await takeAll((await session.get(`http://${host}.test/`, { stream: true })).iterContent()),
      ).toMatch(/^[0-9a-f]{40}$/);
    const request = { method: "GET", url: "http://a/" } as PreparedRequest;
    await takeAll(StreamedResponse.from({ request, body: mine }).iterContent());
    await takeAll(OurResponse.from({ request, body: mine }).iterContent());
    expect(mine).toEqual(new Uint8Array([1, 2, 3]));
  });
});
