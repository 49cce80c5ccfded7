/**
 * Hooks: what a caller may observe or replace, and when. The session's run first, then the request's.
 */
import type { InterimResponse } from "./adapter.ts";
import type { CookieRefusal } from "./cookie-store.ts";
import type { Attempt, RequestException } from "./errors.ts";
import type { PreparedRequest } from "./request.ts";
import type { AnyResponse } from "./response.ts";

/** The events, and the signature of each one's hooks. */
export interface HookFunctions {
  /** Before each hop is sent. May change the request, or return another one to be sent instead. */
  readonly request: (request: PreparedRequest) => PreparedRequest | void | Promise<PreparedRequest | void>;
  /** After each hop, before a redirect is followed. May change the response, or return another one in its place. */
  readonly response: (response: AnyResponse) => AnyResponse | void | Promise<AnyResponse | void>;
  /** Before a redirect is followed: the response, and the request that comes next. May return another request. */
  readonly redirect: (
    response: AnyResponse,
    next: PreparedRequest,
  ) => PreparedRequest | void | Promise<PreparedRequest | void>;
  /** Before a request is sent again. May not change anything. */
  readonly retry: (attempt: Attempt, request: PreparedRequest) => void | Promise<void>;
  /** When a call fails, be it in preparing. May not change anything; the error is thrown afterwards. */
  readonly error: (error: RequestException) => void | Promise<void>;
  /**
   * When an interim response comes, such as `103 Early Hints`: at once, before the response. May not change anything. The
   * response waits for what it promises.
   */
  readonly informational: (interim: InterimResponse, request: PreparedRequest) => void | Promise<void>;
  /** When the jar refused a `Set-Cookie` of a response. May not change anything. */
  readonly cookieRefused: (refusal: CookieRefusal, request: PreparedRequest) => void | Promise<void>;
}

/** Name of an event. */
export type HookEvent = keyof HookFunctions;

/** One hook or several for each event. */
export type HooksInit = {
  readonly [Event in HookEvent]?: HookFunctions[Event] | readonly HookFunctions[Event][] | null;
};

/** Every event has its list; most are empty. */
export type Hooks = { readonly [Event in HookEvent]: readonly HookFunctions[Event][] };

/** No hooks at all: shared, so that "nothing to do" is one comparison. */
export const noHooks: Hooks = {
  request: [],
  response: [],
  redirect: [],
  retry: [],
  error: [],
  informational: [],
  cookieRefused: [],
};

/** The events there are. */
export const hookEvents: readonly HookEvent[] = Object.keys(noHooks) as HookEvent[]; // it has all of them, and no other key
