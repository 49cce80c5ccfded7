/**
 * Loopback origins for flows: scripted HTTP servers that note what arrives. Each listens on a port of its own, so two of them
 * are two origins.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** A request as it arrived. */
interface Arrived {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

/** A scripted origin. */
export interface TestOrigin extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly arrived: Arrived[];
  /** Connections opened so far. */
  readonly connections: () => number;
}

/** Answers a request; the body has been read. */
export type Answer = (request: Arrived, response: ServerResponse) => void;

/** Starts an origin on loopback. `onSocket` is told of each connection. */
export async function startOrigin(
  answer: Answer,
  onSocket: (socket: Socket) => void = () => undefined,
): Promise<TestOrigin> {
  const arrived: Arrived[] = [];
  let opened = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("error", () => undefined);
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url = "", headers, rawHeaders } = request;
      const one = { method, url, headers, rawHeaders, body: Buffer.concat(chunks).toString() };
      arrived.push(one);
      answer(one, response);
    });
  });
  server.keepAliveTimeout = 0;
  server.on("connection", (socket) => {
    opened++;
    onSocket(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    arrived,
    connections: () => opened,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An answer with this status, these headers and this body. */
export function reply(status: number, headers: Record<string, string | string[]> = {}, body = ""): Answer {
  return (_request, response) => {
    response.writeHead(status, headers);
    response.end(body);
  };
}

/** Answers by path; other paths get 200 and `ok`. */
export function routes(table: Readonly<Record<string, Answer>>): Answer {
  return (request, response) => {
    const path = request.url.split("?")[0] ?? "";
    (table[path] ?? reply(200, { "Content-Type": "text/plain" }, "ok"))(request, response);
  };
}
