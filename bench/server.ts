/**
 * The server's process: answers as fast as Node can, so that the clients are what is measured.
 *
 * Small messages are answered on bare sockets, of which the head is hardly looked at; large bodies by `node:http`; HTTP/2 by
 * `node:http2`. It is given a certificate on the first line of its input, and tells its ports in one line of JSON.
 */
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createSecureServer, type ServerHttp2Stream } from "node:http2";
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { createServer as createTlsServer } from "node:tls";
import { gzipSync } from "node:zlib";
import { GZIP_ROWS, LATER_MS, SMALL_BYTES, type Port } from "./workloads.ts";

const HEAD_END = "\r\n\r\n";
const PIECE = Buffer.alloc(262_144, "sojourn ");
/** Thousands of connections are asked for at once. The system may allow less (`net.core.somaxconn`). */
const BACKLOG = 8192;
const DATE = "Date: Sat, 21 Nov 2026 12:00:00 GMT\r\n";

const small = smallJson();
const answers = {
  small: answer("200 OK", "Content-Type: application/json\r\n", small),
  closing: answer("200 OK", "Content-Type: application/json\r\nConnection: close\r\n", small),
  redirect: answer("302 Found", "Location: /small\r\n", Buffer.alloc(0)),
  gzip: answer(
    "200 OK",
    "Content-Type: application/json\r\nContent-Encoding: gzip\r\n",
    gzipSync(JSON.stringify(rows())),
  ),
};

function smallJson(): Buffer {
  const value = { id: 1, name: "a small document", tags: ["one", "two", "three"], text: "" };
  value.text = "x".repeat(SMALL_BYTES - JSON.stringify(value).length);
  return Buffer.from(JSON.stringify(value));
}

/** Rows like those of an API: alike, but not the same. */
function rows(): unknown[] {
  return Array.from({ length: GZIP_ROWS }, (_, id) => ({
    id,
    name: `item ${id}`,
    price: (id * 7919) % 1000,
    isAvailable: id % 3 === 0,
    at: `2026-11-${String((id % 28) + 1).padStart(2, "0")}`,
  }));
}

function answer(status: string, fields: string, body: Buffer): Buffer {
  const head = `HTTP/1.1 ${status}\r\n${DATE}${fields}Content-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head, "latin1"), body]);
}

/** Answers the messages of a connection, one after another. */
function onConnection(socket: Socket): void {
  let pending: Buffer = Buffer.alloc(0);
  socket.setNoDelay(true);
  socket.on("error", () => socket.destroy());
  socket.on("data", (piece: Buffer) => {
    pending = pending.length === 0 ? piece : Buffer.concat([pending, piece]);
    for (;;) {
      const end = pending.indexOf(HEAD_END);
      if (end === -1) return;
      const head = pending.toString("latin1", 0, end);
      const total = end + HEAD_END.length + bodyLength(head);
      if (pending.length < total) return;
      if (head.startsWith("/closing", 4)) return void socket.end(answers.closing);
      if (head.startsWith("/later", 4)) setTimeout(() => socket.write(answers.small), LATER_MS);
      else socket.write(answerTo(head));
      pending = pending.subarray(total);
    }
  });
}

function bodyLength(head: string): number {
  if (head.startsWith("GET")) return 0;
  return Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
}

function answerTo(head: string): Buffer {
  if (head.startsWith("/redirect", 4)) return answers.redirect;
  if (head.startsWith("/gzip", 4)) return answers.gzip;
  if (head.startsWith("/cookie", 4)) {
    const cookies = /\r\ncookie: *([^\r]*)/i.exec(head)?.[1] ?? "";
    return answer("200 OK", "Content-Type: text/plain\r\n", Buffer.from(cookies));
  }
  return answers.small;
}

/** `/bytes/<count>`: so many bytes. Anything else: reads the body and tells how many bytes it had. */
function onBulk(request: IncomingMessage, response: ServerResponse): void {
  const [, count] = /^\/bytes\/(\d+)/.exec(request.url ?? "") ?? [];
  if (count === undefined) {
    let bytes = 0;
    request.on("data", (piece: Buffer) => (bytes += piece.byteLength));
    request.on("end", () => response.end(String(bytes)));
    return;
  }
  response.writeHead(200, { "Content-Type": "application/octet-stream", "Content-Length": count });
  let left = Number(count);
  const write = (): void => {
    while (left > 0) {
      const piece = left < PIECE.length ? PIECE.subarray(0, left) : PIECE;
      left -= piece.length;
      if (!response.write(piece)) break;
    }
    if (left === 0) response.end();
  };
  response.on("drain", () => {
    if (!response.writableEnded) write();
  });
  write();
}

function onStream(stream: ServerHttp2Stream): void {
  stream.respond({ ":status": 200, "content-type": "application/json", "content-length": small.length });
  stream.end(small);
}

async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", BACKLOG, resolve));
  return (server.address() as AddressInfo).port; // it listens on a port
}

const bulk = createHttpServer(onBulk);
// Between its rounds a client waits for all others: how it deals with connections that were closed is another question.
bulk.keepAliveTimeout = 0;
const lines = createInterface({ input: process.stdin });
const { value: line } = await lines[Symbol.asyncIterator]().next();
const credentials = JSON.parse(String(line)) as { readonly cert: string; readonly key: string };
const h2 = createSecureServer(credentials, undefined);
h2.on("stream", onStream);
h2.on("sessionError", () => undefined);
const ports: Record<Port, number> = {
  http: await portOf(createTcpServer(onConnection)),
  https: await portOf(createTlsServer({ ...credentials, ALPNProtocols: ["http/1.1"] }, onConnection)),
  h2: await portOf(h2),
  bulk: await portOf(bulk),
};
process.stdout.write(`${JSON.stringify(ports)}\n`);
// Whoever started it has gone when the input ends.
lines.on("close", () => process.exit());
