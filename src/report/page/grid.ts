/**
 * A table of which only the rows in sight are there, with a canvas beside it that is painted row by row. Assistive technology hears how
 * many rows there are and which one each is; the keyboard walks through all of them.
 */
import { element, shown } from "./element.ts";
import type { Look } from "./look.ts";
import { Strip } from "./strip.ts";

/** A column. */
export interface Column<Row> {
  readonly id: string;
  readonly label: string;
  /** Figures stand below one another. */
  readonly isFigure?: boolean;
  readonly isSortable?: boolean;
  /** Pieces of a cell, by their classes: they stay, and what stands in them changes. `sign` is not read out. */
  readonly pieces?: readonly string[];
  /** What stands in each piece; without pieces, in the cell. */
  texts(row: Row): readonly string[];
}

/** A row in sight, in pixels of the canvas. */
export interface Placed<Row> {
  readonly row: Row;
  readonly index: number;
  readonly top: number;
  readonly height: number;
  /** Where its bars belong: on narrow pages below its text. */
  readonly barTop: number;
  readonly barHeight: number;
  /** Behind it: `null` for nothing. */
  readonly back: string | null;
}

/** What is painted on, and how much of it there is. */
export interface Canvas<Row> {
  readonly context: CanvasRenderingContext2D;
  readonly look: Look;
  readonly width: number;
  readonly height: number;
  /** The part above the rows, for the axis. */
  readonly head: number;
  readonly rows: readonly Placed<Row>[];
  /** Is it one canvas with the table, on a narrow page? */
  readonly isNarrow: boolean;
}

/** A place on the canvas. */
export interface Spot<Row> {
  readonly x: number;
  readonly y: number;
  readonly placed: Placed<Row>;
}

/** What a grid shows, and whom it tells. */
export interface GridPlan<Row> {
  /** Name of the table, for assistive technology. */
  readonly label: string;
  /** For the style. */
  readonly name: string;
  readonly columns: readonly Column<Row>[];
  heightOf(row: Row, isNarrow: boolean): number;
  /** What it is known by when rows change. */
  keyOf(row: Row): string | number;
  /** A class for a row; `""` for none. */
  classOf(row: Row): string;
  isChosen(row: Row): boolean;
  paint(canvas: Canvas<Row>): void;
  /** A row was chosen, with the keyboard or the mouse. `null`: not on the canvas. */
  onOpen(row: Row, spot: Spot<Row> | null, isKeyboard: boolean): void;
  /** The keyboard went on to a row. */
  onWalk(row: Row): void;
  /** What is under the mouse: the lines of a note, or nothing. */
  note(spot: Spot<Row>): readonly string[];
  /** A part of the canvas was chosen, from the left to the right, in pixels. `null`: all of it. */
  onRange(range: readonly [left: number, right: number] | null): void;
  onSort(column: string): void;
}

/** Height of the table's head and the canvas's axis. */
const HEAD_HEIGHT = 30;
/** A grid of fewer pixels has text and bars below one another. */
const NARROW = 620;
/** One of fewer has less in its table. */
const MEDIUM = 1040;
/** So many rows beyond what is in sight are there. */
const BEYOND = 4;
/** Scrolling is over after so many milliseconds without any. */
const REST_MS = 150;

/** The table and its canvas. */
export class Grid<Row> {
  readonly root: HTMLElement;
  readonly #plan: GridPlan<Row>;
  readonly #scroller: HTMLElement;
  readonly #stage: HTMLElement;
  readonly #table: HTMLTableElement;
  readonly #body: HTMLTableSectionElement;
  readonly #canvas: HTMLCanvasElement;
  readonly #space: HTMLElement;
  readonly #note: HTMLElement;
  readonly #empty: HTMLElement;
  readonly #shown = new Map<number, HTMLTableRowElement>();
  /** Rows that nobody sees: they are used again, since making them anew costs more than all else. */
  readonly #spare: HTMLTableRowElement[] = [];
  #rest = 0;
  #look: Look;
  #rows: readonly Row[] = [];
  #strip = new Strip(0, () => 0);
  #active = 0;
  #hovered = -1;
  #drag: { readonly from: number; to: number } | null = null;
  #frame = 0;
  #isNarrow = false;
  #isFresh = true;

  constructor(plan: GridPlan<Row>, look: Look) {
    this.#plan = plan;
    this.#look = look;
    this.#body = element("tbody", { role: "rowgroup" });
    this.#table = element(
      "table",
      { role: "grid", "aria-label": plan.label, "aria-colcount": plan.columns.length },
      this.#head(),
      this.#body,
    );
    this.#canvas = element("canvas", { "aria-hidden": "true" });
    this.#note = element("div", { class: "note", "aria-hidden": "true", hidden: true });
    this.#empty = element("p", { class: "empty", hidden: true });
    this.#stage = element("div", { class: "stage" }, this.#canvas, this.#table, this.#empty);
    this.#space = element("div", { class: "space" });
    this.#scroller = element("div", { class: "scroller" }, this.#stage, this.#space);
    this.root = element("div", { class: `grid grid-${plan.name}` }, this.#scroller, this.#note);
    this.#listen();
  }

  /** Shows rows. @param empty what is said when there are none. */
  show(rows: readonly Row[], empty: string): void {
    const before = this.#scroller;
    const isAtEnd =
      this.#rows.length > 0 &&
      before.scrollTop > 0 &&
      before.scrollTop + before.clientHeight >= before.scrollHeight - 4;
    const active = this.#rows[this.#active];
    this.#rows = rows;
    const key = active === undefined ? null : this.#plan.keyOf(active);
    const found = key === null ? -1 : rows.findIndex((row) => this.#plan.keyOf(row) === key);
    this.#moveActive(found === -1 ? Math.min(this.#active, Math.max(0, rows.length - 1)) : found);
    this.#table.setAttribute("aria-rowcount", String(rows.length + 1));
    this.#empty.textContent = empty;
    this.#empty.hidden = rows.length > 0;
    this.#isFresh = true;
    this.#layOut();
    // Who looks at the end goes on looking at the end.
    if (isAtEnd) this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.refresh();
  }

  /** Other colours. */
  set look(look: Look) {
    this.#look = look;
    this.refresh();
  }

  /** Says by what it is sorted; `null`: by none of the columns. */
  markSorted(column: string | null, isDescending: boolean): void {
    for (const cell of this.#table.querySelectorAll("th")) {
      const isIt = cell.dataset["column"] === column;
      if (isIt) cell.setAttribute("aria-sort", isDescending ? "descending" : "ascending");
      else cell.removeAttribute("aria-sort");
    }
  }

  /** Something about the rows changed, such as which one is chosen: all are made anew. */
  refresh(): void {
    this.#isFresh = true;
    this.#schedule();
  }

  /** Puts the focus on the row that it was on last. */
  focus(): void {
    this.#goTo(this.#active);
  }

  /** Rows in sight, from the first to the last. */
  get inSight(): readonly Row[] {
    const { first, last } = this.#strip.window(this.#scroller.scrollTop, this.#viewHeight);
    return this.#rows.slice(first, last + 1);
  }

  get #viewHeight(): number {
    return Math.max(0, this.#scroller.clientHeight - HEAD_HEIGHT);
  }

  #head(): HTMLElement {
    const cells = this.#plan.columns.map(({ id, label, isFigure, isSortable }, at) => {
      const cell = element("th", {
        role: "columnheader",
        scope: "col",
        class: `cell-${id}${isFigure === true ? " figure" : ""}`,
        "data-column": id,
        "aria-colindex": at + 1,
      });
      if (isSortable === true) {
        const sort = element("button", { type: "button" }, label);
        sort.addEventListener("click", () => this.#plan.onSort(id));
        cell.append(sort);
      } else cell.append(label);
      return cell;
    });
    const row = element("tr", { role: "row", "aria-rowindex": 1 }, ...cells);
    return element("thead", { role: "rowgroup" }, row);
  }

  #listen(): void {
    this.#scroller.addEventListener("scroll", () => this.#schedule(), { passive: true });
    this.#body.addEventListener("keydown", (event) => this.#onKey(event));
    this.#stage.addEventListener("pointermove", (event) => this.#onMove(event));
    this.#stage.addEventListener("pointerleave", () => this.#hover(-1));
    this.#stage.addEventListener("click", (event) => this.#onClick(event));
    this.#stage.addEventListener("dblclick", (event) => {
      if (event.target === this.#canvas) this.#plan.onRange(null);
    });
    this.#canvas.addEventListener("pointerdown", (event) => this.#startDrag(event));
    this.#canvas.addEventListener("pointerup", () => this.#endDrag());
    this.#canvas.addEventListener("pointercancel", () => (this.#drag = null));
    new ResizeObserver(() => {
      this.#layOut();
      this.refresh();
    }).observe(this.#scroller);
  }

  #layOut(): void {
    const width = this.#scroller.clientWidth;
    if (width === 0) return;
    this.#isNarrow = width < NARROW;
    this.root.classList.toggle("is-narrow", this.#isNarrow);
    this.root.classList.toggle("is-medium", !this.#isNarrow && width < MEDIUM);
    this.#strip = new Strip(this.#rows.length, (at) => this.#heightAt(at));
    const height = this.#scroller.clientHeight;
    this.#stage.style.height = `${height}px`;
    this.#space.style.height = `${Math.max(0, HEAD_HEIGHT + this.#strip.height - height)}px`;
  }

  #heightAt(at: number): number {
    const row = this.#rows[at];
    return row === undefined ? 0 : this.#plan.heightOf(row, this.#isNarrow);
  }

  #schedule(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      if (this.#scroller.clientWidth === 0) return;
      this.#placeRows();
      this.#paint();
    });
  }

  #placeRows(): void {
    const top = this.#scroller.scrollTop;
    const { first, last } = this.#strip.window(top, this.#viewHeight, BEYOND);
    for (const [index, row] of this.#shown) {
      // The one that has the focus, or would get it, stays.
      if ((index >= first && index <= last) || (index === this.#active && index < this.#rows.length))
        continue;
      this.#shown.delete(index);
      this.#spare.push(row);
    }
    for (let index = first; index <= last; index++) this.#place(index);
    if (this.#active < first || this.#active > last) this.#place(this.#active);
    for (const row of this.#spare) if (!row.hidden) row.hidden = true;
    this.#body.style.transform = `translateY(${-top}px)`;
    this.#isFresh = false;
    clearTimeout(this.#rest);
    this.#rest = window.setTimeout(() => this.#sortRows(), REST_MS);
  }

  #place(index: number): void {
    const row = this.#shown.get(index);
    if (index >= this.#rows.length || (row !== undefined && !this.#isFresh)) return;
    const made = row ?? this.#spare.pop() ?? this.#newRow();
    this.#shown.set(index, made);
    this.#fill(made, index);
    made.style.transform = `translateY(${this.#strip.top(index)}px)`;
  }

  #newRow(): HTMLTableRowElement {
    const cells = this.#plan.columns.map(({ id, isFigure, pieces = [] }, at) =>
      element(
        "td",
        {
          role: "gridcell",
          class: `cell-${id}${isFigure === true ? " figure" : ""}`,
          "aria-colindex": at + 1,
        },
        ...pieces.map((name) =>
          element("span", { class: name, "aria-hidden": name === "sign" ? "true" : undefined }),
        ),
      ),
    );
    const row = element("tr", { role: "row", tabindex: -1 }, ...cells);
    this.#body.append(row);
    return row;
  }

  /**
   * Rows are read in the order in which they stand: when scrolling is over they are put into theirs. The one with the focus is not moved,
   * it would lose it.
   */
  #sortRows(): void {
    for (const row of this.#spare.splice(0)) row.remove();
    const sorted = [...this.#shown].toSorted(([one], [other]) => one - other).map(([, row]) => row);
    const active = this.#shown.get(this.#active);
    const kept = active === undefined ? -1 : sorted.indexOf(active);
    for (const row of sorted.slice(0, Math.max(0, kept))) this.#body.insertBefore(row, active ?? null);
    this.#body.append(...sorted.slice(kept + 1));
  }

  #fill(made: HTMLTableRowElement, index: number): void {
    const row = this.#rows[index];
    if (row === undefined) return;
    const name = `${this.#plan.classOf(row)}${index === this.#hovered ? " is-hovered" : ""}`;
    if (made.className !== name) made.className = name;
    if (made.hidden) made.hidden = false;
    made.setAttribute("aria-rowindex", String(index + 2));
    const isChosen = String(this.#plan.isChosen(row));
    if (made.getAttribute("aria-selected") !== isChosen) made.setAttribute("aria-selected", isChosen);
    const tab = index === this.#active ? 0 : -1;
    if (made.tabIndex !== tab) made.tabIndex = tab;
    const height = `${this.#strip.heightOf(index)}px`;
    if (made.style.height !== height) made.style.height = height;
    for (const [at, column] of this.#plan.columns.entries()) {
      const cell = made.children[at];
      if (cell === undefined) continue;
      const texts = column.texts(row);
      if (column.pieces === undefined) write(cell, texts[0] ?? "");
      else for (const [piece, text] of texts.entries()) write(cell.children[piece] ?? cell, text);
    }
  }

  #paint(): void {
    const box = this.#canvas.getBoundingClientRect();
    const [width, height, ratio] = [box.width, box.height, window.devicePixelRatio];
    const [pixelWidth, pixelHeight] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.#canvas.width !== pixelWidth || this.#canvas.height !== pixelHeight) {
      this.#canvas.width = pixelWidth;
      this.#canvas.height = pixelHeight;
    }
    const context = this.#canvas.getContext("2d");
    if (context === null || width === 0) return;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    this.#plan.paint({
      context,
      look: this.#look,
      width,
      height,
      head: HEAD_HEIGHT,
      rows: this.#placed(),
      isNarrow: this.#isNarrow,
    });
    this.#paintDrag(context, height);
  }

  #paintDrag(context: CanvasRenderingContext2D, height: number): void {
    if (this.#drag === null) return;
    const { from, to } = this.#drag;
    context.globalAlpha = 0.15;
    context.fillStyle = this.#look.accent;
    context.fillRect(Math.min(from, to), 0, Math.abs(to - from), height);
    context.globalAlpha = 1;
  }

  #placed(): readonly Placed<Row>[] {
    const top = this.#scroller.scrollTop;
    const { first, last } = this.#strip.window(top, this.#viewHeight);
    const placed: Placed<Row>[] = [];
    for (let index = first; index <= last; index++) {
      const each = this.#placedAt(index, top);
      if (each !== null) placed.push(each);
    }
    return placed;
  }

  #placedAt(index: number, scrolled: number): Placed<Row> | null {
    const row = this.#rows[index];
    if (row === undefined) return null;
    const top = HEAD_HEIGHT + this.#strip.top(index) - scrolled;
    const height = this.#strip.heightOf(index);
    const barTop = this.#isNarrow ? top + 28 : top + 6;
    const barHeight = Math.max(6, top + height - 7 - barTop);
    const back = this.#plan.isChosen(row)
      ? this.#look.chosen
      : index === this.#hovered
        ? this.#look.hover
        : null;
    return { row, index, top, height, barTop, barHeight, back };
  }

  #onKey(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor(this.#viewHeight / Math.max(1, this.#heightAt(this.#active))) - 1);
    const last = this.#rows.length - 1;
    const targets: Readonly<Record<string, number>> = {
      ArrowDown: this.#active + 1,
      ArrowUp: this.#active - 1,
      PageDown: this.#active + page,
      PageUp: this.#active - page,
      Home: 0,
      End: last,
    };
    const target = targets[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (target !== undefined) {
      event.preventDefault();
      this.#goTo(Math.max(0, Math.min(last, target)));
      const row = this.#rows[this.#active];
      if (row !== undefined) this.#plan.onWalk(row);
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      const row = this.#rows[this.#active];
      if (row !== undefined) this.#plan.onOpen(row, null, true);
    }
  }

  /** Scrolls to a row and puts the focus on it. */
  #goTo(index: number): void {
    const row = this.#rows[index];
    if (row === undefined) return;
    this.#activate(index);
    this.#scroller.scrollTop = this.#strip.reveal(index, this.#scroller.scrollTop, this.#viewHeight);
    this.#placeRows();
    this.#shown.get(index)?.focus({ preventScroll: true });
    this.#schedule();
  }

  /** The row with the focus has another place now: its element goes along. */
  #moveActive(index: number): void {
    const before = this.#active;
    if (index === before) return;
    const [focused, other] = [this.#shown.get(before), this.#shown.get(index)];
    if (other === undefined) this.#shown.delete(before);
    else this.#shown.set(before, other);
    if (focused !== undefined) this.#shown.set(index, focused);
    this.#active = index;
  }

  #activate(index: number): void {
    const before = this.#shown.get(this.#active);
    if (before !== undefined) before.tabIndex = -1;
    this.#active = index;
    const now = this.#shown.get(index);
    if (now !== undefined) now.tabIndex = 0;
  }

  #spot(event: PointerEvent | MouseEvent): Spot<Row> | null {
    const box = this.#stage.getBoundingClientRect();
    const y = event.clientY - box.top;
    const index = this.#strip.at(y - HEAD_HEIGHT + this.#scroller.scrollTop);
    const placed = y < HEAD_HEIGHT ? null : this.#placedAt(index, this.#scroller.scrollTop);
    const left = this.#canvas.getBoundingClientRect().left;
    return placed === null ? null : { x: event.clientX - left, y, placed };
  }

  #onMove(event: PointerEvent): void {
    if (this.#drag !== null) {
      this.#drag.to = event.clientX - this.#canvas.getBoundingClientRect().left;
      this.#schedule();
      return;
    }
    const spot = this.#spot(event);
    this.#hover(spot?.placed.index ?? -1);
    const lines = spot !== null && event.target === this.#canvas ? this.#plan.note(spot) : [];
    this.#note.hidden = lines.length === 0;
    if (lines.length === 0) return;
    this.#note.replaceChildren(...lines.map((line) => element("div", {}, line)));
    const box = this.root.getBoundingClientRect();
    const x = Math.min(event.clientX - box.left + 14, box.width - this.#note.offsetWidth - 8);
    const y = event.clientY - box.top + 18;
    const isLow = y + this.#note.offsetHeight > box.height;
    this.#note.style.left = `${Math.max(4, x)}px`;
    this.#note.style.top = `${isLow ? y - this.#note.offsetHeight - 28 : y}px`;
  }

  #hover(index: number): void {
    if (index === -1) this.#note.hidden = true;
    if (index === this.#hovered) return;
    this.#shown.get(this.#hovered)?.classList.remove("is-hovered");
    this.#hovered = index;
    this.#shown.get(index)?.classList.add("is-hovered");
    this.#schedule();
  }

  #onClick(event: MouseEvent): void {
    const spot = this.#spot(event);
    if (spot === null) return;
    if (event.target === this.#canvas && this.#wasDragged) {
      this.#wasDragged = false;
      return;
    }
    this.#activate(spot.placed.index);
    this.#plan.onOpen(spot.placed.row, event.target === this.#canvas ? spot : null, false);
  }

  #wasDragged = false;

  #startDrag(event: PointerEvent): void {
    if (event.button !== 0 || this.#isNarrow) return;
    const x = event.clientX - this.#canvas.getBoundingClientRect().left;
    this.#drag = { from: x, to: x };
    this.#wasDragged = false;
    this.#canvas.setPointerCapture(event.pointerId);
  }

  #endDrag(): void {
    if (this.#drag === null) return;
    const { from, to } = this.#drag;
    this.#drag = null;
    this.#schedule();
    if (Math.abs(to - from) < 5) return;
    this.#wasDragged = true;
    this.#plan.onRange([Math.min(from, to), Math.max(from, to)]);
  }
}

/** Changes the text of an element, where it is another one. */
function write(place: Element, given: string): void {
  const text = shown(given);
  const { firstChild } = place;
  if (firstChild instanceof Text) {
    if (firstChild.data !== text) firstChild.data = text;
  } else if (text !== "") place.textContent = text;
}
