import { createHash } from "node:crypto";
import { inspect } from "node:util";

import { describe, expect, it } from "vitest";

import { HttpDigestAuth } from "../../src/auth/digest.ts";
import { bytesBody, rawBody, type Body } from "../../src/core/body.ts";
import { UnrewindableBodyError } from "../../src/core/errors.ts";
import { HeaderMap } from "../../src/core/headers.ts";
import { PreparedRequest } from "../../src/core/request.ts";

function requestTo(url = "http://a.test/p", payload: Body | null = null): PreparedRequest {
  return new PreparedRequest({ method: "POST", url, headers: new HeaderMap(), payload });
}

/** The fields of a request's credentials; `null` when there are none. */
function fieldsOf(request: PreparedRequest): Readonly<Record<string, string>> | null {
  const header = request.headers.get("authorization");
  if (header === null) return null;
  return Object.fromEntries(
    [...header.matchAll(/([\w*]+)=(?:"([^"]*)"|([^,]*))/g)].map(([, name = "", quoted, bare]) => [
      name,
      quoted ?? bare ?? "",
    ]),
  );
}

async function signed(
  auth: HttpDigestAuth,
  request = requestTo(),
): Promise<Readonly<Record<string, string>> | null> {
  await auth.apply(request);
  return fieldsOf(request);
}

function answer(
  auth: HttpDigestAuth,
  about: string | readonly string[],
  more: { status?: number; url?: string; answered?: number } = {},
): boolean {
  const headers = new HeaderMap();
  for (const value of typeof about === "string" ? [about] : about) headers.append("WWW-Authenticate", value);
  return auth.onChallenge(
    { status: more.status ?? 401, headers, request: requestTo(more.url) },
    more.answered,
  );
}

const CHALLENGE = 'Digest realm="r", nonce="n1", qop="auth"';

describe("HttpDigestAuth", () => {
  it("sends nothing before it was asked", async () => {
    expect(await signed(new HttpDigestAuth("u", "p"))).toBe(null);
  });

  it("answers a challenge", async () => {
    const auth = new HttpDigestAuth("u", "p");
    expect(answer(auth, CHALLENGE)).toBe(true);
    expect(await signed(auth, requestTo("http://a.test/p%20q?x=1#f"))).toMatchObject({
      username: "u",
      realm: "r",
      nonce: "n1",
      uri: "/p%20q?x=1",
      qop: "auth",
      nc: "00000001",
    });
  });

  // PARITY DIG-2, DIG-7; the kit's auth-digest-basic-offered, -missing-nonce, -not-401.
  it.for([
    ["another status", CHALLENGE, { status: 403 }],
    ["a proxy's challenge", CHALLENGE, { status: 407 }],
    ["Basic only", 'Basic realm="r"', {}],
    ["no nonce", 'Digest realm="r"', {}],
    ["an unknown algorithm", `${CHALLENGE}, algorithm=FOO`, {}],
    ["an unknown qop", 'Digest realm="r", nonce="n", qop="foo"', {}],
    ["nothing", [], {}],
    ["a URL without origin", CHALLENGE, { url: "mailto:x@a.test" }],
    ["a second challenge that says nothing of stale", CHALLENGE, { answered: 1 }],
  ] as const)("does not answer %s", async ([, about, more]) => {
    const auth = new HttpDigestAuth("u", "p");
    expect(answer(auth, about, more)).toBe(false);
    expect(await signed(auth)).toBe(null);
  });

  it("answers a second challenge when the nonce was only too old", async () => {
    const auth = new HttpDigestAuth("u", "p");
    answer(auth, CHALLENGE);
    expect(answer(auth, 'Digest realm="r", nonce="n2", qop="auth", stale=TRUE', { answered: 1 })).toBe(true);
    expect(await signed(auth)).toMatchObject({ nonce: "n2", nc: "00000001" });
  });

  it("takes the strongest of several challenges", async () => {
    const auth = new HttpDigestAuth("u", "p");
    expect(
      answer(auth, [`${CHALLENGE}, Basic realm="b"`, 'Digest realm="r", nonce="n2", algorithm=SHA-256']),
    ).toBe(true);
    expect(await signed(auth)).toMatchObject({ nonce: "n2", algorithm: "SHA-256" });
  });
});

describe("the count of a nonce", () => {
  it("goes up with each request, also of requests side by side", async () => {
    const auth = new HttpDigestAuth("u", "p");
    answer(auth, CHALLENGE);
    const all = await Promise.all(Array.from({ length: 17 }, () => signed(auth)));
    expect(all.map((fields) => fields?.["nc"])).toEqual(
      Array.from({ length: 17 }, (_, at) => (at + 1).toString(16).padStart(8, "0")),
    );
  });

  it("goes on when the same nonce comes again (the kit's auth-digest-wrong-password)", async () => {
    const auth = new HttpDigestAuth("u", "p");
    answer(auth, CHALLENGE);
    await signed(auth);
    answer(auth, CHALLENGE);
    expect(await signed(auth)).toMatchObject({ nc: "00000002" });
  });

  it("goes on when a server hands out two nonces in turn", async () => {
    const auth = new HttpDigestAuth("u", "p");
    const seen: unknown[] = [];
    for (const nonce of ["n1", "n2", "n1", "n2"]) {
      answer(auth, `Digest realm="r", nonce="${nonce}", qop="auth"`);
      seen.push((await signed(auth))?.["nc"]);
    }
    expect(seen).toEqual(["00000001", "00000001", "00000002", "00000002"]);
  });

  it("is forgotten some time: a server with ever new nonces fills no memory", async () => {
    const auth = new HttpDigestAuth("u", "p");
    answer(auth, CHALLENGE);
    await signed(auth);
    for (let at = 0; at < 50; at++) answer(auth, `Digest realm="r", nonce="x${at}", qop="auth"`);
    answer(auth, CHALLENGE);
    expect(await signed(auth)).toMatchObject({ nonce: "n1", nc: "00000001" });
  });
});

describe("the cnonce", () => {
  it("is new for each request", async () => {
    const auth = new HttpDigestAuth("u", "p");
    answer(auth, CHALLENGE);
    const cnonces = [await signed(auth), await signed(auth), await signed(auth)].map(
      (fields) => fields?.["cnonce"],
    );
    expect(new Set(cnonces).size).toBe(3);
    expect(cnonces[0]).toMatch(/^[0-9a-f]{32}$/);
  });

  it("stays the same in a session", async () => {
    const auth = new HttpDigestAuth("u", "p");
    answer(auth, `${CHALLENGE}, algorithm=MD5-sess`);
    expect((await signed(auth))?.["cnonce"]).toBe((await signed(auth))?.["cnonce"]);
  });
});

describe("what was learned", () => {
  it("stays with its origin", async () => {
    const auth = new HttpDigestAuth("u", "p");
    answer(auth, CHALLENGE, { url: "http://a.test/x" });
    expect(await signed(auth, requestTo("http://a.test:80/y"))).not.toBe(null);
    expect(await signed(auth, requestTo("http://a.test:81/y"))).toBe(null);
    expect(await signed(auth, requestTo("https://a.test/y"))).toBe(null);
    expect(await signed(auth, requestTo("http://sub.a.test/y"))).toBe(null);
    expect(await signed(auth, requestTo("mailto:a.test"))).toBe(null);
  });

  it("is kept for several origins", async () => {
    const auth = new HttpDigestAuth("u", "p");
    answer(auth, 'Digest realm="a", nonce="na"', { url: "http://a.test/" });
    answer(auth, 'Digest realm="b", nonce="nb"', { url: "http://b.test/" });
    expect(await signed(auth, requestTo("http://a.test/"))).toMatchObject({ nonce: "na" });
    expect(await signed(auth, requestTo("http://b.test/"))).toMatchObject({ nonce: "nb" });
  });

  it("takes a next nonce that the server names", async () => {
    const auth = new HttpDigestAuth("u", "p");
    const tell = (about: string | null): void => {
      const headers = new HeaderMap(about === null ? {} : { "Authentication-Info": about });
      auth.onResponse({ status: 200, headers, request: requestTo() });
    };
    tell('nextnonce="too-early"');
    auth.onResponse({ status: 200, headers: new HeaderMap(), request: requestTo("mailto:x@a.test") });
    expect(await signed(auth)).toBe(null);
    answer(auth, `${CHALLENGE}, opaque="o"`);
    tell('qop=auth, rspauth="x"');
    tell(null);
    expect(await signed(auth)).toMatchObject({ nonce: "n1" });
    tell('qop=auth, nextnonce="n2"');
    expect(await signed(auth)).toMatchObject({ nonce: "n2", nc: "00000001", opaque: "o", realm: "r" });
  });
});

describe("auth-int", () => {
  const md5 = (text: string): string => createHash("md5").update(text).digest("hex");
  const responseFor = (fields: Readonly<Record<string, string>> | null, body: string): string =>
    md5(
      [md5("u:r:p"), "n", fields?.["nc"], fields?.["cnonce"], "auth-int", md5(`POST:/p:${md5(body)}`)].join(
        ":",
      ),
    );

  async function* onceOnly(): AsyncGenerator<string> {
    yield "body";
  }

  it.for([
    ["no body", (): Body | null => null, ""],
    ["bytes", (): Body => bytesBody("body"), "body"],
    ["a Blob", (): Body => rawBody(new Blob(["bo", "dy"])), "body"],
  ] as const)("hashes %s", async ([, body, text]) => {
    const auth = new HttpDigestAuth("u", "p");
    answer(auth, 'Digest realm="r", nonce="n", qop="auth-int"');
    const fields = await signed(auth, requestTo("http://a.test/p", body()));
    expect(fields).toMatchObject({ qop: "auth-int", response: responseFor(fields, text) });
  });

  it("does not read a stream that can be read only once", async () => {
    const auth = new HttpDigestAuth("u", "p");
    answer(auth, 'Digest realm="r", nonce="n", qop="auth-int"');
    await expect(signed(auth, requestTo("http://a.test/p", rawBody(onceOnly())))).rejects.toThrow(
      UnrewindableBodyError,
    );
  });

  it("is not chosen when the server takes auth, so such a stream can be sent", async () => {
    const auth = new HttpDigestAuth("u", "p");
    answer(auth, 'Digest realm="r", nonce="n", qop="auth-int, auth"');
    expect(await signed(auth, requestTo("http://a.test/p", rawBody(onceOnly())))).toMatchObject({
      qop: "auth",
    });
  });
});

describe("Digest credentials", () => {
  it.for([
    [["u", 1], "the password must be text, not number"],
    [[new Uint8Array(1), "p"], "the user name must be text, not Uint8Array"],
    [["sekrit\n", "p"], "the user name must not have control characters"],
    [["u", "sekrit\u0000"], "the password must not have control characters"],
  ] as const)("are refused: %j", ([[user, password], message]) => {
    const make = (): HttpDigestAuth => new HttpDigestAuth(user as string, password as string);
    expect(make).toThrow(new TypeError(message));
  });

  it("are in none of the printed forms", async () => {
    const auth = new HttpDigestAuth("apikey", "sekrit");
    answer(auth, CHALLENGE);
    await signed(auth);
    const printed = inspect({ auth }, { showHidden: true, depth: 9 }) + JSON.stringify({ auth });
    expect(printed).not.toMatch(/apikey|sekrit|n1/);
    expect(inspect(auth)).toBe("HttpDigestAuth ***");
    expect(JSON.stringify(auth)).toBe('{"scheme":"Digest","credentials":"***"}');
  });
});
