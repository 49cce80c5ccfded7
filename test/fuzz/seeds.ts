/** Responses as bytes: good ones and bad ones, for mutation. */
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";

const json = '{"a":[1,2,3],"b":"text"}';

function response(fields: readonly string[], body: string | Uint8Array = "", status = "200 OK"): Buffer {
  const head = [`HTTP/1.1 ${status}`, ...fields, "", ""].join("\r\n");
  return Buffer.concat([Buffer.from(head, "latin1"), Buffer.from(body as string)]);
}

function sized(body: Uint8Array, ...fields: readonly string[]): Buffer {
  return response([...fields, `Content-Length: ${body.byteLength}`], body);
}

const CHUNKED = "5\r\nhello\r\n6;ext=1\r\n world\r\n0\r\nX-Trailer: 1\r\n\r\n";

/** What servers say, and what they should not. */
export const seeds: readonly Buffer[] = [
  response(["Content-Length: 5"], "hello"),
  response(["Content-Type: application/json", `Content-Length: ${json.length}`], json),
  response(["Transfer-Encoding: chunked", "Trailer: X-Trailer"], CHUNKED),
  response(["Connection: close"], "until the end"),
  sized(gzipSync(json), "Content-Encoding: gzip"),
  sized(deflateSync(json), "Content-Encoding: deflate"),
  sized(brotliCompressSync(json), "Content-Encoding: br"),
  sized(zstdCompressSync(Buffer.from(json)), "Content-Encoding: zstd"),
  sized(gzipSync(gzipSync(json)), "Content-Encoding: gzip, gzip"),
  response(["Set-Cookie: a=1; Path=/; Max-Age=60", "Set-Cookie: b=2; Domain=x", "Content-Length: 0"]),
  response(["Location: /next", "Content-Length: 0"], "", "302 Found"),
  response(["Location: //other/%zz", "Content-Length: 2"], "no", "307 Temporary Redirect"),
  response(
    ['WWW-Authenticate: Digest realm="r", nonce="n", qop="auth"', "Content-Length: 0"],
    "",
    "401 Unauthorized",
  ),
  response(["Retry-After: 1", "Content-Length: 0"], "", "503 Service Unavailable"),
  response([], "", "204 No Content"),
  response(['ETag: "x"'], "", "304 Not Modified"),
  Buffer.concat([
    response(["Link: </style.css>; rel=preload"], "", "103 Early Hints"),
    response(["Content-Length: 2"], "ok"),
  ]),
  response(["Content-Length: 5", "Content-Length: 6"], "hello"),
  response(["Content-Length: 5", "Transfer-Encoding: chunked"], CHUNKED),
  response(["Transfer-Encoding: gzip, chunked"], CHUNKED),
  response([" folded: yes", "X-A:1", "X-B : 2"], "x"),
  response(["Content-Type: text/html; charset=utf-16", "Content-Length: 6"], "\u0000a\u0000b\u0000c"),
  Buffer.from("HTTP/1.0 200\r\n\r\nold"),
  Buffer.from("HTTP/0.9 hello"),
  Buffer.from("ICY 200 OK\r\n\r\n"),
  Buffer.from(""),
];
