/**
 * Merging: what a request says wins over what its session says, option by option; one line per option.
 *
 * A session's part (`sessionSettings`) is what a request without options gets; it is made anew for each request, since
 * any default of a session may have been set meanwhile.
 * Body, query and cookies are no settings: `prepare.ts` and `query.ts` have those. `auth` and `retry` come converted,
 * because rooms do not know each other.
 */
import type { RetryPolicy } from "../core/adapter.ts";
import type { Auth } from "../core/auth-scheme.ts";
import { noProxyRules, type Environment } from "../core/environment.ts";
import { HeaderMap, type HeadersInit } from "../core/headers.ts";
import { noHooks } from "../core/hooks.ts";
import { atHome, CONTRACT, type SessionOptions, type Settings } from "../core/options.ts";
import { noRequestOptions, type CheckedRequestOptions } from "./check.ts";
import { parseAddressPolicy } from "./address-policy.ts";
import { mergeCrossOriginHeaders, mergeTrustedOrigins, noFields, noOrigins } from "./trusted-origins.ts";
import { mergeHooks } from "./hooks.ts";
import { parseProxyHeaders } from "./proxy-headers.ts";
import { mergeProxies } from "./proxies.ts";
import { defaultTimeouts, parseExpectContinue, parseTimeout, saysRead, termsOf } from "./timeouts.ts";
import { mergeTls } from "./tls.ts";
import { mergeVerify, parseCert, parseVerify } from "./trust.ts";

/** Most decoded bytes of a body that is read, unless said otherwise: 256 MiB. */
const defaultMaxBodyBytes = 268_435_456;

/** Most bytes of a response that another one follows, unless said otherwise: 256 KiB. */
const defaultMaxDrainBytes = 262_144;

/** Most content codings on one body, unless said otherwise (CVE-2025-66418). */
const defaultMaxCodings = 5;

/** Most `Set-Cookie` fields of one response that are looked at, unless said otherwise. */
const defaultMaxSetCookies = 180;

/** Most redirects that are followed, unless said otherwise. */
const defaultMaxRedirects = 30;

/** What a session says of its requests: the values as they were set. `undefined`: not given. */
export type SessionDefaults = Pick<
  SessionOptions<boolean>,
  | "timeout"
  | "proxies"
  | "proxy"
  | "proxyHeaders"
  | "proxyAuth"
  | "verify"
  | "cert"
  | "tls"
  | "addressPolicy"
  | "trustedOrigins"
  | "crossOriginHeaders"
  | "hooks"
  | "http2"
  | "expectContinue"
  | "stream"
  | "allowRedirects"
  | "maxRedirects"
  | "maxBodyBytes"
  | "maxDrainBytes"
  | "maxCodings"
  | "maxSetCookies"
  | "detectEncoding"
>;

/** What the session made of `auth` and `retry`, of its own or of a request. `undefined`: not given. */
export interface Converted {
  readonly auth: Auth | null | undefined;
  readonly retry: RetryPolicy | null | undefined;
}

/** Neither was given. */
export const nothingConverted: Converted = { auth: undefined, retry: undefined };

/** Settings of a request that says nothing itself. Good until a default of the session changes. Shares what it can. */
export function sessionSettings(
  session: SessionDefaults,
  converted: Converted,
  environment: Environment,
): Settings {
  const tls = mergeTls(null, session.tls);
  return {
    auth: converted.auth,
    retry: converted.retry,
    contract: undefined,
    journey: atHome,
    timeouts: parseTimeout(session.timeout, defaultTimeouts),
    isReadGiven: saysRead(session.timeout),
    turnMs: undefined,
    returnsEarly: undefined,
    proxies: mergeProxies(
      { explicit: noProxyRules, environment: environment.proxies },
      session.proxies,
      session.proxy,
    ),
    proxyHeaders: parseProxyHeaders(session.proxyHeaders ?? null),
    proxyAuth: session.proxyAuth ?? null,
    verify: parseVerify(session.verify, tls?.store == null ? environment.caBundle : null),
    cert: parseCert(session.cert ?? null),
    tls,
    addressPolicy: parseAddressPolicy(session.addressPolicy ?? null),
    trustedOrigins: mergeTrustedOrigins(noOrigins, session.trustedOrigins),
    crossOriginHeaders: mergeCrossOriginHeaders(noFields, session.crossOriginHeaders),
    hooks: mergeHooks(noHooks, session.hooks),
    http2: session.http2 ?? false,
    expectContinueMs: parseExpectContinue(session.expectContinue ?? null),
    stream: session.stream ?? false,
    callSite: null,
    allowRedirects: session.allowRedirects ?? true,
    maxRedirects: session.maxRedirects ?? defaultMaxRedirects,
    detectEncoding: session.detectEncoding ?? null,
    maxBodyBytes: given(session.maxBodyBytes, defaultMaxBodyBytes),
    maxDrainBytes: given(session.maxDrainBytes, defaultMaxDrainBytes),
    maxCodings: given(session.maxCodings, defaultMaxCodings),
    maxSetCookies: given(session.maxSetCookies, defaultMaxSetCookies),
    signal: null,
    onProgress: null,
    onInformational: null,
  };
}

/** `request` over `base`, which is its session's. Gives `base` itself when nothing was given. */
export function mergeSettings(
  base: Settings,
  request: CheckedRequestOptions,
  converted: Converted,
  environment: Environment,
): Settings {
  const auth = given(converted.auth, base.auth);
  const retry = given(converted.retry, base.retry);
  if (request === noRequestOptions && auth === base.auth && retry === base.retry) return base;
  const tls = mergeTls(base.tls, request.tls);
  return {
    auth,
    retry,
    journey: base.journey,
    ...termsOf(request[CONTRACT], base, request.timeout),
    proxies: mergeProxies(base.proxies, request.proxies, request.proxy),
    proxyHeaders:
      request.proxyHeaders === undefined ? base.proxyHeaders : parseProxyHeaders(request.proxyHeaders),
    proxyAuth: given(request.proxyAuth, base.proxyAuth),
    verify: mergeVerify(base.verify, request.verify, tls?.store == null ? environment.caBundle : null),
    cert: request.cert === undefined ? base.cert : parseCert(request.cert),
    tls,
    addressPolicy:
      request.addressPolicy === undefined ? base.addressPolicy : parseAddressPolicy(request.addressPolicy),
    trustedOrigins: mergeTrustedOrigins(base.trustedOrigins, request.trustedOrigins),
    crossOriginHeaders: mergeCrossOriginHeaders(base.crossOriginHeaders, request.crossOriginHeaders),
    hooks: mergeHooks(base.hooks, request.hooks),
    http2: request.http2 ?? base.http2,
    expectContinueMs:
      request.expectContinue === undefined
        ? base.expectContinueMs
        : parseExpectContinue(request.expectContinue),
    stream: request.stream ?? base.stream,
    callSite: null,
    allowRedirects: request.allowRedirects ?? base.allowRedirects,
    maxRedirects: base.maxRedirects,
    detectEncoding: given(request.detectEncoding, base.detectEncoding),
    maxBodyBytes: given(request.maxBodyBytes, base.maxBodyBytes),
    maxDrainBytes: given(request.maxDrainBytes, base.maxDrainBytes),
    maxCodings: given(request.maxCodings, base.maxCodings),
    maxSetCookies: given(request.maxSetCookies, base.maxSetCookies),
    signal: request.signal ?? null,
    onProgress: request.onProgress ?? null,
    onInformational: null,
  };
}

/**
 * The session's headers with the request's over them, as a new map. A header that is overridden keeps the session's place
 * and takes the request's spelling; `null` removes one, and `null` for all leaves none of the session's.
 *
 * @throws {InvalidHeader} for a name or value that must not go on the wire.
 */
export function mergeHeaders(session: HeaderMap, request: HeadersInit | null | undefined): HeaderMap {
  if (request === null) return new HeaderMap();
  const merged = session.clone();
  return request === undefined ? merged : merged.update(request);
}

/** Do a request's own headers name this one? `name` in lower case. */
export function namesHeader(init: HeadersInit | null | undefined, name: string): boolean {
  if (init == null) return false;
  // Pairs that could be read once were read by merging.
  return "next" in init || new HeaderMap(init).has(name);
}

/** The more specific value, when it was given. `null` counts as given: it turns an option off. */
function given<Value>(specific: Value | undefined, fallback: Value): Value {
  return specific === undefined ? fallback : specific;
}
