/** What callers, hooks, listeners, policies and adapters may do wrong at run time: each is a clear error, none is lost. */
import { describe, expect, it } from "vitest";
import {
  type Adapter,
  head,
  InvalidBody,
  InvalidMethod,
  Request,
  RequestException,
  Session,
  SessionClosed,
  wireResponse,
  type PreparedRequest,
  type RequestOptions,
  type RetryPolicy,
  type SessionOptions,
} from "../../src/index.ts";
import { reply, startOrigin } from "../support/origins.ts";

/** Options as plain JavaScript may pass them. */
function options(value: unknown): RequestOptions & SessionOptions {
  return value as RequestOptions & SessionOptions;
}

function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => null,
    (error: unknown) => error,
  );
}

function streamOf(text: string): ReadableStream<string> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(text);
      controller.close();
    },
  });
}

describe("a body that can be read once", () => {
  it.for<[string, () => RequestOptions["data"]]>([
    ["an asynchronous generator", () => asyncPieces()],
    ["a generator", () => pieces()],
    ["a web stream", () => streamOf("x")],
  ])("is not sent by a second request: %s", async ([, make]) => {
    await using origin = await startOrigin(reply(200));
    await using session = new Session({ baseUrl: origin.url });
    const data = make();
    await session.post("/", { data });
    expect(await failureOf(session.post("/", { data }))).toBeInstanceOf(InvalidBody);
    expect(origin.arrived.map(({ body }) => body)).toEqual(["x"]);
  });

  it("is not shared by two requests at the same time", async () => {
    await using origin = await startOrigin(reply(200));
    await using session = new Session({ baseUrl: origin.url });
    const data = asyncPieces();
    const results = await Promise.all([
      failureOf(session.post("/", { data })),
      failureOf(session.post("/", { data })),
    ]);
    expect(results.filter((result) => result instanceof InvalidBody)).toHaveLength(1);
    expect(origin.arrived.map(({ body }) => body).filter((body) => body !== "x")).toEqual([]);
  });

  it("is not sent empty when a function gives it a second time", async () => {
    await using origin = await startOrigin(reply(200));
    await using session = new Session({ baseUrl: origin.url });
    const data = asyncPieces();
    await session.post("/", { data: () => data });
    expect(await failureOf(session.post("/", { data: () => data }))).toBeInstanceOf(InvalidBody);
  });

  it("is refused when others read it before, or are about to", async () => {
    await using session = new Session();
    const read = streamOf("x");
    for await (const piece of read) expect(piece).toBe("x");
    const locked = streamOf("x");
    locked.getReader();
    expect(await failureOf(session.post("http://x.test/", { data: read }))).toBeInstanceOf(InvalidBody);
    expect(await failureOf(session.post("http://x.test/", { data: locked }))).toBeInstanceOf(InvalidBody);
  });

  it.for<[string, unknown]>([
    ["a number", 5],
    ["nothing", undefined],
    ["null", null],
    ["a form", new URLSearchParams("a=b")],
  ])("does not come from a function that gives %s", async ([, made]) => {
    await using origin = await startOrigin(reply(200));
    await using session = new Session();
    const error = await failureOf(session.post(origin.url, { data: () => made }));
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toMatch(/a body must be text, bytes, a Blob, a stream or an iterable, not/);
  });
});

describe("a field of a session that is set wrongly later", () => {
  it.for<[string, unknown, RegExp]>([
    ["maxRedirects", Number.NaN, /maxRedirects must be a whole number, 0 or more, not NaN/],
    ["maxRedirects", "5", /maxRedirects must be/],
    ["maxBodyBytes", Number.NaN, /maxBodyBytes must be/],
    ["maxBodyBytes", "1", /maxBodyBytes must be/],
    ["stream", "yes", /stream must be true or false, not string/],
    ["allowRedirects", 0, /allowRedirects must be true or false/],
    ["retry", "3", /retry must be a policy/],
    ["trustEnv", null, /trustEnv must be/],
    ["timeout", 0, /timeout must be/],
    ["auth", {}, /auth must be/],
    ["hooks", 5, /hooks must be/],
    ["params", 5, /params must be/],
    ["proxy", 5, /proxy must be/],
    ["cookies", "a=b", /cookies must be a record/],
    ["cookies", 5, /cookies must be a record/],
    ["baseUrl", 5, /baseUrl must be a URL or null/],
    ["headers", 5, /headers must be a record/],
  ])("is an error at once, and changes nothing: %s = %s", async ([field, value, message]) => {
    await using session = new Session({ maxRedirects: 7, timeout: { total: 5000 } });
    const before = Reflect.get(session, field) as unknown;
    const error = await failureOf((async () => Object.assign(session, { [field]: value }))());
    expect(error instanceof TypeError || error instanceof RangeError).toBe(true);
    expect(String(error)).toMatch(message);
    expect(Reflect.get(session, field)).toEqual(before);
  });
});

describe("head()", () => {
  it.for<[string, unknown]>([
    ["null", null],
    ["a number", 5],
    ["a list", []],
  ])("takes no options that are none: %s", async ([, wrong]) => {
    await using session = new Session();
    expect(await failureOf(session.head("http://x.test/", options(wrong)))).toBeInstanceOf(TypeError);
    expect(await failureOf(head("http://x.test/", options(wrong)))).toBeInstanceOf(TypeError);
  });

  it("does not follow redirects when it is told nothing by undefined", async () => {
    await using origin = await startOrigin(reply(302, { Location: "/x" }));
    await using session = new Session({ baseUrl: origin.url });
    expect((await session.head("/", options({ allowRedirects: undefined }))).status).toBe(302);
    expect((await head(origin.url, options({ allowRedirects: undefined }))).status).toBe(302);
  });
});

describe("the error hook", () => {
  it.for<[string, string, RequestOptions]>([
    ["a URL that is none", "nowhere", {}],
    ["a header that cannot be sent", "http://x.test/", { headers: { "X-A": "\n" } }],
    ["a value that JSON cannot hold", "http://x.test/", { json: Number.NaN }],
  ])("hears of a call that failed before there was a request: %s", async ([, url, wrong]) => {
    const heard: RequestException[] = [];
    await using session = new Session({ hooks: { error: (error) => void heard.push(error) } });
    const error = await failureOf(session.get(url, wrong));
    expect(error).toBeInstanceOf(RequestException);
    expect(heard).toEqual([error]);
  });

  it("hears of a session that is closed", async () => {
    const heard: RequestException[] = [];
    const session = new Session({ hooks: { error: (error) => void heard.push(error) } });
    await session.close();
    await expect(session.get("http://x.test/")).rejects.toBeInstanceOf(SessionClosed);
    expect(heard).toHaveLength(1);
  });
});

describe("what is thrown in a callback that is asynchronous", () => {
  it("is the error of the call, when it is onProgress", async () => {
    await using origin = await startOrigin((_request, response) => {
      response.write("x");
      setTimeout(() => response.end("y"), 50);
    });
    await using session = new Session();
    const broken = new Error("listener");
    const onProgress = async (): Promise<void> => await Promise.reject(broken);
    // The type allows it: what a listener returns is of no interest.
    expect(await failureOf(session.get(origin.url, options({ onProgress })))).toBe(broken);
  });

  it("is the error of the call, when it is onResponse of an auth object", async () => {
    await using origin = await startOrigin(reply(200));
    await using session = new Session();
    const broken = new Error("listener");
    const auth = { apply: () => undefined, onResponse: async () => await Promise.reject(broken) };
    expect(await failureOf(session.get(origin.url, options({ auth })))).toBe(broken);
  });
});

describe("an adapter, a policy or a hook that answers with something else", () => {
  it.for<[string, unknown]>([
    ["nothing", undefined],
    ["an object", {}],
    ["a Response of fetch", new globalThis.Response("x")],
    ["headers that are no HeaderMap", { ...wireResponse({ status: 200 }), headers: { a: "b" } }],
    ["no body", { ...wireResponse({ status: 200 }), body: null }],
  ])("is named: an adapter with %s", async ([, answer]) => {
    await using session = new Session();
    const adapter = { send: async () => await Promise.resolve(answer), close: async () => {} };
    session.mount("http://x.test", adapter as unknown as Adapter);
    const error = await failureOf(session.get("http://x.test/"));
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toMatch(/send\(\) of an adapter must return what wireResponse\(\) makes/);
  });

  it.for<[string, unknown]>([
    ["nothing", undefined],
    ["a promise", Promise.resolve({ kind: "final" })],
    ["no policy", { kind: "again", delayMs: 0 }],
  ])("is named: a retry policy with %s", async ([, decision]) => {
    await using origin = await startOrigin(reply(503));
    await using session = new Session();
    const retry = { next: () => decision } as unknown as RetryPolicy;
    const error = await failureOf(session.get(origin.url, { retry }));
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toMatch(/next\(\) of a retry policy must return/);
    expect(origin.arrived).toHaveLength(1);
  });

  it.for<["method" | "url" | "headers", unknown]>([
    ["headers", { a: "b" }],
    ["headers", null],
    ["url", new URL("http://x.test/")],
    ["method", null],
  ])("is named: a request hook that sets %s to %o", async ([field, value]) => {
    await using session = new Session();
    const request = (prepared: PreparedRequest): void => void Object.assign(prepared, { [field]: value });
    const error = await failureOf(session.get("http://x.test/", { hooks: { request } }));
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toContain(`${field} of a prepared request must be`);
    const prepared = session.prepareRequest(new Request("GET", "http://x.test/"));
    request(prepared);
    expect(await failureOf(session.send(prepared))).toBeInstanceOf(TypeError);
  });
});

describe("closing a session", () => {
  it("fails each request that is on its way with an error of its own", async () => {
    await using origin = await startOrigin(() => undefined);
    const session = new Session({ baseUrl: origin.url });
    const results = [failureOf(session.get("/one")), failureOf(session.get("/two"))];
    await expect.poll(() => origin.arrived.length).toBe(2);
    await session.close();
    const errors = (await Promise.all(results)) as RequestException[];
    expect(errors.map((error) => error instanceof SessionClosed)).toEqual([true, true]);
    expect(errors.map((error) => error.request?.url)).toEqual([`${origin.url}/one`, `${origin.url}/two`]);
  });
});

describe("CONNECT", () => {
  it("is no request that can be sent", async () => {
    await using origin = await startOrigin(reply(200));
    await using session = new Session();
    const error = await failureOf(session.request("CONNECT", origin.url));
    expect(error).toBeInstanceOf(InvalidMethod);
    expect(origin.connections()).toBe(0);
  });
});

describe("a prototype that somebody polluted", () => {
  it.for<[string, unknown]>([
    ["headers", { evil: "1" }],
    ["path", "/evil"],
    ["name", "evil"],
    ["proxy", "http://evil.test"],
    ["auth", ["evil", "evil"]],
    ["socketPath", "/evil"],
    ["body", "evil"],
    ["query", { evil: "1" }],
  ])("changes nothing about what is sent: %s", async ([name, value]) => {
    await using origin = await startOrigin(reply(200));
    await using session = new Session({ baseUrl: origin.url });
    const both = async (): Promise<void> => {
      await session.get("/", { headers: { "X-A": "1" }, params: { a: 1 } });
      await session.post("/", { files: { f: new Blob(["x"]) } });
    };
    await both();
    Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true });
    try {
      await both();
    } finally {
      Reflect.deleteProperty(Object.prototype, name);
    }
    const sent = origin.arrived.map(({ method, url, rawHeaders, body }) =>
      JSON.stringify({ method, url, rawHeaders, body }).replaceAll(/[0-9a-f]{32}/g, "boundary"),
    );
    expect(sent.slice(2)).toEqual(sent.slice(0, 2));
  });
});

async function* asyncPieces(): AsyncGenerator<string> {
  yield await Promise.resolve("x");
}

function* pieces(): Generator<string> {
  yield "x";
}
