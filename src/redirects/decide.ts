/**
 * What a response means for redirects: final, a next request, or a refusal. Decides only; `pipeline/redirects.ts` acts.
 *
 * Cookies, auth, proxy and TLS of the next hop are not made here: they are stages further in, and do it for each hop anew.
 */
import { withoutBlanks } from "../core/received-text.ts";
import { isReplayable } from "../core/body.ts";
import {
  InvalidHeader,
  InvalidSchema,
  UnrewindableBodyError,
  type RequestException,
} from "../core/errors.ts";
import type { HeaderMap } from "../core/headers.ts";
import { expectsContent } from "../core/method.ts";
import type { Contract } from "../core/options.ts";
import { resolveReceived } from "../core/received-url.ts";
import type { PreparedRequest } from "../core/request.ts";
import { isRedirectStatus } from "../core/status.ts";
import { parseWebUrl, type Url } from "../core/url.ts";
import {
  keepsAcrossOrigins,
  redirectCrossingOf,
  type Border,
  type RedirectCrossing,
  type RedirectTerms,
} from "./border.ts";

/** The head of a response, as far as it matters here. */
export interface Redirecting {
  readonly status: number;
  readonly headers: HeaderMap;
  /** The request that was answered, as it was sent. */
  readonly request: PreparedRequest;
}

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
export function isRedirect(response: { readonly status: number; readonly headers: HeaderMap }): boolean {
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
  const locations = new Set(response.headers.getAll("location").map(withoutBlanks));
  const [location = ""] = locations;
  if (locations.size > 1) {
    return refuse(
      new InvalidHeader("the redirect has several different Location fields", { phase: "redirect" }),
    );
  }
  if (location === "") return FINAL;
  const { request } = response;
  const { contract } = terms;
  const target = targetOf(request, location, terms, secured);
  if (target.kind !== "target") return target;
  const method = redirectMethod(response.status, request.method, contract);
  const withBody = keepsBody(response.status, request, method, contract);
  if ((withBody || asksForBody(response.status, contract)) && !isReplayable(request.payload)) {
    const message = `redirect ${response.status} asks for the body again, and it is a stream that can be read only once; give a function that makes it`;
    return refuse(new UnrewindableBodyError(message, { phase: "redirect" }));
  }
  const { url, crossing } = target;
  return {
    kind: "follow",
    request: nextRequest(request, url, {
      method,
      withBody,
      crossing,
      border: terms,
    }),
    crossing,
  };
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
 * Is the body sent again, with what describes it? With 307 and 308 always; else where the method stays, of which requests
 * loses the body. Where it becomes GET another resource is asked for, whatever was sent.
 */
function keepsBody(status: number, request: PreparedRequest, method: string, contract: Contract): boolean {
  if (contract === "fetch") return method === request.method;
  if (status === 307 || status === 308) return true;
  return status === 301 && method === request.method && request.payload !== null;
}

/** fetch follows no redirect with a body that is spent, but for 303: not to leave a guess to the server (step 11). */
function asksForBody(status: number, contract: Contract): boolean {
  return contract === "fetch" && status !== 303;
}

function refuse(error: RequestException): RedirectDecision {
  return { kind: "refuse", error };
}

type Target =
  | { readonly kind: "target"; readonly url: Url; readonly crossing: RedirectCrossing }
  | RedirectDecision;

function targetOf(
  request: PreparedRequest,
  location: string,
  terms: RedirectTerms,
  secured: Secured,
): Target {
  const from = request.parsed;
  const target = resolveReceived(location, from.href);
  const scheme = target.slice(0, target.indexOf(":"));
  // Only http and https are ever followed: an adapter for another scheme is for the caller's own use.
  if (scheme !== "http" && scheme !== "https" && scheme !== from.scheme) {
    return refuse(
      new InvalidSchema(`the redirect leads to a URL of scheme ${JSON.stringify(scheme)}`, {
        phase: "redirect",
      }),
    );
  }
  const to = secured(parseWebUrl(target));
  // A target without a fragment inherits the one before it (RFC 9110 §10.2.2). User info in a Location is not the
  // caller's and is never used; the caller's own stays within its origin (PARITY RED-9, RED-10).
  const crossing = redirectCrossingOf(from, to, terms);
  const userinfo = crossing === "foreign" ? null : from.userinfo;
  return { kind: "target", url: to.with({ userinfo, fragment: to.fragment ?? from.fragment }), crossing };
}

interface Hop {
  readonly method: string;
  readonly withBody: boolean;
  readonly crossing: RedirectCrossing;
  readonly border: Border;
}

function nextRequest(request: PreparedRequest, url: Url, hop: Hop): PreparedRequest {
  const headers = request.headers.clone();
  const isForeign = hop.crossing === "foreign";
  // RFC 9110 §11.7.2: for the next proxy only; whatever it needs is added anew (PARITY RED-14).
  headers.delete("proxy-authorization");
  if (hop.crossing !== "none") dropDigest(headers);
  const ownCookies = request.cookieSource === "caller" && !isForeign;
  if (!ownCookies) headers.delete("cookie");
  if (url.host !== request.parsed.host) headers.delete("host");
  for (const name of headers.keys()) {
    const lower = name.toLowerCase();
    const ofBody = lower.startsWith("content-") || lower === "transfer-encoding";
    if ((ofBody && !hop.withBody) || (isForeign && !keepsAcrossOrigins(lower, hop.border)))
      headers.delete(name);
  }
  // That there is none is said where a body would be expected (RFC 9110 §8.6).
  if (!hop.withBody && expectsContent(hop.method)) headers.set("Content-Length", 0);
  return request.with({
    method: hop.method,
    url: url.href,
    parsed: url,
    headers,
    payload: hop.withBody ? request.payload : null,
    cookieSource: ownCookies ? "caller" : "none",
    dressed: false,
  });
}

/** It answers a nonce of one origin, and says nothing to another one, whatever that may have (RFC 7616 §3.3). */
function dropDigest(headers: HeaderMap): void {
  if (/^digest /i.test(headers.get("authorization") ?? "")) headers.delete("authorization");
}
