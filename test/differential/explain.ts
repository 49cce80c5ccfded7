/** Holds two stories of one stream against each other: they are the same, or rows of the table say why they are not. */
import { Asked } from "./question.ts";
import type { Case } from "./case.ts";
import { rows, type Row } from "./rows.ts";
import { difference, type Difference, type Story } from "./story.ts";

export type Verdict =
  | { readonly kind: "same" }
  | { readonly kind: "explained"; readonly rows: readonly Row[] }
  /** `theirs` tells what llhttp said last, `rows` what was mended in the stream before. */
  | {
      readonly kind: "unexplained";
      readonly difference: Difference;
      readonly theirs: Story;
      readonly rows: readonly Row[];
      readonly asked: string;
    };

/** More places than this no stream has. */
const MOST = 200;

export function compared(bytes: Buffer, methods: readonly string[], ours: Story): Verdict {
  let asked = Asked.first(bytes, methods);
  const found: Row[] = [];
  for (let times = 0; times < MOST; times++) {
    const theirs = asked.story();
    const what = difference(ours, theirs);
    if (what === null) return found.length === 0 ? { kind: "same" } : { kind: "explained", rows: found };
    const next = explained({ ours, theirs, difference: what, asked, text: bytes.toString("latin1") });
    if (next === null)
      return { kind: "unexplained", difference: what, theirs, rows: found, asked: asked.text };
    found.push(next.row);
    if (next.answer === "explained") return { kind: "explained", rows: found };
    asked = next.answer;
  }
  throw new Error(`more than ${MOST} differences in ${JSON.stringify(bytes.toString("latin1"))}`);
}

function explained(found: Case): { readonly row: Row; readonly answer: Asked | "explained" } | null {
  for (const row of rows) {
    const answer = row.explain(found);
    if (answer !== null) return { row, answer };
  }
  return null;
}
