/**
 * Fields: names and values of a query or a form, and their encoding as `application/x-www-form-urlencoded`.
 *
 * Not WHATWG's encoder: requests escapes `*` and leaves `~`.
 */
import { isMap, isSet, isUint8Array } from "../core/realm.ts";
import { describe } from "../core/describe.ts";
import type { FieldsInit, Scalar } from "../core/options.ts";
import { isRecord, mustBe } from "../core/checks.ts";

/** A name and what the caller gave for it. */
export type Field = readonly [name: string | Uint8Array, value: Scalar | readonly Scalar[]];

/** The media type of an encoded form. */
export const formType = "application/x-www-form-urlencoded";

/** Has each name one value, as in a record or a `Map`? */
export function isFieldMap(fields: FieldsInit): boolean {
  return isMap(fields) || (isRecord(fields) && !(Symbol.iterator in fields));
}

/**
 * The fields as pairs, values as they were given.
 *
 * @param option name of the option, for messages.
 * @throws {TypeError} when it is neither a record nor pairs, or a pair is malformed.
 */
export function fieldPairs(fields: FieldsInit, option: string): readonly Field[] {
  if (isRecord(fields) && !(Symbol.iterator in fields)) return Object.entries(fields) as Field[];
  if (typeof fields !== "object" || fields === null || isSet(fields) || !(Symbol.iterator in fields)) {
    throw mustBe(option, "a record, pairs, a Map or URLSearchParams", fields);
  }
  const pairs: readonly unknown[] = [...(fields as Iterable<unknown>)];
  for (const [at, pair] of pairs.entries()) checkPair(pair, `${option}[${at}]`);
  return pairs as Field[];
}

/**
 * Encodes fields: a blank becomes `+`, all but letters, digits and `_.-~` is escaped as UTF-8; bytes are escaped as they
 * are. Arrays repeat the name; `null` and `undefined` leave it out. Booleans and numbers are written as JavaScript does.
 *
 * @param option name of the option, for messages.
 * @throws {TypeError} for a value that is no scalar or array of scalars, NaN and infinities among them.
 */
export function encodeFields(fields: FieldsInit, option: string): string {
  let encoded = "";
  for (const [name, value] of fieldPairs(fields, option)) {
    const key = escape(name);
    if (!Array.isArray(value)) {
      encoded += encodeField(key, value as Scalar, option, name);
      continue;
    }
    for (const one of value as readonly Scalar[]) encoded += encodeField(key, one, option, name);
  }
  return encoded.slice(1);
}

/** One name and its values as text or bytes, without those that are left out: for multipart, which has no escapes. */
export function fieldTexts(field: Field, option: string): (string | Uint8Array)[] {
  const [name, value] = field;
  const values = Array.isArray(value) ? (value as readonly Scalar[]) : [value as Scalar];
  return values.map((one) => scalarText(one, option, name)).filter((text) => text !== null);
}

function encodeField(key: string, value: Scalar, option: string, name: string | Uint8Array): string {
  const text = scalarText(value, option, name);
  return text === null ? "" : `&${key}=${escape(text)}`;
}

function scalarText(value: Scalar, option: string, name: string | Uint8Array): string | Uint8Array | null {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
      if (!Number.isFinite(value)) throw mustBe(`${option}[${quotedName(name)}]`, "a finite number", value);
      return String(value);
    case "bigint":
    case "boolean":
      return String(value);
    case "undefined":
      return null;
    default:
      if (value === null || isUint8Array(value)) return value;
      throw mustBe(
        `${option}[${quotedName(name)}]`,
        "a string, number, bigint, boolean, bytes, null, or a list of them",
        value,
        option === "data" ? "; a form is flat: write json for values inside of others" : "",
      );
  }
}

function checkPair(pair: unknown, place: string): void {
  if (!Array.isArray(pair) || pair.length !== 2) {
    const found = Array.isArray(pair) ? `a list of ${pair.length}` : describe(pair);
    throw new TypeError(`${place} must be a pair [name, value], not ${found}`);
  }
  const name: unknown = pair[0];
  if (typeof name !== "string" && !isUint8Array(name)) {
    throw mustBe(`the name in ${place}`, "text or bytes", name);
  }
}

function quotedName(name: string | Uint8Array): string {
  return typeof name === "string" ? JSON.stringify(name) : "bytes";
}

/** Nothing in it needs an escape. */
const PLAIN = /^[A-Za-z0-9_.~-]*$/;

/** Every byte as a form writes it. */
const ESCAPED_BYTES: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  if (PLAIN.test(character)) return character;
  return byte === 0x20 ? "+" : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
});

function escape(text: string | Uint8Array): string {
  if (typeof text !== "string") return Array.from(text, (byte) => ESCAPED_BYTES[byte]).join("");
  if (PLAIN.test(text)) return text;
  // A lone surrogate has no UTF-8; it becomes U+FFFD, as everywhere on the web.
  return text.toWellFormed().replace(/[\x80-\u{10ffff}]+|[^A-Za-z0-9_.~-]/gu, escapeFound);
}

function escapeFound(found: string): string {
  // What is not ASCII comes in runs, ASCII letter by letter.
  return found < "\x80" ? (ESCAPED_BYTES[found.charCodeAt(0)] ?? "") : encodeURIComponent(found);
}
