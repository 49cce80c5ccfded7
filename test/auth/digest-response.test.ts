import { createHash } from "node:crypto";

import { describe, expect, it } from "vitest";

import { parseChallenges } from "../../src/auth/challenge.ts";
import { chooseDigest, type DigestChallenge } from "../../src/auth/digest-challenge.ts";
import { digestHash, digestHeader, digestKey } from "../../src/auth/digest-response.ts";

function challengeOf(...values: readonly string[]): DigestChallenge {
  const challenge = chooseDigest(parseChallenges(values));
  if (challenge === null) throw new Error("no challenge that can be answered");
  return challenge;
}

interface Given {
  readonly challenge: string;
  readonly username: string;
  readonly password: string;
  readonly cnonce: string;
  readonly uri?: string;
  readonly method?: string;
  readonly count?: number;
  readonly body?: string;
}

function headerFor(given: Given): string {
  const challenge = challengeOf(given.challenge);
  return digestHeader(digestKey(challenge, given.username, given.password, given.cnonce), {
    method: given.method ?? "GET",
    uri: given.uri ?? "/dir/index.html",
    count: given.count ?? 1,
    cnonce: given.cnonce,
    bodyHash: digestHash(challenge, given.body ?? ""),
  });
}

describe("the examples of the standards", () => {
  const mufasa = {
    username: "Mufasa",
    password: "Circle of Life",
    cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
  };
  const about =
    'realm="http-auth@example.org", qop="auth, auth-int", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"';
  const rest = (response: string, algorithm: string): string =>
    `realm="http-auth@example.org", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", uri="/dir/index.html", response="${response}", algorithm=${algorithm}, opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS", qop=auth, nc=00000001, cnonce="${mufasa.cnonce}"`;

  // RFC 7616 §3.9.1
  it.for([
    ["MD5", "8ca523f5e9506fed4657c9700eebdbec"],
    ["SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"],
  ] as const)("with %s", ([algorithm, response]) => {
    const challenge = `Digest ${about}, algorithm=${algorithm}`;
    expect(headerFor({ ...mufasa, challenge })).toBe(
      `Digest username="Mufasa", ${rest(response, algorithm)}`,
    );
  });

  const jason = {
    username: "J\u00e4s\u00f8n Doe",
    password: "Secret, or not?",
    cnonce: "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v",
    uri: "/doe.json",
  };
  const api =
    'Digest realm="api@example.org", qop="auth", algorithm=SHA-512-256, nonce="5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK", opaque="HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS", charset=UTF-8';

  // RFC 7616 §3.9.2, with the hashes of erratum 4897.
  it("with SHA-512-256, UTF-8 and a hashed user name", () => {
    const header = headerFor({ ...jason, challenge: `${api}, userhash=true` });
    expect(header).toContain(
      'username="793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b", userhash=true',
    );
    expect(header).toContain('response="3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5"');
  });

  it("with a user name in UTF-8", () => {
    const header = headerFor({ ...jason, challenge: `${api}, userhash=false` });
    expect(header).toContain("Digest username*=UTF-8''J%C3%A4s%C3%B8n%20Doe, ");
    expect(header).toContain('response="3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5"');
    expect(header).not.toContain("userhash");
  });

  const lion = { username: "Mufasa", password: "Circle Of Life", cnonce: "0a4f113b" };
  const host = 'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"';

  it("of RFC 2617", () => {
    expect(headerFor({ ...lion, challenge: `${host}, qop="auth,auth-int"` })).toContain(
      'response="6629fae49393a05397450978507c4ef1"',
    );
  });

  it("in the form of RFC 2069", () => {
    expect(headerFor({ ...lion, challenge: host })).toBe(
      'Digest username="Mufasa", realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", uri="/dir/index.html", response="670fd8c2df070c60b045671b8b24ff02"',
    );
  });
});

/** The formulas of RFC 7616 §3.4, in one line each. */
function expected(hashName: string, isSession: boolean, qop: string): string {
  const hash = (text: string): string => createHash(hashName).update(text).digest("hex");
  const a1 = isSession ? hash(`${hash("u:r:p")}:n:c`) : hash("u:r:p");
  const a2 = hash(qop === "auth-int" ? `POST:/x?y=1:${hash("body")}` : "POST:/x?y=1");
  return hash(qop === "" ? `${a1}:n:${a2}` : `${a1}:n:0000002a:c:${qop}:${a2}`);
}

describe("the response", () => {
  const hashes = [
    ["MD5", "md5"],
    ["SHA", "sha1"],
    ["SHA-256", "sha256"],
    ["SHA-512-256", "sha512-256"],
    ["SHA-512", "sha512"],
  ] as const;
  const rows = hashes.flatMap(([name, hash]) =>
    ["", "-sess", "-SESS"].flatMap((suffix) =>
      ["", "auth", "auth-int"].map((qop) => [name + suffix, hash, qop] as const),
    ),
  );

  it.for(rows)("with %s (%s) and qop %j", ([algorithm, hash, qop]) => {
    const challenge = `Digest realm="r", nonce="n", algorithm=${algorithm}${qop === "" ? "" : `, qop="${qop}"`}`;
    const header = headerFor({
      challenge,
      username: "u",
      password: "p",
      cnonce: "c",
      method: "POST",
      uri: "/x?y=1",
      count: 42,
      body: "body",
    });
    const isSession = algorithm.toLowerCase().endsWith("-sess");
    expect(header).toContain(`response="${expected(hash, isSession, qop)}"`);
    // The name comes back as the server spells it.
    expect(header).toContain(`algorithm=${algorithm}`);
    expect(header.includes("nc=0000002a")).toBe(qop !== "");
    expect(header.includes('cnonce="c"')).toBe(qop !== "" || isSession);
  });

  it("names the first cnonce again in a session", () => {
    const key = digestKey(
      challengeOf('Digest realm=r, nonce=n, qop=auth, algorithm="MD5-sess"'),
      "u",
      "p",
      "first",
    );
    expect(
      digestHeader(key, { method: "GET", uri: "/", count: 2, cnonce: "second", bodyHash: "" }),
    ).toContain('cnonce="first"');
  });
});

describe("the fields", () => {
  const given = { username: "u", password: "p", cnonce: "c" };

  it("bring back realm, nonce and opaque as they came", () => {
    const header = headerFor({
      ...given,
      challenge: 'Digest realm="a \\"b\\" \\\\c, d=e", nonce="n=o/n+c,e==", opaque="", qop="auth"',
    });
    expect(header).toContain('realm="a \\"b\\" \\\\c, d=e", nonce="n=o/n+c,e=="');
    expect(header).toContain('opaque=""');
  });

  it("do not name an algorithm that the server did not name", () => {
    expect(headerFor({ ...given, challenge: "Digest realm=r, nonce=n, qop=auth" })).not.toContain(
      "algorithm",
    );
  });

  it("escape quotes and backslashes in the user name", () => {
    expect(headerFor({ ...given, username: 'a"b\\c', challenge: "Digest realm=r, nonce=n" })).toContain(
      'username="a\\"b\\\\c"',
    );
  });

  it("hash and send bytes of the realm as they came", () => {
    // One character a byte: an umlaut in latin-1.
    const header = headerFor({ ...given, challenge: 'Digest realm="\u00fc", nonce=n' });
    const hash = (data: Buffer | string): string => createHash("md5").update(data).digest("hex");
    expect(header).toContain('realm="\u00fc"');
    expect(header).toContain(
      `response="${hash(`${hash(Buffer.from("u:\u00fc:p", "latin1"))}:n:${hash("GET:/dir/index.html")}`)}"`,
    );
  });

  it("bring back a realm that an adapter decoded as the bytes it was", () => {
    const euro = Buffer.from("\u20ac").toString("latin1");
    expect(headerFor({ ...given, challenge: 'Digest realm="\u20ac", nonce=n' })).toBe(
      headerFor({ ...given, challenge: `Digest realm="${euro}", nonce=n` }),
    );
  });

  it("have a name beyond ASCII as UTF-8 between quotes when the server does not announce UTF-8", () => {
    const header = headerFor({ ...given, username: "\u00fcser", challenge: "Digest realm=r, nonce=n" });
    expect(header).toContain(`username="${Buffer.from("\u00fcser").toString("latin1")}"`);
  });

  it("have one spelling of accents when the server announces UTF-8", () => {
    const challenge = "Digest realm=r, nonce=n, charset=utf-8";
    expect(headerFor({ ...given, username: "u\u0308", password: "a\u0308", challenge })).toBe(
      headerFor({ ...given, username: "\u00fc", password: "\u00e4", challenge }),
    );
  });

  it("encode in username* what is no letter there", () => {
    const header = headerFor({
      ...given,
      username: "\u20ac*'()",
      challenge: "Digest realm=r, nonce=n, charset=UTF-8",
    });
    expect(header).toContain("username*=UTF-8''%E2%82%AC%2A%27%28%29,");
  });
});

describe("chooseDigest", () => {
  const digest = (algorithm: string, more = ""): string =>
    `Digest realm=r, nonce=${algorithm}, algorithm=${algorithm}${more}`;

  it.for([
    [[digest("MD5"), digest("SHA-256")], "SHA-256"],
    [[digest("SHA-256"), digest("MD5")], "SHA-256"],
    [[`${digest("MD5")}, ${digest("SHA-512-256")}, ${digest("SHA-256")}`], "SHA-512-256"],
    [[digest("SHA-512-256"), digest("SHA-512")], "SHA-512"],
    [[digest("MD5-sess"), digest("MD5")], "MD5-sess"],
    [[digest("MD5"), digest("SHA-3")], "MD5"],
    [[digest("sha-256")], "sha-256"],
    [["Basic realm=x", digest("MD5")], "MD5"],
    [[`Basic realm=x, ${digest("MD5")}`], "MD5"],
    // The stronger one cannot be answered.
    [[digest("MD5"), digest("SHA-256", ", qop=foo")], "MD5"],
    [["Digest realm=r, nonce=n"], null],
  ] as const)("of %j takes %s", ([values, algorithm]) => {
    expect(challengeOf(...values).algorithmName).toBe(algorithm);
  });

  it.for([
    ["auth", "auth"],
    ["auth-int", "auth-int"],
    ["auth-int, auth", "auth"],
    ["auth,auth-int", "auth"],
    ["AUTH", "auth"],
    [" auth-int , foo", "auth-int"],
    ["", null],
    [",", null],
  ] as const)("of qop %j takes %s", ([offered, qop]) => {
    expect(challengeOf(`Digest realm=r, nonce=n, qop="${offered}"`).qop).toBe(qop);
  });

  it.for([
    "",
    "Digest",
    "Basic realm=x",
    "Digest realm=x",
    "Digest nonce=x",
    "Digest realm=r, nonce=n, algorithm=FOO",
    "Digest realm=r, nonce=n, algorithm=constructor",
    // In capitals it would be MD5-SESS.
    "Digest realm=r, nonce=n, algorithm=MD5-SE\u00df",
    "Digest realm=r, nonce=n, algorithm=",
    "Digest realm=r, nonce=n, qop=foo",
    "NTLM",
  ])("takes nothing of %j", (value) => {
    expect(chooseDigest(parseChallenges([value]))).toBe(null);
  });

  it.for([
    ["stale=true", true],
    ["stale=TRUE", true],
    ['stale="true"', true],
    ["stale=false", false],
    ["stale=1", false],
    ["foo=bar", false],
  ] as const)("reads %s", ([param, stale]) => {
    expect(challengeOf(`Digest realm=r, nonce=n, ${param}`).stale).toBe(stale);
  });
});
