import { createServer, type AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import {
  ConnectionError,
  get,
  HttpAdapter,
  InvalidHeader,
  InvalidJSONError,
  InvalidMethod,
  InvalidSchema,
  InvalidURL,
  MissingSchema,
  type PreparedRequest,
  Request,
  type RequestException,
  Session,
  UnrewindableBodyError,
  type RequestOptions,
  type SessionOptions,
} from "../../src/index.ts";
import { reply, startOrigin } from "../support/origins.ts";

/** Options as plain JavaScript may pass them. */
function options(value: object): RequestOptions & SessionOptions {
  return value;
}

describe("a wrong option of a request is an error before anything is sent", () => {
  it.for<[object, typeof TypeError | typeof RangeError, RegExp]>([
    [{ header: {} }, TypeError, /header.*headers/],
    [{ allow_redirects: false }, TypeError, /allow_redirects.*allowRedirects/],
    [{ timeout: "5" }, TypeError, /timeout/],
    [{ timeout: 0 }, RangeError, /timeout.*0/],
    [{ timeout: -1 }, RangeError, /timeout.*-1/],
    [{ timeout: Number.NaN }, RangeError, /timeout/],
    [{ timeout: [1, 2, 3] }, TypeError, /timeout/],
    [{ timeout: { connct: 5 } }, TypeError, /timeout.*connct/],
    [{ timeout: 2 ** 31 }, RangeError, /timeout/],
    [{ params: 5 }, TypeError, /params/],
    [{ params: { a: { b: 1 } } }, TypeError, /params.*a/],
    [{ params: { a: Number.NaN } }, TypeError, /params\["a"\] must be a finite number, not NaN/],
    [{ params: [["a", -Infinity]] }, TypeError, /params\["a"\] must be a finite number, not -Infinity/],
    [{ data: { a: Number.NaN } }, TypeError, /data\["a"\] must be a finite number/],
    [{ data: { a: [Infinity] }, files: { f: "x" } }, TypeError, /data\["a"\] must be a finite number/],
    [
      { cookies: { a: Number.NaN } },
      TypeError,
      /value of cookie "a" must be a string, a finite number or null, not NaN/,
    ],
    [{ data: 5 }, TypeError, /data/],
    [{ data: true }, TypeError, /data/],
    [{ data: new Set(["a"]) }, TypeError, /data/],
    [{ files: ["bad"] }, TypeError, /files/],
    [{ files: { f: 5n } }, TypeError, /files/],
    [{ headers: "X: 1" }, TypeError, /headers/],
    [{ auth: "user:pass" }, TypeError, /auth/],
    [{ auth: ["user"] }, TypeError, /auth/],
    [{ auth: {} }, TypeError, /auth/],
    [{ cookies: "a=1" }, TypeError, /cookies/],
    [{ stream: "yes" }, TypeError, /stream/],
    [{ allowRedirects: 1 }, TypeError, /allowRedirects/],
    [{ verify: 1 }, TypeError, /verify/],
    [{ cert: 1 }, TypeError, /cert/],
    [{ proxies: "http://p" }, TypeError, /proxies/],
    [{ hooks: { respnse: () => undefined } }, TypeError, /respnse/],
    [{ hooks: { response: "x" } }, TypeError, /hooks/],
    [{ signal: {} }, TypeError, /signal/],
    [{ retry: "3" }, TypeError, /retry/],
    [{ retry: -1 }, RangeError, /retry/],
    [{ maxBodyBytes: -1 }, RangeError, /maxBodyBytes/],
    [{ onProgress: 1 }, TypeError, /onProgress/],
  ])("%o", async ([wrong, kind, message]) => {
    await using origin = await startOrigin(reply(200));
    await using session = new Session();
    const error: unknown = await session.get(origin.url, options(wrong)).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(kind);
    expect(String(error)).toMatch(message);
    expect(origin.arrived).toEqual([]);
  });
});

describe("a wrong option of a session is an error of its constructor", () => {
  it.for<[object, typeof TypeError | typeof RangeError, RegExp]>([
    [{ base_url: "http://x" }, TypeError, /base_url.*baseUrl/],
    [{ maxRedirects: -1 }, RangeError, /maxRedirects/],
    [{ maxRedirects: 1.5 }, RangeError, /maxRedirects/],
    [{ trustEnv: "no" }, TypeError, /trustEnv/],
    [{ timeout: 0 }, RangeError, /timeout/],
    [{ json: {} }, TypeError, /json/],
    [{ proxy: "http://one.test", proxies: { http: "http://two.test" } }, TypeError, /prox/],
  ])("%o", ([wrong, kind, message]) => {
    let caught: unknown;
    try {
      new Session(options(wrong));
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(kind);
    expect(String(caught)).toMatch(message);
  });

  it("shows no credentials in its message", () => {
    const wrong = options({ auth: ["user", "s3cret", "more"], cert: { key: "s3cret", unknown: 1 } });
    let caught: unknown;
    try {
      new Session(wrong);
    } catch (error) {
      caught = error;
    }
    expect(String(caught)).not.toContain("s3cret");
  });
});

describe("a request that cannot be made is an error of its own class", () => {
  it.for<[string, string, RequestOptions, typeof RequestException]>([
    ["GET", "example.com/x", {}, MissingSchema],
    ["GET", "", {}, MissingSchema],
    ["GET", "http://", {}, InvalidURL],
    ["GET", "http:///x", {}, InvalidURL],
    ["GET", "http://*.test/", {}, InvalidURL],
    ["GET", "http://a b/", {}, InvalidURL],
    ["GET", "http://x:99999/", {}, InvalidURL],
    ["GET", "ftp://example.com/x", {}, InvalidSchema],
    ["GET", "localhost:8080", {}, InvalidSchema],
    ["G T", "http://x.test/", {}, InvalidMethod],
    ["", "http://x.test/", {}, InvalidMethod],
    ["GET", "http://x.test/", { headers: { "X-A": "a\r\nb: c" } }, InvalidHeader],
    ["GET", "http://x.test/", { headers: { "X A": "1" } }, InvalidHeader],
    ["GET", "http://x.test/", { headers: { "X-A": "☃" } }, InvalidHeader],
    ["POST", "http://x.test/", { json: { a: Number.NaN } }, InvalidJSONError],
    ["POST", "http://x.test/", { json: 5n }, InvalidJSONError],
    ["POST", "http://x.test/", { json: undefined, data: undefined, headers: { "": "x" } }, InvalidHeader],
  ])("%s %s %o", async ([method, url, wrong, kind]) => {
    await using session = new Session();
    await expect(session.request(method, url, wrong)).rejects.toBeInstanceOf(kind);
  });

  it("says https:// when the scheme is missing", async () => {
    await expect(get("example.com/x")).rejects.toThrow(/perhaps you meant https:\/\/example\.com\/x/);
  });

  it("wants a prepared request in send(), and a Request in prepareRequest()", async () => {
    await using session = new Session();
    const wanted = new Request("GET", "http://x.test/");
    // Plain JavaScript may pass anything.
    await expect(session.send(wanted as unknown as PreparedRequest)).rejects.toThrow(
      /what send\(\) takes must be a PreparedRequest/,
    );
    expect(() => session.prepareRequest("http://x.test/" as unknown as Request)).toThrow(
      /takes must be a Request/,
    );
  });

  it("wants adapters that can send and close", async () => {
    await using session = new Session();
    expect(() => session.mount("http://x.test/", {} as unknown as HttpAdapter)).toThrow(TypeError);
    expect(() => session.mount(5 as unknown as string, new HttpAdapter())).toThrow(TypeError);
    expect(() => new HttpAdapter({ poolMaxsize: -1 })).toThrow(RangeError);
    expect(() => new HttpAdapter({ poolSize: 1 } as object)).toThrow(/poolSize/);
  });
});

describe("a host that cannot be reached", () => {
  it("is a ConnectionError with what happened and where, and the cause", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const url = `http://user:s3cret@127.0.0.1:${port}/path?token=s3cret`;
    const error: unknown = await get(url).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({
      code: "ERR_CONNECTION",
      phase: "connect",
      request: { method: "GET" },
      response: null,
    });
    expect(String(error)).toContain(`GET http://127.0.0.1:${port}/path`);
    expect(String(error)).not.toContain("s3cret");
    expect((error as Error).cause).toMatchObject({ code: "ECONNREFUSED" });
  });

  it("is a ConnectionError for a name that does not exist", async () => {
    await using session = new Session();
    const unknown = Object.assign(new Error("getaddrinfo ENOTFOUND nowhere.test"), { code: "ENOTFOUND" });
    session.mount(
      "http://",
      new HttpAdapter({ lookup: (_host, _options, callback) => callback(unknown, "", 4) }),
    );
    const error: unknown = await session.get("http://nowhere.test/").catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ phase: "connect", cause: { code: "ENOTFOUND" } });
  });
});

describe("a body", () => {
  it("that is a stream can be sent once", async () => {
    await using origin = await startOrigin(reply(200));
    await using session = new Session({ baseUrl: origin.url });
    async function* once(): AsyncGenerator<string> {
      yield "x";
    }
    const prepared = session.prepareRequest(new Request("POST", "/", { data: once() }));
    await session.send(prepared);
    await expect(session.send(prepared)).rejects.toBeInstanceOf(UnrewindableBodyError);
    expect(origin.arrived.map((request) => request.body)).toEqual(["x"]);
  });

  it("that fails while it is sent gives its own error", async () => {
    await using origin = await startOrigin(reply(200));
    await using session = new Session({ baseUrl: origin.url });
    const broken = new Error("disk on fire");
    async function* failing(): AsyncGenerator<string> {
      yield "x";
      throw broken;
    }
    await expect(session.post("/", { data: failing() })).rejects.toBe(broken);
  });
});
