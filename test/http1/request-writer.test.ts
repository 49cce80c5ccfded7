import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { HeaderSection } from "../../src/core/request-head.ts";
import { HeadWriter } from "../../src/http1/request-writer.ts";

function section(fields: readonly string[]): HeaderSection {
  return { fields, authority: "a.test", framing: "none", isLast: false };
}

const plain = section(["Host", "a.test", "X-A", "1", "x-a", "2", "X-Empty", ""]);

describe("the head of a request", () => {
  it("is its line, a line for each field, and an empty one", () => {
    const message = { method: "GET", target: "/p?q=1", section: plain };
    expect(new HeadWriter().textOf(message)).toBe(
      "GET /p?q=1 HTTP/1.1\r\nHost: a.test\r\nX-A: 1\r\nx-a: 2\r\nX-Empty: \r\n\r\n",
    );
  });

  it("depends on no message before it", () => {
    const text = fc.constantFrom("a", "b", "c");
    const fields = fc.array(fc.tuple(text, text), { maxLength: 4 });
    fc.assert(
      fc.property(fc.array(fields, { maxLength: 12 }), (sections) => {
        const shared = new HeadWriter();
        for (const pairs of sections) {
          const message = { method: "GET", target: "/", section: section(pairs.flat()) };
          expect(shared.textOf(message)).toBe(new HeadWriter().textOf(message));
        }
      }),
    );
  });
});
