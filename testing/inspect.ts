/**
 * Endpoints that tell what was asked: `/get`, `/post`, `/anything`, `/headers`, `/ip`, `/user-agent` and their like.
 *
 * Pure.
 */
import { json } from "./answers.ts";
import { ANY_METHOD, GET, headerOf, queryOf } from "./exchange.ts";
import type { Answer, Endpoint, Route, TestRequest } from "./exchange.ts";
import { groupPairs, readPayload } from "./payload.ts";

/** The facts that httpbin tells about a request, each under its name. */
export type Fact = "args" | "data" | "files" | "form" | "headers" | "json" | "method" | "origin" | "url";

/** Headers that hosts in front of httpbin add. It hides them unless the query has `show_env`, and so do we. */
const HIDDEN_HEADERS = new Set([
  "Connect-Time",
  "Total-Route-Time",
  "Via",
  "X-Forwarded-For",
  "X-Forwarded-Port",
  "X-Forwarded-Proto",
  "X-Forwarded-Protocol",
  "X-Forwarded-Ssl",
  "X-Heroku-Dynos-In-Use",
  "X-Heroku-Queue-Depth",
  "X-Heroku-Queue-Wait-Time",
  "X-Real-Ip",
  "X-Request-Id",
  "X-Request-Start",
  "X-Varnish",
]);

/** The routes that inspect a request. */
export const inspectRoutes: readonly Route[] = [
  { methods: GET, pattern: "/get", endpoint: telling("args", "headers", "origin", "url") },
  ...["POST", "PUT", "PATCH", "DELETE"].map((method) => ({
    methods: [method],
    pattern: `/${method.toLowerCase()}`,
    endpoint: telling("args", "data", "files", "form", "headers", "json", "origin", "url"),
  })),
  { methods: ANY_METHOD, pattern: "/anything", endpoint: everything },
  { methods: ANY_METHOD, pattern: "/anything/*", endpoint: everything },
  { methods: GET, pattern: "/headers", endpoint: telling("headers") },
  { methods: GET, pattern: "/ip", endpoint: telling("origin") },
  { methods: GET, pattern: "/user-agent", endpoint: userAgent },
];

/** The named facts about `request`, as httpbin's JSON has them. */
export function factsOf(request: TestRequest, ...names: readonly Fact[]): Readonly<Record<string, unknown>> {
  const facts: Readonly<Record<Fact, unknown>> = {
    ...readPayload(headerOf(request, "content-type"), request.body),
    args: groupPairs(request.query),
    headers: headersOf(request),
    method: request.method,
    origin: headerOf(request, "x-forwarded-for") ?? request.remoteAddress,
    url: urlOf(request),
  };
  return Object.fromEntries(names.map((name) => [name, facts[name]]));
}

function telling(...names: readonly Fact[]): Endpoint {
  return (request) => json(factsOf(request, ...names));
}

function everything(request: TestRequest): Answer {
  return json(
    factsOf(request, "args", "data", "files", "form", "headers", "json", "method", "origin", "url"),
  );
}

function userAgent(request: TestRequest): Answer {
  return json({ "user-agent": headerOf(request, "user-agent") });
}

function headersOf(request: TestRequest): Readonly<Record<string, string>> {
  const joined = new Map<string, string>();
  const showsAll = queryOf(request, "show_env") !== null;
  for (const [rawName, value] of request.headers) {
    const name = titleCase(rawName);
    if (HIDDEN_HEADERS.has(name) && !showsAll) continue;
    const before = joined.get(name);
    joined.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(joined);
}

/** Upper case where a word begins, lower case elsewhere; Python's `str.title()` begins a word after a digit, too. */
function titleCase(name: string): string {
  return name.toLowerCase().replaceAll(/[a-z]+/g, (word) => word.charAt(0).toUpperCase() + word.slice(1));
}

function urlOf(request: TestRequest): string {
  const forwarded = headerOf(request, "x-forwarded-proto") ?? headerOf(request, "x-forwarded-protocol");
  const scheme = forwarded ?? (headerOf(request, "x-forwarded-ssl") === "on" ? "https" : "http");
  const query = request.rawQuery === "" ? "" : `?${request.rawQuery}`;
  return readable(`${scheme}://${request.host}${request.path}${query}`);
}

/** `url` with its percent-encoded letters shown as letters; whatever has a meaning in a URL stays encoded. */
function readable(url: string): string {
  return url.replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(
        run.replaceAll(/%(?=[0-7])(?!2[de]|3\d|[46][1-9a-f]|[57][0-9a]|5f|7e)/gi, "%25"),
      );
    } catch {
      return run;
    }
  });
}
