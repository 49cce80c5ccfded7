/**
 * `npm run formats`: files that are written here are read by the real curl, wget, Python, yt-dlp, HTTPie and tough-cookie, and files that they
 * wrote are read here. They send to a proxy on loopback that stands for all hosts. Each check is a sentence; the run ends with
 * `N passed, N failed` and status 1 when one failed.
 *
 * Debian: `apt-get install curl wget python3 httpie yt-dlp`. The versions of tough-cookie have a package and a lock file of their own in this
 * folder; they are installed when they are not there.
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import {
  detectFormat,
  formatCookiesTxt,
  formatHttpie,
  formatToughCookie,
  parseCookiesTxt,
  parseHttpie,
  parseLwp,
  parseToughCookie,
  type ReadCookies,
} from "../../src/formats.ts";
import { CookieJar } from "../../src/index.ts";
import { startProxy, type Proxy } from "./proxy.ts";
import { httpieTool, netscapeTools, versionOf, type Place, type Tool } from "./tools.ts";

/** What the servers of `/set` set. */
const SET_COOKIES = [
  "own=1; Path=/",
  "dom=2; Domain=shop.example; Path=/; Max-Age=3600",
  "deep=3; Path=/deep",
  "http=4; Domain=shop.example; Path=/; HttpOnly",
  "same=5; Path=/; SameSite=Lax; Expires=Fri, 01 Jan 2027 00:00:00 GMT",
  'signs=a=b&c:"d"==; Path=/',
];
const SET_URL = "http://shop.example/set";
/** Where cookies may go. */
const URLS = [
  "http://shop.example/",
  "http://shop.example/deep/x",
  "http://www.shop.example/",
  "http://other.example/",
  "http://xshop.example/",
] as const;

let passed = 0;
let failed = 0;

async function check(sentence: string, actual: () => unknown, expected: unknown): Promise<void> {
  let got: unknown;
  try {
    got = await actual();
  } catch (error) {
    got = String(error);
  }
  const isRight = JSON.stringify(got) === JSON.stringify(expected);
  if (isRight) passed++;
  else failed++;
  console.log(`${isRight ? "ok     " : "FAILED "} ${sentence}`);
  if (!isRight)
    console.log(`        expected ${JSON.stringify(expected)}\n        got      ${JSON.stringify(got)}`);
}

/** The jar of a session that asked for `/set`, and what a program put in beside. */
function filledJar(): CookieJar {
  const jar = new CookieJar();
  for (const field of SET_COOKIES) jar.setCookie(field, SET_URL);
  jar.set("late", "6", { domain: "shop.example", maxAge: 0.5 + 3600 });
  jar.set("secure", "7", { domain: "shop.example", secure: true });
  return jar;
}

/** What a tool is to send, by what is known of it. */
function expectedOf(jar: CookieJar, url: string, { isLiberal, knowsHttpOnly }: Tool, isNetscape: boolean): string[] {
  const liberal = new CookieJar([...jar].map((cookie) => (isLiberal ? { ...cookie, hostOnly: false } : cookie)));
  const sent = liberal.getCookieHeader(url)?.split("; ") ?? [];
  return sent.filter((pair) => knowsHttpOnly || !isNetscape || !pair.startsWith("http=")).toSorted();
}

/** A cookie as every format has it. */
function shownOf(cookies: ReadCookies["cookies"], withHttpOnly: boolean): string[] {
  return cookies
    .map(({ name, value, domain, hostOnly, path, expires, httpOnly }) => {
      const ends = expires === null ? "session" : "time";
      return `${name}=${value} ${hostOnly ? "" : "."}${domain}${path} ${ends}${withHttpOnly && httpOnly ? " HttpOnly" : ""}`;
    })
    .toSorted();
}

async function inFolder(proxy: Proxy, act: (place: Place) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "sojourn-formats-"));
  try {
    await act({ folder, proxy: proxy.url });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function withNetscape(proxy: Proxy, tool: Tool, version: readonly string[]): Promise<void> {
  const jar = filledJar();
  await inFolder(proxy, async (place) => {
    console.log(`\n${tool.name}: ${await versionOf(place, version)}`);
    await tool.ask(place, formatCookiesTxt(jar).text, URLS);
    for (const url of URLS)
      await check(`${tool.name} sends to ${url} what our file says`, () => proxy.cookiesOf(url), expectedOf(jar, url, tool, true));
    if (tool.sendsBytes) {
      const text = new CookieJar().set("utf8", "caf\u00c3\u00a9", { domain: "shop.example" });
      await tool.ask(place, formatCookiesTxt(text).text, [URLS[0]]);
      await check(`${tool.name} sends the bytes of a text`, () => proxy.cookiesOf(URLS[0]), ["utf8=caf\u00c3\u00a9"]);
    }
    const file = await tool.keep(place, SET_URL);
    proxy.cookiesOf(SET_URL);
    await check(`${tool.name}: what it wrote is a cookies.txt`, () => detectFormat(file), "cookies.txt");
    await compareKept(tool, parseCookiesTxt(file));
    if (tool.name === "Python") await withPython(place);
  });
}

/** Are the cookies that a tool kept those that our jar would have? */
async function compareKept({ name, knowsHttpOnly }: Pick<Tool, "name" | "knowsHttpOnly">, found: ReadCookies): Promise<void> {
  const jar = new CookieJar();
  for (const field of SET_COOKIES) jar.setCookie(field, SET_URL);
  await check(`${name}: all that it wrote is read`, () => found.problems, []);
  await check(
    `${name}: and means what the server said`,
    () => shownOf(found.cookies, knowsHttpOnly),
    shownOf([...jar], knowsHttpOnly),
  );
}

async function withPython({ folder }: Place): Promise<void> {
  const lwp = await readFile(join(folder, "lwp.txt"));
  await check("Python's LWP: it is known", () => detectFormat(lwp), "lwp");
  await compareKept({ name: "Python's LWP", knowsHttpOnly: true }, parseLwp(lwp));
  const pickles = (await readdir(folder)).filter((name) => name.endsWith(".pickle")).toSorted();
  await check("Python: there are pickles of all protocols", () => pickles.length >= 12, true);
  for (const name of pickles) {
    const bytes = await readFile(join(folder, name));
    const texts = [bytes, bytes.toString("latin1"), bytes.toString("utf8")];
    await check(`Python: ${name} is known for a pickle, also as text`, () => texts.map((input) => detectFormat(input)), [
      "pickle",
      "pickle",
      "pickle",
    ]);
  }
}

async function withHttpie(proxy: Proxy): Promise<void> {
  const [tool, version] = httpieTool;
  const jar = filledJar();
  await inFolder(proxy, async (place) => {
    console.log(`\n${tool.name}: ${await versionOf(place, version)}`);
    for (const layout of ["new", "old"] as const) {
      const { text } = formatHttpie({ cookies: jar, headers: { "X-Team": "blue" } }, { layout, host: "shop.example" });
      const urls = layout === "new" ? URLS : URLS.slice(0, 2);
      await tool.ask(place, text, urls);
      for (const url of urls)
        await check(
          `${tool.name} sends to ${url} what our file says, ${layout} layout`,
          () => proxy.cookiesOf(url),
          expectedOf(jar, url, tool, false),
        );
    }
    const file = await tool.keep(place, SET_URL);
    proxy.cookiesOf(SET_URL);
    await check(`${tool.name}: what it wrote is known`, () => detectFormat(file), "httpie");
    await compareKept(tool, parseHttpie(file));
  });
}

/** What of tough-cookie is used. */
interface ToughCookie {
  readonly CookieJar: {
    new (): {
      setCookieSync(field: string, url: string): unknown;
      toJSON(): object;
    };
    deserializeSync(text: string): { getCookieStringSync(url: string): string };
  };
}

async function withToughCookie(version: number): Promise<void> {
  const here = fileURLToPath(new URL(".", import.meta.url));
  if (!existsSync(join(here, "node_modules/.package-lock.json")))
    execFileSync("npm", ["ci", "--prefix", here, "--no-audit", "--no-fund", "--ignore-scripts"], { stdio: "inherit" });
  const folder = join(here, `node_modules/tough-cookie-${version}`);
  const facts = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as { readonly version: string }; // npm wants it so
  console.log(`\ntough-cookie ${facts.version}`);
  const { CookieJar: Theirs } = createRequire(import.meta.url)(folder) as ToughCookie;
  const jar = filledJar();
  const read = Theirs.deserializeSync(formatToughCookie(jar).text);
  for (const url of [...URLS, "https://shop.example/"])
    await check(
      `tough-cookie ${version} sends to ${url} what our file says`,
      () => read.getCookieStringSync(url),
      jar.getCookieHeader(url) ?? "",
    );
  const theirs = new Theirs();
  for (const field of SET_COOKIES) theirs.setCookieSync(field, SET_URL);
  const text = JSON.stringify(theirs.toJSON());
  await check(`tough-cookie ${version}: what it wrote is known`, () => detectFormat(text), "tough-cookie");
  await compareKept({ name: `tough-cookie ${version}`, knowsHttpOnly: true }, parseToughCookie(text));
}

{
  await using proxy = await startProxy(SET_COOKIES);
  for (const [tool, version] of netscapeTools) await withNetscape(proxy, tool, version);
  await withHttpie(proxy);
  for (const version of [4, 5, 6]) await withToughCookie(version);
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
