/**
 * All pools of an adapter: which one a request belongs to, how many there are, and who ends connections that grew old.
 *
 * Requests share a pool only if their connections would be the same in every respect: origin, proxy with its user, TLS
 * settings (CVE-2024-35195 in requests, CVE-2026-6734 in undici).
 */
import type { AddressPolicy, Foreseen, ProxyAuth, SendOptions } from "../core/adapter.ts";
import { AddressRefused, InvalidSchema } from "../core/errors.ts";
import { Memo } from "../core/memo.ts";
import type { Origin } from "../core/origin.ts";
import { Queue, type Place } from "../core/queue.ts";
import type { PreparedRequest } from "../core/request.ts";
import type { Url } from "../core/url.ts";
import { basicCredentials, type Route } from "../connect/route.ts";
import { outgoing, type Way } from "./outgoing.ts";
import { selectProxy, type ProxyTarget } from "../proxy/select.ts";
import { proxyTerms, tlsKey, type TlsTerms } from "../tls/settings.ts";
import { Pool, type PoolSettings } from "./pool.ts";

/** Counts of one pool's connections. */
export interface PoolStats {
  /** `scheme://host:port` of the server, or of the proxy that requests are forwarded to. */
  readonly origin: string;
  /** Connections that are open, idle ones included. */
  readonly open: number;
  /** How many of them wait for a request. */
  readonly idle: number;
  /** How many of those are more than `poolMaxsize`: they end within five seconds, unless they are needed again. */
  readonly surplus: number;
}

/** What a decision goes by. */
type Terms = Pick<
  SendOptions,
  "proxies" | "proxyHeaders" | "proxyAuth" | "verify" | "cert" | "tls" | "addressPolicy" | "http2"
>;

/** A decision of before: while the settings are the same objects, it holds. */
interface Choice extends Terms {
  readonly pool: Pool;
}

/** What makes connections different. */
interface Plan {
  readonly key: string;
  readonly origin: string;
  readonly route: Route;
  readonly way: Way;
}

/** A pool, and what it is known by. */
interface Listed {
  readonly key: string;
  /** Of the request that it was made for. */
  readonly origin: Origin;
  readonly pool: Pool;
}

const CHOICES_PER_ORIGIN = 8;
const TO_SERVER: Way = {
  isForwarded: false,
  proxyAuthorization: null,
  proxyHeaders: null,
};

/** @internal The pools of one adapter. */
export class Pools {
  readonly #byKey = new Map<string, Pool>();
  readonly #choices = new Memo<Origin, Choice[]>(1000);
  /** Where each pool stands among those that rest: that of the connection that was idle longest comes first. Not all of them rest. */
  readonly #places = new Map<Pool, Place<Listed>>();
  readonly #resting = new Queue<Listed>();
  /** The last of them. */
  #latest: Pool | null = null;
  readonly #settings: PoolSettings;
  readonly #limit: number;
  #timer: NodeJS.Timeout | null = null;
  #sweepAt = Number.POSITIVE_INFINITY;

  /** @param limit so many pools are kept; the one that was used least recently is given up. */
  constructor(settings: Omit<PoolSettings, "onIdle" | "onUnused">, limit: number) {
    this.#settings = {
      ...settings,
      onIdle: (pool, until) => {
        if (pool !== this.#latest) this.#rest(pool);
        if (this.#byKey.size > this.#limit) this.#giveUp(this.#limit);
        // With every message, and mostly there is nothing to do.
        if (until < this.#sweepAt) this.#sweepBy(until);
      },
      onUnused: (pool) => {
        // One that stands in the queue keeps its place: no connection in it has become idle, so it is the one to be missed least.
        if (this.#places.get(pool)?.queue === undefined) this.#rest(pool);
        this.#giveUp(this.#limit);
      },
    };
    this.#limit = limit;
  }

  /** The pool for a request to `url`. @throws {InvalidURL} when there is no way to it, or the proxy's URL is malformed. */
  find(url: Url, options: SendOptions): Pool {
    const { proxies, proxyHeaders, proxyAuth, verify, cert, tls, addressPolicy, http2 } = options;
    for (const choice of this.#choices.get(url.origin) ?? []) {
      if (
        choice.proxies === proxies &&
        choice.proxyHeaders === proxyHeaders &&
        choice.proxyAuth === proxyAuth &&
        choice.verify === verify &&
        choice.cert === cert &&
        choice.tls === tls &&
        choice.addressPolicy === addressPolicy &&
        choice.http2 === http2 &&
        !choice.pool.isClosed
      )
        return choice.pool;
    }
    const plan = planFor(url, options, this.#settings.sockets.socketPath !== undefined);
    const pool = this.#ensure(plan, url.origin);
    this.#remember(url.origin, {
      proxies,
      proxyHeaders,
      proxyAuth,
      verify,
      cert,
      tls,
      addressPolicy,
      http2,
      pool,
    });
    return pool;
  }

  /**
   * Is a request to `url`, a host of this machine, sent straight to it? A socket of this machine is as good as its address.
   * The names of this machine are resolved by us, or by a look-up of the program's, which answers for it.
   */
  isDirect(url: Url, { proxies }: SendOptions): boolean {
    return this.#settings.sockets.socketPath !== undefined || selectProxy(url, proxies) === null;
  }

  /** How a message would travel, told without making a pool for it. @throws as {@link find}, and as {@link outgoing}. */
  foresee(request: PreparedRequest, options: SendOptions): Omit<Foreseen, "isClosed"> {
    const { socketPath = null } = this.#settings.sockets;
    const { route, way } = planFor(request.parsed, options, socketPath !== null);
    const { target, section } = outgoing(request, way);
    const isAsked = options.proxyAuth !== null && way.isForwarded;
    return {
      fields: section.fields,
      target,
      isForwarded: way.isForwarded,
      isHttp2Offered: route.isHttp2,
      hasProxyAuth: isAsked && !request.headers.has("proxy-authorization"),
      socketPath,
    };
  }

  /** Counts, pool by pool. */
  get stats(): PoolStats[] {
    return [...this.#byKey.values()].map((pool) => ({ origin: pool.origin, ...pool.counts }));
  }

  /** Was nothing sent yet? */
  get isEmpty(): boolean {
    return this.#byKey.size === 0;
  }

  /** Ends all connections. @param reason made for each of those who are told. */
  async close(reason: () => Error): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    await Promise.all([...this.#byKey.values()].map((pool) => pool.close(reason)));
    this.#byKey.clear();
    this.#places.clear();
    this.#choices.clear();
  }

  #ensure(plan: Plan, origin: Origin): Pool {
    const known = this.#byKey.get(plan.key);
    if (known !== undefined) return known;
    this.#giveUp(this.#limit - 1);
    const pool = new Pool(plan.origin, plan.route, plan.way, this.#settings);
    this.#byKey.set(plan.key, pool);
    this.#places.set(pool, this.#resting.join({ key: plan.key, origin, pool }));
    this.#latest = pool;
    return pool;
  }

  /** Nothing goes on in `pool`, or less than before. One that was given up is none of ours any more. */
  #rest(pool: Pool): void {
    const place = this.#places.get(pool);
    if (place === undefined) return;
    this.#resting.rejoin(place);
    this.#latest = pool;
  }

  /**
   * Leaves `most` pools. Those in use are never given up: for a while there may be more. Who is found in use stands in the queue no
   * more, and is back when less goes on in it: so nobody is looked at twice for the same reason.
   */
  #giveUp(most: number): void {
    for (let place = this.#resting.first; place !== null; place = this.#resting.first) {
      if (this.#byKey.size <= most) return;
      const { key, origin, pool } = place.value;
      this.#resting.leave(place);
      if (pool === this.#latest) this.#latest = null;
      if (!pool.isUnused) continue;
      this.#byKey.delete(key);
      this.#places.delete(pool);
      this.#choices.delete(origin);
      void pool.close(() => new Error("there are too many origins"));
    }
  }

  #remember(origin: Origin, choice: Choice): void {
    const kept = (this.#choices.get(origin) ?? []).filter(({ pool }) => !pool.isClosed);
    this.#choices.set(origin, [choice, ...kept].slice(0, CHOICES_PER_ORIGIN));
  }

  /** One timer for all idle connections; it does not keep the process alive. */
  #sweepBy(time: number): void {
    this.#sweepAt = time;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#sweep(), Math.max(1, time - performance.now())).unref();
  }

  #sweep(): void {
    this.#timer = null;
    this.#sweepAt = Number.POSITIVE_INFINITY;
    const now = performance.now();
    let next = Number.POSITIVE_INFINITY;
    for (const pool of this.#byKey.values()) next = Math.min(next, pool.sweep(now));
    if (next < this.#sweepAt) this.#sweepBy(next);
  }
}

function planFor(url: Url, options: SendOptions, isLocal: boolean): Plan {
  const { scheme, hostname: host, effectivePort: port } = url;
  const { addressPolicy } = options;
  if ((scheme !== "http" && scheme !== "https") || port === null) {
    throw new InvalidSchema(`only http and https can be sent, not ${JSON.stringify(scheme)}`);
  }
  const proxy = proxyFor(url, options, isLocal);
  if (proxy !== null && scheme === "http" && (proxy.scheme === "http" || proxy.scheme === "https"))
    return forwardPlan(proxy, options);
  const tls: TlsTerms | null =
    scheme === "https" ? { verify: options.verify, cert: options.cert, tls: options.tls } : null;
  return {
    key: [
      url.origin,
      tls === null ? "" : tlsKey(tls),
      proxy === null ? "" : proxyKey(proxy, options),
      options.http2 ? "h2" : "",
      identityKey(addressPolicy),
    ].join(" | "),
    origin: url.origin,
    route: {
      host,
      port,
      tls,
      via: proxy,
      proxyHeaders: options.proxyHeaders,
      proxyAuth: options.proxyAuth,
      proxyTls: proxyTerms(options),
      isForwarded: false,
      proxy,
      guard: addressPolicy === null ? null : { policy: addressPolicy, host, port },
      isHttp2: options.http2 && tls !== null,
    },
    way: TO_SERVER,
  };
}

const identityKeys = new WeakMap<object, string>();
let identities = 0;

/** Of what is the same only as itself: what one policy allowed is not for the requests of another one. */
function identityKey(one: AddressPolicy | ProxyAuth | null): string {
  if (one === null) return "";
  const known = identityKeys.get(one);
  if (known !== undefined) return known;
  const key = `#${++identities}`;
  identityKeys.set(one, key);
  return key;
}

/** @throws {AddressRefused} when there is a policy for addresses, and the one that is connected to is not ours to see. */
function proxyFor(url: Url, { proxies, addressPolicy }: SendOptions, isLocal: boolean): ProxyTarget | null {
  const proxy = isLocal ? null : selectProxy(url, proxies);
  if (addressPolicy === null || (proxy === null && !isLocal)) return proxy;
  const way = isLocal
    ? "a socket of this machine"
    : `the proxy ${proxy?.hostname}, which chooses the address`;
  const advice = isLocal ? "" : "; set proxy: false to connect directly";
  throw new AddressRefused(`addressPolicy is given, and the request goes to ${way}${advice}`, {
    phase: "connect",
    addresses: [],
  });
}

/** Plain http goes to the proxy as it is, with the whole URL in the request line. */
function forwardPlan(proxy: ProxyTarget, options: SendOptions): Plan {
  const terms = proxyTerms(options);
  return {
    key: `forward | ${proxyKey(proxy, options)}`,
    origin: proxy.origin,
    route: {
      host: proxy.hostname,
      port: proxy.port,
      tls: proxy.scheme === "https" ? terms : null,
      via: null,
      proxyHeaders: null,
      proxyAuth: null,
      proxyTls: terms,
      isForwarded: true,
      proxy,
      guard: null,
      isHttp2: false,
    },
    way: {
      isForwarded: true,
      proxyAuthorization: options.proxyAuth === null ? basicCredentials(proxy.credentials) : null,
      proxyHeaders: options.proxyHeaders,
    },
  };
}

/** Holds secrets; never to be shown. */
function proxyKey(proxy: ProxyTarget, options: SendOptions): string {
  const { proxyHeaders, proxyAuth } = options;
  const headers = proxyHeaders === null ? "" : ` ${JSON.stringify(proxyHeaders.toWire())}`;
  const key = `${proxy.href}${headers} ${identityKey(proxyAuth)}`;
  return proxy.scheme === "https" ? `${key} ${tlsKey(proxyTerms(options))}` : key;
}
