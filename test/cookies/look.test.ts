/** A look into a jar: the header that a request would get, why the other cookies would not be in it, and nothing that changes by looking. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  noCookies,
  type CookieLook,
  type CookieStore,
  type CookieWithheldReason,
} from "../../src/core/cookie-store.ts";
import { parseUrl } from "../../src/core/url.ts";
import type { CookieAttributes } from "../../src/cookies/cookie.ts";
import { CookieJar } from "../../src/cookies/jar.ts";
import { RequestCookies } from "../../src/cookies/overlay.ts";
import { siteOf } from "../../src/cookies/public-suffix.ts";
import { runs } from "../support/size.ts";

const NOW = 1_700_000_000_000;
const DAY = 86_400_000;

/** A jar whose clock stands still. */
function jarOf(limits: { maxHeaderBytes?: number; maxCookiesPerDomain?: number } = {}): CookieJar {
  return new CookieJar(null, { now: () => NOW, ...limits });
}

function lookAt(jar: CookieStore, url: string, now: number = NOW): CookieLook {
  const look = jar.look?.(parseUrl(url), now) ?? null;
  if (look === null) throw new Error("the store does not show its cookies");
  return look;
}

function reasons({ withheld }: CookieLook): [name: string, reason: CookieWithheldReason][] {
  return withheld.map(({ cookie, reason }) => [cookie.name, reason]);
}

describe("a cookie is withheld", () => {
  it.for<
    readonly [reason: CookieWithheldReason, detail: RegExp, fill: (jar: CookieJar) => unknown, url: string]
  >([
    [
      "host-mismatch",
      /^it is for shop\.example alone$/,
      (jar) => jar.setCookie("a=1", "https://shop.example/"),
      "https://www.shop.example/",
    ],
    [
      "domain-mismatch",
      /^it is for api\.shop\.example and the hosts below it$/,
      (jar) => jar.set("a", "1", { domain: "api.shop.example" }),
      "https://shop.example/",
    ],
    [
      "path",
      /^it is for \/admin and what is below it$/,
      (jar) => jar.set("a", "1", { domain: "shop.example", path: "/admin" }),
      "https://shop.example/administrators",
    ],
    [
      "secure",
      /^it goes over TLS only$/,
      (jar) => jar.set("a", "1", { domain: "shop.example", secure: true }),
      "http://shop.example/",
    ],
    [
      "expired",
      /^it ended at 2023-11-15T22:13:20\.000Z$/,
      (jar) => jar.set("a", "1", { domain: "shop.example", expires: NOW + DAY }),
      "https://shop.example/",
    ],
    [
      "superseded",
      /^the server has set one of its name since$/,
      (jar) => {
        jar.set("a", "1");
        jar.bind("https://shop.example/");
        jar.setCookie("a=2; Path=/", "https://shop.example/");
      },
      "https://shop.example/",
    ],
    [
      "superseded",
      /^the program has set one of its name, which this host takes$/,
      (jar) => {
        jar.setCookie("a=2; Path=/", "https://shop.example/");
        jar.set("a", "1");
      },
      "https://shop.example/",
    ],
    [
      "unbound-elsewhere",
      /^it was set without a domain, and other\.test has taken it$/,
      (jar) => {
        jar.set("a", "1");
        jar.bind("https://other.test/");
      },
      "https://shop.example/",
    ],
  ])("as %s: %s", ([reason, detail, fill, url]) => {
    const jar = jarOf();
    fill(jar);
    const look = lookAt(jar, url, reason === "expired" ? NOW + 2 * DAY : NOW);
    expect(reasons(look)).toEqual([["a", reason]]);
    expect(look.withheld[0]?.detail).toMatch(detail);
  });

  it("as header-full, from the end, with the limit", () => {
    const jar = jarOf({ maxHeaderBytes: 7 });
    for (const name of ["a", "b", "c"]) jar.set(name, "1", { domain: "shop.example" });
    const look = lookAt(jar, "https://shop.example/");
    expect(look.header).toBe("a=1");
    expect(reasons(look)).toEqual([
      ["b", "header-full"],
      ["c", "header-full"],
    ]);
    expect(look.withheld[0]?.detail).toBe("a Cookie header has at most 7 bytes");
  });

  it("as jar-full, when the host would take more than it may have", () => {
    const jar = jarOf({ maxCookiesPerDomain: 2 });
    jar.setCookie("a=1; Path=/", "https://shop.example/");
    jar.set("b", "1").set("c", "1");
    const look = lookAt(jar, "https://shop.example/");
    expect(reasons(look)).toEqual([["a", "jar-full"]]);
    expect(look.header).toBe("b=1; c=1");
    expect(jar.getCookieHeader("https://shop.example/")).toBe(look.header);
  });

  it("and counted, when it is of another site", () => {
    const jar = jarOf();
    for (let at = 0; at < 1000; at++) jar.set("a", "1", { domain: `host${at}.test` });
    jar.set("near", "1", { domain: "other.shop.example" });
    jar.set("mine", "1", { domain: "shop.example" });
    const look = lookAt(jar, "https://shop.example/");
    expect(look.sent.map(({ cookie }) => cookie.name)).toEqual(["mine"]);
    expect(reasons(look)).toEqual([["near", "domain-mismatch"]]);
    expect(look.others).toBe(1000);
  });

  it("and counted, when the URL is of no web scheme", () => {
    const jar = jarOf().set("a", "1", { domain: "shop.example" });
    expect(lookAt(jar, "test://shop.example/")).toEqual({ header: null, sent: [], withheld: [], others: 1 });
  });
});

describe("siteOf", () => {
  it.for([
    ["a.b.shop.example", "shop.example"],
    ["shop.co.uk", "shop.co.uk"],
    ["www.shop.co.uk", "shop.co.uk"],
    ["me.github.io", "me.github.io"],
    ["github.io", "github.io"],
    ["localhost", "localhost"],
    ["127.0.0.1", "127.0.0.1"],
    ["[::1]", "[::1]"],
  ] as const)("of %s is %s", ([host, site]) => {
    expect(siteOf(host)).toBe(site);
  });
});

/** What is done with a jar. */
type Step =
  | { readonly kind: "server"; readonly header: string; readonly url: string }
  | { readonly kind: "program"; readonly name: string; readonly attributes: CookieAttributes }
  | { readonly kind: "ask"; readonly url: string };

const urls = fc.constantFrom(
  "https://shop.example/",
  "http://shop.example/a/b",
  "https://www.shop.example/a",
  "http://other.test/a/",
  "http://127.0.0.1/",
);
const name = fc.constantFrom("a", "b", "c");
const path = fc.constantFrom("/", "/a", "/a/b");
const life = fc.constantFrom(null, NOW + 1, NOW + DAY);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant("server" as const),
    header: fc
      .tuple(name, path, fc.constantFrom("", "; Secure", "; Domain=shop.example", "; Max-Age=1"))
      .map(([one, where, more]) => `${one}=s; Path=${where}${more}`),
    url: urls,
  }),
  fc.record({
    kind: fc.constant("program" as const),
    name,
    attributes: fc
      .record({
        domain: fc.constantFrom("", "shop.example", "www.shop.example", "other.test"),
        path,
        secure: fc.boolean(),
        expires: life,
      })
      .map((attributes): CookieAttributes => attributes),
  }),
  fc.record({ kind: fc.constant("ask" as const), url: urls }),
);

function filled(
  steps: readonly Step[],
  limits: { maxHeaderBytes: number; maxCookiesPerDomain: number },
): CookieJar {
  const jar = jarOf(limits);
  for (const one of steps) {
    if (one.kind === "server") jar.setCookie(one.header, one.url);
    else if (one.kind === "program") jar.set(one.name, "p", one.attributes);
    else jar.getCookieHeader(one.url);
  }
  return jar;
}

const limits = fc.record({
  maxHeaderBytes: fc.constantFrom(7, 16_384),
  maxCookiesPerDomain: fc.constantFrom(2, 180),
});

describe("a look", () => {
  it("shows the header that a request gets, and every cookie once", () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 12 }),
        limits,
        urls,
        fc.constantFrom(0, 2000),
        (steps, most, url, later) => {
          const jar = filled(steps, most);
          const look = lookAt(jar, url, NOW + later);
          const pairs = look.sent.map(({ cookie }) => `${cookie.name}=${cookie.value}`);
          expect(look.header).toBe(pairs.length === 0 ? null : pairs.join("; "));
          const all = [...filled(steps, most)];
          expect(look.sent.length + look.withheld.length + look.others).toBe(all.length);
          expect(jar.select(parseUrl(url), NOW + later)).toBe(look.header);
        },
      ),
      { numRuns: runs(2000) },
    );
  });

  it("changes nothing: what comes after is as it would have been", () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 12 }),
        limits,
        urls,
        fc.array(step, { maxLength: 6 }),
        (steps, most, url, more) => {
          const [looked, other] = [filled(steps, most), filled(steps, most)];
          lookAt(looked, url);
          expect(JSON.stringify(looked)).toBe(JSON.stringify(other));
          for (const jar of [looked, other])
            for (const one of more) {
              if (one.kind === "server") jar.setCookie(one.header, one.url);
              else if (one.kind === "program") jar.set(one.name, "p", one.attributes);
              else jar.getCookieHeader(one.url);
            }
          expect(JSON.stringify(looked)).toBe(JSON.stringify(other));
          expect(looked.getCookieHeader(url)).toBe(other.getCookieHeader(url));
        },
      ),
      { numRuns: runs(1000) },
    );
  });

  it("is no use: what was not used for longest goes first all the same", () => {
    let now = NOW;
    const jar = new CookieJar(null, { maxCookiesPerDomain: 2, now: () => now });
    jar.set("old", "1", { domain: "shop.example" });
    now += DAY;
    jar.set("new", "1", { domain: "shop.example", path: "/other" });
    now += DAY;
    expect(lookAt(jar, "https://shop.example/", now).header).toBe("old=1");
    now += DAY;
    jar.set("newest", "1", { domain: "shop.example" });
    expect([...jar.keys()]).toEqual(["new", "newest"]);
  });
});

describe("a look at the cookies of a request", () => {
  const url = parseUrl("https://shop.example/a");

  function sessionJar(): CookieJar {
    return jarOf().set("sid", "1", { domain: "shop.example" }).set("lang", "en", { domain: "shop.example" });
  }

  it("tells which are its own, and which of the session give way", () => {
    const cookies = new RequestCookies(sessionJar(), { sid: "2", extra: "3" }, url);
    const look = lookAt(cookies, url.href);
    expect(look.header).toBe("sid=2; lang=en; extra=3");
    expect(look.sent.map(({ cookie, from }) => [cookie.name, cookie.value, from])).toEqual([
      ["sid", "2", "request"],
      ["lang", "en", "jar"],
      ["extra", "3", "request"],
    ]);
    expect(reasons(look)).toEqual([["sid", "superseded"]]);
  });

  it("tells of one that is left out", () => {
    const look = lookAt(new RequestCookies(sessionJar(), { sid: null }, url), url.href);
    expect([look.header, reasons(look)]).toEqual(["lang=en", [["sid", "superseded"]]]);
  });

  it("tells of those of a jar what that jar says", () => {
    const own = jarOf()
      .set("sid", "2", { domain: "shop.example" })
      .set("deep", "4", { domain: "shop.example", path: "/x" });
    const look = lookAt(new RequestCookies(sessionJar(), own, url), url.href);
    expect(look.header).toBe("sid=2; lang=en");
    expect(reasons(look)).toEqual([
      ["sid", "superseded"],
      ["deep", "path"],
    ]);
    expect(look.sent[0]).toMatchObject({ from: "request", cookie: { domain: "shop.example" } });
  });

  it("keeps names and values at the host of the call", () => {
    const cookies = new RequestCookies(sessionJar(), { own: "1" }, url);
    expect(lookAt(cookies, "https://other.test/").header).toBe(null);
    // And has not left it by being asked.
    expect(cookies.select(url, NOW)).toBe("sid=1; lang=en; own=1");
  });

  it("shows the header that the request gets", () => {
    const own = fc.dictionary(name, fc.constantFrom("1", null), { maxKeys: 3, noNullPrototype: true });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 10 }), own, urls, urls, (steps, given, first, then) => {
        const most = { maxHeaderBytes: 16_384, maxCookiesPerDomain: 180 };
        const cookies = new RequestCookies(filled(steps, most), given, parseUrl(first));
        for (const target of [first, then]) {
          const look = lookAt(cookies, target);
          expect(cookies.select(parseUrl(target), NOW)).toBe(look.header);
          expect(look.sent.map(({ cookie }) => `${cookie.name}=${cookie.value}`).join("; ")).toBe(
            look.header ?? "",
          );
        }
      }),
      { numRuns: runs(500) },
    );
  });

  it("is none where a store does not show its cookies", () => {
    const silent: CookieStore = { ...noCookies, look: () => null, select: () => "a=1" };
    expect(new RequestCookies(silent, { b: "1" }, url).look(url, NOW)).toBe(null);
    expect(new RequestCookies(sessionJar(), silent, url).look(url, NOW)).toBe(null);
  });
});
