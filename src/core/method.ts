/**
 * Request methods: what the standard says of them (RFC 9110 §9).
 */

const SAFE: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "QUERY"]);
const IDEMPOTENT: ReadonlySet<string> = new Set([...SAFE, "PUT", "DELETE"]);

/** One or more characters that RFC 9110 §5.6.2 allows in a token: methods, header names, coding names. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Does `text` have the form of a token (RFC 9110 §5.6.2)? */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** Does sending the method twice mean the same as sending it once (RFC 9110 §9.2.2)? */
export function isIdempotent(method: string): boolean {
  return IDEMPOTENT.has(method);
}

/** The field by which a server knows that two requests are one (draft-ietf-httpapi-idempotency-key-header). */
export const IDEMPOTENCY_KEY = "Idempotency-Key";

const NO_CONTENT: ReadonlySet<string> = new Set(["GET", "HEAD", "DELETE", "OPTIONS", "TRACE", "CONNECT"]);

/** Do the method's semantics expect content (RFC 9110 §8.6, §9.3)? Of methods that nobody knows they may. */
export function expectsContent(method: string): boolean {
  return !NO_CONTENT.has(method);
}
