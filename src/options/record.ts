/**
 * Plain records as callers write them, read so that a polluted prototype changes nothing: own properties only.
 */
import { suggestion, type Elsewhere } from "../core/suggest.ts";

/** An object literal, or one without a prototype; of this realm or another. A class's instance is none. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The record's own property of that name, or `undefined`. */
export function own<Record extends object, Name extends keyof Record>(
  record: Record,
  name: Name,
): Record[Name] | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

const NOWHERE: Elsewhere = new Map();

/**
 * Refuses names that nobody knows: a misspelled one would be an option that silently does nothing.
 *
 * @param elsewhere what others call them.
 */
export function checkNames(
  record: object,
  known: readonly string[],
  option: string,
  elsewhere: Elsewhere = NOWHERE,
): void {
  for (const name of Object.keys(record)) {
    if (known.includes(name)) continue;
    const hint = suggestion(name, known, elsewhere);
    throw new TypeError(
      `${option} has an unknown property ${JSON.stringify(name)}; known are ${known.join(", ")}${hint === null ? "" : `; ${hint}`}`,
    );
  }
}
