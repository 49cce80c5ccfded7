/**
 * How the time of a parser grows with its input: ten times the input may take about ten times as long, never a hundred times.
 *
 * It measures and so belongs to no test suite: a ratio of two times on one machine, of inputs that parsers choke on.
 */
import { parsers } from "./parsers.ts";

/** What is repeated: every character that means something to somebody, and what follows another one badly. */
const CHARACTERS = " \t,;=:\"'\\/.?#%&@<>()[]{}*+-_|~^$!0a\u00e9\u{1f600}\n\r";
const WORDS: readonly string[] = [
  " ,",
  " ;",
  " =",
  "a=b;",
  "a=b, ",
  'a="b" ',
  '\\"',
  "%2",
  "%20",
  "%zz",
  "../",
  "./",
  "//",
  "<a>;",
  "a b ",
  '"a";',
  "; a",
  '="',
  "[[",
  '{"a":',
  "01",
  "1.",
  ".1",
  "::",
  "a.",
  "xn--",
  "1 Jan ",
  "<meta",
  "charset=",
  "http://",
  "http://a@",
  "\r\n",
  "\n ",
  "machine a ",
  "password ",
];

/** What comes before and after: an expression that fails at the end may try everything before it. */
const FRAMES: readonly (readonly [before: string, after: string])[] = [
  ["", ""],
  ["a", "x"],
  ["a=", "\u0000"],
  ["1", "x"],
  ['a="', "x"],
  ["<a>; rel=", ">"],
  ["Basic realm=", '"'],
];

const SMALL = 3000;
const LARGE = 30_000;
/** Below this nothing is measured. */
const SHORTEST_MS = 25;
/** Ten is linear, a hundred quadratic. */
const MOST_GROWTH = 40;

/** An input that takes too long. */
export interface Slow {
  readonly parser: string;
  readonly unit: string;
  readonly before: string;
  readonly after: string;
  readonly smallMs: number;
  readonly largeMs: number;
}

/** Tries every parser with every unit in every frame. */
export function growth(): Slow[] {
  const inputs = [...Array.from(CHARACTERS), ...WORDS].flatMap((unit) =>
    FRAMES.map(([before, after]) => ({ before, unit, after })),
  );
  return [...parsers].flatMap(([parser, parse]) =>
    inputs.flatMap((input) => {
      const times = measured(parse, input);
      return times === null ? [] : [{ parser, ...input, ...times }];
    }),
  );
}

type Input = Pick<Slow, "before" | "unit" | "after">;

/** `null` for an input that is no trouble. */
function measured(
  parse: (text: string) => void,
  { before, unit, after }: Input,
): Pick<Slow, "smallMs" | "largeMs"> | null {
  const text = (length: number): string => before + unit.repeat(length / unit.length) + after;
  if (timeOf(parse, text(LARGE), 1) < SHORTEST_MS) return null;
  const largeMs = timeOf(parse, text(LARGE), 3);
  const smallMs = timeOf(parse, text(SMALL), 5);
  return largeMs >= SHORTEST_MS && largeMs / smallMs > MOST_GROWTH ? { smallMs, largeMs } : null;
}

/** The shortest of some runs. */
function timeOf(parse: (text: string) => void, text: string, runs: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run++) {
    const began = performance.now();
    parse(text);
    best = Math.min(best, performance.now() - began);
  }
  return best;
}
