/** What authorization servers answer: why there is no token is told, and what is a token is used. */
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";

import { describe, expect, it } from "vitest";

import { RequestException, Session } from "../../src/index.ts";
import {
  OAuth2Error,
  oauth2ClientCredentials,
  oauth2RefreshToken,
  type OAuth2Tokens,
} from "../../src/oauth2.ts";
import { reply, startOrigin } from "../support/origins.ts";
import { failureOf } from "../support/one-call.ts";

/** What a server answers. */
interface Said {
  readonly status?: number;
  /** `null`: none. */
  readonly type?: string | null;
  readonly body?: unknown;
  readonly fields?: Record<string, string>;
}

const JSON_TYPE = "application/json";

function said({ status = 200, type = JSON_TYPE, body = "", fields = {} }: Said): ReturnType<typeof reply> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return reply(status, { ...fields, ...(type === null ? {} : { "Content-Type": type }) }, text);
}

/** A server that gives such a token, and whose API takes it. */
async function asked(
  answer: Said,
): Promise<{ readonly status: number | null; readonly token: string | undefined; readonly error: unknown }> {
  await using origin = await startOrigin((request, response) => {
    if (request.url === "/token") said(answer)(request, response);
    else response.end();
  });
  const auth = oauth2ClientCredentials({
    tokenEndpoint: `${origin.url}/token`,
    allowInsecure: true,
    clientId: "id",
    clientSecret: "s3cret",
  });
  await using session = new Session({ trustEnv: false, auth });
  const response = await session.get(`${origin.url}/api`).catch((error: unknown) => ({ error }));
  const { headers } = origin.arrived.find(({ url }) => url === "/api") ?? {};
  return {
    status: "status" in response ? response.status : null,
    token: headers?.authorization,
    error: "error" in response ? response.error : null,
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : "";
}

const refusal = { error: "invalid_client", error_description: "wrong secret" };
const CHALLENGE = { "WWW-Authenticate": 'Basic realm="token", charset="UTF-8"' };

describe("a refusal", () => {
  it.for<readonly [what: string, answer: Said]>([
    ["400", { status: 400, body: refusal }],
    ["401 with a challenge", { status: 401, body: refusal, fields: CHALLENGE }],
    ["401 without", { status: 401, body: refusal }],
    ["403", { status: 403, body: refusal }],
    ["429", { status: 429, body: refusal, fields: { "Retry-After": "1" } }],
    ["500", { status: 500, body: refusal }],
    ["503", { status: 503, body: refusal }],
    ["200", { status: 200, body: refusal }],
    ["200 with a token that is null", { body: { access_token: null, ...refusal } }],
    ["302", { status: 302, body: refusal, fields: { Location: "/login" } }],
    ["text/html", { status: 400, type: "text/html", body: refusal }],
    ["text/plain with a charset", { status: 400, type: "text/plain; charset=utf-8", body: refusal }],
    ["application/problem+json", { status: 400, type: "application/problem+json", body: refusal }],
    ["no media type", { status: 400, type: null, body: refusal }],
    ["a mark in front", { status: 400, body: `\ufeff${JSON.stringify(refusal)}` }],
    [
      "a form",
      {
        status: 400,
        type: "application/x-www-form-urlencoded; charset=utf-8",
        body: "error=invalid_client&error_description=wrong+secret&error_uri=x",
      },
    ],
    [
      "a form with 200, as GitHub's",
      {
        type: "application/x-www-form-urlencoded",
        body: "error=invalid_client&error_description=wrong+secret",
      },
    ],
    [
      "a challenge alone",
      {
        status: 401,
        type: "text/html",
        body: "<p>no</p>",
        fields: {
          "WWW-Authenticate":
            'Basic realm="a", Bearer error="invalid_client", error_description="wrong secret"',
        },
      },
    ],
    [
      "fields that say nothing beside it",
      { status: 400, body: { ...refusal, error_uri: null, access_token: "" } },
    ],
  ])("with %s tells the server's word", async ([, answer]) => {
    const { error, token } = await asked(answer);
    expect(error).toBeInstanceOf(OAuth2Error);
    expect(error).toMatchObject({
      code: "ERR_OAUTH2",
      error: "invalid_client",
      description: "wrong secret",
      status: answer.status ?? 200,
    });
    expect(messageOf(error)).toBe("the authorization server refused: invalid_client");
    expect(token).toBeUndefined();
  });

  it.for<readonly [what: string, answer: Said, message: string, description?: string]>([
    ["HTML", { status: 500, type: "text/html", body: "<p>" }, '500 with "text/html": it does not say why'],
    ["nothing", { status: 404 }, "404 with nothing"],
    ["a redirect", { status: 302, type: null, fields: { Location: "/" } }, "302 with nothing"],
    ["an error of another kind", { status: 400, body: { error: 7 } }, "400 without an error"],
    ["null for an error", { status: 400, body: { error: null } }, "400 without an error"],
    ["an empty error", { status: 400, body: { error: "" } }, "400 without an error"],
    [
      "words for people alone",
      { status: 400, body: { error_description: "why" } },
      "400 without an error",
      "why",
    ],
    [
      "HTML in place of a token",
      { type: "text/html", body: "<p>" },
      'with "text/html": a JSON object was asked',
    ],
    ["no content", { status: 204, type: null }, "204 with nothing"],
  ])("without a word is told by its status: %s", async ([, answer, message, description]) => {
    const { error } = await asked(answer);
    expect(error).toBeInstanceOf(OAuth2Error);
    expect(error).toMatchObject({
      error: null,
      description: description ?? null,
      status: answer.status ?? 200,
    });
    expect(messageOf(error)).toContain(message);
  });

  it("is one line of a message, whatever the server writes", async () => {
    const { error } = await asked({ status: 400, body: { error: `a\n${"b".repeat(1000)}` } });
    expect(messageOf(error).length).toBeLessThan(200);
    expect(messageOf(error)).not.toContain("\n");
  });
});

describe("a token", () => {
  const token = { access_token: "T", token_type: "Bearer" };

  it.for<readonly [what: string, answer: Said]>([
    ["alone", { body: token }],
    ["of a type in any case", { body: { ...token, token_type: "bEARER" } }],
    [
      "with null where a field is absent",
      { body: { ...token, refresh_token: null, scope: null, expires_in: null, id_token: null, error: null } },
    ],
    [
      "with empty text where a field is absent",
      { body: { ...token, refresh_token: "", scope: "", error: "" } },
    ],
    ["that expires in text", { body: { ...token, expires_in: "3600" } }],
    ["that expires in a fraction", { body: { ...token, expires_in: "3600.0" } }],
    ["that expires before it began", { body: { ...token, expires_in: -1 } }],
    ["that expires in words", { body: { ...token, expires_in: "never" } }],
    ["that expires in eternity", { body: `{"access_token":"T","token_type":"bearer","expires_in":1e999}` }],
    ["that has a list as scope", { body: { ...token, scope: ["a", "b"] } }],
    [
      "in a form",
      { type: "application/x-www-form-urlencoded", body: "access_token=T&token_type=bearer&scope=" },
    ],
    ["as another media type", { type: "text/javascript", body: token }],
    ["without a media type", { type: null, body: token }],
    ["with 201", { status: 201, body: token }],
    ["with a mark in front", { body: `\ufeff${JSON.stringify(token)}` }],
    [
      "with names twice further in",
      { body: { ...token, user: { access_token: "x" }, list: [{ scope: 1 }] } },
    ],
  ])("is used: %s", async ([, answer]) => {
    expect(await asked(answer)).toEqual({ status: 200, token: "Bearer T", error: null });
  });

  it.for<readonly [what: string, answer: Said, message: string]>([
    ["is absent", { body: { token_type: "bearer" } }, "has no access_token"],
    ["is null", { body: { ...token, access_token: null } }, "has no access_token"],
    ["is empty", { body: { ...token, access_token: "" } }, "has no access_token"],
    [
      "is a number",
      { body: { ...token, access_token: 7 } },
      "access_token in the authorization server's answer",
    ],
    ["cannot stand in a field", { body: { ...token, access_token: "a b" } }, "no header field can have"],
    ["has no type", { body: { access_token: "T" } }, "has no token_type"],
    ["is of another type", { body: { ...token, token_type: "DPoP" } }, "another type than Bearer"],
    ["has a strange refresh token", { body: { ...token, refresh_token: {} } }, "refresh_token in the"],
    ["is a list", { body: [token] }, "a JSON object was asked for"],
    ["is text", { body: '"T"' }, "a JSON object was asked for"],
    ["is cut", { body: '{"access_token":"T","token_type":"bea' }, "a JSON object was asked for"],
    [
      "stands twice",
      { body: '{"access_token":"T","token_type":"bearer","access\\u005ftoken":"U"}' },
      '"access_token" twice',
    ],
    [
      "stands twice in a form",
      { type: "application/x-www-form-urlencoded", body: "access_token=T&token_type=bearer&access_token=U" },
      '"access_token" twice',
    ],
    ["is too long", { body: { ...token, access_token: "x".repeat(2_000_000) } }, "more than 1048576 bytes"],
    ["is in too much", { body: { ...token, more: "x".repeat(2_000_000) } }, "more than 1048576 bytes"],
  ])("is none when it %s", async ([, answer, message]) => {
    const { error, token: sent } = await asked(answer);
    expect(error).toBeInstanceOf(OAuth2Error);
    expect(error).toMatchObject({ error: null });
    expect(messageOf(error)).toContain(message);
    expect(messageOf(error)).not.toMatch(/s3cret|x{3}/);
    expect(sent).toBeUndefined();
  });

  it("tells what it has: an end, a scope, the next refresh token", async () => {
    const stored: OAuth2Tokens[] = [];
    const body = { ...token, expires_in: "60", scope: ["a", "b"], refresh_token: "R" };
    await using origin = await startOrigin(said({ body }));
    const auth = oauth2RefreshToken({
      tokenEndpoint: origin.url,
      allowInsecure: true,
      clientId: "id",
      refreshToken: "first",
      onTokens: (tokens) => void stored.push(tokens),
    });
    await using session = new Session({ trustEnv: false, auth });
    const before = Date.now();
    await session.get(origin.url);
    expect(stored).toMatchObject([{ accessToken: "T", refreshToken: "R", scope: "a b" }]);
    const expiresAt = stored[0]?.expiresAt;
    expect(expiresAt).toBeGreaterThanOrEqual(before + 60_000);
    expect(expiresAt).toBeLessThanOrEqual(Date.now() + 60_000);
  });
});

describe("an answer that breaks off", () => {
  it.for([
    ["in its head", "HTTP/1.1 200 OK\r\nContent-"],
    [
      "in its body",
      'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"access_token":"T"',
    ],
    ["in its chunks", 'HTTP/1.1 400 B\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"err'],
  ] as const)("%s is the network's error", async ([, bytes]) => {
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => socket.end(bytes));
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const auth = oauth2ClientCredentials({
      tokenEndpoint: url,
      allowInsecure: true,
      clientId: "id",
      clientSecret: "s3cret",
    });
    await using session = new Session({ trustEnv: false, auth });
    const error = await failureOf(session.get("http://127.0.0.1:2/"));
    expect(error).toBeInstanceOf(RequestException);
    expect(error).not.toBeInstanceOf(OAuth2Error);
    await new Promise((resolve) => server.close(resolve));
  });
});

describe("connections to an authorization server", () => {
  const large = "x".repeat(600_000);
  it.for<readonly [what: string, answer: Said]>([
    ["a challenge", { status: 401, body: { error: "invalid_client" }, fields: CHALLENGE }],
    ["a long page", { status: 500, type: "text/html", body: large }],
    ["a long refusal", { status: 400, body: { error: "invalid_client", more: large } }],
    ["another media type", { status: 400, type: "text/plain", body: large }],
    ["a token of another type", { body: { access_token: "T", token_type: "mac", more: large } }],
    ["too much", { body: large.repeat(3) }],
  ])("are not left open by %s, of discovery or of a token", async ([, answer]) => {
    const open = new Set<Socket>();
    await using origin = await startOrigin(said(answer), (socket) => {
      open.add(socket);
      socket.on("close", () => open.delete(socket));
    });
    const client = { allowInsecure: true, clientId: "id", clientSecret: "s" };
    for (const through of [{}, { session: new Session({ trustEnv: false }) }]) {
      for (const place of [{ issuer: origin.url }, { tokenEndpoint: `${origin.url}/token` }]) {
        const auth = oauth2ClientCredentials({ ...client, ...place, ...through });
        await using session = new Session({ trustEnv: false, auth });
        for (let count = 0; count < 4; count++)
          expect(await failureOf(session.get(origin.url))).toBeInstanceOf(OAuth2Error);
      }
      // A session that is used again keeps one, for its next request.
      await expect.poll(() => open.size).toBeLessThanOrEqual("session" in through ? 1 : 0);
      await through.session?.close();
      await expect.poll(() => open.size).toBe(0);
    }
  });
});
