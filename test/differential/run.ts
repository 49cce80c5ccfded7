/** Compares streams by their numbers, each fed whole and in pieces, and counts what it sees. */
import { below, randomFrom, type Random } from "../support/random.ts";
import { compared } from "./explain.ts";
import { generated } from "./generate.ts";
import { ours, type Feeding } from "./ours.ts";
import { difference, type Difference, type Story } from "./story.ts";

/** What is unexplained, with what is needed to see it again. */
interface Finding {
  readonly index: number;
  readonly methods: readonly string[];
  readonly text: string;
  /** Where they differ, and what each said in the end. */
  readonly what: string;
}

export interface Tally {
  readonly streams: number;
  readonly bytes: number;
  /** How often our parser read one, in whatever pieces. */
  readonly readings: number;
  /** Told alike without a row. */
  readonly same: number;
  /** Responses that were whole. */
  readonly whole: number;
  /** By name: streams in which it was needed. */
  readonly rows: ReadonlyMap<string, number>;
  readonly findings: readonly Finding[];
}

/** Streams up to here are cut at every byte, one cut a reading: that takes as many readings as it has bytes. */
const SHORT_BYTES = 100;
/** More findings than these nobody reads. */
const MOST_FINDINGS = 40;

/** Those from `first` on, every `step`th, `count` of all. */
export function run(seed: number, first: number, step: number, end: number): Tally {
  const rows = new Map<string, number>();
  const findings: Finding[] = [];
  const tally = { streams: 0, bytes: 0, readings: 0, same: 0, whole: 0 };
  for (let index = first; index < end; index += step) {
    const { text, methods } = generated(seed, index);
    const bytes = Buffer.from(text, "latin1");
    const story = ours(bytes, methods);
    tally.streams++;
    tally.bytes += bytes.byteLength;
    tally.readings++;
    for (const answer of story.answers) if (answer.end !== -1) tally.whole++;
    const found = (what: string): void => {
      if (findings.length < MOST_FINDINGS) findings.push({ index, methods, text, what });
    };
    const verdict = compared(bytes, methods, story);
    if (verdict.kind === "same") tally.same++;
    else
      for (const name of new Set(verdict.rows.map((row) => row.name)))
        rows.set(name, (rows.get(name) ?? 0) + 1);
    if (verdict.kind === "unexplained") found(shown(verdict.difference, story, verdict.theirs, "llhttp"));
    for (const feeding of feedings(bytes.byteLength, index, seed)) {
      tally.readings++;
      const fed = ours(bytes, methods, feeding);
      const what = difference(story, fed);
      if (what !== null) found(shown(what, story, fed, JSON.stringify(feeding)));
    }
  }
  return { ...tally, rows, findings };
}

function shown({ what, answer }: Difference, ours: Story, other: Story, name: string): string {
  const told = ({ answers, ending }: Story): string =>
    `${JSON.stringify(what === "ending" ? answers.length : answers[answer]?.[what])}, ${JSON.stringify(ending)}`;
  return `${what} of response ${answer + 1}: we ${told(ours)}; ${name}: ${told(other)}`;
}

/** Byte by byte; cut at random, and with pauses; and short ones cut at each byte. */
function* feedings(length: number, index: number, seed: number): Generator<Feeding> {
  const random = randomFrom(seed ^ (index + 1));
  yield { cuts: Array.from({ length: Math.max(0, length - 1) }, (_, at) => at + 1) };
  yield { cuts: randomCuts(length, random) };
  yield { cuts: randomCuts(length, random), isPausing: true };
  if (length > SHORT_BYTES) return;
  for (let at = 1; at < length; at++) yield { cuts: [at] };
}

function randomCuts(length: number, random: Random): number[] {
  const cuts = Array.from({ length: 1 + below(random, 4) }, () => below(random, length + 1));
  return cuts.sort((one, other) => one - other);
}
