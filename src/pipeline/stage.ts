/**
 * The mechanism of the corridor: what walks down, what comes up, and how stages are put around the sender.
 */
import { mustReturn } from "../core/checks.ts";
import type { Adapter, SendOptions } from "../core/adapter.ts";
import type { Auth } from "../core/auth-scheme.ts";
import type { Clock } from "../core/clock.ts";
import type { CookieStore } from "../core/cookie-store.ts";
import type { Journey, StrictTransport } from "../core/options.ts";
import { assertWhole, PreparedRequest } from "../core/request.ts";
import type { Url } from "../core/url.ts";
import type { Settings } from "../options/settings.ts";
import type { Response } from "../response/response.ts";
import type { StreamedResponse } from "../response/streamed.ts";
import type { RetryBudgets } from "../retries/budget.ts";

/** What the stages need of the world. */
export interface Surroundings {
  readonly clock: Clock;
  /** A number from 0 up to 1, without 1. */
  readonly random: () => number;
  readonly budgets: RetryBudgets;
  /** The adapter for a URL. @throws {InvalidSchema} when there is none. */
  readonly adapterFor: (url: string) => Adapter;
  /**
   * Does a message to the URL go to its host itself, without a proxy or an adapter of the caller's? Asked for this machine's URLs
   * only.
   */
  readonly isDirect: (url: Url, options: SendOptions) => boolean;
  /** The hosts that are to be reached over TLS only; `null` when nobody cares. */
  readonly strictTransport: () => StrictTransport | null;
  /** Credentials that the caller did not give: those in the URL, or netrc's for its host, as far as they may be used. */
  readonly ambientAuth: (url: Url, allowed: Journey["netrc"]) => Auth | null;
}

/** One request on its way down. Stages hand on a changed copy and never change this one. */
export interface Exchange {
  readonly request: PreparedRequest;
  readonly settings: Settings;
  /** Where cookies come from and go to. */
  readonly cookies: CookieStore;
  /** Aborts when the caller gives up or the total deadline is over; `null` when neither can happen. */
  readonly signal: AbortSignal | null;
}

/** What comes up: a body to be read into memory, or one to be streamed. */
export type Reply = Response | StreamedResponse;

/** The exchange for one more message: what was shown to the caller was sent, and cookies and credentials are made anew. */
export function oneMore(exchange: Exchange): Exchange {
  const { request } = exchange;
  if (typeof request.dress !== "object") return exchange;
  return { ...exchange, request: request.with({ dress: request.dress.shown }) };
}

/** Sends a request through the rest of the corridor. */
export type Send = (exchange: Exchange) => Promise<Reply>;

/**
 * One concern. A request passes every stage on its way down, its reply passes them in reverse on its way up. Both ways are
 * plain calls: a stage with nothing to do costs one, a way that it has not costs none, and the corridor waits once, for the network.
 */
export interface Stage {
  /**
   * The exchange for the stages further in: a changed copy, or the same one.
   *
   * A promise is the reply: the stage goes the rest of the way itself, with `next`, as often as it has to. Its `up` is not
   * called then.
   */
  readonly down?: (exchange: Exchange, next: Send) => Exchange | Promise<Reply>;
  /**
   * What comes of the reply. `exchange` is the one that was sent, as the innermost stage left it; `next` sends another one
   * through the stages further in.
   */
  readonly up?: (reply: Reply, exchange: Exchange, next: Send) => Reply | Promise<Reply>;
}

/** A stage in its place: both its ways, and what is further in. */
interface Place {
  readonly down: NonNullable<Stage["down"]> | null;
  readonly up: NonNullable<Stage["up"]> | null;
  readonly next: Send;
}

/** Puts `stages` before `last`. The first stage is the outermost: it sees requests first and replies last. */
export function compose(stages: readonly Stage[], last: Send): Send {
  const places: Place[] = [];
  for (const { down = null, up = null } of stages) {
    const inner = places.length + 1;
    places.push({ down, up, next: inner === stages.length ? last : walk(places, inner, last) });
  }
  return walk(places, 0, last);
}

/** Through the places from `first` on, to `last` and back. */
function walk(places: readonly Place[], first: number, last: Send): Send {
  return async (exchange) => {
    let current = exchange;
    for (let at = first; at < places.length; at++) {
      const { down, next } = places[at] as Place; // at is below the length
      const further = down === null ? current : down(current, next);
      // Most have nothing to do: that is one comparison.
      if (further === current) continue;
      if (further instanceof Promise) return climb(await further, current, { places, first, end: at });
      current = further;
    }
    return climb(await last(current), current, { places, first, end: places.length });
  };
}

/** The places that a request went through: those from `first` on, and before `end`. */
interface Path {
  readonly places: readonly Place[];
  readonly first: number;
  readonly end: number;
}

/** Up the path, the innermost place first. */
function climb(reply: Reply, exchange: Exchange, { places, first, end }: Path): Reply | Promise<Reply> {
  let current = reply;
  for (let at = end - 1; at >= first; at--) {
    const { up, next } = places[at] as Place; // at is below the length
    const above = up === null ? current : up(current, exchange, next);
    if (above === current) continue;
    if (above instanceof Promise) return climbLater(above, exchange, { places, first, end: at });
    current = above;
  }
  return current;
}

/** On its own: a function in the loop would cost every place of the path, and only this one needs it. */
function climbLater(reply: Promise<Reply>, exchange: Exchange, path: Path): Promise<Reply> {
  return reply.then((later) => climb(later, exchange, path));
}

/**
 * The request that a hook or an auth scheme answered with: `given` when it answered nothing.
 *
 * @param who for the message: whose answer it is.
 * @throws {TypeError} for an answer that is no request.
 */
export function answeredRequest(answer: unknown, given: PreparedRequest, who: string): PreparedRequest {
  const request = answer === undefined ? given : answer;
  if (!(request instanceof PreparedRequest)) throw mustReturn(who, "a PreparedRequest or nothing", answer);
  assertWhole(request);
  return request;
}
