/**
 * Reads what TLS needs (CA bundles, client certificates, keys) and keeps it, one context for each kind of settings.
 * What the settings mean is decided in `tls/`.
 *
 * May import: `core/`, `tls/`, own folder, `node:fs`, `node:tls`.
 */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { createSecureContext, type SecureContext } from "node:tls";

import type { ClientCertificate, Verify } from "../core/adapter.ts";
import {
  isCertificateFile,
  tlsKey,
  tlsOptions,
  tlsSources,
  type TlsContents,
  type TlsSource,
} from "../tls/settings.ts";
import { ConnectFailure } from "./failures.ts";

/** What every TLS connection with the same settings shares. */
export interface TlsMaterial {
  readonly context: SecureContext;
  readonly isVerified: boolean;
}

/** The material of an adapter's connections, by settings. */
export class TlsMaterials {
  readonly #byKey = new Map<string, Promise<TlsMaterial>>();

  /**
   * Reads what is missing; once for each kind of settings.
   *
   * @throws {ConnectFailure} when a file is not there, or is not what it should be.
   */
  load(verify: Verify, cert: ClientCertificate | null): Promise<TlsMaterial> {
    const key = tlsKey(verify, cert);
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const loading = read(verify, cert);
    this.#byKey.set(key, loading);
    // A file that was not there may be there the next time.
    loading.catch(() => this.#byKey.delete(key));
    return loading;
  }
}

async function read(verify: Verify, cert: ClientCertificate | null): Promise<TlsMaterial> {
  const sources = tlsSources(verify, cert);
  if (!sources.verified) warnOnce();
  const contents: TlsContents = {
    ...(sources.ca === null ? {} : { ca: await contentsOf(sources.ca) }),
    ...(sources.cert === null ? {} : { cert: await contentOf(sources.cert) }),
    ...(sources.key === null ? {} : { key: await contentOf(sources.key) }),
    ...(sources.pfx === null ? {} : { pfx: await contentOf(sources.pfx) }),
  };
  try {
    return { context: createSecureContext(tlsOptions(sources, contents)), isVerified: sources.verified };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConnectFailure("material", `verify or cert cannot be used for TLS: ${reason}`, { cause });
  }
}

let hasWarned = false;

/** As requests does, but once for the whole program: what is switched off for a test must not be forgotten (PARITY TLS-2). */
function warnOnce(): void {
  if (hasWarned) return;
  hasWarned = true;
  process.emitWarning(
    "verify is false: certificates are not checked, so anybody on the way can read and change what is sent",
    { type: "InsecureRequestWarning", code: "SOJOURN_INSECURE" },
  );
}

/** A folder gives the certificates of all its PEM files (PARITY TLS-3). */
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
