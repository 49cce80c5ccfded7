/**
 * Reads what TLS needs (CA bundles, client certificates, keys) and keeps it, one context for each kind of settings.
 * What the settings mean is decided in `tls/`.
 */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { SecureContext } from "node:tls";

import type { TlsStore } from "../core/adapter.ts";
import { nodeTls } from "../core/late.ts";
import { Memo } from "../core/memo.ts";
import {
  bundleName,
  contextOptions,
  isCertificateFile,
  tlsKey,
  tlsSources,
  type TlsContents,
  type TlsSource,
  type TlsTerms,
} from "../tls/settings.ts";
import { ConnectFailure, reasonOf } from "./failures.ts";
import type { Peer } from "./route.ts";

/** What every TLS connection with the same settings shares. */
export interface TlsMaterial {
  readonly context: SecureContext;
  readonly isVerified: boolean;
}

/** The material of an adapter's connections, by settings. */
export class TlsMaterials {
  readonly #byKey: Memo<string, Promise<TlsMaterial>>;
  readonly #warned = new Memo<string, true>(1000);

  /** @param limit of those that were used last, so many are kept; of others, at most as many again. */
  constructor(limit: number) {
    this.#byKey = new Memo(2 * limit);
  }

  /**
   * Reads what is missing; once for each kind of settings. Warns when `peer` is not going to be checked.
   *
   * @throws {ConnectFailure} when a file is not there, or is not what it should be.
   */
  load(terms: TlsTerms, peer: Peer): Promise<TlsMaterial> {
    if (terms.verify.kind === "off") this.#warn(`${peer.host}:${peer.port}`);
    const key = tlsKey(terms);
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const loading = read(terms);
    this.#byKey.set(key, loading);
    // A file that was not there may be there the next time.
    loading.catch(() => {
      if (this.#byKey.get(key) === loading) this.#byKey.delete(key);
    });
    return loading;
  }

  /** Once for each server: what is switched off for a test must not be forgotten. */
  #warn(server: string): void {
    if (this.#warned.get(server)) return;
    this.#warned.set(server, true);
    process.emitWarning(
      `verify is false: certificates are not checked, so anybody on the way to ${server} can read and change what is sent`,
      { type: "InsecureRequestWarning", code: "SOJOURN_INSECURE" },
    );
  }
}

async function read(terms: TlsTerms): Promise<TlsMaterial> {
  const { ca, store, cert, key, pfx, crl } = tlsSources(terms);
  const contents: TlsContents = {
    ca: ca === null ? rootsOf(store) : await contentsOf(ca),
    cert: cert && (await contentOf(cert)),
    key: key && (await contentOf(key)),
    pfx: pfx && (await contentOf(pfx)),
    crl: crl && (await Promise.all(crl.map(contentOf))),
  };
  try {
    const context = nodeTls().createSecureContext(contextOptions(terms, contents));
    return { context, isVerified: terms.verify.kind !== "off" };
  } catch (cause) {
    throw new ConnectFailure("material", materialProblem(cause, terms), { cause });
  }
}

/** What OpenSSL calls a passphrase that does not fit: a key's, a PKCS #12 file's. */
const WRONG_PASSPHRASE = /bad decrypt|mac verify failure|interrupted or cancelled/i;

function materialProblem(cause: unknown, { verify, cert }: TlsTerms): string {
  const passphrase = cert?.passphrase;
  const reason = reasonOf(cause);
  if (WRONG_PASSPHRASE.test(`${reason} ${String(cause)}`)) {
    return passphrase === undefined
      ? "cert cannot be used for TLS: it is encrypted, and there is no passphrase"
      : "cert cannot be used for TLS: its passphrase is wrong";
  }
  // One wrong passphrase in 256 gives bytes that look decrypted, and are nonsense.
  const hint = passphrase === undefined ? "" : " (or the passphrase of cert is wrong)";
  return `${bundleName(verify)}, cert or tls cannot be used for TLS: ${reason}${hint}`;
}

/** `null`: what Node trusts by itself. */
function rootsOf(store: TlsStore | null): readonly string[] | null {
  switch (store) {
    case null:
      return null;
    case "bundled":
      return [...nodeTls().rootCertificates, ...extraRoots()];
    case "system":
      return [...systemRoots(), ...extraRoots()];
    case "both":
      return [...nodeTls().rootCertificates, ...systemRoots(), ...extraRoots()];
  }
}

/** Those of `NODE_EXTRA_CA_CERTS`: whoever runs the program adds them to whatever it trusts. */
function extraRoots(): readonly string[] {
  const { getCACertificates }: Partial<ReturnType<typeof nodeTls>> = nodeTls();
  return getCACertificates?.("extra") ?? [];
}

function systemRoots(): readonly string[] {
  // Node has it since 22.15; other runtimes may lack it.
  const { getCACertificates }: Partial<ReturnType<typeof nodeTls>> = nodeTls();
  if (getCACertificates === undefined) {
    const runtime = `Node ${process.versions.node}`;
    throw new ConnectFailure(
      "material",
      `tls.store needs tls.getCACertificates(), which ${runtime} has not: use "bundled", or verify with a path`,
    );
  }
  const roots = getCACertificates("system");
  // An empty list would mean Node's own roots.
  if (roots.length > 0) return roots;
  throw new ConnectFailure("material", "tls.store: this system has no trusted certificates");
}

/** A folder gives the certificates of all its PEM files. */
async function contentsOf(source: TlsSource): Promise<(string | Uint8Array)[]> {
  if (source.kind === "content") return [source.content];
  const { path, missing } = source;
  return await orMissing(missing, async () => {
    if (!(await stat(path)).isDirectory()) return [await readFile(path)];
    const names = (await readdir(path)).filter((name) => isCertificateFile(name)).sort();
    if (names.length === 0) throw new Error("the folder has no *.pem or *.crt");
    return await Promise.all(names.map((name) => readFile(join(path, name))));
  });
}

async function contentOf(source: TlsSource): Promise<string | Uint8Array> {
  if (source.kind === "content") return source.content;
  return await orMissing(source.missing, () => readFile(source.path));
}

async function orMissing<Content>(missing: string, open: () => Promise<Content>): Promise<Content> {
  try {
    return await open();
  } catch (cause) {
    throw new ConnectFailure("material", missing, { cause });
  }
}
