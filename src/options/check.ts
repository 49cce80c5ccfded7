/**
 * Checks options before anything is sent: unknown names, wrong kinds, numbers out of range. Only own properties count, so
 * that a polluted `Object.prototype` changes nothing.
 *
 * A checked copy has every option as an own property: reading one never looks at a prototype, and all copies have one
 * shape. Messages name the option and what it takes; of what may be secret they name the kind only.
 */
import { isAbortSignal, isBlob, isUrl } from "../core/realm.ts";
import type { ProxySettings } from "../core/adapter.ts";
import { describe } from "../core/describe.ts";
import { noProxyRules } from "../core/environment.ts";
import type { HeadersInit } from "../core/headers.ts";
import { noHooks } from "../core/hooks.ts";
import {
  CONTRACT,
  type AddressPolicyInit,
  type Contract,
  type PreparedOption,
  type RequestOptions,
  type SendInit,
  type ScopeOptions,
  type SessionOptions,
  type SharedOptions,
} from "../core/options.ts";
import { parseAddressPolicy } from "./address-policy.ts";
import { mergeCrossOriginHeaders, mergeTrustedOrigins, noFields, noOrigins } from "./trusted-origins.ts";
import {
  checkAuth,
  checkBoolean,
  checkCookies,
  checkCount,
  checkHsts,
  checkIdempotencyKey,
  checkRetry,
  checkTrustEnv,
  isHeaders,
  isObject,
  isProxyAuth,
  orNull,
  type Check,
} from "./check-values.ts";
import { mergeHooks } from "./hooks.ts";
import { parseProxyHeaders } from "./proxy-headers.ts";
import { mergeProxies } from "./proxies.ts";
import { isRecord } from "./record.ts";
import { optionsInsteadOf, type OptionsOf } from "./slips.ts";
import { Surplus } from "./surplus.ts";
import { unknownOption, type KnownOptions } from "./suggest.ts";
import { defaultTimeouts, parseExpectContinue, parseTimeout } from "./timeouts.ts";
import { mergeTls } from "./tls.ts";
import { parseCert, parseVerify } from "./trust.ts";

/** A request's options: every one there, `undefined` when not given. */
export type CheckedRequestOptions = {
  readonly [Name in keyof RequestOptions<boolean>]-?: RequestOptions<boolean>[Name] | undefined;
} & { readonly [CONTRACT]?: Contract };

/** A scope's options, as those of a request: every one there, `undefined` when not given. */
export type CheckedScopeOptions = CheckedRequestOptions & Pick<ScopeOptions<boolean>, "idempotencyKey">;

/** A session's options: every one there, `undefined` when not given. */
export type CheckedSessionOptions = {
  readonly [Name in keyof SessionOptions<boolean>]-?: SessionOptions<boolean>[Name] | undefined;
};

const NO_PROXIES: ProxySettings = { explicit: noProxyRules, environment: noProxyRules };

const sharedChecks: { readonly [Name in keyof SharedOptions<boolean>]-?: Check } = {
  headers: orNull(isHeaders, "a record, pairs, Headers, a HeaderMap or null"),
  params: orNull((value) => isObject(value) || typeof value === "string", "fields, an encoded query or null"),
  auth: checkAuth,
  // These are read twice, here and in merging: so a wrong value is known when it is set, not when it is used.
  timeout: (value) => void parseTimeout(value as SharedOptions["timeout"], defaultTimeouts),
  proxies: (value) => void mergeProxies(NO_PROXIES, value as SharedOptions["proxies"], undefined),
  proxy: (value) => void mergeProxies(NO_PROXIES, undefined, value as SharedOptions["proxy"]),
  proxyHeaders: (value) => void parseProxyHeaders(value as HeadersInit | null),
  proxyAuth: orNull(isProxyAuth, "an object with authorize() and onChallenge(), or null"),
  verify: (value) => void parseVerify(value as SharedOptions["verify"], null),
  cert: (value) => void parseCert(value as NonNullable<SharedOptions["cert"]> | null),
  tls: (value) => void mergeTls(null, value as SharedOptions["tls"]),
  addressPolicy: (value) => void parseAddressPolicy(value as AddressPolicyInit | null),
  trustedOrigins: (value) => void mergeTrustedOrigins(noOrigins, value),
  crossOriginHeaders: (value) => void mergeCrossOriginHeaders(noFields, value),
  hooks: (value) => void mergeHooks(noHooks, value as SharedOptions["hooks"]),
  http2: checkBoolean,
  rawUrl: checkBoolean,
  expectContinue: (value) => void parseExpectContinue(value as boolean | number | null),
  stream: checkBoolean,
  allowRedirects: checkBoolean,
  retry: checkRetry,
  detectEncoding: orNull((value) => typeof value === "function", "a function or null"),
  maxDrainBytes: checkCount,
  maxCodings: checkCount,
  maxSetCookies: checkCount,
  maxBodyBytes: (value, option) => {
    if (value !== null) checkCount(value, option, "a whole number, 0 or more, or null for no limit");
  },
};

const requestChecks: { readonly [Name in keyof RequestOptions<boolean>]-?: Check } = {
  ...sharedChecks,
  // What cannot be a body is refused where the body is made, which knows more.
  data: () => undefined,
  json: () => undefined,
  files: orNull((value) => isObject(value) && !isBlob(value), "a record or pairs of files, or null"),
  cookies: checkCookies,
  idempotencyKey: checkIdempotencyKey,
  signal: orNull(isAbortSignal, "an AbortSignal or null"),
  onProgress: orNull((value) => typeof value === "function", "a function or null"),
};

const sessionChecks: { readonly [Name in keyof SessionOptions<boolean>]-?: Check } = {
  ...sharedChecks,
  cookies: checkCookies,
  // One key for all requests would make them one.
  idempotencyKey: checkBoolean,
  baseUrl: orNull((value) => isUrl(value) || (typeof value === "string" && value !== ""), "a URL or null"),
  maxRedirects: checkCount,
  hsts: checkHsts,
  trustEnv: checkTrustEnv,
};

const { rawUrl: _rawUrl, ...ofScopes } = sharedChecks;

const scopeChecks: { readonly [Name in keyof ScopeOptions<boolean>]-?: Check } = {
  ...ofScopes,
  idempotencyKey: checkBoolean,
};

const blankRequest: CheckedRequestOptions = {
  headers: undefined,
  params: undefined,
  auth: undefined,
  timeout: undefined,
  proxies: undefined,
  proxy: undefined,
  proxyHeaders: undefined,
  proxyAuth: undefined,
  verify: undefined,
  cert: undefined,
  tls: undefined,
  addressPolicy: undefined,
  trustedOrigins: undefined,
  crossOriginHeaders: undefined,
  hooks: undefined,
  http2: undefined,
  rawUrl: undefined,
  expectContinue: undefined,
  stream: undefined,
  allowRedirects: undefined,
  retry: undefined,
  maxBodyBytes: undefined,
  maxDrainBytes: undefined,
  maxCodings: undefined,
  maxSetCookies: undefined,
  detectEncoding: undefined,
  data: undefined,
  json: undefined,
  files: undefined,
  cookies: undefined,
  idempotencyKey: undefined,
  signal: undefined,
  onProgress: undefined,
};

const blankSession: CheckedSessionOptions = {
  headers: undefined,
  params: undefined,
  auth: undefined,
  timeout: undefined,
  proxies: undefined,
  proxy: undefined,
  proxyHeaders: undefined,
  proxyAuth: undefined,
  verify: undefined,
  cert: undefined,
  tls: undefined,
  addressPolicy: undefined,
  trustedOrigins: undefined,
  crossOriginHeaders: undefined,
  hooks: undefined,
  http2: undefined,
  rawUrl: undefined,
  expectContinue: undefined,
  stream: undefined,
  allowRedirects: undefined,
  retry: undefined,
  maxBodyBytes: undefined,
  maxDrainBytes: undefined,
  maxCodings: undefined,
  maxSetCookies: undefined,
  detectEncoding: undefined,
  cookies: undefined,
  idempotencyKey: undefined,
  baseUrl: undefined,
  maxRedirects: undefined,
  hsts: undefined,
  trustEnv: undefined,
};

/** A request that says nothing itself: shared, so that "no options" is one comparison. */
export const noRequestOptions: CheckedRequestOptions = Object.freeze({ ...blankRequest });

/**
 * The options of a request, checked; {@link noRequestOptions} when there are none.
 *
 * @param of what takes them: the advice for a value that is no options depends on it.
 * @throws {TypeError} for an unknown option or a wrong kind of value.
 * @throws {RangeError} for a number out of range.
 */
export function checkRequestOptions(
  options: RequestOptions<boolean> | undefined,
  of: OptionsOf = "request",
): CheckedRequestOptions {
  if (options === undefined) return noRequestOptions;
  const names = namesOf(options, of);
  if (names.length === 0) return noRequestOptions;
  const checked = isFetch(options) ? { ...blankRequest, [CONTRACT]: "fetch" as const } : { ...blankRequest };
  for (const name of names) {
    if (!isKnown(name, requestChecks)) throw unknownOption(name, "request", known, names);
    copy(options, checked, name, requestChecks[name]);
  }
  return checked;
}

const PREPARED: readonly PreparedOption[] = [
  "headers",
  "params",
  "auth",
  "data",
  "json",
  "files",
  "cookies",
  "idempotencyKey",
  "rawUrl",
];

/**
 * The options of `send()`, checked: those of a request, less what a prepared one has taken up.
 *
 * @throws {TypeError | RangeError} as {@link checkRequestOptions}.
 */
export function checkSendOptions(options: SendInit<boolean> | undefined): CheckedRequestOptions {
  const checked = checkRequestOptions(options, "send");
  for (const name of PREPARED) {
    if (checked[name] === undefined) continue;
    throw new TypeError(`${name} is no option of send(): it must be given before the request is prepared`);
  }
  return checked;
}

/**
 * The options of a session, checked.
 *
 * @throws {TypeError} for an unknown option or a wrong kind of value.
 * @throws {RangeError} for a number out of range.
 */
export function checkSessionOptions(options: SessionOptions<boolean> | undefined): CheckedSessionOptions {
  if (options === undefined) return blankSession;
  const checked = { ...blankSession };
  const names = namesOf(options, "session");
  for (const name of names) {
    if (!isKnown(name, sessionChecks)) throw unknownOption(name, "session", known, names);
    copy(options, checked, name, sessionChecks[name]);
  }
  // Each may be right, and both together contradict each other.
  mergeProxies(NO_PROXIES, checked.proxies, checked.proxy);
  return checked;
}

/**
 * The options of a scope, checked: as a request says them.
 *
 * @throws {TypeError} for an unknown option or a wrong kind of value.
 * @throws {RangeError} for a number out of range.
 */
export function checkScopeOptions(options: ScopeOptions<boolean>): CheckedScopeOptions {
  const checked: { -readonly [Name in keyof CheckedScopeOptions]: CheckedScopeOptions[Name] } = {
    ...blankRequest,
    idempotencyKey: undefined,
  };
  const names = namesOf(options, "scope");
  for (const name of names) {
    if (!isKnown(name, scopeChecks)) throw unknownOption(name, "scope", known, names);
    copy(options, checked, name, scopeChecks[name]);
  }
  mergeProxies(NO_PROXIES, checked.proxies, checked.proxy);
  return checked;
}

/**
 * Checks one option of a session when it is set later: `session.timeout = ...`.
 *
 * @throws {TypeError | RangeError} as {@link checkSessionOptions}.
 */
export function checkSessionOption(name: keyof SessionOptions, value: unknown): void {
  if (value !== undefined) sessionChecks[name](value, name);
}

const UNPARSED = [
  "stream",
  "allowRedirects",
  "retry",
  "maxBodyBytes",
  "maxDrainBytes",
  "maxCodings",
  "maxSetCookies",
  "maxRedirects",
  "trustEnv",
  "idempotencyKey",
  "rawUrl",
  "proxyAuth",
  "detectEncoding",
] as const;

/**
 * Checks those fields of a session that are used as they stand, and may have been set wrongly since it was made. The others
 * are parsed for each request.
 *
 * @throws {TypeError | RangeError} as {@link checkSessionOptions}.
 */
export function checkSessionFields(session: {
  readonly [Name in (typeof UNPARSED)[number]]?: unknown;
}): void {
  for (const name of UNPARSED) checkSessionOption(name, session[name]);
}

const known: KnownOptions = {
  request: Object.keys(requestChecks),
  scope: Object.keys(scopeChecks),
  session: Object.keys(sessionChecks),
};

function namesOf(options: unknown, of: OptionsOf): string[] {
  assertOptions(options, of);
  return Object.keys(options);
}

/**
 * Refuses what is no plain object. An instance of a class has its own in getters, or inherits them: all of it would be options
 * that say nothing.
 *
 * @throws {TypeError} with advice for who takes them.
 */
export function assertOptions(options: unknown, of: OptionsOf): asserts options is object {
  if (isRecord(options)) return;
  if (options instanceof Surplus) throw options.error();
  throw new TypeError(`options must be an object, not ${kindOf(options)}${optionsInsteadOf(of, options)}`);
}

function kindOf(options: unknown): string {
  if (Array.isArray(options)) return "a list";
  const kind = describe(options);
  return kind === "Object" ? "an object that inherits from another one" : kind;
}

/** Does `toFetch()` ask? */
function isFetch(options: object): boolean {
  return CONTRACT in options && options[CONTRACT] === "fetch";
}

function isKnown<Name extends string>(name: string, checks: Readonly<Record<Name, Check>>): name is Name {
  return Object.hasOwn(checks, name);
}

/** Reads the value once: a getter that answers otherwise the second time would get past the check. */
function copy<Options extends object, Name extends keyof Options & string>(
  from: Options,
  to: { -readonly [Option in Name]: Options[Option] | undefined },
  name: Name,
  check: Check,
): void {
  const value = from[name];
  if (value !== undefined) check(value, name);
  to[name] = value;
}
