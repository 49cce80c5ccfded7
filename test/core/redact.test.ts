/** What may be shown of a secret: nothing. */
import { describe, expect, it } from "vitest";
import {
  bareUrl,
  isSecretName,
  shownField,
  shownFields,
  shownUrl,
  shownUrls,
} from "../../src/core/redact.ts";

describe("bareUrl", () => {
  it.for([
    ["http://u:p@h/x?y#z", "http://h/x"],
    ["http://h:80/x", "http://h:80/x"],
    ["http://[::1]:80/x", "http://[::1]:80/x"],
    ["http://h/a@b", "http://h/a@b"],
    ["http://a@b@c/", "http://c/"],
    ["", ""],
    ["example.test/x", "example.test/x"],
    ["localhost:8080/x", "localhost:8080/x"],
    ["data:text/plain,hi", "data:text/plain,hi"],
    ["about:blank", "about:blank"],
    ["/a:b/c", "/a:b/c"],
    // malformed: still no password
    ["user:pass@h/x", "h/x"],
    ["bob:pw@127.0.0.1/x", "127.0.0.1/x"],
    ["token@h/x", "h/x"],
    ["https//u:p@h/x", "https//h/x"],
    ["https//token@h/x", "https//h/x"],
    ["https/u:p@h/x", "https/h/x"],
    ["https;//u:p@h/x", "https;//h/x"],
    ["https//u:pa/ss@h/x", "https//***"],
    ["https//u:pa?ss@h/x", "https//***"],
    ["https/u:pa/ss@h/x", "https/***"],
    ["u:pa/ss@h/x", "***"],
    ["u:pa?ss@h/x", "***"],
    ['"http://u:p@h/x"', '"http://h/x"'],
    ["<http://u:p@h/x>", "<http://h/x>"],
    ["URL=http://u:p@h/x", "URL=http://h/x"],
    ["../x/http://u:p@h/", "../x/http://h/"],
    ["x/http:/u:p@h/", "x/http:/h/"],
    ["http://h/x/http://u:p@h/", "http://h/x/http://h/"],
    ["//u:p@h//u:p@h", "//h//u:p@h"],
    ["/users/a@b/x", "/users/a@b/x"],
    ["/v1/docs:batch?mail=a@b", "/v1/docs:batch"],
    ["localhost:8080/x?mail=a@b", "localhost:8080/x"],
    ["https//[::1]:80/x", "https//[::1]:80/x"],
    ["//u:p@h/x", "//h/x"],
    ["http:///u:p@h/", "http:///h/"],
    ["http:/u:p@h/", "http:/h/"],
    ["http:u:p@h/", "http:h/"],
    ["http:\\\\u:p@h/", "http:\\\\h/"],
    ["http://h/x;jsessionid=s/y;v=1?a=1", "http://h/x;jsessionid=***/y;v=1"],
    ["http://u:pa#ss@h/", "http://***"],
    ["http://u:pa/ss@h/", "http://***"],
    ["http://u:pa?ss@h/", "http://***"],
  ] as const)("shows %s as %s", ([url, shown]) => {
    expect(bareUrl(url)).toBe(shown);
  });
});

describe("shownUrl", () => {
  it.for([
    ["http://u:p@h/x", "http://h/x"],
    ["http://u:p@h/x?a=1&b#f", "http://h/x?a=1&b#f"],
    ["http://h/x?token=s&a=1", "http://h/x?token=***&a=1"],
    ["http://h/x?a=1&X-Amz-Signature=s&api_key=k", "http://h/x?a=1&X-Amz-Signature=***&api_key=***"],
    ["http://h/cb?code=1#access_token=t&x=1", "http://h/cb?code=***#access_token=***&x=1"],
    ["http://h/#access_token=t", "http://h/#access_token=***"],
    ["http://h/x?token", "http://h/x?token"],
    ["http://h/x?to%6ben=s&%zz=1", "http://h/x?to%6ben=***&%zz=1"],
    // a URL in a URL
    ["http://h/?next=/x%3Fy%3D1", "http://h/?next=/x%3Fy%3D1"],
    ["http://h/?next=/x?token=s&a=1", "http://h/?next=***&a=1"],
    ["http://h/?next=https%3A%2F%2Fb%2F%3Ftoken%3Ds&a=1", "http://h/?next=***&a=1"],
    ["http://h/?a=1&next=https%253A%252F%252Fb%252F%253Ftoken%253Ds", "http://h/?a=1&next=***"],
    ["http://h/?next=https://u:p@b/", "http://h/?next=***"],
    ["http://h/?next=https%3A%2F%2Fu%3Ap%40b%2F", "http://h/?next=***"],
    ["http://h/?mail=me@b.test&part=100%", "http://h/?mail=me@b.test&part=100%"],
    // parameters of a path, and such behind a semicolon
    ["http://h/x;jsessionid=s/y;v=1?a=1", "http://h/x;jsessionid=***/y;v=1?a=1"],
    ["http://h/x;a=1;token=s", "http://h/x;a=1;token=***"],
    ["http://h/x?a=1;token=s&b=2;c=3", "http://h/x?a=***&b=2;c=3"],
    // JSON in a parameter
    ["http://h/?q=%7B%22token%22%3A%22s%22%7D&r=%7B%22a%22%3A1%7D", "http://h/?q=***&r=%7B%22a%22%3A1%7D"],
    // malformed: no part of the password
    ["http://u:pa#ss@h/", "http://***"],
    ["http://u:pa?ss@h/?a=1", "http://***"],
    ["http://u:pa?a=s/s@h/", "http://***"],
  ] as const)("shows %s as %s", ([url, shown]) => {
    expect(shownUrl(url)).toBe(shown);
  });
});

describe("shownFields", () => {
  it.for([
    ["user=u&password=p", "user=u&password=***"],
    ["token=a=b&x", "token=***&x"],
    ["", ""],
  ] as const)("shows %s as %s", ([fields, shown]) => {
    expect(shownFields(fields)).toBe(shown);
  });
});

describe("shownUrls", () => {
  it.for([
    ["no URL in it", "no URL in it"],
    ["me@example.test, a = b & token = c", "me@example.test, a = b & token = c"],
    ["from http://u:p@h/x to https://h2/?a=1", "from http://h/x to https://h2/?a=1"],
    ["ftp://u:p@ss@h, x", "ftp://h, x"],
    ["<http://h/?token=t&page=2>; rel=next", "<http://h/?token=***&page=2>; rel=next"],
    ["/cb#access_token=t", "/cb#access_token=***"],
    ["?to%6ben=t", "?to%6ben=***"],
    ["see http://h/?next=%2Fx%3Ftoken%3Ds and more", "see http://h/?next=*** and more"],
    ["see http://h/?next=/x?token=s&a=1", "see http://h/?next=***&a=1"],
  ] as const)("shows %s as %s", ([text, shown]) => {
    expect(shownUrls(text)).toBe(shown);
  });
});

describe("shownField", () => {
  it.for([
    ["X-Api-Key", "k", "***"],
    ["Location", "http://u:p/q@h/?code=c", "http://***"],
    ["Referer", "http://u:p@h/?code=c", "http://h/?code=***"],
    ["Link", "<http://u:p@h/?sig=s>; rel=x", "<http://h/?sig=***>; rel=x"],
    ["Accept", "*/*", "*/*"],
  ] as const)("shows %s: %s as %s", ([name, value, shown]) => {
    expect(shownField(name, value)).toBe(shown);
  });
});

describe("isSecretName", () => {
  it.for([
    "Authorization",
    "Cookie",
    "Set-Cookie",
    "X-Api-Key",
    "apikey",
    "password",
    "X-CSRF-Token",
    "sig",
    "key",
    "client_secret",
    "session_id",
  ])("%s holds a secret", (name) => {
    expect(isSecretName(name)).toBe(true);
  });

  it.for(["Accept", "Content-Type", "Host", "q", "page", "design", "keyboard", "ETag"])(
    "%s holds none",
    (name) => {
      expect(isSecretName(name)).toBe(false);
    },
  );
});

describe("shownUrls", () => {
  it.for([
    // members, whatever stands around them
    ['data: {"token":"s","a":1}', 'data: {"token":"***","a":1}'],
    ["x = {token: 's', a: `b`}", "x = {token: '***', a: `b`}"],
    ['it\'s 5" and {"token": "s"}', 'it\'s 5" and {"token": "***"}'],
    [
      String.raw`{"query":"f(password: \"s\\\"t\") { id }"}`,
      String.raw`{"query":"f(password: \"***\") { id }"}`,
    ],
    [String.raw`token="a\"b" c="d"`, 'token="***" c="d"'],
    ['token="breaks off', 'token="***'],
    ['token="breaks off\nnext: "x"', 'token="***\nnext: "x"'],
    ['token="" a="b"', 'token="" a="b"'],
    ['go="http://u:p@h/?token=s" password="http://u:p@h/"', 'go="http://h/?token=***" password="***"'],
    ["sid: 's', x_sig: 's', api.pass: 's', OTP='s'", "sid: '***', x_sig: '***', api.pass: '***', OTP='***'"],
    // no names of secrets
    [
      'author="Bob" code: "E1" this.key=e.key key = \'x\'',
      'author="Bob" code: "E1" this.key=e.key key = \'x\'',
    ],
    ['realm="session", error="invalid_token"', 'realm="session", error="invalid_token"'],
    ["a;token=b; x/2;y.session=z()", "a;token=b; x/2;y.session=z()"],
  ] as const)("shows %s as %s", ([text, shown]) => {
    expect(shownUrls(text)).toBe(shown);
  });

  it.for<[what: string, text: string]>([
    ["names", "a".repeat(300_000)],
    ["names with signs", "a=".repeat(150_000)],
    ["quotes", "token='".repeat(50_000)],
    ["escaped quotes", String.raw`token=\"`.repeat(50_000)],
    ["semicolons", "/a;".repeat(100_000)],
    ["blanks", `token${" ".repeat(300_000)}`],
  ])("does not take long over many %s", ([, text]) => {
    expect(shownUrls(`"${text}`)).not.toBe("");
  });
});
