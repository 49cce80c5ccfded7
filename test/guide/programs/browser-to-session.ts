import { chromium } from "playwright-core";
import { CookieJar, Session } from "sojourn";
import { parseBrowserCookies } from "sojourn/formats";

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium" });
try {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto("https://example.com/login");
  await page.fill("[name=username]", "user");
  await page.fill("[name=password]", "pass");
  await page.click("button");
  await page.waitForURL("**/protected");

  const userAgent = await page.evaluate(() => navigator.userAgent);
  const session = new Session({
    baseUrl: "https://example.com",
    cookies: new CookieJar(parseBrowserCookies(await context.cookies()).cookies),
    headers: { "User-Agent": userAgent }, // some servers tie a login to it
  });
  console.log(await session.get("/protected").json()); // { authenticated: true, user: "user" }
  await session.close();
} finally {
  await browser.close();
}
