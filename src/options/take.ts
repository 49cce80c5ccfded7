/**
 * Takes up what is given as options: unknown names, what may not stand there, and values of the wrong kind are refused before
 * anything is sent. Only own properties count, so that a polluted `Object.prototype` changes nothing.
 */
import { isRecord, Own } from "../core/checks.ts";
import { describe } from "../core/describe.ts";
import { CONTRACT } from "../core/options.ts";
import { optionsInsteadOf, type OptionsOf } from "./slips.ts";
import { unknownOption, type KnownOptions } from "./unknown-option.ts";
import { Surplus } from "./surplus.ts";
import { rows, type Given, type OptionName, type Place } from "./table.ts";
import { copyOf } from "./view.ts";

/** Nothing was given: shared, so that "no options" is one comparison. */
export const nothing: Given = Object.freeze(new Own());

/**
 * The options that are given in a place; {@link nothing} when there are none. Those of a session or a scope are kept, and so are
 * copies: nothing that is done to the program's own objects changes them.
 *
 * @param of what takes them: the advice for a value that is no options depends on it.
 * @throws {TypeError} for an unknown option, or one that may not stand there, or a wrong kind of value.
 * @throws {RangeError} for a number out of range.
 */
export function take(options: unknown, place: Place, of: OptionsOf = place): Given {
  if (options === undefined) return nothing;
  assertOptions(options, of);
  const names = Object.keys(options);
  if (names.length === 0) return nothing;
  const isKept = place === "session" || place === "scope";
  const given: Record<string, unknown> & { [CONTRACT]?: unknown } = new Own() as Record<string, unknown>;
  for (const name of names) {
    // Once: a getter that answers otherwise the second time would get past the check.
    const read: unknown = Reflect.get(options, name);
    if (!isOption(name) || rows[name].at[place] === false) refuse(name, read, place, names);
    else if (read !== undefined) {
      const value = isKept ? (rows[name].keep ?? copyOf)(read, place) : read;
      check(name, value, place);
      given[name] = value;
    }
  }
  if (CONTRACT in options && options[CONTRACT] === "fetch") given[CONTRACT] = "fetch";
  return given as Given; // each was checked, or is when it is read
}

/**
 * What a session was given, with one option set anew; `undefined` takes it back.
 *
 * @throws {TypeError | RangeError} as {@link take}.
 */
export function takeAlso(before: Given, name: OptionName, value: unknown): Given {
  const { [name]: _, ...others } = before;
  return Object.assign(new Own(), others, take({ [name]: value }, "session"));
}

function isOption(name: string): name is OptionName {
  return Object.hasOwn(rows, name);
}

function refuse(name: string, value: unknown, place: Place, names: readonly string[]): void {
  if (place !== "send") throw unknownOption(name, place, known, names);
  if (!known.request.includes(name)) throw unknownOption(name, "request", known, names);
  if (value !== undefined)
    throw new TypeError(`${name} is no option of send(): it must be given before the request is prepared`);
}

/** @throws {TypeError | RangeError} for a value that the option does not take in that place. */
function check(name: OptionName, value: unknown, place: Place): void {
  const row = rows[name];
  const narrower = row.at[place];
  if (typeof narrower === "function") narrower(value, name);
  if ("check" in row) row.check(value, name);
}

/** The names of the options that may stand in a place. */
export function namesAt(place: Place): OptionName[] {
  return (Object.keys(rows) as OptionName[]).filter((name) => rows[name].at[place] !== false);
}

/**
 * Checks names of options of a session beside which others may stand.
 *
 * @throws {TypeError} for an unknown one.
 */
export function assertSessionOptions(options: object, others: readonly string[]): void {
  const names = Object.keys(options);
  const wider: KnownOptions = { ...known, session: [...known.session, ...others] };
  for (const name of names)
    if (!wider.session.includes(name)) throw unknownOption(name, "session", wider, names);
}

const known: KnownOptions = {
  request: namesAt("request"),
  scope: namesAt("scope"),
  session: namesAt("session"),
};

/**
 * Refuses what is no plain object. An instance of a class has its own in getters, or inherits them: all of it would be options
 * that say nothing.
 *
 * @throws {TypeError} with advice for who takes them.
 */
export function assertOptions(options: unknown, of: OptionsOf): asserts options is object {
  if (isRecord(options)) return;
  if (options instanceof Surplus) throw options.error();
  const kind = Array.isArray(options) ? "a list" : describe(options);
  const shown = kind === "Object" ? "an object that inherits from another one" : kind;
  throw new TypeError(`options must be an object, not ${shown}${optionsInsteadOf(of, options)}`);
}
