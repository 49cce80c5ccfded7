/**
 * Finder: all places of many texts within another one, in one pass over it.
 *
 * It is the method of Wu and Manber: a table says for the last three characters of a window how far the next text that it may be the
 * beginning of is away, so most characters are never looked at one by one. Texts may be added at any time.
 */

/** Where something is: from one character to before another one. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What is looked for: a text, or how several long ones begin. */
interface Sought {
  readonly text: string;
  /** How the longer ones go on behind it. */
  readonly rests: string[];
  /** Characters on both sides that belong to the same base64 tell of it, too. */
  readonly isBase64: boolean;
}

/** Shorter texts are not looked for. */
export const LEAST_LENGTH = 6;
const BLOCK = 3;
const FAR = LEAST_LENGTH - BLOCK + 1;
const TABLE_BITS = 18;
/** An end of a text that is cut off is looked for from so many characters on. */
const LEAST_TAIL = 4;
/** Of longer ones the beginning is looked for: where it is, all is found as far as it agrees. So nothing is compared for long in vain. */
const MOST_LENGTH = 64;
/** More comparisons for each character are too many, as with texts that repeat themselves: then all of it counts as found. */
const MOST_WORK = 2;
const FREE_WORK = 100_000;

/** Looks for texts within others. */
export class Finder {
  /** By the last characters of a window: how far it may be moved. */
  readonly #far = new Uint8Array(1 << TABLE_BITS).fill(FAR);
  /** By a hash of its beginning: longest first. */
  readonly #byStart = new Map<number, Sought[]>();
  /** By a hash of the first characters: for ends that are cut off. */
  readonly #byHead = new Map<number, Sought[]>();
  readonly #known = new Set<string>();
  #longest = 0;

  /** How many texts are looked for. */
  get size(): number {
    return this.#known.size;
  }

  /** Looks for this text from now on. One that is too short is left out. */
  add(text: string, isBase64: boolean = false): void {
    if (text.length < LEAST_LENGTH || this.#known.has(text)) return;
    this.#known.add(text);
    this.#longest = Math.max(this.#longest, text.length);
    const start = text.slice(0, MOST_LENGTH);
    const rest = text.slice(MOST_LENGTH);
    const hash = hashOf(text, 0, LEAST_LENGTH);
    const known = rest === "" ? undefined : this.#byStart.get(hash)?.find((sought) => sought.text === start);
    if (known === undefined) this.#put({ text: start, rests: rest === "" ? [] : [rest], isBase64 });
    else known.rests.push(rest);
  }

  #put(sought: Sought): void {
    const { text } = sought;
    for (let at = 0; at < FAR; at++) {
      const place = placeOf(text, at);
      this.#far[place] = Math.min(this.#far[place] ?? FAR, FAR - 1 - at);
    }
    put(this.#byStart, hashOf(text, 0, LEAST_LENGTH), sought);
    put(this.#byHead, hashOf(text, 0, LEAST_TAIL), sought);
  }

  /**
   * Where one of the texts is, in order; places that touch one another are one.
   *
   * @param isCut does `text` go on? Then the beginning of a sought one at its end counts, too.
   */
  find(text: string, isCut: boolean = false): Span[] {
    if (this.#known.size === 0) return [];
    const spans: Span[] = [];
    let work = FREE_WORK + MOST_WORK * text.length;
    for (let at = 0; at <= text.length - LEAST_LENGTH;) {
      const far = this.#far[placeOf(text, at + LEAST_LENGTH - BLOCK)] ?? 0;
      if (far > 0) {
        at += far;
        continue;
      }
      for (const sought of this.#byStart.get(hashOf(text, at, LEAST_LENGTH)) ?? []) {
        if (--work < 0) return [{ from: 0, to: text.length }];
        if (!text.startsWith(sought.text, at)) continue;
        const to = agreeingEnd(text, at + sought.text.length, sought.rests);
        work -= sought.rests.length * ((to - at) >> 4);
        join(spans, spanOf(text, at, to, sought.isBase64));
        break;
      }
      at++;
    }
    if (isCut) this.#findTail(text, spans);
    return spans;
  }

  #findTail(text: string, spans: Span[]): void {
    let work = FREE_WORK;
    for (let at = Math.max(0, text.length - this.#longest); at <= text.length - LEAST_TAIL; at++) {
      const tail = text.slice(at);
      for (const { text: sought, rests } of this.#byHead.get(hashOf(text, at, LEAST_TAIL)) ?? []) {
        work -= 1 + rests.length;
        const isBegun =
          sought.startsWith(tail) ||
          (tail.startsWith(sought) && rests.some((rest) => rest.startsWith(tail.slice(sought.length))));
        if (work >= 0 && !isBegun) continue;
        join(spans, { from: at, to: text.length });
        return;
      }
    }
  }
}

/** Longest first. */
function put(all: Map<number, Sought[]>, key: number, sought: Sought): void {
  const list = all.get(key);
  if (list === undefined) {
    all.set(key, [sought]);
    return;
  }
  let from = 0;
  let to = list.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((list[middle]?.text.length ?? 0) > sought.text.length) from = middle + 1;
    else to = middle;
  }
  list.splice(from, 0, sought);
}

/** The place of three characters in the table. */
function placeOf(text: string, at: number): number {
  return hashOf(text, at, BLOCK) >>> (32 - TABLE_BITS);
}

function hashOf(text: string, at: number, length: number): number {
  let hash = 0;
  for (let place = at; place < at + length; place++)
    hash = Math.imul(hash ^ text.charCodeAt(place), 0x9e37_79b1);
  return hash;
}

/** How far the text agrees with one of these, from a place on. */
function agreeingEnd(text: string, at: number, rests: readonly string[]): number {
  let most = at;
  for (const rest of rests) {
    let end = at;
    while (end - at < rest.length && text.charCodeAt(end) === rest.charCodeAt(end - at)) end++;
    most = Math.max(most, end);
  }
  return most;
}

/** Of base64 the neighbours hold bits of it: they have two characters on each side at most. */
function spanOf(text: string, at: number, end: number, isBase64: boolean): Span {
  let from = at;
  let to = end;
  if (!isBase64) return { from, to };
  for (let more = 0; more < 2 && isBase64Character(text.charCodeAt(from - 1)); more++) from--;
  for (let more = 0; more < 2 && isBase64Character(text.charCodeAt(to)); more++) to++;
  return { from, to };
}

/** Of either alphabet (RFC 4648 §4, §5), and the padding. */
function isBase64Character(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x61 && code <= 0x7a) ||
    [0x2b, 0x2d, 0x2f, 0x3d, 0x5f].includes(code)
  );
}

/** Adds a place that begins where the last one does, or behind it; one of base64 may begin before. */
function join(spans: Span[], span: Span): void {
  let { from } = span;
  let { to } = span;
  for (let last = spans.at(-1); last !== undefined && last.to >= from; last = spans.at(-1)) {
    spans.pop();
    from = Math.min(from, last.from);
    to = Math.max(to, last.to);
  }
  spans.push({ from, to });
}

/** Places of any order as such in order: those that touch one another are one. */
export function merged(spans: readonly Span[]): Span[] {
  const all: Span[] = [];
  for (const span of [...spans].sort((one, other) => one.from - other.from)) join(all, span);
  return all;
}
