/**
 * Explanation: what `session.explain()` gives. Data with the secrets hidden; the same with them for who asks; text for people.
 */
import { printAs } from "../core/redact.ts";
import type { PreparedRequest } from "../core/request.ts";
import type {
  Dropped,
  Explained,
  ExplainedAdapter,
  ExplainedAuth,
  ExplainedCookies,
  ExplainedHeader,
  ExplainedHook,
  ExplainedHsts,
  ExplainedParam,
  ExplainedProxy,
  ExplainedRedirects,
  ExplainedSetting,
  ExplainedTimeouts,
  ExplainedTls,
  ExplanationData,
} from "./data.ts";
import { textOf } from "./text.ts";

/**
 * Why a request is sent as it is: each option, header and cookie with who said so. `String(why)` is text for people, `why.toJSON()`
 * data for a log; neither has a secret in it. It tells of the moment in which it was asked for, and stays as it is.
 */
export class Explanation implements ExplanationData {
  /**
   * The request, prepared as `session.prepareRequest()` prepares it, with `https:` where HSTS asks for it. Auth that has to be asked
   * has not signed it.
   */
  readonly request: PreparedRequest;
  /** The method. */
  readonly method: string;
  /** The URL that is asked, without user info, and without the values of parameters that look secret. */
  readonly url: string;
  /** The header fields as they are sent, in the order of HTTP/1.1. */
  readonly headers: readonly ExplainedHeader[];
  /** The query, in its order. */
  readonly params: readonly ExplainedParam[];
  /** The cookies, those that are not sent as well. */
  readonly cookies: ExplainedCookies;
  /** Who signs. */
  readonly auth: ExplainedAuth;
  /** What would go along, and does not. */
  readonly dropped: readonly Dropped[];
  /** The proxy, and why it is that one. */
  readonly proxy: ExplainedProxy;
  /** TLS to the server. */
  readonly tls: ExplainedTls;
  /** The time limits. */
  readonly timeouts: ExplainedTimeouts;
  /** What happens at a redirect. */
  readonly redirects: ExplainedRedirects;
  /** The policy for retries. */
  readonly retry: Explained;
  /** The adapter. */
  readonly adapter: ExplainedAdapter;
  /** Whether HSTS changed the URL. */
  readonly hsts: ExplainedHsts;
  /** Hooks that would be called; what they would do nobody knows. */
  readonly hooks: readonly ExplainedHook[];
  /** A line for each option that there is. */
  readonly settings: readonly ExplainedSetting[];
  /** What one may not expect, in sentences. */
  readonly warnings: readonly string[];
  readonly #hidden: ExplanationData;
  readonly #revealed: ExplanationData;

  /** @internal @param hidden what it says, and `revealed` the same with the secrets. */
  constructor(request: PreparedRequest, hidden: ExplanationData, revealed: ExplanationData) {
    this.request = request;
    this.method = hidden.method;
    this.url = hidden.url;
    this.headers = hidden.headers;
    this.params = hidden.params;
    this.cookies = hidden.cookies;
    this.auth = hidden.auth;
    this.dropped = hidden.dropped;
    this.proxy = hidden.proxy;
    this.tls = hidden.tls;
    this.timeouts = hidden.timeouts;
    this.redirects = hidden.redirects;
    this.retry = hidden.retry;
    this.adapter = hidden.adapter;
    this.hsts = hidden.hsts;
    this.hooks = hidden.hooks;
    this.settings = hidden.settings;
    this.warnings = hidden.warnings;
    this.#hidden = hidden;
    this.#revealed = revealed;
  }

  /** All of it as plain data, **with** secrets: values of headers, cookies and parameters, user info, bodies. */
  reveal(): ExplanationData {
    return structuredClone(this.#revealed);
  }

  /** All of it as plain data for a log: no secret in it. */
  toJSON(): ExplanationData {
    return structuredClone(this.#hidden);
  }

  /** For people: a line an item, its source in brackets, at most 100 columns wide. No secret in it. */
  toString(): string {
    return textOf(this.#hidden);
  }

  static {
    printAs(this, (self) => self.toString());
  }
}
