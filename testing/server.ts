/**
 * Starts and stops the test server, and keeps count of what reaches it.
 *
 * May import: `answers.ts`, `bounded-map.ts`, `routes.ts`, `wire.ts`, `options.ts`, types of `exchange.ts`.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

import { RefusedRequest, text, withHeaders } from "./answers.ts";
import { BoundedMap } from "./bounded-map.ts";
import type { Answer, Pair, Route } from "./exchange.ts";
import { checkOptions } from "./options.ts";
import type { TestServerOptions } from "./options.ts";
import { answerBy, createRoutes } from "./routes.ts";
import { headerLinesOf, readRequest, writeAnswer } from "./wire.ts";

/** One request that reached the server. */
export interface RecordedRequest {
  /** The method, such as `GET`. */
  readonly method: string;
  /** The request target as it stood on the wire, query included. */
  readonly path: string;
  /** The header lines as they came, in order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** A running server. `close()` ends it; on Node 24 so does the end of an `await using` block. */
export interface TestServer extends AsyncDisposable {
  /** Where it listens, such as `http://127.0.0.1:49152`, without a slash at the end. */
  readonly url: string;
  /** The port on which it listens. */
  readonly port: number;
  /** How many connections were opened so far. */
  readonly connections: number;
  /** The requests so far, oldest first; the last 1000 of them. */
  readonly requests: readonly RecordedRequest[];
  /** Begins to count anew: connections, requests, and the attempts of `/flaky`. Logins stay. */
  resetCounters(): void;
  /** Stops listening and ends all connections, also those in use. Safe to call twice. */
  close(): Promise<void>;
}

const MAX_RECORDED = 1000;

/**
 * Starts a server on the loopback interface that answers like httpbin.
 *
 * @throws {TypeError} for an unknown option, or one of the wrong type.
 * @throws {RangeError} for a port that does not exist.
 * @throws Node's error when the address cannot be used, such as `EADDRINUSE`.
 *
 * @example
 * const server = await startTestServer();
 * const response = await fetch(`${server.url}/get?page=1`);
 * await server.close();
 */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const { host, port } = checkOptions(options);
  const running = new RunningServer();
  await running.listen(host, port);
  return running;
}

class RunningServer implements TestServer {
  readonly #attempts = new BoundedMap<string, number>(1000);
  readonly #routes: readonly Route[] = createRoutes(this.#attempts);
  readonly #server: Server = createServer((message, reply) => {
    this.#record(message);
    void serve(message, reply, this.#routes);
  });
  #host = "";
  #port = 0;
  #connections = 0;
  #requests: RecordedRequest[] = [];
  #closing: Promise<void> | null = null;

  constructor() {
    // An idle connection stays open, so that a test never meets the moment at which it would time out.
    this.#server.keepAliveTimeout = 0;
    this.#server.on("connection", (socket: Socket) => {
      this.#connections += 1;
      // Small chunks go out when they are written, not when they fill a packet.
      socket.setNoDelay(true);
    });
  }

  get url(): string {
    return `http://${this.#host}:${this.#port}`;
  }

  get port(): number {
    return this.#port;
  }

  get connections(): number {
    return this.#connections;
  }

  get requests(): readonly RecordedRequest[] {
    return [...this.#requests];
  }

  async listen(host: string, port: number): Promise<void> {
    this.#server.listen(port, host);
    await once(this.#server, "listening");
    const address = this.#server.address();
    if (typeof address === "object" && address !== null) this.#port = address.port;
    this.#host = host.includes(":") ? `[${host}]` : host;
  }

  resetCounters(): void {
    this.#connections = 0;
    this.#requests = [];
    this.#attempts.clear();
  }

  close(): Promise<void> {
    this.#closing ??= new Promise((resolve, reject) => {
      this.#server.close((error) => {
        if (error === undefined) resolve();
        else reject(error);
      });
      this.#server.closeAllConnections();
    });
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #record(message: IncomingMessage): void {
    const headers = headerLinesOf(message);
    this.#requests.push({ method: message.method ?? "", path: message.url ?? "", headers });
    if (this.#requests.length > MAX_RECORDED) this.#requests.shift();
  }
}

/** Answers one message. Never rejects: a client that goes away is no failure of the server. */
async function serve(
  message: IncomingMessage,
  reply: ServerResponse,
  routes: readonly Route[],
): Promise<void> {
  const gone = new AbortController();
  reply.once("close", () => {
    gone.abort();
  });
  try {
    const request = await readRequest(message, gone.signal);
    await writeAnswer(reply, await answerBy(routes, request));
  } catch (error) {
    if (reply.headersSent || gone.signal.aborted) reply.destroy();
    else await writeAnswer(reply, refusal(error, message));
  }
}

function refusal(error: unknown, message: IncomingMessage): Answer {
  const answer = error instanceof RefusedRequest ? error.answer : text(`${String(error)}\n`, { status: 500 });
  // Nobody reads the rest of this request, so the connection cannot be used again.
  const close: Pair = ["Connection", "close"];
  return message.complete ? answer : withHeaders(answer, close);
}
