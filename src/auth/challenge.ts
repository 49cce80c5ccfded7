/**
 * Parses `WWW-Authenticate` and `Proxy-Authenticate` (RFC 9110 §11.6.1), and the parameters of `Authentication-Info`.
 *
 * One header may hold several challenges, and a comma separates both challenges and parameters, so they are told apart
 * by what follows a word. Each character is looked at a bounded number of times; what makes no sense is skipped.
 *
 * May import: `core/`. Pure.
 */

/** One challenge. */
export interface Challenge {
  /** In lower case. */
  readonly scheme: string;
  /** What follows the scheme in place of parameters, as in `Negotiate abc==`; `null` for none. */
  readonly token68: string | null;
  /** By name in lower case, unquoted. Of two with one name the first counts. */
  readonly params: ReadonlyMap<string, string>;
}

interface OpenChallenge extends Challenge {
  readonly params: Map<string, string>;
}

const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
/** The blanks before it belong to the grammar too: a scheme that is followed by a comma has no token. */
const TOKEN68 = /[ \t]+([A-Za-z0-9\-._~+/]+=*)(?=[ \t]*(?:,|$))/y;
const EQUALS = /[ \t]*=[ \t]*/y;
const BLANKS_AND_COMMAS = /[ \t,]*/y;
/** Wider than a token: nonces with `=` and `/` are often sent without quotes. */
const BARE_VALUE = /[^ \t,"]*/y;

/** The challenges of these field values, in order. */
export function parseChallenges(values: readonly string[]): readonly Challenge[] {
  return values.flatMap((value) => parseList(value, null));
}

/** The parameters of a list that has no scheme before it, such as `Authentication-Info` (RFC 9110 §11.6.3). */
export function parseParameters(value: string): ReadonlyMap<string, string> {
  const params = new Map<string, string>();
  parseList(value, { scheme: "", token68: null, params });
  return params;
}

function parseList(value: string, before: OpenChallenge | null): readonly Challenge[] {
  const challenges: Challenge[] = [];
  let current = before;
  let at = 0;
  for (;;) {
    at = skip(BLANKS_AND_COMMAS, value, at);
    if (at >= value.length) return challenges;
    const afterWord = end(TOKEN, value, at);
    if (afterWord === null) {
      at = nextComma(value, at);
      continue;
    }
    const word = value.slice(at, afterWord).toLowerCase();
    const afterEquals = end(EQUALS, value, afterWord);
    if (afterEquals === null) {
      const token68 = match(TOKEN68, value, afterWord);
      current = { scheme: word, token68: token68?.[1] ?? null, params: new Map() };
      challenges.push(current);
      at = afterWord + (token68?.[0].length ?? 0);
    } else {
      const { text, next } = parameterValue(value, afterEquals);
      if (text !== null && current !== null && !current.params.has(word)) current.params.set(word, text);
      at = next;
    }
  }
}

/** A quoted string or a bare word; `text` is `null` when a quote is never closed. */
function parameterValue(value: string, at: number): { readonly text: string | null; readonly next: number } {
  if (value[at] !== '"') {
    const next = skip(BARE_VALUE, value, at);
    return { text: value.slice(at, next), next };
  }
  const parts: string[] = [];
  let from = at + 1;
  for (let here = from; here < value.length; here++) {
    if (value[here] === '"') return { text: parts.join("") + value.slice(from, here), next: here + 1 };
    if (value[here] !== "\\") continue;
    // The backslash goes, what it protects stays, even if that is a quote (RFC 9110 §5.6.4).
    parts.push(value.slice(from, here));
    from = here + 1;
    here++;
  }
  return { text: null, next: value.length };
}

function nextComma(value: string, at: number): number {
  const comma = value.indexOf(",", at);
  return comma === -1 ? value.length : comma;
}

/** Where the match of a pattern that always matches ends. */
function skip(pattern: RegExp, value: string, at: number): number {
  match(pattern, value, at);
  return pattern.lastIndex;
}

/** Where the match at `at` ends; `null` when there is none. */
function end(pattern: RegExp, value: string, at: number): number | null {
  const found = match(pattern, value, at);
  return found === null ? null : at + found[0].length;
}

function match(pattern: RegExp, value: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(value);
}
