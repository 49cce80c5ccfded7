/** What a scheme tells that it would do: what it does then, without being asked, and without a trace. */
import { describe, expect, it } from "vitest";

import { HttpBasicAuth, HttpProxyAuth } from "../../src/auth/basic.ts";
import { HttpBearerAuth } from "../../src/auth/bearer.ts";
import { HttpDigestAuth } from "../../src/auth/digest.ts";
import { HttpGuessAuth } from "../../src/auth/guess.ts";
import type { Auth } from "../../src/core/auth-scheme.ts";
import { HeaderMap } from "../../src/core/headers.ts";
import { PreparedRequest } from "../../src/core/request.ts";
import { oauth2RefreshToken } from "../../src/oauth2.ts";

function request(): PreparedRequest {
  const parts = {
    method: "GET",
    url: "http://a.test/p",
    headers: new HeaderMap(),
    payload: null,
    challenge: null,
  };
  return new PreparedRequest(parts);
}

/** The server asks. */
function challenge(auth: Auth, value: string): unknown {
  const headers = new HeaderMap([["WWW-Authenticate", value]]);
  return auth.onChallenge?.({ status: 401, headers, request: request() }, 0);
}

const DIGEST = 'Digest realm="r", nonce="n1", qop="auth"';
const oauth = { tokenEndpoint: "https://t.test/", clientId: "me", refreshToken: "r" };
const never = (): never => {
  throw new Error("asked");
};

describe("a preview", () => {
  it.for<readonly [what: string, auth: Auth]>([
    ["Basic", new HttpBasicAuth("u", "p")],
    ["proxy Basic", new HttpProxyAuth("u", "p")],
    ["a bearer", new HttpBearerAuth("t")],
    ["a bearer that can be refreshed", new HttpBearerAuth({ token: "t", refresh: never })],
    ["Digest before a challenge", new HttpDigestAuth("u", "p")],
    ["a guess before a challenge", new HttpGuessAuth("u", "p")],
    ["OAuth 2 with a token", oauth2RefreshToken({ ...oauth, accessToken: "t" })],
  ])("of %s is what is set then", async ([, auth]) => {
    const asked = request();
    const { fields } = auth.preview?.(asked) ?? { fields: null };
    expect([...asked.headers]).toEqual([]);
    await auth.apply(asked);
    expect(fields).toEqual([...asked.headers]);
  });

  it.for<readonly [what: string, auth: Auth, note: string]>([
    ["a bearer without a token", new HttpBearerAuth({ refresh: never }), "would ask refresh() for a token"],
    ["OAuth 2 without a token", oauth2RefreshToken(oauth), "would ask the server for a token"],
    [
      "OAuth 2 with a token that ends",
      oauth2RefreshToken({ ...oauth, accessToken: "t", expiresAt: Date.now() + 1000 }),
      "would ask the server for a token",
    ],
  ])("of %s asks nobody, and cannot say", ([, auth, note]) => {
    expect(auth.preview?.(request())).toMatchObject({ fields: null, note });
  });

  it("of Digest behind a challenge counts no use of the nonce", async () => {
    const auth = new HttpDigestAuth("u", "p");
    expect(challenge(auth, DIGEST)).toBe(true);
    for (let times = 0; times < 3; times++)
      expect(auth.preview(request())).toMatchObject({ scheme: "Digest", fields: null });
    const signed = request();
    await auth.apply(signed);
    expect(signed.headers.get("authorization")).toContain("nc=00000001");
  });

  it.for([
    ['Basic realm="r"', "Basic"],
    [DIGEST, "Digest"],
  ] as const)("of a guess behind %s is that of %s", ([asks, scheme]) => {
    const auth = new HttpGuessAuth("u", "p");
    expect(auth.preview(request()).scheme).toBe("Digest or Basic");
    expect(challenge(auth, asks)).toBe(true);
    expect(auth.preview(request()).scheme).toBe(scheme);
  });
});
