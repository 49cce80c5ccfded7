/** What is made of the samples of rounds. Pure. */
import type { Sample } from "./protocol.ts";
import type { Unit, Workload } from "./workloads.ts";

/** What one client did in one workload. */
export interface Result {
  readonly client: string;
  readonly kind: "sojourn" | "peer" | "floor";
  /** By round; the rounds of all results of a workload belong together. */
  readonly samples: readonly Sample[];
  /** The most memory its process had; of an import, what it added. */
  readonly peakBytes: number;
}

/** What came of one workload. */
export interface Outcome {
  readonly workload: Workload;
  /** So many times everything was run from the beginning, with the same number of rounds each time. */
  readonly runs: number;
  readonly results: readonly Result[];
  readonly failures: readonly { readonly client: string; readonly reason: string }[];
}

/** A median, with the least and the most. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** The middle one, or between the two middle ones. @throws {RangeError} for none at all. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const upper = sorted[sorted.length >> 1];
  const lower = sorted[(sorted.length - 1) >> 1];
  if (upper === undefined || lower === undefined) throw new RangeError("there is no median of nothing");
  return (lower + upper) / 2;
}

/** @throws {RangeError} for none at all. */
export function spread(values: readonly number[]): Spread {
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}

/** Of a value for each round. Of more runs than one: of their medians. @throws {RangeError} for none at all. */
export function spreadOfRuns(values: readonly number[], runs: number): Spread {
  if (runs === 1) return spread(values);
  const rounds = values.length / runs;
  return spread(
    Array.from({ length: runs }, (_, run) => median(values.slice(run * rounds, (run + 1) * rounds))),
  );
}

/** Several runs of the same workloads as one: each has its rounds behind those of the one before. Who failed in one of them is left out. */
export function joined(runs: readonly (readonly Outcome[])[]): Outcome[] {
  const [first = []] = runs;
  return first.map(({ workload }) => {
    const outcomes = runs.flatMap((run) => run.filter((outcome) => outcome.workload.id === workload.id));
    const results = outcomes[0]?.results.flatMap(({ client, kind }) => {
      const own = outcomes.flatMap((outcome) => resultOf(outcome, client) ?? []);
      if (own.length < runs.length) return [];
      const samples = own.flatMap((result) => result.samples);
      return [{ client, kind, samples, peakBytes: median(own.map(({ peakBytes }) => peakBytes)) }];
    });
    const failures = outcomes.flatMap((outcome) => outcome.failures);
    return { workload, runs: runs.length, results: results ?? [], failures };
  });
}

/** The figure of a round, in the unit of its workload. */
export function figure({ operations, wallMs }: Sample, { unit, bodyBytes }: Workload): number {
  return unit === "MB/s" ? (operations * bodyBytes) / 1000 / wallMs : perUnit(unit, operations, wallMs);
}

function perUnit(unit: Exclude<Unit, "MB/s">, operations: number, wallMs: number): number {
  switch (unit) {
    case "per second":
      return (operations / wallMs) * 1000;
    case "ms":
      return wallMs / operations;
    case "µs":
      return (wallMs / operations) * 1000;
    case "ns":
      return (wallMs / operations) * 1_000_000;
  }
}

/** CPU time of one operation, in microseconds. */
export function cpuPerOperation({ operations, cpuUs }: Sample): number {
  return cpuUs / operations;
}

/** How many times as fast as the base, round by round: a slow phase of the machine hits both. */
export function speedRatios(result: Result, base: Result): number[] {
  return pairs(result, base).map(([own, its]) => own.operations / own.wallMs / (its.operations / its.wallMs));
}

/** How many times the CPU time of the base an operation takes, round by round. */
export function cpuRatios(result: Result, base: Result): number[] {
  return pairs(result, base).map(([own, its]) => cpuPerOperation(own) / cpuPerOperation(its));
}

function pairs(result: Result, base: Result): [own: Sample, its: Sample][] {
  return result.samples.flatMap((own, round) => {
    const its = base.samples[round];
    return its === undefined ? [] : [[own, its]];
  });
}

/** The result of this client, or `null`. */
export function resultOf(outcome: Outcome | undefined, client: string): Result | null {
  return outcome?.results.find((result) => result.client === client) ?? null;
}
