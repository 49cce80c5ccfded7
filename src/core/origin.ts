/**
 * Origin: the scope of credentials (RFC 6454, RFC 9110 §4.3.1).
 */

declare const originBrand: unique symbol;

/** `scheme://host:port`, as {@link originOf} wrote it. Branded: a bare string is no safe scope for secrets. */
export type Origin = string & { readonly [originBrand]: true };

const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };

/** The port that a URL without one means, or `null` for schemes that have none. */
export function defaultPort(scheme: string): number | null {
  return DEFAULT_PORTS[scheme] ?? null;
}

/** Writes the origin of these parts; an explicit default port is the same as none. */
export function originOf(parts: {
  readonly scheme: string;
  readonly host: string;
  readonly port: number | null;
}): Origin {
  return `${parts.scheme}://${parts.host}:${parts.port ?? defaultPort(parts.scheme) ?? ""}` as Origin;
}
