/**
 * Printing and checking for the quickstart.
 */
/** How many checks were made. */
export const fresh = { checks: 0 };

/** Begins a part. */
export function section(number: number, title: string): void {
  console.log(`\n${number}. ${title}`);
}

/** Prints a line of output. */
export function show(label: string, value: unknown): void {
  console.log(`   ${label}: ${typeof value === "string" ? value : JSON.stringify(value)}`);
}

/** Ends the run when `actual` is not `expected`. */
export function check(what: string, actual: unknown, expected: unknown): void {
  fresh.checks++;
  if (JSON.stringify(actual) === JSON.stringify(expected)) {
    console.log(`   ok: ${what}`);
    return;
  }
  console.log(
    `   NOT OK: ${what}\n      expected ${JSON.stringify(expected)}\n      got      ${JSON.stringify(actual)}`,
  );
  process.exit(1);
}

/** Ends the run unless `attempt` fails with an error of this name; gives the error. */
export async function checkFails(
  what: string,
  attempt: () => PromiseLike<unknown>,
  name: string,
): Promise<Error> {
  try {
    await attempt();
  } catch (error) {
    if (error instanceof Error) {
      show("error", `${error.name}: ${error.message}`);
      check(what, error.name, name);
      return error;
    }
  }
  check(what, "no error", name);
  throw new Error(what);
}

/** A bar of a chart: its length is `value` of `most`. */
export function bar(label: string, value: number, most: number, unit: string): void {
  const length = Math.max(1, Math.round((40 * value) / most));
  console.log(`   ${label.padEnd(12)} ${"█".repeat(length)} ${value}${unit}`);
}
