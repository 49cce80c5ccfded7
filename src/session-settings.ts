/**
 * The settings that follow from a session's fields, worked out anew only when a field has changed: most sessions are set up
 * once and then used for all their requests.
 *
 * May import: `core/`, `prepare/`.
 */
import type { Settings } from "./core/options.ts";
import type { SessionDefaults } from "./prepare/merge.ts";

/** The fields that settings follow from. */
export interface SettingFields extends SessionDefaults {
  readonly auth: unknown;
  readonly retry: unknown;
  readonly trustEnv: unknown;
  readonly idempotencyKey: unknown;
  readonly rawUrl: unknown;
}

/** Remembers the last settings, and the fields that they were made of. */
export class KeptSettings {
  #made: Settings | null = null;
  #of: readonly unknown[] = [];

  /** The settings for these fields; `make` is called when they may not be those of the last time. */
  get(fields: SettingFields, make: () => Settings): Settings {
    const now = valuesOf(fields);
    if (this.#made !== null && isSame(now, this.#of)) return this.#made;
    const made = make();
    // What is in an object may change without being assigned anew.
    const { timeout, proxies, proxyHeaders, verify, cert, tls, hooks } = fields;
    this.#made = [timeout, proxies, proxyHeaders, verify, cert, hooks, ...partsOf(tls)].some(isObject)
      ? null
      : made;
    this.#of = now;
    return made;
  }
}

function valuesOf(fields: SettingFields): readonly unknown[] {
  return [
    fields.auth,
    fields.retry,
    fields.trustEnv,
    fields.idempotencyKey,
    fields.rawUrl,
    fields.timeout,
    fields.proxies,
    fields.proxy,
    fields.proxyHeaders,
    fields.proxyAuth,
    fields.verify,
    fields.cert,
    fields.tls,
    fields.addressPolicy,
    fields.hooks,
    fields.http2,
    fields.expectContinue,
    fields.stream,
    fields.allowRedirects,
    fields.maxRedirects,
    fields.maxBodyBytes,
    fields.maxCodings,
    fields.maxRedirectBodyBytes,
    fields.maxSetCookies,
    fields.detectEncoding,
    ...partsOf(fields.tls),
  ];
}

/** Names and values, of which most are text: they are compared faster than the settings are made again. */
function partsOf(tls: SettingFields["tls"]): readonly unknown[] {
  return tls === null || tls === undefined ? NOTHING : Object.entries(tls).flat();
}

const NOTHING: readonly unknown[] = [];

function isSame(now: readonly unknown[], before: readonly unknown[]): boolean {
  return now.length === before.length && now.every((value, at) => value === before[at]);
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
