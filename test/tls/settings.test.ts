import { describe, expect, it } from "vitest";

import type { ClientCertificate, Verify } from "../../src/core/adapter.ts";
import { isCertificateFile, tlsKey, tlsOptions, tlsSources } from "../../src/tls/settings.ts";

const CERT = "-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n";
const KEY = "-----BEGIN PRIVATE KEY-----\nc2Vrcml0\n-----END PRIVATE KEY-----\n";
const byDefault: Verify = { kind: "default" };

describe("tlsKey", () => {
  // Every two of these are different settings: PARITY ADP-7.
  const settings: readonly (readonly [Verify, ClientCertificate | null])[] = [
    [byDefault, null],
    [{ kind: "off" }, null],
    [{ kind: "path", path: "/ca.pem" }, null],
    [{ kind: "path", path: "/other.pem" }, null],
    [{ kind: "path", path: "off" }, null],
    [{ kind: "pem", pem: CERT }, null],
    [{ kind: "pem", pem: `${CERT}${CERT}` }, null],
    [{ kind: "pem", pem: "/ca.pem" }, null],
    [byDefault, { cert: "/c.pem" }],
    [byDefault, { cert: "/c.pem", key: "/k.pem" }],
    [byDefault, { cert: "/c.pem", key: "/other.pem" }],
    [byDefault, { cert: "/c.pem", key: "/k.pem", passphrase: "" }],
    [byDefault, { cert: "/c.pem", key: "/k.pem", passphrase: "p" }],
    [byDefault, { cert: CERT, key: KEY }],
    [byDefault, { cert: Buffer.from(CERT), key: KEY }],
    [byDefault, { pfx: "/c.pem" }],
    [byDefault, { pfx: new Uint8Array([1, 2]) }],
    [byDefault, { pfx: new Uint8Array([1, 2]), passphrase: "p" }],
    [byDefault, { cert: "ab", key: "c" }],
    [byDefault, { cert: "a", key: "bc" }],
    [byDefault, {}],
    [{ kind: "off" }, { cert: "/c.pem" }],
  ];

  it("differs for different settings", () => {
    expect(new Set(settings.map(([verify, cert]) => tlsKey(verify, cert))).size).toBe(settings.length);
  });

  it("is the same for equal settings in other objects, and when asked again", () => {
    for (const [verify, cert] of settings) {
      const key = tlsKey(verify, cert);
      expect(tlsKey(verify, cert)).toBe(key);
      expect(tlsKey({ ...verify }, cert === null ? null : { ...cert })).toBe(key);
    }
  });

  it("holds no key, certificate or passphrase", () => {
    const key = tlsKey({ kind: "pem", pem: CERT }, { cert: CERT, key: KEY, passphrase: "sekrit" });
    expect(key).not.toMatch(/sekrit|c2Vrcml0|BEGIN/);
  });
});

describe("tlsSources", () => {
  it("has nothing to read by default", () => {
    const nothing = { ca: null, cert: null, key: null, pfx: null, passphrase: null };
    expect(tlsSources(byDefault, null)).toEqual({ verified: true, ...nothing });
    expect(tlsSources({ kind: "off" }, null)).toEqual({ verified: false, ...nothing });
  });

  it("names the bundle, and says as requests does when it is missing", () => {
    expect(tlsSources({ kind: "path", path: "/no/ca.pem" }, null)).toMatchObject({
      verified: true,
      ca: {
        kind: "path",
        path: "/no/ca.pem",
        missing: "Could not find a suitable TLS CA certificate bundle, invalid path: /no/ca.pem",
      },
    });
    expect(tlsSources({ kind: "pem", pem: CERT }, null).ca).toEqual({ kind: "content", content: CERT });
  });

  it("looks for the key in the certificate's file when none is given", () => {
    const { cert, key } = tlsSources(byDefault, { cert: "/both.pem" });
    expect(cert).toEqual({
      kind: "path",
      path: "/both.pem",
      missing: "Could not find the TLS certificate file, invalid path: /both.pem",
    });
    expect(key).toBe(cert);
  });

  it("names a key file, and says as requests does when it is missing", () => {
    expect(tlsSources(byDefault, { cert: "/c.pem", key: "/k.pem" }).key).toEqual({
      kind: "path",
      path: "/k.pem",
      missing: "Could not find the TLS key file, invalid path: /k.pem",
    });
  });

  it.for([
    [CERT, "content"],
    [`\n  ${CERT}`, "content"],
    [Buffer.from("/c.pem"), "content"],
    ["/c.pem", "path"],
    ["-----begin", "path"],
  ] as const)("takes %j as %s", ([cert, kind]) => {
    expect(tlsSources(byDefault, { cert }).cert?.kind).toBe(kind);
  });

  it("takes PKCS #12 with its passphrase", () => {
    const pfx = new Uint8Array([1]);
    expect(tlsSources(byDefault, { pfx, passphrase: "p" })).toMatchObject({
      cert: null,
      key: null,
      pfx: { kind: "content", content: pfx },
      passphrase: "p",
    });
  });
});

describe("tlsOptions", () => {
  it("sets only what was read", () => {
    expect(tlsOptions(tlsSources(byDefault, null), {})).toEqual({ rejectUnauthorized: true });
    expect(tlsOptions(tlsSources({ kind: "off" }, null), {})).toEqual({ rejectUnauthorized: false });
  });

  it("hands on what was read, bytes as Buffer", () => {
    const sources = tlsSources(byDefault, { cert: CERT, key: KEY, pfx: "/p", passphrase: "p" });
    const whole = new Uint8Array([0, 1, 2, 3]);
    expect(tlsOptions(sources, { ca: [CERT], cert: CERT, key: KEY, pfx: whole.subarray(1, 3) })).toEqual({
      rejectUnauthorized: true,
      ca: [CERT],
      cert: CERT,
      key: KEY,
      pfx: Buffer.from([1, 2]),
      passphrase: "p",
    });
  });
});

describe("isCertificateFile", () => {
  it.for([
    ["ca.pem", true],
    ["CA.CRT", true],
    ["ca.key", false],
    ["ca.pem.bak", false],
    ["pem", false],
  ] as const)("of %s is %s", ([name, expected]) => {
    expect(isCertificateFile(name)).toBe(expected);
  });
});
