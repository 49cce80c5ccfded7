import { describe, expect, it } from "vitest";

import type { Adapter } from "../../src/core/adapter.ts";
import { InvalidSchema, InvalidURL } from "../../src/core/errors.ts";
import { Mounts } from "../../src/session/mounts.ts";

/** An adapter that can be told from others. */
function adapter(name: string): Adapter & { readonly name: string } {
  return { name, send: () => Promise.reject(new Error("not here")), close: () => Promise.resolve() };
}

/** Every prefix with an adapter of its name. */
function mounted(...prefixes: readonly string[]): Mounts {
  const mounts = new Mounts();
  for (const prefix of prefixes) mounts.mount(prefix, adapter(prefix));
  return mounts;
}

describe("find()", () => {
  // PARITY SES-26, SEC-16.
  it.for([
    // prefix                       URL                                       does it fit?
    ["https://", "https://a.test/", true],
    ["https://", "HTTPS://a.test/", true],
    ["HTTPS://", "https://a.test/", true],
    ["https://", "http://a.test/", false],
    ["http://", "https://a.test/", false],
    ["https://a.test", "https://a.test/", true],
    ["https://a.test", "https://a.test/x?y", true],
    ["https://a.test", "https://A.TEST/x", true],
    ["https://A.test/", "https://a.test/x", true],
    ["https://a.test/", "https://a.test:443/x", true],
    ["https://a.test:443/", "https://a.test/x", true],
    ["https://a.test", "https://a.test.evil.test/", false],
    ["https://a.test", "https://a.testing/", false],
    ["https://a.test", "https://a.test@evil.test/", false],
    ["https://a.test", "https://evil.test/?https://a.test", false],
    ["https://a.test", "https://user:pass@a.test/", true],
    ["https://a.test:1/", "https://a.test:12/", false],
    ["https://a.test/", "https://a.test:8443/", false],
    ["https://a.test/api", "https://a.test/api", true],
    ["https://a.test/api", "https://a.test/api/x", true],
    ["https://a.test/api", "https://a.test/api?x", true],
    ["https://a.test/api", "https://a.test/API/x", true],
    ["https://a.test/api", "https://a.test/apiary", false],
    ["https://a.test/api", "https://a.test/x/../api/y", true],
    ["https://a.test/api", "https://a.test/api/../x", false],
    ["https://a.test/api/", "https://a.test/api", false],
    ["https://b\u00fccher.test", "https://xn--bcher-kva.test/", true],
    ["http://[::1]/", "http://[0:0:0:0:0:0:0:1]/", true],
    ["mock://", "mock://whatever", true],
    ["mock://a/b", "mock://A/b/c", true],
    ["mock://a/b", "mock://a/bc", false],
    ["mock://a", "mock://ab", false],
    // however the path is spelled, and where it leads to
    ["https://a.test/b[1]", "https://a.test/b%5b1%5d/x", true],
    ["https://a.test/%7Eme", "https://a.test/~me/x", true],
    ["https://a.test/sec", "https://a.test/sec/%2e%2e/open", false],
    ["https://a.test/a%2Fb", "https://a.test/a/b", false],
    ["mock://a/b[1]", "mock://a/b%5B1%5d/x", true],
    ["mock://a/b|c", "mock://a/b%7cc", true],
    ["mock://a/%7Eme", "mock://a/~me/x", true],
    ["mock://a/caf\u00e9", "mock://a/caf%c3%a9/x", true],
    ["mock://a/x/../b", "mock://a/b/c", true],
    ["mock://a/sec", "mock://a/sec/../open", false],
    ["mock://a/sec", "mock://a/sec/%2e%2e/open", false],
    ["mock://a/sec", "mock://a/open/../sec?x", true],
    ["mock://a/a%2Fb", "mock://a/a/b", false],
    ["mock://a/b?x=[1]", "mock://a/b?x=[1]&y", true],
  ] as const)("%s for %s: %s", ([prefix, url, fits]) => {
    const mounts = mounted(prefix);
    if (fits) expect(mounts.find(url)).toMatchObject({ name: prefix });
    else expect(() => mounts.find(url)).toThrow(InvalidSchema);
  });

  it("prefers the longest prefix", () => {
    const mounts = mounted("https://", "https://a.test", "https://a.test/api", "https://a.test/api/v2");
    expect(mounts.find("https://a.test/api/v2/x")).toMatchObject({ name: "https://a.test/api/v2" });
    expect(mounts.find("https://a.test/api/v3")).toMatchObject({ name: "https://a.test/api" });
    expect(mounts.find("https://a.test/")).toMatchObject({ name: "https://a.test" });
    expect(mounts.find("https://b.test/")).toMatchObject({ name: "https://" });
  });

  it("says what is missing, without secrets", () => {
    expect(() => mounted("https://").find("ftp://user:s3cret@a.test/x?token=s3cret")).toThrow(
      'No connection adapters were found for "ftp://a.test/x"',
    );
  });

  it("refuses a URL that is none where it has to be taken apart", () => {
    expect(() => mounted("https://a.test").find("https://a b/")).toThrow(InvalidURL);
  });
});

describe("mount()", () => {
  it("keeps the longest prefix first, and equal ones in the order of mounting", () => {
    const mounts = mounted(
      "https://",
      "http://",
      "https://bb.test",
      "https://aa.test",
      "https://a.test/long",
    );
    expect([...mounts.adapters.keys()]).toEqual([
      "https://a.test/long",
      "https://bb.test",
      "https://aa.test",
      "https://",
      "http://",
    ]);
  });

  it("replaces an adapter in its place", () => {
    const mounts = mounted("https://aa.test", "https://bb.test", "https://");
    const other = adapter("other");
    mounts.mount("https://aa.test", other);
    expect([...mounts.adapters.keys()]).toEqual(["https://aa.test", "https://bb.test", "https://"]);
    expect(mounts.find("https://aa.test/")).toBe(other);
  });

  it.for(["", "https", "https:", "//a.test", "a.test", "/x", "1x://"])("refuses the prefix %j", (prefix) => {
    expect(() => mounted(prefix)).toThrow(TypeError);
  });

  it("refuses what is no adapter", () => {
    for (const wrong of [null, {}, { send: () => {} }, "adapter"]) {
      expect(() => new Mounts().mount("https://", wrong as never)).toThrow(TypeError);
    }
  });
});

describe("prefixFor()", () => {
  it.for([
    ["https://a.test/x/y", "https://a.test/x"],
    ["https://a.test/", "https://a.test"],
    ["https://b.test/", "https://"],
  ] as const)("of %s is %s, under which its adapter is mounted", ([url, prefix]) => {
    const mounts = mounted("https://", "https://a.test", "https://a.test/x");
    expect(mounts.prefixFor(url)).toBe(prefix);
    expect(mounts.find(url)).toMatchObject({ name: prefix });
  });

  it("is none where there is no adapter", () => {
    expect(() => mounted("https://").prefixFor("http://a.test/")).toThrow(InvalidSchema);
  });
});
