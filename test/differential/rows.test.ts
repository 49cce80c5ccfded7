import { describe, expect, it } from "vitest";

import { runs } from "../support/size.ts";
import { compared } from "./explain.ts";
import { ours } from "./ours.ts";
import { rows } from "./rows.ts";
import { run } from "./run.ts";

const OK = "HTTP/1.1 200 OK\r\n";
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;
const EMPTY = "Content-Length: 0\r\n\r\n";
const NEXT = `${OK}Content-Length: 2\r\n\r\nhi`;

/** The rows that it takes to tell why we and llhttp differ. */
function rowsOf(text: string, methods: readonly string[] = ["GET", "GET"]): string[] {
  const bytes = Buffer.from(text, "latin1");
  const verdict = compared(bytes, methods, ours(bytes, methods));
  if (verdict.kind === "unexplained") throw new Error(JSON.stringify(verdict));
  return verdict.kind === "same" ? [] : [...new Set(verdict.rows.map((row) => row.name))];
}

/** One for each. */
const examples: readonly (readonly [row: string, text: string, method?: string])[] = [
  ["a bare LF ends a line of a head", `HTTP/1.1 200 OK\nX-A: 1\nContent-Length: 0\n\n${NEXT}`],
  ["a folded field is one line", `${OK}X-A: a\r\n b\r\n${EMPTY}${NEXT}`],
  [
    "an interim response says nothing of the connection",
    `HTTP/1.1 100 Continue\r\nConnection: close\r\n\r\n${OK}${EMPTY}${NEXT}`,
  ],
  [
    "fields about a body mean nothing where a tunnel opens",
    `${OK}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nhello`,
    "CONNECT",
  ],
  [
    "fields about a body mean nothing in an interim response",
    `HTTP/1.1 103 Early\r\nContent-Length: x\r\n\r\n${OK}${EMPTY}${NEXT}`,
  ],
  ["the same length in another field", `${OK}Content-Length: 2\r\ncontent-length: 2\r\n\r\nhi${NEXT}`],
  ["the same length in a list", `${OK}Content-Length: 2, 2\r\n\r\nhi${NEXT}`],
  ["a tab behind a length", `${OK}Content-Length: 2\t\r\n\r\nhi${NEXT}`],
  ["a tab beside a coding", `${OK}Transfer-Encoding: chunked\t\r\n\r\n2\r\nhi\r\n0\r\n\r\n${NEXT}`],
  ["blanks behind the size of a chunk", `${CHUNKED}2 \r\nhi\r\n0\r\n\r\n${NEXT}`],
  ["a tab beside an option of the connection", `${OK}Connection: close\t\r\n${EMPTY}${NEXT}`],
  ["Proxy-Connection is another field", `${OK}Proxy-Connection: close\r\n${EMPTY}${NEXT}`],
  ["trailers say nothing of the body", `${CHUNKED}0\r\nContent-Length: 2\r\n\r\n${NEXT}`],
  ["trailers say nothing of the connection", `${CHUNKED}0\r\nConnection: close\r\n\r\n${NEXT}`],
  ["HTTP/1.0 and HTTP/1.1 only", `HTTP/2.0 200 OK\r\n${EMPTY}${NEXT}`],
  ["no status below 100", `HTTP/1.1 099 Low\r\n${EMPTY}${NEXT}`],
  ["no control characters in a reason phrase", `HTTP/1.1 200 a\0b\r\n${EMPTY}${NEXT}`],
  ["a status line does not end with two CRs", `HTTP/1.1 200 OK\r\rX-A: 1\r\n${EMPTY}${NEXT}`],
  ["no switch of protocols", "HTTP/1.1 101 Switch\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nhi"],
  ["no transfer coding but chunks", `${OK}Transfer-Encoding: gzip\r\n\r\nhi`],
  [
    "no length beside an empty transfer coding",
    `${OK}Transfer-Encoding:\r\nContent-Length: 2\r\n\r\nhi${NEXT}`,
  ],
  ["no length that cannot be counted", `${OK}Content-Length: 9007199254740992\r\n\r\nhi`],
  ["no size of a chunk that cannot be counted", `${CHUNKED}20000000000000\r\nhi`],
  ["the name of an extension is not empty", `${CHUNKED}2;=x\r\nhi\r\n0\r\n\r\n${NEXT}`],
  ["the value of an extension is not empty", `${CHUNKED}2;x=\r\nhi\r\n0\r\n\r\n${NEXT}`],
  ["quotes begin where a value begins", `${CHUNKED}2;x=a"b"\r\nhi\r\n0\r\n\r\n${NEXT}`],
  [
    "the connection ends with a 204 that speaks of a body",
    `HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n${NEXT}`,
  ],
  [
    "close counts more than keep-alive, in HTTP/1.0 too",
    `HTTP/1.0 200 OK\r\nConnection: keep-alive, close\r\n${EMPTY}${NEXT}`,
  ],
  [
    "the connection ends with chunks from HTTP/1.0",
    `HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${NEXT}`,
  ],
];

describe("the table of differences", () => {
  it.for(examples)("has for an example of it, and of nothing else: %s", ([row, text, method = "GET"]) => {
    expect(rowsOf(text, [method, "GET"])).toEqual([row]);
  });

  it("has an example of each row", () => {
    expect(examples.map(([row]) => row).sort()).toEqual(rows.map((row) => row.name).sort());
  });

  it("finds more than one in a stream", () => {
    const text = `HTTP/1.1 200 OK\nX-A: a\r\n b\r\nContent-Length: 2\t\r\n\r\nhi${NEXT}`;
    expect(rowsOf(text)).toEqual([
      "a bare LF ends a line of a head",
      "a folded field is one line",
      "a tab behind a length",
    ]);
  });

  it.for([
    ["good responses", `${NEXT}${CHUNKED}2;x="y"\r\nhi\r\n0\r\nX-A: 1\r\n\r\n`],
    ["tabs elsewhere", `${OK}X-A:\ta\tb\t\r\n${EMPTY}${NEXT}`],
    ["a bare LF in chunks, which both refuse", `${CHUNKED}2\nhi\r\n0\r\n\r\n`],
    ["a fold of a length, which both refuse", `${OK}Content-Length: 2\r\n 2\r\n\r\nhi`],
    ["lengths that differ, which both refuse", `${OK}Content-Length: 2\r\nContent-Length: 3\r\n\r\nhi`],
  ] as const)("is not needed for %s", ([, text]) => {
    expect(rowsOf(text)).toEqual([]);
  });

  it("has all that some streams need", () => {
    expect(run(1, 0, 1, runs(2000)).findings).toEqual([]);
  });
});
