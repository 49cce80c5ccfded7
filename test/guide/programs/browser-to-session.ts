import { chromium, type Cookie } from "playwright-core";
import { CookieJar, Session } from "sojourn";

/** The cookies of a browser. It counts in seconds, -1 is the end of the session, and a host without a dot is that host only. */
function jarOf(cookies: readonly Cookie[]): CookieJar {
  return new CookieJar(
    cookies.map(({ expires, ...cookie }) => ({
      ...cookie,
      expires: expires === -1 ? null : expires * 1000,
      hostOnly: !cookie.domain.startsWith("."),
    })),
  );
}

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
    cookies: jarOf(await context.cookies()),
    headers: { "User-Agent": userAgent }, // some servers tie a login to it
  });
  console.log(await session.get("/protected").json()); // { authenticated: true, user: "user" }
  await session.close();
} finally {
  await browser.close();
}
