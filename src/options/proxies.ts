/**
 * Reads `proxies` and `proxy`, which say the same in two ways. Which one a URL uses is the business of `proxy/`; the
 * environment's rules are kept apart, behind the explicit ones.
 *
 * Messages never show a proxy's URL: it may hold a password.
 *
 * Pure, but for a memory of parsed keys.
 */
import type { ProxySettings } from "../core/adapter.ts";
import { noProxyRules, type ProxyRules } from "../core/environment.ts";
import { Memo } from "../core/memo.ts";
import type { ProxiesInit } from "../core/options.ts";
import { bareUrl } from "../core/redact.ts";
import { urlOfHost } from "../core/url.ts";
import { isRecord, mustBe } from "../core/checks.ts";
import { insteadOf } from "./slips.ts";

/** No proxy for anything, whatever the environment says. */
export const noProxies: ProxySettings = { explicit: noProxyRules, environment: noProxyRules };

/** What a rule says that there is no proxy for its key. It ends the search. */
const OFF = "";

/**
 * Lays `proxies` and `proxy` of one level over those of the level below. A key replaces; `null` turns it off, whatever less
 * specific keys or the environment say; `proxy` replaces them all; `null` (for `proxy`, `false` too) turns off the
 * environment's proxies as well.
 *
 * @throws {TypeError} when they are of the wrong kind, contradict each other, or have a key that fits no URL.
 */
export function readProxies(
  base: ProxySettings,
  proxies: ProxiesInit | null | undefined,
  proxy: string | false | null | undefined,
): ProxySettings {
  if (proxies !== undefined && proxies !== null) checkRecord(proxies);
  if (proxy === undefined)
    return proxies == null ? noProxies : { ...base, explicit: overlay(base.explicit, proxies) };
  const { byKey, noProxy } = overlay({ byKey: new Map(), noProxy: base.explicit.noProxy }, proxies ?? {});
  if (byKey.size > 0)
    throw new TypeError("proxy and proxies contradict each other; beside proxy there may be no_proxy only");
  if (proxy === false || proxy === null) return noProxies;
  if (typeof proxy === "string" && proxy !== "")
    return { ...base, explicit: { byKey: new Map([["all", proxy]]), noProxy } };
  throw mustBe("proxy", "a URL as a string, false or null", proxy, insteadOf("proxy", proxy));
}

function overlay(base: ProxyRules, proxies: ProxiesInit): ProxyRules {
  let byKey: Map<string, string> | null = null;
  let { noProxy } = base;
  for (const name of Object.keys(proxies)) {
    const value = proxies[name];
    if (value === undefined) continue;
    if (value !== null && typeof value !== "string")
      throw mustBe(`proxies[${JSON.stringify(name)}]`, "a URL as a string, or null for none", value);
    if (isNoProxy(name)) {
      noProxy = value;
      continue;
    }
    byKey ??= new Map(base.byKey);
    byKey.set(keys.getOrMake(name, canonicalKey), value ?? OFF);
  }
  return { byKey: byKey ?? base.byKey, noProxy };
}

function isNoProxy(name: string): boolean {
  const key = name.toLowerCase();
  return key === "no_proxy" || key === "noproxy";
}

/** A session has a few, and asks for each request. */
const keys = new Memo<string, string>(1000);

/** The spelling that is looked for. @throws {TypeError} for a key that no URL can fit: its proxy would never be asked. */
function canonicalKey(name: string): string {
  const [, scheme, host] = /^(https?|all)(?::\/\/(.+))?$/is.exec(name) ?? [];
  const canonical = host === undefined ? "" : hostOf(host);
  if (scheme === undefined || canonical === null) {
    throw new TypeError(
      `proxies[${JSON.stringify(bareUrl(name))}] fits no URL: keys are http, https and all, alone or with a host and no port, as in "https://example.com", and no_proxy`,
    );
  }
  return scheme.toLowerCase() + (canonical === "" ? "" : `://${canonical}`);
}

/** The spelling that a URL's host has; `null` for what is more than a host, or none. */
function hostOf(text: string): string | null {
  const url = urlOfHost(text);
  return url?.port === null && !text.endsWith(":") ? url.host : null;
}

function checkRecord(proxies: unknown): void {
  if (isRecord(proxies)) return;
  const allowed = "a record of URLs by scheme or host, or null";
  throw mustBe("proxies", allowed, proxies, insteadOf("proxies", proxies));
}
