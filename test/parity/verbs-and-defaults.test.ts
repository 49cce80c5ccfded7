/** What every call has in common, as in Python requests: verbs, defaults, what counts as "not given". */
import { describe, expect, it } from "vitest";

import {
  defaultHeaders,
  defaultUserAgent,
  del,
  get,
  head,
  HttpAdapter,
  options as askOptions,
  patch,
  post,
  put,
  query,
  request,
  Session,
  version,
  type RequestOptions,
} from "../../src/index.ts";
import { play } from "../support/one-call.ts";
import { answer, redirect, wireServer } from "../support/wire-server.ts";

const VERBS = [
  ["GET", "get", get],
  ["OPTIONS", "options", askOptions],
  ["HEAD", "head", head],
  ["POST", "post", post],
  ["PUT", "put", put],
  ["PATCH", "patch", patch],
  ["DELETE", "delete", del],
  ["QUERY", "query", query],
] as const;

describe("a verb", () => {
  it.for(VERBS)(
    "%s is a function, and a method of a session, that takes the same options",
    async ([method, name, call]) => {
      await using server = await wireServer(answer());
      await call(`${server.url}/1`, { params: { a: 1 }, data: { b: 2 } });
      await using session = new Session({ trustEnv: false });
      await session[name](`${server.url}/2`, { params: { a: 1 }, json: { b: 2 } });
      expect(server.requests.map((heard) => [heard.method, heard.target, heard.body])).toEqual([
        [method, "/1?a=1", "b=2"],
        [method, "/2?a=1", '{"b":2}'],
      ]);
    },
  );

  it("may be any token: request() takes it, in upper case", async () => {
    const { heard } = await play([], (session, url) => session.request("purge", url));
    expect(heard[0]?.method).toBe("PURGE");
  });
});

describe("HEAD", () => {
  it.for<[call: string, follows: boolean, send: (session: Session, url: string) => Promise<unknown>]>([
    ["session.head()", false, (session, url) => session.head(url)],
    ["session.head() that is told to", true, (session, url) => session.head(url, { allowRedirects: true })],
    ["session.request()", true, (session, url) => session.request("HEAD", url)],
    ["head()", false, (_session, url) => head(url)],
    ["request()", true, (_session, url) => request("HEAD", url)],
  ])("by %s follows redirects: %s", async ([, follows, send]) => {
    const { heard } = await play([redirect("/end"), answer()], (session, url) =>
      send(session, `${url}/start`),
    );
    expect(heard.map(({ target }) => target)).toEqual(follows ? ["/start", "/end"] : ["/start"]);
  });
});

describe("the functional API", () => {
  it("opens a connection for each call", async () => {
    await using server = await wireServer(answer());
    await get(server.url);
    await get(server.url);
    expect(server.connections).toBe(2);
  });

  it("gives a streamed body that can still be read", async () => {
    await using server = await wireServer(answer({ body: "content" }));
    const response = await get(server.url, { stream: true });
    expect(await response.text()).toBe("content");
  });
});

describe("the headers of a session that says nothing", () => {
  it("are requests' own, in their order, behind Host", async () => {
    const { heard } = await play([], (session, url) => session.get(url));
    expect(heard[0]?.headers.slice(1)).toEqual([
      ["User-Agent", `sojourn/${version}`],
      ["Accept-Encoding", "gzip, deflate, br, zstd"],
      ["Accept", "*/*"],
      ["Connection", "keep-alive"],
    ]);
    expect(heard[0]?.headers[0]?.[0]).toBe("Host");
  });

  it("can be had as a map of one's own", () => {
    defaultHeaders().set("Accept", "text/html");
    expect(defaultHeaders().get("accept")).toBe("*/*");
    expect(defaultUserAgent("crawler")).toBe(`crawler/${version}`);
  });
});

describe("a session that says nothing", () => {
  it("has an adapter for https and another one for http", async () => {
    await using session = new Session();
    expect([...session.adapters.keys()]).toEqual(["https://", "http://"]);
    const [secure, plain] = session.adapters.values();
    expect(secure).toBeInstanceOf(HttpAdapter);
    expect(plain).toBeInstanceOf(HttpAdapter);
    expect(secure).not.toBe(plain);
  });
});

describe("the order of header fields", () => {
  it("is the session's, then the request's, then what was added", async () => {
    const { heard } = await play([], (session, url) => {
      session.headers = { "X-Session": "1", Accept: "*/*" };
      return session.post(url, {
        headers: { ACCEPT: "text/html", "X-Request": "1" },
        data: { a: "1" },
        cookies: { c: "1" },
        auth: ["user", "pass"],
      });
    });
    expect(heard[0]?.headers.map(([name]) => name)).toEqual([
      "Host",
      "X-Session",
      "ACCEPT",
      "X-Request",
      "Content-Length",
      "Content-Type",
      "Authorization",
      "Cookie",
    ]);
  });
});

describe("what counts as not given", () => {
  it.for<[what: string, options: RequestOptions]>([
    ["empty params and data", { params: {}, data: {} }],
    ["empty text", { params: "", data: "" }],
    ["null", { params: undefined, data: null, files: null, cookies: null }],
    ["empty lists", { params: [], data: [], files: [] }],
    ["undefined, for all", { params: undefined, data: undefined, headers: undefined, auth: undefined }],
  ])("%s", async ([, options]) => {
    const { heard } = await play([], (session, url) => {
      session.params = { s: "1" };
      return session.post(url, options);
    });
    expect(heard[0]).toMatchObject({ target: "/?s=1", body: "" });
    expect(heard[0]?.header("content-type")).toBeNull();
  });
});
