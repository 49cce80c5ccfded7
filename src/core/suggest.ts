/**
 * What a name was probably meant to be that nobody knows here: names of other libraries, other spellings, slips of the finger.
 * Pure.
 */

/**
 * What to write for a name of another library: a name of ours, or a clause that says how. By the name in lower case, without
 * `_` and `-`.
 */
export type Elsewhere = ReadonlyMap<string, string>;

/** The most slips of the finger that a name may be away to be offered: one in three letters, and no more than this. */
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
  let least = Math.max(1, Math.min(NEAR, Math.floor(plain.length / 3))) + 1;
  for (const candidate of known) {
    const steps = distance(plain, candidate.toLowerCase());
    if (steps < least) [best, least] = [candidate, steps];
  }
  return best;
}

/** Letters to insert, delete, replace or swap with the next to make `to` of `from` (optimal string alignment). */
function distance(from: string, to: string): number {
  let last: readonly number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let above = 0; above < from.length; above++) {
    const next = [above + 1];
    for (let left = 0; left < to.length; left++) {
      const replaced = (row[left] ?? 0) + (from[above] === to[left] ? 0 : 1);
      const isSwapped = above > 0 && left > 0 && from[above] === to[left - 1] && from[above - 1] === to[left];
      const swapped = isSwapped ? (last[left - 1] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min(replaced, swapped, (row[left + 1] ?? 0) + 1, (next[left] ?? 0) + 1));
    }
    last = row;
    row = next;
  }
  return row[to.length] ?? 0;
}
