/** What stands around the views: title, tabs, filters, axis, legend. It shows what it is told, and tells what was chosen. */
import { COOKIE_SIGNS } from "./cookies-view.ts";
import { button, element, select } from "./element.ts";
import { formatNumber } from "./format.ts";
import { FACETS, type Choice, type Facet, type Filter } from "./filter.ts";
import type { LiveState } from "./feed.ts";
import { PHASES } from "./phases.ts";
import type { Scale } from "./time-view.ts";

/** The views. */
export type ViewName = "waterfall" | "connections" | "cookies" | "summary";

/** All of them, as the tabs show them. */
export const VIEWS: readonly (readonly [name: ViewName, label: string])[] = [
  ["waterfall", "Waterfall"],
  ["connections", "Connections"],
  ["cookies", "Cookies"],
  ["summary", "Summary"],
];

/** Who is told what was chosen. */
export interface FrameHost {
  onView(view: ViewName): void;
  onFilter(change: Partial<Filter>): void;
  onReset(): void;
  onScale(scale: Scale): void;
  /** @param factor above 1: nearer. `null`: all of the time. */
  onZoom(factor: number | null): void;
  onTheme(): void;
}

const FACET_LABELS: Readonly<Record<Facet, readonly [label: string, all: string]>> = {
  method: ["Method", "All methods"],
  status: ["Status", "All statuses"],
  outcome: ["Outcome", "All outcomes"],
  host: ["Host", "All hosts"],
};

const LIVE_TEXTS: Readonly<Record<LiveState, string>> = {
  connecting: "Connecting\u2026",
  live: "Live",
  closed: "The inspector is closed",
  refused: "Refused: open the address that the program told, with all that stands behind #",
};

/** Everything around the views. */
export class Frame {
  readonly header: HTMLElement;
  readonly filters: HTMLElement;
  readonly footer: HTMLElement;
  readonly search: HTMLInputElement;
  readonly #host: FrameHost;
  readonly #about = element("p", { class: "about" });
  readonly #live = element("p", { class: "live", role: "status", hidden: true });
  readonly #count = element("p", { class: "result", role: "status" });
  readonly #reset: HTMLButtonElement;
  readonly #tabs = new Map<ViewName, HTMLButtonElement>();
  readonly #facets = new Map<Facet, HTMLSelectElement>();
  readonly #axis = element("div", { class: "axis" });
  readonly #scale: HTMLSelectElement;
  readonly #legend = element("ul", { class: "legend", "aria-label": "Legend" });
  #chosen: Filter | null = null;

  constructor(title: string, host: FrameHost) {
    this.#host = host;
    this.header = element(
      "header",
      { class: "top" },
      element("div", { class: "title" }, element("h1", {}, title), this.#live, this.#about),
      this.#tabList(),
      this.#theme(),
    );
    this.search = element("input", {
      type: "search",
      placeholder: "Search URLs, headers, errors",
      "aria-label": "Search URLs, headers and errors",
      spellcheck: "false",
      autocomplete: "off",
    });
    this.search.addEventListener("input", () => host.onFilter({ search: this.search.value }));
    this.#reset = button({ class: "quiet", hidden: true }, "Show all", () => host.onReset());
    this.filters = this.#filterBar();
    const scale = select<Scale>(
      "Axis",
      [
        ["log", "all of the time"],
        ["rows", "rows in sight"],
        ["aligned", "each from its start"],
      ],
      (value) => host.onScale(value),
    );
    this.#scale = scale.select;
    this.#axis.append(
      scale.label,
      button({ class: "small", "aria-label": "Zoom out" }, "\u2212", () => host.onZoom(1 / 2)),
      button({ class: "small", "aria-label": "Zoom in" }, "+", () => host.onZoom(2)),
      button({ class: "small" }, "Fit", () => host.onZoom(null)),
    );
    this.footer = element("footer", { class: "bottom" }, this.#legend, this.#axis);
  }

  /** What there is: how many messages, and of when. */
  set about(text: string) {
    this.#about.textContent = text;
  }

  /** How it stands with what comes live. */
  set live(state: LiveState) {
    this.#live.hidden = false;
    this.#live.textContent = LIVE_TEXTS[state];
    this.#live.dataset["state"] = state;
  }

  /** What of it is shown. */
  result(text: string, isFiltered: boolean): void {
    // Said once for each change: it is read out.
    if (this.#count.textContent !== text) this.#count.textContent = text;
    this.#reset.hidden = !isFiltered;
  }

  /** Which view is shown, and what belongs to it. */
  view(view: ViewName, scale: Scale): void {
    for (const [name, tab] of this.#tabs) {
      tab.setAttribute("aria-selected", String(name === view));
      tab.tabIndex = name === view ? 0 : -1;
    }
    this.#axis.hidden = view === "summary";
    this.footer.hidden = view === "summary";
    this.#scale.value = scale;
    const label = this.#scale.parentElement;
    if (label !== null) label.hidden = view !== "waterfall";
    this.#legend.replaceChildren(...legendOf(view));
  }

  /** What can be chosen, and what was. */
  choices(filter: Filter, choicesOf: (facet: Facet) => readonly Choice[]): void {
    for (const facet of FACETS) {
      const made = this.#facets.get(facet);
      if (made === undefined || (made === document.activeElement && filter === this.#chosen)) continue;
      const options = choicesOf(facet).map(({ value, count }) =>
        element("option", { value }, `${choiceText(facet, value)} (${formatNumber(count)})`),
      );
      made.replaceChildren(element("option", { value: "" }, FACET_LABELS[facet][1]), ...options);
      made.value = filter[facet];
    }
    if (this.search.value !== filter.search) this.search.value = filter.search;
    this.#chosen = filter;
  }

  #tabList(): HTMLElement {
    const list = element("div", { role: "tablist", class: "tabs", "aria-label": "Views" });
    for (const [name, label] of VIEWS) {
      const tab = button({ role: "tab", id: `tab-${name}`, "aria-controls": `view-${name}` }, label, () =>
        this.#host.onView(name),
      );
      this.#tabs.set(name, tab);
      list.append(tab);
    }
    list.addEventListener("keydown", (event) => {
      const names = VIEWS.map(([name]) => name);
      const at = names.findIndex((name) => this.#tabs.get(name) === document.activeElement);
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (at === -1 || step === undefined) return;
      const next = names[(at + step + names.length) % names.length] ?? "waterfall";
      this.#host.onView(next);
      this.#tabs.get(next)?.focus();
    });
    return list;
  }

  #filterBar(): HTMLElement {
    const facets = FACETS.map((facet) => {
      const made = element("select", { "aria-label": FACET_LABELS[facet][0] });
      made.addEventListener("change", () => this.#host.onFilter({ [facet]: made.value }));
      this.#facets.set(facet, made);
      return made;
    });
    const more = element(
      "details",
      { class: "more" },
      element("summary", {}, "Filter"),
      element("div", { class: "facets" }, ...facets),
    );
    const wide = matchMedia("(min-width: 760px)");
    const unfold = (): void => {
      more.open = wide.matches;
    };
    wide.addEventListener("change", unfold);
    unfold();
    return element("search", { class: "filters" }, this.search, more, this.#count, this.#reset);
  }

  /** Light or dark: what the system says, or the other one. */
  #theme(): HTMLElement {
    const root = document.documentElement;
    const choice = select(
      "Theme",
      [
        ["auto", "system"],
        ["light", "light"],
        ["dark", "dark"],
      ],
      (value) => {
        if (value === "auto") delete root.dataset["theme"];
        else root.dataset["theme"] = value;
        this.#host.onTheme();
      },
    );
    choice.label.classList.add("theme");
    return choice.label;
  }
}

function choiceText(facet: Facet, value: string): string {
  if (value === "none" && facet === "status") return "no response";
  return value === "" ? "\u2013" : value;
}

function legendOf(view: ViewName): readonly HTMLElement[] {
  if (view === "cookies")
    return (["stored", "sent", "refused", "deleted"] as const).map((kind) =>
      element(
        "li",
        {},
        element("span", { class: `sign-cookie sign-${kind}`, "aria-hidden": "true" }, COOKIE_SIGNS[kind]),
        kind === "stored" ? "set" : kind,
      ),
    );
  if (view === "summary") return [];
  return PHASES.map(({ name, label, meaning, weight }) => {
    const swatch = element("span", { class: `swatch phase-${name}`, "aria-hidden": "true" });
    swatch.style.height = `${Math.max(3, Math.round(weight * 12))}px`;
    return element("li", { title: meaning }, swatch, label);
  });
}
