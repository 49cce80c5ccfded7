/** Where sojourn heeds the environment and proxies otherwise than Python requests, on purpose: the program comes first. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { ProxyError, Session, wireResponse, type Adapter, type SendOptions } from "../../src/index.ts";
import { failureOf } from "../support/one-call.ts";
import { answer, redirect, wireServer } from "../support/wire-server.ts";

beforeEach(() => {
  for (const name of Object.keys(process.env))
    if (/(?:_proxy|_ca_bundle|^netrc)$/i.test(name)) vi.stubEnv(name, undefined);
});
afterEach(() => vi.unstubAllEnvs());

describe("proxies of the program", () => {
  it("go before those of the environment", async () => {
    await using ours = await wireServer(answer());
    await using theirs = await wireServer(answer());
    vi.stubEnv("http_proxy", theirs.url);
    await using session = new Session({ proxies: { http: ours.url } });
    await session.get("http://example.test/x");
    expect([ours.requests.length, theirs.requests.length]).toEqual([1, 0]);
  });

  it("have exceptions of their own", async () => {
    await using server = await wireServer(answer());
    await using proxy = await wireServer(answer());
    await using session = new Session();
    await session.get(`${server.url}/x`, { proxies: { http: proxy.url, no_proxy: "127.0.0.1" } });
    expect([server.requests.length, proxy.requests.length]).toEqual([1, 0]);
  });

  it("may speak SOCKS, without a package more", async () => {
    await using session = new Session();
    const error = await failureOf(
      session.get("http://example.test/x", { proxies: { http: "socks5://127.0.0.1:9" } }),
    );
    expect(error).toBeInstanceOf(ProxyError);
  });
});

describe("no_proxy of the environment", () => {
  it("counts for each hop of a redirect", async () => {
    await using server = await wireServer(answer());
    await using proxy = await wireServer(redirect(`${server.url}/y`));
    vi.stubEnv("http_proxy", proxy.url);
    vi.stubEnv("no_proxy", "127.0.0.1");
    await using session = new Session();
    await session.get("http://example.test/x");
    expect(proxy.requests.map(({ target }) => target)).toEqual(["http://example.test/x"]);
    expect(server.requests.map(({ target }) => target)).toEqual(["/y"]);
  });

  it("may name an address with its port", async () => {
    await using server = await wireServer(answer());
    await using proxy = await wireServer(answer());
    vi.stubEnv("http_proxy", proxy.url);
    vi.stubEnv("no_proxy", `127.0.0.1:${server.port}`);
    await using session = new Session();
    await session.get(`${server.url}/x`);
    await session.get("http://127.0.0.1:9/y");
    expect(server.requests.map(({ target }) => target)).toEqual(["/x"]);
    expect(proxy.requests.map(({ target }) => target)).toEqual(["http://127.0.0.1:9/y"]);
  });
});

describe("the CA bundle of the environment", () => {
  it("does not go before what the session says of certificates", async () => {
    const asked: SendOptions["verify"][] = [];
    const adapter: Adapter = {
      send: async (_request, { verify }) => {
        asked.push(verify);
        return wireResponse({ status: 200 });
      },
      close: async () => {},
    };
    vi.stubEnv("REQUESTS_CA_BUNDLE", "/bundle.pem");
    await using session = new Session({ verify: false });
    session.mount("https://", adapter);
    await session.get("https://example.test/");
    await session.get("https://example.test/", { verify: "/mine.pem" });
    expect(asked).toEqual([{ kind: "off" }, { kind: "path", path: "/mine.pem" }]);
  });
});
