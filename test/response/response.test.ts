import * as zlib from "node:zlib";
import { describe, expect, it } from "vitest";
import {
  ChunkedEncodingError,
  ContentDecodingError,
  JSONDecodeError,
  ResponseTooLarge,
  StreamConsumedError,
} from "../../src/core/errors.ts";
import { Response } from "../../src/response/response.ts";
import { StreamedResponse } from "../../src/response/streamed.ts";
import { wireBodyFrom, wireResponse, type WireBodyInit } from "../../src/response/wire.ts";
import { listed, raw, utf8, WatchedSource } from "../support/bytes.ts";
import { read, requestTo, unread, WatchedBody } from "../support/responses.ts";

function watched(body: WireBodyInit, headers = {}): { response: Response; body: WatchedBody } {
  const watchedBody = new WatchedBody(wireBodyFrom(body));
  return {
    response: unread({ ...wireResponse({ status: 200, headers }), body: watchedBody }),
    body: watchedBody,
  };
}

describe("the body of a read response", () => {
  it("is text, bytes, JSON and Blob, as often as one likes", async () => {
    const response = read({ headers: { "content-type": "application/json" }, body: '{"a": "é"}' });
    for (const _ of [1, 2]) {
      expect(response.text()).toBe('{"a": "é"}');
      expect(response.json<{ a: string }>().a).toBe("é");
      expect(response.bytes()).toEqual(utf8('{"a": "é"}'));
    }
    expect(response.blob().type).toBe("application/json");
    expect(await response.blob().text()).toBe('{"a": "é"}');
  });

  it("is empty text for no body", () => {
    expect(read({ status: 204 }).text()).toBe("");
    expect(read({ status: 204 }).bytes()).toEqual(raw());
    expect(() => read({ status: 204 }).json()).toThrow("it is empty");
  });

  it("follows its encoding, which can be set (PARITY ENC-3)", () => {
    const response = read({ headers: { "content-type": "text/plain" }, body: "é☃" });
    expect(response.encoding).toBe("ISO-8859-1");
    expect(response.text()).toBe("é☃");
    response.encoding = "ascii";
    expect(response.encoding).toBe("ascii");
    expect(response.text()).toBe("\ufffd".repeat(5));
    response.encoding = "ISO-8859-1";
    expect(response.text()).toBe("Ã©â\u0098\u0083");
    response.encoding = null;
    expect(response.text()).toBe("é☃");
    expect(() => Object.assign(response, { encoding: 8 })).toThrow(TypeError);
  });

  it("tells what its encoding seems to be", () => {
    expect(read({ body: "é" }).apparentEncoding).toBe("utf-8");
    expect(read({ body: raw(0xe9) }).apparentEncoding).toBe("windows-1252");
  });

  it("has memory of its own", () => {
    const shared = Buffer.from("other response, this one");
    const { buffer } = read({ body: shared.subarray(16) }).bytes();
    expect(new TextDecoder().decode(buffer)).toBe("this one");
  });

  it("is no JSON: the error knows the response, and nothing of the body", () => {
    const response = read({ body: '{"s3cret": oops}' });
    const error = thrownBy(() => response.json());
    expect(error).toBeInstanceOf(JSONDecodeError);
    expect(error).toMatchObject({ response, request: response.request, position: 11 });
    expect(String(error)).not.toContain("s3cret");
  });

  it("is given in slices", async () => {
    const response = read({ body: "0123456789" });
    expect(await listed(response.iterContent({ chunkSize: 4 }))).toEqual(["0123", "4567", "89"].map(utf8));
    expect(await listed(response.iterContent())).toEqual([utf8("0123456789")]);
    expect(await listed(response.iterContent({ chunkSize: null }))).toHaveLength(1);
    expect(await listed(response.iterLines())).toEqual(["0123456789"]);
    expect(response.text()).toBe("0123456789");
  });

  it("stays after close()", async () => {
    const response = read({ body: "body" });
    await response.close();
    expect(response.text()).toBe("body");
  });

  it("cannot be read before it was loaded", () => {
    expect(() => unread({ body: "body" }).text()).toThrow(StreamConsumedError);
  });
});

describe("loading a body", () => {
  it("happens at once when the bytes are there", () => {
    const response = unread({ body: "body" });
    expect(response.load()).toBeUndefined();
    expect(response.text()).toBe("body");
  });

  it("happens later when they are not, and only once", async () => {
    const { response, body } = watched(new WatchedSource([utf8("bo"), utf8("dy")]));
    await Promise.all([response.load(), response.load()]);
    await response.load();
    expect(response.text()).toBe("body");
    expect(body.calls).toEqual(["collect null"]);
  });

  it("takes the content codings off", async () => {
    const small = unread({ headers: { "content-encoding": "gzip" }, body: zlib.gzipSync("body") });
    expect(small.load()).toBeUndefined();
    expect(small.text()).toBe("body");
    // PARITY DEC-4
    expect(small.headers.get("content-encoding")).toBe("gzip");
    const large = unread({
      headers: { "content-encoding": "br" },
      body: zlib.brotliCompressSync(Buffer.alloc(6_000_000)),
    });
    await large.load();
    expect(large.bytes()).toHaveLength(6_000_000);
  });

  it("leaves a body of an unknown coding alone", () => {
    expect(read({ headers: { "content-encoding": "x-unknown" }, body: "as it is" }).text()).toBe("as it is");
  });

  it.for([
    ["gzip", "not gzip", ContentDecodingError],
    ["gzip, gzip, gzip, gzip, gzip, gzip", "", ContentDecodingError],
  ] as const)("fails for a damaged body under %j, each time alike", async ([coding, body, kind]) => {
    const response = unread({ headers: { "content-encoding": coding }, body });
    const failure: unknown = await failureOf(() => response.load());
    expect(failure).toBeInstanceOf(kind);
    expect(failure).toMatchObject({ response, request: response.request, phase: "decode" });
    expect(thrownBy(() => response.text())).toBe(failure);
    expect(thrownBy(() => response.load())).toBe(failure);
  });

  it("hands on what the adapter throws, with request and response", async () => {
    const failure = new ChunkedEncodingError("the body broke off", { phase: "body" });
    const response = unread({ body: new WatchedSource([utf8("bo")], failure) });
    await expect(response.load()).rejects.toBe(failure);
    expect(failure).toMatchObject({ response, request: response.request });
  });

  it("hands on an abort as it is", async () => {
    const reason = new Error("the caller's own");
    await expect(unread({ body: new WatchedSource([], reason) }).load()).rejects.toBe(reason);
  });

  it.for([
    ["as received", {}, "12345", 4],
    ["once decoded", { "content-encoding": "gzip" }, zlib.gzipSync(Buffer.alloc(1000)), 999],
    [
      "once decoded, later",
      { "content-encoding": "gzip" },
      zlib.gzipSync(Buffer.alloc(6_000_000)),
      5_999_999,
    ],
  ] as const)("fails above maxBodyBytes: %s", async ([, headers, body, maxBodyBytes]) => {
    await unread({ headers, body }, { maxBodyBytes: maxBodyBytes + 1 }).load();
    const response = unread({ headers, body }, { maxBodyBytes });
    const failure = await failureOf(() => response.load());
    expect(failure).toBeInstanceOf(ResponseTooLarge);
    expect(failure).toMatchObject({ limitBytes: maxBodyBytes, response });
  });
});

// PARITY RED-24, DEC-9
describe("the body of a response that others follow", () => {
  it("is kept when it is short", async () => {
    const { response, body } = watched("denied");
    expect(response.loadHop(100)).toBeUndefined();
    expect(response.text()).toBe("denied");
    expect(body.calls).toEqual(["collect 100"]);
    const slow = watched(new WatchedSource([utf8("moved")]));
    await slow.response.loadHop(100);
    expect(slow.response.text()).toBe("moved");
  });

  it.for([
    ["long", "x".repeat(101), {}],
    ["long as a stream", new WatchedSource([Buffer.alloc(101)]), {}],
    ["broken", new WatchedSource([utf8("x")], new ChunkedEncodingError("broke off", { phase: "body" })), {}],
    ["no gzip", "not gzip", { "content-encoding": "gzip" }],
    ["a bomb", zlib.gzipSync(Buffer.alloc(10_000)), { "content-encoding": "gzip" }],
  ] as const)("is dropped when it is %s, and says so", async ([, source, headers]) => {
    const { response, body } = watched(source, headers);
    await response.loadHop(100);
    expect(body.calls).toContain("cancel");
    expect(thrownBy(() => response.text())).toBeInstanceOf(StreamConsumedError);
    expect(() => response.text()).toThrow("dropped");
    expect(() => response.iterContent()).toThrow("dropped");
  });

  it("is left alone when a hook has read it", async () => {
    const { response, body } = watched("body");
    await response.load();
    await response.loadHop(1);
    expect(response.text()).toBe("body");
    expect(body.calls).toEqual(["collect null"]);
  });

  it("is not above the limit of the session", async () => {
    const { body, response } = watched("12345");
    const limited = unread({ ...wireResponse({ status: 302 }), body }, { maxBodyBytes: 4 });
    await limited.loadHop(100);
    expect(body.calls[0]).toBe("collect 4");
    expect(() => limited.text()).toThrow("dropped");
    expect(response.status).toBe(200);
  });
});

describe.for([
  ["Response", Response],
  ["StreamedResponse", StreamedResponse],
] as const)("%s.from", ([, kind]) => {
  const request = requestTo("https://user@a.test/x", "POST");

  it("makes a response of what a hook has", async () => {
    const response = kind.from({
      request,
      status: 201,
      statusText: "Replaced",
      headers: { "content-type": "text/plain; charset=utf-8" },
      body: "é",
      url: "https://b.test/",
    });
    expect(response).toMatchObject({ status: 201, statusText: "Replaced", url: "https://b.test/", request });
    expect(await response.text()).toBe("é");
    expect(await listed(response.iterLines())).toEqual(["é"]);
  });

  it("is an empty 200 to its request unless something else is said", async () => {
    const response = kind.from({ request });
    expect(response).toMatchObject({
      status: 200,
      statusText: "",
      url: request.url,
      history: [],
      elapsed: 0,
    });
    expect(await response.text()).toBe("");
  });

  it("takes the body as decoded, whatever the headers say", async () => {
    expect(await kind.from({ request, headers: { "content-encoding": "gzip" }, body: "plain" }).text()).toBe(
      "plain",
    );
  });

  it.for([0, 99, 1000, 200.5])("refuses the status %i", (status) => {
    expect(() => kind.from({ request, status })).toThrow(RangeError);
  });
});

/** What it throws, at once or later. */
async function failureOf(action: () => void | Promise<void>): Promise<unknown> {
  try {
    await action();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
