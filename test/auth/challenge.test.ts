import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { parseChallenges, parseParameters } from "../../src/auth/challenge.ts";

type Shown = readonly [scheme: string, tokenOrParams: string | Readonly<Record<string, string>>];

function shown(values: readonly string[]): readonly Shown[] {
  return parseChallenges(values).map(({ scheme, token68, params }) => [
    scheme,
    token68 ?? Object.fromEntries(params),
  ]);
}

describe("parseChallenges", () => {
  it.for<readonly [values: readonly string[], expected: readonly Shown[]]>([
    [[], []],
    [[""], []],
    [['Basic realm="simple"'], [["basic", { realm: "simple" }]]],
    // RFC 9110 §11.6.1: the example, in one header and in two.
    [
      ['Basic realm="simple", Newauth realm="apps", type=1, title="Login to \\"apps\\""'],
      [
        ["basic", { realm: "simple" }],
        ["newauth", { realm: "apps", type: "1", title: 'Login to "apps"' }],
      ],
    ],
    [
      ['Newauth realm="apps", type=1', 'Basic realm="simple"'],
      [
        ["newauth", { realm: "apps", type: "1" }],
        ["basic", { realm: "simple" }],
      ],
    ],
    // Schemes without parameters, and with a token.
    [["Negotiate"], [["negotiate", {}]]],
    [
      ["Negotiate, NTLM"],
      [
        ["negotiate", {}],
        ["ntlm", {}],
      ],
    ],
    [["Negotiate YWJj"], [["negotiate", "YWJj"]]],
    [["Negotiate YWJj=="], [["negotiate", "YWJj=="]]],
    [
      ['Negotiate YW/+==, Basic realm="x"'],
      [
        ["negotiate", "YW/+=="],
        ["basic", { realm: "x" }],
      ],
    ],
    [
      ['Basic, Digest realm="x"'],
      [
        ["basic", {}],
        ["digest", { realm: "x" }],
      ],
    ],
    // Bytes beyond ASCII, of which A0 is a blank to Unicode only.
    [
      ["Digest realm=voil\u00c3\u00a0, nonce=\u00a0\u0085"],
      [["digest", { realm: "voil\u00c3\u00a0", nonce: "\u00a0\u0085" }]],
    ],
    // Case, blanks, empty list items.
    [["DIGEST REALM=x"], [["digest", { realm: "x" }]]],
    [["Digest\trealm = x ,\tnonce= y"], [["digest", { realm: "x", nonce: "y" }]]],
    [[" ,, Digest realm=x ,, nonce=y, "], [["digest", { realm: "x", nonce: "y" }]]],
    [["Digest  realm=x"], [["digest", { realm: "x" }]]],
    // Values without quotes that should have some.
    [["Digest nonce=n=o/n+c:e==, qop=auth"], [["digest", { nonce: "n=o/n+c:e==", qop: "auth" }]]],
    [["Digest nonce=x, opaque=, qop=auth"], [["digest", { nonce: "x", opaque: "", qop: "auth" }]]],
    // Values with everything.
    [['Digest realm="a, b=c", nonce="n=o/n+c,e=="'], [["digest", { realm: "a, b=c", nonce: "n=o/n+c,e==" }]]],
    [['Digest realm="Basic realm=\\"x\\""'], [["digest", { realm: 'Basic realm="x"' }]]],
    [['Digest realm="a\\\\b\\,c"'], [["digest", { realm: "a\\b,c" }]]],
    [['Digest realm=""'], [["digest", { realm: "" }]]],
    [['Digest realm="\u00e9"'], [["digest", { realm: "\u00e9" }]]],
    // The first of two counts.
    [['Digest nonce="1", nonce="2"'], [["digest", { nonce: "1" }]]],
    // Nonsense is skipped.
    [["realm=x"], []],
    [["Digest"], [["digest", {}]]],
    [[",,,,"], []],
    [['"Digest" realm=x, Basic realm=y'], [["basic", { realm: "y" }]]],
    [["=x, Basic realm=y"], [["basic", { realm: "y" }]]],
    [['Digest realm="x, nonce="'], [["digest", { realm: "x, nonce=" }]]],
    [['Digest realm="x, nonce=y'], [["digest", {}]]],
    [['Digest nonce=y, realm="x\\'], [["digest", { nonce: "y" }]]],
    [['Digest realm="x"nonce="y"'], [["digest", { realm: "x", nonce: "y" }]]],
    [["\u00a0\u00a0"], []],
  ])("reads %j", ([values, expected]) => {
    expect(shown(values)).toEqual(expected);
  });

  it("reads what was written, whatever is in the values", () => {
    const token = fc.stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,12}$/);
    const name = fc.stringMatching(/^[a-z][a-z0-9*-]{0,8}$/);
    const params = fc.dictionary(name, fc.string({ unit: "binary-ascii" }), { noNullPrototype: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(token, params), { maxLength: 5 }), (challenges) => {
        const text = challenges
          .map(([scheme, given]) => {
            const list = Object.entries(given).map(
              ([key, value]) => `${key}="${value.replace(/["\\]/g, "\\$&")}"`,
            );
            return `${scheme} ${list.join(", ")}`;
          })
          .join(", ");
        expect(shown([text])).toEqual(
          challenges.map(([scheme, given]) => [scheme.toLowerCase(), { ...given }]),
        );
      }),
    );
  });

  it("takes any text without failing", () => {
    const parts = fc.constantFrom('"', "\\", ",", "=", " ", "\t", "a", "Digest", 'realm="x"', "\u00a0", "/");
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 60 }), (list) => {
        expect(Array.isArray(parseChallenges([list.join("")]))).toBe(true);
      }),
    );
  });

  // CVE-2021-21240 in httplib2. A parser of quadratic time would need minutes; the test's own time limit ends it.
  it.for(["\u00a0", '"\\', ",", "a=b, ", "a ", "a", "=", 'a="', '"', "\\", " ", "a= ", "a\t\t"])(
    "reads a hundred thousand times %j",
    (piece) => {
      expect(parseChallenges([`Digest realm=x, ${piece.repeat(100_000)}`])[0]?.params.get("realm")).toBe("x");
    },
  );
});

describe("parseParameters", () => {
  it("reads a list without scheme", () => {
    expect(Object.fromEntries(parseParameters('nextnonce="abc", qop=auth, rspauth="0"'))).toEqual({
      nextnonce: "abc",
      qop: "auth",
      rspauth: "0",
    });
    expect(parseParameters("").size).toBe(0);
  });
});
