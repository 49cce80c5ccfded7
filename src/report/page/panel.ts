/** The panel with the detail of what was chosen: beside the view, on narrow pages in its place. */
import { button, element, shown } from "./element.ts";

/** The panel. */
export class Panel {
  readonly root: HTMLElement;
  readonly #title = element("h2", { tabindex: -1 });
  readonly #content = element("div", { class: "content" });
  readonly #onClose: () => void;

  constructor(onClose: () => void) {
    this.#onClose = onClose;
    this.root = element(
      "aside",
      { class: "panel", "aria-label": "Detail", hidden: true },
      element(
        "div",
        { class: "bar" },
        this.#title,
        button({ class: "close", "aria-label": "Close the detail", title: "Close (Escape)" }, "\u2715", () =>
          this.close(),
        ),
      ),
      this.#content,
    );
    this.root.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.close();
    });
  }

  get isOpen(): boolean {
    return !this.root.hidden;
  }

  /** Shows a detail. What was folded stays folded. */
  show(title: string, sections: readonly HTMLElement[], isFresh: boolean): void {
    const folded = new Set(
      Array.from(this.#content.querySelectorAll("details:not([open]) h3"), ({ textContent }) => textContent),
    );
    const { scrollTop } = this.#content;
    this.#title.textContent = shown(title);
    this.#content.replaceChildren(...sections);
    for (const part of this.#content.querySelectorAll("details"))
      if (folded.has(part.querySelector("h3")?.textContent ?? "")) part.open = false;
    this.root.hidden = false;
    this.#content.scrollTop = isFresh ? 0 : scrollTop;
  }

  /** Puts the focus into it. */
  focus(): void {
    this.#title.focus();
  }

  /** Closes it. */
  close(): void {
    if (this.root.hidden) return;
    this.root.hidden = true;
    this.#onClose();
  }
}
