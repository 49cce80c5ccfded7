/**
 * Where in HTML and XML there are secrets: in elements, attributes and hidden fields of forms whose names look secret. As elsewhere, a secret
 * in the middle of other text is not known to be one.
 */
import { isSecretName, type SecretPart } from "./redact.ts";

/** Is it HTML or XML, by its type or by what it looks like? */
export function isMarkup(text: string, essence: string): boolean {
  return /[/+](?:xml|html)$|\/xhtml\+xml$/.test(essence) || /^\s*<[!?a-z]/i.test(text);
}

/** A tag, which may break off, and the text behind it. */
const TAG = /<(\/?[a-z][\w:.-]*)([^<>]*)>?([^<]*)/gi;
/** An attribute: its value in quotes, which may break off, or without. */
const ATTRIBUTE = /(?<![\w:.-])([\w:.-]+)\s*=\s*(?:"([^"]*)|'([^']*)|([^\s"'>]+))/g;
/** Attributes that say what the element is for, and those that then have its value. */
const NAMING = /^(?:name|id|property|http-equiv|key)$/i;
const VALUE = /^(?:value|content)$/i;

/** The values under names that look secret, in order. The text may break off at some place. */
export function secretsOfMarkup(text: string): SecretPart[] {
  const parts: SecretPart[] = [];
  for (const { 0: whole, 1: tag = "", 2: attributes = "", 3: behind = "", index } of text.matchAll(TAG)) {
    const from = index + 1 + tag.length;
    parts.push(...secretAttributes(attributes, from));
    const name = tag.slice(tag.indexOf(":") + 1);
    const to = index + whole.length;
    const isStart = !tag.startsWith("/") && !attributes.endsWith("/");
    if (isStart && behind.trim() !== "" && isTelling(name))
      parts.push({ from: to - behind.length, to, name });
  }
  return parts;
}

function secretAttributes(attributes: string, start: number): SecretPart[] {
  if (!attributes.includes("=")) return [];
  const all = Array.from(
    attributes.matchAll(ATTRIBUTE),
    ({ 0: whole, 1: name = "", 2: double, 3: single, 4: bare, index }) => {
      const value = double ?? single ?? bare ?? "";
      const to = start + index + whole.length;
      return { from: to - value.length, to, name, value };
    },
  );
  // `<input name="csrf_token" value="…">`
  const naming = all.find(({ name, value }) => NAMING.test(name) && isTelling(value))?.value ?? null;
  return all
    .filter(({ name, value }) => value !== "" && (isTelling(name) || (naming !== null && VALUE.test(name))))
    .map(({ from, to, name }) => ({ from, to, name: VALUE.test(name) && naming !== null ? naming : name }));
}

/** Pages have `<code>`, and name their authors; a name of a field may be a word in a sentence. */
function isTelling(name: string): boolean {
  return (
    /^[\w:.[\]-]*$/.test(name) && !/^(?:code|key|author\w*|.*[-_]code)$/i.test(name) && isSecretName(name)
  );
}
