/** Preparing: PARITY PRE-2, PRE-3, URL-3, BOD-14..16, HDR-7. */
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { lengthOf } from "../../src/core/body.ts";
import { HeaderMap, type HeadersInit } from "../../src/core/headers.ts";
import type { PreparedRequest } from "../../src/core/request.ts";
import { parseUrl } from "../../src/core/url.ts";
import type { BodyOptions } from "../../src/prepare/body.ts";
import { prepare, targetOf } from "../../src/prepare/prepare.ts";

interface Given extends Partial<BodyOptions> {
  readonly method?: string;
  readonly url?: string | URL;
  readonly baseUrl?: string | null;
  readonly headers?: HeadersInit;
  readonly query?: string;
}

function prepared(given: Given = {}): PreparedRequest {
  const {
    method = "GET",
    url = "http://h/x",
    baseUrl = null,
    headers = {},
    query = "",
    data,
    json,
    files,
  } = given;
  return prepare({
    method,
    target: targetOf(url, baseUrl === null ? null : parseUrl(baseUrl)),
    headers: new HeaderMap(headers),
    query,
    options: { data, json, files },
    boundary: () => "b",
    idempotencyKey: null,
    expectsContinue: false,
  });
}

describe("the method", () => {
  it.for([
    ["GET", "GET"],
    ["get", "GET"],
    ["Patch", "PATCH"],
    ["purge", "PURGE"],
    ["m-search", "M-SEARCH"],
    ["X_Y-Z.1", "X_Y-Z.1"],
  ] as const)("%s is sent as %s", ([method, sent]) => {
    expect(prepared({ method }).method).toBe(sent);
  });

  it.for(["", "GET /x", "GET\r\nX-I: 1", "GE\tT", "GÉT", "GE\u010aT", "straße", " GET", "G(T"])(
    "%j is refused",
    (method) => {
      expect(() => prepared({ method })).toThrow(expect.objectContaining({ name: "InvalidMethod" }));
    },
  );

  it("that is no string is refused", () => {
    expect(() => prepared({ method: 5 as unknown as string })).toThrow(TypeError);
  });
});

describe("the URL", () => {
  it.for<[string | URL, query: string, sent: string]>([
    ["http://h/get", "", "http://h/get"],
    ["http://h/get?x=1#f", "y=2", "http://h/get?x=1&y=2#f"],
    ["  \t\nHTTP://H/get", "y=2", "http://h/get?y=2"],
    [new URL("http://h/get?x"), "y=2", "http://h/get?x&y=2"],
    ["http+unix://%2Fvar%2Frun/x", "y=2", "http+unix://%2Fvar%2Frun/x?y=2"],
    // untouched, without params (URL-3)
    ["mailto:a@b.test", "y=2", "mailto:a@b.test"],
    ["data:text/plain,h i", "y=2", "data:text/plain,h i"],
    ["ftp://x/y z", "y=2", "ftp://x/y z"],
    ["localhost:8080/x", "y=2", "localhost:8080/x"],
  ])("%s with %j is %s", ([url, query, sent]) => {
    expect(prepared({ url, query }).url).toBe(sent);
  });

  it("is parsed once", () => {
    const request = prepared({ url: "http://h/x" });
    expect(request.parsed).toBe(request.parsed);
    expect(request.parsed.href).toBe(request.url);
  });

  it.for<[unknown, string]>([
    ["", "MissingSchema"],
    ["/path", "MissingSchema"],
    ["http://", "InvalidURL"],
    ["http://h:99999/", "InvalidURL"],
    [5, "TypeError"],
    [null, "TypeError"],
    [undefined, "TypeError"],
    [{}, "TypeError"],
  ])("%o fails with %s", ([url, name]) => {
    // Not prepared({ url }): undefined would be the default there.
    const call = (): unknown => targetOf(url as string, null);
    expect(call).toThrow(expect.objectContaining({ name }));
  });
});

describe("a base URL", () => {
  it.for([
    ["https://api.test/v1", "users", "https://api.test/v1/users"],
    ["https://api.test/v1", "/users", "https://api.test/v1/users"],
    ["https://api.test/v1/", "/users?a=1#f", "https://api.test/v1/users?a=1#f"],
    ["https://api.test/v1", "  users", "https://api.test/v1/users"],
    ["https://api.test/v1", "", "https://api.test/v1"],
    ["https://api.test/v1", "?a=1", "https://api.test/v1?a=1"],
    ["https://api.test/v1", "#f", "https://api.test/v1#f"],
    ["https://api.test/v1", "items:search", "https://api.test/v1/items:search"],
    ["https://api.test/v1", "mailto:a@b.test", "https://api.test/v1/mailto:a@b.test"],
    ["https://api.test/v1", "a/./b/../c", "https://api.test/v1/a/c"],
    // turned slashes, tabs and line ends are data
    ["https://api.test/v1", "a\\b\t.\n", "https://api.test/v1/a%5Cb%09.%0A"],
    ["https://api.test/v1", ".\t./x", "https://api.test/v1/.%09./x"],
    // an absolute URL stands for itself
    ["https://api.test/v1/", "http://other.test/x", "http://other.test/x"],
    ["https://api.test/v1/", "HTTP://other.test/x", "http://other.test/x"],
    ["https://api.test/v1/", "ftp://other.test/x y", "ftp://other.test/x y"],
    // user info goes along with what goes on from it only
    ["https://u:p@api.test/v1/", "users", "https://u:p@api.test/v1/users"],
    ["https://u:p@api.test/v1/", "https://other.test/x", "https://other.test/x"],
    ["https://u:p@api.test/v1/", "https://api.test/x", "https://api.test/x"],
    ["https://u:p@api.test/v1/", "https://a:b@api.test/x", "https://a:b@api.test/x"],
    ["https://u:p@api.test/v1/", "a:b@api.test/x", "https://u:p@api.test/v1/a:b@api.test/x"],
  ] as const)("%s with %j leads to %s", ([baseUrl, url, sent]) => {
    expect(prepared({ baseUrl, url }).url).toBe(sent);
  });

  it("leaves URL objects alone, which are absolute", () => {
    const base = parseUrl("https://api.test/v1");
    expect(targetOf(new URL("mailto:a@b.test"), base)).toBe("mailto:a@b.test");
    expect(String(targetOf(new URL("http://other.test/../x"), base))).toBe("http://other.test/x");
  });

  it.for(["//other.test/x", "\\\\other.test", " //other.test", "../x", "%2e%2e/x"])(
    "refuses what would lead out of it: %j",
    (url) => {
      for (const rawUrl of [false, true])
        expect(() => targetOf(url, parseUrl("https://api.test/v1"), rawUrl)).toThrow(
          expect.objectContaining({ name: "InvalidURL" }),
        );
    },
  );

  it("keeps the path of a raw URL as it was typed", () => {
    const target = targetOf("/a/../%7e?%7e", parseUrl("https://u:p@api.test/v1/"), true);
    expect(String(target)).toBe("https://u:p@api.test/v1/a/../%7e?%7e");
  });

  it("takes params behind the query of the reference", () => {
    expect(prepared({ baseUrl: "http://h/v1/", url: "x?a=1", query: "b=2" }).url).toBe(
      "http://h/v1/x?a=1&b=2",
    );
  });
});

describe("a URL without a scheme, and without a base URL", () => {
  it.for(["/users", "", "?a=1", "#f", "./x", "../x", "/items:search", "/?at=12:30", "?at=12:30"])(
    "is told that it needs one: %j",
    (url) => {
      for (const rawUrl of [false, true])
        expect(() => targetOf(url, null, rawUrl)).toThrow(
          `no scheme in URL ${JSON.stringify(url.replace(/[?#].*/, ""))}: a relative URL needs a session with a baseUrl`,
        );
    },
  );

  it.for([
    ["users", "users"],
    ["example.test/x?token=s3cret", "example.test/x"],
    ["//example.test/x", "example.test/x"],
    ["//u:s3cret@example.test/x", "example.test/x"],
  ] as const)("may be a host, too: %j", ([url, meant]) => {
    expect(() => targetOf(url, null)).toThrow(
      `perhaps you meant https://${meant}? A relative URL needs a session with a baseUrl`,
    );
    expect(() => targetOf(url, null)).not.toThrow("s3cret");
  });
});

describe("the headers", () => {
  it.for<[string, Given, sent: string[]]>([
    ["GET without a body", {}, []],
    ["HEAD without a body", { method: "HEAD" }, []],
    ["POST without a body", { method: "POST" }, ["Content-Length", "0"]],
    ["DELETE without a body", { method: "DELETE" }, ["Content-Length", "0"]],
    ["GET with a body", { data: "é" }, ["Content-Length", "2"]],
    // the length first, then the type, both behind the caller's (HDR-7)
    [
      "a form",
      { method: "POST", data: { a: "1" }, headers: { "X-A": "1" } },
      ["X-A", "1", "Content-Length", "3", "Content-Type", "application/x-www-form-urlencoded"],
    ],
    [
      "a form of nothing (BUG-10)",
      { method: "POST", data: { a: null } },
      ["Content-Length", "0", "Content-Type", "application/x-www-form-urlencoded"],
    ],
    ["json", { method: "POST", json: [1] }, ["Content-Length", "3", "Content-Type", "application/json"]],
    [
      "a caller's type",
      { method: "POST", json: [1], headers: { "content-type": "a/b" } },
      ["content-type", "a/b", "Content-Length", "3"],
    ],
    [
      "a caller's multipart type (BUG-11)",
      { method: "POST", files: { f: [null, ""] }, headers: { "content-type": "multipart/x" } },
      ["Content-Type", "multipart/x; boundary=b", "Content-Length", "58"],
    ],
    ["a stream", { method: "POST", data: Readable.from(["x"]) }, ["Transfer-Encoding", "chunked"]],
    ["an empty Blob (BUG-7)", { method: "POST", data: new Blob([]) }, ["Content-Length", "0"]],
    // a caller's own framing (BOD-14..16, BUG-8)
    [
      "a wrong length of text",
      { method: "POST", data: "hello", headers: { "content-length": "3" } },
      ["Content-Length", "5"],
    ],
    [
      "a wrong length of a Blob",
      { method: "POST", data: new Blob(["hello"]), headers: { "Content-Length": "3" } },
      ["Content-Length", "5"],
    ],
    [
      "a chunked text",
      { method: "POST", data: "hello", headers: { "Transfer-Encoding": "chunked" } },
      ["Content-Length", "5"],
    ],
    [
      "a stream with a length",
      {
        method: "POST",
        data: Readable.from(["x"]),
        headers: { "Content-Length": "1", "Transfer-Encoding": "chunked" },
      },
      ["Content-Length", "1"],
    ],
    [
      "a length without a body",
      { method: "POST", headers: { "Content-Length": "7", "Transfer-Encoding": "chunked" } },
      ["Content-Length", "7"],
    ],
    ["chunked without a body", { headers: { "Transfer-Encoding": "chunked" } }, []],
  ])("of %s", ([, given, sent]) => {
    expect(prepared(given).headers.toWire()).toEqual(sent);
  });

  it("hold whoever sends a stream to the caller's length", () => {
    const { payload } = prepared({
      method: "POST",
      data: Readable.from(["x"]),
      headers: { "Content-Length": "12" },
    });
    expect(payload === null ? null : lengthOf(payload)).toBe(12);
  });

  it.for<HeadersInit>([
    { "Content-Length": "abc" },
    { "Content-Length": "-1" },
    { "Content-Length": "1.5" },
    { "Content-Length": "" },
    { "Content-Length": "99999999999999999999" },
    [
      ["Content-Length", "1"],
      ["content-length", "1"],
    ],
  ])("with %j are refused", (headers) => {
    expect(() => prepared({ method: "POST", headers })).toThrow(
      expect.objectContaining({ name: "InvalidHeader" }),
    );
    expect(() => prepared({ method: "POST", headers, data: Readable.from(["x"]) })).toThrow(
      expect.objectContaining({ name: "InvalidHeader" }),
    );
  });

  it("refuse a Blob-like body's type that would end the line", () => {
    const blob = new Blob(["x"]);
    Object.defineProperty(blob, "type", { value: "a/b\r\nX-Injected: 1" });
    expect(() => prepared({ method: "POST", data: blob })).toThrow(
      expect.objectContaining({ name: "InvalidHeader" }),
    );
  });

  it.for([
    [{}, "bare"],
    [{ cookie: "a=1" }, "caller"],
    [{ COOKIE: "" }, "caller"],
  ] as const)("%o: the cookies are from %s", ([headers, source]) => {
    expect(prepared({ headers }).dress).toBe(source);
  });
});
