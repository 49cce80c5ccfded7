/**
 * The inspector in Chromium: its page is open while a program runs, and shows what happens as it happens; and pages of others, open in the
 * same browser, try to read it.
 */
import { channel } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";

import { Retry, Session, type Inspector } from "../../src/index.ts";
import { startTestServer } from "../../testing/index.ts";
import { ok, startH2 } from "../support/h2-server.ts";
import { startOrigin } from "../support/origins.ts";
import { entryOf, running, TOKEN } from "../support/watched.ts";
import { learnedBy, startStranger } from "./attacks.ts";
import { barriers, Checks, Faults, startBrowser } from "./browser.ts";
import type { Place } from "./reports.ts";

/** What is open. */
interface Desk extends Place {
  readonly browser: Browser;
  readonly faults: Faults;
  readonly checks: Checks;
}

const WIDE = { width: 1440, height: 860 };
const NARROW = { width: 390, height: 780 };
const VIEWS = ["Waterfall", "Connections", "Cookies", "Summary"] as const;

/** In this browser these names lead here, as those of somebody may who changes what a name leads to. */
const REBOUND = ["rebind.example", "evil.example"];

/** Runs all checks. */
export async function lookAtInspector(
  place: Place,
): Promise<{ readonly passed: number; readonly failed: number }> {
  const rules = REBOUND.map((name) => `MAP ${name} 127.0.0.1`).join(",");
  const browser = await startBrowser([
    `--host-resolver-rules=${rules}`,
    // Newer browsers ask before a page reaches this machine. Others do not.
    "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests",
  ]);
  const desk = { ...place, browser, faults: new Faults(), checks: new Checks(place.only) };
  try {
    await lookOn(desk);
    await comeBack(desk);
    await showMarkup(desk);
    await lookOnForLong(desk);
    await refuse(desk);
    await letOthersTry(desk);
  } finally {
    await browser.close();
  }
  return desk.checks;
}

async function open(
  { browser, faults }: Desk,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const context = await browser.newContext({ viewport: WIDE, ...options });
  const page = await context.newPage();
  faults.watch(page);
  await page.goto(url);
  return page;
}

async function picture({ pictures }: Place, page: Page, name: string): Promise<void> {
  // A frame was painted after what came before.
  await page.evaluate(
    () => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))),
  );
  if (pictures !== null) await page.screenshot({ path: join(pictures, `${name.replaceAll(" ", "-")}.png`) });
}

/** How many messages the table has, without its head, once it has so many; else what it had in the end. */
async function rowsOf(page: Page, expected: number): Promise<number> {
  const grid = page.getByRole("grid", { name: "Messages" });
  for (let tries = 0; ; tries++) {
    const count = Number(await grid.getAttribute("aria-rowcount")) - 1;
    if (count === expected || tries > 100) return count;
    await sleep(50);
  }
}

/** How the page says that it stands, once it says so; else what it said in the end. */
async function stateOf(page: Page, expected: string): Promise<string> {
  for (let tries = 0; ; tries++) {
    const text = (await page.locator(".live").textContent()) ?? "";
    if (text.startsWith(expected) || tries > 100) return text;
    await sleep(50);
  }
}

/** A program with redirects, retries and failures, over HTTP/1.1 and HTTP/2: what each step does, and how many messages that takes. */
async function program(
  session: Session,
): Promise<
  AsyncDisposable & { readonly steps: readonly (readonly [string, number, () => Promise<unknown>])[] }
> {
  const server = await startTestServer();
  let refusals = 0;
  const h2 = await startH2((stream, { ":path": path }) => {
    if (path === "/reset") stream.close(2);
    else if (path === "/busy" && refusals++ < 2) stream.respond({ ":status": 503 }, { endStream: true });
    else if (path === "/slow") setTimeout(() => ok(stream, "slow"), 60);
    else ok(stream, JSON.stringify({ path }), { "content-type": "application/json", "set-cookie": "two=2" });
  });
  session.verify = h2.ca;
  const retry = new Retry({ total: 3, statusForcelist: [503], backoffFactor: 20 });
  const ignore = (): void => undefined;
  return {
    steps: [
      ["a plain one", 1, () => session.get(`${server.url}/get`)],
      ["redirects", 4, () => session.get(`${server.url}/redirect/3`)],
      ["cookies", 2, () => session.get(`${server.url}/cookies/set?theme=dark`)],
      ["a status", 1, () => session.get(`${server.url}/status/404`)],
      ["a login", 1, () => session.get(`${server.url}/basic-auth/u/p`, { auth: ["u", "p"] })],
      ["one over HTTP/2", 1, () => session.get(`${h2.url}/json`)],
      [
        "some at once over HTTP/2",
        6,
        () =>
          Promise.all(
            Array.from({ length: 6 }, (_, at) => session.get(`${h2.url}/slow?${at}`).catch(ignore)),
          ),
      ],
      ["retries over HTTP/2", 3, () => session.get(`${h2.url}/busy`, { retry })],
      ["a stream that is reset, twice", 2, () => session.get(`${h2.url}/reset`).catch(ignore)],
      ["nobody there", 1, () => session.get("http://127.0.0.1:1/nobody").catch(ignore)],
      ["a timeout", 1, () => session.get(`${server.url}/delay/5`, { timeout: { total: 80 } }).catch(ignore)],
      [
        "an upload",
        1,
        () => session.post(`${server.url}/post`, { json: { title: "a", password: "hidden" } }),
      ],
    ],
    [Symbol.asyncDispose]: async () => {
      await server.close();
      await h2[Symbol.asyncDispose]();
    },
  };
}

async function lookOn(desk: Desk): Promise<void> {
  const { checks, faults } = desk;
  const session = new Session({ trustEnv: false, retry: 0, http2: true });
  await using running = await program(session);
  const inspector = await session.inspect({ bodies: "text" });
  const asked: string[] = [];
  const pages: [string, Page][] = [];
  for (const [size, viewport] of [["wide", WIDE] as const, ["narrow", NARROW] as const])
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await open(desk, inspector.url, { viewport, colorScheme });
      pages.push([`${size} ${colorScheme}`, page]);
    }
  const [, page] = pages[0] ?? [];
  if (page === undefined) throw new Error("there is no page");
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await checks.check("the page says that it is live", () => stateOf(page, "Live"), "Live");
  await checks.check("there is nothing yet: axe finds nothing", () => barriers(page), []);
  await picture(desk, page, "inspector empty");
  let total = 0;
  for (const [name, count, step] of running.steps) {
    total += count;
    await step();
    await checks.check(`rows appear while the program runs: ${name}`, () => rowsOf(page, total), total);
  }
  // The one of docs/inspector.md.
  await page.getByRole("grid").locator("tbody tr").nth(9).click();
  await picture(desk, page, "inspector");
  await page.keyboard.press("Escape");
  for (const [name, each] of pages) {
    await checks.check(`${name}: shows all of them`, () => rowsOf(each, total), total);
    for (const view of VIEWS) {
      await each.getByRole("tab", { name: view }).click();
      await picture(desk, each, `inspector ${view.toLowerCase()} ${name}`);
      await checks.check(`live ${view}, ${name}: axe finds nothing`, () => barriers(each), []);
    }
    await each.getByRole("tab", { name: "Waterfall" }).click();
  }
  await page.getByRole("grid").locator("tbody tr").nth(1).click();
  await session.get("http://127.0.0.1:1/while-a-detail-is-open").catch(() => undefined);
  await checks.check("a detail stays while more comes", () => page.locator(".panel h2").isVisible(), true);
  await picture(desk, page, "inspector detail");
  await checks.check("with a detail: axe finds nothing", () => barriers(page), []);
  total += 1;
  await page.reload();
  await checks.check("after a reload all of it is there", () => rowsOf(page, total), total);
  await checks.check(
    "the page keeps nothing in the browser",
    async () => [
      await page.context().cookies(),
      await page.evaluate(() => [localStorage.length, sessionStorage.length]),
    ],
    [[], [0, 0]],
  );
  await checks.check("the page asks for itself and its events, and nothing else", () => [...new Set(asked)], [
    "/",
    "/events",
  ]);
  await checks.check("nothing in the console", () => faults.take(), []);
  await session.close();
  for (const [name, each] of pages)
    await checks.check(
      `${name}: the end is told`,
      () => stateOf(each, "The inspector is closed"),
      "The inspector is closed",
    );
  await checks.check("what was there stays", () => rowsOf(page, total), total);
  await picture(desk, page, "inspector closed");
  await checks.check("at the end: nothing in the console", () => faults.take(), []);
  for (const [, each] of pages) await each.context().close();
}

/** Connections of the page are broken while messages come: it comes back, and has all of them. */
async function comeBack(desk: Desk): Promise<void> {
  const { checks, faults } = desk;
  await using session = new Session({ trustEnv: false, retry: 0 });
  const sockets = new Set<IncomingMessage["socket"]>();
  const note = (message: unknown): void => {
    const { request } = message as { readonly request: IncomingMessage }; // so Node publishes it
    if (request.url === "/events") sockets.add(request.socket);
  };
  const started = channel("http.server.request.start");
  started.subscribe(note);
  try {
    const inspector = await session.inspect();
    const page = await open(desk, inspector.url);
    await stateOf(page, "Live");
    for (let count = 1; count <= 3; count++) {
      for (const socket of sockets) socket.destroy();
      await session.get("http://127.0.0.1:1/meanwhile").catch(() => undefined);
      await checks.check(`after break ${count} the page has all that came`, () => rowsOf(page, count), count);
    }
    await page.context().close();
    // The browser itself writes that a connection broke.
    faults.take();
  } finally {
    started.unsubscribe(note);
  }
}

/** What a server writes, wherever it writes it, stays text. */
async function showMarkup(desk: Desk): Promise<void> {
  const { checks, faults } = desk;
  const markup = `<img src=x onerror="document.title='taken'"><script>document.title='taken'</script>`;
  await using origin = await startOrigin((_request, response) => {
    response
      .writeHead(200, markup.replaceAll(/[^ -~]/g, ""), {
        "Content-Type": "text/html",
        "X-Markup": markup,
        "Set-Cookie": [
          `a${encodeURIComponent("<b>")}=1; Path=/${markup.replaceAll(";", "")}`,
          `x=1; Domain=${markup}`,
        ],
      })
      .end(markup);
  });
  await using session = new Session({ trustEnv: false, retry: 0 });
  const inspector = await session.inspect({ bodies: "all" });
  const page = await open(desk, inspector.url);
  await session.get(`${origin.url}/${markup}?q=${encodeURIComponent(markup)}`, {
    headers: { "X-Sent": markup },
  });
  await session.get(`http://127.0.0.1:1/${markup}`).catch(() => undefined);
  await rowsOf(page, 2);
  for (const view of VIEWS) {
    await page.getByRole("tab", { name: view }).click();
    if (view !== "Summary") await page.getByRole("grid").locator("tbody tr").first().click();
    await picture(desk, page, `inspector hostile ${view.toLowerCase()}`);
  }
  await checks.check(
    "what a server writes stays text",
    () =>
      page.evaluate(() => [
        document.title.includes("taken"),
        document.querySelectorAll("img, script").length,
      ]),
    [false, 1],
  );
  await checks.check("hostile server: nothing in the console", () => faults.take(), []);
  await page.context().close();
}

/** Thousands of messages: the page has the last of them. */
async function lookOnForLong(desk: Desk): Promise<void> {
  const { checks, faults } = desk;
  await using origin = await startOrigin((_request, response) => void response.end("body"));
  await using session = new Session({ trustEnv: false, retry: 0 });
  const inspector = await session.inspect({ maxEntries: 1000 });
  const page = await open(desk, inspector.url);
  await stateOf(page, "Live");
  const began = performance.now();
  for (let round = 0; round < 150; round++)
    await Promise.all(Array.from({ length: 20 }, (_, at) => session.get(`${origin.url}/${round * 20 + at}`)));
  const sent = performance.now();
  await checks.check("of 3,000 messages the page has the last 1,000", () => rowsOf(page, 1000), 1000);
  await checks.check(
    "and says how many are gone",
    async () => {
      // What comes is shown together, a few times a second.
      await page.locator(".about", { hasText: /2,?000/ }).waitFor();
      return page.locator(".about").isVisible();
    },
    true,
  );
  console.log(
    `       3,000 messages were sent in ${Math.round(sent - began)} ms, and shown ${Math.round(performance.now() - sent)} ms later`,
  );
  await picture(desk, page, "inspector long");
  await checks.check("thousands of messages: nothing in the console", () => faults.take(), []);
  await page.context().close();
}

/** Who has no token, or another one, is told so. */
async function refuse(desk: Desk): Promise<void> {
  const { checks, faults } = desk;
  await using session = new Session({ trustEnv: false, retry: 0 });
  const inspector = await session.inspect();
  await session.get("http://127.0.0.1:1/planted").catch(() => undefined);
  for (const [name, url] of [
    ["no token", inspector.url.replace(/#.*/, "")],
    ["another token", `${inspector.url}x`],
  ] as const) {
    const page = await open(desk, url);
    await checks.check(
      `${name}: the page says so`,
      async () => (await stateOf(page, "Refused")).slice(0, 7),
      "Refused",
    );
    await checks.check(`${name}: it shows nothing`, () => rowsOf(page, 0), 0);
    await checks.check(`${name}: axe finds nothing`, () => barriers(page), []);
    await picture(desk, page, `inspector ${name}`);
    await page.context().close();
  }
  // The browser itself writes that a request was answered 403.
  faults.take();
}

/** Pages of others, in the same browser. */
async function letOthersTry(desk: Desk): Promise<void> {
  const { checks, browser, faults } = desk;
  await using stranger = await startStranger();
  await using stage = await running();
  stage.recorder.record(entryOf(1, "http://shop.example/planted"));
  const { port } = stage.server;
  for (const host of ["evil.example", "127.0.0.1", "localhost"]) {
    const learned = await learnedBy(browser, `http://${host}:${stranger.port}`, { port, token: TOKEN });
    await checks.check(
      `a page of ${host}, at another port, learns nothing in ${learned.length} ways`,
      () => learned.filter(([, what]) => what !== "nothing"),
      [],
    );
  }
  await checks.check("nobody was told anything", () => [stage.recorder.asked, stage.server.readers], [0, 0]);
  await lookUnderAnotherName(desk, port);
  await checks.check("still nobody was", () => [stage.recorder.asked, stage.server.readers], [0, 0]);
  await using session = new Session({ trustEnv: false, retry: 0 });
  const inspector: Inspector = await session.inspect();
  const page = await open(desk, inspector.url);
  faults.take();
  await session.get("http://127.0.0.1:1/planted").catch(() => undefined);
  await rowsOf(page, 1);
  const { port: livePort, hash } = new URL(inspector.url);
  const learned = await learnedBy(browser, `http://evil.example:${stranger.port}`, {
    port: Number(livePort),
    token: hash.slice(1),
  });
  await checks.check(
    "nor while the inspector's own page is open, with its token",
    () => learned.filter(([, what]) => what !== "nothing"),
    [],
  );
  await session.get("http://127.0.0.1:1/afterwards").catch(() => undefined);
  await checks.check("which goes on", () => rowsOf(page, 2), 2);
  await checks.check("with nothing in its console", () => faults.take(), []);
  await page.context().close();
}

/** The name of somebody's page leads here by now: what it asks is of its own origin, so that no browser forbids it. */
async function lookUnderAnotherName(desk: Desk, port: number): Promise<void> {
  const { checks, faults } = desk;
  const refusal = "this is for 127.0.0.1 and its own port alone";
  const page = await open(desk, `http://rebind.example:${port}/#${TOKEN}`);
  await checks.check(
    "a name that leads here sees no page",
    async () => ((await page.textContent("body")) ?? "").trim(),
    refusal,
  );
  // Its page came from elsewhere, before the name led here.
  await page.route("**/theirs", (route) =>
    route.fulfill({ contentType: "text/html", body: "<!doctype html>" }),
  );
  await page.goto(`http://rebind.example:${port}/theirs`);
  await checks.check(
    "and may ask, but is told nothing",
    () =>
      page.evaluate(async (token) => {
        const response = await fetch("/events", { headers: { "X-Sojourn-Token": token } });
        return [response.status, (await response.text()).trim()];
      }, TOKEN),
    [403, refusal],
  );
  faults.take();
  await page.context().close();
}
