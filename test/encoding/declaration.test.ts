import { describe, expect, it } from "vitest";

import { apparentEncoding, charsetOf, type Hints } from "../../src/encoding/charset.ts";
import { declarationIn, markupOf } from "../../src/encoding/declaration.ts";
import { decodeText, TextStream } from "../../src/encoding/text.ts";
import { raw, utf8 } from "../support/bytes.ts";

const HTML: Hints = { contentType: "text/html", detectEncoding: null };

function declared(text: string, markup: "html" | "xml" = "html"): string | null {
  const declaration = declarationIn(utf8(text.padEnd(1024)), markup);
  return declaration.kind === "named" ? declaration.name : null;
}

describe("the charset that a page names", () => {
  it.for([
    ['<meta charset="windows-1251">', "windows-1251"],
    ["<meta charset=koi8-r>", "koi8-r"],
    ["<META CHARSET = 'Shift_JIS' />", "shift_jis"],
    [
      "<!doctype html><html lang=ja><head><title>x</title><meta name=a content=b><meta charset=euc-jp>",
      "euc-jp",
    ],
    ['<meta http-equiv="Content-Type" content="text/html; charset=big5">', "big5"],
    ["<meta content='text/html;charset = \"big5\"' http-equiv=content-type>", "big5"],
    // The labels of WHATWG, as browsers read them.
    ["<meta charset=iso-8859-1>", "windows-1252"],
    ["<meta charset=gb2312>", "gbk"],
    // It was read byte by byte: it cannot be true.
    ["<meta charset=utf-16>", "utf-8"],
    ["<meta charset=nonsense><meta charset=koi8-r>", "koi8-r"],
    ["<meta charset=koi8-r charset=big5>", "koi8-r"],
    ['<?xml version="1.0" encoding="koi8-r"?><html>', "koi8-r"],
    ['<?xml version="1.0"?><meta charset=koi8-r>', "koi8-r"],
    // A0 is no white space of HTML.
    ["<meta a\u00a0charset=big5 charset=koi8-r>", "koi8-r"],
    ["<script>if (a < b) c('</p>')</script><meta charset=koi8-r>", "koi8-r"],
  ] as const)("%s: %s", ([text, name]) => {
    expect(declared(text)).toBe(name);
  });

  it.for([
    "",
    "just text: charset=koi8-r",
    "<meta charset=nonsense>",
    "<meta charset=x-user-defined-by-nobody>",
    '<meta name="charset" content="koi8-r">',
    // Without http-equiv it is about something else.
    '<meta content="text/html; charset=koi8-r">',
    "<metacharset=koi8-r>",
    "<!-- <meta charset=koi8-r> -->",
    '<p title="<meta charset=koi8-r>">',
    "<body><meta charset=koi8-r>",
    "</head><meta charset=koi8-r>",
    '<meta charset="koi8-r',
    ' <?xml version="1.0" encoding="koi8-r"?>',
  ])("there is none in %j", (text) => {
    expect(declared(text)).toBeNull();
  });

  it("counts in the first 1024 bytes only, as in browsers", () => {
    const meta = "<meta charset=koi8-r>";
    expect(declared(`${" ".repeat(1024 - meta.length)}${meta}`)).toBe("koi8-r");
    expect(declared(`${" ".repeat(1025 - meta.length)}${meta}`)).toBeNull();
  });

  it("of XML stands in its declaration, and nowhere else", () => {
    expect(declared('<?xml version="1.0" encoding="koi8-r"?><a/>', "xml")).toBe("koi8-r");
    expect(declared("<a><meta charset=koi8-r></a>", "xml")).toBeNull();
    expect(declared('<?xml version="1.0"?><meta charset=koi8-r>', "xml")).toBeNull();
  });

  it.for([
    ["", "open"],
    ["<!doctype html><html><head><meta char", "open"],
    ["<?xm", "open"],
    ['<?xml version="1.0" encoding=', "open"],
    ["<html><body class=a>", "none"],
    ["<html><head></head>", "none"],
    [" ".repeat(1024), "none"],
  ] as const)("may yet come after %j: %s", ([text, kind]) => {
    expect(declarationIn(utf8(text), "html").kind).toBe(kind);
  });

  it.for([
    ["text/html", "html"],
    ["Text/HTML ;x=y", "html"],
    ["application/xhtml+xml", "xml"],
    ["text/xml", "xml"],
    ["image/svg+xml; a=b", "xml"],
    ["text/plain", null],
    ["application/json", null],
    ["text/htmlx", null],
    [null, null],
  ] as const)("is looked for in %j as in %j", ([type, markup]) => {
    expect(markupOf(type)).toBe(markup);
  });
});

const RUSSIAN = raw(...utf8("<meta charset=windows-1251><p>"), 0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2);
const READ = "<meta charset=windows-1251><p>Привет";

describe("the text of a page", () => {
  it("is in the charset that it names", () => {
    expect(apparentEncoding(RUSSIAN, HTML)).toBe("windows-1251");
    expect(apparentEncoding(RUSSIAN, { ...HTML, contentType: "text/plain" })).toBe("windows-1252");
    // What it names holds, also where UTF-8 would do.
    expect(apparentEncoding(utf8("<meta charset=big5>é"), HTML)).toBe("big5");
  });

  it("is in the charset of its header or its mark, whatever it names", () => {
    expect(decodeText(utf8("<meta charset=big5>é"), charsetOf("text/html; charset=utf-8"))).toBe(
      "<meta charset=big5>é",
    );
    expect(apparentEncoding(raw(0xef, 0xbb, 0xbf, ...utf8("<meta charset=big5>é")), HTML)).toBe("utf-8");
  });

  it("is the same in pieces of any size", () => {
    for (let size = 1; size <= RUSSIAN.byteLength; size++) {
      const decoder = new TextStream(charsetOf("text/html"), HTML);
      let text = "";
      for (let at = 0; at < RUSSIAN.byteLength; at += size) {
        text += decoder.decode(RUSSIAN.subarray(at, at + size), false);
      }
      expect(text + decoder.decode(raw(), true)).toBe(READ);
    }
  });

  it("waits no longer than for its head", () => {
    const decoder = new TextStream(charsetOf("text/html"), HTML);
    expect(decoder.decode(utf8("<html><head>"), false)).toBe("");
    expect(decoder.decode(utf8("</head>"), false)).toBe("<html><head></head>");
    const named = new TextStream(charsetOf("text/html; charset=utf-8"), HTML);
    expect(named.decode(utf8("<html>"), false)).toBe("<html>");
    const marked = new TextStream(charsetOf("text/html"), HTML);
    expect(marked.decode(raw(0xef, 0xbb, 0xbf, 60), false)).toBe("<");
  });
});
