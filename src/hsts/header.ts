/**
 * Reads `Strict-Transport-Security` (RFC 6797 §6.1). Pure, and linear: the field is the server's.
 */
import { withoutBlanks } from "../core/received-text.ts";
import { isToken } from "../core/method.ts";

/** What a host says of itself. */
export interface Policy {
  /** For so many milliseconds from now; 0 takes back what was said. */
  readonly maxAgeMs: number;
  readonly includeSubDomains: boolean;
}

/** Longest age that is kept: a hundred years are for ever, and still a date. */
const MOST_SECONDS = 3_155_760_000;

/** The policy of a field, or `null` when it is malformed: then all of it is ignored (RFC 6797 §6.1, §8.1). */
export function parseStrictTransport(header: string): Policy | null {
  const directives = new Map<string, string | null>();
  for (const directive of directivesIn(header)) {
    const equals = directive.indexOf("=");
    const name = withoutBlanks(equals === -1 ? directive : directive.slice(0, equals)).toLowerCase();
    const value = equals === -1 ? null : valueOf(withoutBlanks(directive.slice(equals + 1)));
    if (!isToken(name) || directives.has(name) || value === undefined) return null;
    directives.set(name, value);
  }
  const age = directives.get("max-age");
  if (age == null || !/^[0-9]+$/.test(age)) return null;
  const maxAgeMs = Math.min(Number(age), MOST_SECONDS) * 1000;
  return { maxAgeMs, includeSubDomains: directives.get("includesubdomains") === null };
}

/** What stands between semicolons, those in quoted strings left out of account (RFC 9110 §5.6.4); not what is empty. */
function* directivesIn(header: string): Generator<string> {
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at <= header.length; at++) {
    const character = header[at];
    if (isQuoted && character === "\\") at++;
    else if (character === '"') isQuoted = !isQuoted;
    else if (at >= header.length || (character === ";" && !isQuoted)) {
      const directive = withoutBlanks(header.slice(start, at));
      if (directive !== "") yield directive;
      start = at + 1;
    }
  }
  // A quoted string that ends in a backslash has no end.
  if (start < header.length) yield header.slice(start);
}

/** A token as it is, a quoted string without its quotes; `undefined` for what is neither. */
function valueOf(text: string): string | undefined {
  if (!text.includes('"')) return text;
  const quoted = /^"((?:[^"\\]|\\.)*)"$/s.exec(text)?.[1];
  return quoted?.replaceAll(/\\(.)/gs, "$1");
}
