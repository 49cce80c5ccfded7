/**
 * Session: the front desk. Keeps defaults, the cookie jar, adapters and hooks; turns a call into an exchange and sends it
 * down the corridor.
 *
 * How requests are made is in `prepare/`, what happens to them in `pipeline/`, how they travel in `transport/`.
 *
 * May import: `core/`, rooms, `response/`, `environment/`, `transport/`, `pipeline/`. Not: `undici`.
 */
import type { Adapter } from "./core/adapter.ts";
import type { Auth, AuthOption } from "./core/auth-scheme.ts";
import { systemClock } from "./core/clock.ts";
import { describe } from "./core/describe.ts";
import { emptyEnvironment, type Environment } from "./core/environment.ts";
import { RequestException, SessionClosed } from "./core/errors.ts";
import { HeaderMap, type HeadersInit } from "./core/headers.ts";
import { noHooks, type Hooks } from "./core/hooks.ts";
import {
  CallPlan,
  type CookiesInit,
  Request,
  type RequestOptions,
  type SendInit,
  type SessionOptions,
  type Settings,
} from "./core/options.ts";
import { printAs } from "./core/redact.ts";
import { assertWhole, PreparedRequest } from "./core/request.ts";
import { isHttpLike, parseUrl, type Url } from "./core/url.ts";
import { ambientAuthOf } from "./auth/ambient.ts";
import { toAuth } from "./auth/from-option.ts";
import type { CookieJar } from "./cookies/jar.ts";
import { readEnvironment } from "./environment/read.ts";
import { schemeFor, signNow } from "./pipeline/auth.ts";
import { withCookies } from "./pipeline/cookies.ts";
import { corridor, type Surroundings } from "./pipeline/order.ts";
import type { Exchange, Reply, Send } from "./pipeline/stage.ts";
import {
  checkRequestOptions,
  checkSendOptions,
  checkSessionFields,
  checkSessionOption,
  checkSessionOptions,
  noRequestOptions,
  type CheckedRequestOptions,
} from "./prepare/check.ts";
import { mergeHooks } from "./prepare/hooks.ts";
import { mergeHeaders, mergeSettings, sessionSettings } from "./prepare/merge.ts";
import { prepare, targetOf } from "./prepare/prepare.ts";
import { mergeParams } from "./prepare/query.ts";
import { ResponsePromise } from "./response/promise.ts";
import type { Response } from "./response/response.ts";
import type { StreamedResponse } from "./response/streamed.ts";
import { RetryBudgets } from "./retries/budget.ts";
import { toPolicy } from "./retries/from-option.ts";
import { headersAbroad, isWithin, settingsAbroad, settingsAgain } from "./session-border.ts";
import {
  cookiesFor,
  defaultHeaders,
  idempotencyKeyFor,
  jarOf,
  randomBoundary,
  sessionFacts,
  trusted,
} from "./session-defaults.ts";
import { SessionFields } from "./session-fields.ts";
import { KeptSettings } from "./session-settings.ts";
import { calledHere, callSite } from "./session-trace.ts";
import { HttpAdapter } from "./transport/http-adapter.ts";
import { Mounts } from "./transport/mounts.ts";
import type { Answered, Streaming } from "./verbs.ts";

/**
 * A browser tab for a program: remembers cookies, keeps connections warm, and applies its headers, parameters, auth,
 * proxies and TLS settings to every request made through it.
 *
 * Its fields may be changed at any time; requests made afterwards see the change. Close it when done: `await using`.
 */
export class Session extends SessionFields implements AsyncDisposable {
  #headers: HeaderMap;
  #cookies: CookieJar;
  #baseUrl: Url | null;
  #environment: Environment | null = null;
  #auth: { readonly option: AuthOption | undefined; readonly auth: Auth | null | undefined } | null = null;
  readonly #kept = new KeptSettings();
  #closed = false;
  readonly #mounts = new Mounts();
  readonly #world: Surroundings;
  readonly #pipeline: Send;

  /** @throws {TypeError | RangeError} for an unknown option or a value that it cannot have. */
  constructor(options: SessionOptions = {}) {
    const given = checkSessionOptions(options);
    super(given);
    this.#headers = mergeHeaders(defaultHeaders(), given.headers);
    this.#baseUrl = given.baseUrl == null ? null : parseUrl(String(given.baseUrl));
    this.#cookies = jarOf(given.cookies, this.#baseUrl);
    this.#mounts.mount("https://", new HttpAdapter());
    this.#mounts.mount("http://", new HttpAdapter());
    this.#world = {
      clock: systemClock,
      random: Math.random,
      budgets: new RetryBudgets(),
      adapterFor: (url) => this.#mounts.find(url),
      ambientAuth: (url) => ambientAuthOf(url, this.#env().netrc),
    };
    this.#pipeline = corridor(this.#world);
  }

  /** Sent with each request, under its own. Assigning replaces all of them, the defaults too. */
  get headers(): HeaderMap {
    return this.#headers;
  }

  set headers(init: HeadersInit | null) {
    this.#headers = new HeaderMap(init);
  }

  /** The jar. Assigning takes a jar, names and values, or `false` for a jar that takes no cookies from servers. */
  get cookies(): CookieJar {
    return this.#cookies;
  }

  set cookies(init: CookiesInit | false | null) {
    checkSessionOption("cookies", init);
    this.#cookies = jarOf(init, this.#baseUrl);
  }

  /** Relative URLs are resolved against it; `null` for none. */
  get baseUrl(): string | null {
    return this.#baseUrl?.href ?? null;
  }

  set baseUrl(url: string | URL | null) {
    checkSessionOption("baseUrl", url);
    this.#baseUrl = url == null ? null : parseUrl(String(url));
  }

  /**
   * Sends a request.
   *
   * @param method any token of RFC 9110; sent in upper case.
   * @param url absolute, or relative to `baseUrl`.
   * @throws {TypeError | RangeError} for an unknown option or a value that it cannot have, before anything is sent.
   * @throws {RequestException} whatever goes wrong with the request.
   * @throws `signal.reason`, as it is, when the caller's signal aborts.
   */
  request(method: string, url: string | URL, options: Streaming): ResponsePromise<StreamedResponse>;
  request(method: string, url: string | URL, options?: RequestOptions): ResponsePromise<Response>;
  request(method: string, url: string | URL, options?: RequestOptions): Answered {
    return new ResponsePromise<Response>((resolve, reject) => {
      // What comes is a StreamedResponse exactly when `stream` says so: the overloads tell the caller.
      this.#call({ method, url, options }, resolve as Resolve, reject);
    });
  }

  /**
   * Makes a request ready to be sent, with everything that the session adds: `Cookie` and `Authorization` too. Sending it
   * sends exactly what it shows. Auth that has to wait (a function returning a promise) signs when the request is sent.
   *
   * @throws {TypeError | RangeError | RequestException} when something about the request is wrong.
   */
  prepareRequest(request: Request): PreparedRequest {
    if (!(request instanceof Request))
      throw new TypeError(`prepareRequest() takes a Request, not ${describe(request)}`);
    const exchange = this.#exchange(request.method, request.url, checkRequestOptions(request.options));
    const prepared = withCookies(exchange, this.#world.clock.now());
    const scheme = schemeFor(exchange, this.#world);
    const signed = scheme === null ? prepared : signNow(scheme, prepared);
    return (signed ?? prepared).with({ dressed: signed !== null });
  }

  /**
   * Sends a prepared request, on its first hop exactly as it is. Headers, cookies, auth and hooks of the session are not
   * added (PARITY SES-23): `prepareRequest()` did. Hooks in `options` run after those of the request.
   *
   * @throws {TypeError} for an option that the request has taken up already, such as `headers`; as {@link request}.
   */
  send(
    request: PreparedRequest,
    options: SendInit & { readonly stream: true },
  ): ResponsePromise<StreamedResponse>;
  send(request: PreparedRequest, options?: SendInit): ResponsePromise<Response>;
  send(request: PreparedRequest, options?: SendInit): Answered {
    return ResponsePromise.of(this.#sendPrepared(request, options) as Promise<Response>);
  }

  /** Adapters by prefix, in the order in which they are asked: longest prefix first. */
  get adapters(): ReadonlyMap<string, Adapter> {
    return this.#mounts.adapters;
  }

  /**
   * Sends requests whose URL begins with `prefix` through `adapter`. The longest prefix wins; a host in a prefix is a whole
   * host: `https://example.com` is not a prefix of `https://example.com.evil.test` (PARITY SES-26, SEC-16).
   *
   * @throws {TypeError} when `prefix` is no string or `adapter` has no `send()` and `close()`.
   */
  mount(prefix: string, adapter: Adapter): this {
    this.#mounts.mount(prefix, adapter);
    return this;
  }

  /** The adapter for a URL. @throws {InvalidSchema} when there is none. */
  getAdapter(url: string | URL): Adapter {
    return this.#mounts.find(String(url));
  }

  /**
   * Closes all connections. Requests under way fail with {@link SessionClosed}, and so do later ones; only a body that is
   * being streamed is left to be read, and its connection ends with it. Settings and cookies stay readable. Safe to call
   * twice.
   */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...new Set(this.#mounts.adapters.values())].map((adapter) => adapter.close()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Plain data for a log: no secret in it. Cookies by name only. */
  toJSON(): Record<string, unknown> {
    return sessionFacts(this, this.#closed);
  }

  static {
    printAs(this, (self, options, inspect) => `Session ${inspect(self.toJSON(), options)}`);
  }

  /** No promise of its own: it is on the path of every request. What it throws rejects the promise of the caller. */
  #call(call: Call, resolve: Resolve, reject: (error: unknown) => void): void {
    const given = checkRequestOptions(call.options);
    let exchange: Exchange;
    try {
      this.#assertOpen();
      exchange = this.#exchange(call.method, call.url, given);
    } catch (error) {
      // Nothing was prepared: what was asked for is all there is to tell (PARITY EXC-22).
      if (error instanceof RequestException)
        error.annotate({ request: { method: call.method, url: String(call.url) } });
      const hooks = mergeHooks(mergeHooks(noHooks, this.hooks), given.hooks);
      reported(error, null, hooks).then(reject, reject);
      return;
    }
    this.#pipeline(exchange).then(resolve, (error: unknown) => {
      reported(error, exchange.request, exchange.settings.hooks).then(reject, reject);
    });
  }

  async #sendPrepared(request: PreparedRequest, options?: SendInit): Promise<Response | StreamedResponse> {
    if (!(request instanceof PreparedRequest)) {
      throw new TypeError(
        `send() takes a PreparedRequest, not ${describe(request)}: call prepareRequest() first`,
      );
    }
    assertWhole(request);
    const given = checkSendOptions(options);
    const plan = request.plan instanceof CallPlan ? request.plan : null;
    const settings = this.#settings(
      given,
      this.#isHome(isHttpLike(request.url) ? request.parsed : request.url),
    );
    const hooks = mergeHooks(plan?.settings.hooks ?? noHooks, given.hooks);
    const exchange: Exchange = {
      request: plan === null ? request.with({ dressed: true }) : calledHere(request, plan, settings.stream),
      settings: { ...settingsAgain(settings, plan, given), hooks },
      cookies: plan?.cookies ?? this.#cookies,
      signal: null,
    };
    try {
      this.#assertOpen();
      return await this.#pipeline(exchange);
    } catch (error) {
      throw await reported(error, exchange.request, exchange.settings.hooks);
    }
  }

  #exchange(method: string, url: string | URL, options: CheckedRequestOptions): Exchange {
    const rawUrl = options.rawUrl ?? this.rawUrl ?? false;
    const target = targetOf(url, this.#baseUrl, rawUrl);
    const isHome = this.#isHome(target);
    const settings = this.#settings(options, isHome);
    const prepared = prepare({
      method,
      target,
      headers: mergeHeaders(isHome ? this.#headers : headersAbroad(this.#headers), options.headers),
      query: mergeParams(isHome ? this.params : null, options.params),
      options,
      boundary: randomBoundary,
      idempotencyKey: idempotencyKeyFor(
        method,
        options.idempotencyKey === undefined ? this.idempotencyKey : options.idempotencyKey,
      ),
      expectsContinue: settings.expectContinueMs !== null,
    });
    const cookies = cookiesFor(prepared, this.#cookies, options.cookies);
    prepared.plan = new CallPlan(settings, cookies, settings.stream ? callSite() : null);
    return { request: prepared, settings, cookies, signal: null };
  }

  #settings(options: CheckedRequestOptions, isHome: boolean = true): Settings {
    const ours = this.#kept.get(this, () => {
      checkSessionFields(this);
      return sessionSettings(this, { auth: this.#sessionAuth(), retry: toPolicy(this.retry) }, this.#env());
    });
    const base = isHome ? ours : settingsAbroad(ours);
    if (options === noRequestOptions) return base;
    const auth = options.auth === undefined ? undefined : toAuth(options.auth);
    return mergeSettings(base, options, { auth, retry: toPolicy(options.retry) }, this.#env());
  }

  /** May the session's secrets go there? */
  #isHome(target: Url | string): boolean {
    return this.#baseUrl === null || isWithin(this.#baseUrl, target);
  }

  /** Made once for each value of `auth`: a scheme may remember things, such as a nonce. */
  #sessionAuth(): Auth | null | undefined {
    if (this.#auth === null || this.#auth.option !== this.auth) {
      this.#auth = { option: this.auth, auth: this.auth === undefined ? undefined : toAuth(this.auth) };
    }
    return this.#auth.auth;
  }

  #env(): Environment {
    this.#environment ??=
      this.trustEnv === false ? emptyEnvironment : readEnvironment(process.env, trusted(this.trustEnv));
    return this.#environment;
  }

  #assertOpen(): void {
    if (this.#closed) throw new SessionClosed("the session is closed; make a new one");
  }
}

type Resolve = (reply: Reply) => void;

/** What a caller asks for. */
interface Call {
  readonly method: string;
  readonly url: string | URL;
  readonly options: RequestOptions | undefined;
}

/** What the error hooks hear; they change nothing. */
async function reported(error: unknown, request: PreparedRequest | null, hooks: Hooks): Promise<unknown> {
  if (!(error instanceof RequestException)) return error;
  error.annotate({ request });
  for (const hook of hooks.error) await hook(error);
  return error;
}
