/** The tables of `docs/runtimes.md`. */

/** A row: its name, and what stands in its other cells. */
export type Rows = ReadonlyMap<string, readonly string[]>;

/** The table below a heading of `text`: its columns but the first, and its rows. */
export function tableBelow(
  text: string,
  heading: string,
): { readonly columns: readonly string[]; readonly rows: Rows } {
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
  const lines = (section ?? "").split("\n").filter((line) => line.startsWith("|"));
  const [head = [], , ...rest] = lines.map(cellsOf);
  const [, ...columns] = head;
  return { columns, rows: new Map(rest.map(([name = "", ...cells]) => [name, cells])) };
}

function cellsOf(line: string): string[] {
  return line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}
