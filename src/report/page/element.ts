/**
 * Elements of the page. Whatever a server wrote comes in as text or as the value of an attribute that shows text (`title`, `aria-label`):
 * it is never read as markup.
 */
import { visible } from "../../core/visible.ts";

/** Attributes by name; `false` and `undefined`: it is not there, `true`: it is there, without a value. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** What stands in an element; `null`: nothing. */
export type Child = Node | string | null;

/**
 * A text as it is shown: characters that nobody sees, or that turn the order of others around, as `\u202e`. So what a server wrote says
 * nothing of what stands beside it. Ends of lines stay.
 */
export function shown(text: string): string {
  return text.split(/\r?\n/).map(visible).join("\n");
}

/** Makes an element. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    // What is chosen is found by its value: it stays as it is.
    const text = value === true ? "" : String(value);
    made.setAttribute(name, name === "value" ? text : shown(text));
  }
  for (const child of children)
    if (child !== null) made.append(typeof child === "string" ? shown(child) : child);
  return made;
}

/** Makes a button. */
export function button(attributes: Attributes, label: Child, onClick: () => void): HTMLButtonElement {
  const made = element("button", { type: "button", ...attributes }, label);
  made.addEventListener("click", onClick);
  return made;
}

/** Makes a choice of one of several, with its label in front. */
export function select<Value extends string>(
  label: string,
  options: readonly (readonly [value: Value, text: string])[],
  onChange: (value: Value) => void,
): { readonly label: HTMLLabelElement; readonly select: HTMLSelectElement } {
  const made = element("select", {}, ...options.map(([value, text]) => element("option", { value }, text)));
  made.addEventListener("change", () => {
    const chosen = options.find(([value]) => value === made.value);
    if (chosen !== undefined) onChange(chosen[0]);
  });
  return { label: element("label", { class: "choice" }, element("span", {}, label), made), select: made };
}
