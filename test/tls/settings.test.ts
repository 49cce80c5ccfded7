import { describe, expect, it } from "vitest";

import type { ClientCertificate, TlsSettings, Verify } from "../../src/core/adapter.ts";
import {
  bundleName,
  contextOptions,
  isCertificateFile,
  proxyTerms,
  tlsKey,
  tlsSources,
  type TlsContents,
  type TlsTerms,
} from "../../src/tls/settings.ts";

const CERT = "-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n";
const KEY = "-----BEGIN PRIVATE KEY-----\nc2Vrcml0\n-----END PRIVATE KEY-----\n";
const byDefault: Verify = { kind: "default" };
const noSettings: TlsSettings = {
  minVersion: null,
  maxVersion: null,
  ciphers: null,
  pins: null,
  store: null,
  serverName: null,
  crl: null,
};

function terms(
  verify: Verify,
  cert: ClientCertificate | null,
  settings: Partial<TlsSettings> | null = null,
): TlsTerms {
  return { verify, cert, tls: settings === null ? null : { ...noSettings, ...settings } };
}

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
    expect(new Set(settings.map(([verify, cert]) => tlsKey(terms(verify, cert)))).size).toBe(settings.length);
  });

  it("is the same for equal settings in other objects, and when asked again", () => {
    for (const [verify, cert] of settings) {
      const key = tlsKey(terms(verify, cert));
      expect(tlsKey(terms(verify, cert))).toBe(key);
      expect(tlsKey(terms({ ...verify }, cert === null ? null : { ...cert }))).toBe(key);
    }
  });

  // Every two of these are different settings, too.
  const more: readonly Partial<TlsSettings>[] = [
    {},
    { minVersion: "TLSv1.3" },
    { maxVersion: "TLSv1.3" },
    { ciphers: "AES128-SHA256" },
    { ciphers: "AES128-SHA256:AES256-SHA256" },
    { store: "bundled" },
    { store: "system" },
    { store: "both" },
    { serverName: "a.test" },
    { serverName: "b.test" },
    { crl: ["/a.pem"] },
    { crl: ["/a.pem", "/b.pem"] },
    { pins: [{ kind: "key", hash: "a" }] },
    { pins: [{ kind: "certificate", hash: "a" }] },
    { pins: [{ kind: "key", hash: "b" }] },
    {
      pins: [
        { kind: "key", hash: "a" },
        { kind: "key", hash: "b" },
      ],
    },
    { pins: [{ kind: "key", hash: "a" }], minVersion: "TLSv1.3" },
  ];

  it("differs for different settings of `tls`, with and without certificate", () => {
    const keys = more.flatMap((one) => [
      tlsKey(terms(byDefault, null, one)),
      tlsKey(terms({ kind: "off" }, null, one)),
      tlsKey(terms(byDefault, { cert: CERT, key: KEY }, one)),
    ]);
    expect(new Set([...keys, tlsKey(terms(byDefault, null))]).size).toBe(3 * more.length + 1);
  });

  it("is the same for the same pins in another order", () => {
    const a = { kind: "key", hash: "a" } as const;
    const b = { kind: "certificate", hash: "b" } as const;
    expect(tlsKey(terms(byDefault, null, { pins: [a, b] }))).toBe(
      tlsKey(terms(byDefault, null, { pins: [b, a] })),
    );
  });

  it("holds no key, certificate or passphrase", () => {
    const key = tlsKey(terms({ kind: "pem", pem: CERT }, { cert: CERT, key: KEY, passphrase: "sekrit" }));
    expect(key).not.toMatch(/sekrit|c2Vrcml0|BEGIN/);
  });
});

describe("proxyTerms", () => {
  it("keep trust and versions, but neither certificate nor pins: those are for the origin", () => {
    const settings = { minVersion: "TLSv1.3", store: "both", pins: [{ kind: "key", hash: "a" }] } as const;
    expect(proxyTerms(terms({ kind: "off" }, { cert: CERT }, settings))).toEqual(
      terms({ kind: "off" }, null, { ...settings, pins: null }),
    );
    expect(proxyTerms(terms(byDefault, null, { serverName: "a.test" }))).toEqual(terms(byDefault, null, {}));
    expect(proxyTerms(terms(byDefault, { cert: CERT }))).toEqual(terms(byDefault, null));
  });
});

describe("tlsSources", () => {
  it.for<[Verify, "system" | null]>([
    [byDefault, "system"],
    [{ kind: "off" }, null],
    [{ kind: "path", path: "/ca.pem" }, null],
    [{ kind: "pem", pem: CERT }, null],
  ])("asks for the store with %o only when nothing goes before it: %s", ([verify, expected]) => {
    expect(tlsSources(terms(verify, null, { store: "system" })).store).toBe(expected);
  });

  it("has nothing to read by default", () => {
    const nothing = { ca: null, store: null, cert: null, key: null, pfx: null, crl: null };
    expect(tlsSources(terms(byDefault, null))).toEqual(nothing);
    expect(tlsSources(terms({ kind: "off" }, null))).toEqual(nothing);
  });

  it("names the bundle, and says as requests does when it is missing", () => {
    expect(tlsSources(terms({ kind: "path", path: "/no/ca.pem" }, null))).toMatchObject({
      ca: {
        kind: "path",
        path: "/no/ca.pem",
        missing: "Could not find a suitable TLS CA certificate bundle, invalid path: /no/ca.pem",
      },
    });
    expect(tlsSources(terms({ kind: "pem", pem: CERT }, null)).ca).toEqual({
      kind: "content",
      content: CERT,
    });
  });

  it("looks for the key in the certificate's file when none is given", () => {
    const { cert, key } = tlsSources(terms(byDefault, { cert: "/both.pem" }));
    expect(cert).toEqual({
      kind: "path",
      path: "/both.pem",
      missing: "Could not find the TLS certificate file, invalid path: /both.pem",
    });
    expect(key).toBe(cert);
  });

  it("names a key file, and says as requests does when it is missing", () => {
    expect(tlsSources(terms(byDefault, { cert: "/c.pem", key: "/k.pem" })).key).toEqual({
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
    expect(tlsSources(terms(byDefault, { cert })).cert?.kind).toBe(kind);
  });

  it("takes PKCS #12", () => {
    const pfx = new Uint8Array([1]);
    expect(tlsSources(terms(byDefault, { pfx, passphrase: "p" }))).toMatchObject({
      cert: null,
      key: null,
      pfx: { kind: "content", content: pfx },
    });
  });
});

const nothingRead: TlsContents = { ca: null, cert: null, key: null, pfx: null, crl: null };

describe("contextOptions", () => {
  it("sets only what was read", () => {
    expect(contextOptions(terms(byDefault, null), nothingRead)).toEqual({});
  });

  it("hands on what was read, bytes as Buffer, and the passphrase", () => {
    const whole = new Uint8Array([0, 1, 2, 3]);
    const contents = { ca: [CERT], cert: CERT, key: KEY, pfx: whole.subarray(1, 3), crl: null };
    const given = { cert: CERT, key: KEY, pfx: "/p", passphrase: "p" };
    expect(contextOptions(terms(byDefault, given), contents)).toEqual({
      ca: [CERT],
      cert: CERT,
      key: KEY,
      pfx: Buffer.from([1, 2]),
      passphrase: "p",
    });
  });

  it("gives each list of a revocation file by itself", () => {
    const list = "-----BEGIN X509 CRL-----\nQUJD\n-----END X509 CRL-----";
    const { crl } = contextOptions(terms(byDefault, null), { ...nothingRead, crl: [`${list}\n${list}`] });
    expect(crl).toEqual([list, list]);
  });
});

describe("versions and cipher suites", () => {
  it("are handed on as they are, and only when given", () => {
    const settings = { minVersion: "TLSv1.2", maxVersion: "TLSv1.3", ciphers: "AES128-SHA256" } as const;
    expect(contextOptions(terms(byDefault, null, settings), nothingRead)).toEqual(settings);
    expect(contextOptions(terms(byDefault, null, {}), nothingRead)).toEqual({});
  });
});

describe("bundleName", () => {
  it("is the option, or the variable of the environment that gave the path", () => {
    const path = { kind: "path", path: "/ca.pem" } as const;
    expect(bundleName(path)).toBe("verify");
    expect(bundleName({ ...path, variable: "SSL_CERT_FILE" })).toBe("SSL_CERT_FILE of the environment");
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
