/**
 * What other projects test of HTTP/1 responses: llhttp (test/response of nodejs/llhttp) and browsers (fetch/h1-parsing and
 * fetch/content-length of web-platform-tests/wpt). Each row says what we make of it; where that is not what they want, why.
 */
import { describe, expect, it } from "vitest";

import { reading, type Reading } from "../support/reading.ts";

/** Lines, each with its end. */
function lines(...all: readonly string[]): string {
  return all.map((line) => `${line}\r\n`).join("");
}

const OK = "HTTP/1.1 200 OK";

interface Row {
  readonly what: string;
  readonly text: string;
  readonly method?: string;
  readonly read: Partial<Reading>;
}

describe("llhttp's responses", () => {
  const samples: readonly Row[] = [
    {
      what: "a tab before a value",
      text: lines(OK, "Header1: Value1", "Header2:\t Value2", "Content-Length: 0", ""),
      read: { fields: ["Header1", "Value1", "Header2", "Value2", "Content-Length", "0"], body: "" },
    },
    { what: "RTSP", text: lines("RTSP/1.1 200 OK", ""), read: { problem: "protocol" } },
    { what: "ICE", text: lines("ICE/1.1 200 OK", ""), read: { problem: "protocol" } },
    {
      what: "a protocol that begins with HTTP",
      text: lines("HTTPER/1.1 200 OK", ""),
      read: { problem: "protocol" },
    },
    { what: "a head alone", text: lines(OK, ""), read: { status: 200, body: "", follows: false } },
    {
      what: "a length between blanks, a dollar in a name",
      text: `${lines("HTTP/1.1 301 Moved", "X-$PrototypeBI-Version: 1.6.0.3", "Content-Length:  9  ", "")}<a\nb>\r\n</`,
      read: {
        status: 301,
        fields: ["X-$PrototypeBI-Version", "1.6.0.3", "Content-Length", "9"],
        body: "<a\nb>\r\n</",
      },
    },
    {
      what: "quotes in a value, and a chunk that is a line",
      text: `${lines("HTTP/1.1 301 MovedPermanently", 'p3p: CP="CAO DSP"', "Transfer-Encoding: chunked", "")}1\r\n\n\r\n0\r\n\r\n`,
      read: { reason: "MovedPermanently", body: "\n", follows: true },
    },
    { what: "no reason phrase", text: lines("HTTP/1.1 301", ""), read: { status: 301, reason: "" } },
    { what: "an empty reason phrase", text: lines("HTTP/1.1 200 ", ""), read: { status: 200, reason: "" } },
    {
      what: "lines that end with LF",
      text: "HTTP/1.1 200 OK\nContent-Type: text/html\nConnection: close\n\nnews",
      // RFC 9112 §2.2
      read: { fields: ["Content-Type", "text/html", "Connection", "close"], body: "news" },
    },
    {
      what: "an underscore in a name",
      text: lines(OK, "Content-Length: 0", "DCLK_imp: v7;x;1;;~cs=o", ""),
      read: { fields: ["Content-Length", "0", "DCLK_imp", "v7;x;1;;~cs=o"], follows: true },
    },
    {
      what: "a field without a value, and one behind it",
      text: lines(
        "HTTP/1.0 301 Moved",
        "Pragma: ",
        "Location: http://a.test/",
        "Content-Length: 0",
        "Connection: keep-alive",
        "",
      ),
      read: {
        fields: [
          "Pragma",
          "",
          "Location",
          "http://a.test/",
          "Content-Length",
          "0",
          "Connection",
          "keep-alive",
        ],
        follows: true,
      },
    },
    {
      what: "names that are nearly those of framing",
      text: `${lines(OK, ".et-Cookie: a", "_eep-Alive: timeout=45", "_onnection: Keep-Alive", "Transfer-Encoding: chunked", "Connection: close", "")}0\r\n\r\n`,
      read: { body: "", follows: false },
    },
    { what: "a letter missing", text: lines("HTP/1.1 200 OK", ""), read: { problem: "protocol" } },
    {
      what: "two digits of a major version",
      text: lines("HTTP/01.1 200 OK", ""),
      read: { problem: "protocol" },
    },
    { what: "version 11.1", text: lines("HTTP/11.1 200 OK", ""), read: { problem: "protocol" } },
    {
      what: "two digits of a minor version",
      text: lines("HTTP/1.01 200 OK", ""),
      read: { problem: "status" },
    },
    { what: "a tab behind the version", text: lines("HTTP/1.1\t200 OK", ""), read: { problem: "status" } },
    {
      what: "a CR before it, and a tab in it",
      text: `\r${lines("HTTP/1.1\t200 OK", "")}`,
      read: { problem: "status" },
    },
    { what: "fields parted by CR", text: lines(OK, "Foo: 1\rBar: 2", ""), read: { problem: "field" } },
    { what: "version 5.6", text: lines("HTTP/5.6 200 OK", ""), read: { problem: "protocol" } },
    { what: "a blank behind the status line", text: lines(OK, " Host: foo"), read: { problem: "field" } },
    {
      what: "two blanks before the status",
      text: lines("HTTP/1.1  200 OK", ""),
      read: { problem: "status" },
    },
    { what: "two blanks behind the status", text: lines("HTTP/1.1 200  OK", ""), read: { reason: "OK" } },
    { what: "a status of one digit", text: lines("HTTP/1.1 2 OK", ""), read: { problem: "status" } },
    {
      what: "LF alone, and no body",
      text: "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
      read: { body: "", follows: true },
    },
  ];

  const bodies: readonly Row[] = [
    {
      what: "no length, and close",
      text: `${lines(OK, "Connection: close", "")}<?xml?>\n<a/>`,
      read: { body: "<?xml?>\n<a/>", follows: false },
    },
    {
      what: "a name that begins as Content-Length",
      text: `${lines(OK, "Content-Length-X: 0", "Transfer-Encoding: chunked", "")}2\r\nOK\r\n0\r\n\r\n`,
      read: { body: "OK", follows: true },
    },
    {
      what: "two answers to HEAD, with lengths",
      method: "HEAD",
      text: lines(OK, "Content-Length: 123", "", OK, "Content-Length: 456", ""),
      read: { body: "", rest: lines(OK, "Content-Length: 456", ""), follows: true },
    },
    {
      what: "a length between tabs",
      text: `${lines(OK, "Content-Length:\t4\t", "")}body`,
      read: { body: "body" },
    },
    {
      what: "responses with an empty line between them",
      text: `${lines(OK, "Content-Length: 3", "")}AAA\r\n${lines("HTTP/1.1 201 Created", "Content-Length: 4", "")}BBBB`,
      read: {
        body: "AAA",
        rest: `${lines("HTTP/1.1 201 Created", "Content-Length: 4", "")}BBBB`,
        follows: true,
      },
    },
    {
      what: "Proxy-Connection",
      text: `${lines(OK, "Content-Length: 11", "Proxy-Connection: close", "")}hello world`,
      // RFC 9112 App. C.2.2 warns of that field, and no other has it: llhttp takes it for Connection.
      read: { body: "hello world", follows: true },
    },
    {
      what: "keep-alive of HTTP/1.0 without a length",
      text: `${lines("HTTP/1.0 200 OK", "Connection: keep-alive", "")}HTTP/1.0 200 OK`,
      read: { body: "HTTP/1.0 200 OK", follows: false },
    },
    {
      what: "keep-alive of HTTP/1.0 with 204",
      text: `${lines("HTTP/1.0 204 No content", "Connection: keep-alive", "")}HTTP/1.0 200 OK`,
      read: { body: "", rest: "HTTP/1.0 200 OK", follows: true },
    },
    {
      what: "neither length nor close",
      text: `${lines(OK, "")}HTTP/1.1 200 OK`,
      read: { body: "HTTP/1.1 200 OK", follows: false },
    },
    {
      what: "204",
      text: `${lines("HTTP/1.1 204 No content", "")}HTTP/1.1 200 OK`,
      read: { body: "", rest: "HTTP/1.1 200 OK", follows: true },
    },
    {
      what: "204 and close",
      text: `${lines("HTTP/1.1 204 No content", "Connection: close", "")}HTTP/1.1 200 OK`,
      read: { body: "", rest: "HTTP/1.1 200 OK", follows: false },
    },
    {
      what: "more than its length, and close",
      text: `${lines(OK, "Content-Length: 5", "Connection: close", "")}2ad731e3-4dcd`,
      read: { body: "2ad73", rest: "1e3-4dcd", follows: false },
    },
    {
      what: "101 with a length",
      text: `${lines("HTTP/1.1 101 Switching Protocols", "Connection: upgrade", "Upgrade: h2c", "Content-Length: 4", "")}bodyproto`,
      read: { problem: "upgrade" },
    },
    {
      what: "101 with chunks",
      text: `${lines("HTTP/1.1 101 Switching Protocols", "Connection: upgrade", "Upgrade: h2c", "Transfer-Encoding: chunked", "")}2\r\nbo\r\n0\r\n\r\nproto`,
      read: { problem: "upgrade" },
    },
    {
      what: "Upgrade and 200",
      text: `${lines(OK, "Connection: upgrade", "Upgrade: h2c", "")}body`,
      read: { body: "body" },
    },
    {
      what: "Upgrade, 200 and a length",
      text: `${lines(OK, "Connection: upgrade", "Upgrade: h2c", "Content-Length: 4", "")}body`,
      read: { body: "body", follows: true },
    },
    {
      what: "Upgrade, 200 and chunks",
      text: `${lines(OK, "Connection: upgrade", "Upgrade: h2c", "Transfer-Encoding: chunked", "")}2\r\nbo\r\n2\r\ndy\r\n0\r\n\r\n`,
      read: { body: "body", follows: true },
    },
  ];

  const chunks: readonly Row[] = [
    {
      what: "an empty coding beside a length",
      text: `${lines(OK, "Transfer-Encoding:", "Content-Length: 5", "")}hello`,
      read: { problem: "framing" },
    },
    {
      what: "blanks behind sizes",
      text: `${lines(OK, "Transfer-Encoding: chunked", "")}25  \r\nThis is the data in the first chunk\r\n\r\n1C\r\nand this is the second one\r\n\r\n0  \r\n\r\n`,
      // llhttp wants a flag for it; curl, Go and browsers do not.
      read: { body: "This is the data in the first chunk\r\nand this is the second one\r\n", follows: true },
    },
    {
      what: "chunks below another coding",
      text: `${lines(OK, "Transfer-Encoding: chunked, deflate", "")}World`,
      // llhttp reads the body to its end, whatever it is: nobody asked for deflate, and nobody would undo it (RFC 9112 §7.4).
      read: { problem: "framing" },
    },
    {
      what: "chunks, and then none",
      text: `${lines(OK, "Transfer-Encoding: chunked", "Transfer-Encoding: identity", "")}World`,
      read: { problem: "framing" },
    },
    {
      what: "chunkedchunked",
      text: `${lines(OK, "Transfer-Encoding: chunkedchunked", "")}2\r\nOK\r\n0\r\n\r\n`,
      read: { problem: "framing" },
    },
    {
      what: "extensions",
      text: `${lines(OK, "Transfer-encoding: chunked", "")}5;ilovew3;somuchlove=aretheseparametersfor\r\nhello\r\n6;blahblah;blah\r\n world\r\n0\r\n\r\n`,
      read: { body: "hello world", follows: true },
    },
    {
      what: "no semicolon",
      text: `${lines(OK, "Transfer-encoding: chunked", "")}2 erf\r\naa\r\n0 rrrr\r\n\r\n`,
      read: { problem: "chunk" },
    },
    {
      what: "nothing behind a semicolon",
      text: `${lines(OK, "Transfer-encoding: chunked", "")}2;\r\naa\r\n0\r\n\r\n`,
      read: { problem: "chunk" },
    },
    {
      what: "quoted extensions",
      text: `${lines(OK, "Transfer-Encoding: chunked", "")}5;ilovew3="I love; extensions";so="a";blah;foo=bar\r\nhello\r\n6;blah\r\n world\r\n0\r\n\r\n`,
      read: { body: "hello world" },
    },
    {
      what: "a quote that does not end",
      text: `${lines(OK, "Transfer-Encoding: chunked", "")}5;ilovew3="abc";somuchlove="def; ghi\r\nhello\r\n0\r\n\r\n`,
      read: { problem: "chunk" },
    },
    {
      what: "a fold behind chunked",
      text: `${lines(OK, "Transfer-Encoding: chunked", "  abc", "")}5\r\nWorld\r\n0\r\n\r\n`,
      read: { problem: "framing" },
    },
  ];

  it.for([...samples, ...bodies, ...chunks])("$what", ({ text, method, read }) => {
    expect(reading(text, method)).toMatchObject({ problem: null, ...read });
  });
});

describe("browsers' lone CRs", () => {
  it.for([
    ["HTTP/1.1\r200 OK\n\nBODY", "status"],
    ["HTTP/1.1 200\rOK\n\nBODY", "field"],
    ["HTTP/1.1 200 OK\n\rHeader: Value\n\nBODY", "field"],
    ["HTTP/1.1 200 OK\nHeader\r: Value\n\nBODY", "field"],
    ["HTTP/1.1 200 OK\nHeader:\r Value\n\nBODY", "field"],
    ["HTTP/1.1 200 OK\nHeader: Value\r\r\nBODY", "field"],
    ["HTTP/1.1 200 OK\nHeader: Value\rHeader2: Value2\n\nBODY", "field"],
  ] as const)("%j", ([text, problem]) => {
    expect(reading(text)).toMatchObject({ problem, status: null });
  });
});

describe("browsers' statuses", () => {
  // A status that RFC 9110 §15 does not have (below 100, or of one digit or two) is read by Chromium and Firefox: we refuse it.
  it.for([
    ["", null],
    ["BLAH", null],
    ["0 OK", null],
    ["1 OK", null],
    ["99 NOT OK", null],
    ["099 HELLO", null],
    ["999 DOES IT MATTER", 999],
    ["1000 BOO", null],
    ["65736 NOT 200 OR SOME SUCH", null],
    ["131072 HI", null],
  ] as const)("%j", ([text, status]) => {
    const read = reading(`HTTP/1.1 ${text}\nheader-parsing: is sad\n\n`);
    expect(read).toMatchObject({ problem: status === null ? "status" : null, status });
  });
});

describe("browsers' NUL", () => {
  it.for(["Custom: \0", "Custom: a\0b", "Cus\0tom: a"])("%j is refused", (line) => {
    expect(reading(lines(OK, line, ""))).toMatchObject({ problem: "field", status: null });
  });
});

describe("browsers' heads that break off", () => {
  it.for(["header: value\t", "header: value ", "header: value\r"])("behind %j nothing is whole", (end) => {
    expect(reading(`HTTP/1.1 200 OKAYISH\n${end}`)).toMatchObject({ problem: "missing", status: null });
  });

  it("a form feed is refused anyway", () => {
    expect(reading("HTTP/1.1 200 OKAYISH\nheader: value\f")).toMatchObject({
      problem: "field",
      status: null,
    });
  });
});

/**
 * A character at a place of `HTTP/1.1 200 OK`, `X-Frame-Options: DENY`. The wish of browsers is that each is refused; it is marked as a wish, and
 * RFC 9110 and RFC 9112 have some of them: those are read.
 */
describe("browsers' characters out of place", () => {
  const characters = ["\n", "\r", "\t", " ", "\0", ":"] as const;
  // "no" is refused, "=" is read as without it, "v" has it in reason phrase or value, "2" makes two fields of one or ends the head.
  it.for([
    // place                             LF    CR    HTAB  SP    NUL   :
    ["before HTTP", "|HTTP/1.1 200 OK", "=", "=", "no", "no", "no", "no"],
    ["in HTTP", "HT|TP/1.1 200 OK", "no", "no", "no", "no", "no", "no"],
    ["before the slash", "HTTP|/1.1 200 OK", "no", "no", "no", "no", "no", "no"],
    ["behind the slash", "HTTP/|1.1 200 OK", "no", "no", "no", "no", "no", "no"],
    ["before the dot", "HTTP/1|.1 200 OK", "no", "no", "no", "no", "no", "no"],
    ["behind the dot", "HTTP/1.|1 200 OK", "no", "no", "no", "no", "no", "no"],
    ["behind the version", "HTTP/1.1| 200 OK", "no", "no", "no", "no", "no", "no"],
    ["before the status", "HTTP/1.1 |200 OK", "no", "no", "no", "no", "no", "no"],
    ["behind the status", "HTTP/1.1 200| OK", "no", "no", "no", "=", "no", "no"],
    ["before the reason", "HTTP/1.1 200 |OK", "no", "no", "=", "=", "no", "v"],
    ["behind the reason", "HTTP/1.1 200 OK|", "2", "no", "=", "=", "no", "v"],
    ["before a name", "|X-Frame-Options: DENY", "2", "no", "no", "no", "no", "no"],
    ["in a name", "X-Frame|-Options: DENY", "no", "no", "no", "no", "no", "v"],
    ["before the colon", "X-Frame-Options|: DENY", "no", "no", "no", "no", "no", "v"],
    ["behind the colon", "X-Frame-Options:| DENY", "=", "no", "=", "=", "no", "v"],
    ["in a value", "X-Frame-Options: DE|NY", "no", "no", "v", "v", "no", "v"],
    ["behind a value", "X-Frame-Options: DENY|", "2", "no", "=", "=", "no", "v"],
  ] as const)("%s", ([, line, ...outcomes]) => {
    const isStatus = line.includes("200");
    const found = characters.map((character) => {
      const spoilt = line.replace("|", character);
      const read = reading(
        lines(isStatus ? spoilt : OK, isStatus ? "X-Frame-Options: DENY" : spoilt, "Content-Length: 5") +
          "\r\nTest.",
      );
      if (read.problem !== null) return "no";
      if (read.body !== "Test.") return "2";
      const isSame = read.reason === "OK" && read.fields.join() === "X-Frame-Options,DENY,Content-Length,5";
      return isSame ? "=" : "v";
    });
    expect(found).toEqual(outcomes);
  });
});

describe("browsers' lengths", () => {
  const body = "a".repeat(50);
  it.for([
    ["Content-Length: 42", 42],
    ["Content-Length: 42,42", 42],
    ["Content-Length: 42\r\nContent-Length: 42", 42],
    ["Content-Length: 42\r\nContent-Length: 42,42", 42],
    ["Content-Length: 30,30", 30],
    ["Content-Length: 030", 30],
    ["Content-Length: 42,30", null],
    ["Content-Length: 30,42", null],
    ["Content-Length: 42\r\nContent-Length: 30", null],
    ["Content-Length: 30\r\nContent-Length: 42", null],
    ["Content-Length: 30,", null],
    ["Content-Length: ,30", null],
    ["Content-Length: 30\r\nContent-Length: \t", null],
    ["Content-Length: \r\nContent-Length: 30", null],
    ["Content-Length: aaaah\r\nContent-Length: nah", null],
    ["Content-Length: aaaah, nah", null],
    // Browsers read these to the end of the connection: a length that is none. RFC 9112 §6.3, rule 5, calls it an error that nobody can mend.
    ["Content-Length: aaaah\r\nContent-Length: aaaah", null],
    ["Content-Length: aaaah", null],
    ["Content-Length: 42s", null],
    ["Content-Length: -1", null],
    ["Content-Length: 0x20", null],
  ] as const)("%j", ([fields, length]) => {
    const read = reading(`${lines(OK, fields, "")}${body}`);
    if (length === null) expect(read).toMatchObject({ problem: "framing", status: null });
    else expect(read).toMatchObject({ problem: null, body: "a".repeat(length) });
  });
});
