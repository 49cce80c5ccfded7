/**
 * Checks of what a program gives, with one voice: "X must be A, not B". Of a value that may be a secret the message has the kind
 * only. Records are read so that a polluted prototype changes nothing: own properties only.
 */
import { misuse } from "./caller.ts";
import { describe, describeAnswer } from "./describe.ts";
import { isObject } from "./realm.ts";
import { shownName } from "./redact.ts";
import { suggestion, type Elsewhere } from "./suggest.ts";

/**
 * The error for a value of the wrong kind; the value is not shown.
 *
 * @param allowed what `name` takes, as the sentence goes on: `"true or false"`.
 * @param advice a clause for the end, with the `;` before it.
 */
export function mustBe(name: string, allowed: string, value: unknown, advice: string = ""): TypeError {
  return new TypeError(
    `${name} must be ${allowed}, not ${value === "" ? "empty" : describe(value)}${advice}`,
  );
}

/** The error for a number out of range, which is shown. */
export function outside(name: string, allowed: string, value: number): RangeError {
  return new RangeError(`${name} must be ${allowed}, not ${value}`);
}

/** The error for what is no such word. A text is shown: it is no secret. */
export function wrongWord(name: string, allowed: string, value: unknown): TypeError {
  if (typeof value !== "string") return mustBe(name, allowed, value);
  return new TypeError(`${name} must be ${allowed}, not ${JSON.stringify(value)}`);
}

/**
 * The error for what a function of the program's gave.
 *
 * @param who `"a response hook"`.
 */
export function mustReturn(who: string, allowed: string, answer: unknown): TypeError {
  const error = new TypeError(`${who} must return ${allowed}, not ${describeAnswer(answer)}`);
  // Stacks hold ten lines: none of them is to be this one, which tells nothing.
  Error.captureStackTrace(error, mustReturn);
  return misuse(error);
}

/** @throws {TypeError} unless it is `true` or `false`. */
export function assertBoolean(value: unknown, name: string): asserts value is boolean {
  if (typeof value !== "boolean") throw mustBe(name, "true or false", value);
}

/**
 * @throws {TypeError} unless it is a number.
 * @throws {RangeError} unless that fits.
 */
export function assertNumber(
  value: unknown,
  name: string,
  allowed: string,
  fits: (value: number) => boolean,
): asserts value is number {
  if (typeof value !== "number") throw mustBe(name, allowed, value);
  if (!fits(value)) throw outside(name, allowed, value);
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
  assertNumber(value, name, allowed, (number) => Number.isSafeInteger(number) && number >= least);
}

/**
 * @param kind what it is, before "from … to …": whole when that says so.
 * @throws {TypeError} unless it is a number.
 * @throws {RangeError} unless that is within both ends.
 */
export function assertWithin(
  value: unknown,
  name: string,
  [least, most]: readonly [least: number, most: number],
  kind: "a number" | "a number of milliseconds" | "a whole number" = "a number",
): asserts value is number {
  assertNumber(
    value,
    name,
    `${kind} from ${least} to ${most}`,
    (number) => number >= least && number <= most && (kind !== "a whole number" || Number.isInteger(number)),
  );
}

/**
 * The word that a value is.
 *
 * @param more what is allowed beside the words: `" or null"`.
 * @throws {TypeError} unless it is one of the words.
 */
export function oneOf<Word extends string>(
  value: unknown,
  name: string,
  words: readonly Word[],
  more: string = "",
): Word {
  const found = words.find((word) => word === value);
  if (found !== undefined) return found;
  const quoted = words.map((word) => JSON.stringify(word));
  throw wrongWord(name, quoted.join(more === "" ? " or " : ", ") + more, value);
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

/** Inherits nothing. A class makes such objects faster than `Object.create(null)` does. */
export class Own {
  static {
    Object.setPrototypeOf(this.prototype, null);
  }
}

/** A copy that inherits nothing: what somebody put on `Object.prototype` was not given by the caller. */
export function ownFields<Shape extends object>(given: Shape): Shape {
  return Object.assign<object, Shape>(new Own(), given);
}

/**
 * The options that a function or a constructor was given, as a copy that inherits nothing. A misspelled name would be an option
 * that silently does nothing.
 *
 * @param taker what takes them: `"dump()"`.
 * @param elsewhere what others call them.
 * @throws {TypeError} unless they are an object with none but these names.
 */
export function optionsOf<Options extends object>(
  given: Options,
  taker: string,
  names: readonly string[],
  elsewhere: Elsewhere = NOWHERE,
): Options {
  if (!isObject(given)) throw mustBe(`the options of ${taker}`, "an object", given);
  const options = ownFields<Options>(given);
  for (const name of Object.keys(options)) {
    if (names.includes(name)) continue;
    const advice = suggestion(name, names, elsewhere) ?? `known are ${names.join(", ")}`;
    throw new TypeError(`${taker} has no option ${shownName(name)}; ${advice}`);
  }
  return options;
}

const NOWHERE: Elsewhere = new Map();
