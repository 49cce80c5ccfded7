import { createServer, type AddressInfo, type Socket } from "node:net";
import { once } from "node:events";
import { describe, expect, it } from "vitest";

import { HttpDigestAuth, HttpProxyDigestAuth, Session, type RequestOptions } from "../../src/index.ts";

/** A server that answers heads of which it dislikes something early, and leaves what follows on that connection unread. */
interface Careless extends AsyncDisposable {
  readonly port: number;
  /** How long the bodies were that it took, oldest first. */
  readonly took: number[];
  readonly connections: () => number;
}

/** @param refusal the early answer to a head; `null` to take the request. */
async function careless(refusal: (head: string, count: number) => string | null): Promise<Careless> {
  const took: number[] = [];
  const sockets: Socket[] = [];
  let count = 0;
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
    let heard = "";
    socket.on("data", function take(data: Buffer) {
      heard += data.toString("latin1");
      const end = heard.indexOf("\r\n\r\n");
      if (end === -1) return;
      const head = heard.slice(0, end);
      const early = refusal(head, ++count);
      if (early !== null) {
        socket.off("data", take).pause();
        socket.write(early);
        return;
      }
      const isChunked = /^transfer-encoding: chunked/im.test(head);
      const length = isChunked ? null : Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
      const isThere = length === null ? heard.endsWith("0\r\n\r\n") : heard.length >= end + 4 + length;
      if (!isThere) {
        count--;
        return;
      }
      const body = heard.slice(end + 4);
      took.push(length === null ? unchunked(body) : body.length);
      heard = "";
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    took,
    connections: () => sockets.length,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** How many bytes a chunked body is. */
function unchunked(body: string): number {
  let bytes = 0;
  for (let at = 0; at < body.length;) {
    const size = Number.parseInt(body.slice(at), 16);
    at = body.indexOf("\r\n", at) + 2 + size + 2;
    bytes += size;
  }
  return bytes;
}

const sizes = [20_000, 65_535, 65_536, 65_537, 200_000, 2_000_000];

const bodies: Readonly<Record<string, (size: number) => RequestOptions>> = {
  bytes: (size) => ({ data: new Uint8Array(size) }),
  "a factory": (size) => ({ data: () => ReadableStream.from([new Uint8Array(size)]) }),
  "a file": (size) => ({ data: new Blob([new Uint8Array(size)]) }),
};

const rows = Object.keys(bodies).flatMap((body) => sizes.map((size) => [body, size] as const));

const DIGEST = 'Digest realm="r", nonce="n", qop="auth"';

function refused(status: number, field = ""): string {
  return `HTTP/1.1 ${status} No\r\n${field}Content-Length: 2\r\n\r\nno`;
}

function session(options: ConstructorParameters<typeof Session>[0]): Session {
  return new Session({ trustEnv: false, timeout: { connect: 8000, read: 8000 }, ...options } as {
    stream?: false;
  }); // in memory
}

describe("a connection on which a body was refused early is not used again", () => {
  it.for(rows)("by a proxy with Digest: %s of %i bytes", async ([body, size]) => {
    const field = `Proxy-Authenticate: ${DIGEST}\r\n`;
    await using proxy = await careless((head) =>
      /^proxy-authorization: digest/im.test(head) ? null : refused(407, field),
    );
    await using client = session({
      proxy: `http://127.0.0.1:${proxy.port}`,
      proxyAuth: new HttpProxyDigestAuth("user", "pass"),
    });
    const response = await client.post("http://name.test/", (bodies[body] as (typeof bodies)[string])(size)); // a key of it
    expect([response.status, proxy.took, proxy.connections()]).toEqual([200, [size], 2]);
  });

  it.for(rows)("by a server with Digest: %s of %i bytes", async ([body, size]) => {
    const field = `WWW-Authenticate: ${DIGEST}\r\n`;
    await using server = await careless((head) =>
      /^authorization: digest/im.test(head) ? null : refused(401, field),
    );
    await using client = session({ auth: new HttpDigestAuth("user", "pass") });
    const options = (bodies[body] as (typeof bodies)[string])(size); // a key of it
    const response = await client.post(`http://127.0.0.1:${server.port}/`, options);
    expect([response.status, server.took, server.connections()]).toEqual([200, [size], 2]);
  });

  it.for([307, 403, 413, 417, 500, 503])("by any status that is no success: %i", async (status) => {
    await using server = await careless((_head, count) => (count === 1 ? refused(status) : null));
    await using client = session({ allowRedirects: false });
    const url = `http://127.0.0.1:${server.port}/`;
    expect((await client.post(url, { data: new Uint8Array(200_000) })).status).toBe(status);
    expect((await client.get(url)).status).toBe(200);
    expect(server.connections()).toBe(2);
  });

  it("also when the answer is streamed, and read later", async () => {
    await using server = await careless((_head, count) => (count === 1 ? refused(413) : null));
    await using client = session({});
    const url = `http://127.0.0.1:${server.port}/`;
    const response = await client.post(url, { data: new Uint8Array(200_000), stream: true });
    expect(await response.text()).toBe("no");
    expect((await client.get(url)).status).toBe(200);
  });

  it("unless the body was so small that it was read with the head", async () => {
    await using server = await careless(() => null);
    await using client = session({});
    const url = `http://127.0.0.1:${server.port}/`;
    for (let n = 0; n < 3; n++) await client.post(url, { data: new Uint8Array(1000) });
    expect(server.connections()).toBe(1);
  });
});
