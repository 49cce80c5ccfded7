/**
 * Options of {@link HttpAdapter}, and their check.
 */
import { isIP, type LookupFunction } from "node:net";

import type { RetryPolicy } from "../core/adapter.ts";
import {
  assertBoolean,
  assertCount,
  assertNumber,
  assertWithin,
  mustBe,
  optionsOf,
  outside,
  wrongWord,
} from "../core/checks.ts";
import { LONGEST_MS } from "../core/clock.ts";
import type { Elsewhere } from "../core/suggest.ts";
import type { SocketOptions } from "../connect/reach.ts";
import { lookUp, lookupOf } from "../connect/lookup.ts";
import type { PoolSettings } from "./pool.ts";

/** Options of an HttpAdapter. Absent ones have their default; times are milliseconds, sizes bytes. */
export interface HttpAdapterOptions {
  /**
   * Origins (with TLS settings and proxy) whose connections are kept. 1 or more. Default: 100. More may be in use at a time; when they
   * are not any more, the connections that were idle longest go.
   */
  readonly poolConnections?: number | undefined;
  /**
   * Idle connections kept for each of them. 1 or more. Default: 100. More may be open at a time, unless `poolBlock`; those that
   * come back end after five seconds, unless they are needed again.
   */
  readonly poolMaxsize?: number | undefined;
  /** Open no more than `poolMaxsize`: further requests wait, first come, first served. Default: `false`. */
  readonly poolBlock?: boolean | undefined;
  /**
   * How long a request waits for its turn, with `poolBlock` or for a stream of a shared connection, in milliseconds; `null`: for
   * ever. 1 or more. Default: 60 000, under `toFetch()` 300 000.
   *
   * @throws {ConnectTimeout} with phase `pool`, when it runs out.
   */
  readonly poolTimeout?: number | null | undefined;
  /** Retries of requests that say nothing themselves: a number, or a policy such as `Retry`. Default: `null`, none. */
  readonly maxRetries?: RetryPolicy | number | null | undefined;
  /** How long an idle connection is kept, in milliseconds. A shorter time that the server announces holds. Default: 60 000. */
  readonly keepAliveTimeout?: number | undefined;
  /**
   * How long a connection takes new requests, in milliseconds from when it was opened; those that it carries by then end as they
   * would. `null`: as long as it lasts. 1 or more. Default: `null`.
   */
  readonly maxConnectionAge?: number | null | undefined;
  /**
   * Largest header section of a response, and largest trailers, in bytes; largest answer of a proxy to CONNECT, with its status
   * line. 1024 or more. Default: 65 536.
   *
   * @throws {HeadersTooLarge} for a larger one, for CONNECT as cause of a {@link ProxyError}.
   */
  readonly maxHeaderSize?: number | undefined;
  /** Most fields in a header section, or in trailers. 1 or more. Default: 1000. @throws {HeadersTooLarge} for more of them. */
  readonly maxHeaderCount?: number | undefined;
  /** Most informational responses (1xx) before the one that counts. 0 or more. Default: 100. @throws {HeadersTooLarge} for more. */
  readonly maxInformational?: number | undefined;
  /** Address of this machine to connect from, to addresses of its kind. Default: the system chooses. */
  readonly localAddress?: string | undefined;
  /**
   * Of the addresses that a name leads to: 4 or 6 for those of one kind only, 0 for both. Default: that of `localAddress`,
   * else 0.
   */
  readonly family?: 0 | 4 | 6 | undefined;
  /**
   * Resolves names in place of `dns.lookup`, those of this machine (`localhost` and below) too. It may give one address, or a
   * list of which the next is tried if need be. Default: `dns.lookup`.
   *
   * @throws {ConnectionError} for a wrong answer or an error of it.
   */
  readonly lookup?: LookupFunction | undefined;
  /** A Unix domain socket or named pipe to connect to, whatever the URL's host; without proxies. Default: none. */
  readonly socketPath?: string | undefined;
}

/** @internal Options with their defaults. */
export interface CheckedOptions {
  readonly poolConnections: number;
  readonly maxRetries: RetryPolicy | number | null;
  readonly pool: Omit<PoolSettings, "onIdle" | "onUnused" | "materials">;
}

/** All options: one that is missing here does not compile. */
const NAMES: readonly string[] = Object.keys({
  poolConnections: true,
  poolMaxsize: true,
  poolBlock: true,
  poolTimeout: true,
  maxRetries: true,
  keepAliveTimeout: true,
  maxConnectionAge: true,
  maxHeaderSize: true,
  maxHeaderCount: true,
  maxInformational: true,
  localAddress: true,
  family: true,
  lookup: true,
  socketPath: true,
} satisfies Record<keyof HttpAdapterOptions, true>);
const OF_SESSION = "it is an option of the session and its requests:";
/** What they are called by node:http's Agent, undici, urllib3 and httpx. */
const ELSEWHERE: Elsewhere = new Map(
  Object.entries({
    keepalive: "leave it out: connections are kept",
    keepalivemsecs: "leave it out: connections are kept",
    keepaliveexpiry: "keepAliveTimeout",
    keepalivemaxtimeout: "keepAliveTimeout",
    maxage: "maxConnectionAge",
    maxconnectionlifetime: "maxConnectionAge",
    connectionlifetime: "maxConnectionAge",
    pooledconnectionlifetime: "maxConnectionAge",
    timeout: `${OF_SESSION} write timeout there`,
    connecttimeout: `${OF_SESSION} write timeout: { connect } there`,
    headerstimeout: `${OF_SESSION} write timeout: { read } there`,
    bodytimeout: `${OF_SESSION} write timeout: { read } there`,
    maxsockets: "write poolMaxsize, with poolBlock: true",
    maxtotalsockets: "write poolMaxsize, with poolBlock: true; it counts for each origin",
    maxfreesockets: "poolMaxsize",
    connections: "write poolMaxsize, with poolBlock: true",
    maxconnections: "write poolMaxsize, with poolBlock: true",
    maxkeepaliveconnections: "poolMaxsize",
    maxsize: "poolMaxsize",
    numpools: "poolConnections",
    block: "poolBlock",
    poolblock: "poolBlock",
    retries: "maxRetries",
    retry: "maxRetries",
    autoselectfamily: "family",
    sourceaddress: "localAddress",
    uds: "socketPath",
    pipelining: "leave it out: requests are never sent before the answer to the one before",
    allowh2: `${OF_SESSION} write http2: true there`,
    http2: `${OF_SESSION} write http2: true there`,
    proxy: `${OF_SESSION} write proxy or proxies there`,
    uri: `${OF_SESSION} write proxy there`,
    verify: `${OF_SESSION} write verify there`,
    cert: `${OF_SESSION} write cert there`,
    tls: `${OF_SESSION} write tls there`,
    ca: `${OF_SESSION} write verify there`,
    key: `${OF_SESSION} write cert there`,
    pfx: `${OF_SESSION} write cert there`,
    passphrase: `${OF_SESSION} write cert there`,
    rejectunauthorized: `${OF_SESSION} write verify there`,
    servername: `${OF_SESSION} write tls: { serverName } there`,
    ciphers: `${OF_SESSION} write tls: { ciphers } there`,
    minversion: `${OF_SESSION} write tls: { minVersion } there`,
    connect: `${OF_SESSION} write timeout, verify, cert or tls there`,
    maxresponsesize: `${OF_SESSION} write maxBodyBytes there`,
  }),
);
const MOST_FIELDS = 1_000_000;
const SMALLEST_HEADER_BYTES = 1024;
const LARGEST_HEADER_BYTES = 16_777_216;

/** @internal @throws {TypeError | RangeError} naming the option, its value and what is allowed. */
export function checkedOptions(given: HttpAdapterOptions | undefined): CheckedOptions {
  return given === undefined ? defaults : check(given);
}

function check(given: HttpAdapterOptions): CheckedOptions {
  const options = optionsOf(given, "HttpAdapter", NAMES, ELSEWHERE);
  const { poolTimeout, maxConnectionAge } = options;
  return {
    poolConnections: count("poolConnections", options.poolConnections ?? 100, 1),
    maxRetries: retries(options.maxRetries ?? null),
    pool: {
      maxSize: count("poolMaxsize", options.poolMaxsize ?? 100, 1),
      isBlocking: flag("poolBlock", options.poolBlock ?? false),
      waitMs: poolTimeout == null ? poolTimeout : within("poolTimeout", poolTimeout, 1, LONGEST_MS),
      keepAliveMs: within("keepAliveTimeout", options.keepAliveTimeout ?? 60_000, 1, LONGEST_MS),
      maxAgeMs:
        maxConnectionAge == null
          ? Number.POSITIVE_INFINITY
          : within("maxConnectionAge", maxConnectionAge, 1, LONGEST_MS),
      maxHeaderBytes: within(
        "maxHeaderSize",
        options.maxHeaderSize ?? 65_536,
        SMALLEST_HEADER_BYTES,
        LARGEST_HEADER_BYTES,
      ),
      maxHeaderCount: within("maxHeaderCount", options.maxHeaderCount ?? 1000, 1, MOST_FIELDS),
      maxInformational: within("maxInformational", options.maxInformational ?? 100, 0, MOST_FIELDS),
      sockets: socketOptions(options),
    },
  };
}

function socketOptions(options: HttpAdapterOptions): SocketOptions {
  const { localAddress, family, lookup, socketPath } = options;
  if (localAddress !== undefined && (typeof localAddress !== "string" || isIP(localAddress) === 0))
    throw wrongWord("localAddress", "an IP address", localAddress);
  if (family !== undefined) assertNumber(family, "family", "0, 4 or 6", (kind) => [0, 4, 6].includes(kind));
  if (lookup !== undefined && typeof lookup !== "function")
    throw mustBe("lookup", "a function like dns.lookup", lookup);
  if (socketPath !== undefined && (typeof socketPath !== "string" || socketPath === ""))
    throw mustBe("socketPath", "a path", socketPath);
  const kind = kindOf(localAddress, family);
  const ours = lookup === undefined && kind === 0 ? lookUp : lookupOf(lookup, kind);
  return { localAddress, lookup: ours, socketPath };
}

/** From an address of one kind nobody gets to one of the other. */
function kindOf(localAddress: string | undefined, family: 0 | 4 | 6 | undefined): 0 | 4 | 6 {
  if (localAddress === undefined) return family ?? 0;
  const own = isIP(localAddress) === 6 ? 6 : 4;
  if (family === undefined || family === 0 || family === own) return own;
  throw outside("family", `0 or ${own} beside localAddress ${localAddress}`, family);
}

function count(name: string, value: unknown, least: number): number {
  assertCount(value, name, least);
  return value;
}

function within(name: string, value: unknown, least: number, most: number): number {
  assertWithin(value, name, [least, most], "a whole number");
  return value;
}

function retries(value: RetryPolicy | number | null): RetryPolicy | number | null {
  if (typeof value === "number") return count("maxRetries", value, 0);
  if (value === null || typeof value.next === "function") return value;
  throw mustBe("maxRetries", "a retry policy, a number or null", value);
}

function flag(name: string, value: unknown): boolean {
  assertBoolean(value, name);
  return value;
}

/** Those of every session, unless it mounts an adapter of its own: worked out once. */
const defaults: CheckedOptions = check({});
