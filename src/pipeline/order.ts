/**
 * The corridor: the stages in walking order. The only place that knows the order.
 *
 * Why this order: redirects stand outside everything that belongs to one origin, so that each hop gets its own cookies and
 * credentials and nothing is rebuilt. Hooks run once per hop. Auth stands inside retries: each attempt is signed anew.
 * Cookies stand inside auth: the answer to a challenge carries the cookie which the challenge set, and a cookie of a
 * retried 503 is kept.
 */
import { auth } from "./auth.ts";
import { cookies } from "./cookies.ts";
import { deadline } from "./deadline.ts";
import { hooks } from "./hooks.ts";
import { hsts } from "./hsts.ts";
import { read } from "./read.ts";
import { redirects } from "./redirects.ts";
import { retries } from "./retries.ts";
import { sender } from "./send.ts";
import { compose, type Send, type Surroundings } from "./stage.ts";

/** Builds the corridor of a session: once, and anew when the session begins or ends to keep a list of HSTS hosts. */
export function corridor(world: Surroundings): Send {
  return compose(
    [
      deadline, // once per call: one signal for everything inside, body included
      read, // once per call: the body into memory, unless it is streamed
      redirects(world), // loop: one turn a hop
      hooks, // once per hop
      ...(world.strictTransport() === null ? [] : [hsts(world)]), // once per hop
      retries(world), // loop: one turn an attempt
      auth(world), // once per attempt; answers challenges
      cookies(world), // once per message
    ],
    sender(world),
  );
}
