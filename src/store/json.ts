/** JSON as files have it: keys sorted, so that what has not changed looks as before. */
import type { Json } from "../core/session-store.ts";

/** A record of JSON. */
export type JsonRecord = { readonly [name: string]: Json };

/** Is it a record, and no list? */
export function isJsonRecord(value: Json | undefined): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value with the keys of all records in it sorted. */
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJsonRecord(value)) return value;
  const names = Object.keys(value).toSorted();
  return Object.fromEntries(names.map((name) => [name, sorted(value[name] ?? null)]));
}

/** In one line, keys sorted. */
export function lineOf(value: Json): string {
  return JSON.stringify(sorted(value));
}

/** The record's fields but for those of these names. */
export function without(record: JsonRecord, names: ReadonlySet<string>): JsonRecord {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !names.has(name)));
}
