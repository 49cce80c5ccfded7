import { once } from "node:events";
import { Worker } from "node:worker_threads";

import { afterAll, describe, expect, it } from "vitest";

import type { Load, Task, Work } from "./work.ts";

const worker = new Worker(new URL("work.ts", import.meta.url));

afterAll(async () => {
  await worker.terminate();
});

async function workOf(task: Task): Promise<Work> {
  worker.postMessage(task);
  const [work] = (await once(worker, "message")) as [Work];
  return work;
}

const LIMITS = { maxHeaderBytes: 4096, maxHeaderCount: 100, maxInformational: 20 };
const NO_LIMITS = { maxHeaderBytes: 1e9, maxHeaderCount: 1e9, maxInformational: 1e9 };
const PIECES = [1, 7, 500] as const;

const OK = "HTTP/1.1 200 OK\r\n";
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;
const END = "\r\n\r\n";

/** What would go on for ever in a head, in the line of a chunk, or in trailers. */
const heads: readonly Load[] = [
  { name: "a reason phrase", before: "HTTP/1.1 200 ", unit: "x", after: END },
  { name: "blanks of a reason phrase", before: "HTTP/1.1 200 ", unit: " ", after: END },
  { name: "a name", before: OK, unit: "x", after: `: 1${END}` },
  { name: "a value", before: `${OK}X-A: `, unit: "x", after: END },
  { name: "blanks before a value", before: `${OK}X-A:`, unit: " \t", after: `1${END}` },
  { name: "blanks behind a value", before: `${OK}X-A: 1`, unit: " \t", after: END },
  { name: "fields", before: OK, unit: "X-A: 1\r\n", after: "\r\n" },
  { name: "short fields", before: OK, unit: "a:\n", after: "\n" },
  { name: "lines of one field", before: `${OK}X-A: 1\r\n`, unit: " 2\r\n", after: "\r\n" },
  { name: "empty lines of one field", before: `${OK}X-A: 1\r\n`, unit: " \n", after: "\r\n" },
  { name: "equal lengths", before: OK, unit: "Content-Length: 0\r\n", after: "\r\n" },
  { name: "a list of equal lengths", before: `${OK}Content-Length: 0`, unit: ", 0", after: END },
  { name: "a list of codings", before: `${OK}Transfer-Encoding: chunked`, unit: ", chunked", after: END },
  { name: "digits of a length", before: `${OK}Content-Length: `, unit: "0", after: END },
  { name: "options of a connection", before: `${OK}Connection: x`, unit: " ,x", after: END },
  { name: "blanks among options", before: `${OK}Connection: x,`, unit: " ", after: `x${END}` },
  { name: "interim responses", before: "", unit: "HTTP/1.1 103 Early\r\nLink: x\r\n\r\n", after: OK + END },
  { name: "digits of a chunk", before: CHUNKED, unit: "0", after: `5\r\nhello\r\n0${END}` },
  {
    name: "blanks behind the size of a chunk",
    before: `${CHUNKED}5`,
    unit: " ",
    after: `\r\nhello\r\n0${END}`,
  },
  { name: "an extension", before: `${CHUNKED}5;x=`, unit: "y", after: `\r\nhello\r\n0${END}` },
  { name: "extensions", before: `${CHUNKED}5`, unit: ";x=y", after: `\r\nhello\r\n0${END}` },
  { name: "a quoted extension", before: `${CHUNKED}5;x="`, unit: '\\"', after: `"\r\nhello\r\n0${END}` },
  { name: "trailers", before: `${CHUNKED}0\r\n`, unit: "X-A: 1\r\n", after: "\r\n" },
  { name: "a trailer", before: `${CHUNKED}0\r\nX-A: `, unit: "x", after: END },
];

/** What may go on for ever. */
const bodies: readonly Load[] = [
  {
    name: "a body of a length",
    before: `${OK}Content-Length: 9007199254740991\r\n\r\n`,
    unit: "x",
    after: "",
  },
  { name: "a body until the end", before: `${OK}\r\n`, unit: "x", after: "" },
  { name: "small chunks", before: CHUNKED, unit: "1\r\nx\r\n", after: `0${END}` },
  { name: "small chunks with extensions", before: CHUNKED, unit: '1 ;x="y"\r\nx\r\n', after: `0${END}` },
];

const emptyLines: Load = { name: "empty lines", before: "", unit: "\r\n", after: OK + END };

describe("the work of the parser", () => {
  it.for([...heads, ...bodies])("grows as the bytes do: $name", async (load) => {
    for (const pieceBytes of PIECES) {
      const few = await workOf({ load, bytes: 4000, pieceBytes, limits: NO_LIMITS });
      const many = await workOf({ load, bytes: 32_000, pieceBytes, limits: NO_LIMITS });
      expect([few.isRefused, many.isRefused]).toEqual([false, false]);
      // Eight times as many; and some more, since each has its beginning and its end.
      expect(many.steps / few.steps).toBeLessThan(9);
      expect(many.steps).toBeLessThan(60 * 32_000);
    }
  });
});

describe("what the parser holds", () => {
  it.for(heads)("is bounded, and the rest refused: $name", async (load) => {
    for (const pieceBytes of PIECES) {
      const { largest, taken, isRefused } = await workOf({
        load,
        bytes: 200_000,
        pieceBytes,
        limits: LIMITS,
      });
      expect(isRefused).toBe(true);
      expect(taken).toBeLessThan(150_000);
      expect(largest).toBeLessThan(300_000);
    }
  });

  it.for(bodies)("is nothing of a body: $name", async (load) => {
    for (const pieceBytes of PIECES) {
      const { largest, taken, isRefused } = await workOf({
        load,
        bytes: 200_000,
        pieceBytes,
        limits: LIMITS,
      });
      expect(isRefused).toBe(false);
      expect(taken).toBeGreaterThanOrEqual(200_000);
      expect(largest).toBeLessThan(10_000);
    }
  });

  it("is nothing of empty lines, of which there may be some", async () => {
    for (const pieceBytes of PIECES) {
      const work = await workOf({ load: emptyLines, bytes: 200_000, pieceBytes, limits: LIMITS });
      expect(work).toMatchObject({ isRefused: true, largest: 0 });
      expect(work.taken).toBeLessThan(10_000);
    }
  });
});
