/**
 * Endpoints that send the client elsewhere: chains of relative and absolute redirects, and `/redirect-to`.
 *
 * Pure.
 */
import { redirect, RefusedRequest } from "./answers.ts";
import { ANY_METHOD, countOf, GET, queryOf } from "./exchange.ts";
import type { Answer, Route, TestRequest } from "./exchange.ts";

/** The routes that redirect. */
export const redirectRoutes: readonly Route[] = [
  { methods: GET, pattern: "/redirect/#n", endpoint: redirectTimes },
  { methods: GET, pattern: "/relative-redirect/#n", endpoint: (request) => hop(request, "relative") },
  { methods: GET, pattern: "/absolute-redirect/#n", endpoint: (request) => hop(request, "absolute") },
  { methods: ANY_METHOD, pattern: "/redirect-to", endpoint: redirectTo },
];

function redirectTimes(request: TestRequest): Answer {
  return hop(request, queryOf(request, "absolute")?.toLowerCase() === "true" ? "absolute" : "relative");
}

/** One hop of a chain of `n` that ends at `/get`. */
function hop(request: TestRequest, kind: "relative" | "absolute"): Answer {
  const n = countOf(request, "n");
  if (n < 1) throw new RefusedRequest(400, "n must be at least 1");
  const path = n === 1 ? "/get" : `/${kind}-redirect/${n - 1}`;
  return redirect(kind === "absolute" ? `http://${request.host}${path}` : path);
}

/** Sends `url` exactly as given, relative or not. A status outside of 300 to 399 becomes 302, as in httpbin. */
function redirectTo(request: TestRequest): Answer {
  const url = queryOf(request, "url");
  if (url === null) throw new RefusedRequest(400, "the query must have a url");
  const status = Number(queryOf(request, "status_code") ?? 302);
  return redirect(asciiOf(url), Number.isInteger(status) && status >= 300 && status < 400 ? status : 302);
}

/** Percent-encodes what cannot stand in a URL, as httpbin does: spaces, and all beyond ASCII. */
function asciiOf(url: string): string {
  // What is encoded already stays as it is, and so do the brackets of an IPv6 address.
  return encodeURI(url).replaceAll(/%(?:25|5B|5D)/g, decodeURIComponent);
}
