/**
 * Where in a message there are secrets: in fields, forms and JSON. What a secret is, is decided by names (`redact.ts`); one in the middle
 * of other text is not known to be one.
 */
import { decoded, isSecretName, secretsOfUrls, type SecretPart } from "./redact.ts";

/** Schemes whose name may stay before the credentials: of others it might be a part of them. */
export const SCHEME: RegExp =
  /^(?:AWS4-HMAC-SHA256|Basic|Bearer|Digest|DPoP|GSS|HOBA|Negotiate|NTLM|Token) +/i;

/** Of these, text is known to be JSON: also several values, one after the other. */
const JSON_ESSENCE = /[/+](?:x-)?(?:nd)?json(?:l|-seq)?$/;

/** Is it JSON, by its type or by what it looks like? */
export function isJson(text: string, essence: string): boolean {
  return JSON_ESSENCE.test(essence) || /^\s*[[{]/.test(text);
}

/** The secrets in the value of a field. */
export function secretsOfField(name: string, value: string): SecretPart[] {
  if (!isSecretName(name)) return secretsOfUrls(value);
  const from = /^(?:proxy-)?authorization$/i.test(name) ? (SCHEME.exec(value)?.[0].length ?? 0) : 0;
  if (value === "") return [];
  return [
    { from, to: value.length, name: from === 0 ? name : /^proxy/i.test(name) ? "proxy-token" : "token" },
  ];
}

/** The secrets in a body of text: of forms and JSON those whose names look secret, of others those in URLs. */
export function secretsOfBody(text: string, type: string): SecretPart[] {
  const essence = /^[^;,\s]*/.exec(type)?.[0].toLowerCase() ?? "";
  if (isJson(text, essence)) return mergedParts(secretMembers(text), secretsOfUrls(text));
  if (essence === "application/x-www-form-urlencoded") return secretsOfForm(text);
  if (essence === "multipart/form-data") return mergedParts(secretFormParts(text), secretsOfUrls(text));
  return secretsOfUrls(text);
}

/** The values of a form whose names look secret, as they are written. */
export function secretsOfForm(text: string): SecretPart[] {
  const parts: SecretPart[] = [];
  let from = 0;
  for (const pair of text.split("&")) {
    const equals = pair.indexOf("=");
    const name = decoded(pair.slice(0, Math.max(equals, 0)));
    if (isSecretName(name) && equals + 1 < pair.length)
      parts.push({ from: from + equals + 1, to: from + pair.length, name });
    from += pair.length + 1;
  }
  return parts;
}

/** The parts of a `multipart/form-data` body whose names look secret (RFC 7578 §4.2), be it cut off at some place. */
export function secretFormParts(text: string): SecretPart[] {
  const boundary = /(?:^|\r\n)--([^\r\n]+)\r\n/.exec(text);
  if (boundary === null) return [];
  const parts: SecretPart[] = [];
  const end = `\r\n--${boundary[1]}`;
  for (let from = boundary.index; from !== -1;) {
    const body = text.indexOf("\r\n\r\n", from);
    if (body === -1) break;
    const next = text.indexOf(end, body + 2);
    const name = /[;\s]name=(?:"((?:[^"\\]|\\.)*)"|([^;\s]*))/i.exec(text.slice(from, body));
    const field = name?.[1] ?? name?.[2] ?? "";
    const part = { from: body + 4, to: next === -1 ? text.length : next, name: decoded(field) };
    if (isSecretName(part.name) && part.from < part.to) parts.push(part);
    from = next;
  }
  return parts;
}

/** A value of JSON under a name that looks secret. */
export interface SecretMember extends SecretPart {
  /** Is it the inside of a text in quotes? Else it is all of a value. */
  readonly isText: boolean;
}

/** A string, which may break off; what stands between values; a piece of something else. */
const JSON_TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"?|[{}[\],:]|[^"{}[\],:]+/gs;

/** The values of members whose names look secret, be they lists or objects. The text may break off at some place. */
export function secretMembers(text: string): SecretMember[] {
  const parts: SecretMember[] = [];
  let before = "";
  /** The name of a secret value that is to come, or has begun; `null` outside of one. */
  let name: string | null = null;
  let from = 0;
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(JSON_TOKEN)) {
    if (token.trim() === "") continue;
    if (name !== null) {
      if (depth === 0) from = index;
      depth += /^[[{]$/.test(token) ? 1 : /^[\]}]$/.test(token) ? -1 : 0;
      if (depth <= 0) {
        const whole = { from, to: index + token.length, name, isText: false };
        parts.push(...(from === index ? leaf(token, index, name) : [whole]));
        depth = 0;
        name = null;
      }
    } else if (token === ":" && isSecretName(memberName(before))) name = memberName(before);
    before = token;
  }
  // It breaks off inside of one.
  if (name !== null && depth > 0) parts.push({ from, to: text.length, name, isText: false });
  return parts;
}

/** A value that is text or a number, without its quotes. That there is none is no secret. */
function leaf(token: string, index: number, name: string): SecretMember[] {
  const value = token.trim();
  if (/^(?:null|true|false|""|[[\]{},:])$/.test(value)) return [];
  const from = index + token.indexOf(value);
  const isText = value.length > 1 && value.startsWith('"') && value.endsWith('"');
  return isText
    ? [{ from: from + 1, to: from + value.length - 1, name, isText }]
    : [{ from, to: from + value.length, name, isText }];
}

function memberName(token: string): string {
  try {
    return String(JSON.parse(token)); // the name may be written with escapes
  } catch {
    return token;
  }
}

/** Both of them, in order: what overlaps is one part. Each list is in order. */
export function mergedParts(some: readonly SecretPart[], others: readonly SecretPart[]): SecretPart[] {
  if (others.length === 0) return [...some];
  const all: SecretPart[] = [];
  for (const part of [...some, ...others].sort((a, b) => a.from - b.from)) {
    const last = all.at(-1);
    if (last === undefined || part.from >= last.to) all.push(part);
    else if (part.to > last.to) all[all.length - 1] = { ...last, to: part.to };
  }
  return all;
}
