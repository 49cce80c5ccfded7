/** Where sojourn judges what comes over the wire otherwise than Python requests, on purpose: a doubtful response is none. */
import { describe, expect, it } from "vitest";

import { ChunkedEncodingError, ConnectionError, InvalidHeader } from "../../src/index.ts";
import { failureOf, play } from "../support/one-call.ts";
import { answer, type Said } from "../support/wire-server.ts";

/** What a request fails with that is answered so. */
async function failure(said: Said): Promise<unknown> {
  const { result } = await play([said], (session, url) => failureOf(session.get(url)));
  return result;
}

describe("a response that may not be whole", () => {
  it("is an error when its head breaks off", async () => {
    expect(await failure({ last: "HTTP/1.1 200 OK\r\nX-A: 1\r\nX-B" })).toBeInstanceOf(ConnectionError);
  });

  it("is an error when its chunks do not come to their end", async () => {
    const said = { last: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n" };
    expect(await failure(said)).toBeInstanceOf(ChunkedEncodingError);
  });
});

describe("a response head that is not HTTP", () => {
  it.for([
    ["a line without colon", "HTTP/1.1 200 OK\r\nX-A: 1\r\nbroken line\r\nContent-Length: 2\r\n\r\nok"],
    ["a blank before a colon", "HTTP/1.1 200 OK\r\nX-A : 1\r\nContent-Length: 2\r\n\r\nok"],
    [
      "101 that nobody asked for",
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    ],
  ] as const)("is refused: %s", async ([, said]) => {
    expect(await failure(said)).toBeInstanceOf(ConnectionError);
  });

  it.for([
    ["a negative one", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nok"],
    ["two of them", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok"],
  ] as const)("is refused for its Content-Length: %s", async ([, said]) => {
    expect(await failure(said)).toBeInstanceOf(InvalidHeader);
  });
});

describe("the header section of a response", () => {
  it("may have more than a hundred fields", async () => {
    const headers = Array.from({ length: 150 }, (_, index): [string, string] => [
      `X-${index}`,
      String(index),
    ]);
    const { result } = await play([answer({ headers })], (session, url) => session.get(url));
    expect(result.headers.get("x-149")).toBe("149");
  });

  it("has an end: one that is too long is refused", async () => {
    expect(await failure(answer({ headers: [["X-Long", "x".repeat(70_000)]] }))).toBeInstanceOf(
      ConnectionError,
    );
  });
});

describe("a connection", () => {
  it("on which more came than the response is not used again", async () => {
    const { connections, heard } = await play(
      [`${answer({ body: "ok" })}EXTRA`, answer()],
      async (session, url) => {
        await session.get(`${url}/first`);
        await session.get(`${url}/second`);
      },
    );
    expect(heard.map(({ target }) => target)).toEqual(["/first", "/second"]);
    expect(connections).toBe(2);
  });

  it("is not used again when the request said so", async () => {
    const { connections } = await play([], async (session, url) => {
      await session.get(url, { headers: { Connection: "close" } });
      await session.get(url);
    });
    expect(connections).toBe(2);
  });
});
