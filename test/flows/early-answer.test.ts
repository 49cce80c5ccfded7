import { readFile, rm } from "node:fs/promises";
import type { ServerHttp2Stream } from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import {
  ConnectionError,
  ReadTimeout,
  RequestException,
  Session,
  Timeout,
  type RequestOptions,
} from "../../src/index.ts";
import { startH2 } from "../support/h2-server.ts";
import { rejection } from "../support/messages.ts";
import { scriptedServer, type ScriptedConnection } from "../support/scripted-server.ts";

const PIECES = 20;
const PIECE = 20_000;
const ALL = PIECES * PIECE;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A body that takes its time. `told` hears what becomes of it. */
async function* slowly(told: { given?: number; closed?: boolean } = {}, end = (): void => undefined) {
  try {
    for (let at = 0; at < PIECES; at++) {
      yield new Uint8Array(PIECE);
      told.given = at + 1;
      await pause(2);
    }
    end();
  } finally {
    told.closed = true;
  }
}

/** A body without an end. */
async function* endlessly(): AsyncGenerator<Uint8Array> {
  for (;;) {
    yield new Uint8Array(PIECE);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Counts the bytes of the body, and answers before it has come. */
interface Early extends AsyncDisposable {
  readonly url: string;
  readonly ca: string | null;
  /** Bytes of bodies that arrived, in all, and whether the last of them was marked as the end. */
  readonly got: { bytes: number; isWhole: boolean };
  readonly connections: () => number;
}

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/** HTTP/1.1: says `answer` when a head is there, then plays `rest`, which is to read on if anybody is. */
async function early(answer = OK, rest = readOn): Promise<Early> {
  const got = { bytes: 0, isWhole: false };
  const server = await scriptedServer(async (connection) => {
    for (
      let head = await connection.through("\r\n\r\n");
      head !== null;
      head = await connection.through("\r\n\r\n")
    ) {
      connection.write(answer);
      if (!(await rest(connection, head, got))) return;
    }
  });
  return {
    url: server.url,
    ca: null,
    got,
    connections: () => server.connections.length,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** Reads the body to its end. */
async function readOn(connection: ScriptedConnection, head: string, got: Early["got"]): Promise<boolean> {
  const length = /^content-length: (\d+)/im.exec(head)?.[1];
  if (length !== undefined) {
    const body = await connection.take(Number(length));
    got.bytes += body?.length ?? 0;
    got.isWhole = body !== null;
    return true;
  }
  if (!/^transfer-encoding: chunked/im.test(head)) return true;
  for (;;) {
    const line = await connection.through("\r\n");
    if (line === null) return false;
    const size = Number.parseInt(line, 16);
    const chunk = await connection.take(size + 2);
    if (chunk === null) return false;
    got.bytes += size;
    if (size === 0) {
      got.isWhole = true;
      return true;
    }
  }
}

/** HTTP/2: answers at the head and reads on, unless `then` does otherwise. */
async function earlyH2(
  status = 200,
  then: (stream: ServerHttp2Stream) => void = () => undefined,
): Promise<Early> {
  const got = { bytes: 0, isWhole: false };
  const server = await startH2((stream) => {
    stream.respond({ ":status": status, "content-length": "2" });
    stream.end("ok");
    stream.on("data", (chunk: Buffer) => (got.bytes += chunk.length));
    stream.on("end", () => (got.isWhole = true));
    then(stream);
  });
  return {
    url: server.url,
    ca: server.ca,
    got,
    connections: server.connections,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

function sessionFor({ ca }: Early, options: RequestOptions = {}): Session {
  return new Session({
    trustEnv: false,
    http2: ca !== null,
    ...(ca === null ? {} : { verify: ca }),
    timeout: { read: 5000, total: 9000 },
    ...options,
  } as { stream?: false }); // each call says itself how it reads
}

const origins = { "HTTP/1.1": () => early(), "HTTP/2": () => earlyH2() } as const;
const protocols = Object.keys(origins) as (keyof typeof origins)[]; // those of the line above

/** Bodies of one size. */
const bodies: Readonly<Record<string, () => RequestOptions>> = {
  "a generator": () => ({ data: slowly() }),
  "a generator with a length": () => ({ data: slowly(), headers: { "content-length": String(ALL) } }),
  "a factory": () => ({ data: () => slowly() }),
  "a stream": () => ({ data: ReadableStream.from(slowly()) }),
  "a file": () => ({ data: new Blob([new Uint8Array(ALL)]) }),
  bytes: () => ({ data: new Uint8Array(ALL) }),
};

/** Ways to read the answer. Each resolves when it is whole. */
const readings: Readonly<
  Record<string, (session: Session, url: string, options: RequestOptions) => Promise<string>>
> = {
  "in memory": (session, url, options) => session.post(url, { ...options, stream: false }).text(),
  streamed: async (session, url, options) => {
    const response = await session.post(url, { ...options, stream: true });
    expect(response.status).toBe(200);
    return await response.text();
  },
  "in pieces": async (session, url, options) => {
    const pieces: Buffer[] = [];
    const response = await session.post(url, { ...options, stream: true });
    for await (const piece of response) pieces.push(Buffer.from(piece));
    return Buffer.concat(pieces).toString();
  },
  "into a file": async (session, url, options) => {
    const response = await session.post(url, { ...options, stream: true });
    const { path } = await response.saveTo(join(tmpdir(), `early-${process.pid}-${Math.random()}`));
    const text = await readFile(path, "utf8");
    await rm(path);
    return text;
  },
};

describe.concurrent("a success that comes before the body is through", () => {
  it.for(
    protocols.flatMap((protocol) =>
      Object.keys(bodies).flatMap((body) =>
        Object.keys(readings).map((way) => [protocol, body, way] as const),
      ),
    ),
  )("does not cut it: %s, %s, read %s", async ([protocol, body, way], { expect }) => {
    await using server = await origins[protocol]();
    await using session = sessionFor(server);
    const post = (): Promise<string> =>
      (readings[way] as (typeof readings)[string])(
        session,
        server.url,
        (bodies[body] as () => RequestOptions)(),
      ); // keys of both
    expect(await post()).toBe("ok");
    await expect.poll(() => server.got).toEqual({ bytes: ALL, isWhole: true });
    // The connection is as good as before.
    expect(await post()).toBe("ok");
    await expect.poll(() => server.got).toEqual({ bytes: 2 * ALL, isWhole: true });
    expect(server.connections()).toBe(1);
  });

  it.for(protocols)(
    "is there at once for who streams it, and ends with the upload: %s",
    async (protocol, { expect }) => {
      await using server = await origins[protocol]();
      await using session = sessionFor(server);
      const told = { given: 0 };
      const response = await session.post(server.url, { data: slowly(told), stream: true });
      expect(told.given).toBeLessThan(PIECES);
      expect(await response.text()).toBe("ok");
      expect(told.given).toBe(PIECES);
    },
  );

  it.for(protocols)("fails with what the source fails with: %s", async (protocol, { expect }) => {
    await using server = await origins[protocol]();
    await using session = sessionFor(server);
    const mine = new Error("no more");
    const data = (): AsyncIterable<Uint8Array> =>
      slowly({}, () => {
        throw mine;
      });
    expect(await rejection(session.post(server.url, { data: data() }))).toBe(mine);
    const response = await session.post(server.url, { data: data(), stream: true });
    expect(await rejection(response.text())).toBe(mine);
    if (protocol === "HTTP/1.1") expect(server.got.isWhole).toBe(false);
  });

  it.for(protocols)(
    "fails with the reason of an abort, and when the time is up: %s",
    async (protocol, { expect }) => {
      await using server = await origins[protocol]();
      await using session = sessionFor(server);
      const reason = new Error("enough");
      const controller = new AbortController();
      setTimeout(() => controller.abort(reason), 20);
      expect(await rejection(session.post(server.url, { data: slowly(), signal: controller.signal }))).toBe(
        reason,
      );
      expect(
        await rejection(session.post(server.url, { data: slowly(), timeout: { total: 20 } })),
      ).toBeInstanceOf(Timeout);
      if (protocol === "HTTP/1.1") expect(server.got.isWhole).toBe(false);
    },
  );

  it("keeps the connection for the upload though it is its last answer", async ({ expect }) => {
    await using server = await early("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
    await using session = sessionFor(server);
    for (let n = 1; n <= 2; n++) {
      expect(await session.post(server.url, { data: slowly() }).text()).toBe("ok");
      await expect.poll(() => server.got).toEqual({ bytes: n * ALL, isWhole: true });
    }
    expect(server.connections()).toBe(2);
  });

  it.for([204, 201, 206])("may have any status of success: %i", async (status, { expect }) => {
    const length = status === 204 ? "" : "Content-Length: 0\r\n";
    await using server = await early(`HTTP/1.1 ${status} Fine\r\n${length}\r\n`);
    await using session = sessionFor(server);
    expect((await session.post(server.url, { data: slowly() })).status).toBe(status);
    await expect.poll(() => server.got).toEqual({ bytes: ALL, isWhole: true });
  });

  it.for([
    ["ends", (connection: ScriptedConnection) => connection.end("")],
    ["resets", (connection: ScriptedConnection) => connection.reset()],
  ] as const)(
    "is told by the error when the server %s the connection before",
    async ([, close], { expect }) => {
      await using server = await early(OK, async (connection) => {
        await pause(10);
        close(connection);
        return false;
      });
      await using session = sessionFor(server);
      const failed = [
        await rejection(session.post(server.url, { data: slowly() })),
        await rejection((await session.post(server.url, { data: slowly(), stream: true })).text()),
        await rejection(session.post(server.url, { data: new Uint8Array(30_000_000) })),
      ];
      for (const error of failed) {
        expect(error).toBeInstanceOf(ConnectionError);
        const { message, phase, response } = error as ConnectionError; // seen above
        expect([message.split(":")[0], phase, response?.status]).toEqual([
          "the connection ended before all of the body was sent",
          "send",
          200,
        ]);
      }
    },
  );

  it("is a read timeout when the server takes no more of it, and not when the caller gives nothing", async ({
    expect,
  }) => {
    await using deaf = await early(OK, async (connection) => {
      connection.socket.pause();
      await connection.closed;
      return false;
    });
    await using session = sessionFor(deaf);
    const error = await rejection(session.post(deaf.url, { data: endlessly(), timeout: { read: 100 } }));
    expect(error).toBeInstanceOf(ReadTimeout);
    expect((error as ReadTimeout).response?.status).toBe(200);

    await using server = await early();
    const sparse = async function* (): AsyncGenerator<string> {
      yield "one";
      await pause(300);
      yield "two";
    };
    expect(await session.post(server.url, { data: sparse(), timeout: { read: 100 } }).text()).toBe("ok");
    await expect.poll(() => server.got).toEqual({ bytes: 6, isWhole: true });
  });

  it("over HTTP/2, with RST_STREAM(NO_ERROR) behind it, is the server's consent to stop", async ({
    expect,
  }) => {
    await using server = await earlyH2(200, (stream) => stream.once("finish", () => stream.close(0)));
    await using session = sessionFor(server);
    expect(await session.post(server.url, { data: endlessly() }).text()).toBe("ok");
  });

  it("over HTTP/2, with another RST_STREAM behind it, is told by the error", async ({ expect }) => {
    await using server = await earlyH2(200, (stream) => stream.once("finish", () => stream.close(2)));
    await using session = sessionFor(server);
    const error = await rejection(session.post(server.url, { data: endlessly() }));
    expect(error).toBeInstanceOf(RequestException);
    expect((error as RequestException).response?.status).toBe(200);
  });
});

describe.concurrent("another final answer that comes before the body is through", () => {
  it.for([302, 400, 401, 403, 413, 500, 503])("stops it at the head: %i", async (status, { expect }) => {
    let given = 0;
    // The body of the answer comes when the client has stopped.
    await using server = await early(
      `HTTP/1.1 ${status} No\r\nContent-Length: 2\r\n\r\n`,
      async (connection) => {
        await expect.poll(() => told.closed).toBe(true);
        connection.write("no");
        await connection.closed;
        return false;
      },
    );
    const told: { given?: number; closed?: boolean } = {};
    await using session = sessionFor(server);
    const response = await session.post(server.url, { data: slowly(told), allowRedirects: false });
    given = told.given ?? 0;
    expect([response.status, response.text()]).toEqual([status, "no"]);
    expect(given).toBeLessThan(PIECES);
    // What was on its way may never be read.
    await session.post(server.url, { data: slowly(), allowRedirects: false });
    expect(server.connections()).toBe(2);
  });
});
