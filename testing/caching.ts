/**
 * Endpoints with validators and cache headers: `/etag`, `/cache`, `/cache/n`.
 */
import { randomUUID } from "node:crypto";

import { empty, fieldValue, json } from "./answers.ts";
import { countOf, GET, headerOf, paramOf } from "./exchange.ts";
import type { Answer, Pair, Route, TestRequest } from "./exchange.ts";
import { factsOf } from "./inspect.ts";

/** The routes about caching. */
export const cachingRoutes: readonly Route[] = [
  { methods: GET, pattern: "/etag/:etag", endpoint: etag },
  { methods: GET, pattern: "/cache", endpoint: cache },
  { methods: GET, pattern: "/cache/#seconds", endpoint: cacheControl },
];

/** The tag goes out without quotation marks, as httpbin sends it; conditions may have them or not. */
function etag(request: TestRequest): Answer {
  const tag = paramOf(request, "etag");
  const unlessTags = tagsOf(headerOf(request, "if-none-match"));
  const onlyTags = tagsOf(headerOf(request, "if-match"));
  const line: Pair = ["ETag", fieldValue(tag)];
  if (unlessTags.length > 0) {
    return names(unlessTags, tag) ? empty(304, [line]) : facts(request, line);
  }
  return onlyTags.length > 0 && !names(onlyTags, tag) ? empty(412) : facts(request, line);
}

function cache(request: TestRequest): Answer {
  const isConditional =
    headerOf(request, "if-modified-since") !== null || headerOf(request, "if-none-match") !== null;
  if (isConditional) return empty(304);
  return facts(
    request,
    ["Last-Modified", new Date().toUTCString()],
    ["ETag", randomUUID().replaceAll("-", "")],
  );
}

function cacheControl(request: TestRequest): Answer {
  return facts(request, ["Cache-Control", `public, max-age=${countOf(request, "seconds")}`]);
}

function facts(request: TestRequest, ...headers: readonly Pair[]): Answer {
  return json(factsOf(request, "args", "headers", "origin", "url"), { headers });
}

function names(tags: readonly string[], tag: string): boolean {
  return tags.includes(tag) || tags.includes("*");
}

/** The tags of a condition, without `W/` and quotation marks. */
function tagsOf(header: string | null): readonly string[] {
  if (header === null || header === "") return [];
  return header.split(",").map((part) => /^\s*(?:W\/)?"?([^"]*)"?\s*$/.exec(part)?.[1] ?? "");
}
