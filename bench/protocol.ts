/**
 * What parent and children say to each other: lines of JSON, the order in the arguments, rounds on the input, replies on the
 * output. `clients/python_requests.py` speaks it, too.
 */
import type { Workload } from "./workloads.ts";

/** What a child is started for. */
export interface Order {
  /** File of the client, relative to this folder. */
  readonly module: string;
  /** What its users import; for `import` workloads. */
  readonly imports: readonly string[];
  readonly workload: Workload;
  /** Origin and path to ask. */
  readonly url: string;
}

/** One round, please. */
export interface RoundOrder {
  /**
   * Time to run before the round itself: connections that were closed while others ran are opened again, caches are warm. All
   * workers run once at least. Nothing is run before a round of a fixed count.
   */
  readonly leadMs: number;
  readonly ms: number;
}

/** What a round came to. */
export interface Sample {
  readonly operations: number;
  /** Without the pauses between bursts. */
  readonly wallMs: number;
  /** User and system time of the whole process, in microseconds; what the collector's threads took is in it. */
  readonly cpuUs: number;
}

/** What a child says. */
export type Reply =
  | { readonly kind: "ready"; readonly version: string | null }
  | ({ readonly kind: "round" } & Sample)
  /** The last one. `peakBytes`: the most memory that was resident; for an import, what it added. */
  | { readonly kind: "end"; readonly peakBytes: number }
  | { readonly kind: "failed"; readonly reason: string };
