/**
 * The table of options: a row for each. What an option is called, takes and means to users stands in `core/options.ts`. A row says
 * where it may stand, what holds when nobody says anything, and how a value is checked and read over what holds already.
 *
 * A row that is missing, stands for nothing, or reads into the wrong kind of setting does not compile.
 */
import { noHooks } from "../core/hooks.ts";
import {
  atHome,
  CONTRACT,
  type Contract,
  type RequestOptions,
  type ScopeOptions,
  type SendInit,
  type SessionOptions,
} from "../core/options.ts";
import { toAuth } from "../auth/from-option.ts";
import { layerParams } from "../prepare/query.ts";
import { toPolicy } from "../retries/from-option.ts";
import { readAddressPolicy } from "./address-policy.ts";
import { firstHeaders, readHeaders, readProxyHeaders } from "./headers.ts";
import { readHooks } from "./hooks.ts";
import type { Ledger } from "./ledger.ts";
import { noProxies, readProxies } from "./proxies.ts";
import type { Circumstances, Defaults, KnownAs, Options, OwnOption, SettingOf } from "./settings.ts";
import { defaultTimeouts, FETCH_MS, fetchTimeouts, readExpectContinue, readTimeout } from "./timeouts.ts";
import { readTls } from "./tls.ts";
import { noFields, noOrigins, readCrossOriginHeaders, readTrustedOrigins } from "./trusted-origins.ts";
import { defaultVerify, readCert, readVerify } from "./trust.ts";
import * as values from "./values.ts";
import { asIs, type Check } from "./values.ts";
import { fieldsOf, itself, paramsOf, type Keep } from "./view.ts";

/** Where options are given. */
export type Place = "session" | "scope" | "request" | "send";

/** The name of an option. */
export type OptionName = keyof Options;

/** What is given in one place: own properties only, each read once and checked as far as that needs nothing else. */
export type Given = { readonly [Name in OptionName]?: Exclude<Options[Name], undefined> } & {
  readonly [CONTRACT]?: Contract;
};

/** May an option stand there? A check: if the value is one of those that it takes there. */
type Places<Name> = {
  readonly session: Name extends keyof SessionOptions ? true | Check : false;
  readonly scope: Name extends keyof ScopeOptions ? true | Check : false;
  readonly request: Name extends keyof RequestOptions ? true : false;
  readonly send: Name extends keyof SendInit ? true : false;
};

/** An option that is no setting: who takes it up finds it among what was given. */
interface OwnRow<Name> {
  readonly at: Places<Name>;
  readonly keep?: Keep;
  readonly check: Check;
}

/** An option that is a setting. */
interface SettingRow<Name extends Exclude<OptionName, OwnOption>> {
  readonly at: Places<Name>;
  /** What a session or a scope keeps of a value. Default: a copy. */
  readonly keep?: Keep;
  /** What holds when nobody says anything. */
  readonly initial: Defaults[SettingOf<Name>];
  /**
   * Checks a value and reads it over `base`, which holds without it.
   *
   * @param given all that is said in the same place.
   * @throws {TypeError | RangeError} that names the option, what it takes, and of the value the kind.
   */
  readonly read: (
    value: Exclude<Options[Name], undefined>,
    base: Defaults[SettingOf<Name>],
    option: string,
    given: Given,
  ) => Defaults[SettingOf<Name>];
}

type Rows = {
  readonly [Name in OptionName]-?: Name extends OwnOption
    ? OwnRow<Name>
    : SettingRow<Exclude<Name, OwnOption>>;
};

/** Where an option may stand. A prepared request has taken up all that is not for its travel. */
const anywhere = { session: true, scope: true, request: true, send: true } as const;
const beforeSend = { session: true, scope: true, request: true, send: false } as const;
const ofRequest = { session: false, scope: false, request: true, send: false } as const;
const ofTravel = { session: false, scope: false, request: true, send: true } as const;
const ofSession = { session: true, scope: false, request: false, send: false } as const;

const { body, count, flag, functionOrNull, limit } = values;

/** The rows. */
export const rows: Rows = {
  // the session
  baseUrl: { at: ofSession, check: values.baseUrl },
  hsts: { at: ofSession, keep: itself, check: values.hsts },
  trustEnv: { at: ofSession, check: values.trustEnv },
  maxRedirects: { at: ofSession, initial: 30, read: asIs(count) },
  // the message
  headers: {
    at: beforeSend,
    keep: fieldsOf,
    initial: firstHeaders,
    read: checked(values.headers, readHeaders),
  },
  params: {
    at: { ...beforeSend, session: values.wholeParams, scope: values.wholeParams },
    keep: paramsOf,
    initial: null,
    read: checked(values.params, layerParams),
  },
  cookies: { at: { ...ofRequest, session: true }, check: values.cookies },
  data: { at: ofRequest, check: body },
  json: { at: ofRequest, check: body },
  files: { at: ofRequest, check: values.files },
  // One key for all requests would make them one.
  idempotencyKey: {
    at: { ...beforeSend, session: flag, scope: flag },
    initial: false,
    read: asIs(values.idempotencyKey),
  },
  rawUrl: { at: { ...beforeSend, scope: false }, initial: false, read: asIs(flag) },
  expectContinue: { at: anywhere, initial: null, read: readExpectContinue },
  // whom to trust, and who one is
  auth: { at: beforeSend, keep: itself, initial: undefined, read: checked(values.auth, toAuth) },
  verify: { at: anywhere, initial: defaultVerify, read: readVerify },
  cert: { at: anywhere, initial: null, read: readCert },
  tls: { at: anywhere, initial: null, read: readTls },
  addressPolicy: { at: anywhere, initial: null, read: readAddressPolicy },
  trustedOrigins: { at: anywhere, initial: noOrigins, read: readTrustedOrigins },
  crossOriginHeaders: { at: anywhere, initial: noFields, read: readCrossOriginHeaders },
  // the way
  timeout: { at: anywhere, initial: defaultTimeouts, read: readTimeout },
  // Two ways to say one thing: they are read together.
  proxies: {
    at: anywhere,
    initial: noProxies,
    read: (proxies, base, _, { proxy }) => readProxies(base, proxies, proxy),
  },
  proxy: {
    at: anywhere,
    initial: noProxies,
    read: (proxy, base, _, { proxies }) =>
      proxies === undefined ? readProxies(base, undefined, proxy) : base,
  },
  proxyHeaders: {
    at: anywhere,
    keep: fieldsOf,
    initial: null,
    read: checked(values.headers, readProxyHeaders),
  },
  proxyAuth: { at: anywhere, keep: itself, initial: null, read: asIs(values.proxyAuth) },
  http2: { at: anywhere, initial: false, read: asIs(flag) },
  stream: { at: anywhere, initial: false, read: asIs(flag) },
  allowRedirects: { at: anywhere, initial: true, read: asIs(flag) },
  retry: { at: anywhere, keep: itself, initial: undefined, read: checked(values.retry, toPolicy) },
  hooks: { at: anywhere, initial: noHooks, read: readHooks },
  signal: { at: ofTravel, initial: null, read: asIs(values.signal) },
  onProgress: { at: ofTravel, initial: null, read: asIs(functionOrNull) },
  detectEncoding: { at: anywhere, initial: null, read: asIs(functionOrNull) },
  // limits: 256 MiB and 256 KiB, and counts (CVE-2025-66418)
  maxBodyBytes: { at: anywhere, initial: 268_435_456, read: asIs(limit) },
  maxDrainBytes: { at: anywhere, initial: 262_144, read: asIs(count) },
  maxCodings: { at: anywhere, initial: 5, read: asIs(count) },
  maxSetCookies: { at: anywhere, initial: 180, read: asIs(count) },
};

/** Reads a value once it is checked. */
function checked<Value, Base, Setting>(
  check: Check,
  read: (value: Value, base: Base) => Setting,
): (value: Value, base: Base, option: string) => Setting {
  return (value, base, option) => {
    check(value, option);
    return read(value, base);
  };
}

/** The names of {@link KnownAs}. */
const KNOWN_AS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    timeout: "timeouts",
    expectContinue: "expectContinueMs",
    proxy: "proxies",
  } satisfies KnownAs),
);

/** A row as it is walked: who sees all of them cannot know what each reads. */
interface AnyRow {
  readonly initial: unknown;
  readonly read: (value: unknown, base: unknown, option: string, given: Given) => unknown;
}

/** The settings among the options, with their names as settings. */
const settingRows: ReadonlyMap<string, readonly [setting: string, row: AnyRow]> = new Map(
  Object.entries(rows).flatMap(([name, row]) =>
    "read" in row ? [[name, [KNOWN_AS.get(name) ?? name, row as AnyRow]]] : [],
  ),
);

/** What holds when nobody says anything. */
export const initial: Defaults = {
  ...(Object.fromEntries([...settingRows.values()].map(([setting, row]) => [setting, row.initial])) as Omit<
    Defaults,
    keyof Circumstances
  >), // a row for each
  contract: undefined,
  journey: atHome,
  caBundle: null,
  callSite: null,
  watch: null,
  turnMs: undefined,
  returnsEarly: undefined,
  onInformational: null,
};

/**
 * `base` with what is given over it; `base` itself when that is nothing. It walks what is given, and not all that there is.
 *
 * @param ledger takes down who said what; `null`: nobody wants to know.
 *
 * @throws {TypeError | RangeError} as the rows do.
 */
export function over(base: Defaults, given: Given, ledger: Ledger | null = null): Defaults {
  let settings: Record<string, unknown> | null = null;
  for (const name of Object.keys(given)) {
    const row = settingRows.get(name);
    if (row === undefined) continue;
    const [setting, { read }] = row;
    settings ??= { ...base };
    settings[setting] = read(given[name as OptionName], settings[setting], name, given);
  }
  const merged = (settings as Defaults | null) ?? base; // each row read into a setting of its kind
  if (ledger !== null) noteAll(ledger, base, merged, given);
  return given[CONTRACT] === undefined ? merged : underContract(merged, given[CONTRACT]);
}

/** Takes down what was given, of options that are no settings, too. */
function noteAll(ledger: Ledger, base: Defaults, merged: Defaults, given: Given): void {
  for (const name of Object.keys(given) as OptionName[])
    ledger.note(name, given[name], settingOf(name, base), settingOf(name, merged));
}

/** The setting that an option is read into; `undefined` for one that is no setting. */
export function settingOf(option: OptionName, settings: Partial<Defaults>): unknown {
  const [setting] = settingRows.get(option) ?? [];
  return setting === undefined ? undefined : settings[setting as keyof Defaults]; // rows are of settings
}

/** What fetch's contract says of settings, beside what was given. */
function underContract(settings: Defaults, contract: Contract): Defaults {
  return {
    ...settings,
    contract,
    timeouts: fetchTimeouts(settings.timeouts),
    turnMs: FETCH_MS,
    returnsEarly: true,
  };
}
