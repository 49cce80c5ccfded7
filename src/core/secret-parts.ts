/**
 * Where in a message there are secrets: in fields, forms and JSON. What a secret is, is decided by names (`redact.ts`); one in the middle
 * of other text is not known to be one.
 */
import { isMarkup, secretsOfMarkup } from "./secret-markup.ts";
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
  if (isMarkup(text, essence)) return mergedParts(secretsOfMarkup(text), secretsOfUrls(text));
  if (essence === "multipart/form-data") return mergedParts(secretFormParts(text), secretsOfUrls(text));
  return secretsOfUrls(text);
}

/** The values of a form whose names look secret, as they are written. */
function secretsOfForm(text: string): SecretPart[] {
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

/** The values of members whose names look secret, be they lists or objects. The text may break off at some place. */
export function secretMembers(text: string): SecretMember[] {
  const parts: SecretMember[] = [];
  let before = "";
  /** The name of a secret value that is to come, or has begun; `null` outside of one. */
  let name: string | null = null;
  let from = 0;
  let depth = 0;
  for (let at = 0, end = 0; at < text.length; at = end) {
    end = tokenEnd(text, at);
    const token = text.slice(at, end);
    if (token.trim() === "") continue;
    if (name !== null) {
      if (depth === 0) from = at;
      depth += /^[[{]$/.test(token) ? 1 : /^[\]}]$/.test(token) ? -1 : 0;
      if (depth <= 0) {
        const whole = { from, to: end, name, isText: false };
        parts.push(...(from === at ? leaf(token, at, name) : [whole]));
        depth = 0;
        name = null;
      }
    } else if (token === ":") name = secretMemberName(before);
    before = token;
  }
  // It breaks off inside of one.
  if (name !== null && depth > 0) parts.push({ from, to: text.length, name, isText: false });
  return parts;
}

/** What stands between values. */
const BETWEEN: ReadonlySet<number> = new Set(Array.from("{}[],:", (sign) => sign.charCodeAt(0)));
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * The end of what begins at `at`: of a string, which may break off, of a sign that stands between values, or of anything else. By hand:
 * it goes over all of a body.
 */
function tokenEnd(text: string, at: number): number {
  const first = text.charCodeAt(at);
  if (first === QUOTE) return stringEnd(text, at);
  let end = at + 1;
  if (BETWEEN.has(first)) return end;
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code === QUOTE || BETWEEN.has(code)) break;
  }
  return end;
}

function stringEnd(text: string, at: number): number {
  for (let quote = text.indexOf('"', at + 1); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let start = quote;
    while (text.charCodeAt(start - 1) === BACKSLASH) start--;
    if ((quote - start) % 2 === 0) return quote + 1;
  }
  return text.length;
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

/** The name of a member, where it looks secret; else `null`. It may be written with escapes. */
function secretMemberName(token: string): string | null {
  let name = token.startsWith('"') && token.endsWith('"') ? token.slice(1, -1) : token.trim();
  if (name.includes("\\")) {
    try {
      name = String(JSON.parse(token));
    } catch {
      // It is no text of JSON: taken as it stands.
    }
  }
  return isSecretName(name) ? name : null;
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
