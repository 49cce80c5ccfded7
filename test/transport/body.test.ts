import { afterEach, describe, expect, it } from "vitest";

import { ChunkedEncodingError, ResponseTooLarge, StreamConsumedError } from "../../src/core/errors.ts";
import type { WireResponse } from "../../src/core/response.ts";
import { HttpAdapter } from "../../src/transport/http-adapter.ts";
import { Authority } from "../support/certificates.ts";
import { exchange, rejection, requestFor, sendOptions, type Overrides } from "../support/messages.ts";
import { answering, ok, scriptedServer } from "../support/scripted-server.ts";

let adapter = new HttpAdapter();

afterEach(async () => {
  await adapter.close();
  adapter = new HttpAdapter();
});

function send(url: string, overrides: Overrides = {}): Promise<WireResponse> {
  return adapter.send(requestFor(url), sendOptions(overrides), null);
}

async function pieces(response: WireResponse): Promise<string[]> {
  const all: string[] = [];
  for await (const chunk of response.body.stream()) all.push(Buffer.from(chunk).toString("latin1"));
  return all;
}

describe("a body that is cut off", () => {
  const cuts = [
    // what is cut                     bytes
    ["a length", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort"],
    ["a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nhello"],
    ["a chunk size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1"],
    ["the last chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"],
    ["the empty line at the end", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n"],
    [
      "a length, and the connection was to be closed",
      "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 10\r\n\r\nshort",
    ],
  ] as const;
  const endings = ["fin", "rst"] as const;

  it.for(cuts.flatMap(([what, bytes]) => endings.map((ending) => [what, ending, bytes] as const)))(
    "inside %s, with %s, is never taken for whole",
    async ([, ending, bytes]) => {
      await using server = await scriptedServer(async (connection) => {
        await connection.request();
        connection.write(bytes);
        if (ending === "fin") connection.end();
        else setImmediate(() => connection.reset());
      });
      for (const read of [
        (): Promise<unknown> => exchange(adapter, server.url),
        async (): Promise<unknown> => pieces(await send(server.url, { stream: true })),
      ]) {
        const error = await rejection(read());
        expect(error).toBeInstanceOf(ChunkedEncodingError);
        expect(error).toMatchObject({ phase: "body" });
      }
    },
  );

  it.for(["collected", "streamed"])(
    "by a reset, when it runs until the connection ends, is not whole when %s",
    async (how) => {
      await using server = await scriptedServer(async (connection) => {
        await connection.request();
        connection.write("HTTP/1.1 200 OK\r\n\r\nso far");
        setTimeout(() => connection.reset(), 20);
      });
      const response = await send(server.url, { stream: how === "streamed" });
      const error = await rejection(
        how === "streamed" ? pieces(response) : Promise.resolve(response.body.collect(null)),
      );
      expect(error).toBeInstanceOf(ChunkedEncodingError);
    },
  );

  it("gives what came before to a stream", async () => {
    await using server = await scriptedServer(async (connection) => {
      await connection.request();
      connection.end("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort");
    });
    const seen: string[] = [];
    const error = await rejection(
      (async () => {
        for await (const chunk of (await send(server.url, { stream: true })).body.stream())
          seen.push(Buffer.from(chunk).toString());
      })(),
    );
    expect(seen).toEqual(["short"]);
    expect(error).toBeInstanceOf(ChunkedEncodingError);
  });
});

describe("bad chunks", () => {
  it.for(["zz", "-5", "+5", "0x5", "", "5_"])("of size %j are an error", async (size) => {
    await using server = await scriptedServer(
      answering(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${size}\r\nhello\r\n0\r\n\r\n`),
    );
    expect(await rejection(exchange(adapter, server.url))).toBeInstanceOf(ChunkedEncodingError);
  });

  it("longer than their size are an error", async () => {
    await using server = await scriptedServer(
      answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhello\r\n0\r\n\r\n"),
    );
    expect(await rejection(exchange(adapter, server.url))).toBeInstanceOf(ChunkedEncodingError);
  });
});

describe("collect()", () => {
  it("gives the bytes at once when they have come already", async () => {
    await using server = await scriptedServer(answering(ok("small")));
    const response = await send(server.url);
    const bytes = response.body.collect(null);
    expect(bytes).toBeInstanceOf(Uint8Array);
    expect(Buffer.from(await bytes).toString()).toBe("small");
  });

  it.for([100, 70_000, 300_000, 9_000_000])(
    "gives all of %i bytes, with a length or without",
    async (size) => {
      const body = "0123456789".repeat(size / 10);
      await using server = await scriptedServer(
        answering(({ line }) =>
          line.includes("chunked")
            ? `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${size.toString(16)}\r\n${body}\r\n0\r\n\r\n`
            : ok(body),
        ),
      );
      for (const path of ["/length", "/chunked"]) {
        const { text } = await exchange(adapter, server.url + path);
        expect(text === body).toBe(true);
      }
    },
  );

  it("reads a body that runs until the connection ends", async () => {
    await using server = await scriptedServer(async (connection) => {
      await connection.request();
      connection.end("HTTP/1.1 200 OK\r\n\r\nuntil the end");
    });
    expect((await exchange(adapter, server.url)).text).toBe("until the end");
  });

  it.for([
    ["announced", ok("x".repeat(101))],
    [
      "not announced",
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n${"x".repeat(101)}\r\n0\r\n\r\n`,
    ],
  ] as const)("stops above maxBytes, %s, and ends the connection", async ([, bytes]) => {
    await using server = await scriptedServer(answering(bytes));
    const response = await send(server.url);
    const error = await rejection(Promise.resolve(response.body.collect(100)));
    expect(error).toBeInstanceOf(ResponseTooLarge);
    expect(error).toMatchObject({ limitBytes: 100 });
    expect((error as Error).message).toContain(server.url);
  });

  it("takes exactly maxBytes", async () => {
    await using server = await scriptedServer(answering(ok("x".repeat(100))));
    expect((await send(server.url)).body.collect(100)).toHaveLength(100);
  });

  it("stops an endless body, and closes its connection", async () => {
    await using server = await scriptedServer(async (connection) => {
      await connection.request();
      connection.write("HTTP/1.1 200 OK\r\n\r\n");
      const more = (): void => {
        while (!connection.socket.destroyed && connection.socket.write("y".repeat(10_000)));
      };
      connection.socket.on("drain", more);
      more();
    });
    const response = await send(server.url);
    expect(await rejection(Promise.resolve(response.body.collect(1_000_000)))).toBeInstanceOf(
      ResponseTooLarge,
    );
    await server.connections[0]?.closed;
  });

  it("is refused after another way of reading", async () => {
    await using server = await scriptedServer(answering(ok()));
    const response = await send(server.url);
    response.body.stream();
    expect(await rejection(Promise.resolve(response.body.collect(null)))).toBeInstanceOf(StreamConsumedError);
    expect(() => response.body.stream()).toThrow(StreamConsumedError);
  });
});

describe("stream()", () => {
  it("gives pieces as they come", async () => {
    await using server = await scriptedServer(async (connection) => {
      await connection.request();
      connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      for (const word of ["one", "two", "three"]) {
        connection.write(`${word.length}\r\n${word}\r\n`);
        await connection.through(`seen ${word}\n`);
      }
      connection.write("0\r\n\r\n");
    });
    const seen: string[] = [];
    for await (const chunk of (await send(server.url, { stream: true })).body.stream()) {
      const word = Buffer.from(chunk).toString();
      seen.push(word);
      // The server goes on when it is told that the piece has arrived: no piece waits for another one.
      server.connections[0]?.socket.emit("data", Buffer.from(`seen ${word}\n`));
    }
    expect(seen).toEqual(["one", "two", "three"]);
  });

  it("does not read far ahead of a slow reader", async () => {
    const total = 50_000_000;
    let written = 0;
    await using server = await scriptedServer(async (connection) => {
      await connection.request();
      connection.write(`HTTP/1.1 200 OK\r\nContent-Length: ${total}\r\n\r\n`);
      const piece = Buffer.alloc(100_000);
      const more = (): void => {
        while (written < total && connection.socket.write(piece)) written += piece.byteLength;
      };
      connection.socket.on("drain", () => {
        written += piece.byteLength;
        more();
      });
      more();
    });
    const response = await send(server.url, { stream: true });
    const stream = response.body.stream()[Symbol.asyncIterator]();
    await stream.next();
    // The server stops when the buffers of both machines are full; those of this process have a limit of their own.
    let before = -1;
    while (before !== written) {
      before = written;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(written).toBeLessThan(total / 2);
    let received = 0;
    for (let next = await stream.next(); next.done !== true; next = await stream.next())
      received += next.value.byteLength;
    expect(received).toBeGreaterThan(total - 1_000_000);
  });

  it("gives all of a body whose last byte was one too many for a slow reader, and whose connection has ended since", async () => {
    const authority = await Authority.create();
    const leaf = await authority.issue({ addresses: ["127.0.0.1"] });
    const size = 262_145;
    await using server = await scriptedServer(async (connection) => {
      await connection.request();
      connection.end(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n${"x".repeat(size)}`);
    }, leaf);
    const verify = { kind: "pem", pem: authority.pem } as const;
    // With HTTP/2 allowed, the end is read whether somebody wants to know it or not.
    const response = await send(server.url, { stream: true, verify, http2: true });
    await server.connections[0]?.closed;
    expect((await pieces(response)).join("")).toHaveLength(size);
  });

  it("may be read on from within what is told of another response", async () => {
    const size = 900_000;
    await using server = await scriptedServer(
      answering(({ line }) => (line.includes("/large") ? ok("x".repeat(size)) : ok("small"))),
    );
    const response = await send(`${server.url}/large`, { stream: true });
    const stream = response.body.stream()[Symbol.asyncIterator]();
    // Nobody reads until the connection is held back.
    await new Promise((resolve) => setTimeout(resolve, 100));
    let received = 0;
    for (let isOver = false; !isOver;) {
      const reads: Promise<IteratorResult<Uint8Array>>[] = [];
      const onProgress = (): void => void reads.push(stream.next());
      await exchange(adapter, `${server.url}/small`, { onProgress });
      for (const result of await Promise.all(reads)) {
        if (result.done === true) isOver = true;
        else received += result.value.byteLength;
      }
    }
    expect(received).toBe(size);
  });

  it("that is left early ends the connection", async () => {
    await using server = await scriptedServer(async (connection) => {
      await connection.request();
      connection.write(`HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nbeginning`);
    });
    for await (const chunk of (await send(server.url, { stream: true })).body.stream()) {
      expect(Buffer.from(chunk).toString()).toBe("beginning");
      break;
    }
    await server.connections[0]?.closed;
    expect(adapter.stats).toMatchObject([{ open: 0 }]);
  });

  it("puts crumbs together while nobody reads", async () => {
    const crumbs = 20_000;
    await using server = await scriptedServer(
      answering(
        `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${"1\r\nx\r\n".repeat(crumbs)}0\r\n\r\n`,
      ),
    );
    const response = await send(server.url, { stream: true });
    await new Promise((resolve) => setTimeout(resolve, 50));
    const all = await pieces(response);
    expect(all.join("")).toBe("x".repeat(crumbs));
    expect(all.length).toBeLessThan(crumbs / 10);
  });
});

describe("drain()", () => {
  it("reads a small rest, so that the connection can be used again", async () => {
    await using server = await scriptedServer(async (connection) => {
      for (;;) {
        if ((await connection.request()) === null) return;
        connection.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhe");
        setTimeout(() => connection.write("re"), 5);
      }
    });
    for (const stream of [true, false]) {
      const response = await send(server.url, { stream });
      await response.body.drain(100);
    }
    expect(server.connections).toHaveLength(1);
    expect(adapter.stats).toMatchObject([{ open: 1, idle: 1 }]);
  });

  it.for([
    ["announced", "HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n"],
    ["not announced", `HTTP/1.1 200 OK\r\n\r\n${"x".repeat(101)}`],
  ] as const)("gives up on a rest that is too large, %s", async ([, bytes]) => {
    await using server = await scriptedServer(async (connection) => {
      await connection.request();
      connection.write(bytes);
    });
    await (await send(server.url)).body.drain(100);
    await server.connections[0]?.closed;
    expect(adapter.stats).toMatchObject([{ open: 0, idle: 0 }]);
  });

  it("never throws", async () => {
    await using server = await scriptedServer(async (connection) => {
      await connection.request();
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf");
      setTimeout(() => connection.reset(), 5);
    });
    await expect(Promise.resolve((await send(server.url)).body.drain(100))).resolves.toBeUndefined();
  });
});

describe("a streamed response that nobody holds any more", () => {
  it("loses its connection to the garbage collector", async () => {
    const { setFlagsFromString } = await import("node:v8");
    const { runInNewContext } = await import("node:vm");
    setFlagsFromString("--expose_gc");
    const collectGarbage = runInNewContext("gc") as () => void; // the flag has made it
    await using server = await scriptedServer(answering(ok("x".repeat(100))));
    const forget = async (): Promise<void> => {
      await send(server.url, { stream: true });
    };
    await forget();
    let isOpen = true;
    void server.connections[0]?.closed.then(() => {
      isOpen = false;
    });
    for (let turns = 0; isOpen && turns < 200; turns++) {
      collectGarbage();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(isOpen).toBe(false);
  });
});

describe("progress of a download", () => {
  it("is told piece by piece, with the total where it is known", async () => {
    await using server = await scriptedServer(answering(ok("x".repeat(200_000))));
    const seen: number[] = [];
    await exchange(adapter, server.url, {
      onProgress: ({ direction, bytes, totalBytes }) => {
        expect([direction, totalBytes]).toEqual(["download", 200_000]);
        seen.push(bytes);
      },
    });
    expect(seen.at(-1)).toBe(200_000);
    expect(seen).toEqual([...seen].sort((one, two) => one - two));
  });
});

describe("what has come of a streamed body and waits to be read", () => {
  it("is some 512 KiB at most", async () => {
    const body = "x".repeat(8_000_000);
    await using server = await scriptedServer(answering(ok(body)));
    let came = 0;
    const options = sendOptions({
      stream: true,
      onProgress: ({ bytes }) => {
        came = bytes;
      },
    });
    const response = await adapter.send(requestFor(server.url), options, null);
    let taken = 0;
    for await (const piece of response.body.stream()) {
      taken += piece.byteLength;
      if (taken > piece.byteLength) continue;
      // Until nothing more comes.
      for (let before = -1; before !== came;) {
        before = came;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      expect(came - taken).toBeLessThanOrEqual(524_288);
    }
    expect(taken).toBe(body.length);
  });
});
