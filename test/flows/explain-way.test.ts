/** `session.explain()`: what the way does not take along, what would fail, and what is warned of. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import {
  HttpAdapter,
  HttpDigestAuth,
  HttpProxyAuth,
  RequestException,
  Response,
  Session,
  type Adapter,
  type ExplainOptions,
  type PreparedRequest,
  type RequestOptions,
  type SessionOptions,
} from "../../src/index.ts";
import { oauth2RefreshToken } from "../../src/oauth2.ts";
import { reply, startOrigin } from "../support/origins.ts";
import { quietEnvironment, shown } from "../support/explaining.ts";

const environment = quietEnvironment();

const unsent: Adapter = { send: () => Promise.reject(new Error("sent")), close: () => Promise.resolve() };

function renewed(): RequestOptions["auth"] {
  return oauth2RefreshToken({
    tokenEndpoint: "https://login.test/",
    clientId: "me",
    refreshToken: "s3cret",
  });
}

describe("what the way does not take along", () => {
  it.for<
    readonly [
      what: string,
      session: SessionOptions,
      request: ExplainOptions,
      url: string,
      expected: readonly (readonly [
        kind: string,
        name: string,
        source: string,
        by: string,
        reason: string,
      ])[],
    ]
  >([
    [
      "credentials for a proxy, where there is none",
      { headers: { "proxy-authorization": "Basic x" } },
      {},
      "http://a.test/",
      [["header", "Proxy-Authorization", "session", "adapter http://", "no-proxy"]],
    ],
    [
      "credentials for a proxy that opens a tunnel",
      { proxy: "http://p.test", auth: new HttpProxyAuth("u", "p") },
      {},
      "https://a.test/",
      [["header", "Proxy-Authorization", "auth Basic", "adapter https://", "no-proxy"]],
    ],
    [
      "nothing of them for a proxy that forwards",
      { proxy: "http://p.test", headers: { "Proxy-Authorization": "Basic x" } },
      {},
      "http://a.test/",
      [],
    ],
    [
      "another way to tell where the body ends",
      {},
      { method: "POST", data: "text", headers: { "Transfer-Encoding": "chunked" } },
      "http://a.test/",
      [["header", "Transfer-Encoding", "request", "request data", "framing"]],
    ],
    [
      "an Authorization in whose place another one comes",
      { headers: { Authorization: "own" } },
      { auth: renewed() },
      "http://a.test/",
      [["header", "Authorization", "session", "auth OAuth2", "signed"]],
    ],
    [
      "params of a URL that its adapter reads",
      { params: { lang: "en" } },
      { params: { page: 2 } },
      "own://a/b",
      [
        ["param", "lang", "session", "url scheme", "scheme"],
        ["param", "page", "request", "url scheme", "scheme"],
      ],
    ],
  ])("is told: %s", ([, options, request, url, expected]) => {
    const session = new Session({ trustEnv: false, ...options });
    session.mount("own://", unsent);
    const { dropped } = session.explain(url, request);
    expect(
      dropped.map(({ kind, name, source, by, reason }) => [kind, name, shown(source), shown(by), reason]),
    ).toEqual(expected);
  });

  it("is a proxy's field on one hop, which the next one has none of", () => {
    const session = new Session({
      trustEnv: false,
      proxies: { http: "http://u:p@p.test", "http://b.test": null },
    });
    const { dropped } = session.explain("http://b.test/", { from: "http://a.test/" });
    expect(dropped.map(({ name, reason }) => [name, reason])).toEqual([["Proxy-Authorization", "one-hop"]]);
  });
});

describe("params", () => {
  it("that stand in the place of one that was taken off are of who gave them, and the others stay whose they were", () => {
    const session = new Session({ trustEnv: false, params: { b: "1", c: null, a: "2" } });
    session.scope("http://a.test", { params: { c: "3" } });
    const { params } = session.explain("http://a.test/");
    expect(params.map(({ name, value, source }) => `${name}=${value} ${source.layer}`)).toEqual([
      "b=1 session",
      "c=3 scope",
      "a=2 session",
    ]);
  });
});

describe("a proxy that cannot be used", () => {
  it.for<readonly [what: string, proxy: string, expected: string]>([
    ["of a scheme that nobody speaks", "socks4://u:s3cret@p.test", "socks4://p.test"],
    ["without a host", "http://", "http://"],
    ["with a blank in it", "http://u:s3cret@p test/", "http://p test/"],
  ])("is told as it is written, with who said it: %s", ([, proxy, expected]) => {
    for (const url of ["http://a.test/", "http://127.0.0.1/"]) {
      const why = new Session({ trustEnv: false, cookies: { sid: "1" } }).explain(url, { proxy });
      expect([why.proxy.value, why.proxy.rule, shown(why.proxy.source)]).toEqual([
        expected,
        "all",
        "request",
      ]);
      expect(why.proxy.isKnown).toBe(true);
      expect(why.warnings[0]).toMatch(/^the request would fail: proxy/);
      expect(JSON.stringify(why) + String(why)).not.toContain("s3cret");
      expect(why.reveal().proxy.value).toBe(proxy);
    }
  });

  it("is the variable that names it", () => {
    vi.stubEnv("http_proxy", "ftp://u:s3cret@p.test");
    const why = new Session().explain("http://a.test/");
    expect([why.proxy.value, shown(why.proxy.source)]).toEqual(["ftp://p.test", "environment http_proxy"]);
  });
});

describe("a warning", () => {
  it("is of a signal that was aborted", () => {
    const why = new Session({ trustEnv: false }).explain("http://a.test/", { signal: AbortSignal.abort() });
    expect(why.warnings).toEqual(["the signal was aborted already: the request would fail"]);
  });

  it("is of an adapter that was closed, and not of that of a closed session", async () => {
    const session = new Session({ trustEnv: false });
    const adapter = new HttpAdapter();
    session.mount("http://a.test", adapter);
    await adapter.close();
    expect(session.explain("http://a.test/").warnings).toEqual([
      "the adapter is closed: the request would fail",
    ]);
    expect(session.explain("http://b.test/").warnings).toEqual([]);
    await session.close();
    expect(session.explain("http://a.test/").warnings).toEqual([
      "the session is closed: the request would fail",
    ]);
  });

  it("is of a class that makes requests in its own way, and of an object that does", () => {
    const expected = ["request() of the session is none of this package: what it changes is not shown"];
    class Own extends Session {
      override request: Session["request"] = () => {
        throw new Error("called");
      };
    }
    expect(new Own({ trustEnv: false }).explain("http://a.test/").warnings).toEqual(expected);
    class Named extends Session {}
    expect(new Named({ trustEnv: false }).explain("http://a.test/").warnings).toEqual([]);
  });

  it("is of a listener that may set fields, for as long as it listens", () => {
    const session = new Session({ trustEnv: false });
    session.events.on("message", () => undefined);
    expect(session.explain("http://a.test/").warnings).toEqual([]);
    const subscription = session.events.on("sending", (sending) => sending.setHeader("X-A", "1"));
    const why = session.explain("http://a.test/");
    expect(why.warnings).toEqual(["somebody listens to the event sending, and may set header fields"]);
    expect(why.request.headers.has("x-a")).toBe(false);
    subscription.off();
    expect(session.explain("http://a.test/").warnings).toEqual([]);
  });

  it("is of a netrc file that has mistakes, and the process is not warned", async () => {
    const path = join(environment.folder, "mistakes");
    writeFileSync(path, "machine a.test login me password secret\nnonsense here\n");
    const warned: Error[] = [];
    const onWarning = (warning: Error): void => void warned.push(warning);
    process.on("warning", onWarning);
    for (const named of [path, environment.folder]) {
      vi.stubEnv("NETRC", named);
      const session = new Session();
      for (let asked = 0; asked < 2; asked++)
        expect(session.explain("http://a.test/").warnings).toEqual([expect.stringContaining(named)]);
    }
    await new Promise(setImmediate);
    process.off("warning", onWarning);
    expect(warned).toEqual([]);
  });
});

describe("who signed the message before", () => {
  it("is told where its header goes along", () => {
    const session = new Session({ trustEnv: false });
    const why = session.explain("/b", { from: "http://u:p@a.test/a" });
    expect(why.auth).toMatchObject({
      value: "Basic",
      source: { layer: "url", name: "user info" },
      note: "the header of the message before goes along",
    });
    const away = session.explain("http://b.test/", { from: "http://u:p@a.test/a" });
    expect(away.auth).toMatchObject({ value: null, note: null });
  });

  it("is told of a response, and none of its fields is shown, whatever they are called", () => {
    const auth = {
      apply: (request: PreparedRequest) => void request.headers.set("X-Signed", "s3cret"),
      preview: () => ({ scheme: "Mine", fields: [["X-Signed", "s3cret"]] as const, note: null }),
    };
    const session = new Session({ trustEnv: false, auth });
    const { request } = session.explain("http://a.test/");
    const from = Response.from({ request, status: 302 });
    for (const to of ["http://a.test/b", "http://b.test/"]) {
      const why = session.explain(to, { from });
      expect(JSON.stringify(why) + String(why)).not.toContain("s3cret");
    }
    const { headers } = session.explain("/b", { from });
    expect(headers.find(({ name }) => name === "X-Signed")).toMatchObject({
      source: { name: "Mine" },
      beaten: [],
    });
  });

  it("signs anew: an answer to a nonce is none of the next message", async () => {
    const challenge = reply(401, { "WWW-Authenticate": 'Digest realm="r", nonce="n", qop="auth"' });
    await using server = await startOrigin((request, answer) => {
      (request.headers.authorization === undefined ? challenge : reply(200))(request, answer);
    });
    await using session = new Session({ trustEnv: false, auth: new HttpDigestAuth("user", "pass") });
    const response = await session.get(`${server.url}/a`);
    expect(response.status).toBe(200);
    const why = session.explain("/b", { from: response });
    expect(why.headers.filter(({ name }) => name === "Authorization")).toEqual([]);
    expect(why.dropped).toEqual([]);
    expect(why.warnings).toEqual([
      "Digest would sign with the nonce that is known, otherwise each time: its header is not shown",
    ]);
  });
});

describe("what is wrong with a request", () => {
  it.for<readonly [what: string, url: string, options: object]>([
    ["a URL without a host", "http://", {}],
    ["a relative URL", "/x", {}],
    ["a field that is none", "http://a.test/", { headers: { "a b": "1" } }],
    ["a body that JSON cannot hold", "http://a.test/", { json: 1n }],
    ["a length that is none", "http://a.test/", { headers: { "Content-Length": "x" } }],
    ["a cookie that is two", "http://a.test/", { cookies: { a: "b;c" } }],
    ["user info that is none", "http://a%0A:b@a.test/", {}],
    ["an option", "http://a.test/", { timeout: -1 }],
    ["two bodies", "http://a.test/", { json: 1, data: "x" }],
  ])("is said as the call says it: %s", async ([, url, options]) => {
    const session = new Session({ trustEnv: false });
    const sent: unknown = await session.post(url, options).catch((error: unknown) => error);
    let said: unknown = null;
    try {
      session.explain(url, { ...options, method: "POST" });
    } catch (error) {
      said = error;
    }
    if (!(said instanceof Error) || !(sent instanceof Error)) throw new Error("there is no error");
    expect([said.constructor, said.message]).toEqual([sent.constructor, sent.message]);
    if (said instanceof RequestException && sent instanceof RequestException)
      expect([said.request?.method, said.request?.url]).toEqual([sent.request?.method, sent.request?.url]);
    await session.close();
  });

  it("is said of a response of fetch as from", () => {
    const session = new Session({ trustEnv: false });
    const from = new globalThis.Response("") as unknown as Response;
    expect(() => session.explain("http://a.test/", { from })).toThrow(
      /^from must be a response, a string or a URL, not Response of fetch, which has no request$/,
    );
  });
});

describe("the prefix of an adapter", () => {
  it("is shown without what is secret in it", () => {
    const session = new Session({ trustEnv: false });
    session.mount("http://u:s3cret@a.test/", new HttpAdapter({ maxRetries: 2 }));
    session.mount("http://b.test/?token=s3cret", new HttpAdapter({ maxRetries: 2 }));
    for (const url of ["http://u:s3cret@a.test/", "http://b.test/?token=s3cret"]) {
      const why = session.explain(url);
      expect(why.retry.value).toBe(2);
      expect(JSON.stringify(why) + String(why)).not.toContain("s3cret");
    }
  });
});
