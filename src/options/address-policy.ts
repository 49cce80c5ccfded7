/**
 * Reads `addressPolicy`, and knows which addresses are public: those that the registries of IANA call globally reachable
 * (RFC 6890 and what followed it), whichever way they are written.
 *
 * Holding connections to a policy is the transport's work: it sees the address that a name leads to.
 */
import { BlockList, isIP } from "node:net";

import { wrongWord } from "../core/checks.ts";
import type { AddressPolicy } from "../core/adapter.ts";
import type { AddressPolicyInit } from "../core/options.ts";

/** IPv4 that is not for everybody (IANA IPv4 Special-Purpose Address Registry), multicast included. */
const RESERVED_IPV4: readonly (readonly [network: string, prefix: number])[] = [
  ["0.0.0.0", 8], // this network
  ["10.0.0.0", 8], // private (RFC 1918)
  ["100.64.0.0", 10], // shared by carriers (RFC 6598)
  ["127.0.0.0", 8], // loopback
  ["169.254.0.0", 16], // link-local: metadata services of clouds are here
  ["172.16.0.0", 12], // private
  ["192.0.0.0", 24], // protocol assignments
  ["192.0.2.0", 24], // documentation
  ["192.88.99.0", 24], // relays of 6to4, given up
  ["192.168.0.0", 16], // private
  ["198.18.0.0", 15], // benchmarks
  ["198.51.100.0", 24], // documentation
  ["203.0.113.0", 24], // documentation
  ["224.0.0.0", 4], // multicast
  ["240.0.0.0", 4], // reserved, broadcast included
];

/** IPv6 wrongWord of global unicast, and what is special within (IANA IPv6 Special-Purpose Address Registry). */
const RESERVED_IPV6: readonly (readonly [network: string, prefix: number])[] = [
  ["::", 3], // loopback, unspecified, compatible with IPv4
  ["4000::", 2],
  ["8000::", 1], // unique local, link-local, multicast
  ["2001::", 23], // protocol assignments, Teredo among them
  ["2001:db8::", 32], // documentation
  ["3fff::", 20], // documentation
];

/** `::ffff:0:0/96` and `64:ff9b::/96`: IPv4 in the last 32 bits (RFC 4291 §2.5.5.2, RFC 6052). */
const IPV4_AT_END: readonly string[] = ["::ffff:", "64:ff9b::"];

const reserved4 = new BlockList();
const reserved6 = new BlockList();
/** Those IPv6 addresses that are as public as the IPv4 address in them. */
const wrapped = new BlockList();
const reservedWrapped = new BlockList();

for (const [network, prefix] of RESERVED_IPV4) {
  reserved4.addSubnet(network, prefix, "ipv4");
  for (const before of IPV4_AT_END) reservedWrapped.addSubnet(before + network, 96 + prefix, "ipv6");
  reserved6.addSubnet(`2002:${inHex(network)}::`, 16 + prefix, "ipv6"); // 6to4 (RFC 3056)
}
for (const [network, prefix] of RESERVED_IPV6) reserved6.addSubnet(network, prefix, "ipv6");
for (const before of IPV4_AT_END) wrapped.addSubnet(`${before}0.0.0.0`, 96, "ipv6");

function inHex(ipv4: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = ipv4.split(".").map(Number);
  return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
}

/** Can everybody reach the address? What is no address is not public. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !reserved4.check(address, "ipv4");
    case 6:
      // An address with a zone is of this link only.
      if (address.includes("%")) return false;
      return wrapped.check(address, "ipv6")
        ? !reservedWrapped.check(address, "ipv6")
        : !reserved6.check(address, "ipv6");
    default:
      return false;
  }
}

/**
 * The policy that `init` means; `null` for none.
 *
 * @throws {TypeError} for anything but `"public"`, a function and `null`.
 */
export function readAddressPolicy(init: AddressPolicyInit | null): AddressPolicy | null {
  if (init === null) return null;
  if (init === "public") return isPublicAddress;
  if (typeof init === "function") return init;
  throw wrongWord("addressPolicy", '"public", a function or null', init);
}
