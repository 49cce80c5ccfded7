/**
 * When connections act: all of them at the same points of the event loop, so that a hundred cost one visit and not a hundred.
 */
// Of the module: what a test puts in the place of the global one, such as fake timers, must not stop a connection.
import { setImmediate } from "node:timers";

/** A connection on which a message waits. */
interface Dispatcher {
  /** The message goes out. `now` is the time on the monotonic clock. */
  dispatch(now: number): void;
}

/** A connection that may be idle. */
interface Idler {
  /** Lets the process end, unless something has been asked of it in this turn. */
  unrefIfIdle(): void;
}

/** Connections that wait for the end of the turn in which they were asked, and then for a poll; `null`: none does. */
let waiting: Dispatcher[] | null = null;
/** Those that let the ones before them be written first; `null`: there are none. */
let postponed: Dispatcher[] | null = null;
/** Connections that have had nothing to do since this turn; `null`: there are none. */
let resting: Idler[] | null = null;

/**
 * Dispatches when the event loop has polled the network once more. What a server sent or did behind its last answer is seen
 * first: an answer that nobody asked for must not become this message's (GHSA-35p6-xmwp-9g52 in undici), and nothing is written
 * on a connection that has ended. The first turn may be the one in which the last answer was read.
 */
export function dispatchAfterPoll(connection: Dispatcher): void {
  if (waiting !== null) {
    waiting.push(connection);
    return;
  }
  waiting = [connection];
  setImmediate(waitForPoll, waiting);
}

/** Dispatches in the next turn: what others said in this one is written by then. */
export function dispatchInNextTurn(connection: Dispatcher): void {
  if (postponed !== null) {
    postponed.push(connection);
    return;
  }
  postponed = [connection];
  setImmediate(dispatchPostponed, postponed);
}

/** Lets the process end later: most connections have something to do again by then. */
export function unrefLater(connection: Idler): void {
  if (resting !== null) {
    resting.push(connection);
    return;
  }
  resting = [connection];
  setImmediate(unrefResting, resting);
}

/** Who comes while these wait is not one of them: the poll that they wait for may have brought it here. */
function waitForPoll(connections: readonly Dispatcher[]): void {
  waiting = null;
  setImmediate(dispatchAll, connections);
}

function dispatchPostponed(connections: readonly Dispatcher[]): void {
  postponed = null;
  dispatchAll(connections);
}

function dispatchAll(connections: readonly Dispatcher[]): void {
  const now = performance.now();
  for (const connection of connections) connection.dispatch(now);
}

function unrefResting(connections: readonly Idler[]): void {
  resting = null;
  for (const connection of connections) connection.unrefIfIdle();
}
