/**
 * The servers of the soak: they answer well, badly, slowly or never, as the path says. A process of its own, so that its memory
 * and its sockets are not counted. One speaks HTTP/1.1, one HTTP/2.
 *
 * | path | answer |
 * | --- | --- |
 * | `/ok` | 200 with a short JSON body |
 * | `/large` | 200 with 256 KiB |
 * | `/failed` | 500 |
 * | `/redirect` | 302 to `/ok` |
 * | `/reset` | the connection, or the stream, is reset |
 * | `/truncated` | half of the body, then the end |
 * | `/slow` | nothing, until the client goes away |
 * | `/sink` | HTTP/2: 200 with the length of the body of the request |
 * | `/refused` | HTTP/2: the stream is refused |
 * | `/refused-once` | HTTP/2: the first request with a query is refused |
 * | `/goaway` | HTTP/2: 200, and the connection goes away |
 *
 * Over HTTP/1.1 `CONNECT` is answered 407, and what is no HTTP with 400.
 */
import { createServer, type ServerResponse } from "node:http";
import { constants, createSecureServer, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo, Server } from "node:net";

import { Authority, type KeyPair } from "../support/certificates.ts";

/** Where they are. */
export interface Place {
  readonly http1: number;
  readonly http2: number;
  /** Whom to trust, in PEM. */
  readonly ca: string;
  /** A certificate for clients. */
  readonly client: KeyPair;
}

const large = Buffer.alloc(262_144, "x");

const answers: Readonly<Record<string, (response: ServerResponse) => void>> = {
  "/ok": (response) => void response.setHeader("Content-Type", "application/json").end('{"ok":true}'),
  "/large": (response) => void response.end(large),
  "/failed": (response) => void response.writeHead(500).end("no"),
  "/redirect": (response) => void response.writeHead(302, { location: "/ok" }).end(),
  "/reset": (response) => void response.socket?.resetAndDestroy(),
  "/truncated": (response) => {
    response.writeHead(200, { "Content-Length": 1000 });
    response.write("half", () => response.socket?.end());
  },
  "/slow": () => undefined,
};

const server = createServer((request, response) => {
  const path = (request.url ?? "").split("?", 1)[0] ?? "";
  const answer = answers[path] ?? ((other) => void other.writeHead(404).end());
  answer(response);
});
server.on("connect", (_request, socket) => {
  socket.on("error", () => undefined);
  socket.end("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
});
server.keepAliveTimeout = 0;

const { NGHTTP2_INTERNAL_ERROR, NGHTTP2_REFUSED_STREAM } = constants;
/** Requests that were refused, by their query. */
const refused = new Set<string>();

const streamAnswers: Readonly<Record<string, (stream: ServerHttp2Stream, query: string) => void>> = {
  "/ok": (stream) => whole(stream, '{"ok":true}'),
  "/large": (stream) => whole(stream, large),
  "/failed": (stream) => whole(stream, "no", { ":status": 500 }),
  "/redirect": (stream) => whole(stream, "", { ":status": 302, location: "/ok" }),
  "/reset": (stream) => stream.close(NGHTTP2_INTERNAL_ERROR),
  "/truncated": (stream) => {
    stream.respond({ ":status": 200, "content-length": 1000 });
    stream.write("half", () => stream.close(NGHTTP2_INTERNAL_ERROR));
  },
  "/slow": () => undefined,
  "/sink": (stream) => {
    let length = 0;
    stream.on("data", (chunk: Buffer) => (length += chunk.byteLength));
    stream.on("end", () => {
      if (!stream.aborted) whole(stream, String(length));
    });
  },
  "/refused": (stream) => stream.close(NGHTTP2_REFUSED_STREAM),
  "/refused-once": (stream, query) => {
    if (refused.delete(query)) return whole(stream, "at last");
    refused.add(query);
    stream.close(NGHTTP2_REFUSED_STREAM);
  },
  "/goaway": (stream) => {
    whole(stream, "bye");
    stream.session?.close();
  },
};

function whole(
  stream: ServerHttp2Stream,
  body: string | Buffer,
  headers: Record<string, unknown> = {},
): void {
  stream.respond({ ":status": 200, "content-type": "application/json", ...headers });
  stream.end(body);
}

const authority = await Authority.create();
const leaf = await authority.issue({ addresses: ["127.0.0.1"] });
/** In MiB: bodies that nobody reads stay in the server's memory, and Node takes no more streams at ten. */
const MOST_MEMORY = 1000;
const http2Server = createSecureServer({ ...leaf, maxSessionMemory: MOST_MEMORY });
http2Server.on("sessionError", () => undefined);
http2Server.on("stream", (stream, headers) => {
  stream.on("error", () => undefined);
  // Node resets a stream whose request nobody reads, with NO_ERROR and also when END_STREAM has no room to go out yet.
  stream.resume();
  const [path = "", query = ""] = (headers[":path"] ?? "").split("?", 2);
  const answer = streamAnswers[path];
  if (answer === undefined) stream.respond({ ":status": 404 }, { endStream: true });
  else answer(stream, query);
});

function listening(one: Server): Promise<number> {
  return new Promise((resolve) => {
    one.listen(0, "127.0.0.1", () => resolve((one.address() as AddressInfo).port)); // it listens on TCP
  });
}

const place: Place = {
  http1: await listening(server),
  http2: await listening(http2Server),
  ca: authority.pem,
  client: await authority.issue({ commonName: "client" }),
};
process.send?.(place);
// Who started it is gone: so is the reason to be there.
process.on("disconnect", () => process.exit());
