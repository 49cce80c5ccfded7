import { describe, expect, it } from "vitest";
import { parseSetCookie, type ParsedCookie } from "../../src/cookies/parse.ts";

const parsed = (header: string): ParsedCookie => {
  const result = parseSetCookie(header);
  if (result.kind === "refused") throw new Error(`refused: ${result.reason}`);
  return result;
};

describe("name and value of a Set-Cookie field", () => {
  // RFC 6265bis §5.6
  it.for<readonly [header: string, name: string, value: string]>([
    ["a=b", "a", "b"],
    ["a=b; Path=/", "a", "b"],
    ["  a \t=\t b  ; Path=/", "a", "b"],
    ["a=", "a", ""],
    ["a=b=c=d", "a", "b=c=d"],
    ["a=b c, d", "a", "b c, d"],
    ["a\tb=c\td", "a\tb", "c\td"],
    // Quotes are data, also around a semicolon (PARITY COO-11).
    ['a="b c"', "a", '"b c"'],
    ['a="b;c"', "a", '"b'],
    ['a="x\\"y"', "a", '"x\\"y"'],
    ["a=%0d%0aX: 1", "a", "%0d%0aX: 1"],
    // Nameless
    ["novalue", "", "novalue"],
    ["=value", "", "value"],
    ["=a=b", "", "a=b"],
    ["==", "", "="],
    ["v; a=b", "", "v"],
    // One cookie a field: what stands behind a comma is value.
    ["a=1, b=2", "a", "1, b=2"],
    ["__proto__=1", "__proto__", "1"],
    // One character is one byte.
    ["u=\u00c3\u00a9\u0098", "u", "\u00c3\u00a9\u0098"],
    ["\u00a0a\u00a0=\u00a0b\u00a0", "\u00a0a\u00a0", "\u00a0b\u00a0"],
    // Text beyond latin-1 becomes its UTF-8 bytes.
    ["u=\u2603", "u", "\u00e2\u0098\u0083"],
  ])("%j is %j with %j", ([header, name, value]) => {
    expect(parsed(header)).toMatchObject({ name, value });
  });

  it.for(["", "=", ";;;", " ; Path=/", "= ; Path=/", "\t"])("%j has neither and is refused", (header) => {
    expect(parseSetCookie(header)).toEqual({ kind: "refused", reason: "empty", name: "" });
  });

  it.for(["\x00", "\x01", "\x08", "\n", "\r", "\x1f", "\x7f"])(
    "a control character %j is refused anywhere",
    (code) => {
      const refused = { kind: "refused", reason: "control-character", name: "" };
      expect(parseSetCookie(`a${code}=1`)).toEqual(refused);
      expect(parseSetCookie(`a=1${code}2`)).toEqual(refused);
      expect(parseSetCookie(`a=1; Path=/${code}`)).toEqual(refused);
    },
  );

  it("may have 4096 bytes together, and not one more", () => {
    expect(parsed(`name=${"v".repeat(4092)}`).value).toHaveLength(4092);
    expect(parseSetCookie(`name=${"v".repeat(4093)}`)).toEqual({
      kind: "refused",
      reason: "too-long",
      name: "name",
    });
    expect(parseSetCookie(`${"n".repeat(5000)}=1`)).toMatchObject({
      reason: "too-long",
      name: "n".repeat(64),
    });
  });

  it("is not limited by the length of the attributes", () => {
    expect(parsed(`a=1${"; b=c".repeat(3000)}; Secure`)).toMatchObject({ name: "a", secure: true });
  });
});

describe("attributes of a Set-Cookie field", () => {
  it("are absent by default", () => {
    expect(parsed("a=1")).toEqual({
      kind: "parsed",
      name: "a",
      value: "1",
      maxAge: null,
      expires: null,
      domain: null,
      path: null,
      secure: false,
      httpOnly: false,
      sameSite: null,
    });
  });

  it.for<readonly [attributes: string, expected: Partial<ParsedCookie>]>([
    // §5.6.1
    ["Expires=Wed, 21 Oct 2099 07:28:00 GMT", { expires: Date.UTC(2099, 9, 21, 7, 28) }],
    ["Expires=garbage", { expires: null }],
    ["Expires", { expires: null }],
    ["Expires=01 Jan 2030 00:00:00; Expires=garbage", { expires: Date.UTC(2030, 0, 1) }],
    // §5.6.2
    ["Max-Age=100", { maxAge: 100 }],
    ["max-age=100", { maxAge: 100 }],
    ["Max-Age=007", { maxAge: 7 }],
    ["Max-Age=0", { maxAge: 0 }],
    ["Max-Age=-1", { maxAge: 0 }],
    ["Max-Age=99999999999999999999999", { maxAge: 1e23 }],
    ["Max-Age=0; Max-Age=100", { maxAge: 100 }],
    ["Max-Age=100; Max-Age=abc", { maxAge: 100 }],
    ...["abc", "1.5", '"3600"', "", "-", "+1", "1e3", "0x10"].map(
      (text) => [`Max-Age=${text}`, { maxAge: null }] as const,
    ),
    ["Max-Age", { maxAge: null }],
    // §5.6.3
    ["Domain=example.com", { domain: "example.com" }],
    ["Domain=.Example.com", { domain: "Example.com" }],
    ["Domain=..example.com", { domain: ".example.com" }],
    ["Domain=a.test; Domain=b.test", { domain: "b.test" }],
    ["Domain=a.test; Domain=", { domain: "" }],
    ["Domain", { domain: "" }],
    ["Domain=.", { domain: "" }],
    // §5.6.4
    ["Path=/a", { path: "/a" }],
    ["Path=/a; Path=/b", { path: "/b" }],
    ["Path=/a; Path=", { path: null }],
    ["Path=a", { path: null }],
    ['Path="/"', { path: null }],
    ["Path=/, b=2", { path: "/, b=2" }],
    // §5.6.5 to §5.6.7
    ["Secure", { secure: true }],
    ["Secure=false", { secure: true }],
    ["HTTPONLY", { httpOnly: true }],
    ["SameSite=Lax", { sameSite: "lax" }],
    ["SameSite=STRICT", { sameSite: "strict" }],
    ["SameSite=None", { sameSite: "none" }],
    // Not by a part of the word (GHSA-g8m3-5g58-fq7m of undici).
    ["SameSite=StrictLax", { sameSite: null }],
    ["SameSite=Bogus", { sameSite: null }],
    ["SameSite=Lax; SameSite=Bogus", { sameSite: null }],
    // Blanks, and what is unknown
    ["  Path  =  /a  ", { path: "/a" }],
    [" ;; ; Secure ;;", { secure: true }],
    ["Partitioned; Priority=High; Secure", { secure: true }],
    ["=Secure", { secure: false }],
    ["Secured", { secure: false }],
  ])("%j", ([attributes, expected]) => {
    expect(parsed(`a=1; ${attributes}`)).toMatchObject(expected);
  });

  it("are left out when longer than 1024 bytes", () => {
    const longest = `/${"a".repeat(1023)}`;
    expect(parsed(`a=1; Path=${longest}`).path).toBe(longest);
    expect(parsed(`a=1; Path=/b; Path=${longest}a`).path).toBe("/b");
  });
});
