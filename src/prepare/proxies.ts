/**
 * Decides which proxies are spoken of: `proxies` and `proxy` of a session or a request. Which one a URL uses is the
 * business of `proxy/`; the environment's rules are kept apart, behind the explicit ones (PARITY ENV-3, BUG-2).
 *
 * Messages never show a proxy's URL: it may hold a password.
 *
 * May import: `core/`, own folder. Pure.
 */
import type { ProxySettings } from "../core/adapter.ts";
import { describe } from "../core/describe.ts";
import { noProxyRules, type ProxyRules } from "../core/environment.ts";
import type { ProxiesInit } from "../core/options.ts";
import { isRecord } from "./record.ts";

/** No proxy for anything, whatever the environment says. */
const NONE: ProxySettings = { explicit: noProxyRules, environment: noProxyRules };

/**
 * Lays `proxies` and `proxy` of one level over those of the level below. A key replaces, `null` removes one; `proxy`
 * replaces them all; `null` (for `proxy`, `false` too) turns off the environment's proxies as well (PARITY BUG-3).
 *
 * @throws {TypeError} when they are of the wrong kind, or contradict each other.
 */
export function mergeProxies(
  base: ProxySettings,
  proxies: ProxiesInit | null | undefined,
  proxy: string | false | null | undefined,
): ProxySettings {
  if (proxies === undefined && proxy === undefined) return base;
  if (proxies !== undefined && proxies !== null) checkRecord(proxies);
  if (proxy === undefined)
    return proxies == null ? NONE : { ...base, explicit: overlay(base.explicit, proxies) };
  const { byKey, noProxy } = overlay({ byKey: new Map(), noProxy: base.explicit.noProxy }, proxies ?? {});
  if (byKey.size > 0)
    throw new TypeError("proxy and proxies contradict each other; beside proxy there may be no_proxy only");
  if (proxy === false || proxy === null) return NONE;
  if (typeof proxy === "string" && proxy !== "")
    return { ...base, explicit: { byKey: new Map([["all", proxy]]), noProxy } };
  throw new TypeError(
    `proxy must be a URL as a string, false or null, not ${proxy === "" ? "empty" : describe(proxy)}`,
  );
}

function overlay(base: ProxyRules, proxies: ProxiesInit): ProxyRules {
  let byKey: Map<string, string> | null = null;
  let { noProxy } = base;
  for (const name of Object.keys(proxies)) {
    const value = proxies[name];
    if (value === undefined) continue;
    if (value !== null && typeof value !== "string") {
      throw new TypeError(
        `proxies[${JSON.stringify(name)}] must be a URL as a string, or null to remove it, not ${describe(value)}`,
      );
    }
    const key = name.toLowerCase();
    if (key === "no_proxy" || key === "noproxy") {
      noProxy = value;
      continue;
    }
    byKey ??= new Map(base.byKey);
    if (value === null) byKey.delete(key);
    else byKey.set(key, value);
  }
  return { byKey: byKey ?? base.byKey, noProxy };
}

function checkRecord(proxies: unknown): void {
  if (isRecord(proxies)) return;
  throw new TypeError(
    `proxies must be a record of URLs by scheme or host, or null, not ${describe(proxies)}`,
  );
}
