/** The page that is in the package is the one that its sources make. */
import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";

import { pageText } from "../page/build.ts";

it("the page is what `npm run page` makes of its sources", async () => {
  const written = await readFile(new URL("../../src/report/page-text.ts", import.meta.url), "utf8");
  expect(written === (await pageText())).toBe(true);
});
