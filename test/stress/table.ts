/** What became of the requests, as a table. Pure. */
import type { Verdict } from "./judge.ts";
import type { Ended } from "./way.ts";

const KINDS = ["ok", "aborted", "broken", "excused", "wrong", "short", "failed", "hung"] as const;
const FAULTS: ReadonlySet<Verdict["kind"]> = new Set<Verdict["kind"]>(["wrong", "short", "failed", "hung"]);

/** Is it something that must not be? */
export function isFault({ kind }: Verdict): boolean {
  return FAULTS.has(kind);
}

/** The numbers of a run: by way and reading, how many requests ended how. */
export class Tally {
  readonly #rows = new Map<string, Map<Verdict["kind"], number>>();

  add({ way, plan, verdict }: Ended): void {
    for (const name of [row(way, plan.reading), row(way, "all")]) {
      const counts = this.#rows.get(name) ?? new Map<Verdict["kind"], number>();
      counts.set(verdict.kind, (counts.get(verdict.kind) ?? 0) + 1);
      this.#rows.set(name, counts);
    }
  }

  /** How many requests of a way and a reading ended so. */
  count(way: string, reading: string, kinds: Iterable<Verdict["kind"]> = KINDS): number {
    const counts = this.#rows.get(row(way, reading));
    return [...kinds].reduce((sum, kind) => sum + (counts?.get(kind) ?? 0), 0);
  }

  /** How many faults there were of this kind. */
  faults({ way, plan }: Ended): number {
    return this.count(way, plan.reading, FAULTS);
  }

  toString(): string {
    const rows = [...this.#rows].sort(([one], [other]) => (one < other ? -1 : 1));
    const lines = rows.map(([name, counts]) => {
      const numbers = KINDS.map((kind) => counts.get(kind) ?? 0);
      return line(name, [numbers.reduce((sum, number) => sum + number, 0), ...numbers]);
    });
    return [line("way, reading", ["requests", ...KINDS]), ...lines].join("\n");
  }
}

function row(way: string, reading: string): string {
  return `${way.padEnd(16)}${reading}`;
}

function line(name: string, cells: readonly (string | number)[]): string {
  return name.padEnd(44) + cells.map((cell) => (cell === 0 ? "." : String(cell)).padStart(9)).join("");
}
