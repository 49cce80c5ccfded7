/**
 * Server: the inspector on `node:http`, on 127.0.0.1 alone. What is answered is decided in `gate.ts`, what is told in `feed.ts`; here are
 * sockets, their limits, and what stands in every answer.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { Feed, type FeedLimits, type Sink, type Watched } from "./feed.ts";
import { digestOf, judge } from "./gate.ts";

/** What connections and readers may take. */
export interface ServerLimits extends FeedLimits {
  /** Until the head of a request is there, and for all of it. In milliseconds. */
  readonly headMs: number;
  /** Of a connection on which nothing is asked, or nothing of the page is taken up, in milliseconds. */
  readonly idleMs: number;
  /** Between two looks at those times, in milliseconds. */
  readonly checkMs: number;
  readonly maxHeadBytes: number;
  readonly maxConnections: number;
  readonly maxReaders: number;
}

/** The page: what a browser is given. */
export interface Page {
  readonly html: string;
  /** Its `Content-Security-Policy`. */
  readonly policy: string;
}

/** What the server serves. */
export interface Served {
  readonly page: Page;
  readonly watched: Watched;
  readonly token: string;
}

/** A person with a browser needs less; whoever tries to take the program's memory or its descriptors gets no more. */
export const LIMITS: ServerLimits = {
  headMs: 5000,
  idleMs: 5000,
  checkMs: 1000,
  maxHeadBytes: 8192,
  maxConnections: 64,
  maxReaders: 8,
  maxWaiting: 2000,
  maxWaitingLength: 8 * 1024 * 1024,
  restartMs: 1000,
  heartbeatMs: 15_000,
};

/** What each answer has: nobody keeps it, embeds it, guesses its type, or learns the address from it. */
const FIELDS: Readonly<Record<string, string>> = {
  "Cache-Control": "no-store",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};

const NOTHING_RUNS = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** A running server. It keeps no process from ending. */
export class InspectorServer {
  readonly #server: Server;
  readonly #limits: ServerLimits;
  readonly #page: Page;
  readonly #feed: Feed;
  readonly #tokenDigest: Uint8Array;
  /** Connections with an answer that is not written yet. */
  readonly #busy = new WeakSet<Socket>();
  #port = 0;
  #closing: Promise<void> | null = null;

  constructor({ page, watched, token }: Served, limits: ServerLimits = LIMITS) {
    this.#limits = limits;
    this.#page = page;
    this.#feed = new Feed(watched, limits);
    this.#tokenDigest = digestOf(token);
    this.#server = createServer(
      {
        headersTimeout: limits.headMs,
        requestTimeout: limits.headMs,
        keepAliveTimeout: limits.idleMs,
        connectionsCheckingInterval: limits.checkMs,
        maxHeaderSize: limits.maxHeadBytes,
        requireHostHeader: true,
        // Also where `node --insecure-http-parser` says otherwise.
        insecureHTTPParser: false,
      },
      (message, reply) => this.#answer(message, reply),
    );
    this.#server.maxConnections = limits.maxConnections;
    this.#server.on("connection", (socket: Socket) => void socket.unref());
    // Without a listener Node answers "100 Continue" to what is then refused.
    this.#server.on("checkContinue", (message, reply) => this.#answer(message, reply));
  }

  /** The port that is listened on. */
  get port(): number {
    return this.#port;
  }

  /** How many read along. */
  get readers(): number {
    return this.#feed.size;
  }

  /** @throws Node's error when the port cannot be used. */
  async listen(port: number): Promise<void> {
    this.#server.listen(port, "127.0.0.1");
    await once(this.#server, "listening");
    this.#server.unref();
    this.#port = (this.#server.address() as AddressInfo).port; // it listens on TCP
  }

  /** Tells all readers that this is the end, and ends all connections. Safe to call twice. */
  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#feed.end();
      // What a reader was told by now is on its way, unless it did not take up what came before.
      this.#server.closeAllConnections();
    });
    return this.#closing;
  }

  #answer(message: IncomingMessage, reply: ServerResponse): void {
    const { method = "", url: target = "", rawHeaders, socket } = message;
    // Browsers wait for an answer before they ask again. Thousands of requests fit into a packet, and all of their answers would be held here.
    if (this.#busy.has(socket)) {
      socket.destroy();
      return;
    }
    this.#busy.add(socket);
    reply.on("finish", () => this.#busy.delete(socket));
    reply.setTimeout(this.#limits.idleMs);
    const verdict = judge(
      { method, target, rawHeaders },
      { port: this.#port, tokenDigest: this.#tokenDigest },
    );
    switch (verdict.kind) {
      case "page":
        return this.#sendPage(reply);
      case "events":
        return this.#closing === null && this.#feed.size < this.#limits.maxReaders
          ? this.#sendEvents(reply)
          : refuse(reply, 503, "too many read along");
      case "refused":
        return refuse(reply, verdict.status, verdict.reason);
    }
  }

  #sendPage(reply: ServerResponse): void {
    const body = Buffer.from(this.#page.html);
    reply.writeHead(200, {
      ...FIELDS,
      "Content-Security-Policy": this.#page.policy,
      "Content-Type": "text/html; charset=utf-8",
      "Content-Length": body.length,
    });
    reply.end(body);
  }

  #sendEvents(reply: ServerResponse): void {
    reply.writeHead(200, {
      ...FIELDS,
      "Content-Security-Policy": NOTHING_RUNS,
      "Content-Type": "text/event-stream; charset=utf-8",
      Connection: "close",
    });
    // A reader that takes up nothing is the feed's to give up.
    reply.setTimeout(0);
    const reader = this.#feed.join(sinkOf(reply));
    reply.on("drain", () => reader.onDrain());
    reply.on("close", () => reader.leave());
  }
}

function sinkOf(reply: ServerResponse): Sink {
  return {
    write: (text) => reply.write(text),
    end: () => void reply.end(),
    destroy: () => void reply.destroy(),
  };
}

/** Whoever is refused asks again on another connection, if at all: what may still come on this one is not looked at. */
function refuse(reply: ServerResponse, status: number, reason: string): void {
  const body = Buffer.from(`${reason}\n`);
  reply.writeHead(status, {
    ...FIELDS,
    ...(status === 405 && { Allow: "GET" }),
    "Content-Security-Policy": NOTHING_RUNS,
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": body.length,
    Connection: "close",
  });
  reply.end(body);
}
