import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { StoredCookie } from "../../src/core/cookie-store.ts";
import { comparablePath } from "../../src/core/url-spelling.ts";
import { CookieIndex } from "../../src/cookies/cookie-index.ts";
import { domainMatches, domainsOf, pathMatches } from "../../src/cookies/match.ts";

const domain = fc.constantFrom(
  "a.test",
  "x.a.test",
  "y.a.test",
  "z.y.a.test",
  "co.uk",
  "a.co.uk",
  "localhost",
  "::1",
);
const path = fc.constantFrom("/", "/x", "/x/", "/x/y");
const cookie = fc.record<StoredCookie>({
  name: fc.constantFrom("a", "b"),
  value: fc.constant("1"),
  domain: fc.oneof({ weight: 6, arbitrary: domain }, { weight: 1, arbitrary: fc.constant("") }),
  hostOnly: fc.boolean(),
  path,
  expires: fc.option(fc.integer({ min: 1, max: 40 })),
  secure: fc.boolean(),
  httpOnly: fc.constant(false),
  sameSite: fc.constant(null),
  createdAt: fc.constant(0),
});
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ put: cookie }) },
  { weight: 2, arbitrary: fc.record({ removeSame: cookie }) },
  { weight: 1, arbitrary: fc.record({ bind: domain }) },
  { weight: 2, arbitrary: fc.record({ removeExpired: fc.nat(40) }) },
);

/** An index after these steps. Each takes some time; what has expired may still be there. */
function after(steps: readonly (typeof step extends fc.Arbitrary<infer One> ? One : never)[]): CookieIndex {
  const index = new CookieIndex({ maxCookies: 12, maxCookiesPerDomain: 5 });
  for (const [now, one] of steps.entries()) {
    if ("put" in one) index.put(one.put, now);
    else if ("removeSame" in one) index.removeSame(one.removeSame);
    else if ("bind" in one) index.bind(one.bind);
    else index.removeExpired(one.removeExpired);
  }
  return index;
}

const steps = fc.array(step, { maxLength: 60 });

/** What RFC 6265bis §5.7 step 16 says, by a look at all of them. */
function isShadowing(index: CookieIndex, wanted: StoredCookie): boolean {
  const above = domainsOf(wanted.domain);
  return [...index.entries()].some(({ cookie: one, bucket, path: place }) => {
    const isBelow = wanted.domain.includes(".") && domainMatches(bucket.domain, wanted.domain);
    const isThere = isBelow || above.includes(bucket.domain);
    return (
      isThere && one.secure && one.name === wanted.name && pathMatches(comparablePath(wanted.path), place)
    );
  });
}

describe("the index of a jar", () => {
  it("finds the Secure cookie that another one would shadow, as a look at all of them does", () => {
    fc.assert(
      fc.property(steps, cookie, (all, wanted) => {
        const index = after(all);
        expect(index.shadowsSecure(wanted)).toBe(isShadowing(index, wanted));
      }),
    );
  });

  it("finds the cookies of a domain, as a look at all of them does, in their order", () => {
    fc.assert(
      fc.property(steps, fc.oneof(domain, fc.constant("")), (all, wanted) => {
        const index = after(all);
        const found = [...index.entries()].filter((entry) => entry.cookie.domain === wanted);
        expect([...index.entriesOf(wanted)]).toEqual(found);
      }),
    );
  });

  it("lets go of all that have expired, and of nothing else", () => {
    fc.assert(
      fc.property(steps, fc.nat(40), (all, now) => {
        const index = after(all);
        const before = [...index.entries()];
        const left = before.filter(({ cookie: { expires } }) => expires === null || expires > now);
        expect(index.removeExpired(now)).toBe(before.length - left.length);
        expect([...index.entries()]).toEqual(left);
        expect(index.size).toBe(left.length);
      }),
    );
  });

  it("forgets all", () => {
    fc.assert(
      fc.property(steps, cookie, (all, wanted) => {
        const index = after(all);
        index.clear();
        expect([index.size, index.shadowsSecure(wanted), index.removeExpired(100)]).toEqual([0, false, 0]);
        expect([...index.entriesOf(wanted.domain)]).toEqual([]);
        index.put(wanted, 0);
        expect(index.size).toBe(1);
      }),
    );
  });
});
