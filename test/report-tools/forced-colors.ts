/** A report in Chromium where a person's own colours are forced upon all pages, as in high contrast. */
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";

import { Faults, type Checks } from "./browser.ts";

/** A row is chosen. @param file the address of the report. @param pictures where pictures go; `null`: none are taken. */
export async function forceColors(
  browser: Browser,
  checks: Checks,
  file: string,
  pictures: string | null,
): Promise<void> {
  const context = await browser.newContext({ forcedColors: "active" });
  const page = await context.newPage();
  const faults = new Faults();
  faults.watch(page);
  await page.goto(file);
  await page.getByRole("grid").locator("tbody tr").nth(1).click();
  // The canvas is painted in the next frame.
  await page.evaluate(
    () => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))),
  );
  if (pictures !== null) await page.screenshot({ path: join(pictures, "forced-colors.png") });
  await checks.check(
    "forced colours: the axis has ground and text, and phases differ",
    () => colorsOf(page),
    ["ground and text", "many colours"],
  );
  await checks.check(
    "forced colours: what is chosen has an outline",
    () =>
      page.evaluate(() =>
        ["tab", "row"].map((role) => {
          const name = role === "tab" ? '[role="tab"]' : ".view:not([hidden]) tbody tr";
          const chosen = document.querySelector(`${name}[aria-selected="true"]`);
          return chosen === null ? null : getComputedStyle(chosen).outlineStyle;
        }),
      ),
    ["solid", "solid"],
  );
  await checks.check("forced colours: nothing in the console", () => faults.take(), []);
  await context.close();
}

/** What the canvas in sight shows: of its axis, and of the rows below. */
function colorsOf(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>(".view:not([hidden]) canvas");
    const context = canvas?.getContext("2d");
    if (canvas === null || context == null) return [];
    const head = Math.round(28 * devicePixelRatio);
    const pixels = new Uint32Array(context.getImageData(0, 0, canvas.width, canvas.height).data.buffer);
    const countOf = (from: number, to: number): number =>
      new Set(pixels.subarray(from * canvas.width, to * canvas.width)).size;
    return [
      countOf(0, head) > 1 ? "ground and text" : "one colour",
      countOf(head, canvas.height) > 5 ? "many colours" : "few colours",
    ];
  });
}
