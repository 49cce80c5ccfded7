import { describe, expect, it } from "vitest";
import { InvalidHeader } from "../../src/core/errors.ts";
import { parseUrl } from "../../src/core/url.ts";
import type { CookieAttributes } from "../../src/cookies/cookie.ts";
import { CookieJar } from "../../src/cookies/jar.ts";

const NOW = Date.UTC(2026, 10, 1);
const jarAt = (): CookieJar => new CookieJar(null, { now: () => NOW });
const A = "https://a.test/";
const B = "https://b.test/";

describe("a cookie that the program sets without a domain", () => {
  it("belongs to the first host that is asked for, and to no other", () => {
    const jar = jarAt().set("token", "t");
    expect(jar.getCookieHeader(`${A}x`)).toBe("token=t");
    expect(jar.getCookieHeader(B)).toBeNull();
    expect(jar.getCookieHeader("https://sub.a.test/")).toBeNull();
    expect(jar.getCookieHeader(A)).toBe("token=t");
  });

  it("is bound even where its path or Secure keeps it from being sent", () => {
    const jar = jarAt().set("p", "1", { path: "/x" }).set("s", "1", { secure: true });
    expect(jar.getCookieHeader("http://a.test/")).toBeNull();
    expect(jar.getCookieHeader("https://b.test/x")).toBeNull();
    expect(jar.getCookieHeader("https://a.test/x")).toBe("p=1; s=1");
  });

  it('keeps "" as its domain', () => {
    const jar = jarAt().set("token", "t");
    jar.getCookieHeader(A);
    expect([...jar]).toMatchObject([{ name: "token", domain: "", path: "/", hostOnly: true }]);
    expect(jar.get("token", { domain: "" })).toBe("t");
    expect(jar.get("token", { domain: "a.test" })).toBeNull();
  });

  it("can be given to a host beforehand", () => {
    const jar = jarAt().set("token", "t");
    jar.bind("https://a.test/some/path");
    jar.bind(B);
    expect(jar.getCookieHeader(B)).toBeNull();
    expect(jar.getCookieHeader(A)).toBe("token=t");
  });

  it("stays with its host when it is set again", () => {
    const jar = jarAt().set("token", "1");
    jar.bind(A);
    jar.set("token", "2");
    expect(jar.getCookieHeader(B)).toBeNull();
    expect(jar.getCookieHeader(A)).toBe("token=2");
    expect(jar.size).toBe(1);
  });

  it("is for a new first host after it was deleted", () => {
    const jar = jarAt().set("token", "1");
    jar.bind(A);
    jar.set("token", null).set("token", "2");
    expect(jar.getCookieHeader(B)).toBe("token=2");
    expect(jar.getCookieHeader(A)).toBeNull();
  });

  it("does not wait for a host when others of its kind have one", () => {
    const jar = jarAt().set("one", "1");
    jar.bind(A);
    jar.set("two", "2");
    expect(jar.getCookieHeader(B)).toBe("two=2");
    expect(jar.getCookieHeader(A)).toBe("one=1");
  });

  it("stays in sight when the server sets the same, but only the server's is sent", () => {
    const jar = jarAt().set("sid", "mine").set("other", "1");
    jar.bind(A);
    jar.setCookie("sid=theirs; Path=/", A);
    jar.setCookie("other=deep; Path=/deep", A);
    expect(jar.getCookieHeader(A)).toBe("other=1; sid=theirs");
    expect(jar.get("sid")).toBe("theirs");
    expect(jar.getDict()).toEqual({ sid: "theirs", other: "deep" });
    expect([...jar.entries()]).toContainEqual(["sid", "mine"]);
    jar.setCookie("sid=theirs; Path=/", A);
    expect(jar.getCookieHeader(A)).toBe("other=1; sid=theirs");
  });

  it("gives way also to a cookie of the server's domain", () => {
    const jar = jarAt().set("sid", "mine");
    jar.bind("https://www.a.test/");
    jar.setCookie("sid=theirs; Path=/; Domain=a.test", "https://www.a.test/");
    expect(jar.getCookieHeader("https://www.a.test/")).toBe("sid=theirs");
  });

  it("goes when the server deletes it", () => {
    const jar = jarAt().set("sid", "mine");
    jar.bind(A);
    expect(jar.setCookie("sid=; Path=/; Max-Age=0", A)).toEqual({ kind: "deleted", name: "sid" });
    expect(jar.getCookieHeader(A)).toBeNull();
    expect(jar.size).toBe(0);
  });

  it("replaces the server's when it is set afterwards", () => {
    const jar = jarAt();
    jar.setCookie("sid=theirs; Path=/", A);
    jar.set("sid", "mine");
    expect(jar.getCookieHeader(A)).toBe("sid=mine");
    jar.setCookie("sid=newer; Path=/", A);
    expect(jar.getCookieHeader(A)).toBe("sid=newer");
    jar.set("sid", "newest");
    expect(jar.getCookieHeader(A)).toBe("sid=newest");
    expect(jar.size).toBe(1);
  });
});

describe("a cookie that the program sets with a domain", () => {
  it.for<readonly [domain: string, hosts: readonly string[], not: readonly string[]]>([
    ["example.com", ["example.com", "www.example.com"], ["badexample.com", "com"]],
    [".Example.COM", ["example.com", "www.example.com"], []],
    ["example.com.", ["example.com"], []],
    ["localhost", ["localhost"], ["a.localhost"]],
    ["127.0.0.1", ["127.0.0.1"], ["127.0.0.2"]],
    ["[::1]", ["[::1]"], []],
    ["b\u00fccher.de", ["xn--bcher-kva.de", "www.b\u00fccher.de"], []],
    // Strangers live below these.
    ["co.uk", ["co.uk"], ["example.co.uk"]],
    ["github.io", ["github.io"], ["me.github.io"]],
  ])("%s goes there and not elsewhere", ([domain, hosts, not]) => {
    const jar = jarAt().set("a", "1", { domain });
    for (const host of hosts) expect(jar.getCookieHeader(`http://${host}/`), host).toBe("a=1");
    for (const host of not) expect(jar.getCookieHeader(`http://${host}/`), host).toBeNull();
  });

  it("is for that host alone when asked to be", () => {
    const jar = jarAt().set("a", "1", { domain: "example.com", hostOnly: true });
    expect(jar.getCookieHeader("https://example.com/")).toBe("a=1");
    expect(jar.getCookieHeader("https://www.example.com/")).toBeNull();
  });
});

describe("set()", () => {
  it("takes the attributes of a cookie", () => {
    const jar = jarAt().set("a", 1, {
      domain: "a.test",
      path: "/p",
      expires: new Date(NOW + 5000),
      secure: true,
      httpOnly: true,
      sameSite: "lax",
    });
    expect([...jar]).toEqual([
      {
        name: "a",
        value: "1",
        domain: "a.test",
        hostOnly: false,
        path: "/p",
        expires: NOW + 5000,
        secure: true,
        httpOnly: true,
        sameSite: "lax",
        createdAt: NOW,
      },
    ]);
  });

  it.for<readonly [attributes: CookieAttributes, expires: number | null]>([
    [{}, null],
    [{ expires: null }, null],
    [{ expires: NOW + 1 }, NOW + 1],
    [{ expires: Number.POSITIVE_INFINITY }, null],
    [{ maxAge: 60 }, NOW + 60_000],
    [{ maxAge: 60, expires: NOW + 1 }, NOW + 60_000],
    [{ maxAge: null, expires: NOW + 1 }, NOW + 1],
    [{ maxAge: Number.POSITIVE_INFINITY }, null],
  ])("with %j ends at %d", ([attributes, expires]) => {
    expect(jarAt().set("a", "1", attributes).getCookie("a")?.expires).toBe(expires);
  });

  // PARITY COO-19
  it.for<CookieAttributes>([{ expires: NOW }, { expires: new Date(0) }, { maxAge: 0 }, { maxAge: -1 }])(
    "with %j deletes",
    (attributes) => {
      const jar = jarAt().set("a", "1").set("b", "1", { domain: "b.test" });
      jar
        .set("a", "2", attributes)
        .set("b", "2", { ...attributes, domain: "b.test" })
        .set("none", "1", attributes);
      expect(jar.size).toBe(0);
    },
  );

  it("with null deletes all of that name, or those of a domain and path", () => {
    const jar = jarAt()
      .set("a", "1")
      .set("a", "2", { domain: "a.test" })
      .set("a", "3", { domain: "a.test", path: "/x" });
    expect(jar.set("a", null, { domain: "a.test", path: "/x" }).size).toBe(2);
    expect(jar.set("a", null, { path: "/nowhere" }).size).toBe(2);
    expect(jar.set("a", null).size).toBe(0);
  });

  it("knows what a prefix asks for", () => {
    const jar = jarAt()
      .set("__Host-a", "1")
      .set("__Http-b", "1")
      .set("__Host-Http-c", "1", { domain: "a.test" });
    expect([...jar]).toMatchObject([
      { name: "__Host-a", secure: true, hostOnly: true, httpOnly: false },
      { name: "__Http-b", secure: true, httpOnly: true },
      { name: "__Host-Http-c", secure: true, httpOnly: true, hostOnly: true },
    ]);
    expect(() => jar.set("__Host-a", "1", { path: "/x" })).toThrow(TypeError);
    expect(() => jar.set("__Secure-a", "1", { secure: false })).toThrow(/__Secure-a.*prefix/);
    expect(() => jar.set("__http-a", "1", { httpOnly: false })).toThrow(TypeError);
  });

  it.for<readonly [name: string, value: string]>([
    ["a", "x y"],
    ["a", "p=q"],
    ["a", '"quoted"'],
    ["a", ""],
    ["a", "1,2\t3"],
    ["a", "caf\u00e9"],
    ["a b", "1"],
    ["", "nameless"],
    ["__proto__", "1"],
  ])("sends %j=%j as it is", ([name, value]) => {
    expect(jarAt().set(name, value).getCookieHeader(A)).toBe(name === "" ? value : `${name}=${value}`);
  });

  it.for<readonly [name: string, value: string, message: RegExp]>([
    ["a", "b; admin=1", /"a".*value has a semicolon/],
    ["a;b", "1", /name has a semicolon/],
    ["a", "b\r\nX-Injected: 1", /value has a control character/],
    ["a\x00", "1", /name has a control character/],
    ["a", "\x7f", /value has a control character/],
    ["a", "\u2603", /value has a character beyond latin-1.*encodeURIComponent/],
    ["\u2603", "1", /name has a character beyond latin-1/],
    ["a=b", "1", /cannot be told apart/],
    ["", "a=b", /cannot be told apart/],
    ["", "", /cannot be told apart/],
  ])("refuses %j=%j as no header can hold it", ([name, value, message]) => {
    const jar = jarAt();
    expect(() => jar.set(name, value)).toThrow(InvalidHeader);
    expect(() => jar.set(name, value)).toThrow(message);
    expect(jar.size).toBe(0);
  });

  it("never shows a value that it refuses", () => {
    expect(() => jarAt().set("a", "s3cret;")).toThrow(/^(?!.*s3cret)/s);
  });

  it.for<readonly [name: unknown, value: unknown, attributes: unknown, message: RegExp]>([
    [1, "1", {}, /name must be a string, not number/],
    ["a", true, {}, /value of cookie "a" must be a string, a finite number or null, not boolean/],
    ["a", Number.NaN, {}, /value of cookie "a" must be a string, a finite number or null, not NaN/],
    ["a", Infinity, {}, /value of cookie "a" must be a string, a finite number or null, not Infinity/],
    ["a", undefined, {}, /not undefined/],
    ["a", {}, {}, /not Object/],
    ["a", "1", { port: 80 }, /a cookie has no option "port"/],
    ["a", "1", { constructor: 1 }, /a cookie has no option "constructor"/],
    ["a", "1", { secure: "yes" }, /secure must be a boolean, not string/],
    ["a", "1", { httpOnly: 1 }, /httpOnly must be a boolean/],
    ["a", "1", { hostOnly: null }, /hostOnly must be a boolean/],
    ["a", "1", { domain: 1 }, /domain must be a string/],
    ["a", "1", { domain: "https://a.test" }, /domain.*no host/],
    ["a", "1", { domain: "a.test:80" }, /domain.*no host/],
    ["a", "1", { domain: "a b" }, /domain.*no host/],
    ["a", "1", { domain: "\u00fc:80" }, /domain.*no host/],
    ["a", "1", { path: 1 }, /path must be a string/],
    ["a", "1", { path: "x" }, /path.*begin with "\/"/],
    ["a", "1", { path: "/;" }, /path/],
    ["a", "1", { path: "/\n" }, /path/],
    ["a", "1", { maxAge: "60" }, /maxAge must be a number, not string/],
    ["a", "1", { maxAge: Number.NaN }, /maxAge must be a number, not NaN/],
    ["a", "1", { expires: "tomorrow" }, /expires must be a valid Date/],
    ["a", "1", { expires: new Date(Number.NaN) }, /expires must be a valid Date/],
    [
      "a",
      "1",
      { sameSite: "no_restriction" },
      /sameSite must be "strict", "lax", "none" or null, not "no_restriction"/,
    ],
    [
      "a",
      "1",
      { expires: 1_800_000_000 },
      /expires is 1800000000, which looks like seconds.*1800000000 \* 1000/,
    ],
    ["a", "1", { expires: 3600 }, /expires is 3600, which looks like seconds/],
    ["a", "1", { expires: -1 }, /expires is -1, which is no time of a cookie: write null/],
  ])("set(%j, %j, %j) is an error", ([name, value, attributes, message]) => {
    const jar = jarAt();
    const set = (): unknown => Reflect.apply(jar.set.bind(jar), jar, [name, value, attributes]);
    expect(set).toThrow(TypeError);
    expect(set).toThrow(message);
  });

  it("looks at no attribute that only the prototype has", () => {
    Object.defineProperty(Object.prototype, "domain", { value: "evil.test", configurable: true });
    try {
      const jar = jarAt().set("a", "1", {});
      expect(jar.getCookieHeader("https://evil.test/")).toBe("a=1");
      expect(jar.getCookieHeader("https://www.evil.test/")).toBeNull();
      expect([...jar][0]?.domain).toBe("");
      expect(jar.get("a")).toBe("1");
      expect(jar.has("a", {})).toBe(true);
    } finally {
      Reflect.deleteProperty(Object.prototype, "domain");
    }
  });

  it("binds nothing to a host when asked for the cookies of one that a server set", () => {
    const jar = jarAt().set("mine", "1");
    jar.store("theirs=1", parseUrl(B), NOW);
    expect(jar.get("theirs")).toBe("1");
    expect(jar.getCookieHeader(A)).toBe("mine=1");
  });
});
