/** The phases of a message, in their order, and the bars that they make. Pure. */
import type { EntryFacts } from "../../record/har-types.ts";

/** A phase. */
export type Phase = keyof EntryFacts["timings"];

/** How a phase is shown. */
export interface PhaseLook {
  readonly name: Phase;
  readonly label: string;
  /** What it means, in a line. */
  readonly meaning: string;
  /** Share of the row's height that its bar has: what only waits is thin, so that colour is not all that tells. */
  readonly weight: number;
}

/** All of them, as they follow one another. */
export const PHASES: readonly PhaseLook[] = [
  { name: "queue", label: "Queue", meaning: "waiting for a connection", weight: 0.25 },
  { name: "limit", label: "Limit", meaning: "waiting since more is not allowed at a time", weight: 0.25 },
  { name: "dns", label: "DNS", meaning: "looking up the name of the host", weight: 0.55 },
  { name: "tcp", label: "TCP", meaning: "connecting to the host or the proxy", weight: 0.55 },
  { name: "proxy", label: "Proxy", meaning: "until the proxy had opened the way", weight: 0.55 },
  { name: "tls", label: "TLS", meaning: "the handshake with the host", weight: 0.55 },
  { name: "send", label: "Send", meaning: "sending the request", weight: 1 },
  { name: "wait", label: "Wait", meaning: "from there to the head of the response", weight: 1 },
  { name: "receive", label: "Receive", meaning: "from there to the end of the body", weight: 1 },
];

/** A piece of a bar: one phase, in milliseconds from the beginning of its message. `null`: the time is known, and its phases are not. */
export interface Bar {
  readonly phase: Phase | null;
  readonly from: number;
  readonly to: number;
}

/** Milliseconds, as far as they are some. */
function positive(ms: unknown): number {
  return typeof ms === "number" && Number.isFinite(ms) && ms > 0 ? ms : 0;
}

/** The bars of a message: its phases behind one another. Without any, one bar for all of its time; without that, none. */
export function barsOf(timings: Partial<EntryFacts["timings"]> | undefined, time: number): readonly Bar[] {
  const bars: Bar[] = [];
  let at = 0;
  for (const { name } of PHASES) {
    const ms = positive(timings?.[name]);
    if (ms === 0) continue;
    bars.push({ phase: name, from: at, to: at + ms });
    at += ms;
  }
  if (bars.length > 0) return bars;
  const all = positive(time);
  return all === 0 ? [] : [{ phase: null, from: 0, to: all }];
}
