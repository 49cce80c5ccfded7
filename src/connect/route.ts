/**
 * Route: where a connection leads and how, and what follows from that. Requests share connections of equal routes: what is new
 * here goes into the key of `transport/pools.ts`, too.
 */
import { isIP } from "node:net";

import type { ProxyAuth, TlsPin } from "../core/adapter.ts";
import type { HeaderMap } from "../core/headers.ts";
import type { ProxyCredentials, ProxyTarget } from "../proxy/select.ts";
import type { TlsTerms } from "../tls/settings.ts";
import type { Guard } from "./guard.ts";

/** Who is at the other end. */
export interface Peer {
  /** A name or an address, IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

/** Where a connection leads, and how: to a server; for a request in absolute form, to the proxy. */
export interface Route extends Peer {
  /** TLS to that server, or `null` for none. */
  readonly tls: TlsTerms | null;
  /** A proxy on the way; `null` when `host` is reached directly. */
  readonly via: ProxyTarget | null;
  /** Fields for the proxy on the way; `null` for none. */
  readonly proxyHeaders: HeaderMap | null;
  /** Credentials for it, if it asks; `null` for none. */
  readonly proxyAuth: ProxyAuth | null;
  /** TLS to an https proxy on the way. */
  readonly proxyTls: TlsTerms;
  /** `host` is a proxy itself: failures are the proxy's. */
  readonly isForwarded: boolean;
  /** The proxy, be it on the way or `host` itself; `null` for none. */
  readonly proxy: ProxyTarget | null;
  /** Which addresses of `host` are allowed; `null`: all of them. With one, there is no proxy on the way. */
  readonly guard: Guard | null;
  /** Offer HTTP/2 to the server, which chooses (RFC 7301). */
  readonly isHttp2: boolean;
}

/** The pins of the server; `null` for none. Routes that lead to a proxy have none. */
export function pinsOf({ tls }: Route): readonly TlsPin[] | null {
  return tls?.tls?.pins ?? null;
}

/** `host:port`, IPv6 addresses in brackets. */
export function authorityOf({ host, port }: Peer): string {
  return `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

/** `Basic` credentials (RFC 7617) for a proxy, or `null`. */
export function basicCredentials(credentials: ProxyCredentials | null): string | null {
  if (credentials === null) return null;
  return `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`, "utf8").toString("base64")}`;
}
