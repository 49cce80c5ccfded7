/** The waterfall: a row a message, its bar by phases. */
import { Axis } from "./axis.ts";
import type { Span } from "./book.ts";
import { element, type Child } from "./element.ts";
import { formatBytes, formatMs, shorten } from "./format.ts";
import type { Canvas, Column, GridPlan } from "./grid.ts";
import type { Message } from "./message.ts";
import { clipRows, LEFT_ROOM, paintGround, paintMessage, RIGHT_ROOM, roomy } from "./painting.ts";
import { PHASES } from "./phases.ts";
import type { Row } from "./rows.ts";
import { shownSpan, type TimeView } from "./time-view.ts";
import { outcomeText, reasonWord, signOf, statusOf, wordOf } from "./words.ts";

/** Longer URLs are shown with their middle left out; the detail has all of it. */
const LONGEST_URL = 240;

/** What the waterfall asks the page. */
export interface WaterfallHost {
  time(): TimeView;
  /** All of the time. */
  span(): Span;
  isChosen(message: Message): boolean;
  open(message: Message, isKeyboard: boolean): void;
  walk(message: Message): void;
  /** @param range `null`: all. */
  zoom(range: Span | null): void;
  sort(column: string): void;
}

/** Method, status, URL, size and time of a message. */
const COLUMNS: readonly Column<Row>[] = [
  { id: "method", label: "Method", isSortable: true, texts: ({ message }) => [message.method] },
  {
    id: "status",
    label: "Status",
    isSortable: true,
    pieces: ["sign", ""],
    texts: ({ message }) => [signOf(message), statusOf(message)],
  },
  {
    id: "url",
    label: "URL",
    isSortable: true,
    pieces: ["reason", "host", "path"],
    texts: ({ message, isFollowUp }) => [
      isFollowUp ? reasonWord(message.entry._sojourn.reason) : "",
      shorten(message.host, 80),
      shorten(message.path, LONGEST_URL),
    ],
  },
  {
    id: "size",
    label: "Size",
    isFigure: true,
    isSortable: true,
    texts: ({ message }) => [sizeText(message)],
  },
  {
    id: "time",
    label: "Time",
    isFigure: true,
    isSortable: true,
    texts: ({ message }) => [timeText(message)],
  },
];

/** Size of a message's body, as it is shown. */
export function sizeText({ bytes, status }: Message): string {
  return bytes === null || (status === 0 && bytes === 0) ? "\u2013" : formatBytes(bytes);
}

function timeText({ start, end }: Message): string {
  return formatMs(end - start);
}

/** The status with its sign. */
export function statusCell(message: Message): readonly Child[] {
  const sign = signOf(message);
  const mark = element("span", { class: `sign sign-${message.fate}`, "aria-hidden": "true" }, sign);
  return [mark, statusOf(message)];
}

function axisOf(canvas: Canvas<Row>, host: WaterfallHost): Axis {
  const inSight = canvas.rows.map(({ row }) => row.message);
  const shown = roomy(shownSpan(host.time(), host.span(), inSight));
  const right = canvas.isNarrow ? LEFT_ROOM + 60 : RIGHT_ROOM;
  return new Axis(shown, LEFT_ROOM, Math.max(40, canvas.width - LEFT_ROOM - right));
}

/** How a grid shows messages. */
export function waterfallPlan(host: WaterfallHost): GridPlan<Row> {
  let axis = new Axis({ from: 0, to: 1 }, 0, 1);
  const startOf = ({ start }: Message): number => (host.time().scale === "aligned" ? 0 : start);
  return {
    label: "Messages",
    name: "messages",
    columns: COLUMNS,
    heightOf: (_row, isNarrow) => (isNarrow ? 48 : 28),
    keyOf: ({ message }) => message.id,
    classOf: ({ message, bracket, isFollowUp }) =>
      `fate-${message.fate} bracket-${bracket}${isFollowUp ? " is-follow-up" : ""}`,
    isChosen: ({ message }) => host.isChosen(message),
    paint: (canvas) => {
      axis = axisOf(canvas, host);
      paintGround(canvas, axis, host.time().scale === "aligned" ? 0 : host.span().from);
      clipRows(canvas);
      for (const placed of canvas.rows) {
        const { message } = placed.row;
        paintMessage(canvas, axis, { message, start: startOf(message), word: wordOf(message) }, placed);
      }
      canvas.context.restore();
    },
    onOpen: ({ message }, _spot, isKeyboard) => host.open(message, isKeyboard),
    onWalk: ({ message }) => host.walk(message),
    note: ({ placed }) => noteOf(placed.row.message),
    onRange: (range) =>
      host.zoom(range === null ? null : { from: axis.time(range[0]), to: axis.time(range[1]) }),
    onSort: (column) => host.sort(column),
  };
}

/** What a message is, and how long its phases took. */
export function noteOf(message: Message): readonly string[] {
  const { method, host, path, bars, entry } = message;
  const phases = bars.map(({ phase, from, to }) => {
    const label = PHASES.find(({ name }) => name === phase)?.label ?? "Time";
    return `${label} ${formatMs(to - from)}`;
  });
  const { outcome, error } = entry._sojourn;
  const ending = error === null ? (outcome === "complete" ? [] : [outcomeText(outcome)]) : [error.message];
  return [
    `${method} ${shorten(host + path, 90)}`,
    `${statusOf(message)} in ${formatMs(message.end - message.start)}`,
    ...phases,
    ...ending.map((text) => shorten(text, 90)),
  ];
}
