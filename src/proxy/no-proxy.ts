/**
 * `NO_PROXY`: which hosts are reached directly.
 *
 * A list separated by commas or blanks. Each entry is a name, which stands for its subdomains too (with or without a
 * leading `.` or `*.`), an address, or a network as `address/bits`; a name or address may end in `:port`. A list that is
 * nothing but `*` means every host. Nothing is implied: `localhost` uses the proxy unless it is listed.
 *
 * Addresses are compared as numbers, so no spelling of one escapes its entry.
 *
 * Pure, but for a memory of parsed lists.
 */
import { ipv6Bytes } from "../core/address.ts";
import { Memo } from "../core/memo.ts";
import { urlOfHost, type Url } from "../core/url.ts";

/** One entry, with its text. `port` is `null` when any will do. */
type Rule =
  | { readonly kind: "name"; readonly text: string; readonly name: string; readonly port: number | null }
  | {
      readonly kind: "network";
      readonly text: string;
      readonly bytes: readonly number[];
      readonly bits: number;
      readonly port: number | null;
    };

/** `"all"` is the lone star. */
type Rules = "all" | readonly Rule[];

const lists = new Memo<string, Rules>(100);

/** Is the host of `url` on the list? */
export function bypassesProxy(url: Url, noProxy: string): boolean {
  return exceptionFor(url, noProxy) !== null;
}

/** The entry of the list that the host of `url` is on, as it is written; `null` for none. */
export function exceptionFor(url: Url, noProxy: string): string | null {
  const rules = lists.getOrMake(noProxy, parseList);
  if (rules === "all") return "*";
  if (rules.length === 0) return null;
  const address = addressBytes(url.host);
  const name = address === null ? withoutFinalDot(url.host) : "";
  const port = url.effectivePort;
  const found = rules.find((rule) => {
    if (rule.port !== null && rule.port !== port) return false;
    if (rule.kind === "network") return address !== null && isInside(address, rule.bytes, rule.bits);
    return address === null && (name === rule.name || name.endsWith(`.${rule.name}`));
  });
  return found?.text ?? null;
}

function parseList(noProxy: string): Rules {
  // A star among other entries means nothing, as in requests: a typing error must not switch the proxy off.
  if (noProxy.trim() === "*") return "all";
  return noProxy
    .split(/[\s,]+/)
    .map((entry) => parseEntry(entry))
    .filter((rule) => rule !== null);
}

/** One entry, or `null` when it is nothing that a host could match. */
function parseEntry(entry: string): Rule | null {
  const [, network, bits] = /^(.+)\/(\d{1,3})$/.exec(entry) ?? [];
  if (network !== undefined) return networkRule(entry, network, Number(bits));

  const { host, port } = splitPort(entry);
  if (host === "" || port === undefined) return null;
  const canonical = hostIn(host.replace(/^\*?\.+/, ""));
  if (canonical === null) return null;
  const bytes = addressBytes(canonical);
  if (bytes !== null) return { kind: "network", text: entry, bytes, bits: bytes.length * 8, port };
  return { kind: "name", text: entry, name: withoutFinalDot(canonical), port };
}

function networkRule(text: string, network: string, bits: number): Rule | null {
  const canonical = hostIn(network);
  const bytes = canonical === null ? null : addressBytes(canonical);
  if (bytes === null) return null;
  // `::ffff:10.0.0.0/104` is `10.0.0.0/8` in the longer spelling.
  const own = bytes.length === 4 && network.includes(":") ? bits - 96 : bits;
  return own >= 0 && own <= bytes.length * 8 ? { kind: "network", text, bytes, bits: own, port: null } : null;
}

/** In the spelling that a URL's host has; `null` for text that is no host. */
function hostIn(text: string): string | null {
  const url = urlOfHost(text);
  return url?.port === null ? url.host : null;
}

/** Port `null`: none was written; `undefined`: none that a URL could have. More than one colon is an IPv6 address. */
function splitPort(entry: string): { readonly host: string; readonly port: number | null | undefined } {
  const [, host, port] = /^(\[[^\]]*\]|[^:]*):([^:]*)$/.exec(entry) ?? [];
  if (host === undefined || port === undefined) return { host: entry, port: null };
  return { host, port: /^\d{1,5}$/.test(port) ? Number(port) : undefined };
}

/** The final dot of a fully qualified name changes nothing about which host is meant (CVE-2025-62718 in axios). */
function withoutFinalDot(name: string): string {
  return name.endsWith(".") ? name.slice(0, -1) : name;
}

function isInside(address: readonly number[], network: readonly number[], bits: number): boolean {
  if (address.length !== network.length) return false;
  return network.every((byte, at) => {
    const used = Math.min(8, Math.max(0, bits - at * 8));
    return used === 0 || (byte ^ (address[at] ?? 0)) >> (8 - used) === 0;
  });
}

/**
 * The bytes of a canonical address: 4 or 16; `null` for a name. A zone says which interface, not which host
 * (CVE-2025-22870 in Go: it must not be read as a name). An IPv4-mapped IPv6 address is the IPv4 address.
 */
function addressBytes(host: string): readonly number[] | null {
  if (host.startsWith("[")) return mappedOrSelf(ipv6Bytes(host.slice(1, -1).replace(/%.*$/, "")));
  return /^\d+(?:\.\d+){3}$/.test(host) ? host.split(".").map(Number) : null;
}

function mappedOrSelf(bytes: readonly number[]): readonly number[] {
  const isMapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
  return isMapped ? bytes.slice(12) : bytes;
}
