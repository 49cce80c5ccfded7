/** Reports in Chromium: opened from disk, in light and dark, wide and narrow, used with the keyboard, printed, and measured. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";

import type { HarLog } from "../../src/record/har-types.ts";
import { writeReport } from "../../src/report/write-report.ts";
import { entryOf, logOf } from "../report/entries.ts";
import { hostileLog, longLog } from "../report/harsh-logs.ts";
import { richLog } from "../report/logs.ts";
import { barriers, Checks, Faults, startBrowser, textShown } from "./browser.ts";
import { forceColors } from "./forced-colors.ts";
import { lookAtLivePage } from "./live.ts";

/** Where files and pictures go. */
export interface Place {
  readonly folder: string;
  /** `null`: none are taken. */
  readonly pictures: string | null;
  readonly only: RegExp;
}

const WIDE = { width: 1440, height: 860 };
const NARROW = { width: 390, height: 780 };
const VIEWS = ["Waterfall", "Connections", "Cookies", "Summary"] as const;
const LONG = 3000;

/** What is open. */
interface Desk extends Place {
  readonly browser: Browser;
  readonly faults: Faults;
  readonly checks: Checks;
}

/** Runs all checks. */
export async function lookAtReports(
  place: Place,
): Promise<{ readonly passed: number; readonly failed: number }> {
  const browser = await startBrowser();
  const desk = { ...place, browser, faults: new Faults(), checks: new Checks(place.only) };
  try {
    const file = await fileOf(desk, "rich", richLog());
    for (const colorScheme of ["light", "dark"] as const)
      for (const [size, viewport] of [
        ["wide", WIDE],
        ["narrow", NARROW],
      ] as const)
        await walkViews(desk, file, `${colorScheme} ${size}`, { colorScheme, viewport });
    await walkWithKeys(desk, file);
    await filterAndSearch(desk, file);
    await lookAtDetails(desk, file);
    await printOut(desk, file);
    await showMarkup(desk);
    await forceColors(desk.browser, desk.checks, file, desk.pictures);
    await showLittle(desk);
    await lookAtLivePage(browser, desk.checks, place.pictures);
    await measure(desk);
  } finally {
    await browser.close();
  }
  return desk.checks;
}

async function fileOf({ folder }: Place, name: string, log: HarLog): Promise<string> {
  const path = join(folder, `${name}.html`);
  await writeReport(log, path);
  return pathToFileURL(path).href;
}

async function open(
  { browser, faults }: Desk,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const context = await browser.newContext({ viewport: WIDE, ...options });
  const page = await context.newPage();
  faults.watch(page);
  // From disk, and from nowhere else.
  page.on("request", (request) => {
    if (!/^(file|data):/.test(request.url())) throw new Error(`the page asked for ${request.url()}`);
  });
  await page.goto(url);
  return page;
}

async function picture({ pictures }: Place, page: Page, name: string): Promise<void> {
  if (pictures !== null)
    await page.screenshot({ path: join(pictures, `${name.replaceAll(" ", "-").toLowerCase()}.png`) });
}

/** A frame was painted after what came before. */
async function settle(page: Page): Promise<void> {
  await page.evaluate(
    () => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))),
  );
}

async function walkViews(
  desk: Desk,
  file: string,
  name: string,
  options: BrowserContextOptions,
): Promise<void> {
  const { checks, faults } = desk;
  const page = await open(desk, file, options);
  for (const view of VIEWS) {
    await page.getByRole("tab", { name: view }).click();
    await settle(page);
    await picture(desk, page, `${view} ${name}`);
    await checks.check(`${view}, ${name}: axe finds nothing`, () => barriers(page), []);
    await checks.check(
      `${view}, ${name}: nothing is wider than the page`,
      () => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
      true,
    );
    if (view === "Summary") continue;
    await page.getByRole("grid").locator("tbody tr").nth(1).click();
    await settle(page);
    await picture(desk, page, `${view} detail ${name}`);
    await checks.check(`${view} with a detail, ${name}: axe finds nothing`, () => barriers(page), []);
    await checks.check(
      `${view} with a detail, ${name}: nothing is wider than the panel`,
      () =>
        page.evaluate(
          () =>
            document.querySelector(".panel .content")?.scrollWidth ===
            document.querySelector(".panel .content")?.clientWidth,
        ),
      true,
    );
    await page.keyboard.press("Escape");
  }
  await checks.check(`${name}: nothing in the console`, () => faults.take(), []);
  await page.context().close();
}

/** Number of the row that has the focus, as assistive technology hears it. */
function focused(page: Page): Promise<string | null> {
  return page.evaluate(
    () => document.activeElement?.getAttribute("aria-rowindex") ?? document.activeElement?.tagName ?? null,
  );
}

async function walkWithKeys(desk: Desk, file: string): Promise<void> {
  const { checks, faults } = desk;
  const page = await open(desk, file);
  const grid = page.getByRole("grid", { name: "Messages" });
  await checks.check(
    "the table says how many rows it has, with its head",
    () => grid.getAttribute("aria-rowcount"),
    "29",
  );
  await grid.locator('tr[tabindex="0"]').focus();
  await checks.check("the first row can be reached", () => focused(page), "2");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await checks.check("arrow keys go from row to row", () => focused(page), "4");
  await page.keyboard.press("End");
  await checks.check("End goes to the last row", () => focused(page), "29");
  await page.keyboard.press("Home");
  await checks.check("Home goes to the first row", () => focused(page), "2");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await checks.check(
    "Enter opens the detail and goes there",
    () => page.evaluate(() => document.activeElement?.textContent),
    "POST https://shop.example/login",
  );
  await page.keyboard.press("Escape");
  await checks.check(
    "Escape closes it and goes back to the row",
    async () => [await page.locator("aside").isVisible(), await focused(page)],
    [false, "3"],
  );
  await page.keyboard.press("/");
  await checks.check(
    "/ goes to the search",
    () => page.evaluate(() => document.activeElement?.getAttribute("type")),
    "search",
  );
  await page.getByRole("tab", { name: "Waterfall" }).focus();
  await page.keyboard.press("ArrowRight");
  await checks.check(
    "arrow keys go from tab to tab",
    () => page.locator('[role="tab"][aria-selected="true"]').textContent(),
    "Connections",
  );
  await checks.check("a keyboard alone: nothing in the console", () => faults.take(), []);
  await page.context().close();
}

async function filterAndSearch(desk: Desk, file: string): Promise<void> {
  const { checks, faults } = desk;
  const page = await open(desk, file);
  const count = (): Promise<string | null> => page.locator(".result").textContent();
  await checks.check("without a filter all are shown", count, "28 messages");
  await page.getByRole("searchbox").fill("ORDERS/10 get");
  await settle(page);
  await checks.check("search finds all words, whatever their case", count, "12 messages of 28");
  await page.getByRole("button", { name: "Show all" }).click();
  await page.getByRole("combobox", { name: "Outcome" }).selectOption("failed");
  await settle(page);
  await checks.check("a filter by outcome", count, "2 messages of 28");
  await picture(desk, page, "filtered");
  await page.getByRole("combobox", { name: "Method" }).selectOption("PUT");
  await settle(page);
  await checks.check(
    "nothing fits two filters",
    () => page.locator(".view:not([hidden]) .empty").textContent(),
    "No message fits the filter.",
  );
  await page.getByRole("button", { name: "Show all" }).click();
  await page.getByRole("columnheader", { name: "Time" }).getByRole("button").click();
  await settle(page);
  await checks.check(
    "a click on a column sorts",
    () => page.locator('.view:not([hidden]) tr[aria-rowindex="2"] .cell-url').textContent(),
    "img.shop.example/a/very/large.jpg",
  );
  await checks.check(
    "the column says so",
    () => page.getByRole("columnheader", { name: "Time" }).getAttribute("aria-sort"),
    "descending",
  );
  await checks.check("filters: nothing in the console", () => faults.take(), []);
  await page.context().close();
}

async function lookAtDetails(desk: Desk, file: string): Promise<void> {
  const { checks, faults } = desk;
  for (const colorScheme of ["light", "dark"] as const) {
    const page = await open(desk, file, { colorScheme });
    const panel = page.locator("aside");
    const row = (index: number): Promise<void> =>
      page.locator(`.view:not([hidden]) tr[aria-rowindex="${index}"] .cell-url`).click();
    await row(6);
    await panel.getByRole("heading", { name: "Response body" }).scrollIntoViewIfNeeded();
    await settle(page);
    await picture(desk, page, `detail json ${colorScheme}`);
    await checks.check(
      `${colorScheme}: JSON is indented, its numbers as they came`,
      async () => (await panel.locator("pre").textContent())?.includes('\n      "id": 90071992547409940,'),
      true,
    );
    await panel.getByRole("button", { name: "As it came" }).click();
    await checks.check(
      `${colorScheme}: JSON as it came`,
      async () => (await panel.locator("pre").textContent())?.startsWith('{"page":1,'),
      true,
    );
    await row(4);
    await checks.check(
      `${colorScheme}: the detail goes along, with the call's other messages`,
      () => panel.locator(".chain li").count(),
      2,
    );
    await panel.locator(".chain button").click();
    await checks.check(
      `${colorScheme}: from one message of a call to another`,
      () => panel.locator("h2").textContent(),
      "POST https://shop.example/login",
    );
    await checks.check(
      `${colorScheme}: cookies that were set and deleted`,
      () => panel.locator("details", { hasText: "Cookies received" }).locator("tbody tr").allTextContents(),
      ["sidstoredfor shop.example, below /, until 2026-12-01T12:00:00.000Z", "csrfdeleted"],
    );
    await row(2);
    await checks.check(
      `${colorScheme}: why a cookie was refused`,
      () => panel.getByText("refused: its domain is not one of this host").isVisible(),
      true,
    );
    await row(23);
    await settle(page);
    await picture(desk, page, `detail failed ${colorScheme}`);
    await checks.check(
      `${colorScheme}: details with bodies and failures: axe finds nothing`,
      () => barriers(page),
      [],
    );
    await page.context().close();
  }
  await checks.check("details: nothing in the console", () => faults.take(), []);
}

async function printOut(desk: Desk, file: string): Promise<void> {
  const { checks, faults } = desk;
  const page = await open(desk, file, { colorScheme: "dark" });
  await page.emulateMedia({ media: "print" });
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  await checks.check(
    "on paper there is each message",
    () => page.locator(".paper > .wide tbody tr").count(),
    28,
  );
  await picture(desk, page, "paper");
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  await page.emulateMedia({ media: null });
  const pdf = await page.pdf({
    format: "A4",
    ...(desk.pictures === null ? {} : { path: join(desk.pictures, "paper.pdf") }),
  });
  // Its pages are counted: rows that are out of sight are printed, too.
  const pages = pdf.toString("latin1").match(/\/Type \/Page\b/g)?.length ?? 0;
  await checks.check("the printed file has more than one page", () => pages > 1, true);
  await checks.check("printing: nothing in the console", () => faults.take(), []);
  await page.context().close();
}

async function showMarkup(desk: Desk): Promise<void> {
  const { checks, faults } = desk;
  const page = await open(desk, await fileOf(desk, "hostile", hostileLog()));
  for (const view of VIEWS) {
    await page.getByRole("tab", { name: view }).click();
    await settle(page);
    const rows = page.locator(".view:not([hidden]) tbody tr");
    for (let at = 0; at < (view === "Summary" ? 0 : await rows.count()); at++) {
      await rows.nth(at).click();
      await settle(page);
      if (at === 0) await picture(desk, page, `hostile ${view}`);
    }
  }
  await checks.check(
    "characters that turn the order of others around are written out, and none stands in what is shown",
    async () => {
      const text = await textShown(page);
      return [text.includes("\\u202e"), /[\u202a-\u202e\u2066-\u2069]/.test(text)];
    },
    [true, false],
  );
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  await checks.check(
    "markup of servers stays text: no script ran, no element was made of it",
    () =>
      page.evaluate(() => [
        "pwned" in window,
        document.querySelectorAll("img, script:not(head script)").length,
      ]),
    [false, 2],
  );
  await checks.check("markup of servers: nothing in the console", () => faults.take(), []);
  await page.context().close();
}

async function showLittle(desk: Desk): Promise<void> {
  const { checks, faults } = desk;
  const empty = await open(desk, await fileOf(desk, "empty", logOf([])));
  await checks.check(
    "a log without messages says so",
    () => empty.locator(".view:not([hidden]) .empty").textContent(),
    "There are no messages.",
  );
  for (const view of VIEWS) {
    await empty.getByRole("tab", { name: view }).click();
    await settle(empty);
    await checks.check(`${view} of nothing: axe finds nothing`, () => barriers(empty), []);
  }
  await picture(desk, empty, "empty");
  await empty.context().close();
  const one = await open(desk, await fileOf(desk, "one", logOf([entryOf({ id: 1, timings: {} })])));
  await settle(one);
  await picture(desk, one, "one");
  await checks.check(
    "a message without any timing has its row",
    () => one.locator(".cell-time").allTextContents(),
    ["Time", "0 ms"],
  );
  await one.context().close();
  await checks.check("little: nothing in the console", () => faults.take(), []);
}

/** Figures, printed and never judged: machines differ. */
async function measure(desk: Desk): Promise<void> {
  const { checks, faults } = desk;
  const url = await fileOf(desk, "long", longLog(LONG));
  const size = (await readFile(new URL(url))).length;
  const page = await open(desk, url);
  await settle(page);
  const paint = await page.evaluate(() =>
    Math.round(performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN),
  );
  await picture(desk, page, "long");
  const rows = await page.locator(".view:not([hidden]) tbody tr").count();
  const frames = await page.evaluate(async () => {
    const scroller = document.querySelector(".view:not([hidden]) .scroller");
    if (scroller === null) throw new Error("nothing to scroll");
    const times: number[] = [];
    let before = performance.now();
    const { scrollHeight } = scroller;
    for (let n = 1; n <= 240; n++) {
      scroller.scrollTop = (scrollHeight * n) / 240;
      await new Promise(requestAnimationFrame);
      const now = performance.now();
      times.push(now - before);
      before = now;
    }
    return times.sort((one, other) => one - other);
  });
  await settle(page);
  const at = (share: number): string => (frames[Math.floor((frames.length - 1) * share)] ?? 0).toFixed(1);
  console.log(
    `       ${LONG} messages: ${(size / 1e6).toFixed(1)} MB, first paint after ${paint} ms, ${rows} rows in the page;`,
  );
  console.log(
    `       scrolled from end to end in 240 frames: half of them within ${at(0.5)} ms, 95 of 100 within ${at(0.95)} ms, the longest ${at(1)} ms`,
  );
  await checks.check("of thousands of rows only those in sight are in the page", () => rows < 60, true);
  await checks.check(
    "thousands of rows: the last one can be reached",
    async () => {
      await page.locator('.view:not([hidden]) tr[tabindex="0"]').focus();
      await page.keyboard.press("End");
      return focused(page);
    },
    String(LONG + 1),
  );
  for (const view of ["Connections", "Summary"] as const) {
    await page.getByRole("tab", { name: view }).click();
    await settle(page);
    await picture(desk, page, `long ${view}`);
  }
  await checks.check("thousands of rows: axe finds nothing", () => barriers(page), []);
  await checks.check("thousands of rows: nothing in the console", () => faults.take(), []);
  await page.context().close();
}
