/** `npm run bench:figures`: puts the figures of `results/bench.json` into README.md. `npm run bench` does it, too, after a whole run. */
import { readFile, writeFile } from "node:fs/promises";

import { withFigures } from "./figures.ts";
import type { Run } from "./report.ts";

const readme = new URL("../README.md", import.meta.url);

/** Puts the figures of this run into README.md. */
export async function writeFigures(run: Run): Promise<void> {
  await writeFile(readme, withFigures(await readFile(readme, "utf8"), run));
  console.log("written: the figures in README.md");
}

if (import.meta.main) {
  const text = await readFile(new URL("results/bench.json", import.meta.url), "utf8");
  await writeFigures(JSON.parse(text) as Run); // npm run bench wrote it
}
