/** TLS versions, cipher suites, trust stores, encrypted keys, and ports where something else is spoken. */
import { createPrivateKey } from "node:crypto";
import tls, { type TLSSocket, type TlsOptions } from "node:tls";

import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";

import type { TlsSettings, Verify } from "../../src/core/adapter.ts";
import { ConnectionError, SSLError } from "../../src/core/errors.ts";
import type { TlsInit } from "../../src/core/options.ts";
import { readTls } from "../../src/options/tls.ts";
import { HttpAdapter } from "../../src/transport/http-adapter.ts";
import { Authority, pfxFile, selfSigned, type KeyPair } from "../support/certificates.ts";
import { exchange, rejection, throughProxy, type Overrides } from "../support/messages.ts";
import { answering, ok, scriptedServer, type ScriptedServer } from "../support/scripted-server.ts";

const PASSPHRASE = "s3cret phrase";

let authority: Authority;
let good: KeyPair;
let client: KeyPair;
let trusted: Verify;
let adapter = new HttpAdapter();

beforeAll(async () => {
  authority = await Authority.create();
  good = await authority.issue({ addresses: ["127.0.0.1"] });
  client = await authority.issue({ commonName: "a client" });
  trusted = { kind: "pem", pem: authority.pem };
});

afterEach(async () => {
  vi.restoreAllMocks();
  await adapter.close();
  adapter = new HttpAdapter();
});

/** Answers with what was agreed on in the handshake. */
function telling(options: TlsOptions = {}): Promise<ScriptedServer> {
  const told = (socket: TLSSocket): string => {
    const certificate: { subject?: { CN?: string | string[] } } = socket.getPeerCertificate();
    return [socket.getProtocol(), socket.getCipher().standardName, certificate.subject?.CN ?? "nobody"].join(
      " ",
    );
  };
  return scriptedServer(
    answering((_request, { socket }) => ok(told(socket as TLSSocket))),
    { ...good, ...options },
  );
}

function settings(init: TlsInit): TlsSettings | null {
  return readTls(init, null);
}

async function failure(server: { readonly port: number }, options: Overrides): Promise<SSLError> {
  const error = await rejection(exchange(adapter, `https://127.0.0.1:${server.port}/`, options));
  expect(error).toBeInstanceOf(SSLError);
  return error as SSLError;
}

describe("versions", () => {
  it.for<[TlsInit, string]>([
    [{}, "TLSv1.3"],
    [{ minVersion: "TLSv1.3" }, "TLSv1.3"],
    [{ maxVersion: "TLSv1.2" }, "TLSv1.2"],
    [{ minVersion: "TLSv1.2", maxVersion: "TLSv1.2" }, "TLSv1.2"],
  ])("%o make it %s", async ([init, expected]) => {
    await using server = await telling();
    const { text } = await exchange(adapter, server.url, { verify: trusted, tls: settings(init) });
    expect(text.split(" ")[0]).toBe(expected);
  });

  it.for<[TlsOptions, TlsInit]>([
    [{ maxVersion: "TLSv1.2" }, { minVersion: "TLSv1.3" }],
    [{ minVersion: "TLSv1.3" }, { maxVersion: "TLSv1.2" }],
  ])("a server of %o refuses %o, for that request only", async ([offered, init]) => {
    await using server = await telling(offered);
    await exchange(adapter, server.url, { verify: trusted });
    const error = await failure(server, { verify: trusted, tls: settings(init) });
    expect(error).toMatchObject({ phase: "connect" });
    expect(error.message).toMatch(/version/);
    expect((await exchange(adapter, server.url, { verify: trusted })).text).toContain("TLS");
    expect(server.connections).toHaveLength(1);
  });

  it("count for an https proxy, too", async () => {
    await using proxy = await scriptedServer(answering(ok("forwarded")), { ...good, maxVersion: "TLSv1.2" });
    const via = throughProxy(`https://127.0.0.1:${proxy.port}`);
    const fine = await exchange(adapter, "http://server.test/", { verify: trusted, ...via });
    expect(fine.text).toBe("forwarded");
    const strict = settings({ minVersion: "TLSv1.3" });
    await rejection(exchange(adapter, "http://server.test/", { verify: trusted, tls: strict, ...via }));
    expect(proxy.requests).toHaveLength(1);
  });
});

describe("cipher suites", () => {
  it("are those that are given, for that request only", async () => {
    await using server = await telling({ maxVersion: "TLSv1.2" });
    const only = settings({ ciphers: "ECDHE-ECDSA-AES256-GCM-SHA384" });
    const { text } = await exchange(adapter, server.url, { verify: trusted, tls: only });
    expect(text).toContain("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
    const other = await exchange(adapter, server.url, { verify: trusted });
    expect(other.text).not.toContain("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
  });

  it("that OpenSSL does not know are told before anybody is asked", async () => {
    await using server = await telling();
    const error = await failure(server, { verify: trusted, tls: settings({ ciphers: "NO-SUCH-SUITE" }) });
    expect(error).toMatchObject({ phase: "prepare" });
    expect(error.message).toContain("tls cannot be used for TLS: no cipher match");
    expect(server.connections).toEqual([]);
  });
});

describe("the store", () => {
  function systemHas(...roots: readonly string[]): void {
    vi.spyOn(tls, "getCACertificates").mockImplementation((kind) => (kind === "system" ? [...roots] : []));
  }

  it.for<[TlsInit["store"], boolean]>([
    [null, false],
    ["bundled", false],
    ["system", true],
    ["both", true],
  ])("%s trusts a root of the system: %s", async ([store, isTrusted]) => {
    systemHas(authority.pem);
    await using server = await telling();
    const call = exchange(adapter, server.url, { tls: settings({ store }) });
    if (isTrusted) expect((await call).text).toContain("TLS");
    else expect(await rejection(call)).toBeInstanceOf(SSLError);
  });

  it.for<NonNullable<TlsInit["store"]>>(["bundled", "system", "both"])(
    "%s has the authorities of NODE_EXTRA_CA_CERTS",
    async (store) => {
      const other = await Authority.create("Another CA");
      const has: Readonly<Record<string, string>> = { extra: authority.pem, system: other.pem };
      vi.spyOn(tls, "getCACertificates").mockImplementation((kind = "default") =>
        [has[kind] ?? ""].filter(Boolean),
      );
      await using server = await telling();
      expect((await exchange(adapter, server.url, { tls: settings({ store }) })).text).toContain("TLS");
    },
  );

  it("gives way to certificates that verify names", async () => {
    systemHas(authority.pem);
    await using server = await telling();
    const verify: Verify = { kind: "pem", pem: (await Authority.create("Another CA")).pem };
    const error = await failure(server, { verify, tls: settings({ store: "system" }) });
    expect(error).toMatchObject({ phase: "connect" });
  });

  it("of a system without certificates is an error, not Node's own", async () => {
    systemHas();
    await using server = await telling();
    const error = await failure(server, { tls: settings({ store: "system" }) });
    expect(error).toMatchObject({ phase: "prepare" });
    expect(error.message).toContain("this system has no trusted certificates");
  });

  it("says what is missing where Node cannot read the system's", async () => {
    const changeable: { getCACertificates?: unknown } = tls;
    const { getCACertificates } = changeable;
    changeable.getCACertificates = undefined;
    try {
      await using server = await telling();
      const error = await failure(server, { tls: settings({ store: "both" }) });
      expect(error.message).toContain("tls.store needs tls.getCACertificates()");
      expect(server.connections).toEqual([]);
    } finally {
      changeable.getCACertificates = getCACertificates;
    }
  });
});

describe("an encrypted client certificate", () => {
  const asking: TlsOptions = { requestCert: true, rejectUnauthorized: false };
  const encrypted = (cipher: string): string =>
    createPrivateKey(client.key)
      .export({ format: "pem", type: "pkcs8", cipher, passphrase: PASSPHRASE })
      .toString();

  it.for(["aes-256-cbc", "aes-128-cbc"])("with a PEM key of %s opens with its passphrase", async (cipher) => {
    await using server = await telling(asking);
    const cert = { cert: client.cert, key: encrypted(cipher), passphrase: PASSPHRASE };
    expect((await exchange(adapter, server.url, { verify: trusted, cert })).text).toContain("a client");
  });

  it("as PKCS #12 opens with its passphrase", async () => {
    await using server = await telling(asking);
    const cert = { pfx: pfxFile.bytes, passphrase: pfxFile.passphrase };
    expect((await exchange(adapter, server.url, { verify: trusted, cert })).text).toContain("from a pfx");
  });

  it("is no certificate with a wrong passphrase, and the error does not show it", async () => {
    await using server = await telling(asking);
    const wrong = "wr0ng phrase";
    for (const cert of [
      { cert: client.cert, key: encrypted("aes-256-cbc"), passphrase: wrong },
      { pfx: pfxFile.bytes, passphrase: wrong },
    ]) {
      const error = await failure(server, { verify: trusted, cert });
      expect(error).toMatchObject({ phase: "prepare" });
      expect(error.message).toMatch(/passphrase (?:of cert )?is wrong/);
      expect(String(error.stack) + String(error.cause)).not.toContain(wrong);
    }
    expect(server.connections).toEqual([]);
  });

  it("says that a passphrase is missing", async () => {
    await using server = await telling(asking);
    for (const cert of [{ cert: client.cert, key: encrypted("aes-256-cbc") }, { pfx: pfxFile.bytes }]) {
      const error = await failure(server, { verify: trusted, cert });
      expect(error.message).toContain("it is encrypted, and there is no passphrase");
    }
  });
});

describe("a certificate that nobody vouches for", () => {
  it("is refused, unless it is the one that verify names", async () => {
    const lonely = await selfSigned({ addresses: ["127.0.0.1"] });
    await using server = await telling(lonely);
    expect((await failure(server, { verify: trusted })).message).toContain("self-signed");
    const { text } = await exchange(adapter, server.url, { verify: { kind: "pem", pem: lonely.cert } });
    expect(text).toContain("TLS");
  });
});

describe("the wrong protocol on a port", () => {
  it("plain HTTP where https is asked for is an SSLError", async () => {
    await using server = await scriptedServer((connection) =>
      connection.end("HTTP/1.1 400 Bad Request\r\n\r\n"),
    );
    expect(await failure(server, { verify: trusted })).toMatchObject({ phase: "connect" });
  });

  it("TLS where http is asked for is a ConnectionError", async () => {
    await using server = await telling();
    const error = await rejection(exchange(adapter, `http://127.0.0.1:${server.port}/`));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(server.requests).toEqual([]);
  });
});
