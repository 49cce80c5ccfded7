/** Laws of `Strict-Transport-Security`. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseStrictTransport } from "../../src/hsts/store.ts";

const parts = fc.constantFrom(
  "max-age",
  "=",
  ";",
  '"',
  "0",
  "max-age=99999999999999999999",
  "includeSubDomains",
  " ",
  "\t",
  "preload",
  "\u00e9",
  ",",
  "-1",
  "1.5",
);

describe("Strict-Transport-Security", () => {
  it("is read as it was written, in any order and case, with directives that nobody knows", () => {
    const written = fc.tuple(
      fc.nat(3_155_760_000),
      fc.boolean(),
      fc.boolean(),
      fc.uniqueArray(fc.stringMatching(/^x-[a-z]{1,5}$/), { maxLength: 2 }),
      fc.constantFrom("; ", " ;", ";;"),
    );
    fc.assert(
      fc.property(written, fc.nat(), ([seconds, isQuoted, withSubDomains, others, between], turn) => {
        const all = [
          `Max-Age=${isQuoted ? `"${seconds}"` : seconds}`,
          ...(withSubDomains ? ["INCLUDEsubdomains"] : []),
          ...others,
        ];
        const at = turn % all.length;
        expect(parseStrictTransport([...all.slice(at), ...all.slice(0, at)].join(between))).toEqual({
          maxAgeMs: seconds * 1000,
          includeSubDomains: withSubDomains,
        });
      }),
    );
  });

  it("is a finite age or nothing, whatever comes", () => {
    const noise = fc.oneof(
      fc.stringMatching(/^[0-9]{1,30}$/).map((digits) => `max-age=${digits}`),
      fc.string({ unit: "binary" }),
      fc.array(parts, { maxLength: 12 }).map((all) => all.join("")),
    );
    fc.assert(
      fc.property(noise, (text) => {
        const policy = parseStrictTransport(text);
        if (policy === null) return;
        expect(policy.maxAgeMs).toBeGreaterThanOrEqual(0);
        expect(new Date(policy.maxAgeMs).getTime()).toBe(policy.maxAgeMs);
      }),
    );
  });
});
