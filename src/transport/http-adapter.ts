/**
 * HttpAdapter: how requests travel by default: HTTP/1.1 and HTTP/2 over TCP and TLS, on connections that are kept, directly or
 * through a proxy.
 */
import type { Adapter, Foreseen, ProxyAuth, RetryPolicy, SendOptions } from "../core/adapter.ts";
import { isReplayable } from "../core/body.ts";
import type { PreparedRequest } from "../core/request.ts";
import type { WireResponse } from "../core/response.ts";
import { codes } from "../core/status.ts";
import type { Url } from "../core/url.ts";
import { CallersError, Introduction } from "../connect/introduction.ts";
import { TlsMaterials } from "../connect/tls-material.ts";
import { asksBefore } from "./outgoing.ts";
import { checkedOptions, type HttpAdapterOptions } from "./adapter-options.ts";
import { closed } from "./failures.ts";
import { Pools, type PoolStats } from "./pools.ts";
import { Transaction, type Sending } from "./transaction.ts";

export type { HttpAdapterOptions } from "./adapter-options.ts";

/**
 * Sends requests over HTTP/1.1, and over HTTP/2 where the option `http2` asks for it; on connections that are kept, directly or
 * through a proxy. Mount one to set its limits: `session.mount("https://", new HttpAdapter({ poolMaxsize: 10 }))`.
 */
export class HttpAdapter implements Adapter {
  /** Retries of requests that say nothing themselves: a number, a policy; `null` for none. */
  readonly maxRetries: RetryPolicy | number | null;
  readonly #pools: Pools;
  #isClosed = false;

  /** @throws {TypeError | RangeError} naming the option, its value and what is allowed. */
  constructor(options?: HttpAdapterOptions) {
    const checked = checkedOptions(options);
    this.maxRetries = checked.maxRetries;
    // A pool that is kept opens connections with what it has opened them with before.
    const pool = { ...checked.pool, materials: new TlsMaterials(checked.poolConnections) };
    this.#pools = new Pools(pool, checked.poolConnections);
  }

  /** Connections that are open now, and how many of them are idle, for each origin (and TLS settings). */
  get stats(): PoolStats[] {
    return this.#pools.stats;
  }

  /**
   * Sends `request` once and resolves when the head of the response is there; the body follows.
   *
   * @throws as {@link Adapter.send}. {@link ProxyError}, {@link SSLError}, {@link AddressRefused} and {@link HeadersTooLarge} are kinds of
   *   {@link ConnectionError}.
   */
  send(request: PreparedRequest, options: SendOptions, signal: AbortSignal | null): Promise<WireResponse> {
    if (signal?.aborted === true) return Promise.reject(signal.reason);
    if (this.#isClosed) return Promise.reject(closed().annotate({ request }));
    try {
      if (options.expectContinueMs !== null && asksBefore(request))
        return this.#ask(request, options, signal);
      return this.#send(request, options, signal);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** @internal */
  isDirect(url: Url, options: SendOptions): boolean {
    // A child of this class that sends in another way is an adapter of the caller's.
    return this.send === HttpAdapter.prototype.send && this.#pools.isDirect(url, options);
  }

  /** @internal */
  foresee(request: PreparedRequest, options: SendOptions): Foreseen | null {
    if (this.send !== HttpAdapter.prototype.send) return null;
    return { ...this.#pools.foresee(request, options), isClosed: this.#isClosed };
  }

  #send(request: PreparedRequest, options: SendOptions, signal: AbortSignal | null): Promise<WireResponse> {
    const pool = this.#pools.find(request.parsed, options);
    const sending = { pool, options, signal };
    if (options.proxyAuth !== null && pool.way.isForwarded && !request.headers.has("proxy-authorization"))
      return this.#introduce(request, options.proxyAuth, sending);
    return new Transaction(request, sending).send();
  }

  /** Answers the challenges of a proxy that forwards the request. */
  async #introduce(request: PreparedRequest, proxyAuth: ProxyAuth, sending: Sending): Promise<WireResponse> {
    const { pool, options, signal } = sending;
    const message = { method: request.method, uri: request.parsed.absolute, proxy: pool.origin };
    const introduction = new Introduction(proxyAuth, message, signal);
    const answering: Sending = { ...sending, reason: "auth" };
    const asksAgain = async (response: WireResponse): Promise<boolean> => {
      const isRefused = response.status === codes.proxyAuthenticationRequired;
      if (isRefused && !isReplayable(request.payload)) return false;
      try {
        return await introduction.asksAgain(response);
      } catch (error) {
        // Nobody will read it.
        response.body.cancel();
        throw error;
      }
    };
    try {
      for (;;) {
        const value = await introduction.authorization();
        const signed = value === null ? request : withField(request, "Proxy-Authorization", value);
        const response = await new Transaction(signed, answering).send();
        if (!(await asksAgain(response))) return response;
        await response.body.drain(options.maxDrainBytes);
      }
    } catch (error) {
      throw error instanceof CallersError ? error.thrown : error;
    }
  }

  /** A server that cannot be asked is sent the request without asking, once (RFC 9110 §10.1.1). */
  async #ask(
    request: PreparedRequest,
    options: SendOptions,
    signal: AbortSignal | null,
  ): Promise<WireResponse> {
    const response = await this.#send(request, options, signal);
    if (response.status !== codes.expectationFailed || !isReplayable(request.payload)) return response;
    response.body.cancel();
    return await this.#send(withField(request, "Expect", null), options, signal);
  }

  /**
   * Ends all connections, and fails the requests that use them. Only a body that a caller is streaming is left alone: its
   * connection ends with it.
   */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (!this.#pools.isEmpty) await this.#pools.close(closed);
  }
}

function withField(request: PreparedRequest, name: string, value: string | null): PreparedRequest {
  return request.with({ headers: request.headers.clone().set(name, value) });
}
