/** Where sojourn decodes bodies otherwise than Python requests, on purpose. */
import { gzipSync } from "node:zlib";

import { describe, expect, it } from "vitest";

import {
  ContentDecodingError,
  JSONDecodeError,
  StreamConsumedError,
  type Response,
} from "../../src/index.ts";
import { failureOf, play } from "../support/one-call.ts";
import { answer, utf8 } from "../support/wire-server.ts";

/** A response of this type and body. `null`: of no type. */
async function responseOf(type: string | null, body: string): Promise<Response> {
  const headers = type === null ? [] : [["Content-Type", type] as const];
  const { result } = await play([answer({ headers, body })], (session, url) => session.get(url));
  return result;
}

async function all<Item>(source: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of source) items.push(item);
  return items;
}

function gzipped(text: string): string {
  return gzipSync(text).toString("latin1");
}

describe("content codings", () => {
  it("that break off are an error, never a short success", async () => {
    const body = gzipped("content that is long enough to be cut").slice(0, -12);
    const { result } = await play(
      [answer({ headers: [["Content-Encoding", "gzip"]], body })],
      (session, url) => failureOf(session.get(url)),
    );
    expect(result).toBeInstanceOf(ContentDecodingError);
  });

  it("may have identity among them", async () => {
    const said = answer({ headers: [["Content-Encoding", "gzip, identity"]], body: gzipped("content") });
    const { result } = await play([said], (session, url) => session.get(url));
    expect(result.text()).toBe("content");
  });
});

describe("the text of a body", () => {
  it.for<[what: string, type: string | null, body: string, text: string]>([
    ["text/* without charset", "text/html", utf8("déjà vu"), "déjà vu"],
    ["text/* without charset that is no UTF-8", "text/html", "d\u00e9j\u00e0 vu", "déjà vu"],
    ["a type with the word text in it", "application/x-text-thing", utf8("é"), "é"],
    ["no type", null, utf8("Grüße aus München: äöüß"), "Grüße aus München: äöüß"],
    ["a byte order mark", "text/plain; charset=utf-8", utf8("\ufeffabc"), "abc"],
  ])("is UTF-8 where that can be read, without the mark: %s", async ([, type, body, text]) => {
    expect((await responseOf(type, body)).text()).toBe(text);
  });

  it("is taken for windows-1252 when it is nothing else", async () => {
    expect((await responseOf(null, "Gr\u00fc\u00dfe aus M\u00fcnchen")).apparentEncoding).toBe(
      "windows-1252",
    );
  });

  it("comes as text when text was asked for, also of a body without charset", async () => {
    const { result } = await play([answer({ body: utf8("aé") })], async (session, url) => {
      const response = await session.get(url, { stream: true });
      return all(response.iterContent({ decode: true }));
    });
    expect(result.join("")).toBe("aé");
  });
});

describe("JSON", () => {
  it("is UTF-8 also as text/plain", async () => {
    expect((await responseOf("text/plain", utf8('{"a":"é"}'))).json()).toEqual({ a: "é" });
  });

  it("may begin with a byte order mark", async () => {
    expect((await responseOf("application/json", utf8('\ufeff{"a":1}'))).json()).toEqual({ a: 1 });
  });

  it("has no NaN and no Infinity", async () => {
    const response = await responseOf("application/json", "[NaN, Infinity, -Infinity]");
    expect(() => response.json()).toThrow(JSONDecodeError);
  });

  it("has numbers as JavaScript has them", async () => {
    expect((await responseOf("application/json", "[12345678901234567890]")).json()).toEqual([
      12345678901234567000,
    ]);
  });
});

describe("lines", () => {
  it.for<[what: string, body: string, options: { readonly chunkSize: number; readonly delimiter?: string }]>([
    ["a CRLF that is cut", "a\r\nb\r\nc", { chunkSize: 2 }],
    ["a delimiter that is cut", "a<>b<>c", { chunkSize: 2, delimiter: "<>" }],
    ["a piece that ends at a delimiter", "a<>b<>c", { chunkSize: 3, delimiter: "<>" }],
  ])("are the same wherever the pieces are cut: %s", async ([, body, options]) => {
    const { result } = await play([answer({ body })], async (session, url) => {
      const response = await session.get(url, { stream: true });
      return all(response.iterLines(options));
    });
    expect(result).toEqual(["a", "b", "c"]);
  });
});

describe("links", () => {
  // RFC 8288 §3
  it.for<[what: string, header: string, links: Readonly<Record<string, unknown>>]>([
    [
      "after a parameter without value",
      '<http://x.test/a>; rel="next"; flag; title="t"',
      { next: { url: "http://x.test/a", rel: "next", flag: "", title: "t" } },
    ],
    [
      "with commas and semicolons in URL and title, and resolved against the response",
      '< http://x.test/a,b;c=1 > ; rel=next ; title="a, b" , </rel/ative>;rel=prev',
      {
        next: { url: "http://x.test/a,b;c=1", rel: "next", title: "a, b" },
        prev: { url: "ORIGIN/rel/ative", rel: "prev" },
      },
    ],
  ])("are read whole: %s", async ([, header, links]) => {
    const { result } = await play([answer({ headers: [["Link", header]] })], (session, url) =>
      session.get(url),
    );
    const { origin } = new URL(result.url);
    expect(JSON.parse(JSON.stringify(result.links).replaceAll(origin, "ORIGIN"))).toEqual(links);
  });
});

describe("a streamed response that was closed", () => {
  it("does not pass for an empty one", async () => {
    const { result } = await play([answer({ body: "content" })], async (session, url) => {
      const response = await session.get(url, { stream: true });
      await response.close();
      return failureOf(response.bytes());
    });
    expect(result).toBeInstanceOf(StreamConsumedError);
  });
});
