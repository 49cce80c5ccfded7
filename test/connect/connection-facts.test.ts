/** What is told of the connection that a response came over, on every way, and when it has ended. */
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createSecureServer } from "node:http2";
import { connect, createServer, type AddressInfo, type LookupFunction } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import tls from "node:tls";

import { afterEach, beforeAll, describe, expect, it } from "vitest";

import type { Verify } from "../../src/core/adapter.ts";
import { HttpAdapter } from "../../src/transport/http-adapter.ts";
import { Authority, pinsOf, type KeyPair } from "../support/certificates.ts";
import { exchange, throughProxy } from "../support/messages.ts";
import {
  answering,
  ok,
  scriptedServer,
  type Script,
  type ScriptedConnection,
} from "../support/scripted-server.ts";

let authority: Authority;
let leaf: KeyPair;
let trusted: Verify;

/** Every name is this machine. */
const toLoopback: LookupFunction = (_name, options, callback) => {
  if (options.all === true) callback(null, [{ address: "127.0.0.1", family: 4 }]);
  else callback(null, "127.0.0.1", 4);
};

let adapter = new HttpAdapter({ lookup: toLoopback });

beforeAll(async () => {
  authority = await Authority.create();
  leaf = await authority.issue({ names: ["a.test"], addresses: ["127.0.0.1"], commonName: "the server" });
  trusted = { kind: "pem", pem: authority.pem };
});

afterEach(async () => {
  await adapter.close();
  adapter = new HttpAdapter({ lookup: toLoopback });
});

/** An answer after which the server ends the connection. */
const last = ok("ok", ["Connection: close"]);

/** Answers once, and notes of each connection whether its TLS session was begun before. */
function noting(resumed: boolean[]): Script {
  return async (connection, server) => {
    resumed.push((connection.socket as tls.TLSSocket).isSessionReused()); // asked for with a certificate
    await answering(last)(connection, server);
  };
}

/** A proxy that opens tunnels to `port`, whatever it is asked for. */
function tunnelTo(port: number): Script {
  return async (connection: ScriptedConnection) => {
    await connection.request();
    connection.write("HTTP/1.1 200 OK\r\n\r\n");
    const server = connect(port, "127.0.0.1");
    server.on("error", () => connection.socket.destroy());
    connection.socket.on("close", () => server.destroy());
    connection.socket.pipe(server).pipe(connection.socket);
  };
}

/** The one certificate that all servers here have. */
function shownLeaf(): object {
  return {
    subject: "CN=the server",
    issuer: "CN=Test CA",
    validFrom: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/) as string,
    validTo: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/) as string,
    fingerprint256: pinsOf(leaf).certificate,
    subjectAltName: "DNS:a.test, IP Address:127.0.0.1",
  };
}

describe("the ends of a connection", () => {
  it("are those that the server sees", async () => {
    await using server = await scriptedServer(answering(ok()));
    const { response } = await exchange(adapter, `${server.url}/`);
    const seen = server.connections[0]?.socket;
    expect(response.connection).toEqual({
      remoteAddress: "127.0.0.1",
      remotePort: server.port,
      localAddress: seen?.remoteAddress,
      localPort: seen?.remotePort,
      socketPath: null,
      isReused: false,
      proxy: null,
      tls: null,
    });
  });

  it("stay known when it has ended, be it before anybody asked", async () => {
    await using server = await scriptedServer(answering(last), leaf);
    const { response } = await exchange(adapter, `${server.url}/`, { verify: trusted });
    await adapter.close();
    await server.connections[0]?.closed;
    expect(response.connection).toMatchObject({
      remoteAddress: "127.0.0.1",
      remotePort: server.port,
      tls: { protocol: "TLSv1.3", peerCertificate: { subject: "CN=the server" } },
    });
  });

  it("are told once: the second look gives the same object", async () => {
    await using server = await scriptedServer(answering(ok()));
    const { response } = await exchange(adapter, `${server.url}/`);
    expect(response.connection).not.toBeNull();
    expect(response.connection).toBe(response.connection);
  });

  it("are a path for a Unix domain socket, or a named pipe", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sojourn-facts-"));
    const socketPath = process.platform === "win32" ? `\\\\.\\pipe\\${basename(folder)}` : join(folder, "s");
    const server = createServer((socket) => socket.on("data", () => socket.write(ok())));
    await once(server.listen(socketPath), "listening");
    const local = new HttpAdapter({ socketPath });
    const { response } = await exchange(local, "http://app.test/");
    expect(response.connection).toEqual({
      remoteAddress: null,
      remotePort: null,
      localAddress: null,
      localPort: null,
      socketPath,
      isReused: false,
      proxy: null,
      tls: null,
    });
    await local.close();
    server.close();
    await rm(folder, { recursive: true });
  });
});

describe("whether a connection is reused", () => {
  it("is told of each message, also when others followed on it", async () => {
    await using server = await scriptedServer(answering(ok()));
    const first = await exchange(adapter, `${server.url}/`);
    const second = await exchange(adapter, `${server.url}/`);
    expect(server.connections).toHaveLength(1);
    expect(first.response.connection?.isReused).toBe(false);
    expect(second.response.connection?.isReused).toBe(true);
    expect(second.response.connection?.localPort).toBe(first.response.connection?.localPort);
  });

  it("is not when the server has ended it meanwhile, and another one was opened", async () => {
    await using server = await scriptedServer(answering(last));
    const first = await exchange(adapter, `${server.url}/`);
    const second = await exchange(adapter, `${server.url}/`);
    expect(second.response.connection?.isReused).toBe(false);
    expect(second.response.connection?.localPort).not.toBe(first.response.connection?.localPort);
  });
});

describe("a proxy", () => {
  it.for([
    ["that forwards", "http://server.test/"],
    ["that opens a tunnel", "https://a.test/"],
  ] as const)("%s is told by its origin, and never with its password", async ([, url]) => {
    await using server = await scriptedServer(answering(ok()), leaf);
    const isTunnel = url.startsWith("https:");
    await using proxy = await scriptedServer(isTunnel ? tunnelTo(server.port) : answering(ok()));
    const way = throughProxy(`http://user:s3cret-1@127.0.0.1:${proxy.port}`);
    const { response } = await exchange(adapter, url, { ...way, verify: trusted });
    expect(response.connection).toMatchObject({
      remoteAddress: "127.0.0.1",
      remotePort: proxy.port,
      proxy: `http://127.0.0.1:${proxy.port}`,
      tls: isTunnel ? { serverName: "a.test", peerCertificate: shownLeaf() } : null,
    });
    expect(JSON.stringify(response.connection)).not.toContain("s3cret-1");
  });

  it("that is spoken to in TLS has its own ends, and TLS is the server's", async () => {
    const other = await authority.issue({ addresses: ["127.0.0.1"], commonName: "the proxy" });
    await using server = await scriptedServer(answering(ok()), leaf);
    await using proxy = await scriptedServer(tunnelTo(server.port), other);
    const way = throughProxy(`https://127.0.0.1:${proxy.port}`);
    const { response } = await exchange(adapter, "https://a.test/", { ...way, verify: trusted });
    expect(response.connection).toMatchObject({
      remoteAddress: "127.0.0.1",
      remotePort: proxy.port,
      localPort: proxy.connections[0]?.socket.remotePort,
      proxy: `https://127.0.0.1:${proxy.port}`,
      tls: { authorized: true, peerCertificate: { subject: "CN=the server" } },
    });
  });

  it("that is spoken to in TLS and forwards is the one that TLS is with", async () => {
    await using proxy = await scriptedServer(answering(ok()), leaf);
    const way = throughProxy(`https://127.0.0.1:${proxy.port}`);
    const { response } = await exchange(adapter, "http://server.test/", { ...way, verify: trusted });
    expect(response.connection).toMatchObject({
      proxy: `https://127.0.0.1:${proxy.port}`,
      tls: { peerCertificate: { subject: "CN=the server" } },
    });
  });
});

describe("TLS", () => {
  it("is told as it was agreed on", async () => {
    await using server = await scriptedServer(answering(ok()), leaf);
    const { response } = await exchange(adapter, `https://a.test:${server.port}/`, { verify: trusted });
    expect(response.connection?.tls).toEqual({
      protocol: "TLSv1.3",
      cipher: "TLS_AES_256_GCM_SHA384",
      authorized: true,
      alpnProtocol: null,
      serverName: "a.test",
      peerCertificate: shownLeaf(),
    });
  });

  it("of an older version, without a name, with a protocol, is told as it is", async () => {
    const older = { ...leaf, maxVersion: "TLSv1.2", ALPNProtocols: ["http/1.1"] } as const;
    await using server = await scriptedServer(answering(ok()), older);
    const { response } = await exchange(adapter, `${server.url}/`, { verify: trusted });
    expect(response.connection?.tls).toMatchObject({
      protocol: "TLSv1.2",
      cipher: expect.stringMatching(/^ECDHE-/) as string,
      alpnProtocol: "http/1.1",
      serverName: null,
      peerCertificate: shownLeaf(),
    });
  });

  it("has the server's certificate also where pins were compared with it", async () => {
    await using server = await scriptedServer(answering(ok()), leaf);
    const hash = pinsOf(leaf).certificate.replaceAll(":", "").toLowerCase();
    const pins = [{ kind: "certificate", hash }] as const;
    const none = {
      minVersion: null,
      maxVersion: null,
      ciphers: null,
      store: null,
      serverName: null,
      crl: null,
    };
    const settings = { ...none, pins };
    const { response } = await exchange(adapter, `${server.url}/`, { verify: trusted, tls: settings });
    expect(response.connection?.tls?.peerCertificate).toEqual(shownLeaf());
  });

  it.for(["TLSv1.2", "TLSv1.3"] as const)(
    "of a resumed session has the certificate of its first handshake: %s",
    async (maxVersion) => {
      const resumed: boolean[] = [];
      await using server = await scriptedServer(noting(resumed), { ...leaf, maxVersion });
      const seen = [];
      for (let at = 0; at < 3; at++) {
        const { response } = await exchange(adapter, `${server.url}/`, { verify: trusted });
        seen.push(response.connection?.tls);
      }
      expect(resumed).toEqual([false, true, true]);
      for (const one of seen)
        expect(one).toMatchObject({ authorized: true, peerCertificate: shownLeaf(), protocol: maxVersion });
    },
  );

  it("without verify tells a certificate that is not trusted", async () => {
    await using server = await scriptedServer(answering(last), leaf);
    for (const _ of [1, 2]) {
      const { response } = await exchange(adapter, `${server.url}/`, { verify: { kind: "off" } });
      expect(response.connection?.tls).toMatchObject({ authorized: false, peerCertificate: shownLeaf() });
    }
  });

  it("without verify tells a certificate for another host, also in a resumed session", async () => {
    const before = tls.getCACertificates("default");
    tls.setDefaultCACertificates([authority.pem]);
    try {
      const resumed: boolean[] = [];
      await using server = await scriptedServer(noting(resumed), leaf);
      for (const _ of [1, 2]) {
        const url = `https://b.test:${server.port}/`;
        const { response } = await exchange(adapter, url, { verify: { kind: "off" } });
        expect(response.connection?.tls).toMatchObject({ authorized: false, serverName: "b.test" });
      }
      expect(resumed).toEqual([false, true]);
    } finally {
      tls.setDefaultCACertificates(before);
    }
  });
});

describe("HTTP/2", () => {
  it("tells of the one connection, for messages side by side too", async () => {
    const server = createSecureServer({ ...leaf });
    server.on("stream", (stream) => {
      stream.respond({ ":status": 200 });
      stream.end("ok");
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    const ask = async (): ReturnType<typeof exchange> =>
      exchange(adapter, `https://127.0.0.1:${port}/`, { verify: trusted, http2: true });
    const answers = [...(await Promise.all([ask(), ask()])), await ask()];
    await adapter.close();
    const told = answers.map(({ response }) => response.connection);
    expect(told.map((one) => one?.isReused)).toEqual([false, true, true]);
    expect(new Set(told.map((one) => one?.localPort)).size).toBe(1);
    expect(told[2]).toMatchObject({
      remoteAddress: "127.0.0.1",
      remotePort: port,
      tls: { alpnProtocol: "h2", authorized: true, peerCertificate: shownLeaf() },
    });
    server.close();
  });
});
