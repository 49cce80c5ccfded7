/**
 * A host on the ports that schemes have by themselves, on loopback: a proxy that answers for its port 80 itself, and leads to a
 * TLS server for its port 443, whatever the URL says.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";

import { Authority } from "./certificates.ts";
import { createSecureServer, type Http2ServerRequest } from "node:http2";
import type { TLSSocket } from "node:tls";

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** A message, as it arrived. */
interface Arrived {
  /** Without a query. */
  readonly url: string;
  readonly headers: Headers;
  /** Was a client certificate shown? */
  readonly isKnown: boolean;
}

/** A running host. */
export interface WayUp extends AsyncDisposable {
  readonly proxy: string;
  /** The authority of its certificate, which is for `one.test`, `two.test` and 127.0.0.1. */
  readonly ca: string;
  /** A client's certificate and key. */
  readonly client: { readonly cert: string; readonly key: string };
  readonly arrived: readonly Arrived[];
}

/** Starts it. A URL with `?to=` is answered with a redirect to what follows. */
export async function startWayUp(): Promise<WayUp> {
  const authority = await Authority.create();
  const leaf = await authority.issue({ names: ["one.test", "two.test"], addresses: ["127.0.0.1"] });
  const arrived: Arrived[] = [];
  const sockets = new Set<Socket>();
  const answer = (
    url: string,
    headers: Headers,
    isKnown: boolean,
  ): readonly [number, Record<string, string>] => {
    const [place = "", to] = url.split("?to=");
    arrived.push({ url: place, headers, isKnown });
    return to === undefined ? [200, {}] : [307, { Location: decodeURIComponent(to) }];
  };
  const plain = createServer((request: IncomingMessage, response) => {
    request.resume();
    response.writeHead(...answer(request.url ?? "", request.headers, false)).end();
  });
  const options = {
    ...leaf,
    ca: authority.pem,
    requestCert: true,
    rejectUnauthorized: false,
    allowHTTP1: true,
  };
  const secure = createSecureServer(options, (request: Http2ServerRequest, response) => {
    request.resume();
    const { headers } = request;
    const url = `https://${headers[":authority"] ?? headers.host ?? ""}${request.url}`;
    const socket = request.socket as TLSSocket;
    response.writeHead(...answer(url, headers, socket.authorized)).end();
  });
  secure.on("sessionError", () => undefined);
  plain.on("connect", (_request, down: Socket) => {
    const up = connect((secure.address() as AddressInfo).port, "127.0.0.1");
    for (const [one, other] of [
      [up, down],
      [down, up],
    ] as const) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
    down.write("HTTP/1.1 200 OK\r\n\r\n");
    up.pipe(down).pipe(up);
  });
  for (const server of [plain, secure]) {
    server.on("connection", (socket: Socket) => {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => sockets.delete(socket));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  }
  return {
    proxy: `http://127.0.0.1:${(plain.address() as AddressInfo).port}`,
    ca: authority.pem,
    client: await authority.issue({ commonName: "client" }),
    arrived,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await Promise.all([plain, secure].map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}
