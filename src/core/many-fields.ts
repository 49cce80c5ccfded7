/**
 * The fields of a header map that has very many: each is found by its name. What it costs to find, set or delete one does not grow
 * with the others; they are put in order when somebody walks over them.
 */

/** Names, lower-case names and values side by side, in order. */
export interface FieldArrays {
  readonly names: string[];
  readonly keys: string[];
  readonly values: string[];
}

/** A field line. Those of one name that were set together have one place. */
interface Line {
  readonly name: string;
  readonly value: string;
  readonly place: number;
}

/** Fields by name. Names and values were checked. */
export class ManyFields {
  readonly #lines = new Map<string, Line[]>();
  #size = 0;
  #nextPlace = 0;
  /** Until something changes. */
  #inOrder: FieldArrays | null = null;

  constructor({ names, keys, values }: FieldArrays) {
    for (const [at, name] of names.entries()) this.push(name, keys[at] ?? "", values[at] ?? "");
  }

  /** Number of field lines. */
  get size(): number {
    return this.#size;
  }

  /** The name as the first of its lines is spelled; `undefined` when there is none. */
  nameOf(key: string): string | undefined {
    return this.#lines.get(key)?.[0]?.name;
  }

  /** The values of all lines of a name, in order. */
  all(key: string): string[] {
    return this.#lines.get(key)?.map(({ value }) => value) ?? [];
  }

  /** Adds a line. */
  push(name: string, key: string, value: string): void {
    this.#inOrder = null;
    this.#size += 1;
    const line: Line = { name, value, place: this.#nextPlace++ };
    const lines = this.#lines.get(key);
    if (lines === undefined) this.#lines.set(key, [line]);
    else lines.push(line);
  }

  /** Puts lines of these values where the first of its name is. */
  replace(name: string, key: string, values: readonly string[]): void {
    const lines = this.#lines.get(key) ?? [];
    const place = lines[0]?.place ?? this.#nextPlace++;
    this.#inOrder = null;
    this.#size += values.length - lines.length;
    this.#lines.set(
      key,
      values.map((value) => ({ name, value, place })),
    );
  }

  /** Deletes all lines of a name. Was there one? */
  remove(key: string): boolean {
    const lines = this.#lines.get(key);
    if (lines === undefined) return false;
    this.#inOrder = null;
    this.#size -= lines.length;
    return this.#lines.delete(key);
  }

  /** All lines, in order. Not to be changed. */
  get inOrder(): FieldArrays {
    return (this.#inOrder ??= this.#arrays());
  }

  #arrays(): FieldArrays {
    const all = [...this.#lines].flatMap(([key, lines]) => lines.map((line) => ({ ...line, key })));
    all.sort((a, b) => a.place - b.place);
    return {
      names: all.map(({ name }) => name),
      keys: all.map(({ key }) => key),
      values: all.map(({ value }) => value),
    };
  }
}
