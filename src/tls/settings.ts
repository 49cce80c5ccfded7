/**
 * What `verify`, `cert` and `tls` mean for a TLS connection: which files to read, what to hand to Node, and which connections
 * may be shared. Nothing is read here: `connect/tls-material.ts` does that.
 *
 * A new setting goes into {@link contextOptions} (by {@link tlsSources}, when it may be a file). {@link tlsKey} has all of them:
 * connections are shared only between requests of equal TLS settings (CVE-2024-35195 in requests).
 *
 * Pure, but for a memory of keys.
 */
import type { SecureContextOptions } from "node:tls";

import type { ClientCertificate, TlsPin, TlsSettings, TlsStore, Verify } from "../core/adapter.ts";
import { nodeCrypto } from "../core/late.ts";

/** Where a piece of TLS material comes from. */
export type TlsSource =
  | {
      readonly kind: "path";
      readonly path: string;
      /** What to say when there is nothing at `path`. */
      readonly missing: string;
    }
  | { readonly kind: "content"; readonly content: string | Uint8Array };

/** All that has to be read before a TLS connection can be made; `null` where there is nothing to read. */
export interface TlsSources {
  /** `null`: the roots of `store`. A path may be a folder: read its files for which {@link isCertificateFile} holds. */
  readonly ca: TlsSource | null;
  /** `null`: Node's default, or there is nothing to look up. */
  readonly store: TlsStore | null;
  readonly cert: TlsSource | null;
  readonly key: TlsSource | null;
  readonly pfx: TlsSource | null;
  readonly crl: readonly TlsSource[] | null;
}

/** What was read, by role; `null` where there was nothing. A folder of certificates gives several for `ca`. */
export interface TlsContents {
  readonly ca: readonly (string | Uint8Array)[] | null;
  readonly cert: string | Uint8Array | null;
  readonly key: string | Uint8Array | null;
  readonly pfx: string | Uint8Array | null;
  readonly crl: readonly (string | Uint8Array)[] | null;
}

/** All that makes one TLS connection different from another to the same host. */
export interface TlsTerms {
  readonly verify: Verify;
  readonly cert: ClientCertificate | null;
  readonly tls: TlsSettings | null;
}

/** The key of connections with default verification and without client certificate. */
const PLAIN_KEY = "default";

/** Settings live as long as a session and are looked up for each request: hash them once. */
const certKeys = new WeakMap<ClientCertificate, string>();
const pemKeys = new WeakMap<Verify, string>();
const listKeys = new WeakMap<Uint8Array, string>();

const PEM_LIST = /-----BEGIN X509 CRL-----[^-]*-----END X509 CRL-----/g;

/**
 * Names the TLS settings: two requests may share a connection only if their keys are equal. Certificates, keys and
 * passphrases go in as a hash, so the key may be kept and shown. Paths stand as they are.
 */
export function tlsKey({ verify, cert, tls }: TlsTerms): string {
  const trust = verifyKey(verify);
  if (cert === null && tls === null) return trust;
  return `${trust} ${cert === null ? "" : certKey(cert)} ${tls === null ? "" : settingsKey(tls)}`;
}

/** The terms of TLS to a proxy: whom to trust and how is the same; certificate, pins and name are for the origin alone. */
export function proxyTerms({ verify, tls }: TlsTerms): TlsTerms {
  const isSame = tls === null || (tls.pins === null && tls.serverName === null);
  return { verify, cert: null, tls: isSame ? tls : { ...tls, pins: null, serverName: null } };
}

/** Lists what is to be read for these settings. */
export function tlsSources({ verify, cert, tls }: TlsTerms): TlsSources {
  const certificate = sourceOf(cert?.cert, "Could not find the TLS certificate file, invalid path");
  const lists = tls?.crl ?? null;
  return {
    ca: caSource(verify),
    // What `verify` says outright goes before it.
    store: verify.kind === "default" ? (tls?.store ?? null) : null,
    cert: certificate,
    // A PEM file may hold both: the key is looked for where the certificate is (PARITY TLS-4).
    key: sourceOf(cert?.key, "Could not find the TLS key file, invalid path") ?? certificate,
    pfx: sourceOf(cert?.pfx, "Could not find the PKCS #12 file, invalid path"),
    crl: lists?.map((one) => givenSource(one, "Could not find the revocation list, invalid path")) ?? null,
  };
}

/** The option that names the bundle to trust, or the variable of the environment. */
export function bundleName(verify: Verify): string {
  return verify.kind === "path" && verify.variable !== undefined
    ? `${verify.variable} of the environment`
    : "verify";
}

/** Is `name`, a file in a folder of trusted certificates, to be read? */
export function isCertificateFile(name: string): boolean {
  return /\.(?:pem|crt)$/i.test(name);
}

/** What a TLS context is made of with these settings, once what {@link tlsSources} lists has been read. */
export function contextOptions({ cert, tls }: TlsTerms, contents: TlsContents): SecureContextOptions {
  // Each is there, though mostly undefined: Node would take what is not from a polluted prototype.
  return {
    ca: contents.ca?.map(toTls),
    cert: toTlsIfAny(contents.cert),
    key: toTlsIfAny(contents.key),
    pfx: toTlsIfAny(contents.pfx),
    passphrase: cert?.passphrase,
    crl: contents.crl?.flatMap(listsIn),
    minVersion: tls?.minVersion ?? undefined,
    maxVersion: tls?.maxVersion ?? undefined,
    ciphers: tls?.ciphers ?? undefined,
  };
}

/** Node takes the first list of a text only, and says nothing of the others. */
function listsIn(content: string | Uint8Array): (string | Buffer)[] {
  const text = typeof content === "string" ? content : bufferOf(content).toString("latin1");
  return text.match(PEM_LIST) ?? [toTls(content)];
}

function toTls(content: string | Uint8Array): string | Buffer {
  return typeof content === "string" ? content : bufferOf(content);
}

function toTlsIfAny(content: string | Uint8Array | null): string | Buffer | undefined {
  return content === null ? undefined : toTls(content);
}

function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function caSource(verify: Verify): TlsSource | null {
  switch (verify.kind) {
    case "default":
    case "off":
      return null;
    case "path":
      return {
        kind: "path",
        path: verify.path,
        missing: `Could not find a suitable TLS CA certificate bundle, invalid path: ${verify.path}${verify.variable === undefined ? "" : ` (${bundleName(verify)})`}`,
      };
    case "pem":
      return { kind: "content", content: verify.pem };
  }
}

/** Text that begins as PEM does is the thing itself; other text is a path. */
function sourceOf(given: string | Uint8Array | undefined, missing: string): TlsSource | null {
  return given === undefined ? null : givenSource(given, missing);
}

function givenSource(given: string | Uint8Array, missing: string): TlsSource {
  if (typeof given !== "string" || given.trimStart().startsWith("-----BEGIN"))
    return { kind: "content", content: given };
  return { kind: "path", path: given, missing: `${missing}: ${given}` };
}

function verifyKey(verify: Verify): string {
  switch (verify.kind) {
    case "default":
      return PLAIN_KEY;
    case "off":
      return "off";
    case "path":
      return `path ${JSON.stringify(verify.path)}`;
    case "pem":
      return remembered(pemKeys, verify, () => `pem ${hashOf([verify.pem])}`);
  }
}

/**
 * As JSON, so that no two settings are the same text. Pins in any order are the same pins. Every setting is in it, also one that is
 * new: a setting that it left out would let connections be shared wrongly.
 */
function settingsKey(settings: TlsSettings): string {
  const crl = settings.crl?.map(listKey);
  const pins = settings.pins?.map(pinKey).sort();
  return JSON.stringify({ ...settings, crl, pins });
}

function pinKey({ kind, hash }: TlsPin): string {
  return `${kind} ${hash}`;
}

/** Lists are long, and sessions are asked for them again and again. */
function listKey(list: string | Uint8Array): string {
  return typeof list === "string" ? hashOf([list]) : remembered(listKeys, list, () => hashOf([list]));
}

function certKey(cert: ClientCertificate): string {
  return remembered(certKeys, cert, () => `cert ${hashOf([cert.cert, cert.key, cert.pfx, cert.passphrase])}`);
}

function remembered<Key extends object>(keys: WeakMap<Key, string>, of: Key, make: () => string): string {
  const known = keys.get(of);
  if (known !== undefined) return known;
  const key = make();
  keys.set(of, key);
  return key;
}

/** Each part goes in with its kind and length, so that no two lists of parts are the same bytes. */
function hashOf(parts: readonly (string | Uint8Array | undefined)[]): string {
  const hash = nodeCrypto().createHash("sha256");
  for (const part of parts) {
    const bytes = typeof part === "string" ? Buffer.from(part) : part;
    hash.update(`${part === undefined ? "none" : typeof part} ${bytes?.byteLength ?? 0}:`);
    if (bytes !== undefined) hash.update(bytes);
  }
  return hash.digest("hex");
}
