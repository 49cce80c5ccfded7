import { chromium, type BrowserContext } from "playwright-core";
import { type CookieJar, Session } from "sojourn";

type BrowserCookie = Parameters<BrowserContext["addCookies"]>[0][number];
const SAME_SITE = { strict: "Strict", lax: "Lax", none: "None" } as const;

/** The cookies of a jar, as a browser takes them: in seconds, and with a dot before the domain of those that go to hosts below it. */
function cookiesOf(jar: CookieJar): BrowserCookie[] {
  const bound = [...jar].filter(({ domain }) => domain !== ""); // others were sent nowhere yet
  return bound.map(({ name, value, domain, hostOnly, path, expires, secure, httpOnly, sameSite }) => ({
    name,
    value,
    domain: hostOnly ? domain : `.${domain}`,
    path,
    expires: expires === null ? -1 : expires / 1000,
    secure,
    httpOnly,
    ...(sameSite === null ? {} : { sameSite: SAME_SITE[sameSite] }),
  }));
}

const session = new Session({ baseUrl: "https://example.com" });
const form = await session.get("/login").text();
const token = /name="csrf_token" value="([^"]+)"/.exec(form)?.[1] ?? "";
await session.post("/login", { data: { username: "user", password: "pass", csrf_token: token } });

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium" });
try {
  const context = await browser.newContext();
  await context.addCookies(cookiesOf(session.cookies));
  const page = await context.newPage();
  await page.goto("https://example.com/protected");
  console.log(JSON.parse(await page.innerText("body"))); // { authenticated: true, user: "user" }
} finally {
  await browser.close();
  await session.close();
}
