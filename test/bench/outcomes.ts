/** Results of the bench, made by hand: rounds that are told apart at sight. */
import type { Outcome, Result } from "../../bench/statistics.ts";
import { workloads, type Workload } from "../../bench/workloads.ts";

/** The workload of this id. */
export function workloadOf(id: string): Workload {
  const found = workloads.find((workload) => workload.id === id);
  if (found === undefined) throw new Error(`there is no workload ${id}`);
  return found;
}

/** A client that did so many operations in each round of a second. Each took it 10 µs of CPU time, unless told. */
export function result(client: string, operations: readonly number[], rest: Partial<Result> = {}): Result {
  const samples = operations.map((count) => ({ operations: count, wallMs: 1000, cpuUs: count * 10 }));
  return { client, kind: client === "sojourn" ? "sojourn" : "peer", samples, peakBytes: 50_000_000, ...rest };
}

/** What came of a workload. */
export function outcome(id: string, results: readonly Result[]): Outcome {
  return { workload: workloadOf(id), runs: 1, results, failures: [] };
}
