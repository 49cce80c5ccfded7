/** Pieces that details and summary are made of: lists of facts, tables, foldable sections. */
import { element, type Child } from "./element.ts";

/** A fact: its name and what it is; `null`: it is left out. */
export type Fact = readonly [name: string, value: Child | readonly Child[]];

/** Names and values below one another. */
export function factList(facts: readonly Fact[]): HTMLElement {
  const lines = facts
    .filter(([, value]) => value !== null && value !== "")
    .flatMap(([name, value]) => [
      element("dt", {}, name),
      element("dd", {}, ...(isMany(value) ? value : [value])),
    ]);
  return element("dl", { class: "facts" }, ...lines);
}

function isMany(value: Child | readonly Child[]): value is readonly Child[] {
  return Array.isArray(value);
}

/** A column of a table. */
export interface TableColumn {
  readonly label: string;
  readonly isFigure?: boolean;
}

/** A table. @param label its name, for assistive technology. */
export function table(
  label: string,
  columns: readonly TableColumn[],
  rows: readonly (readonly Child[])[],
): HTMLElement {
  const classOf = (at: number): string | undefined => (columns[at]?.isFigure === true ? "figure" : undefined);
  const head = columns.map((column, at) => element("th", { scope: "col", class: classOf(at) }, column.label));
  const body = rows.map((cells) =>
    element("tr", {}, ...cells.map((cell, at) => element("td", { class: classOf(at) }, cell))),
  );
  const made = element(
    "table",
    { class: "plain", "aria-label": label },
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...body),
  );
  // What is too wide is scrolled, with the keyboard as well.
  return element("div", { class: "wide", tabindex: 0, role: "group", "aria-label": label }, made);
}

/** Names and values, as fields and parameters have them. */
export function pairs(
  label: string,
  list: readonly { readonly name: string; readonly value: string }[],
): HTMLElement {
  const rows = list.map(({ name, value }) =>
    element("tr", {}, element("th", { scope: "row" }, name), element("td", {}, value)),
  );
  const made = element("table", { class: "pairs", "aria-label": label }, element("tbody", {}, ...rows));
  // As wide as there is room: the margins of a section are beside it, not beyond.
  return element("div", {}, made);
}

/** A section that can be folded. */
export function section(title: string, note: string, ...content: readonly Child[]): HTMLElement {
  const summary = element(
    "summary",
    {},
    element("h3", {}, title),
    note === "" ? null : element("span", { class: "count" }, note),
  );
  return element("details", { class: "section", open: true }, summary, ...content);
}
