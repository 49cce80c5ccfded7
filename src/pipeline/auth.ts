/**
 * Stage: signs each attempt, and answers one challenge.
 *
 * May import: `core/`, `response/`, `pipeline/stage.ts`.
 */
import type { Auth } from "../core/auth-scheme.ts";
import { isReplayable } from "../core/body.ts";
import { UnrewindableBodyError } from "../core/errors.ts";
import { PreparedRequest } from "../core/request.ts";
import type { Url } from "../core/url.ts";
import { isHttpLike } from "../core/url.ts";
import type { Exchange, Reply, Send, Stage } from "./stage.ts";

/** What the stage needs of the world. */
export interface AuthSurroundings {
  readonly ambientAuth: (url: Url) => Auth | null;
}

/** So much of a challenge's body is kept for `history`. */
const CHALLENGE_BODY_BYTES = 65_536;

/** Without credentials it is not there. */
export function auth(world: AuthSurroundings): Stage {
  return (next: Send): Send =>
    (exchange) => {
      const scheme = credentialsFor(exchange, world);
      return scheme === null ? next(exchange) : authorized(scheme, exchange, next);
    };
}

/**
 * Which credentials go with the request: those that were given for it; else, unless the caller wrote an `Authorization`
 * header, those of netrc or the URL (PARITY AUT-1).
 */
export function credentialsFor(exchange: Exchange, world: AuthSurroundings): Auth | null {
  const given = exchange.settings.auth;
  if (given !== undefined) return given;
  const { request } = exchange;
  if (!isHttpLike(request.url) || request.headers.has("authorization")) return null;
  return world.ambientAuth(request.parsed);
}

async function authorized(scheme: Auth, exchange: Exchange, next: Send): Promise<Reply> {
  const response = await next(exchange.request.dressed ? exchange : { ...exchange, request: await sign(scheme, exchange.request) });
  const { status } = response;
  if ((status !== 401 && status !== 407) || scheme.onChallenge === undefined) return response;
  if (!(await scheme.onChallenge(response))) return response;
  await response.loadHop(CHALLENGE_BODY_BYTES);
  if (!isReplayable(exchange.request.payload)) {
    const message = `status ${status} asks for the body again, and it is a stream that can be read only once; give a function that makes it`;
    throw new UnrewindableBodyError(message, { request: response.request, response });
  }
  const second = await next({ ...exchange, request: await sign(scheme, exchange.request.with({ dressed: false })) });
  return second.withHistory([response]);
}

/**
 * Signs at once, to show a prepared request; `null` when the scheme has to wait: it then signs when the request is sent,
 * and what this call came to does not matter.
 */
export function signNow(scheme: Auth, request: PreparedRequest): PreparedRequest | null {
  const copy = request.clone();
  const applied: unknown = scheme.apply(copy);
  if (applied instanceof Promise) {
    applied.catch(() => undefined);
    return null;
  }
  return signed(applied, copy);
}

/** A scheme changes a copy: what the caller prepared stays as it is. */
async function sign(scheme: Auth, request: PreparedRequest): Promise<PreparedRequest> {
  const copy = request.clone();
  const applied = scheme.apply(copy);
  return signed(applied instanceof Promise ? await applied : applied, copy);
}

function signed(answer: unknown, copy: PreparedRequest): PreparedRequest {
  if (answer === undefined) return copy;
  if (answer instanceof PreparedRequest) return answer;
  throw new TypeError(`auth must return a PreparedRequest or nothing, not ${answer === null ? "null" : typeof answer}`);
}
