import { writeFile } from "node:fs/promises";
import { chromium } from "playwright-core";
import { Session } from "sojourn";

const session = new Session({ baseUrl: "https://example.com" });
const recorder = session.record({ bodies: "all" });
await session.get("/html");
await session.get("/json");
recorder.close();
await session.close();
await writeFile("recorded.har", JSON.stringify(recorder.har()));

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium" });
try {
  const context = await browser.newContext();
  await context.routeFromHAR("recorded.har", { notFound: "abort" }); // nothing goes to the network
  const page = await context.newPage();
  await page.goto("https://example.com/html");
  console.log(await page.evaluate(async () => (await fetch("/json")).status)); // 200
} finally {
  await browser.close();
}
