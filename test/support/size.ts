/**
 * How much a test tries. `npm run check` and `.ci/run` try all of it; `npm test`, which is to end within two minutes, a part.
 */
import process from "node:process";

const PART = 5;

/** `vitest.config.ts` says it. */
export const isWhole: boolean = process.env["TEST_SIZE"] !== "part";

/** So many runs of a property, or requests of a load; or a part of them. */
export function runs(count: number): number {
  return isWhole ? count : Math.ceil(count / PART);
}
