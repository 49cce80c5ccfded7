/**
 * Reads what the process's environment says of proxies, trusted certificates and netrc. The only place that does.
 *
 * Read once a session; the netrc file when it is first needed. What the variables mean is the business of the rooms:
 * values are handed on as they stand.
 */
import process from "node:process";

import { noProxyRules, type CaBundle, type Environment, type ProxyRules } from "../core/environment.ts";
import { own } from "../core/checks.ts";
import type { TrustEnv } from "../core/options.ts";
import { readNetrc } from "./netrc-file.ts";
import { firstFilled, type Variables } from "./variables.ts";

export type { Variables } from "./variables.ts";

/** What the trusted parts of the environment say; the others say nothing. Absent: it is trusted. */
export function readEnvironment(env: Variables = process.env, trust: boolean | TrustEnv = true): Environment {
  const isTrusted = (part: keyof TrustEnv): boolean =>
    typeof trust === "boolean" ? trust : (own(trust, part) ?? true);
  const proxies = isTrusted("proxies") ? readProxies(env) : noProxyRules;
  const caBundle = isTrusted("ca") ? readCaBundle(env) : null;
  const isNetrcTrusted = isTrusted("netrc");
  return { proxies, caBundle, readNetrc: (warn) => (isNetrcTrusted ? readNetrc(env, warn) : null) };
}

/**
 * `<scheme>_proxy` in any case; the lower-case name wins, and switches off when it is empty. `NO_PROXY`
 * is no proxy for the scheme "no".
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
  const exceptions = ["no_proxy", "NO_PROXY"].find((name) => firstFilled(env, [name]) !== null);
  if (exceptions === undefined) return byKey.size === 0 ? noProxyRules : { byKey, noProxy: null, variables };
  variables.set("no", exceptions);
  return { byKey, noProxy: firstFilled(env, [exceptions]), variables };
}

/** In CGI a request's `Proxy` header becomes HTTP_PROXY: whoever asks would choose the proxy (CVE-2016-5386). */
function mayBeForged(key: string, env: Variables): boolean {
  return key === "http" && env["REQUEST_METHOD"] !== undefined;
}

function readCaBundle(env: Variables): CaBundle | null {
  for (const variable of ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"]) {
    const path = firstFilled(env, [variable]);
    if (path !== null) return { kind: "path", path, variable };
  }
  return null;
}
