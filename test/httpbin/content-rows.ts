/**
 * Rows about what comes back: statuses, delays, streams, content codings, validators, documents.
 *
 * Pure.
 */
import { row, skipped } from "./row.ts";
import type { Pair, Row } from "./row.ts";

const BODYLESS = { body: "nothing" } as const;
const BYTES = { body: "bytes" } as const;

/** A request with one header. */
function withHeader(...header: Pair): { readonly headers: readonly Pair[] } {
  return { headers: [header] };
}

const statuses: readonly number[] = [
  [200, 201, 202, 203, 204, 205, 206, 207, 226],
  [300, 301, 302, 303, 304, 305, 307],
  [400, 401, 402, 403, 404, 405, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418],
  [422, 425, 428, 429, 431, 451],
  [500, 501, 502, 503, 504, 505, 511],
  [599, 600, 999],
].flat();

const statusRows: readonly Row[] = statuses
  // The content of 402 is a joke of httpbin's, and the pages of other codes are empty.
  .map((status) => row(`GET /status/${status}`, {}, BODYLESS))
  .concat(
    row("GET /status/406"),
    ["POST", "PUT", "PATCH", "DELETE"].map((method) => row(`${method} /status/503`, {}, BODYLESS)),
    row("TRACE /status/200", { raw: true }, BODYLESS),
    row("HEAD /status/404", {}, BODYLESS),
    row("OPTIONS /status/404", {}, BODYLESS),
    row("GET /status/418:1,", {}, BODYLESS),
    row("GET /status/503:1,503:2", {}, BODYLESS),
    row("GET /status/404,404", {}, BODYLESS),
    row("GET /status/200:0,500:0.5", {}, BODYLESS),
    row("GET /status/none", {}, BODYLESS),
    row("GET /status/200,none", {}, BODYLESS),
    skipped("GET /status/407", "gunicorn drops httpbin's Proxy-Authenticate; ours is sent"),
    skipped("GET /status/308", "httpbin sends no Location with 308; ours does"),
    skipped("GET /status/100", "httpbin sends it as if it were final; ours answers 400"),
  );

const timingRows: readonly Row[] = [
  row("GET /delay/0"),
  row("GET /delay/0.1?a=1"),
  row("HEAD /delay/0", {}, BODYLESS),
  row("GET /drip?duration=0.2&numbytes=5", {}, BYTES),
  row("GET /drip?duration=0&numbytes=1000&code=206", {}, { ...BYTES, headers: ["content-length"] }),
  row("GET /drip?duration=0&numbytes=3&delay=0.1&code=500", {}, BYTES),
  row("GET /drip?numbytes=0", {}, BODYLESS),
  skipped("POST /delay/0", "Debian's httpbin allows GET only; ours allows all methods, as newer ones do"),
  skipped("GET /delay/none", "httpbin fails with 500; ours answers 400"),
];

const streamRows: readonly Row[] = [
  row("GET /stream/0", {}, { body: "lines" }),
  row("GET /stream/3?a=1", {}, { body: "lines" }),
  row("GET /stream/101", {}, { body: "lines" }),
  row("GET /stream/none", {}, BODYLESS),
  row("GET /bytes/0", {}, { body: "size" }),
  row("GET /bytes/1000", {}, { body: "size", headers: ["content-length"] }),
  // The same seed gives the same bytes, but not those of Python's generator.
  row("GET /bytes/1000?seed=7", {}, { body: "size" }),
  row("GET /bytes/200000", {}, { body: "size" }),
  row("GET /stream-bytes/1000?chunk_size=100", {}, { body: "size" }),
  row("GET /stream-bytes/50000?seed=7", {}, { body: "size" }),
  row("GET /stream-bytes/200000?chunk_size=0", {}, { body: "size" }),
  skipped("GET /bytes/10?seed=none", "httpbin fails with 500; ours answers 400"),
];

const RANGE = { ...BYTES, headers: ["content-range", "content-length", "accept-ranges", "etag"] } as const;

const rangeRows: readonly Row[] = [
  row("GET /range/30", {}, RANGE),
  row("GET /range/30?chunk_size=7", {}, RANGE),
  ...["0-9", "10-", "-5", "0-29", "29-29", "-", "-100"].map((range) =>
    row("GET /range/30", withHeader("Range", `bytes=${range}`), RANGE),
  ),
  ...["30-", "5-3", "0-30"].map((range) =>
    row("GET /range/30", withHeader("Range", `bytes=${range}`), { ...RANGE, body: "nothing" }),
  ),
  row("GET /range/30", withHeader("Range", "lines=1-2"), RANGE),
  row("GET /range/0", {}, { body: "nothing", headers: ["accept-ranges", "etag"] }),
  row("GET /range/102401", {}, { body: "nothing", headers: ["accept-ranges", "etag"] }),
];

const codingRows: readonly Row[] = [
  ...["gzip", "deflate", "brotli"].map((path) => row(`GET /${path}`, {}, { headers: ["content-encoding"] })),
  row("HEAD /gzip", {}, { body: "nothing", headers: ["content-encoding"] }),
  skipped("GET /zstd", "httpbin has none"),
];

const cacheRows: readonly Row[] = [
  // Both stamp the time and a random tag, so these two headers are left out.
  row("GET /cache?a=1"),
  row("GET /cache", withHeader("If-None-Match", "a")),
  row("GET /cache", withHeader("If-Modified-Since", "Sat, 21 Nov 2026 00:00:00 GMT")),
  row("GET /cache/60", {}, { headers: ["cache-control"] }),
  row("GET /cache/none", {}, BODYLESS),
  row("GET /etag/abc?a=1", {}, { headers: ["etag"] }),
  ...["abc", '"abc"', 'W/"abc"', '"x", "abc"', "*", '"x"', ""].flatMap((tags) => [
    row("GET /etag/abc", withHeader("If-None-Match", tags), { headers: ["etag"] }),
    // httpbin sends a web page type with 412, and both send no content.
    row("GET /etag/abc", withHeader("If-Match", tags), { headers: ["etag"] }),
  ]),
  row(
    "GET /etag/abc",
    {
      headers: [
        ["If-Match", '"x"'],
        ["If-None-Match", '"y"'],
      ],
    },
    { headers: ["etag"] },
  ),
];

// The JSON of both is written with different white space, so its length differs.
const ECHO = { without: ["Content-Length"] } as const;

const responseHeaderRows: readonly Row[] = [
  row("GET /response-headers", {}, ECHO),
  row("GET /response-headers?X-One=1&x-two=a%20b", {}, { ...ECHO, headers: ["x-one", "x-two"] }),
  row("GET /response-headers?X-One=1&X-One=2", {}, { ...ECHO, headers: ["x-one"] }),
  row("GET /response-headers?Set-Cookie=a%3D1&Set-Cookie=b%3D2%3B%20Path%3D%2F", {}, ECHO),
  row("POST /response-headers?Retry-After=3", {}, { ...ECHO, headers: ["retry-after"] }),
  row(
    "GET /response-headers?Cache-Control=no-store&Vary=",
    {},
    { ...ECHO, headers: ["cache-control", "vary"] },
  ),
  row("GET /response-headers?Content-Type=text/plain", {}, { ...ECHO, body: "nothing" }),
  row("PUT /response-headers", {}, { body: "nothing", headers: ["allow"] }),
  skipped("GET /response-headers?Content-Length=1", "httpbin sends two lengths; ours answers 400"),
];

const documentRows: readonly Row[] = [
  // The texts are our own, so only what surrounds them is compared.
  row("GET /html", {}, BODYLESS),
  row("GET /xml", {}, { body: "nothing", headers: ["content-type"] }),
  row("GET /encoding/utf8", {}, { body: "nothing", headers: ["content-type"] }),
  row("GET /", {}, { body: "nothing", headers: ["content-type"] }),
  row("GET /uuid", {}, { without: ["uuid"] }),
  row("GET /links/3", {}, BODYLESS),
  ...["3/0", "3/2", "3/7", "1/0", "0/0", "250/10"].map((path) =>
    row(`GET /links/${path}`, {}, { body: "links" }),
  ),
  row("GET /links/none", {}, BODYLESS),
  row("GET /base64/aGVsbG8=", {}, BYTES),
  row("GET /base64/w7xiZXItX18_Pw==", {}, BYTES),
  skipped("GET /base64/a", "httpbin fails with 500; ours answers 400"),
  skipped("GET /json", "Debian's httpbin has none"),
  skipped("/login, /protected, /logout, /api, /flaky", "httpbin has none"),
];

/** All rows of this file. */
export const contentRows: readonly Row[] = [
  ...statusRows,
  ...timingRows,
  ...streamRows,
  ...rangeRows,
  ...codingRows,
  ...cacheRows,
  ...responseHeaderRows,
  ...documentRows,
];
