/** The page: what it knows, what was chosen, and which of its views shows that. */
import type { HarCall, HarConnection, HarEntry, HarLog } from "../../record/har-types.ts";
import { Book, type Span } from "./book.ts";
import { cookiesPlan } from "./cookies-view.ts";
import { cookieStories, type CookieStory } from "./cookie-story.ts";
import { element } from "./element.ts";
import type { Dropped, Feed, LiveState } from "./feed.ts";
import { choicesOf, EVERYTHING, filtered, type Filter } from "./filter.ts";
import { formatCount, formatMs, formatTime, shorten } from "./format.ts";
import { Frame, VIEWS, type FrameHost, type ViewName } from "./frame.ts";
import { Grid } from "./grid.ts";
import { laneName, lanesPlan } from "./lanes-view.ts";
import { lanesOf, type Lane } from "./lanes.ts";
import { readLook } from "./look.ts";
import type { Message } from "./message.ts";
import { messageDetail } from "./message-detail.ts";
import { cookieDetail, laneDetail } from "./other-details.ts";
import { Panel } from "./panel.ts";
import { paperOf } from "./paper.ts";
import { rowsOf, type Order, type Row, type SortKey } from "./rows.ts";
import { summaryOf } from "./summary.ts";
import { summaryView } from "./summary-view.ts";
import { firstView, shownSpan, within, zoomed, type Scale, type TimeView } from "./time-view.ts";
import { waterfallPlan } from "./waterfall.ts";

/** What is in the panel. */
type Chosen =
  | { readonly kind: "message"; readonly id: number }
  | { readonly kind: "lane"; readonly id: number | null }
  | { readonly kind: "cookie"; readonly name: string; readonly domain: string };

const SORT_KEYS: readonly SortKey[] = ["method", "status", "url", "size", "time"];

/** What comes live is shown so often at most, in milliseconds. */
const LIVE_PAUSE_MS = 100;

/** Where the panel lies over the views instead of beside them. */
const OVERLAID = "(max-width: 900px)";

/** The page, for as long as it is open. */
export class App implements Feed, FrameHost {
  readonly #book = new Book();
  readonly #isLive: boolean;
  readonly #title: string;
  readonly #frame: Frame;
  readonly #panel: Panel;
  readonly #waterfall: Grid<Row>;
  readonly #lanes: Grid<Lane>;
  readonly #cookies: Grid<CookieStory>;
  readonly #views = new Map<ViewName, HTMLElement>();
  readonly #paper = element("div", { class: "paper" });
  #view: ViewName = "waterfall";
  #filter: Filter = EVERYTHING;
  #order: Order = { key: "start", isDescending: false };
  #time: TimeView = { scale: "log", zoom: null };
  #span: Span = { from: 0, to: 0 };
  #messages: readonly Message[] = [];
  #chosen: Chosen | null = null;
  #timer = 0;
  /** Is it known how many there are? Then the axis stays as it is. */
  #isBegun = false;

  constructor(body: HTMLElement) {
    this.#isLive = document.documentElement.dataset["source"] === "live";
    this.#title = this.#isLive ? "HTTP inspector" : "HTTP report";
    const look = readLook(body);
    this.#frame = new Frame(this.#title, this);
    this.#panel = new Panel(() => this.#forget());
    this.#waterfall = this.#makeWaterfall(look);
    this.#lanes = this.#makeLanes(look);
    this.#cookies = this.#makeCookies(look);
    const views = VIEWS.map(([name]) => this.#makeView(name));
    const main = element("main", {}, ...views, this.#panel.root);
    const page = element(
      "div",
      { class: "page" },
      this.#frame.header,
      this.#frame.filters,
      main,
      this.#frame.footer,
    );
    body.append(page, this.#paper);
    this.#listen(body);
    this.onView(this.#view);
  }

  // What comes.

  onLog(log: HarLog): void {
    this.#book.load(log);
    // Of what comes live nobody knows how much it will be.
    if (!this.#isBegun) this.#time = firstView(this.#isLive ? Infinity : log.entries.length);
    this.#changed();
    this.#isBegun = true;
  }

  onEntry(entry: HarEntry): void {
    this.#book.addEntry(entry);
    this.#changed();
  }

  onCall(call: HarCall): void {
    this.#book.addCall(call);
    this.#changed();
  }

  onConnection(connection: HarConnection): void {
    this.#book.addConnection(connection);
    this.#changed();
  }

  onDropped(dropped: Dropped): void {
    this.#book.drop(dropped);
    this.#changed();
  }

  onState(state: LiveState): void {
    this.#frame.live = state;
  }

  // What is chosen.

  onView(view: ViewName): void {
    this.#view = view;
    for (const [name, each] of this.#views) each.hidden = name !== view;
    this.#render();
  }

  onFilter(change: Partial<Filter>): void {
    this.#filter = { ...this.#filter, ...change };
    this.#render();
  }

  onReset(): void {
    this.#filter = EVERYTHING;
    this.#frame.search.focus();
    this.#render();
  }

  onScale(scale: Scale): void {
    this.#time = { scale, zoom: null };
    this.#waterfall.refresh();
  }

  onZoom(factor: number | null): void {
    if (factor === null) return this.#zoom(null);
    const inSight = this.#waterfall.inSight.map(({ message }) => message);
    const isAligned = this.#view === "waterfall" && this.#time.scale === "aligned";
    const shown =
      this.#view === "waterfall" && !isAligned
        ? shownSpan(this.#time, this.#span, inSight)
        : (this.#time.zoom ?? this.#span);
    this.#zoom(zoomed(shown, this.#span, factor));
  }

  onTheme(): void {
    const look = readLook(document.body);
    this.#waterfall.look = look;
    this.#lanes.look = look;
    this.#cookies.look = look;
  }

  #zoom(zoom: Span | null): void {
    this.#time = { scale: "log", zoom: zoom === null ? null : within(zoom, this.#span) };
    this.#frame.view(this.#view, this.#time.scale);
    this.#waterfall.refresh();
    this.#lanes.refresh();
    this.#cookies.refresh();
  }

  #makeView(name: ViewName): HTMLElement {
    const grid = {
      waterfall: this.#waterfall,
      connections: this.#lanes,
      cookies: this.#cookies,
      summary: null,
    }[name];
    const view = element(
      "section",
      { class: "view", id: `view-${name}`, role: "tabpanel", "aria-labelledby": `tab-${name}`, hidden: true },
      grid?.root ?? null,
    );
    // It has no rows that could take the focus.
    if (grid === null) view.tabIndex = 0;
    this.#views.set(name, view);
    return view;
  }

  #makeWaterfall(look: ReturnType<typeof readLook>): Grid<Row> {
    return new Grid(
      waterfallPlan({
        time: () => this.#time,
        span: () => this.#span,
        isChosen: ({ id }) => this.#isChosen("message", id),
        open: ({ id }, isKeyboard) => this.#choose({ kind: "message", id }, isKeyboard),
        walk: ({ id }) => this.#walk({ kind: "message", id }),
        zoom: (range) => this.#zoom(range),
        sort: (column) => this.#sort(column),
      }),
      look,
    );
  }

  #makeLanes(look: ReturnType<typeof readLook>): Grid<Lane> {
    return new Grid(
      lanesPlan({
        time: () => this.#time,
        span: () => this.#span,
        isChosen: ({ id }) => this.#isChosen("lane", id),
        open: ({ id }, found, isKeyboard) =>
          this.#choose(
            found === null ? { kind: "lane", id } : { kind: "message", id: found.message.id },
            isKeyboard,
          ),
        walk: ({ id }) => this.#walk({ kind: "lane", id }),
        zoom: (range) => this.#zoom(range),
      }),
      look,
    );
  }

  #makeCookies(look: ReturnType<typeof readLook>): Grid<CookieStory> {
    return new Grid(
      cookiesPlan({
        time: () => this.#time,
        span: () => this.#span,
        isChosen: ({ name, domain }) =>
          this.#chosen?.kind === "cookie" && this.#chosen.name === name && this.#chosen.domain === domain,
        open: ({ name, domain }, isKeyboard) => this.#choose({ kind: "cookie", name, domain }, isKeyboard),
        walk: ({ name, domain }) => this.#walk({ kind: "cookie", name, domain }),
        zoom: (range) => this.#zoom(range),
      }),
      look,
    );
  }

  #listen(body: HTMLElement): void {
    for (const colors of ["(prefers-color-scheme: dark)", "(forced-colors: active)"])
      matchMedia(colors).addEventListener("change", () => this.onTheme());
    addEventListener("beforeprint", () => this.#print());
    addEventListener("afterprint", () => this.#paper.replaceChildren());
    body.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#panel.close();
      const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
      if (event.key === "/" && !isTyping) {
        event.preventDefault();
        this.#frame.search.focus();
      }
    });
  }

  // What is shown.

  /** Many may come at once: they are shown together. A timer, since pages in the background paint no frames. */
  #changed(): void {
    if (this.#timer !== 0) return;
    const pause = this.#isBegun && this.#isLive ? LIVE_PAUSE_MS : 0;
    this.#timer = window.setTimeout(() => {
      this.#timer = 0;
      this.#render();
    }, pause);
  }

  #render(): void {
    this.#span = this.#book.span;
    const all = this.#book.messages;
    this.#messages = filtered(all, this.#filter);
    this.#frame.view(this.#view, this.#time.scale);
    this.#frame.choices(this.#filter, (facet) => choicesOf(all, facet));
    this.#frame.about = this.#about();
    const isFiltered = this.#messages.length !== all.length || this.#filter !== EVERYTHING;
    const part = `${formatCount(this.#messages.length, "message")} of ${all.length}`;
    this.#frame.result(isFiltered ? part : formatCount(all.length, "message"), isFiltered);
    this.#renderView(all.length === 0 ? "There are no messages." : "No message fits the filter.");
    this.#renderPanel(false);
  }

  #renderView(empty: string): void {
    switch (this.#view) {
      case "waterfall":
        this.#waterfall.markSorted(
          this.#order.key === "start" ? null : this.#order.key,
          this.#order.isDescending,
        );
        return this.#waterfall.show(rowsOf(this.#messages, this.#order), empty);
      case "connections":
        return this.#lanes.show(this.#lanesShown(), empty);
      case "cookies":
        return this.#cookies.show(
          cookieStories(this.#messages),
          this.#messages.length === 0 ? empty : "There were no cookies.",
        );
      case "summary":
        this.#views
          .get("summary")
          ?.replaceChildren(
            summaryView(this.#summary(), this.#length, ({ id }) =>
              this.#choose({ kind: "message", id }, true),
            ),
          );
    }
  }

  /** Connections that carried none of the messages that are shown are left out when not all are shown. */
  #lanesShown(): readonly Lane[] {
    const lanes = lanesOf(this.#messages, this.#book.connections);
    return this.#filter === EVERYTHING ? lanes : lanes.filter(({ messages }) => messages.length > 0);
  }

  get #length(): number {
    return this.#span.to - this.#span.from;
  }

  #about(): string {
    const { from } = this.#span;
    const { dropped } = this.#book;
    const when =
      this.#book.messages.length === 0
        ? ""
        : `${formatTime(from).slice(0, 19)} UTC, ${formatMs(this.#length)}`;
    return dropped === 0 ? when : `${when}, ${formatCount(dropped, "older message")} not kept`;
  }

  #summary(): ReturnType<typeof summaryOf> {
    return summaryOf(this.#messages, this.#book.calls, this.#book.connections);
  }

  #sort(column: string): void {
    const key = SORT_KEYS.find((each) => each === column);
    if (key === undefined) return;
    // Up, down, and back to the order in which they began.
    if (this.#order.key !== key) this.#order = { key, isDescending: key === "size" || key === "time" };
    else if (this.#order.isDescending === (key === "size" || key === "time"))
      this.#order = { key, isDescending: !this.#order.isDescending };
    else this.#order = { key: "start", isDescending: false };
    this.#render();
  }

  #isChosen(kind: "message" | "lane", id: number | null): boolean {
    return this.#chosen?.kind === kind && this.#chosen.id === id;
  }

  #choose(chosen: Chosen, isKeyboard: boolean): void {
    this.#chosen = chosen;
    this.#renderPanel(true);
    this.#grid?.refresh();
    if (isKeyboard || matchMedia(OVERLAID).matches) this.#panel.focus();
    else this.#grid?.focus();
  }

  /** The panel, where it is open, goes along. */
  #walk(chosen: Chosen): void {
    if (!this.#panel.isOpen) return;
    this.#chosen = chosen;
    this.#renderPanel(true);
    this.#grid?.refresh();
  }

  #forget(): void {
    this.#chosen = null;
    this.#grid?.refresh();
    if (this.#grid === null) this.#views.get("summary")?.focus();
    else this.#grid.focus();
  }

  get #grid(): Pick<Grid<unknown>, "refresh" | "focus"> | null {
    switch (this.#view) {
      case "waterfall":
        return this.#waterfall;
      case "connections":
        return this.#lanes;
      case "cookies":
        return this.#cookies;
      case "summary":
        return null;
    }
  }

  #renderPanel(isFresh: boolean): void {
    if (this.#chosen === null) return;
    const open = ({ id }: Message): void => this.#choose({ kind: "message", id }, true);
    switch (this.#chosen.kind) {
      case "message":
        return this.#showMessage(this.#chosen.id, open, isFresh);
      case "lane": {
        const { id } = this.#chosen;
        const lane = lanesOf(this.#messages, this.#book.connections).find((each) => each.id === id);
        if (lane === undefined) return this.#panel.close();
        return this.#panel.show(
          id === null ? "No connection" : `Connection ${laneName(lane)}`,
          laneDetail(lane, open),
          isFresh,
        );
      }
      case "cookie": {
        const { name, domain } = this.#chosen;
        const story = cookieStories(this.#messages).find(
          (each) => each.name === name && each.domain === domain,
        );
        if (story === undefined) return this.#panel.close();
        return this.#panel.show(`Cookie ${shorten(name, 80)}`, cookieDetail(story, open), isFresh);
      }
    }
  }

  #shown: Message | null = null;

  #showMessage(id: number, open: (message: Message) => void, isFresh: boolean): void {
    const message = this.#book.message(id);
    if (message === undefined) return this.#panel.close();
    // What comes live changes nothing about it, mostly: who reads is left in peace.
    if (!isFresh && message === this.#shown) return;
    this.#shown = message;
    const sections = messageDetail(message, {
      openMessage: open,
      openConnection: (connection) => this.#choose({ kind: "lane", id: connection }, true),
      siblings: ({ call }) => this.#book.messagesOf(call),
    });
    this.#panel.show(`${message.method} ${message.entry.request.url}`, sections, isFresh);
  }

  #print(): void {
    this.#paper.replaceChildren(
      ...paperOf({
        title: this.#title,
        about: `${formatCount(this.#messages.length, "message")} of ${this.#book.messages.length}`,
        messages: this.#messages,
        summary: this.#summary(),
        start: this.#span.from,
        length: this.#length,
      }),
    );
  }
}
