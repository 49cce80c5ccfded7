import { describe, expect, it } from "vitest";
import { InvalidURL } from "../../src/core/errors.ts";
import { resolveReceived } from "../../src/core/received-url.ts";
import { utf8 } from "../support/wire-server.ts";

describe("a reference that a server wrote", () => {
  const base = "http://a/b/c/d;p?q";

  // RFC 3986 §5.4.1 and §5.4.2, as browsers read it
  it.for([
    ["g", "http://a/b/c/g"],
    ["./g", "http://a/b/c/g"],
    ["g/", "http://a/b/c/g/"],
    ["/g", "http://a/g"],
    ["//g", "http://g/"],
    ["?y", "http://a/b/c/d;p?y"],
    ["g?y", "http://a/b/c/g?y"],
    ["#s", "http://a/b/c/d;p?q#s"],
    ["g?y#s", "http://a/b/c/g?y#s"],
    [";x", "http://a/b/c/;x"],
    ["", "http://a/b/c/d;p?q"],
    [".", "http://a/b/c/"],
    ["..", "http://a/b/"],
    ["../../g", "http://a/g"],
    ["../../../g", "http://a/g"],
    ["/./g", "http://a/g"],
    ["%2e%2e/g", "http://a/b/g"],
    ["..g", "http://a/b/c/..g"],
    ["g/../h", "http://a/b/c/h"],
    ["g?y/../x", "http://a/b/c/g?y/../x"],
    ["http:g", "http://a/b/c/g"],
    ["g:h", "g:h"],
  ] as const)("%j leads to %s", ([reference, expected]) => {
    expect(resolveReceived(reference, base)).toBe(expected);
  });

  it.for([
    // what can be sent is not spelled otherwise
    ["/news/%d0%bf", "/news/%d0%bf"],
    ["/user/%7Ename", "/user/%7Ename"],
    ["/x[]?a[0]=1|2", "/x[]?a[0]=1|2"],
    ["/100%/%zz", "/100%/%zz"],
    ["/t?", "/t?"],
    ["?", "/b/c/d;p?"],
    ["/f#", "/f#"],
    // what cannot is encoded as browsers do it
    ["/with space?a b", "/with%20space?a%20b"],
    ['/"<>`{}?"<>`{}\'', "/%22%3C%3E%60%7B%7D?%22%3C%3E`{}%27"],
    ["/a\tb\nc", "/abc"],
    ["/a\\b", "/a/b"],
    // bytes beyond ASCII: one by one, in any charset
    [utf8("/café?é#é"), "/caf%C3%A9?%C3%A9#%C3%A9"],
    ["/caf\u00e9", "/caf%E9"],
    ["/caf\u00e9" + utf8("é"), "/caf%E9%C3%A9"],
    [utf8("/voilà"), "/voil%C3%A0"],
    ["\u00a0\u0085", "/b/c/%A0%85"],
  ] as const)("%j has the target %s", ([reference, expected]) => {
    expect(resolveReceived(reference, base)).toBe(`http://a${expected}`);
  });

  it.for([
    ["http:///other.test/x", "http://other.test/x"],
    ["///other.test/x", "http://other.test/x"],
    ["\\\\other.test/x", "http://other.test/x"],
    ["/\\other.test/x", "http://other.test/x"],
    ["https:other.test", "https://other.test/"],
    [utf8("http://bücher.test/"), "http://xn--bcher-kva.test/"],
    ["http://0x7f.1/", "http://127.0.0.1/"],
    ["HTTP://OTHER.test:80/x", "http://other.test/x"],
  ] as const)("%j goes to the host that browsers go to: %s", ([reference, expected]) => {
    expect(resolveReceived(reference, base)).toBe(expected);
  });

  it.for(["http://", "http://h:99999/", "http://a b/", "http://b\u00fccher.test/", "http://[::1%25lo]/"])(
    "%j leads nowhere",
    (reference) => {
      expect(() => resolveReceived(reference, base)).toThrow(InvalidURL);
    },
  );

  it("stays on the interface of a link-local address, which servers do not know, or repeat", () => {
    const local = "http://me:pw@[fe80::1%25eth0]:8080/a/b";
    expect(resolveReceived("/c", local)).toBe("http://me:pw@[fe80::1%25eth0]:8080/c");
    expect(resolveReceived("http://[fe80::1]/c]", local)).toBe("http://[fe80::1%25eth0]/c]");
    expect(resolveReceived("http://[fe80::1%25eth0]:8080/c", local)).toBe("http://[fe80::1%25eth0]:8080/c");
    expect(resolveReceived("http://[fe80::2]/c", local)).toBe("http://[fe80::2]/c");
    expect(() => resolveReceived("http://[fe80::1%25eth1]/c", local)).toThrow(InvalidURL);
  });

  it("is resolved against URLs of any scheme that has a host", () => {
    expect(resolveReceived("../x?%7e", "http+unix://%2Fvar%2Frun%2Fx.sock/a/b")).toBe(
      "http+unix://%2Fvar%2Frun%2Fx.sock/x?%7e",
    );
  });

  it("shows nothing of what is secret when it leads nowhere", () => {
    let error: unknown;
    try {
      resolveReceived("http://u:s3cret@h h/?token=s3cret", "http://me:s3cret@a/?s3cret");
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(InvalidURL);
    expect((error as Error).cause).toBeUndefined();
    expect((error as Error).message).not.toContain("s3cret");
  });
});
