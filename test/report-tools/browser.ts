/** Chromium, and what all checks in it need: pages that note what goes wrong, axe-core, and a count of checks. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { isDeepStrictEqual } from "node:util";
import { chromium, type Browser, type Page } from "playwright-core";

/** Debian's. */
const CHROMIUM = "/usr/bin/chromium";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Starts it. As root there is no sandbox; what it opens is our own. */
export function startBrowser(args: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", ...args] });
}

/** Errors of pages: exceptions, and what stands in their consoles. */
export class Faults {
  readonly #lines: string[] = [];

  /** Notes what goes wrong on a page from now on. */
  watch(page: Page): void {
    page.on("pageerror", (error) => this.#lines.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") this.#lines.push(message.text());
    });
  }

  /** What was noted, which is forgotten with that. */
  take(): readonly string[] {
    return this.#lines.splice(0);
  }
}

/** What axe-core says of a page as it stands: a line for each element that somebody cannot use. */
export async function barriers(page: Page): Promise<readonly string[]> {
  // A page with a policy runs no scripts of others: it is handed to the driver's own world.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe: checker } = window as unknown as { readonly axe: { run(): Promise<AxeResults> } }; // just put there
    const { violations } = await checker.run();
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${help}: ${target.join(" ")}: ${failureSummary}`),
    );
  });
}

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly help: string;
    readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary: string }[];
  }[];
}

/** All texts of a page but bodies: those stay as they came, each in a box of its own. */
export function textShown(page: Page): Promise<string> {
  return page.evaluate(() =>
    Array.from(document.querySelectorAll(".page :not(pre, style, script)"))
      .flatMap(({ childNodes }) => [...childNodes])
      .map((node) => (node instanceof Text ? node.data : ""))
      .join("\n"),
  );
}

/** Counts checks, and prints a line for each. */
export class Checks {
  passed = 0;
  failed = 0;
  readonly #only: RegExp;

  constructor(only: RegExp) {
    this.#only = only;
  }

  /** Is what came what was expected? */
  async check(sentence: string, actual: () => unknown, expected: unknown): Promise<void> {
    if (!this.#only.test(sentence)) return;
    let got: unknown;
    try {
      got = await actual();
    } catch (error) {
      got = String(error);
    }
    const isRight = isDeepStrictEqual(got, expected);
    if (isRight) this.passed++;
    else this.failed++;
    console.log(`${isRight ? "right" : "WRONG"}  ${sentence}`);
    if (!isRight)
      console.log(`    expected ${JSON.stringify(expected)}\n    got      ${JSON.stringify(got, null, 1)}`);
  }
}
