/** The page as it is fed live: by a server of its own, which says exactly what the check wants. The inspector has its checks beside. */
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";

import { LIVE_POLICY, liveHtml } from "../../src/report/report.ts";
import { entryOf, logOf } from "../report/entries.ts";
import { barriers, type Checks, Faults } from "./browser.ts";

const TOKEN = "0123456789abcdef";

/** A server that feeds pages. */
class Feeder implements AsyncDisposable {
  readonly #server = createServer((request, response) => {
    if (request.url === "/") {
      response
        .writeHead(200, { "content-type": "text/html", "content-security-policy": LIVE_POLICY })
        .end(liveHtml());
    } else if (request.headers["x-sojourn-token"] !== TOKEN) response.writeHead(401).end();
    else {
      response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
      this.asked++;
      this.#open = response;
      this.say("log", this.first);
    }
  });
  #open: ServerResponse | null = null;
  #id = 0;
  /** How often events were asked for. */
  asked = 0;
  /** What is said first. */
  first = logOf([]);

  /** @returns where it listens. */
  async start(): Promise<string> {
    await once(this.#server.listen(0, "127.0.0.1"), "listening");
    const { port } = this.#server.address() as AddressInfo; // it listens on a port
    return `http://127.0.0.1:${port}/`;
  }

  /** Says something. */
  say(event: string, data: unknown): void {
    this.#open?.write(`: beat\n\nid: ${++this.#id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** Ends what is open, as a network may. */
  breakOff(): void {
    this.#open?.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}

/** Waits until a text stands somewhere. */
async function says(page: Page, selector: string, text: string): Promise<string> {
  await page.locator(selector, { hasText: text }).first().waitFor();
  return text;
}

/** What has the focus: its row and its URL. */
function focused(page: Page): Promise<readonly (string | null | undefined)[]> {
  return page.evaluate(() => {
    const { activeElement } = document;
    return [activeElement?.getAttribute("aria-rowindex"), activeElement?.querySelector(".path")?.textContent];
  });
}

const entry = (id: number): ReturnType<typeof entryOf> =>
  entryOf({
    id,
    at: id * 20,
    url: `https://shop.example/${id}`,
    timings: { send: 1, wait: 15 },
    connection: 1,
  });

/** Runs all checks. */
export async function lookAtLivePage(
  browser: Browser,
  checks: Checks,
  pictures: string | null,
): Promise<void> {
  await using feeder = new Feeder();
  const url = await feeder.start();
  const faults = new Faults();
  const context = await browser.newContext({ viewport: { width: 1200, height: 700 } });
  const page = await context.newPage();
  faults.watch(page);
  await page.goto(`${url}#${TOKEN}`);
  await checks.check("live: it says so", () => says(page, ".live", "Live"), "Live");
  for (let id = 1; id <= 12; id++) feeder.say("entry", entry(id));
  await checks.check(
    "live: messages come by themselves",
    () => says(page, ".result", "12 messages"),
    "12 messages",
  );
  feeder.say("entry", entryOf({ id: 12, at: 240, url: "https://shop.example/12", status: 503 }));
  await checks.check(
    "live: a message takes the place of the one with its number",
    () => says(page, '[aria-rowindex="13"] .cell-status', "503"),
    "503",
  );
  await page.locator('tr[aria-rowindex="6"] .cell-url').click();
  feeder.say("dropped", { total: 3, messages: [1, 2, 3] });
  await says(page, ".result", "9 messages");
  await checks.check("live: the focus stays on its message when older ones go", () => focused(page), [
    "3",
    "/5",
  ]);
  await page.keyboard.press("ArrowDown");
  await checks.check("live: and goes on from there", () => focused(page), ["4", "/6"]);
  if (pictures !== null) await page.screenshot({ path: `${pictures}/live.png` });
  await checks.check("live: axe finds nothing", () => barriers(page), []);
  await checks.check("live: nothing in the console", () => faults.take(), []);
  feeder.first = logOf([entry(30), entry(31)]);
  feeder.breakOff();
  await checks.check(
    "live: it comes back when the connection broke, and shows what there is then",
    () => says(page, ".result", "2 messages"),
    "2 messages",
  );
  feeder.say("closed", {});
  await checks.check(
    "live: it says that the inspector is closed",
    () => says(page, ".live", "The inspector is closed"),
    "The inspector is closed",
  );
  await checks.check(
    "live: and asks no more",
    async () => {
      await page.waitForTimeout(1200);
      return feeder.asked;
    },
    2,
  );
  await page.goto("about:blank");
  await page.goto(`${url}#wrong`);
  await checks.check("live: it says that a token is wrong", () => says(page, ".live", "Refused"), "Refused");
  await context.close();
}
