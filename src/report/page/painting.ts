/** What all views paint alike: the axis with its grid, the backs of rows, bars, marks and the words behind them. */
import type { Axis } from "./axis.ts";
import type { Span } from "./book.ts";
import { shown } from "./element.ts";
import type { Canvas, Placed } from "./grid.ts";
import type { Look } from "./look.ts";
import type { Fate, Message } from "./message.ts";
import { PHASES, type Bar, type Phase } from "./phases.ts";

/** Room beside the bars, in pixels: on the right for the word behind the last one. */
export const LEFT_ROOM = 12;
export const RIGHT_ROOM = 76;
/** Lines of the grid are so far apart at least. */
const TICK_GAP = 84;

const WEIGHTS = new Map<Phase, number>(PHASES.map(({ name, weight }) => [name, weight]));

/** Paints the axis above, its lines, and the backs of rows. @param zero the moment that is called 0. */
export function paintGround(canvas: Canvas<unknown>, axis: Axis, zero: number): void {
  const { context, look, width, height, head } = canvas;
  for (const { back, top, height: rowHeight } of canvas.rows) {
    if (back === null) continue;
    context.fillStyle = back;
    context.fillRect(0, top, width, rowHeight);
  }
  context.font = `11px ${look.font}`;
  context.textBaseline = "middle";
  context.textAlign = "left";
  const ticks = axis.ticks(zero, TICK_GAP);
  const bottom = Math.min(height, lastBottom(canvas));
  context.fillStyle = look.line;
  for (const { at } of ticks) context.fillRect(Math.round(axis.x(zero + at)), head, 1, bottom - head);
  for (const { top, height: rowHeight } of canvas.rows) context.fillRect(0, top + rowHeight - 1, width, 1);
  // What is half scrolled away does not shine through the axis.
  context.fillStyle = look.page;
  context.fillRect(0, 0, width, head);
  context.fillStyle = look.line;
  context.fillRect(0, head - 1, width, 1);
  for (const { at, label } of ticks) {
    const x = Math.round(axis.x(zero + at));
    if (x < 0 || x > width) continue;
    context.fillStyle = look.line;
    context.fillRect(x, head - 8, 1, 8);
    context.fillStyle = look.muted;
    if (x + 4 + context.measureText(label).width < width) context.fillText(label, x + 4, head / 2);
  }
}

function lastBottom({ rows, head }: Canvas<unknown>): number {
  const last = rows.at(-1);
  return last === undefined ? head : last.top + last.height;
}

/** What follows is painted below the axis only. */
export function clipRows({ context, width, height, head }: Canvas<unknown>): void {
  context.save();
  context.beginPath();
  context.rect(0, head, width, height - head);
  context.clip();
}

/** Where bars stand. */
export interface Place {
  readonly top: number;
  readonly height: number;
}

/** Paints bars. @param start the beginning of their message. @returns where they end. */
export function paintBars(
  canvas: Canvas<unknown>,
  axis: Axis,
  { start, bars }: { readonly start: number; readonly bars: readonly Bar[] },
  place: Place,
): number {
  const { context, look, width } = canvas;
  let end = axis.x(start);
  for (const { phase, from, to } of bars) {
    const left = axis.x(start + from);
    const right = Math.max(axis.x(start + to), left + 0.75);
    end = right;
    if (right < 0 || left > width) continue;
    const share = phase === null ? 0.55 : (WEIGHTS.get(phase) ?? 1);
    const height = Math.max(2, Math.round(place.height * share));
    context.fillStyle = phase === null ? look.unknown : look.phases[phase];
    context.fillRect(left, place.top + Math.round((place.height - height) / 2), right - left, height);
  }
  if (end - axis.x(start) < 2) {
    // What took no time can be seen all the same.
    context.fillStyle = look.muted;
    context.fillRect(axis.x(start) - 1, place.top, 2, place.height);
  }
  return end;
}

/** A sign for what did not end well: a cross for a failure, a square for a call that was given up, a gap for what was not read. */
export function paintMark(
  context: CanvasRenderingContext2D,
  look: Look,
  fate: Fate,
  [x, y]: readonly [number, number],
): number {
  if (fate === "failed") {
    cross(context, look, x + 6, y);
    return 14;
  }
  if (fate === "aborted" || fate === "unread") {
    context.strokeStyle = look.text;
    context.lineWidth = 1.5;
    context.strokeRect(x + 3.5, y - 3.5, 7, 7);
    if (fate === "unread") context.clearRect(x + 8, y - 6, 5, 12);
    return 14;
  }
  return 0;
}

/** A cross, with some room around it: it may stand on a bar. */
export function cross(context: CanvasRenderingContext2D, look: Look, x: number, y: number): void {
  context.beginPath();
  context.moveTo(x - 3.5, y - 3.5);
  context.lineTo(x + 3.5, y + 3.5);
  context.moveTo(x + 3.5, y - 3.5);
  context.lineTo(x - 3.5, y + 3.5);
  context.lineWidth = 5;
  context.strokeStyle = look.page;
  context.stroke();
  context.lineWidth = 2;
  context.strokeStyle = look.danger;
  context.stroke();
}

/** A word behind a bar, or in front of it where there is no room. */
export function paintWord(
  { context, width }: Canvas<unknown>,
  given: string,
  color: string,
  { left, right, middle }: { readonly left: number; readonly right: number; readonly middle: number },
): void {
  const word = shown(given);
  const length = context.measureText(word).width;
  context.fillStyle = color;
  if (right + 6 + length <= width) context.fillText(word, right + 6, middle);
  else if (left - 6 - length >= 0) context.fillText(word, left - 6 - length, middle);
}

/** A message with its bars, its mark and a word. */
export function paintMessage(
  canvas: Canvas<unknown>,
  axis: Axis,
  { message, start, word }: { readonly message: Message; readonly start: number; readonly word: string },
  { barTop, barHeight }: Placed<unknown>,
): void {
  const { context, look } = canvas;
  const left = axis.x(start);
  const end = paintBars(canvas, axis, { start, bars: message.bars }, { top: barTop, height: barHeight });
  const middle = barTop + barHeight / 2;
  const mark = paintMark(context, look, message.fate, [end, middle]);
  const color = message.fate === "failed" ? look.danger : look.muted;
  if (word !== "") paintWord(canvas, word, color, { left, right: end + mark, middle });
}

/** A span that is worth looking at: what took no time at all gets some. */
export function roomy(span: Span): Span {
  return span.to - span.from > 0 ? span : { from: span.from, to: span.from + 1 };
}
