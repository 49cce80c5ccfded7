/** Digest: what the server asks for, and what it does not let pass. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startTestServer } from "../../testing/index.ts";
import type { TestServer } from "../../testing/index.ts";
import { ask } from "./ask.ts";
import type { Reply } from "./ask.ts";
import { answerDigest, challengeFields } from "./digest-client.ts";
import type { DigestAnswer } from "./digest-client.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const PATH = "/digest-auth/auth/user/pass";

function challengeOf(reply: Reply): string {
  return reply.headers.get("www-authenticate") ?? "";
}

/** Asks for `path` with the answer to `challenge`. */
function answer(
  path: string,
  challenge: string,
  login: Partial<DigestAnswer> & { readonly cookie?: string } = {},
): Promise<Reply> {
  const { cookie, ...rest } = login;
  const authorization = answerDigest({
    user: "user",
    password: "pass",
    method: "GET",
    uri: path,
    ...rest,
    challenge,
  });
  return ask(server.url, `GET ${path}`, {
    headers: { authorization, ...(cookie === undefined ? {} : { cookie }) },
  });
}

describe("the challenge", () => {
  it.for([
    // path                                  qop                algorithm
    ["/digest-auth/auth/u/p", "auth", "MD5"],
    ["/digest-auth/auth-int/u/p", "auth-int", "MD5"],
    ["/digest-auth/both/u/p", "auth, auth-int", "MD5"],
    ["/digest-auth/auth/u/p/SHA-256", "auth", "SHA-256"],
    ["/digest-auth/auth/u/p/SHA-512/3", "auth", "SHA-512"],
    ["/digest-auth/auth/u/p/unknown", "auth", "MD5"],
  ] as const)("of %s asks for %s with %s", async ([path, qop, algorithm]) => {
    const reply = await ask(server.url, `GET ${path}`);
    const fields = challengeFields(challengeOf(reply));
    expect(reply.status).toBe(401);
    expect([fields.get("qop"), fields.get("algorithm"), fields.get("stale")]).toEqual([
      qop,
      algorithm,
      "FALSE",
    ]);
    expect(fields.get("nonce")).toMatch(/^[0-9a-f]{32}$/);
  });

  it("has a new nonce each time, and httpbin's cookies", async () => {
    const [first, second] = [
      await ask(server.url, `GET ${PATH}/MD5/2`),
      await ask(server.url, `GET ${PATH}`),
    ];
    expect(challengeFields(challengeOf(first)).get("nonce")).not.toBe(
      challengeFields(challengeOf(second)).get("nonce"),
    );
    expect(first.headers.getSetCookie()).toEqual(["stale_after=2; Path=/", "fake=fake_value; Path=/"]);
  });
});

describe("credentials", () => {
  it.for(
    ["MD5", "SHA-256", "SHA-512"].flatMap((algorithm) =>
      ["auth", "auth-int", "both"].map((qop) => ({ qop, algorithm })),
    ),
  )("of $qop with $algorithm are accepted", async ({ qop, algorithm }) => {
    const path = `/digest-auth/${qop}/user/pass/${algorithm}?a=%20b`;
    const reply = await answer(path, challengeOf(await ask(server.url, `GET ${path}`)));
    expect(reply.status).toBe(200);
    expect(JSON.parse(reply.text)).toEqual({ authenticated: true, user: "user" });
  });

  it.for([
    // what is wrong                 login                                         stale
    ["the password", { password: "wrong" }, "FALSE"],
    ["the user", { user: "other" }, "FALSE"],
    ["the method", { method: "POST" }, "FALSE"],
    ["the body", { body: "other" }, "FALSE"],
    ["the path", { uri: "/digest-auth/auth-int/user/other" }, "FALSE"],
    ["the realm", { forged: { realm: "other" } }, "FALSE"],
    ["the opaque", { forged: { opaque: "other" } }, "FALSE"],
    ["the qop", { forged: { qop: "auth" } }, "FALSE"],
    ["the algorithm", { forged: { algorithm: "MD5-sess" } }, "FALSE"],
    ["the count", { forged: { nc: "1" } }, "FALSE"],
    // RFC 7616 §3.3: the password was right, so the client may go on with a new nonce.
    ["the nonce", { forged: { nonce: "0123456789abcdef0123456789abcdef" } }, "TRUE"],
  ] as const)("are refused when %s is wrong", async ([, login, stale]) => {
    const path = "/digest-auth/auth-int/user/pass";
    const reply = await answer(path, challengeOf(await ask(server.url, `GET ${path}`)), login);
    expect([reply.status, challengeFields(challengeOf(reply)).get("stale")]).toEqual([401, stale]);
  });

  it.for(["Digest", 'Digest username="user"', "Basic dXNlcjpwYXNz"])(
    "are asked for anew after %s",
    async (authorization) => {
      expect((await ask(server.url, `GET ${PATH}`, { headers: { authorization } })).status).toBe(401);
    },
  );
});

describe("a nonce", () => {
  it("serves many requests, each with a count of its own, in any order", async () => {
    const challenge = challengeOf(await ask(server.url, `GET ${PATH}`));
    for (const [count, status] of [
      [1, 200],
      [3, 200],
      [2, 200],
      [3, 401],
    ] as const) {
      expect((await answer(PATH, challenge, { count })).status).toBe(status);
    }
  });

  it("gets stale after as many uses as the path says, and a new one follows", async () => {
    const path = `${PATH}/MD5/2`;
    const challenge = challengeOf(await ask(server.url, `GET ${path}`));
    expect((await answer(path, challenge, { count: 1 })).status).toBe(200);
    expect((await answer(path, challenge, { count: 2 })).status).toBe(200);
    const refused = await answer(path, challenge, { count: 3 });
    expect([refused.status, challengeFields(challengeOf(refused)).get("stale")]).toEqual([401, "TRUE"]);
    expect((await answer(path, challengeOf(refused))).status).toBe(200);
  });

  it("gets stale by httpbin's cookies, too", async () => {
    const challenge = challengeOf(await ask(server.url, `GET ${PATH}`));
    const nonce = challengeFields(challenge).get("nonce") ?? "";
    const good = await answer(PATH, challenge, { cookie: "stale_after=2" });
    expect(good.headers.getSetCookie()).toContain("stale_after=1; Path=/");
    for (const cookie of ["stale_after=0", `last_nonce=${nonce}`]) {
      const refused = await answer(PATH, challenge, { count: 2, cookie });
      expect([refused.status, challengeFields(challengeOf(refused)).get("stale")]).toEqual([401, "TRUE"]);
      expect(refused.headers.getSetCookie()).toContain(`last_nonce=${nonce}; Path=/`);
    }
  });
});

describe("required cookies", () => {
  it.for([
    [undefined, 401],
    ["a=1", 403],
    ["fake=fake_value", 200],
  ] as const)("with Cookie %s answer %i", async ([cookie, status]) => {
    const path = `${PATH}?require-cookie=1`;
    const challenge = challengeOf(await ask(server.url, `GET ${path}`));
    expect((await answer(path, challenge, cookie === undefined ? {} : { cookie })).status).toBe(status);
  });
});
