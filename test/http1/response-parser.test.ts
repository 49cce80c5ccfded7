/** What is read and what is refused, by the sections of RFC 9112 and RFC 9110. Each row is read whole, and cut at each byte. */
import { describe, expect, it } from "vitest";

import { reading } from "../support/reading.ts";

const EMPTY = "Content-Length: 0\r\n\r\n";
const CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

describe("a status line (RFC 9112 §4)", () => {
  it.for([
    // line                              status  reason          version
    ["HTTP/1.1 200 OK", 200, "OK", "1.1"],
    ["HTTP/1.0 200 OK", 200, "OK", "1.0"],
    ["HTTP/1.1 299 ", 299, "", "1.1"],
    ["HTTP/1.1 299   ", 299, "", "1.1"],
    ["HTTP/1.1 404", 404, "", "1.1"],
    ["HTTP/1.1 404   Not \t there \t ", 404, "Not \t there", "1.1"],
    ["HTTP/1.1 404 Voil\xc3\xa0 ", 404, "Voil\xc3\xa0", "1.1"],
    ["HTTP/1.1 404 P\xc3\xa1gina", 404, "P\xc3\xa1gina", "1.1"],
    ["HTTP/1.1 200 Tr\xe8s bien", 200, "Tr\xe8s bien", "1.1"],
    ["HTTP/1.1 600 Beyond", 600, "Beyond", "1.1"],
    ["HTTP/1.1 999 HTTP/1.1 200 OK", 999, "HTTP/1.1 200 OK", "1.1"],
  ] as const)("is %j", ([line, status, reason, httpVersion]) => {
    const read = reading(`${line}\r\n${EMPTY}`);
    expect(read).toMatchObject({ problem: null, status, reason, httpVersion });
  });

  it.for([
    ["garbage garbage", "protocol"],
    ["<html>old</html>", "protocol"],
    ["http/1.1 200 OK", "protocol"],
    ["HTTP/1. 200 OK", "protocol"],
    ["HTTP/1.2 200 OK", "protocol"],
    ["HTTP/3.7 200 OK", "protocol"],
    ["HTTP/0.9 200 OK", "protocol"],
    ["HTTP/01.1 200 OK", "protocol"],
    ["HTTP/1.1", "status"],
    ["HTTP/1.1 ", "status"],
    ["HTTP/1.1\t200 OK", "status"],
    ["HTTP/1.1  200 OK", "status"],
    ["HTTP/1.1 abc Bad", "status"],
    ["HTTP/1.1 000 Zero", "status"],
    ["HTTP/1.1 099 Low", "status"],
    ["HTTP/1.1 20 Short", "status"],
    ["HTTP/1.1 2000 Long", "status"],
    ["HTTP/1.1 200OK", "status"],
    ["HTTP/1.1 200\tOK", "status"],
    ["HTTP/1.1 +20 OK", "status"],
    ["HTTP/1.1 200 a\0b", "field"],
    ["HTTP/1.1 200 a\x1bb", "field"],
    ["HTTP/1.1 200 a\x7fb", "field"],
    ["HTTP/1.1 200 a\rb", "field"],
    ["HTTP/1.1 200 OK\r", "field"],
    [" HTTP/1.1 200 OK", "protocol"],
  ] as const)("is not %j", ([line, problem]) => {
    expect(reading(`${line}\r\n${EMPTY}`)).toMatchObject({ problem, status: null });
  });
});

describe("field lines (RFC 9112 §5, RFC 9110 §5.5)", () => {
  it("keep their case, order and repetition, and lose blanks around values", () => {
    const { fields } = reading(
      "HTTP/1.1 200 OK\r\nX-B: 1\r\nx-a:  caf\xe9 \t\r\nX-B:2\r\nX-Empty:\r\nX-Blank: \t \r\nX-T:a\tb:c\r\nContent-Length: 0\r\n\r\n",
    );
    expect(fields.join("|")).toBe("X-B|1|x-a|caf\xe9|X-B|2|X-Empty||X-Blank||X-T|a\tb:c|Content-Length|0");
  });

  it("may have every character of a token in a name", () => {
    const name = "!#$%&'*+-.^_`|~09AZaz";
    expect(reading(`HTTP/1.1 200 OK\r\n${name}: 1\r\n${EMPTY}`).fields.slice(0, 2)).toEqual([name, "1"]);
  });

  it("may have every byte in a value but controls", () => {
    const all = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code));
    const taken = all.filter(
      (character) =>
        reading(`HTTP/1.1 200 OK\r\nX-A: a${character}b\r\n${EMPTY}`).fields[1] === `a${character}b`,
    );
    expect(taken).toEqual(all.filter((_, code) => code === 9 || (code >= 32 && code !== 127)));
  });

  it.for([
    ["no colon", "broken line"],
    ["a blank before the colon", "X-A : 1"],
    ["a tab before the colon", "X-A\t: 1"],
    ["no name", ": 1"],
    ["a blank in the name", "X A: 1"],
    ["obs-text in the name", "X\xe9: 1"],
    ["a separator in the name", "X(A): 1"],
    ["NUL in the name", "X\0A: 1"],
    ["NUL in the value", "X-A: a\0b"],
    ["DEL in the value", "X-A: a\x7fb"],
    ["a vertical tab in the value", "X-A: a\x0bb"],
    ["a bare CR in the value", "X-A: a\rb"],
    ["a bare CR before the value", "X-A:\r 1"],
    ["a bare CR in the name", "X\r-A: 1"],
    ["two CRs", "X-A: 1\r"],
    ["a bare CR for the empty line", "X-A: 1\r\n\rX-B: 2"],
  ] as const)("are refused with %s", ([, line]) => {
    expect(reading(`HTTP/1.1 200 OK\r\n${line}\r\n${EMPTY}`)).toMatchObject({
      problem: "field",
      status: null,
    });
  });

  it.for([
    ["a blank", " X-A: 1"],
    ["a tab", "\tX-A: 1"],
    ["blanks alone", "  "],
  ] as const)("are refused when the first begins with %s (§2.2)", ([, line]) => {
    expect(reading(`HTTP/1.1 200 OK\r\n${line}\r\n${EMPTY}`)).toMatchObject({
      problem: "field",
      status: null,
    });
  });
});

describe("a folded field (RFC 9112 §5.2)", () => {
  it.for([
    // lines                          value
    ["X-A: a\r\n b", "a b"],
    ["X-A: a\r\n\tb", "a b"],
    ["X-A: a \t\r\n \t b \t", "a b"],
    ["X-A: a\r\n b\r\n c", "a b c"],
    ["X-A:\r\n b", "b"],
    ["X-A: \r\n \r\n b", "b"],
    ["X-A: a\r\n \r\n b", "a b"],
    ["X-A: a\r\n ", "a"],
    ["X-A: a\r\n :b", "a :b"],
    ["X-A: a\n b", "a b"],
  ] as const)("%j is %j", ([lines, value]) => {
    const { problem, fields } = reading(`HTTP/1.1 200 OK\r\n${lines}\r\n${EMPTY}`);
    expect([problem, ...fields]).toEqual([null, "X-A", value, "Content-Length", "0"]);
  });

  it.for([
    ["Content-Length: 5\r\n 5", "framing"],
    ["Content-Length:\r\n 5", "framing"],
    ["content-length: 5\r\n ", "framing"],
    ["Transfer-Encoding: gzip,\r\n chunked", "framing"],
    ["transfer-encoding:\r\n\tchunked", "framing"],
    ["X-A: a\r\n b\0", "field"],
    ["X-A: a\r\n b\rc", "field"],
  ] as const)("is refused in %j", ([lines, problem]) => {
    expect(reading(`HTTP/1.1 200 OK\r\n${lines}\r\n\r\nhello`)).toMatchObject({ problem, status: null });
  });
});

describe("a bare LF (RFC 9112 §2.2)", () => {
  it.for([
    ["everywhere in a head", "HTTP/1.1 200 OK\nX-A: 1\nContent-Length: 2\n\nhi"],
    ["behind the status line", "HTTP/1.1 200 OK\nX-A: 1\r\nContent-Length: 2\r\n\r\nhi"],
    ["behind a status", "HTTP/1.1 200\nX-A: 1\r\nContent-Length: 2\r\n\r\nhi"],
    ["behind a field", "HTTP/1.1 200 OK\r\nX-A: 1\nContent-Length: 2\r\n\r\nhi"],
    ["as the empty line", "HTTP/1.1 200 OK\r\nX-A: 1\r\nContent-Length: 2\r\n\nhi"],
    [
      "in an interim response",
      "HTTP/1.1 103 Early\nLink: x\n\nHTTP/1.1 200 OK\r\nX-A: 1\r\nContent-Length: 2\r\n\r\nhi",
    ],
  ] as const)("ends lines %s", ([, text]) => {
    const { problem, fields, body } = reading(text);
    expect([problem, ...fields, body]).toEqual([null, "X-A", "1", "Content-Length", "2", "hi"]);
  });

  it.for([
    ["behind the size of a chunk", "2\nhi\r\n0\r\n\r\n", "chunk"],
    ["behind an extension", "2;x\nhi\r\n0\r\n\r\n", "chunk"],
    ["behind the data of a chunk", "2\r\nhi\n0\r\n\r\n", "chunk"],
    ["behind the last chunk", "2\r\nhi\r\n0\n\r\n", "chunk"],
    ["behind a trailer", "2\r\nhi\r\n0\r\nX-A: 1\n\r\n", "field"],
    ["as the end of trailers", "2\r\nhi\r\n0\r\n\n", "field"],
  ] as const)("is refused %s", ([, body, problem]) => {
    expect(reading(CHUNKED + body)).toMatchObject({ problem });
  });
});

describe("interim responses (RFC 9110 §15.2)", () => {
  const final = `HTTP/1.1 200 OK\r\n${EMPTY}`;
  it.for([
    ["HTTP/1.1 100 Continue\r\n\r\n", [100]],
    ["HTTP/1.1 100 Continue\r\nX-A: 1\r\n\r\n", [100]],
    ["HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 199 Hm\r\n\r\n", [103, 199]],
    ["HTTP/1.1 100 Continue\r\n\r\n".repeat(20), Array.from({ length: 20 }, () => 100)],
  ] as const)("%j are told apart from the final one", ([text, interim]) => {
    expect(reading(text + final)).toMatchObject({
      problem: null,
      interim,
      status: 200,
      fields: ["Content-Length", "0"],
    });
  });
});

describe("empty lines", () => {
  it.for(["\r\n", "\n", "\r\n\r\n\n", "\r"])("%j before a response are nothing", (lines) => {
    const text = `${lines}HTTP/1.1 103 Early\r\n\r\n${lines}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi`;
    expect(reading(text)).toMatchObject({ problem: null, interim: [103], body: "hi" });
  });
});

describe("a connection that ends", () => {
  it.for([
    ["before anything", ""],
    ["in an empty line", "\r\n"],
    ["in the status line", "HTTP/1.1 2"],
    ["behind the status line", "HTTP/1.1 200 OK\r\n"],
    ["in a field", "HTTP/1.1 200 OK\r\nX-A"],
    ["behind a CR", "HTTP/1.1 200 OK\r\nX-A: 1\r"],
    ["before the empty line", "HTTP/1.1 200 OK\r\nX-A: 1\r\n"],
    ["in the empty line", "HTTP/1.1 200 OK\r\nX-A: 1\r\n\r"],
    ["behind an interim response", "HTTP/1.1 100 Continue\r\n\r\n"],
    ["before the body", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"],
    ["in the body", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nh"],
    ["before the first chunk", CHUNKED],
    ["in the size of a chunk", `${CHUNKED}5`],
    ["in an extension", `${CHUNKED}5;x="a`],
    ["in a chunk", `${CHUNKED}5\r\nhel`],
    ["behind the data of a chunk", `${CHUNKED}5\r\nhello`],
    ["behind a chunk", `${CHUNKED}5\r\nhello\r\n`],
    ["behind the last chunk", `${CHUNKED}0\r\n`],
    ["in the trailers", `${CHUNKED}0\r\nX-A: 1\r\n`],
    ["in the last line", `${CHUNKED}0\r\n\r`],
  ] as const)("%s ends no response", ([, text]) => {
    expect(reading(text)).toMatchObject({ problem: "missing" });
  });
});
