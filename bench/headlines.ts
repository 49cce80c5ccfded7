/**
 * The comparisons that matter most, to be read off at one glance, each with the goal that sojourn has in it. Pure.
 *
 * A goal that is missed is told, and no more: on a busy machine some always are. What must not get worse is the business of
 * `guard/`.
 */
import { cpuRatios, figure, resultOf, speedRatios, spread, spreadOfRuns } from "./statistics.ts";
import type { Outcome, Spread } from "./statistics.ts";

/** One of them. */
interface Headline {
  readonly title: string;
  readonly workload: string;
  /** Another client in the same workload; for `growth`, another workload of sojourn alone. */
  readonly against: string;
  /** `speed`: sojourn's beside the other's. `cpu`, `memory`, `time`: what sojourn takes beside the other. `growth`: time, beside itself. */
  readonly measure: "speed" | "cpu" | "memory" | "time" | "growth";
  /** At least so much speed; at most so much of anything else. `null`: only told. */
  readonly goal: number | null;
}

/** One of them, with what was found. */
export interface Finding extends Headline {
  /** Where rounds do not belong together there is one figure for all of them. */
  readonly ratio: Spread;
  /** Of speed: what sojourn takes of the other's CPU time for the same, the median. It is steadier on a busy machine. */
  readonly cpu: number | null;
  /** `null`: there is no goal. */
  readonly isReached: boolean | null;
}

function speed(title: string, workload: string, against: string, goal: number | null = null): Headline {
  return { title, workload, against, measure: "speed", goal };
}

function cost(measure: Exclude<Headline["measure"], "speed">, row: Omit<Headline, "measure">): Headline {
  return { ...row, measure };
}

const headlines: readonly Headline[] = [
  speed("50 at a time", "concurrent", "undici.request", 1.45),
  speed("50 at a time, 1 cookie", "cookies-1", "undici.request", 1.38),
  speed("50 at a time, 1 cookie", "cookies-1", "sojourn, no cookies", 0.95),
  speed("50 at a time, 1,000 cookies", "cookies-1000", "undici.request", 1.38),
  speed("50 at a time, 1,000 cookies", "cookies-1000", "sojourn, no cookies", 0.95),
  speed("one after another", "sequential", "undici.request", 1.15),
  speed("POST JSON", "post-json", "undici.request", 1.5),
  speed("HTTPS", "https", "undici.request", 1.35),
  speed("HTTP/2", "http2", "undici.request", 1),
  cost("cpu", { title: "CPU time over HTTP/2", workload: "http2", against: "node:http2", goal: 1.15 }),
  speed("the server closes", "closing", "undici.request", 1.2),
  speed("the server closes, HTTPS", "closing-tls", "undici.request", 1),
  speed("bursts of 1,000", "bursts", "undici.request", 1.3),
  speed("1,000 busy connections", "busy-1000", "undici.request", 1.3),
  cost("memory", {
    title: "1,000 busy connections, peak",
    workload: "busy-1000",
    against: "undici.request",
    goal: null,
  }),
  speed("4,000 busy connections", "busy-4000", "undici.request", 1.3),
  cost("memory", {
    title: "4,000 busy connections, peak",
    workload: "busy-4000",
    against: "undici.request",
    goal: null,
  }),
  cost("cpu", {
    title: "CPU time of a request",
    workload: "concurrent",
    against: "undici.request",
    goal: null,
  }),
  cost("cpu", { title: "CPU time of a request", workload: "concurrent", against: "raw socket", goal: 1.6 }),
  speed("50 at a time", "concurrent", "fetch", 3),
  speed("50 at a time", "concurrent", "got"),
  speed("50 at a time", "concurrent", "axios"),
  speed("50 at a time, 1 cookie", "cookies-1", "fetch-cookie", 4),
  speed("50 at a time, 1 cookie", "cookies-1", "got + tough-cookie", 6),
  speed("50 at a time, 1 cookie", "cookies-1", "axios + tough-cookie", 9),
  speed("50 at a time, 1,000 cookies", "cookies-1000", "fetch-cookie", 4),
  speed("50 at a time, 1,000 cookies", "cookies-1000", "got + tough-cookie", 6),
  speed("50 at a time, 1,000 cookies", "cookies-1000", "axios + tough-cookie", 9),
  speed("one after another", "sequential", "requests (Python)"),
  speed("50 at a time, 1,000 cookies", "cookies-1000", "requests (Python)"),
  speed("10 MB down, streamed", "stream-10", "undici.stream", 0.95),
  speed("10 MB down, streamed", "stream-10", "undici.request", 1.81),
  speed("100 MB down, streamed", "stream-100", "undici.stream", 0.95),
  speed("100 MB down, streamed", "stream-100", "undici.request", 1.72),
  cost("memory", {
    title: "100 MB down, peak",
    workload: "stream-100",
    against: "undici.stream",
    goal: null,
  }),
  speed("10 MB down, as one piece", "bytes-10", "undici.request", 1.36),
  speed("10 MB up, streamed", "upload-10", "undici.request", 1.08),
  speed("100 MB up, streamed", "upload-100", "undici.request", 1.02),
  speed("20 KB of JSON with gzip", "gzip", "undici.request", 1.56),
  speed("first request of a session", "first", "undici.request"),
  speed("look-up in a jar of 1,000", "jar-lookup-1000", "tough-cookie"),
  cost("growth", {
    title: "look-up in a jar of 100,000",
    workload: "jar-lookup-100000",
    against: "jar-lookup-10",
    goal: 1.5,
  }),
  cost("time", { title: "import", workload: "import", against: "undici.request", goal: 0.65 }),
  cost("memory", { title: "import, what it adds", workload: "import", against: "undici.request", goal: 0.7 }),
  speed("import to first response", "cold", "undici.request"),
];

/** Those of which both sides were measured. */
export function findings(outcomes: readonly Outcome[]): Finding[] {
  return headlines.flatMap((headline) => {
    const ratio = ratioOf(headline, outcomes);
    if (ratio === null) return [];
    const cpu = cpuOf(headline, outcomes);
    return [{ ...headline, ratio, cpu, isReached: isReached(headline, ratio.median) }];
  });
}

function ratioOf({ measure, workload, against }: Headline, outcomes: readonly Outcome[]): Spread | null {
  const outcome = outcomes.find((one) => one.workload.id === workload);
  if (measure === "growth") {
    const [own, its] = [outcome, outcomes.find((one) => one.workload.id === against)].map(ownFigure);
    return own == null || its == null ? null : spread([own / its]);
  }
  const own = resultOf(outcome, "sojourn");
  const its = resultOf(outcome, against);
  if (outcome === undefined || own === null || its === null) return null;
  const { runs } = outcome;
  switch (measure) {
    case "speed":
      return spreadOfRuns(speedRatios(own, its), runs);
    case "time":
      return spreadOfRuns(speedRatios(its, own), runs);
    case "cpu":
      return spreadOfRuns(cpuRatios(own, its), runs);
    case "memory":
      return spread([own.peakBytes / its.peakBytes]);
  }
}

function cpuOf({ measure, workload, against }: Headline, outcomes: readonly Outcome[]): number | null {
  const outcome = outcomes.find((one) => one.workload.id === workload);
  const own = resultOf(outcome, "sojourn");
  const its = resultOf(outcome, against);
  if (measure !== "speed" || outcome === undefined || own === null || its === null) return null;
  return spreadOfRuns(cpuRatios(own, its), outcome.runs).median;
}

function ownFigure(outcome: Outcome | undefined): number | null {
  const own = resultOf(outcome, "sojourn");
  if (outcome === undefined || own === null) return null;
  const times = own.samples.map((sample) => figure(sample, outcome.workload));
  return spreadOfRuns(times, outcome.runs).median;
}

function isReached({ measure, goal }: Headline, ratio: number): boolean | null {
  if (goal === null) return null;
  return measure === "speed" ? ratio >= goal : ratio <= goal;
}
