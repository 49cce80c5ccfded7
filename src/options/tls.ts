/**
 * Reads `tls`: versions, cipher suites, pins and where roots come from. A request's fields go over its session's, so that no
 * pin is lost because a request has something to say of versions.
 *
 * Whether OpenSSL knows the cipher suites is seen when they are used. Nothing in here is secret: messages show values.
 */
import { isUint8Array } from "../core/realm.ts";
import { isIP } from "node:net";

import type { TlsPin, TlsSettings, TlsStore, TlsVersion } from "../core/adapter.ts";
import type { TlsInit } from "../core/options.ts";
import { tlsElsewhere } from "./elsewhere.ts";
import { isRecord, mustBe, oneOf, optionsOf, wrongWord } from "../core/checks.ts";

const VERSIONS: readonly TlsVersion[] = ["TLSv1.2", "TLSv1.3"];
const STORES: readonly TlsStore[] = ["bundled", "system", "both"];
/** All fields: one that is missing here does not compile. */
export const tlsFields: readonly (keyof TlsInit)[] = Object.keys({
  minVersion: true,
  maxVersion: true,
  ciphers: true,
  pins: true,
  store: true,
  serverName: true,
  crl: true,
} satisfies Record<keyof TlsInit, true>) as (keyof TlsInit)[]; // it has these keys and no other
const OR_NULL = " or null";
const ALLOWED = `{ ${tlsFields.join(", ")} } or null`;
const PIN = '"sha256/" and the base64 of 32 bytes, or 64 hex digits';
const KEY_PREFIX = "sha256/";
const SHA256_BASE64 = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;
const SHA256_HEX = /^(?:[\da-f]{64}|[\da-f]{2}(?::[\da-f]{2}){31})$/i;

/**
 * `init` over `base`. `null` is Node's default: for a field, or for all.
 *
 * @throws {TypeError} for an unknown name, a wrong kind of value, and a version, store or pin that there is not.
 * @throws {RangeError} for a least version above the highest, and for an empty list.
 */
export function readTls(init: TlsInit | null, base: TlsSettings | null): TlsSettings | null {
  if (init === null) return null;
  if (!isRecord(init)) throw mustBe("tls", ALLOWED, init);
  const given: TlsInit = optionsOf(init, "tls", tlsFields, tlsElsewhere);
  const settings: TlsSettings = {
    minVersion: read(given, "minVersion", base, (value) => oneOf(value, "tls.minVersion", VERSIONS, OR_NULL)),
    maxVersion: read(given, "maxVersion", base, (value) => oneOf(value, "tls.maxVersion", VERSIONS, OR_NULL)),
    ciphers: read(given, "ciphers", base, parseCiphers),
    pins: read(given, "pins", base, parsePins),
    store: read(given, "store", base, (value) => oneOf(value, "tls.store", STORES, OR_NULL)),
    serverName: read(given, "serverName", base, parseServerName),
    crl: read(given, "crl", base, parseCrl),
  };
  if (settings.minVersion === "TLSv1.3" && settings.maxVersion === "TLSv1.2")
    throw new RangeError("tls.minVersion must not be above tls.maxVersion: TLSv1.3 is above TLSv1.2");
  return settings;
}

/** One field: the value that is given, Node's default for `null`, what `base` says when nothing is given. */
function read<Name extends keyof TlsSettings>(
  init: TlsInit,
  name: Name,
  base: TlsSettings | null,
  parse: (value: unknown) => TlsSettings[Name],
): TlsSettings[Name] | null {
  const value: unknown = init[name];
  if (value === undefined) return base === null ? null : base[name];
  return value === null ? null : parse(value);
}

function parseCiphers(value: unknown): string {
  if (typeof value === "string" && value.trim() !== "") return value;
  const given = typeof value === "string" ? "" : value;
  throw mustBe("tls.ciphers", 'OpenSSL\'s names of cipher suites joined with ":", or null', given);
}

/** A name as DNS has it, without a port; an IPv6 address may be in brackets, as in a URL. */
function parseServerName(value: unknown): string {
  const name = typeof value === "string" ? value.replace(/^\[(.*)\]$/, "$1") : "";
  if (isIP(name) !== 0 || /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.?)+$/i.test(name)) return name;
  throw wrongWord("tls.serverName", "a host name (IDNA as xn--), an address or null", value);
}

function parseCrl(value: unknown): readonly (string | Uint8Array)[] {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (all.length === 0) throw new RangeError("tls.crl must have one list at least; null for none");
  return all.map((one) => {
    if ((typeof one === "string" && one !== "") || isUint8Array(one)) return one;
    throw mustBe("tls.crl", "PEM, a path, bytes, a list of them or null", one);
  });
}

function parsePins(value: unknown): readonly TlsPin[] {
  if (typeof value === "string") return [parsePin(value, "tls.pins")];
  if (!Array.isArray(value)) throw mustBe("tls.pins", "a pin, a list of pins or null", value);
  // An empty list would fit nothing, or everything: nobody should have to know.
  if (value.length === 0) throw new RangeError("tls.pins must have one pin at least; null for none");
  return value.map((pin: unknown, at) => parsePin(pin, `tls.pins[${at}]`));
}

function parsePin(value: unknown, option: string): TlsPin {
  if (typeof value !== "string") throw mustBe(option, PIN, value);
  if (value.startsWith(KEY_PREFIX) && SHA256_BASE64.test(value.slice(KEY_PREFIX.length)))
    return { kind: "key", hash: value.slice(KEY_PREFIX.length) };
  if (SHA256_HEX.test(value)) return { kind: "certificate", hash: value.replaceAll(":", "").toLowerCase() };
  throw wrongWord(option, PIN, value);
}
