/**
 * Servers on loopback for the programs that `main.ts` runs. No syntax here that the oldest Node lacks.
 *
 * `main.ts` makes the certificate, which Node's `fetch` trusts by `NODE_EXTRA_CA_CERTS`.
 */
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { constants, createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import type { AddressInfo, Server, Socket } from "node:net";
import process from "node:process";

/** A request as both protocols give it. */
type Asked = Pick<Http2ServerRequest, "url" | "method" | "headers"> & {
  /** Lets its body go by. */
  readonly resume: () => unknown;
  /** Ends its connection. */
  readonly drop: () => void;
  /** Says that nothing is done with it; HTTP/1.1 can say so by the end of its connection only. */
  readonly refuse: () => void;
  /** Did another request come over its connection before? */
  readonly isLater: boolean;
};

/** Answers a request; the body is not read. */
export type Answer = (
  request: Asked,
  response: Pick<Http2ServerResponse, "writeHead" | "write" | "end">,
) => void;

/** A running server. */
export interface Running {
  readonly url: string;
  readonly close: () => void;
}

/** The certificate of the servers and of those whom clients trust. */
export const tls = {
  cert: process.env["TRACING_CERT"] ?? "",
  key: process.env["TRACING_KEY"] ?? "",
  ca: process.env["TRACING_CA"] ?? "",
};

/** A certificate that nobody trusts. */
export const foreign = {
  cert: process.env["TRACING_FOREIGN_CERT"] ?? "",
  key: process.env["TRACING_FOREIGN_KEY"] ?? "",
};

/** Plain HTTP/1.1. */
export async function plainServer(answer: Answer): Promise<Running> {
  return await running(createServer(listener(answer) as unknown as RequestListener), "http");
}

/** TLS with HTTP/2, and HTTP/1.1 for who does not ask for it. */
export async function secureServer(
  answer: Answer,
  { cert, key }: { readonly cert: string; readonly key: string } = tls,
): Promise<Running> {
  const server = createSecureServer({ cert, key, allowHTTP1: true }, listener(answer));
  server.on("sessionError", () => undefined);
  return await running(server, "https");
}

function listener(answer: Answer): (request: Http2ServerRequest, response: Http2ServerResponse) => void {
  const used = new WeakSet<object>();
  return (request, response) => {
    request.on("error", () => undefined);
    response.on("error", () => undefined);
    const connection = request.httpVersion === "2.0" ? request.stream.session : request.socket;
    const isLater = connection !== undefined && used.has(connection);
    if (connection !== undefined) used.add(connection);
    const { url, method, headers } = request;
    const resume = (): unknown => request.resume();
    const drop = (): void => void connection?.destroy();
    const refuse = (): void => {
      if (request.httpVersion === "2.0") request.stream.close(constants.NGHTTP2_REFUSED_STREAM);
      else drop();
    };
    answer({ url, method, headers, isLater, resume, drop, refuse }, response);
  };
}

async function running(server: Server, scheme: string): Promise<Running> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket.on("error", () => undefined).on("close", () => sockets.delete(socket)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
