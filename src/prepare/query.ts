/**
 * Query: `params` of the session and of the request become one encoded query.
 *
 * The encoding itself is in `form.ts`: a query and a form are written alike.
 */
import { asBuffer } from "../core/bytes.ts";
import { isUint8Array } from "../core/realm.ts";
import { escapeBytes } from "../core/received-text.ts";
import type { FieldsInit, ParamsInit } from "../core/options.ts";
import { encodeFields, fieldPairs, isFieldMap, type Field } from "./form.ts";

/**
 * Params with more specific ones over them. Two sets are always combined: fields of a record or `Map`
 * in the specific ones replace the general ones name by name, in their place, and `null` removes one; pairs and encoded
 * queries come after them. `null` for all leaves none.
 *
 * @throws {TypeError} for a value that a query cannot hold.
 */
export function layerParams(specific: ParamsInit | null, general: ParamsInit | null): ParamsInit | null {
  if (specific === null || general === null) return specific;
  return replacesByName(specific, general)
    ? overlay(general as FieldsInit, specific as FieldsInit) // neither is encoded
    : join(encodeParams(general), encodeParams(specific));
}

/** Do specific params replace general ones of their names? Else they come after them. */
export function replacesByName(specific: ParamsInit, general: ParamsInit): boolean {
  return !isEncoded(general) && !isEncoded(specific) && isFieldMap(specific);
}

/** Params as a query, to be appended to a URL. @throws {TypeError} for a value that a query cannot hold. */
export function encodeParams(params: ParamsInit): string {
  if (typeof params === "string") return withoutMark(params);
  if (isUint8Array(params)) return withoutMark(escapeBytes(asBuffer(params).toString("latin1")));
  return encodeFields(params, "params");
}

/** `location.search` begins with the mark that the URL brings itself. */
function withoutMark(query: string): string {
  return query.startsWith("?") || query.startsWith("&") ? query.slice(1) : query;
}

function isEncoded(params: ParamsInit): params is string | Uint8Array {
  return typeof params === "string" || isUint8Array(params);
}

/** The general fields with the specific ones in their places, then the specific others. */
function overlay(general: FieldsInit, specific: FieldsInit): Field[] {
  const replacing = new Map(fieldPairs(specific, "params"));
  const merged: Field[] = [];
  const placed = new Set<string | Uint8Array>();
  for (const [name, value] of fieldPairs(general, "params")) {
    if (!replacing.has(name)) merged.push([name, value]);
    else if (!placed.has(name)) merged.push([name, replacing.get(name)]);
    placed.add(name);
  }
  for (const [name, value] of replacing) if (!placed.has(name)) merged.push([name, value]);
  return merged;
}

function join(first: string, second: string): string {
  return first === "" || second === "" ? first + second : `${first}&${second}`;
}
