/**
 * How long to pause before a retry when the server does not say.
 *
 * Pure: chance is an argument.
 */

/** The shape of the pauses, in milliseconds. */
export interface Backoff {
  readonly backoffFactor: number;
  readonly backoffMax: number;
  readonly backoffJitter: number;
}

/**
 * The pause after `failures` failures in a row, in milliseconds.
 *
 * As in urllib3: none after the first failure, which is mostly a connection that had died
 * unnoticed; then `backoffFactor` doubled each time, plus jitter, and no more than `backoffMax`.
 *
 * @param random from 0 to 1.
 */
export function backoffMs(failures: number, shape: Backoff, random: number): number {
  if (failures <= 1) return 0;
  const pause = shape.backoffFactor * 2 ** (failures - 1);
  const jitter = shape.backoffJitter * random;
  // After a thousand failures 2ⁿ is infinite, and zero times that is no number.
  return Math.min(shape.backoffMax, (Number.isNaN(pause) ? 0 : pause) + jitter);
}
