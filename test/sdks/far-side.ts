/**
 * The servers that SDKs talk to: HTTP/1.1, or HTTP/2 over TLS. The first segment of a path says what the server does before it
 * answers as the API would: `/flaky/v1/x` refuses once with 503, and is `/v1/x` then.
 */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { createSecureServer, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo, Server } from "node:net";
import { buffer } from "node:stream/consumers";

import { Authority } from "../support/certificates.ts";

/** What the first segment of a path may be. */
export type Trick =
  | "plain"
  /** 503 once for each method and path. */
  | "flaky"
  /** Always 503. */
  | "down"
  /** 422, with a body that tells why. */
  | "refused"
  /** Nothing, until the client gives up. */
  | "silent"
  /** A body that breaks off. */
  | "cut"
  | "digest"
  | "moved307"
  | "moved302"
  /** 307 to another origin. */
  | "away";

/** A request as it arrived. */
export interface Seen {
  readonly trick: string;
  readonly method: string;
  /** Behind the trick. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The port that it came to. */
  readonly port: number;
  /** Settles when the client went away before it had the answer. */
  readonly givenUp: Promise<void>;
}

/** Answers as the API would. */
export type Api = (seen: Seen, response: ServerResponse) => void | Promise<void>;

/** How it is spoken to. */
export type Protocol = "HTTP/1.1" | "HTTP/2";

/** Running servers. */
export interface FarSide extends AsyncDisposable {
  readonly url: string;
  /** Signs their certificates; `null` without TLS. */
  readonly ca: string | null;
  readonly port: number;
  /** Of the other origin. */
  readonly otherPort: number;
  /** Requests since the last `reset()`, tricks included. */
  readonly seen: readonly Seen[];
  /** Connections since the last `reset()`. */
  readonly connections: number;
  reset(): void;
}

/** In every answer, so that the next request shows whether there is a jar. */
const COOKIE = "visit=1; Path=/";
/** What a 422 says. */
export const REFUSAL = {
  error: { message: "it is not like that", type: "invalid" },
  message: "it is not like that",
};
export const USER = "user";
export const PASSWORD = "correct horse";
const NONCE = "b3c1";

/** Starts two origins that answer alike. */
export async function startFarSide(api: Api, protocol: Protocol): Promise<FarSide> {
  const authority = protocol === "HTTP/2" ? await Authority.create() : null;
  const leaf = await authority?.issue({ addresses: ["127.0.0.1"], names: ["localhost"] });
  const seen: Seen[] = [];
  const failed = new Set<string>();
  const open = new Set<{ destroy(): void }>();
  let connections = 0;
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    void take(request, response).catch((error: unknown) => response.destroy(error as Error)); // of this file
  };
  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const one = await readRequest(request, response);
    seen.push(one);
    response.setHeader("set-cookie", COOKIE);
    if (!(await play(one, response, { failed, otherUrl: servers.urls[1] ?? "" }))) await api(one, response);
  }
  const make = (): Server => {
    const server: Server =
      leaf === undefined ? createServer(listener) : createSecureServer({ ...leaf }, listener as never); // compatible
    server.on(leaf === undefined ? "connection" : "secureConnection", (socket: { destroy(): void }) => {
      connections++;
      open.add(socket);
    });
    return server;
  };
  const servers = await listen([make(), make()], leaf === undefined ? "http" : "https");
  return {
    url: servers.urls[0] ?? "",
    ca: authority?.pem ?? null,
    port: servers.ports[0] ?? 0,
    otherPort: servers.ports[1] ?? 0,
    seen,
    get connections() {
      return connections;
    },
    reset() {
      seen.length = 0;
      connections = 0;
      failed.clear();
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of open) socket.destroy();
      await servers.close();
    },
  };
}

async function listen(
  servers: readonly Server[],
  scheme: string,
): Promise<{ urls: string[]; ports: number[]; close: () => Promise<void> }> {
  const ports: number[] = [];
  for (const server of servers) {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    ports.push((server.address() as AddressInfo).port); // it listens on a port
  }
  return {
    ports,
    // Another host too: cookies are for all ports of one.
    urls: ports.map((port, index) => `${scheme}://${index === 0 ? "127.0.0.1" : "localhost"}:${port}`),
    close: async () => {
      await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
    },
  };
}

async function readRequest(request: IncomingMessage, response: ServerResponse): Promise<Seen> {
  const [, trick = "", path = ""] = /^\/(\w+)(\/.*)?$/.exec(request.url ?? "") ?? [];
  const givenUp = new Promise<void>((gone) => {
    response.once("close", () => {
      if (!response.writableFinished) gone();
    });
    // What HTTP/2 makes of a response is finished whatever its end was.
    if ("stream" in request) (request.stream as ServerHttp2Stream).once("aborted", gone); // as its compatible API says
  });
  const body = await buffer(request);
  const { method = "", headers, socket } = request;
  return { trick, method, path, headers, body, port: socket.localPort ?? 0, givenUp };
}

/** Does what the trick says. `false`: the API is to answer. */
async function play(
  one: Seen,
  response: ServerResponse,
  { failed, otherUrl }: { failed: Set<string>; otherUrl: string },
): Promise<boolean> {
  const json = { "content-type": "application/json" };
  const key = `${one.method} ${one.path}`;
  switch (one.trick as Trick) {
    case "flaky":
      if (failed.has(key)) return false;
      failed.add(key);
      response.writeHead(503, { ...json, "retry-after": "0" }).end(JSON.stringify(REFUSAL));
      return true;
    case "down":
      response.writeHead(503, { ...json, "retry-after": "0" }).end(JSON.stringify(REFUSAL));
      return true;
    case "refused":
      response.writeHead(422, json).end(JSON.stringify(REFUSAL));
      return true;
    case "silent":
      await one.givenUp;
      return true;
    case "cut":
      response.writeHead(200, { ...json, "content-length": "1000" });
      response.write('{"id": "1", "choices": [');
      await new Promise((later) => setTimeout(later, 30));
      response.destroy();
      return true;
    case "digest":
      if (isSigned(one)) return false;
      response.setHeader(
        "www-authenticate",
        `Digest realm="sdk", qop="auth", algorithm=SHA-256, nonce="${NONCE}"`,
      );
      response.writeHead(401, json).end(JSON.stringify(REFUSAL));
      return true;
    case "moved307":
    case "moved302":
      response.writeHead(Number(one.trick.slice(-3)), { location: `/plain${one.path}` }).end();
      return true;
    case "away":
      response.writeHead(307, { location: `${otherUrl}/plain${one.path}` }).end();
      return true;
    default:
      return false;
  }
}

/** Is its Digest right (RFC 7616 §3.4.1)? */
function isSigned({ method, trick, path, headers }: Seen): boolean {
  const field = (name: string): string =>
    new RegExp(`\\b${name}=(?:"([^"]*)"|([^", ]+))`)
      .exec(headers.authorization ?? "")
      ?.slice(1)
      .find(Boolean) ?? "";
  if (!/^digest /i.test(headers.authorization ?? "")) return false;
  const hash = (text: string): string => createHash("sha256").update(text).digest("hex");
  const target = `/${trick}${path}`;
  const first = hash(`${USER}:sdk:${PASSWORD}`);
  const second = hash(`${method}:${target}`);
  const expected = hash(`${first}:${NONCE}:${field("nc")}:${field("cnonce")}:auth:${second}`);
  return field("uri") === target && field("response") === expected;
}
