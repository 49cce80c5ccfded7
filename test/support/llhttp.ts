/**
 * llhttp, the parser of Node, in the WebAssembly build that undici ships: bare, with every lenient flag off. What our own parser
 * says of bytes is held against what it says.
 */
import { createRequire } from "node:module";

/** Hears what came, as it comes: texts in pieces, bytes as latin-1 characters. */
export interface LlhttpListener {
  /** Of the request line; requests only. */
  onUrl?(text: string): void;
  /** Of the reason phrase; responses only. */
  onReason?(text: string): void;
  onName(text: string): void;
  onValue(text: string): void;
  /** @returns what follows the head. */
  onHead(facts: HeadFacts): "body" | "no body" | "another protocol";
  onData(bytes: Uint8Array): void;
  /** A message is over. The parser pauses behind it. */
  onEnd(facts: { readonly keepsAlive: boolean }): void;
}

interface HeadFacts {
  /** 0 for a request. */
  readonly status: number;
  /** As numbered by llhttp; 0 for a response. */
  readonly method: number;
  readonly httpVersion: string;
}

/** It refuses what came. */
export class LlhttpError extends Error {
  override readonly name: string = "LlhttpError";
  readonly code: string;
  /** In what was given last. Of most errors the byte itself, of some the one behind it. */
  readonly offset: number;

  constructor(code: string, reason: string, offset: number) {
    super(reason);
    this.code = code;
    this.offset = offset;
  }
}

/** What of its exports is used. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  malloc(bytes: number): number;
  llhttp_alloc(type: number): number;
  llhttp_free(parser: number): void;
  llhttp_execute(parser: number, at: number, bytes: number): number;
  llhttp_finish(parser: number): number;
  llhttp_resume(parser: number): void;
  llhttp_get_error_pos(parser: number): number;
  llhttp_get_error_reason(parser: number): number;
  llhttp_get_method(parser: number): number;
  llhttp_get_http_major(parser: number): number;
  llhttp_get_http_minor(parser: number): number;
  llhttp_should_keep_alive(parser: number): number;
}

/** Of the runtime; the types of the language are without it. */
declare const WebAssembly: {
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

const TYPES = { request: 1, response: 2 } as const;
const FOLLOWS = { body: 0, "no body": 1, "another protocol": 2 } as const;
const PAUSED = 21;
const PAUSED_UPGRADE = 22;
/** What is given at once is no longer. */
const ROOM = 1_048_576;

const require = createRequire(import.meta.url);
const { ERROR } = require("undici/lib/llhttp/constants.js") as { ERROR: Record<string, number> };
const codes = new Map(Object.entries(ERROR).map(([name, code]) => [code, name]));

/** Who hears of it now: parsers share what they run in. */
let current: LlhttpListener | null = null;
const { exports, room } = load();

function load(): { readonly exports: Exports; readonly room: number } {
  const code = require("undici/lib/llhttp/llhttp_simd-wasm.js") as Uint8Array;
  const { exports: loaded } = new WebAssembly.Instance(new WebAssembly.Module(code), { env: callbacks() });
  const typed = loaded as Exports; // the names are those of its header file
  return { exports: typed, room: typed.malloc(ROOM) };
}

function callbacks(): Record<string, (parser: number, at: number, length: number) => number> {
  const told =
    (tell: (at: number, length: number) => void) => (_parser: number, at: number, length: number) => {
      tell(at, length);
      return 0;
    };
  return {
    wasm_on_message_begin: () => 0,
    wasm_on_url: told((at, length) => current?.onUrl?.(textAt(at, length))),
    wasm_on_status: told((at, length) => current?.onReason?.(textAt(at, length))),
    wasm_on_header_field: told((at, length) => current?.onName(textAt(at, length))),
    wasm_on_header_value: told((at, length) => current?.onValue(textAt(at, length))),
    wasm_on_headers_complete: (parser, status) => {
      const httpVersion = `${exports.llhttp_get_http_major(parser)}.${exports.llhttp_get_http_minor(parser)}`;
      const method = exports.llhttp_get_method(parser);
      return FOLLOWS[current?.onHead({ status, method, httpVersion }) ?? "body"];
    },
    wasm_on_body: told((at, length) => current?.onData(bytesAt(at, length).slice())),
    wasm_on_message_complete: (parser) => {
      current?.onEnd({ keepsAlive: exports.llhttp_should_keep_alive(parser) !== 0 });
      return PAUSED;
    },
  };
}

/** All of its memory; another one when it has grown. */
let heap = Buffer.from(exports.memory.buffer);

function inHeap(): Buffer {
  if (heap.buffer !== exports.memory.buffer) heap = Buffer.from(exports.memory.buffer);
  return heap;
}

function bytesAt(at: number, length: number): Buffer {
  return inHeap().subarray(at, at + length);
}

function textAt(at: number, length: number): string {
  return inHeap().toString("latin1", at, at + length);
}

/** One connection, in one direction. */
export class Llhttp {
  readonly #parser: number;
  readonly #listener: LlhttpListener;

  constructor(type: keyof typeof TYPES, listener: LlhttpListener) {
    this.#parser = exports.llhttp_alloc(TYPES[type]);
    this.#listener = listener;
  }

  /**
   * Takes bytes up to the end of a message, or all.
   *
   * @returns how many it took.
   * @throws {LlhttpError}
   */
  feed(bytes: Uint8Array): number {
    if (bytes.byteLength > ROOM) throw new RangeError(`${bytes.byteLength} bytes at once are too many`);
    inHeap().set(bytes, room);
    current = this.#listener;
    const code = exports.llhttp_execute(this.#parser, room, bytes.byteLength);
    current = null;
    if (code === 0) return bytes.byteLength;
    const offset = exports.llhttp_get_error_pos(this.#parser) - room;
    if (code !== PAUSED && code !== PAUSED_UPGRADE) throw this.#error(code, offset);
    exports.llhttp_resume(this.#parser);
    return offset;
  }

  /** Nothing more comes. @throws {LlhttpError} when something is missing. */
  eof(): void {
    current = this.#listener;
    const code = exports.llhttp_finish(this.#parser);
    current = null;
    if (code !== 0 && code !== PAUSED) throw this.#error(code, 0);
  }

  /** Gives its memory back. */
  free(): void {
    exports.llhttp_free(this.#parser);
  }

  #error(code: number, offset: number): LlhttpError {
    const at = exports.llhttp_get_error_reason(this.#parser);
    const reason = at === 0 ? "" : textAt(at, inHeap().indexOf(0, at) - at);
    return new LlhttpError(codes.get(code) ?? String(code), reason, offset);
  }
}
