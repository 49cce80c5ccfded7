/**
 * Where in the program a call was made that failed: the functions that await it, for the stack of its error.
 *
 * What fails in the network fails in an event of a socket, where no function of the program runs. V8 knows who awaits a
 * promise, and tells whoever captures a stack in a reaction that settles it. So the errors of calls are completed there, once
 * they are on their way to the caller, and nothing is captured for a call that succeeds.
 */

import { RequestException } from "./errors.ts";

/** A function that runs: what it was called by is told, and not itself. */
type Callee = (...args: never[]) => unknown;

/** Those that tell of their caller already. One error may come out in several places. */
const complete = new WeakSet<Error>();

/** What {@link misuse} was told of. */
const ours = new WeakSet<Error>();

/**
 * Marks an error of JavaScript's as one of ours, of what a function of the program's gave: one that such a function threw
 * would look the same. Give it to `throw`.
 */
export function misuse<E extends TypeError | RangeError>(error: E): E {
  ours.add(error);
  return error;
}

/** Is the caller of a call that failed with this error to be shown? Not when the program's own code threw it. */
export function isOurs(error: unknown): error is Error {
  return error instanceof RequestException || (error instanceof Error && ours.has(error));
}

/** The call that failed was made by us, within another one: that one's caller is to be shown, too. */
export function passOn(error: Error): void {
  complete.delete(error);
}

/**
 * Adds the functions that await a call to the stack of its error. Call it in a reaction of the promise that the caller has.
 * Does nothing where nobody awaits that promise yet. What the program's own code threw stays as it is.
 *
 * @param callee the function of ours that runs in that reaction.
 */
export function showCaller(error: unknown, callee: Callee): void {
  if (isOurs(error)) completeWith(error, callee);
  else if (error instanceof DOMException) showEnded(error, callee);
}

/** The same for an error that is known to be ours, be it one of JavaScript's: of a mistake in a call, or of fetch. */
export function showCallerOfOurs(error: unknown, callee: Callee): void {
  const isOurKind =
    error instanceof RequestException ||
    error instanceof TypeError ||
    error instanceof RangeError ||
    error instanceof SyntaxError;
  if (isOurKind) completeWith(error, callee);
}

function completeWith(error: Error, callee: Callee): void {
  if (!complete.has(error) && addFrames(error, framesOf(callee))) complete.add(error);
}

/** How reasons of aborts were told before anything was added; `null`: several calls ended by one of them. */
const ended = new WeakMap<DOMException, string | null>();

/** One signal may end many calls with the same reason: as soon as it does, it tells of none of them. */
function showEnded(reason: DOMException, callee: Callee): void {
  const bare = ended.get(reason);
  if (bare === undefined) {
    const { stack } = reason;
    if (stack !== undefined && addFrames(reason, framesOf(callee))) ended.set(reason, stack);
  } else if (bare !== null) {
    setStack(reason, bare);
    ended.set(reason, null);
  }
}

/** A line of a stack, unless it is of Node's own loop. */
const FRAME = /^ +at (?!.*\bnode:internal\/)/;

function framesOf(callee: Callee): string[] {
  const site: { stack?: unknown } = {};
  Error.captureStackTrace(site, callee);
  // A program may have its own way to write stacks.
  return typeof site.stack === "string" ? site.stack.split("\n").filter((line) => FRAME.test(line)) : [];
}

/** Adds those that are not there. Is the caller told now? */
function addFrames(error: Error, frames: readonly string[]): boolean {
  const { stack } = error;
  if (frames.length === 0 || typeof stack !== "string") return false;
  const lines = stack.split("\n");
  const missing = frames.filter((frame) => !lines.includes(frame));
  if (missing.length > 0) setStack(error, [stack, ...missing].join("\n"));
  return true;
}

/** A frozen error stays as it is. */
function setStack(error: Error, stack: string): void {
  Reflect.set(error, "stack", stack);
}
