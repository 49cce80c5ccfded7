/** What the server hears of an upload over HTTP/2: all of it, or RST_STREAM; never a part of it with END_STREAM (RFC 9113 §8.1). */
import { describe, expect, it } from "vitest";

import { SessionClosed, toFetch, type Session } from "../../src/index.ts";
import {
  CODES,
  frameServer,
  FRAMES,
  goaway,
  type FrameRequest,
  type FrameServer,
} from "../support/frame-server.ts";
import { pause, sessionFor, until } from "../support/http2-sessions.ts";
import { rejection } from "../support/messages.ts";

const LAST = { isLast: true };

/** Piece after piece, until nobody asks any more. */
async function* endless(size = 2000): AsyncGenerator<Uint8Array> {
  for (;;) {
    yield new Uint8Array(size);
    await pause(2);
  }
}

async function* failing(): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(2000);
  await pause(20);
  throw new Error("the source failed");
}

/** How the first stream ended, of what the client said: `true` is END_STREAM, a number is the code of RST_STREAM. */
function ends(server: FrameServer): (true | number)[] {
  return server.heard
    .filter(({ stream, isLast, type }) => stream === 1 && (isLast || type === FRAMES.RST_STREAM))
    .map(({ code }) => code ?? true);
}

function sizeOf(server: FrameServer): number {
  return server.heard
    .filter(({ type, stream }) => type === FRAMES.DATA && stream === 1)
    .reduce((sum, { payload }) => sum + payload.length, 0);
}

/** Sends so, and gives the outcome. `half` resolves when the server has a part of it. */
type Send = (session: Session, url: string, half: Promise<void>) => Promise<unknown>;

/** The body of any length that a server takes, or of which it takes no more than its first window. */
const servers: readonly (readonly [string, boolean])[] = [
  ["that is taken as it comes", true],
  ["that is not taken", false],
];

describe("an upload over HTTP/2 that is given up", () => {
  const ways: readonly (readonly [string, Send, (request: FrameRequest) => void])[] = [
    [
      "by an abort",
      async (session, url, half) => {
        const controller = new AbortController();
        const call = rejection(session.post(url, { data: endless(), signal: controller.signal }));
        await half;
        controller.abort(new Error("enough"));
        return await call;
      },
      () => undefined,
    ],
    [
      "by an abort, and was announced with its length",
      async (session, url, half) => {
        const controller = new AbortController();
        const data = new Uint8Array(3_000_000);
        const call = rejection(session.post(url, { data, signal: controller.signal }));
        await half;
        controller.abort(new Error("enough"));
        return await call;
      },
      () => undefined,
    ],
    [
      "by the total timeout",
      (session, url) => rejection(session.post(url, { data: endless(), timeout: { total: 120 } })),
      () => undefined,
    ],
    ["by its source", (session, url) => rejection(session.post(url, { data: failing() })), () => undefined],
    [
      "by close()",
      async (session, url, half) => {
        const call = rejection(session.post(url, { data: endless() }));
        await half;
        await session.close();
        const error = await call;
        expect(error).toBeInstanceOf(SessionClosed);
        return error;
      },
      () => undefined,
    ],
    ...[413, 401, 302, 500].map(
      (status) =>
        [
          `by an early ${status}`,
          (session: Session, url: string) =>
            session.post(url, { data: endless(), allowRedirects: false, stream: true }).then((r) => r.text()),
          (r: FrameRequest) => void setTimeout(() => r.write(r.head(status), r.data("no", LAST)), 40),
        ] as const,
    ),
    [
      "by an early answer whose body breaks off",
      (session, url) => rejection(session.post(url, { data: endless() })),
      (r) => void setTimeout(() => r.write(r.head(200), r.data("1"), r.reset(CODES.INTERNAL_ERROR)), 40),
    ],
    [
      "with a response that is closed unread",
      async (session, url) => {
        const response = await session.post(url, { data: endless(), stream: true });
        await response.close();
      },
      (r) => void setTimeout(() => r.write(r.head(200), r.data("1")), 40),
    ],
  ];
  const rows = ways.flatMap(([name, ...rest]) =>
    servers.map(([kind, isTaken]) => [name, kind, isTaken, ...rest] as const),
  );

  it.for(rows)("%s is reset: one %s", async ([, , isTaken, send, answer]) => {
    let tell = (): void => {};
    const half = new Promise<void>((resolve) => (tell = resolve));
    let size = 0;
    await using server = await frameServer({
      onConnection: (connection) => (connection.opensWindows = isTaken),
      onRequest: answer,
      onFrame: ({ type, payload }) => {
        if (type !== FRAMES.DATA) return;
        size += payload.length;
        if (size > 20_000) tell();
      },
    });
    const session = sessionFor(server);
    await send(session, server.url, half);
    // A stream that the server itself has reset needs no word of the client's.
    for (let count = 0; count < 20 && ends(server).length === 0; count++) await pause(5);
    await session.close();
    await until(() => server.connections[0]?.isEnded === true);
    expect(ends(server)).not.toContain(true);
    expect(sizeOf(server)).toBeGreaterThan(0);
    // close() may end the connection before the stream is spoken of.
    expect(ends(server).every((code) => code === CODES.CANCEL || code === CODES.INTERNAL_ERROR)).toBe(true);
  });
});

describe("an upload over HTTP/2 that goes on", () => {
  const kinds: readonly (readonly [string, () => Uint8Array | AsyncGenerator<Uint8Array>])[] = [
    ["in pieces", pieces],
    ["at once", () => new Uint8Array(200_000)],
    ["in large parts", () => new Uint8Array(2_000_000)],
  ];

  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let count = 0; count < 50; count++) {
      yield new Uint8Array(4000);
      await pause(1);
    }
  }

  it.for(kinds)("when the answer is a whole 2xx: %s", async ([, data]) => {
    await using server = await frameServer((r) => r.ok("12"));
    await using session = sessionFor(server);
    const body = data();
    const size = body instanceof Uint8Array ? body.byteLength : 200_000;
    expect(await session.post(server.url, { data: body }).text()).toBe("12");
    await until(() => ends(server).length > 0);
    expect(ends(server)).toEqual([true]);
    expect(sizeOf(server)).toBe(size);
  });

  it.for(kinds)("when the answer is a 204 whose stream stays open: %s", async ([, data]) => {
    await using server = await frameServer((r) => r.write(r.head(204)));
    await using session = sessionFor(server);
    expect((await session.post(server.url, { data: data() })).status).toBe(204);
    await until(() => ends(server).length > 0);
    expect(ends(server)).toEqual([true]);
  });

  it.for(kinds)("under toFetch() when the answer has no body: %s", async ([, data]) => {
    await using server = await frameServer((r) => r.write(r.head(204, {}, LAST)));
    const session = sessionFor(server);
    const body = data() as Uint8Array<ArrayBuffer>; // generators are taken, too
    expect((await toFetch(session)(server.url, { method: "POST", body, duplex: "half" })).status).toBe(204);
    await session.close();
    await until(() => server.connections[0]?.isEnded === true);
    expect(ends(server)).toEqual([true]);
  });

  it.for(kinds)("to its end, though the session is closed when the call is over: %s", async ([, data]) => {
    await using server = await frameServer((r) => r.ok("12"));
    const session = sessionFor(server);
    expect(await session.post(server.url, { data: data() }).text()).toBe("12");
    await session.close();
    await until(() => server.connections[0]?.isEnded === true);
    expect(ends(server)).toEqual([true]);
  });

  it.for(kinds)("to its end, though the connection takes no more: %s", async ([, data]) => {
    await using server = await frameServer((r) => {
      r.write(goaway(r.stream));
      r.ok("12");
    });
    await using session = sessionFor(server);
    expect(await session.post(server.url, { data: data() }).text()).toBe("12");
    await until(() => server.connections[0]?.isEnded === true);
    expect(ends(server)).toEqual([true]);
  });

  it.for(kinds)("until the server says that it needs no more: %s", async ([name, data]) => {
    // Nothing of it is taken, so that it cannot be all before that.
    await using server = await frameServer({
      onConnection: (connection) => (connection.opensWindows = false),
      onRequest: (r) => {
        r.write(r.head(200), r.data("12", LAST));
        setTimeout(() => r.write(r.reset(CODES.NO_ERROR)), 60);
      },
    });
    await using session = sessionFor(server);
    expect(await session.post(server.url, { data: data() }).text()).toBe("12");
    expect([name, ends(server).includes(true)]).toEqual([name, false]);
  });

  it.for(kinds)("until the server says so with its answer: %s", async ([name, data]) => {
    await using server = await frameServer({
      onConnection: (connection) => (connection.opensWindows = false),
      onRequest: (r) => r.write(r.head(200), r.data("12", LAST), r.reset(CODES.NO_ERROR)),
    });
    await using session = sessionFor(server);
    expect(await session.post(server.url, { data: data() }).text()).toBe("12");
    expect([name, ends(server).includes(true)]).toEqual([name, false]);
  });

  it("and is an error when the connection ends, also while its source has nothing to give", async () => {
    async function* slow(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(10);
      await pause(200);
      yield new Uint8Array(10);
    }
    await using server = await frameServer((r) => r.connection.end(r.head(200), r.data("12", LAST)));
    await using session = sessionFor(server);
    const error = await rejection(session.post(server.url, { data: slow() }));
    expect(error).toMatchObject({ name: "ConnectionError", phase: "send" });
  });

  it.for(kinds)("and is an error when it cannot, though the answer is there: %s", async ([, data]) => {
    await using server = await frameServer({
      onConnection: (connection) => (connection.opensWindows = false),
      onRequest: (r) => {
        r.write(r.head(200), r.data("12", LAST));
        setTimeout(() => r.write(r.reset(CODES.CANCEL)), 60);
      },
    });
    await using session = sessionFor(server);
    const error = await rejection(session.post(server.url, { data: data() }));
    expect(error).toMatchObject({ name: "ConnectionError" });
    expect(ends(server)).toEqual([]);
  });
});
