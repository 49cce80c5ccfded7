/** `tls`: what it takes, how a request's goes over its session's, and what that does to `verify`. */
import { describe, expect, it } from "vitest";
import type { TlsSettings, Verify } from "../../src/core/adapter.ts";
import { emptyEnvironment, type Environment } from "../../src/core/environment.ts";
import type { RequestOptions, SessionOptions, SharedOptions, TlsInit } from "../../src/core/options.ts";
import { readTls } from "../../src/options/tls.ts";
import { trustOf } from "../../src/options/trust.ts";
import { settingsOf, takeOfRequest, takeOfSession } from "../support/options.ts";

const nothing: TlsSettings = {
  minVersion: null,
  maxVersion: null,
  ciphers: null,
  pins: null,
  store: null,
  serverName: null,
  crl: null,
};
const KEY = `sha256/${"A".repeat(43)}=`;
const HEX = "ab".repeat(32);

describe("tls", () => {
  it.for<[TlsInit | null, Partial<TlsSettings> | null]>([
    [null, null],
    [{}, {}],
    [
      { minVersion: "TLSv1.2", maxVersion: "TLSv1.3" },
      { minVersion: "TLSv1.2", maxVersion: "TLSv1.3" },
    ],
    [
      { minVersion: "TLSv1.3", maxVersion: "TLSv1.3" },
      { minVersion: "TLSv1.3", maxVersion: "TLSv1.3" },
    ],
    [{ ciphers: "AES128-SHA256:@SECLEVEL=1" }, { ciphers: "AES128-SHA256:@SECLEVEL=1" }],
    [{ store: "bundled" }, { store: "bundled" }],
    [{ store: "system" }, { store: "system" }],
    [{ store: "both" }, { store: "both" }],
    [{ pins: KEY }, { pins: [{ kind: "key", hash: KEY.slice(7) }] }],
    [{ pins: HEX }, { pins: [{ kind: "certificate", hash: HEX }] }],
    [{ pins: [HEX.toUpperCase()] }, { pins: [{ kind: "certificate", hash: HEX }] }],
    [
      { pins: [HEX.toUpperCase().replaceAll(/..(?=.)/g, "$&:"), KEY] },
      {
        pins: [
          { kind: "certificate", hash: HEX },
          { kind: "key", hash: KEY.slice(7) },
        ],
      },
    ],
    [{ minVersion: null, maxVersion: undefined, ciphers: null, pins: null, store: null }, {}],
    [
      { serverName: "a.test", crl: "/crl.pem" },
      { serverName: "a.test", crl: ["/crl.pem"] },
    ],
    [{ serverName: "[::1]" }, { serverName: "::1" }],
  ])("takes %o", ([init, expected]) => {
    expect(readTls(init, null)).toEqual(expected === null ? null : { ...nothing, ...expected });
  });

  it.for<[unknown, string]>([
    [
      "TLSv1.3",
      "tls must be { minVersion, maxVersion, ciphers, pins, store, serverName, crl } or null, not string",
    ],
    [[], "not Array"],
    [new Map(), "not Map"],
    [true, "not boolean"],
    [{ minversion: "TLSv1.2" }, 'tls has no option "minversion"; perhaps you meant minVersion?'],
    [{ minVersion: 1.2 }, 'tls.minVersion must be "TLSv1.2", "TLSv1.3" or null, not number'],
    [{ store: true }, 'tls.store must be "bundled", "system", "both" or null, not boolean'],
    [{ ciphers: ["AES128-SHA256"] }, "tls.ciphers must be OpenSSL's names"],
    [{ ciphers: " " }, "not empty"],
    [{ serverName: "a.test:443" }, "tls.serverName must be a host name"],
    [{ serverName: "b\u00fccher.test" }, "tls.serverName must be a host name"],
    [{ serverName: "" }, "tls.serverName must be a host name"],
    [{ serverName: 5 }, "not number"],
    [{ crl: 5 }, "tls.crl must be PEM, a path, bytes, a list of them or null, not number"],
    [{ crl: "" }, "not empty"],
    [{ crl: ["x", null] }, "not null"],
    [{ pins: 5 }, "tls.pins must be a pin, a list of pins or null, not number"],
    [{ pins: new Set([KEY]) }, "not Set"],
    [{ pins: [KEY, null] }, "tls.pins[1] must be"],
    [{ minVersion: "TLSv1.1" }, 'tls.minVersion must be "TLSv1.2", "TLSv1.3" or null, not "TLSv1.1"'],
    [{ maxVersion: "1.3" }, 'tls.maxVersion must be "TLSv1.2", "TLSv1.3" or null, not "1.3"'],
    [{ store: "os" }, 'not "os"'],
    [
      { pins: "sha1/abc" },
      'tls.pins must be "sha256/" and the base64 of 32 bytes, or 64 hex digits, not "sha1/abc"',
    ],
    [{ pins: "" }, 'not ""'],
    [{ pins: [HEX, `sha256//${"A".repeat(43)}=`] }, "tls.pins[1] must be"], // curl's form has one stroke more
    [{ pins: `sha256/${"A".repeat(43)}` }, "tls.pins must be"],
    [{ pins: `sha256/${"A".repeat(42)}B=` }, "tls.pins must be"], // bits after the 256th
    [{ pins: `${KEY}\n` }, "tls.pins must be"],
    [{ pins: `${HEX}ab` }, "tls.pins must be"],
    [{ pins: HEX.slice(1) }, "tls.pins must be"],
    [{ pins: HEX.replace("ab", "ab:") }, "tls.pins must be"], // here a colon, there none
  ])("refuses %o: a TypeError", ([tls, message]) => {
    const options = { tls } as SharedOptions;
    for (const check of [takeOfRequest, takeOfSession]) {
      expect(() => check(options)).toThrow(TypeError);
      expect(() => check(options)).toThrow(message);
    }
  });

  it.for<[unknown, string]>([
    [{ minVersion: "TLSv1.3", maxVersion: "TLSv1.2" }, "tls.minVersion must not be above tls.maxVersion"],
    [{ pins: [] }, "tls.pins must have one pin at least; null for none"],
  ])("refuses %o: a RangeError", ([tls, message]) => {
    const options = { tls } as RequestOptions;
    expect(() => takeOfRequest(options)).toThrow(RangeError);
    expect(() => takeOfRequest(options)).toThrow(message);
  });

  it("reads own properties only", () => {
    const polluted = Object.prototype as unknown as Record<string, unknown>;
    polluted["store"] = "system";
    polluted["ciphers"] = "NULL";
    try {
      expect(readTls({ minVersion: "TLSv1.3" }, null)).toEqual({ ...nothing, minVersion: "TLSv1.3" });
    } finally {
      delete polluted["store"];
      delete polluted["ciphers"];
    }
  });
});

describe("a request's tls", () => {
  const base = readTls({ pins: HEX, minVersion: "TLSv1.2" }, null);

  it("goes over its session's field by field: a pin is not lost because of a version", () => {
    expect(readTls({ minVersion: "TLSv1.3" }, base)).toEqual({ ...base, minVersion: "TLSv1.3" });
    expect(readTls({ pins: undefined }, base)).toEqual(base);
  });

  it("takes back one field with null, and all with null", () => {
    expect(readTls({ pins: null }, base)).toEqual({ ...nothing, minVersion: "TLSv1.2" });
    expect(readTls(null, base)).toBeNull();
  });

  it("must not contradict its session's", () => {
    expect(() => readTls({ maxVersion: "TLSv1.2" }, readTls({ minVersion: "TLSv1.3" }, null))).toThrow(
      RangeError,
    );
  });
});

describe("tls.store and verify", () => {
  const environment: Environment = {
    ...emptyEnvironment,
    caBundle: { kind: "path", path: "/env.pem", variable: "REQUESTS_CA_BUNDLE" },
  };
  const ambient: Verify = { kind: "path", path: "/env.pem", variable: "REQUESTS_CA_BUNDLE" };
  const byDefault: Verify = { kind: "default" };
  const own: Verify = { kind: "path", path: "/env.pem" };

  it.for<[SessionOptions, RequestOptions, Verify]>([
    [{}, { tls: { minVersion: "TLSv1.3" } }, ambient],
    [{ tls: { store: "system" } }, {}, byDefault],
    [{}, { tls: { store: "system" } }, byDefault],
    [{ verify: true }, { tls: { store: "both" } }, byDefault],
    [{ tls: { store: "system" } }, { tls: null }, ambient],
    [{ tls: { store: "system" } }, { tls: { store: null } }, ambient],
    [{ tls: { store: "system" } }, { verify: true }, byDefault],
    [{ verify: "/env.pem" }, { tls: { store: "system" } }, own],
    [{ tls: { store: "system" } }, { verify: "/env.pem" }, own],
    [{ verify: false }, { tls: { store: "system" } }, { kind: "off" }],
  ])(
    "session %o, request %o: the store goes before the environment's bundle only",
    ([session, request, is]) => {
      expect(trustOf(settingsOf(session, request, environment))).toEqual(is);
    },
  );
});
