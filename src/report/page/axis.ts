/** The axis of time: where a moment stands, and which moments get a line. Pure. */
import type { Span } from "./book.ts";
import { formatMs } from "./format.ts";

/** A line of the grid. */
export interface Tick {
  /** Milliseconds from the beginning of the log. */
  readonly at: number;
  /** `0 ms`, `250 ms`, `1.5 s`. */
  readonly label: string;
}

/** Time onto pixels. */
export class Axis {
  readonly #from: number;
  readonly #perMs: number;
  readonly #left: number;
  readonly #span: Span;

  /** @param span what is to be seen. @param left where it begins, in pixels. @param width how wide it is. */
  constructor(span: Span, left: number, width: number) {
    const length = Math.max(span.to - span.from, 0.001);
    this.#span = span;
    this.#from = span.from;
    this.#left = left;
    this.#perMs = width / length;
  }

  /** Where a moment stands. */
  x(at: number): number {
    return this.#left + (at - this.#from) * this.#perMs;
  }

  /** Which moment stands there. */
  time(x: number): number {
    return this.#from + (x - this.#left) / this.#perMs;
  }

  /** Lines at round times, counted from `zero`, at least `gap` pixels apart. */
  ticks(zero: number, gap: number): readonly Tick[] {
    const step = roundStep(gap / this.#perMs);
    const ticks: Tick[] = [];
    const end = this.#span.to - zero;
    for (
      let n = Math.ceil((this.#from - zero) / step - 1e-9);
      n * step <= end + 1e-9 && ticks.length < 200;
      n++
    )
      ticks.push({ at: n * step, label: tickLabel(n * step, step) });
    return ticks;
  }
}

const DAY = 86_400_000;

/** The next round number of milliseconds that is no less: 1, 2 or 5 and zeros; above a minute, what divides minutes, hours and days; above a day, such a number of days. */
export function roundStep(ms: number): number {
  if (ms > DAY) return DAY * roundStep(ms / DAY);
  for (const minutes of [1, 2, 5, 10, 30, 60, 120, 180, 360, 720, 1440])
    if (ms > 50_000 && ms <= minutes * 60_000) return minutes * 60_000;
  if (ms > 20_000) return ms > 30_000 ? 60_000 : 30_000;
  const power = 10 ** Math.floor(Math.log10(Math.max(ms, 0.001)));
  for (const factor of [1, 2, 5]) if (ms <= factor * power * 1.000_001) return factor * power;
  return 10 * power;
}

function tickLabel(ms: number, step: number): string {
  if (Math.abs(ms) < 1e-9) return "0";
  if (ms < 0) return `\u2212${tickLabel(-ms, step)}`;
  if (ms >= 60_000) return formatMs(ms);
  if (ms >= 1000) return `${trimmed(ms / 1000, step / 1000)} s`;
  return `${trimmed(ms, step)} ms`;
}

/** As many digits as the step needs. */
function trimmed(value: number, step: number): string {
  const digits = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
  return value.toFixed(Math.min(digits, 3));
}
