/** Which names a certificate is for. All rows but that of the underscore are what requests 2.34 with urllib3 2.7 does. */
import { X509Certificate } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";

import { nameProblem } from "../../src/tls/certificate.ts";
import { Authority, type LeafInit } from "../support/certificates.ts";

let authority: Authority;

beforeAll(async () => {
  authority = await Authority.create();
});

async function problemOf(name: string, init: LeafInit): Promise<Error | undefined> {
  const { cert } = await authority.issue(init);
  return nameProblem(name, new X509Certificate(cert).toLegacyObject());
}

describe("a certificate", () => {
  it.for<[LeafInit, string]>([
    [{ names: ["a.test"] }, "a.test"],
    [{ names: ["A.test"] }, "a.TEST"],
    [{ names: ["a.test"] }, "a.test."],
    [{ names: ["b.test", "a.test"] }, "a.test"],
    [{ names: ["localhost"] }, "localhost"],
    [{ names: ["a_b.test"] }, "a_b.test"],
    [{ names: ["*.wild.test"] }, "x.wild.test"],
    [{ names: ["*.wild.test"] }, "x.wild.test."],
    [{ names: ["*.wild.test"] }, "xn--mnchen-3ya.wild.test"],
    // A bucket's name: browsers take it, OpenSSL does not.
    [{ names: ["*.wild.test"] }, "a_b.wild.test"],
    [{ names: ["x*.wild.test", "a.test"] }, "a.test"],
    [{ names: ["x*.wild.test", "a.test"] }, "a.test."],
    [{ addresses: ["127.0.0.1"] }, "127.0.0.1"],
    [{ addresses: ["127.0.0.1"], names: ["x*.wild.test"] }, "127.0.0.1"],
    [{ addresses: ["::1"] }, "::1"],
    [{ addresses: ["2001:db8::1"] }, "2001:0db8:0:0:0:0:0:1"],
  ])("with %j is for %s", async ([init, name]) => {
    expect(await problemOf(name, init)).toBeUndefined();
  });

  it.for<[LeafInit, string]>([
    [{ names: ["b.test"] }, "a.test"],
    [{ names: ["a.test"] }, "b.a.test"],
    [{ names: ["b.a.test"] }, "a.test"],
    [{ names: ["*.wild.test"] }, "x.y.wild.test"],
    [{ names: ["*.wild.test"] }, "wild.test"],
    [{ names: ["*.test"] }, "a.test"],
    [{ names: ["*"] }, "localhost"],
    [{ names: ["x*.wild.test"] }, "xy.wild.test"],
    [{ names: ["*x.wild.test"] }, "yx.wild.test"],
    [{ names: ["x*y.wild.test"] }, "xzy.wild.test"],
    [{ names: ["a.*.test"] }, "a.wild.test"],
    [{ names: ["xn--*.wild.test"] }, "xn--mnchen-3ya.wild.test"],
    [{ names: ["127.0.0.1"] }, "127.0.0.1"],
    [{ names: ["*.0.0.1"] }, "127.0.0.1"],
    [{ addresses: ["127.0.0.2"] }, "127.0.0.1"],
    [{ addresses: ["127.0.0.1"] }, "a.test"],
    [{ addresses: ["::2"] }, "::1"],
    // RFC 9525: the common name counts no more, be there other names or not.
    [{ commonName: "a.test" }, "a.test"],
    [{ commonName: "a.test", names: ["b.test"] }, "a.test"],
    [{ commonName: "a.test", addresses: ["127.0.0.1"] }, "a.test"],
    [{ commonName: "a.test", addresses: ["127.0.0.1"], names: ["x*.test"] }, "a.test"],
    [{ commonName: "127.0.0.1" }, "127.0.0.1"],
  ])("with %j is not for %s", async ([init, name]) => {
    expect(await problemOf(name, init)).toBeInstanceOf(Error);
  });

  it("with a URI that looks like a name has no name all the same", async () => {
    const { cert } = await authority.issue({ commonName: "a.test" });
    const certificate = {
      ...new X509Certificate(cert).toLegacyObject(),
      subjectaltname: "URI:urn:DNS:a.test",
    };
    expect(nameProblem("a.test", certificate)).toBeInstanceOf(Error);
  });

  it("says what it is for", async () => {
    const problems = [
      await problemOf("a.test", { names: ["b.test"] }),
      await problemOf("xy.wild.test", { names: ["x*.wild.test"] }),
      await problemOf("127.0.0.1", { addresses: ["127.0.0.2"] }),
      await problemOf("a.test", { commonName: "a.test" }),
    ];
    for (const problem of problems) expect(problem).toMatchObject({ code: "ERR_TLS_CERT_ALTNAME_INVALID" });
    expect(problems.map((problem) => problem?.message)).toEqual([
      expect.stringMatching(/a\.test.*DNS:b\.test/),
      expect.stringMatching(/xy\.wild\.test.*DNS:x\*\.wild\.test/),
      expect.stringMatching(/127\.0\.0\.1.*127\.0\.0\.2/),
      expect.stringMatching(/a\.test.*common name does not count/),
    ]);
  });
});
