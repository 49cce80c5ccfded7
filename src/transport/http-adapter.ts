/**
 * HttpAdapter: how requests travel by default: HTTP/1.1 over TCP and TLS, on connections that are kept, directly or through a
 * proxy.
 *
 * May import: `core/`, own folder.
 */
import type { Adapter, RetryPolicy, SendOptions } from "../core/adapter.ts";
import { SessionClosed } from "../core/errors.ts";
import type { PreparedRequest } from "../core/request.ts";
import type { WireResponse } from "../core/response.ts";
import { checkedOptions, type HttpAdapterOptions } from "./adapter-options.ts";
import { Exchange } from "./exchange.ts";
import { outgoing } from "./outgoing.ts";
import { Pools, type PoolStats } from "./pools.ts";
import { TlsMaterials } from "./tls-material.ts";

export type { HttpAdapterOptions } from "./adapter-options.ts";

/** Sends requests over HTTP/1.1. */
export class HttpAdapter implements Adapter {
  readonly maxRetries: RetryPolicy | number | null;
  readonly #pools: Pools;
  #isClosed = false;

  /** @throws {TypeError | RangeError} naming the option, its value and what is allowed. */
  constructor(options: HttpAdapterOptions = {}) {
    const checked = checkedOptions(options);
    this.maxRetries = checked.maxRetries;
    const pool = { ...checked.pool, materials: new TlsMaterials() };
    this.#pools = new Pools(pool, checked.poolConnections);
  }

  /** Connections that are open now, and how many of them are idle, for each origin (and TLS settings). */
  get stats(): PoolStats[] {
    return this.#pools.stats;
  }

  send(request: PreparedRequest, options: SendOptions, signal: AbortSignal | null): Promise<WireResponse> {
    if (signal?.aborted === true) return Promise.reject(signal.reason);
    if (this.#isClosed) return Promise.reject(closed().annotate({ request }));
    try {
      const pool = this.#pools.find(request.parsed, options);
      return new Exchange(request, outgoing(request, pool.way, pool.sections), {
        pool,
        options,
        signal,
      }).send();
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Ends all connections, and fails the requests that use them. Only a body that a caller is streaming is left alone: its
   * connection ends with it.
   */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#pools.close(closed());
  }
}

function closed(): SessionClosed {
  return new SessionClosed("the adapter was closed");
}
