/**
 * What a session keeps of a value, and shows of it: a copy, so that nothing changes behind its back; and a view of the copy, whose
 * writes throw. A value is read when it is set: one that was changed in place would be a default that nobody follows.
 */
import { copied } from "../core/bytes.ts";
import { isRecord } from "../core/checks.ts";
import { isMap, isObject, isSet, isUint8Array, isUrl } from "../core/realm.ts";
import { shownName } from "../core/redact.ts";
import type { Place } from "./table.ts";

/** Makes of a value what a session or a scope keeps. */
export type Keep = (value: unknown, place: Place) => unknown;

/** Levels of lists and records, of which no option has more. What lies deeper is refused where it is read. */
const MOST_LEVELS = 3;

/** A copy of lists, records, URLs and bytes. What is of a class (a store, a function) is used as it is. */
export const copyOf: Keep = (value) => copy(value, MOST_LEVELS);

/** An object with methods as it is: what it remembers is its own, whether a class made it or a literal. Lists are copied. */
export const itself: Keep = (value) => (Array.isArray(value) ? copy(value, MOST_LEVELS) : value);

/** Header fields as pairs, whatever object of the platform they come in. */
export const fieldsOf: Keep = (value, place) => {
  const isRead = isObject(value) && !(Symbol.iterator in value) && !isRecord(value);
  return copyOf(isRead && Object.keys(value).length > 0 ? Object.entries(value) : pairsIn(value), place);
};

/** Params: pairs, but for what is read by its kind. A set is none of pairs; in a scope a map replaces name by name. */
export const paramsOf: Keep = (value, place) =>
  copyOf(isSet(value) || (place === "scope" && isMap(value)) ? value : pairsIn(value), place);

function pairsIn(value: unknown): unknown {
  const isPairs = isObject(value) && !isUint8Array(value) && Symbol.iterator in value;
  return isPairs ? [...(value as Iterable<unknown>)] : value; // it has an iterator
}

function copy(value: unknown, levels: number): unknown {
  if (isUint8Array(value)) return copied(value);
  if (isUrl(value)) return new URL(value.href);
  if (levels === 0) return value;
  const part = (one: unknown): unknown => copy(one, levels - 1);
  if (Array.isArray(value)) return value.map(part);
  if (isMap(value)) return new Map([...value].map(([name, one]) => [part(name), part(one)]));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, part(one)]));
}

/** Of a part the same view each time. */
const views = new WeakMap<object, object>();

/** Shows what was kept of an option. Bytes and URLs cannot be held to it: they are copied once more. */
export function viewOf<Value>(kept: Value, option: string, keep: Keep | undefined): Value {
  if (keep === itself && !Array.isArray(kept)) return kept;
  return view(kept, (name) => lineFor(option, kept, name)) as Value; // reads like it
}

/** @param line what to write in place of a change of `name`. */
function view(value: unknown, line: (name: string) => string): unknown {
  if (isUint8Array(value)) return copied(value);
  if (isUrl(value)) return new URL(value.href);
  if (!Array.isArray(value) && !isRecord(value)) return value;
  let shown = views.get(value);
  if (shown === undefined) views.set(value, (shown = new Proxy(value, watching(line))));
  return shown;
}

function watching(line: (name: string) => string): ProxyHandler<object> {
  const refuse = (_: object, key: string | symbol): never => {
    throw new TypeError(`what is read from a session cannot be changed in place: write ${line(String(key))}`);
  };
  return {
    // A part of a part is written with the part.
    get: (target, key) => view(Reflect.get(target, key), () => line(String(key))),
    getOwnPropertyDescriptor: (target, key) => {
      const property = Reflect.getOwnPropertyDescriptor(target, key);
      return property && { ...property, value: view(property.value, () => line(String(key))) };
    },
    set: refuse,
    defineProperty: refuse,
    deleteProperty: refuse,
    setPrototypeOf: (target) => refuse(target, "name"),
  };
}

function lineFor(option: string, whole: unknown, name: string): string {
  const all = `...session.${option}`;
  if (Array.isArray(whole)) return `session.${option} = [${all}, …]`;
  return `session.${option} = { ${all}, ${/^\w+$/.test(name) ? name : shownName(name)}: … }`;
}
