/**
 * How a step ended, in the kit's words: a response, an error with its classes, or nothing at all.
 */
import { RequestException, Response, type StreamedResponse } from "../../src/index.ts";
import type { ExpectedResponse } from "./kit.ts";

/** What a function gave or threw. */
type Try<Value> = { readonly value: Value } | { readonly thrown: unknown };

/** A response that was read, as far as it was asked for. */
export interface Answered {
  readonly kind: "ok";
  readonly status: number;
  readonly body: Uint8Array;
  /** Joined values by name in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly redirects: number;
  /** `null` when the expectation is not about it. */
  readonly text: Try<string> | null;
  readonly json: Try<unknown> | null;
}

/** An error. */
export interface Failed {
  readonly kind: "error";
  /** The kit's names for it: any of them will do. */
  readonly classes: readonly string[];
  readonly message: string;
}

/** How a step ended, and what it cost. */
export type Outcome = (Answered | Failed | { readonly kind: "hang" }) & {
  readonly elapsedMs: number;
  readonly rssMb: number;
};

/** What was read of a response: `body`, and what else `expected` is about. */
export function answered(
  response: Response | StreamedResponse,
  body: Uint8Array,
  expected: ExpectedResponse,
): Answered {
  const read = response instanceof Response ? response : null;
  const {
    text,
    text_ok: mayBeText,
    text_lacks: lacks,
    json,
    json_error: noJson,
    json_keys_include: keys,
  } = expected;
  const wantsText = text !== undefined || mayBeText === true || lacks !== undefined;
  const wantsJson = json !== undefined || noJson === true || keys !== undefined;
  return {
    kind: "ok",
    status: response.status,
    body,
    headers: Object.fromEntries(
      [...response.headers.keys()].map((name) => [name.toLowerCase(), response.headers.get(name) ?? ""]),
    ),
    redirects: response.history.length,
    text: read !== null && wantsText ? attempt(() => read.text()) : null,
    json: read !== null && wantsJson ? attempt((): unknown => read.json()) : null,
  };
}

function attempt<Value>(work: () => Value): Try<Value> {
  try {
    return { value: work() };
  } catch (thrown) {
    return { thrown };
  }
}

/**
 * Credentials that could not be sent as they are. sojourn refuses them when the auth object is made, as it does all bad
 * arguments: with a TypeError, before there is a request. The kit only has names for errors of requests.
 */
export class RefusedCredentials extends Error {
  readonly classes: readonly string[] = ["InvalidAuth", "InvalidHeader"];
}

/** Classes that the kit knows by another name. The others have the kit's names, as both have them from requests. */
const KIT_NAMES: Readonly<Record<string, readonly string[]>> = {
  // "Both are 'the body ended wrongly'" (README of the kit); ours is one class for both.
  ChunkedEncodingError: ["ChunkedEncodingError", "IncompleteBody"],
  InvalidProxyURL: ["InvalidURL"],
  TooManyCodings: ["ContentDecodingError"],
  UnrewindableBodyError: ["UnrewindableBody"],
};

/** An error, by its class. An abort is the caller's own reason, untouched. */
export function failed(error: unknown, reason: unknown): Failed {
  if (error === reason) return { kind: "error", classes: ["Aborted"], message: String(error) };
  if (error instanceof RefusedCredentials)
    return { kind: "error", classes: error.classes, message: error.message };
  if (!(error instanceof Error)) return { kind: "error", classes: [typeof error], message: String(error) };
  const classes = error instanceof RequestException ? (KIT_NAMES[error.name] ?? [error.name]) : [error.name];
  return { kind: "error", classes, message: error.message };
}
