/**
 * Fields of objects in JSON: each is of its kind, or what it belongs to is not taken. A field that is absent or `null` is not given.
 */
import { InvalidHeader } from "../core/errors.ts";
import { HeaderMap } from "../core/headers.ts";
import { withoutBlanks } from "../core/received-text.ts";
import { bytesOf, fieldsOf } from "./input.ts";
import { Refusal } from "./reading.ts";

/** The own fields of an object. */
export type Fields = Readonly<Record<string, unknown>>;

/** @throws {Refusal} for what is no object. */
export function recordOf(value: unknown): Fields {
  const fields = fieldsOf(value);
  if (fields === null) throw new Refusal("kind", `it must be an object, not ${kindOf(value)}`);
  return fields;
}

/** The name for a problem, where there is one. */
export function nameIn(value: unknown, field: "name" | "key" = "name"): string | null {
  const name = fieldsOf(value)?.[field];
  return typeof name === "string" ? name : null;
}

/** Not what its class is called: in JSON, that may be anything. */
function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : typeof value;
}

function wrongKind(name: string, allowed: string, value: unknown): Refusal {
  return new Refusal("kind", `its ${name} must be ${allowed}, not ${kindOf(value)}`);
}

/** A text; `fallback` when it is not given. @throws {Refusal} for something else, and where it must be given. */
export function textIn(fields: Fields, name: string, fallback: string | null = null): string {
  const value = fields[name] ?? fallback;
  if (typeof value === "string") return value;
  throw value === null ? new Refusal("kind", `it has no ${name}`) : wrongKind(name, "a string", value);
}

/** A text, as its bytes in UTF-8: one character each. @throws {Refusal} as {@link textIn}, and for one that lost bytes. */
export function bytesIn(fields: Fields, name: string, fallback: string | null = null): string {
  const bytes = bytesOf(textIn(fields, name, fallback));
  if (bytes === null) throw new Refusal("character", `its ${name} lost bytes when the file was written or read`);
  return bytes;
}

/** A header field that has `name` and `value`. @throws {Refusal} for one that cannot be sent. */
export function headerIn(fields: Fields): [name: string, value: string] {
  const name = textIn(fields, "name");
  const value = withoutBlanks(bytesIn(fields, "value"));
  try {
    new HeaderMap().append(name, value);
  } catch (error) {
    if (error instanceof InvalidHeader) throw new Refusal("header", error.message);
    throw error;
  }
  return [name, value];
}

/** `true` or `false`; `fallback` when it is not given. @throws {Refusal} for something else. */
export function flagIn(fields: Fields, name: string, fallback: boolean): boolean {
  const value = fields[name] ?? fallback;
  if (typeof value !== "boolean") throw wrongKind(name, "true or false", value);
  return value;
}

/** A number; `null` when it is not given. @throws {Refusal} for something else. */
export function numberIn(fields: Fields, name: string): number | null {
  const value = fields[name] ?? null;
  if (value !== null && typeof value !== "number") throw wrongKind(name, "a number", value);
  return value;
}

/**
 * A date as `Date.prototype.toISOString` writes it, or with the zone as an offset, in milliseconds; `null` when it is not given.
 *
 * @throws {Refusal} for something else.
 */
export function dateIn(fields: Fields, name: string, reason: "time" | "expiry" = "time"): number | null {
  const value = fields[name] ?? null;
  if (value === null) return null;
  const time = typeof value === "string" ? timeOfIso(value) : null;
  if (time === null) throw new Refusal(reason, `its ${name} is no date in ISO 8601 with a time zone`);
  return time;
}

const ISO_DATE = /^[-+]?\d{4,6}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[-+]\d\d:?\d\d)$/;

/** Milliseconds since the epoch; `null` for what is no such date. Without a zone it would be the time of some machine. */
export function timeOfIso(text: string): number | null {
  if (!ISO_DATE.test(text)) return null;
  // The platform wants a colon in the offset.
  const time = Date.parse(text.replace(/([-+]\d\d)(\d\d)$/, "$1:$2"));
  return Number.isNaN(time) ? null : time;
}
