import { describe, expect, it } from "vitest";

import { parseUrl } from "../../src/core/url.ts";
import { bypassesProxy } from "../../src/proxy/no-proxy.ts";

function bypassed(url: string, noProxy: string): boolean {
  return bypassesProxy(parseUrl(url), noProxy);
}

describe("NO_PROXY reaches a host directly", () => {
  it.for([
    // PARITY ENV-8: names stand for themselves and their subdomains.
    ["http://example.test/", "example.test"],
    ["http://sub.example.test/", "example.test"],
    ["http://a.b.example.test/", "example.test"],
    ["http://example.test/", ".example.test"],
    ["http://sub.example.test/", ".example.test"],
    ["http://sub.example.test/", "*.example.test"],
    ["http://example.test/", "*.example.test"],
    ["http://localhost:5000/", "localhost"],
    // Case.
    ["http://EXAMPLE.test/", "example.TEST"],
    ["http://localhost/", "LOCALHOST"],
    // Blanks and commas.
    ["http://b.test/", "a.test, b.test"],
    ["http://b.test/", " a.test ,\tb.test "],
    ["http://b.test/", "a.test b.test"],
    ["http://b.test/", ",,b.test,,"],
    // A final dot changes nothing (CVE-2025-62718).
    ["http://localhost./", "localhost"],
    ["http://localhost/", "localhost."],
    // Ports, also the one that the scheme means.
    ["http://example.test:8080/", "example.test:8080"],
    ["http://sub.example.test:8080/", ".example.test:8080"],
    ["http://example.test/", "example.test:80"],
    ["https://example.test/", "example.test:443"],
    // PARITY ENV-7: addresses, with and without port.
    ["http://127.0.0.1:5000/", "127.0.0.1"],
    ["http://127.0.0.1:5000/", "127.0.0.1:5000"],
    ["http://192.168.0.1:5000/", "192.168.0.0/24"],
    ["http://192.168.0.1/", "192.168.0.1/32"],
    ["http://10.255.1.2/", "172.16.0.0/12, 10.0.0.0/8"],
    ["http://172.31.255.255/", "172.16.0.0/12"],
    ["http://8.8.8.8/", "0.0.0.0/0"],
    // Other spellings of an address (CVE-2026-44492 in axios).
    ["http://0x7f000001/", "127.0.0.1"],
    ["http://127.1/", "127.0.0.1"],
    ["http://0177.0.0.1/", "127.0.0.1"],
    ["http://\uff11\uff12\uff17.0.0.1/", "127.0.0.1"],
    ["http://127.0.0.1/", "127.1"],
    ["http://[::ffff:127.0.0.1]/", "127.0.0.1"],
    ["http://[::ffff:7f00:1]/", "127.0.0.0/8"],
    ["http://127.0.0.1/", "::ffff:127.0.0.1"],
    ["http://10.1.2.3/", "::ffff:10.0.0.0/104"],
    // PARITY ENV-9: IPv6.
    ["http://[::1]/", "::1"],
    ["http://[::1]/", "[::1]"],
    ["http://[0:0:0:0:0:0:0:1]/", "::1"],
    ["http://[::1]:8080/", "[::1]:8080"],
    ["http://[2001:db8:1::5]/", "2001:db8::/32"],
    ["http://[2001:db8:8000::]/", "2001:db8:8000::/33"],
    ["http://[fe80::1%25eth0]/", "fe80::/10"],
    ["http://[1:2:3:4:5:6:7:8]/", "1:2:3:4:5:6:7:8"],
    ["http://[1::]/", "1::"],
    // Names beyond ASCII.
    ["http://b\u00fccher.test/", "B\u00dcCHER.test"],
    ["http://xn--bcher-kva.test/", "b\u00fccher.test"],
    // The lone star.
    ["http://anything.test/", "*"],
    ["http://[::1]/", " * "],
  ] as const)("%s with %j", ([url, noProxy]) => {
    expect(bypassed(url, noProxy)).toBe(true);
  });
});

describe("NO_PROXY leaves a host to its proxy", () => {
  it.for([
    ["http://example.test/", ""],
    ["http://example.test/", " , "],
    // Nothing is implied (PARITY ENV-11).
    ["http://localhost/", ""],
    ["http://127.0.0.1/", ""],
    // A suffix ends at a dot.
    ["http://evilexample.test/", "example.test"],
    ["http://evilexample.test/", ".example.test"],
    ["http://localhost/", "host"],
    ["http://example.test/", "sub.example.test"],
    ["http://example.test.evil/", "example.test"],
    // A star is nothing but a whole list, or the first label.
    ["http://example.test/", "other.test,*"],
    ["http://example.test/", "ex*.test"],
    ["http://example.test/", "*example.test"],
    // Ports.
    ["http://example.test:81/", "example.test:82"],
    ["https://example.test/", "example.test:80"],
    ["http://127.0.0.1:81/", "127.0.0.1:82"],
    ["http://[::1]:81/", "[::1]:82"],
    ["http://example.test/", "example.test:http"],
    ["http://example.test/", "example.test:"],
    // Networks.
    ["http://192.168.1.1/", "192.168.0.0/24"],
    ["http://172.32.0.0/", "172.16.0.0/12"],
    ["http://[2001:db9::1]/", "2001:db8::/32"],
    ["http://[2001:db8:7fff::]/", "2001:db8:8000::/33"],
    ["http://10.0.0.1/", "::/0"],
    ["http://[::1]/", "0.0.0.0/0"],
    // Malformed networks match nothing.
    ["http://8.8.8.8/", "8.8.8.0/a"],
    ["http://8.8.8.8/", "8.8.8.8/128"],
    ["http://8.8.8.8/", "8.8.8.8/-1"],
    ["http://8.8.8.8/", "8.8.8.999/24"],
    ["http://8.8.8.8/", "::ffff:8.8.8.8/95"],
    ["http://[::1]/", "::1/129"],
    ["http://example.test/", "example.test/24"],
    ["http://[::1]/", ":::1"],
    // A name is no address, and an address no name.
    ["http://a.127.0.0.1.test/", "127.0.0.1"],
    ["http://1.2.3.4/", "3.4.test"],
    // A zone cannot imitate a domain (CVE-2025-22870 in Go).
    ["http://[::1%25.example.com]/", "*.example.com,.example.com"],
    // Garbage.
    ["http://example.test/", "http://example.test/"],
    ["http://example.test/", "@, :, /, [, ]"],
  ] as const)("%s with %j", ([url, noProxy]) => {
    expect(bypassed(url, noProxy)).toBe(false);
  });
});
