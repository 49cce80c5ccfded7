import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { credentialsFor, parseNetrc } from "../../src/auth/netrc.ts";
import { parseUrl } from "../../src/core/url.ts";

function lookUp(text: string, host: string, login: string | null = null): readonly [string, string] | null {
  const found = credentialsFor(parseNetrc(text), parseUrl(`http://${host}/`), { login, withDefault: true });
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
    // As in curl, and in Python before 3.11: a Windows domain keeps its account.
    ["machine a.test login CORP\\user password p\\1", "a.test", ["CORP\\user", "p\\1"]],
    ["machine a.test login \\ password p\\", "a.test", ["\\", "p\\"]],
    ['machine a.test login "CORP\\\\user" password "\\p"', "a.test", ["CORP\\user", "p"]],
    // A quote that nothing closes in its line is a character.
    ['machine a.test login "u password p\nmachine b.test login "x" password y', "a.test", ['"u', "p"]],
    ['machine a.test login u password "p\nmachine b.test login x password y"', "b.test", ["x", 'y"']],
    // Keywords without case, as in curl.
    ["Machine a.test LOGIN u1 Password p1", "a.test", ["u1", "p1"]],
    ["DEFAULT login u3 password p3", "a.test", ["u3", "p3"]],
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
    ["machine [::1] login u1 password p1", "[::1]", ["u1", "p1"]],
    ["machine 0:0::0001 login u1 password p1", "[::1]", ["u1", "p1"]],
    ["machine ::ffff:127.0.0.1 login u1 password p1", "127.0.0.1", null],
    // One spelling of a name.
    ["machine b\u00fccher.test login u1 password p1", "xn--bcher-kva.test", ["u1", "p1"]],
    ["machine xn--bcher-kva.test login u1 password p1", "b\u00fccher.test", ["u1", "p1"]],
    // Ports: any, unless the file names one.
    ["machine a.test login u1 password p1", "a.test:8080", ["u1", "p1"]],
    ["machine a.test:8080 login u1 password p1", "a.test:8080", ["u1", "p1"]],
    ["machine a.test:8080 login u1 password p1", "a.test:8081", null],
    ["machine a.test:80 login u1 password p1", "a.test", ["u1", "p1"]],
    ["machine [::1]:8080 login u1 password p1", "[::1]:8080", ["u1", "p1"]],
    [
      "machine a.test:8080 login u1 password p1\nmachine a.test login u2 password p2",
      "a.test:8080",
      ["u1", "p1"],
    ],
    // Line ends of all kinds.
    ["machine a.test\rlogin u1\rpassword p1\r", "a.test", ["u1", "p1"]],
    ["# one\rmachine a.test login u1 password p1", "a.test", ["u1", "p1"]],
    // Names that JavaScript objects have.
    [two, "constructor", null],
    [two, "__proto__", null],
  ] as const)("%j says of %s: %j", ([text, host, expected]) => {
    expect(lookUp(text, host)).toEqual(expected);
  });

  it.for([
    // Words of other programs, in any place, with their values.
    ["machine a.test login u1 password p1\nfoo", [2]],
    ["machine b.test login x password y method interactive\nmachine a.test login u1 password p1", [1]],
    ["machine b.test\n  port 993\n  login x\nmachine a.test login u1 password p1", [2]],
    ["machine a.test port 8080 protocol https login u1 password p1", [1]],
    ["machine a.test\n  Method interactive\n  login u1\n  port\n  password p1", [2, 4]],
    ["machine a.test login u1 method # of its own\n password p1", [1]],
    ["version 2\nmachine a.test login u1 password p1", [1]],
    ["login x password y\nmachine a.test login u1 password p1", [1]],
    ["machine https://a.test login x password y\nmachine a.test login u1 password p1", [1]],
    ["machine a.test/x login x password y\nmachine a.test login u1 password p1", [1]],
    ["machine u@a.test login x password y\nmachine a.test login u1 password p1", [1]],
    // A value that is missing: what begins a line with a keyword is none.
    ["machine a.test login u1 password p1\nmachine\n\n", [2]],
    ["machine\nmachine a.test login u1 password p1", [1]],
    ["machine b.test password\nmachine a.test login u1 password p1", [1]],
    ["machine a.test account\n login u1\n password p1", [1]],
    // Of a value that stands twice the first counts: an entry's first line may have been taken away.
    ["machine a.test login u1 password p1\n# machine b.test\nlogin x password y", [3]],
    ["machine a.test login u1 password p1 login u1", []],
  ] as const)("skips what it does not understand, and tells the line: %j", ([text, lines]) => {
    expect(parseNetrc(text).mistakes).toEqual(lines);
    expect(lookUp(text, "a.test")).toEqual(["u1", "p1"]);
  });

  it.for([
    ["machine a.test password\nmachine b.test login x password s3cret"],
    ["machine a.test password machine b.test login x password s3cret"],
    ["machine a.test login u password p foo machine b.test login x password s3cret"],
    ["machine a.test foo machine b.test\nlogin x password s3cret"],
    ["machine a.test foo default login x password s3cret"],
    ["machine a.test login u password p\n#machine b.test\nlogin x password s3cret"],
    ['machine a.test login u password "p\nmachine b.test login x password s3cret'],
    ["machine a.test login u login x password s3cret"],
    ["machine a.test\n# server x\n# machine b.test\n# of the team\n login x password s3cret"],
    ["machine a.test login u machin b.test login x password s3cret"],
    ["machine a.test\nb.test\n  login x\n  password s3cret"],
    ["machine a.test\n  host intranet\n  login x\n  password s3cret"],
    ["machine a.test\n  site intranet login x password s3cret"],
    ["machine a.test\n  it intranet login x\n  password s3cret"],
    ["machine a.test\n  ip 10.0.0.1\n  login x\n  password s3cret"],
    ["machine a.test\n  ip fe80::1\n  login x\n  password s3cret"],
  ] as const)("never takes one host's password for another: %j", ([text]) => {
    expect(lookUp(text, "a.test") ?? []).not.toContain("s3cret");
  });

  describe("with an entry that begins with a slip, or is commented out", () => {
    const before = [
      ["machine a.test login u\n", null],
      ["machine a.test\n", null],
      ["machine a.test\n  login u\n", null],
      ["machine a.test\n  password mine\n", null],
      ["default login u\n", null],
      ["default\n", null],
      ["machine a.test login u password mine\n", ["u", "mine"]],
      ["default login u password mine\n", ["u", "mine"]],
      ["machine a.test\n  account u\n  password mine\n", ["u", "mine"]],
    ] as const;
    const openings = [
      "machin corp.test",
      "machien intranet",
      "mahcine\ncorp.test",
      "host corp.test",
      "machine=corp.test",
      ";machine corp.test",
      "; machin corp.test",
      "#machine corp.test",
      "# machine corp.test",
      "# machine corp port 9",
      "#;; machine corp",
      "#machine=corp.test port 9",
      "#machne corp.test profile default with more",
      "//machine corp.test",
      "corp.test",
      "corp",
      "[corp]",
      "defalt",
      "#default",
      "; default",
    ];
    const rest = [
      " login v password s3cret",
      "\nlogin v password s3cret",
      "\n login v\n password s3cret",
      " login v\n  password s3cret",
      "\npassword s3cret\nlogin v",
      "\nlogin\nv\npassword\ns3cret",
      "\nlogin\ndefault\npassword\ns3cret",
      " profile default login v password s3cret",
    ];
    const cases = before.flatMap(([entry, own]) => openings.map((opening) => [entry, opening, own] as const));

    it.for(cases)("%j, then %j: %j", ([entry, opening, own]) => {
      for (const end of rest) {
        const text = `${entry}${opening}${end}\nmachine c.test login c password pc\n`;
        for (const host of ["a.test", "b.test"]) {
          const found = lookUp(text, host);
          expect(found ?? [], text).not.toContain("s3cret");
          if (own !== null && (host === "a.test" || entry.startsWith("default")))
            expect(found, text).toEqual(own);
        }
        expect(lookUp(text, "c.test"), text).toEqual(["c", "pc"]);
        // Somebody is told, unless all that was skipped is a comment.
        if (!opening.startsWith("#")) expect(parseNetrc(text).mistakes, text).not.toEqual([]);
      }
    });
  });

  it.for([
    ["machine corp.test profile default login u password p"],
    ["machine corp.test\n  profile default\n  login u\n  password p"],
    ["machine corp.test login u profile default password p"],
    ["machine corp.test\nlogin\ndefault\npassword\np"],
    ["machine\ncorp.test\nprofile\ndefault\nlogin\nu\npassword\np"],
    ["machine corp.test profile # which?\ndefault\nlogin u\npassword p"],
    ["machine\ndefault\nlogin u\npassword p"],
    ["login default password p"],
    ["version 2 default login u password p"],
    ["machine corp.test foo bar default login u password p"],
  ] as const)("opens no entry for all hosts where default may be a value: %j", ([text]) => {
    expect(lookUp(text, "a.test")).toBeNull();
    expect(lookUp(text, "corp.test")).toBeNull();
    expect(parseNetrc(text).mistakes).not.toEqual([]);
  });

  it.for([
    ["machine a.test login u password p default login d password pd", []],
    ["machine a.test login u password p\nport 993\ndefault login d password pd", [2]],
    ["machine a.test login u password p port 993\ndefault login d password pd", [1]],
    ["machine a.test login u password p\n# default login x password y\ndefault login d password pd", []],
  ] as const)("opens the one for all hosts: %j", ([text, lines]) => {
    expect([lookUp(text, "a.test"), lookUp(text, "b.test")]).toEqual([
      ["u", "p"],
      ["d", "pd"],
    ]);
    expect(parseNetrc(text).mistakes).toEqual(lines);
  });

  it.for([
    ["machine a.test\nport 993\nprotocol https\npath /x.git\nmethod interactive\nlogin u1\npassword p1"],
    ["machine a.test\n  realm staff\n  login u1\n  password p1"],
    ["machine a.test realm staff login u1 password p1"],
    ["  machine a.test\n    realm staff\n    login u1\n    password p1"],
    ["machine a.test\n  # machine account for all of us\n  # see docs.b.test\n  login u1\n  password p1"],
    ["machine a.test\n  version 1.2\n  login u1\n  password p1"],
  ] as const)("keeps an entry that has words of another program: %j", ([text]) => {
    expect(lookUp(text, "a.test")).toEqual(["u1", "p1"]);
  });

  it.for([
    ["u1", ["u1", "p1"]],
    ["u2", ["u2", "p2"]],
    ["u3", ["u3", "p3"]],
    ["d", ["d", "p4"]],
    ["U1", null],
    ["nobody", null],
  ] as const)("has the password of user %s: %j", ([login, expected]) => {
    const text =
      "machine a.test login u1 password p1\nmachine a.test:80 login u3 password p3\n" +
      "machine a.test login u2 password p2\nmachine a.test password alone\ndefault login d password p4";
    expect(lookUp(text, "a.test", login)).toEqual(expected);
  });

  it("leaves the default entry out where it is not to be used", () => {
    const netrc = parseNetrc("machine a.test login u1 password p1\ndefault login d password p");
    const find = (host: string): string | undefined =>
      credentialsFor(netrc, parseUrl(`http://${host}/`), { login: null, withDefault: false })?.username;
    expect([find("a.test"), find("b.test")]).toEqual(["u1", undefined]);
  });

  it("gives back what was written", () => {
    // Each entry is of one line.
    const value = fc.string({ unit: "binary-ascii" }).map((text) => text.replace(/[\r\n]/g, ""));
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
      "foo",
      "#",
      '"',
      "\\",
      "\n",
      "a",
      " ",
    );
    fc.assert(
      fc.property(fc.array(word), fc.constantFrom("", " "), (words, between) => {
        const text = words.join(between);
        const { mistakes } = parseNetrc(text);
        expect(mistakes).toEqual(mistakes.toSorted((one, other) => one - other));
        for (const line of mistakes) expect(line).toBeLessThanOrEqual(text.split("\n").length);
      }),
    );
  });
});
