/**
 * What of a message may be shown: all of it, but for what usually is a secret. Decided by names (of fields, parameters,
 * members, cookies) and by form; a secret in the middle of other text is not known to be one.
 */
import { withoutBlanks } from "../core/received-text.ts";
import { REDACTED, shownField, shownFields, shownUrls, type SecretPart } from "../core/redact.ts";
import { isMarkup, secretsOfMarkup } from "../core/secret-markup.ts";
import { isJson, SCHEME, secretFormParts, secretMembers } from "../core/secret-parts.ts";

/** A challenge of one of these is half of an answer. */
const WITH_TOKEN = /\b(?:Negotiate|NTLM) /i;
const COOKIE_ATTRIBUTE =
  /^[ \t]*(?:domain|path|expires|max-age|secure|httponly|samesite|partitioned|priority)[ \t]*(?:=|$)/i;

/** The value of a header field: one line of it. */
export function hiddenValue(name: string, value: string): string {
  switch (name.toLowerCase()) {
    case "authorization":
    case "proxy-authorization":
      return (SCHEME.exec(value)?.[0] ?? "") + REDACTED;
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
  if (isJson(text, essence)) return hiddenJson(text);
  if (essence === "application/x-www-form-urlencoded" || /^[^\s=&<>"]+=[^\s<>"]*$/.test(text))
    return shownFields(text);
  if (isMarkup(text, essence)) return hiddenParts(text, secretsOfMarkup(text));
  if (essence === "multipart/form-data") return hiddenParts(text, secretFormParts(text));
  return shownUrls(text);
}

function hiddenParts(text: string, parts: readonly SecretPart[]): string {
  return shownUrls(
    replaced(
      text,
      parts.map(({ from, to }) => ({ from, to, by: REDACTED })),
    ),
  );
}

/** Layout and the order of members stay as they are. */
function hiddenJson(text: string): string {
  const parts = secretMembers(text).map(({ from, to, isText }) => ({
    from,
    to,
    by: isText ? REDACTED : JSON.stringify(REDACTED),
  }));
  return shownUrls(replaced(text, parts));
}

/** The text with something else in the place of each part. */
function replaced(
  text: string,
  parts: readonly { readonly from: number; readonly to: number; readonly by: string }[],
): string {
  let shown = "";
  let at = 0;
  for (const { from, to, by } of parts) {
    shown += text.slice(at, from) + by;
    at = to;
  }
  return shown + text.slice(at);
}
