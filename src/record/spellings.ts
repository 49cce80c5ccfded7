/**
 * How a secret may be written where it stands again: as it is, escaped for a URL, for JSON or for HTML, in base64, in hexadecimal digits.
 */
import { asUtf8 } from "../core/received-text.ts";

/** One way to write a secret. */
export interface Spelling {
  readonly text: string;
  /** Characters beside it in the same base64 hold bits of it. */
  readonly isBase64: boolean;
}

/** All ways to write a secret that are known here. They may be long and few, or many: most secrets need no escapes. */
export function spellingsOf(secret: string): Spelling[] {
  const plain = new Set<string>();
  const base64 = new Set<string>();
  for (const text of new Set([secret.toWellFormed(), asUtf8(secret)])) {
    const bytes = Buffer.from(text);
    // A field's value has a character for each byte.
    for (const one of [text, bytes.toString("latin1")]) plain.add(one);
    for (const one of [...inUrls(text), ...inJson(text), ...inHtml(text)]) plain.add(one);
    const digits = bytes.toString("hex");
    plain.add(digits).add(digits.toUpperCase());
    for (const one of inBase64(bytes)) base64.add(one);
  }
  return [
    ...Array.from(plain, (text) => ({ text, isBase64: false })),
    ...Array.from(base64, (text) => ({ text, isBase64: true })),
  ];
}

/** What `encodeURIComponent` leaves, and others do not. */
const LEFT = /[!'()*~]/g;

function inUrls(text: string): string[] {
  const component = encodeURIComponent(text);
  const strict = component.replaceAll(LEFT, percent);
  const all = [
    component,
    strict,
    component.replaceAll("%20", "+"),
    strict.replaceAll("%20", "+"),
    new URLSearchParams([["", text]]).toString().slice(1),
    encodeURI(text),
    ...[component, strict].map((one) => encodeURIComponent(one)),
  ];
  return [...all, ...all.map((one) => one.replaceAll(/%[\dA-F]{2}/g, (code) => code.toLowerCase()))];
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

function inJson(text: string): string[] {
  const usual = JSON.stringify(text).slice(1, -1);
  const all = [
    usual,
    usual.replaceAll("/", String.raw`\/`),
    // Beyond ASCII as Python writes it, signs of HTML as Go does.
    usual.replaceAll(/[^\0-\x7f]/g, unicode),
    usual.replaceAll(/[<>&]/g, unicode),
    usual.replaceAll(/[<>&'/+=]|[^\0-\x7f]/g, unicode),
    // JSON within JSON.
    JSON.stringify(usual).slice(1, -1),
  ];
  return [
    ...all,
    ...all.map((one) => one.replaceAll(/\\u[\da-f]{4}/g, (code) => `\\u${code.slice(2).toUpperCase()}`)),
  ];
}

function unicode(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function inHtml(text: string): string[] {
  const usual = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const quoted = usual.replaceAll('"', "&quot;");
  return [usual, quoted, quoted.replaceAll("'", "&#39;"), quoted.replaceAll("'", "&#x27;")];
}

/** The characters that hold nothing but bits of these bytes, be there none, one or two bytes before them in their group of three. */
function inBase64(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString("base64")
      .replaceAll("=", "");
    // The first characters hold bits of what stands before, the last one maybe bits of what stands behind.
    const from = Math.ceil((before * 8) / 6);
    const to = Math.floor(((before + bytes.length) * 8) / 6);
    const usual = text.slice(from, to);
    const forUrls = usual.replaceAll("+", "-").replaceAll("/", "_");
    return [usual, forUrls, encodeURIComponent(usual), usual.replaceAll("/", String.raw`\/`)];
  });
}
