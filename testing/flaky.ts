/**
 * `/flaky/n?key=…` fails with 503 for the first `n` requests with the same `key`, and succeeds from then on.
 *
 * Both answers tell `{"attempts": …}`, the requests with that key so far. With `?retry_after=…` the failures carry
 * that value as `Retry-After`. Requests without a key share the empty one.
 */
import { fieldValue, json } from "./answers.ts";
import type { BoundedMap } from "./bounded-map.ts";
import { ANY_METHOD, countOf, queryOf } from "./exchange.ts";
import type { Answer, Pair, Route, TestRequest } from "./exchange.ts";

/** The route of `/flaky`. It counts in `attempts`, by key. */
export function flakyRoutes(attempts: BoundedMap<string, number>): readonly Route[] {
  return [
    { methods: ANY_METHOD, pattern: "/flaky/#failures", endpoint: (request) => attempt(request, attempts) },
  ];
}

function attempt(request: TestRequest, attempts: BoundedMap<string, number>): Answer {
  const key = queryOf(request, "key") ?? "";
  const count = (attempts.get(key) ?? 0) + 1;
  attempts.set(key, count);
  if (count > countOf(request, "failures")) return json({ attempts: count });

  const retryAfter = queryOf(request, "retry_after");
  const headers: readonly Pair[] = retryAfter === null ? [] : [["Retry-After", fieldValue(retryAfter)]];
  return json({ attempts: count }, { status: 503, headers });
}
