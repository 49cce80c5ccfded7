/**
 * Where we and llhttp differ, and why. Anything else is a fault, of one or the other.
 *
 * A row of what we take and llhttp refuses mends that place of the stream, and llhttp is asked again: it must say of the rest what
 * we say, and of the mended place, too. A row of what we refuse knows the bytes for which we do.
 */
import type { Case } from "./case.ts";
import type { Asked } from "./question.ts";
import { looserRows } from "./rows-looser.ts";
import { stricterRows } from "./rows-stricter.ts";

export interface Row {
  readonly name: string;
  /** With the section, and what others do. */
  readonly reason: string;
  /** What to ask next, or that all is explained; `null`: this is not it. */
  explain(found: Case): Asked | "explained" | null;
}

/** The first that fits is taken. */
export const rows: readonly Row[] = [...looserRows, ...stricterRows];
