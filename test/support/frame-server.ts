/**
 * HTTP/2 servers on loopback whose every frame a test decides, and which note every frame that comes (RFC 9113 §4, §6).
 *
 * Beside what a script says, a connection acknowledges SETTINGS and PING and opens windows for what it got, unless it is told to
 * keep silent.
 */
import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { createServer, type TLSSocket } from "node:tls";

import { Authority, type KeyPair } from "./certificates.ts";
import { HpackReader, literals, type Field } from "./hpack.ts";

/** Types of frames (RFC 9113 §6). */
export const FRAMES = {
  DATA: 0,
  HEADERS: 1,
  PRIORITY: 2,
  RST_STREAM: 3,
  SETTINGS: 4,
  PUSH_PROMISE: 5,
  PING: 6,
  GOAWAY: 7,
  WINDOW_UPDATE: 8,
  CONTINUATION: 9,
} as const;

/** Error codes (RFC 9113 §7). */
export const CODES = {
  NO_ERROR: 0,
  PROTOCOL_ERROR: 1,
  INTERNAL_ERROR: 2,
  FLOW_CONTROL_ERROR: 3,
  STREAM_CLOSED: 5,
  REFUSED_STREAM: 7,
  CANCEL: 8,
  ENHANCE_YOUR_CALM: 11,
  INADEQUATE_SECURITY: 12,
  HTTP_1_1_REQUIRED: 13,
} as const;

/** Settings (RFC 9113 §6.5.2). */
export const SETTINGS = {
  HEADER_TABLE_SIZE: 1,
  ENABLE_PUSH: 2,
  MAX_CONCURRENT_STREAMS: 3,
  INITIAL_WINDOW_SIZE: 4,
  MAX_FRAME_SIZE: 5,
  MAX_HEADER_LIST_SIZE: 6,
} as const;

/** END_STREAM of DATA and HEADERS; ACK of SETTINGS and PING. */
export const END_STREAM = 0x1;
const ACK = 0x1;
const END_HEADERS = 0x4;
const PADDED = 0x8;
const PRIORITY = 0x20;

const NAMES: readonly string[] = Object.keys(FRAMES);
const HEAD_BYTES = 9;
const PREFACE_BYTES = 24;
const WINDOW_BYTES = 65_535;

/** Text of a body is UTF-8. */
type Content = string | Uint8Array;
type Fields = Readonly<Record<string, string | number>> | readonly Field[];

/** A frame that came. */
export interface HeardFrame {
  /** Counted from 1. */
  readonly connection: number;
  readonly type: number;
  readonly name: string;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
  /** Of HEADERS. */
  readonly fields: readonly Field[];
  /** DATA or HEADERS that ends its stream. */
  readonly isLast: boolean;
  /** The error code of RST_STREAM and GOAWAY; `null` elsewhere. */
  readonly code: number | null;
}

/** A frame as bytes. */
export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Uint8Array = Buffer.alloc(0),
): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUIntBE(payload.byteLength, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** HEADERS: a head when there is a status, else trailers. */
export function headers(stream: number, fields: Fields, options: { isLast?: boolean } = {}): Buffer {
  const pairs = Array.isArray(fields)
    ? (fields as readonly Field[]) // a record is no array
    : Object.entries(fields).map(([name, value]) => [name, String(value)] as const);
  const flags = END_HEADERS | (options.isLast === true ? END_STREAM : 0);
  return frame(FRAMES.HEADERS, flags, stream, literals(pairs));
}

/** DATA, with so much padding. */
export function data(
  stream: number,
  content: Content,
  options: { isLast?: boolean; padding?: number } = {},
): Buffer {
  const bytes = Buffer.from(content as Uint8Array); // it takes both
  const flags = options.isLast === true ? END_STREAM : 0;
  const { padding } = options;
  if (padding === undefined) return frame(FRAMES.DATA, flags, stream, bytes);
  const padded = Buffer.concat([Buffer.from([padding]), bytes, Buffer.alloc(padding)]);
  return frame(FRAMES.DATA, flags | PADDED, stream, padded);
}

/** RST_STREAM. */
export function reset(stream: number, code: number): Buffer {
  return frame(FRAMES.RST_STREAM, 0, stream, numbers(code));
}

/** GOAWAY: `last` is the highest stream that was, or may be, processed. */
export function goaway(last: number, code: number = CODES.NO_ERROR): Buffer {
  return frame(FRAMES.GOAWAY, 0, 0, numbers(last, code));
}

/** WINDOW_UPDATE; stream 0 is the connection. */
export function windowUpdate(stream: number, bytes: number): Buffer {
  return frame(FRAMES.WINDOW_UPDATE, 0, stream, numbers(bytes));
}

/** PING. */
export function ping(payload: Uint8Array = Buffer.alloc(8)): Buffer {
  return frame(FRAMES.PING, 0, 0, payload);
}

/** SETTINGS, by the numbers of {@link SETTINGS}. */
export function settings(values: Readonly<Record<number, number>>): Buffer {
  const parts = Object.entries(values).map(([id, value]) => {
    const bytes = Buffer.alloc(6);
    bytes.writeUInt16BE(Number(id), 0);
    bytes.writeUInt32BE(value, 2);
    return bytes;
  });
  return frame(FRAMES.SETTINGS, 0, 0, Buffer.concat(parts));
}

function numbers(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [at, value] of values.entries()) bytes.writeUInt32BE(value, 4 * at);
  return bytes;
}

/** One connection of a client. */
export class FrameConnection {
  readonly socket: TLSSocket;
  /** Counted from 1. */
  readonly number: number;
  /** Frames that came over it. */
  readonly heard: HeardFrame[] = [];
  /** Nothing is answered by itself any more: no SETTINGS, no PING, no window. */
  isSilent = false;
  /** Windows are opened for what came. */
  opensWindows = true;
  /** Requests so far. */
  requests = 0;
  /** The client has ended its side, or all of it. */
  isEnded = false;
  readonly #onFrame: (frame: HeardFrame) => void;
  readonly #reader = new HpackReader();
  #bytes: Buffer = Buffer.alloc(0);
  #hasPreface = false;
  #section: HeardFrame | null = null;

  constructor(socket: TLSSocket, number: number, onFrame: (frame: HeardFrame) => void) {
    this.socket = socket;
    this.number = number;
    this.#onFrame = onFrame;
    socket.on("data", (bytes: Buffer) => this.#take(bytes));
    for (const event of ["end", "close"]) socket.on(event, () => (this.isEnded = true));
  }

  /** Sends frames, all at once. */
  write(...frames: readonly Buffer[]): void {
    if (this.socket.writable) this.socket.write(Buffer.concat(frames));
  }

  /** Ends this side, after these frames. */
  end(...frames: readonly Buffer[]): void {
    if (this.socket.writable) this.socket.end(Buffer.concat(frames));
  }

  #take(bytes: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    if (!this.#hasPreface) {
      if (this.#bytes.length < PREFACE_BYTES) return;
      this.#bytes = this.#bytes.subarray(PREFACE_BYTES);
      this.#hasPreface = true;
    }
    while (this.#bytes.length >= HEAD_BYTES) {
      const length = this.#bytes.readUIntBE(0, 3);
      if (this.#bytes.length < HEAD_BYTES + length) return;
      const whole = this.#bytes.subarray(0, HEAD_BYTES + length);
      this.#bytes = this.#bytes.subarray(HEAD_BYTES + length);
      this.#hear(whole);
    }
  }

  #hear(whole: Buffer): void {
    const type = whole.readUInt8(3);
    const payload = Buffer.from(whole.subarray(HEAD_BYTES));
    const heard: HeardFrame = {
      connection: this.number,
      type,
      name: NAMES[type] ?? `type ${type}`,
      flags: whole.readUInt8(4),
      stream: whole.readUInt32BE(5) & 0x7fffffff,
      payload,
      fields: [],
      isLast: (type === FRAMES.DATA || type === FRAMES.HEADERS) && (whole.readUInt8(4) & END_STREAM) !== 0,
      code:
        type === FRAMES.RST_STREAM
          ? payload.readUInt32BE(0)
          : type === FRAMES.GOAWAY
            ? payload.readUInt32BE(4)
            : null,
    };
    const complete = this.#withFields(heard);
    if (complete === null) return;
    this.heard.push(complete);
    if (!this.isSilent) this.#keepHouse(complete);
    this.#onFrame(complete);
  }

  /** `null`: CONTINUATION follows. */
  #withFields(heard: HeardFrame): HeardFrame | null {
    if (heard.type !== FRAMES.HEADERS && heard.type !== FRAMES.CONTINUATION) return heard;
    const before = this.#section;
    const own = before === null ? fragmentOf(heard) : Buffer.concat([before.payload, heard.payload]);
    const section = { ...(before ?? heard), payload: own };
    this.#section = (heard.flags & END_HEADERS) === 0 ? section : null;
    return this.#section === null ? { ...section, fields: this.#reader.read(own) } : null;
  }

  #keepHouse({ type, flags, stream, payload, isLast }: HeardFrame): void {
    const isAsked = (flags & ACK) === 0;
    if (type === FRAMES.SETTINGS && isAsked) this.write(frame(FRAMES.SETTINGS, ACK, 0));
    if (type === FRAMES.PING && isAsked) this.write(frame(FRAMES.PING, ACK, 0, payload));
    if (type === FRAMES.DATA && this.opensWindows && payload.length > 0)
      this.write(windowUpdate(0, payload.length), ...(isLast ? [] : [windowUpdate(stream, payload.length)]));
  }
}

/** What is left of HEADERS without padding and priority. */
function fragmentOf({ flags, payload }: HeardFrame): Buffer {
  const padding = (flags & PADDED) === 0 ? null : payload.readUInt8(0);
  const from = (padding === null ? 0 : 1) + ((flags & PRIORITY) === 0 ? 0 : 5);
  return payload.subarray(from, payload.length - (padding ?? 0));
}

/** A request that came, and what can be said on its stream. */
export class FrameRequest {
  readonly connection: FrameConnection;
  readonly stream: number;
  /** Counted from 1, on its connection. */
  readonly number: number;
  readonly fields: readonly Field[];

  constructor(connection: FrameConnection, { stream, fields }: HeardFrame) {
    this.connection = connection;
    this.stream = stream;
    this.fields = fields;
    this.number = ++connection.requests;
  }

  /** The value of a field; `""` for none. */
  get(name: string): string {
    return this.fields.find(([own]) => own === name)?.[1] ?? "";
  }

  get method(): string {
    return this.get(":method");
  }

  get path(): string {
    return this.get(":path");
  }

  /** Sends frames, all at once. */
  write(...frames: readonly Buffer[]): void {
    this.connection.write(...frames);
  }

  /** HEADERS with a status. */
  head(status: number, fields: Fields = {}, options: { isLast?: boolean } = {}): Buffer {
    const pairs = Array.isArray(fields) ? (fields as readonly Field[]) : Object.entries(fields); // a record is no array
    const all = [[":status", String(status)], ...pairs.map(([name, value]) => [name, String(value)])];
    return headers(this.stream, all as unknown as readonly Field[], options); // pairs of texts
  }

  /** HEADERS without one. */
  trailers(fields: Fields, options: { isLast?: boolean } = { isLast: true }): Buffer {
    return headers(this.stream, fields, options);
  }

  data(content: Content, options: { isLast?: boolean; padding?: number } = {}): Buffer {
    return data(this.stream, content, options);
  }

  reset(code: number): Buffer {
    return reset(this.stream, code);
  }

  /** A whole answer. */
  ok(content: Content = "ok", fields: Fields = {}): void {
    this.write(this.head(200, fields), this.data(content, { isLast: true }));
  }
}

/** What a server does beside keeping house. */
export interface FrameScript {
  /** A request came; its body follows. */
  readonly onRequest?: (request: FrameRequest) => void;
  /** Any frame came, of a request, too: before `onRequest`. */
  readonly onFrame?: (frame: HeardFrame, connection: FrameConnection) => void;
  /** A connection is open; its SETTINGS were sent. */
  readonly onConnection?: (connection: FrameConnection) => void;
}

/** How a server is set up. */
export interface FrameServerOptions {
  /** Its first SETTINGS; `null`: it sends none. */
  readonly settings?: Readonly<Record<number, number>> | null;
  /** How wide the window of the connection is opened at first, in bytes. */
  readonly window?: number;
  /** It ends its side of a connection when a test says so, and not when the client does. */
  readonly allowHalfOpen?: boolean;
  /** What it speaks; `h2` alone unless it is said. Other protocols are `onOther`'s. */
  readonly protocols?: readonly string[];
  /** A connection that speaks something else. */
  readonly onOther?: (socket: TLSSocket) => void;
}

/** A running server. */
export interface FrameServer extends AsyncDisposable {
  readonly port: number;
  /** `https://127.0.0.1:PORT`. */
  readonly url: string;
  /** Its authority's certificate, for `verify`. */
  readonly ca: string;
  /** All so far, oldest first. */
  readonly connections: readonly FrameConnection[];
  /** Requests so far, oldest first. */
  readonly requests: readonly FrameRequest[];
  /** Frames of all connections, as they came. */
  readonly heard: readonly HeardFrame[];
}

let identity: Promise<{ readonly ca: string; readonly leaf: KeyPair }> | null = null;

async function makeIdentity(): Promise<{ readonly ca: string; readonly leaf: KeyPair }> {
  const authority = await Authority.create();
  const leaf = await authority.issue({ names: ["localhost", "a.test", "b.test"], addresses: ["127.0.0.1"] });
  return { ca: authority.pem, leaf };
}

/** Starts a server. A function is what it does with each request. */
export async function frameServer(
  script: FrameScript | ((request: FrameRequest) => void),
  options: FrameServerOptions = {},
): Promise<FrameServer> {
  const { onRequest, onFrame, onConnection } = typeof script === "function" ? { onRequest: script } : script;
  const { ca, leaf } = await (identity ??= makeIdentity());
  const connections: FrameConnection[] = [];
  const requests: FrameRequest[] = [];
  const heard: HeardFrame[] = [];
  const sockets = new Set<Socket>();
  const { allowHalfOpen = false, protocols = ["h2"], window = WINDOW_BYTES } = options;
  const server = createServer({ ...leaf, ALPNProtocols: [...protocols], allowHalfOpen }, (socket) => {
    if (socket.alpnProtocol !== "h2") {
      options.onOther?.(socket);
      return;
    }
    socket.setNoDelay(true);
    const opened = new Set<number>();
    const connection = new FrameConnection(socket, connections.length + 1, (one) => {
      heard.push(one);
      onFrame?.(one, connection);
      // HEADERS on a stream that is open are trailers.
      if (one.type !== FRAMES.HEADERS || opened.has(one.stream)) return;
      opened.add(one.stream);
      const request = new FrameRequest(connection, one);
      requests.push(request);
      onRequest?.(request);
    });
    connections.push(connection);
    const first =
      options.settings === undefined ? { [SETTINGS.MAX_CONCURRENT_STREAMS]: 100 } : options.settings;
    if (first !== null) connection.write(settings(first));
    if (window > WINDOW_BYTES) connection.write(windowUpdate(0, window - WINDOW_BYTES));
    onConnection?.(connection);
  });
  server.on("tlsClientError", () => undefined);
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.on("secureConnection", (socket) => socket.on("error", () => undefined));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return {
    port,
    url: `https://127.0.0.1:${port}`,
    ca,
    connections,
    requests,
    heard,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
