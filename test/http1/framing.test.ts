import { describe, expect, it } from "vitest";

import { endingOf } from "../../src/http1/framing.ts";
import { reading } from "../support/reading.ts";

/** How a body ends (RFC 9112 §6.3), and whether another response may follow (§9.3). */
describe("framing", () => {
  const ends = "HTTP/1.0 200 OK\r\n";
  const stays = "HTTP/1.1 200 OK\r\n";
  it.for([
    // request    head                                                          body     left     follows
    ["GET", `${stays}Content-Length: 2\r\n\r\n`, "hi", "+", true],
    ["GET", `${stays}Content-Length: 0\r\n\r\n`, "", "hi+", true],
    ["GET", `${stays}\r\n`, "hi+", "", false],
    ["GET", `${stays}Connection: close\r\nContent-Length: 2\r\n\r\n`, "hi", "+", false],
    ["GET", `${stays}Connection: x, Close\r\nContent-Length: 2\r\n\r\n`, "hi", "+", false],
    ["GET", `${stays}Connection: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n`, "hi", "+", false],
    ["GET", `${stays}Connection: closed\r\nContent-Length: 2\r\n\r\n`, "hi", "+", true],
    ["GET", `${stays}Connection: close x\r\nContent-Length: 2\r\n\r\n`, "hi", "+", true],
    ["GET", `${stays}Connection: keep-alive, close\r\nContent-Length: 2\r\n\r\n`, "hi", "+", false],
    ["GET", `${ends}Content-Length: 2\r\n\r\n`, "hi", "+", false],
    ["GET", `${ends}Connection: keep-alive\r\nContent-Length: 2\r\n\r\n`, "hi", "+", true],
    ["GET", `${ends}Connection: keep-alive x\r\nContent-Length: 2\r\n\r\n`, "hi", "+", false],
    ["GET", `${ends}Connection: Keep-Alive\t,x\r\nContent-Length: 2\r\n\r\n`, "hi", "+", true],
    ["GET", `${ends}Connection: keep-alive, close\r\nContent-Length: 2\r\n\r\n`, "hi", "+", false],
    ["GET", `${ends}Connection: keep-alive\r\n\r\n`, "hi+", "", false],
    // Rules 1 and 2
    ["HEAD", `${stays}Content-Length: 1000\r\n\r\n`, "", "hi+", true],
    ["HEAD", `${stays}Transfer-Encoding: chunked\r\n\r\n`, "", "hi+", true],
    ["HEAD", `${stays}\r\n`, "", "hi+", true],
    ["GET", "HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n", "", "hi+", true],
    ["GET", "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n", "", "hi+", true],
    ["GET", "HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n", "", "hi+", false],
    ["GET", "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n", "", "hi+", false],
    ["GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n", "", "hi+", true],
    ["GET", "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n", "", "hi+", true],
    ["CONNECT", `${stays}\r\n`, "", "hi+", false],
    ["CONNECT", `${stays}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`, "", "hi+", false],
    ["CONNECT", "HTTP/1.1 407 No\r\nContent-Length: 2\r\n\r\n", "hi", "+", true],
    // An interim response has none, whatever it says.
    [
      "GET",
      `HTTP/1.1 103 Early\r\nContent-Length: x\r\nConnection: close\r\n\r\n${stays}Content-Length: 2\r\n\r\n`,
      "hi",
      "+",
      true,
    ],
    ["GET", `HTTP/1.0 100 Go\r\n\r\n${stays}Content-Length: 2\r\n\r\n`, "hi", "+", true],
  ] as const)("%s %j: %j, %j is left", ([method, head, body, rest, follows]) => {
    expect(reading(`${head}hi+`, method)).toMatchObject({ problem: null, body, rest, follows });
  });

  it.for([
    "5",
    "5   ",
    " \t5\t ",
    "005",
    "5, 5",
    "5\t,5",
    "5,5,5",
    "5\r\nContent-Length: 5",
    "5, 5\r\ncontent-length: 5",
  ])("believes Content-Length %j", (value) => {
    const read = reading(`HTTP/1.1 200 OK\r\nContent-Length:${value}\r\n\r\nhello+`);
    expect(read).toMatchObject({ problem: null, body: "hello", rest: "+", follows: true });
  });

  it.for([
    "Content-Length: 5\r\nContent-Length: 10",
    "Content-Length: 5, 10",
    "Content-Length: 5, 05",
    "Content-Length: 05\r\nContent-Length: 5",
    "Content-Length: 5,",
    "Content-Length: ,5",
    "Content-Length:",
    "Content-Length:\r\nContent-Length: 5",
    "Content-Length: 5\r\nContent-Length:",
    "Content-Length: -5",
    "Content-Length: +5",
    "Content-Length: 0x5",
    "Content-Length: 5 5",
    "Content-Length: 5;",
    "Content-Length: 5.0",
    "Content-Length: 1e1",
    "Content-Length: five",
    "Content-Length: \xb2",
    "Content-Length: 9007199254740992",
    "Content-Length: 18446744073709551621",
    "Content-Length: 5\r\nTransfer-Encoding: chunked",
    "Transfer-Encoding: chunked\r\nContent-Length: 5",
    "Content-Length: 5\r\nTransfer-Encoding:",
    "Transfer-Encoding:\r\nContent-Length: 5",
    "Content-Length: 5\r\nTransfer-Encoding: identity",
  ])("refuses %j", (fields) => {
    expect(reading(`HTTP/1.1 200 OK\r\n${fields}\r\n\r\nhello`)).toMatchObject({
      problem: "framing",
      status: null,
    });
    expect(reading(`HTTP/1.1 200 OK\r\n${fields}\r\n\r\n`, "HEAD")).toMatchObject({ problem: "framing" });
  });

  it("takes a body as it is, whatever looks like a line in it", () => {
    const body = "a\t\r\n\t\r\n\r\nb\t\r\nHTTP/1.1 200 OK\r\n\r\n0\r\n\r\n\0\xff";
    const head = `HTTP/1.1 200 OK\r\nX-Tab: a\tb\t\r\nContent-Length:\t${body.length}\t\r\n\r\n`;
    expect(reading(`${head}${body}+`)).toMatchObject({ problem: null, body, rest: "+" });
  });

  it("refuses a switch of protocols", () => {
    const text = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nhi";
    expect(reading(text)).toMatchObject({ problem: "upgrade", status: null });
  });
});

describe("Keep-Alive (RFC 9112 App. C.2.2)", () => {
  it.for([
    ["timeout=5", 5],
    ["timeout=5, max=100", 5],
    ["max=100, timeout=5", 5],
    ["max=100,timeout=5", 5],
    ["Timeout = 5", 5],
    ['timeout="5"', 5],
    ["timeout=0", 0],
    ["timeout=99999999999", 999_999_999],
    ["timeout=5\r\nKeep-Alive: timeout=6", 5],
    ["max=1\r\nkeep-alive: timeout=6", 6],
    ["", null],
    ["5", null],
    ["timeout", null],
    ["timeout=", null],
    ["timeout=x", null],
    ["timeout=-1", null],
    ["max=100", null],
    ["xtimeout=5", null],
  ] as const)("says in %j that a connection is kept for %j seconds", ([value, seconds]) => {
    const { fields } = reading(`HTTP/1.1 200 OK\r\nKeep-Alive: ${value}\r\nContent-Length: 0\r\n\r\n`);
    const ending = endingOf({ method: "GET", status: 200, minor: 1, fields, offset: 0 });
    expect(ending.keepAliveSeconds).toBe(seconds);
  });
});
