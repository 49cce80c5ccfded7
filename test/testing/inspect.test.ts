/** Endpoints that tell what was asked. */
import { Buffer } from "node:buffer";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startTestServer } from "../../testing/index.ts";
import type { TestServer } from "../../testing/index.ts";
import { ask, askJson, askRaw } from "./ask.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const BINARY = Uint8Array.from([0, 255, 1, 254]);
const FORM = "application/x-www-form-urlencoded";

describe("GET /get", () => {
  it.for([
    ["", {}],
    ["?a=1", { a: "1" }],
    ["?a=1&b=2&a=3", { a: ["1", "3"], b: "2" }],
    ["?a=&b", { a: "", b: "" }],
    ["?a=1+2&b=%2B", { a: "1 2", b: "+" }],
    ["??a=%C3%A9", { "?a": "é" }],
    ["?a=%FF&b=%zz", { a: "\ufffd", b: "%zz" }],
    ["?constructor=1&constructor=2", { constructor: ["1", "2"] }],
  ] as const)("reads the query %s", async ([query, args]) => {
    expect((await askJson(server.url, `GET /get${query}`)).json).toMatchObject({ args });
  });

  it("tells headers, origin and URL, and nothing else", async () => {
    const { json } = await askJson(server.url, "GET /get?a=1");
    expect(json).toEqual({
      args: { a: "1" },
      headers: expect.objectContaining({ Host: `127.0.0.1:${server.port}` }) as unknown,
      origin: "127.0.0.1",
      url: `${server.url}/get?a=1`,
    });
  });
});

describe("bodies", () => {
  it.for([
    // content type                body                    what is told of it
    [FORM, "a=1&b=two+words", { form: { a: "1", b: "two words" }, data: "", json: null }],
    [FORM, "a=1&a=2&a=3", { form: { a: ["1", "2", "3"] } }],
    [`${FORM}; charset=utf-8`, "caf%C3%A9=%E2%98%95", { form: { café: "☕" } }],
    ["application/json", '{"a":[1,null]}', { data: '{"a":[1,null]}', json: { a: [1, null] }, form: {} }],
    ["application/json", "{broken", { data: "{broken", json: null }],
    ["text/plain", "Grüße", { data: "Grüße", json: null }],
    ["text/plain", "12", { data: "12", json: 12 }],
    ["application/octet-stream", BINARY, { data: "data:application/octet-stream;base64,AP8B/g==" }],
    ["image/png", "", { data: "", files: {}, form: {}, json: null }],
  ] as const)("of type %s are told", async ([type, body, expected]) => {
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      const path = `/${method.toLowerCase()}`;
      const { status, json } = await askJson(server.url, `${method} ${path}`, {
        headers: { "content-type": type },
        body,
      });
      expect(status).toBe(200);
      expect(json).toMatchObject({ ...expected, url: server.url + path });
    }
  });

  it("in multipart come as fields and files", async () => {
    const form = new FormData();
    form.append("field", "Grüße");
    form.append("twice", "1");
    form.append("twice", "2");
    form.append("text", new Blob(["content\r\n--x"], { type: "text/plain" }), "ünï.txt");
    form.append("image", new Blob([BINARY], { type: "image/png" }), "a.png");
    form.append("many", new Blob(["1"]), "1");
    form.append("many", new Blob(["2"]), "2");
    const { json } = await askJson(server.url, "POST /post", { body: form });
    expect(json).toMatchObject({
      form: { field: "Grüße", twice: ["1", "2"] },
      files: { text: "content\r\n--x", image: "data:image/png;base64,AP8B/g==", many: ["1", "2"] },
      data: "",
      json: null,
    });
  });

  it.for([
    ["no boundary", "multipart/form-data", "--x\r\n\r\n", {}],
    ["an empty form", "multipart/form-data; boundary=x", "--x--\r\n", {}],
    [
      "no end",
      "multipart/form-data; boundary=x",
      '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1',
      {},
    ],
    ["a part without a name", "multipart/form-data; boundary=x", "--x\r\nX: y\r\n\r\n1\r\n--x--\r\n", {}],
    [
      "a preamble",
      "multipart/form-data; boundary=x",
      "hello\r\n--x\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--x--",
      { a: "1" },
    ],
  ] as const)("in multipart with %s do not fail", async ([, type, body, form]) => {
    const { json } = await askJson(server.url, "POST /post", { headers: { "content-type": type }, body });
    expect(json).toMatchObject({ form, files: {} });
  });

  it("may come in chunks", async () => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const piece of ['{"a":', "[1,", "2]}"]) controller.enqueue(Buffer.from(piece));
        controller.close();
      },
    });
    const { json } = await askJson(server.url, "POST /post", { body, duplex: "half" });
    expect(json).toMatchObject({ json: { a: [1, 2] }, headers: { "Transfer-Encoding": "chunked" } });
  });
});

describe("/anything", () => {
  it.for(["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "QUERY"])(
    "answers %s with all facts",
    async (method) => {
      const reply = await askRaw(server.url, { method, target: "/anything/a%20b/%C3%A9?c=d" });
      const json: unknown = JSON.parse(reply.text);
      expect(json).toMatchObject({
        method,
        args: { c: "d" },
        data: "",
        url: `${server.url}/anything/a%20b/é?c=d`,
      });
      expect(Object.keys(json ?? {}).toSorted()).toEqual([
        "args",
        "data",
        "files",
        "form",
        "headers",
        "json",
        "method",
        "origin",
        "url",
      ]);
    },
  );
});

describe("headers", () => {
  it("are told by /headers with a capital for each word, repeated ones joined", async () => {
    const headers = ["x-b3-traceid", "1", "X-TWICE", "a", "x-twice", "b, c"];
    const reply = await askRaw(server.url, { target: "/headers", headers });
    expect(JSON.parse(reply.text)).toEqual({
      headers: {
        Host: `127.0.0.1:${server.port}`,
        Connection: "close",
        "X-B3-Traceid": "1",
        "X-Twice": "a,b, c",
      },
    });
  });

  it.for([
    ["/headers", { Via: undefined, "X-Request-Id": undefined }],
    ["/headers?show_env=1", { Via: "1.1 a", "X-Request-Id": "7" }],
  ] as const)("of hosts in between are hidden unless asked for: %s", async ([path, shown]) => {
    const { json } = await askJson(server.url, `GET ${path}`, {
      headers: { via: "1.1 a", "x-request-id": "7" },
    });
    expect(json).toMatchObject({ headers: expect.objectContaining({ Accept: "*/*" }) as unknown });
    const { headers } = json as { readonly headers: Readonly<Record<string, string>> };
    for (const [name, value] of Object.entries(shown)) expect(headers[name]).toBe(value);
  });

  it.for([
    ["GET /ip", {}, { origin: "127.0.0.1" }],
    ["GET /ip", { "x-forwarded-for": "203.0.113.7" }, { origin: "203.0.113.7" }],
    ["GET /user-agent", { "user-agent": "sojourn/1" }, { "user-agent": "sojourn/1" }],
  ] as const)("%s reads %j", async ([request, headers, expected]) => {
    expect((await askJson(server.url, request, { headers })).json).toEqual(expected);
  });

  it("may lack a user agent", async () => {
    const reply = await askRaw(server.url, { target: "/user-agent" });
    expect(JSON.parse(reply.text)).toEqual({ "user-agent": null });
  });

  it("of a proxy change the scheme of the URL", async () => {
    const reply = await ask(server.url, "GET /get", { headers: { "x-forwarded-proto": "https" } });
    expect(JSON.parse(reply.text)).toMatchObject({ url: `https://127.0.0.1:${server.port}/get` });
  });
});
