/**
 * What a row of the comparison with httpbin is made of.
 */

/** A header line. */
export type Pair = readonly [name: string, value: string];

/** One request, the same for both servers. */
export interface Step {
  /** Default: `GET`. */
  readonly method?: string;
  /** Path and query, still percent-encoded. */
  readonly path: string;
  readonly headers?: readonly Pair[];
  readonly body?: string | Uint8Array | FormData;
  /** Sends the body in chunks, without a length. */
  readonly chunked?: boolean;
  /** Sends exactly these headers and `Host`: for what a client adds or forbids by itself. */
  readonly raw?: boolean;
}

/** One response, read in full. */
export interface Reply {
  readonly status: number;
  readonly headers: readonly Pair[];
  /** Without its content coding. */
  readonly body: Uint8Array;
}

/**
 * How bodies are compared: as JSON, as lines of JSON, byte by byte, by their size, by the links of a page, or not.
 *
 * With each but `nothing` the media type is compared, too.
 */
type BodyComparison = "json" | "lines" | "bytes" | "size" | "links" | "nothing";

/** A later step may depend on what came back before. */
export type NextStep = (replies: readonly Reply[]) => Step;

/** One row: a request, or a dialogue of several. */
export interface Row {
  readonly name: string;
  readonly steps: readonly (Step | NextStep)[];
  readonly body: BodyComparison;
  /** Response headers to compare besides `Location`, `Set-Cookie` and the challenges, in lower case. */
  readonly headers: readonly string[];
  /** JSON fields that differ by right, such as `headers.Content-Length`; a comment at the row says why. */
  readonly without: readonly string[];
  /** Why the row cannot be compared. It is counted as skipped, and nothing is sent. */
  readonly skip: string | null;
}

/** A row of one request, named after it, with JSON in its answer unless `extra` says otherwise. */
export function row(
  request: string,
  step: Omit<Step, "path" | "method"> = {},
  extra: Partial<Row> = {},
): Row {
  const [, method, path] = /^([A-Z]+) (\S+)$/.exec(request) ?? [];
  if (method === undefined || path === undefined) throw new Error(`no method and path in ${request}`);
  return dialogue(request, [{ ...step, method, path }], extra);
}

/** A row of several requests. */
export function dialogue(name: string, steps: Row["steps"], extra: Partial<Row> = {}): Row {
  return { name, steps, body: "json", headers: [], without: [], skip: null, ...extra };
}

/** A row for what cannot be compared, with the reason. */
export function skipped(name: string, reason: string): Row {
  return dialogue(name, [], { skip: reason });
}
