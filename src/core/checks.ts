/**
 * Checks of what a program gives, with one voice: "X must be A, not B". Of a value that may be a secret the message has the kind
 * only. Records are read so that a polluted prototype changes nothing: own properties only.
 */
import { describe } from "./describe.ts";
import { isObject } from "./realm.ts";
import { suggestion, type Elsewhere } from "./suggest.ts";

/**
 * The error for a value of the wrong kind.
 *
 * @param allowed what `name` takes, as the sentence goes on: `"true or false"`.
 * @param advice a clause for the end, with the `;` before it.
 */
export function mustBe(name: string, allowed: string, value: unknown, advice: string = ""): TypeError {
  return new TypeError(
    `${name} must be ${allowed}, not ${value === "" ? "empty" : describe(value)}${advice}`,
  );
}

/** @throws {TypeError} unless it is `true` or `false`. */
export function assertBoolean(value: unknown, name: string): asserts value is boolean {
  if (typeof value !== "boolean") throw mustBe(name, "true or false", value);
}

/**
 * @throws {TypeError} unless it is a number.
 * @throws {RangeError} unless that is whole and at least `least`.
 */
export function assertCount(
  value: unknown,
  name: string,
  least: number = 0,
  allowed: string = `a whole number, ${least} or more`,
): asserts value is number {
  if (typeof value !== "number") throw mustBe(name, allowed, value);
  if (!Number.isSafeInteger(value) || value < least)
    throw new RangeError(`${name} must be ${allowed}, not ${value}`);
}

/**
 * @param kind what it is, before "from … to …".
 * @throws {TypeError} unless it is a number.
 * @throws {RangeError} unless that is within both ends.
 */
export function assertWithin(
  value: unknown,
  name: string,
  [least, most]: readonly [least: number, most: number],
  kind: string = "a number",
): asserts value is number {
  const allowed = `${kind} from ${least} to ${most}`;
  if (typeof value !== "number") throw mustBe(name, allowed, value);
  if (!(value >= least && value <= most)) throw new RangeError(`${name} must be ${allowed}, not ${value}`);
}

/** An object literal, or one without a prototype; of this realm or another. A class's instance is none. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (!isObject(value) || Array.isArray(value)) return false;
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

/**
 * @param taker the function that takes the options: `"dump()"`.
 * @throws {TypeError} unless they are an object with none but these names.
 */
export function assertOptionsOf(taker: string, options: unknown, names: readonly string[]): void {
  if (!isObject(options))
    throw new TypeError(`${taker} takes an object of options, not ${describe(options)}`);
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new TypeError(`${taker} has no option ${unknown}; it has ${names.join(", ")}`);
}

const NOWHERE: Elsewhere = new Map();

/**
 * Refuses names that nobody knows: a misspelled one would be an option that silently does nothing.
 *
 * @param elsewhere what others call them.
 * @throws {TypeError} that lists the known ones.
 */
export function assertNames(
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
