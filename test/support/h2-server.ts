/** HTTP/2 servers on loopback that answer each stream as a test says. */
import { once } from "node:events";
import {
  createSecureServer,
  type Http2SecureServer,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo } from "node:net";
import { Authority, type KeyPair } from "./certificates.ts";

type Headers = Record<string, string | string[] | undefined>;

/** A running server. */
export interface H2Server extends AsyncDisposable {
  readonly url: string;
  /** Its authority's certificate, for `verify`. */
  readonly ca: string;
  readonly server: Http2SecureServer;
  readonly connections: () => number;
  /** The head of each request. */
  readonly seen: Headers[];
}

let identity: Promise<{ readonly ca: string; readonly leaf: KeyPair }> | null = null;

async function makeIdentity(): Promise<{ readonly ca: string; readonly leaf: KeyPair }> {
  const authority = await Authority.create();
  return { ca: authority.pem, leaf: await authority.issue({ addresses: ["127.0.0.1"] }) };
}

/** A server that speaks HTTP/2, and HTTP/1.1 to who asks for it. */
export async function startH2(
  answer: (stream: ServerHttp2Stream, headers: Headers) => void,
  settings: { maxConcurrentStreams?: number } = {},
): Promise<H2Server> {
  const { ca, leaf } = await (identity ??= makeIdentity());
  const server = createSecureServer({ ...leaf, allowHTTP1: true, settings });
  const seen: Headers[] = [];
  let connections = 0;
  server.on("secureConnection", () => connections++);
  server.on("sessionError", () => undefined);
  const sessions = new Set<ServerHttp2Session>();
  server.on("session", (session) => sessions.add(session));
  server.on("stream", (stream, headers) => {
    stream.on("error", () => undefined);
    seen.push(headers);
    answer(stream, headers);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ca,
    server,
    connections: () => connections,
    seen,
    [Symbol.asyncDispose]: async () => {
      for (const session of sessions) session.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An answer. */
export function ok(stream: ServerHttp2Stream, body = "ok", headers: Headers = {}): void {
  if (stream.destroyed) return;
  stream.respond({ ":status": 200, ...headers });
  stream.end(body);
}
