/**
 * Modules of Node that are loaded when they are first used. TLS, cryptography, zlib and HTTP/2 take longer to load than all of
 * sojourn, and a program that asks for plain answers needs none of them.
 *
 * Node is asked for them by name: that answers in one turn, and leaves nothing that a bundler would have to follow.
 */
/* oxlint-disable no-restricted-imports, no-restricted-globals -- the one place of `core/` that knows Node, so that rooms need not load it */
import type * as Crypto from "node:crypto";
import type * as Http2 from "node:http2";
import type * as Sqlite from "node:sqlite";
import type * as Tls from "node:tls";
import type * as Util from "node:util";
import type * as Zlib from "node:zlib";

let crypto: typeof Crypto | undefined;
let http2: typeof Http2 | undefined;
let sqlite: typeof Sqlite | null | undefined;
let tls: typeof Tls | undefined;
let util: typeof Util | undefined;
let zlib: typeof Zlib | undefined;

/** `node:crypto`. */
export function nodeCrypto(): typeof Crypto {
  return (crypto ??= process.getBuiltinModule("node:crypto"));
}

/** `node:http2`. */
export function nodeHttp2(): typeof Http2 {
  return (http2 ??= process.getBuiltinModule("node:http2"));
}

/** `node:sqlite`; `null` where there is none. */
export function nodeSqlite(): typeof Sqlite | null {
  return (sqlite ??= withoutWarning(() => process.getBuiltinModule("node:sqlite") ?? null));
}

/** Node 22 says with the first load of a module that it is experimental. What is used of it has not changed since. */
function withoutWarning<Value>(load: () => Value): Value {
  // oxlint-disable-next-line typescript/unbound-method -- it is put back, and not called
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return load();
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** `node:tls`. */
export function nodeTls(): typeof Tls {
  return (tls ??= process.getBuiltinModule("node:tls"));
}

/** `node:util`, of which an import would load all that it has. */
export function nodeUtil(): typeof Util {
  return (util ??= process.getBuiltinModule("node:util"));
}

/** `node:zlib`. */
export function nodeZlib(): typeof Zlib {
  return (zlib ??= process.getBuiltinModule("node:zlib"));
}
