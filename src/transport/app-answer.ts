/**
 * What an app in this process answered: a web `Response`, of whatever copy of the class and of whatever realm, or something
 * that is none. Apps are written by everybody: nothing of it is believed before it has been looked at.
 */
import { describe } from "../core/describe.ts";
import { HeaderMap } from "../core/headers.ts";
import { reasonOf } from "../connect/failures.ts";

/** What counts of an answer. */
export interface AppAnswer {
  readonly status: number;
  readonly reason: string;
  readonly headers: HeaderMap;
  /** `null` when there is no body, or none is asked for. */
  readonly reader: ReadableStreamDefaultReader<unknown> | null;
}

/** What an app gave is no response, or cannot be read: the message says what came. */
export class NoAnswer extends Error {
  override readonly name: string = "NoAnswer";
}

/**
 * The parts of what an app gave. Its body is the reader's alone from now on.
 *
 * @throws {NoAnswer}
 */
export function readAnswer(answer: unknown, method: string): AppAnswer {
  try {
    if (!isResponse(answer)) throw new NoAnswer(`the app gave ${named(answer)}, not a Response`);
    const { status, statusText } = answer;
    if (status === 0) throw new NoAnswer("the app gave an error response");
    // An interim response is none, and what has not three digits no status (RFC 9110 §15).
    if (!Number.isInteger(status) || status < 200 || status > 999)
      throw new NoAnswer(`the app gave a Response with status ${status}`);
    const headers = HeaderMap.fromWire([...new Headers([...answer.headers])].flat());
    return { status, reason: String(statusText ?? ""), headers, reader: readerOf(answer, method) };
  } catch (cause) {
    discard(answer);
    if (cause instanceof NoAnswer) throw cause;
    throw new NoAnswer(`the app gave ${named(answer)}, which cannot be read: ${reasonOf(cause)}`, { cause });
  }
}

/** Nobody reads the body of what an app gave. It may be anything, and what it says to that is of no interest. */
export function discard(answer: unknown): void {
  try {
    const { body } = Object(answer) as { readonly body?: { cancel?: () => unknown } | null }; // or anything else: it is tried
    Promise.resolve(body?.cancel?.()).catch(() => {});
  } catch {
    // A getter that throws.
  }
}

function readerOf(response: Response, method: string): ReadableStreamDefaultReader<unknown> | null {
  const { body } = response;
  if (method === "HEAD" || body == null) {
    discard(response);
    return null;
  }
  if (response.bodyUsed) throw new NoAnswer("the body of the app's response was read already");
  if (typeof body.getReader !== "function")
    throw new NoAnswer(`the body of the app's response is ${describe(body)}, not a ReadableStream`);
  if (body.locked)
    throw new NoAnswer("the body of the app's response is locked: somebody else is reading it");
  return body.getReader();
}

/** A plain object has no such methods. */
function isResponse(value: unknown): value is Response {
  if (typeof value !== "object" || value === null) return false;
  const { status, headers, arrayBuffer }: Partial<Record<keyof Response, unknown>> = value;
  const isList = typeof headers === "object" && headers !== null && Symbol.iterator in headers;
  return typeof status === "number" && isList && typeof arrayBuffer === "function";
}

/** What came, by its kind. */
function named(value: unknown): string {
  try {
    const { status } = Object(value) as { readonly status?: unknown }; // or anything else: it is looked at
    return typeof status === "number" ? `${describe(value)} with status ${status}` : describe(value);
  } catch {
    // What it says of itself is an error, too.
    return "an object";
  }
}
