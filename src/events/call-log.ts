/**
 * CallLog: one call of the program, and where its messages stand in it.
 */
import type { CookieVerdict } from "../core/cookie-store.ts";
import { printAs, shownUrl } from "../core/redact.ts";
import type {
  CallRecord,
  CookieFate,
  MessageOf,
  MessagePlace,
  MessageReason,
  Outcome,
} from "../core/records.ts";
import type { PreparedRequest } from "../core/request.ts";
import type { AnyResponse } from "../core/response.ts";
import type { CallWatch, MessageWatch } from "../core/watch.ts";
import { MessageLog, type MessageCall } from "./message-log.ts";
import { COMPLETE, endOf, type End } from "./outcome.ts";
import type { SessionEvents } from "./session-events.ts";

let calls = 0;
let messages = 0;

/** One call. */
export class CallLog implements CallWatch, MessageCall {
  readonly events: SessionEvents;
  signal: AbortSignal | null = null;
  readonly #id = ++calls;
  /** Does anybody want to hear of its end? */
  readonly tellsEnd: boolean;
  #method = "";
  #url = "";
  readonly #startedAt: number;
  readonly #began: number;
  #hop = 0;
  #attempt = 0;
  #sent = 0;
  #retries = 0;
  #reason: MessageReason = "call";
  /** The number of the last message. */
  #last = 0;
  #message: MessageLog | null = null;

  constructor(events: SessionEvents) {
    this.events = events;
    this.tellsEnd = events.hears("call");
    // To look at a clock is a part of what a call costs.
    this.#startedAt = this.tellsEnd ? Date.now() : 0;
    this.#began = this.tellsEnd ? performance.now() : 0;
  }

  /** What it asks for. @param signal the caller's own; `null` for none. */
  onRequest(
    { method, url }: { readonly method: string; readonly url: string },
    signal: AbortSignal | null,
  ): void {
    this.#method = method;
    this.#url = url;
    this.signal = signal;
  }

  begin(request: PreparedRequest, signal: AbortSignal | null): MessageWatch | null {
    if (signal?.aborted === true) return null;
    const reason = this.#reason;
    // For whatever is sent again without a word.
    this.#reason = "resend";
    return this.#next(request, reason);
  }

  take(request: PreparedRequest, reason: "auth" | "resend"): MessageWatch {
    const last = this.#message;
    if (last === null || last.isTaken) {
      const another = this.#next(request, reason);
      another.isTaken = true;
      return another;
    }
    last.take(request);
    return last;
  }

  #next(request: PreparedRequest, reason: MessageReason): MessageLog {
    this.#message = new MessageLog(request, reason, this);
    return this.#message;
  }

  place(reason: MessageReason): MessagePlace {
    this.#last = ++messages;
    return {
      id: this.#last,
      call: this.#id,
      hop: this.#hop,
      attempt: this.#attempt,
      resends: this.#sent++,
      reason,
    };
  }

  onRedirect({ status, url }: AnyResponse, next: PreparedRequest): void {
    this.#hop++;
    this.#attempt = 0;
    this.#reason = "redirect";
    if (!this.events.hears("redirect")) return;
    const to = shownUrl(next.url);
    this.events.tell("redirect", { ...this.#of, status, from: shownUrl(url), to, method: next.method });
  }

  onRetry({
    status,
    error,
    delayMs,
  }: {
    readonly status: number | null;
    readonly error: unknown;
    readonly delayMs: number;
  }): void {
    this.#attempt++;
    this.#retries++;
    this.#reason = "retry";
    if (this.events.hears("retry"))
      this.events.tell("retry", { ...this.#of, attempts: this.#attempt, status, error, delayMs });
  }

  onChallenge({ status, url }: AnyResponse, answered: number): void {
    this.#reason = "auth";
    if (this.events.hears("auth"))
      this.events.tell("auth", { ...this.#of, status, url: shownUrl(url), answered });
  }

  onCookies(request: PreparedRequest, verdicts: readonly CookieVerdict[]): void {
    if (!this.events.hears("cookie")) return;
    for (const verdict of verdicts)
      this.events.tell("cookie", { ...this.#of, url: shownUrl(request.url), ...fateOf(verdict) });
  }

  onHsts(kind: "upgraded" | "noted", host: string): void {
    if (this.events.hears("hsts")) this.events.tell("hsts", { call: this.#id, kind, host });
  }

  /** The program has its response. */
  onReply(reply: AnyResponse): void {
    this.#end(COMPLETE, reply.status);
  }

  /** It came to an error, or the caller gave up. */
  onFailure(error: unknown): void {
    this.#end(endOf(error, this.signal), null);
  }

  get #of(): MessageOf {
    return { call: this.#id, message: this.#last };
  }

  #end({ outcome, error }: End, status: number | null): void {
    this.#message = null;
    if (!this.tellsEnd) return;
    const call = new FinishedCall(this.#url, {
      id: this.#id,
      method: this.#method,
      startedAt: this.#startedAt,
      duration: performance.now() - this.#began,
      outcome,
      status,
      error,
      messages: this.#sent,
      redirects: this.#hop,
      retries: this.#retries,
    });
    this.events.tell("call", call);
  }
}

/** A call that is over. Its URL, without secrets, is made when somebody looks at it. */
class FinishedCall implements CallRecord {
  readonly id: number;
  readonly method: string;
  readonly startedAt: number;
  readonly duration: number;
  readonly outcome: Outcome;
  readonly status: number | null;
  readonly error: unknown;
  readonly messages: number;
  readonly redirects: number;
  readonly retries: number;
  /** With its secrets. */
  readonly #url: string;

  constructor(url: string, call: Omit<CallRecord, "url">) {
    this.#url = url;
    this.id = call.id;
    this.method = call.method;
    this.startedAt = call.startedAt;
    this.duration = call.duration;
    this.outcome = call.outcome;
    this.status = call.status;
    this.error = call.error;
    this.messages = call.messages;
    this.redirects = call.redirects;
    this.retries = call.retries;
  }

  get url(): string {
    return shownUrl(this.#url);
  }

  /** Plain data for a log: no secret in it. */
  toJSON(): Record<string, unknown> {
    return Object.fromEntries([...Object.entries(this), ["url", this.url]]);
  }

  static {
    printAs(this, (self, options, inspect) => `CallRecord ${inspect(self.toJSON(), options)}`);
  }
}

/** Never the value. */
function fateOf(verdict: CookieVerdict): CookieFate {
  switch (verdict.kind) {
    case "stored": {
      const { name, value: _, ...cookie } = verdict.cookie;
      return { kind: "stored", name, cookie };
    }
    case "deleted":
    case "refused":
      return verdict;
  }
}
