/** What HTTP/2 servers may do to a client against the protocol (RFC 9113, 7541), or with it and without end. */
import {
  CODES,
  data,
  END_STREAM,
  frame,
  FRAMES,
  goaway,
  headers,
  ping,
  reset,
  settings,
  SETTINGS,
  windowUpdate,
  type FrameRequest,
} from "./frame-server.ts";
import { literals } from "./hpack.ts";

const END_HEADERS = 0x4;
const PADDED = 0x8;
const LAST = { isLast: true } as const;
const STATUS_200 = 0x88;
const MIB = 1_048_576;

/** What a server does with the first request; what comes after it is answered well. */
export interface Attack {
  readonly name: string;
  /**
   * Refused: with an error at once. Error: at the latest with the limit of silence. Any: the standard leaves it open, or the
   * call may be made again.
   */
  readonly ends: "refused" | "error" | "ok" | "any";
  readonly play: (request: FrameRequest) => void;
}

/** Frames that no client may take. */
function broken(name: string, frames: (request: FrameRequest) => readonly Buffer[]): Attack {
  return { name, ends: "refused", play: (request) => request.write(...frames(request)) };
}

/** A field section of these bytes, on the stream of the request. */
function section(request: FrameRequest, bytes: Buffer, isLast = true): Buffer {
  return frame(FRAMES.HEADERS, END_HEADERS | (isLast ? END_STREAM : 0), request.stream, bytes);
}

/** Sends `piece` again and again, until the client goes away or the limit is reached. */
function flood({ connection }: FrameRequest, piece: Buffer, mostBytes = 16 * MIB): void {
  const { socket } = connection;
  let sent = 0;
  const more = (): void => {
    while (socket.writable && sent < mostBytes) {
      sent += piece.byteLength;
      if (!socket.write(piece)) return void socket.once("drain", more);
    }
  };
  more();
}

function repeated(piece: Buffer, times: number): Buffer {
  return Buffer.concat(Array.from({ length: times }, () => piece));
}

const malformed: readonly Attack[] = [
  { name: "a field name in capitals", fields: { ":status": 200, "X-Upper": 1 } },
  { name: "Connection", fields: { ":status": 200, connection: "close" } },
  { name: "Transfer-Encoding", fields: { ":status": 200, "transfer-encoding": "chunked" } },
  { name: "Keep-Alive", fields: { ":status": 200, "keep-alive": "timeout=5" } },
  { name: "Upgrade", fields: { ":status": 200, upgrade: "h2c" } },
  { name: "no status", fields: { "x-a": 1 } },
  { name: "an empty status", fields: { ":status": "" } },
  { name: "a status of letters", fields: { ":status": "2OO" } },
  { name: "a status of four digits", fields: { ":status": "2000" } },
  { name: "101", fields: { ":status": 101 } },
  { name: "an interim response that ends the stream", fields: { ":status": 103 } },
  { name: "pseudo-fields of a request", fields: { ":status": 200, ":path": "/" } },
  { name: "an unknown pseudo-field", fields: { ":status": 200, ":x": 1 } },
].map(({ name, fields }) => ({
  name: `a head with ${name}`,
  ends: "refused",
  play: (request) => request.write(headers(request.stream, fields, LAST)),
}));

const heads: readonly Attack[] = [
  ...malformed,
  broken("a head with the status behind another field", (request) => [
    section(
      request,
      literals([
        ["x-a", "1"],
        [":status", "200"],
      ]),
    ),
  ]),
  broken("a head with two statuses", (request) => [
    section(
      request,
      literals([
        [":status", "200"],
        [":status", "204"],
      ]),
    ),
  ]),
  broken("a head of no bytes", (request) => [section(request, Buffer.alloc(0))]),
  broken("a head that refers to a field that is not in the table", (request) => [
    section(request, Buffer.from([STATUS_200, 0xff, 0xff, 0x0f])),
  ]),
  broken("a head with a number that has no end", (request) => [section(request, Buffer.alloc(20, 0xff))]),
  broken("a table that is larger than is allowed", (request) => [
    section(request, Buffer.from([0x3f, 0xe1, 0xff, 0x7f, STATUS_200])),
  ]),
  broken("trailers with a pseudo-field", (request) => [
    request.head(200),
    request.data("x"),
    request.trailers({ ":status": 200 }),
  ]),
  broken("trailers that do not end the stream", (request) => [
    request.head(200),
    request.data("x"),
    request.trailers({ "x-a": 1 }, {}),
    request.data("y", LAST),
  ]),
  {
    name: "a head of 64 MiB out of few bytes",
    ends: "error",
    play: (request) => {
      const first = literals([["x-bomb", "b".repeat(3900)]]);
      first[0] = 0x40; // into the dynamic table
      request.write(
        frame(FRAMES.HEADERS, 0, request.stream, Buffer.concat([Buffer.from([STATUS_200]), first])),
        ...Array.from({ length: 2 }, () =>
          frame(FRAMES.CONTINUATION, 0, request.stream, Buffer.alloc(8000, 0xbe)),
        ),
        frame(FRAMES.CONTINUATION, END_HEADERS, request.stream, Buffer.alloc(1000, 0xbe)),
        request.data("ok", LAST),
      );
    },
  },
  {
    name: "a head in endless CONTINUATION",
    ends: "error",
    play: (request) => {
      request.write(frame(FRAMES.HEADERS, 0, request.stream, Buffer.from([STATUS_200])));
      flood(request, repeated(frame(FRAMES.CONTINUATION, 0, request.stream, literals([["x-a", "a"]])), 500));
    },
  },
  {
    name: "a head in endless empty CONTINUATION",
    ends: "error",
    play: (request) => {
      request.write(frame(FRAMES.HEADERS, 0, request.stream, Buffer.from([STATUS_200])));
      flood(request, repeated(frame(FRAMES.CONTINUATION, 0, request.stream), 500));
    },
  },
  {
    name: "endless interim responses",
    ends: "error",
    play: (request) => flood(request, repeated(request.head(103, { link: "</a>" }), 200)),
  },
];

const bodies: readonly Attack[] = [
  broken("fewer bytes than Content-Length", (request) => [
    request.head(200, { "content-length": 10 }),
    request.data("short", LAST),
  ]),
  broken("more bytes than Content-Length", (request) => [
    request.head(200, { "content-length": 2 }),
    request.data("long", LAST),
  ]),
  broken("two lengths", (request) => [
    headers(request.stream, [
      [":status", "200"],
      ["content-length", "2"],
      ["content-length", "3"],
    ]),
    request.data("ok", LAST),
  ]),
  broken("a body before the head", (request) => [request.data("early"), request.head(200, {}, LAST)]),
  broken("a body between parts of the head", (request) => [
    frame(FRAMES.HEADERS, 0, request.stream, Buffer.from([STATUS_200])),
    request.data("between", LAST),
  ]),
  broken("a second head", (request) => [request.head(200), request.data("x"), request.head(200, {}, LAST)]),
  broken("more padding than there is room", (request) => [
    request.head(200),
    frame(FRAMES.DATA, PADDED | END_STREAM, request.stream, Buffer.from([9, 1])),
  ]),
  {
    name: "endless empty DATA",
    ends: "error",
    play: (request) => {
      request.write(request.head(200));
      flood(request, repeated(request.data(""), 500));
    },
  },
  {
    name: "DATA of padding alone",
    ends: "error",
    play: (request) => {
      request.write(request.head(200));
      flood(request, repeated(request.data("", { padding: 255 }), 50));
    },
  },
  {
    name: "more DATA than the window takes",
    ends: "any",
    play: (request) => {
      request.write(
        request.head(200),
        ...Array.from({ length: 256 }, () => request.data(Buffer.alloc(16_384))),
      );
      request.write(request.data("", LAST));
    },
  },
  {
    name: "DATA after END_STREAM",
    ends: "ok",
    play: (request) =>
      request.write(request.head(200), request.data("ok", LAST), request.data("POISON", LAST)),
  },
];

const streams: readonly Attack[] = [
  broken("DATA on stream 0", (request) => [request.head(200), data(0, "x", LAST)]),
  broken("a head on a stream that nobody opened", (request) => [
    headers(request.stream + 2, { ":status": 200 }, LAST),
  ]),
  broken("a head on a stream of the server's own", () => [headers(2, { ":status": 200 }, LAST)]),
  broken("RST_STREAM of a stream that nobody opened", (request) => [
    reset(request.stream + 10, CODES.CANCEL),
  ]),
  broken("a push that was forbidden", (request) => [
    frame(FRAMES.PUSH_PROMISE, END_HEADERS, request.stream, Buffer.from([0, 0, 0, 2, 0x82, 0x86, 0x84])),
    request.head(200, {}, LAST),
  ]),
  broken("GOAWAY on a stream", (request) => [frame(FRAMES.GOAWAY, 0, request.stream, Buffer.alloc(8))]),
];

const connections: readonly Attack[] = [
  {
    name: "endless PING",
    ends: "error",
    play: (request) => {
      request.connection.socket.pause(); // the answers pile up
      flood(request, repeated(ping(), 500));
    },
  },
  {
    name: "endless SETTINGS",
    ends: "error",
    play: (request) => {
      request.connection.socket.pause();
      flood(request, repeated(settings({ [SETTINGS.MAX_CONCURRENT_STREAMS]: 100 }), 500));
    },
  },
  {
    name: "endless unknown frames",
    ends: "error",
    play: (request) => flood(request, repeated(frame(0xee, 0, 0, Buffer.alloc(100)), 100)),
  },
  {
    name: "endless WINDOW_UPDATE",
    ends: "error",
    play: (request) => flood(request, repeated(windowUpdate(request.stream, 1), 500), MIB),
  },
  broken("a window of more than 2^31-1", () => [windowUpdate(0, 0x7fffffff)]),
  broken("a window of a stream of more than 2^31-1", (request) => [windowUpdate(request.stream, 0x7fffffff)]),
  broken("a window that opens by nothing", () => [windowUpdate(0, 0)]),
  broken("a frame that is too long", (request) => [
    frame(FRAMES.DATA, 0, request.stream, Buffer.alloc(20_000)),
  ]),
  {
    name: "the head of a frame of 16 MiB, and no end",
    ends: "error",
    play: (request) => {
      request.write(Buffer.from([0xff, 0xff, 0xff, FRAMES.DATA, 0, 0, 0, 0, 1]));
      flood(request, Buffer.alloc(65_536));
    },
  },
  broken("SETTINGS of five bytes", () => [frame(FRAMES.SETTINGS, 0, 0, Buffer.alloc(5))]),
  broken("SETTINGS on a stream", (request) => [frame(FRAMES.SETTINGS, 0, request.stream)]),
  broken("a first window of more than 2^31-1", () => [
    settings({ [SETTINGS.INITIAL_WINDOW_SIZE]: 0x80000000 }),
  ]),
  broken("frames of a byte", () => [settings({ [SETTINGS.MAX_FRAME_SIZE]: 1 })]),
  {
    name: "a table of 4 GiB",
    ends: "ok",
    play: (request) => {
      request.write(settings({ [SETTINGS.HEADER_TABLE_SIZE]: 0xffffffff }));
      request.ok();
    },
  },
  broken("PING of five bytes", () => [frame(FRAMES.PING, 0, 0, Buffer.alloc(5))]),
  broken("RST_STREAM of a byte", (request) => [frame(FRAMES.RST_STREAM, 0, request.stream, Buffer.alloc(1))]),
  broken("CONTINUATION of nothing", (request) => [
    frame(FRAMES.CONTINUATION, END_HEADERS, request.stream, Buffer.from([STATUS_200])),
  ]),
  {
    name: "GOAWAY of everything",
    ends: "any",
    play: (request) => request.write(goaway(0, CODES.ENHANCE_YOUR_CALM)),
  },
  broken("HTTP/1.1", () => [Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")]),
  { name: "silence", ends: "error", play: () => undefined },
];

/** The attacks, by what they go at. */
export const attacks: readonly (readonly [where: string, readonly Attack[]])[] = [
  ["heads", heads],
  ["bodies", bodies],
  ["streams", streams],
  ["connections", connections],
];
