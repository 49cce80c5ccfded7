/**
 * Reads what the process's environment says of proxies, trusted certificates and netrc. The only place that does.
 *
 * Read once a session; the netrc file when it is first needed. What the variables mean is the business of the rooms:
 * values are handed on as they stand.
 *
 * May import: `core/`, `node:fs`, `node:os`, `node:path`, `node:process`.
 */
import { isError } from "../core/realm.ts";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import process from "node:process";

import { noProxyRules, type CaBundle, type Environment, type ProxyRules } from "../core/environment.ts";

/** Variables by name. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** The parts of the environment that are believed. */
export interface TrustedParts {
  readonly proxies: boolean;
  readonly ca: boolean;
  readonly netrc: boolean;
}

const EVERYTHING: TrustedParts = { proxies: true, ca: true, netrc: true };

/** What the trusted parts of the environment say; the others say nothing. */
export function readEnvironment(env: Variables = process.env, trust: TrustedParts = EVERYTHING): Environment {
  const proxies = trust.proxies ? readProxies(env) : noProxyRules;
  const caBundle = trust.ca ? readCaBundle(env) : null;
  let netrc: string | null | undefined = trust.netrc ? undefined : null;
  return {
    proxies,
    caBundle,
    get netrc(): string | null {
      if (netrc === undefined) netrc = readNetrc(env);
      return netrc;
    },
  };
}

/**
 * `<scheme>_proxy` in any case; the lower-case name wins, and switches off when it is empty (PARITY ENV-1). `NO_PROXY`
 * is no proxy for the scheme "no" (ENV-4).
 */
function readProxies(env: Variables): ProxyRules {
  const byKey = new Map<string, string>();
  const variables = new Map<string, string>();
  for (const name of Object.keys(env)) {
    const [, scheme] = /^([a-z0-9+.-]+)_proxy$/i.exec(name) ?? [];
    const key = scheme?.toLowerCase();
    if (key === undefined || key === "no" || byKey.has(key)) continue;
    const lower = env[`${key}_proxy`];
    const value = lower ?? (mayBeForged(key, env) ? undefined : env[name]);
    if (value === undefined || value === "") continue;
    byKey.set(key, value);
    variables.set(key, lower === undefined ? name : `${key}_proxy`);
  }
  const noProxy = firstFilled(env, ["no_proxy", "NO_PROXY"]);
  return byKey.size === 0 && noProxy === null ? noProxyRules : { byKey, noProxy, variables };
}

/** In CGI a request's `Proxy` header becomes HTTP_PROXY: whoever asks would choose the proxy (CVE-2016-5386, ENV-2). */
function mayBeForged(key: string, env: Variables): boolean {
  return key === "http" && env["REQUEST_METHOD"] !== undefined;
}

function readCaBundle(env: Variables): CaBundle | null {
  for (const variable of ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"]) {
    const path = firstFilled(env, [variable]);
    if (path !== null) return { path, variable };
  }
  return null;
}

/** The first of these variables that is set and not empty. */
function firstFilled(env: Variables, names: readonly string[]): string | null {
  for (const name of names) {
    const value = env[name];
    if (value !== undefined && value !== "") return value;
  }
  return null;
}

/** `NETRC` names the file, and no other is looked for then (PARITY ENV-14). The first file that there is counts. */
function readNetrc(env: Variables): string | null {
  const home = firstFilled(env, ["HOME", "USERPROFILE"]) ?? homedir();
  const named = env["NETRC"];
  const paths =
    named === undefined
      ? [join(home, ".netrc"), join(home, "_netrc")]
      : [named.replace(/^~(?=[/\\]|$)/, () => home)];
  for (const path of paths) {
    const text = readText(path);
    if (text !== undefined) return text;
  }
  return null;
}

/**
 * The text of a file; `undefined` when there is none. A file that cannot be read counts as one that says nothing, as in
 * requests (PARITY NET-1): it is not ours, and other programs may have locked it away on purpose.
 */
function readText(path: string): string | null | undefined {
  // Mostly there is none, and an error costs ten times as much as to look.
  if (!existsSync(path)) return undefined;
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const code = isError(error) && "code" in error ? error.code : null;
    return code === "ENOENT" || code === "ENOTDIR" ? undefined : null;
  }
}
