/**
 * Route: where a connection leads and how, and what follows from that.
 */
import type { AddressPolicy, ProxyAuth, TlsPin } from "../core/adapter.ts";
import type { HeaderMap } from "../core/headers.ts";
import type { ProxyCredentials, ProxyTarget } from "../proxy/select.ts";
import type { TlsTerms } from "../tls/settings.ts";
import type { Guard } from "./guard.ts";

/** Where a connection leads, and how. */
export interface Route {
  /** The server; for a request in absolute form, the proxy. */
  readonly host: string;
  readonly port: number;
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
  /** Holds for `host`; `null` for none. With one, there is no proxy on the way. */
  readonly addressPolicy: AddressPolicy | null;
  /** Offer HTTP/2 to the server, which chooses (RFC 7301). */
  readonly isHttp2: boolean;
}

/** What is offered to a server that is not to speak HTTP/2. */
export const HTTP_1_ONLY: readonly string[] = ["http/1.1"];
const HTTP_2_AND_1: readonly string[] = ["h2", "http/1.1"];

/** The protocols to offer in the handshake (RFC 7301). */
export function protocolsOf(route: Route): readonly string[] {
  return route.isHttp2 ? HTTP_2_AND_1 : HTTP_1_ONLY;
}

/** What the origin's certificate must be for. */
export function nameOf({ host, tls }: Route): string {
  return tls?.tls?.serverName ?? host;
}

/** The policy for its address, if there is one. */
export function guardOf({ addressPolicy, host, port }: Route): Guard | null {
  return addressPolicy === null ? null : { policy: addressPolicy, host, port };
}

/** Routes that lead to a proxy have none. */
export function pinsOf({ tls }: Route): readonly TlsPin[] | null {
  return tls?.tls?.pins ?? null;
}

/** `Basic` credentials (RFC 7617) for a proxy, or `null`. */
export function basicCredentials(credentials: ProxyCredentials | null): string | null {
  if (credentials === null) return null;
  return `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`, "utf8").toString("base64")}`;
}
