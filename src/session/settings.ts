/**
 * The settings that follow from a session's fields, worked out anew only when a field has changed: most sessions are set up
 * once and then used for all their requests.
 */
import type { Settings } from "../core/options.ts";
import type { SessionDefaults } from "../options/merge.ts";

/** The fields that settings follow from. */
export interface SettingFields extends SessionDefaults {
  readonly auth?: unknown;
  readonly retry?: unknown;
  readonly trustEnv?: unknown;
  readonly idempotencyKey?: unknown;
  readonly rawUrl?: unknown;
}

/** Remembers the last settings, and the fields that they were made of. */
export class KeptSettings {
  #made: Settings | null = null;
  #of: SettingFields | null = null;
  #tls: readonly unknown[] = NOTHING;

  /** The settings for these fields; `make` is called when they may not be those of the last time. */
  get(fields: SettingFields, make: () => Settings): Settings {
    if (this.#made !== null && this.#of !== null && isSame(fields, this.#of)) {
      if (fields.tls == null || hasParts(fields.tls, this.#tls)) return this.#made;
    }
    const made = make();
    const tls = partsOf(fields.tls);
    // What is in an object may change without being assigned anew.
    const { timeout, proxies, proxyHeaders, verify, cert, hooks, trustedOrigins, crossOriginHeaders } =
      fields;
    const mutable = [timeout, proxies, proxyHeaders, verify, cert, hooks, trustedOrigins, crossOriginHeaders];
    this.#made = [...mutable, ...tls].some(isObject) ? null : made;
    this.#of = copyOf(fields);
    this.#tls = tls;
    return made;
  }
}

function copyOf(fields: SettingFields): SettingFields {
  return {
    auth: fields.auth,
    retry: fields.retry,
    trustEnv: fields.trustEnv,
    idempotencyKey: fields.idempotencyKey,
    rawUrl: fields.rawUrl,
    timeout: fields.timeout,
    proxies: fields.proxies,
    proxy: fields.proxy,
    proxyHeaders: fields.proxyHeaders,
    proxyAuth: fields.proxyAuth,
    verify: fields.verify,
    cert: fields.cert,
    tls: fields.tls,
    addressPolicy: fields.addressPolicy,
    trustedOrigins: fields.trustedOrigins,
    crossOriginHeaders: fields.crossOriginHeaders,
    hooks: fields.hooks,
    http2: fields.http2,
    expectContinue: fields.expectContinue,
    stream: fields.stream,
    allowRedirects: fields.allowRedirects,
    maxRedirects: fields.maxRedirects,
    maxBodyBytes: fields.maxBodyBytes,
    maxDrainBytes: fields.maxDrainBytes,
    maxCodings: fields.maxCodings,
    maxSetCookies: fields.maxSetCookies,
    detectEncoding: fields.detectEncoding,
  };
}

/** Field by field, and nothing made: it is asked for each request. */
// oxlint-disable-next-line complexity -- a list of fields, and no decision in it
function isSame(now: SettingFields, before: SettingFields): boolean {
  return (
    now.auth === before.auth &&
    now.retry === before.retry &&
    now.trustEnv === before.trustEnv &&
    now.idempotencyKey === before.idempotencyKey &&
    now.rawUrl === before.rawUrl &&
    now.timeout === before.timeout &&
    now.proxies === before.proxies &&
    now.proxy === before.proxy &&
    now.proxyHeaders === before.proxyHeaders &&
    now.proxyAuth === before.proxyAuth &&
    now.verify === before.verify &&
    now.cert === before.cert &&
    now.tls === before.tls &&
    now.addressPolicy === before.addressPolicy &&
    now.trustedOrigins === before.trustedOrigins &&
    now.crossOriginHeaders === before.crossOriginHeaders &&
    now.hooks === before.hooks &&
    now.http2 === before.http2 &&
    now.expectContinue === before.expectContinue &&
    now.stream === before.stream &&
    now.allowRedirects === before.allowRedirects &&
    now.maxRedirects === before.maxRedirects &&
    now.maxBodyBytes === before.maxBodyBytes &&
    now.maxDrainBytes === before.maxDrainBytes &&
    now.maxCodings === before.maxCodings &&
    now.maxSetCookies === before.maxSetCookies &&
    now.detectEncoding === before.detectEncoding
  );
}

const NOTHING: readonly unknown[] = [];

/** Names and values, of which most are text: they are compared faster than the settings are made again. */
function partsOf(tls: SettingFields["tls"]): readonly unknown[] {
  return tls === null || tls === undefined ? NOTHING : Object.entries(tls).flat();
}

function hasParts(tls: SettingFields["tls"], before: readonly unknown[]): boolean {
  const now = partsOf(tls);
  return now.length === before.length && now.every((value, at) => value === before[at]);
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
