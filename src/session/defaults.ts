/**
 * The defaults of a session: what it was given, and the settings that follow for a request that says nothing itself. A value is
 * checked and read when it is set.
 */
import type { ProxySettings } from "../core/adapter.ts";
import { Own } from "../core/checks.ts";
import { noProxyRules, type Environment } from "../core/environment.ts";
import { HeaderMap, type HeadersInit } from "../core/headers.ts";
import { sourceOf, type Source } from "../core/source.ts";
import { firstHeaders } from "../options/headers.ts";
import type { Ledger } from "../options/ledger.ts";
import type { Defaults, Options } from "../options/settings.ts";
import { initial, over, rows, type Given, type OptionName } from "../options/table.ts";
import { takeAlso } from "../options/take.ts";
import { viewOf } from "../options/view.ts";

/** What a field shows that nobody has set: `undefined`, but for these. */
const SHOWN: { readonly [Name in OptionName]?: Options[Name] } = { stream: false, trustEnv: true };

/** Makes `map["name"] = value`, as for a record, a TypeError: it would be a property that nobody reads. */
export function inextensible<Map extends object>(map: Map): Map {
  return Object.preventExtensions(map);
}

/** Hears of options that are set. */
export interface SettingListener {
  /** @throws {TypeError} for a value that must not be set. */
  assertSettable(name: OptionName, value: unknown): void;
  onSetting(name: OptionName): void;
  /** Who says what the session says of an option, when it is not the program; `null`: it is. */
  sourceOf(name: OptionName): Source | null;
  /** Headers that were stored, over those that every session begins with. */
  readonly storedHeaders: HeaderMap;
}

/** Keeps what a session says. */
export class SessionDefaults {
  /** What a request gets that says nothing itself. Each time another object when something was set. */
  settings: Defaults;
  /** What holds where the session says nothing. The headers are changed in place: they are read once. */
  #base: Defaults;
  #given: Given;
  /** Who keeps what is set; `null`: nobody does. */
  keeping: SettingListener | null = null;

  constructor(options: Given) {
    const { headers } = options;
    const first =
      headers === undefined
        ? firstHeaders.clone()
        : rows.headers.read(headers, firstHeaders, "headers", options);
    this.#base = { ...initial, headers: inextensible(first) };
    this.#given = headers === undefined ? options : takeAlso(options, "headers", undefined);
    this.settings = over(this.#base, this.#given);
  }

  /** What was set, as it was given. */
  get given(): Given {
    return this.#given;
  }

  /** What was set, to be looked at. */
  get(name: OptionName): unknown {
    const value = this.#given[name];
    return value === undefined ? SHOWN[name] : viewOf(value, name, rows[name].keep);
  }

  /** @throws {TypeError | RangeError} for a value that the option does not take; all stays as it was. */
  set(name: OptionName, value: unknown): void {
    const given = takeAlso(this.#given, name, value);
    this.keeping?.assertSettable(name, value);
    this.settings = over(this.#base, given);
    this.#given = given;
    this.keeping?.onSetting(name);
  }

  /**
   * Replaces all headers.
   *
   * @throws {TypeError} for what has none, such as a date or a promise, and for a value that must not be set.
   * @throws {InvalidHeader} for a name or value that must not go on the wire.
   */
  setHeaders(init: HeadersInit | null): void {
    const headers = inextensible(rows.headers.read(init ?? {}, new HeaderMap(), "headers", {}));
    this.keeping?.assertSettable("headers", headers);
    this.#base = { ...this.#base, headers };
    this.settings = { ...this.settings, headers };
  }

  /** What the environment says goes behind everything that the session says. */
  place(environment: Environment): Defaults {
    this.#base = behind(this.#base, environment);
    this.settings = over(this.#base, this.#given);
    return this.settings;
  }

  /**
   * What a request gets that says nothing itself, and who says what of it. Changes nothing.
   *
   * @param environment what the environment says; its proxies and bundle are behind the session already, or would be.
   */
  traced(environment: Environment, ledger: Ledger): Defaults {
    const base = behind(this.#base, environment);
    noteEnvironment(environment, ledger);
    // Of these the session has others by now than it was given.
    const { cookies: _, baseUrl: _base, hsts: _hsts, ...given } = this.#given;
    const { keeping } = this;
    const sayer = (name: OptionName): Source => keeping?.sourceOf(name) ?? bySession;
    const stored =
      keeping === null ? firstHeaders : commonHeaders(firstHeaders, keeping.storedHeaders, base.headers);
    noteHeaders(ledger.from(sayer("headers")), firstHeaders, stored);
    noteHeaders(ledger.from(bySession), stored, base.headers);
    ledger.from(sayer);
    return over(base, Object.assign(new Own(), given), ledger);
  }
}

/** What the session says of an option. */
export const bySession: Source = sourceOf("session");

function behind(base: Defaults, { proxies, caBundle }: Environment): Defaults {
  return { ...base, caBundle, proxies: { explicit: noProxyRules, environment: proxies } };
}

function noteEnvironment({ proxies, caBundle }: Environment, ledger: Ledger): void {
  if (proxies.byKey.size > 0 || proxies.noProxy !== null) {
    const names = [...(proxies.variables?.values() ?? [])];
    const settings: ProxySettings = { explicit: noProxyRules, environment: proxies };
    ledger
      .from(sourceOf("environment", names.join(", ")))
      .note("proxies", Object.fromEntries(proxies.byKey), initial.proxies, settings);
  }
  if (caBundle !== null)
    ledger
      .from(sourceOf("environment", caBundle.variable))
      .note("verify", caBundle.path, initial.verify, caBundle);
}

/** Headers are changed in place: of those that are as they were before nobody has said anything. Those that are not there were taken off. */
function noteHeaders(ledger: Ledger, before: HeaderMap, after: HeaderMap): void {
  if (after.equals(before)) return;
  const own = [...after].filter(([name]) => after.get(name) !== before.get(name));
  const removed = [...before.keys()].filter((name) => !after.has(name));
  ledger.note("headers", [...own, ...removed.map((name) => [name, null] as const)], before, after);
}

/** `base` with what is the same in both others: what one said of it that still holds. */
function commonHeaders(base: HeaderMap, one: HeaderMap, other: HeaderMap): HeaderMap {
  const common = base.clone();
  for (const name of new Set([...base.keys(), ...one.keys()])) {
    if (one.get(name) !== other.get(name)) continue;
    common.delete(name);
    for (const value of one.getAll(name)) common.append(name, value);
  }
  return common;
}
