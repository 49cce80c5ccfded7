/** An origin that answers by a function, over HTTP/1.1 and HTTP/2 alike, and notes what it saw and said. */
import { once } from "node:events";
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import type { AddressInfo, Socket } from "node:net";

import { Authority } from "./certificates.ts";

/** A request as it arrived, and the status of its answer. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly httpVersion: string;
  readonly headers: Http2ServerRequest["headers"];
  readonly body: string;
}

/** What is said; `null`: the connection ends without an answer. */
export interface Said {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string;
}

/** A running origin. */
export interface BothOrigin extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Its authority's certificate. */
  readonly ca: string;
  readonly seen: Seen[];
}

/** Starts an origin on loopback, for 127.0.0.1 and `localhost`. */
export async function bothOrigin(
  answer: (request: Seen) => Said | null | Promise<Said | null> = () => ({ body: "ok" }),
): Promise<BothOrigin> {
  const authority = await Authority.create();
  const leaf = await authority.issue({ addresses: ["127.0.0.1"], names: ["localhost"] });
  const sockets = new Set<Socket>();
  const seen: Seen[] = [];
  const serve = async (request: Http2ServerRequest, response: Http2ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer); // no encoding is set
    const { method, url: path, httpVersion, headers } = request;
    const one = { method, path, httpVersion, headers, body: Buffer.concat(chunks).toString() };
    seen.push(one);
    const said = await answer(one);
    if (said === null) {
      for (const socket of sockets) socket.destroy();
      return;
    }
    const { status = 200, body = "" } = said;
    response.writeHead(status, { ...said.headers });
    response.end(body);
  };
  const server = createSecureServer({ ...leaf, allowHTTP1: true }, (request, response) => {
    request.on("error", () => undefined);
    response.on("error", () => undefined);
    // A client that goes away in the middle is for the test to judge.
    serve(request, response).catch(() => undefined);
  });
  server.on("sessionError", () => undefined);
  server.on("connection", (socket: Socket) => {
    sockets.add(socket.on("error", () => undefined).on("close", () => sockets.delete(socket)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return {
    url: `https://127.0.0.1:${port}`,
    port,
    ca: authority.pem,
    seen,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
