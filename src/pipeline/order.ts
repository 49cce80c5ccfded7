/**
 * The corridor: the stages in walking order. The only place that knows the order.
 *
 * Why this order: redirects stand outside everything that belongs to one origin, so that each hop gets its own cookies and
 * credentials and nothing is rebuilt. Hooks run once per hop. Auth stands inside retries: each attempt is signed anew.
 * Cookies stand inside auth: the answer to a challenge carries the cookie which the challenge set, and a cookie of a
 * retried 503 is kept.
 */
import type { Adapter, SendOptions } from "../core/adapter.ts";
import type { Auth } from "../core/auth-scheme.ts";
import type { Clock } from "../core/clock.ts";
import type { Journey, StrictTransport } from "../core/options.ts";
import type { Url } from "../core/url.ts";
import type { RetryBudgets } from "../retries/budget.ts";
import { auth } from "./auth.ts";
import { cookies } from "./cookies.ts";
import { deadline } from "./deadline.ts";
import { hooks } from "./hooks.ts";
import { hsts } from "./hsts.ts";
import { read } from "./read.ts";
import { redirects } from "./redirects.ts";
import { retries } from "./retries.ts";
import { sender } from "./send.ts";
import { compose, type Send } from "./stage.ts";

/** What the stages need of the world. */
export interface Surroundings {
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly budgets: RetryBudgets;
  /** The adapter for a URL. @throws {InvalidSchema} when there is none. */
  readonly adapterFor: (url: string) => Adapter;
  /** Does a message to the URL go to its host itself, without a proxy or an adapter of the caller's? */
  readonly isDirect: (url: Url, options: SendOptions) => boolean;
  /** The hosts that are to be reached over TLS only; `null` when nobody cares. */
  readonly strictTransport: () => StrictTransport | null;
  /** Credentials that the caller did not give: those in the URL, or netrc's for its host, as far as they may be used. */
  readonly ambientAuth: (url: Url, allowed: Journey["netrc"]) => Auth | null;
}

/** Builds the corridor. A session builds it once. */
export function corridor(world: Surroundings): Send {
  return compose(
    [
      deadline, // once per call: one signal for everything inside, body included
      read, // once per call: the body into memory, unless it is streamed
      redirects(world), // loop: one turn a hop
      hooks, // once per hop
      hsts(world), // once per hop
      retries(world), // loop: one turn an attempt
      auth(world), // once per attempt; answers challenges
      cookies(world), // once per message
    ],
    sender(world),
  );
}
