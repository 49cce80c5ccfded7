/**
 * HeaderMap: header fields as they go over the wire. Case kept, looked up without case, ordered, multi-valued.
 *
 * Kept in three arrays side by side: a request has about ten fields, and a scan over ten short strings is faster than
 * a Map; the wire form is one walk. Copies share the arrays until one of them is changed. Very many are kept by name.
 */
import { mustBe } from "./checks.ts";
import { isUint8Array } from "./realm.ts";
import { describe } from "./describe.ts";
import { InvalidHeader } from "./errors.ts";
import { ManyFields, type FieldArrays } from "./many-fields.ts";
import { isToken } from "./method.ts";
import { printAs, shownField, shownName } from "./redact.ts";

/** A value to send. Numbers are written in decimal; bytes go out as they are (one byte a character, latin-1). */
export type HeaderValue = string | number | Uint8Array;

/**
 * What can be made into headers: a record, pairs, a `Map`, fetch's `Headers`, a `HeaderMap`.
 * An array as value gives a repeated header; `null` removes a header, `undefined` says nothing about it.
 */
export type HeadersInit =
  | HeaderMap
  | Iterable<readonly [name: string, value: HeaderValue | readonly HeaderValue[] | null | undefined]>
  | { readonly [name: string]: HeaderValue | readonly HeaderValue[] | null | undefined };

/** Names that somebody asks for with each request, in lower case. */
const ASKED_FOR =
  "authorization content-encoding content-length content-type cookie expect location range set-cookie";

/**
 * Names seen before and found valid, with their lower case: a program sends the same few names all day. No Memo: one is asked some
 * ten times a request, and what is not known costs no more than its lower case.
 */
const knownNames = new Map<string, string>(ASKED_FOR.split(" ").map((name) => [name, name]));
const KNOWN_NAMES_LIMIT = 1000;

/** Names of field lines, and their lower case, place by place. */
type Names = Pick<FieldArrays, "names" | "keys">;

/** Those that were received last: a server sends the same ones in the same order all day. Never changed: maps share them. */
let lastReceived: Names = { names: [], keys: [] };

/** A character that must not stand in a field value (RFC 9110 §5.5), or that cannot be written in one byte. */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const FORBIDDEN_IN_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

/** The fields of a map, and of its copies. */
interface Fields extends FieldArrays {
  /** All of them, when there are very many: the arrays are empty then. */
  readonly many: ManyFields | null;
}

/** With more lines than these a scan costs more than a Map. */
const MOST_SCANNED = 64;

/** Of a map that is empty yet. Never changed: maps begin with it as if another one had it, too. */
const NO_FIELDS: Fields = { names: [], keys: [], values: [], many: null };

/** Header fields: ordered, multi-valued, case-insensitive for look-ups and case-keeping on the wire (RFC 9110 §5). */
export class HeaderMap implements Iterable<[name: string, value: string]> {
  #fields: Fields = NO_FIELDS;
  /** Has somebody else these fields, too? They are copied before they are changed. */
  #isShared = true;
  /** Is told before they change; `null`: nobody is. */
  #onChange: (() => void) | null = null;

  /** @throws {InvalidHeader} for a name or value that must not go on the wire. */
  constructor(init?: HeadersInit | null) {
    if (init !== undefined && init !== null) this.update(init);
  }

  /** Received fields, taken as they are: flat list of name, value, name, value ... */
  static fromWire(pairs: readonly string[]): HeaderMap {
    const { names, keys } = receivedNames(pairs);
    const values: string[] = [];
    for (let at = 1; at < pairs.length; at += 2) values.push(pairs[at] as string); // below the length
    const map = new HeaderMap();
    const fields = { names, keys, values, many: null };
    map.#fields = names.length > MOST_SCANNED ? keptByName(fields) : fields;
    return map;
  }

  /**
   * @internal The fields as an identity: the same object means the same fields, for good. Who made something of them can see
   * by it that it need not be made again.
   */
  get identity(): object {
    this.#isShared = true;
    return this.#fields;
  }

  /** @internal Says who is told from now on that fields are about to change; `null`: nobody. Copies tell nobody. */
  listen(onChange: (() => void) | null): void {
    this.#onChange = onChange;
  }

  /** Number of field lines. */
  get size(): number {
    return this.#fields.many?.size ?? this.#fields.names.length;
  }

  /** @internal Names that have more than one field line, as the second is spelled: mostly none. */
  get repeated(): string[] {
    const { names, keys } = inOrder(this.#fields);
    const seen = new Map<string, number>();
    const again: string[] = [];
    for (const [at, key] of keys.entries()) {
      const lines = (seen.get(key) ?? 0) + 1;
      seen.set(key, lines);
      if (lines === 2) again.push(names[at] ?? key);
    }
    return again;
  }

  /** The value of a header, or `null`. Several field lines of one name are joined by `", "` (RFC 9110 §5.3). */
  get(name: string): string | null {
    const key = lower(name);
    const { many } = this.#fields;
    if (many !== null) return many.nameOf(key) === undefined ? null : many.all(key).join(", ");
    const first = this.#fields.keys.indexOf(key);
    if (first === -1) return null;
    if (this.#fields.keys.indexOf(key, first + 1) === -1) return this.#fields.values[first] ?? null;
    return this.getAll(name).join(", ");
  }

  /** The values of all field lines of a name, in order. `Set-Cookie` must be read like this. */
  getAll(name: string): string[] {
    const key = lower(name);
    const { many, keys, values } = this.#fields;
    return many === null ? values.filter((_, at) => keys[at] === key) : many.all(key);
  }

  /** fetch's name for `getAll("set-cookie")`. */
  getSetCookie(): string[] {
    return this.getAll("set-cookie");
  }

  /** Is there a field of this name? */
  has(name: string): boolean {
    const { many, keys } = this.#fields;
    return many === null ? keys.includes(lower(name)) : many.nameOf(lower(name)) !== undefined;
  }

  /**
   * Sets a header: replaces what is there, at the place of the first, under the new spelling. An array sets several
   * field lines; `null` deletes.
   *
   * @throws {InvalidHeader} when the name is no token, or the value has a character that must not go on the wire.
   */
  set(name: string, value: HeaderValue | readonly HeaderValue[] | null): this {
    const key = checkedName(name);
    const texts =
      value === null ? [] : isList(value) ? value.map((one) => text(name, one)) : [text(name, value)];
    if (texts.length > MOST_SCANNED && this.#fields.many === null) this.#fields = keptByName(this.#own());
    const place = this.#fields.keys.indexOf(key);
    if (texts.length === 0) {
      this.#remove(key, 0);
    } else if (this.#fields.many !== null) {
      this.#own().many?.replace(name, key, texts);
    } else if (place === -1) {
      for (const one of texts) this.#push(name, key, one);
    } else {
      this.#remove(key, place + 1);
      const { names, keys, values } = this.#own();
      names.splice(place, 1, ...texts.map(() => name));
      keys.splice(place, 1, ...texts.map(() => key));
      values.splice(place, 1, ...texts);
    }
    return this;
  }

  /**
   * Adds a field line, also when there is one of that name.
   *
   * @throws {InvalidHeader} as {@link set}.
   */
  append(name: string, value: HeaderValue): this {
    this.#push(name, checkedName(name), text(name, value));
    return this;
  }

  /** Sets every header of `init`; a `null` value deletes. Returns itself. @throws {InvalidHeader} as {@link set}. */
  update(init: HeadersInit): this {
    if (init instanceof HeaderMap) {
      for (const key of new Set((init.#fields.many?.inOrder ?? init.#fields).keys)) this.#copyFrom(init, key);
      return this;
    }
    const seen = new Set<string>();
    for (const [name, value] of pairsOf(init)) {
      if (value === undefined) continue;
      const key = checkedName(name);
      // Pairs may name a header twice: the first replaces what was there, the next ones join it.
      if (seen.has(key) && value !== null && isPairs(init)) {
        for (const one of isList(value) ? value : [value]) this.append(name, one);
      } else {
        this.set(name, value);
      }
      seen.add(key);
    }
    return this;
  }

  /** Deletes all field lines of a name. Was there one? */
  delete(name: string): boolean {
    return this.#remove(lower(name), 0);
  }

  /** Deletes everything. */
  clear(): void {
    this.#onChange?.();
    this.#fields = NO_FIELDS;
    this.#isShared = true;
  }

  /** An independent copy. */
  clone(): HeaderMap {
    const copy = new HeaderMap();
    copy.#fields = this.#fields;
    this.#isShared = true;
    return copy;
  }

  /** Are the fields equal, names compared without case, in whatever order the names stand? */
  equals(other: HeaderMap): boolean {
    const keys = new Set([...inOrder(this.#fields).keys, ...inOrder(other.#fields).keys]);
    return [...keys].every((key) => this.getAll(key).join("\n") === other.getAll(key).join("\n"));
  }

  /** Every field line, in order, with the spelling it was given. */
  *entries(): IterableIterator<[name: string, value: string]> {
    const { names, values } = inOrder(this.#fields);
    for (const [at, name] of names.entries()) yield [name, values[at] ?? ""];
  }

  /** Names as spelled, each once, in order. */
  keys(): IterableIterator<string> {
    const { names, keys } = inOrder(this.#fields);
    const seen = new Set<string>();
    return names.filter((_, at) => seen.size < seen.add(keys[at] ?? "").size).values();
  }

  /** The value of every field line, in order. */
  values(): IterableIterator<string> {
    return inOrder(this.#fields).values.values();
  }

  /** As {@link entries}. */
  [Symbol.iterator](): IterableIterator<[name: string, value: string]> {
    return this.entries();
  }

  /** Name and joined value of each header: plain data, **with** secrets. */
  toObject(): Record<string, string> {
    return Object.fromEntries([...this.keys()].map((name) => [name, this.get(name) ?? ""]));
  }

  /** The wire form: flat list of name, value, name, value ... */
  toWire(): string[] {
    const pairs: string[] = [];
    const { names, values } = this.#fields.many?.inOrder ?? this.#fields;
    for (let at = 0; at < names.length; at++) pairs.push(names[at] ?? "", values[at] ?? "");
    return pairs;
  }

  /** As {@link toObject}, without what usually is secret in it: `JSON.stringify` may end in a log. */
  toJSON(): Record<string, string> {
    const shown = Object.entries(this.toObject()).map(([name, value]) => [name, shownField(name, value)]);
    return Object.fromEntries(shown) as Record<string, string>;
  }

  static {
    printAs(this, (self, options, inspect) => `HeaderMap ${inspect(self.toJSON(), options)}`);
  }

  #push(name: string, key: string, value: string): void {
    const { names, keys, values, many } = this.#own();
    if (many !== null) {
      many.push(name, key, value);
      return;
    }
    names.push(name);
    keys.push(key);
    values.push(value);
    if (names.length > MOST_SCANNED) this.#fields = keptByName(this.#fields);
  }

  #remove(key: string, from: number): boolean {
    const { many } = this.#fields;
    if (many !== null) return many.nameOf(key) !== undefined && this.#own().many?.remove(key) === true;
    if (this.#fields.keys.indexOf(key, from) === -1) return false;
    const { names, keys, values } = this.#own();
    for (let at = keys.length - 1; at >= from; at--) {
      if (keys[at] !== key) continue;
      names.splice(at, 1);
      keys.splice(at, 1);
      values.splice(at, 1);
    }
    return true;
  }

  /** The fields, to be changed. */
  #own(): Fields {
    this.#onChange?.();
    if (this.#isShared) {
      const { names, keys, values, many } = this.#fields;
      this.#fields =
        many === null
          ? { names: names.slice(), keys: keys.slice(), values: values.slice(), many }
          : keptByName(many.inOrder);
      this.#isShared = false;
    }
    return this.#fields;
  }

  #copyFrom(other: HeaderMap, key: string): void {
    const { many, keys, names } = other.#fields;
    const name = many === null ? names[keys.indexOf(key)] : many.nameOf(key);
    this.set(name ?? key, other.getAll(key));
  }
}

/** All fields, to be looked at. */
function inOrder(fields: Fields): FieldArrays {
  return fields.many?.inOrder ?? fields;
}

function keptByName(fields: FieldArrays): Fields {
  return { names: [], keys: [], values: [], many: new ManyFields(fields) };
}

/** The names of received fields. @param pairs as for {@link HeaderMap.fromWire}. */
function receivedNames(pairs: readonly string[]): Names {
  const last = lastReceived;
  const count = pairs.length >> 1;
  let same = 0;
  while (same < count && pairs[2 * same] === last.names[same]) same++;
  if (same === count && count === last.names.length) return last;
  const names: string[] = [];
  const keys: string[] = [];
  for (let place = 0; place < count; place++) {
    const name = pairs[2 * place] as string; // below the length
    names.push(name);
    keys.push(last.names[place] === name ? (last.keys[place] as string) : lower(name)); // they have the same length
  }
  if (count <= MOST_SCANNED) lastReceived = { names, keys };
  return { names, keys };
}

function lower(name: string): string {
  return knownNames.get(name) ?? String(name).toLowerCase();
}

function checkedName(name: string): string {
  const known = knownNames.get(name);
  if (known !== undefined) return known;
  if (typeof name !== "string" || !isToken(name)) {
    throw new InvalidHeader(
      `header name ${typeof name === "string" ? shownName(name) : describe(name)} is not a token (RFC 9110 §5.6.2)`,
    );
  }
  const key = name.toLowerCase();
  if (knownNames.size < KNOWN_NAMES_LIMIT) knownNames.set(name, key);
  return key;
}

function text(name: string, value: unknown): string {
  const string = writtenValue(name, value);
  if (FORBIDDEN_IN_VALUE.test(string)) {
    throw new InvalidHeader(
      `value of header ${name} has a control character, or one that latin-1 lacks; encode it, or give bytes`,
    );
  }
  if (string.startsWith(" ") || string.startsWith("\t")) {
    throw new InvalidHeader(`value of header ${name} starts with white space`);
  }
  return string;
}

function writtenValue(name: string, value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  if (isUint8Array(value))
    return value.reduce((characters, byte) => characters + String.fromCharCode(byte), "");
  throw new InvalidHeader(
    `value of header ${name} must be a string, a finite number or bytes, not ${typeof value}`,
  );
}

function isList(value: HeaderValue | readonly HeaderValue[]): value is readonly HeaderValue[] {
  return Array.isArray(value);
}

function isPairs(init: HeadersInit): init is Iterable<readonly [string, HeaderValue]> {
  return Symbol.iterator in init;
}

function pairsOf(
  init: HeadersInit,
): Iterable<readonly [string, HeaderValue | readonly HeaderValue[] | null | undefined]> {
  if (typeof init !== "object" || init === null) {
    throw mustBe("headers", "a record, pairs, a Map, Headers or a HeaderMap", init);
  }
  return isPairs(init) ? checkedPairs(init) : Object.entries(init);
}

/** A list of strings, say, would be taken apart letter by letter. */
function* checkedPairs(
  init: Iterable<unknown>,
): Generator<readonly [string, HeaderValue | readonly HeaderValue[] | null | undefined]> {
  for (const pair of init) {
    if (!Array.isArray(pair) || pair.length !== 2)
      throw new TypeError("headers as a list must be pairs [name, value]");
    yield pair as [string, HeaderValue];
  }
}
