/** One voice for what a program gives wrongly, and own properties only. */
import { describe, expect, it } from "vitest";

import {
  assertCount,
  assertNumber,
  assertWithin,
  mustBe,
  mustReturn,
  oneOf,
  optionsOf,
  ownFields,
} from "../../src/core/checks.ts";
import {
  AuthByOrigin,
  CookieJar,
  HstsStore,
  HttpAdapter,
  HttpBasicAuth,
  HttpBearerAuth,
  Retry,
  Session,
  dump,
  type AuthOption,
} from "../../src/index.ts";
import { oauth2ClientCredentials } from "../../src/oauth2.ts";
import { read } from "../support/responses.ts";

const response = read({ body: "one\ntwo\n" });

describe("the error for a wrong value", () => {
  it.for<readonly [value: unknown, message: string]>([
    ["s3cret", "x must be A, not string"],
    [12345, "x must be A, not number"],
    [Number.NaN, "x must be A, not NaN"],
    ["", "x must be A, not empty"],
    [null, "x must be A, not null"],
    [["s3cret"], "x must be A, not Array"],
    [new Map([["s3cret", 1]]), "x must be A, not Map"],
  ])("names the kind of %j", ([value, message]) => {
    expect(mustBe("x", "A", value)).toEqual(new TypeError(message));
  });

  it.for<readonly [value: unknown, error: Error]>([
    ["5", new TypeError("x must be a whole number, 1 or more, not string")],
    [0, new RangeError("x must be a whole number, 1 or more, not 0")],
    [1.5, new RangeError("x must be a whole number, 1 or more, not 1.5")],
    [2 ** 53, new RangeError("x must be a whole number, 1 or more, not 9007199254740992")],
  ])("tells of %j that it is no count", ([value, error]) => {
    expect(() => assertCount(value, "x", 1)).toThrow(error);
  });

  it.for<readonly [value: unknown, kind: "a number" | "a whole number", error: Error]>([
    [2.5, "a whole number", new RangeError("x must be a whole number from 2 to 3, not 2.5")],
    [4, "a number", new RangeError("x must be a number from 2 to 3, not 4")],
    [Number.NaN, "a number", new RangeError("x must be a number from 2 to 3, not NaN")],
    [true, "a number", new TypeError("x must be a number from 2 to 3, not boolean")],
  ])("tells of %j that it is not within", ([value, kind, error]) => {
    expect(() => assertWithin(value, "x", [2, 3], kind)).toThrow(error);
    expect(() => assertWithin(2.5, "x", [2, 3])).not.toThrow();
    expect(() => assertNumber(2.5, "x", "2.5", (number) => number === 2.5)).not.toThrow();
  });

  it("shows a wrong word, and the kind of what is none", () => {
    expect(oneOf("on", "x", ["on", "off"])).toBe("on");
    expect(() => oneOf("up", "x", ["on", "off"])).toThrow(new TypeError('x must be "on" or "off", not "up"'));
    expect(() => oneOf(1, "x", ["on", "off"], " or null")).toThrow(
      new TypeError('x must be "on", "off" or null, not number'),
    );
  });

  it("of an answer begins its stack where the answer was asked for", () => {
    const asked = (): Error => mustReturn("a hook", "text", 1);
    expect(asked()).toMatchObject({ message: "a hook must return text, not number" });
    expect(asked().stack?.split("\n")[1]).toContain("asked");
  });
});

describe("options", () => {
  it.for<readonly [options: unknown, message: string]>([
    [null, "the options of f() must be an object, not null"],
    [5, "the options of f() must be an object, not number"],
    [{ a: 1, sise: 1 }, 'f() has no option "sise"; perhaps you meant size?'],
    [{ zzzzz: 1 }, 'f() has no option "zzzzz"; known are size, a'],
    [{ "token: s3cret": 1 }, 'f() has no option "token…"; known are size, a'],
  ])("are not %j", ([options, message]) => {
    expect(() => optionsOf(options as object, "f()", ["size", "a"])).toThrow(new TypeError(message));
  });

  it("are a copy that inherits nothing", () => {
    const given = { a: 1 };
    const options = optionsOf(given, "f()", ["a"]);
    given.a = 2;
    expect(options.a).toBe(1);
    for (const copy of [options, ownFields(given)]) expect("toString" in copy).toBe(false);
  });

  const client = { clientId: "a", clientSecret: "b", tokenEndpoint: "https://a.test/" };
  // With a wrong value of the option on the prototype, each of these would be an error.
  it.for<readonly [inherited: object, use: () => unknown]>([
    [{ chunkSize: "x", decode: "x" }, () => response.iterContent({})],
    [{ delimiter: 5, keepEnds: "x" }, () => response.iterLines({})],
    [{ secrets: "x", maxBodyBytes: "x" }, () => dump(response, {})],
    [{ total: "x", budget: "x", statusForcelist: "x" }, () => new Retry({})],
    [{ ratio: "x", window: "x" }, () => new Retry({ budget: { perSecond: 1 } })],
    [{ poolMaxsize: "x", family: "x" }, () => new HttpAdapter({})],
    [{ maxCookies: "x", accept: "x" }, () => new CookieJar(null, {})],
    [{ path: "x", secure: "x" }, () => new CookieJar().set("a", "1", {})],
    [{ charset: "x" }, () => new HttpBasicAuth("u", "p", {})],
    [{ token: 5 }, () => new HttpBearerAuth({ refresh: () => "x" })],
    [{ issuer: 5, scope: 5, leeway: "x" }, () => oauth2ClientCredentials(client)],
    [{ minVersion: "x", pins: "x" }, () => new Session({ tls: {} })],
    [{ connect: "x", total: "x" }, () => new Session({ timeout: {} })],
    [{ netrc: "x" }, () => new Session({ trustEnv: { ca: false } })],
    [{ key: 5, passphrase: 5 }, () => new Session({ cert: { cert: "a" } })],
  ])("are own properties: %j on Object.prototype says nothing", ([inherited, use]) => {
    const names = Object.keys(inherited);
    Object.assign(Object.prototype, inherited);
    try {
      expect(use).not.toThrow();
    } finally {
      for (const name of names) Reflect.deleteProperty(Object.prototype, name);
    }
  });

  it("of a saved HSTS store are own properties, too", () => {
    const bare = [{ host: "a.test", expires: 1 }] as never;
    Object.assign(Object.prototype, { includeSubDomains: true });
    try {
      expect(() => HstsStore.fromJSON({ version: 1, hosts: bare })).toThrow(
        new TypeError("hosts[0].includeSubDomains must be true or false, not undefined"),
      );
    } finally {
      Reflect.deleteProperty(Object.prototype, "includeSubDomains");
    }
  });

  it("of AuthByOrigin are a record: a Map's entries would be none", () => {
    const map = new Map([["https://a.test", ["u", "p"]]]) as unknown as Record<string, AuthOption>;
    expect(() => new AuthByOrigin(map)).toThrow(
      new TypeError("what AuthByOrigin takes must be a record of credentials by origin, not Map"),
    );
  });
});
