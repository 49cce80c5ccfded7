/** Header fields: how curl takes them (`--header`), and the record of them that a request is given. */
import { asBuffer } from "../core/bytes.ts";
import { InvalidHeader } from "../core/errors.ts";
import { HeaderMap } from "../core/headers.ts";
import type { Given } from "./arguments.ts";
import type { FieldGiven, World } from "./draft.ts";

/**
 * What a line says: `Name: value`, `Name;` for an empty value, `Name:` to take away what curl sends by itself. `null`: nothing,
 * and curl sends nothing.
 *
 * @throws {SyntaxError} for a field that must not go on the wire.
 */
export function fieldOf(line: string, given: Given, world: World): FieldGiven | null {
  const { at } = given;
  const colon = line.indexOf(":");
  const empty = colon === -1 ? /^([^;]+);\s*$/.exec(line)?.[1] : undefined;
  if (empty !== undefined) return checked({ name: empty, value: "", at }, given, world);
  if (colon < 1) {
    world.ignore(given, "a line without a name and a colon is no field, and curl does not send it either");
    return null;
  }
  const value = line.slice(colon + 1).replace(/^[ \t\r\n\v\f]+/, "");
  return checked({ name: line.slice(0, colon), value: value === "" ? null : value, at }, given, world);
}

function checked(field: FieldGiven, given: Given, world: World): FieldGiven {
  try {
    new HeaderMap([[field.name, field.value ?? ""]]);
  } catch (error) {
    if (!(error instanceof InvalidHeader)) throw error;
    world.fail(given, `${given.shown}: ${error.message}`, error);
  }
  return field;
}

/** The lines of a value, which may name a file of them. */
export function fieldLines(given: Given, world: World): readonly string[] {
  const { value } = given;
  if (!value.startsWith("@")) return [value];
  return world
    .read(value.slice(1), given)
    .split(/\r?\n/)
    .filter((line) => line !== "");
}

/** A value as the option `headers` takes it. */
type Line = string | Uint8Array;

/** A record of fields as it grows; names without case. */
export class FieldRecord {
  readonly #byKey = new Map<string, { readonly name: string; values: Line[] | null }>();

  /** Is the name there, be it with `null`? */
  has(name: string): boolean {
    return this.#byKey.has(name.toLowerCase());
  }

  /** The last value, a character for each byte, as it was given; `null` when there is none. */
  last(name: string): string | null {
    const value = this.#byKey.get(name.toLowerCase())?.values?.at(-1);
    if (value === undefined) return null;
    return typeof value === "string" ? value : asBuffer(value).toString("latin1");
  }

  /** Adds a line. */
  add(name: string, value: string): void {
    const known = this.#byKey.get(name.toLowerCase());
    const line = lineOf(value);
    if (known?.values != null) known.values.push(line);
    else this.#byKey.set(name.toLowerCase(), { name, values: [line] });
  }

  /** Says that no such field is to be sent, also none of a session's. Fields that were added stay. */
  remove(name: string): void {
    if (!this.has(name)) this.#byKey.set(name.toLowerCase(), { name, values: null });
  }

  /** Forgets a field: nothing is said of it. */
  drop(name: string): void {
    this.#byKey.delete(name.toLowerCase());
  }

  /** Names more than once. */
  repeated(): string[] {
    return [...this.#byKey.values()]
      .filter(({ values }) => (values?.length ?? 0) > 1)
      .map(({ name }) => name);
  }

  /** As the option `headers` takes it. */
  toRecord(): Record<string, Line | Line[] | null> {
    return Object.fromEntries(
      [...this.#byKey.values()].map(({ name, values }) => [
        name,
        values?.length === 1 ? (values[0] ?? null) : values,
      ]),
    );
  }
}

/** Bytes beyond ASCII are sent as they are: text of a field would be taken for latin-1. */
function lineOf(value: string): Line {
  return /^[\t\x20-\x7e]*$/.test(value) ? value : new Uint8Array(Buffer.from(value, "latin1"));
}
