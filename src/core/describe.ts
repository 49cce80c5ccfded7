/**
 * How a wrong value is named in an error message: by its kind, never by itself, since it may be a secret.
 *
 * May import: nothing. Pure.
 */

/** Names the kind of a value: `null`, `number`, `Map`. */
export function describe(value: unknown): string {
  if (value === null) return "null";
  if (typeof value !== "object") return typeof value;
  return value.constructor?.name || "an object without a class";
}
