import { inspect } from "node:util";

import { describe, expect, it } from "vitest";

import { HttpBasicAuth, HttpProxyAuth, type BasicOptions } from "../../src/auth/basic.ts";
import { HeaderMap } from "../../src/core/headers.ts";
import { PreparedRequest } from "../../src/core/request.ts";

type Part = string | Uint8Array;

function authorization(user: Part, password: Part, options?: BasicOptions): string | null {
  const request = new PreparedRequest({
    method: "GET",
    url: "http://a.test/",
    headers: new HeaderMap(),
    payload: null,
  });
  new HttpBasicAuth(user, password, options).apply(request);
  return request.headers.get("authorization");
}

function base64(text: string, encoding: BufferEncoding = "utf8"): string {
  return `Basic ${Buffer.from(text, encoding).toString("base64")}`;
}

describe("HttpBasicAuth", () => {
  it.for([
    // RFC 7617 §2 and §2.1: the examples.
    ["Aladdin", "open sesame", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="],
    ["test", "123\u00a3", "Basic dGVzdDoxMjPCow=="],
    // The conformance kit's.
    ["user", "pass", "Basic dXNlcjpwYXNz"],
    ["us er", "pa:ss:word", "Basic dXMgZXI6cGE6c3M6d29yZA=="],
    ["", "", "Basic Og=="],
    ["only", "", "Basic b25seTo="],
    ["", "only", "Basic Om9ubHk="],
    [
      Buffer.from("0L/QvtC70YzQt9C+0LLQsNGC0LXQu9GM", "base64"),
      Buffer.from("/wA=", "base64"),
      "Basic 0L/QvtC70YzQt9C+0LLQsNGC0LXQu9GMOv8A",
    ],
    [
      "\u043f\u043e\u043b\u044c\u0437\u043e\u0432\u0430\u0442\u0435\u043b\u044c",
      "x",
      base64("\u043f\u043e\u043b\u044c\u0437\u043e\u0432\u0430\u0442\u0435\u043b\u044c:x"),
    ],
    // Bytes are not looked at.
    [Buffer.from("a:b"), Buffer.from("c\n"), base64("a:b:c\n")],
  ] as const)("signs for %j and %j", ([user, password, expected]) => {
    expect(authorization(user, password)).toBe(expected);
  });

  it("writes latin-1 when asked, as requests does", () => {
    expect(authorization("\u00fcser", "p\u00e4ssw\u00f6rd", { charset: "latin1" })).toBe(
      "Basic /HNlcjpw5HNzd/ZyZA==",
    );
    expect(authorization("\u00fcser", "p\u00e4ss", { charset: "utf-8" })).toBe(base64("\u00fcser:p\u00e4ss"));
  });

  it("replaces an Authorization header that is there", () => {
    const headers = new HeaderMap({ authorization: "Bearer abc" });
    const request = new PreparedRequest({ method: "GET", url: "http://a.test/", headers, payload: null });
    new HttpBasicAuth("u", "p").apply(request);
    expect([...request.headers]).toEqual([["Authorization", base64("u:p")]]);
  });

  it.for([
    [["user", 123], {}, "the password must be text or bytes, not number"],
    [[null, "p"], {}, "the user name must be text or bytes, not null"],
    [["a\nsekrit", "p"], {}, "the user name must not have control characters (RFC 7617 §2)"],
    [["u", "sekrit\u0000"], {}, "the password must not have control characters (RFC 7617 §2)"],
    [["u", "sekrit\u007f"], {}, "the password must not have control characters (RFC 7617 §2)"],
    [["a:sekrit", "p"], {}, "the user name of Basic credentials must not have a colon"],
    [
      ["u", "sekrit\u20ac"],
      { charset: "latin1" },
      'the password has a character that latin-1 lacks; use charset "utf-8"',
    ],
    [["u", "p"], { charset: "ascii" }, 'charset must be "utf-8" or "latin1", not "ascii"'],
    [["u", "p"], { encoding: "latin1" }, 'Basic auth has no option "encoding"; known are charset'],
  ] as const)("refuses %j with %j", ([[user, password], options, message]) => {
    const make = (): HttpBasicAuth =>
      new HttpBasicAuth(user as string, password as string, options as BasicOptions);
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
    expect(make).not.toThrow("sekrit");
  });
});

describe("HttpProxyAuth", () => {
  it("signs for the proxy", () => {
    const request = new PreparedRequest({
      method: "GET",
      url: "http://a.test/",
      headers: new HeaderMap(),
      payload: null,
    });
    new HttpProxyAuth("pu", "pp").apply(request);
    expect([...request.headers]).toEqual([["Proxy-Authorization", "Basic cHU6cHA="]]);
  });
});

describe("the printed forms of Basic credentials", () => {
  it.for([new HttpBasicAuth("apikey", "sekrit"), new HttpProxyAuth("apikey", "sekrit")])(
    "hide them: %o",
    (auth) => {
      const printed = inspect({ auth }, { showHidden: true, depth: 9 }) + JSON.stringify({ auth });
      expect(printed).not.toMatch(/apikey|sekrit|YXBpa2V5/);
      expect(inspect(auth)).toBe(`${auth.constructor.name} ***`);
      expect(JSON.stringify(auth)).toBe('{"scheme":"Basic","credentials":"***"}');
    },
  );
});
