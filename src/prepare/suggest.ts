/**
 * What an unknown option was probably meant to be: names of other libraries, other spellings, slips of the finger.
 */

/** Names that other libraries have for an option of ours. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ["body", "data"],
  ["form", "data"],
  ["query", "params"],
  ["searchparams", "params"],
  ["prefixurl", "baseUrl"],
  ["redirect", "allowRedirects"],
  ["followredirects", "allowRedirects"],
  ["maxresponsebytes", "maxBodyBytes"],
  ["rejectunauthorized", "verify"],
  ["ca", "verify"],
  ["jar", "cookies"],
  ["retries", "retry"],
]);

/** The most letters that may differ for a name to be offered. */
const NEAR = 3;

/** Names of options, by who takes them. */
export interface KnownOptions {
  readonly request: readonly string[];
  readonly scope: readonly string[];
  readonly session: readonly string[];
}

/** The error for an option that there is not: it names the option, and the nearest known one. */
export function unknownOption(name: string, kind: keyof KnownOptions, known: KnownOptions): TypeError {
  const other = kind === "request" ? "session" : "request";
  const shown = JSON.stringify(name);
  if (known[other].includes(name))
    return new TypeError(`${shown} is an option of the ${other}, not of the ${kind}`);
  const near = nearest(name, known[kind]);
  const hint = near === null ? `; known are ${known[kind].join(", ")}` : `; perhaps you meant ${near}?`;
  return new TypeError(`unknown option ${shown} of the ${kind}${hint}`);
}

function nearest(name: string, known: readonly string[]): string | null {
  const plain = name.toLowerCase().replaceAll(/[_-]/g, "");
  const elsewhere = ELSEWHERE.get(plain);
  if (elsewhere !== undefined && known.includes(elsewhere)) return elsewhere;
  let best: string | null = null;
  let least = Math.min(NEAR, Math.ceil(plain.length / 2)) + 1;
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
