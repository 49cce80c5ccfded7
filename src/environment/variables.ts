/**
 * Environment variables, as they are looked up.
 */

/** Variables by name. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** The first of these variables that is set and not empty. */
export function firstFilled(env: Variables, names: readonly string[]): string | null {
  return names.map((name) => env[name]).find((value) => value !== undefined && value !== "") ?? null;
}
