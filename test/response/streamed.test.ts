import * as zlib from "node:zlib";
import { describe, expect, it } from "vitest";
import {
  ChunkedEncodingError,
  ContentDecodingError,
  JSONDecodeError,
  ReadTimeout,
  ResponseTooLarge,
  StreamConsumedError,
} from "../../src/core/errors.ts";
import type { WireBody } from "../../src/core/response.ts";
import type { StreamedResponse } from "../../src/response/streamed.ts";
import { wireBodyFrom, wireResponse } from "../../src/response/wire.ts";
import { joined, listed, utf8, WatchedSource } from "../support/bytes.ts";
import { streamed, WatchedBody } from "../support/responses.ts";

/** A response whose body comes in these pieces. */
function coming(...pieces: string[]): { response: StreamedResponse; source: WatchedSource } {
  const source = new WatchedSource(pieces.map(utf8));
  return { response: streamed({ body: source }), source };
}

describe("a streamed response", () => {
  it("gives its body as text, JSON, bytes and Blob, as often as one likes", async () => {
    const { response } = coming('{"a"', ": 1}");
    expect(await response.text()).toBe('{"a": 1}');
    expect(await response.json()).toEqual({ a: 1 });
    expect(await response.bytes()).toEqual(utf8('{"a": 1}'));
    expect(await (await response.blob()).text()).toBe('{"a": 1}');
    expect(await response.apparentEncoding).toBe("ascii");
    expect(await joined(response)).toEqual(utf8('{"a": 1}'));
  });

  it("reads its body once for all who ask at the same time", async () => {
    const { response, source } = coming("[1]");
    const [text, json, lines] = await Promise.all([
      response.text(),
      response.json(),
      listed(response.iterLines()),
    ]);
    expect([text, json, lines]).toEqual(["[1]", [1], ["[1]"]]);
    expect(source.taken).toBe(1);
  });

  it("does not read before it is asked", () => {
    const { source } = coming("body");
    expect(source.taken).toBe(0);
  });

  it("gives pieces as they come, or of one size", async () => {
    const texts = (pieces: Uint8Array[]) => pieces.map((piece) => new TextDecoder().decode(piece));
    expect(texts(await listed(coming("one", "two", "three").response))).toEqual(["one", "two", "three"]);
    expect(texts(await listed(coming("one", "two").response.iterContent({ chunkSize: 4 })))).toEqual([
      "onet",
      "wo",
    ]);
    expect(await listed(coming("").response.iterContent({ chunkSize: 4 }))).toEqual([]);
  });

  it("gives pieces as text", async () => {
    const snowman = utf8("☃");
    const response = streamed({
      body: new WatchedSource([snowman.subarray(0, 1), snowman.subarray(1), utf8("x")]),
    });
    response.encoding = "utf-8";
    expect(await listed(response.iterContent({ decode: true }))).toEqual(["☃", "x"]);
  });

  it("gives lines as text or bytes", async () => {
    expect(await listed(coming("é\r", "\n☃\nx").response.iterLines())).toEqual(["é", "☃", "x"]);
    expect(await listed(coming("é\n☃").response.iterLines({ decode: false }))).toEqual([
      utf8("é"),
      utf8("☃"),
    ]);
    expect(await listed(coming("a☃b").response.iterLines({ delimiter: "☃", decode: false }))).toEqual([
      utf8("a"),
      utf8("b"),
    ]);
    expect(await listed(coming("a☃b").response.iterLines({ delimiter: utf8("☃"), keepEnds: true }))).toEqual([
      "a☃",
      "b",
    ]);
    expect(await listed(coming("a\nb").response.iterLines({ chunkSize: 1 }))).toEqual(["a", "b"]);
  });

  it("takes content codings off as the bytes come", async () => {
    const coded = zlib.gzipSync("0123456789".repeat(3));
    const headers = { "content-encoding": "gzip" };
    expect(await joined(streamed({ headers, body: coded }))).toEqual(utf8("0123456789".repeat(3)));
    const sizes = (await listed(streamed({ headers, body: coded }).iterContent({ chunkSize: 8 }))).map(
      (piece) => piece.byteLength,
    );
    expect(sizes).toEqual([8, 8, 8, 6]);
  });
});

// PARITY STR-3, STR-4, BUG-19
describe("a body that was iterated over", () => {
  it("cannot be read again, neither by iterating nor as a whole", async () => {
    const { response } = coming("0123");
    await listed(response);
    expect(() => response.iterContent()).toThrow(StreamConsumedError);
    expect(() => response.iterLines()).toThrow(StreamConsumedError);
    await expect(response.text()).rejects.toThrow(StreamConsumedError);
    await expect(response.json()).rejects.toMatchObject({
      response,
      request: response.request,
      phase: "body",
    });
    await expect(response.saveTo("/nowhere")).rejects.toThrow(StreamConsumedError);
  });

  it("in part cannot be read again either", async () => {
    const { response, source } = coming("one", "two");
    for await (const _ of response.iterContent()) break;
    expect(source).toMatchObject({ taken: 1, left: true });
    await expect(response.text()).rejects.toThrow("only once");
  });

  it("cannot be read while somebody else iterates", async () => {
    const { response } = coming("one", "two");
    const iteration = response.iterContent();
    await iteration.next();
    await expect(response.text()).rejects.toThrow("somebody iterates");
    const second = streamed({ body: "x" });
    const [first, late] = [second.iterContent(), second.iterContent()];
    await first.next();
    await expect(late.next()).rejects.toThrow(StreamConsumedError);
  });
});

describe("a body that breaks off", () => {
  it.for([
    new ChunkedEncodingError("the body broke off", { phase: "body" }),
    // PARITY BUG-4
    new ReadTimeout("silence for 60000 ms", { limitMs: 60_000, phase: "body" }),
  ])("gives what came, and then the error: %s", async (failure) => {
    const response = streamed({ body: new WatchedSource([utf8("part")], failure) });
    const iteration = response.iterContent();
    expect(await iteration.next()).toMatchObject({ value: utf8("part") });
    await expect(iteration.next()).rejects.toBe(failure);
    expect(failure).toMatchObject({ response, request: response.request });
    await expect(response.text()).rejects.toBe(failure);
  });

  it("is an error as a whole", async () => {
    const failure = new ChunkedEncodingError("the body broke off", { phase: "body" });
    const response = streamed({ body: new WatchedSource([utf8("part")], failure) });
    await expect(response.text()).rejects.toBe(failure);
    await expect(response.bytes()).rejects.toBe(failure);
    expect(failure.response).toBe(response);
  });

  it("inside its content coding is a ContentDecodingError, and ends the exchange", async () => {
    const body = new WatchedBody(
      wireBodyFrom(new WatchedSource([zlib.gzipSync("content that is long").subarray(0, -9)])),
    );
    const headers = { "content-encoding": "gzip" };
    const response = streamed({ ...wireResponse({ status: 200, headers }), body });
    const failure: unknown = await listed(response).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ContentDecodingError);
    expect(failure).toMatchObject({ response, request: response.request, phase: "decode" });
    expect(body.calls).toEqual(["stream", "cancel"]);
  });

  it("with too many codings is one too", async () => {
    const response = streamed({
      headers: { "content-encoding": "gzip,gzip,gzip,gzip,gzip,gzip" },
      body: "x",
    });
    await expect(listed(response)).rejects.toBeInstanceOf(ContentDecodingError);
  });

  it("when nobody has JSON in it, says where", async () => {
    const { response } = coming("[1, oops]");
    const failure: unknown = await response.json().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(JSONDecodeError);
    expect(failure).toMatchObject({ position: 4, response });
  });
});

describe("limits of a streamed response", () => {
  it("hold for its body as a whole, not for what one iterates over", async () => {
    await expect(streamed({ body: "12345" }, { maxBodyBytes: 4 }).text()).rejects.toBeInstanceOf(
      ResponseTooLarge,
    );
    expect(await joined(streamed({ body: "12345" }, { maxBodyBytes: 4 }))).toEqual(utf8("12345"));
  });

  it("hold for a single line", async () => {
    const response = streamed({ body: "1234\n12345" }, { maxBodyBytes: 4 });
    const lines = response.iterLines();
    expect(await lines.next()).toMatchObject({ value: "1234" });
    await expect(lines.next()).rejects.toMatchObject({
      code: "ERR_RESPONSE_TOO_LARGE",
      limitBytes: 4,
      response,
    });
  });
});

describe("close()", () => {
  it("gives up on a body that was not read", async () => {
    const body = new WatchedBody(wireBodyFrom("body"));
    const response = streamed({ ...wireResponse({ status: 200 }), body });
    await response.close();
    await response.close();
    expect(body.calls).toEqual(["cancel"]);
    await expect(response.text()).rejects.toThrow("closed before");
    expect(() => response.iterContent()).toThrow(StreamConsumedError);
  });

  it("leaves a body in memory there, and a body that is over alone", async () => {
    const { response } = coming("body");
    await response.text();
    await response.close();
    expect(await response.text()).toBe("body");
    const body = new WatchedBody(wireBodyFrom("body"));
    const other = streamed({ ...wireResponse({ status: 200 }), body });
    await listed(other);
    await other.close();
    expect(body.calls).toEqual(["stream"]);
  });

  it("while somebody iterates is no end of the body", async () => {
    const ended: WireBody = {
      ...wireBodyFrom("x"),
      cancel: () => {},
      stream: () => new WatchedSource([utf8("a"), utf8("b")]),
    };
    const response = streamed({
      ...wireResponse({ status: 200 }),
      body: Object.assign(new WatchedBody(wireBodyFrom("")), ended),
    });
    const iteration = response.iterContent();
    await iteration.next();
    await response.close();
    await iteration.next();
    await expect(iteration.next()).rejects.toThrow("closed");
  });

  it("while the whole is being read is an error for who reads", async () => {
    const { response } = coming("one", "two");
    const reading = response.text();
    await response.close();
    await expect(reading).rejects.toThrow("closed");
  });

  it("happens at the end of a scope", async () => {
    const body = new WatchedBody(wireBodyFrom("body"));
    {
      await using response = streamed({ ...wireResponse({ status: 200 }), body });
      expect(response.status).toBe(200);
    }
    expect(body.calls).toEqual(["cancel"]);
  });
});

describe("the body as a web stream", () => {
  it("is read only when somebody reads from it", async () => {
    const { response, source } = coming("one", "two");
    const reader = response.body.getReader();
    await Promise.resolve();
    expect(source.taken).toBe(0);
    expect((await reader.read()).value).toEqual(utf8("one"));
    expect(source.taken).toBe(1);
    await expect(response.text()).rejects.toThrow(StreamConsumedError);
  });

  it("is always the same, and can be piped", async () => {
    const { response } = coming("é", "x");
    expect(response.body).toBe(response.body);
    expect(await listed(response.body.pipeThrough(new TextDecoderStream()))).toEqual(["é", "x"]);
  });

  it("ends the exchange when it is cancelled, also before anything was read", async () => {
    for (const reads of [0, 1]) {
      const body = new WatchedBody(wireBodyFrom(new WatchedSource([utf8("one"), utf8("two")])));
      const response = streamed({ ...wireResponse({ status: 200 }), body });
      const reader = response.body.getReader();
      if (reads > 0) await reader.read();
      await reader.cancel();
      expect(body.calls).toContain("cancel");
      await expect(response.text()).rejects.toThrow(StreamConsumedError);
    }
  });

  it("fails as the body does", async () => {
    const failure = new ChunkedEncodingError("the body broke off", { phase: "body" });
    const response = streamed({ body: new WatchedSource([utf8("a")], failure) });
    await expect(listed(response.body)).rejects.toBe(failure);
  });

  it("may be had with the content codings still on", async () => {
    const coded = zlib.gzipSync("body");
    const response = streamed({ headers: { "content-encoding": "gzip" }, body: coded });
    expect(await joined(response.rawBody)).toEqual(new Uint8Array(coded));
    await expect(response.text()).rejects.toThrow(StreamConsumedError);
    const loaded = streamed({ body: "body" });
    await loaded.text();
    await expect(joined(loaded.rawBody)).rejects.toThrow("not coded any more");
  });
});
