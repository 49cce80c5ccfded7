/**
 * `npm run bench:figures`: puts the figures of `results/bench.json` into README.md and docs/performance.md. `npm run bench` does it, too,
 * after a whole run.
 */
import { readFile, writeFile } from "node:fs/promises";

import { measuredFigures, peerFigures, withFigures } from "./figures.ts";
import type { Run } from "./report.ts";

const pages = [
  ["README.md", peerFigures],
  ["docs/performance.md", measuredFigures],
] as const;

/** Puts the figures of this run into the pages. */
export async function writeFigures(run: Run): Promise<void> {
  for (const [page, figures] of pages) {
    const path = new URL(`../${page}`, import.meta.url);
    await writeFile(path, withFigures(await readFile(path, "utf8"), figures(run)));
    console.log(`written: the figures in ${page}`);
  }
}

if (import.meta.main) {
  const text = await readFile(new URL("results/bench.json", import.meta.url), "utf8");
  await writeFigures(JSON.parse(text) as Run); // npm run bench wrote it
}
