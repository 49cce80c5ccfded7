/**
 * `sojourn/oauth2`: access tokens that come and are renewed by themselves, as `auth` of a session or a request.
 *
 * The protocol is spoken by the package `oauth4webapi`, which who imports this installs too; its requests go through a
 * session, so that proxies and TLS settings hold for them.
 */
import * as oauth from "oauth4webapi";
import { HttpBearerAuth } from "./auth/bearer.ts";
import type { Auth, ChallengeResponse } from "./core/auth-scheme.ts";
import { describe } from "./core/describe.ts";
import { RequestException } from "./core/errors.ts";
import { printAs, REDACTED } from "./core/redact.ts";
import type { PreparedRequest } from "./core/request.ts";
import { toFetch } from "./fetch/to-fetch.ts";
import { OAuth2Error, readAnswer, tokenOf, type Answer } from "./oauth2-answer.ts";
import { Session } from "./session.ts";

export { OAuth2Error, type OAuth2ErrorDetails } from "./oauth2-answer.ts";

/** Who gives the tokens, to whom. One of `issuer` and `tokenEndpoint` must be there. */
export interface OAuth2Options {
  /** The authorization server: its endpoints are looked up (OpenID Connect Discovery, RFC 8414). Default: none is looked up. */
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
export function oauth2ClientCredentials(options: ClientCredentialsOptions): Auth {
  checkOptions(options, ["clientSecret"]);
  checkText("clientSecret", options.clientSecret);
  const server = new TokenServer(options, options.clientSecret);
  return new OAuth2Auth(options, () => server.ask({ kind: "client" }), null);
}

/**
 * Auth by a refresh token. Access tokens are renewed as those of {@link oauth2ClientCredentials} are.
 *
 * @throws {TypeError | RangeError} for an option that is missing or of the wrong kind.
 */
export function oauth2RefreshToken(options: RefreshTokenOptions): Auth {
  checkOptions(options, ["clientSecret", "refreshToken", "accessToken", "expiresAt", "onTokens"]);
  checkText("refreshToken", options.refreshToken);
  if (options.clientSecret !== undefined) checkText("clientSecret", options.clientSecret);
  const { accessToken, expiresAt = null, onTokens } = options;
  if (onTokens !== undefined && typeof onTokens !== "function") {
    throw new TypeError(`onTokens must be a function, not ${describe(onTokens)}`);
  }
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
    // And the requests that wait for one count on a session's patience, which is less than fetch's.
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
  return oauth.processDiscoveryResponse(issuer, new Response(text, { headers }));
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

/** In our words: a network that failed keeps its own error. */
function translated(error: unknown): unknown {
  if (error instanceof RequestException) return error;
  if (error instanceof TypeError && error.cause instanceof RequestException) return error.cause;
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

function checkOptions(options: OAuth2Options, own: readonly string[]): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`OAuth 2 takes an object of options, not ${describe(options)}`);
  }
  const allowed = [...SHARED, ...own];
  const unknown = Object.keys(options).find((name) => !allowed.includes(name));
  if (unknown !== undefined)
    throw new TypeError(`there is no option ${unknown}; there are ${allowed.join(", ")}`);
  checkText("clientId", options.clientId);
  const { issuer, tokenEndpoint, clientAuthentication: way, leeway = 0 } = options;
  if (issuer === undefined && tokenEndpoint === undefined) {
    throw new TypeError("one of issuer and tokenEndpoint must be given");
  }
  checkUrl("issuer", issuer);
  checkUrl("tokenEndpoint", tokenEndpoint);
  if (way !== undefined && way !== "basic" && way !== "post") {
    throw new TypeError(`clientAuthentication must be "basic" or "post", not ${describe(way)}`);
  }
  if (typeof leeway !== "number" || !(leeway >= 0)) {
    throw new RangeError("leeway must be a number of milliseconds, 0 or more");
  }
}

function checkText(name: string, value: unknown): void {
  if (typeof value !== "string" || value === "") {
    throw new TypeError(`${name} must be a text that is not empty, not ${describe(value)}`);
  }
}

function checkUrl(name: string, url: string | URL | undefined): void {
  if (url === undefined) return;
  const text = String(url);
  if (!URL.canParse(text)) throw new TypeError(`${name} must be an absolute URL`);
  const { username, password } = new URL(text);
  if (username !== "" || password !== "")
    throw new TypeError(
      `${name} must have no user and password in it: the client is told of by clientId and clientSecret`,
    );
}
