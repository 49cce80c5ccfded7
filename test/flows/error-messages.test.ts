/** What stands in the messages of errors: what was met, by whose word, and what to write. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

import { get, HttpAdapter, Session, type RequestOptions } from "../../src/index.ts";
import { Authority } from "../support/certificates.ts";
import { reply, startOrigin, type TestOrigin } from "../support/origins.ts";
import { tlsOrigin, type TlsOrigin } from "../support/tls-origin.ts";

async function messageOf(call: Promise<unknown>): Promise<string> {
  return await call.then(
    () => "it did not fail",
    (error: unknown) => `${(error as Error).name}: ${(error as Error).message}`,
  );
}

interface Listening extends AsyncDisposable {
  readonly port: number;
}

/** A server that answers whatever comes with these bytes, and ends the connection. */
async function answering(bytes: Uint8Array | string): Promise<Listening> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("data", () => socket.end(bytes));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
}

const ALERT = Uint8Array.from([0x15, 3, 1, 0, 2, 2, 70]);
const closedPort = 9;

let plain: TestOrigin;
let secure: TlsOrigin;
let authority: Authority;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sojourn-messages-"));
  authority = await Authority.create();
  plain = await startOrigin(reply(200));
  secure = await tlsOrigin(await authority.issue({ names: ["localhost"] }));
  await writeFile(join(folder, "other.pem"), (await Authority.create("Other CA")).pem);
  await writeFile(join(folder, "ours.pem"), authority.pem);
});
afterAll(async () => {
  await plain[Symbol.asyncDispose]();
  await secure[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  for (const name of Object.keys(process.env))
    if (/(?:_proxy|_ca_bundle|^netrc)$/i.test(name)) vi.stubEnv(name, undefined);
});
afterEach(() => vi.unstubAllEnvs());

describe("who speaks another protocol is told:", () => {
  it.for<[what: string, options: RequestOptions, answer: RegExp]>([
    ["directly", {}, /^SSLError: .*does not speak TLS, so its URL is http:\/\/127\.0\.0\.1:\d+: GET https:/],
    ["over HTTP/2", { http2: true }, /^SSLError: .*does not speak TLS/],
  ])("https: to a server without TLS, %s", async ([, options, answer]) => {
    await using session = new Session({ trustEnv: false });
    expect(await messageOf(session.get(`https://127.0.0.1:${plain.port}/`, options))).toMatch(answer);
  });

  it.for(["http://a.test/", "https://a.test/"])("a proxy of https: without TLS, for %s", async (url) => {
    await using session = new Session({ trustEnv: false, proxy: `https://127.0.0.1:${plain.port}` });
    expect(await messageOf(session.get(url))).toMatch(
      /^ProxyError: no connection to the proxy.*does not speak TLS, so its URL is http:\/\/127\.0\.0\.1:/,
    );
  });

  it("http: to a server of TLS that says so", async () => {
    await using server = await answering(ALERT);
    await using session = new Session({ trustEnv: false });
    expect(await messageOf(session.get(`http://127.0.0.1:${server.port}/`))).toMatch(
      /^ConnectionError: no valid response: .*speaks TLS, so its URL begins with https:/,
    );
  });

  it("http: to a server of TLS that says nothing", async () => {
    await using session = new Session({ trustEnv: false });
    expect(await messageOf(session.get(`http://127.0.0.1:${secure.port}/`))).toMatch(
      /before it sent anything \(as servers of TLS may, whose URL begins with https:\/\/\): GET/,
    );
  });

  it("but not a server that had begun its answer", async () => {
    await using server = await answering("HTTP/1.1 200 O");
    await using session = new Session({ trustEnv: false });
    const message = await messageOf(session.get(`http://127.0.0.1:${server.port}/`));
    expect(message).toMatch(/^ConnectionError: /);
    expect(message).not.toContain("TLS");
  });

  it("a proxy of http: that speaks TLS", async () => {
    await using server = await answering(ALERT);
    await using session = new Session({ trustEnv: false, proxy: `http://127.0.0.1:${server.port}` });
    expect(await messageOf(session.get("https://a.test/"))).toMatch(
      /^ProxyError: .*no HTTP response: what answers there speaks TLS/,
    );
  });
});

describe("the environment is named", () => {
  it.for(["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])(
    "with %s, whose bundle trusts others",
    async (variable) => {
      vi.stubEnv(variable, join(folder, "other.pem"));
      const message = await messageOf(get(`https://localhost:${secure.port}/`));
      expect(message).toMatch(/^SSLError: /);
      expect(message).toContain(`because the environment has ${variable}`);
      expect(message).toContain("NODE_EXTRA_CA_CERTS");
    },
  );

  it("not where the program said whom to trust", async () => {
    vi.stubEnv("REQUESTS_CA_BUNDLE", join(folder, "ours.pem"));
    const message = await messageOf(
      get(`https://localhost:${secure.port}/`, { verify: join(folder, "other.pem") }),
    );
    expect(message).toMatch(/^SSLError: .*certificates of verify alone/);
    expect(message).not.toContain("REQUESTS_CA_BUNDLE");
  });

  it.for([
    ["/not/there.pem", /invalid path: \/not\/there\.pem \(REQUESTS_CA_BUNDLE of the environment\)/],
    [import.meta.filename, /REQUESTS_CA_BUNDLE of the environment, cert or tls cannot be used for TLS/],
  ] as const)("with REQUESTS_CA_BUNDLE, of which nothing can be read: %s", async ([path, answer]) => {
    vi.stubEnv("REQUESTS_CA_BUNDLE", path);
    const message = await messageOf(get(`https://localhost:${secure.port}/`));
    // Node takes a text without certificates for no certificates.
    expect(message).toMatch(new RegExp(`${answer.source}|because the environment has REQUESTS_CA_BUNDLE`));
  });

  it.for([
    ["HTTPS_PROXY", "https://a.test/"],
    ["https_proxy", "https://a.test/"],
    ["HTTP_PROXY", "http://a.test/"],
    ["ALL_PROXY", "http://a.test/"],
    ["all_proxy", "https://a.test/"],
  ] as const)("with %s, whose proxy is not there", async ([variable, url]) => {
    vi.stubEnv(variable, `http://user:s3cret@127.0.0.1:${closedPort}`);
    const message = await messageOf(get(url));
    expect(message).toMatch(/^ProxyError: no connection to the proxy/);
    expect(message).toContain(`the proxy is that of ${variable} of the environment: GET ${url}`);
    expect(message).not.toContain("s3cret");
  });

  it.for(["https://a.test/", "http://a.test/"])(
    "with ALL_PROXY, whose proxy is no proxy: %s",
    async (url) => {
      await using server = await answering("HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n");
      vi.stubEnv("ALL_PROXY", `http://127.0.0.1:${server.port}`);
      if (url.startsWith("http:")) expect((await get(url)).status).toBe(407);
      else
        expect(await messageOf(get(url))).toMatch(
          /status 407, it wants credentials: .*proxyAuth; the proxy is that of ALL_PROXY of the environment/,
        );
    },
  );

  it("with HTTPS_PROXY, whose proxy cannot be reached in time", async () => {
    const held = createServer();
    await new Promise<void>((listening) => held.listen(0, "127.0.0.1", listening));
    vi.stubEnv("HTTPS_PROXY", `http://127.0.0.1:${(held.address() as AddressInfo).port}`);
    const message = await messageOf(get("https://a.test/", { timeout: { connect: 100 } }));
    expect(message).toBe(
      "ConnectTimeout: connect timeout after 100 ms, by way of the proxy of HTTPS_PROXY of the environment: GET https://a.test/",
    );
    held.close();
  });

  it("with its variable, where the URL of the proxy is wrong", async () => {
    vi.stubEnv("HTTPS_PROXY", "socks4://p.test");
    expect(await messageOf(get("https://a.test/"))).toContain("given as HTTPS_PROXY of the environment");
  });

  it.for<[what: string, options: RequestOptions]>([
    ["by the program", { proxy: `http://127.0.0.1:${closedPort}` }],
    ["by the program, for the scheme", { proxies: { https: `http://127.0.0.1:${closedPort}` } }],
  ])("not where the proxy is given %s", async ([, options]) => {
    vi.stubEnv("HTTPS_PROXY", "http://other.test:1");
    const message = await messageOf(get("https://a.test/", options));
    expect(message).toMatch(/^ProxyError: /);
    expect(message).not.toContain("environment");
  });

  it("not where NO_PROXY keeps the proxy from it", async () => {
    vi.stubEnv("HTTPS_PROXY", "http://other.test:1");
    vi.stubEnv("NO_PROXY", "*");
    const message = await messageOf(get(`https://127.0.0.1:${closedPort}/`));
    expect(message).toMatch(/^ConnectionError: /);
    expect(message).not.toContain("environment");
  });
});

describe("the message of an error", () => {
  it("has no colons in a row where a certificate has no address", async () => {
    const leaf = await authority.issue({ commonName: "nobody" });
    await using server = await tlsOrigin(leaf);
    await using session = new Session({ trustEnv: false, verify: authority.pem });
    const message = await messageOf(session.get(`https://127.0.0.1:${server.port}/`));
    expect(message).toMatch(/IP: 127\.0\.0\.1 is not in the cert's list: it has none/);
    expect(message).not.toMatch(/:\s*:/);
  });

  it.for<[where: string, path: string, options: RequestOptions, message: RegExp]>([
    [
      "before the response",
      "/silent",
      {},
      /^ReadTimeout: read timeout after 100 ms of silence before the response: GET/,
    ],
    [
      "inside the body",
      "/half",
      {},
      /^ReadTimeout: read timeout after 100 ms of silence inside the body of the response: GET/,
    ],
    [
      "where the body broke off",
      "/short",
      {},
      /^ChunkedEncodingError: the body broke off after 4 of 10 bytes: .*: GET/,
    ],
    [
      "at the end",
      "/large",
      { maxBodyBytes: 5 },
      /^ResponseTooLarge: the body has more than 5 bytes \(maxBodyBytes\): GET/,
    ],
  ])("says where: %s", async ([, path, options, message]) => {
    await using origin = await startOrigin(({ url }, response) => {
      if (url === "/half") response.writeHead(200, { "Content-Length": "10" }).write("half");
      if (url === "/short") {
        response.writeHead(200, { "Content-Length": "10" }).write("half");
        setTimeout(() => response.destroy(), 10);
      }
      if (url === "/large") response.end("more than five");
    });
    await using session = new Session({ trustEnv: false, timeout: { read: 100 } });
    session.mount("http://", new HttpAdapter());
    expect(await messageOf(session.get(origin.url + path, options))).toMatch(message);
  });
});
