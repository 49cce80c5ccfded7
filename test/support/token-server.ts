/**
 * A small authorization server on loopback for tests: discovery, and a token endpoint that counts what it gives.
 */
import { reply, startOrigin, type TestOrigin } from "./origins.ts";

/** How the server behaves. Fields may be changed between requests. */
export interface TokenServerInit {
  /** Seconds that tokens live; `null` to say nothing. Default: 3600. */
  expiresIn?: number | null;
  /** Give a new refresh token each time? Default: `false`. */
  isRotating?: boolean;
  /** The next requests for a token get this error. */
  error?: { readonly status: number; readonly error: string } | null;
  /** Where metadata is served. Default: OpenID Connect's path. */
  readonly metadataPath?: string;
  /** What the metadata says of the token endpoint. Default: where it is. */
  readonly toldEndpoint?: unknown;
}

/** A running server. */
export interface TokenServer extends AsyncDisposable {
  readonly url: string;
  readonly tokenEndpoint: string;
  /** Forms of the requests for a token. */
  readonly asked: Record<string, string>[];
  /** `Authorization` of each of them. */
  readonly shown: (string | undefined)[];
  /** The token that was given last: `token-1`, `token-2` ... */
  readonly current: () => string;
  /** Paths of all requests. */
  readonly paths: () => string[];
}

/** Starts it. Without `init.error` the n-th request gets `token-n` and, for a refresh token, `refresh-n` if it rotates. */
export async function startTokenServer(init: TokenServerInit = {}): Promise<TokenServer> {
  const { metadataPath = "/.well-known/openid-configuration" } = init;
  const asked: Record<string, string>[] = [];
  const shown: (string | undefined)[] = [];
  const origin: TestOrigin = await startOrigin((request, response) => {
    const json = { "Content-Type": "application/json" };
    if (request.url === metadataPath) {
      const metadata = { issuer: origin.url, token_endpoint: init.toldEndpoint ?? `${origin.url}/token` };
      reply(200, json, JSON.stringify(metadata))(request, response);
      return;
    }
    if (request.url !== "/token") {
      reply(404)(request, response);
      return;
    }
    const form = Object.fromEntries(new URLSearchParams(request.body));
    asked.push(form);
    shown.push(request.headers.authorization);
    if (init.error != null) {
      reply(init.error.status, json, JSON.stringify({ error: init.error.error }))(request, response);
      return;
    }
    const { expiresIn = 3600, isRotating = false } = init;
    const answer = {
      access_token: `token-${asked.length}`,
      token_type: "Bearer",
      ...(expiresIn === null ? {} : { expires_in: expiresIn }),
      ...(isRotating ? { refresh_token: `refresh-${asked.length}` } : {}),
    };
    reply(200, json, JSON.stringify(answer))(request, response);
  });
  return {
    url: origin.url,
    tokenEndpoint: `${origin.url}/token`,
    asked,
    shown,
    current: () => `token-${asked.length}`,
    paths: () => origin.arrived.map(({ url }) => url),
    [Symbol.asyncDispose]: () => origin[Symbol.asyncDispose](),
  };
}
