/**
 * Which objects `JSON.stringify` writes without what is in them: a Map, a Blob, an error become `{}`, a stream becomes its
 * insides, a wrong date `null`. Pure.
 *
 * What has a `toJSON` says itself how it is written. A class's instance whose data are its own fields loses nothing.
 */
import { describe } from "../core/describe.ts";
import {
  isArrayBuffer,
  isBlob,
  isDate,
  isError,
  isFormData,
  isHeaders,
  isMap,
  isPromise,
  isSet,
  isUrlSearchParams,
} from "../core/realm.ts";

/** What would be lost, in words, or `null`. For an object that is no list. */
export function lossIn(value: object): string | null {
  const prototype: unknown = Object.getPrototypeOf(value);
  // A record, of this realm or another: its fields are all that it has.
  if (prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null)
    return null;
  if (isError(value)) return named(value, "Error");
  if (ArrayBuffer.isView(value) || KEEPERS.some((is) => is(value))) return named(value, "object");
  if (isStream(value)) return named(value, "stream");
  if (isBrokenNumber(value)) return `a Number without a value`;
  return Object.keys(value).length === 0 && hidesData(value) ? named(value, "object") : null;
}

/** What is known to keep its data elsewhere than in its fields, of which it may have some, too. Views of bytes do as well. */
const KEEPERS = [isArrayBuffer, isMap, isSet, isPromise, isBlob, isFormData, isUrlSearchParams, isHeaders];

/** Is it a date that JSON writes as `null`? */
export function isWrongDate(value: unknown): boolean {
  return isDate(value) && Number.isNaN(value.getTime());
}

function isStream(value: object): boolean {
  return (
    ("pipe" in value && typeof value.pipe === "function") ||
    ("getReader" in value && typeof value.getReader === "function") ||
    (Symbol.asyncIterator in value && typeof value[Symbol.asyncIterator] === "function")
  );
}

/** `new Number(NaN)`: written as `null`, as the number itself would be. */
function isBrokenNumber(value: object): boolean {
  if (Object.prototype.toString.call(value) !== "[object Number]") return false;
  return !Number.isFinite(Number(value));
}

/** What has no field of its own, but a class that reads something out of it. */
function hidesData(value: object): boolean {
  for (
    let holder: unknown = Object.getPrototypeOf(value);
    typeof holder === "object" && holder !== null && Object.getPrototypeOf(holder) !== null;
    holder = Object.getPrototypeOf(holder)
  ) {
    const described = Object.getOwnPropertyDescriptors(holder);
    if (Object.hasOwn(holder, Symbol.iterator) || Object.hasOwn(holder, Symbol.toStringTag)) return true;
    if (Object.values(described).some((property) => Object.hasOwn(property, "get"))) return true;
  }
  return false;
}

function named(value: object, kind: string): string {
  const name = describe(value);
  // Generators and the like bear no name of their own.
  const shown = name.includes(" ") || name === "Object" ? kind : name;
  return `${/^(?!Uint|URL)[aeiou]/i.test(shown) ? "an" : "a"} ${shown}`;
}
