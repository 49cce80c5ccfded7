/** What an HTTP/2 server sends for one request: whole sequences of frames, good ones and bad ones, for mutation (RFC 9113). */
import { gzipSync } from "node:zlib";

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
} from "../support/frame-server.ts";
import { literals, type Field } from "../support/hpack.ts";

/** The frames of an answer on a stream. */
export type Sequence = (stream: number) => readonly Buffer[];

type Fields = Readonly<Record<string, string | number>>;

const LAST = { isLast: true } as const;
const END_HEADERS = 0x4;
const PADDED = 0x8;
const PRIORITY = 0x20;
const ALTSVC = 0xa;
const UNKNOWN = 0xee;
/** Larger than a frame may be. */
const LONG = 16_000;
const json = '{"a":[1,2,3],"b":"text"}';

function head(stream: number, status: number | string, fields: Fields = {}, isLast = false): Buffer {
  return headers(stream, { ":status": status, ...fields }, { isLast });
}

/** A field section in so many frames. */
function continued(stream: number, section: Buffer, count: number): Buffer[] {
  const size = Math.ceil(section.byteLength / count);
  return Array.from({ length: count }, (_, at) => {
    const flags = at === count - 1 ? END_HEADERS : 0;
    return frame(
      at === 0 ? FRAMES.HEADERS : FRAMES.CONTINUATION,
      flags,
      stream,
      section.subarray(at * size, (at + 1) * size),
    );
  });
}

function pairs(fields: Fields): Field[] {
  return Object.entries(fields).map(([name, value]) => [name, String(value)]);
}

/** HEADERS with padding and a priority, both of which say nothing. */
function padded(stream: number, fields: Fields): Buffer {
  const padding = 7;
  const payload = Buffer.concat([
    Buffer.from([padding, 0, 0, 0, 0, 16]),
    literals(pairs(fields)),
    Buffer.alloc(padding),
  ]);
  return frame(FRAMES.HEADERS, END_HEADERS | PADDED | PRIORITY, stream, payload);
}

/** A field that goes into the dynamic table, and one that is looked up there (RFC 7541 §6.2.1, §6.1). */
const INDEXED = Buffer.concat([
  Buffer.from([0x88, 0x40, 3]),
  Buffer.from("x-a"),
  Buffer.from([1]),
  Buffer.from("b"),
  Buffer.from([0xbe]),
]);

/** Answers that are whole and right: their body ends with END_STREAM. */
export const good: readonly Sequence[] = [
  (stream) => [head(stream, 200, { "content-length": 5 }), data(stream, "hello", LAST)],
  (stream) => [head(stream, 200), data(stream, "hel"), data(stream, "lo"), data(stream, "", LAST)],
  (stream) => [head(stream, 200, { "content-length": 0 }, true)],
  (stream) => [head(stream, 404, { "x-a": "b" }), data(stream, "no", { ...LAST, padding: 20 })],
  (stream) => [
    padded(stream, { ":status": 200 }),
    data(stream, "abc", { padding: 0 }),
    data(stream, "d", LAST),
  ],
  (stream) => [
    ...continued(stream, literals(pairs({ ":status": 200, "x-long": "l".repeat(40), "x-last": 1 })), 3),
    data(stream, "after", LAST),
  ],
  (stream) => [head(stream, 200), data(stream, "body"), headers(stream, { "x-sum": 1 }, LAST)],
  (stream) => [
    head(stream, 103, { link: "</a>" }),
    head(stream, 103),
    head(stream, 200, { "content-length": 2 }),
    data(stream, "ok", LAST),
  ],
  (stream) => [
    ping(),
    settings({ [SETTINGS.INITIAL_WINDOW_SIZE]: 100_000 }),
    head(stream, 200),
    frame(UNKNOWN, 0xff, stream, Buffer.from("?")),
    windowUpdate(0, 10),
    windowUpdate(stream, 10),
    data(stream, "x"),
    frame(FRAMES.PRIORITY, 0, stream, Buffer.from([0, 0, 0, 0, 1])),
    data(stream, "y", LAST),
  ],
  (stream) => [frame(FRAMES.HEADERS, END_HEADERS, stream, INDEXED), data(stream, "indexed", LAST)],
  (stream) => [head(stream, 200), data(stream, "bye"), goaway(stream), data(stream, "-bye", LAST)],
  (stream) => [head(stream, 200), data(stream, "all", LAST), reset(stream, CODES.NO_ERROR)],
];

/** Answers that break off, follow on, or are none. */
const others: readonly Sequence[] = [
  ...[
    CODES.NO_ERROR,
    CODES.INTERNAL_ERROR,
    CODES.REFUSED_STREAM,
    CODES.CANCEL,
    CODES.HTTP_1_1_REQUIRED,
  ].flatMap((code): Sequence[] => [
    (stream) => [reset(stream, code)],
    (stream) => [head(stream, 103), reset(stream, code)],
    (stream) => [head(stream, 200), reset(stream, code)],
    (stream) => [head(stream, 200, { "content-length": 9 }), data(stream, "half"), reset(stream, code)],
  ]),
  (stream) => [goaway(stream - 1)],
  () => [goaway(0, CODES.ENHANCE_YOUR_CALM)],
  (stream) => [head(stream, 200), goaway(stream, CODES.PROTOCOL_ERROR), data(stream, "x", LAST)],
  (stream) => [goaway(0x7fffffff), head(stream, 200), goaway(stream), data(stream, "x", LAST)],
  (stream) => [head(stream, 200, { "content-length": 9 }), data(stream, "short", LAST)],
  (stream) => [head(stream, 200, { "content-length": 2 }), data(stream, "long", LAST)],
  (stream) => [head(stream, 204, {}, true)],
  (stream) => [head(stream, 204)],
  (stream) => [head(stream, 304, { "content-length": 10 }, true)],
  (stream) => [head(stream, 200, { "content-encoding": "gzip" }), data(stream, gzipSync(json), LAST)],
  (stream) => [
    head(stream, 200, { "content-encoding": "gzip" }),
    data(stream, gzipSync(json).subarray(0, 20), LAST),
  ],
  (stream) => [head(stream, 302, { location: "/next" }, true)],
  (stream) => [head(stream, 307, { location: "//other.test/" }, true)],
  (stream) => [head(stream, 401, { "www-authenticate": 'Digest realm="r", nonce="n", qop="auth"' }, true)],
  (stream) => [head(stream, 503, { "retry-after": 1 }), data(stream, "later", LAST)],
  (stream) => [head(stream, 200, { "set-cookie": "a=1; Max-Age=60" }), data(stream, json, LAST)],
  (stream) => [
    head(stream, 200),
    ...Array.from({ length: 5 }, () => data(stream, "z".repeat(LONG))),
    data(stream, "", LAST),
  ],
  (stream) => [
    frame(FRAMES.PUSH_PROMISE, END_HEADERS, stream, Buffer.from([0, 0, 0, 2, 0x82, 0x86, 0x84])),
    head(stream, 200, {}, true),
  ],
  (stream) => [
    frame(ALTSVC, 0, 0, Buffer.from("\0\0h2=:1")),
    settings({ [SETTINGS.HEADER_TABLE_SIZE]: 0 }),
    head(stream, 200, {}, true),
  ],
  (stream) => [settings({ [SETTINGS.MAX_CONCURRENT_STREAMS]: 0 }), head(stream, 200, {}, true)],
  (stream) => [settings({ [SETTINGS.MAX_FRAME_SIZE]: 1 }), head(stream, 200, {}, true)],
  (stream) => [head(stream, 200), windowUpdate(stream, 0), data(stream, "x", LAST)],
  (stream) => [windowUpdate(0, 0x7fffffff), head(stream, 200, {}, true)],
  (stream) => [head(stream, 200), head(stream, 200, {}, true)],
  (stream) => [data(stream, "before the head"), head(stream, 200, {}, true)],
  (stream) => [headers(stream, { "x-no": "status" }, LAST)],
  (stream) => [head(stream, "2OO", {}, true)],
  (stream) => [head(stream, 101, {}, true)],
  (stream) => [head(stream, 103, {}, true)],
  (stream) => [head(stream, 200, { "X-Upper": 1 }, true)],
  (stream) => [head(stream, 200, { "transfer-encoding": "chunked", connection: "close" }, true)],
  (stream) => [head(stream, 200, { "": "no name", ":status ": 1, "x-a": "a\r\nb: c" }, true)],
  (stream) => [
    headers(
      stream,
      [
        ["x-a", "1"],
        [":status", "200"],
      ],
      LAST,
    ),
  ],
  (stream) => [
    headers(
      stream,
      [
        [":status", "200"],
        [":status", "201"],
      ],
      LAST,
    ),
  ],
  (stream) => [
    frame(FRAMES.HEADERS, END_HEADERS | END_STREAM, stream, Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f])),
  ],
  (stream) => [frame(FRAMES.HEADERS, 0, stream, Buffer.from([0x88])), data(stream, "in between", LAST)],
  (stream) => [frame(FRAMES.CONTINUATION, END_HEADERS, stream, Buffer.from([0x88]))],
  (stream) => [frame(FRAMES.RST_STREAM, 0, stream, Buffer.from([1]))],
  () => [frame(FRAMES.PING, 0, 0, Buffer.from("short"))],
  () => [Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")],
  () => [],
];

/** All of them. */
export const sequences: readonly Sequence[] = [...good, ...others];
