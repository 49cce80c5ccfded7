import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseLinks } from "../../src/response/links.ts";
import { read } from "../support/responses.ts";
import { utf8 } from "../support/wire-server.ts";

const BASE = "http://x.test/p/q?r#s";

const plain = (header: string | null): unknown => JSON.parse(JSON.stringify(parseLinks(header, BASE)));

describe("links", () => {
  // RFC 8288 §3; PARITY UTL-12, RSP-9
  it.for([
    [null, {}],
    ["", {}],
    [
      '<http://x.test/?page=2>; rel="next"; title="Next page", <http://x.test/?page=9>; rel=last',
      {
        next: { url: "http://x.test/?page=2", rel: "next", title: "Next page" },
        last: { url: "http://x.test/?page=9", rel: "last" },
      },
    ],
    [
      "<http://x.test/a>; type=text/html, <http://x.test/b>",
      {
        "http://x.test/a": { url: "http://x.test/a", type: "text/html" },
        "http://x.test/b": { url: "http://x.test/b" },
      },
    ],
    ['<a>; rel="next", <b>; rel="next"', { next: { url: "http://x.test/p/b", rel: "next" } }],
    [
      '<a>; rel="next last"',
      { next: { url: "http://x.test/p/a", rel: "next" }, last: { url: "http://x.test/p/a", rel: "last" } },
    ],
    ["<a>; rel=NEXT", { next: { url: "http://x.test/p/a", rel: "next" } }],
    ["<a>; REL=next", { next: { url: "http://x.test/p/a", rel: "next" } }],
    [
      '<a>; rel="http://x.test/Rel"',
      { "http://x.test/Rel": { url: "http://x.test/p/a", rel: "http://x.test/Rel" } },
    ],
    ["<a>; rel=prev; rel=next", { prev: { url: "http://x.test/p/a", rel: "prev" } }],
    [
      '<a>; rel="next"; flag; title="t"',
      { next: { url: "http://x.test/p/a", rel: "next", flag: "", title: "t" } },
    ],
    [
      "  < http://x.test/a,b;c=1 > ; rel = 'next' ; title=\"a, b\" , </rel/ative>;rel=prev",
      {
        next: { url: "http://x.test/a,b;c=1", rel: "next", title: "a, b" },
        prev: { url: "http://x.test/rel/ative", rel: "prev" },
      },
    ],
    [
      '<a>; title="x=y; z, \\"q\\""; rel=next',
      { next: { url: "http://x.test/p/a", title: 'x=y; z, "q"', rel: "next" } },
    ],
    ["<a>; title=x=y; rel=next", { next: { url: "http://x.test/p/a", title: "x=y", rel: "next" } }],
    ["<a>;", { "http://x.test/p/a": { url: "http://x.test/p/a" } }],
    [
      "<a>,,<b>,",
      {
        "http://x.test/p/a": { url: "http://x.test/p/a" },
        "http://x.test/p/b": { url: "http://x.test/p/b" },
      },
    ],
    [
      "http://x.test/a; rel=next, b",
      { next: { url: "http://x.test/a", rel: "next" }, "http://x.test/p/b": { url: "http://x.test/p/b" } },
    ],
    ["<a>; url=http://evil.test; rel=next", { next: { url: "http://x.test/p/a", rel: "next" } }],
    ["<a> garbage; rel=next", { next: { url: "http://x.test/p/a", rel: "next" } }],
    [
      '<a>; title="never closed; rel=next',
      { "http://x.test/p/a": { url: "http://x.test/p/a", title: "never closed; rel=next" } },
    ],
    [
      "<never closed; rel=next",
      { "http://x.test/p/never%20closed;%20rel=next": { url: "http://x.test/p/never%20closed;%20rel=next" } },
    ],
    ["<>; rel=self", { self: { url: "http://x.test/p/q?r", rel: "self" } }],
    // bytes beyond ASCII: of URLs one by one, in whatever charset they are; of the rest UTF-8
    [utf8("</café?é>; rel=next"), { next: { url: "http://x.test/caf%C3%A9?%C3%A9", rel: "next" } }],
    ["</caf\u00e9>; rel=next", { next: { url: "http://x.test/caf%E9", rel: "next" } }],
    [utf8("</p/Р>; rel=next"), { next: { url: "http://x.test/p/%D0%A0", rel: "next" } }],
    [utf8("/p/Р; rel=next"), { next: { url: "http://x.test/p/%D0%A0", rel: "next" } }],
    [
      utf8('<a>; rel=next; title="voilà"; t=voilà'),
      { next: { url: "http://x.test/p/a", rel: "next", title: "voilà", t: "voilà" } },
    ],
    [
      "<a>; rel=next; title=caf\u00e9\u00a0",
      { next: { url: "http://x.test/p/a", rel: "next", title: "caf\u00e9\u00a0" } },
    ],
    // what can be sent is not spelled otherwise
    ["<?a[]=%7e>; rel=next", { next: { url: "http://x.test/p/q?a[]=%7e", rel: "next" } }],
    ["<//y.test/z>; rel=next", { next: { url: "http://y.test/z", rel: "next" } }],
    ["<http://>; rel=next", { next: { url: "http://", rel: "next" } }],
  ] as const)("of %j", ([header, expected]) => {
    expect(plain(header)).toEqual(expected);
  });

  it("may be called anything", () => {
    const links = parseLinks("<a>; rel=__proto__; constructor=x", BASE);
    expect(Object.keys(links)).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(links)).toBeNull();
    expect(parseLinks(null, BASE)["toString"]).toBeUndefined();
  });

  it("come from all Link headers of a response, as they stand", () => {
    const response = read({ headers: { link: ["<a>; rel=prev", "<b>; rel=next"] } });
    expect(Object.keys(response.links)).toEqual(["prev", "next"]);
    response.headers.set("Link", "<c>; rel=next");
    expect(response.links["next"]?.url).toBe(new URL("c", response.url).href);
  });

  it("never throw, and end, for any text", () => {
    const hostile = fc.array(fc.constantFrom("<", ">", '"', "'", "\\", ";", ",", "=", " ", "a", "rel"), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(hostile, (parts) => {
        expect(parseLinks(parts.join(""), BASE)).toBeTypeOf("object");
      }),
    );
  });

  it("take time in proportion to the length", () => {
    for (const part of ["<", "<a>;", '<a>;t="', "\\", " ", ",", "a;", "'"])
      parseLinks(part.repeat(100_000 / part.length), BASE);
    expect(Object.keys(parseLinks("<a>,".repeat(50_000), BASE))).toContain(`http://x.test/p/a`);
    // The server may choose the base, too: by a redirect.
    const long = `http://x.test/${"x".repeat(60_000)}/`;
    const many = Array.from({ length: 10_000 }, (_, index) => `<${index}>`).join();
    const shown = Object.keys(parseLinks(many, long)).reduce((sum, { length }) => sum + length, 0);
    expect(shown).toBeLessThan(2_000_000);
  });
});
