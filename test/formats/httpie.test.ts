/** Session files of HTTPie, in both layouts, in and out. */
import { describe, expect, it } from "vitest";

import { formatHttpie, parseHttpie, type HttpieSource, type Problem } from "../../src/formats.ts";
import { CookieJar, HttpBearerAuth, Session, type StoredCookie } from "../../src/index.ts";

const NOW = Date.UTC(2026, 10, 30);
const LATER = Date.UTC(2100, 0, 1);

const meta = { about: "HTTPie session file", help: "https://httpie.io/docs#sessions", httpie: "3.2.1" };
const nobody = { type: null, username: null, password: null };
const file = (more: object): object => ({ __meta__: meta, auth: nobody, cookies: [], headers: [], ...more });

const read = (more: object, host?: string): ReturnType<typeof parseHttpie> =>
  parseHttpie(file(more), { now: NOW, host });

const base = { name: "sid", value: "1", domain: "pie.example", path: "/", secure: false, expires: null };
const usual: StoredCookie = {
  name: "sid",
  value: "1",
  domain: "pie.example",
  hostOnly: true,
  path: "/",
  expires: null,
  secure: false,
  httpOnly: false,
  sameSite: null,
  createdAt: NOW,
};

describe("a cookie of HTTPie", () => {
  it.for<readonly [fields: object, cookie: Partial<StoredCookie>]>([
    [{}, {}],
    [{ domain: ".pie.example" }, { hostOnly: false }],
    [
      { secure: true, expires: LATER / 1000, path: "/x" },
      { secure: true, expires: LATER, path: "/x" },
    ],
    [{ expires: LATER / 1000 + 0.5 }, { expires: LATER + 500 }],
    [{ domain: "localhost.local" }, { domain: "localhost" }],
    [{ domain: "127.0.0.1" }, { domain: "127.0.0.1" }],
    [{ domain: "[::1].local" }, { domain: "[::1]" }],
    // It may be a name of its own.
    [{ domain: "printer.local" }, { domain: "printer.local" }],
    [{ value: "caf\u00e9" }, { value: "caf\u00e9" }],
  ])("%j is taken as it is meant", ([fields, cookie]) => {
    const { cookies, problems } = read({ cookies: [{ ...base, ...fields }] });
    expect([cookies, problems]).toEqual([[{ ...usual, ...cookie }], []]);
  });

  it.for<readonly [fields: object, problem: Partial<Problem>]>([
    [{ domain: null }, { reason: "unbound", name: "sid" }],
    [{ domain: "" }, { reason: "unbound" }],
    [{ domain: undefined }, { reason: "unbound" }],
    [{ domain: 5 }, { reason: "kind" }],
    [{ expires: 5 }, { reason: "expired" }],
    [{ expires: LATER }, { reason: "expiry" }],
    [{ expires: "2100" }, { reason: "kind" }],
    [{ value: null }, { reason: "kind" }],
    [{ name: undefined }, { reason: "kind", name: null }],
    [{ value: "\u2603" }, { reason: "character" }],
  ])("%j is a problem, and the others are taken", ([fields, problem]) => {
    const { cookies, problems } = read({
      cookies: [
        { ...base, ...fields },
        { ...base, name: "z" },
      ],
    });
    expect(cookies.map(({ name }) => name)).toEqual(["z"]);
    expect(problems).toMatchObject([{ where: "cookies[0]", line: null, ...problem }]);
  });

  it("without a domain is for the host that the program names, and for no other", () => {
    const cookies = [
      { ...base, domain: null },
      { ...base, name: "other" },
    ];
    const found = read({ cookies }, "API.example");
    expect(found.problems).toEqual([]);
    expect(found.cookies.map(({ domain, hostOnly }) => [domain, hostOnly])).toEqual([
      ["api.example", true],
      ["pie.example", true],
    ]);
  });

  it("of the old layout has its name outside, and no domain", () => {
    const cookies = {
      sid: { value: "1", path: "/", secure: false, expires: null },
      __proto__x: { value: "2" },
    };
    expect(read({ cookies }).problems).toMatchObject([
      { where: "cookies[0]", name: "sid", reason: "unbound" },
      { where: "cookies[1]", name: "__proto__x", reason: "unbound" },
    ]);
    const found = read({ cookies }, "pie.example");
    expect(found.problems).toEqual([]);
    expect(found.cookies).toEqual([usual, { ...usual, name: "__proto__x", value: "2" }]);
  });

  it("has no port, and neither has the host that it is for", () => {
    const domains = ["pie.example:8080", ".pie.example:80", "[::1]:443"];
    const cookies = domains.map((domain) => ({ name: "a", value: "1", domain }));
    expect(read({ cookies }).cookies.map(({ domain, hostOnly }) => [domain, hostOnly])).toEqual([
      ["pie.example", true],
      ["pie.example", false],
      ["[::1]", true],
    ]);
    for (const host of ["pie.example:8080", "[::1]:80"])
      expect(read({ cookies: [{ name: "a", value: "1" }] }, host).cookies[0]?.domain).toBe(
        host.replace(/:\d+$/, ""),
      );
  });

  it("is read of a file without a version, in either layout", () => {
    const listed = { auth: {}, cookies: [{ name: "a", value: "1", domain: "pie.example" }], headers: [] };
    const named = { auth: {}, cookies: { a: { value: "1" } }, headers: {} };
    for (const data of [listed, named])
      expect(parseHttpie(JSON.stringify(data), { host: "pie.example" }).cookies).toMatchObject([
        { name: "a", domain: "pie.example" },
      ]);
  });

  it("may be named as objects are", () => {
    const text = JSON.stringify(file({})).replace('"cookies":[]', '"cookies":{"__proto__":{"value":"1"}}');
    expect(parseHttpie(text, { host: "pie.example" }).cookies).toMatchObject([
      { name: "__proto__", value: "1" },
    ]);
  });

  it.for(["", "a b", "https://pie.example", "pie.example:port", ":80", 5, null])(
    "has a host that is one: %j",
    (host) => {
      expect(() => read({}, host as string)).toThrow(/^host must be a host, such as "example.com"/);
    },
  );
});

describe("headers of HTTPie", () => {
  it.for<readonly [what: string, headers: unknown, found: readonly (readonly [string, string])[]]>([
    [
      "a list",
      [
        { name: "X-A", value: "1" },
        { name: "x-a", value: " 2 " },
      ],
      [
        ["X-A", "1"],
        ["x-a", "2"],
      ],
    ],
    [
      "the old layout",
      { "X-A": "1", Accept: "*/*" },
      [
        ["X-A", "1"],
        ["Accept", "*/*"],
      ],
    ],
    ["text", [{ name: "X", value: "caf\u00e9" }], [["X", "caf\u00c3\u00a9"]]],
    ["none", null, []],
  ])("are read: %s", ([, headers, found]) => {
    const { headers: read_, problems } = read({ headers });
    expect([read_, problems]).toEqual([found, []]);
  });

  it.for<readonly [what: string, headers: unknown, problem: Partial<Problem>]>([
    ["cookies", [{ name: "cookie", value: "a=1" }], { reason: "header", name: "cookie" }],
    ["a name that is none", { "X Y": "1" }, { reason: "header", name: "X Y" }],
    ["two lines", { X: "1\r\nY: 2" }, { reason: "header" }],
    ["a number", { X: 1 }, { reason: "kind" }],
    ["nothing", [null], { reason: "kind", name: null }],
  ])("are problems: %s", ([, headers, problem]) => {
    expect(read({ headers })).toMatchObject({ headers: [], problems: [{ where: "headers[0]", ...problem }] });
  });

  it("are a list or an object", () => {
    expect(read({ headers: 5, cookies: "x" }).problems).toMatchObject([
      { where: "cookies", reason: "kind" },
      { where: "headers", reason: "kind" },
    ]);
  });
});

describe("credentials of HTTPie", () => {
  it.for<readonly [auth: unknown, found: object | null]>([
    [nobody, null],
    [null, null],
    [
      { type: "basic", raw_auth: "me:pa:ss" },
      { kind: "basic", username: "me", password: "pa:ss" },
    ],
    [
      { type: "basic", raw_auth: "m\\:e:pass" },
      { kind: "basic", username: "m:e", password: "pass" },
    ],
    [
      { type: "basic", raw_auth: "m\\\\:pass" },
      { kind: "basic", username: "m\\\\", password: "pass" },
    ],
    [
      { type: "basic", raw_auth: "me:" },
      { kind: "basic", username: "me", password: "" },
    ],
    [
      { type: "digest", username: "me", password: "pass" },
      { kind: "digest", username: "me", password: "pass" },
    ],
    [
      { type: "basic", username: "me", password: "" },
      { kind: "basic", username: "me", password: "" },
    ],
    [
      { type: "bearer", raw_auth: "t:1" },
      { kind: "bearer", token: "t:1" },
    ],
  ])("%j is read", ([auth, found]) => {
    expect(read({ auth })).toMatchObject({ auth: found, problems: [] });
  });

  it.for<readonly [auth: unknown, reason: string]>([
    [{ type: "hmac", raw_auth: "s3cret" }, "auth"],
    [{ type: "basic", raw_auth: "s3cret" }, "auth"],
    [{ type: "basic", username: "me", password: null }, "auth"],
    [{ type: "bearer", raw_auth: null }, "auth"],
    [{ type: 5 }, "kind"],
    ["s3cret", "kind"],
  ])("%j is a problem", ([auth, reason]) => {
    const { auth: found, problems } = read({ auth });
    expect(found).toBeNull();
    expect(problems).toMatchObject([{ where: "auth", reason }]);
    expect(JSON.stringify(problems)).not.toContain("s3cret");
  });
});

describe("a file for HTTPie", () => {
  const jar = new CookieJar(null, { now: () => NOW });
  jar.setCookie("own=1; Path=/x", "https://pie.example/");
  jar.setCookie(
    "dom=2; Domain=pie.example; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=60",
    "https://pie.example/",
  );
  jar.setCookie("local=3; Path=/", "http://localhost/");
  const source: HttpieSource = {
    cookies: jar,
    headers: { "X-A": ["1", "2"], Accept: "*/*" },
    auth: ["me", "pa:ss"],
  };

  it("has the new layout", () => {
    const { text, lost } = formatHttpie(source, { now: NOW });
    expect(JSON.parse(text)).toEqual({
      __meta__: { ...meta, httpie: "3.2.0" },
      auth: { type: "basic", username: "me", password: "pa:ss" },
      cookies: [
        { domain: "pie.example", expires: null, name: "own", path: "/x", secure: false, value: "1" },
        {
          domain: ".pie.example",
          expires: NOW / 1000 + 60,
          name: "dom",
          path: "/",
          secure: true,
          value: "2",
        },
        { domain: "localhost.local", expires: null, name: "local", path: "/", secure: false, value: "3" },
      ],
      headers: [
        { name: "X-A", value: "1" },
        { name: "X-A", value: "2" },
        { name: "Accept", value: "*/*" },
      ],
    });
    expect(lost.map(({ what, cookies }) => [what, cookies.map(({ name }) => name).join()])).toEqual([
      ["createdAt", "own,dom,local"],
      ["httpOnly", "dom"],
      ["sameSite", "dom"],
    ]);
  });

  it("is read again, but for what is lost", () => {
    const { text } = formatHttpie(source, { now: NOW });
    const { cookies, headers, auth, problems } = parseHttpie(text, { now: NOW });
    expect(problems).toEqual([]);
    expect(cookies).toEqual([...jar].map((cookie) => ({ ...cookie, httpOnly: false, sameSite: null })));
    expect(headers).toEqual([
      ["X-A", "1"],
      ["X-A", "2"],
      ["Accept", "*/*"],
    ]);
    expect(auth).toEqual({ kind: "basic", username: "me", password: "pa:ss" });
  });

  it("has the old layout, with the cookies of one host", () => {
    jar.setCookie("own=4; Path=/y", "https://pie.example/");
    const { text, lost } = formatHttpie(source, { now: NOW, layout: "old", host: "pie.example" });
    jar.delete("own", { path: "/y" });
    expect(JSON.parse(text)).toEqual({
      __meta__: { ...meta, httpie: "3.0.2" },
      auth: { type: "basic", username: "me", password: "pa:ss" },
      cookies: {
        own: { expires: null, path: "/x", secure: false, value: "1" },
        dom: { expires: NOW / 1000 + 60, path: "/", secure: true, value: "2" },
      },
      headers: { "X-A": "1, 2", Accept: "*/*" },
    });
    const cookies = lost.filter(({ what }) => what === "cookie" || what === "domain");
    expect(cookies.map(({ what, cookies: of }) => [what, of.map(({ name, path }) => name + path)])).toEqual([
      ["domain", ["own/x", "dom/"]],
      ["cookie", ["local/"]],
      ["cookie", ["own/y"]],
    ]);
  });

  it.for<readonly [auth: unknown, written: object, isLost: boolean]>([
    [null, nobody, false],
    [undefined, nobody, false],
    [false, nobody, false],
    [["a:b", "c"], { type: "basic", username: "a:b", password: "c" }, false],
    [
      { kind: "digest", username: "a", password: "b" },
      { type: "digest", username: "a", password: "b" },
      false,
    ],
    [{ kind: "bearer", token: "t" }, { type: "bearer", raw_auth: "t" }, false],
    [new HttpBearerAuth("t"), nobody, true],
    [() => undefined, nobody, true],
  ])("has credentials: %j", ([auth, written, isLost]) => {
    const { text, lost } = formatHttpie({ cookies: [], auth });
    expect((JSON.parse(text) as { auth: unknown }).auth).toEqual(written);
    expect(lost.map(({ what }) => what)).toEqual(isLost ? ["auth"] : []);
  });

  it("is made of a session, without what a client says of itself", async () => {
    const session = new Session({ headers: { "X-A": "1", "Content-Language": "en" }, auth: ["me", "pass"] });
    session.cookies.set("sid", "1", { domain: "pie.example" });
    const { text, lost } = formatHttpie(session);
    const names = parseHttpie(text).headers.map(([name]) => name.toLowerCase());
    expect(names).toContain("x-a");
    expect(names).not.toContain("user-agent");
    expect(names).not.toContain("accept-encoding");
    expect(names).not.toContain("content-language");
    expect(lost.filter(({ what }) => what === "headers").length).toBeGreaterThan(1);
    await session.close();
  });

  it.for<readonly [source: unknown, options: object, message: string]>([
    [null, {}, "what is written must be an object with cookies"],
    [{}, {}, "what is written must be a jar or a list of cookies"],
    [{ cookies: [] }, { layout: "older" }, 'layout must be "new" or "old"'],
    [{ cookies: [] }, { layout: "old" }, 'host must be a host, such as "example.com"'],
    [{ cookies: [] }, { hosts: "a" }, "perhaps you meant host?"],
  ])("is a TypeError when it cannot be: %j, %j", ([given, options, message]) => {
    expect(() => formatHttpie(given as never, options)).toThrow(message);
    expect(() => formatHttpie(given as never, options)).toThrow(TypeError);
  });
});
