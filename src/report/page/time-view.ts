/** What of the time is to be seen: all, a part that was zoomed to, what the rows in sight need, or each message from its own beginning. Pure. */
import { spanOf, type Span } from "./book.ts";
import type { Message } from "./message.ts";

/** What the axis shows. `"log"`: all of the time, or the part that was zoomed to. */
export type Scale = "log" | "rows" | "aligned";

/** What of the time is to be seen. */
export interface TimeView {
  readonly scale: Scale;
  /** The part that was zoomed to; `null`: all. */
  readonly zoom: Span | null;
}

/** So many messages, and all of the time is too long to see one of them. */
const MANY = 150;

/** What is best to begin with. */
export function firstView(count: number): TimeView {
  return { scale: count > MANY ? "rows" : "log", zoom: null };
}

/** What the axis spans. @param all of the log. @param inSight messages that are to be seen. */
export function shownSpan({ scale, zoom }: TimeView, all: Span, inSight: readonly Message[]): Span {
  if (scale === "log" || inSight.length === 0) return zoom ?? all;
  if (scale === "rows") return spanOf(inSight);
  return { from: 0, to: Math.max(...inSight.map(({ start, end }) => end - start)) };
}

/** Zooms in (`factor` above 1) or out around the middle; `null`: that is all of it. */
export function zoomed(span: Span, all: Span, factor: number): Span | null {
  const length = (span.to - span.from) / factor;
  const middle = (span.from + span.to) / 2;
  return within({ from: middle - length / 2, to: middle + length / 2 }, all);
}

/** A span that is inside of all; `null`: that is all of it. */
export function within(span: Span, all: Span): Span | null {
  const length = Math.max(span.to - span.from, 0.01);
  if (length >= all.to - all.from) return null;
  const from = Math.min(Math.max(span.from, all.from), all.to - length);
  return { from, to: from + length };
}
