/** Bodies of requests and responses in the detail: text, JSON with indentation or as it came, bytes. */
import { shownBody } from "./body-text.ts";
import { button, element } from "./element.ts";
import { formatBytes, formatCount } from "./format.ts";

/** So many characters are shown at first: more take a while to be laid out. */
const FIRST_LENGTH = 100_000;

/** A body. */
export interface Body {
  readonly text: string;
  readonly encoding: "base64" | undefined;
  readonly mimeType: string;
  readonly isCut: boolean;
}

/** Shows one. @param label its name, for assistive technology. */
export function bodyPart(label: string, body: Body): HTMLElement {
  const shown = shownBody(body.text, body.encoding, body.mimeType);
  const text = element("pre", { tabindex: 0, role: "group", "aria-label": label });
  const more = button({ class: "quiet" }, "Show all of it", () => {
    text.textContent = current;
    more.hidden = true;
  });
  let current = "";
  const show = (next: string): void => {
    current = next;
    const isLong = next.length > FIRST_LENGTH;
    text.textContent = isLong ? next.slice(0, FIRST_LENGTH) : next;
    more.hidden = !isLong;
  };
  show(shown.text);
  const tools = element("p", { class: "tools" }, noteOf(body, shown.kind));
  if (shown.kind === "json") {
    let isIndented = true;
    const toggle = button({ class: "quiet" }, "As it came", () => {
      isIndented = !isIndented;
      show(isIndented ? shown.text : body.text);
      toggle.textContent = isIndented ? "As it came" : "Indented";
    });
    tools.append(toggle);
  }
  return element("div", { class: "body" }, tools, text, more);
}

function noteOf(body: Body, kind: "json" | "text" | "binary"): HTMLElement {
  const type = body.mimeType === "" ? "no media type" : body.mimeType;
  const amount =
    kind === "binary"
      ? formatBytes(Math.floor((body.text.length * 3) / 4))
      : formatCount(body.text.length, "character");
  const cut = body.isCut ? ", only its beginning was kept" : "";
  return element("span", {}, `${type}, ${amount}${cut}`);
}
