/** What may be shown of a secret: nothing. */
import { describe, expect, it } from "vitest";
import { bareUrl, isSecretName, shownUrl } from "../../src/core/redact.ts";

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
    ["user:pass@h/x", "user:h/x"],
    ["//u:p@h/x", "//h/x"],
    ["http:///u:p@h/", "http:///h/"],
    ["http:/u:p@h/", "http:/h/"],
    ["http:u:p@h/", "http:h/"],
    ["http:\\\\u:p@h/", "http:\\\\h/"],
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
  ] as const)("shows %s as %s", ([url, shown]) => {
    expect(shownUrl(url)).toBe(shown);
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
