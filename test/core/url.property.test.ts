/** Laws of the URL parser. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseUrl } from "../../src/core/url.ts";

/** Characters that make parsers disagree, and some that do not. */
const part = fc.string({
  unit: fc.constantFrom(...Array.from("aZ09-._~!$&'()*+,;=:@/?#[]%\\ \t\n\u0000é😀<>\"{}|^`")),
});
const host = fc.constantFrom("h", "Example.test", "127.0.0.1", "[::1]", "bücher.test", "0x7f.1");

describe("parseUrl", () => {
  it("prepares what it prepared to the same again", () => {
    fc.assert(
      fc.property(host, part, part, part, (name, path, query, fragment) => {
        const once = parseUrl(`http://${name}/${path}?${query}#${fragment}`);
        expect(parseUrl(once.href).parts()).toEqual(once.parts());
      }),
    );
  });

  it("puts nothing on the wire but visible ASCII without blanks", () => {
    fc.assert(
      fc.property(part, part, (path, query) => {
        expect(parseUrl(`http://h/${path}?${query}`).target).toMatch(/^\/[!-~]*$/);
      }),
    );
  });

  it("sees the host that WHATWG's parser sees, or refuses", () => {
    fc.assert(
      fc.property(part, (authority) => {
        const text = `http://h${authority}/x`;
        const ours = attempt(() => parseUrl(text));
        const theirs = attempt(() => new URL(text.replaceAll(/[\t\n\r]/g, "%09")));
        if (ours === null || theirs === null) return;
        expect(ours.host).toBe(theirs.hostname);
      }),
    );
  });
});

function attempt<Value>(action: () => Value): Value | null {
  try {
    return action();
  } catch {
    return null;
  }
}
