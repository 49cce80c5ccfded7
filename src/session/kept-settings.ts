/**
 * What of a session's options can be stored: plain values. What is made of code (functions, auth objects, adapters) is the program's, which
 * gives it each time; a secret is stored only where the program says so.
 */
import { isRecord } from "../core/checks.ts";
import { HeaderMap } from "../core/headers.ts";
import { isMap, isSet, isUint8Array, isUrl, isUrlSearchParams } from "../core/realm.ts";
import { isSecretName } from "../core/redact.ts";
import type { Json } from "../core/session-store.ts";
import { isReference, mayRefer } from "./references.ts";

/** What becomes of secrets: `reference`, they are an error; `store`, they are stored; `omit`, they are left out. */
export type SecretsMode = "reference" | "store" | "omit";

/** Options that are stored, by name. All others are the program's. */
const STORED: ReadonlySet<string> = new Set([
  "addressPolicy",
  "allowRedirects",
  "auth",
  "baseUrl",
  "cert",
  "crossOriginHeaders",
  "expectContinue",
  "headers",
  "http2",
  "hsts",
  "idempotencyKey",
  "maxBodyBytes",
  "maxCodings",
  "maxDrainBytes",
  "maxRedirects",
  "maxSetCookies",
  "params",
  "proxies",
  "proxy",
  "proxyHeaders",
  "rawUrl",
  "retry",
  "timeout",
  "tls",
  "trustEnv",
  "trustedOrigins",
  "verify",
]);

/** Options that hold names with values of which some are secrets by their name. */
const NAMED: ReadonlySet<string> = new Set(["cert", "headers", "params", "proxyHeaders", "tls"]);

/** Is this an option that is stored? What a later version stores beside them is not touched. */
export function isKept(name: string): boolean {
  return STORED.has(name);
}

/** What an option is stored beside. */
export interface Beside {
  readonly secrets: SecretsMode;
  /** What is stored of it now: a secret that stands there already is no news. */
  readonly known: Json | undefined;
  /** Puts references to the environment in the place of their values. */
  readonly refer: (json: Json) => Json;
}

/**
 * What is stored of an option; `undefined` for nothing.
 *
 * @throws {TypeError} for a secret that would be stored.
 */
export function keptValue(name: string, value: unknown, { secrets, known, refer }: Beside): Json | undefined {
  if (!STORED.has(name)) return undefined;
  const plain = jsonOf(value);
  if (plain === undefined || plain === null) return plain;
  const json = refer(plain);
  if (secrets === "store" || (known !== undefined && JSON.stringify(json) === JSON.stringify(known)))
    return json;
  const shown = NAMED.has(name) ? withoutNamed(name, json, secrets) : json;
  if (!isSecret(name, shown)) return shown;
  if (secrets === "omit") return undefined;
  throw literal(name, name, INLINE_KEY.test(JSON.stringify(shown)));
}

const INLINE_KEY = /-----BEGIN[^-]*PRIVATE KEY-----/;

/** A secret that stands there itself. */
function literal(option: string, where: string = option, isKey: boolean = false): TypeError {
  const instead = isKey
    ? "give the path of the file that has it"
    : mayRefer(option)
      ? 'give { env: "NAME" } for the variable that has it'
      : "give it as auth";
  return new TypeError(
    `${where} is a secret, and would be stored: ${instead}, or open the session with secrets: "store" or secrets: "omit"`,
  );
}

/** Data as JSON has it; `undefined` for what is made of code. */
function jsonOf(value: unknown): Json | undefined {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (isUrl(value)) return value.href;
  if (value instanceof HeaderMap) return jsonOf([...value]);
  if (isMap(value) || isSet(value) || isUrlSearchParams(value)) return jsonOf([...value]);
  if (Array.isArray(value)) return allOf(value.map(jsonOf));
  if (isUint8Array(value) || !isRecord(value)) return undefined;
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  const values = allOf(entries.map(([, one]) => jsonOf(one)));
  return values === undefined
    ? undefined
    : Object.fromEntries(entries.map(([name], at) => [name, values[at] ?? null]));
}

function allOf(values: readonly (Json | undefined)[]): Json[] | undefined {
  const whole: Json[] = [];
  for (const value of values) {
    if (value === undefined) return undefined;
    whole.push(value);
  }
  return whole;
}

/** Without the values whose names say that they are secrets. @throws {TypeError} where they are an error. */
function withoutNamed(option: string, json: Json, secrets: SecretsMode): Json {
  const isOpen = (name: unknown, value: Json): boolean => {
    if (typeof name !== "string" || value === null || isReference(value) || !isSecretIn(option, name))
      return true;
    if (secrets === "omit") return false;
    throw literal(option, `${option}[${JSON.stringify(name)}]`);
  };
  if (Array.isArray(json))
    return (json as readonly Json[]).filter(
      (pair) => !Array.isArray(pair) || isOpen(pair[0], pair[1] as Json),
    );
  if (typeof json !== "object" || json === null) return json;
  return Object.fromEntries(Object.entries(json).filter(([name, value]) => isOpen(name, value)));
}

function isSecretIn(option: string, name: string): boolean {
  // Its "key" is the path of a file.
  return option === "cert" ? name === "passphrase" : isSecretName(name);
}

const SCHEME = /^[a-z][a-z0-9+.-]*:(?=[/\\])/i;

/** Does it hold a secret by its kind? */
function isSecret(name: string, json: Json): boolean {
  switch (name) {
    case "auth":
      return json !== false && !isReferred(json);
    case "params":
      return typeof json === "string" && hasSecretIn(json);
    case "baseUrl":
    case "proxy":
    case "proxies":
      return textsIn(json).some(hasUserInfo);
    default:
      return INLINE_KEY.test(JSON.stringify(json));
  }
}

/** Does a URL have a user in it, also one without its scheme? */
function hasUserInfo(url: string): boolean {
  const [authority = ""] = url
    .replace(SCHEME, "")
    .replace(/^[/\\]+/, "")
    .split(/[/\\?#]/, 1);
  return authority.includes("@");
}

/** All texts that are values. */
function textsIn(json: Json): string[] {
  if (typeof json === "string") return [json];
  return typeof json === "object" && json !== null ? Object.values(json).flatMap(textsIn) : [];
}

/** Does a query name a secret? */
function hasSecretIn(query: string): boolean {
  return [...new URLSearchParams(query).keys()].some(isSecretName);
}

/** `{ env }`, or a user with such a password. */
function isReferred(json: Json): boolean {
  if (!Array.isArray(json)) return isReference(json);
  const [user, password] = json as readonly Json[];
  return json.length === 2 && (typeof user === "string" || isReference(user)) && isReference(password);
}
