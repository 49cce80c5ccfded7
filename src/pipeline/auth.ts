/**
 * Stage: signs each attempt, and answers challenges: one, and one more for a nonce that went stale.
 */
import { isPromise } from "../core/realm.ts";
import { unawaited, unlessAborted } from "../core/abort.ts";
import type { Auth } from "../core/auth-scheme.ts";
import { isReplayable } from "../core/body.ts";
import { UnrewindableBodyError } from "../core/errors.ts";
import type { PreparedRequest } from "../core/request.ts";
import { isHttpLike } from "../core/url.ts";
import {
  answeredRequest,
  oneMore,
  type Exchange,
  type Reply,
  type Send,
  type Stage,
  type Surroundings,
} from "./stage.ts";

/** What the stage needs of the world. */
export type AuthSurroundings = Pick<Surroundings, "ambientAuth">;

/** Signs and answers. Without credentials the exchange goes on as it is. */
export function auth(world: AuthSurroundings): Stage {
  return {
    down(exchange: Exchange, next: Send) {
      const scheme = schemeFor(exchange, world);
      return scheme === null ? exchange : authorized(scheme, exchange, next);
    },
  };
}

/**
 * Who signs the request: those that were given for it; else, unless the caller wrote an `Authorization`
 * header, those of the URL or netrc.
 */
export function schemeFor(exchange: Exchange, world: AuthSurroundings): Auth | null {
  const { request, settings } = exchange;
  const { auth: option } = settings;
  // A map of origins says what holds for this one; everything else is for the origin of the request.
  const given = option?.forOrigin === undefined ? option : byOrigin(option, request);
  if (given !== undefined) return given;
  if (!isHttpLike(request.url) || request.headers.has("authorization")) return null;
  return world.ambientAuth(request.parsed, settings.journey.netrc);
}

function byOrigin(map: Auth, { origin }: PreparedRequest): Auth | null | undefined {
  return origin === null ? undefined : map.forOrigin?.(origin);
}

/** A challenge may be answered, and the answer's once more: a nonce may have gone stale meanwhile (RFC 7616 §3.3). */
const MOST_ANSWERS = 2;

async function authorized(scheme: Auth, first: Exchange, next: Send): Promise<Reply> {
  let exchange = first;
  const challenges: Reply[] = [];
  let answering: Reply | null = null;
  for (;;) {
    const { request, signal } = exchange;
    const isShown = typeof request.dress === "object";
    const response = await next(
      isShown ? exchange : { ...exchange, request: await sign(scheme, request, answering, signal) },
    );
    if (!isChallenge(response)) {
      // An asynchronous one fits the type, too: what goes wrong in it is not to be lost.
      const seen: unknown = scheme.onResponse?.(response);
      if (isPromise(seen)) await unlessAborted(seen, signal);
    }
    if (
      !isChallenge(response) ||
      !(await unlessAborted(canAnswer(scheme, response, challenges.length), signal))
    ) {
      return challenges.length === 0 ? response : response.withHistory(challenges);
    }
    await response.loadHop(exchange.settings.maxDrainBytes);
    if (!isReplayable(request.payload)) throw spent(response);
    exchange.settings.watch?.onChallenge(response, challenges.length);
    answering = response;
    challenges.push(challenges.length === 0 ? response : response.withHistory([...challenges]));
    exchange = oneMore(exchange);
  }
}

function isChallenge(response: Reply): boolean {
  return response.status === 401 || response.status === 407;
}

function canAnswer(scheme: Auth, response: Reply, answered: number): boolean | Promise<boolean> {
  if (scheme.onChallenge === undefined || answered >= MOST_ANSWERS) return false;
  return scheme.onChallenge(response, answered);
}

function spent(response: Reply): UnrewindableBodyError {
  const message = `status ${response.status} asks for the body again, and it is a stream that can be read only once; give a function that makes it`;
  return new UnrewindableBodyError(message, { request: response.request, response });
}

/**
 * Signs at once, to show a prepared request; `null` when the scheme has to wait: it then signs when the request is sent,
 * and what this call came to does not matter.
 */
export function signNow(scheme: Auth, request: PreparedRequest): PreparedRequest | null {
  const copy = request.clone();
  const applied: unknown = scheme.apply(copy);
  if (isPromise(applied)) {
    unawaited(applied);
    return null;
  }
  return answeredRequest(applied, copy, "auth");
}

/** A scheme changes a copy: what the caller prepared stays as it is. The copy says which challenge it answers. */
async function sign(
  scheme: Auth,
  request: PreparedRequest,
  challenge: Reply | null,
  signal: AbortSignal | null,
): Promise<PreparedRequest> {
  const copy = request.with({ challenge });
  const applied = scheme.apply(copy);
  const answer = isPromise(applied) ? await unlessAborted(applied, signal) : applied;
  return answeredRequest(answer, copy, "auth");
}
