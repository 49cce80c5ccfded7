import { once } from "node:events";
import { createSecureServer } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { describe, expect, it } from "vitest";

import { Session, SSLError, type RequestOptions, type SessionOptions } from "../../src/index.ts";
import { Authority } from "../support/certificates.ts";
import { rejection } from "../support/messages.ts";
import { ok, scriptedServer, tunnelling } from "../support/scripted-server.ts";

/** An origin of TLS 1.3 that wants a certificate of its client, and says so by an alert when the handshake is over. */
async function demanding(): Promise<
  AsyncDisposable & { readonly url: string; readonly authority: Authority }
> {
  const authority = await Authority.create();
  const leaf = await authority.issue({ addresses: ["127.0.0.1"] });
  const sockets: Socket[] = [];
  const server = createSecureServer(
    {
      ...leaf,
      ca: authority.pem,
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: "TLSv1.3",
      allowHTTP1: true,
    },
    (request, response) => request.resume().on("end", () => response.end("ok")),
  );
  server.on("tlsClientError", () => undefined);
  server.on("sessionError", () => undefined);
  server.on("connection", (socket: Socket) => sockets.push(socket.on("error", () => undefined)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    authority,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function* pieces(): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < 20; at++) yield new Uint8Array(20_000);
}

const requests: Readonly<Record<string, () => readonly [method: string, options: RequestOptions]>> = {
  GET: () => ["GET", {}],
  "POST of text": () => ["POST", { data: "text" }],
  "POST of bytes": () => ["POST", { data: new Uint8Array(300_000) }],
  "POST of pieces": () => ["POST", { data: pieces() }],
};

const ways = ["HTTP/1.1", "HTTP/2", "HTTP/1.1 through a tunnel", "HTTP/2 through a tunnel"] as const;

const rows = ways.flatMap((way) =>
  Object.keys(requests)
    // The tunnel of this test loses what comes before a reset.
    .filter((request) => !way.endsWith("tunnel") || !/bytes|pieces/.test(request))
    .map((request) => [request, way] as const),
);

describe("an alert behind the handshake", () => {
  it.for(rows)("is told by name: %s, over %s", async ([request, way]) => {
    await using server = await demanding();
    await using proxy = await scriptedServer(tunnelling);
    const options: SessionOptions = {
      verify: server.authority.pem,
      http2: way.startsWith("HTTP/2"),
      ...(way.endsWith("tunnel") ? { proxy: proxy.url } : {}),
    };
    await using session = new Session({ trustEnv: false, timeout: 5000, ...options });
    const [method, given] = (requests[request] as (typeof requests)[string])(); // a key of it
    const error = await rejection(session.request(method, server.url, given));
    expect(error).toBeInstanceOf(SSLError);
    expect((error as SSLError).message).toContain("tlsv13 alert certificate required");

    const { cert, key } = await server.authority.issue({ names: ["client"] });
    await using welcome = new Session({ trustEnv: false, ...options, cert: [cert, key] } as {
      stream?: false;
    });
    expect(await welcome.get(server.url).text()).toBe("ok");
  });

  it("on a kept connection is the cause, and not the end that follows", async () => {
    const authority = await Authority.create();
    const leaf = await authority.issue({ addresses: ["127.0.0.1"] });
    // What is under TLS: an alert that nobody encrypted is one that is not understood.
    const raw: Socket[] = [];
    const server = createTlsServer(leaf, (socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => {
        socket.write(ok());
        socket.once("data", () => raw[0]?.end(Buffer.from([21, 3, 3, 0, 2, 2, 40])));
      });
    });
    server.on("connection", (socket: Socket) => raw.push(socket));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    await using session = new Session({ trustEnv: false, verify: authority.pem });
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await session.get(url);
    const error = await rejection(session.post(url, { data: "text" }));
    expect(error).toBeInstanceOf(SSLError);
    expect((error as SSLError).message).not.toContain("closed");
    raw[0]?.destroy();
    server.close();
  });
});

describe("an answer before a reset", () => {
  it.for([
    ["pieces", pieces],
    ["bytes", () => new Uint8Array(20_000_000)],
  ] as const)("is not lost by a write that fails: %s", async ([, body]) => {
    await using server = await scriptedServer(async (connection) => {
      await connection.through("\r\n\r\n");
      connection.end("HTTP/1.1 413 No\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno");
      connection.socket.destroySoon();
    });
    await using session = new Session({ trustEnv: false, timeout: 5000 });
    for (let time = 0; time < 20; time++)
      expect((await session.post(server.url, { data: body() })).status).toBe(413);
  });
});
