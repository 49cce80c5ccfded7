/**
 * Environment variables, as they are looked up.
 */

/** Variables by name. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** The first of these variables that is set and not empty. */
export function firstFilled(env: Variables, names: readonly string[]): string | null {
  for (const name of names) {
    const value = env[name];
    if (value !== undefined && value !== "") return value;
  }
  return null;
}
