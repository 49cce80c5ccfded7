/** Lines of libwww-perl and of Python's `LWPCookieJar`. */
import { describe, expect, it } from "vitest";

import { parseLwp, type Problem } from "../../src/formats.ts";
import type { StoredCookie } from "../../src/index.ts";

const NOW = Date.UTC(2026, 10, 30);

const read = (text: string | Uint8Array): ReturnType<typeof parseLwp> => parseLwp(text, { now: NOW });

const usual: StoredCookie = {
  name: "n",
  value: "v",
  domain: "a.example",
  hostOnly: true,
  path: "/",
  expires: null,
  secure: false,
  httpOnly: false,
  sameSite: null,
  createdAt: NOW,
};

describe("a line of LWP", () => {
  it.for<readonly [line: string, cookie: Partial<StoredCookie>]>([
    // Python
    ['n=v; path="/"; domain="a.example"; path_spec; discard; version=0', {}],
    ['n=v; path="/"; domain=".a.example"; path_spec; domain_dot; discard; HttpOnly=None; version=0', { hostOnly: false, httpOnly: true }],
    ['n=v; path="/"; domain="a.example"; secure; expires="2100-01-01 00:00:00Z"; version=0', { secure: true, expires: Date.UTC(2100, 0, 1) }],
    ['n=v; path="/"; domain="a.example"; SameSite=Lax; version=None', { sameSite: "lax" }],
    ['n="a\\"b\\\\c"; path="/x y"; domain="a.example"', { value: 'a"b\\c', path: "/x y" }],
    ['n=""; path="/"; domain="a.example"', { value: "" }],
    // A cookie without a name
    ['v; path="/"; domain="a.example"; discard', { name: "" }],
    ['n=v; path="/"; domain="localhost.local"; discard', { domain: "localhost" }],
    // libwww-perl
    ["n=v; path=/; domain=a.example; path_spec; discard; version=0", {}],
    [" n = v ;path = \"/\" ; Domain=a.example;;", {}],
    ['n=v; domain="a.example"', {}],
    ['n=caf\u00e9; domain="a.example"', { value: "caf\u00c3\u00a9" }],
  ])("is read: %s", ([line, cookie]) => {
    const expected = { cookies: [{ ...usual, ...cookie }], problems: [] };
    expect(read(`#LWP-Cookies-2.0\nSet-Cookie3: ${line}\n`)).toEqual(expected);
    expect(read(Buffer.from(`\ufeff#LWP-Cookies-1.0\r\n\r\nSet-Cookie3: ${line}\r\n`))).toEqual(expected);
  });

  it.for<readonly [what: string, line: string, problem: Partial<Problem>]>([
    ["no domain", "Set-Cookie3: n=v; path=/", { reason: "unbound", name: "n" }],
    ["a suffix", "Set-Cookie3: n=v; domain=.co.uk", { reason: "public-suffix" }],
    ["ports", 'Set-Cookie3: n=v; domain=a.example; port="80,81"; port_spec', { reason: "port" }],
    ["a date in other words", 'Set-Cookie3: n=v; domain=a.example; expires="Fri, 01 Jan 2100"', { reason: "expiry" }],
    ["a date that is none", 'Set-Cookie3: n=v; domain=a.example; expires="2100-13-01 00:00:00Z"', { reason: "expiry" }],
    ["an empty date", "Set-Cookie3: n=v; domain=a.example; expires", { reason: "expiry" }],
    ["what is over", 'Set-Cookie3: n=v; domain=a.example; expires="2026-11-29 23:59:59Z"', { reason: "expired" }],
    ["a quote that is open", 'Set-Cookie3: n="v; domain=a.example', { reason: "fields", name: null }],
    ["a quote that goes on", 'Set-Cookie3: n="v"w; domain=a.example', { reason: "fields" }],
    ["nothing", "Set-Cookie3:", { reason: "empty" }],
    ["another field", "Set-Cookie: n=v; domain=a.example", { reason: "fields" }],
    ["lost bytes", "Set-Cookie3: n=caf\ufffd; domain=a.example", { reason: "character" }],
    ["a control character", "Set-Cookie3: n=a\u0001; domain=a.example", { reason: "character" }],
  ])("is a problem, and those around it are read: %s", ([, line, problem]) => {
    const other = (name: string): string => `Set-Cookie3: ${name}=1; path="/"; domain=a.example`;
    const { cookies, problems } = read([other("a"), line, other("z")].join("\n"));
    expect(cookies.map(({ name }) => name)).toEqual(["a", "z"]);
    expect(problems).toMatchObject([{ where: "line 2", line: 2, ...problem }]);
  });

  it("is not that of another format", () => {
    expect(() => read("# Netscape HTTP Cookie File\n")).toThrow("a cookies.txt: parseCookiesTxt() reads it");
    expect(() => read("{}")).toThrow("begins as JSON");
    expect(() => read({} as never)).toThrow(TypeError);
    expect(read("")).toEqual({ cookies: [], problems: [] });
  });
});
