import { afterEach, describe, expect, it } from "vitest";

import type { AttemptFailure } from "../../src/core/adapter.ts";
import type { RetryOptions } from "../../src/retries/options.ts";
import { Retry } from "../../src/retries/retry.ts";

const connect: AttemptFailure = { kind: "connect", error: new Error("refused") };
const busy: AttemptFailure = { kind: "status", status: 503, retryAfter: null };
const context = { now: 0, random: 0 };

describe("a Retry", () => {
  it("has urllib3's defaults", () => {
    expect(new Retry().settings).toEqual({
      total: 10,
      connect: null,
      read: null,
      status: null,
      other: null,
      allowedMethods: new Set(["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "QUERY"]),
      statusForcelist: new Set(),
      backoffFactor: 0,
      backoffMax: 120_000,
      budget: 0.2,
      backoffJitter: 0,
      respectRetryAfterHeader: true,
      retryAfterMax: 120_000,
      raiseOnStatus: true,
    });
  });

  it("takes undefined as not given", () => {
    // The type does not allow it; programs without types do it.
    expect(new Retry({ total: undefined, statusForcelist: undefined }).settings).toEqual(
      new Retry().settings,
    );
  });

  it("does not change by a decision", () => {
    const policy = new Retry({ total: 1 });
    const first = policy.next("GET", connect, context);
    expect(policy.settings.total).toBe(1);
    expect(policy.history).toEqual([]);
    expect(policy.next("GET", connect, context)).toEqual(first);
  });

  it("brings the counts and the history for the next attempt", () => {
    const next = new Retry({ total: 5, connect: 3, status: 2 })
      .increment("GET", connect)
      ?.increment("PUT", busy);
    expect(next?.settings).toMatchObject({ total: 3, connect: 2, status: 1, read: null });
    expect(next?.history).toEqual([
      { method: "GET", failure: connect },
      { method: "PUT", failure: busy },
    ]);
  });

  it("keeps its other options from attempt to attempt", () => {
    const options = {
      statusForcelist: [500],
      allowedMethods: ["POST"],
      respectRetryAfterHeader: false,
      backoffMax: 7,
    };
    const next = new Retry(options).increment("GET", connect);
    expect(next?.settings).toEqual({ ...new Retry(options).settings, total: 9 });
  });

  it("gives a copy with some options changed", () => {
    const original = new Retry({ total: 3, backoffFactor: 5 });
    const next = original.increment("GET", connect)?.with({ total: 7 });
    expect(next?.settings).toMatchObject({ total: 7, backoffFactor: 5 });
    expect(next?.history).toHaveLength(1);
    expect(original.settings.total).toBe(3);
  });

  it("does not change with the list that it was given", () => {
    const statusForcelist = [500];
    const policy = new Retry({ statusForcelist });
    statusForcelist.push(503);
    expect(policy.next("GET", busy, context)).toEqual({ kind: "final" });
  });

  it("keeps its class when it is extended", () => {
    class OnlyConnections extends Retry {
      override isRetry(method: string, failure: AttemptFailure, hasRetryAfter: boolean): boolean {
        return failure.kind === "connect" && super.isRetry(method, failure, hasRetryAfter);
      }
    }
    const policy = new OnlyConnections({ statusForcelist: [503] });
    expect(policy.next("GET", busy, context)).toEqual({ kind: "final" });
    const again = policy.next("GET", connect, context);
    expect(again.kind === "again" && again.policy).toBeInstanceOf(OnlyConnections);
    expect(policy.with({ total: 1 })).toBeInstanceOf(OnlyConnections);
  });

  it("shows itself as text and as data", () => {
    const policy = new Retry({ total: 3, read: false, statusForcelist: [503] });
    expect(String(policy)).toBe("Retry(total=3, connect=null, read=false, status=null, other=null)");
    expect(JSON.parse(JSON.stringify(policy))).toMatchObject({
      total: 3,
      statusForcelist: [503],
      failures: 0,
    });
    expect(JSON.parse(JSON.stringify(new Retry({ allowedMethods: null })))).toMatchObject({
      allowedMethods: null,
    });
  });
});

describe("Retry.from", () => {
  it("makes a total of a number or false, and leaves a Retry alone", () => {
    const policy = new Retry();
    expect(Retry.from(policy)).toBe(policy);
    expect(Retry.from(3).settings.total).toBe(3);
    expect(Retry.from(0).settings.total).toBe(0);
    expect(Retry.from(false).settings.total).toBe(false);
  });

  it.for([
    ["3", TypeError, "retry must be a Retry, a number or false, not string"],
    [true, TypeError, "retry must be a Retry, a number or false, not boolean"],
    [null, TypeError, "retry must be a Retry, a number or false, not null"],
    [-1, RangeError, "Retry's total must be a whole number, 0 or more, false or null, not -1"],
  ] as const)("refuses %j", ([value, errorClass, message]) => {
    expect(() => Retry.from(value as number)).toThrow(new errorClass(message));
  });
});

describe("an option that is wrong", () => {
  it.for([
    [{ total: -1 }, RangeError, "Retry's total must be a whole number, 0 or more, false or null, not -1"],
    [{ total: 1.5 }, RangeError, "Retry's total must be a whole number, 0 or more, false or null, not 1.5"],
    [
      { total: Number.NaN },
      RangeError,
      "Retry's total must be a whole number, 0 or more, false or null, not NaN",
    ],
    [{ total: "3" }, TypeError, "Retry's total must be a whole number, 0 or more, false or null, not string"],
    [
      { total: true },
      TypeError,
      "Retry's total must be a whole number, 0 or more, false or null, not boolean",
    ],
    [{ status: false }, TypeError, "Retry's status must be a whole number, 0 or more, or null, not boolean"],
    [{ other: -2 }, RangeError, "Retry's other must be a whole number, 0 or more, or null, not -2"],
    [
      { backoffFactor: -1 },
      RangeError,
      "Retry's backoffFactor must be a number of milliseconds from 0 to 2147483647, not -1",
    ],
    [
      { backoffMax: "1" },
      TypeError,
      "Retry's backoffMax must be a number of milliseconds from 0 to 2147483647, not string",
    ],
    [{ backoffJitter: Number.NaN }, RangeError, "not NaN"],
    [
      { retryAfterMax: Infinity },
      RangeError,
      "Retry's retryAfterMax must be a number of milliseconds from 0 to 2147483647, not Infinity",
    ],
    [{ raiseOnStatus: 1 }, TypeError, "Retry's raiseOnStatus must be true or false, not number"],
    [
      { respectRetryAfterHeader: null },
      TypeError,
      "Retry's respectRetryAfterHeader must be true or false, not null",
    ],
    [
      { allowedMethods: "GET" },
      TypeError,
      "Retry's allowedMethods must be an array or a Set of methods, not string",
    ],
    [
      { allowedMethods: ["GET "] },
      TypeError,
      'each of Retry\'s allowedMethods must be the name of a method, not "GET "',
    ],
    [
      { allowedMethods: false },
      TypeError,
      "Retry's allowedMethods must be an array or a Set of methods, not boolean",
    ],
    [
      { statusForcelist: 503 },
      TypeError,
      "Retry's statusForcelist must be an array or a Set of statuses, not number",
    ],
    [
      { statusForcelist: ["503"] },
      TypeError,
      "each of Retry's statusForcelist must be a whole number from 100 to 999, not string",
    ],
    [
      { statusForcelist: [99] },
      RangeError,
      "each of Retry's statusForcelist must be a whole number from 100 to 999, not 99",
    ],
    [
      { statusForcelist: [1000] },
      RangeError,
      "each of Retry's statusForcelist must be a whole number from 100 to 999, not 1000",
    ],
    [{ redirect: 3 }, TypeError, 'Retry has no option "redirect"; redirects are counted by maxRedirects'],
    [
      { status_forcelist: [503] },
      TypeError,
      'Retry has no option "status_forcelist"; perhaps you meant statusForcelist?',
    ],
    [3, TypeError, "the options of Retry must be an object, not number"],
    [null, TypeError, "the options of Retry must be an object, not null"],
  ] as const)("is refused: %j", ([options, errorClass, message]) => {
    const make = (): Retry => new Retry(options as unknown as RetryOptions);
    expect(make).toThrow(errorClass);
    expect(make).toThrow(message);
  });
});

describe("a polluted Object.prototype", () => {
  afterEach(() => {
    Reflect.deleteProperty(Object.prototype, "statusForcelist");
  });

  it("does not change what is retried", () => {
    Object.defineProperty(Object.prototype, "statusForcelist", { value: [503], configurable: true });
    expect(new Retry().settings.statusForcelist.size).toBe(0);
  });
});
