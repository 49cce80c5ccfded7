/**
 * Stage: sends again what failed, as the policy says: one turn of the loop per attempt.
 */
import { mustBe, mustReturn, outside } from "../core/checks.ts";
import { misuse } from "../core/caller.ts";
import { unlessAborted } from "../core/abort.ts";
import type { AttemptFailure, RetryDecision, RetryPolicy } from "../core/adapter.ts";
import { isReplayable } from "../core/body.ts";
import { LONGEST_MS } from "../core/clock.ts";
import {
  AddressRefused,
  ConnectionError,
  ConnectTimeout,
  HeadersTooLarge,
  InvalidHeader,
  ReadTimeout,
  RequestException,
  RetryError,
  SSLError,
  type Attempt,
} from "../core/errors.ts";
import { bareUrl } from "../core/redact.ts";
import type { PreparedRequest } from "../core/request.ts";
import { budgetOf } from "../retries/budget.ts";
import { toPolicy } from "../retries/from-option.ts";
import { oneMore, type Exchange, type Reply, type Send, type Stage, type Surroundings } from "./stage.ts";

/** What the stage needs of the world. */
export type RetrySurroundings = Pick<Surroundings, "clock" | "random" | "adapterFor" | "budgets">;

/** Sends again as the policy says. Without one the exchange goes on as it is. */
export function retries(world: RetrySurroundings): Stage {
  return {
    down(exchange: Exchange, next: Send) {
      const { retry = world.adapterFor(exchange.request.url).maxRetries } = exchange.settings;
      const policy = retry == null ? null : toPolicy(retry);
      if (policy != null) return attempts(world, policy, exchange, next);
      // A request without a policy is traffic all the same, of which the retries of others may be a share.
      if (world.budgets.isUsed) begin(world, null, exchange.request);
      return exchange;
    },
  };
}

async function attempts(
  world: RetrySurroundings,
  first: RetryPolicy,
  original: Exchange,
  next: Send,
): Promise<Reply> {
  const past: Attempt[] = [];
  let policy = first;
  let exchange = original;
  begin(world, first, original.request);
  for (;;) {
    const outcome = await attempt(next, exchange);
    const { request } = exchange;
    const decision = decide(world, policy, request, outcome);
    if (decision.kind === "final") return finish(outcome, past);
    if (decision.kind === "exhausted" || decision.kind === "overspent") {
      const isOverspent = decision.kind === "overspent";
      if (isOverspent) past.push({ ...recordOf(outcome, request, 0), reason: "budget" });
      // fetch never rejects for a status: the last response is the answer.
      const isAnswer = !decision.raise || exchange.settings.contract === "fetch";
      if (isAnswer || outcome.kind === "error") return finish(outcome, past);
      await outcome.response.loadHop(exchange.settings.maxDrainBytes);
      throw usedUp(outcome.response, past, isOverspent ? "budget" : "count");
    }
    if (outcome.kind === "response") await outcome.response.loadHop(exchange.settings.maxDrainBytes);
    const record = recordOf(outcome, request, decision.delayMs);
    past.push(record);
    for (const hook of exchange.settings.hooks.retry)
      await unlessAborted(hook(record, request), exchange.signal);
    exchange.settings.watch?.onRetry(record);
    if (decision.delayMs > 0) await world.clock.sleep(decision.delayMs, exchange.signal);
    ({ policy } = decision);
    exchange = oneMore(exchange);
  }
}

const FINAL: RetryDecision = { kind: "final" };

/** Counts a request that begins: the budget of its origin grows by it. */
function begin(world: RetrySurroundings, policy: RetryPolicy | null, { origin }: PreparedRequest): void {
  if (origin === null) return;
  const budget = policy?.budget == null ? null : budgetOf(policy.budget);
  if (budget !== null || world.budgets.isUsed) world.budgets.begin(origin, budget, world.clock.monotonic());
}

/** A policy's decision, or that the budget of the origin has nothing left for it. */
type Verdict = RetryDecision | { readonly kind: "overspent"; readonly raise: boolean };

function decide(
  world: RetrySurroundings,
  policy: RetryPolicy,
  request: PreparedRequest,
  outcome: Outcome,
): Verdict {
  const failure = attemptFailure(outcome);
  if (failure === null || !isReplayable(request.payload)) return FINAL;
  const context = { now: world.clock.now(), random: world.random() };
  const decision = checkedDecision(policy.next(request.method, failure, context));
  const { origin } = request;
  if (decision.kind !== "again" || policy.budget == null || origin === null) return decision;
  // Taken when it is decided, and never given back.
  return world.budgets.take(origin, budgetOf(policy.budget), world.clock.monotonic())
    ? decision
    : { kind: "overspent", raise: decision.raise ?? true };
}

function recordOf(outcome: Outcome, { method, url }: PreparedRequest, delayMs: number): Attempt {
  return {
    method,
    url: bareUrl(url),
    status: outcome.kind === "response" ? outcome.response.status : null,
    error: outcome.kind === "error" ? outcome.error : null,
    delayMs,
  };
}

/** Policies are written by everybody. @throws {TypeError} for an answer that is no decision. */
function checkedDecision(decision: RetryDecision): RetryDecision {
  const { kind }: { readonly kind?: unknown } = decision ?? {};
  if (kind === "final" || kind === "exhausted") return decision;
  if (decision?.kind === "again" && typeof decision.policy?.next === "function") {
    const { delayMs }: { readonly delayMs: unknown } = decision;
    // Timers count no further, and take what is no number for "at once".
    if (typeof delayMs === "number" && delayMs >= 0 && delayMs <= LONGEST_MS) return decision;
    const allowed = `a number of milliseconds from 0 to ${LONGEST_MS}`;
    const name = "delayMs of a retry";
    throw misuse(
      typeof delayMs === "number" ? outside(name, allowed, delayMs) : mustBe(name, allowed, delayMs),
    );
  }
  const allowed = '{ kind: "again", delayMs, policy }, "final" or "exhausted"';
  throw mustReturn("next() of a retry policy", allowed, decision);
}

type Outcome =
  | { readonly kind: "response"; readonly response: Reply }
  | { readonly kind: "error"; readonly error: RequestException };

async function attempt(next: Send, exchange: Exchange): Promise<Outcome> {
  try {
    return { kind: "response", response: await next(exchange) };
  } catch (error) {
    // What the caller threw or aborted with is not a failure of the network.
    if (!(error instanceof RequestException) || exchange.signal?.aborted === true) throw error;
    return { kind: "error", error };
  }
}

/** Sorts an outcome as urllib3 does; `null` is none that a policy is asked about. */
function attemptFailure(outcome: Outcome): AttemptFailure | null {
  if (outcome.kind === "response") {
    return {
      kind: "status",
      status: outcome.response.status,
      retryAfter: outcome.response.headers.get("retry-after"),
    };
  }
  const { error } = outcome;
  // The next attempt would be told the same.
  if (error instanceof AddressRefused || error instanceof HeadersTooLarge) return null;
  if (error instanceof SSLError || error instanceof InvalidHeader) return { kind: "other", error };
  if (error instanceof ConnectTimeout) return { kind: "connect", error };
  if (error instanceof ReadTimeout) return { kind: "read", error };
  if (error instanceof ConnectionError)
    return { kind: error.phase === "connect" ? "connect" : "read", error };
  return null;
}

function finish(outcome: Outcome, past: readonly Attempt[]): Reply {
  if (outcome.kind === "error")
    throw past.length === 0 ? outcome.error : outcome.error.annotate({ attempts: past });
  return past.length === 0 ? outcome.response : outcome.response.withAttempts(past);
}

function usedUp(response: Reply, past: readonly Attempt[], reason: RetryError["reason"]): RetryError {
  const what =
    reason === "budget"
      ? ", and the retry budget of the origin is used up"
      : ` after ${past.length + 1} attempts`;
  return new RetryError(`status ${response.status}${what}`, {
    request: response.request,
    response: response.withAttempts(past),
    attempts: past,
    phase: "head",
    reason,
  });
}
