/** The error for an option that there is not: it names the option, and what was probably meant. Pure. */
import { shownName } from "../core/redact.ts";
import { suggestion } from "../core/suggest.ts";
import { optionsElsewhere } from "./elsewhere.ts";

/** Names of options, by who takes them. */
export interface KnownOptions {
  readonly request: readonly string[];
  readonly scope: readonly string[];
  readonly session: readonly string[];
}

/** @param given all names that were given, this one too. */
export function unknownOption(
  name: string,
  kind: keyof KnownOptions,
  known: KnownOptions,
  given: readonly string[],
): TypeError {
  const shown = shownName(name);
  const other = others[kind].find((place) => known[place].includes(name));
  if (other !== undefined)
    return new TypeError(`${shown} is an option of the ${other}, not of the ${kind}: ${PLACES[other](name)}`);
  return new TypeError(`unknown option ${shown} of the ${kind}${hintFor(name, kind, known, given)}`);
}

/** Who may take an option that this one does not. */
const others: { readonly [Kind in keyof KnownOptions]: readonly ("request" | "session")[] } = {
  request: ["session"],
  scope: ["request", "session"],
  session: ["request"],
};

/** Where an option is written. */
const PLACES: { readonly [Kind in "request" | "session"]: (name: string) => string } = {
  request: (name) => `write session.get(url, { ${name}: … })`,
  session: (name) => `write new Session({ ${name}: … })`,
};

function hintFor(
  name: string,
  kind: keyof KnownOptions,
  known: KnownOptions,
  given: readonly string[],
): string {
  const ours = suggestion(name, known[kind], optionsElsewhere);
  if (ours !== null) return ours.startsWith("perhaps") ? `; ${ours}` : `: ${ours}`;
  for (const other of others[kind]) {
    const theirs = suggestion(name, known[other], optionsElsewhere);
    const [, found] = theirs === null ? [] : (/^perhaps you meant (\w+)\?$/.exec(theirs) ?? []);
    if (found !== undefined) return `; perhaps you meant ${found} of the ${other}? ${PLACES[other](found)}`;
  }
  // As in axios.post(url, body).
  const isBody = kind === "request" && !given.some((one) => known.request.includes(one));
  const body = isBody ? "; if this is a body, write { json: … } or { data: … } around it" : "";
  return `${body}; known are ${known[kind].join(", ")}`;
}
