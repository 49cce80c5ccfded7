/**
 * The scenarios that sojourn answers otherwise than Python requests, on purpose: `deviations.json`.
 */
import { readFileSync } from "node:fs";

/** One scenario that is answered otherwise. */
interface Deviation {
  /** Row of PARITY.md that says so: `RED-3`, or several: `SEC-7, RED-12`. */
  readonly row: string;
  /** What sojourn does instead, and why. */
  readonly reason: string;
  /** Words of docs/from-requests.md that tell of it. */
  readonly told: string;
  /** Where this is tested: `test/parity/file.test.ts › name of the test`. */
  readonly test: string;
  /**
   * Where in the transcript the differences are, as the harness names the places. A difference anywhere else is a
   * failure: a listed scenario is no hiding-place.
   */
  readonly paths: readonly string[];
}

/** By id of the scenario. */
export type Deviations = { readonly [id: string]: Deviation };

/** Reads `deviations.json`. */
export function loadDeviations(): Deviations {
  const file = new URL("deviations.json", import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as Deviations; // deviations.test.ts looks at its shape.
}
