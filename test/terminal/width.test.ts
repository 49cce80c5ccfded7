/** How wide a text is on a terminal: held to what Node's own line editor takes it for. */
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { columnsOf, fitted } from "../../src/terminal/width.ts";

const TEXTS = [
  "",
  "plain.txt",
  "日本語",
  "한국어",
  "中文，标点。",
  "ｆｕｌｌ",
  "ﾊﾝｶｸ",
  "ñandú",
  "e\u0301",
  "กำ",
  "नमस्ते",
  "العربية",
  "עברית",
  "Ελληνικά",
  "🙂",
  "🚀🚀",
  "⌚",
  "→ … · €",
  "𠀀",
  "〰",
];

/** Of each the width, as Node has it. */
function widthsInNode(texts: readonly string[]): number[] {
  const program = `
    const { getStringWidth } = require("internal/util/inspect");
    console.log(JSON.stringify(JSON.parse(require("node:fs").readFileSync(0, "utf8")).map((text) => getStringWidth(text))));`;
  const answer = execFileSync(process.execPath, ["--expose-internals", "--eval", program], {
    input: JSON.stringify(texts),
    encoding: "utf8",
  });
  return JSON.parse(answer) as number[];
}

describe("columnsOf", () => {
  it("tells what Node's line editor tells", () => {
    const found = TEXTS.map((text) => [text, columnsOf(text)]);
    const wanted = widthsInNode(TEXTS).map((width, at) => [TEXTS[at], width]);
    expect(found).toEqual(wanted);
  });

  it("never tells less than that, whatever character it is", () => {
    const all: string[] = [];
    for (let code = 0xa0; code < 0x3_0000; code++) {
      const character = String.fromCodePoint(code);
      // Not one that has no width of its own, and none that nobody has defined yet.
      if (/[^\p{C}\p{M}\p{Zl}\p{Zp}]/u.test(character)) all.push(character);
    }
    const widths = widthsInNode(all);
    const short = all.filter((character, at) => columnsOf(character.normalize("NFC")) < (widths[at] ?? 0));
    expect(short.map((character) => character.codePointAt(0)?.toString(16))).toEqual([]);
  });

  it.for([
    ["❤\ufe0f", 2],
    ["👩‍👩‍👧", 6],
  ] as const)("tells the most that %s may take: %i", ([text, columns]) => {
    expect(columnsOf(text)).toBe(columns);
  });
});

describe("fitted", () => {
  it.for([
    ["name.zip", 8, "name.zip"],
    ["name.zip", 7, "nam…zip"],
    ["name.zip", 2, "n…"],
    ["name.zip", 1, "…"],
    ["name.zip", 0, ""],
    ["日本語.txt", 6, "日…xt"],
    ["👩‍👩‍👧👩‍👩‍👧", 7, "👩‍👩‍👧…"],
  ] as const)("of %s in %i columns is %s", ([text, columns, wanted]) => {
    expect(fitted(text, columns)).toBe(wanted);
  });

  it("takes no more than there is, and of what is short enough nothing", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", maxLength: 40 }),
        fc.integer({ min: 0, max: 60 }),
        (text, columns) => {
          const short = fitted(text, columns);
          expect(columnsOf(short)).toBeLessThanOrEqual(columns);
          if (columnsOf(text) <= columns) expect(short).toBe(text);
        },
      ),
    );
  });
});
