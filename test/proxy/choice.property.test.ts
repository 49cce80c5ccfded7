/** How a proxy is chosen, told: what is told is what is chosen. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseUrl } from "../../src/core/url.ts";
import { bypassesProxy, exceptionFor } from "../../src/proxy/no-proxy.ts";
import { proxyChoice, selectProxy } from "../../src/proxy/select.ts";
import { runs } from "../support/size.ts";

const key = fc.constantFrom("http", "https", "all", "http://a.test", "all://a.test", "https://b.test");
const rules = fc.record({
  byKey: fc
    .dictionary(key, fc.constantFrom("", "http://p.test:1", "socks5://u:p@q.test:2"), { maxKeys: 3 })
    .map((entries) => new Map(Object.entries(entries))),
  noProxy: fc.constantFrom(null, "", "*", "a.test", "b.test,.a.test:80", "127.0.0.0/8, [::1]"),
});
const urls = fc.constantFrom(
  "http://a.test/",
  "https://b.test/",
  "http://sub.a.test:81/",
  "http://127.0.0.1/",
  "http://[::1]/",
);

describe("proxyChoice()", () => {
  it("comes to what selectProxy() gives, by a rule that is there", () => {
    fc.assert(
      fc.property(rules, rules, urls, (explicit, environment, text) => {
        const url = parseUrl(text);
        const choice = proxyChoice(url, { explicit, environment });
        expect(choice?.target ?? null).toBe(selectProxy(url, { explicit, environment }));
        if (choice === null) return;
        const own = choice.by === "explicit" ? explicit : environment;
        expect(own.byKey.get(choice.key)).toBe(choice.value);
        // There is a proxy, or a reason for none.
        expect(
          [choice.target !== null, choice.value === "", choice.exception !== null].filter(Boolean).length,
        ).toBe(1);
        const list = choice.exceptionBy === "explicit" ? explicit.noProxy : environment.noProxy;
        if (choice.exception !== null) expect(list).toContain(choice.exception);
      }),
      { numRuns: runs(1000) },
    );
  });
});

describe("exceptionFor()", () => {
  it.for([
    ["http://www.a.test/", "b.test , .a.test", ".a.test"],
    ["http://www.a.test/", "*.a.test", "*.a.test"],
    ["http://127.0.0.7:81/", "127.0.0.7:80,127.0.0.0/8", "127.0.0.0/8"],
    ["http://a.test/", " * ", "*"],
    ["http://a.test/", "b.test", null],
    ["http://a.test/", "", null],
  ] as const)("of %s in %j is %j", ([url, list, entry]) => {
    expect(exceptionFor(parseUrl(url), list)).toBe(entry);
    expect(bypassesProxy(parseUrl(url), list)).toBe(entry !== null);
  });
});
