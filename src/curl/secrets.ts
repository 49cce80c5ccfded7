/**
 * Where in a request there are secrets, so that a command can leave them to variables of the shell. What a secret is, is decided by
 * names (`core/redact.ts`): one in the middle of other text is not known to be one.
 */
import { decoded, isSecretName, secretsOfUrls, type SecretPart } from "../core/redact.ts";

/** Schemes whose name may stay before the credentials: of others it might be a part of them. */
const SCHEME = /^(?:AWS4-HMAC-SHA256|Basic|Bearer|Digest|DPoP|GSS|HOBA|Negotiate|NTLM|Token) +/i;

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
  if (/[/+](?:x-)?(?:nd)?json(?:l|-seq)?$/.test(essence) || /^\s*[[{]/.test(text)) return secretsOfJson(text);
  if (essence === "application/x-www-form-urlencoded") return secretsOfForm(text);
  return secretsOfUrls(text);
}

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

/** A string, which may break off; what stands between values; a piece of something else. */
const JSON_TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"?|[{}[\],:]|[^"{}[\],:]+/gs;

/** The values of members whose names look secret, be they lists or objects, and what is secret in URLs. */
function secretsOfJson(text: string): SecretPart[] {
  const parts: SecretPart[] = [];
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
        parts.push(
          ...(from === index ? leaf(token, index, name) : [{ from, to: index + token.length, name }]),
        );
        depth = 0;
        name = null;
      }
    } else if (token === ":" && isSecretName(memberName(before))) name = memberName(before);
    else if (token.startsWith('"'))
      for (const part of secretsOfUrls(token))
        parts.push({ ...part, from: index + part.from, to: index + part.to });
    before = token;
  }
  // It breaks off inside of one.
  if (name !== null && depth > 0) parts.push({ from, to: text.length, name });
  return parts;
}

/** A value that is text or a number, without its quotes. That there is none is no secret. */
function leaf(token: string, index: number, name: string): SecretPart[] {
  const value = token.trim();
  if (/^(?:null|true|false|""|[[\]{},:])$/.test(value)) return [];
  const from = index + token.indexOf(value);
  const isText = value.length > 1 && value.startsWith('"') && value.endsWith('"');
  return [
    isText ? { from: from + 1, to: from + value.length - 1, name } : { from, to: from + value.length, name },
  ];
}

function memberName(token: string): string {
  try {
    return String(JSON.parse(token)); // the name may be written with escapes
  } catch {
    return token;
  }
}
