/** What is read of each line that a `cookies.txt` may have, beside what curl and Python make of it. */
import { describe, expect, it } from "vitest";

import { FormatError, formatCookiesTxt, parseCookiesTxt, type Problem } from "../../src/formats.ts";
import { CookieJar, type CookieLike, type StoredCookie } from "../../src/index.ts";

const NOW = Date.UTC(2026, 10, 30);
const LATER = Date.UTC(2100, 0, 1);
const SECONDS = String(LATER / 1000);

const read = (text: string | Uint8Array): ReturnType<typeof parseCookiesTxt> =>
  parseCookiesTxt(text, { now: NOW });

/** A line with the usual fields, but for these. */
function line(fields: {
  readonly domain?: string;
  readonly flag?: string;
  readonly path?: string;
  readonly secure?: string;
  readonly expiry?: string;
  readonly name?: string;
  readonly value?: string;
}): string {
  const { domain = ".example.test", flag = "TRUE", path = "/", secure = "FALSE", expiry = "0" } = fields;
  const { name = "n", value = "v" } = fields;
  return [domain, flag, path, secure, expiry, name, value].join("\t");
}

const usual: StoredCookie = {
  name: "n",
  value: "v",
  domain: "example.test",
  hostOnly: false,
  path: "/",
  expires: null,
  secure: false,
  httpOnly: false,
  sameSite: null,
  createdAt: NOW,
};

describe("a line that says what it means", () => {
  it.for<readonly [what: string, text: string, cookie: Partial<StoredCookie>]>([
    ["a domain cookie", line({}), {}],
    ["a host's own", line({ domain: "example.test", flag: "FALSE" }), { hostOnly: true }],
    ["a time", line({ expiry: SECONDS }), { expires: LATER }],
    // curl: ends with the session. Python: 1970.
    ["expiry 0", line({ expiry: "0" }), { expires: null }],
    // Python writes this. curl drops the line.
    ["expiry empty", line({ expiry: "" }), { expires: null }],
    // Both cut it off.
    ["a fraction", line({ expiry: `${SECONDS}.5` }), { expires: LATER + 500 }],
    // Both keep it. It is curl's word for an age that is beyond its clock.
    ["expiry 2^63-1", line({ expiry: "9223372036854775807" }), { expires: 253_402_300_799_000 }],
    ["the last time of all", line({ expiry: "253402300799" }), { expires: 253_402_300_799_000 }],
    // curl: for this host alone. Python refuses the whole file.
    ["a dot, and FALSE", line({ flag: "FALSE" }), { hostOnly: true }],
    ["no dot, and TRUE", line({ domain: "example.test" }), {}],
    ["flags in small letters", line({ flag: "true", secure: "true" }), { secure: true }],
    ["flags in small letters, off", line({ flag: "False", secure: "false" }), { hostOnly: true }],
    ["a flag that is neither, with a dot", line({ flag: "1" }), {}],
    ["a flag that is neither, without", line({ domain: "example.test", flag: "" }), { hostOnly: true }],
    ["a cookie that scripts do not see", `#HttpOnly_${line({})}`, { httpOnly: true }],
    ["secure", line({ secure: "TRUE" }), { secure: true }],
    // curl takes an empty value. Python refuses the whole file.
    ["six fields", line({ value: "" }).slice(0, -1), { value: "" }],
    ["an empty value", line({ value: "" }), { value: "" }],
    // curl takes the value for the name. Python has a cookie of this name, without a value, and sends the same.
    ["an empty name", line({ name: "" }), { name: "" }],
    // curl: path `/`. Python refuses the whole file.
    [
      "no path",
      ["example.test", "FALSE", "TRUE", "0", "n", "v"].join("\t"),
      { hostOnly: true, secure: true },
    ],
    ["a path", line({ path: "/a b;c" }), { path: "/a b;c" }],
    ["blanks around the value", line({ value: " v " }), { value: " v " }],
    ["an equals sign in the value", line({ value: "a=b==" }), { value: "a=b==" }],
    ["capitals in the domain", line({ domain: ".Example.TEST" }), {}],
    ["a dot behind the domain", line({ domain: "example.test." }), {}],
    ["a name beyond ASCII", line({ domain: ".m\u00fcnchen.test" }), { domain: "xn--mnchen-3ya.test" }],
    ["an address", line({ domain: "127.0.0.1", flag: "FALSE" }), { domain: "127.0.0.1", hostOnly: true }],
    // It is nobody's subdomain: such a cookie is for the address alone.
    ["an address, and TRUE", line({ domain: ".127.0.0.1" }), { domain: "127.0.0.1", hostOnly: true }],
    [
      "an address as curl writes it",
      line({ domain: "::1", flag: "FALSE" }),
      { domain: "[::1]", hostOnly: true },
    ],
    ["a port, as wget writes it", line({ domain: "example.test:8080", flag: "FALSE" }), { hostOnly: true }],
    [
      "an address and a port",
      line({ domain: "[::1]:8080", flag: "FALSE" }),
      { domain: "[::1]", hostOnly: true },
    ],
    ["a machine nearby", line({ domain: "printer", flag: "FALSE" }), { domain: "printer", hostOnly: true }],
    [
      "this machine, and TRUE",
      line({ domain: "localhost", flag: "TRUE" }),
      { domain: "localhost", hostOnly: true },
    ],
    [
      "a name with a promise that is kept",
      line({ domain: "example.test", flag: "FALSE", secure: "TRUE", name: "__Host-n" }),
      { name: "__Host-n", hostOnly: true, secure: true },
    ],
    // Python's jars write hosts without a dot so.
    [
      "this machine, as Python writes it",
      line({ domain: "localhost.local", flag: "FALSE" }),
      { domain: "localhost", hostOnly: true },
    ],
    // Both take these for comments, and the login is lost.
    ["#httponly_", `#httponly_${line({})}`, { httpOnly: true }],
    ["# HTTPONLY_", `# HTTPONLY_${line({})}`, { httpOnly: true }],
    ["a blank before #HttpOnly_", ` #HttpOnly_${line({})}`, { httpOnly: true }],
    ["a name that objects have", line({ name: "__proto__" }), { name: "__proto__" }],
  ])("is read: %s", ([, text, cookie]) => {
    expect(read(text)).toEqual({ cookies: [{ ...usual, ...cookie }], problems: [] });
  });

  it.for<readonly [what: string, file: string | Uint8Array]>([
    ["no line end", line({})],
    ["LF", `${line({})}\n`],
    ["CRLF", `# Netscape HTTP Cookie File\r\n\r\n${line({})}\r\n`],
    ["CR", `# Netscape HTTP Cookie File\r${line({})}\r`],
    ["a byte-order mark", `\ufeff${line({})}\n`],
    ["a byte-order mark, in bytes", Buffer.from(`\ufeff${line({})}\n`)],
    ["bytes", Buffer.from(`# HTTP Cookie File\n${line({})}\n`)],
    ["UTF-16, as PowerShell writes it", Buffer.from(`\ufeff${line({})}\r\n`, "utf16le")],
    ["comments", `# a\n  # b\n#.other.test\tTRUE\t/\tFALSE\t0\ta\tb\n \t \n${line({})}\n#\n`],
    ["a comment that lost bytes", `# caf\ufffd\n${line({})}`],
  ])("is read in a file with %s", ([, file]) => {
    expect(read(file)).toEqual({ cookies: [usual], problems: [] });
  });

  it("begins with a bracket, and is no JSON", () => {
    const text = line({ domain: "[::1]", flag: "FALSE" });
    expect(read(text)).toEqual({ cookies: [{ ...usual, domain: "[::1]", hostOnly: true }], problems: [] });
  });

  it("has bytes in it: those of a file, or those of its text in UTF-8", () => {
    const text = line({ value: "caf\u00e9" });
    const bytes = { ...usual, value: "caf\u00c3\u00a9" };
    expect(read(text).cookies).toEqual([bytes]);
    expect(read(Buffer.from(text)).cookies).toEqual([bytes]);
    expect(read(Buffer.from(text, "latin1")).cookies).toEqual([{ ...usual, value: "caf\u00e9" }]);
  });

  it("is read by the machine's clock, unless another time is given", () => {
    const text = line({ expiry: String(Math.floor(Date.now() / 1000) - 60) });
    expect(parseCookiesTxt(text).problems).toMatchObject([{ reason: "expired" }]);
    expect(parseCookiesTxt(text, { now: Date.now() - 3_600_000 }).problems).toEqual([]);
  });
});

describe("a line that cannot be read", () => {
  it.for<readonly [what: string, text: string, problem: Partial<Problem>]>([
    // curl drops these, Python keeps a number.
    ["expiry -1", line({ expiry: "-1" }), { reason: "expiry", name: "n" }],
    ["expiry 1.7e+308", line({ expiry: "1.7e+308" }), { reason: "expiry" }],
    // Both keep it, for 50,000 years.
    ["milliseconds", line({ expiry: "4102444800000" }), { reason: "expiry" }],
    ["a word for the expiry", line({ expiry: "never" }), { reason: "expiry" }],
    ["what is over", line({ expiry: "1" }), { reason: "expired", name: "n" }],
    ["what is over right now", line({ expiry: String(NOW / 1000) }), { reason: "expired" }],
    ["a secure that is neither", line({ secure: "0" }), { reason: "flag", name: "n" }],
    // curl drops it, Python refuses the whole file.
    ["a tab in the value", line({ value: "a\tb" }), { reason: "fields", name: null }],
    ["blanks for tabs", line({}).replaceAll("\t", " "), { reason: "fields" }],
    ["five fields", "example.test\tFALSE\t/\tFALSE\t0", { reason: "fields" }],
    // curl takes it for a header.
    ["a field of HTTP", "Set-Cookie: n=v; Path=/", { reason: "set-cookie-line" }],
    ["no domain", line({ domain: "" }), { reason: "host" }],
    ["a dot for a domain", line({ domain: "." }), { reason: "host" }],
    ["a port that is none", line({ domain: "example.test:8o" }), { reason: "host" }],
    ["a port alone", line({ domain: ":80" }), { reason: "host" }],
    ["a domain that is none", line({ domain: "a b" }), { reason: "host" }],
    ["an escape in the domain", line({ domain: "%61.test" }), { reason: "host" }],
    ["a suffix", line({ domain: ".co.uk" }), { reason: "public-suffix" }],
    ["a suffix of one label", line({ domain: ".com" }), { reason: "public-suffix" }],
    ["two domains", line({ domain: "a.test,b.test" }), { reason: "host" }],
    ["a path that is none", line({ path: "a" }), { reason: "path" }],
    ["an empty path", line({ path: "" }), { reason: "path" }],
    ["a control character", line({ value: "a\u0001" }), { reason: "character" }],
    ["a semicolon", line({ value: "a; b=c" }), { reason: "character" }],
    ["an equals sign in the name", line({ name: "a=b" }), { reason: "name" }],
    ["a value that would be a cookie", line({ name: "", value: "a=b" }), { reason: "name" }],
    ["neither name nor value", line({ name: "", value: "" }), { reason: "empty" }],
    ["a promise that is not kept", line({ name: "__Host-n", secure: "TRUE" }), { reason: "prefix" }],
    ["a value that lost bytes", line({ value: "caf\ufffd" }), { reason: "character" }],
    ["half a character", line({ value: "\ud83d" }), { reason: "character" }],
  ])("is a problem, and those around it are read: %s", ([, text, problem]) => {
    const { cookies, problems } = read([line({ name: "before" }), text, line({ name: "after" })].join("\n"));
    expect(cookies.map(({ name }) => name)).toEqual(["before", "after"]);
    expect(problems).toMatchObject([{ where: "line 2", line: 2, ...problem }]);
    expect(problems[0]?.message).toMatch(/^line 2(?: \("[^"]*"\))?: /);
  });

  it("is told without its value", () => {
    const texts = [line({ value: "s3cret\t" }), line({ value: "s3cret;" }), line({ expiry: "s3cret" })];
    const { problems } = read(texts.join("\n"));
    expect(problems).toHaveLength(3);
    expect(JSON.stringify(problems)).not.toContain("s3cret");
  });
});

describe("what is no cookies.txt", () => {
  it.for<readonly [what: string, input: string | Uint8Array, found: string | null, message: RegExp]>([
    ["HAR", '{"log":{"entries":[]}}', "har", /a HAR file: parseHar\(\) reads it/],
    ["a list", '[{"name":"a","value":"1","expirationDate":4}]', "extension", /parseExtensionCookies\(\)/],
    ["JSON that is cut off", '{"cookies": [', null, /begins as JSON/],
    ["LWP", "#LWP-Cookies-2.0\n", "lwp", /parseLwp\(\)/],
    ["a pickle", Buffer.from("8004958c", "hex"), "pickle", /nothing but Python may read one/],
  ])("is an error that says what it is: %s", ([, input, found, message]) => {
    expect(() => read(input)).toThrow(message);
    expect(() => read(input)).toThrow(FormatError);
    expect(() => read(input)).toThrow(expect.objectContaining({ code: "ERR_FORMAT", found }));
  });

  it.for([null, undefined, 5, {}, []])("is a TypeError when it is no file: %j", (input) => {
    expect(() => read(input as never)).toThrow(TypeError);
    expect(() => read(input as never)).toThrow("the text of a file, or its bytes");
  });

  it("is empty, and then there is nothing in it", () => {
    expect(read("")).toEqual({ cookies: [], problems: [] });
    expect(read(new Uint8Array())).toEqual({ cookies: [], problems: [] });
  });

  it("has options of its own", () => {
    expect(() => parseCookiesTxt("", { nov: 1 } as never)).toThrow("perhaps you meant now?");
    expect(() => parseCookiesTxt("", { now: "1" as never })).toThrow("milliseconds since the epoch");
    expect(() => parseCookiesTxt("", { now: Number.NaN })).toThrow(RangeError);
  });
});

const written = (source: CookieJar | Iterable<CookieLike>): ReturnType<typeof formatCookiesTxt> =>
  formatCookiesTxt(source, { now: NOW });

/** The rows of a text. */
const rowsOf = (text: string): string[] => text.split("\n").filter((row) => /^[^#]|^#HttpOnly_/.test(row));

describe("a jar as cookies.txt", () => {
  it("begins as curl and Python want it, and has a row for each cookie", () => {
    const jar = new CookieJar(null, { now: () => NOW });
    jar.setCookie("host=1; Path=/x", "https://a.example.test/x/");
    jar.setCookie("dom=2; Domain=example.test; Secure; HttpOnly; Path=/", "https://a.example.test/");
    jar.setCookie("late=3; Max-Age=1; Path=/", "https://a.example.test/");
    jar.setCookie("six=4; Path=/", "https://[::1]/");
    const { text } = written(jar);
    expect(text.startsWith("# Netscape HTTP Cookie File\n")).toBe(true);
    expect(rowsOf(text)).toEqual([
      "a.example.test\tFALSE\t/x\tFALSE\t0\thost\t1",
      "#HttpOnly_.example.test\tTRUE\t/\tTRUE\t0\tdom\t2",
      `a.example.test\tFALSE\t/\tFALSE\t${NOW / 1000 + 1}\tlate\t3`,
      "::1\tFALSE\t/\tFALSE\t0\tsix\t4",
    ]);
  });

  it.for<readonly [expires: number, seconds: number]>([
    [NOW + 1, NOW / 1000 + 1],
    [NOW + 1000, NOW / 1000 + 1],
    [NOW + 1001, NOW / 1000 + 2],
    [8.64e15, 253_402_300_799],
  ])("rounds a time up: %d", ([expires, seconds]) => {
    const { text } = written([{ name: "a", value: "1", domain: "a.test", expires }]);
    expect(rowsOf(text)).toEqual([`.a.test\tTRUE\t/\tFALSE\t${seconds}\ta\t1`]);
  });

  it("has the cookies in the order in which they were made", () => {
    const list = [3, 1, 2].map((createdAt) => ({
      name: `c${createdAt}`,
      value: "",
      domain: "a.test",
      createdAt,
    }));
    expect(rowsOf(written(list).text).map((row) => row.split("\t")[5])).toEqual(["c1", "c2", "c3"]);
  });

  it("has a cookie without domain for the host that took it", () => {
    const jar = new CookieJar({ id: "1" });
    jar.bind("https://a.example.test/");
    jar.set("late", "2");
    const { text, lost } = written(jar);
    expect(rowsOf(text)).toEqual(["a.example.test\tFALSE\t/\tFALSE\t0\tid\t1"]);
    expect(lost).toContainEqual({
      what: "cookie",
      reason: "no host has taken it yet: jar.bind(url) says which one does",
      cookies: [{ name: "late", domain: "", path: "/" }],
    });
  });

  it("says what is lost, once for each reason, and who", () => {
    const jar = new CookieJar(null, { now: () => NOW });
    jar.setCookie("a=1; SameSite=Lax", "https://a.test/");
    jar.setCookie("b=2; SameSite=Strict; Path=/", "https://a.test/");
    jar.setCookie("c=3", "https://a.test/");
    const { lost } = written(jar);
    expect(lost.map(({ what, cookies }) => [what, cookies.map(({ name }) => name).join()])).toEqual([
      ["createdAt", "a,b,c"],
      ["sameSite", "a,b"],
    ]);
  });

  it.for<readonly [what: string, cookie: object, reason: RegExp]>([
    ["a tab in the value", { value: "a\tb" }, /has a tab/],
    ["a tab in the name", { name: "a\tb" }, /has a tab/],
    ["a CR", { value: "a\rb" }, /character that cannot stand/],
    ["an LF in the name", { name: "a\nb" }, /character that cannot stand/],
    ["bytes that are no text", { value: "caf\u00e9" }, /not UTF-8/],
    ["bytes that would be read as lost ones", { value: "\u00ef\u00bf\u00bd" }, /not UTF-8/],
    ["a domain that is none", { domain: "#a" }, /no host/],
    ["a time that is over", { expires: NOW }, /expired/],
    ["a field of a wrong kind", { secure: "yes" }, /cookies\[0\]\.secure must be a boolean/],
  ])("does not have a cookie with %s, and says so", ([, fields, reason]) => {
    const { text, lost } = written([{ name: "a", value: "1", domain: "a.test", ...fields }]);
    expect(rowsOf(text)).toEqual([]);
    expect(lost).toMatchObject([{ what: "cookie", reason: expect.stringMatching(reason) as unknown }]);
    expect(lost[0]?.cookies).toHaveLength(1);
  });

  it("writes text that is UTF-8 as what it is", () => {
    const { text, lost } = written([{ name: "a", value: "caf\u00c3\u00a9", domain: "a.test" }]);
    expect(rowsOf(text)).toEqual([".a.test\tTRUE\t/\tFALSE\t0\ta\tcaf\u00e9"]);
    expect(lost.map(({ what }) => what)).toEqual(["createdAt"]);
  });

  it.for([null, "text", 5, { name: "a" }])("is no jar and no list, and a TypeError: %j", (source) => {
    expect(() => written(source as never)).toThrow("what is written must be a jar or a list of cookies");
  });
});
