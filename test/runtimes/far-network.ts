/** More of the other side, for `checks-network.ts`: ways through the network, and servers that do what is seldom done. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createSecureServer, type ServerHttp2Stream } from "node:http2";
import { createServer as createHttpsServer } from "node:https";
import { connect, createServer as createSocketServer, type Server, type Socket } from "node:net";
import type { TLSSocket } from "node:tls";

import type { Authority, KeyPair } from "../support/certificates.ts";

/** Where it is, as JSON. */
export interface FarNetwork {
  /** HTTP/1.1 without TLS; its answers are in `answer()` below. */
  readonly oddUrl: string;
  /** The same over TLS: HTTP/2 and HTTP/1.1. */
  readonly oddSecureUrl: string;
  /** The same, on `[::1]` alone. */
  readonly ipv6Url: string;
  /** A SOCKS 5 proxy that wants user and password, and that alone knows `far.test`. */
  readonly socksUrl: string;
  /** A proxy that is spoken to over TLS, with user and password. */
  readonly secureProxyUrl: string;
  /** Wants a client certificate, and answers with its name. */
  readonly clientUrl: string;
  readonly clientCertificate: KeyPair;
  /** Has a certificate of another name. */
  readonly wrongNameUrl: string;
}

/** One of HTTP/2 has a stream, and else all that is used here. */
type Reply = ServerResponse & { readonly stream?: ServerHttp2Stream };

const FLOOD_BYTES = 64 * 1024 * 1024;
const PIECE = Buffer.alloc(65_536, "flood ");
/** `user:pass` */
const BASIC = "Basic dXNlcjpwYXNz";

/** Starts it. `open` makes a server listen and gives its port. */
export async function startFarNetwork(
  authority: Authority,
  open: (server: Server, host?: string) => Promise<number>,
  forward: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ far: FarNetwork; servers: readonly Server[] }> {
  const leaf = await authority.issue({ addresses: ["127.0.0.1", "::1"] });
  const clientCertificate = await authority.issue({ names: ["client.test"], commonName: "a client" });
  const flood = { written: 0 };
  const listener = (request: IncomingMessage, response: Reply): void => answer(request, response, flood);
  const odd = createServer(listener);
  const ipv6 = createServer(listener);
  const oddSecure = createSecureServer(
    { ...leaf, allowHTTP1: true },
    listener as (request: object, response: object) => void,
  );
  const secureProxy = createHttpsServer(leaf, (request, response) => {
    if (request.headers["proxy-authorization"] === BASIC) forward(request, response);
    else response.writeHead(407, { "proxy-authenticate": 'Basic realm="far"' }).end();
  });
  secureProxy.on("connect", (request: IncomingMessage, socket: Socket) => {
    if (request.headers["proxy-authorization"] === BASIC) tunnel(request.url ?? "", socket);
    else socket.end('HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm="far"\r\nContent-Length: 0\r\n\r\n');
  });
  const client = createHttpsServer({ ...leaf, ca: authority.pem, requestCert: true }, (request, response) =>
    response.end(String((request.socket as TLSSocket).getPeerCertificate().subject.CN)),
  );
  const wrongName = createHttpsServer(await authority.issue({ names: ["other.test"] }), (_, response) =>
    response.end("not to be read"),
  );
  const socks = createSocketServer((socket) => void speakSocks(socket).catch(() => socket.destroy()));
  for (const server of [odd, ipv6]) server.keepAliveTimeout = 0;
  const servers: readonly Server[] = [odd, oddSecure, secureProxy, client, wrongName, socks, ipv6];
  const ports = await Promise.all(
    servers.map((server) => open(server, server === ipv6 ? "::1" : "127.0.0.1")),
  );
  return {
    far: {
      oddUrl: `http://127.0.0.1:${ports[0]}`,
      oddSecureUrl: `https://127.0.0.1:${ports[1]}`,
      secureProxyUrl: `https://user:pass@127.0.0.1:${ports[2]}`,
      clientUrl: `https://127.0.0.1:${ports[3]}`,
      wrongNameUrl: `https://127.0.0.1:${ports[4]}`,
      socksUrl: `socks5h://user:pass@127.0.0.1:${ports[5]}`,
      ipv6Url: `http://[::1]:${ports[6]}`,
      clientCertificate,
    },
    servers,
  };
}

function answer(request: IncomingMessage, response: Reply, flood: { written: number }): void {
  request.on("error", () => undefined);
  response.on("error", () => undefined);
  const { pathname } = new URL(request.url ?? "/", "http://a.test");
  switch (pathname) {
    case "/flood":
      flood.written = 0;
      pour(response, flood);
      return;
    case "/flooded":
      response.end(String(flood.written));
      return;
    case "/hints":
      response.writeEarlyHints({ link: "</style.css>; rel=preload" });
      response.writeHead(200, { trailer: "x-sum" });
      response.write("with trailers");
      response.addTrailers({ "x-sum": "13" });
      response.end();
      return;
    case "/ending":
      // It says nothing of that.
      response.end("once");
      setTimeout(() => request.socket.end(), 5);
      return;
    case "/early":
      // It reads on: a server that does not may take its own answer back, with a reset (RFC 9112 §9.6).
      request.resume();
      response.writeHead(413).end("too much");
      return;
    case "/reset":
      if (response.stream) response.stream.close(2);
      else request.socket.destroy();
      return;
    case "/long-head":
      response.writeHead(200, { "x-long": "a".repeat(12_000) }).end("long");
      return;
    default:
      request.resume();
      request.on("end", () => response.end(`${request.method} ${pathname}`));
  }
}

/** As much as the other side takes, up to a limit. */
function pour(response: Reply, flood: { written: number }): void {
  while (flood.written < FLOOD_BYTES) {
    flood.written += PIECE.byteLength;
    if (response.write(PIECE)) continue;
    response.once("drain", () => pour(response, flood));
    return;
  }
  response.end();
}

function tunnel(authority: string, socket: Socket): void {
  const [host = "", port] = authority.split(":");
  const onward = connect(Number(port), host, () => {
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    socket.pipe(onward).pipe(socket);
  });
  onward.on("error", () => socket.destroy());
  socket.on("error", () => onward.destroy());
}

/** RFC 1928 and 1929: user and password, then CONNECT. */
async function speakSocks(socket: Socket): Promise<void> {
  socket.on("error", () => undefined);
  const greeting = await taken(socket);
  socket.write(greeting.includes(2, 2) ? "\x05\x02" : "\x05\xff", "latin1");
  const who = (await taken(socket)).toString("latin1");
  const isRight = who === "\x01\x04user\x04pass";
  socket.write(isRight ? "\x01\x00" : "\x01\x01", "latin1");
  if (!isRight) {
    socket.end();
    return;
  }
  const asked = await taken(socket);
  const isName = asked[3] === 3;
  const host = isName
    ? asked.subarray(5, 5 + (asked[4] ?? 0)).toString("latin1")
    : asked.subarray(4, 8).join(".");
  const onward = connect(asked.readUInt16BE(asked.length - 2), host === "far.test" ? "127.0.0.1" : host);
  onward.on("error", () => socket.destroy());
  await once(onward, "connect");
  socket.write("\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00", "latin1");
  socket.pipe(onward).pipe(socket);
}

/** What the client sends in one go: it waits for an answer after each. */
async function taken(socket: Socket): Promise<Buffer> {
  await once(socket, "readable");
  return (socket.read() as Buffer | null) ?? Buffer.alloc(0); // no encoding was set
}
