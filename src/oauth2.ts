/**
 * `sojourn/oauth2`: access tokens that come and are renewed by themselves, as `auth` of a session or a request.
 *
 * The protocol is spoken by the package `oauth4webapi`, which who imports this installs too; its requests go through a
 * session, so that proxies and TLS settings hold for them.
 */
import * as oauth from "oauth4webapi";
import { HttpBearerAuth } from "./auth/bearer.ts";
import type { Auth, AuthPreview, ChallengeResponse } from "./core/auth-scheme.ts";
import { passOn } from "./core/caller.ts";
import { assertBoolean, assertNumber, isRecord, mustBe, oneOf, optionsOf } from "./core/checks.ts";
import { RequestException } from "./core/errors.ts";
import { isUrl } from "./core/realm.ts";
import { printAs, REDACTED } from "./core/redact.ts";
import type { PreparedRequest } from "./core/request.ts";
import type { Elsewhere } from "./core/suggest.ts";
import { toFetch } from "./fetch/to-fetch.ts";
import { OAuth2Error, readAnswer, tokenOf, type Answer } from "./oauth2-answer.ts";
import { Session } from "./session/session.ts";

export { OAuth2Error, type OAuth2ErrorDetails } from "./oauth2-answer.ts";

/** Who gives the tokens, to whom. One of `issuer` and `tokenEndpoint` must be there. */
export interface OAuth2Options {
  /**
   * The authorization server: its endpoints are looked up (OpenID Connect Discovery, RFC 8414). Without user and password, as
   * `tokenEndpoint` is. Default: none is looked up.
   */
  readonly issuer?: string | URL | undefined;
  /** Where tokens are asked for. With it nothing is looked up. Default: what `issuer` says. */
  readonly tokenEndpoint?: string | URL | undefined;
  /** The name of the client, as the server knows it. */
  readonly clientId: string;
  /** How the client shows its secret: `Authorization: Basic` (RFC 6749 §2.3.1), or in the form. Default: `basic`. */
  readonly clientAuthentication?: "basic" | "post" | undefined;
  /** What the token is to be good for: names with blanks between. Default: what the server gives unasked. */
  readonly scope?: string | undefined;
  /** More parameters of the request for a token: `audience`, `resource` ... Default: none. */
  readonly parameters?: Readonly<Record<string, string>> | undefined;
  /** Tokens are asked for through it, without its `auth`. Default: a session for each time. */
  readonly session?: Session<boolean> | undefined;
  /** So many milliseconds before it expires a token is renewed, but never in the first half of its life. Default: 30 000. */
  readonly leeway?: number | undefined;
  /** Allow `http:` for server and endpoint. For tests: secrets are sent as they are. Default: `false`. */
  readonly allowInsecure?: boolean | undefined;
}

/** The client asks in its own name (RFC 6749 §4.4). */
export interface ClientCredentialsOptions extends OAuth2Options {
  /** The secret of the client. */
  readonly clientSecret: string;
}

/** The client asks in the name of a user, who agreed before (RFC 6749 §6). */
export interface RefreshTokenOptions extends OAuth2Options {
  /** The secret of the client. Default: none, for a public client. */
  readonly clientSecret?: string | undefined;
  /** The refresh token to begin with. */
  readonly refreshToken: string;
  /** An access token to begin with. Default: one is asked for before the first request. */
  readonly accessToken?: string | undefined;
  /** When `accessToken` expires, in milliseconds since the epoch. Default: when a server refuses it. */
  readonly expiresAt?: number | undefined;
  /**
   * Called with each new set of tokens before it is used, to store it: a server may give a new refresh token each time, and
   * take the old one no more. Default: nobody is called.
   */
  readonly onTokens?: ((tokens: OAuth2Tokens) => void | Promise<void>) | undefined;
}

/** What a server gave. */
export interface OAuth2Tokens {
  /** For requests to the API. */
  readonly accessToken: string;
  /** The refresh token to use from now on; `null` for client credentials. */
  readonly refreshToken: string | null;
  /** In milliseconds since the epoch; `null` when it was not told. */
  readonly expiresAt: number | null;
  /** What the token is good for, names with blanks between; `null` when it was not told. */
  readonly scope: string | null;
}

const DEFAULT_LEEWAY_MS = 30_000;

/**
 * Auth by client credentials. A token is asked for before the first request, before it expires, and when a server refuses it
 * with a 401; once, however many requests wait for it.
 *
 * @throws {TypeError | RangeError} for an option that is missing or of the wrong kind.
 */
export function oauth2ClientCredentials(given: ClientCredentialsOptions): Auth {
  const options = checked(given, ["clientSecret"]);
  checkText("clientSecret", options.clientSecret);
  const server = new TokenServer(options, options.clientSecret);
  return new OAuth2Auth(options, () => server.ask({ kind: "client" }), null);
}

/**
 * Auth by a refresh token. Access tokens are renewed as those of {@link oauth2ClientCredentials} are.
 *
 * @throws {TypeError | RangeError} for an option that is missing or of the wrong kind.
 */
export function oauth2RefreshToken(given: RefreshTokenOptions): Auth {
  const names = ["clientSecret", "refreshToken", "accessToken", "expiresAt", "onTokens"];
  const options = checked(given, names);
  checkText("refreshToken", options.refreshToken);
  if (options.clientSecret !== undefined) checkText("clientSecret", options.clientSecret);
  const { accessToken, expiresAt = null, onTokens } = options;
  if (expiresAt !== null && (typeof expiresAt !== "number" || Number.isNaN(expiresAt)))
    throw mustBe("expiresAt", "a number of milliseconds since the epoch", expiresAt);
  if (onTokens !== undefined && typeof onTokens !== "function")
    throw mustBe("onTokens", "a function", onTokens);
  const server = new TokenServer(options, options.clientSecret ?? null);
  let { refreshToken } = options;
  const renew = async (): Promise<OAuth2Tokens> => {
    const tokens = await server.ask({ kind: "refresh", refreshToken });
    refreshToken = tokens.refreshToken ?? refreshToken;
    const complete: OAuth2Tokens = { ...tokens, refreshToken };
    await onTokens?.(complete);
    return complete;
  };
  const first = accessToken === undefined ? null : { accessToken, expiresAt };
  return new OAuth2Auth(options, renew, first);
}

/** A bearer that is replaced when its token is about to expire. */
class OAuth2Auth implements Auth {
  readonly #renew: () => Promise<OAuth2Tokens>;
  readonly #leewayMs: number;
  #bearer: HttpBearerAuth;
  /** From then on a new token is asked for. */
  #staleAt: number;

  constructor(
    { leeway = DEFAULT_LEEWAY_MS }: OAuth2Options,
    renew: () => Promise<OAuth2Tokens>,
    first: { readonly accessToken: string; readonly expiresAt: number | null } | null,
  ) {
    this.#renew = renew;
    this.#leewayMs = leeway;
    this.#bearer = this.#newBearer(first?.accessToken ?? null);
    // How long the first token lives in all is not known: only what is left of it.
    this.#staleAt = first?.expiresAt == null ? Number.POSITIVE_INFINITY : first.expiresAt - leeway;
  }

  apply(request: PreparedRequest): void | Promise<void> {
    if (Date.now() >= this.#staleAt) {
      this.#bearer = this.#newBearer(null);
      this.#staleAt = Number.POSITIVE_INFINITY;
    }
    return this.#bearer.apply(request);
  }

  preview(): AuthPreview {
    const { fields } = this.#bearer.preview();
    return fields === null || Date.now() >= this.#staleAt
      ? { scheme: "OAuth2", fields: null, note: "would ask the server for a token" }
      : { scheme: "OAuth2", fields, note: null };
  }

  onChallenge(response: ChallengeResponse, answered?: number): boolean | Promise<boolean> {
    return this.#bearer.onChallenge(response, answered);
  }

  toJSON(): Record<string, unknown> {
    return { scheme: "OAuth2", credentials: REDACTED };
  }

  static {
    printAs(this, () => `OAuth2Auth ${REDACTED}`);
  }

  /** It asks once, however many requests wait. */
  #newBearer(token: string | null): HttpBearerAuth {
    const refresh = async (): Promise<string> => {
      const { accessToken, expiresAt } = await this.#renew();
      const now = Date.now();
      this.#staleAt =
        expiresAt === null
          ? Number.POSITIVE_INFINITY
          : expiresAt - Math.min(this.#leewayMs, Math.max(0, (expiresAt - now) / 2));
      return accessToken;
    };
    return new HttpBearerAuth({ token, refresh });
  }
}

type Grant = { readonly kind: "client" } | { readonly kind: "refresh"; readonly refreshToken: string };

/** The server that gives tokens. */
class TokenServer {
  readonly #options: OAuth2Options;
  readonly #client: oauth.Client;
  readonly #authentication: oauth.ClientAuth;
  /** What was looked up; failures are not kept. */
  #metadata: oauth.AuthorizationServer | null = null;

  constructor(options: OAuth2Options, secret: string | null) {
    this.#options = options;
    this.#client = { client_id: options.clientId };
    if (secret === null) this.#authentication = oauth.None();
    else if (options.clientAuthentication === "post") this.#authentication = oauth.ClientSecretPost(secret);
    else this.#authentication = oauth.ClientSecretBasic(secret);
  }

  /** @throws {OAuth2Error} when there is no token; {@link RequestException} when there is no answer. */
  async ask(grant: Grant): Promise<OAuth2Tokens> {
    const { session } = this.#options;
    const through = session ?? new Session();
    try {
      return await this.#askThrough(through, grant);
    } catch (error) {
      throw translated(error);
    } finally {
      if (session === undefined) await through.close();
    }
  }

  async #askThrough(session: Session<boolean>, grant: Grant): Promise<OAuth2Tokens> {
    // With the session's auth, which may be this very one, a token would be needed to get a token.
    // The requests that wait for a token count on a session's patience, which is less than fetch's.
    const timeout = session.timeout === undefined ? { read: 60_000 } : undefined;
    const send = toFetch(session, { auth: false, timeout });
    const http = {
      [oauth.customFetch]: (
        url: string,
        init: oauth.CustomFetchOptions<string, URLSearchParams | undefined>,
      ) => send(url, { ...init, body: init.body ?? null }),
      [oauth.allowInsecureRequests]: this.#options.allowInsecure === true,
    };
    this.#metadata ??= await this.#lookUp(http);
    const server = this.#metadata;
    const { scope, parameters } = this.#options;
    const fields = { ...parameters, ...(scope === undefined ? {} : { scope }) };
    const [client, shown] = [this.#client, this.#authentication];
    if (grant.kind === "client") {
      const response = await oauth.clientCredentialsGrantRequest(server, client, shown, fields, http);
      return tokensOf(await readAnswer(response));
    }
    const more = { ...http, additionalParameters: fields };
    const response = await oauth.refreshTokenGrantRequest(server, client, shown, grant.refreshToken, more);
    return tokensOf(await readAnswer(response));
  }

  async #lookUp(http: oauth.DiscoveryRequestOptions): Promise<oauth.AuthorizationServer> {
    const { issuer, tokenEndpoint } = this.#options;
    if (tokenEndpoint !== undefined) {
      const endpoint = new URL(tokenEndpoint);
      return {
        issuer: issuer === undefined ? endpoint.origin : String(issuer),
        token_endpoint: endpoint.href,
      };
    }
    const url = new URL(issuer ?? "");
    const first = await readAnswer(await oauth.discoveryRequest(url, http));
    if (first.status !== 404) return metadataOf(url, first);
    // No OpenID Connect; plain OAuth says the same elsewhere (RFC 8414).
    const second = await oauth.discoveryRequest(url, { ...http, algorithm: "oauth2" });
    return metadataOf(url, await readAnswer(second));
  }
}

/** @throws {OAuth2Error} when it is no metadata of that server. */
async function metadataOf(
  issuer: URL,
  { status, headers, text }: Answer,
): Promise<oauth.AuthorizationServer> {
  if (status !== 200)
    throw new OAuth2Error(`the metadata of ${issuer.origin} cannot be had: status ${status}`, { status });
  const metadata = await oauth.processDiscoveryResponse(issuer, new Response(text, { headers }));
  const { token_endpoint: endpoint } = metadata;
  const parsed = endpoint === undefined ? null : URL.parse(endpoint);
  if (parsed !== null && hasUserinfo(parsed))
    throw new OAuth2Error(
      `the metadata of ${issuer.origin} names a token endpoint with a user or a password`,
      { status },
    );
  return metadata;
}

function tokensOf(answer: Answer): OAuth2Tokens {
  const { accessToken, refreshToken, expiresIn, scope } = tokenOf(answer);
  return {
    accessToken,
    refreshToken,
    expiresAt: expiresIn === null ? null : Date.now() + expiresIn * 1000,
    scope,
  };
}

/** The error in our words; a network that failed keeps its own. */
function translated(error: unknown): unknown {
  if (error instanceof RequestException) return error;
  if (error instanceof TypeError && error.cause instanceof RequestException) {
    passOn(error.cause);
    return error.cause;
  }
  const isProtocol =
    error instanceof oauth.OperationProcessingError || error instanceof oauth.UnsupportedOperationError;
  return isProtocol ? new OAuth2Error(`no token: ${error.message}`, { cause: error }) : error;
}

const SHARED = [
  "issuer",
  "tokenEndpoint",
  "clientId",
  "clientAuthentication",
  "scope",
  "parameters",
  "session",
  "leeway",
  "allowInsecure",
];

const PARAMETER = "write parameters: { … } around it";
const SESSION = "write session: new Session({ … }), through which tokens are asked for";

/** What other libraries, and the protocol itself, call these options. */
const optionsElsewhere: Elsewhere = new Map(
  Object.entries({
    tokenurl: "tokenEndpoint",
    tokenuri: "tokenEndpoint",
    tokenpath: "tokenEndpoint",
    tokenhost: "tokenEndpoint",
    accesstokenurl: "tokenEndpoint",
    accesstokenuri: "tokenEndpoint",
    tokenendpointurl: "tokenEndpoint",
    url: "tokenEndpoint",
    endpoint: "tokenEndpoint",
    authority: "issuer",
    issuerurl: "issuer",
    issueruri: "issuer",
    discoveryurl: "issuer",
    server: "issuer",
    id: "clientId",
    key: "clientId",
    secret: "clientSecret",
    scopes: "scope",
    tokenendpointauthmethod: "clientAuthentication",
    authenticationmethod: "clientAuthentication",
    authmethod: "clientAuthentication",
    token: "accessToken",
    expiresin: "write expiresAt: the time, in milliseconds since the epoch",
    expires: "expiresAt",
    ontoken: "onTokens",
    onrefresh: "onTokens",
    insecure: "allowInsecure",
    audience: PARAMETER,
    resource: PARAMETER,
    tenant: PARAMETER,
    granttype: "write oauth2ClientCredentials() or oauth2RefreshToken(), which say it themselves",
    fetch: SESSION,
    agent: SESSION,
    timeout: SESSION,
    retry: SESSION,
    headers: SESSION,
    verify: SESSION,
    proxies: SESSION,
  }),
);

/** What the kind of grant says. */
const OF_GRANT = ["grant_type", "refresh_token"];

function checked<Options extends OAuth2Options>(given: Options, own: readonly string[]): Options {
  const options = optionsOf(given, "OAuth 2", [...SHARED, ...own], optionsElsewhere);
  checkText("clientId", options.clientId);
  checkFields(options);
  checkShared(options);
  return options;
}

/** Where and how tokens are asked for. */
function checkShared(options: OAuth2Options): void {
  const { issuer, tokenEndpoint, clientAuthentication: way = "basic", leeway = 0 } = options;
  if (issuer === undefined && tokenEndpoint === undefined) {
    throw new TypeError("one of issuer and tokenEndpoint must be given");
  }
  checkUrl("issuer", issuer);
  checkUrl("tokenEndpoint", tokenEndpoint);
  oneOf(way, "clientAuthentication", ["basic", "post"]);
  assertNumber(leeway, "leeway", "a number of milliseconds, 0 or more", (ms) => ms >= 0);
  const { session, allowInsecure = false } = options;
  // Not `instanceof`: it may be of the other copy of the package, of which a program may have two.
  if (session !== undefined && typeof (session as Partial<Session> | null)?.getAdapter !== "function")
    throw mustBe("session", "a Session", session);
  assertBoolean(allowInsecure, "allowInsecure");
}

/** What is sent along with a request for a token. */
function checkFields({ scope, parameters }: OAuth2Options): void {
  if (Array.isArray(scope))
    throw mustBe("scope", "a text of names with blanks between", scope, ': write names.join(" ")');
  if (scope !== undefined) checkText("scope", scope);
  if (parameters === undefined) return;
  if (!isRecord(parameters)) throw mustBe("parameters", 'an object of texts, { audience: "…" }', parameters);
  for (const [name, value] of Object.entries(parameters)) {
    const shown = JSON.stringify(name);
    if (OF_GRANT.includes(name))
      throw new TypeError(`parameters cannot have ${shown}: the function that makes the auth says it`);
    if (name === "scope" && scope !== undefined)
      throw new TypeError('parameters cannot have "scope" beside the option scope');
    if (typeof value !== "string") throw mustBe(`${shown} of parameters`, "text", value);
  }
}

function checkText(name: string, value: unknown): void {
  if (typeof value !== "string" || value === "") throw mustBe(name, "text", value);
}

/** Never with the URL in a message: what is wrong with it may be a password. */
function checkUrl(name: string, url: unknown): void {
  if (url === undefined) return;
  if (typeof url !== "string" && !isUrl(url)) throw mustBe(name, "text or a URL", url);
  const parsed = URL.parse(String(url));
  if (parsed === null || !/^https?:$/.test(parsed.protocol))
    throw new TypeError(`${name} must be an absolute URL of https:, or of http: with allowInsecure`);
  if (hasUserinfo(parsed))
    throw new TypeError(
      `${name} cannot have a user or a password: the client is shown by clientId and clientSecret`,
    );
}

function hasUserinfo({ username, password }: URL): boolean {
  return username !== "" || password !== "";
}
