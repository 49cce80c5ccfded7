import { describe, expect, it } from "vitest";

import { ambientAuthOf } from "../../src/auth/ambient.ts";
import { toAuth } from "../../src/auth/from-option.ts";
import { HttpBasicAuth } from "../../src/auth/basic.ts";
import type { Auth, AuthOption } from "../../src/core/auth-scheme.ts";
import type { NetrcFile } from "../../src/core/environment.ts";
import { InvalidURL } from "../../src/core/errors.ts";
import { HeaderMap } from "../../src/core/headers.ts";
import { PreparedRequest } from "../../src/core/request.ts";
import { parseUrl } from "../../src/core/url.ts";

async function authorization(auth: Auth | null): Promise<string | null> {
  const request = new PreparedRequest({
    method: "GET",
    url: "http://a.test/",
    headers: new HeaderMap(),
    payload: null,
  });
  await auth?.apply(request);
  return request.headers.get("authorization");
}

function fileOf(text: string | null, charset: NetrcFile["charset"] = "utf8"): NetrcFile | null {
  return text === null ? null : { path: "/netrc", text, charset, tell: () => undefined };
}

function base64(text: string): string {
  return `Basic ${Buffer.from(text).toString("base64")}`;
}

describe("toAuth", () => {
  it("gives none for false and null", () => {
    expect(toAuth(false)).toBe(null);
    expect(toAuth(null)).toBe(null);
  });

  it("makes Basic credentials of a pair", async () => {
    expect(toAuth(["u", "p"])).toBeInstanceOf(HttpBasicAuth);
    expect(await authorization(toAuth(["u", "p"]))).toBe(base64("u:p"));
  });

  it("takes an auth object as it is", () => {
    const auth: Auth = { apply: () => undefined };
    expect(toAuth(auth)).toBe(auth);
  });

  it("lets a function sign", async () => {
    const auth = toAuth(async (request) => {
      request.headers.set("Authorization", "Custom 1");
    });
    expect(await authorization(auth)).toBe("Custom 1");
  });

  it.for([
    ["sekrit", "not string"],
    [1, "not number"],
    [true, "not boolean"],
    [undefined, "not undefined"],
    [{ username: "sekrit" }, "not Object"],
    [["sekrit"], "not an array of 1"],
    [["sekrit", "b", "c"], "not an array of 3"],
    [["u", 123], "the password must be text or bytes, not number"],
  ] as const)("refuses %j", ([option, message]) => {
    const make = (): Auth | null => toAuth(option as unknown as AuthOption);
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
    expect(make).not.toThrow("sekrit");
  });
});

describe("ambientAuthOf", () => {
  const netrc =
    "machine a.test login nu password np\nmachine empty.test\nmachine c.test login CORP\\u password cp\ndefault login du password dp";

  // PARITY AUT-1, AUT-4.
  it.for([
    ["http://a.test/", null, null],
    ["http://a.test/", netrc, base64("nu:np")],
    ["http://A.TEST:81/x", netrc, base64("nu:np")],
    ["http://b.test/", netrc, base64("du:dp")],
    ["http://empty.test/", netrc, null],
    ["http://u:p@a.test/", null, base64("u:p")],
    ["http://u:p@b.test/", netrc, base64("u:p")],
    ["http://u:p@empty.test/", netrc, base64("u:p")],
    ["http://u@a.test/", null, base64("u:")],
    ["http://u:@a.test/", null, base64("u:")],
    ["http://:p@a.test/", null, base64(":p")],
    ["http://@a.test/", null, null],
    ["http://:@a.test/", null, null],
    ["http://%C3%BCser:p%C3%A4ss@a.test/", null, base64("\u00fcser:p\u00e4ss")],
    ["http://a%40b:c%3Ad@a.test/", null, base64("a@b:c:d")],
    // What the program wrote goes before netrc.
    ["http://u:p@a.test/", netrc, base64("u:p")],
    ["http://nu:p@a.test/", netrc, base64("nu:p")],
    ["http://nu:@a.test/", netrc, base64("nu:")],
    ["http://:p@a.test/", netrc, base64(":p")],
    ["http://:@a.test/", netrc, base64("nu:np")],
    ["http://@a.test/", netrc, base64("nu:np")],
    // A user without a password gets that user's, and never another one's.
    ["http://nu@a.test/", netrc, base64("nu:np")],
    ["http://%6Eu@a.test:81/", netrc, base64("nu:np")],
    ["http://CORP%5Cu@c.test/", netrc, base64("CORP\\u:cp")],
    ["http://someone@a.test/", netrc, base64("someone:")],
    ["http://du@b.test/", netrc, base64("du:dp")],
    ["http://du@a.test/", netrc, base64("du:dp")],
    ["http://nu@b.test/", netrc, base64("nu:")],
    // CVE-2024-47081 in requests: what stands before the host is not the host.
    ["http://a.test:@b.test/", netrc, base64("a.test:")],
    ["http://a.test%2F@b.test/", netrc, base64("a.test/:")],
  ] as const)("for %s with netrc %j gives %s", async ([url, text, expected]) => {
    expect(await authorization(ambientAuthOf(parseUrl(url), fileOf(text), "all"))).toBe(expected);
  });

  it.for([
    ["http://a.test/", "named", base64("nu:np")],
    ["http://b.test/", "named", null],
    ["http://du@b.test/", "named", base64("du:")],
    ["http://a.test/", "none", null],
    ["http://nu@a.test/", "none", base64("nu:")],
    ["http://u:p@a.test/", "none", base64("u:p")],
  ] as const)("for %s where %s of netrc may be used gives %s", async ([url, allowed, expected]) => {
    expect(await authorization(ambientAuthOf(parseUrl(url), fileOf(netrc), allowed))).toBe(expected);
  });

  it("sends what is no UTF-8 as the bytes that the file has", async () => {
    const file = fileOf("machine latin.test login \u00fc password p\u00e4", "latin1");
    const sent = await authorization(ambientAuthOf(parseUrl("http://latin.test/"), file, "all"));
    expect(sent).toBe(`Basic ${Buffer.from("\u00fc:p\u00e4", "latin1").toString("base64")}`);
  });

  it("tells of lines that were not understood", () => {
    const told: (readonly number[])[] = [];
    const text = "machine told.test login u password p\nmethod x\n\nfoo\n";
    ambientAuthOf(
      parseUrl("http://a.test/"),
      { path: "/netrc", text, charset: "utf8", tell: (lines) => told.push(lines) },
      "all",
    );
    expect(told).toEqual([[2, 4]]);
  });

  it.for(["http://a%0Ab:c@a.test/", "http://a:%00@a.test/", "http://a:b%7f@a.test/", "http://a\tb@a.test/"])(
    "refuses control characters: %j (RFC 7617 §2)",
    (url) => {
      expect(() => ambientAuthOf(parseUrl(url), null, "all")).toThrow(InvalidURL);
    },
  );

  it("gives the same object for the same netrc entry", () => {
    const url = parseUrl("http://a.test/");
    const found = (text: string): Auth | null => ambientAuthOf(url, fileOf(text), "all");
    expect(found(netrc)).toBe(found(netrc));
    expect(found("machine a.test login other password x")).not.toBe(found(netrc));
  });
});
