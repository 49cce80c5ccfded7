import { describe, expect, it } from "vitest";
import { isAbsolute, joinBase, parseBaseUrl } from "../../src/core/base-url.ts";
import { InvalidURL, MissingSchema } from "../../src/core/errors.ts";

describe("a base URL", () => {
  it.for([
    ["https://api.test/v1", "https://api.test/v1"],
    ["https://api.test/v1/", "https://api.test/v1/"],
    ["https://api.test", "https://api.test/"],
    ["https://u:p@API.test/a/../v1", "https://u:p@api.test/v1"],
  ] as const)("is prepared as any URL: %s", ([given, expected]) => {
    expect(parseBaseUrl(given).href).toBe(expected);
    expect(parseBaseUrl(new URL(given)).href).toBe(expected);
  });

  it.for([
    ["https://api.test/v1?key=s3cret", "has a query"],
    ["https://api.test/v1?", "has a query"],
    ["https://api.test/v1#part", "has a fragment"],
    ["https://api.test/v1#", "has a fragment"],
  ] as const)("has no query and no fragment: %s", ([given, what]) => {
    for (const form of [given, new URL(given)]) {
      expect(() => parseBaseUrl(form)).toThrow(TypeError);
      expect(() => parseBaseUrl(form)).toThrow(
        `baseUrl must be a URL without query and fragment, for requests go on from its path: "https://api.test/v1" ${what}`,
      );
    }
  });

  it("is an absolute URL", () => {
    expect(() => parseBaseUrl("/v1")).toThrow(MissingSchema);
    expect(() => parseBaseUrl("https://")).toThrow(InvalidURL);
  });
});

describe("isAbsolute", () => {
  it.for([
    ["https://h/", true],
    ["HTTP://h/", true],
    ["x+y.z-1://h/", true],
    ["//h/", false],
    ["http:/h", false],
    ["http:\\\\h", false],
    ["items:search", false],
    ["1http://h/", false],
    ["://h/", false],
    ["h\tttp://h/", false],
    ["/http://h/", false],
    ["", false],
  ] as const)("says of %j: %s", ([reference, expected]) => {
    expect(isAbsolute(reference)).toBe(expected);
  });
});

describe("joinBase", () => {
  const base = parseBaseUrl("https://api.test/v1");

  it.for([
    ["users", "https://api.test/v1/users"],
    ["/users", "https://api.test/v1/users"],
    ["users/", "https://api.test/v1/users/"],
    ["users//1", "https://api.test/v1/users//1"],
    ["/", "https://api.test/v1/"],
    ["", "https://api.test/v1"],
    ["?page=2", "https://api.test/v1?page=2"],
    ["?", "https://api.test/v1?"],
    ["#part", "https://api.test/v1#part"],
    ["/?page=2", "https://api.test/v1/?page=2"],
    ["?next=//h/../..", "https://api.test/v1?next=//h/../.."],
    ["items:search", "https://api.test/v1/items:search"],
    ["localhost:8080/x", "https://api.test/v1/localhost:8080/x"],
    ["http:x", "https://api.test/v1/http:x"],
    ["@other.test/x", "https://api.test/v1/@other.test/x"],
    [":80/x", "https://api.test/v1/:80/x"],
    ["a/../b", "https://api.test/v1/a/../b"],
    ["a\\b", "https://api.test/v1/a\\b"],
    ["..a/...", "https://api.test/v1/..a/..."],
    // data: no segment of dots, however it is read
    ["a%2Fb", "https://api.test/v1/a%2Fb"],
    ["a%5cb%2f", "https://api.test/v1/a%5cb%2f"],
    ["..a%2F..b;..", "https://api.test/v1/..a%2F..b;.."],
    ["...;/%2f.../a..%2F", "https://api.test/v1/...;/%2f.../a..%2F"],
    ["a;v=1/b", "https://api.test/v1/a;v=1/b"],
    ["a;v=1/../b", "https://api.test/v1/a;v=1/../b"],
    ["..%252fx", "https://api.test/v1/..%252fx"],
    ["?next=..%2Fx", "https://api.test/v1?next=..%2Fx"],
    ["x#..%2Fx", "https://api.test/v1/x#..%2Fx"],
  ] as const)("puts %j below the path", ([reference, expected]) => {
    expect(joinBase(base, reference)).toBe(expected);
  });

  it.for([
    ["https://api.test", "", "https://api.test/"],
    ["https://api.test", "x", "https://api.test/x"],
    ["https://api.test", "?q", "https://api.test/?q"],
    ["https://api.test/v1/", "x", "https://api.test/v1/x"],
    ["https://api.test/v1/", "", "https://api.test/v1/"],
    ["https://api.test/v1/", "?q", "https://api.test/v1/?q"],
    ["https://api.test/v1///", "/x", "https://api.test/v1/x"],
    ["https://api.test:443/v1", "x", "https://api.test:443/v1/x"],
    // user info is put on when it is parsed: it may be a password, and not for messages
    ["https://u:p@api.test/v1", "x", "https://api.test/v1/x"],
    ["http+unix://%2Fsock/v1", "x", "http+unix://%2Fsock/v1/x"],
  ] as const)("goes on from %s with %j", ([given, reference, expected]) => {
    expect(joinBase(parseBaseUrl(given), reference)).toBe(expected);
  });

  it.for([
    "//other.test/x",
    "///other.test/x",
    "/\\other.test/x",
    "\\/other.test/x",
    "\\\\other.test/x",
    "\\other.test/x",
    "http:\\\\other.test/x",
    "HTTPS:/\\other.test/x",
  ])("takes no host without its scheme: %j", (reference) => {
    expect(() => joinBase(base, reference)).toThrow(InvalidURL);
    expect(() => joinBase(base, reference)).toThrow("write its scheme");
  });

  it.for([
    "..",
    "../x",
    "/../x",
    "a/../../x",
    "a/../../v1/x",
    "%2e%2e/x",
    "%2E./x",
    ".%2e?x",
    "./../x",
    "..#x",
    // some servers take a turned slash for a slash, and several slashes for one
    "..\\x",
    "a/..\\..\\x",
    "a\\b/../../x",
    "a//../../x",
    // and those that they take for empty for none
    ";/../x",
    ";a=1/../x",
    "%2F/../x",
    "a/%5c%2f/../../x",
    "a/;x/../../b",
  ])("lets no dot segments lead out of the path: %j", (reference) => {
    expect(() => joinBase(base, reference)).toThrow(InvalidURL);
    expect(() => joinBase(base, reference)).toThrow("lead out of the base URL's path");
  });

  it.for([
    "..%2Fadmin",
    "%2e%2e%2fx",
    "a/..%2f..%2fx",
    "..%5cx",
    "..%5Cx?q",
    "..;/x",
    "..;a=b/x",
    "%2E.;/x",
    "..%3b/x",
    "a/..;#x",
    "a%2F..",
    "a%2F../b",
    "a%5c..%2fb",
    "a%2f..;",
    "%2f..%2fx",
    "a\\..%2fb",
    "a%5c..\\b",
    ".%2Fx",
    ".;/x",
    "a%2f.",
    "a%2f./b",
  ])("lets no segment be dots to servers that decode slashes and cut parameters off: %j", (reference) => {
    expect(() => joinBase(base, reference)).toThrow(InvalidURL);
    expect(() => joinBase(base, reference)).toThrow('decode %2F and %5C or cut ";" off');
    expect(() => joinBase(base, `/${reference}`)).toThrow(InvalidURL);
  });

  it("shows nothing of what is secret when it refuses", () => {
    for (const reference of ["//u:s3cret@h/?s3cret", "../x?token=s3cret", "..%2fx?token=s3cret"]) {
      let message = "";
      try {
        joinBase(base, reference);
      } catch (error) {
        message = String(error);
      }
      expect(message).toContain("InvalidURL");
      expect(message).not.toContain("s3cret");
    }
  });

  it("takes time in proportion to the length", () => {
    const long = 50_000;
    for (const part of [
      "/",
      "\\",
      "a/",
      "./",
      "../",
      "%2e",
      ":",
      "a/../",
      "%2f",
      "%5c",
      ";",
      ";/",
      "%2f./",
      "%3b",
    ]) {
      try {
        joinBase(base, `x/${part.repeat(long)}`);
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidURL);
      }
    }
    expect(joinBase(parseBaseUrl(`https://api.test/${"/".repeat(long)}`), "x")).toBe("https://api.test/x");
  });
});
