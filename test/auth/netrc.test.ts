import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { credentialsFor, parseNetrc } from "../../src/auth/netrc.ts";

function lookUp(text: string, host: string): readonly [string, string] | null {
  const found = credentialsFor(parseNetrc(text), host);
  return found === null ? null : [found.username, found.password];
}

describe("netrc", () => {
  const two = "machine a.test login u1 password p1\nmachine b.test login u2 password p2\n";
  const withDefault = `${two}default login u3 password p3\n`;

  it.for([
    ["", "a.test", null],
    [two, "a.test", ["u1", "p1"]],
    [two, "b.test", ["u2", "p2"]],
    [two, "c.test", null],
    [two, "sub.a.test", null],
    [withDefault, "c.test", ["u3", "p3"]],
    [withDefault, "a.test", ["u1", "p1"]],
    // The layout does not matter.
    ["machine\n\ta.test\n\tpassword\tp1\r\n\tlogin u1", "a.test", ["u1", "p1"]],
    ["\ufeffmachine a.test login u1 password p1", "a.test", ["u1", "p1"]],
    // Names without case (PARITY NET-1).
    ["machine A.Test login u1 password p1", "a.test", ["u1", "p1"]],
    // The last of two entries counts, as in Python.
    ["machine a.test login u1 password p1 machine a.test login u2 password p2", "a.test", ["u2", "p2"]],
    // Parts that are missing.
    ["machine a.test login u1", "a.test", ["u1", ""]],
    ["machine a.test password p1", "a.test", ["", "p1"]],
    ["machine a.test account acc password p1", "a.test", ["acc", "p1"]],
    ["machine a.test account acc login u1 password p1", "a.test", ["u1", "p1"]],
    ["machine a.test user u1 password p1", "a.test", ["u1", "p1"]],
    ["machine a.test login u1 password", "a.test", ["u1", ""]],
    // Empty entries (requests 2.33.0, #7205).
    ["machine a.test", "a.test", null],
    ["default", "a.test", null],
    ['default login "" password ""', "a.test", null],
    ["machine a.test default login u3 password p3", "a.test", null],
    // Quotes and backslashes.
    ['machine a.test login "u 1" password "p\\"1 #x"', "a.test", ["u 1", 'p"1 #x']],
    ["machine a.test login u\\ 1 password p\\\\1", "a.test", ["u 1", "p\\1"]],
    ['machine a.test login u"1 password p', "a.test", ['u"1', "p"]],
    // Comments; in a value # is a character like others.
    ["# all of it\nmachine a.test login u1 password p1", "a.test", ["u1", "p1"]],
    [
      "#machine b.test\nmachine a.test # here too\nlogin u1 # and here\npassword p1 #",
      "a.test",
      ["u1", "p1"],
    ],
    ["machine a.test login u1 password #p1", "a.test", ["u1", "#p1"]],
    ["machine a.test login u1 password p#1", "a.test", ["u1", "p#1"]],
    ["machine b.test login x password y # machine a.test login u1 password p1", "a.test", null],
    // Macros end at an empty line.
    ["macdef init\n\tmachine a.test\n\n\nmachine a.test login u1 password p1", "a.test", ["u1", "p1"]],
    [
      "macdef init\r\nmachine a.test login x\r\n\r\nmachine a.test login u1 password p1",
      "a.test",
      ["u1", "p1"],
    ],
    ["machine a.test login u1 password p1\nmacdef init\nmachine a.test login x", "a.test", ["u1", "p1"]],
    // Addresses.
    ["machine 127.0.0.1 login u1 password p1", "127.0.0.1", ["u1", "p1"]],
    ["machine ::1 login u1 password p1", "[::1]", ["u1", "p1"]],
    // Names that JavaScript objects have.
    [two, "constructor", null],
    [two, "__proto__", null],
  ] as const)("%j says of %s: %j", ([text, host, expected]) => {
    expect(lookUp(text, host)).toEqual(expected);
  });

  it.for([
    ["machine a.test login u1 password p1\nfoo", 2],
    ["machine a.test login u1 secret p1\n", 1],
    ["\n\nmachine", 3],
    ["login u1 password p1", 1],
  ] as const)("says nothing when it has a mistake: %j", ([text, line]) => {
    expect(parseNetrc(text).malformedAt).toBe(line);
    expect(lookUp(text, "a.test")).toBe(null);
  });

  it("gives back what was written", () => {
    const value = fc.string({ unit: "binary-ascii" });
    const host = fc.stringMatching(/^[a-z]{1,6}\.test$/);
    const quote = (text: string): string => `"${text.replace(/["\\]/g, "\\$&")}"`;
    fc.assert(
      fc.property(fc.dictionary(host, fc.tuple(value, value)), (entries) => {
        const text = Object.entries(entries)
          .map(
            ([name, [login, password]]) =>
              `machine ${name} login ${quote(login)} password ${quote(password)}`,
          )
          .join("\n");
        for (const [name, [login, password]] of Object.entries(entries)) {
          expect(lookUp(text, name)).toEqual(login === "" && password === "" ? null : [login, password]);
        }
      }),
    );
  });

  it("takes any text without failing", () => {
    const word = fc.constantFrom(
      "machine",
      "default",
      "login",
      "password",
      "macdef",
      "#",
      '"',
      "\\",
      "\n",
      "a",
      " ",
    );
    fc.assert(
      fc.property(fc.array(word), fc.constantFrom("", " "), (words, between) => {
        const netrc = parseNetrc(words.join(between));
        expect(netrc.malformedAt === null || netrc.machines.size === 0).toBe(true);
      }),
    );
  });
});
