/** What becomes of a response that the parser read or refused. What it reads and refuses has tables of its own beside this file. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { inspect, promisify } from "node:util";

import { afterEach, describe, expect, it } from "vitest";

import { ConnectionError, InvalidHeader } from "../../src/core/errors.ts";
import { HttpAdapter } from "../../src/transport/http-adapter.ts";
import { exchange, rejection, requestFor } from "../support/messages.ts";
import { answering, ok, scriptedServer } from "../support/scripted-server.ts";

const adapters: HttpAdapter[] = [];

function newAdapter(): HttpAdapter {
  const adapter = new HttpAdapter();
  adapters.push(adapter);
  return adapter;
}

afterEach(async () => {
  await Promise.all(adapters.splice(0).map((adapter) => adapter.close()));
});

/** Sends one GET to a server that says `bytes`. */
async function answerTo(bytes: string, method: string = "GET") {
  await using server = await scriptedServer(answering(bytes));
  return await exchange(newAdapter(), requestFor(`${server.url}/`, { method }));
}

describe("importing the transport", () => {
  it("leaves the program's own fetch and global dispatcher as they were", async () => {
    const adapter = fileURLToPath(new URL("../../src/transport/http-adapter.ts", import.meta.url));
    const program = `
      import { createServer } from "node:http";
      const slots = () => [1, 2].map((n) => globalThis[Symbol.for("undici.globalDispatcher." + n)]);
      const before = slots();
      const { HttpAdapter } = await import(${JSON.stringify(adapter)});
      new HttpAdapter();
      const same = slots().every((slot, at) => slot === before[at]);
      const server = createServer((request, response) => request.pipe(response));
      await new Promise((done) => server.listen(0, "127.0.0.1", done));
      const url = "http://127.0.0.1:" + server.address().port;
      // With undici 8's entry loaded, Node 22's fetch refuses the header (undici issue 5500).
      const answer = await fetch(url, { method: "POST", body: "abc", headers: { "content-length": "3" } });
      console.log(JSON.stringify({ same, text: await answer.text() }));
      process.exit();
    `;
    const { stdout } = await promisify(execFile)(process.execPath, [
      "--input-type=module",
      "--eval",
      program,
    ]);
    expect(JSON.parse(stdout)).toEqual({ same: true, text: "abc" });
  });
});

describe("the head of a response", () => {
  it("keeps names in their case, order and repetition, and values in latin-1 without blanks around them", async () => {
    const { response } = await answerTo(
      "HTTP/1.1 200 OK\r\nX-B: 1\r\nx-a:  caf\xe9 \t\r\nX-B: 2\r\nX-Empty:\r\nContent-Length: 0\r\n\r\n",
    );
    expect([...response.headers]).toEqual([
      ["X-B", "1"],
      ["x-a", "caf\xe9"],
      ["X-B", "2"],
      ["X-Empty", ""],
      ["Content-Length", "0"],
    ]);
  });

  it("puts a reason phrase together that comes in pieces", async () => {
    await using server = await scriptedServer(async (connection) => {
      await connection.request();
      for (const piece of ["HTTP/1.1 200 Al", "l is", " well\r\nContent-Le", "ngth: 2\r\n\r\no", "k"]) {
        connection.write(piece);
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
    const { response, text } = await exchange(newAdapter(), server.url);
    expect([response.statusText, text]).toEqual(["All is well", "ok"]);
  });

  it.for([
    ["one 100", "HTTP/1.1 100 Continue\r\n\r\n"],
    ["100 with fields", "HTTP/1.1 100 Continue\r\nX-A: 1\r\n\r\n"],
    ["103 and its links", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"],
    ["an unknown one", "HTTP/1.1 199 Hm\r\n\r\n"],
    ["many", "HTTP/1.1 100 Continue\r\n\r\n".repeat(20)],
  ] as const)("skips interim responses nobody asked for: %s", async ([, interim]) => {
    const { response, text } = await answerTo(`${interim}${ok("final")}`);
    expect([response.status, text, response.headers.has("link")]).toEqual([200, "final", false]);
  });

  // RFC 9112 §6.3: framing that contradicts itself is not guessed.
  it.for([
    ["two lengths", "Content-Length: 5\r\nContent-Length: 10"],
    ["a length and chunks", "Content-Length: 5\r\nTransfer-Encoding: chunked"],
    ["gzip under chunks, not asked for", "Transfer-Encoding: gzip, chunked"],
  ] as const)("refuses %s as InvalidHeader", async ([, fields]) => {
    const error = await rejection(answerTo(`HTTP/1.1 200 OK\r\n${fields}\r\n\r\nhello`));
    expect(error).toBeInstanceOf(InvalidHeader);
    expect(error).toMatchObject({ phase: "head" });
  });

  it.for([
    ["no HTTP at all", "garbage garbage\r\n\r\n"],
    ["letters as status", "HTTP/1.1 abc Bad\r\n\r\n"],
    ["a header line without colon", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nbroken line\r\n\r\nok"],
    ["NUL in a value", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: a\0b\r\n\r\nok"],
    [
      "a switch of protocols that nobody asked for",
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    ],
  ] as const)("refuses %s as ConnectionError", async ([, bytes]) => {
    const error = await rejection(answerTo(bytes));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ name: "ConnectionError" });
  });

  it("does not quote what the server sent", async () => {
    const error = await rejection(answerTo("HTTP/1.1 200 OK\r\nSet-Cookie: s3cret\r\nbroken line\r\n\r\n"));
    expect(inspect(error, { depth: 5, showHidden: true })).not.toContain("s3cret");
  });
});

describe("floods", () => {
  const flood = "x".repeat(60_000);
  it.for([
    ["fields", "HeadersTooLarge", `HTTP/1.1 200 OK\r\n${`X-A: ${"y".repeat(1000)}\r\n`.repeat(100)}\r\n`],
    ["one long field", "HeadersTooLarge", `HTTP/1.1 200 OK\r\nX-A: ${"y".repeat(70_000)}\r\n\r\n`],
    ["a reason phrase", "HeadersTooLarge", `HTTP/1.1 200 ${flood.repeat(8)}\r\nContent-Length: 0\r\n\r\n`],
    [
      "interim responses",
      "HeadersTooLarge",
      `HTTP/1.1 103 Early Hints\r\nLink: ${"z".repeat(2000)}\r\n\r\n`.repeat(300),
    ],
    [
      "a chunk extension",
      "ChunkedEncodingError",
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;${flood.repeat(8)}\r\nhello\r\n0\r\n\r\n`,
    ],
    [
      "trailers",
      "HeadersTooLarge",
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n${`X-A: ${"y".repeat(1000)}\r\n`.repeat(100)}\r\n`,
    ],
  ] as const)("of %s end in a %s", async ([, name, bytes]) => {
    expect(await rejection(answerTo(bytes))).toMatchObject({ name });
  });

  it("are no matter of a header section of 12 000 bytes", async () => {
    const { response } = await answerTo(ok("", [`X-Long: ${"x".repeat(12_000)}`]));
    expect(response.headers.get("x-long")).toHaveLength(12_000);
  });
});

describe("responses without a body", () => {
  it.for([
    ["HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"],
    ["HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"],
    ["GET", "HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n"],
    ["GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n"],
  ] as const)("%s, %j: is over at the empty line", async ([method, bytes]) => {
    const { text } = await answerTo(bytes, method);
    expect(text).toBe("");
  });
});

describe("trailers", () => {
  it("are there when the body is over", async () => {
    const { response, text } = await answerTo(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 1 \r\nX-b: 2\r\n\r\n",
    );
    expect(text).toBe("hello");
    expect([...(response.trailers ?? [])]).toEqual([
      ["X-Sum", "1"],
      ["X-b", "2"],
    ]);
  });
});
