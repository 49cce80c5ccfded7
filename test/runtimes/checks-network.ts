/**
 * More of what the package does, in every runtime: ways through the network, and what happens when one of the two sides breaks
 * off. Stands alone, as `checks.ts` does.
 */
import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { createHash } from "node:crypto";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { openAsBlob } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type * as Sojourn from "../../src/index.ts";
import type { FarSide } from "./far-side.ts";

const UPLOAD_BYTES = 3_000_000;
const MIXED_REQUESTS = 200;
const MIXED_AT_ONCE = 15;
/** What `/flood` gives. */
const FLOOD_BYTES = 64 * 1024 * 1024;
/** Kernels hold some megabytes. */
const MOST_AHEAD_BYTES = 24 * 1024 * 1024;

/** What is checked, by the name that the page has for it. */
export const networkChecks: Record<
  string,
  (entries: { readonly sojourn: typeof Sojourn }, far: FarSide) => Promise<void>
> = {
  async "proxies: SOCKS 5, with a password"({ sojourn }, far) {
    const session = open(sojourn, far, { proxy: far.socksUrl, verify: far.ca });
    const { port } = new URL(far.url);
    assert.deepEqual((await session.get(`http://far.test:${port}/get`)).json(), { a: 1 });
    for (const http2 of [false, true]) {
      const secure = await session.get(`${far.secureUrl}/get`, { http2 });
      assert.deepEqual([secure.json(), secure.httpVersion], [{ a: 1 }, http2 ? "2" : "1.1"]);
    }
    // A name that is resolved here is not known.
    const here = far.socksUrl.replace("socks5h", "socks5");
    assert.equal((await session.get("/get", { proxy: here })).status, 200);
    const wrong = far.socksUrl.replace("pass", "wrong");
    await assert.rejects(async () => await session.get("/get", { proxy: wrong }), sojourn.ProxyError);
    await session.close();
  },

  async "proxies over TLS, with a password"({ sojourn }, far) {
    const session = open(sojourn, far, { proxy: far.secureProxyUrl, verify: far.ca });
    assert.equal((await session.get("/get")).headers.get("via"), "1.1 proxy.test");
    for (const http2 of [false, true]) {
      const tunneled = await session.get(`${far.secureUrl}/get`, { http2 });
      assert.deepEqual([tunneled.json(), tunneled.httpVersion], [{ a: 1 }, http2 ? "2" : "1.1"]);
    }
    const wrong = far.secureProxyUrl.replace("pass", "wrong");
    await assert.rejects(async () => await session.get(`${far.secureUrl}/get`, { proxy: wrong }), {
      name: "ProxyError",
      status: 407,
    });
    await session.close();
  },

  async "proxies and netrc of the environment"({ sojourn }, far) {
    const folder = await mkdtemp(join(tmpdir(), "sojourn-checks-"));
    await writeFile(join(folder, "netrc"), "machine 127.0.0.1 login me password mine\n", { mode: 0o600 });
    const { HTTP_PROXY, NO_PROXY, NETRC } = process.env;
    Object.assign(process.env, {
      HTTP_PROXY: far.proxyUrl,
      NO_PROXY: "a.test",
      NETRC: join(folder, "netrc"),
    });
    try {
      const session = new sojourn.Session({ baseUrl: far.url });
      const response = await session.get("/echo");
      assert.equal(response.headers.get("via"), "1.1 proxy.test");
      const { headers } = response.json<{ headers: Record<string, string> }>();
      assert.equal(headers["authorization"], `Basic ${Buffer.from("me:mine").toString("base64")}`);
      await session.close();
    } finally {
      for (const [name, value] of Object.entries({ HTTP_PROXY, NO_PROXY, NETRC }))
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      await rm(folder, { recursive: true });
    }
  },

  async "uploads: files, Blobs, streams"({ sojourn }, far) {
    const folder = await mkdtemp(join(tmpdir(), "sojourn-checks-"));
    const path = join(folder, "upload");
    const bytes = Buffer.alloc(UPLOAD_BYTES, "a line that is sent\n");
    await writeFile(path, bytes);
    const said = `${UPLOAD_BYTES} ${createHash("sha256").update(bytes).digest("hex")}`;
    async function* pieces(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < bytes.byteLength; at += 50_000) {
        if (at % 500_000 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
        yield bytes.subarray(at, at + 50_000);
      }
    }
    for (const [url, http2] of [
      [far.url, false],
      [far.secureUrl, false],
      [far.secureUrl, true],
    ] as const) {
      const session = open(sojourn, far, { baseUrl: url, verify: far.ca, http2 });
      assert.equal((await session.post("/hash", { data: await openAsBlob(path) })).text(), said);
      assert.equal((await session.put("/hash", { data: pieces })).text(), said);
      assert.equal((await session.put("/hash", { data: ReadableStream.from(pieces()) })).text(), said);
      const form = await session.post("/hash", { files: { file: await openAsBlob(path) } });
      assert.ok(Number.parseInt(form.text()) > UPLOAD_BYTES);
      await session.close();
    }
    await rm(folder, { recursive: true });
  },

  async "uploads that are broken off, on either side"({ sojourn }, far) {
    for (const [url, http2] of [
      [far.oddUrl, false],
      [far.oddSecureUrl, false],
      [far.oddSecureUrl, true],
    ] as const) {
      const session = open(sojourn, far, { baseUrl: url, verify: far.ca, http2 });
      async function* endless(): AsyncGenerator<Uint8Array> {
        for (;;) {
          await new Promise((resolve) => setTimeout(resolve, 2));
          yield Buffer.alloc(1000);
        }
      }
      const early = await session.post("/early", { data: endless });
      assert.deepEqual([early.status, early.text()], [413, "too much"]);
      const reason = new Error("changed my mind");
      const controller = new AbortController();
      setTimeout(() => controller.abort(reason), 40);
      await assert.rejects(
        async () => await session.post("/take", { data: endless, signal: controller.signal }),
        reason,
      );
      await assert.rejects(
        async () => await session.post("/reset", { data: Buffer.alloc(100_000) }),
        sojourn.ConnectionError,
      );
      assert.equal((await session.get("/again")).text(), "GET /again");
      await session.close();
    }
  },

  async "a body that nobody reads on waits at the server"({ sojourn }, far) {
    await leaveUnread(open(sojourn, far, { baseUrl: far.oddUrl }));
    const { oddSecureUrl: baseUrl, ca: verify } = far;
    await leaveUnread(open(sojourn, far, { baseUrl, verify, http2: true }));
  },

  async "a body that nobody reads on, over TLS with HTTP/1.1"({ sojourn }, far) {
    const { oddSecureUrl: baseUrl, ca: verify } = far;
    await leaveUnread(open(sojourn, far, { baseUrl, verify, http2: false }));
  },

  async "connections that the server ended"({ sojourn }, far) {
    for (const url of [far.oddUrl, far.oddSecureUrl]) {
      const session = open(sojourn, far, { baseUrl: url, verify: far.ca, http2: false });
      for (let at = 0; at < 5; at++) {
        assert.equal((await session.get("/ending")).text(), "once");
        await new Promise((resolve) => setTimeout(resolve, at % 2 === 0 ? 30 : 5));
      }
      await assert.rejects(async () => await session.get("/reset"), sojourn.ConnectionError);
      assert.equal((await session.get("/again")).text(), "GET /again");
      await session.close();
    }
  },

  async "aborts, resets and timeouts over HTTP/2"({ sojourn }, far) {
    const session = open(sojourn, far, { baseUrl: far.oddSecureUrl, verify: far.ca, http2: true });
    const reason = new Error("changed my mind");
    const asked = Array.from({ length: 12 }, async (_, at) => {
      if (at % 3 === 0) return (await session.get("/fine")).text();
      if (at % 3 === 1) return await session.get("/reset").catch((error: unknown) => error);
      const controller = new AbortController();
      const { signal } = controller;
      const flood = await session.get("/flood", { stream: true, signal });
      setTimeout(() => controller.abort(reason), 20);
      return await flood.bytes().catch((error: unknown) => error);
    });
    for (const [at, found] of (await Promise.all(asked)).entries()) {
      if (at % 3 === 0) assert.equal(found, "GET /fine");
      else if (at % 3 === 1) assert.ok(found instanceof sojourn.RequestException);
      else assert.equal(found, reason);
    }
    assert.equal((await session.get("/again")).text(), "GET /again");
    await session.close();
  },

  async "TLS: names, client certificates, pins, versions"({ sojourn }, far) {
    const session = open(sojourn, far, { verify: far.ca });
    await assert.rejects(async () => await session.get(far.wrongNameUrl), sojourn.SSLError);
    const { cert, key } = far.clientCertificate;
    const known = await session.get(far.clientUrl, { cert: [Buffer.from(cert), Buffer.from(key)] });
    assert.equal(known.text(), "a client");
    await assert.rejects(async () => await session.get(far.clientUrl), sojourn.RequestException);
    const old = await session.get(`${far.secureUrl}/get`, { tls: { maxVersion: "TLSv1.2" }, http2: false });
    assert.equal(old.connection?.tls?.protocol, "TLSv1.2");
    const pins = `sha256/${"A".repeat(43)}=`;
    await assert.rejects(async () => await session.get(far.secureUrl, { tls: { pins } }), /sha256\//);
    const fingerprint = old.connection?.tls?.peerCertificate?.fingerprint256 ?? "";
    const pinned = await session.get(`${far.secureUrl}/get`, { tls: { pins: fingerprint }, http2: false });
    assert.equal(pinned.status, 200);
    await session.close();
  },

  async "`connection`, `timings`, `trailers`, 1xx"({ sojourn }, far) {
    for (const [url, http2] of [
      [far.oddUrl, false],
      [far.oddSecureUrl, false],
      [far.oddSecureUrl, true],
    ] as const) {
      const interim: number[] = [];
      const session = open(sojourn, far, { baseUrl: url, verify: far.ca, http2 });
      const options = {
        hooks: { informational: ({ status }: { status: number }) => void interim.push(status) },
      };
      await session.get("/first");
      const response = await session.get("/hints", options);
      assert.deepEqual(
        [response.text(), response.trailers?.get("x-sum"), interim],
        ["with trailers", "13", [103]],
      );
      const { connection, timings } = response;
      assert.deepEqual(
        [connection?.remotePort, connection?.remoteAddress, connection?.isReused],
        [Number(new URL(url).port), "127.0.0.1", true],
      );
      assert.ok((timings?.head ?? 0) > 0);
      if (connection?.tls === null) assert.equal(url, far.oddUrl);
      else assert.match(connection?.tls?.peerCertificate?.subjectAltName ?? "", /IP Address:127\.0\.0\.1/);
      await session.close();
    }
  },

  async "hooks run in the caller's async context"({ sojourn }, far) {
    const caller = new AsyncLocalStorage<string>();
    const seen: string[] = [];
    const note = (what: string): void => void seen.push(`${what} ${caller.getStore() ?? "nobody"}`);
    const session = open(sojourn, far, {
      hooks: { request: () => note("request"), response: () => note("response") },
    });
    const ask = async (name: string): Promise<void> =>
      await caller.run(name, async () => {
        await session.get("/redirect/1");
        note("after");
      });
    await ask("first");
    await Promise.all(["a", "b"].map(ask));
    for (const name of ["first", "a", "b"])
      for (const what of ["request", "response", "after"])
        assert.ok(seen.includes(`${what} ${name}`), `${what} of ${name}: ${seen.join(", ")}`);
    assert.deepEqual(
      seen.filter((line) => line.endsWith("nobody")),
      [],
    );
    await session.close();
  },

  async "`addressPolicy`, IPv6, names with several addresses"({ sojourn }, far) {
    const session = open(sojourn, far);
    assert.equal((await session.get(`${far.ipv6Url}/six`)).text(), "GET /six");
    // On `localhost` one of the two addresses refuses.
    for (const url of [far.oddUrl, far.ipv6Url]) {
      const named = url.replace(/127\.0\.0\.1|\[::1\]/, "localhost");
      assert.equal((await session.get(`${named}/name`)).text(), "GET /name");
    }
    for (const url of [far.url, far.ipv6Url, far.url.replace("127.0.0.1", "localhost")])
      await assert.rejects(
        async () => await session.get(url, { addressPolicy: "public" }),
        sojourn.AddressRefused,
      );
    await session.close();
  },

  async "channels for tracing"({ sojourn }, far) {
    const names = ["undici:request:create", "undici:request:headers", "undici:request:trailers"];
    const heard: string[] = [];
    const listener = (_: unknown, name: string | symbol): void => void heard.push(String(name));
    for (const name of names) subscribe(name, listener);
    for (const http2 of [false, true]) {
      const session = open(sojourn, far, { baseUrl: far.secureUrl, verify: far.ca, http2 });
      await session.get("/get");
      await session.close();
    }
    for (const name of names) unsubscribe(name, listener);
    assert.deepEqual(heard, [...names, ...names]);
  },

  async "all of it at once, for some hundred requests"({ sojourn }, far) {
    const { url, secureUrl, ca: verify, proxyUrl, socksUrl } = far;
    const sessions = [
      open(sojourn, far, { baseUrl: url }),
      open(sojourn, far, { baseUrl: secureUrl, verify, http2: false }),
      open(sojourn, far, { baseUrl: secureUrl, verify, http2: true }),
      open(sojourn, far, { baseUrl: secureUrl, verify, http2: false, proxy: proxyUrl }),
      open(sojourn, far, { baseUrl: url, proxy: socksUrl }),
    ];
    let asked = 0;
    const askOn = async (): Promise<void> => {
      while (asked < MIXED_REQUESTS) {
        const at = asked++;
        const session = sessions[at % sessions.length];
        const mixed = MIXTURE[Math.floor(at / sessions.length) % MIXTURE.length];
        if (session !== undefined) await mixed?.(sojourn, session);
      }
    };
    await Promise.all(Array.from({ length: MIXED_AT_ONCE }, askOn));
    await Promise.all(sessions.map((session) => session.close()));
  },

  async "limits of bodies and heads"({ sojourn }, far) {
    const session = open(sojourn, far, { maxBodyBytes: 10_000 });
    await assert.rejects(async () => await session.get("/coded/gzip"), sojourn.ResponseTooLarge);
    await assert.rejects(async () => await session.get("/large/20000"), sojourn.ResponseTooLarge);
    session.mount(far.oddUrl, new sojourn.HttpAdapter({ maxHeaderSize: 8000 }));
    await assert.rejects(async () => await session.get(`${far.oddUrl}/long-head`), sojourn.HeadersTooLarge);
    assert.equal((await session.get("/get")).status, 200);
    await session.close();
  },
};

/** Requests that end in all ways. Each looks whether its own came out right. */
const MIXTURE: readonly ((sojourn: typeof Sojourn, session: Sojourn.Session) => Promise<void>)[] = [
  async (_, session) => assert.deepEqual((await session.get("/get")).json(), { a: 1 }),
  async (_, session) => {
    const data = Buffer.alloc(300_000, "x");
    assert.match((await session.post("/hash", { data })).text(), /^300000 /);
  },
  async (_, session) => {
    let bytes = 0;
    for await (const piece of await session.get("/large/700000", { stream: true })) bytes += piece.byteLength;
    assert.equal(bytes, 700_000);
  },
  async (_, session) => assert.equal((await session.get("/large/200000")).bytes().byteLength, 200_000),
  async (_, session) => await (await session.get("/large/900000", { stream: true })).close(),
  async (_, session) => {
    const controller = new AbortController();
    const reason = new Error("changed my mind");
    setTimeout(() => controller.abort(reason), 3);
    const ended = session.get("/large/900000", { signal: controller.signal });
    const found = await ended.then(
      () => "in time",
      (error: unknown) => error,
    );
    assert.ok(found === reason || found === "in time");
  },
  async (_, session) => assert.equal((await session.get("/coded/gzip")).text().length, 42_000),
  async (sojourn, session) =>
    await assert.rejects(async () => await session.get("/cut"), sojourn.RequestException),
  async (sojourn, session) =>
    await assert.rejects(
      async () => await session.get("/silent", { timeout: { read: 60 } }),
      sojourn.ReadTimeout,
    ),
];

type Options = Omit<Sojourn.SessionOptions, "stream">;

function open({ Session }: typeof Sojourn, far: FarSide, options: Options = {}): Sojourn.Session {
  return new Session({ trustEnv: false, baseUrl: far.url, ...options });
}

async function leaveUnread(session: Sojourn.Session): Promise<void> {
  const response = await session.get("/flood", { stream: true });
  const pieces = response.iterContent();
  await pieces.next();
  await new Promise((resolve) => setTimeout(resolve, 300));
  const ahead = Number((await session.get("/flooded")).text());
  assert.ok(ahead < MOST_AHEAD_BYTES, `${ahead} bytes were sent, and nobody read`);
  let rest = 0;
  for await (const piece of pieces) rest += piece.byteLength;
  assert.ok(rest > FLOOD_BYTES - MOST_AHEAD_BYTES);
  await session.close();
}
