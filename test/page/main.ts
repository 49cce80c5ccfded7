/**
 * `npm run page`
 *
 * Writes `src/report/page-text.ts`, the page of reports and of the inspector, of its sources in `src/report/page/`. A test holds the two
 * together, so that a change of the sources, or of the bundler, asks for a new file.
 */
import { writeFileSync } from "node:fs";
import { pageText } from "./build.ts";

const text = await pageText();
writeFileSync(new URL("../../src/report/page-text.ts", import.meta.url), text);
console.log(`written: src/report/page-text.ts, ${Math.round(text.length / 1000)} kB`);
