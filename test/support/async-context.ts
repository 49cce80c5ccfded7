/**
 * For tests of async context: an origin of HTTP/1.1 and HTTP/2 with paths for each thing that may happen to a request, and a
 * notebook of who ran what in whose context.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { once } from "node:events";
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import type { AddressInfo, Socket } from "node:net";

import { Authority } from "./certificates.ts";

/** What the tests run their calls in: the name of the caller. */
export const caller = new AsyncLocalStorage<string>();

/** Writes down who ran, and in whose context. */
export class Notes {
  readonly #seen: string[] = [];

  /** `what` of the call of `id` runs. */
  note(what: string, id: string): void {
    this.#seen.push(`${what} of ${id} in ${caller.getStore() ?? "nobody"}`);
  }

  /** Those of `what` that ran in another context than their own. */
  get astray(): string[] {
    return [...new Set(this.#seen)].filter((line) => {
      const [, own, found] = / of (\S+) in (\S+)$/.exec(line) ?? [];
      return own !== found;
    });
  }

  /** How often `what` ran. */
  count(what: string): number {
    return this.#seen.filter((line) => line.startsWith(`${what} of `)).length;
  }

  /** What ran at all, without repetition. */
  get ran(): string[] {
    return [...new Set(this.#seen.map((line) => line.replace(/ of .*/, "")))].sort();
  }
}

/** A running origin. */
export interface ContextOrigin extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Its authority's certificate, for `verify`. */
  readonly ca: string;
}

/** Starts it: the paths are in {@link answer}. */
export async function contextOrigin(): Promise<ContextOrigin> {
  const authority = await Authority.create();
  const leaf = await authority.issue({ names: ["a.test", "b.test", "c.test"], addresses: ["127.0.0.1"] });
  const sockets = new Set<Socket>();
  const times = new Map<string, number>();
  const server = createSecureServer({ ...leaf, allowHTTP1: true }, (request, response) => {
    request.on("error", () => undefined);
    response.on("error", () => undefined);
    const count = (times.get(request.url) ?? 0) + 1;
    times.set(request.url, count);
    if (request.url.startsWith("/deaf")) return;
    if (request.url.startsWith("/dies") && count === 1) for (const socket of sockets) socket.destroy();
    else request.resume().once("end", () => setTimeout(() => answer(request, response, count), 5));
  });
  server.on("sessionError", () => undefined);
  server.on("connection", (socket: Socket) => sockets.add(socket.on("error", () => undefined)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    port,
    ca: authority.pem,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(request: Http2ServerRequest, response: Http2ServerResponse, count: number): void {
  const { pathname } = new URL(request.url, "https://name.test");
  switch (pathname) {
    case "/hints":
      response.writeEarlyHints({ link: "</a.css>; rel=preload" });
      setTimeout(() => response.end("after hints"), 5);
      return;
    case "/away":
      response.writeHead(302, { location: `/?from=${encodeURIComponent(request.url)}` }).end();
      return;
    case "/challenge":
      response.writeHead(request.headers.authorization === "right" ? 200 : 401).end("ok");
      return;
    case "/once":
      response.writeHead(count === 1 ? 503 : 200).end("ok");
      return;
    case "/cookie":
      response.writeHead(200, { "set-cookie": "a=b; Domain=elsewhere.test" }).end("ok");
      return;
    case "/latin":
      response.end(Buffer.from([0xe9, 0x74, 0xe9]));
      return;
    default:
      response.write("half ");
      setTimeout(() => response.end("whole"), 5);
  }
}
