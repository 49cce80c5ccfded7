/** What a series of attempts comes to: the rows of the conformance kit and of urllib3's own tests. */
import { describe, expect, it } from "vitest";

import type { AttemptFailure, RetryPolicy } from "../../src/core/adapter.ts";
import type { RetryOptions } from "../../src/retries/options.ts";
import { Retry } from "../../src/retries/retry.ts";

const error = new Error("broken");
const connect: AttemptFailure = { kind: "connect", error };
const read: AttemptFailure = { kind: "read", error };
const other: AttemptFailure = { kind: "other", error };
const status = (code: number, retryAfter: string | null = null): AttemptFailure => ({
  kind: "status",
  status: code,
  retryAfter,
});

/** The outcome, and the delays before each retry: the failures happen one after another until the policy stops. */
function play(
  policy: RetryPolicy,
  method: string,
  failures: readonly AttemptFailure[],
): readonly (string | number)[] {
  const log: (string | number)[] = [];
  let current = policy;
  for (const failure of failures) {
    const decision = current.next(method, failure, { now: Date.UTC(2026, 0, 1), random: 0.5 });
    if (decision.kind === "again") {
      log.push(decision.delayMs);
      current = decision.policy;
    } else {
      log.push(decision.kind === "final" ? "final" : decision.raise ? "raise" : "return");
      break;
    }
  }
  return log;
}

function times(count: number, failure: AttemptFailure): readonly AttemptFailure[] {
  return Array.from({ length: count }, () => failure);
}

type Row = readonly [
  name: string,
  options: RetryOptions,
  method: string,
  failures: readonly AttemptFailure[],
  expected: readonly (string | number)[],
];

const listed = { statusForcelist: [503] };

describe("a series of attempts", () => {
  // The names are those of the scenarios.
  it.for<Row>([
    [
      "retry-after-disabled",
      { total: 3, ...listed, respectRetryAfterHeader: false },
      "GET",
      [status(503, "5")],
      [0],
    ],
    [
      "retry-after-disabled, not listed",
      { total: 3, respectRetryAfterHeader: false },
      "GET",
      [status(429, "5")],
      ["final"],
    ],
    ["retry-after-exhausted", { total: 1 }, "GET", times(2, status(429, "0")), [0, "final"]],
    [
      "retry-after-exhausted-return",
      { total: 1, raiseOnStatus: false },
      "GET",
      times(2, status(429, "0")),
      [0, "final"],
    ],
    ["retry-after-past-date", { total: 3 }, "GET", [status(503, "Thu, 01 Jan 1970 00:00:00 GMT")], [0]],
    ["retry-after-post", { total: 3 }, "POST", [status(503, "0")], ["final"]],
    ["retry-after-seconds", { total: 3, ...listed }, "GET", [status(503, "1")], [1000]],
    ["retry-body-file", { total: 3, ...listed }, "PUT", [status(503)], [0]],
    ["retry-drop", { total: 3 }, "GET", [read, read], [0, 0]],
    ["retry-drop-exhausted", { total: 2 }, "GET", times(3, read), [0, 0, "raise"]],
    ["retry-drop-post", { total: 3 }, "POST", [read], ["final"]],
    ["retry-drop-read-false", { total: 3, read: false }, "GET", [read], ["final"]],
    ["retry-methods-any", { total: 3, ...listed, allowedMethods: null }, "POST", [status(503)], [0]],
    ["retry-methods-any, PATCH", { total: 3, ...listed, allowedMethods: null }, "PATCH", [status(503)], [0]],
    ["retry-methods-custom", { total: 3, ...listed, allowedMethods: ["POST"] }, "POST", [status(503)], [0]],
    [
      "retry-methods-custom, GET",
      { total: 3, ...listed, allowedMethods: ["POST"] },
      "GET",
      [status(503)],
      ["final"],
    ],
    ["retry-read-timeout", { total: 2 }, "GET", [read], [0]],
    ["retry-redirect-in-list", { total: 3, statusForcelist: [302] }, "GET", [status(302)], [0]],
    ["retry-redirect-not-counted", { total: 1 }, "GET", [status(302)], ["final"]],
    ["retry-refused", { total: 2 }, "GET", times(3, connect), [0, 0, "raise"]],
    ["retry-reset", { total: 3 }, "GET", [read], [0]],
    ["retry-status", { total: 3, ...listed }, "GET", times(2, status(503)), [0, 0]],
    ["retry-status-exhausted", { total: 2, ...listed }, "GET", times(3, status(503)), [0, 0, "raise"]],
    [
      "retry-status-exhausted-return",
      { total: 2, ...listed, raiseOnStatus: false },
      "GET",
      times(3, status(503)),
      [0, 0, "return"],
    ],
    ["retry-status-limit", { total: 10, status: 1, ...listed }, "GET", times(2, status(503)), [0, "raise"]],
    ["retry-status-other", { total: 3, ...listed }, "GET", [status(502)], ["final"]],
    [
      "retry-status-several",
      { total: 5, statusForcelist: [500, 502, 503] },
      "GET",
      [status(500), status(502), status(404)],
      [0, 0, "final"],
    ],
    ["retry-status-total-false", { total: false, ...listed }, "GET", [status(503)], ["raise"]],
    ["retry-status-zero", { total: 0, ...listed }, "GET", [status(503)], ["raise"]],
    // Unlike there, a Retry-After that cannot be read counts as none (PARITY RTY-10).
    ["retry-after-invalid", { total: 3, ...listed }, "GET", [status(503, "soon")], [0]],
    ["retry-after-invalid, not listed", { total: 3 }, "GET", [status(503, "soon")], ["final"]],
  ])("%s", ([, options, method, failures, expected]) => {
    expect(play(new Retry(options), method, failures)).toEqual(expected);
  });
});

describe("the counts", () => {
  // urllib3's test_retry.py (PARITY part 2, U).
  it.for<Row>([
    ["both given: the smaller wins", { connect: 3, total: 2 }, "GET", times(3, connect), [0, 0, "raise"]],
    ["a larger total does not help", { connect: 2, total: 3 }, "GET", times(3, connect), [0, 0, "raise"]],
    ["nor against read", { read: 2, total: 3 }, "GET", times(3, read), [0, 0, "raise"]],
    [
      "without a total the own count ends it",
      { total: null, connect: 2 },
      "GET",
      times(3, connect),
      [0, 0, "raise"],
    ],
    [
      "without any count there is no end",
      { total: null },
      "GET",
      times(50, connect),
      times(50, connect).map(() => 0),
    ],
    ["ten by default", {}, "GET", times(11, connect), [...times(10, connect).map(() => 0), "raise"]],
    ["total 0", { total: 0 }, "GET", [connect], ["raise"]],
    ["total false: the error as it is", { total: false }, "GET", [connect], ["final"]],
    ["total false and a read error", { total: false, read: 5 }, "GET", [read], ["final"]],
    ["connect false", { connect: false }, "GET", [connect], ["final"]],
    ["connect 0", { connect: 0 }, "GET", [connect], ["raise"]],
    ["read 0", { read: 0 }, "GET", [read], ["raise"]],
    ["other errors", { other: 1 }, "GET", times(2, other), [0, "raise"]],
    ["total false and another error", { total: false }, "GET", [other], ["final"]],
    [
      "each kind has its own count",
      { connect: 1, read: 1, other: 1 },
      "GET",
      [connect, read, other, read],
      [0, 0, 0, "raise"],
    ],
    [
      "and total counts all",
      { total: 2, connect: 5, read: 5 },
      "GET",
      [connect, read, connect],
      [0, 0, "raise"],
    ],
    ["a status does not count as read", { read: 0, status: 1, ...listed }, "GET", [status(503)], [0]],
  ])("%s", ([, options, method, failures, expected]) => {
    expect(play(new Retry(options), method, failures)).toEqual(expected);
  });
});

describe("the method", () => {
  // PARITY RTY-2, RTY-3, RTY-7.
  it.for<Row>([
    ["a POST that never left is sent again", {}, "POST", [connect], [0]],
    ["one that left is not", {}, "POST", [read], ["final"]],
    ["nor after an error of another kind", {}, "POST", [other], ["final"]],
    ["nor for a listed status", listed, "POST", [status(503)], ["final"]],
    ["an empty list allows none", { allowedMethods: [] }, "GET", [read], ["final"]],
    ["an empty list does not concern connections", { allowedMethods: [] }, "GET", [connect], [0]],
    ["null allows any", { allowedMethods: null }, "POST", [read, other], [0, 0]],
    ["case does not count", { allowedMethods: ["post"] }, "Post", [read], [0]],
    ["QUERY is idempotent", {}, "QUERY", [read], [0]],
    ["PATCH is not", {}, "PATCH", [read], ["final"]],
  ])("%s", ([, options, method, failures, expected]) => {
    expect(play(new Retry(options), method, failures)).toEqual(expected);
  });
});

describe("the delay", () => {
  it.for<Row>([
    [
      "doubles after the second failure",
      { backoffFactor: 200 },
      "GET",
      times(4, connect),
      [0, 400, 800, 1600],
    ],
    ["has a limit", { backoffFactor: 200, backoffMax: 500 }, "GET", times(3, connect), [0, 400, 500]],
    ["has jitter", { backoffFactor: 200, backoffJitter: 100 }, "GET", times(2, connect), [0, 450]],
    [
      "is what Retry-After says",
      { ...listed, backoffFactor: 200 },
      "GET",
      times(2, status(503, "3")),
      [3000, 3000],
    ],
    [
      "is the pause when that says now",
      { ...listed, backoffFactor: 200 },
      "GET",
      times(2, status(503, "0")),
      [0, 400],
    ],
    [
      "comes from Retry-After with any listed status",
      { statusForcelist: [500] },
      "GET",
      [status(500, "3")],
      [3000],
    ],
    ["comes from a date", listed, "GET", [status(503, "Thu, 01 Jan 2026 00:00:09 GMT")], [9000]],
    [
      "may be as long as retryAfterMax",
      { ...listed, retryAfterMax: 3000 },
      "GET",
      [status(503, "3")],
      [3000],
    ],
    [
      "is never longer: the response is final",
      { ...listed, retryAfterMax: 3000 },
      "GET",
      [status(503, "4")],
      ["final"],
    ],
    ["has a cap by default", {}, "GET", [status(429, "120"), status(429, "121")], [120_000, "final"]],
    ["cannot be set to for ever by a server", {}, "GET", [status(429, "9".repeat(400))], ["final"]],
  ])("%s", ([, options, method, failures, expected]) => {
    expect(play(new Retry(options), method, failures)).toEqual(expected);
  });

  it.for([
    [413, [0]],
    [429, [0]],
    [503, [0]],
    [500, ["final"]],
    [202, ["final"]],
    [301, ["final"]],
  ] as const)("of a %i that has a Retry-After and is not listed is %j", ([code, expected]) => {
    expect(play(new Retry(), "GET", [status(code, "0")])).toEqual(expected);
  });

  it("is not asked for without a total", () => {
    expect(play(new Retry({ total: null }), "GET", [status(429, "0")])).toEqual(["final"]);
  });
});
