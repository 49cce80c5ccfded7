/**
 * When connections act: all of them at the same points of the event loop, so that a hundred cost one visit and not a hundred.
 */
// Of the module: what a test puts in the place of the global one, such as fake timers, must not stop a connection.
import { setImmediate } from "node:timers";

/** A connection, as far as it acts later. */
export interface Actor {
  /** The message that waits for it goes out. `now` is the time on the monotonic clock. */
  dispatch(now: number): void;
  /** Nothing has been asked of it in this turn, perhaps: it may let the process end. */
  letGo(): void;
}

/** These wait for the turn in which they were asked to end, and then for a poll. */
let waiting: Actor[] = [];
let resting: Actor[] = [];

/**
 * Dispatches when the event loop has polled the network once more. What a server sent or did behind its last answer is seen
 * first: an answer that nobody asked for must not become this message's (GHSA-35p6-xmwp-9g52 in undici), and nothing is written
 * on a connection that has ended. The first turn may be the one in which the last answer was read.
 */
export function dispatchAfterPoll(actor: Actor): void {
  if (waiting.push(actor) === 1) setImmediate(waitForPoll);
}

/** Lets go later: most connections have something to do again by then. */
export function letGoLater(actor: Actor): void {
  if (resting.push(actor) === 1) setImmediate(letGoResting);
}

/** Who comes while these wait is not one of them: the poll that they wait for may have brought it here. */
function waitForPoll(): void {
  setImmediate(dispatchAll, waiting);
  waiting = [];
}

function dispatchAll(actors: readonly Actor[]): void {
  const now = performance.now();
  for (const actor of actors) actor.dispatch(now);
}

function letGoResting(): void {
  const actors = resting;
  resting = [];
  for (const actor of actors) actor.letGo();
}
