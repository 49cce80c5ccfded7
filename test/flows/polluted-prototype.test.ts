/**
 * `Object.prototype` as some other code in the process may leave it: nothing that stands there is an option, to us, to undici,
 * or to the sockets of Node. In processes of their own: a test runner does not live through it.
 */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { selfSigned } from "../support/certificates.ts";
import { reply, startOrigin } from "../support/origins.ts";
import { answering, ok, scriptedServer } from "../support/scripted-server.ts";

const index = fileURLToPath(new URL("../../src/index.ts", import.meta.url));

/** Names that options have somewhere, each with a value that would be seen. */
const POLLUTION = `{
  agent: {}, allowH2: true, allowHalfOpen: true, allowRedirects: false, auth: ["evil", "evil"], baseUrl: "http://evil.test",
  body: "evil", ca: "evil", callSite: "evil", cert: "/evil", content: "evil", contentType: "evil/evil", cookies: { evil: "1" },
  credentials: "evil", crossOriginHeaders: ["evil"], data: "evil", dispatcher: {}, domain: "evil.test",
  dress: "caller", expectContinue: true, family: 6, fd: 1, filename: "evil", files: { evil: "1" }, fragment: "evil", handle: {},
  headers: { evil: "1" }, headersTimeout: 1, hints: 1, host: "evil.test", hostname: "evil.test", hsts: true, http2: true,
  idempotencyKey: "evil", interceptors: [], json: { evil: 1 }, keepAlive: true, kind: "evil", localAddress: "1.2.3.4",
  localPort: 1, lookup() { throw new Error("evil"); }, maxBodyBytes: 1, maxRedirects: 0, maxResponseSize: 1, method: "EVIL",
  name: "evil", noDelay: false, onProgress() { throw new Error("evil"); }, onread: {}, origin: "http://evil.test",
  params: { evil: 1 }, password: "evil", path: "/evil", plan: {}, port: 1, proxies: { all: "http://127.0.0.1:1" },
  proxy: "http://127.0.0.1:1", proxyHeaders: { evil: "1" }, query: { evil: 1 }, rawUrl: true, request: null, reset: true,
  response: null, retry: 3, scheme: "evil", servername: "evil.test", shown: "caller", signal: AbortSignal.abort("evil"), socketPath: "/evil",
  stream: true, strictContentLength: false, throwOnError: true, token: "evil", trustEnv: false, trustedOrigins: [],
  upgrade: "evil", userinfo: "evil:evil", username: "evil", verify: false,
}`;

/** The outcome of each name: what \`act\` prints of itself with that name polluted. */
async function outcomes(url: string, act: string, names: string): Promise<Record<string, unknown>> {
  const program = `
    const { Session, HeaderMap } = await import(${JSON.stringify(index)});
    const url = ${JSON.stringify(url)};
    const all = { nothing: null, ...${names} };
    const outcomes = {};
    for (const [name, value] of Object.entries(all)) {
      if (value !== null || name !== "nothing")
        Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true });
      let outcome;
      try {
        outcome = await (async () => { ${act} })();
      } catch (error) {
        outcome = error.name;
      }
      Reflect.deleteProperty(Object.prototype, name);
      outcomes[name] = outcome;
    }
    console.log(JSON.stringify(outcomes));
    process.exit();
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program]);
  return JSON.parse(stdout) as Record<string, unknown>;
}

describe("a polluted prototype", () => {
  it("changes nothing about what is sent", async () => {
    await using origin = await startOrigin((request, response) => {
      const { method, url, rawHeaders, body } = request;
      const heard = JSON.stringify([method, url, rawHeaders, body]).replaceAll(/[0-9a-f]{32}/g, "boundary");
      reply(200, {}, heard)(request, response);
    });
    const act = `
      await using session = new Session({ trustEnv: false });
      const all = [
        await session.get(url, { headers: new HeaderMap({ "X-A": "1" }), params: { a: "1" } }),
        await session.post(url, { data: { a: "1" }, cookies: { c: "2" }, auth: ["u", "p"] }),
        await session.put(url, { json: [1] }),
        await session.put(url, { files: { f: ["n", "c"] } }),
      ];
      return all.map((response) => response.text());
    `;
    const { nothing, ...polluted } = await outcomes(origin.url, act, POLLUTION);
    expect(nothing).toHaveLength(4);
    expect(Object.keys(polluted).length).toBeGreaterThan(70);
    for (const [name, outcome] of Object.entries(polluted)) expect(outcome, name).toEqual(nothing);
  });

  it("changes nothing about which response is whole", async () => {
    await using server = await scriptedServer(async (connection) => {
      await connection.request();
      connection.end(ok("all of it").replace("Content-Length: 9", "Content-Length: 10"));
    });
    const act = "await using session = new Session({ trustEnv: false }); await session.get(url);";
    const { nothing, ...polluted } = await outcomes(server.url, act, POLLUTION);
    expect(nothing).toBe("ChunkedEncodingError");
    for (const [name, outcome] of Object.entries(polluted)) expect(outcome, name).toEqual(nothing);
  });

  it("changes nothing about whom TLS trusts", async () => {
    const leaf = await selfSigned({ addresses: ["127.0.0.1"] });
    await using server = await scriptedServer(answering(ok()), leaf);
    const act =
      "await using session = new Session({ trustEnv: false }); return (await session.get(url)).status;";
    const names = `{
      ca: ${JSON.stringify(leaf.cert)}, checkServerIdentity: () => undefined, insecure: true, isVerified: false,
      pins: [], rejectUnauthorized: false, requestCert: false, secureContext: {}, serverName: "127.0.0.1", tls: {}, verify: false,
    }`;
    const { nothing, ...polluted } = await outcomes(server.url, act, names);
    expect(nothing).toBe("SSLError");
    for (const [name, outcome] of Object.entries(polluted)) expect(outcome, name).toEqual(nothing);
  });
});
