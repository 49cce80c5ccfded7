/**
 * What of a message may be shown: all of it, but for what usually is a secret. Decided by names (of fields, parameters,
 * members, cookies) and by form; a secret in the middle of other text is not known to be one.
 */
import { withoutBlanks } from "../core/received-text.ts";
import { isSecretName, REDACTED, shownField, shownFields, shownUrls } from "../core/redact.ts";

/** Schemes whose name may stay before the credentials: of others it might be a part of them. */
const SCHEME = /^(?:AWS4-HMAC-SHA256|Basic|Bearer|Digest|DPoP|GSS|HOBA|Negotiate|NTLM|Token)(?= )/i;
/** A challenge of one of these is half of an answer. */
const WITH_TOKEN = /\b(?:Negotiate|NTLM) /i;
const COOKIE_ATTRIBUTE =
  /^[ \t]*(?:domain|path|expires|max-age|secure|httponly|samesite|partitioned|priority)[ \t]*(?:=|$)/i;

/** The value of a header field: one line of it. */
export function hiddenValue(name: string, value: string): string {
  switch (name.toLowerCase()) {
    case "authorization":
    case "proxy-authorization":
      return [...(SCHEME.exec(value) ?? []), REDACTED].join(" ");
    case "www-authenticate":
    case "proxy-authenticate":
      return WITH_TOKEN.test(value) ? REDACTED : shownUrls(value);
    case "cookie":
      return value.split(";").map(hiddenPair).join(";");
    case "set-cookie":
      return value
        .split(";")
        .map((part, at) => (at > 0 && COOKIE_ATTRIBUTE.test(part) ? part : hiddenPair(part)))
        .join(";");
    default:
      return shownField(name, value);
  }
}

/** Name and value of a cookie. Without a name it is all value. */
function hiddenPair(pair: string): string {
  const equals = pair.indexOf("=");
  if (equals > 0) return pair.slice(0, equals + 1) + REDACTED;
  return withoutBlanks(pair) === "" ? pair : ` ${REDACTED}`;
}

/** A body of text, be it cut off at some place. Forms and JSON are told by their type, or by what they look like. */
export function hiddenText(text: string, essence: string): string {
  if (/[/+](?:x-)?(?:nd)?json(?:l|-seq)?$/.test(essence) || /^\s*[[{]/.test(text)) return hiddenJson(text);
  if (essence === "application/x-www-form-urlencoded" || /^[^\s=&<>"]+=[^\s<>"]*$/.test(text))
    return shownFields(text);
  return shownUrls(text);
}

/** A string, which may break off; what stands between values; a piece of something else. */
const JSON_TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"?|[{}[\],:]|[^"{}[\],:]+/gs;

/** Layout and the order of members stay as they are. */
function hiddenJson(text: string): string {
  let shown = "";
  let before = "";
  /** How deep inside a hidden value; `null` outside of one. */
  let depth: number | null = null;
  for (const [token] of text.matchAll(JSON_TOKEN)) {
    const isBlank = token.trim() === "";
    if (depth !== null && !isBlank) {
      if (depth === 0) shown += hiddenToken(token);
      depth += /^[[{]$/.test(token) ? 1 : /^[\]}]$/.test(token) ? -1 : 0;
      if (depth <= 0) depth = null;
    } else if (depth === null || depth === 0) {
      shown += token;
      if (token === ":" && isSecretName(memberName(before))) depth = 0;
    }
    if (!isBlank) before = token;
  }
  return shownUrls(shown);
}

/** What begins a hidden value. That there is none is no secret. */
function hiddenToken(token: string): string {
  const value = token.trim();
  return /^(?:null|true|false)$/.test(value) ? token : token.replace(value, () => JSON.stringify(REDACTED));
}

function memberName(token: string): string {
  try {
    return String(JSON.parse(token)); // the name may be written with escapes
  } catch {
    return token;
  }
}
