/** Options are checked before anything is sent; the errors name option, value and what is allowed. */
import { describe, expect, it } from "vitest";
import type { RequestOptions, SessionOptions } from "../../src/core/options.ts";
import { namesAt, nothing } from "../../src/options/take.ts";
import { takeOfRequest, takeOfSession } from "../support/options.ts";

const asRequest = (options: unknown): RequestOptions => options as RequestOptions;

describe("options of a request", () => {
  it.for<RequestOptions<boolean>>([
    { headers: { A: "1" }, params: { a: "1" }, data: "x", json: null, files: { f: "x" } },
    {
      headers: null,
      params: null,
      data: null,
      files: null,
      cookies: null,
      hooks: null,
      proxies: null,
      cert: null,
      verify: null,
    },
    { headers: [["A", "1"]], params: "a=1", data: () => "x", json: 5 },
    { params: Buffer.from("a=1"), auth: ["u", "p"], cookies: { a: "1", b: null } },
    { auth: false, timeout: 0.5, retry: 0, maxBodyBytes: 0 },
    { auth: null, timeout: null, retry: null, maxBodyBytes: null, signal: null, onProgress: null },
    {
      auth: () => undefined,
      timeout: [1, null],
      retry: false,
      signal: AbortSignal.abort(),
      onProgress: () => undefined,
    },
    { auth: { apply: () => undefined }, timeout: {}, retry: { next: () => ({ kind: "final" }) } },
    {
      timeout: 2_147_483_647,
      stream: true,
      allowRedirects: false,
      proxy: "http://p",
      verify: "/ca.pem",
      cert: { pfx: Buffer.from("x"), passphrase: "p" },
    },
  ])("takes %o", (options) => {
    const checked = takeOfRequest(options);
    for (const [name, value] of Object.entries(checked))
      expect(value).toBe(options[name as keyof RequestOptions]);
  });

  it.for<[unknown, string]>([
    ["GET", "options must be an object, not string"],
    [null, "options must be an object, not null"],
    [[], "options must be an object, not a list"],
    [{ headers: "A: 1" }, "headers must be a record, pairs, Headers, a HeaderMap or null, not string"],
    [{ params: 5 }, "params must be fields, an encoded query or null, not number"],
    [
      { auth: "user:pass" },
      "auth must be [user, password], an auth object, a function, false or null, not string",
    ],
    [{ auth: true }, "auth must be"],
    [{ auth: ["u"] }, "not such a list"],
    [{ auth: ["u", null] }, "not such a list"],
    [{ headers: Promise.resolve({ A: "1" }) }, "not Promise"],
    [{ headers: new Date(0) }, "not Date"],
    [{ signal: { aborted: false, addEventListener: () => undefined } }, "signal must be an AbortSignal"],
    [new Map([["stream", true]]), "options must be an object, not Map"],
    [Promise.resolve({ stream: true }), "options must be an object, not Promise"],
    [{ auth: {} }, "not Object"],
    [{ timeout: "5" }, "timeout must be a number of milliseconds"],
    [
      { timeout: [1] },
      "timeout[1] must be a number of milliseconds, more than 0 and up to 2147483647, or null to wait for ever, not undefined",
    ],
    [{ timeout: [1, 2, 3] }, "timeout as a list is [connect, read]"],
    [{ timeout: { conect: 1 } }, 'timeout has no option "conect"; perhaps you meant connect?'],
    [{ timeout: { read: "1" } }, "timeout.read must be"],
    [{ timeout: new Date(0) }, "not Date"],
    [{ proxies: "http://p" }, "proxies must be a record of URLs by scheme or host, or null, not string"],
    [{ proxies: { http: 5 } }, 'proxies["http"] must be a URL as a string, or null for none, not number'],
    // Keys that fit no URL.
    ...[
      "b.test",
      "http://b.test:80",
      "http://b.test/",
      "http://b.test/path",
      "http://b.test?q",
      "http://b.test#f",
      "http://user@b.test",
      "http://*",
      "http://*.b.test",
      "http://.b.test",
      "http://b test",
      "http://[::1",
      "http://[::1]:80",
      "http://::1:80:x",
      "http://",
      "http:",
      "http:b.test",
      "//b.test",
      "htp",
      "ftp",
      "socks5",
      "https ",
      "*",
      "",
      "all://",
      "proxy",
      "no-proxy",
      "constructor",
    ].map((key): [unknown, string] => [
      { proxies: { [key]: "http://p" } },
      "fits no URL: keys are http, https and all",
    ]),
    [{ proxies: { htp: null } }, 'proxies["htp"] fits no URL'],
    [{ proxies: { "http://user:secret@b.test": "http://p" } }, 'proxies["http://b.test"] fits no URL'],
    [{ proxy: true }, "proxy must be a URL as a string, false or null, not boolean"],
    [{ proxy: "" }, "not empty"],
    [{ verify: 1 }, "verify must be true, false, a path or PEM certificates, not number"],
    [{ verify: "" }, "not empty"],
    [{ cert: true }, "cert must be a path"],
    [{ cert: ["a"] }, "cert[1] must be a path, PEM text or bytes, not undefined"],
    [{ cert: { key: "k" } }, "cert as an object needs cert or pfx"],
    [{ cert: { crt: "c" } }, 'cert has no option "crt"'],
    [{ hooks: () => undefined }, "hooks must be a record of functions by event, not function"],
    [{ hooks: { respnse: () => undefined } }, 'hooks has no option "respnse"; perhaps you meant response?'],
    [{ hooks: { response: "x" } }, "hooks.response must be a function or a list of functions, not string"],
    [{ hooks: { response: [null] } }, "hooks.response must be"],
    [{ stream: 1 }, "stream must be true or false, not number"],
    [{ stream: null }, "stream must be true or false, not null"],
    [{ allowRedirects: "no" }, "allowRedirects must be true or false, not string"],
    [{ retry: true }, "retry must be a policy, a number, false or null, not boolean"],
    [{ retry: {} }, "retry must be"],
    [
      { maxBodyBytes: "1" },
      "maxBodyBytes must be a whole number, 0 or more, or null for no limit, not string; write bytes as a number",
    ],
    [{ maxCodings: null }, "maxCodings must be a whole number, 0 or more, not null"],
    [{ maxSetCookies: true }, "maxSetCookies must be a whole number, 0 or more, not boolean"],
    [{ files: "x" }, "files must be a record or pairs of files, or null, not string"],
    [{ files: new Blob([]) }, "not Blob"],
    [{ cookies: "a=1" }, "cookies must be a record of names and values, a jar, false or null, not string"],
    [
      { cookies: { a: true } },
      'cookies["a"] must be a string, a number, or null to leave it out, not boolean',
    ],
    [{ cookies: [["a", "1"]] }, "cookies must be"],
    [{ signal: {} }, "signal must be an AbortSignal or null, not Object"],
    [{ onProgress: {} }, "onProgress must be a function or null, not Object"],
    // unknown names
    [
      { allow_redirects: true },
      'unknown option "allow_redirects" of the request; perhaps you meant allowRedirects?',
    ],
    [{ timeot: 5 }, "perhaps you meant timeout?"],
    [{ header: {} }, "perhaps you meant headers?"],
    [{ body: "x" }, "write data for a body as it is or a form, json for a value"],
    [{ searchParams: {} }, "perhaps you meant params?"],
    [{ redirect: "manual" }, "perhaps you meant allowRedirects?"],
    [{ maxRedirects: 5 }, '"maxRedirects" is an option of the session, not of the request'],
    [{ xyzzy: 1, stream: true }, 'unknown option "xyzzy" of the request; known are headers, params'],
    [{ toString: 1 }, 'unknown option "toString"'],
    [JSON.parse('{"__proto__":1}'), 'unknown option "__proto__"'],
  ])("refuses %o", ([options, message]) => {
    expect(() => takeOfRequest(asRequest(options))).toThrow(TypeError);
    expect(() => takeOfRequest(asRequest(options))).toThrow(message);
  });

  it.for<[unknown, string]>([
    [
      { timeout: 0 },
      "timeout must be a number of milliseconds, more than 0 and up to 2147483647, or null to wait for ever, not 0",
    ],
    [{ timeout: -1 }, "not -1"],
    [{ timeout: Number.NaN }, "not NaN"],
    [{ timeout: Number.POSITIVE_INFINITY }, "not Infinity"],
    [{ timeout: 2_147_483_648 }, "not 2147483648"],
    [{ timeout: [0, 1] }, "timeout[0] must be"],
    [{ timeout: { total: -5 } }, "timeout.total must be"],
    [{ retry: -1 }, "retry must be a whole number, 0 or more, not -1"],
    [{ retry: 1.5 }, "not 1.5"],
    [{ maxBodyBytes: -1 }, "maxBodyBytes must be a whole number, 0 or more, or null for no limit, not -1"],
    [{ maxBodyBytes: Number.POSITIVE_INFINITY }, "not Infinity"],
    [{ maxCodings: -1 }, "maxCodings must be a whole number, 0 or more, not -1"],
    [{ maxSetCookies: Number.NaN }, "not NaN"],
  ])("finds %o out of range", ([options, message]) => {
    expect(() => takeOfRequest(asRequest(options))).toThrow(RangeError);
    expect(() => takeOfRequest(asRequest(options))).toThrow(message);
  });

  it.for<unknown>([
    { auth: "s3cret" },
    { auth: ["s3cret", "s3cret", "s3cret"] },
    { cert: { key: "s3cret" } },
    { proxy: { s3cret: 1 } },
    { proxies: { http: ["http://u:s3cret@p"] } },
    { cookies: { a: ["s3cret"] } },
    { verify: ["s3cret"] },
  ])("shows no secret when it refuses one", (options) => {
    expect(() => takeOfRequest(asRequest(options))).toThrow(TypeError);
    expect(() => takeOfRequest(asRequest(options))).not.toThrow(/s3cret/);
  });

  it("takes undefined as not given, for every option", () => {
    const options = Object.fromEntries(namesAt("request").map((name) => [name, undefined]));
    expect(Object.keys(takeOfRequest(asRequest(options)))).toEqual([]);
  });

  it("shares the answer when there are no options", () => {
    expect(takeOfRequest(undefined)).toBe(nothing);
    expect(takeOfRequest({})).toBe(nothing);
    expect(Object.isFrozen(nothing)).toBe(true);
  });

  it("takes own properties only, whatever the prototype says", () => {
    const polluted = Object.prototype as unknown as Record<string, unknown>;
    const names = [
      "proxy",
      "proxies",
      "auth",
      "verify",
      "headers",
      "timeout",
      "connect",
      "read",
      "total",
      "cert",
      "data",
      "json",
      "baseUrl",
      "socketPath",
    ];
    for (const name of names) polluted[name] = name === "verify" ? false : "http://evil.test/";
    try {
      const checked = takeOfRequest({ params: { a: "1" }, timeout: { connect: 5 } });
      expect(checked.proxy).toBeUndefined();
      expect(checked.auth).toBeUndefined();
      expect(checked.verify).toBeUndefined();
      expect(takeOfRequest({})).toBe(nothing);
      expect(takeOfSession({ maxCodings: 1 }).baseUrl).toBeUndefined();
      expect(() => takeOfRequest(asRequest(Object.create({ proxy: "http://evil.test/" })))).toThrow(
        "options must be an object, not an object that inherits from another one",
      );
    } finally {
      for (const name of names) delete polluted[name];
    }
  });

  it("reads each option once, so that no getter answers twice", () => {
    let asked = 0;
    const options = {
      get timeout(): unknown {
        asked += 1;
        return asked === 1 ? 5 : "now something else";
      },
    };
    expect(takeOfRequest(asRequest(options)).timeout).toBe(5);
    expect(asked).toBe(1);
  });
});

describe("options of a session", () => {
  it.for<SessionOptions>([
    {},
    { baseUrl: "https://h/", maxRedirects: 0, trustEnv: false, cookies: { a: "1", b: 2 } },
    { baseUrl: new URL("https://h/"), trustEnv: { netrc: false } },
    { baseUrl: null, cookies: null },
  ])("takes %o", (options) => {
    expect(takeOfSession(options)).toMatchObject(options);
  });

  it.for<[unknown, string]>([
    [{ baseUrl: 5 }, "baseUrl must be a URL or null, not number"],
    [{ baseUrl: "" }, "baseUrl must be a URL or null"],
    [{ maxRedirects: "3" }, "maxRedirects must be a whole number, 0 or more, not string"],
    [{ maxRedirects: null }, "maxRedirects must be"],
    [{ trustEnv: 1 }, "trustEnv must be true, false or { proxies, ca, netrc }, not number"],
    [{ trustEnv: { proxy: true } }, 'trustEnv has no option "proxy"; known are proxies, ca, netrc'],
    [{ trustEnv: { ca: 1 } }, "trustEnv.ca must be true or false, not number"],
    [{ data: "x" }, '"data" is an option of the request, not of the session'],
    [{ baseURL: "x" }, "perhaps you meant baseUrl?"],
    [{ trust_env: false }, "perhaps you meant trustEnv?"],
  ])("refuses %o", ([options, message]) => {
    expect(() => takeOfSession(options as SessionOptions)).toThrow(TypeError);
    expect(() => takeOfSession(options as SessionOptions)).toThrow(message);
  });

  it("finds a negative number of redirects out of range", () => {
    expect(() => takeOfSession({ maxRedirects: -1 })).toThrow(RangeError);
  });
});
