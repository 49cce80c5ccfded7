/**
 * Cookies become a `Cookie` header: which comes first, and how they are written (RFC 6265bis §5.8.3).
 */
import type { StoredCookie } from "../core/cookie-store.ts";

/** A cookie with its place among those of the same millisecond. */
export interface Ordered {
  readonly cookie: StoredCookie;
  /** Counts up with every cookie that a jar takes in anew. */
  readonly order: number;
}

/** §5.8.3 step 2: longer paths first, then the older cookie. */
export function byPathThenAge(a: Ordered, b: Ordered): number {
  return (
    b.cookie.path.length - a.cookie.path.length ||
    a.cookie.createdAt - b.cookie.createdAt ||
    a.order - b.order
  );
}

/** `name=value`; a nameless cookie is its value alone. */
export function formatCookie(name: string, value: string): string {
  return name === "" ? value : `${name}=${value}`;
}

/**
 * The value of a `Cookie` header, of at most `maxBytes`; `null` for no cookies. What does not fit is left out from the
 * end: the newest and the broadest, so that a flood of cookies never drives out the older ones (CVE-2022-32205 of curl).
 */
export function formatCookieHeader(sorted: readonly Ordered[], maxBytes: number): string | null {
  let header = "";
  for (const { cookie } of sorted) {
    const pair = formatCookie(cookie.name, cookie.value);
    if (header === "") {
      if (pair.length <= maxBytes) header = pair;
    } else if (header.length + 2 + pair.length <= maxBytes) {
      header = `${header}; ${pair}`;
    }
  }
  return header === "" ? null : header;
}
