/**
 * How values are shown: what may be shown as it is, all else by its kind or as `***`. An option that is not named here is shown so
 * that nothing of a secret is in it: numbers, booleans and `null` as they are, text hidden, the rest by its kind.
 */
import { isRecord } from "../core/checks.ts";
import { describe } from "../core/describe.ts";
import { HeaderMap, type HeadersInit } from "../core/headers.ts";
import type { ParamsInit } from "../core/options.ts";
import { isObject, isUint8Array } from "../core/realm.ts";
import { REDACTED, shownField, shownFields, shownUrl } from "../core/redact.ts";
import type { OptionName } from "../options/table.ts";
import { encodeParams } from "../prepare/query.ts";
import { Retry } from "../retries/retry.ts";
import type { ShownValue } from "./data.ts";

/** Shows values, with the secrets in them or without. */
export class Shower {
  readonly #hasSecrets: boolean;

  constructor(hasSecrets: boolean) {
    this.#hasSecrets = hasSecrets;
  }

  /** A text that is a secret. */
  secret(text: string): string {
    return this.#hasSecrets ? text : REDACTED;
  }

  /** The value of a header field. */
  field(name: string, value: string): string {
    return this.#hasSecrets ? value : shownField(name, value);
  }

  /** A URL: without user info, and without the values of parameters that look secret. */
  url(url: string): string {
    return this.#hasSecrets ? url : shownUrl(url);
  }

  /** A URL of which a part may be shown. */
  partOfUrl(shown: string, whole: string): string {
    return this.#hasSecrets ? whole : shown;
  }

  /** Encoded pairs. */
  pairs(query: string): string {
    return this.#hasSecrets ? query : shownFields(query);
  }

  /** The value of an option, as it was given. */
  option(name: OptionName, value: unknown): ShownValue {
    if (value === undefined || value === null) return null;
    const show = Object.hasOwn(SHOWN, name) ? SHOWN[name] : undefined;
    return show === undefined ? this.#anything(value) : show(value, this);
  }

  #anything(value: unknown): ShownValue {
    if (typeof value === "number" || typeof value === "boolean") return value;
    return typeof value === "string" ? this.secret(value) : kindOf(value);
  }

  /** The value of `data`, `json` or `files`: what a body is made of is nobody else's business. */
  body(value: unknown): ShownValue {
    if (!this.#hasSecrets) return REDACTED;
    if (typeof value === "string") return value;
    const isPlain = !isObject(value) || isRecord(value) || Array.isArray(value);
    return (isPlain ? jsonOf(value) : null) ?? kindOf(value);
  }
}

/** How the value of an option is shown that is neither hidden nor told by its kind. */
type Show = (value: unknown, shower: Shower) => ShownValue;

const SHOWN: { readonly [Name in OptionName]?: Show } = {
  headers: showHeaders,
  proxyHeaders: showHeaders,
  params: (value, shower) => shower.pairs(encodeParams(value as ParamsInit)), // as was checked
  auth: (value) => schemeName(value),
  baseUrl: (value, shower) => shower.url(String(value)),
  proxy: (value, shower) => (typeof value === "string" ? shower.url(value) : false),
  proxies: (value, shower) =>
    entriesOf(value)
      .map(([key, url]) => `${key}=${showProxyValue(key, url, shower)}`)
      .join(", "),
  cookies: showCookies,
  data: (value, shower) => shower.body(value),
  json: (value, shower) => shower.body(value),
  files: (value, shower) => shower.body(value),
  timeout: (value) => (typeof value === "number" ? value : jsonOf(value)),
  expectContinue: (value) => value as ShownValue, // a number or a flag
  verify: (value, shower) =>
    typeof value === "boolean" ? value : showMaterial(value, shower, "certificates"),
  cert: showCert,
  tls: (value) => jsonOf(withoutBytes(value)),
  trustEnv: (value) => (typeof value === "boolean" ? value : jsonOf(value)),
  addressPolicy: (value) => (value === "public" ? value : kindOf(value)),
  trustedOrigins: (value) => listOf(value).map(String).join(", "),
  crossOriginHeaders: (value) => listOf(value).map(String).join(", "),
  hsts: (value) => (typeof value === "boolean" ? value : kindOf(value)),
  retry: (value) => showRetry(value),
  hooks: (value) =>
    entriesOf(value)
      .filter(([, hooks]) => hooks !== undefined)
      .map(([event, hooks]) => `${event}: ${hooks === null ? "none" : listOf(hooks).length}`)
      .join(", "),
};

function showHeaders(value: unknown, shower: Shower): string {
  const init = value as HeadersInit; // as was checked
  // A list that could be read once was read by merging.
  if ("next" in init) return kindOf(init);
  const entries: readonly (readonly [name: string, value: unknown])[] =
    Symbol.iterator in init ? [...init] : entriesOf(init);
  const removed = entries.filter(([, one]) => one === null);
  const fields = [...new HeaderMap(init)].map(([name, one]) => `${name}: ${shower.field(name, one)}`);
  return [...fields, ...removed.map(([name]) => `${name}: removed`)].join(", ");
}

function showProxyValue(key: string, url: unknown, shower: Shower): string {
  if (url === null || url === "") return "none";
  const text = url as string; // as was checked
  return /^no_?proxy$/i.test(key) ? text : shower.url(text);
}

/** Names and values, or a jar. */
function showCookies(value: unknown, shower: Shower): ShownValue {
  if (value === false) return false;
  if (!isRecord(value) || typeof value["select"] === "function") return kindOf(value);
  return entriesOf(value)
    .filter(([, one]) => one !== undefined)
    .map(([name, one]) =>
      one === null ? `${name}: left out` : `${name}=${shower.secret(String(one as string | number))}`,
    )
    .join(", ");
}

/** A path as it is; of what is given outright what it is. */
function showMaterial(value: unknown, shower: Shower, kind: string): string {
  if (typeof value !== "string") return kind;
  return value.includes("-----BEGIN") ? (kind === REDACTED ? shower.secret(value) : kind) : value;
}

function showCert(value: unknown, shower: Shower): string {
  const show = (one: unknown): string => showMaterial(one, shower, REDACTED);
  if (Array.isArray(value)) return value.map(show).join(", ");
  if (!isRecord(value)) return show(value);
  return entriesOf(value)
    .filter(([, one]) => one !== undefined)
    .map(([name, one]) => `${name}: ${name === "passphrase" ? shower.secret(String(one)) : show(one)}`)
    .join(", ");
}

/** How retries are told: a number, the counts of a `Retry`, or what else decides. */
export function showRetry(value: unknown): ShownValue {
  if (typeof value === "number" || value === false || value === null || value === undefined)
    return value ?? null;
  return value instanceof Retry ? String(value) : kindOf(value);
}

/** Whom a value of `auth` names. */
export function schemeName(value: unknown): string | false {
  if (value === false) return false;
  if (Array.isArray(value)) return "Basic";
  if (typeof value === "function") return kindOf(value);
  return describe(value);
}

/** What kind of thing it is: of a function its name, of an object its class. */
export function kindOf(value: unknown): string {
  if (typeof value === "function") return value.name === "" ? "a function" : `the function ${value.name}`;
  if (Array.isArray(value)) return "a list";
  const kind = describe(value);
  return kind === "Object" ? "an object" : kind;
}

function withoutBytes(value: unknown): unknown {
  if (isUint8Array(value)) return "bytes";
  if (typeof value === "string") return value.includes("-----BEGIN") ? "PEM" : value;
  if (Array.isArray(value)) return value.map(withoutBytes);
  if (!isRecord(value)) return value;
  return Object.fromEntries(entriesOf(value).map(([name, one]) => [name, withoutBytes(one)]));
}

/** As JSON; `null` for what JSON cannot write. */
function jsonOf(value: unknown): string | null {
  try {
    return JSON.stringify(value) ?? null;
  } catch {
    return null;
  }
}

function entriesOf(value: unknown): [name: string, value: unknown][] {
  return isObject(value) ? Object.entries(value) : [];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}
