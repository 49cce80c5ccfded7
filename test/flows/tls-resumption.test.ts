/** TLS handshakes after the first one go on from it, on every way to a server; and where that would be wrong, they do not. */
import { once } from "node:events";
import { createSecureServer, type ServerHttp2Session } from "node:http2";
import { connect, type AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";

import { beforeAll, describe, expect, it } from "vitest";

import { TlsMemory, Handshake } from "../../src/connect/resumption.ts";
import { Session, SSLError, type SessionOptions } from "../../src/index.ts";
import { Authority, pinsOf, type KeyPair } from "../support/certificates.ts";
import { rejection } from "../support/messages.ts";
import {
  answering,
  ok,
  scriptedServer,
  tunnelling,
  type Script,
  type ScriptedServer,
} from "../support/scripted-server.ts";

let authority: Authority;
let good: KeyPair;
let elsewhere: KeyPair;

beforeAll(async () => {
  authority = await Authority.create();
  good = await authority.issue({ addresses: ["127.0.0.1"], commonName: "the server" });
  elsewhere = await authority.issue({ names: ["elsewhere.test"] });
});

/** A proxy that opens tunnels by SOCKS, to addresses of IPv4. */
const socksTunnel: Script = async (connection) => {
  await connection.take((await connection.take(2))?.charCodeAt(1) ?? 0);
  connection.write("\x05\x00");
  const target = Buffer.from((await connection.take(10)) ?? "", "latin1");
  if (target.byteLength < 10) return;
  const server = connect(target.readUInt16BE(8), "127.0.0.1").on("error", () => connection.socket.destroy());
  connection.write("\x05\x00\x00\x01\0\0\0\0\0\0");
  connection.socket.on("close", () => server.destroy()).pipe(server);
  server.pipe(connection.socket);
};

/** Notes of each connection whether its session was begun before, and plays on. */
function noting(resumed: boolean[], script: Script): Script {
  return async (connection, server) => {
    resumed.push((connection.socket as TLSSocket).isSessionReused()); // asked for with a certificate
    await script(connection, server);
  };
}

/** Answers once, and ends the connection: the next request opens another one. */
const closing = answering(ok("ok", ["Connection: close"]));

interface Way {
  readonly name: string;
  /** The proxy on the way. `resumed`: what its own handshakes were. */
  readonly proxy: (resumed: boolean[]) => Promise<ScriptedServer> | null;
  readonly scheme: string;
}

const ways: readonly Way[] = [
  { name: "directly", proxy: () => null, scheme: "" },
  { name: "through an http proxy", proxy: () => scriptedServer(tunnelling), scheme: "http" },
  {
    name: "through an https proxy",
    proxy: (resumed) => scriptedServer(noting(resumed, tunnelling), good),
    scheme: "https",
  },
  { name: "through SOCKS", proxy: () => scriptedServer(socksTunnel), scheme: "socks5h" },
];

/** A session that goes this way. */
async function onItsWay(
  { proxy, scheme }: Way,
  options: SessionOptions = {},
): Promise<AsyncDisposable & { readonly session: Session; readonly atProxy: readonly boolean[] }> {
  const atProxy: boolean[] = [];
  const through = await proxy(atProxy);
  const via = through === null ? {} : { proxy: `${scheme}://127.0.0.1:${through.port}` };
  const session = new Session({ verify: authority.pem, trustEnv: false, ...via, ...options, stream: false });
  return {
    session,
    atProxy,
    [Symbol.asyncDispose]: async () => {
      await session.close();
      await through?.[Symbol.asyncDispose]();
    },
  };
}

const COUNT = 4;
const ALL_BUT_THE_FIRST = [false, true, true, true];

describe.for(ways)("TLS $name", (way) => {
  it.for(["TLSv1.2", "TLSv1.3"] as const)(
    "is resumed from the second connection on: %s",
    async (maxVersion) => {
      const resumed: boolean[] = [];
      await using server = await scriptedServer(noting(resumed, closing), { ...good, maxVersion });
      await using going = await onItsWay(way);
      for (let at = 0; at < COUNT; at++) {
        const response = await going.session.get(server.url);
        // Whom it is with is told of each of them.
        expect(response.connection?.tls).toMatchObject({
          authorized: true,
          protocol: maxVersion,
          peerCertificate: { subject: "CN=the server" },
        });
      }
      expect(resumed).toEqual(ALL_BUT_THE_FIRST);
      // The proxy, where it speaks TLS, is met again as well.
      expect(going.atProxy).toEqual(way.scheme === "https" ? ALL_BUT_THE_FIRST : []);
    },
  );

  it("is resumed with HTTP/2", async () => {
    const resumed: boolean[] = [];
    const server = createSecureServer({ ...good });
    server.on("secureConnection", (socket: TLSSocket) => void resumed.push(socket.isSessionReused()));
    server.on("stream", (stream) => {
      stream.respond({ ":status": 200 });
      stream.end("ok", () => stream.session?.close());
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo; // it listens on TCP
    await using going = await onItsWay(way, { http2: true });
    for (let at = 0; at < COUNT; at++) {
      const closed = once(server, "session").then(([session]) =>
        once(session as ServerHttp2Session, "close"),
      );
      expect((await going.session.get(`https://127.0.0.1:${port}/`)).httpVersion).toBe("2");
      await closed;
    }
    server.close();
    expect(resumed).toEqual(ALL_BUT_THE_FIRST);
  });

  it("is begun anew each time where a pin has to be compared", async () => {
    const resumed: boolean[] = [];
    await using server = await scriptedServer(noting(resumed, closing), good);
    await using going = await onItsWay(way, { tls: { pins: [pinsOf(good).key] } });
    for (let at = 0; at < COUNT; at++) await going.session.get(server.url);
    expect(resumed).toEqual([false, false, false, false]);
  });

  it("is not gone on from by other settings: a client certificate, no verification, a pin", async () => {
    const resumed: boolean[] = [];
    const asking = { requestCert: true, rejectUnauthorized: false };
    await using server = await scriptedServer(noting(resumed, closing), { ...good, ...asking });
    await using going = await onItsWay(way);
    const settings = [
      {},
      { cert: await authority.issue({ commonName: "one" }) },
      { cert: await authority.issue({ commonName: "two" }) },
      { verify: false },
      { tls: { pins: [pinsOf(good).key] } },
    ];
    for (const one of settings) await going.session.get(server.url, one);
    expect(resumed).toEqual([false, false, false, false, false]);
    // What is the same is.
    for (const one of settings) await going.session.get(server.url, one);
    expect(resumed.slice(settings.length)).toEqual([true, true, true, true, false]);
  });

  it("with a certificate for somebody else fails each time, the second time as well", async () => {
    await using server = await scriptedServer(closing, elsewhere);
    await using going = await onItsWay(way);
    for (let at = 0; at < 3; at++)
      expect(await rejection(going.session.get(server.url))).toBeInstanceOf(SSLError);
    expect(server.requests).toHaveLength(0);
  });
});

describe("a session that cannot be gone on from", () => {
  /** What the next handshake begins with. */
  const begins = (memory: TlsMemory): unknown => new Handshake(memory, "server").options.session;

  it("is forgotten with the handshake that failed, unless a newer one came meanwhile", () => {
    const memory = new TlsMemory();
    const first = { session: Buffer.from("first"), identity: null };
    const newer = { session: Buffer.from("newer"), identity: null };
    memory.server = first;
    const failing = new Handshake(memory, "server");
    memory.server = newer;
    failing.forget();
    expect(begins(memory)).toBe(newer.session);
    new Handshake(memory, "server").forget();
    expect(begins(memory)).toBeUndefined();
  });
});
