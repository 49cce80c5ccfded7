/**
 * Session: the front desk. Keeps defaults, the cookie jar, adapters and hooks; turns a call into an exchange and sends it
 * down the corridor.
 *
 * How requests are made is in `prepare/`, what happens to them in `pipeline/`, how they travel in `transport/`.
 */
import { unlessAborted } from "../core/abort.ts";
import type { Adapter } from "../core/adapter.ts";
import { parseBaseUrl } from "../core/base-url.ts";
import { isOurs, showCaller, showCallerOfOurs } from "../core/caller.ts";
import { Alarm, alarmed, systemClock } from "../core/clock.ts";
import { mustBe } from "../core/checks.ts";
import { emptyEnvironment, type Environment, type NetrcFile } from "../core/environment.ts";
import { RequestException, SessionClosed } from "../core/errors.ts";
import type { HeaderMap, HeadersInit } from "../core/headers.ts";
import { noHooks, type Hooks } from "../core/hooks.ts";
import { isIdempotent } from "../core/method.ts";
import {
  type CookiesInit,
  Request,
  type RequestOptions,
  type ScopeOptions,
  type SendInit,
  type SessionOptions,
  type StrictTransport,
} from "../core/options.ts";
import { isFetchRequest } from "../core/realm.ts";
import { printAs, shownMethod, shownUrl } from "../core/redact.ts";
import { assertWhole, PreparedRequest } from "../core/request.ts";
import type { SessionStore } from "../core/session-store.ts";
import { sourceOf, type Source } from "../core/source.ts";
import { isHttpLike, type Url } from "../core/url.ts";
import { ambientAuthOf } from "../auth/ambient.ts";
import type { CookieJar } from "../cookies/jar.ts";
import { debugOutput } from "../environment/debug.ts";
import { readEnvironment } from "../environment/read.ts";
import { CallLog } from "../events/call-log.ts";
import { isHeard, SessionEvents } from "../events/session-events.ts";
import { explain, type ExplainingSession, type ExplainOptions } from "../explain/explain.ts";
import type { Explanation } from "../explain/explanation.ts";
import { HstsStore } from "../hsts/store.ts";
import { debugTo } from "../log/debug.ts";
import { namesHeader, offerBytesOnly } from "../options/headers.ts";
import { readHooks } from "../options/hooks.ts";
import { noteBorder, type Ledger } from "../options/ledger.ts";
import { planOf, type CallPlan, type Defaults } from "../options/settings.ts";
import { refused } from "../options/surplus.ts";
import { over, type Given } from "../options/table.ts";
import { nothing, take } from "../options/take.ts";
import { schemeFor, signNow } from "../pipeline/auth.ts";
import { withCookies } from "../pipeline/cookies.ts";
import { corridor } from "../pipeline/order.ts";
import type { Exchange, Reply, Send, Surroundings } from "../pipeline/stage.ts";
import { prepare, targetOf } from "../prepare/prepare.ts";
import { encodeParams } from "../prepare/query.ts";
import type { Inspector, InspectOptions } from "../inspect/inspector.ts";
import { Recorder, type RecordOptions } from "../record/recorder.ts";
import { ResponsePromise } from "../response/promise.ts";
import type { Response } from "../response/response.ts";
import type { StreamedResponse } from "../response/streamed.ts";
import { RetryBudgets } from "../retries/budget.ts";
import { FileSessionStore, type ListedSession } from "../store/file-store.ts";
import { HttpAdapter } from "../transport/http-adapter.ts";
import { discardGiven, discardingUnsent } from "./bodies.ts";
import { defaultsAt, settingsAgain } from "./border.ts";
import { callSite } from "./call-site.ts";
import { cookiesFor, jarOf } from "./cookies.ts";
import { bySession, type SessionDefaults } from "./defaults.ts";
import { sessionFacts } from "./facts.ts";
import { adoptFields, defaultsOf, SessionFields } from "./fields.ts";
import { Inspectors } from "./inspectors.ts";
import { Mounts } from "./mounts.ts";
import { Keeping } from "./keeping.ts";
import { readOpening, type Opening, type OpenOptions } from "./open.ts";
import { Scopes } from "./scopes.ts";
import type { ResponseOf } from "./verbs.ts";

/**
 * A browser tab for a program: remembers cookies, keeps connections warm, and applies its headers, parameters, auth,
 * proxies and TLS settings to every request made through it.
 *
 * Its fields may be set at any time; requests made afterwards see the change. Close it when done: `close()`, or on
 * Node 24 `await using`.
 *
 * @typeParam Streams what `stream` says, and so what calls give that say nothing themselves: `false` a {@link Response},
 *   `true` a {@link StreamedResponse}, `boolean` one of both. Comes from the options.
 */
export class Session<Streams extends boolean = false>
  extends SessionFields<Streams>
  implements AsyncDisposable
{
  readonly #defaults: SessionDefaults;
  #cookies: CookieJar;
  #baseUrl: Url | null;
  #hsts: StrictTransport | null;
  #environment: Environment | null = null;
  /** `undefined` until somebody needs it. */
  #netrc: NetrcFile | null | undefined = undefined;
  readonly #closing = new Alarm();
  readonly #mounts = new Mounts();
  /** `null` until there is one. */
  #scopes: Scopes | null = null;
  readonly #world: Surroundings;
  #pipeline: Send;
  /** `null`: nobody asked for them. */
  #events: SessionEvents | null = null;
  /** `null` until there is one. */
  #inspectors: Inspectors | null = null;
  /** `null`: nothing of it is stored. */
  #keeping: Keeping | null = null;

  /**
   * Opens a session that outlives its process: cookies, HSTS hosts and plain options are those that were stored, and what changes is stored
   * in turn. Close it: what changed last is stored then.
   *
   * @param from a name in the folder of the user's sessions (`SOJOURN_HOME`), a path that begins with `/`, `./` or `../`, or a store. What
   *   is not there yet begins empty.
   * @param options over what was stored, and stored with it.
   * @throws {TypeError | RangeError} for an unknown option or a value that it cannot have, and for a secret that would be stored.
   * @throws {SessionFileError} when what is stored cannot be read; it stays as it is.
   */
  static async open<Streams extends boolean = false>(
    from: string | URL | SessionStore,
    options: OpenOptions<Streams> = {},
  ): Promise<Session<Streams>> {
    const opening = await readOpening(from, options);
    const session = new this<Streams>(opening.options as SessionOptions<Streams>);
    session.headers = opening.headers;
    session.#keep(opening);
    return session;
  }

  /** The sessions in the user's folder, in the order of their names. @throws {SessionFileError} when it cannot be read. */
  static async list(): Promise<ListedSession[]> {
    return await FileSessionStore.list();
  }

  /**
   * Removes a session from the user's folder. Was there one?
   *
   * @throws {TypeError} for what is no name.
   * @throws {SessionFileError | SessionLockedError} when it cannot be removed.
   */
  static async remove(name: string): Promise<boolean> {
    return await FileSessionStore.remove(name);
  }

  /** @throws {TypeError | RangeError} for an unknown option or a value that it cannot have. */
  constructor(options: SessionOptions<Streams> = {}) {
    const given = take(options, "session");
    super(given);
    this.#defaults = defaultsOf(this);
    this.#baseUrl = given.baseUrl == null ? null : parseBaseUrl(given.baseUrl);
    this.#cookies = jarOf(given.cookies, this.#baseUrl);
    this.#hsts = hstsOf(given.hsts);
    this.#mounts.mount("https://", new HttpAdapter());
    this.#mounts.mount("http://", new HttpAdapter());
    const debug = debugOutput();
    if (debug !== null) debugTo(this, debug);
    this.#world = {
      clock: alarmed(systemClock, this.#closing),
      random: Math.random,
      budgets: new RetryBudgets(),
      adapterFor: (url) => {
        // Also what began before: an adapter may not know that it was closed.
        if (this.#closing.isOver) throw sessionClosed();
        return this.#mounts.find(url);
      },
      isDirect: (url, options) => this.#mounts.isDirect(url, options),
      strictTransport: () => this.#hsts,
      ambientAuth: (url, allowed) => {
        const netrc = this.#netrc === undefined ? this.#readNetrc() : this.#netrc;
        return netrc === null && url.userinfo === null ? null : ambientAuthOf(url, netrc, allowed);
      },
    };
    this.#pipeline = corridor(this.#world);
  }

  /**
   * Sent with each request, under its own. Assigning replaces all of them, the defaults too. A header is set with
   * `headers.set(name, value)`.
   *
   * @throws {TypeError} for `headers[name] = value`, which would set no header.
   */
  override get headers(): HeaderMap {
    return this.#defaults.settings.headers;
  }

  override set headers(init: HeadersInit | null) {
    this.#defaults.setHeaders(init);
    this.#keeping?.onSetting("headers");
  }

  /** The jar. Assigning takes a jar, names and values, or `false` for a jar that takes no cookies from servers. */
  override get cookies(): CookieJar {
    return this.#cookies;
  }

  override set cookies(init: CookiesInit | false | null) {
    const jar = jarOf(take({ cookies: init }, "session").cookies, this.#baseUrl);
    this.#keeping?.onJar(this.#cookies, jar);
    this.#cookies = jar;
  }

  /** The URL from which those go on that do not begin with `scheme://`; `null` for none. As {@link SessionOptions.baseUrl}. */
  override get baseUrl(): string | null {
    return this.#baseUrl?.href ?? null;
  }

  override set baseUrl(url: string | URL | null) {
    const { baseUrl } = take({ baseUrl: url }, "session");
    const parsed = baseUrl == null ? null : parseBaseUrl(baseUrl);
    this.#keeping?.assertSettable("baseUrl", parsed?.href);
    this.#baseUrl = parsed;
    this.#keeping?.onSetting("baseUrl");
  }

  /** Hosts that are to be reached over TLS only; `null` when off. Assigning takes what the option takes. */
  override get hsts(): StrictTransport | null {
    return this.#hsts;
  }

  override set hsts(init: StrictTransport | boolean | null) {
    this.#hsts = hstsOf(take({ hsts: init }, "session").hsts);
    this.#pipeline = corridor(this.#world);
    this.#keeping?.onSetting("hsts");
  }

  /**
   * Sends a request with any method. Its promise has the body methods, too: `await session.request("GET", url).json()`.
   *
   * @param method any token of RFC 9110; sent in upper case.
   * @param url absolute, or what is to be appended to `baseUrl`.
   * @throws {TypeError | RangeError} for an unknown option or a value that it cannot have, before anything is sent.
   * @throws {RequestException} whatever goes wrong with the request. A status is no error: {@link Response.raiseForStatus}.
   * @throws `signal.reason`, as it is, when the caller's signal aborts.
   */
  override request<Stream extends boolean>(
    method: string,
    url: string | URL,
    options: RequestOptions<Stream> & { readonly stream: Stream },
  ): ResponsePromise<ResponseOf<Stream>>;
  /**
   * Sends a request with any method. Its promise has the body methods, too: `await session.request("GET", url).json()`.
   *
   * @param method any token of RFC 9110; sent in upper case.
   * @param url absolute, or what is to be appended to `baseUrl`.
   * @throws {TypeError | RangeError} for an unknown option or a value that it cannot have, before anything is sent.
   * @throws {RequestException} whatever goes wrong with the request. A status is no error: {@link Response.raiseForStatus}.
   * @throws `signal.reason`, as it is, when the caller's signal aborts.
   */
  override request<Stream extends boolean = Streams>(
    method: string,
    url: string | URL,
    options?: RequestOptions<Stream>,
  ): ResponsePromise<ResponseOf<Stream | Streams>>;
  override request(
    method: string,
    url: string | URL,
    options?: RequestOptions<boolean>,
    surplus?: unknown,
  ): ResponsePromise<Response | StreamedResponse> {
    const given = surplus === undefined ? options : refused("request(method, url, options)", options);
    return new ResponsePromise((resolve, reject) => {
      this.#call({ method, url, options: given }, resolve, reject);
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
      throw mustBe(
        "what prepareRequest() takes",
        "a Request of this package",
        request,
        isFetchRequest(request)
          ? " of fetch: write new Request(method, url, options), or give it to toFetch(session)"
          : ": write new Request(method, url, options)",
      );
    const exchange = this.#exchange(request.method, request.url, take(request.options, "request"));
    const prepared = withCookies(exchange, this.#world);
    const scheme = schemeFor(exchange, this.#world);
    const signed = scheme === null ? prepared : signNow(scheme, prepared);
    return signed?.shown() ?? prepared;
  }

  /**
   * Sends a prepared request, on its first hop exactly as it is. Headers, cookies, auth and hooks of the session are not
   * added: `prepareRequest()` did. Hooks in `options` run after those of the request.
   *
   * @throws {TypeError} for an option that the request has taken up already, such as `headers`; as {@link request}.
   */
  send<Stream extends boolean>(
    request: PreparedRequest,
    options: SendInit<Stream> & { readonly stream: Stream },
  ): ResponsePromise<ResponseOf<Stream>>;
  /**
   * Sends a prepared request, on its first hop exactly as it is. Headers, cookies, auth and hooks of the session are not
   * added: `prepareRequest()` did. Hooks in `options` run after those of the request.
   *
   * @throws {TypeError} for an option that the request has taken up already, such as `headers`; as {@link request}.
   */
  send<Stream extends boolean = Streams>(
    request: PreparedRequest,
    options?: SendInit<Stream>,
  ): ResponsePromise<ResponseOf<Stream | Streams>>;
  send(
    request: PreparedRequest,
    options?: SendInit<boolean>,
    surplus?: unknown,
  ): ResponsePromise<Response | StreamedResponse> {
    return ResponsePromise.of(
      this.#sendPrepared(
        request,
        surplus === undefined ? options : refused("send(request, options)", options),
      ),
    );
  }

  /**
   * Tells why a request would be sent as it would be: each header, cookie, proxy, limit and option with who said so, and what is not
   * sent with the reason. Sends nothing and changes nothing: no cookie is bound or counts as used, hooks and auth functions are not
   * called, and of the environment nothing is kept. With `String(why)` it is text for people.
   *
   * @param url as {@link request} takes it.
   * @param options those of the request, its `method`, and `from` for one that a redirect leads to.
   * @throws {TypeError | RangeError | RequestException} what the call would throw in preparing. What would fail later is among the warnings.
   */
  explain(url: string | URL, options?: ExplainOptions): Explanation;
  explain(url: string | URL, options: ExplainOptions = {}, surplus?: unknown): Explanation {
    const given = surplus === undefined ? options : refused("explain(url, options)", options);
    return explain(this.#shown(), url, given);
  }

  /** What happens in it, for whoever wants to know. While nobody listens nothing is noted. */
  get events(): SessionEvents {
    this.#events ??= new SessionEvents();
    return this.#events;
  }

  /**
   * Keeps what happens from now on, so far back as it is asked to, and writes it as HAR, as a report or as commands of curl. No secret is in
   * what it writes. End it: `close()`, or on Node 24 `using recorder = session.record()`.
   *
   * @throws {TypeError | RangeError} for an unknown option or a value that it cannot have.
   */
  record(options: RecordOptions = {}): Recorder {
    return new Recorder(this.events, options, async (log, file) => {
      const { writeReport } = await import("../report/write-report.ts");
      await writeReport(log, file);
    });
  }

  /**
   * Opens a page on this machine that shows what happens in the session while it happens: what {@link record} keeps, and what comes from then
   * on. Print its `url`, and open it in a browser. It is there until it is closed, or the session is; it keeps no program from ending.
   *
   * Whoever has all of the address can look on: treat it as a password. Secrets are hidden before anything is sent to the page.
   *
   * @throws {TypeError | RangeError} for an unknown option or a value that it cannot have.
   * @throws {SessionClosed} when the session is closed.
   * @throws {Error} with the `code` of Node's error, such as `EADDRINUSE`, when the port cannot be used.
   */
  async inspect(options: InspectOptions = {}): Promise<Inspector> {
    this.#inspectors ??= new Inspectors();
    return await this.#inspectors.open(
      options,
      (recording) => this.record(recording),
      () => {
        if (this.#closing.isOver) throw sessionClosed();
      },
    );
  }

  /** Adapters by prefix, in the order in which they are asked: longest prefix first. */
  get adapters(): ReadonlyMap<string, Adapter> {
    return this.#mounts.adapters;
  }

  /**
   * Sends requests whose URL begins with `prefix` through `adapter`. The longest prefix wins; a host in a prefix is a whole
   * host: `https://example.com` is not a prefix of `https://example.com.evil.test`.
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
   * Sets defaults for the requests to one origin, or to the part of it below a path, and for no others: over those of the
   * session, under those of the request; where several scopes fit, a longer path over a shorter one. `/api` is `/api/x`, but
   * not `/apiary`. Paths are compared in one spelling and without dot segments, those of raw URLs, too. Headers, params and
   * hooks are joined. The same prefix again replaces what it had; `null` removes it.
   *
   * They are for requests that are made there. What a redirect leads to takes up none of them.
   *
   * @param prefix `https://api.example.com` or `https://api.example.com/v2`.
   * @throws {TypeError | RangeError} for another kind of prefix, an unknown option or a value that it cannot have.
   */
  scope(prefix: string | URL, defaults: ScopeOptions<Streams> | null): this {
    this.#scopes ??= new Scopes();
    this.#scopes.set(prefix, defaults);
    return this;
  }

  /**
   * Closes all connections. Requests under way fail with {@link SessionClosed}, and so do later ones; only a body that is
   * being streamed is left to be read, and its connection ends with it. Its inspectors are closed, too. Settings and cookies stay
   * readable. Safe to call twice.
   */
  async close(): Promise<void> {
    this.#closing.ring();
    try {
      await Promise.all([...this.#mounts.all].map((adapter) => adapter.close()));
    } finally {
      try {
        if (this.#keeping !== null) await this.#keeping.close();
      } finally {
        // The last: it shows what became of the requests that were under way.
        if (this.#inspectors !== null) await this.#inspectors.close();
      }
    }
  }

  /** Where it is stored; `null` for one that was not opened with {@link Session.open}. */
  get store(): SessionStore | null {
    return this.#keeping?.keeper.store ?? null;
  }

  /**
   * Stores what changed, now. Resolves when it is stored.
   *
   * @throws {TypeError} for a session that is not stored, or was opened read-only; for a secret that would be stored, when all the rest is.
   * @throws {SessionClosed} for one that is closed.
   * @throws {SessionFileError | SessionLockedError} when it cannot be stored; it is tried again with the next change.
   */
  async save(): Promise<void> {
    await keepingOf(this.#keeping).save();
  }

  /**
   * Takes over what others stored since. What this session changed and did not store yet stays as it is.
   *
   * @throws {TypeError} for a session that is not stored.
   * @throws {SessionClosed} for one that is closed.
   * @throws {SessionFileError} when what is stored cannot be read.
   */
  async reload(): Promise<void> {
    await keepingOf(this.#keeping).reload();
  }

  /** As {@link close}: `await using session = new Session()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Plain data for a log: no secret in it. Cookies by name only. */
  toJSON(): Record<string, unknown> {
    return sessionFacts(this, this.#closing.isOver);
  }

  static {
    printAs(this, (self, options, inspect) => `Session ${inspect(self.toJSON(), options)}`);
  }

  /** From here on what it changes is stored. What was given is its first change. */
  #keep(opening: Opening): void {
    const keeping = new Keeping(this, () => this.#defaults.given, opening.how);
    keeping.begin(opening);
    this.#keeping = keeping;
    this.#defaults.keeping = keeping;
  }

  /** No promise of its own: it is on the path of every request. What it throws rejects the promise of the caller. */
  #call(call: Call, resolve: Resolve, reject: (error: unknown) => void): void {
    let given = nothing;
    let exchange: Exchange;
    const log = isHeard(this.#events) ? new CallLog(this.events) : null;
    try {
      if (call.options !== undefined) given = take(call.options, "request");
      if (this.#closing.isOver) throw sessionClosed();
      exchange = this.#exchange(call.method, call.url, given);
      if (log !== null) exchange = watchedBy(log, exchange);
    } catch (error) {
      discardGiven(call.options);
      // Nothing was prepared: what was asked for is all there is to tell (PARITY EXC-22).
      if (error instanceof RequestException)
        error.annotate({ request: { method: shownMethod(call.method), url: String(call.url) } });
      showCallerOfOurs(error, this.#callee);
      if (log !== null) failedUnprepared(log, call, error);
      failed(error, { request: null, ...audience(this.#defaults.settings, given) }).then(resolve, reject);
      return;
    }
    if (exchange.settings.stream) exchange = withCallSite(exchange, this.#callee);
    const { payload } = exchange.request;
    const reply = this.#pipeline(exchange);
    const over = payload?.kind === "stream" ? discardingUnsent(payload, exchange.settings, reply) : reply;
    over.then(log?.tellsEnd === true ? telling(log, resolve) : resolve, (thrown: unknown) => {
      const error = this.#told(thrown);
      log?.onFailure(error);
      // With `resolve`, which is never called: by it V8 finds the promise that the caller awaits.
      failed(error, failureOf(exchange)).then(resolve, reject);
    });
  }

  /** What sends a request that was prepared. */
  #exchangeOf(request: PreparedRequest, given: Given): Exchange {
    const plan = planOf(request);
    const target = isHttpLike(request.url) ? request.parsed : request.url;
    adoptFields(this);
    const defaults = this.#defaultsFor(target, given);
    const prepared = plan?.settings.hooks ?? noHooks;
    const hooks = given.hooks === undefined ? prepared : readHooks(given.hooks, prepared);
    return {
      request: plan === null ? request.shown() : request,
      settings: { ...settingsAgain(over(defaults, given), plan, given), hooks },
      cookies: plan?.cookies ?? this.#cookies,
      signal: null,
    };
  }

  /** What an explanation may know of this session, and ask as often as it likes. */
  #shown(): ExplainingSession {
    return {
      now: this.#world.clock.now(),
      jar: this.#cookies,
      place: this.store?.place ?? null,
      hosts: this.#hsts,
      netrc: (warn) => (this.#netrc === undefined ? this.#environmentNow().readNetrc(warn) : this.#netrc),
      mountFor: (url) => ({ adapter: this.#mounts.find(url), prefix: this.#mounts.prefixFor(url) }),
      isDirect: this.#world.isDirect,
      isClosed: this.#closing.isOver,
      // oxlint-disable-next-line typescript/unbound-method -- it is compared, and not called
      hasOwnRequest: this.request !== Session.prototype.request,
      isHeardBefore: this.#events?.hears("sending") === true,
      exchange: (method, url, given, ledger) => this.#exchange(method, url, given, ledger),
    };
  }

  /** What a program calls: frames above it are its own. */
  get #callee(): (...args: never[]) => unknown {
    // oxlint-disable-next-line typescript/unbound-method -- it is looked for in a stack, and not called
    return this.request;
  }

  async #sendPrepared(
    request: PreparedRequest,
    options?: SendInit<boolean>,
  ): Promise<Response | StreamedResponse> {
    const log = isHeard(this.#events) ? new CallLog(this.events) : null;
    let exchange: Exchange;
    try {
      if (!(request instanceof PreparedRequest))
        throw mustBe("what send() takes", "a PreparedRequest", request, ": call prepareRequest() first");
      assertWhole(request);
      exchange = this.#exchangeOf(request, take(options, "send"));
      if (log !== null) exchange = watchedBy(log, exchange);
    } catch (error) {
      if (log !== null) failedUnprepared(log, request, error);
      throw error;
    }
    const isOpen = !this.#closing.isOver;
    try {
      if (this.#closing.isOver) throw sessionClosed();
      const reply = await this.#pipeline(exchange);
      log?.onReply(reply);
      return reply;
    } catch (thrown) {
      const error = isOpen ? this.#told(thrown) : thrown;
      log?.onFailure(error);
      return await failed(error, failureOf(exchange));
    }
  }

  /** @param ledger takes down who said what; `null`: nobody wants to know. */
  #exchange(method: string, url: string | URL, given: Given, ledger: Ledger | null = null): Exchange {
    if (Object.keys(this).length > 0) adoptFields(this);
    const target = targetOf(url, this.#baseUrl, given.rawUrl ?? this.#defaults.settings.rawUrl);
    const defaults =
      ledger === null ? this.#defaultsFor(target, given) : this.#tracedFor(target, given, ledger);
    const settings = given === nothing ? defaults : over(defaults, given, ledger);
    const headers = given.headers === undefined ? settings.headers.clone() : settings.headers;
    if (headers.has("range")) offerBytesOnly(headers, given.headers);
    const prepared = prepare({
      method,
      target,
      headers,
      query: settings.params === null ? "" : encodeParams(settings.params),
      options: given,
      isTypeInherited: () => !namesHeader(given.headers, "content-type"),
      boundary: randomBoundary,
      idempotencyKey:
        settings.idempotencyKey === false ? null : idempotencyKeyFor(method, settings.idempotencyKey),
      expectsContinue: settings.expectContinueMs !== null,
      isFetch: settings.contract === "fetch",
    });
    const cookies =
      given.cookies === undefined ? this.#cookies : cookiesFor(prepared, this.#cookies, given.cookies);
    const plan: CallPlan = { kind: "plan", settings, cookies };
    prepared.plan = plan;
    return { request: prepared, settings, cookies, signal: null };
  }

  /** What the session and its scopes say of requests to `target`. */
  #defaultsFor(target: Url | string, given: Given): Defaults {
    const ours = this.#environment === null ? this.#placed() : this.#defaults.settings;
    const baseUrl = this.#baseUrl;
    const defaults = baseUrl === null ? ours : defaultsAt(target, baseUrl, ours, given);
    return this.#scopes === null ? defaults : this.#scopes.over(defaults, target);
  }

  /** The same, and who says what of it. Of what has to be read for it nothing is kept. */
  #tracedFor(target: Url | string, given: Given, ledger: Ledger): Defaults {
    const ours = this.#defaults.traced(this.#environmentNow(), ledger);
    const baseUrl = this.#baseUrl;
    ledger.from((name) => this.#keeping?.sourceOf(name) ?? bySession);
    if (baseUrl !== null) ledger.note("baseUrl", baseUrl.href, undefined, undefined);
    if (this.#hsts !== null) ledger.note("hsts", this.#hsts, undefined, undefined);
    const defaults = baseUrl === null ? ours : defaultsAt(target, baseUrl, ours, given);
    if (baseUrl !== null)
      noteBorder(ledger.from(sourceOf("base-url", shownUrl(baseUrl.href))), ours, defaults);
    const settings = this.#scopes === null ? defaults : this.#scopes.over(defaults, target, ledger);
    ledger.from(byRequest);
    return settings;
  }

  /** The environment is read with the first request, and not before. */
  #placed(): Defaults {
    this.#environment = this.#environmentNow();
    return this.#defaults.place(this.#environment);
  }

  /** What the environment says, as it was read, or is. */
  #environmentNow(): Environment {
    if (this.#environment !== null) return this.#environment;
    return this.trustEnv === false ? emptyEnvironment : readEnvironment(process.env, this.trustEnv);
  }

  /** The file is read when credentials are looked for, and not before. */
  #readNetrc(): NetrcFile | null {
    if (this.#environment === null) return null;
    this.#netrc = this.#environment.readNetrc();
    return this.#netrc;
  }

  /** The error that a call comes to. What an adapter says that was closed with its session is about the session. */
  #told(error: unknown): unknown {
    if (!(error instanceof SessionClosed) || !this.#closing.isOver) return error;
    const { request, phase, attempts } = error;
    return new SessionClosed(
      "the session was closed while the call was under way: await the call before the session is closed, in a block with `await using` before it ends (`return await`)",
      { request, phase, attempts },
    );
  }
}

function keepingOf(keeping: Keeping | null): Keeping {
  if (keeping === null) throw new TypeError("the session is not stored: Session.open() makes one that is");
  return keeping;
}

function sessionClosed(): SessionClosed {
  return new SessionClosed(
    "the session is closed: make a new one, or close it later (`await using` closes it at the end of its block)",
  );
}

/** Notes where the call was made: a streamed response that is forgotten has to be found in the program. */
function withCallSite(exchange: Exchange, callee: (...args: never[]) => unknown): Exchange {
  const site = callSite(callee);
  return site === null ? exchange : { ...exchange, settings: { ...exchange.settings, callSite: site } };
}

/** The exchange, of which `log` hears. */
function watchedBy(log: CallLog, exchange: Exchange): Exchange {
  log.onRequest(exchange.request, exchange.settings.signal);
  return { ...exchange, settings: { ...exchange.settings, watch: log } };
}

/** What was asked for is all that there is to tell of it; of what is no request not even that. */
function failedUnprepared(log: CallLog, asked: unknown, error: unknown): void {
  const { method, url } = Object(asked) as { readonly method?: unknown; readonly url?: unknown }; // whatever it is
  log.onRequest({ method: shownMethod(textOf(method)), url: textOf(url) }, null);
  log.onFailure(error);
}

function textOf(given: unknown): string {
  return typeof given === "string" ? given : given instanceof URL ? given.href : "";
}

/** Before the caller has its response, `log` hears of it. */
function telling(log: CallLog, resolve: Resolve): Resolve {
  return (reply) => {
    log.onReply(reply);
    resolve(reply);
  };
}

type Resolve = (reply: Reply) => void;

/** What the call itself says. */
const byRequest: Source = sourceOf("request");

/** What a caller asks for. */
interface Call {
  readonly method: string;
  readonly url: string | URL;
  readonly options: RequestOptions<boolean> | undefined;
}

/** What an error of a call is told of, and who hears of it. */
interface Failure {
  /** `null` when none could be prepared. */
  readonly request: PreparedRequest | null;
  readonly hooks: Hooks;
  readonly signal: AbortSignal | null;
}

function failureOf({ request, settings }: Exchange): Failure {
  return { request, hooks: settings.hooks, signal: settings.signal };
}

/** Who hears of a call that was not prepared: what is wrong may be the hooks themselves. */
function audience(defaults: Defaults, { hooks, signal }: Given): Pick<Failure, "hooks" | "signal"> {
  try {
    return over(defaults, take({ hooks, signal }, "request"));
  } catch {
    return defaults;
  }
}

/**
 * Fails with `error` when it tells of its caller, and the error hooks have heard of it; they change nothing. The caller's abort
 * ends the wait for them.
 */
async function failed(error: unknown, { request, hooks, signal }: Failure): Promise<never> {
  const isRequestException = error instanceof RequestException;
  if (isRequestException) error.annotate({ request });
  if (isOurs(error) || isReason(error, signal)) {
    // In a reaction it can be seen who awaits the call, and not before.
    await Promise.resolve();
    showCaller(error, failed);
  }
  if (isRequestException) for (const hook of hooks.error) await unlessAborted(hook(error), signal);
  throw error;
}

/** Is it the reason of an abort that the platform made? One that the program made is the program's. */
function isReason(error: unknown, signal: AbortSignal | null): boolean {
  return signal !== null && error === signal.reason && error instanceof DOMException;
}

/** A session's list of HSTS hosts: the one given, a new one for `true`, or none. */
function hstsOf(init: StrictTransport | boolean | null | undefined): StrictTransport | null {
  return typeof init === "object" ? init : init === true ? new HstsStore() : null;
}

/** 32 hexadecimal digits that nobody can foresee. */
function randomBoundary(): string {
  return crypto.randomUUID().replaceAll("-", "");
}

/** The key of a request: a random one where the method needs it, the caller's own with any method; `null` for none. */
function idempotencyKeyFor(method: string, option: boolean | string | null): string | null {
  if (typeof option === "string") return option;
  return option === true && !isIdempotent(method.toUpperCase()) ? crypto.randomUUID() : null;
}
