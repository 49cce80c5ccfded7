/** TLS of a whole session: what belongs to an origin stays with it, what guards a connection guards all of them. */
import type { TLSSocket } from "node:tls";

import { beforeAll, describe, expect, it } from "vitest";

import { Session, SSLError, type Response } from "../../src/index.ts";
import { Authority, pinsOf, type KeyPair } from "../support/certificates.ts";
import { rejection } from "../support/messages.ts";
import {
  answering,
  ok,
  scriptedServer,
  type Script,
  type ScriptedServer,
} from "../support/scripted-server.ts";

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

  it("is checked when it is used, if it was set wrongly", async () => {
    await using session = new Session({ trustEnv: false });
    session.tls = { pins: [] };
    expect(await rejection(session.get("https://127.0.0.1:9/"))).toMatchObject({
      name: "RangeError",
      message: expect.stringContaining("tls.pins must have one pin at least") as string,
    });
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
