/** A TLS origin of HTTP/2 and HTTP/1.1 that notes for each request which connection it came over, and what TLS told of the client. */
import { once } from "node:events";
import { createSecureServer, type SecureServerOptions } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import type { TLSSocket } from "node:tls";

/** A connection, as its handshake showed it. */
interface Shown {
  /** Counted from 1. */
  readonly connection: number;
  /** Common name of the client's certificate; `nobody` without one. */
  readonly client: string;
  /** Server name indication; `null` without one. */
  readonly asked: string | null;
  /** The handshake took up an earlier session. */
  readonly isResumed: boolean;
}

/** A request, and the connection it came over. */
interface Seen extends Shown {
  /** `Host` or `:authority`. */
  readonly host: string;
  readonly httpVersion: string;
}

/** A running origin. */
export interface TlsOrigin extends AsyncDisposable {
  /** `https://127.0.0.1:PORT`. */
  readonly url: string;
  readonly port: number;
  /** Requests so far. */
  readonly seen: readonly Seen[];
}

/** Starts an origin on loopback that answers `ok`, or sends to what `location` gives. */
export async function tlsOrigin(
  options: SecureServerOptions,
  location: () => string | null = () => null,
): Promise<TlsOrigin> {
  const sockets: Socket[] = [];
  const shown = new Map<number | undefined, Shown>();
  const seen: Seen[] = [];
  const server = createSecureServer({ ...options, allowHTTP1: true }, (request, response) => {
    const { headers, httpVersion, socket } = request;
    const connection = shown.get(socket.remotePort);
    if (connection === undefined) throw new Error("a request without a connection");
    seen.push({ ...connection, host: headers[":authority"] ?? headers.host ?? "", httpVersion });
    const to = location();
    if (to !== null) response.writeHead(302, { Location: to });
    response.end("ok");
  });
  server.on("connection", (socket: Socket) => sockets.push(socket));
  server.on("secureConnection", (socket: TLSSocket) => {
    const { subject }: { subject?: { CN?: string | string[] } } = socket.getPeerCertificate();
    shown.set(socket.remotePort, {
      connection: shown.size + 1,
      client: String(subject?.CN ?? "nobody"),
      asked: typeof socket.servername === "string" ? socket.servername : null,
      isResumed: socket.isSessionReused(),
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return {
    url: `https://127.0.0.1:${port}`,
    port,
    seen,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
