/**
 * JSON: any value to compact text. What JSON cannot say is an error that tells where it is, not a silent `null`.
 *
 * Pure, but for the value's own `toJSON`.
 */
import { InvalidJSONError } from "../core/errors.ts";
import { isObject } from "../core/realm.ts";
import { isWrongDate, lossIn } from "./json-loss.ts";

/** The media type; without a charset, because JSON is UTF-8 (RFC 8259 §8.1, §11). */
export const jsonType = "application/json";

/** How deep the quick look goes. Deeper values, and circular ones, are left to the slow way. */
const QUICK_DEPTH = 64;

/**
 * Writes `value` as JSON. As `JSON.stringify`, it leaves out properties that are `undefined` and asks `toJSON`.
 *
 * @throws {InvalidJSONError} for NaN, infinities, bigints, functions, symbols, circular values, `undefined`, and objects of which it
 * would write nothing, or their insides: Map, Set, promises, errors, bytes, Blobs, forms, streams, wrong dates ...
 */
export function encodeJson(value: unknown): string {
  // A replacer makes JSON.stringify several times slower, and most values are plain: one look finds out.
  if (isPlain(value, QUICK_DEPTH)) return JSON.stringify(value);
  let text: string | undefined;
  try {
    // With a function beside it the result may be undefined, which its type does not say.
    text = JSON.stringify(value, refuse) as string | undefined;
  } catch (error) {
    throw error instanceof Unwritable ? located(value, error) : failed(value, error);
  }
  if (text === undefined) throw new InvalidJSONError("json cannot be undefined; give null to send null");
  return text;
}

/** Is it nothing but what JSON knows, without a `toJSON`? */
function isPlain(value: unknown, depth: number): boolean {
  if (typeof value !== "object") {
    return (
      typeof value === "string" ||
      typeof value === "boolean" ||
      (typeof value === "number" && Number.isFinite(value))
    );
  }
  if (value === null) return true;
  if (depth === 0 || "toJSON" in value) return false;
  if (Array.isArray(value))
    return value.every((item: unknown) => item === undefined || isPlain(item, depth - 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  // Inherited names come up too, when a prototype is polluted: they make it not plain at worst.
  for (const name in value) {
    const property: unknown = value[name as keyof typeof value];
    if (property !== undefined && !isPlain(property, depth - 1)) return false;
  }
  return true;
}

/** Carries out of `JSON.stringify` what was found, and in which object. Never seen outside. */
class Unwritable extends Error {
  readonly holder: unknown;
  readonly key: string;

  constructor(what: string, holder: unknown, key: string) {
    super(what);
    this.holder = holder;
    this.key = key;
  }
}

/** The path is looked for only when something is wrong: a replacer that kept it would cost every request. */
function refuse(this: unknown, key: string, value: unknown): unknown {
  switch (typeof value) {
    case "number":
      if (!Number.isFinite(value)) throw new Unwritable(String(value), this, key);
      return value;
    case "bigint":
    case "function":
    case "symbol":
      throw new Unwritable(`a ${typeof value}`, this, key);
    case "object":
      return refuseObject(this, key, value);
    default:
      return value;
  }
}

function refuseObject(holder: unknown, key: string, value: object | null): unknown {
  if (value === null) {
    // What a date's `toJSON` gives when there is no such time.
    if (isObject(holder) && isWrongDate(holder[key as keyof typeof holder]))
      throw new Unwritable("a date that is none", holder, key);
    return value;
  }
  const loss = Array.isArray(value) ? null : lossIn(value);
  if (loss !== null) throw new Unwritable(loss, holder, key);
  return value;
}

function located(root: unknown, found: Unwritable): InvalidJSONError {
  const path = pathOf(root, (holder) => holder === found.holder);
  // What is not found is the value itself, or something that a toJSON made on the way.
  const place =
    path === null
      ? found.key === ""
        ? "json"
        : `property ${JSON.stringify(found.key)}`
      : path + step(found.holder, found.key);
  return new InvalidJSONError(`JSON cannot hold ${found.message}: ${place}`);
}

function failed(root: unknown, cause: unknown): InvalidJSONError {
  // Looking for a circle in what is too deep for the engine would take as long as it is deep, squared.
  if (cause instanceof RangeError)
    return new InvalidJSONError("json cannot be written: it is nested too deeply", { cause });
  const circle = circleIn(root);
  if (circle !== null)
    return new InvalidJSONError(`JSON cannot hold a value inside itself: ${circle}`, { cause });
  return new InvalidJSONError("json cannot be written: its toJSON or a getter failed", { cause });
}

/** An object on the way down, and how to get there. */
interface Place {
  readonly value: object;
  readonly path: string;
  readonly above: Place | null;
}

/** Path of the first object that fits, depth first; without recursion, since the value may be deep. */
function pathOf(root: unknown, fits: (value: object, above: Place | null) => boolean): string | null {
  const seen = new Set<object>();
  const open: Place[] = isObject(root) ? [{ value: root, path: "json", above: null }] : [];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (fits(place.value, place.above)) return place.path;
    if (seen.has(place.value)) continue;
    seen.add(place.value);
    for (const [key, value] of entriesOf(place.value)) {
      if (isObject(value)) open.push({ value, path: place.path + step(place.value, key), above: place });
    }
  }
  return null;
}

/** Path of a value that holds itself. */
function circleIn(root: unknown): string | null {
  return pathOf(root, (value, above) => {
    for (let place = above; place !== null; place = place.above) if (place.value === value) return true;
    return false;
  });
}

/** Own properties; none where a getter fails, since there is an error to report already. */
function entriesOf(value: object): [string, unknown][] {
  try {
    return Object.entries(value);
  } catch {
    return [];
  }
}

function step(holder: unknown, key: string): string {
  if (Array.isArray(holder)) return `[${key}]`;
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
