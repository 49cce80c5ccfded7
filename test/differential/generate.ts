/**
 * Streams of two responses each, that follow from a number: good ones, and such as servers and attackers write. What is odd is
 * odd in a few places only: the rest of the stream has to be read to see what becomes of it.
 */
import { below, oneOf, randomFrom, type Random } from "../support/random.ts";
import { mutated } from "./mutate.ts";

/** What comes on a connection, and what was asked. */
export interface Stream {
  /** A character a byte. */
  readonly text: string;
  readonly methods: readonly string[];
}

const METHODS = ["GET", "GET", "GET", "GET", "GET", "HEAD", "HEAD", "CONNECT"] as const;
const VERSIONS = ["HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0"] as const;
const ODD_VERSIONS = [
  "HTTP/0.9",
  "HTTP/1.2",
  "HTTP/2.0",
  "HTTP/1.10",
  "HTTP/01.1",
  "http/1.1",
  "RTSP/1.0",
  "ICE/1.0",
  "ICY",
  "HTTP /1.1",
  "",
] as const;
const STATUSES = [200, 200, 200, 200, 201, 204, 206, 301, 304, 400, 404, 500, 503, 599, 299] as const;
const INTERIM = [100, 102, 103, 199] as const;
const ODD_STATUSES = [
  "101",
  "000",
  "099",
  "600",
  "999",
  "20",
  "2000",
  "2x0",
  "-20",
  "+200",
  "",
  "1",
  "200;",
] as const;
const REASONS = [" OK", " OK", " OK", "", " ", " Not Found", " Tr\xe8s bien", " a\tb ", "  two"] as const;
const ODD_REASONS = ["\tOK", " \0", " a\rb", " \x7f", " \x01", "OK", " HTTP/1.1 200 OK", " \x0b"] as const;
const ENDS = [
  "\n",
  "\r",
  "\r\r\n",
  "\n\r",
  "\r\n\r",
  "",
  "\r\n ",
  "\r\n\t",
  " \r\n",
  "\t\r\n",
  "\n\n",
  "\0\r\n",
] as const;
const BLANKS = [
  "",
  "  ",
  "\t",
  " \t ",
  "\r\n ",
  "\r\n\t",
  "\n ",
  " \r\n \r\n ",
  "\x0b",
  "\xa0",
  "\0",
  "\r",
] as const;
const COLONS = [" :", ":", "\t:", "::", "", "=", "\r\n:", "\0:", " "] as const;
const FIELDS = [
  "X-A: 1",
  "Server: x/1.0 (y)",
  "Content-Type: text/plain",
  "X-Empty:",
  "Set-Cookie: a=b; c",
  "x-long: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
  "Keep-Alive: timeout=5",
  "Upgrade: h2c",
  "X-L: caf\xe9",
  "Content-Lengths: 3",
  "Transfer-Encodin: chunked",
  "Connectio: close",
] as const;
const ODD_FIELDS = [
  "X A: 1",
  "X\xe9: 1",
  ": 1",
  "no colon",
  "X-N: a\0b",
  "X-D: a\x7fb",
  "X-C: a\rb",
  "X-F: a\r\n b",
  "X-F: a \r\n\t\r\n  b",
  "X-F:\r\n b",
  "X-F: a\r\n ",
  " X-Lead: 1",
  "\tX-Lead: 1",
  "X-V: a\x0bb",
  "(X): 1",
  "X-L: a\nX-M: b",
  "X-L: a\n b",
] as const;
const CONNECTION = [...Array.from({ length: 19 }, () => "Connection"), "Proxy-Connection"];
const CONNECTIONS = [
  "close",
  "keep-alive",
  "Close",
  "Keep-Alive, Upgrade",
  "keep-alive, close",
  "close, keep-alive",
  "upgrade",
  "TE, close",
  "close,",
  ",close",
  "closed",
  "close\t",
  "TE,\tclose",
  "close \t, x",
  "keep-alive\t",
  "\tkeep-alive",
  "keep-alive\t,x",
  " x , close , y",
  "close;x",
  "close x",
  "x close",
  "keep-alive x",
  "",
] as const;
const LENGTHS = [
  "0",
  "00",
  "+0",
  "-1",
  "0x5",
  "5 5",
  "5,5",
  "5, 5",
  "5,6",
  "5,",
  ",5",
  "05, 5",
  "",
  "5\t",
  "5 \t ",
  "\t5",
  "5;",
  "1e1",
  "9007199254740991",
  "9007199254740992",
  "18446744073709551615",
  "18446744073709551616",
  "99999999999999999999999999",
  "000000000000000000000000000005",
] as const;
const CODINGS = [
  "Chunked",
  "chunked\t",
  " chunked ",
  "chunked,",
  ",chunked",
  "chunked, chunked",
  "gzip, chunked",
  "chunked, gzip",
  "identity",
  "identity, chunked",
  "gzip",
  "",
  "xchunked",
  "chunkedx",
  "chunked;q=1",
  '"chunked"',
  "chunked\r\n ",
  "\r\n chunked",
  "chun\r\n ked",
  "\x0bchunked",
  "chunked x",
  "x chunked",
] as const;
const SIZES = [
  "5",
  "05",
  "5 ",
  "5\t",
  " 5",
  "0x5",
  "+5",
  "-5",
  "5g",
  "",
  "5 5",
  "A",
  "a",
  "00000000000000000000005",
] as const;
const HUGE = [
  "ffffffffffffffff",
  "10000000000000005",
  "1fffffffffffff",
  "20000000000000",
  "7fffffffffffffff",
] as const;
const EXTENSIONS = [
  ";x",
  ";x=1",
  ';x="a b"',
  ';x="a\\"b"',
  ";x;y=2",
  ";",
  ";=",
  "; x",
  " ;x",
  ";x =1",
  ";x= 1",
  ';x="a',
  ';x="a"b',
  ';x="\xe9"',
  ";x=\xe9",
  ';x="a\nb"',
  ";x\n",
  ";x\r",
  ";\t",
  ';x=""',
  ";x=",
  ';x="\\\0"',
  ';x=a"b"',
] as const;
const GOOD_TRAILERS = ["X-Sum: 1", "X-Sum:  1 ", "Connection: close"] as const;
const TRAILERS = [
  "Content-Length: 3",
  "Transfer-Encoding: chunked",
  "Transfer-Encoding: gzip",
  "content-length: 3",
  "Connection: keep-alive",
  "X-F: a\r\n b",
  "X-L: a\nX-M: b",
  "bad",
  " X: 1",
  "X-N: \0",
  "Upgrade: x",
] as const;

const CONTENT = ["a", "bc", "\r\n", "\n", "\0", "0\r\n\r\n", "HTTP/1.1 ", "\xff"] as const;

/** Writes one stream. Each choice is an odd one in so many of a hundred cases. */
class Writer {
  readonly #random: Random;
  readonly #odd: number;

  constructor(random: Random, odd: number) {
    this.#random = random;
    this.#odd = odd;
  }

  response(method: string): string {
    const lead = this.#isOdd(0.3) ? oneOf(this.#random, ["\r\n", "\n", "\r", " ", "\0", "\r\n\r\n"]) : "";
    let interim = "";
    while (this.#chance(0.08)) {
      const framing = this.#isOdd() ? this.#framed()[0] : [];
      interim += this.#head(oneOf(this.#random, INTERIM), [...this.#noise(), ...framing]);
    }
    const status = oneOf(this.#random, STATUSES);
    const [fields, body] = this.#message(method, status);
    return lead + interim + this.#head(status, fields) + body;
  }

  #chance(share: number): boolean {
    return this.#random() < share;
  }

  #isOdd(share: number = 1): boolean {
    return this.#random() * 100 < this.#odd * share;
  }

  #pick<Item>(usual: readonly Item[], odd: readonly Item[]): Item {
    return oneOf(this.#random, this.#isOdd() ? odd : usual);
  }

  #end(): string {
    return this.#isOdd() ? oneOf(this.#random, ENDS) : "\r\n";
  }

  #head(status: number, fields: readonly string[]): string {
    const version = this.#pick<string>(VERSIONS, ODD_VERSIONS);
    const gap = this.#isOdd(0.3) ? oneOf(this.#random, BLANKS) : " ";
    const code = this.#isOdd(0.5) ? oneOf(this.#random, ODD_STATUSES) : String(status);
    let text = version + gap + code + this.#pick<string>(REASONS, ODD_REASONS) + this.#end();
    for (const field of fields) text += field + this.#end();
    return text + this.#end();
  }

  #field(name: string, value: string): string {
    const colon = this.#isOdd(0.3) ? oneOf(this.#random, COLONS) : ":";
    const before = this.#isOdd(0.5) ? oneOf(this.#random, BLANKS) : " ";
    const after = this.#isOdd(0.5) ? oneOf(this.#random, BLANKS) : "";
    return (this.#chance(0.1) ? name.toLowerCase() : name) + colon + before + value + after;
  }

  /** Fields that say nothing of the body. */
  #noise(): string[] {
    const fields: string[] = [];
    for (let times = below(this.#random, 4); times > 0; times--)
      fields.push(this.#pick<string>(FIELDS, ODD_FIELDS));
    if (this.#chance(0.2))
      fields.push(this.#field(oneOf(this.#random, CONNECTION), oneOf(this.#random, CONNECTIONS)));
    return fields;
  }

  /** Fields and what follows them. */
  #message(method: string, status: number): readonly [readonly string[], string] {
    const fields = this.#noise();
    const at = below(this.#random, fields.length + 1);
    const [framing, body] = this.#framed();
    fields.splice(at, 0, ...framing);
    const isBare = method !== "GET" || status === 204 || status === 304;
    return [fields, isBare && !this.#isOdd(2) ? "" : body];
  }

  #framed(): readonly [readonly string[], string] {
    const body = this.#content();
    const chunked = this.#field("Transfer-Encoding", "chunked");
    const sized = this.#field("Content-Length", String(body.length));
    switch (this.#isOdd(2) ? below(this.#random, 9) : 9 + below(this.#random, 8)) {
      case 0:
        return [
          [this.#field("Content-Length", oneOf(this.#random, LENGTHS))],
          oneOf(this.#random, [body, "hello"]),
        ];
      case 1:
        return [[sized, this.#field("Content-Length", String(body.length + below(this.#random, 2)))], body];
      case 2:
        return [[sized, chunked], this.#chunks(body)];
      case 3:
        return [[chunked, sized], this.#chunks(body)];
      case 4:
        return [
          [this.#field("Transfer-Encoding", oneOf(this.#random, CODINGS))],
          this.#chance(0.7) ? this.#chunks(body) : body,
        ];
      case 5:
        return [
          [
            this.#field("Transfer-Encoding", oneOf(this.#random, CODINGS)),
            this.#field("Transfer-Encoding", oneOf(this.#random, ["chunked", ...CODINGS])),
          ],
          this.#chunks(body),
        ];
      case 6:
        return [[sized, sized, sized], body];
      case 7:
        return [[this.#field("Content-Length", String(body.length + below(this.#random, 5) - 2))], body];
      case 8:
        return [this.#chance(0.5) ? [sized, "Transfer-Encoding:"] : ["Transfer-Encoding:", sized], body];
      case 9:
        return [[], body];
      case 10:
      case 11:
      case 12:
        return [[chunked], this.#chunks(body)];
      default:
        return [[sized], body];
    }
  }

  #content(): string {
    const size = this.#chance(0.03) ? below(this.#random, 400) : below(this.#random, 18);
    let text = "";
    while (text.length < size) text += oneOf(this.#random, CONTENT);
    return text.slice(0, size);
  }

  #chunks(body: string): string {
    let text = "";
    for (let at = 0; at < body.length;) {
      const size = 1 + below(this.#random, body.length - at);
      text += this.#sizeLine(size) + body.slice(at, at + size) + this.#end();
      at += size;
    }
    text += this.#sizeLine(0);
    while (this.#chance(0.15)) text += this.#pick<string>(GOOD_TRAILERS, TRAILERS) + this.#end();
    return text + this.#end();
  }

  #sizeLine(size: number): string {
    const digits = this.#isOdd(0.5)
      ? oneOf(this.#random, this.#chance(0.8) ? SIZES : HUGE)
      : size.toString(16);
    const isExtended = this.#chance(0.1) || this.#isOdd(0.5);
    return digits + (isExtended ? oneOf(this.#random, EXTENSIONS) : "") + this.#end();
  }
}

/** The stream of this number. */
export function generated(seed: number, index: number): Stream {
  const random = randomFrom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
  const methods = [oneOf(random, METHODS), oneOf(random, METHODS)];
  // A third is written well, and spoilt by bytes only.
  const writer = new Writer(random, oneOf(random, [0, 2, 6]));
  const text = methods.map((method) => writer.response(method)).join("");
  return { text: mutated(text, random), methods };
}
