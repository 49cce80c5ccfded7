/**
 * Which cookies go when there are too many: RFC 6265bis §5.7, "remove excess cookies". Expired ones are gone before
 * this is asked.
 */
import type { Bucket, Entry } from "./cookie-index.ts";

/** Of a domain with too many, the one to go: those without `Secure` first, then the one that was not used for longest. */
export function excessOfDomain(bucket: Bucket): Entry | undefined {
  let worst: Entry | undefined;
  for (const entry of bucket.entries.values()) {
    if (worst === undefined || goesBefore(entry, worst)) worst = entry;
  }
  return worst;
}

function goesBefore(a: Entry, b: Entry): boolean {
  if (a.cookie.secure !== b.cookie.secure) return !a.cookie.secure;
  return byAccess(a, b) < 0;
}

/** The `count` cookies of a whole jar that were not used for longest. */
export function excessOfJar(entries: Iterable<Entry>, count: number): Entry[] {
  return [...entries].sort(byAccess).slice(0, count);
}

function byAccess(a: Entry, b: Entry): number {
  return a.accessedAt - b.accessedAt || a.order - b.order;
}

/** A full jar makes room for a twentieth at once, so that not each new cookie costs a look at all the others. */
export function roomFor(maxCookies: number): number {
  return Math.max(1, Math.floor(maxCookies / 20));
}
