/**
 * `npm run real`: sojourn against real servers: squid and dante as proxies, nginx behind TLS. Each check is a sentence; the
 * run ends with `N passed, N failed, N skipped` and status 1 when one failed.
 */
import { ConnectionError, HttpProxyDigestAuth, ProxyError, Session } from "../../src/index.ts";
import { startTestServer, type TestServer } from "../../testing/index.ts";
import { Authority } from "../support/certificates.ts";
import { overHttp2 } from "./http2.ts";
import { start, type Running } from "./processes.ts";
import { dante, nghttpd, nginx, squid } from "./programs.ts";

let passed = 0;
let failed = 0;

async function check(sentence: string, actual: () => unknown, expected: unknown): Promise<void> {
  let got: unknown;
  try {
    got = await actual();
  } catch (error) {
    got = error;
  }
  const ok = JSON.stringify(got) === JSON.stringify(expected) && !(got instanceof Error);
  if (ok) passed++;
  else failed++;
  console.log(`${ok ? "ok     " : "FAILED "} ${sentence}`);
  if (!ok)
    console.log(
      `        expected ${JSON.stringify(expected)}\n        got      ${got instanceof Error ? got.stack : JSON.stringify(got)}`,
    );
}

async function nameOf(call: PromiseLike<unknown>): Promise<unknown> {
  try {
    await call;
    return "no error";
  } catch (error) {
    return error instanceof ProxyError
      ? [error.name, error.status]
      : error instanceof Error
        ? error.name
        : error;
  }
}

/** An authority, nginx behind its certificate, and the test server: what proxies lead to. */
interface Targets {
  readonly plain: TestServer;
  readonly secure: Running;
  readonly url: string;
  readonly ca: string;
  readonly leaf: { readonly cert: string; readonly key: string };
  readonly client: readonly [cert: string, key: string];
}

async function throughSquid(targets: Targets): Promise<void> {
  await using proxy = await start(squid({ scheme: null }));
  await using session = new Session({ proxy: `http://127.0.0.1:${proxy.port}`, verify: targets.ca });
  await check(
    "squid: an http target is asked through it",
    async () => {
      await session.get(`${targets.plain.url}/get`);
      return targets.plain.requests
        .at(-1)
        ?.headers.some(([name, value]) => name === "Via" && value.includes("squid"));
    },
    true,
  );
  await check(
    "squid: an https target goes through a tunnel",
    () => session.get(`${targets.url}/protocol`).text(),
    "HTTP/1.1 NONE",
  );
  await check(
    "squid: a redirect and its cookies go through, too",
    async () => (await session.get(`${targets.plain.url}/cookies/set/a/1`)).json(),
    { cookies: { a: "1" } },
  );
  await check(
    "squid: a body that is streamed arrives",
    async () => {
      async function* pieces(): AsyncGenerator<string> {
        yield "one ";
        yield "two";
      }
      return (await session.post(`${targets.plain.url}/post`, { data: pieces() })).json<{ data: string }>()
        .data;
    },
    "one two",
  );
  await check(
    "squid: a tunnel to a port where nobody listens is a ProxyError with squid's status",
    () => nameOf(session.get("https://127.0.0.1:9/")),
    ["ProxyError", 503],
  );
}

async function throughSquidWithUsers(targets: Targets): Promise<void> {
  await using proxy = await start(squid({ scheme: "basic" }));
  const known = `http://user:pa%3Ass@127.0.0.1:${proxy.port}`;
  const unknown = `http://user:wrong@127.0.0.1:${proxy.port}`;
  await using session = new Session({ verify: targets.ca });
  await check(
    "squid: credentials of the proxy's URL open the way for http",
    async () => (await session.get(`${targets.plain.url}/get`, { proxy: known })).status,
    200,
  );
  await check(
    "squid: and for https",
    () => session.get(`${targets.url}/protocol`, { proxy: known }).text(),
    "HTTP/1.1 NONE",
  );
  await check(
    "squid: the server does not see them",
    async () => {
      await session.get(`${targets.plain.url}/get`, { proxy: known });
      return targets.plain.requests
        .at(-1)
        ?.headers.some(([name]) => name.toLowerCase() === "proxy-authorization");
    },
    false,
  );
  await check(
    "squid: wrong ones are a 407 for http",
    async () => (await session.get(`${targets.plain.url}/get`, { proxy: unknown })).status,
    407,
  );
  await check(
    "squid: and a ProxyError with status 407 for https",
    () => nameOf(session.get(`${targets.url}/protocol`, { proxy: unknown })),
    ["ProxyError", 407],
  );
}

async function throughSquidWithDigest(targets: Targets): Promise<void> {
  await using proxy = await start(squid({ scheme: "digest" }));
  const url = `http://127.0.0.1:${proxy.port}`;
  const proxyAuth = new HttpProxyDigestAuth("user", "pass");
  await using session = new Session({ verify: targets.ca, proxy: url, proxyAuth });
  await check(
    "squid: Digest opens the way for http",
    async () => (await session.get(`${targets.plain.url}/get`)).status,
    200,
  );
  await check("squid: and for https", () => session.get(`${targets.url}/protocol`).text(), "HTTP/1.1 NONE");
  await check(
    "squid: a wrong password for Digest is a ProxyError with status 407",
    () =>
      nameOf(session.get(`${targets.url}/protocol`, { proxyAuth: new HttpProxyDigestAuth("user", "no") })),
    ["ProxyError", 407],
  );
}

/** Many calls at a time, while nonces are used up after a few. */
async function throughSquidWithFewUses(targets: Targets): Promise<void> {
  await using proxy = await start(squid({ scheme: "digest", nonceUses: 3 }));
  const proxyAuth = new HttpProxyDigestAuth("user", "pass");
  const url = `http://127.0.0.1:${proxy.port}`;
  await using session = new Session({ verify: targets.ca, proxy: url, proxyAuth });
  const many = (to: (call: number) => string): Promise<unknown[]> =>
    Promise.all(
      // Nothing is kept: each call needs a tunnel of its own.
      Array.from({ length: 40 }, async (_, call) => {
        const { status } = await session.get(to(call), { headers: { Connection: "close" } });
        return status;
      }),
    );
  await check(
    "squid: nonces good for three uses let in 40 forwarded requests side by side",
    async () => [...new Set(await many((call) => `${targets.plain.url}/get?${call}`))],
    [200],
  );
  await check(
    "squid: and 40 tunnels side by side",
    async () => [...new Set(await many(() => `${targets.url}/protocol`))],
    [200],
  );
  await check(
    "squid: and both at a time",
    async () => {
      const [forwarded, tunnels] = await Promise.all([
        many((call) => `${targets.plain.url}/get?${call}`),
        many(() => `${targets.url}/protocol`),
      ]);
      return [...new Set([...forwarded, ...tunnels])];
    },
    [200],
  );
  await check(
    "squid: Digest and a body of 200 kB, which squid refuses before it has read it",
    async () => {
      await using fresh = new Session({ proxy: url, proxyAuth: new HttpProxyDigestAuth("user", "pass") });
      const response = await fresh.post(`${targets.plain.url}/post`, { data: "x".repeat(200_000) });
      return response.json<{ data: string }>().data.length;
    },
    200_000,
  );
}

async function throughDante(targets: Targets): Promise<void> {
  await using proxy = await start(dante);
  for (const scheme of ["socks5", "socks5h"]) {
    await using session = new Session({ proxy: `${scheme}://127.0.0.1:${proxy.port}`, verify: targets.ca });
    await check(
      `dante: ${scheme} to http`,
      async () => (await session.get(`${targets.plain.url}/get`)).status,
      200,
    );
    await check(
      `dante: ${scheme} to https`,
      () => session.get(`${targets.url}/protocol`).text(),
      "HTTP/1.1 NONE",
    );
    await check(
      `dante: ${scheme} to a port where nobody listens is an error of ours`,
      async () => {
        const error: unknown = await session.get("http://127.0.0.1:9/").catch((caught: unknown) => caught);
        return error instanceof ConnectionError;
      },
      true,
    );
  }
}

async function speakingHttp2(targets: Targets): Promise<void> {
  const leaf = { cert: targets.leaf.cert, key: targets.leaf.key };
  await using nghttp2 = await start(nghttpd(leaf));
  await using session = new Session({ verify: targets.ca, http2: true });
  await check("nginx: HTTP/2", () => session.get(`${targets.url}/protocol`).text(), "HTTP/2.0 NONE");
  await check(
    "nginx: many requests on one HTTP/2 connection",
    async () => {
      const responses = await Promise.all(
        Array.from({ length: 200 }, () => session.get(`${targets.url}/protocol`)),
      );
      return [...new Set(responses.map((response) => `${response.httpVersion} ${response.text()}`))];
    },
    ["2 HTTP/2.0 NONE"],
  );
  await check(
    "nginx: gzip over HTTP/2",
    async () => (await session.get(`${targets.url}/index.html`)).text().length,
    3000,
  );
  await check(
    "nginx: a cookie over HTTP/2",
    async () => {
      await session.get(`${targets.url}/set`);
      return session.get(`${targets.url}/cookie`).text();
    },
    "n=1",
  );
  await check(
    "nghttpd: HTTP/2, and a body of a megabyte",
    async () => {
      const response = await session.get(`https://127.0.0.1:${nghttp2.port}/large`);
      return [response.status, response.httpVersion, response.bytes().byteLength];
    },
    [200, "2", 1_000_000],
  );
  await using proxy = await start(squid({ scheme: null }));
  await check(
    "squid: HTTP/2 through its tunnel",
    () => session.get(`${targets.url}/protocol`, { proxy: `http://127.0.0.1:${proxy.port}` }).text(),
    "HTTP/2.0 NONE",
  );
}

async function directly(targets: Targets): Promise<void> {
  await using session = new Session({ baseUrl: targets.url, verify: targets.ca });
  await check("nginx: TLS with a CA of our own", () => session.get("/protocol").text(), "HTTP/1.1 NONE");
  await check(
    "nginx: gzip is decoded",
    async () => {
      const response = await session.get("/index.html");
      return [response.headers.get("content-encoding"), response.text().length];
    },
    ["gzip", 3000],
  );
  await check(
    "nginx: a redirect is followed",
    async () => (await session.get("/go")).history.map((hop) => hop.status),
    [302],
  );
  await check(
    "nginx: a cookie is kept",
    async () => {
      await session.get("/set");
      return session.get("/cookie").text();
    },
    "n=1",
  );
  await check(
    "nginx: a client certificate is shown",
    () => session.get("/protocol", { cert: targets.client }).text(),
    "HTTP/1.1 SUCCESS",
  );
  await check("nginx: and to nobody else's request", () => session.get("/protocol").text(), "HTTP/1.1 NONE");
  await check(
    "nginx: without the CA it is an SSLError",
    () => nameOf(session.get("/", { verify: true })),
    "SSLError",
  );
  await check(
    "nginx: verify: false is for one request",
    async () => (await session.get("/", { verify: false })).status,
    200,
  );
  await check(
    "nginx: and leaves nothing behind",
    () => nameOf(session.get("/", { verify: true })),
    "SSLError",
  );
}

const authority = await Authority.create();
const leaf = await authority.issue({ addresses: ["127.0.0.1"] });
const client = await authority.issue({ names: ["client.test"] });
{
  await using plain = await startTestServer();
  await using secure = await start(nginx({ cert: leaf.cert, key: leaf.key, ca: authority.pem }));
  const targets: Targets = {
    plain,
    secure,
    url: `https://127.0.0.1:${secure.port}`,
    ca: authority.pem,
    leaf,
    client: [client.cert, client.key],
  };
  await directly(targets);
  await speakingHttp2(targets);
  await overHttp2(check, { ...leaf, ca: authority.pem });
  await throughSquid(targets);
  await throughSquidWithUsers(targets);
  await throughSquidWithDigest(targets);
  await throughSquidWithFewUses(targets);
  await throughDante(targets);
}
console.log(`\n${passed} passed, ${failed} failed, 0 skipped`);
process.exitCode = failed === 0 ? 0 : 1;
