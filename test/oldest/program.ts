/**
 * What `main.ts` runs with the oldest Node: the built package, from all its entry points. Ends with 1 when something is not as it
 * should be. No syntax here that this Node lacks.
 */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { createSecureServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { zstdCompressSync } from "node:zlib";

import type * as Charset from "../../src/charset.ts";
import type * as Formats from "../../src/formats.ts";
import type * as Sojourn from "../../src/index.ts";
import type * as OAuth2 from "../../src/oauth2.ts";
import type * as Otel from "../../src/otel.ts";
import type * as Terminal from "../../src/terminal.ts";
import type * as Testing from "../../testing/index.ts";
import { Authority } from "../support/certificates.ts";

async function load(entry: string): Promise<unknown> {
  return await import(new URL(`../../dist/${entry}.js`, import.meta.url).href);
}

const sojourn = (await load("src/index")) as typeof Sojourn;
const testing = (await load("testing/index")) as typeof Testing;
const charset = (await load("src/charset")) as typeof Charset;
const formats = (await load("src/formats")) as typeof Formats;
const oauth2 = (await load("src/oauth2")) as typeof OAuth2;
const otel = (await load("src/otel")) as typeof Otel;
const terminal = (await load("src/terminal")) as typeof Terminal;
assert.equal(typeof charset.detectCharset, "function");
assert.equal(formats.detectFormat("# Netscape HTTP Cookie File"), "cookies.txt");
assert.equal(typeof oauth2.oauth2ClientCredentials, "function");
assert.equal(otel.ignoreSojourn(), false);
assert.equal(typeof terminal.logTo, "function");

// A stored session: what it asks of Node is no experiment to who uses it.
const warnings: string[] = [];
process.on("warning", ({ message }) => warnings.push(message));
const home = await mkdtemp(join(tmpdir(), "sojourn-oldest-session-"));
for (const key of [undefined, new Uint8Array(32)]) {
  const path = join(home, `session-${key?.length}.json`);
  const first = await sojourn.Session.open(path, { key, timeout: 1000 });
  first.cookies.set("sid", "1", { domain: "a.example" });
  await first.close();
  const next = await sojourn.Session.open(path, { key });
  assert.deepEqual([next.cookies.get("sid"), next.timeout], ["1", 1000]);
  await next.close();
}
await rm(home, { recursive: true });
assert.deepEqual(
  warnings.filter((message) => !message.startsWith("Type Stripping")),
  [],
);

const { ContentDecodingError, Session, get } = sojourn;
const server = await testing.startTestServer();
const session = new Session({ baseUrl: server.url });

const redirected = await session.get("/redirect/2");
assert.deepEqual([redirected.status, redirected.history.length], [200, 2]);
const posted = await session.post("/post", { json: { a: 1 } });
assert.deepEqual(posted.json<{ json: unknown }>().json, { a: 1 });
await session.get("/cookies/set", { params: { flavour: "oat" } });
assert.equal(session.cookies.get("flavour"), "oat");
assert.equal((await session.get("/gzip")).ok, true);
assert.equal((await get(`${server.url}/get`)).status, 200);

let bytes = 0;
for await (const piece of await session.get("/bytes/100000", { stream: true })) bytes += piece.byteLength;
assert.equal(bytes, 100_000);

// Its zlib takes what breaks off for what is over.
const whole = zstdCompressSync(Buffer.alloc(100_000, "sojourn "));
const broken = createServer((_request, response) => {
  response.writeHead(200, { "content-encoding": "zstd" }).end(whole.subarray(0, -5));
});
await new Promise<void>((resolve) => broken.listen(0, "127.0.0.1", resolve));
const { port } = broken.address() as AddressInfo; // it listens on a port
await assert.rejects(async () => await session.get(`http://127.0.0.1:${port}/`), ContentDecodingError);

const authority = await Authority.create();
const leaf = await authority.issue({ addresses: ["127.0.0.1"] });
const secure = createSecureServer({ ...leaf, allowHTTP1: true }, (request, response) => {
  response.end(`${request.httpVersion} ${String(request.headers["x-a"])}`);
});
await new Promise<void>((resolve) => secure.listen(0, "127.0.0.1", resolve));
const secureUrl = `https://127.0.0.1:${(secure.address() as AddressInfo).port}/`;
for (const http2 of [true, false]) {
  const response = await session.get(secureUrl, { verify: authority.pem, http2, headers: { "X-A": "1" } });
  assert.equal(response.text(), http2 ? "2.0 1" : "1.1 1");
}

await session.close();
await server.close();
broken.close();
secure.close();
console.log(`the package runs on node ${process.version}`);
