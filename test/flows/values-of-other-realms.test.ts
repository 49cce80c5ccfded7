import vm from "node:vm";
import * as undici from "undici";
import { describe, expect, it } from "vitest";
import { HttpBasicAuth, Session, type RequestOptions } from "../../src/index.ts";
import { startOrigin } from "../support/origins.ts";

/** A value of a realm of its own; its type is what the caller of the test says. */
function foreign<Value>(text: string): Value {
  return vm.runInNewContext(text) as Value;
}

describe("values of another realm", () => {
  it.each<[string, () => RequestOptions, string]>([
    ["an ArrayBuffer", () => ({ data: foreign("new Uint8Array([111, 107]).buffer") }), "ok"],
    ["bytes", () => ({ data: foreign("new Uint8Array([111, 107])") }), "ok"],
    ["a DataView", () => ({ data: foreign("new DataView(new Uint8Array([111, 107]).buffer)") }), "ok"],
    ["a record", () => ({ data: foreign("({ a: 'b', c: [1, 2] })") }), "a=b&c=1&c=2"],
    ["a Map", () => ({ data: foreign("new Map([['a', 'b']])") }), "a=b"],
    ["pairs", () => ({ data: foreign("[['a', 'b']]") }), "a=b"],
    ["bytes as a field", () => ({ data: { a: foreign("new Uint8Array([111, 107])") } }), "a=ok"],
    [
      "a generator",
      () => ({ data: foreign("(function* () { yield 'o'; yield new Uint8Array([107]); })()") }),
      "ok",
    ],
    ["an async generator", () => ({ data: foreign("(async function* () { yield 'ok'; })()") }), "ok"],
    ["a function with a promise", () => ({ data: foreign("async () => 'ok'") }), "ok"],
    [
      "a date in json",
      () => ({ json: foreign("({ at: new Date(0) })") }),
      '{"at":"1970-01-01T00:00:00.000Z"}',
    ],
    ["a record in json", () => ({ json: foreign("({ a: [1, { b: null }] })") }), '{"a":[1,{"b":null}]}'],
  ])("are the body that they are: %s", async (_name, options, body) => {
    await using origin = await startOrigin((request, response) => void response.end(request.body));
    await using session = new Session();
    expect((await session.post(origin.url, options())).text()).toBe(body);
  });

  it("are refused as those of this realm are", async () => {
    await using session = new Session();
    const post = (options: RequestOptions): Promise<unknown> => session.post("http://h.test/", options);
    await expect(post({ json: foreign("new Map()") })).rejects.toThrow("a Map");
    await expect(post({ json: foreign("({ a: Promise.resolve() })") })).rejects.toThrow("json.a");
    await expect(post({ data: foreign("new Set(['a'])") })).rejects.toThrow("data must be");
    await expect(post({ files: { f: foreign("new Map()") } })).rejects.toThrow("files");
    await expect(session.get("http://h.test/", foreign<RequestOptions>("new Map()"))).rejects.toThrow(
      "options must be",
    );
  });

  it("are the fields, the query, the cookies and the credentials that they are", async () => {
    await using origin = await startOrigin((_request, response) => void response.end());
    await using session = new Session();
    session.cookies.set("old", "1", { expires: foreign("new Date(0)") });
    session.cookies.set("new", "1", { expires: foreign("new Date(Date.now() + 60000)") });
    await session.get(origin.url, {
      params: foreign("new Map([['q', '1']])"),
      headers: foreign("new Map([['X-Field', new Uint8Array([111, 107])]])"),
      auth: new HttpBasicAuth(foreign("new Uint8Array([117])"), "p"),
      cookies: foreign("({ own: 'x' })"),
    });
    const [{ url, headers } = { url: "", headers: {} }] = origin.arrived;
    expect(url).toBe("/?q=1");
    expect(headers).toMatchObject({ "x-field": "ok", authorization: "Basic dTpw", cookie: "new=1; own=x" });
  });

  it("are promises of hooks", async () => {
    await using origin = await startOrigin((_request, response) => void response.end("ok"));
    const seen: string[] = [];
    const hooks = vm.runInNewContext(
      "({ request: async (request) => { seen.push('request'); return request; }, response: async (response) => { seen.push(response.text()); } })",
      { seen },
    ) as { request: () => Promise<undefined>; response: () => Promise<undefined> }; // as the text says
    await using session = new Session({ hooks });
    await session.get(origin.url);
    expect(seen).toEqual(["request", "ok"]);
  });
});

describe("values of undici from the registry", () => {
  it("are a form and its files", async () => {
    await using origin = await startOrigin((request, response) => void response.end(request.body));
    await using session = new Session();
    const form = new undici.FormData();
    form.set("a", "1");
    form.set("f", new File(["text"], "f.txt", { type: "text/plain" }));
    // Another class than the FormData of Node, which its types tell, too.
    const response = await session.post(origin.url, { data: form as unknown as FormData });
    expect(response.text()).toMatch(
      /name="a"\r\n\r\n1\r\n.*name="f"; filename="f\.txt"\r\nContent-Type: text\/plain\r\n\r\ntext\r\n/s,
    );
    expect(origin.arrived[0]?.headers["content-type"]).toMatch(/^multipart\/form-data; boundary=/);
  });

  it("are header fields", async () => {
    await using origin = await startOrigin((_request, response) => void response.end());
    await using session = new Session();
    const headers = new undici.Headers({ "X-Field": "ok" });
    await session.get(origin.url, { headers: headers as unknown as Headers }); // as above
    expect(origin.arrived[0]?.headers["x-field"]).toBe("ok");
  });
});

describe("a signal of another package", () => {
  /** As `abort-controller` of the registry has it: an EventTarget of its own. */
  class ForeignSignal extends EventTarget {
    aborted = false;
    reason: unknown = undefined;
    get [Symbol.toStringTag](): string {
      return "AbortSignal";
    }
    abort(reason: unknown): void {
      this.aborted = true;
      this.reason = reason;
      this.dispatchEvent(new Event("abort"));
    }
  }

  it("ends the wait between retries", async () => {
    await using origin = await startOrigin(
      (_request, response) => void response.writeHead(503, { "Retry-After": "60" }).end(),
    );
    await using session = new Session({ retry: 3 });
    const signal = new ForeignSignal();
    const call = session.get(origin.url, {
      signal: signal as unknown as AbortSignal,
      hooks: { retry: () => void setTimeout(() => signal.abort("enough"), 5) },
    });
    await expect(call).rejects.toBe("enough");
  });
});
