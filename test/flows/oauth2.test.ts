import { inspect } from "node:util";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ConnectionError, Session } from "../../src/index.ts";
import {
  OAuth2Error,
  oauth2ClientCredentials,
  oauth2RefreshToken,
  type OAuth2Tokens,
} from "../../src/oauth2.ts";
import { startOrigin, type TestOrigin } from "../support/origins.ts";
import { failureOf } from "../support/one-call.ts";
import { startTokenServer } from "../support/token-server.ts";

/** An API that takes only what `accepted` gives. */
function startApi(accepted: () => string): Promise<TestOrigin> {
  return startOrigin(({ headers }, response) => {
    response.writeHead(headers.authorization === `Bearer ${accepted()}` ? 200 : 401, {
      "WWW-Authenticate": "Bearer",
    });
    response.end(headers.authorization);
  });
}

const client = { clientId: "my client", clientSecret: "s3cret:pw", allowInsecure: true };

afterEach(() => {
  vi.useRealTimers();
});

describe("client credentials", () => {
  it("get one token, however many requests wait for it", async () => {
    await using server = await startTokenServer();
    await using api = await startApi(server.current);
    const { tokenEndpoint } = server;
    const auth = oauth2ClientCredentials({
      ...client,
      tokenEndpoint,
      scope: "a b",
      parameters: { audience: "x" },
    });
    await using session = new Session({ trustEnv: false, auth });
    const responses = await Promise.all([1, 2, 3, 4].map(() => session.get(api.url)));
    expect(responses.map((response) => response.text())).toEqual(Array(4).fill("Bearer token-1"));
    expect(server.asked).toEqual([{ grant_type: "client_credentials", scope: "a b", audience: "x" }]);
    // RFC 6749 §2.3.1: both parts are form-encoded first.
    expect(server.shown).toEqual([`Basic ${Buffer.from("my+client:s3cret%3Apw").toString("base64")}`]);
    expect(server.paths()).toEqual(["/token"]);
  });

  it("may be shown in the form", async () => {
    await using server = await startTokenServer();
    await using api = await startApi(server.current);
    const { tokenEndpoint } = server;
    const auth = oauth2ClientCredentials({ ...client, tokenEndpoint, clientAuthentication: "post" });
    await using session = new Session({ trustEnv: false });
    expect((await session.get(api.url, { auth })).status).toBe(200);
    expect(server.asked).toMatchObject([{ client_id: "my client", client_secret: "s3cret:pw" }]);
    expect(server.shown).toEqual([undefined]);
  });

  it.for([
    ["/.well-known/openid-configuration", 1],
    ["/.well-known/oauth-authorization-server", 2],
  ] as const)("find the endpoint at %s, once", async ([metadataPath, looks]) => {
    await using server = await startTokenServer({ metadataPath, expiresIn: 0 });
    await using api = await startApi(server.current);
    const auth = oauth2ClientCredentials({ ...client, issuer: server.url });
    await using session = new Session({ trustEnv: false, auth });
    await session.get(api.url);
    await session.get(api.url);
    expect(server.paths().filter((path) => path !== "/token")).toHaveLength(looks);
    expect(server.paths().filter((path) => path === "/token")).toHaveLength(2);
  });

  it("go through the session that is given, without its auth", async () => {
    await using server = await startTokenServer();
    await using api = await startApi(server.current);
    await using session = new Session({ trustEnv: false, headers: { "X-Session": "1" } });
    session.auth = oauth2ClientCredentials({ ...client, tokenEndpoint: server.tokenEndpoint, session });
    expect((await session.get(api.url)).status).toBe(200);
    expect(server.shown[0]).toMatch(/^Basic /);
  });

  it.for([
    ["well before", 3600, 3_560_000, 1],
    ["shortly before", 3600, 3_571_000, 2],
    ["in the second half of a short life", 20, 11_000, 2],
    ["in the first half of a short life", 20, 9_000, 1],
    ["long after the server said nothing of it", null, 1e10, 1],
  ] as const)("are renewed, or not, %s they expire", async ([, expiresIn, passedMs, asked]) => {
    vi.useFakeTimers({ toFake: ["Date"] });
    await using server = await startTokenServer({ expiresIn });
    await using api = await startApi(server.current);
    const auth = oauth2ClientCredentials({ ...client, tokenEndpoint: server.tokenEndpoint });
    await using session = new Session({ trustEnv: false, auth });
    await session.get(api.url);
    vi.setSystemTime(Date.now() + passedMs);
    const responses = await Promise.all([session.get(api.url), session.get(api.url)]);
    expect(responses.map(({ status }) => status)).toEqual([200, 200]);
    expect(server.asked).toHaveLength(asked);
  });

  it("are renewed once when a token is refused", async () => {
    await using server = await startTokenServer();
    let accepted = (): string => "token-1";
    await using api = await startApi(() => accepted());
    const auth = oauth2ClientCredentials({ ...client, tokenEndpoint: server.tokenEndpoint });
    await using session = new Session({ trustEnv: false, auth });
    await session.get(api.url);
    accepted = () => "token-2";
    const responses = await Promise.all([1, 2, 3].map(() => session.get(api.url)));
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(server.asked).toHaveLength(2);
  });
});

describe("a refresh token", () => {
  it("brings access tokens, and is replaced when the server gives another", async () => {
    await using server = await startTokenServer({ isRotating: true, expiresIn: 0 });
    await using api = await startApi(server.current);
    const stored: OAuth2Tokens[] = [];
    const auth = oauth2RefreshToken({
      clientId: "app",
      refreshToken: "refresh-0",
      tokenEndpoint: server.tokenEndpoint,
      allowInsecure: true,
      onTokens: (tokens) => void stored.push(tokens),
    });
    await using session = new Session({ trustEnv: false, auth });
    await session.get(api.url);
    expect((await session.get(api.url)).status).toBe(200);
    expect(server.asked.map((form) => form["refresh_token"])).toEqual(["refresh-0", "refresh-1"]);
    // A public client has no secret to show (RFC 6749 §2.1).
    expect(server.asked[0]).toMatchObject({ grant_type: "refresh_token", client_id: "app" });
    expect(server.shown).toEqual([undefined, undefined]);
    expect(stored.map((tokens) => [tokens.accessToken, tokens.refreshToken])).toEqual([
      ["token-1", "refresh-1"],
      ["token-2", "refresh-2"],
    ]);
  });

  it("stays when the server gives no other", async () => {
    await using server = await startTokenServer({ expiresIn: 0 });
    await using api = await startApi(server.current);
    const { tokenEndpoint } = server;
    const auth = oauth2RefreshToken({ ...client, tokenEndpoint, refreshToken: "refresh-0" });
    await using session = new Session({ trustEnv: false, auth });
    await session.get(api.url);
    await session.get(api.url);
    expect(server.asked.map((form) => form["refresh_token"])).toEqual(["refresh-0", "refresh-0"]);
  });

  it("is not used while the access token that is there is good", async () => {
    await using server = await startTokenServer();
    await using api = await startApi(() => "stored");
    const options = { ...client, tokenEndpoint: server.tokenEndpoint, refreshToken: "refresh-0" };
    const fresh = oauth2RefreshToken({
      ...options,
      accessToken: "stored",
      expiresAt: Date.now() + 3_600_000,
    });
    const stale = oauth2RefreshToken({ ...options, accessToken: "stored", expiresAt: Date.now() });
    await using session = new Session({ trustEnv: false });
    expect((await session.get(api.url, { auth: fresh })).status).toBe(200);
    expect(server.asked).toHaveLength(0);
    await session.get(api.url, { auth: stale });
    expect(server.asked.length).toBeGreaterThan(0);
  });
});

describe("no token", () => {
  it("is told by the server's word, and tried again by the next request", async () => {
    const init = {
      error: { status: 400, error: "invalid_grant" } as { status: number; error: string } | null,
    };
    await using server = await startTokenServer(init);
    await using api = await startApi(server.current);
    const { tokenEndpoint } = server;
    const auth = oauth2RefreshToken({ ...client, tokenEndpoint, refreshToken: "s3cret-refresh" });
    await using session = new Session({ trustEnv: false, auth });
    const error = await failureOf(session.get(api.url));
    expect(error).toBeInstanceOf(OAuth2Error);
    expect(error).toMatchObject({ code: "ERR_OAUTH2", error: "invalid_grant" });
    expect(inspect(error, { depth: 9 })).not.toContain("s3cret");
    expect(api.arrived).toHaveLength(0);
    init.error = null;
    expect((await session.get(api.url)).status).toBe(200);
  });

  it("for want of a server is that server's ConnectionError", async () => {
    const auth = oauth2ClientCredentials({ ...client, tokenEndpoint: "http://127.0.0.1:1/token" });
    await using session = new Session({ trustEnv: false, auth });
    const error = await failureOf(session.get("http://127.0.0.1:2/"));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ request: { url: "http://127.0.0.1:1/token" } });
  });

  it("goes over http unless that is allowed", async () => {
    await using server = await startTokenServer();
    const auth = oauth2ClientCredentials({
      ...client,
      allowInsecure: false,
      tokenEndpoint: server.tokenEndpoint,
    });
    await using session = new Session({ trustEnv: false, auth });
    expect(await failureOf(session.get("http://127.0.0.1:2/"))).toBeInstanceOf(OAuth2Error);
    expect(server.asked).toEqual([]);
  });
});

describe("options", () => {
  it.for([
    null,
    {},
    { clientId: "a", clientSecret: "b" },
    { clientId: "", clientSecret: "b", issuer: "https://a.test" },
    { clientId: "a", issuer: "https://a.test" },
    { clientId: "a", clientSecret: "b", issuer: "a.test" },
    { clientId: "a", clientSecret: "b", issuer: "https://a.test", leeway: -1 },
    { clientId: "a", clientSecret: "b", issuer: "https://a.test", clientAuthentication: "jwt" },
    { clientId: "a", clientSecret: "b", issuer: "https://a.test", retry: 3 },
  ])("%o are refused at once", (options) => {
    expect(() => oauth2ClientCredentials(options as never)).toThrow(/option|must|takes|given/);
  });

  const whole = { clientId: "a", clientSecret: "b", tokenEndpoint: "https://a.test/token" };

  it.for<readonly [option: object, message: string]>([
    [
      { scope: ["x", "y"] },
      'scope must be a text of names with blanks between, not Array: write names.join(" ")',
    ],
    [{ scope: 1 }, "scope must be text, not number"],
    [{ scope: "" }, "scope must be text, not empty"],
    [{ session: {} }, "session must be a Session, not Object"],
    [{ session: null }, "session must be a Session, not null"],
    [{ session: fetch }, "session must be a Session, not function"],
    [{ parameters: "x" }, 'parameters must be an object of texts, { audience: "…" }, not string'],
    [{ parameters: null }, 'parameters must be an object of texts, { audience: "…" }, not null'],
    [{ parameters: ["x"] }, 'parameters must be an object of texts, { audience: "…" }, not Array'],
    [
      { parameters: new URLSearchParams("a=b") },
      'parameters must be an object of texts, { audience: "…" }, not URLSearchParams',
    ],
    [{ parameters: new Map() }, 'parameters must be an object of texts, { audience: "…" }, not Map'],
    [{ parameters: { audience: ["x"] } }, '"audience" of parameters must be text, not Array'],
    [{ parameters: { audience: undefined } }, '"audience" of parameters must be text, not undefined'],
    [
      { parameters: { grant_type: "password" } },
      'parameters cannot have "grant_type": the function that makes the auth says it',
    ],
    [{ scope: "x", parameters: { scope: "y" } }, 'parameters cannot have "scope" beside the option scope'],
    [{ allowInsecure: "yes" }, "allowInsecure must be true or false, not string"],
    [{ tokenEndpoint: 1 }, "tokenEndpoint must be text or a URL, not number"],
    [{ issuer: null }, "issuer must be text or a URL, not null"],
    [
      { tokenEndpoint: "ftp://a.test/token" },
      "tokenEndpoint must be an absolute URL of https:, or of http: with allowInsecure",
    ],
  ])("%o is refused at once: %s", ([option, message]) => {
    const attempt = (): unknown => oauth2ClientCredentials({ ...whole, ...option });
    expect(attempt).toThrow(new TypeError(message));
  });

  it("of a refresh token say when an access token is over in milliseconds", () => {
    for (const expiresAt of ["2026", new Date(), Number.NaN])
      expect(() =>
        oauth2RefreshToken({ ...whole, refreshToken: "r", expiresAt: expiresAt as never }),
      ).toThrow(/^expiresAt must be a number of milliseconds since the epoch/);
  });

  it.for([
    ["tokenUrl", "perhaps you meant tokenEndpoint?"],
    ["token_url", "perhaps you meant tokenEndpoint?"],
    ["token_endpoint", "perhaps you meant tokenEndpoint?"],
    ["accessTokenUri", "perhaps you meant tokenEndpoint?"],
    ["client_secret", "perhaps you meant clientSecret?"],
    ["client_id", "perhaps you meant clientId?"],
    ["authority", "perhaps you meant issuer?"],
    ["scopes", "perhaps you meant scope?"],
    ["audience", "write parameters: { … } around it"],
    ["fetch", "write session: new Session({ … }), through which tokens are asked for"],
    [
      "zzz",
      "known are issuer, tokenEndpoint, clientId, clientAuthentication, scope, parameters, session, leeway, allowInsecure, clientSecret",
    ],
  ] as const)("have no %s: %s", ([name, advice]) => {
    const attempt = (): unknown => oauth2ClientCredentials({ ...whole, [name]: "x" });
    expect(attempt).toThrow(new TypeError(`OAuth 2 has no option "${name}"; ${advice}`));
  });

  it.for([
    "https://bob:hunter2@a.test/token",
    "https://hunter2@a.test/token",
    "https://:hunter2@a.test/token",
    "https:bob:hunter2@a.test/token",
    new URL("https://bob:hunter2@a.test/token"),
    "ftp://bob:hunter2@a.test/",
    "https//bob:hunter2@a.test/",
    "bob:hunter2@a.test/",
    "https://bob:hunter2@[a.test/",
  ])("with user or password in a URL are refused at once, and do not tell it: %s", async (url) => {
    for (const name of ["issuer", "tokenEndpoint"]) {
      const error = await failureOf((async () => oauth2ClientCredentials({ ...whole, [name]: url }))());
      expect(error).toBeInstanceOf(TypeError);
      expect(error).toMatchObject({ message: expect.stringContaining(`${name} `) as unknown });
      expect(inspect(error) + JSON.stringify(error)).not.toContain("hunter2");
    }
  });

  it("do not come with a password from a server's metadata", async () => {
    await using server = await startTokenServer({ toldEndpoint: "http://bob:hunter2@127.0.0.1:1/token" });
    const auth = oauth2ClientCredentials({ ...client, issuer: server.url });
    await using session = new Session({ trustEnv: false, auth });
    const error = await failureOf(session.get("http://127.0.0.1:2/"));
    expect(error).toBeInstanceOf(OAuth2Error);
    expect(inspect(error) + JSON.stringify(error)).not.toContain("hunter2");
  });

  it("do not show in what is printed", () => {
    const auth = oauth2ClientCredentials({ ...client, issuer: "https://a.test" });
    expect(inspect(auth) + JSON.stringify(auth)).not.toContain("s3cret");
  });
});
