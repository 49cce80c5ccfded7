/**
 * The servers of the stress test: HTTP/1.1 without and with TLS, HTTP/2, HTTP/2 with few streams at a time, and a proxy for
 * tunnels. A process of its own, so that client and servers have a core each.
 *
 * HTTP/2 connections end in between, as RFC 9113 §6.8 says: with a GOAWAY at once, or with one that is announced before.
 */
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { createSecureServer, type Http2SecureServer, type ServerHttp2Session } from "node:http2";
import { connect, type AddressInfo, type Server, type Socket } from "node:net";

import { Authority } from "../support/certificates.ts";
import { below, randomFrom } from "../support/random.ts";
import { answer, track, type Memory } from "./answer.ts";

/** Where the servers are. */
export interface Ports {
  readonly kind: "ports";
  readonly http: number;
  readonly https: number;
  readonly http2: number;
  /** Takes few streams at a time. */
  readonly narrow: number;
  readonly proxy: number;
  /** Whom to trust, in PEM. */
  readonly ca: string;
}

/** Something that no client may do. */
export interface ServerFault {
  readonly kind: "fault";
  readonly id: number;
  readonly what: string;
}

/** In MiB: what slow readers leave with the server. Node refuses streams at ten. */
const MOST_MEMORY = 1000;
const MANY = 1_000_000;
const NARROW_STREAMS = 6;
const HIGHEST_STREAM = 2_147_483_647;
/** So long after the announcement does an HTTP/2 connection end: a request that was under way then has come. */
const ANNOUNCED_MS = 150;

const memory: Memory = {
  failed: new Set(),
  running: new WeakMap(),
  ended: new WeakSet(),
  onFault: (id, what) => process.send?.({ kind: "fault", id, what } satisfies ServerFault),
};

const listener: RequestListener = (request, response) => {
  track(request.socket, response, memory);
  response.on("error", () => undefined);
  // It rejects when the client is gone.
  answer(request, response, memory).catch(() => response.destroy());
};

const authority = await Authority.create();
const leaf = await authority.issue({ addresses: ["127.0.0.1"] });
const patience = { keepAliveTimeout: 20_000, requestTimeout: 0, headersTimeout: 0 };
const http = createHttpServer(patience, listener);
const https = createHttpsServer({ ...leaf, ...patience }, listener);
const http2 = secure(100);
const narrow = secure(NARROW_STREAMS);
const proxy = createHttpServer().on("connect", tunnel);

function secure(maxConcurrentStreams: number): Http2SecureServer {
  const server = createSecureServer(
    {
      ...leaf,
      maxSessionMemory: MOST_MEMORY,
      settings: { maxConcurrentStreams },
      // Callers lose patience as often as they like: that is no attack here.
      streamResetBurst: MANY,
      streamResetRate: MANY,
      maxSessionRejectedStreams: MANY,
    },
    (request, response) => {
      response.stream.on("error", () => undefined);
      answer(request, response, memory).catch(() => response.stream.destroy());
    },
  );
  const random = randomFrom(maxConcurrentStreams);
  server.on("sessionError", () => undefined);
  server.on("session", (session) => endSomeTime(session, 40 + below(random, 400), random() < 0.5));
  return server;
}

/** Ends a connection at its n-th stream; what has begun goes on to its end. */
function endSomeTime(session: ServerHttp2Session, streams: number, isAnnounced: boolean): void {
  let seen = 0;
  session.on("error", () => undefined);
  session.on("stream", () => {
    if (++seen !== streams) return;
    if (!isAnnounced) return session.close();
    session.goaway(0, HIGHEST_STREAM);
    setTimeout(() => {
      if (!session.destroyed) session.close();
    }, ANNOUNCED_MS);
  });
}

function tunnel({ url }: { readonly url?: string }, client: Socket, head: Buffer): void {
  const upstream = connect({ host: "127.0.0.1", port: Number(url?.split(":").at(-1)), allowHalfOpen: true });
  client.on("error", () => upstream.destroy()).on("close", () => upstream.destroy());
  // What was piped may still be on its way.
  upstream.on("error", () => client.destroy()).on("close", () => client.destroySoon());
  upstream.on("connect", () => {
    client.write("HTTP/1.1 200 Connection established\r\n\r\n");
    if (head.byteLength > 0) upstream.write(head);
    client.pipe(upstream).pipe(client);
  });
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.on("clientError", (_error: Error, socket: Socket) => socket.destroy());
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)); // it listens on TCP
  });
}

const [httpPort, httpsPort, http2Port, narrowPort, proxyPort] = await Promise.all(
  ([http, https, http2, narrow, proxy] as const).map(listening),
);
process.send?.({
  kind: "ports",
  http: httpPort ?? 0,
  https: httpsPort ?? 0,
  http2: http2Port ?? 0,
  narrow: narrowPort ?? 0,
  proxy: proxyPort ?? 0,
  ca: authority.pem,
} satisfies Ports);
// Who started it is gone: so is the reason to be there.
process.on("disconnect", () => process.exit());
