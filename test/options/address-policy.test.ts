import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { isPublicAddress, readAddressPolicy } from "../../src/options/address-policy.ts";

describe("a public address", () => {
  it.for([
    ["1.1.1.1", true],
    ["8.8.8.8", true],
    ["93.184.216.34", true],
    ["9.255.255.255", true],
    ["11.0.0.0", true],
    ["100.63.255.255", true],
    ["100.128.0.0", true],
    ["126.255.255.255", true],
    ["128.0.0.0", true],
    ["172.15.255.255", true],
    ["172.32.0.0", true],
    ["192.167.255.255", true],
    ["192.169.0.0", true],
    ["223.255.255.255", true],
    ["2606:4700:4700::1111", true],
    ["2a00:1450::1", true],
    ["::ffff:1.1.1.1", true],
    ["::ffff:101:101", true],
    ["64:ff9b::8.8.8.8", true],
    ["2002:808:808::1", true],
  ] as const)("%s is one: %s", ([address, expected]) => {
    expect(isPublicAddress(address)).toBe(expected);
  });

  // Every line of the registries, at both ends of its range.
  it.for([
    "0.0.0.0",
    "0.255.255.255",
    "10.0.0.0",
    "10.255.255.255",
    "100.64.0.0",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.255",
    "169.254.0.0",
    "169.254.169.254",
    "172.16.0.0",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "192.168.255.255",
    "198.18.0.0",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "0:0:0:0:0:ffff:a9fe:a9fe",
    "64:ff9b::10.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:4136:e378::",
    "2001:10::1",
    "2001:db8::1",
    "2002:a00:1::",
    "2002:7f00:1::",
    "2002:c0a8:101::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
  ])("%s is none", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.for(["", "localhost", "1.2.3", "01.2.3.4", "0x7f.1", "2130706433", "1.1.1.1:80", "[2606:4700::1]"])(
    "what is no address is none: %j",
    (text) => {
      expect(isPublicAddress(text)).toBe(false);
    },
  );

  it("is the same inside IPv6, whichever way it is wrapped", () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const [a = 0, b = 0, c = 0, d = 0] = address.split(".").map(Number);
        const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
        const expected = isPublicAddress(address);
        expect(isPublicAddress(`::ffff:${address}`)).toBe(expected);
        expect(isPublicAddress(`::ffff:${hex}`)).toBe(expected);
        expect(isPublicAddress(`64:ff9b::${hex}`)).toBe(expected);
        expect(isPublicAddress(`2002:${hex}::1`)).toBe(expected);
      }),
    );
  });
});

describe("addressPolicy", () => {
  it("is a name, a function, or none", () => {
    const mine = (): boolean => true;
    expect(readAddressPolicy("public")).toBe(isPublicAddress);
    expect(readAddressPolicy(mine)).toBe(mine);
    expect(readAddressPolicy(null)).toBeNull();
  });

  it.for([["private"], [true], [[]], [{}], [1]])("is not %j", ([value]) => {
    expect(() => readAddressPolicy(value as never)).toThrow(TypeError);
    expect(() => readAddressPolicy(value as never)).toThrow(
      /addressPolicy must be "public", a function or null, not/,
    );
  });
});
