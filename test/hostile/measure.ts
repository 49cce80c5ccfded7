/**
 * What a step costs: time, and the memory that the process grew by.
 */
import type { Outcome } from "./outcome.ts";

const SAMPLE_MS = 20;
const MB = 1024 * 1024;

type Unmeasured<Measured> = Measured extends unknown ? Omit<Measured, "elapsedMs" | "rssMb"> : never;

/** Does some work, and tells what it cost. */
export async function measured(work: () => Promise<Unmeasured<Outcome>>): Promise<Outcome> {
  const before = process.memoryUsage.rss();
  // In kilobytes: the most that there ever was. It also sees what comes and goes between two samples.
  const mostBefore = process.resourceUsage().maxRSS * 1024;
  let most = before;
  const sample = (): void => {
    most = Math.max(most, process.memoryUsage.rss());
  };
  const timer = setInterval(sample, SAMPLE_MS);
  const start = performance.now();
  try {
    const outcome = await work();
    const elapsedMs = performance.now() - start;
    sample();
    const mostEver = process.resourceUsage().maxRSS * 1024;
    if (mostEver > mostBefore) most = Math.max(most, mostEver);
    return { ...outcome, elapsedMs, rssMb: (most - before) / MB };
  } finally {
    clearInterval(timer);
  }
}
