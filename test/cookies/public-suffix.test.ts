import { domainToASCII } from "node:url";
import { getPublicSuffix } from "tldts";
import { describe, expect, it } from "vitest";
import { isPublicSuffix } from "../../src/cookies/public-suffix.ts";
import { SUFFIXES } from "../../src/cookies/suffixes.ts";
import { linesOf, readRules } from "../suffixes/rules.ts";

describe("a public suffix", () => {
  it.for<readonly [domain: string, suffix: boolean]>([
    ["com", true],
    ["example.com", false],
    ["co.uk", true],
    ["example.co.uk", false],
    // The private part of the list
    ["github.io", true],
    ["me.github.io", false],
    // A wildcard rule, and an exception from it
    ["anything.ck", true],
    ["www.ck", false],
    ["below.www.ck", false],
    // Right above a wildcard: a cookie of it would go to all that it stands for.
    ["kobe.jp", true],
    ["compute.amazonaws.com", true],
    ["amazonaws.com", false],
    // Labels that are numbers
    ["1.bg", true],
    ["1.1.bg", false],
    // A-labels
    ["xn--p1ai", true],
    ["xn--55qx5d.cn", true],
    // Under no rule, the last label is one.
    ["test", true],
    ["example.test", false],
    ["localhost", true],
    ["intranet", true],
    // A part of a label, or two of them, are no label.
    ["o.uk", false],
    ["ac co.uk", false],
    [".uk", false],
    [".ck", true],
  ])("%s: %s", ([domain, suffix]) => {
    expect(isPublicSuffix(domain)).toBe(suffix);
  });

  // The test data of publicsuffix.org: a name, and what can be registered of it; `null` where it is a suffix itself.
  it.for<readonly [name: string, registered: string | null]>([
    ["com", null],
    ["example.com", "example.com"],
    ["www.example.com", "example.com"],
    ["example", null],
    ["example.example", "example.example"],
    ["b.example.example", "example.example"],
    ["a.b.example.example", "example.example"],
    ["biz", null],
    ["domain.biz", "domain.biz"],
    ["b.domain.biz", "domain.biz"],
    ["a.b.domain.biz", "domain.biz"],
    ["b.example.com", "example.com"],
    ["a.b.example.com", "example.com"],
    ["uk.com", null],
    ["example.uk.com", "example.uk.com"],
    ["b.example.uk.com", "example.uk.com"],
    ["a.b.example.uk.com", "example.uk.com"],
    ["test.ac", "test.ac"],
    ["mm", null],
    ["c.mm", null],
    ["b.c.mm", "b.c.mm"],
    ["a.b.c.mm", "b.c.mm"],
    ["jp", null],
    ["test.jp", "test.jp"],
    ["www.test.jp", "test.jp"],
    ["ac.jp", null],
    ["test.ac.jp", "test.ac.jp"],
    ["www.test.ac.jp", "test.ac.jp"],
    ["kyoto.jp", null],
    ["test.kyoto.jp", "test.kyoto.jp"],
    ["ide.kyoto.jp", null],
    ["b.ide.kyoto.jp", "b.ide.kyoto.jp"],
    ["a.b.ide.kyoto.jp", "b.ide.kyoto.jp"],
    ["c.kobe.jp", null],
    ["b.c.kobe.jp", "b.c.kobe.jp"],
    ["a.b.c.kobe.jp", "b.c.kobe.jp"],
    ["city.kobe.jp", "city.kobe.jp"],
    ["www.city.kobe.jp", "city.kobe.jp"],
    ["ck", null],
    ["test.ck", null],
    ["b.test.ck", "b.test.ck"],
    ["a.b.test.ck", "b.test.ck"],
    ["www.ck", "www.ck"],
    ["www.www.ck", "www.ck"],
    ["us", null],
    ["test.us", "test.us"],
    ["www.test.us", "test.us"],
    ["ak.us", null],
    ["test.ak.us", "test.ak.us"],
    ["www.test.ak.us", "test.ak.us"],
    ["k12.ak.us", null],
    ["test.k12.ak.us", "test.k12.ak.us"],
    ["www.test.k12.ak.us", "test.k12.ak.us"],
    ["食狮.com.cn", "食狮.com.cn"],
    ["食狮.公司.cn", "食狮.公司.cn"],
    ["www.食狮.公司.cn", "食狮.公司.cn"],
    ["shishi.公司.cn", "shishi.公司.cn"],
    ["公司.cn", null],
    ["食狮.中国", "食狮.中国"],
    ["www.食狮.中国", "食狮.中国"],
    ["shishi.中国", "shishi.中国"],
    ["中国", null],
    ["xn--85x722f.xn--55qx5d.cn", "xn--85x722f.xn--55qx5d.cn"],
    ["shishi.xn--fiqs8s", "shishi.xn--fiqs8s"],
    ["xn--fiqs8s", null],
  ])("stands below what can be registered of %s: %s", ([name, registered]) => {
    expect(registeredOf(domainToASCII(name))).toBe(registered && domainToASCII(registered));
  });

  it("is what tldts takes for one: at, above and below every rule, and near it", async () => {
    const rules = await readRules();
    const names = new Set<string>();
    for (const rule of rules) {
      const name = rule.replace("!", "").replace("*", "label");
      const [first = "", ...rest] = name.split(".");
      for (const near of [name, `www.${name}`, `a.b.${name}`, `x${name}`, `${first}x.${rest.join(".")}`])
        names.add(near.replace(/\.$/, ""));
      if (rest.length > 0) names.add(rest.join("."));
    }
    const options = { allowPrivateDomains: true, extractHostname: false, validateHostname: false };
    const wrong = [...names].filter(
      (name) => isPublicSuffix(name) !== (getPublicSuffix(name, options) === name),
    );
    expect([wrong, names.size > 40_000]).toEqual([[], true]);
  });

  it("is in the file that npm run suffixes writes today", async () => {
    expect(SUFFIXES.trim().split("\n")).toEqual(linesOf(await readRules()));
  });
});

/** The longest public suffix of `name`, with one label more. */
function registeredOf(name: string): string | null {
  const labels = name.split(".");
  const at = labels.findIndex((_, from) => isPublicSuffix(labels.slice(from).join(".")));
  return at === 0 ? null : labels.slice(at - 1).join(".");
}
