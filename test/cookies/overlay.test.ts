import { describe, expect, it } from "vitest";
import type { CookieStore } from "../../src/core/cookie-store.ts";
import { InvalidHeader } from "../../src/core/errors.ts";
import { parseUrl } from "../../src/core/url.ts";
import { CookieJar } from "../../src/cookies/jar.ts";
import { RequestCookies, type RequestCookiesInit } from "../../src/cookies/overlay.ts";

const NOW = Date.UTC(2026, 10, 1);
const A = "https://a.test/";
const sent = (store: CookieStore, url = A): string | null => store.select(parseUrl(url), NOW);

/** A session's jar in which the server of `a.test` set these. */
function sessionJar(...headers: readonly string[]): CookieJar {
  const jar = new CookieJar(null, { now: () => NOW });
  for (const header of headers) jar.setCookie(header, A);
  return jar;
}

const over = (jar: CookieStore, cookies: RequestCookiesInit, url = A): RequestCookies =>
  new RequestCookies(jar, cookies, parseUrl(url));

describe("cookies of one request", () => {
  it("come after those of the session, in their order", () => {
    expect(sent(over(sessionJar(), { b: "2", a: "1" }))).toBe("b=2; a=1");
    expect(sent(over(sessionJar("sid=abc; Path=/"), { mine: "x" }))).toBe("sid=abc; mine=x");
    expect(sent(over(new CookieJar({ sc: "1" }), { rc: "1" }))).toBe("sc=1; rc=1");
    expect(sent(over(sessionJar("sid=abc"), {}))).toBe("sid=abc");
    expect(sent(over(sessionJar(), {}))).toBeNull();
  });

  // PARITY MRG-9
  it("replace those of the session with the same name, on every path", () => {
    const jar = sessionJar("sid=server; Path=/", "sid=deep; Path=/x", "other=1; Path=/");
    expect(sent(over(jar, { sid: "mine" }), `${A}x`)).toBe("sid=mine; other=1");
    expect(sent(jar, `${A}x`)).toBe("sid=deep; sid=server; other=1");
  });

  it("stand where the one of the session stood that they replace", () => {
    const jar = new CookieJar({ a: "s", b: "s", c: "s" });
    expect(sent(over(jar, { d: "r", b: "r" }))).toBe("a=s; b=r; c=s; d=r");
  });

  // PARITY MRG-10
  it("take one of the session out with null, and say nothing with undefined", () => {
    const jar = sessionJar("a=1", "b=2");
    expect(sent(over(jar, { a: null }))).toBe("b=2");
    expect(sent(over(jar, { a: undefined }))).toBe("a=1; b=2");
    expect(sent(over(jar, { a: null, b: null, c: null }))).toBeNull();
  });

  it("are never stored", () => {
    const jar = sessionJar();
    const call = over(jar, { mine: "1" });
    sent(call);
    call.store("theirs=1", parseUrl(A), NOW);
    expect([...jar.keys()]).toEqual(["theirs"]);
    expect(sent(jar)).toBe("theirs=1");
  });

  it.for<readonly [value: string]>([["x y"], ["p=q"], ['"quoted"'], [""], ["1,2"], ["caf\u00e9"]])(
    "send %j as it is",
    ([value]) => {
      expect(sent(over(sessionJar(), { a: value }))).toBe(`a=${value}`);
    },
  );

  it.for(["a;b", "b; admin=1", "b\r\nX-Injected: 1", "\u2603"])("refuse the value %j", (value) => {
    expect(() => over(sessionJar(), { a: value })).toThrow(InvalidHeader);
  });

  it("take names for data, whatever they are", () => {
    expect(
      sent(over(sessionJar("a=1"), JSON.parse('{"__proto__":"p","constructor":"c","select":"s"}') as {})),
    ).toBe("a=1; __proto__=p; constructor=c; select=s");
    expect(() => over(sessionJar(), { a: true as never })).toThrow(TypeError);
    expect(sent(over(sessionJar(), { a: 1 }))).toBe("a=1");
  });

  it("replace nameless by nameless only", () => {
    const jar = sessionJar("=bare", "a=1");
    expect(sent(over(jar, { a: "2" }))).toBe("bare; a=2");
    expect(sent(over(jar, { "": "mine" }))).toBe("mine; a=1");
  });
});

describe("cookies of one request, when it is redirected", () => {
  it("stay with the host of the first hop, on any port", () => {
    const call = over(sessionJar("sid=1"), { mine: "x" });
    expect(sent(call)).toBe("sid=1; mine=x");
    expect(sent(call, "https://a.test:8443/next")).toBe("sid=1; mine=x");
    expect(sent(call, "https://a.test./next")).toBe("sid=1; mine=x");
    expect(sent(call, "https://b.test/")).toBeNull();
  });

  it.for(["https://b.test/", "https://sub.a.test/", "http://a.test/"])(
    "do not come back from %s",
    (elsewhere) => {
      const call = over(sessionJar(), { mine: "x" });
      expect(sent(call)).toBe("mine=x");
      expect(sent(call, elsewhere)).toBeNull();
      expect(sent(call)).toBeNull();
    },
  );

  it("may go from plain HTTP to TLS", () => {
    const call = over(sessionJar(), { mine: "x" }, "http://a.test/");
    expect(sent(call, "http://a.test/")).toBe("mine=x");
    expect(sent(call, "https://a.test/")).toBe("mine=x");
  });

  it("leave the session's cookies of another host alone", () => {
    const jar = sessionJar();
    jar.setCookie("sid=b", "https://b.test/");
    expect(sent(over(jar, { sid: null }), "https://b.test/")).toBe("sid=b");
    expect(sent(over(jar, { sid: "mine" }), "https://b.test/")).toBe("sid=b");
  });

  it("give way to what the server sets meanwhile", () => {
    const call = over(sessionJar("sid=old; Path=/"), { sid: "mine", gone: null });
    expect(sent(call)).toBe("sid=mine");
    call.store("sid=rotated; Path=/", parseUrl(A), NOW);
    call.store("gone=back; Path=/", parseUrl(A), NOW);
    expect(sent(call)).toBe("sid=rotated; gone=back");
  });

  it("come before what the server has set since, and after what was there", () => {
    const call = over(sessionJar("old=1; Path=/", "again=1; Path=/"), { mine: "x" });
    expect(sent(call)).toBe("old=1; again=1; mine=x");
    for (const field of ["new=1; Path=/", "again=2; Path=/", "deep=1; Path=/x"])
      call.store(field, parseUrl(A), NOW);
    expect(sent(call)).toBe("old=1; again=2; mine=x; new=1");
    expect(sent(call, `${A}x`)).toBe("deep=1; old=1; again=2; mine=x; new=1");
  });

  it("but only where that applies", () => {
    const call = over(sessionJar(), { sid: "mine" });
    call.store("sid=deep; Path=/deep", parseUrl(A), NOW);
    expect(sent(call)).toBe("sid=mine");
    expect(sent(call, `${A}deep`)).toBe("sid=deep");
    call.store("sid=other", parseUrl("https://b.test/"), NOW);
    expect(sent(call)).toBe("sid=mine");
  });

  it("go when the server deletes them, and stay when its field is refused", () => {
    const call = over(sessionJar(), { sid: "mine", other: "1" });
    expect(call.store("sid=x; Domain=b.test", parseUrl(A), NOW).kind).toBe("refused");
    expect(sent(call)).toBe("sid=mine; other=1");
    expect(call.store("sid=; Max-Age=0", parseUrl(A), NOW).kind).toBe("deleted");
    expect(sent(call)).toBe("other=1");
    call.store("sid=again; Path=/", parseUrl(A), NOW);
    expect(sent(call)).toBe("other=1; sid=again");
  });
});

describe("a jar for one request", () => {
  it("says itself where its cookies go", () => {
    const own = new CookieJar(null, { now: () => NOW })
      .set("here", "1", { domain: "a.test", path: "/a" })
      .set("there", "2", { domain: "b.test" })
      .set("deep", "3", { path: "/b" });
    const call = over(sessionJar("sid=1; Path=/"), own);
    expect(sent(call, `${A}a/x`)).toBe("sid=1; here=1");
    expect(sent(call, "https://b.test/")).toBe("there=2");
    expect(sent(call, `${A}b`)).toBe("sid=1; deep=3");
    expect(sent(call, "https://c.test/")).toBeNull();
  });

  it("replaces by name, with all it has of that name", () => {
    const own = sessionJar("sid=x; Path=/x", "sid=y; Path=/");
    const call = over(sessionJar("sid=1; Path=/", "b=2; Path=/"), own);
    expect(sent(call, `${A}x`)).toBe("sid=x; sid=y; b=2");
  });

  it("gets nothing of what servers set, and gives way to it", () => {
    const own = sessionJar("sid=x; Path=/");
    const session = sessionJar();
    const call = over(session, own);
    call.store("sid=new; Path=/", parseUrl(A), NOW);
    expect(sent(call)).toBe("sid=new");
    expect(own.get("sid")).toBe("x");
    expect(session.get("sid")).toBe("new");
  });
});
