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

/**
 * A name that an object in a JSON text has twice; `null` for none: `JSON.parse` takes the last one and says nothing of the others.
 *
 * @param text has been read: it is whole.
 */
export function repeatedName(text: string): string | null {
  // Of objects their names; `null` stands for a list.
  const around: (Set<string> | null)[] = [];
  for (let at = 0; at < text.length; at++) {
    switch (text.charAt(at)) {
      case "{":
        around.push(new Set());
        break;
      case "[":
        around.push(null);
        break;
      case "}":
      case "]":
        around.pop();
        break;
      case '"': {
        const start = at;
        at = endOfText(text, start);
        const names = around.at(-1) ?? null;
        if (names === null || !isBeforeColon(text, at + 1)) break;
        const name = JSON.parse(text.slice(start, at + 1)) as string; // quotes are around it
        if (names.has(name)) return name;
        names.add(name);
      }
    }
  }
  return null;
}

/** Where the quote is that ends a text. */
function endOfText(text: string, start: number): number {
  for (let at = start + 1; ; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"' || at >= text.length) return at;
  }
}

function isBeforeColon(text: string, start: number): boolean {
  let at = start;
  while (" \t\r\n".includes(text[at] ?? "-")) at++;
  return text[at] === ":";
}
