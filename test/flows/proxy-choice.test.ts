/** Which proxy a call goes through: keys that fit nothing, keys that are off, and how a proxy's URL is read. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

import {
  AppAdapter,
  InvalidProxyURL,
  InvalidURL,
  Request,
  Session,
  toFetch,
  type RequestOptions,
  type SessionOptions,
} from "../../src/index.ts";
import { rejection } from "../support/messages.ts";
import { startOrigin, type TestOrigin } from "../support/origins.ts";
import { answering, ok, scriptedServer, type ScriptedServer } from "../support/scripted-server.ts";

let origin: TestOrigin;
let ours: ScriptedServer;
let theirs: ScriptedServer;

beforeAll(async () => {
  origin = await startOrigin((_request, response) => void response.end("direct"));
  ours = await scriptedServer(answering(ok("ours")));
  theirs = await scriptedServer(answering(ok("the environment's")));
});
afterAll(async () => {
  for (const server of [origin, ours, theirs]) await server[Symbol.asyncDispose]();
});

beforeEach(() => {
  for (const name of Object.keys(process.env)) if (/_proxy$/i.test(name)) vi.stubEnv(name, undefined);
});
afterEach(() => vi.unstubAllEnvs());

type Options = Pick<SessionOptions & RequestOptions, "proxies" | "proxy">;

/** Where options may be given, and a call to `url` with them. */
const PLACES: readonly (readonly [name: string, call: (options: Options, url: string) => Promise<string>])[] =
  [
    ["a session", async (options, url) => await new Session(options).get(url).text()],
    [
      "a session, later",
      async (options, url) => {
        const session = new Session();
        await session.get(url, { proxy: false });
        return await Object.assign(session, options).get(url).text();
      },
    ],
    [
      "a scope",
      async (options, url) => await new Session().scope(new URL(url).origin, options).get(url).text(),
    ],
    ["a request", async (options, url) => await new Session().get(url, options).text()],
    [
      "send()",
      async (options, url) => {
        const session = new Session();
        return await session.send(session.prepareRequest(new Request("GET", url)), options).text();
      },
    ],
    ["toFetch()", async (options, url) => await (await toFetch(new Session(options))(url)).text()],
  ];

describe("a key of proxies that fits no URL is an error before anything is sent", () => {
  it.for(PLACES)("of %s", async ([name, call]) => {
    for (const key of ["127.0.0.1", `http://127.0.0.1:${origin.port}`, "htp", "*"]) {
      const before = origin.arrived.length;
      const error = await rejection(call({ proxies: { [key]: ours.url } }, origin.url));
      expect(error).toBeInstanceOf(TypeError);
      expect((error as Error).message).toContain(`proxies[${JSON.stringify(key)}] fits no URL`);
      expect(origin.arrived.length - before).toBe(name === "a session, later" ? 1 : 0);
    }
  });
});

describe("null for a key of proxies is no proxy for it, the environment's included", () => {
  const HOST = "http://127.0.0.1";

  it.for(
    PLACES.flatMap(([place, call]) =>
      (["http", "all", HOST, "all://127.0.0.1"] as const).flatMap((key) =>
        (["http_proxy", "all_proxy"] as const).map((variable) => ({ place, call, key, variable })),
      ),
    ),
  )("$place: $key is off, $variable is set", async ({ call, key, variable }) => {
    vi.stubEnv(variable, theirs.url);
    expect(await call({}, origin.url)).toBe("the environment's");
    expect(await call({ proxies: { [key]: null } }, origin.url)).toBe("direct");
  });

  it("is over what the level below says, and under what the level above says", async () => {
    vi.stubEnv("http_proxy", theirs.url);
    await using session = new Session({ proxies: { http: ours.url, all: ours.url } });
    expect(await session.get(origin.url).text()).toBe("ours");
    expect(await session.get(origin.url, { proxies: { http: null } }).text()).toBe("direct");
    expect(await session.get(origin.url, { proxies: { [HOST]: null } }).text()).toBe("direct");
    session.proxies = { http: null };
    expect(await session.get(origin.url).text()).toBe("direct");
    expect(await session.get(origin.url, { proxies: { http: ours.url } }).text()).toBe("ours");
    session.scope(origin.url, { proxies: { http: ours.url } });
    expect(await session.get(origin.url).text()).toBe("ours");
  });

  it("says nothing of other hosts and schemes, also on redirects", async () => {
    await using leading = await startOrigin(
      (_request, response) => void response.writeHead(302, { location: "http://other.test/" }).end(),
    );
    vi.stubEnv("http_proxy", theirs.url);
    vi.stubEnv("https_proxy", theirs.url);
    await using session = new Session();
    const there = await session.get(leading.url, { proxies: { [HOST]: null } });
    expect([there.url, there.text()]).toEqual(["http://other.test/", "the environment's"]);
    await rejection(session.get("https://127.0.0.1:1/", { proxies: { http: null } }));
    expect(theirs.requests.at(-1)?.line).toBe("CONNECT 127.0.0.1:1 HTTP/1.1");
  });

  it("goes beside no_proxy, of which null means: as the environment says", async () => {
    vi.stubEnv("http_proxy", theirs.url);
    vi.stubEnv("no_proxy", "127.0.0.1");
    await using session = new Session({ proxies: { no_proxy: "other.test" } });
    expect(await session.get(origin.url).text()).toBe("the environment's");
    expect(await session.get(origin.url, { proxies: { no_proxy: null } }).text()).toBe("direct");
  });
});

describe("a proxy's URL that cannot be read is told before anything is sent", () => {
  it.for([
    [{ proxy: "http://" }, 'proxy URL "http://", given as proxy or proxies["all"], is malformed'],
    [{ proxies: { http: "http://p:port" } }, 'given as proxies["http"], is malformed'],
    [{ proxies: { "http://127.0.0.1": "http:/p" } }, 'given as proxies["http://127.0.0.1"], is malformed'],
    [{ proxy: "http://user:1/secret@p" }, "must be percent-encoded"],
    [{ proxy: "http://user:sec%00ret@p" }, "has user info with a control character"],
    [{ proxy: "ftp://user:secret@p" }, "allowed are http, https, socks5, socks5h"],
  ] as const)("%o", async ([options, words]) => {
    for (const [, call] of PLACES.filter(([name]) => name !== "a session, later")) {
      const before = origin.arrived.length;
      let error = await rejection(call(options, origin.url));
      // fetch() rejects with a TypeError.
      if (error instanceof TypeError && error.cause !== undefined) error = error.cause;
      expect(error).toBeInstanceOf(InvalidURL);
      expect((error as Error).message).toContain(words);
      expect((error as Error).message).not.toContain("secret");
      expect(origin.arrived.length).toBe(before);
    }
  });

  it("names the variable of the environment", async () => {
    vi.stubEnv("http_proxy", "http://");
    await using session = new Session();
    const error = await rejection(session.get(origin.url));
    expect(error).toBeInstanceOf(InvalidProxyURL);
    expect((error as Error).message).toContain("given as http_proxy of the environment");
  });
});

describe("user info is read alike in the URL of a server and of a proxy (RFC 3986 §3.2.1, RFC 7617)", () => {
  it.for([
    // user info       user and password
    ["token@", "token:"],
    ["token:@", "token:"],
    [":pw@", ":pw"],
    ["us%40er:p%3Aw@", "us@er:p:w"],
    ["caf%C3%A9:%F0%9F%98%80@", "café:😀"],
    ["a:b@c@", "a:b@c"],
    ["@", null],
    [":@", null],
  ] as const)("%s", async ([userinfo, pair]) => {
    const expected = pair === null ? undefined : `Basic ${Buffer.from(pair).toString("base64")}`;
    await using session = new Session();
    await session.get(origin.url.replace("//", `//${userinfo}`));
    expect(origin.arrived.at(-1)?.headers.authorization).toBe(expected);
    const before = ours.requests.length;
    const proxy = ours.url.replace("//", `//${userinfo}`);
    await session.get("http://name.test/", { proxy });
    const controller = new AbortController();
    // The proxy opens no tunnel: what it was asked is all there is to see.
    const tunnelled = rejection(session.get("https://name.test/", { proxy, signal: controller.signal }));
    await expect.poll(() => ours.requests.length).toBe(before + 2);
    controller.abort();
    await tunnelled;
    const fields = ours.requests
      .slice(before)
      .map((request) => request.fields.map((one) => one.toLowerCase()));
    const wanted = expected === undefined ? [] : [`proxy-authorization: ${expected.toLowerCase()}`];
    expect(fields.map((all) => all.filter((one) => one.startsWith("proxy-auth")))).toEqual([wanted, wanted]);
  });

  it.for(["us%00er:pw@", "user:p%0dw@", "user:p%7Fw@"])(
    "refuses control characters: %s",
    async (userinfo) => {
      await using session = new Session();
      const before = origin.arrived.length;
      for (const call of [
        session.get(origin.url.replace("//", `//${userinfo}`)),
        session.get(origin.url, { proxy: ours.url.replace("//", `//${userinfo}`) }),
        session.get(origin.url, { proxy: `socks5://${userinfo}127.0.0.1:1` }),
      ])
        expect(await rejection(call)).toBeInstanceOf(InvalidURL);
      expect(origin.arrived.length).toBe(before);
    },
  );
});

describe("Proxy-Authorization is for proxies (RFC 9110 §11.7.2)", () => {
  const field = { "Proxy-Authorization": "Basic dTpw" };
  const seen = (): unknown => origin.arrived.at(-1)?.headers["proxy-authorization"];

  it.for([
    ["of a session", (session: Session) => Object.assign(session, { headers: field }).get(origin.url)],
    ["of a request", (session: Session) => session.get(origin.url, { headers: field })],
    ["of a scope", (session: Session) => session.scope(origin.url, { headers: field }).get(origin.url)],
    [
      "of a prepared request",
      (session: Session) => {
        const prepared = session.prepareRequest(new Request("GET", origin.url, { headers: field }));
        expect(prepared.headers.get("proxy-authorization")).toBe(field["Proxy-Authorization"]);
        return session.send(prepared);
      },
    ],
  ] as const)("%s, it reaches no server", async ([, call]) => {
    await using session = new Session();
    expect((await call(session)).text()).toBe("direct");
    expect(seen()).toBeUndefined();
    session.proxies = { all: ours.url, no_proxy: "127.0.0.1" };
    expect((await call(session)).text()).toBe("direct");
    expect(seen()).toBeUndefined();
  });

  it("reaches the proxy that forwards, and not the server that a redirect then leads to", async () => {
    await using leading = await scriptedServer(
      answering(`HTTP/1.1 302 Found\r\nLocation: ${origin.url}/\r\nContent-Length: 0\r\n\r\n`),
    );
    await using session = new Session({
      headers: field,
      proxies: { all: leading.url, no_proxy: "127.0.0.1" },
    });
    expect(await session.get("http://127.0.0.2/").text()).toBe("direct");
    expect(leading.requests[0]?.fields).toContain("Proxy-Authorization: Basic dTpw");
    expect(seen()).toBeUndefined();
  });

  it("is in no request of an app", async () => {
    await using session = new Session({ headers: field });
    session.mount(
      "http://app.test",
      new AppAdapter((request) => new Response([...request.headers.keys()].join())),
    );
    expect(await session.get("http://app.test/").text()).not.toContain("proxy-authorization");
  });
});
