/** What newcomers write wrong, and what it is answered with: what is wrong, and what to write. */
import { describe, expect, it } from "vitest";

import {
  CookieJar,
  get,
  HttpAdapter,
  HttpBasicAuth,
  post,
  request,
  Retry,
  Session,
  type RequestOptions,
} from "../../src/index.ts";
import { startOrigin } from "../support/origins.ts";

/** As plain JavaScript may write it. */
const js = (value: unknown): never => value as never;

const origin = startOrigin(({ url }, response) => {
  if (url === "/slow") setTimeout(() => response.end("late"), 100);
  else if (url === "/html")
    response.writeHead(502, { "Content-Type": "text/html; charset=utf-8" }).end("<html>Bad gateway</html>");
  else if (url === "/lines") response.end('{"a":1}\n{"a":2}\n');
  else if (url === "/empty") response.end();
  else response.end("text");
});

async function failureOf(work: () => unknown): Promise<Error> {
  try {
    await work();
  } catch (error) {
    return error as Error;
  }
  throw new Error("it did not fail");
}

type Slip = (url: string, session: Session) => unknown;

const streamed = { stream: true } as const;

describe("a slip is answered with what to write:", () => {
  it.for<[what: string, slip: Slip, answer: RegExp]>([
    // calls
    ["Session() without new", () => (Session as unknown as () => unknown)(), /without 'new'/],
    ["the method left out", (url) => request(url, js(undefined)), /request\(method, url, options\)/],
    [
      "one object in axios' manner",
      (url) => request(js({ method: "GET", url }), js(undefined)),
      /request\(method, url, options\)/,
    ],
    ["one object for get()", (url) => get(js({ url })), /not Object: write get\(url, options\)/],
    ["no URL", () => get(js(undefined)), /url must be a string or a URL, not undefined/],
    [
      "options that are a text",
      (url) => post(url, js("a=1")),
      /options must be an object, not string; a body is written as \{ data: … \}/,
    ],
    [
      "the body as second argument",
      (url) => post(url, js({ firstName: "Ada", surname: "L" })),
      /if this is a body, write \{ json: … \}/,
    ],
    ["a list as second argument", (url) => post(url, js([1, 2])), /not a list; a body is written as/],
    ["a Map as second argument", (url) => get(url, js(new Map())), /options must be an object, not Map/],
    [
      "options of a request for a session",
      () => new Session(js({ json: {} })),
      /session\.get\(url, \{ json: … \}\)/,
    ],
    [
      "options of a session for a request",
      (url) => get(url, js({ baseUrl: url })),
      /new Session\(\{ baseUrl: … \}\)/,
    ],
    ["a misspelled option", (url) => get(url, js({ header: {} })), /perhaps you meant headers\?/],
    // URLs
    ["no scheme", () => get("www.example.test/x"), /perhaps you meant https:\/\/www\.example\.test\/x\?/],
    [
      "no scheme, and a port",
      () => get("localhost:3000/x"),
      /perhaps you meant http:\/\/localhost:3000\/x\?/,
    ],
    [
      "a scheme with a letter too few",
      () => get("htp://a.test/x"),
      /perhaps you meant http:\/\/a\.test\/x\?/,
    ],
    [
      "a scheme with a letter too many",
      () => get("htttps://a.test/x"),
      /perhaps you meant https:\/\/a\.test\/x\?/,
    ],
    ["a WebSocket", () => get("wss://a.test/"), /WebSocket of Node/],
    ["a file", () => get("file:///etc/hosts"), /node:fs/],
    ["a data: URL", () => get("data:,x"), /toFetch\(\)/],
    // bodies
    ["data and json", (url) => post(url, { data: "x", json: {} }), /one body: give one of them/],
    ["body", (url) => post(url, js({ body: "x" })), /write data/],
    [
      "values inside of a form",
      (url) => post(url, js({ data: { user: { name: "x" } } })),
      /write json for values inside of others/,
    ],
    [
      "a file by its path",
      (url) => post(url, js({ files: "./a.txt" })),
      /files: \{ field: createReadStream\(path\) \}/,
    ],
    [
      "a file without a name of its field",
      (url) => post(url, js({ files: new Blob(["x"]) })),
      /files: \{ field: blob \}/,
    ],
    ["json of undefined inside a Map", (url) => post(url, { json: new Map() }), /JSON cannot hold/],
    [
      "a stream sent twice",
      async (url, session) => {
        const data = new ReadableStream({ start: (controller) => controller.close() });
        await session.post(url, { data });
        await session.post(url, { data });
      },
      /function that makes it/,
    ],
    // header fields, cookies, auth
    ["headers as a text", (url) => get(url, js({ headers: "A: 1" })), /headers: \{ Name: value \}/],
    ["headers as a list of texts", (url) => get(url, js({ headers: ["A: 1"] })), /pairs \[name, value\]/],
    ["cookies as a text", (url) => get(url, js({ cookies: "a=1; b=2" })), /cookies: \{ name: value \}/],
    [
      "cookies as a list",
      (url) => get(url, js({ cookies: [{ name: "a", value: "1" }] })),
      /new CookieJar\(list\)/,
    ],
    ["auth as a text", (url) => get(url, js({ auth: "user:pass" })), /auth: \[user, password\]/],
    [
      "auth in axios' manner",
      (url) => get(url, js({ auth: { username: "u", password: "p" } })),
      /auth: \[user, password\]/,
    ],
    ["auth of one part", (url) => get(url, js({ auth: ["user"] })), /auth: \[user, password\]/],
    ["a token as auth", (url) => get(url, js({ auth: { bearer: "t" } })), /new HttpBearerAuth\(token\)/],
    [
      "user and password beside each other",
      (url) => get(url, js({ username: "u", password: "p" })),
      /auth: \[user, password\]/,
    ],
    [
      "a number as password",
      () => new HttpBasicAuth("u", js(5)),
      /the password must be text or bytes, not number/,
    ],
    ["setCookie() without a URL", () => new CookieJar().setCookie("a=1", js(undefined)), /url/i],
    [
      "set() of a whole Set-Cookie",
      () => new CookieJar().set("a=1; Path=/", "x"),
      /setCookie\(header, url\) takes a whole Set-Cookie/,
    ],
    // time, redirects, retries
    ["a time with a unit", (url) => get(url, js({ timeout: "5s" })), /write 5000/],
    ["a time as a text", (url) => get(url, js({ timeout: "250" })), /write 250/],
    ["no time limit as 0", (url) => get(url, { timeout: 0 }), /null to wait for ever/],
    ["no time limit as Infinity", (url) => get(url, { timeout: Infinity }), /null to wait for ever/],
    ["times in got's manner", (url) => get(url, js({ timeout: { request: 5000 } })), /write total/],
    ["seconds", (url) => get(`${url}/slow`, { timeout: 5 }), /5 ms.*\(times are milliseconds\)/],
    [
      "a controller as signal",
      (url) => get(url, js({ signal: new AbortController() })),
      /signal: controller\.signal/,
    ],
    ["a number as signal", (url) => get(url, js({ signal: 5000 })), /AbortSignal\.timeout\(ms\)/],
    ["redirects in fetch's manner", (url) => get(url, js({ allowRedirects: "manual" })), /write false/],
    ["a count of redirects", (url) => get(url, js({ allowRedirects: 5 })), /maxRedirects of the session/],
    [
      "retry in got's manner",
      (url) => get(url, js({ retry: { limit: 3 } })),
      /retry: 3, or retry: new Retry\(/,
    ],
    ["retry: true", (url) => get(url, js({ retry: true })), /write how many/],
    ["names of got in a Retry", () => new Retry(js({ limit: 3 })), /perhaps you meant total\?/],
    ["hooks in got's manner", (url) => get(url, js({ hooks: { beforeRequest: [] } })), /write request/],
    ["a hook as hooks", (url) => get(url, js({ hooks: () => undefined })), /hooks: \{ response: function \}/],
    // proxies, TLS, connections
    [
      "a proxy in axios' manner",
      (url) => get(url, js({ proxy: { host: "p", port: 1 } })),
      /proxy: "http:\/\/user:password@host:port"/,
    ],
    ["a proxy as a URL", (url) => get(url, js({ proxy: new URL("http://p.test") })), /proxy: url\.href/],
    [
      "one proxy as proxies",
      (url) => get(url, js({ proxies: "http://p.test" })),
      /one proxy for everything is proxy/,
    ],
    [
      "a proxy by host alone",
      (url) => get(url, { proxies: { "a.test": "http://p.test" } }),
      /keys are http, https and all/,
    ],
    ["an agent", (url) => get(url, js({ agent: {} })), /proxy or proxies.*verify and cert/],
    [
      "https in got's manner",
      (url) => get(url, js({ https: { rejectUnauthorized: false } })),
      /verify, cert or tls/,
    ],
    [
      "rejectUnauthorized",
      (url) => get(url, js({ rejectUnauthorized: false })),
      /perhaps you meant verify\?/,
    ],
    ["a list of authorities", (url) => get(url, js({ verify: ["pem"] })), /one PEM text/],
    [
      "a bundle that is not there",
      () => get("https://127.0.0.1:9/", { verify: "/not/there.pem" }),
      /invalid path: \/not\/there\.pem/,
    ],
    [
      "a prefix without scheme",
      (_url, session) => session.mount("api.test/v1", new HttpAdapter()),
      /perhaps you meant "https:\/\/api\.test\/v1"\?/,
    ],
    [
      "mount() of what is no adapter",
      (_url, session) => session.mount("https://", js({})),
      /an adapter must be an object with send\(\) and close\(\), not Object/,
    ],
    [
      "options of a session for an adapter",
      () => new HttpAdapter(js({ rejectUnauthorized: false })),
      /write verify there/,
    ],
    // responses
    ["responseType", (url) => get(url, js({ responseType: "json" })), /json\(\)/],
    [
      "an HTML page as JSON",
      (url) => get(`${url}/html`).json(),
      /it looks like HTML.*\(status 502, Content-Type text\/html\)/,
    ],
    [
      "NDJSON as JSON",
      (url) => get(`${url}/lines`).json(),
      /a second value behind the first, at position 8 \(line 2, column 1\)/,
    ],
    ["nothing as JSON", (url) => get(`${url}/empty`).json(), /it is empty \(status 200, no Content-Type\)/],
    [
      "a stream read twice",
      async (url, session) => {
        const response = await session.get(url, streamed);
        for await (const piece of response) void piece;
        await response.text();
      },
      /it can be read only once/,
    ],
    [
      "a stream read after close()",
      async (url, session) => {
        const response = await session.get(url, streamed);
        await response.close();
        await response.text();
      },
      /closed before its body was read/,
    ],
    [
      "saveTo() without a path",
      async (url) => (await get(url)).saveTo(js(undefined)),
      /a path or a file: URL, not undefined/,
    ],
    [
      "a schema that is none",
      async (url) => (await get(url)).json(js({ type: "object" })),
      /not JSON|Standard Schema/,
    ],
    [
      "a wrong option of iterLines()",
      async (url) => (await get(url)).iterLines(js({ encoding: "utf8" })),
      /iterLines\(\) has no option "encoding"/,
    ],
    // sessions
    [
      "a session that was closed",
      async (url, session) => {
        await session.close();
        await session.get(url);
      },
      /the session is closed: make a new one/,
    ],
    [
      "return without await",
      (url) => {
        async function load(): Promise<unknown> {
          await using session = new Session();
          // oxlint-disable-next-line typescript/return-await -- this is the slip
          return session.get(`${url}/slow`);
        }
        return load();
      },
      /the session was closed while the call was under way.*return await/,
    ],
    [
      "a call that nobody awaits",
      async (url, session) => {
        const call = session.get(`${url}/slow`);
        await session.close();
        await call;
      },
      /await the call before the session is closed/,
    ],
  ])("%s", async ([, slip, answer]) => {
    const { url } = await origin;
    await using session = new Session();
    const error = await failureOf(() => slip(url, session));
    expect(error.message).toMatch(answer);
  });
});

describe("a slip that is none:", () => {
  it.for<[what: string, options: RequestOptions, sent: Record<string, unknown>]>([
    ["params as a text", { params: "?a=1" }, { url: "/?a=1" }],
    ["headers as a Map", { headers: new Map([["x-a", "1"]]) }, { headers: { "x-a": "1" } }],
    ["headers as pairs", { headers: [["x-a", "1"]] }, { headers: { "x-a": "1" } }],
    ["a body of GET", { data: "x" }, { body: "x" }],
  ])("%s", async ([, options, sent]) => {
    const { url, arrived } = await origin;
    await get(url, options);
    expect(arrived.at(-1)).toMatchObject(sent);
  });

  it("a method in lower case, and json() twice", async () => {
    const { url, arrived } = await origin;
    const response = await request("get", url);
    expect(arrived.at(-1)?.method).toBe("GET");
    expect([response.text(), response.text()]).toEqual(["text", "text"]);
  });
});
