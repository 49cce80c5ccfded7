/** The comparisons that matter most, to be read off at one glance: sojourn against one other, in one figure. Pure. */
import { cpuRatios, resultOf, speedRatios, spread, type Outcome, type Spread } from "./statistics.ts";

/** One of them. */
interface Headline {
  readonly title: string;
  readonly workload: string;
  readonly against: string;
  /** `speed`: more is better. `cpu` and `memory`: less is. */
  readonly measure: "speed" | "cpu" | "memory";
}

/** One of them, with its ratio of sojourn to the other; of memory there is one for all rounds. */
export interface Finding extends Headline {
  readonly ratio: Spread;
}

function speed(title: string, workload: string, against: string): Headline {
  return { title, workload, against, measure: "speed" };
}

const headlines: readonly Headline[] = [
  speed("50 concurrent", "concurrent", "undici.request"),
  speed("50 concurrent, a cookie along", "cookies-1", "undici.request"),
  speed("50 concurrent, 1,000 cookies", "cookies-1000", "undici.request"),
  speed("sequential", "sequential", "undici.request"),
  speed("POST JSON", "post-json", "undici.request"),
  speed("HTTPS", "https", "undici.request"),
  speed("HTTP/2", "http2", "undici.request"),
  { title: "CPU per request", workload: "concurrent", against: "undici.request", measure: "cpu" },
  { title: "CPU per request", workload: "concurrent", against: "raw socket", measure: "cpu" },
  speed("50 concurrent", "concurrent", "fetch"),
  speed("50 concurrent", "concurrent", "got"),
  speed("50 concurrent", "concurrent", "axios"),
  speed("1 cookie", "cookies-1", "fetch-cookie"),
  speed("1 cookie", "cookies-1", "got + tough-cookie"),
  speed("1 cookie", "cookies-1", "axios + tough-cookie"),
  speed("1,000 cookies", "cookies-1000", "fetch-cookie"),
  speed("sequential", "sequential", "requests (Python)"),
  speed("1,000 cookies", "cookies-1000", "requests (Python)"),
  speed("100 MB down, streamed", "stream-100", "undici.stream"),
  speed("100 MB down, streamed", "stream-100", "undici.request"),
  { title: "100 MB down, peak memory", workload: "stream-100", against: "undici.stream", measure: "memory" },
  speed("10 MB down, as one piece", "bytes-10", "undici.request"),
  speed("100 MB up, streamed", "upload-100", "undici.request"),
  speed("look-up in a jar of 100,000", "jar-lookup-100000", "tough-cookie"),
  speed("import", "import", "undici.request"),
  { title: "memory that the import adds", workload: "import", against: "undici.request", measure: "memory" },
  speed("import to first response", "cold", "undici.request"),
];

/** Those of which both sides were measured. */
export function findings(outcomes: readonly Outcome[]): Finding[] {
  return headlines.flatMap((headline) => {
    const outcome = outcomes.find(({ workload }) => workload.id === headline.workload);
    const own = resultOf(outcome, "sojourn");
    const its = resultOf(outcome, headline.against);
    if (own === null || its === null) return [];
    switch (headline.measure) {
      case "speed":
        return [{ ...headline, ratio: spread(speedRatios(own, its)) }];
      case "cpu":
        return [{ ...headline, ratio: spread(cpuRatios(own, its)) }];
      case "memory":
        return [{ ...headline, ratio: spread([own.peakBytes / its.peakBytes]) }];
    }
  });
}
