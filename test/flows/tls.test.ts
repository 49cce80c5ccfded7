/** TLS of a whole session: what belongs to an origin stays with it, what guards a connection guards all of them. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";

import { beforeAll, describe, expect, it } from "vitest";

import { Request, Session, SSLError, type Response } from "../../src/index.ts";
import { Authority, pinsOf, type KeyPair } from "../support/certificates.ts";
import { rejection } from "../support/messages.ts";
import {
  answering,
  ok,
  scriptedServer,
  type Script,
  type ScriptedServer,
} from "../support/scripted-server.ts";
import { tlsOrigin, type TlsOrigin } from "../support/tls-origin.ts";

let ca = "";
let good: KeyPair;
let other: KeyPair;
let client: KeyPair;

beforeAll(async () => {
  const authority = await Authority.create();
  ca = authority.pem;
  good = await authority.issue({ addresses: ["127.0.0.1"] });
  other = await authority.issue({ addresses: ["127.0.0.1"] });
  client = await authority.issue({ commonName: "a client" });
});

/** Answers with the name in the client's certificate, or sends elsewhere. */
function asking(location: () => string | null, names: string[]): Script {
  return answering((_request, { socket }) => {
    const certificate: { subject?: { CN?: string | string[] } } = (socket as TLSSocket).getPeerCertificate();
    names.push(String(certificate.subject?.CN ?? "nobody"));
    const to = location();
    return to === null
      ? ok()
      : `HTTP/1.1 302 Found\r\nLocation: ${to}\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n`;
  });
}

describe("a client certificate", () => {
  const options = { requestCert: true, rejectUnauthorized: false };

  it("goes to its own origin only, and is not shown again when a redirect leads back", async () => {
    const here: string[] = [];
    const there: string[] = [];
    let back: string | null = null;
    await using elsewhere = await scriptedServer(
      asking(() => back, there),
      { ...good, ...options },
    );
    let to: string | null = `${elsewhere.url}/`;
    await using server = await scriptedServer(
      asking(() => {
        const next = to;
        to = null;
        return next;
      }, here),
      { ...good, ...options },
    );
    back = `${server.url}/end`;
    await using session = new Session({ trustEnv: false, verify: ca, cert: [client.cert, client.key] });
    const response: Response = await session.get(server.url);
    expect(response.history).toHaveLength(2);
    expect([here, there]).toEqual([["a client", "nobody"], ["nobody"]]);
  });

  it("stays with its origin on a redirect there", async () => {
    const names: string[] = [];
    let to: string | null = "/next";
    await using server = await scriptedServer(
      asking(() => {
        const next = to;
        to = null;
        return next;
      }, names),
      { ...good, ...options },
    );
    await using session = new Session({ trustEnv: false, verify: ca, cert: [client.cert, client.key] });
    await session.get(server.url);
    expect(names).toEqual(["a client", "a client"]);
  });
});

describe("a session's tls", () => {
  it("counts for its requests, which have the last word, field by field", async () => {
    await using server = await scriptedServer(answering(ok()), { ...good, maxVersion: "TLSv1.2" });
    await using session = new Session({ trustEnv: false, verify: ca, tls: { pins: pinsOf(good).key } });
    expect((await session.get(server.url)).status).toBe(200);
    const tooNew = session.get(server.url, { tls: { minVersion: "TLSv1.3" } });
    expect(await rejection(tooNew)).toBeInstanceOf(SSLError);
    const wrong = session.get(server.url, { tls: { maxVersion: "TLSv1.2", pins: pinsOf(other).key } });
    expect(((await rejection(wrong)) as Error).message).toContain(pinsOf(good).key);
    session.tls = { pins: [pinsOf(other).certificate] };
    expect(await rejection(session.get(server.url))).toBeInstanceOf(SSLError);
    expect(await rejection(session.get(server.url, { tls: { maxVersion: "TLSv1.2" } }))).toBeInstanceOf(
      SSLError,
    );
    expect((await session.get(server.url, { tls: { pins: null } })).status).toBe(200);
    expect((await session.get(server.url, { tls: null })).status).toBe(200);
    session.tls = null;
    expect((await session.get(server.url)).status).toBe(200);
  });

  it("is checked when it is set", async () => {
    await using session = new Session({ trustEnv: false });
    expect(() => (session.tls = { pins: [] })).toThrow(RangeError);
    expect(() => (session.tls = { pins: [] })).toThrow("tls.pins must have one pin at least");
  });

  it("holds on every hop: pins do not end where a redirect leads", async () => {
    await using elsewhere = await scriptedServer(answering(ok()), other);
    const names: string[] = [];
    await using server = await scriptedServer(
      asking(() => `${elsewhere.url}/`, names),
      good,
    );
    await using session = new Session({ trustEnv: false, verify: ca });
    const one = { tls: { pins: [pinsOf(good).key] } };
    expect(((await rejection(session.get(server.url, one))) as Error).message).toContain(pinsOf(other).key);
    expect(elsewhere.requests).toEqual([]);
    const both = { tls: { pins: [pinsOf(good).key, pinsOf(other).key] } };
    expect((await session.get(server.url, both)).status).toBe(200);
  });
});

function nameAsked({ connections }: ScriptedServer, at: number): unknown {
  const socket = connections.at(at)?.socket as TLSSocket | undefined;
  return socket?.servername;
}

describe("tls.serverName", () => {
  it("is asked for and checked in place of the URL's host", async () => {
    const authority = await Authority.create();
    const pair = await authority.issue({ names: ["inside.test"] });
    await using server = await scriptedServer(answering(ok()), pair);
    await using session = new Session({ verify: authority.pem, trustEnv: false });
    expect(await rejection(session.get(server.url))).toBeInstanceOf(SSLError);
    const response = await session.get(server.url, { tls: { serverName: "inside.test" } });
    expect(response.status).toBe(200);
    expect(nameAsked(server, -1)).toBe("inside.test");
    const wrong = await rejection(session.get(server.url, { tls: { serverName: "other.test" } }));
    expect(wrong).toBeInstanceOf(SSLError);
    expect((wrong as Error).message).toContain("other.test");
    // The connection of one name is not for another one.
    expect(await rejection(session.get(server.url))).toBeInstanceOf(SSLError);
  });

  it("may be an address, which has no SNI", async () => {
    const authority = await Authority.create();
    const pair = await authority.issue({ addresses: ["192.0.2.1"] });
    await using server = await scriptedServer(answering(ok()), pair);
    await using session = new Session({ verify: authority.pem, trustEnv: false });
    const { status } = await session.get(server.url, { tls: { serverName: "192.0.2.1" } });
    expect(status).toBe(200);
    expect(nameAsked(server, 0)).toBe(false);
    expect(await rejection(session.get(server.url, { tls: { serverName: "192.0.2.2" } }))).toBeInstanceOf(
      SSLError,
    );
  });
});

describe("tls.serverName and other origins", () => {
  let authority: Authority;
  let inside: KeyPair;

  beforeAll(async () => {
    authority = await Authority.create();
    inside = await authority.issue({ names: ["inside.test"] });
  });

  /** An origin that has its own address in its certificate, and one that has not. */
  async function pair(
    here: () => string | null,
    there: () => string | null,
  ): Promise<AsyncDisposable & { readonly named: TlsOrigin; readonly plain: TlsOrigin }> {
    const named = await tlsOrigin(inside, here);
    const plain = await tlsOrigin(await authority.issue({ addresses: ["127.0.0.1"] }), there);
    return {
      named,
      plain,
      [Symbol.asyncDispose]: async () => {
        await named[Symbol.asyncDispose]();
        await plain[Symbol.asyncDispose]();
      },
    };
  }

  it("does not go along with a redirect, nor come back", async () => {
    let to: string | null = null;
    let back: string | null = null;
    await using origins = await pair(
      () => to,
      () => back,
    );
    const { named, plain } = origins;
    await using session = new Session({
      verify: authority.pem,
      trustEnv: false,
      tls: { serverName: "inside.test", minVersion: "TLSv1.3" },
    });
    to = "/here";
    expect(await rejection(session.get(named.url))).toMatchObject({ name: "TooManyRedirects" });
    expect(new Set(named.seen.map(({ asked }) => asked))).toEqual(new Set(["inside.test"]));
    to = `${plain.url}/`;
    const { connection } = await session.get(named.url);
    expect([connection?.tls?.serverName, connection?.tls?.protocol]).toEqual([null, "TLSv1.3"]);
    back = `${named.url}/`;
    const error = await rejection(session.get(named.url));
    expect((error as Error).message).toContain("IP: 127.0.0.1 is not in the cert's list");
  });

  it("does not go along with response.next either, unless it is given again", async () => {
    let to: string | null = null;
    await using origins = await pair(
      () => to,
      () => null,
    );
    to = `${origins.plain.url}/`;
    const options = { verify: authority.pem, trustEnv: false, tls: { serverName: "inside.test" } };
    await using session = new Session({ ...options, allowRedirects: false });
    const { next } = await session.get(origins.named.url);
    if (next === null) throw new Error("there is no next request");
    expect((await session.send(next)).status).toBe(200);
    expect(origins.plain.seen.map(({ asked }) => asked)).toEqual([null]);
    const given = await rejection(session.send(next, { tls: { serverName: "inside.test" } }));
    expect((given as Error).message).toContain("inside.test");
    const same = session.prepareRequest(new Request("GET", `${origins.named.url}/`));
    expect((await session.send(same)).status).toBe(302);
  });

  it("is for the base URL of a session that has one", async () => {
    await using origins = await pair(
      () => null,
      () => null,
    );
    const { named, plain } = origins;
    await using session = new Session({
      baseUrl: named.url,
      verify: authority.pem,
      trustEnv: false,
      tls: { serverName: "inside.test" },
    });
    expect((await session.get("/")).status).toBe(200);
    expect((await session.get(plain.url)).status).toBe(200);
  });

  it.for(["TLSv1.2", "TLSv1.3"] as const)("has sessions of %s of its own", async (maxVersion) => {
    const resumed: boolean[] = [];
    const closing = answering((_request, { socket }) => {
      resumed.push((socket as TLSSocket).isSessionReused());
      return "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";
    });
    await using server = await scriptedServer(closing, { ...inside, maxVersion });
    await using session = new Session({ verify: authority.pem, trustEnv: false });
    const right = { tls: { serverName: "inside.test" } };
    for (let sent = 0; sent < 2; sent++) {
      expect((await session.get(server.url, right)).text()).toBe("ok");
      for (const tls of [{ serverName: "other.test" }, null])
        expect(await rejection(session.get(server.url, { tls }))).toBeInstanceOf(SSLError);
    }
    expect(resumed).toEqual([false, true]);
  });
});

describe("tls.crl", () => {
  it("refuses a certificate that was revoked, and takes one that was not", async () => {
    const authority = await Authority.create();
    const pair = await authority.issue({ addresses: ["127.0.0.1"] });
    const another = await authority.issue({ addresses: ["127.0.0.1"] });
    await using server = await scriptedServer(answering(ok()), pair);
    await using session = new Session({ verify: authority.pem, trustEnv: false });
    expect((await session.get(server.url)).status).toBe(200);
    const revoked = await rejection(session.get(server.url, { tls: { crl: await authority.revoke(pair) } }));
    expect(revoked).toBeInstanceOf(SSLError);
    expect((revoked as Error).message).toContain("revoked");
    const lists = [Buffer.from(await authority.revoke(another))];
    expect((await session.get(server.url, { tls: { crl: lists } })).status).toBe(200);
  });

  it("may be a path, a list, and several lists in one text, in any order", async () => {
    const authority = await Authority.create();
    const stranger = await Authority.create("A stranger");
    const pair = await authority.issue({ addresses: ["127.0.0.1"] });
    const folder = await mkdtemp(join(tmpdir(), "sojourn-crl-"));
    const [own, empty, foreign] = await Promise.all([
      authority.revoke(pair),
      authority.revoke(),
      stranger.revoke(),
    ]);
    await using server = await scriptedServer(answering(ok()), pair);
    await using session = new Session({ verify: authority.pem, trustEnv: false });
    const path = join(folder, "lists.pem");
    for (const [list, isRevoked] of [
      [own, true],
      [empty, false],
    ] as const) {
      await writeFile(path, `${foreign}\n${list}\n`);
      for (const crl of [
        `${foreign}\n${list}`,
        `${list}${foreign}`,
        [foreign, Buffer.from(list)],
        [path, list],
      ]) {
        const call = session.get(server.url, { tls: { crl } });
        if (isRevoked) expect(((await rejection(call)) as Error).message).toContain("certificate revoked");
        else expect((await call).status).toBe(200);
      }
    }
    await rm(folder, { recursive: true });
  });

  it("must have a list of each authority", async () => {
    const stranger = await Authority.create("A stranger");
    await using server = await scriptedServer(answering(ok()), good);
    await using session = new Session({ verify: ca, trustEnv: false });
    const error = await rejection(session.get(server.url, { tls: { crl: await stranger.revoke() } }));
    expect(error).toBeInstanceOf(SSLError);
    expect((error as Error).message).toContain("unable to get certificate CRL");
  });

  it("is not got around by taking up a session of before", async () => {
    const authority = await Authority.create();
    const pair = await authority.issue({ addresses: ["127.0.0.1"] });
    await using server = await scriptedServer(
      answering("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"),
      pair,
    );
    await using session = new Session({ verify: authority.pem, trustEnv: false });
    for (let sent = 0; sent < 2; sent++) await session.get(server.url);
    session.tls = { crl: await authority.revoke(pair) };
    for (let sent = 0; sent < 2; sent++)
      expect(((await rejection(session.get(server.url))) as Error).message).toContain("revoked");
    expect(server.requests).toHaveLength(2);
  });

  it.for([
    ["/nowhere/ca.crl", "Could not find the revocation list, invalid path: /nowhere/ca.crl"],
    ["-----BEGIN X509 CRL-----\nnonsense\n-----END X509 CRL-----\n", "cannot be used for TLS"],
  ] as const)("that cannot be used says so: %j", async ([crl, words]) => {
    await using server = await scriptedServer(answering(ok()), good);
    await using session = new Session({ verify: ca, tls: { crl }, trustEnv: false });
    const error = await rejection(session.get(server.url));
    expect(error).toBeInstanceOf(SSLError);
    expect(error).toMatchObject({ phase: "prepare" });
    expect((error as Error).message).toContain(words);
  });
});
