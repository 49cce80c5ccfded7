/** The other side of `checks.ts`: servers and a proxy on loopback, in the process of `main.ts`, on the Node of `package.json`. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from "node:http";
import { createSecureServer } from "node:http2";
import {
  connect,
  createServer as createSocketServer,
  type AddressInfo,
  type Server,
  type Socket,
} from "node:net";
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";

import { Authority } from "../support/certificates.ts";
import { startFarNetwork, type FarNetwork } from "./far-network.ts";

/** Where it is, as JSON: it goes to other processes. */
export interface FarSide extends FarNetwork {
  /** An `http:` URL of an address. */
  readonly url: string;
  /** The same server by a name that has domains above it. */
  readonly namedUrl: string;
  /** The same answers over TLS: HTTP/2 and HTTP/1.1. */
  readonly secureUrl: string;
  /** Takes connections, and says nothing. */
  readonly deafPort: number;
  /** An HTTP proxy: forwards, and tunnels. It marks what it forwarded with `Via`. */
  readonly proxyUrl: string;
  /** Signs the certificate of `secureUrl`. */
  readonly ca: string;
}

const TEXT = "A text that is sent. ".repeat(2000);
const CODINGS: Readonly<Record<string, (data: string) => Buffer>> = {
  gzip: (data) => gzipSync(data),
  deflate: (data) => deflateSync(data),
  br: (data) => brotliCompressSync(data),
  zstd: (data) => zstdCompressSync(data),
};
const LOGIN = ["sid=1; Domain=app.localhost", "sub=2; Path=/", "all=3; Domain=co.uk"];

/** Starts all of it. */
export async function startFarSide(): Promise<{ far: FarSide; stop: () => void }> {
  const authority = await Authority.create();
  const leaf = await authority.issue({ addresses: ["127.0.0.1"] });
  const sockets = new Set<Socket>();
  const open = async (server: Server, host: string = "127.0.0.1"): Promise<number> => {
    server.on("connection", (socket: Socket) => {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => sockets.delete(socket));
    });
    server.listen(0, host);
    await once(server, "listening");
    return (server.address() as AddressInfo).port; // it listens on a port
  };
  const failed = new Set<string>();
  const listener = (request: IncomingMessage, response: ServerResponse): void =>
    void answer(request, response, failed);
  const plain = createServer(listener);
  const secure = createSecureServer(
    { ...leaf, allowHTTP1: true },
    // Those of HTTP/2 have all that is used here.
    listener as (request: object, response: object) => void,
  );
  const deaf = createSocketServer();
  const proxy = createServer(forwardPlain);
  proxy.on("connect", tunnel);
  // No connection is closed under a request that is about to be sent.
  plain.keepAliveTimeout = 0;
  const [port, securePort, deafPort, proxyPort] = await Promise.all(
    [plain, secure, deaf, proxy].map((server) => open(server)),
  );
  const network = await startFarNetwork(authority, open, forwardPlain);
  return {
    far: {
      ...network.far,
      url: `http://127.0.0.1:${port}`,
      namedUrl: `http://www.app.localhost:${port}`,
      secureUrl: `https://127.0.0.1:${securePort}`,
      deafPort: deafPort ?? 0,
      proxyUrl: `http://127.0.0.1:${proxyPort}`,
      ca: authority.pem,
    },
    stop() {
      for (const server of [plain, secure, deaf, proxy, ...network.servers]) server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  failed: Set<string>,
): Promise<void> {
  request.on("error", () => undefined);
  response.on("error", () => undefined);
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://a.test");
  const [, what = "", more = ""] = pathname.split("/");
  switch (what) {
    case "silent":
      return;
    case "half":
      response.writeHead(200, { "content-type": "text/plain" });
      response.write("half ");
      return;
    case "cut":
      response.writeHead(200, { "content-length": "100" });
      response.write("ten bytes.");
      setImmediate(() => request.socket.destroy());
      return;
    case "large":
      response.end(largeBytes(Number(more)));
      return;
    default:
  }
  const body = await whole(request);
  if (body !== null)
    respond(request, response, { what, more, body, failed, key: searchParams.get("key") ?? "" });
}

/** What an answer depends on. */
interface Asked {
  readonly what: string;
  readonly more: string;
  readonly body: Buffer;
  readonly key: string;
  /** Keys that were refused once. */
  readonly failed: Set<string>;
}

function respond(
  request: IncomingMessage,
  response: ServerResponse,
  { what, more, body, key, failed }: Asked,
): void {
  switch (what) {
    case "get":
      response.writeHead(200, { "content-type": "application/json", "x-answer": "yes" });
      response.end(JSON.stringify({ a: 1 }));
      return;
    case "echo":
      response.setHeader("content-type", "application/json");
      response.end(
        JSON.stringify({ method: request.method, headers: request.headers, body: body.toString("latin1") }),
      );
      return;
    case "hash":
      response.end(`${body.byteLength} ${createHash("sha256").update(body).digest("hex")}`);
      return;
    case "login":
      response.writeHead(303, { location: "/home", "set-cookie": LOGIN }).end();
      return;
    case "home":
      response.end(`welcome; ${request.headers.cookie ?? ""}`);
      return;
    case "redirect":
      response.writeHead(302, { location: more === "1" ? "/get" : `/redirect/${Number(more) - 1}` }).end();
      return;
    case "coded": {
      const code = CODINGS[more];
      response.setHeader("content-encoding", more);
      response.end(code?.(TEXT) ?? "");
      return;
    }
    case "connection":
      response.end(String(request.socket.remotePort));
      return;
    case "file":
      response.setHeader("content-disposition", "attachment; filename*=UTF-8''na%C3%AFve.txt");
      response.end(TEXT);
      return;
    case "lines":
      void writeLines(response);
      return;
    case "flaky":
      response.writeHead(failed.has(key) ? 200 : 503).end("at last");
      failed.add(key);
      return;
    default:
      response.writeHead(404).end("nothing here");
  }
}

/** All of a body; `null` when it broke off. */
async function whole(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer); // no encoding was set
  } catch {
    return null;
  }
  return Buffer.concat(chunks);
}

async function writeLines(response: ServerResponse): Promise<void> {
  for (let at = 1; at <= 10; at++) {
    response.write(`line ${at}\n`);
    await new Promise(setImmediate);
  }
  response.end();
}

/** Bytes in which a lost or doubled piece shows. `checks.ts` makes the same. */
function largeBytes(length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  for (let at = 0; at < length; at++) bytes[at] = (at * 7 + (at >> 8)) & 0xff;
  return bytes;
}

function forwardPlain(request: IncomingMessage, response: ServerResponse): void {
  const { method, headers } = request;
  const onward = forward(request.url ?? "", { method, headers }, (reply) => {
    response.writeHead(reply.statusCode ?? 502, [...reply.rawHeaders, "Via", "1.1 proxy.test"]);
    reply.pipe(response);
  });
  onward.on("error", () => response.destroy());
  request.pipe(onward);
}

function tunnel(request: IncomingMessage, socket: Socket): void {
  const [host = "", port] = (request.url ?? "").split(":");
  const onward = connect(Number(port), host, () => {
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    socket.pipe(onward).pipe(socket);
  });
  onward.on("error", () => socket.destroy());
  socket.on("error", () => onward.destroy());
}
