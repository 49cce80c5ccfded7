/**
 * What the package does, in every runtime: the rows of the first table of `docs/runtimes.md`.
 *
 * Stands alone: `main.ts` takes the types out and puts it into a folder where there is nothing but the package.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type * as Charset from "../../src/charset.ts";
import type * as Formats from "../../src/formats.ts";
import type * as Sojourn from "../../src/index.ts";
import type * as OAuth2 from "../../src/oauth2.ts";
import type * as Otel from "../../src/otel.ts";
import type * as Terminal from "../../src/terminal.ts";
import type * as Testing from "../../testing/index.ts";
import type { FarSide } from "./far-side.ts";

/** The entries of the package. */
export interface Entries {
  readonly sojourn: typeof Sojourn;
  readonly charset: typeof Charset;
  readonly formats: typeof Formats;
  readonly oauth2: typeof OAuth2;
  readonly otel: typeof Otel;
  readonly terminal: typeof Terminal;
  readonly testing: typeof Testing;
}

/** What `/echo` tells. */
interface Echo {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const LARGE_BYTES = 4_000_000;
const REUSES = 50;
const AT_ONCE = 20;

/** What is checked, by the name that the page has for it. */
export const checks: Record<string, (entries: Entries, far: FarSide) => Promise<void>> = {
  async GET({ sojourn }, far) {
    const session = open(sojourn, far);
    const response = await session.get("/get", { params: { q: "tea" }, headers: { "X-A": "1" } });
    assert.deepEqual([response.status, response.ok, response.headers.get("x-answer")], [200, true, "yes"]);
    assert.deepEqual(response.json(), { a: 1 });
    assert.equal(response.url, `${far.url}/get?q=tea`);
    assert.equal((await sojourn.get(`${far.url}/nothing`)).status, 404);
    await session.close();
  },

  async "POST: JSON, forms, multipart"({ sojourn }, far) {
    const session = open(sojourn, far);
    const json = await session.post("/echo", { json: { a: "ä" } }).json<Echo>();
    assert.deepEqual([json.method, json.headers["content-type"]], ["POST", "application/json"]);
    assert.equal(Buffer.from(json.body, "latin1").toString(), '{"a":"ä"}');
    const form = await session.post("/echo", { data: { a: "1 2", b: ["3", "4"] } }).json<Echo>();
    assert.equal(form.body, "a=1+2&b=3&b=4");
    const given = {
      data: { a: "1" },
      files: { upload: ["notes.txt", "its content", "text/plain"] as const },
    };
    const parts = await session.post("/echo", given).json<Echo>();
    assert.match(parts.headers["content-type"] ?? "", /^multipart\/form-data; boundary=/);
    assert.match(
      parts.body,
      /name="upload"; filename="notes.txt"\r\nContent-Type: text\/plain\r\n\r\nits content/,
    );
    const data = new FormData();
    data.set("file", new Blob(["blob"]), "b.bin");
    assert.match(
      (await session.post("/echo", { data }).json<Echo>()).body,
      /filename="b.bin"[^]*\r\n\r\nblob\r\n/,
    );
    await session.close();
  },

  async "POST: streams"({ sojourn }, far) {
    const session = open(sojourn, far);
    async function* pieces(): AsyncGenerator<Uint8Array> {
      for (const piece of ["piece ", "by ", "piece"]) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        yield Buffer.from(piece);
      }
    }
    for (let again = 0; again < 3; again++) {
      const echo = await session.post("/echo", { data: pieces }).json<Echo>();
      assert.deepEqual([echo.body, echo.headers["transfer-encoding"]], ["piece by piece", "chunked"]);
    }
    const body = ReadableStream.from(pieces());
    assert.equal((await session.put("/echo", { data: body }).json<Echo>()).body, "piece by piece");
    await session.close();
  },

  async "cookies, and the public suffix list"({ sojourn }, far) {
    const session = open(sojourn, far, { baseUrl: far.namedUrl });
    const response = await session.post("/login", { data: { user: "u" } });
    assert.deepEqual([response.status, response.text()], [200, "welcome; sid=1; sub=2"]);
    assert.deepEqual([...session.cookies].map(({ name }) => name).toSorted(), ["sid", "sub"]);
    await session.close();
  },

  async redirects({ sojourn }, far) {
    const session = open(sojourn, far);
    const response = await session.get("/redirect/3");
    assert.deepEqual([response.json(), response.history.length], [{ a: 1 }, 3]);
    await assert.rejects(
      async () => await open(sojourn, far, { maxRedirects: 3 }).get("/redirect/9"),
      sojourn.TooManyRedirects,
    );
    await session.close();
  },

  async "gzip, deflate, br, zstd"({ sojourn }, far) {
    const session = open(sojourn, far);
    for (const coding of ["gzip", "deflate", "br", "zstd"]) {
      const { length } = (await session.get(`/coded/${coding}`)).text();
      assert.equal(length, 42_000, coding);
      let streamed = 0;
      const response = await session.get(`/coded/${coding}`, { stream: true });
      for await (const piece of response.iterContent()) streamed += piece.byteLength;
      assert.equal(streamed, 42_000, `${coding}, streamed`);
    }
    await session.close();
  },

  async "one connection for 50 requests"({ sojourn }, far) {
    for (const [url, more] of [
      [far.url, {}],
      [far.secureUrl, { verify: far.ca, http2: false }],
    ] as const) {
      const session = open(sojourn, far, { baseUrl: url, ...more });
      const ports = new Set<string>();
      for (let at = 0; at < REUSES; at++) ports.add((await session.get("/connection")).text());
      assert.equal(ports.size, 1, url);
      await session.close();
    }
  },

  async "many requests at once"({ sojourn }, far) {
    const session = open(sojourn, far);
    for (let round = 0; round < 3; round++) {
      const asked = Array.from({ length: AT_ONCE }, async (_, at) => {
        const echo = await session.post("/echo", { data: `body ${at}` }).json<Echo>();
        assert.equal(echo.body, `body ${at}`);
      });
      await Promise.all(asked);
    }
    await session.close();
  },

  async "large bodies, up and down"({ sojourn }, far) {
    for (const [url, more] of [
      [far.url, {}],
      [far.secureUrl, { verify: far.ca, http2: false }],
    ] as const) {
      const session = open(sojourn, far, { baseUrl: url, ...more });
      const bytes = largeBytes(LARGE_BYTES);
      for (let again = 0; again < 2; again++) {
        assert.equal(
          (await session.post("/hash", { data: bytes })).text(),
          `${LARGE_BYTES} ${hashOf(bytes)}`,
        );
        assert.equal(hashOf((await session.get(`/large/${LARGE_BYTES}`)).bytes()), hashOf(bytes));
        const hash = createHash("sha256");
        const streamed = await session.get(`/large/${LARGE_BYTES}`, { stream: true });
        for await (const piece of streamed) hash.update(piece);
        assert.equal(hash.digest("hex"), hashOf(bytes));
      }
      await session.close();
    }
  },

  async "streamed bodies: pieces, lines, `body`"({ sojourn }, far) {
    const session = open(sojourn, far);
    const lines: string[] = [];
    for await (const line of (await session.get("/lines", { stream: true })).iterLines()) lines.push(line);
    assert.deepEqual([lines.length, lines[0], lines[9]], [10, "line 1", "line 10"]);
    const { body } = await session.get("/lines", { stream: true });
    assert.equal((await new Response(body).text()).length, lines.join("\n").length + 1);
    assert.equal((await (await session.get("/file", { stream: true })).text()).length, 42_000);
    // What is not read to its end leaves nothing behind.
    const left = await session.get(`/large/${LARGE_BYTES}`, { stream: true });
    await left.close();
    assert.equal((await session.get("/get")).status, 200);
    await session.close();
  },

  async "`saveTo()`, `download()`"({ sojourn }, far) {
    const session = open(sojourn, far);
    const folder = await mkdtemp(join(tmpdir(), "sojourn-checks-"));
    await (await session.get("/file", { stream: true })).saveTo(join(folder, "saved"));
    assert.equal((await readFile(join(folder, "saved"), "utf8")).length, 42_000);
    const { path } = await session.download("/file", `${folder}/`);
    assert.equal(path, join(folder, "naïve.txt"));
    assert.equal((await readFile(path, "utf8")).length, 42_000);
    await rm(folder, { recursive: true });
    await session.close();
  },

  async "`Retry`"({ sojourn }, far) {
    const retry = new sojourn.Retry({ total: 2, statusForcelist: [503] });
    const session = open(sojourn, far, { retry });
    const response = await session.get("/flaky", { params: { key: crypto.randomUUID() } });
    assert.deepEqual([response.text(), response.attempts.length > 0], ["at last", true]);
    await session.close();
  },

  async timeouts({ sojourn }, far) {
    const session = open(sojourn, far);
    await assert.rejects(
      async () => await session.get("/silent", { timeout: { read: 80 } }),
      sojourn.ReadTimeout,
    );
    await assert.rejects(async () => await session.get("/half", { timeout: { read: 80 } }), {
      phase: "body",
    });
    await assert.rejects(
      async () => await session.get("/silent", { timeout: { total: 80 } }),
      sojourn.Timeout,
    );
    // TCP is up, and the handshake of TLS gets no answer.
    await assert.rejects(
      async () => await session.get(`https://127.0.0.1:${far.deafPort}/`, { timeout: { connect: 80 } }),
      sojourn.ConnectTimeout,
    );
    await session.close();
  },

  async aborts({ sojourn }, far) {
    const session = open(sojourn, far);
    const reason = new Error("changed my mind");
    const before = AbortSignal.abort(reason);
    await assert.rejects(async () => await session.get("/get", { signal: before }), reason);
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 30);
    await assert.rejects(async () => await session.get("/silent", { signal: controller.signal }), reason);
    const later = new AbortController();
    const half = await session.get("/half", { stream: true, signal: later.signal });
    setTimeout(() => later.abort(reason), 30);
    await assert.rejects(async () => await half.text(), reason);
    assert.equal((await session.get("/get")).status, 200);
    await session.close();
  },

  async "`close()`"({ sojourn }, far) {
    const session = open(sojourn, far);
    await session.get("/get");
    const pending = session.get("/silent").then(
      () => "answered",
      (error: unknown) => error,
    );
    await new Promise((resolve) => setTimeout(resolve, 30));
    await session.close();
    assert.ok((await pending) instanceof sojourn.RequestException);
    await assert.rejects(async () => await session.get("/get"), sojourn.SessionClosed);
  },

  async "TLS with an authority of your own"({ sojourn }, far) {
    const session = open(sojourn, far, { baseUrl: far.secureUrl, http2: false });
    const response = await session.get("/get", { verify: far.ca });
    assert.deepEqual([response.json(), response.httpVersion], [{ a: 1 }, "1.1"]);
    assert.equal((await session.get("/get", { verify: false })).status, 200);
    await assert.rejects(async () => await session.get("/get"), sojourn.SSLError);
    await session.close();
  },

  async "HTTP/2"({ sojourn }, far) {
    const session = open(sojourn, far, { baseUrl: far.secureUrl, verify: far.ca, http2: true });
    const response = await session.get("/get");
    assert.deepEqual([response.json(), response.httpVersion], [{ a: 1 }, "2"]);
    const asked = Array.from({ length: AT_ONCE }, async (_, at) => {
      const echo = await session.post("/echo", { json: { at } }).json<Echo>();
      assert.equal(echo.body, JSON.stringify({ at }));
    });
    await Promise.all(asked);
    const bytes = largeBytes(LARGE_BYTES);
    assert.equal((await session.post("/hash", { data: bytes })).text(), `${LARGE_BYTES} ${hashOf(bytes)}`);
    const hash = createHash("sha256");
    for await (const piece of await session.get(`/large/${LARGE_BYTES}`, { stream: true }))
      hash.update(piece);
    assert.equal(hash.digest("hex"), hashOf(bytes));
    await assert.rejects(
      async () => await session.get("/silent", { timeout: { read: 80 } }),
      sojourn.ReadTimeout,
    );
    await session.close();
  },

  async "proxies: forwarded, and by CONNECT"({ sojourn }, far) {
    const session = open(sojourn, far, { proxy: far.proxyUrl, verify: far.ca });
    const forwarded = await session.get("/get");
    assert.deepEqual([forwarded.json(), forwarded.headers.get("via")], [{ a: 1 }, "1.1 proxy.test"]);
    for (const http2 of [false, true])
      for (let again = 0; again < 2; again++) {
        const tunneled = await session.get(`${far.secureUrl}/get`, { http2 });
        assert.deepEqual([tunneled.json(), tunneled.httpVersion], [{ a: 1 }, http2 ? "2" : "1.1"]);
      }
    await session.close();
  },

  async "`toFetch()`"({ sojourn }, far) {
    const session = open(sojourn, far);
    const fetch = sojourn.toFetch(session);
    const posted = await fetch(new Request(`${far.url}/echo`, { method: "POST", body: "text" }));
    assert.equal(((await posted.json()) as Echo).body, "text");
    const large = await fetch(`${far.url}/large/${LARGE_BYTES}`);
    assert.equal((await large.arrayBuffer()).byteLength, LARGE_BYTES);
    const signal = AbortSignal.timeout(50);
    await assert.rejects(async () => await fetch(`${far.url}/silent`, { signal }), { name: "TimeoutError" });
    await session.close();
  },

  async "`AppAdapter`"({ sojourn }) {
    const session = new sojourn.Session({ trustEnv: false });
    const app = async (request: Request): Promise<Response> =>
      Response.json({ path: new URL(request.url).pathname, body: await request.text() });
    session.mount("https://app.test", new sojourn.AppAdapter(app));
    const response = await session.post("https://app.test/x", { data: "text" });
    assert.deepEqual(response.json(), { path: "/x", body: "text" });
    await session.close();
  },

  async "`sojourn/testing`, Digest"({ sojourn, testing }) {
    const server = await testing.startTestServer();
    const session = new sojourn.Session({ trustEnv: false, baseUrl: server.url });
    const auth = new sojourn.HttpDigestAuth("u", "p");
    assert.equal((await session.get("/digest-auth/auth/u/p/SHA-256", { auth })).status, 200);
    await session.get("/cookies/set/flavour/oat");
    assert.equal(session.cookies.get("flavour"), "oat");
    await session.close();
    await server.close();
  },

  async "`sojourn/charset`, `sojourn/oauth2`"({ charset, oauth2 }) {
    await Promise.resolve();
    const japanese =
      "82b182ea82cd93fa967b8cea82cc95b68fcd82c582b7814295b68e9a8352815b836882cd8f9182a982ea82c482a282dc82b982f18142";
    assert.equal(charset.detectCharset(Buffer.from(japanese.repeat(20), "hex"))?.toLowerCase(), "shift_jis");
    assert.equal(typeof oauth2.oauth2ClientCredentials, "function");
  },

  async "`sojourn/formats`"({ sojourn, formats }) {
    await Promise.resolve();
    const row = ["#HttpOnly_.a.example", "TRUE", "/", "TRUE", "4102444800", "sid", "caf\u00e9"].join("\t");
    const { cookies, problems } = formats.parseCookiesTxt(new TextEncoder().encode(`${row}\n`));
    assert.deepEqual(problems, []);
    const jar = new sojourn.CookieJar(cookies);
    assert.equal(jar.getCookieHeader("https://www.a.example/"), "sid=caf\u00c3\u00a9");
    assert.ok(formats.formatCookiesTxt(jar).text.endsWith(`${row}\n`));
    assert.throws(() => formats.parseHar(new Uint8Array([0x80, 4, 0x95])), formats.FormatError);
  },

  async "`sojourn/otel`, `sojourn/terminal`"({ sojourn, otel, terminal }, far) {
    const session = new sojourn.Session({ trustEnv: false });
    const lines: string[] = [];
    const logging = terminal.logTo(session, (line) => lines.push(line));
    const instrumentation = otel.instrument(session);
    const drawn: string[] = [];
    const bar = terminal.progressBar({ stream: { write: (text) => drawn.push(text) }, label: "get" });
    await session.get(`${far.url}/get`, { onProgress: bar });
    bar.stop();
    instrumentation.off();
    logging.off();
    assert.match(
      lines.join("\n"),
      /^GET http:\S+ 200 OK, \d+ bytes, [\d.]+ ms, HTTP\/1.1, new connection \d+$/,
    );
    // How much there is to come is not known.
    assert.match(drawn.at(-1) ?? "", /^get  7 B /);
    await session.close();
  },

  async "`Session.open()`: files, encryption"({ sojourn }) {
    const folder = await mkdtemp(join(tmpdir(), "sojourn-session-"));
    const path = join(folder, "session.json");
    for (const key of [undefined, new Uint8Array(32).fill(7), "a passphrase"]) {
      const name = `a${key?.length}`;
      const [first, other] = [
        await sojourn.Session.open(path, { key, timeout: 1000 }),
        await sojourn.Session.open(path, { key, save: "manual" }),
      ];
      first.cookies.set(name, "1", { domain: "a.example" });
      other.cookies.set("other", "2", { domain: "a.example" });
      await Promise.all([first.save(), other.save()]);
      await first.close();
      await other.close();
      const later = await sojourn.Session.open(path, { key });
      assert.deepEqual({ ...later.cookies.getDict() }, { [name]: "1", other: "2" });
      assert.equal(later.timeout, 1000);
      await later.close();
      assert.equal((await readFile(path, "utf8")).includes("a.example"), key === undefined);
      await rm(path);
    }
    await rm(folder, { recursive: true });
  },

  async errors({ sojourn }, far) {
    const session = open(sojourn, far);
    await assert.rejects(
      async () => await session.get("http://127.0.0.1:1/"),
      (error) => {
        assert.ok(error instanceof sojourn.ConnectionError);
        assert.match(error.message, /ECONNREFUSED/);
        return true;
      },
    );
    // A body that breaks off is never a short success.
    for (let again = 0; again < 3; again++) {
      await assert.rejects(async () => await session.get("/cut"), sojourn.RequestException);
      assert.equal((await session.get("/get")).status, 200);
    }
    await session.close();
  },
};

type Options = Omit<Sojourn.SessionOptions, "stream">;

function open({ Session }: typeof Sojourn, far: FarSide, options: Options = {}): Sojourn.Session {
  return new Session({ trustEnv: false, baseUrl: far.url, ...options });
}

/** As `far-side.ts` makes them. */
function largeBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at++) bytes[at] = at * 7 + (at >> 8);
  return bytes;
}

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
