/** What TLS promises holds on every way to a server: directly, through the tunnels of proxies, with HTTP/2. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";

import { Session, SSLError, type RequestOptions, type SessionOptions } from "../../src/index.ts";
import { Authority, pinsOf, selfSigned, type KeyPair } from "../support/certificates.ts";
import { rejection } from "../support/messages.ts";
import { answering, ok, scriptedServer, tunnelling, type Script } from "../support/scripted-server.ts";
import { tlsOrigin } from "../support/tls-origin.ts";

let authority: Authority;
let stranger: Authority;
let good: KeyPair;
let proxyPair: KeyPair;
let client: KeyPair;
let folder = "";

beforeAll(async () => {
  authority = await Authority.create();
  stranger = await Authority.create("A stranger");
  good = await authority.issue({ addresses: ["127.0.0.1"], names: ["inside.test"] });
  proxyPair = await authority.issue({ addresses: ["127.0.0.1"] });
  client = await authority.issue({ commonName: "a client" });
  folder = await mkdtemp(join(tmpdir(), "sojourn-ways-"));
  await writeFile(join(folder, "ca.pem"), authority.pem);
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

interface Way {
  readonly name: string;
  readonly http2: boolean;
  readonly proxy: "http" | "https" | null;
}

const ways: readonly Way[] = [
  { name: "directly", http2: false, proxy: null },
  { name: "through an http proxy", http2: false, proxy: "http" },
  { name: "through an https proxy", http2: false, proxy: "https" },
  { name: "with HTTP/2", http2: true, proxy: null },
  { name: "with HTTP/2 through an https proxy", http2: true, proxy: "https" },
];

/** What TLS told a proxy of its client. */
interface AtProxy {
  readonly asked: unknown;
  readonly client: string;
}

/** A session on this way. A proxy that speaks TLS asks for a client certificate, and notes what it is told. */
async function onItsWay(
  { http2, proxy }: Way,
  options: Omit<SessionOptions, "stream"> = {},
): Promise<AsyncDisposable & { readonly session: Session; readonly atProxy: readonly AtProxy[] }> {
  const atProxy: AtProxy[] = [];
  const noting: Script = (connection, server) => {
    const socket = connection.socket as TLSSocket;
    const { subject }: { subject?: object } = proxy === "https" ? socket.getPeerCertificate() : {};
    atProxy.push({ asked: socket.servername ?? false, client: JSON.stringify(subject ?? "nobody") });
    return tunnelling(connection, server);
  };
  const asking = { ...proxyPair, requestCert: true, rejectUnauthorized: false };
  const through = proxy === null ? null : await scriptedServer(noting, proxy === "https" ? asking : null);
  const session = new Session({
    verify: authority.pem,
    trustEnv: false,
    http2,
    ...(through === null ? {} : { proxy: through.url }),
    ...options,
  });
  return {
    session,
    atProxy,
    [Symbol.asyncDispose]: async () => {
      await session.close();
      await through?.[Symbol.asyncDispose]();
    },
  };
}

describe.for(ways)("$name", (way) => {
  it.for<[string, () => Promise<KeyPair>, string]>([
    ["expired", () => authority.issue({ addresses: ["127.0.0.1"], isExpired: true }), "has expired"],
    [
      "of another host",
      () => authority.issue({ names: ["b.test"] }),
      "IP: 127.0.0.1 is not in the cert's list",
    ],
    ["self-signed", () => selfSigned({ addresses: ["127.0.0.1"] }), "self-signed certificate"],
    ["of an unknown issuer", () => stranger.issue({ addresses: ["127.0.0.1"] }), "unable to verify"],
  ])(
    "a certificate that is %s is refused with host and reason, and nothing is sent",
    async ([, pair, why]) => {
      await using origin = await tlsOrigin(await pair());
      await using under = await onItsWay(way);
      const error = await rejection(under.session.get(origin.url));
      expect(error).toBeInstanceOf(SSLError);
      expect(error).toMatchObject({ phase: "connect" });
      expect((error as Error).message).toContain("TLS with 127.0.0.1 failed: ");
      expect((error as Error).message).toContain(why);
      expect(origin.seen).toEqual([]);
    },
  );

  it("a port where plain HTTP is spoken is an SSLError", async () => {
    await using plain = await scriptedServer((connection) => connection.end("HTTP/1.1 400 Bad\r\n\r\n"));
    await using under = await onItsWay(way);
    const error = await rejection(under.session.get(`https://127.0.0.1:${plain.port}/`));
    expect(error).toBeInstanceOf(SSLError);
    expect(error).toMatchObject({ phase: "connect" });
    expect((error as Error).message).toContain("TLS with 127.0.0.1 failed: ");
  });

  it("a server that speaks no protocol that is offered is an SSLError", async () => {
    await using foreign = await scriptedServer(answering(ok()), { ...good, ALPNProtocols: ["spdy/3"] });
    await using under = await onItsWay(way);
    expect(await rejection(under.session.get(foreign.url))).toBeInstanceOf(SSLError);
    expect(foreign.requests).toEqual([]);
  });

  it("a revoked certificate is refused, on a new connection", async () => {
    const pair = await authority.issue({ addresses: ["127.0.0.1"] });
    await using origin = await tlsOrigin(pair);
    await using under = await onItsWay(way);
    await under.session.get(origin.url);
    const revoked = { tls: { crl: await authority.revoke(pair) } };
    const error = await rejection(under.session.get(origin.url, revoked));
    expect(error).toBeInstanceOf(SSLError);
    expect((error as Error).message).toContain("TLS with 127.0.0.1 failed: certificate revoked");
    expect((await under.session.get(origin.url, { tls: { crl: await authority.revoke() } })).status).toBe(
      200,
    );
    expect(origin.seen.map(({ connection }) => connection)).toEqual([1, 2]);
  });

  it("one request's verify: false touches no other one, before, after or beside it", async () => {
    vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    await using origin = await tlsOrigin(await stranger.issue({ addresses: ["127.0.0.1"] }));
    await using under = await onItsWay(way.proxy === "https" ? { ...way, proxy: "http" } : way);
    const get = (options?: RequestOptions): Promise<unknown> => under.session.get(origin.url, options);
    expect(await rejection(get())).toBeInstanceOf(SSLError);
    await get({ verify: false });
    expect(await rejection(get())).toBeInstanceOf(SSLError);
    const [off, on] = await Promise.allSettled([get({ verify: false }), get()]);
    expect([off.status, on.status]).toEqual(["fulfilled", "rejected"]);
    expect(origin.seen).toHaveLength(2);
  });

  it("a client certificate is shown to the server, and to nobody else", async () => {
    const options = { ...good, ca: authority.pem, requestCert: true, rejectUnauthorized: true };
    await using origin = await tlsOrigin(options);
    await using under = await onItsWay(way, { cert: [client.cert, client.key] });
    await Promise.all([1, 2].map(() => under.session.get(origin.url)));
    await rejection(under.session.get(origin.url, { cert: null }));
    expect(new Set(origin.seen.map(({ client: name }) => name))).toEqual(new Set(["a client"]));
    expect(origin.seen.map(({ httpVersion }) => httpVersion)).toEqual(
      way.http2 ? ["2.0", "2.0"] : ["1.1", "1.1"],
    );
    expect(new Set(under.atProxy.map((one) => one.client))).toEqual(
      new Set(way.proxy === null ? [] : ['"nobody"']),
    );
  });

  it("tls.serverName is for the server in place of the URL's host; Host stays", async () => {
    await using origin = await tlsOrigin(await authority.issue({ names: ["inside.test"] }));
    await using under = await onItsWay(way, { tls: { serverName: "inside.test" } });
    const { status, connection } = await under.session.get(origin.url);
    expect([status, connection?.tls?.serverName]).toEqual([200, "inside.test"]);
    expect(origin.seen).toMatchObject([{ asked: "inside.test", host: `127.0.0.1:${origin.port}` }]);
    expect(await rejection(under.session.get(origin.url, { tls: null }))).toBeInstanceOf(SSLError);
    const other = await rejection(under.session.get(origin.url, { tls: { serverName: "other.test" } }));
    expect((other as Error).message).toMatch(/127\.0\.0\.1 failed: .*other\.test.*DNS:inside\.test/);
    expect(origin.seen).toHaveLength(1);
    // The proxy was asked for by its own name, and has a certificate for that.
    expect(new Set(under.atProxy.map(({ asked }) => asked))).toEqual(
      new Set(way.proxy === null ? [] : [false]),
    );
  });

  it("settings that change make a new connection, and leave the old one to the old settings", async () => {
    vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    await using origin = await tlsOrigin({ ...good, requestCert: true, rejectUnauthorized: false });
    await using under = await onItsWay(way);
    const { session } = under;
    const ask = async (): Promise<number | undefined> => {
      expect((await session.get(origin.url)).status).toBe(200);
      return origin.seen.at(-1)?.connection;
    };
    expect(await ask()).toBe(1);
    let connections = 1;
    for (const change of [
      { verify: false },
      { verify: join(folder, "ca.pem") },
      { cert: [client.cert, client.key] },
      { tls: { minVersion: "TLSv1.3" } },
      { tls: { maxVersion: "TLSv1.2" } },
      { tls: { ciphers: "TLS_AES_128_GCM_SHA256:ECDHE-ECDSA-AES128-GCM-SHA256" } },
      { tls: { pins: pinsOf(good).key } },
      { tls: { store: "bundled" } },
      { tls: { serverName: "inside.test" } },
      { tls: { crl: await authority.revoke() } },
    ] as const) {
      Object.assign(session, change);
      expect([await ask(), await ask()]).toEqual([connections + 1, connections + 1]);
      connections++;
      Object.assign(session, { verify: authority.pem, cert: null, tls: null });
      expect(await ask()).toBe(1);
    }
  });

  it("settings that are set anew are seen", async () => {
    await using origin = await tlsOrigin(good);
    await using under = await onItsWay(way, { tls: { minVersion: "TLSv1.2" } });
    const { session } = under;
    await session.get(origin.url);
    await session.get(origin.url);
    session.tls = { ...session.tls, pins: pinsOf(client).key };
    expect(await rejection(session.get(origin.url))).toBeInstanceOf(SSLError);
    session.tls = { ...session.tls, pins: undefined };
    await session.get(origin.url);
    session.tls = { maxVersion: "TLSv1.2" };
    const { connection } = await session.get(origin.url);
    expect(connection?.tls?.protocol).toBe("TLSv1.2");
    expect(origin.seen.map((request) => request.connection)).toEqual([1, 1, 1, 2]);
  });
});

describe("the CA bundle of the environment", () => {
  it.for(["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])(
    "of %s is trusted, unless trustEnv is off",
    async (name) => {
      await using origin = await tlsOrigin(good);
      vi.stubEnv("REQUESTS_CA_BUNDLE", undefined);
      vi.stubEnv("CURL_CA_BUNDLE", undefined);
      vi.stubEnv(name, join(folder, "ca.pem"));
      await using session = new Session({ proxy: false });
      expect((await session.get(origin.url)).status).toBe(200);
      expect((await session.get(origin.url, { verify: true })).status).toBe(200);
      const { name: kind } = (await rejection(session.get(origin.url, { verify: stranger.pem }))) as Error;
      expect(kind).toBe("SSLError");
      await using deaf = new Session({ trustEnv: false });
      expect(await rejection(deaf.get(origin.url))).toBeInstanceOf(SSLError);
    },
  );

  it("that is not there is an error that names it", async () => {
    vi.stubEnv("REQUESTS_CA_BUNDLE", join(folder, "gone.pem"));
    await using session = new Session({ proxy: false });
    const error = await rejection(session.get("https://127.0.0.1:9/"));
    expect(error).toBeInstanceOf(SSLError);
    expect((error as Error).message).toContain(join(folder, "gone.pem"));
  });
});
