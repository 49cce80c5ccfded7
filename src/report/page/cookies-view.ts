/** Cookies over time: a row a cookie, a sign for each time that it was set, refused, deleted or sent. */
import { Axis } from "./axis.ts";
import type { Span } from "./book.ts";
import type { CookieEvent, CookieEventKind, CookieStory } from "./cookie-story.ts";
import { formatClock, formatNumber, shorten } from "./format.ts";
import type { Canvas, Column, GridPlan, Placed } from "./grid.ts";
import type { Look } from "./look.ts";
import { clipRows, cross, LEFT_ROOM, paintGround, roomy } from "./painting.ts";
import type { TimeView } from "./time-view.ts";
import { refusalText } from "./words.ts";

/** What the cookies ask the page. */
export interface CookiesHost {
  time(): TimeView;
  /** All of the time. */
  span(): Span;
  isChosen(story: CookieStory): boolean;
  open(story: CookieStory, isKeyboard: boolean): void;
  walk(story: CookieStory): void;
  /** @param range `null`: all. */
  zoom(range: Span | null): void;
}

/** What the signs mean. */
export const COOKIE_SIGNS: Readonly<Record<CookieEventKind, string>> = {
  stored: "\u25cf",
  sent: "|",
  deleted: "\u25cb",
  refused: "\u2715",
};

const figure = (id: string, label: string, kind: CookieEventKind): Column<CookieStory> => ({
  id,
  label,
  isFigure: true,
  texts: ({ counts }) => [counts[kind] === 0 ? "\u2013" : formatNumber(counts[kind])],
});

const COLUMNS: readonly Column<CookieStory>[] = [
  { id: "cookie", label: "Cookie", texts: ({ name }) => [shorten(name, 120)] },
  { id: "domain", label: "Domain", texts: ({ domain }) => [shorten(domain, 120)] },
  figure("stored", "Set", "stored"),
  figure("sent", "Sent", "sent"),
  figure("refused", "Refused", "refused"),
  figure("deleted", "Deleted", "deleted"),
];

function paintSign(
  context: CanvasRenderingContext2D,
  look: Look,
  kind: CookieEventKind,
  [x, y]: readonly [number, number],
): void {
  switch (kind) {
    case "sent":
      context.fillStyle = look.accent;
      context.fillRect(x - 0.75, y - 5, 1.5, 10);
      return;
    case "refused":
      return cross(context, look, x, y);
    case "stored":
    case "deleted":
      context.beginPath();
      context.arc(x, y, 4, 0, 2 * Math.PI);
      context.lineWidth = 1.5;
      context.strokeStyle = look.success;
      context.fillStyle = kind === "stored" ? look.success : look.page;
      context.fill();
      context.stroke();
  }
}

function paintStory(
  canvas: Canvas<CookieStory>,
  axis: Axis,
  { row, barTop, barHeight }: Placed<CookieStory>,
): void {
  const { context, look, width } = canvas;
  const y = Math.round(barTop + barHeight / 2);
  let since: number | null = null;
  context.fillStyle = look.line;
  for (const { kind, at } of row.events) {
    if (kind === "stored") since ??= at;
    else if (kind === "deleted" && since !== null) {
      context.fillRect(axis.x(since), y - 1, axis.x(at) - axis.x(since), 2);
      since = null;
    }
  }
  if (since !== null) context.fillRect(axis.x(since), y - 1, width - axis.x(since), 2);
  // What was set and what was refused is seen above what was sent.
  const signs = row.events.toSorted(
    (one, other) => Number(other.kind === "sent") - Number(one.kind === "sent"),
  );
  for (const { kind, at } of signs) {
    const x = axis.x(at);
    if (x >= -8 && x <= width + 8) paintSign(context, look, kind, [x, y]);
  }
}

/** What happened, in a line. */
export function cookieEventText({ kind, reason }: CookieEvent): string {
  switch (kind) {
    case "stored":
      return "set";
    case "deleted":
      return "deleted";
    case "sent":
      return "sent";
    case "refused":
      return `refused: ${refusalText(reason)}`;
  }
}

/** How a grid shows cookies. */
export function cookiesPlan(host: CookiesHost): GridPlan<CookieStory> {
  let axis = new Axis({ from: 0, to: 1 }, 0, 1);
  return {
    label: "Cookies",
    name: "cookies",
    columns: COLUMNS,
    heightOf: (_story, isNarrow) => (isNarrow ? 48 : 28),
    keyOf: ({ name, domain }) => `${name}\n${domain}`,
    classOf: () => "",
    isChosen: (story) => host.isChosen(story),
    paint: (canvas) => {
      const span = roomy(host.time().zoom ?? host.span());
      axis = new Axis(span, LEFT_ROOM, Math.max(40, canvas.width - 2 * LEFT_ROOM - 24));
      paintGround(canvas, axis, host.span().from);
      clipRows(canvas);
      for (const placed of canvas.rows) paintStory(canvas, axis, placed);
      canvas.context.restore();
    },
    onOpen: (story, _spot, isKeyboard) => host.open(story, isKeyboard),
    onWalk: (story) => host.walk(story),
    note: ({ placed, x }) =>
      placed.row.events
        .filter(({ at }) => Math.abs(axis.x(at) - x) < 6)
        .slice(0, 8)
        .map((event) => `${formatClock(event.at)} ${cookieEventText(event)}`),
    onRange: (range) =>
      host.zoom(range === null ? null : { from: axis.time(range[0]), to: axis.time(range[1]) }),
    onSort: () => {},
  };
}
