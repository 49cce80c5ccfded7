/** Lanes by connection: when each was opened, what went over it, and when it ended. */
import { Axis } from "./axis.ts";
import type { Span } from "./book.ts";
import { formatMs, formatNumber } from "./format.ts";
import type { Canvas, Column, GridPlan, Placed } from "./grid.ts";
import type { Lane, LaneMessage } from "./lanes.ts";
import {
  clipRows,
  cross,
  LEFT_ROOM,
  paintBars,
  paintGround,
  paintMark,
  paintWord,
  RIGHT_ROOM,
  roomy,
} from "./painting.ts";
import type { TimeView } from "./time-view.ts";
import { noteOf } from "./waterfall.ts";

/** What the lanes ask the page. */
export interface LanesHost {
  time(): TimeView;
  /** All of the time. */
  span(): Span;
  isChosen(lane: Lane): boolean;
  /** @param message `null`: it was the lane that was chosen. */
  open(lane: Lane, message: LaneMessage | null, isKeyboard: boolean): void;
  walk(lane: Lane): void;
  /** @param range `null`: all. */
  zoom(range: Span | null): void;
}

/** What a connection is called. */
export function laneName({ id }: Lane): string {
  return id === null ? "none" : `#${id}`;
}

const COLUMNS: readonly Column<Lane>[] = [
  { id: "connection", label: "Connection", texts: (lane) => [laneName(lane)] },
  { id: "origin", label: "Origin", pieces: ["sign", "path"], texts: originTexts },
  { id: "protocol", label: "Protocol", texts: ({ connection }) => [protocolOf(connection?.httpVersion)] },
  {
    id: "messages",
    label: "Messages",
    isFigure: true,
    texts: ({ messages }) => [formatNumber(messages.length)],
  },
  {
    id: "opening",
    label: "Opening",
    isFigure: true,
    texts: ({ connection }) => [connection === null ? "\u2013" : formatMs(connection.opening)],
  },
];

function hasFailed({ connection }: Lane): boolean {
  return connection !== null && connection.error !== null;
}

function originTexts(lane: Lane): readonly string[] {
  if (lane.id === null) return ["", "no connection"];
  return hasFailed(lane) ? ["\u2715", `${lane.origin} could not be opened`] : ["", lane.origin];
}

function protocolOf(version: string | null | undefined): string {
  return version === null || version === undefined ? "\u2013" : `HTTP/${version}`;
}

/** How high a track is, in pixels: many are thin. */
function trackHeight(tracks: number): number {
  if (tracks <= 2) return 12;
  if (tracks <= 6) return 9;
  return tracks <= 20 ? 6 : 4;
}

/** Height of a lane without its tracks, and where the first of them begins. */
const LANE_ROOM = 18;
const NARROW_ROOM = 36;

function boxOf(each: LaneMessage, lane: Lane, placed: Placed<Lane>): { top: number; height: number } {
  const height = trackHeight(lane.tracks);
  const all = height * lane.tracks;
  const top = placed.top + placed.height - all - 9 + each.track * height;
  return { top, height: height - (height > 6 ? 2 : 1) };
}

/** The part of a message that is in the lane: without what it waited for the connection. */
function laneBars({ message, from }: LaneMessage): Parameters<typeof paintBars>[2] {
  const waited = from - message.start;
  const bars = message.bars
    .filter(({ phase }) => phase !== "queue" && phase !== "limit")
    .map(({ phase, from: begin, to }) => ({ phase, from: begin - waited, to: to - waited }));
  return { start: from, bars };
}

function paintLane(canvas: Canvas<Lane>, axis: Axis, placed: Placed<Lane>): void {
  const { context, look } = canvas;
  const { row: lane } = placed;
  paintLife(canvas, axis, placed);
  for (const each of lane.messages) {
    const box = boxOf(each, lane, placed);
    const end = paintBars(canvas, axis, laneBars(each), box);
    paintMark(context, look, each.message.fate, [end - 3, box.top + box.height / 2]);
  }
}

/** A line from the opening of a connection to its end, and a cross where it could not be opened. */
function paintLife(canvas: Canvas<Lane>, axis: Axis, placed: Placed<Lane>): void {
  const { context, look, width } = canvas;
  const { connection } = placed.row;
  if (connection === null) return;
  const start = Date.parse(connection.startedDateTime);
  const left = axis.x(start);
  const y = Math.round(placed.top + placed.height - 5);
  if (connection.error !== null) {
    const right = axis.x(start + connection.opening);
    context.fillStyle = look.danger;
    context.fillRect(left, y - 1, Math.max(1, right - left), 2);
    cross(context, look, right + 6, y - 4);
    paintWord(canvas, "could not be opened", look.danger, { left, right: right + 12, middle: y - 4 });
    return;
  }
  const right = connection.lasted === null ? width : axis.x(start + connection.lasted);
  context.fillStyle = look.muted;
  context.fillRect(left, y, Math.max(1, right - left), 1);
  context.fillRect(left, y - 3, 1, 7);
  if (connection.lasted !== null) context.fillRect(right, y - 3, 1, 7);
}

/** The message at a place of a lane. */
function messageAt(axis: Axis, placed: Placed<Lane>, x: number, y: number): LaneMessage | null {
  const found = placed.row.messages.findLast((each) => {
    const { top, height } = boxOf(each, placed.row, placed);
    return y >= top - 1 && y <= top + height + 1 && x >= axis.x(each.from) - 2 && x <= axis.x(each.to) + 2;
  });
  return found ?? null;
}

/** How a grid shows lanes. */
export function lanesPlan(host: LanesHost): GridPlan<Lane> {
  let axis = new Axis({ from: 0, to: 1 }, 0, 1);
  return {
    label: "Connections",
    name: "lanes",
    columns: COLUMNS,
    heightOf: ({ tracks }, isNarrow) =>
      Math.max(isNarrow ? 52 : 34, trackHeight(tracks) * tracks + (isNarrow ? NARROW_ROOM : LANE_ROOM)),
    keyOf: ({ id }) => id ?? "none",
    classOf: (lane) => (hasFailed(lane) ? "fate-failed" : ""),
    isChosen: (lane) => host.isChosen(lane),
    paint: (canvas) => {
      const span = roomy(host.time().zoom ?? host.span());
      axis = new Axis(span, LEFT_ROOM, Math.max(40, canvas.width - LEFT_ROOM - RIGHT_ROOM / 2));
      paintGround(canvas, axis, host.span().from);
      clipRows(canvas);
      for (const placed of canvas.rows) paintLane(canvas, axis, placed);
      canvas.context.restore();
    },
    onOpen: (lane, spot, isKeyboard) =>
      host.open(lane, spot === null ? null : messageAt(axis, spot.placed, spot.x, spot.y), isKeyboard),
    onWalk: (lane) => host.walk(lane),
    note: ({ placed, x, y }) => {
      const found = messageAt(axis, placed, x, y);
      return found === null ? [] : noteOf(found.message);
    },
    onRange: (range) =>
      host.zoom(range === null ? null : { from: axis.time(range[0]), to: axis.time(range[1]) }),
    onSort: () => {},
  };
}
