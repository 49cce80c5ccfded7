import { describe, expect, it } from "vitest";
import { isPublicSuffix } from "../../src/cookies/public-suffix.ts";

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
    // A-labels
    ["xn--p1ai", true],
    ["xn--55qx5d.cn", true],
    // Under no rule, the last label is one.
    ["test", true],
    ["example.test", false],
    ["localhost", true],
    ["intranet", true],
  ])("%s: %s", ([domain, suffix]) => {
    expect(isPublicSuffix(domain)).toBe(suffix);
  });
});
