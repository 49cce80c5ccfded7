import { afterEach, describe, expect, it } from "vitest";

import type { ProgressListener } from "../../src/core/adapter.ts";
import type { RawBody } from "../../src/core/body.ts";
import { InvalidBody } from "../../src/core/errors.ts";
import { HttpAdapter } from "../../src/transport/http-adapter.ts";
import { exchange, rejection, requestFor } from "../support/messages.ts";
import { answering, ok, scriptedServer } from "../support/scripted-server.ts";

let adapter = new HttpAdapter();

afterEach(async () => {
  await adapter.close();
  adapter = new HttpAdapter();
});

/** An iterable that notes when it is closed. */
class Source implements AsyncIterable<string> {
  isClosed = false;
  readonly #pieces: readonly (string | Error)[];

  constructor(...pieces: (string | Error)[]) {
    this.#pieces = pieces;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    try {
      for (const piece of this.#pieces) {
        await new Promise((resolve) => setImmediate(resolve));
        if (typeof piece !== "string") throw piece;
        yield piece;
      }
    } finally {
      this.isClosed = true;
    }
  }
}

/** What arrives of a POST. */
async function arrived(body: RawBody, headers: Record<string, string> = {}) {
  await using server = await scriptedServer(answering(ok()));
  await exchange(adapter, requestFor(server.url, { method: "POST", body, headers }));
  const [request] = server.requests;
  return {
    framing: request?.fields.filter((field) => /^(?:content-length|transfer-encoding)/i.test(field)),
    rawBody: request?.rawBody,
  };
}

describe("a body", () => {
  it.for([
    ["text", "h\xe9", ["Content-Length: 3"], "h\xc3\xa9"],
    ["bytes", Uint8Array.of(0, 255), ["Content-Length: 2"], "\0\xff"],
    ["no bytes", new Uint8Array(0), ["Content-Length: 0"], ""],
    ["a Blob", new Blob(["abc"]), ["Content-Length: 3"], "abc"],
  ] as const)("of %s goes out with its length", async ([, body, framing, rawBody]) => {
    expect(await arrived(body)).toEqual({ framing, rawBody });
  });

  it("of pieces goes out in chunks, without the empty ones", async () => {
    expect(await arrived(new Source("first", "", "second"))).toEqual({
      framing: ["Transfer-Encoding: chunked"],
      rawBody: "5\r\nfirst\r\n6\r\nsecond\r\n0\r\n\r\n",
    });
  });

  it("of no pieces is an empty chunked body", async () => {
    expect(await arrived(new Source())).toEqual({
      framing: ["Transfer-Encoding: chunked"],
      rawBody: "0\r\n\r\n",
    });
  });

  it("of pieces goes out with the length that the caller gives", async () => {
    expect(await arrived(new Source("abc", "de"), { "Content-Length": "5" })).toEqual({
      framing: ["Content-Length: 5"],
      rawBody: "abcde",
    });
  });

  it("of many megabytes arrives whole", async () => {
    const bytes = new Uint8Array(5_000_000).map((_, at) => at % 251);
    const { rawBody } = await arrived(bytes);
    expect(Buffer.from(rawBody ?? "", "latin1").equals(bytes)).toBe(true);
  });
});

describe("a body that does not keep its promise of a length", () => {
  it.for([
    ["too long", ["abc", "def"], 5],
    ["too long from the beginning", ["abcdef"], 5],
    ["too short", ["abc"], 5],
    ["empty", [], 5],
  ] as const)(
    "is an InvalidBody when %s, and no byte more than announced goes out",
    async ([, pieces, length]) => {
      let heard = "";
      await using server = await scriptedServer(async (connection) => {
        connection.socket.on("data", (chunk) => (heard += String(chunk)));
        await connection.closed;
      });
      const source = new Source(...pieces);
      const request = requestFor(server.url, {
        method: "POST",
        body: source,
        headers: { "Content-Length": length },
      });
      const error = await rejection(exchange(adapter, request));
      expect(error).toBeInstanceOf(InvalidBody);
      await server.connections[0]?.closed;
      expect((heard.split("\r\n\r\n")[1] ?? "").length).toBeLessThanOrEqual(length);
      await expect.poll(() => source.isClosed).toBe(true);
    },
  );
});

describe("an error of the caller's iterable", () => {
  it("comes through as it is, and the connection is not used again", async () => {
    await using server = await scriptedServer(answering(ok()));
    const mine = new Error("my own");
    expect(
      await rejection(
        exchange(adapter, requestFor(server.url, { method: "POST", body: new Source("ab", mine) })),
      ),
    ).toBe(mine);
    await server.connections[0]?.closed;
    await exchange(adapter, server.url);
    expect(server.connections).toHaveLength(2);
  });

  it("comes through when opening fails already", async () => {
    await using server = await scriptedServer(answering(ok()));
    const mine = new Error("no such file");
    const body = (): never => {
      throw mine;
    };
    expect(await rejection(exchange(adapter, requestFor(server.url, { method: "POST", body })))).toBe(mine);
  });
});

describe("an answer before the body is through", () => {
  it("is delivered, ends the upload, and costs the connection", async () => {
    await using server = await scriptedServer(async (connection) => {
      await connection.through("\r\n\r\n");
      connection.write("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
      await connection.closed;
    });
    let asked = 0;
    let isClosed = false;
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      try {
        for (;;) {
          asked++;
          yield new Uint8Array(10_000);
          await new Promise((resolve) => setImmediate(resolve));
        }
      } finally {
        isClosed = true;
      }
    };
    const { response, text } = await exchange(
      adapter,
      requestFor(server.url, { method: "POST", body: endless() }),
    );
    expect([response.status, text]).toEqual([413, "no"]);
    await expect.poll(() => isClosed).toBe(true);
    expect(asked).toBeGreaterThan(0);
    await server.connections[0]?.closed;
  });

  it("to many bytes is delivered as well", async () => {
    await using server = await scriptedServer(async (connection) => {
      await connection.through("\r\n\r\n");
      connection.write("HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno");
    });
    const request = requestFor(server.url, { method: "POST", body: new Uint8Array(8_000_000) });
    expect((await exchange(adapter, request)).response.status).toBe(413);
  });
});

describe("progress of an upload", () => {
  it.for([
    ["bytes", (): RawBody => "x".repeat(1000), 1000, 1000],
    ["many bytes", (): RawBody => new Uint8Array(3_000_000), 3_000_000, 3_000_000],
    ["pieces", (): RawBody => new Source("abc", "de"), 5, null],
  ] as const)("of %s is told to the end", async ([, body, bytes, totalBytes]) => {
    await using server = await scriptedServer(answering(ok()));
    const seen: Parameters<ProgressListener>[0][] = [];
    const request = requestFor(server.url, { method: "POST", body: body() });
    await exchange(adapter, request, { onProgress: (progress) => seen.push(progress) });
    const uploads = seen.filter(({ direction }) => direction === "upload");
    expect(uploads.at(-1)).toEqual({ direction: "upload", bytes, totalBytes });
    expect(uploads.map((one) => one.bytes)).toEqual(
      uploads.map((one) => one.bytes).sort((one, two) => one - two),
    );
  });

  it.for(["upload", "download"])(
    "ends the request with what the listener throws, in the %s",
    async (when) => {
      await using server = await scriptedServer(answering(ok()));
      const mine = new Error("my own");
      const onProgress: ProgressListener = ({ direction }) => {
        if (direction === when) throw mine;
      };
      expect(
        await rejection(
          exchange(adapter, requestFor(server.url, { method: "POST", body: "abc" }), { onProgress }),
        ),
      ).toBe(mine);
      expect((await exchange(adapter, server.url)).text).toBe("ok");
    },
  );
});
