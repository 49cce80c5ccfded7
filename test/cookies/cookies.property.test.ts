import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseUrl } from "../../src/core/url.ts";
import { parseCookieDate } from "../../src/cookies/date.ts";
import { CookieJar } from "../../src/cookies/jar.ts";
import { domainMatches, domainsOf, isTrustworthy, pathMatches } from "../../src/cookies/match.ts";
import { comparablePath } from "../../src/core/url-spelling.ts";
import { parseSetCookie } from "../../src/cookies/parse.ts";

const NOW = Date.UTC(2026, 10, 1);

const name = fc.constantFrom("a", "b", "sid", "__proto__", "__Host-x", "__Secure-y", "");
const host = fc.constantFrom(
  "a.test",
  "www.a.test",
  "x.www.a.test",
  "b.test",
  "co.uk",
  "s.co.uk",
  "localhost",
  "127.0.0.1",
  "[::1]",
);
const path = fc.constantFrom("/", "/x", "/x/", "/x/y", "/xy", "/x;v=1/y");
const url = fc
  .tuple(fc.constantFrom("http", "https"), host, path)
  .map(([scheme, domain, place]) => `${scheme}://${domain}${place}`);
const attribute = fc.oneof(
  path.map((value) => `Path=${value}`),
  host.map((value) => `Domain=${value}`),
  fc.constantFrom(
    "Secure",
    "HttpOnly",
    "SameSite=None",
    "SameSite=Lax",
    "Domain=",
    "Path=",
    "Max-Age=0",
    "Max-Age=-5",
  ),
  fc.integer({ min: 1, max: 1e12 }).map((seconds) => `Max-Age=${seconds}`),
  fc.date({ noInvalidDate: true }).map((date) => `Expires=${date.toUTCString()}`),
);
/** A plausible field: what servers send, and what they should not. */
const field = fc
  .tuple(name, fc.string({ maxLength: 12 }), fc.array(attribute, { maxLength: 5 }))
  .map(([key, value, attributes]) => [`${key}=${value}`, ...attributes].join("; "));
const noise = fc.string({ unit: "binary", maxLength: 200 });
/** Half of the time in the same millisecond: as fields of one response are. */
const wait = fc.oneof(fc.constant(0), fc.nat(100_000));
const step = fc.tuple(fc.oneof({ weight: 4, arbitrary: field }, noise), url, wait);

/** A jar after these fields, and the latest time. */
function after(
  steps: readonly (readonly [string, string, number])[],
  options = {},
): { jar: CookieJar; now: number } {
  const clock = { now: NOW };
  const jar = new CookieJar(null, { ...options, now: () => clock.now });
  for (const [header, from, wait] of steps) {
    clock.now += wait;
    jar.store(header, parseUrl(from), clock.now);
  }
  return { jar, now: clock.now };
}

/** The cookies in an order of their own: a jar's is that in which its domains came. */
const sorted = (jar: CookieJar): string[] => [...jar].map((cookie) => JSON.stringify(cookie)).sort();

describe("a Set-Cookie field", () => {
  it("never makes the parser or the jar throw", () => {
    fc.assert(
      fc.property(fc.oneof(noise, field), url, (header, from) => {
        const parsed = parseSetCookie(header);
        const verdict = new CookieJar().store(header, parseUrl(from), NOW);
        if (parsed.kind === "refused") expect(verdict).toEqual(parsed);
        else
          expect(verdict).toMatchObject(
            verdict.kind === "stored" ? { cookie: { name: parsed.name } } : { name: parsed.name },
          );
      }),
    );
  });

  it("is read in time that grows with its length", () => {
    // Counted, not timed: a string that counts how often it is searched would not be a string. So: sizes at which
    // anything quadratic would run into the time limit of the test.
    for (const unit of [
      ";",
      "; a",
      "=;",
      " ",
      "\t=",
      "; Expires=1 1",
      ";Max-Age=9",
      "; Domain=.a",
      "\u00e9",
      "\u2603",
    ]) {
      const long = `a=1; ${unit.repeat(1_000_000)}`;
      expect(parseSetCookie(long).kind).toBe("parsed");
    }
    expect(parseSetCookie(`a${" ".repeat(4_000_000)}=1`)).toMatchObject({ name: "a", value: "1" });
    expect(parseCookieDate("1 ".repeat(2_000_000))).toBeNull();
  });

  it("with any name and value that can stand in one comes back as it was", () => {
    const text = fc.string({
      unit: fc.integer({ min: 0x21, max: 0xff }).map((code) => String.fromCharCode(code)),
    });
    const clean = text.map((value) => value.replace(/[;\x7f]/g, ""));
    fc.assert(
      fc.property(
        clean.map((value) => `n${value.replaceAll("=", "")}`),
        clean,
        (key, value) => {
          const jar = new CookieJar(null, { now: () => NOW });
          jar.setCookie(`${key}=${value}; Path=/`, "https://a.test/");
          expect(jar.getCookieHeader("https://a.test/")).toBe(`${key}=${value}`);
          expect(new CookieJar().set(key, value).getCookieHeader("https://a.test/")).toBe(`${key}=${value}`);
        },
      ),
    );
  });
});

describe("a cookie date", () => {
  it("that `Date` wrote is read to the second", () => {
    const dates = fc.date({
      min: new Date(Date.UTC(1601, 0, 1)),
      max: new Date(Date.UTC(9999, 11, 31)),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(dates, (date) => {
        expect(parseCookieDate(date.toUTCString())).toBe(Math.floor(date.getTime() / 1000) * 1000);
      }),
    );
  });

  it("is a time or nothing, whatever the text", () => {
    const words = fc.array(
      fc.constantFrom("1", "31", "99", "2027", "Feb", "oct", "12:00:00", "9:9:9", "x", ":", "GMT", "25:0:0"),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          words.map((all) => all.join(" ")),
        ),
        (text) => {
          const time = parseCookieDate(text);
          if (time !== null) expect(new Date(time).getUTCFullYear()).toBeGreaterThanOrEqual(1601);
        },
      ),
    );
  });
});

describe("a jar", () => {
  it("sends what the rules say, however the header was made before", () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 25 }),
        fc.array(url, { minLength: 1, maxLength: 4 }),
        (steps, urls) => {
          const clock = { now: NOW };
          const jar = new CookieJar(null, { now: () => clock.now });
          for (const [header, from, wait] of steps) {
            clock.now += wait;
            jar.store(header, parseUrl(from), clock.now);
            for (const to of urls) {
              // The rules of §5.8.3, written without index and without memory
              const target = parseUrl(to);
              const fit = [...jar]
                .map((cookie, order) => ({ cookie, order }))
                .filter(({ cookie }) =>
                  cookie.hostOnly ? cookie.domain === target.host : domainMatches(target.host, cookie.domain),
                )
                .filter(
                  ({ cookie }) =>
                    pathMatches(comparablePath(target.path), comparablePath(cookie.path)) &&
                    (!cookie.secure || isTrustworthy(target, true)),
                );
              const header = jar.select(target, clock.now);
              const pairs = fit.map(({ cookie }) =>
                cookie.name === "" ? cookie.value : `${cookie.name}=${cookie.value}`,
              );
              expect(header === null ? [] : header.split("; ").sort()).toEqual(pairs.sort());
              expect(header).toBe(
                CookieJar.fromJSON(jar.toJSON(), { now: () => clock.now }).select(target, clock.now),
              );
            }
          }
        },
      ),
    );
  });

  it("puts longer paths first, and the older cookie before the newer", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("/", "/x", "/x/", "/x/y"), { maxLength: 12 }), (paths) => {
        const jar = new CookieJar(null, { now: () => NOW });
        for (const [at, place] of paths.entries()) {
          jar.store(`${at}=${at}; Path=${place}`, parseUrl("https://a.test/"), NOW + Math.floor(at / 2));
        }
        const header = jar.getCookieHeader("https://a.test/x/y") ?? "";
        const order = header
          .split("; ")
          .filter(Boolean)
          .map((pair) => Number(pair.split("=")[0]));
        for (const [at, later] of order.slice(1).entries()) {
          const earlier = order[at] ?? Number.NaN;
          const longer = (paths[earlier] ?? "").length - (paths[later] ?? "").length;
          expect(longer > 0 || (longer === 0 && earlier < later)).toBe(true);
        }
      }),
    );
  });

  it("comes back from JSON as it was", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const { jar, now } = after(steps);
        const data: unknown = JSON.parse(JSON.stringify(jar));
        expect(sorted(CookieJar.fromJSON(data, { now: () => now }))).toEqual(sorted(jar));
        expect(sorted(jar.clone())).toEqual(sorted(jar));
      }),
    );
  });

  it("keeps its limits", () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 60 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 3 }),
        (steps, all, each) => {
          const { jar } = after(steps, { maxCookies: all, maxCookiesPerDomain: each });
          const domains = [...jar].map(({ domain }) => domain);
          expect(domains.length).toBeLessThanOrEqual(all);
          for (const domain of domains)
            expect(domains.filter((other) => other === domain).length).toBeLessThanOrEqual(each);
          expect(jar.size).toBe(domains.length);
        },
      ),
    );
  });

  it("sends nothing to a host that no domain of its cookies covers", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), url, (steps, to) => {
        const { jar, now } = after(steps);
        const target = parseUrl(to);
        const domains = new Set(domainsOf(target.host));
        for (const { domain } of jar) if (domains.has(domain)) return;
        expect(jar.select(target, now)).toBeNull();
      }),
    );
  });
});
