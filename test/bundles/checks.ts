/**
 * What a program does with the package, in every bundler and test runner. It needs all that is loaded late: the suffix list,
 * decoders, files, downloads, HTTP/2, Digest, tokens.
 *
 * Stands alone: `main.ts` takes the types out and puts it into a folder where there is nothing but the package.
 */
import assert from "node:assert/strict";
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

/** The entries of the package, however they were loaded. */
export interface Entries {
  readonly sojourn: typeof Sojourn;
  readonly charset: typeof Charset;
  readonly formats: typeof Formats;
  readonly oauth2: typeof OAuth2;
  readonly otel: typeof Otel;
  readonly terminal: typeof Terminal;
  readonly testing: typeof Testing;
}

/** What is checked, by name. */
export const checks: Record<string, (entries: Entries, far: FarSide) => Promise<void>> = {
  async login({ sojourn }, far) {
    const session = open(sojourn, far);
    const response = await session.post("/login", { data: { user: "u", password: "p" } });
    assert.deepEqual([response.status, response.text()], [200, "welcome; sid=1; sub=2"]);
    // A cookie for a public suffix is refused: the list is there.
    assert.deepEqual([...session.cookies].map(({ name, domain }) => `${name} ${domain}`).toSorted(), [
      "sid app.localhost",
      "sub www.app.localhost",
    ]);
    await session.close();
  },

  async codings({ sojourn }, far) {
    const session = open(sojourn, far);
    for (const coding of ["gzip", "deflate", "br", "zstd"]) {
      assert.equal((await session.get(`/coded/${coding}`)).text(), far.text);
      const streamed = await session.get(`/coded/${coding}`, { stream: true });
      let text = "";
      for await (const piece of streamed.iterContent()) text += Buffer.from(piece).toString("latin1");
      assert.equal(text, far.text);
    }
    await session.close();
  },

  async files({ sojourn }, far) {
    const session = open(sojourn, far);
    const folder = await mkdtemp(join(tmpdir(), "sojourn-checks-"));
    await (await session.get("/file", { stream: true })).saveTo(join(folder, "saved"));
    assert.equal(await readFile(join(folder, "saved"), "utf8"), far.text);
    const downloaded = await session.download("/file", `${folder}/`);
    assert.equal(downloaded.path, join(folder, "naïve.txt"));
    assert.equal(await readFile(downloaded.path, "utf8"), far.text);
    await rm(folder, { recursive: true });
    await session.close();
  },

  async bodies({ sojourn }, far) {
    const session = open(sojourn, far);
    assert.equal((await session.post("/echo", { json: { a: 1 } })).text(), 'POST {"a":1}');
    const form = new FormData();
    form.set("a", "1");
    assert.match((await session.post("/echo", { data: form })).text(), /name="a"\r\n\r\n1/);
    const streamed = await session.put("/echo", {
      async *data() {
        await Promise.resolve();
        yield Buffer.from("piece ");
        yield Buffer.from("by piece");
      },
    });
    assert.equal(streamed.text(), "PUT piece by piece");
    assert.equal(
      (
        await session.get("/flaky", { retry: new sojourn.Retry({ total: 2, statusForcelist: [503] }) })
      ).text(),
      "at last",
    );
    await session.close();
  },

  async http2({ sojourn }, far) {
    const session = new sojourn.Session({ trustEnv: false, verify: far.ca, http2: true });
    const response = await session.get(far.secureUrl);
    assert.deepEqual([response.httpVersion, response.text()], ["2", "secure"]);
    await session.close();
    const older = new sojourn.Session({ trustEnv: false, verify: far.ca, http2: false });
    assert.equal((await older.get(far.secureUrl)).httpVersion, "1.1");
    await assert.rejects(async () => await older.get(far.secureUrl, { verify: true }), sojourn.SSLError);
    await older.close();
  },

  async auth({ sojourn, oauth2, testing }, far) {
    const server = await testing.startTestServer();
    const session = new sojourn.Session({ trustEnv: false, baseUrl: server.url });
    const digest = new sojourn.HttpDigestAuth("u", "p");
    assert.equal((await session.get("/digest-auth/auth/u/p/SHA-256", { auth: digest })).status, 200);
    const token = oauth2.oauth2ClientCredentials({
      tokenEndpoint: `${far.addressUrl}/token`,
      clientId: "c",
      clientSecret: "s",
      allowInsecure: true,
    });
    const response = await session.get("/bearer", { auth: token });
    assert.deepEqual(response.json(), { authenticated: true, token: "t-1" });
    await session.close();
    await server.close();
  },

  async fetch({ sojourn }, far) {
    const session = open(sojourn, far);
    const fetch = sojourn.toFetch(session);
    await fetch(`${far.url}/login`, {
      method: "POST",
      body: new URLSearchParams({ user: "u", password: "p" }),
    });
    const response = await fetch(new Request(`${far.url}/echo`, { method: "POST", body: "text" }));
    assert.equal(await response.text(), "POST text");
    assert.equal(response.headers.get("x-cookie"), "sid=1; sub=2");
    await session.close();
  },

  async text({ sojourn, charset }, far) {
    const session = open(sojourn, far, { detectEncoding: charset.detectCharset });
    assert.match((await session.get("/japanese")).text(), /これは日本語の文章です/);
    await session.close();
  },

  async formats({ sojourn, formats }, far) {
    const session = open(sojourn, far);
    session.cookies.set("sid", "1", { domain: "a.example", hostOnly: true });
    const { text, lost } = formats.formatCookiesTxt(session.cookies);
    const { cookies, problems } = formats.parseCookiesTxt(text);
    assert.deepEqual([lost.map(({ what }) => what), problems], [["createdAt"], []]);
    assert.equal(new sojourn.CookieJar(cookies).getCookieHeader("https://a.example/"), "sid=1");
    assert.throws(() => formats.parseHar(text), formats.FormatError);
    await session.close();
  },

  async watching({ sojourn, otel, terminal }, far) {
    const session = open(sojourn, far);
    const lines: string[] = [];
    const logging = terminal.logTo(session, (line) => lines.push(line));
    const instrumentation = otel.instrument(session);
    const drawn: string[] = [];
    const bar = terminal.progressBar({ stream: { write: (text) => drawn.push(text) }, label: "get" });
    await session.get("/file", { onProgress: bar });
    bar.stop();
    instrumentation.off();
    logging.off();
    assert.match(
      lines.join("\n"),
      /^GET http:\S+ 200 OK, \d+ bytes, [\d.]+ ms, HTTP\/1.1, new connection \d+$/,
    );
    assert.match(drawn.at(-1) ?? "", /^get  100%/);
    await session.close();
  },

  async "stored sessions"({ sojourn }) {
    const folder = await mkdtemp(join(tmpdir(), "sojourn-checks-"));
    for (const key of [undefined, new Uint8Array(32), "words"]) {
      const path = join(folder, `${typeof key}.json`);
      const first = await sojourn.Session.open(path, { key });
      first.cookies.set("sid", "1", { domain: "a.example" });
      await first.close();
      const next = await sojourn.Session.open(path, { key });
      assert.equal(next.cookies.getCookieHeader("https://a.example/"), "sid=1");
      await next.close();
    }
    await assert.rejects(
      async () => await sojourn.Session.open(join(folder, "string.json")),
      (error) => error instanceof sojourn.SessionFileError && error.problem === "key-missing",
    );
    await rm(folder, { recursive: true });
  },

  async errors({ sojourn }, far) {
    const session = open(sojourn, far);
    const response = await session.get("/nothing");
    assert.equal(String(response).startsWith("<Response [404]"), true);
    assert.throws(() => response.raiseForStatus(), { name: "HTTPError" });
    assert.throws(() => response.json(), { name: "JSONDecodeError" });
    // What Node throws is told apart, whichever realm it comes from.
    await assert.rejects(
      async () => await session.get("/coded/gzip", { maxBodyBytes: 100 }),
      (error) => error instanceof sojourn.ResponseTooLarge,
    );
    await assert.rejects(
      async () => await session.get("http://127.0.0.1:1/"),
      (error) => error instanceof sojourn.ConnectionError && error.name === "ConnectionError",
    );
    // As a program without types would write it
    await assert.rejects(async () => await session.get("/", { nonsense: 1 } as never), TypeError);
    await session.close();
  },
};

/** A session whose names lead to the far side. */
function open(
  { HttpAdapter, Session }: typeof Sojourn,
  far: FarSide,
  options: Pick<Sojourn.SessionOptions, "detectEncoding"> = {},
): Sojourn.Session {
  const session = new Session({ trustEnv: false, baseUrl: far.url, ...options });
  const lookup: Sojourn.HttpAdapterOptions["lookup"] = (_name, _options, tell) =>
    tell(null, [{ address: "127.0.0.1", family: 4 }]);
  session.mount("http://", new HttpAdapter({ lookup }));
  return session;
}
