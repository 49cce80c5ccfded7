/**
 * What a name was probably meant to be that nobody knows here: names of other libraries, other spellings, slips of the finger.
 * Pure.
 */

/**
 * What to write for a name of another library: a name of ours, or a clause that says how. By the name in lower case, without
 * `_` and `-`.
 */
export type Elsewhere = ReadonlyMap<string, string>;

/** The most letters that may differ for a name to be offered. */
const NEAR = 3;

/** A clause for the end of a message; `null` when nothing is like it. */
export function suggestion(name: string, known: readonly string[], elsewhere: Elsewhere): string | null {
  const plain = plainName(name);
  const advice = elsewhere.get(plain);
  if (advice !== undefined && advice.includes(" ")) return advice;
  const near = advice === undefined ? nearest(plain, known) : known.includes(advice) ? advice : null;
  return near === null ? null : `perhaps you meant ${near}?`;
}

/** Names are compared without case, and however their words are put together. */
export function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[_-]/g, "");
}

function nearest(plain: string, known: readonly string[]): string | null {
  let best: string | null = null;
  let least = Math.min(NEAR, Math.ceil(plain.length / 3)) + 1;
  for (const candidate of known) {
    const steps = distance(plain, candidate.toLowerCase());
    if (steps < least) [best, least] = [candidate, steps];
  }
  return best;
}

/** Letters to insert, delete or replace to make `to` of `from` (Levenshtein). */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let above = 0; above < from.length; above++) {
    const next = [above + 1];
    for (let left = 0; left < to.length; left++) {
      const replaced = (row[left] ?? 0) + (from[above] === to[left] ? 0 : 1);
      next.push(Math.min(replaced, (row[left + 1] ?? 0) + 1, (next[left] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
