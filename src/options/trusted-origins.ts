/**
 * Reads `trustedOrigins` and `crossOriginHeaders`: what a caller lets cross the border of an origin on purpose.
 *
 * What crosses it anyway, and where the border is, is `redirects/border.ts`.
 */
import { mustBe } from "../core/checks.ts";
import { describe } from "../core/describe.ts";
import { shownName } from "../core/redact.ts";
import { isToken } from "../core/method.ts";
import type { Origin } from "../core/origin.ts";
import { parseOrigin } from "../core/url.ts";

/** Nobody is trusted. */
export const noOrigins: ReadonlySet<Origin> = new Set();

/** Nothing crosses. */
export const noFields: ReadonlySet<string> = new Set();

/** Fields that are made for each hop, or are credentials: those are for `trustedOrigins`, not for any origin. */
const BOUND: ReadonlySet<string> = new Set(["authorization", "cookie", "host", "proxy-authorization"]);

/**
 * The origins of a list; none for `null`.
 *
 * @throws {TypeError} for anything but a list of origins.
 */
export function readTrustedOrigins(value: unknown): ReadonlySet<Origin> {
  if (value === null) return noOrigins;
  if (!Array.isArray(value))
    throw mustBe("trustedOrigins", 'a list of origins such as "https://example.com", or null', value);
  return new Set(value.map((origin) => parseOrigin(origin, "each of trustedOrigins")));
}

/**
 * The names of a list, in lower case; none for `null`.
 *
 * @throws {TypeError} for anything but a list of names of header fields.
 * @throws {RangeError} for a field that carries credentials or belongs to one hop.
 */
export function readCrossOriginHeaders(value: unknown): ReadonlySet<string> {
  if (value === null) return noFields;
  if (!Array.isArray(value))
    throw mustBe("crossOriginHeaders", "a list of names of header fields, or null", value);
  return new Set(value.map(fieldName));
}

function fieldName(name: unknown): string {
  if (typeof name !== "string" || !isToken(name)) {
    const shown = typeof name === "string" ? shownName(name) : describe(name);
    throw new TypeError(
      `each of crossOriginHeaders must be the name of a header field such as "X-Trace-Id", not ${shown}`,
    );
  }
  const lower = name.toLowerCase();
  if (BOUND.has(lower)) {
    throw new RangeError(
      `crossOriginHeaders must not name ${name}: it is for one origin; name the others that may have it in trustedOrigins`,
    );
  }
  return lower;
}
