/** The stage that sends again: what it waits, what it counts, which policy it asks. The clock stands still. */
import { describe, expect, it } from "vitest";

import { bytesBody, factoryBody, rawBody, type Body } from "../../src/core/body.ts";
import type { RetryPolicy } from "../../src/core/adapter.ts";
import type { Clock } from "../../src/core/clock.ts";
import { ConnectionError, ConnectTimeout, ReadTimeout, SSLError } from "../../src/core/errors.ts";
import { HeaderMap } from "../../src/core/headers.ts";
import type { Settings } from "../../src/options/settings.ts";
import { PreparedRequest } from "../../src/core/request.ts";
import { CookieJar } from "../../src/cookies/jar.ts";
import { initial } from "../../src/options/table.ts";
import { retries } from "../../src/pipeline/retries.ts";
import { compose, type Exchange, type Reply } from "../../src/pipeline/stage.ts";
import { RetryBudgets } from "../../src/retries/budget.ts";
import { Retry } from "../../src/retries/retry.ts";
import { rejection } from "../support/messages.ts";
import { read } from "../support/responses.ts";

/** What is sent, and what comes of each sending: a status with its headers, or an error. */
interface Course {
  readonly retry?: Settings["retry"];
  /** What the adapter says of retries. */
  readonly adapter?: Retry | number | null;
  readonly method?: string;
  readonly payload?: Body | null;
  readonly random?: number;
  readonly budgets?: RetryBudgets;
  readonly outcomes: readonly (readonly [status: number, headers?: Record<string, string>] | Error)[];
}

interface Ran {
  readonly reply: Promise<Reply>;
  /** The pauses, in milliseconds. */
  readonly slept: number[];
  /** How often it was sent. */
  readonly sent: () => number;
}

const NOW = Date.UTC(2030, 0, 1);

/** Runs a call through the stage alone. The last outcome stands for all later ones. */
function run({ retry, adapter = null, method = "GET", payload = null, random = 0, ...rest }: Course): Ran {
  const { outcomes, budgets = new RetryBudgets() } = rest;
  const slept: number[] = [];
  let sent = 0;
  const clock: Clock = {
    now: () => NOW,
    monotonic: () => 0,
    sleep: async (ms) => void slept.push(ms),
  };
  const stage = retries({
    clock,
    random: () => random,
    budgets,
    adapterFor: () => ({
      maxRetries: adapter,
      send: async () => await Promise.reject(),
      close: async () => {},
    }),
  });
  const send = compose([stage], async ({ request }) => {
    // As it is when a server has seen it.
    if (request.payload?.kind === "stream") for await (const _ of request.payload.open());
    const outcome = outcomes[Math.min(sent++, outcomes.length - 1)] ?? new Error("nothing to come");
    if (outcome instanceof Error) throw outcome;
    return read({ status: outcome[0], headers: outcome[1] ?? {} });
  });
  const request = new PreparedRequest({ method, url: "http://a.test/", headers: new HeaderMap(), payload });
  const exchange: Exchange = {
    request,
    cookies: new CookieJar(),
    signal: null,
    settings: { ...initial, retry },
  };
  return { reply: send(exchange), slept, sent: () => sent };
}

const listed = { total: 5, statusForcelist: [500, 503] };

describe("the pause before a retry", () => {
  it.for([
    ["nothing at first, then doubles", { backoffFactor: 100 }, 0, undefined, [200, 400, 800]],
    ["jitter beside that", { backoffFactor: 100, backoffJitter: 50 }, 0.5, undefined, [225, 425, 825]],
    ["no more than backoffMax", { backoffFactor: 100, backoffMax: 300 }, 0, undefined, [200, 300, 300]],
    ["the seconds of Retry-After", { backoffFactor: 100 }, 0, "3", [3000, 3000, 3000, 3000]],
    [
      "what is left to the date of Retry-After",
      {},
      0,
      new Date(NOW + 7000).toUTCString(),
      [7000, 7000, 7000, 7000],
    ],
    [
      "its own when Retry-After is not respected",
      { backoffFactor: 100, respectRetryAfterHeader: false },
      0,
      "3",
      [200, 400, 800],
    ],
  ] as const)("is %s", async ([, options, random, retryAfter, pauses]) => {
    const busy = [503, retryAfter === undefined ? {} : { "Retry-After": retryAfter }] as const;
    const retry = new Retry({ ...listed, ...options });
    const { reply, slept } = run({ retry, random, outcomes: [busy, busy, busy, busy, [200]] });
    expect((await reply).status).toBe(200);
    expect(slept).toEqual(pauses);
    expect((await reply).attempts.map(({ delayMs }) => delayMs).filter((ms) => ms > 0)).toEqual(pauses);
  });

  it("is not made when the server asks for more than retryAfterMax: the response is the result", async () => {
    const busy = [503, { "Retry-After": "121" }] as const;
    const { reply, slept, sent } = run({ retry: new Retry(listed), outcomes: [busy, [200]] });
    expect((await reply).status).toBe(503);
    expect([slept, sent()]).toEqual([[], 1]);
  });
});

describe("an attempt that fails", () => {
  const failures = {
    refused: () => new ConnectionError("refused", { phase: "connect" }),
    reset: () => new ConnectionError("reset", { phase: "head" }),
    unconnected: () => new ConnectTimeout("late", { phase: "connect", limitMs: 1 }),
    late: () => new ReadTimeout("late", { phase: "head", limitMs: 1 }),
    untrusted: () => new SSLError("not to be trusted"),
  };

  it.for([
    // failure      method  counted as  sent in all
    ["refused", "GET", "connect", 2],
    ["refused", "POST", "connect", 2],
    ["unconnected", "POST", "connect", 2],
    ["reset", "PUT", "read", 2],
    ["reset", "POST", "read", 1],
    ["late", "GET", "read", 2],
    ["late", "POST", "read", 1],
    ["untrusted", "GET", "other", 2],
    ["untrusted", "POST", "other", 1],
  ] as const)("%s, with %s, counts as %s: sent %i times", async ([failure, method, count, times]) => {
    const error = failures[failure]();
    const retry = new Retry({ total: null, connect: 0, read: 0, other: 0, [count]: 1 });
    const { reply, sent } = run({ retry, method, outcomes: [error] });
    expect(await rejection(reply)).toBe(error);
    expect(sent()).toBe(times);
    expect(error.attempts).toHaveLength(times - 1);
  });

  it("is sent again with a body that can be read again, and only then", async () => {
    const once = rawBody(
      (async function* () {
        yield "x";
      })(),
    );
    const bodies = [
      [bytesBody(Buffer.from("x")), 2],
      [factoryBody(() => "x"), 2],
      [once, 1],
    ] as const;
    for (const [payload, times] of bodies) {
      const { reply, sent } = run({
        retry: new Retry(listed),
        method: "PUT",
        payload,
        outcomes: [[503], [200]],
      });
      await reply;
      expect(sent()).toBe(times);
    }
  });
});

describe("the policy that is asked", () => {
  it.for([
    // of the call   of the adapter  sent in all
    [undefined, 2, 3],
    [undefined, null, 1],
    [new Retry({ total: 1 }), 4, 2],
    [null, 4, 1],
  ] as const)("%s of the call and %s of the adapter: sent %i times", async ([retry, adapter, times]) => {
    const refused = new ConnectionError("refused", { phase: "connect" });
    const { reply, sent } = run({ retry, adapter, outcomes: [refused] });
    expect(await rejection(reply)).toBe(refused);
    expect(sent()).toBe(times);
  });
});

describe("the budget of an origin", () => {
  it("bounds the retries of all calls together; what is over it ends as a used-up count does", async () => {
    const budgets = new RetryBudgets();
    const retry = new Retry({ ...listed, total: 3, budget: { ratio: 0.1, perSecond: 1 } });
    let sent = 0;
    for (let at = 0; at < 200; at++) {
      const course = run({ retry, budgets, outcomes: [[503]] });
      await course.reply.catch(() => undefined);
      sent += course.sent();
    }
    const again = sent - 200;
    expect(again).toBe(10 + 200 * 0.1);
  });
});

describe("a policy of one's own", () => {
  it.for([Number.NaN, -1, 2 ** 31, Infinity, "5", undefined])("cannot wait for %s", async (delayMs) => {
    const refused = new ConnectionError("refused", { phase: "connect" });
    const policy = { next: () => ({ kind: "again", delayMs, policy }) } as unknown as RetryPolicy;
    const { reply, sent } = run({ retry: policy, outcomes: [refused] });
    const error = await rejection(reply);
    expect(error).toBeInstanceOf(typeof delayMs === "number" ? RangeError : TypeError);
    expect((error as Error).message).toMatch(
      /^delayMs of a retry must be a number of milliseconds from 0 to 2147483647, not /,
    );
    expect(sent()).toBe(1);
  });
});
