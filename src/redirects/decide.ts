/**
 * What a response means for redirects: final, a next request, or a refusal. Decides only; `pipeline/redirects.ts` acts.
 *
 * Cookies and auth of the next hop are made anew by stages further in, proxy and connection by its adapter. What of auth and TLS
 * may go along says `border.ts`.
 */
import { isReplayable } from "../core/body.ts";
import { InvalidHeader, InvalidSchema, RequestException, UnrewindableBodyError } from "../core/errors.ts";
import type { HeaderMap } from "../core/headers.ts";
import { expectsContent } from "../core/method.ts";
import type { Contract } from "../core/options.ts";
import { withoutBlanks } from "../core/received-text.ts";
import { resolveReceived } from "../core/received-url.ts";
import { dressBehind, type PreparedRequest } from "../core/request.ts";
import type { AnyResponse } from "../core/response.ts";
import { isRedirectStatus } from "../core/status.ts";
import { parseWebUrl, type Url } from "../core/url.ts";
import {
  keepsAcrossOrigins,
  redirectCrossingOf,
  type Border,
  type RedirectCrossing,
  type RedirectTerms,
} from "./border.ts";

/** The head of a response, as far as it matters here, and the request that it answers, as it was sent. */
export type Redirecting = Pick<AnyResponse, "status" | "headers" | "request">;

/** The next request, and what is between it and the one before. */
export interface Following {
  readonly kind: "follow";
  readonly request: PreparedRequest;
  readonly crossing: RedirectCrossing;
}

/** What a response can mean. */
export type RedirectDecision =
  | { readonly kind: "final" }
  | Following
  | { readonly kind: "refuse"; readonly error: RequestException };

const FINAL: RedirectDecision = { kind: "final" };

/** Is it one of the five statuses, with a place to go to? */
export function isRedirect(response: Pick<AnyResponse, "status" | "headers">): boolean {
  return isRedirectStatus(response.status) && response.headers.has("location");
}

/** The URL that is asked in place of another: over TLS, where its host wants nothing else (HSTS). */
export type Secured = (url: Url) => Url;

/** Reads `response` as an answer to its request. How many redirects are too many is the caller's question. */
export function decideRedirect(
  response: Redirecting,
  terms: RedirectTerms,
  secured: Secured,
): RedirectDecision {
  if (!isRedirect(response)) return FINAL;
  const { status, request } = response;
  try {
    const from = request.parsed;
    const to = redirectUrl(response, secured);
    if (to === null) return FINAL;
    const crossing = redirectCrossingOf(from, to, terms);
    // User info in a Location is not the caller's and is never used; the caller's own stays within its origin.
    const parsed = to.with({ userinfo: crossing === "foreign" ? null : from.userinfo });
    const method = redirectMethod(status, request.method, terms.contract);
    const keepsBody = redirectBody(status, method, request, terms.contract);
    // The jar chooses its cookies anew for each URL; the caller's own are for one origin.
    const keepsCookie = dressBehind(request.dress) === "caller" && crossing !== "foreign";
    const next = request.with({
      method,
      url: parsed.href,
      parsed,
      headers: redirectHeaders(request, { method, parsed, crossing, keepsBody, keepsCookie }, terms),
      payload: keepsBody ? request.payload : null,
      dress: keepsCookie ? "caller" : "bare",
    });
    return { kind: "follow", request: next, crossing };
  } catch (error) {
    if (error instanceof RequestException) return { kind: "refuse", error };
    throw error;
  }
}

/**
 * The method of the next request (RFC 9110 §15.4): 301 changes only POST, as in browsers; 302 and 303 all but HEAD, as in
 * requests; 307 and 308 none. With fetch (HTTP-redirect fetch, step 12) 302 is as 301.
 */
export function redirectMethod(status: number, method: string, contract?: Contract): string {
  if (method === "HEAD") return method;
  if (status === 303 || (status === 302 && contract !== "fetch")) return "GET";
  if ((status === 301 || status === 302) && method === "POST") return "GET";
  return method;
}

/**
 * The URL of the next request; `null` when `Location` is empty. A target without a fragment inherits the one before it (RFC
 * 9110 §10.2.2).
 *
 * @throws {InvalidHeader | InvalidSchema | InvalidURL} for one that leads nowhere.
 */
function redirectUrl({ headers, request }: Redirecting, secured: Secured): Url | null {
  const locations = new Set(headers.getAll("location").map(withoutBlanks));
  const [location = ""] = locations;
  if (locations.size > 1)
    throw new InvalidHeader("the redirect has several different Location fields", { phase: "redirect" });
  if (location === "") return null;
  const from = request.parsed;
  const target = resolveReceived(location, from.href);
  const scheme = target.slice(0, target.indexOf(":"));
  // Only http and https are ever followed: an adapter for another scheme is for the caller's own use.
  if (scheme !== "http" && scheme !== "https" && scheme !== from.scheme) {
    throw new InvalidSchema(`the redirect leads to a URL of scheme ${JSON.stringify(scheme)}`, {
      phase: "redirect",
    });
  }
  const to = secured(parseWebUrl(target));
  return to.fragment === null && from.fragment !== null ? to.with({ fragment: from.fragment }) : to;
}

/**
 * Is the body sent again, with what describes it? With 307 and 308 always; else where the method stays, of which requests
 * loses the body. Where it becomes GET another resource is asked for, whatever was sent.
 *
 * @throws {UnrewindableBodyError} when it is to be sent again and cannot be.
 */
function redirectBody(status: number, method: string, request: PreparedRequest, contract: Contract): boolean {
  const { payload } = request;
  const isFetch = contract === "fetch";
  const isSameMethod = method === request.method;
  const isKept = isFetch
    ? isSameMethod
    : status === 307 || status === 308 || (status === 301 && isSameMethod && payload !== null);
  // fetch follows no redirect with a body that is spent, but for 303: not to leave a guess to the server (step 11).
  if ((isKept || (isFetch && status !== 303)) && !isReplayable(payload)) {
    const message = `redirect ${status} asks for the body again, and it is a stream that can be read only once; give a function that makes it`;
    throw new UnrewindableBodyError(message, { phase: "redirect" });
  }
  return isKept;
}

/** What is known of the next request before its header fields. */
interface Hop {
  readonly method: string;
  readonly parsed: Url;
  readonly crossing: RedirectCrossing;
  readonly keepsBody: boolean;
  readonly keepsCookie: boolean;
}

/** The header fields of the next request: those of the one before, less what is not for where it goes, or was of its body. */
function redirectHeaders(request: PreparedRequest, hop: Hop, border: Border): HeaderMap {
  const headers = request.headers.clone();
  const isForeign = hop.crossing === "foreign";
  // For the next proxy only (RFC 9110 §11.7.2): whatever it needs is added anew.
  headers.delete("proxy-authorization");
  // An answer to a nonce of one origin says nothing to another one, whatever that may have (RFC 7616 §3.3).
  if (hop.crossing !== "none" && /^digest /i.test(headers.get("authorization") ?? ""))
    headers.delete("authorization");
  if (!hop.keepsCookie) headers.delete("cookie");
  if (hop.parsed.host !== request.parsed.host) headers.delete("host");
  for (const name of headers.keys()) {
    const lower = name.toLowerCase();
    const ofBody = lower.startsWith("content-") || lower === "transfer-encoding";
    if ((ofBody && !hop.keepsBody) || (isForeign && !keepsAcrossOrigins(lower, border))) headers.delete(name);
  }
  // That there is none is said where a body would be expected (RFC 9110 §8.6).
  if (!hop.keepsBody && expectsContent(hop.method)) headers.set("Content-Length", 0);
  return headers;
}
