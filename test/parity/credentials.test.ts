/** Where sojourn signs requests otherwise than Python requests, on purpose. */
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, describe, expect, it, vi } from "vitest";

import { HttpDigestAuth, Session } from "../../src/index.ts";
import { failureOf, play } from "../support/one-call.ts";
import { answer, utf8, wireServer, type Said } from "../support/wire-server.ts";

afterEach(() => vi.unstubAllEnvs());

function basic(credentials: string): string {
  return `Basic ${Buffer.from(credentials, "utf8").toString("base64")}`;
}

describe("Basic credentials", () => {
  // RFC 7617 §2.1
  it.for<readonly [username: string, password: string]>([
    ["üser", "pässwörd"],
    ["пользователь", "x"],
  ])("are sent in UTF-8: %s", async (auth) => {
    const { heard } = await play([], (session, url) => session.get(url, { auth }));
    expect(heard[0]?.header("authorization")).toBe(basic(auth.join(":")));
  });

  it("are sent in UTF-8 when they stand in the URL", async () => {
    const { heard } = await play([], (session, url) =>
      session.get(url.replace("//", "//%C3%BCser:p%C3%A4ss@")),
    );
    expect(heard[0]?.header("authorization")).toBe(basic("üser:päss"));
  });

  it("must be text or bytes: a number is refused", async () => {
    const { heard, result } = await play([], (session, url) =>
      // @ts-expect-error: the types refuse it as well.
      failureOf(session.get(url, { auth: ["user", 123] })),
    );
    expect(result).toBeInstanceOf(TypeError);
    expect(heard).toEqual([]);
  });
});

describe("an Authorization header", () => {
  it("goes before the credentials of the URL", async () => {
    const { heard } = await play([], (session, url) =>
      session.get(url.replace("//", "//url:cred@"), { headers: { Authorization: "Bearer abc" } }),
    );
    expect(heard[0]?.header("authorization")).toBe("Bearer abc");
  });

  it("goes before the credentials of netrc", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sojourn-"));
    const netrc = join(folder, "netrc");
    await writeFile(netrc, "machine 127.0.0.1 login nuser password npass\n", { mode: 0o600 });
    vi.stubEnv("NETRC", netrc);
    await using server = await wireServer(answer());
    await using session = new Session({ trustEnv: { netrc: true, proxies: false, ca: false } });
    await session.get(`${server.url}/1`);
    await session.get(`${server.url}/2`, { headers: { Authorization: "Bearer abc" } });
    expect(server.requests.map((request) => request.header("authorization"))).toEqual([
      basic("nuser:npass"),
      "Bearer abc",
    ]);
    await rm(folder, { recursive: true });
  });
});

/** An answer that challenges. */
function challenge(fields: string, status: number = 401): Said {
  return answer({ status, headers: [["WWW-Authenticate", `Digest ${fields}`]] });
}

/** Plays one request with digest credentials; the fields of the answer to the challenge. */
async function answered(
  said: Said,
  username: string,
  data?: string,
): Promise<{ sent: number; fields: Map<string, string> }> {
  const auth = new HttpDigestAuth(username, "pass");
  const { heard } = await play([said, answer()], (session, url) =>
    session.request(data === undefined ? "GET" : "POST", `${url}/p`, { auth, data: data ?? null }),
  );
  const header = heard[1]?.header("authorization") ?? "";
  const fields = header.matchAll(/([a-z*]+)=(?:"((?:[^"\\]|\\.)*)"|([^ ,]*))/g);
  return {
    sent: heard.length,
    fields: new Map(Array.from(fields, ([, name = "", quoted, token]) => [name, quoted ?? token ?? ""])),
  };
}

/** RFC 7616 §3.4.1, with a hash of one's choice. */
function expected(
  algorithm: string,
  fields: ReadonlyMap<string, string>,
  parts: { readonly a1: string; readonly a2: string },
): string {
  const hash = (text: string): string => createHash(algorithm).update(text, "utf8").digest("hex");
  const [nonce, nc, cnonce, qop] = ["nonce", "nc", "cnonce", "qop"].map((name) => fields.get(name));
  return hash(`${parts.a1}:${nonce}:${nc}:${cnonce}:${qop}:${hash(parts.a2)}`);
}

function hashed(algorithm: string, text: string): string {
  return createHash(algorithm).update(text, "utf8").digest("hex");
}

describe("a digest challenge", () => {
  it("that offers auth-int alone is answered with the body in the hash", async () => {
    const { fields } = await answered(challenge('realm="r", nonce="n", qop="auth-int"'), "user", "x");
    const a2 = `POST:/p:${hashed("md5", "x")}`;
    expect(fields.get("qop")).toBe("auth-int");
    expect(fields.get("response")).toBe(expected("md5", fields, { a1: hashed("md5", "user:r:pass"), a2 }));
  });

  it("of SHA-512-256 is answered", async () => {
    const { fields } = await answered(
      challenge('realm="r", nonce="n", qop="auth", algorithm=SHA-512-256'),
      "user",
    );
    const a1 = hashed("sha512-256", "user:r:pass");
    expect(fields.get("response")).toBe(expected("sha512-256", fields, { a1, a2: "GET:/p" }));
  });

  it("of SHA-256-sess is answered", async () => {
    const { fields } = await answered(
      challenge('realm="r", nonce="n", qop="auth", algorithm=SHA-256-sess'),
      "user",
    );
    const a1 = hashed("sha256", `${hashed("sha256", "user:r:pass")}:n:${fields.get("cnonce")}`);
    expect(fields.get("response")).toBe(expected("sha256", fields, { a1, a2: "GET:/p" }));
  });

  it("with an empty opaque gets it back", async () => {
    const { fields } = await answered(challenge('realm="r", nonce="n", qop="auth", opaque=""'), "user");
    expect(fields.get("opaque")).toBe("");
  });

  it.for<[what: string, said: Said]>([
    ["it has no nonce", challenge('realm="r", qop="auth"')],
    ["its algorithm is unknown", challenge('realm="r", nonce="n", qop="auth", algorithm=FOO')],
    ["the status is not 401", challenge('realm="r", nonce="n", qop="auth"', 403)],
  ])("is the caller's to see, and costs no second request, when %s", async ([, said]) => {
    expect((await answered(said, "user")).sent).toBe(1);
  });

  it("is answered with the user name as a quoted-string", async () => {
    const { fields } = await answered(challenge('realm="r", nonce="n", qop="auth"'), 'a"b\\c');
    expect(fields.get("username")).toBe('a\\"b\\\\c');
  });

  it("is answered with a user name in UTF-8", async () => {
    const { fields } = await answered(challenge('realm="r", nonce="n", qop="auth"'), "üser");
    expect(fields.get("username")).toBe(utf8("üser"));
    expect(fields.get("response")).toBe(
      expected("md5", fields, { a1: hashed("md5", "üser:r:pass"), a2: "GET:/p" }),
    );
  });

  it("may change a cookie, which then goes with the answer", async () => {
    const said = answer({
      status: 401,
      headers: [
        ["WWW-Authenticate", 'Digest realm="r", nonce="n", qop="auth"'],
        ["Set-Cookie", "c=new; Path=/"],
      ],
    });
    const { heard } = await play([said, answer()], async (session, url) => {
      session.cookies.setCookie("c=old; Path=/", url);
      await session.get(`${url}/p`, { auth: new HttpDigestAuth("user", "pass") });
    });
    expect(heard.map((request) => request.header("cookie"))).toEqual(["c=old", "c=new"]);
  });
});
