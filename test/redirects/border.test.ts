/** What crosses to another origin: with a redirect, and from a session with a base URL. */
import { describe, expect, it } from "vitest";
import { HttpBasicAuth } from "../../src/auth/basic.ts";
import { AuthByOrigin } from "../../src/auth/by-origin.ts";
import type { TlsSettings } from "../../src/core/adapter.ts";
import { settingsAcross, type RedirectCrossing } from "../../src/redirects/border.ts";

const cert = { cert: "/cert.pem" };
const basic = new HttpBasicAuth("user", "password");
const map = new AuthByOrigin({ "http://one.test": ["user", "password"] });
const named: TlsSettings = {
  minVersion: "TLSv1.3",
  maxVersion: null,
  ciphers: null,
  pins: null,
  store: null,
  serverName: "one.test",
  crl: null,
};
const unnamed: TlsSettings = { ...named, serverName: null };

describe("settings across", () => {
  it.for<
    readonly [crossing: RedirectCrossing, auth: typeof basic | null, hasCert: boolean, hasName: boolean]
  >([
    ["none", basic, true, true],
    ["trusted", basic, true, false],
    ["upgrade", basic, false, true],
    ["foreign", null, false, false],
  ])("%s", ([crossing, auth, hasCert, hasName]) => {
    const settings = { auth: basic, cert, tls: named, other: 1 };
    expect(settingsAcross(crossing, settings)).toStrictEqual({
      auth,
      cert: hasCert ? cert : null,
      tls: hasName ? named : unnamed,
      other: 1,
    });
    expect(settings).toStrictEqual({ auth: basic, cert, tls: named, other: 1 });
  });

  it.for([
    ["a map of origins", map],
    ["that there are to be none", null],
    ["that nothing was said", undefined],
  ] as const)("keep of credentials %s", ([, auth]) => {
    const settings = { auth, cert: null, tls: unnamed };
    expect(settingsAcross("foreign", settings)).toBe(settings);
  });
});
