// docs/how-do-i.md: what a page gets from a recording is what the session got.
import { createHash } from "node:crypto";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { chromium } from "playwright-core";
import { Session } from "sojourn";

const JSON_TEXT = JSON.stringify({ name: "é", list: [1, 2, 3] });
const IMAGE = Buffer.from(Array.from({ length: 600 }, (_, at) => (at * 7) % 256));

const answers: Readonly<Record<string, (response: ServerResponse, body: string) => void>> = {
  "/": (response) =>
    void response.writeHead(200, { "Content-Type": "text/html" }).end("<!doctype html><title>t</title>"),
  "/json": (response) => void response.writeHead(200, { "Content-Type": "application/json" }).end(JSON_TEXT),
  "/query?a=1&b=%C3%A9": (response) =>
    void response.writeHead(200, { "Content-Type": "text/plain" }).end("found"),
  "/gzip": (response) =>
    void response
      .writeHead(200, { "Content-Type": "text/plain; charset=utf-8", "Content-Encoding": "gzip" })
      .end(gzipSync("zipped ".repeat(100))),
  "/br": (response) =>
    void response
      .writeHead(200, { "Content-Type": "application/octet-stream", "Content-Encoding": "br" })
      .end(brotliCompressSync(IMAGE)),
  "/image": (response) =>
    void response.writeHead(200, { "Content-Type": "image/png", "X-Seen": "yes" }).end(IMAGE),
  "/error": (response) => void response.writeHead(503, "Busy", { "Content-Type": "text/plain" }).end("busy"),
  "/empty": (response) => void response.writeHead(204).end(),
  "/echo": (response, body) =>
    void response.writeHead(201, { "Content-Type": "text/plain" }).end(`got ${body}`),
  "/old": (response) => void response.writeHead(302, { Location: "/json" }).end(),
};
let asked = 0;
const server = createServer((request, response) => {
  asked++;
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => answers[request.url ?? ""]?.(response, Buffer.concat(chunks).toString()));
}).listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address() as AddressInfo; // it listens on TCP
const base = `http://127.0.0.1:${port}`;

const calls = Object.keys(answers).map((path) => ({
  url: base + path,
  ...(path === "/echo" ? { method: "POST", body: '{"a":"é"}' } : { method: "GET", body: null }),
}));

/** What there is to see of a response. */
interface Seen {
  readonly status: number;
  readonly type: string | null;
  readonly note: string | null;
  readonly body: string;
}

const session = new Session({ trustEnv: false });
const recorder = session.record({ bodies: "all" });
const bySession: Seen[] = [];
for (const { method, url, body } of calls) {
  const response = await session.request(method, url, body === null ? {} : { data: body });
  bySession.push({
    status: response.status,
    type: response.headers.get("content-type"),
    note: response.headers.get("x-seen"),
    body: Buffer.from(response.bytes()).toString("base64"),
  });
}
recorder.close();
await session.close();
await writeFile("route-from.har", JSON.stringify(recorder.har()));

const before = asked;
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium" });
try {
  const context = await browser.newContext();
  await context.routeFromHAR("route-from.har", { notFound: "abort" });
  const page = await context.newPage();
  await page.goto(`${base}/`);
  const byPage = await page.evaluate(async (all) => {
    const seen: Seen[] = [];
    for (const { method, url, body } of all) {
      const response = await fetch(url, { method, body });
      const bytes = new Uint8Array(await response.arrayBuffer());
      seen.push({
        status: response.status,
        type: response.headers.get("content-type"),
        note: response.headers.get("x-seen"),
        body: btoa(String.fromCharCode(...bytes)),
      });
    }
    return seen;
  }, calls);
  const hash = (seen: readonly Seen[]): string =>
    createHash("sha256").update(JSON.stringify(seen)).digest("hex");
  const others = byPage.filter((seen, at) => hash([seen]) !== hash(bySession.slice(at, at + 1)));
  console.log(JSON.stringify(others)); // []
  console.log(byPage.length, asked - before); // 10 0
} finally {
  await browser.close();
  server.close();
}
