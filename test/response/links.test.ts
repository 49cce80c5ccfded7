import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseLinks } from "../../src/response/links.ts";
import { read } from "../support/responses.ts";

const plain = (header: string | null): unknown => JSON.parse(JSON.stringify(parseLinks(header)));

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
    ['<a>; rel="next", <b>; rel="next"', { next: { url: "b", rel: "next" } }],
    ['<a>; rel="next last"', { next: { url: "a", rel: "next" }, last: { url: "a", rel: "last" } }],
    ["<a>; rel=NEXT", { next: { url: "a", rel: "next" } }],
    ["<a>; REL=next", { next: { url: "a", rel: "next" } }],
    ['<a>; rel="http://x.test/Rel"', { "http://x.test/Rel": { url: "a", rel: "http://x.test/Rel" } }],
    ["<a>; rel=prev; rel=next", { prev: { url: "a", rel: "prev" } }],
    ['<a>; rel="next"; flag; title="t"', { next: { url: "a", rel: "next", flag: "", title: "t" } }],
    [
      "  < http://x.test/a,b;c=1 > ; rel = 'next' ; title=\"a, b\" , </rel/ative>;rel=prev",
      {
        next: { url: "http://x.test/a,b;c=1", rel: "next", title: "a, b" },
        prev: { url: "/rel/ative", rel: "prev" },
      },
    ],
    ['<a>; title="x=y; z, \\"q\\""; rel=next', { next: { url: "a", title: 'x=y; z, "q"', rel: "next" } }],
    ["<a>; title=x=y; rel=next", { next: { url: "a", title: "x=y", rel: "next" } }],
    ["<a>;", { a: { url: "a" } }],
    ["<a>,,<b>,", { a: { url: "a" }, b: { url: "b" } }],
    ["http://x.test/a; rel=next, b", { next: { url: "http://x.test/a", rel: "next" }, b: { url: "b" } }],
    ["<a>; url=http://evil.test; rel=next", { next: { url: "a", rel: "next" } }],
    ["<a> garbage; rel=next", { next: { url: "a", rel: "next" } }],
    ['<a>; title="never closed; rel=next', { a: { url: "a", title: "never closed; rel=next" } }],
    ["<never closed; rel=next", { "never closed; rel=next": { url: "never closed; rel=next" } }],
    ["<>; rel=self", { self: { url: "", rel: "self" } }],
  ] as const)("of %j", ([header, expected]) => {
    expect(plain(header)).toEqual(expected);
  });

  it("may be called anything", () => {
    const links = parseLinks("<a>; rel=__proto__; constructor=x");
    expect(Object.keys(links)).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(links)).toBeNull();
    expect(parseLinks(null)["toString"]).toBeUndefined();
  });

  it("come from all Link headers of a response, as they stand", () => {
    const response = read({ headers: { link: ["<a>; rel=prev", "<b>; rel=next"] } });
    expect(Object.keys(response.links)).toEqual(["prev", "next"]);
    response.headers.set("Link", "<c>; rel=next");
    expect(response.links["next"]?.url).toBe("c");
  });

  it("never throw, and end, for any text", () => {
    const hostile = fc.array(fc.constantFrom("<", ">", '"', "'", "\\", ";", ",", "=", " ", "a", "rel"), {
      maxLength: 60,
    });
    fc.assert(fc.property(hostile, (parts) => typeof parseLinks(parts.join("")) === "object"));
  });

  it("take time in proportion to the length", () => {
    for (const part of ["<", "<a>;", '<a>;t="', "\\", " ", ",", "a;", "'"])
      parseLinks(part.repeat(100_000 / part.length));
    expect(Object.keys(parseLinks("<a>,".repeat(50_000)))).toEqual(["a"]);
  });
});
