/**
 * A proxy on loopback that stands for all hosts: no request leaves the machine. It notes which cookies came, and sets some.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A proxy that answers by itself. */
export interface Proxy extends AsyncDisposable {
  readonly url: string;
  /** The cookies of the first request for a URL, sorted; `null` when nobody asked. Forgets what was asked. */
  cookiesOf(url: string): readonly string[] | null;
}

/** Starts one. A response to `/set` has these `Set-Cookie` fields. */
export async function startProxy(setCookies: readonly string[]): Promise<Proxy> {
  const asked = new Map<string, string>();
  const server = createServer((request, response) => {
    const url = request.url ?? "";
    if (!asked.has(url)) asked.set(url, request.headers.cookie ?? "");
    if (url.endsWith("/set")) response.setHeader("Set-Cookie", setCookies);
    response.setHeader("Content-Type", "text/html");
    response.end("<p>nothing</p>\n");
  });
  server.keepAliveTimeout = 1;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return {
    url: `http://127.0.0.1:${port}`,
    cookiesOf: (url) => {
      const cookies = asked.get(url);
      asked.delete(url);
      if (cookies === undefined) return null;
      return cookies === "" ? [] : cookies.split("; ").toSorted();
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
