/**
 * The vocabulary of the test server: what an endpoint gets, what it gives back, and how a route names it.
 *
 * An endpoint is a function from a request to an answer, both plain data; it never touches a socket.
 */

/** A name and its value, as a header line, a query parameter or a form field has them. */
export type Pair = readonly [name: string, value: string];

/** One request as an endpoint sees it, with its body already read. */
export interface TestRequest {
  /** The method in upper case, such as `GET`. */
  readonly method: string;
  /** The request target as it stood on the wire, query included. */
  readonly target: string;
  /** The path without the query, still percent-encoded. */
  readonly path: string;
  /** The query without its question mark, still percent-encoded. */
  readonly rawQuery: string;
  /** The decoded query parameters, in order. */
  readonly query: readonly Pair[];
  /** The variable segments of the matched route, decoded. */
  readonly params: ReadonlyMap<string, string>;
  /** The header lines as they came, in order. */
  readonly headers: readonly Pair[];
  /** The body without its transfer coding. */
  readonly body: Uint8Array;
  /** Host and port that the client addressed. */
  readonly host: string;
  /** The IP address of the client. */
  readonly remoteAddress: string;
  /** Aborts when the client goes away or the server closes. */
  readonly signal: AbortSignal;
}

/** What a response carries: text, bytes, or bytes that come over time. */
export type AnswerBody = string | Uint8Array | AsyncIterable<Uint8Array>;

/** One response as an endpoint describes it. `Content-Length` is added where the size is known. */
export interface Answer {
  readonly status: number;
  readonly headers: readonly Pair[];
  readonly body: AnswerBody;
}

/** Answers one request. It may throw a `RefusedRequest`, whose answer is sent instead. */
export type Endpoint = (request: TestRequest) => Answer | Promise<Answer>;

/**
 * A row of the route table.
 *
 * In `pattern`, `:name` stands for one segment, `#name` for a segment of digits, and a last `*` for any rest.
 */
export interface Route {
  readonly methods: readonly string[];
  readonly pattern: string;
  readonly endpoint: Endpoint;
}

/** The methods of an endpoint that only reads; `HEAD` and `OPTIONS` come with it. */
export const GET: readonly string[] = ["GET"];

/** The methods of an endpoint that answers all of them alike. */
export const ANY_METHOD: readonly string[] = ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "QUERY"];

/** The value of a header; several lines are joined with a comma. `null` when there is none. */
export function headerOf(request: TestRequest, name: string): string | null {
  const values = request.headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
  return values.length === 0 ? null : values.join(",");
}

/** The first value of a query parameter, or `null`. */
export function queryOf(request: TestRequest, name: string): string | null {
  return request.query.find(([key]) => key === name)?.[1] ?? null;
}

/** The text of a variable segment of the route. */
export function paramOf(request: TestRequest, name: string): string {
  const value = request.params.get(name);
  if (value === undefined) throw new Error(`the route of ${request.path} has no segment called ${name}`);
  return value;
}

/** The number in a `#name` segment of the route. */
export function countOf(request: TestRequest, name: string): number {
  return Number(paramOf(request, name));
}
