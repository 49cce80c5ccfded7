import { describe, expect, it } from "vitest";

import { reading } from "../support/reading.ts";

const CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

describe("chunks (RFC 9112 §7.1)", () => {
  it.for([
    // body                                          is
    ["5\r\nhello\r\n0\r\n\r\n", "hello"],
    ["1\r\nh\r\n4\r\nello\r\n0\r\n\r\n", "hello"],
    ["0005\r\nhello\r\n0000\r\n\r\n", "hello"],
    ["A\r\n0123456789\r\n0\r\n\r\n", "0123456789"],
    ["a\r\n\r\n0\r\n\r\n+++\r\n0\r\n\r\n", "\r\n0\r\n\r\n+++"],
    ["5 \r\nhello\r\n0  \r\n\r\n", "hello"],
    ["5\t\r\nhello\r\n0 \t\r\n\r\n", "hello"],
    ["5;x\r\nhello\r\n0;y=z\r\n\r\n", "hello"],
    ["5 ;x\r\nhello\r\n0\r\n\r\n", "hello"],
    ['5;x="a b;\\"c\\\\"\r\nhello\r\n0\r\n\r\n', "hello"],
    ['5;x="";y;z=1\r\nhello\r\n0\r\n\r\n', "hello"],
    ['5;x="\xe9\t"\r\nhello\r\n0\r\n\r\n', "hello"],
    ["0\r\n\r\n", ""],
  ] as const)("%j are %j", ([text, body]) => {
    expect(reading(`${CHUNKED}${text}+`)).toMatchObject({ problem: null, body, rest: "+", follows: true });
  });

  it.for([
    "\r\nhello\r\n0\r\n\r\n",
    " 5\r\nhello\r\n0\r\n\r\n",
    "-5\r\nhello\r\n0\r\n\r\n",
    "+5\r\nhello\r\n0\r\n\r\n",
    "0x5\r\nhello\r\n0\r\n\r\n",
    "5h\r\nhello\r\n0\r\n\r\n",
    "5 5\r\nhello\r\n0\r\n\r\n",
    "5\rhello\r\n0\r\n\r\n",
    "5\r\rhello\r\n0\r\n\r\n",
    "5;\r\nhello\r\n0\r\n\r\n",
    "5;;x\r\nhello\r\n0\r\n\r\n",
    "5;=x\r\nhello\r\n0\r\n\r\n",
    "5;x=\r\nhello\r\n0\r\n\r\n",
    "5;x=;y\r\nhello\r\n0\r\n\r\n",
    "5; x\r\nhello\r\n0\r\n\r\n",
    "5;x y\r\nhello\r\n0\r\n\r\n",
    '5;x="a"b\r\nhello\r\n0\r\n\r\n',
    '5;x=a"b"\r\nhello\r\n0\r\n\r\n',
    '5;x="a\r\nhello\r\n0\r\n\r\n',
    '5;x="\0"\r\nhello\r\n0\r\n\r\n',
    '5;x="\\\0"\r\nhello\r\n0\r\n\r\n',
    "5;\xe9\r\nhello\r\n0\r\n\r\n",
    "20000000000000\r\nhello",
    "10000000000000005\r\nhello",
    "ffffffffffffffff\r\nhello",
    "4\r\nhello\r\n0\r\n\r\n",
    "5\r\nhello0\r\n\r\n",
    "5\r\nhello\r0\r\n\r\n",
    "5\r\nhello\r\n\r\n0\r\n\r\n",
  ])("refuses %j", (text) => {
    expect(reading(CHUNKED + text)).toMatchObject({ problem: "chunk", status: 200 });
  });

  it("are read from HTTP/1.0, and nothing behind them (§6.1)", () => {
    const head = "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n";
    expect(reading(`${head}2\r\nhi\r\n0\r\n\r\n+`)).toMatchObject({ body: "hi", rest: "+", follows: false });
  });

  /** RFC 9110 §5.5, §5.6.1 and RFC 9112 §6.1: blanks and tabs around a value and its elements, any case, repeated fields. */
  it.for([
    { values: [" chunked"] },
    { values: ["chunked\t"] },
    { values: ["\tchunked\t"] },
    { values: [" chunked \t \t"] },
    { values: [" CHUNKED\t"] },
    { values: [" chunked, chunked\t"] },
    { values: [" chunked\t,\tchunked"] },
    { values: ["chunked", "chunked\t"] },
    { values: ["chunked\t", ""] },
    { values: ["identity\t", "chunked\t"] },
  ])("are what Transfer-Encoding says in $values", ({ values }) => {
    const head = `HTTP/1.1 200 OK\r\n${values.map((value) => `Transfer-Encoding:${value}\r\n`).join("")}\r\n`;
    expect(reading(`${head}2\r\nhi\r\n0\r\n\r\n`)).toMatchObject({ problem: null, body: "hi" });
    // Chunks that are announced must come.
    expect(reading(`${head}hello`)).toMatchObject({ problem: "chunk", body: "" });
  });

  /** What nobody asked for, and chunks that are not what is read. */
  it.for([
    { values: ["gzip"] },
    { values: ["gzip, chunked"] },
    { values: ["gzip,chunked\t"] },
    { values: ["gzip", "chunked"] },
    { values: ["chunked", "gzip"] },
    { values: ["chunked, gzip\t"] },
    { values: ["chunked", "identity"] },
    { values: ["chunked, identity"] },
    { values: ["chunked;q=1"] },
    { values: ["chunked,"] },
    { values: [",chunked"] },
    { values: ["xchunked"] },
    { values: ["chunkedx\t"] },
    { values: ["chunkedchunked"] },
    { values: ['"chunked"'] },
    { values: ["\xa0chunked"] },
    { values: ["chunked\xa0"] },
  ])("are not what Transfer-Encoding says in $values: it is refused", ({ values }) => {
    const head = `HTTP/1.1 200 OK\r\n${values.map((value) => `Transfer-Encoding:${value}\r\n`).join("")}\r\n`;
    expect(reading(`${head}2\r\nhi\r\n0\r\n\r\n`)).toMatchObject({ problem: "framing", status: null });
    expect(reading(`${head}hello`)).toMatchObject({ problem: "framing", status: null });
  });
});

describe("trailers (RFC 9112 §7.1.2)", () => {
  it("are there when the body is over", () => {
    const { body, trailers, rest } = reading(`${CHUNKED}5\r\nhello\r\n0\r\nX-Sum: 1 \r\nX-b:2\r\n\r\n+`);
    expect([body, trailers, rest]).toEqual(["hello", ["X-Sum", "1", "X-b", "2"], "+"]);
  });

  it("say nothing of the body or the connection (RFC 9110 §6.5.1)", () => {
    const text = "0\r\nContent-Length: 5\r\nTransfer-Encoding: gzip\r\nConnection: close\r\n\r\n+";
    expect(reading(CHUNKED + text)).toMatchObject({ problem: null, body: "", rest: "+", follows: true });
  });

  it.for(["X-A: a\r\n b", " X-A: a", "X-A : a", "bad", "X-A: a\0", "X-A: a\rb"])("refuses %j", (line) => {
    expect(reading(`${CHUNKED}0\r\n${line}\r\n\r\n`)).toMatchObject({ problem: "field" });
  });
});
