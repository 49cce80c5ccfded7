/**
 * Modules of Node that are loaded when they are first used. TLS, cryptography and zlib take longer to load than all of sojourn,
 * and a program that asks for plain answers needs none of them.
 *
 * Node is asked for them by name: that answers in one turn, and leaves nothing that a bundler would have to follow.
 */
/* oxlint-disable no-restricted-imports, no-restricted-globals -- the one place of `core/` that knows Node, so that rooms need not load it */
import type * as Crypto from "node:crypto";
import type * as Tls from "node:tls";
import type * as Zlib from "node:zlib";

let crypto: typeof Crypto | undefined;
let tls: typeof Tls | undefined;
let zlib: typeof Zlib | undefined;

/** `node:crypto`. */
export function nodeCrypto(): typeof Crypto {
  return (crypto ??= process.getBuiltinModule("node:crypto"));
}

/** `node:tls`. */
export function nodeTls(): typeof Tls {
  return (tls ??= process.getBuiltinModule("node:tls"));
}

/** `node:zlib`. */
export function nodeZlib(): typeof Zlib {
  return (zlib ??= process.getBuiltinModule("node:zlib"));
}
