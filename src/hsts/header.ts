/**
 * Reads `Strict-Transport-Security` (RFC 6797 §6.1).
 *
 * May import: `core/`. Pure.
 */
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
  for (const part of header.split(";")) {
    const directive = part.trim();
    if (directive === "") continue;
    const equals = directive.indexOf("=");
    const name = (equals === -1 ? directive : directive.slice(0, equals)).trim().toLowerCase();
    if (!isToken(name) || directives.has(name)) return null;
    directives.set(name, equals === -1 ? null : unquoted(directive.slice(equals + 1).trim()));
  }
  const age = directives.get("max-age");
  if (age == null || !/^[0-9]+$/.test(age)) return null;
  const maxAgeMs = Math.min(Number(age), MOST_SECONDS) * 1000;
  return { maxAgeMs, includeSubDomains: directives.get("includesubdomains") === null };
}

function unquoted(value: string): string {
  return value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
}
