import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { parseUrl } from "../../src/core/url.ts";
import { bypassesProxy } from "../../src/proxy/no-proxy.ts";

const octet = fc.integer({ min: 0, max: 255 });
const ipv4 = fc.tuple(octet, octet, octet, octet);
const group = fc.integer({ min: 0, max: 0xffff });
const ipv6 = fc.array(group, { minLength: 8, maxLength: 8 });
const label = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);

function toNumber(parts: readonly number[], bitsEach: number): bigint {
  return parts.reduce((sum, part) => (sum << BigInt(bitsEach)) | BigInt(part), 0n);
}

describe("NO_PROXY", () => {
  it("agrees with arithmetic about IPv4 networks", () => {
    fc.assert(
      fc.property(ipv4, ipv4, fc.integer({ min: 0, max: 32 }), (host, network, bits) => {
        const shift = BigInt(32 - bits);
        const inside = toNumber(host, 8) >> shift === toNumber(network, 8) >> shift;
        const url = parseUrl(`http://${host.join(".")}/`);
        expect(bypassesProxy(url, `${network.join(".")}/${bits}`)).toBe(inside);
      }),
    );
  });

  it("agrees with arithmetic about IPv6 networks", () => {
    fc.assert(
      fc.property(ipv6, ipv6, fc.nat(112), fc.integer({ min: 1, max: 128 }), (host, other, common, bits) => {
        // Networks that share some bits with the address; else hardly any would match.
        const network = host.map((part, at) => (at * 16 < common ? part : (other[at] ?? 0)));
        // IPv4-mapped addresses are IPv4, and have their own test.
        fc.pre(host.slice(0, 5).some((part) => part !== 0) && network.slice(0, 5).some((part) => part !== 0));
        const shift = BigInt(128 - bits);
        const inside = toNumber(host, 16) >> shift === toNumber(network, 16) >> shift;
        const url = parseUrl(`http://[${host.map((part) => part.toString(16)).join(":")}]/`);
        const entry = `${network.map((part) => part.toString(16)).join(":")}/${bits}`;
        expect(bypassesProxy(url, entry)).toBe(inside);
      }),
    );
  });

  it("matches a name and all below it, however the entry is spelled", () => {
    fc.assert(
      fc.property(
        fc.array(label, { minLength: 1, maxLength: 3 }),
        fc.array(label, { maxLength: 2 }),
        fc.constantFrom("", ".", "*."),
        (domain, below, prefix) => {
          const name = [...domain, "test"].join(".");
          const url = parseUrl(`http://${[...below, name].join(".")}/`);
          expect(bypassesProxy(url, `other.invalid, ${prefix}${name.toUpperCase()}`)).toBe(true);
        },
      ),
    );
  });

  it("takes any text without failing, and does not match a host that is not in it", () => {
    const url = parseUrl("http://q7x.invalid/");
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        fc.pre(text.trim() !== "*" && !text.toLowerCase().includes("invalid"));
        expect(bypassesProxy(url, text)).toBe(false);
      }),
    );
  });
});
