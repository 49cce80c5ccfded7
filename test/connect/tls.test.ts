import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LookupFunction } from "node:net";
import type { TLSSocket, TlsOptions } from "node:tls";

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";

import type { Verify } from "../../src/core/adapter.ts";
import { ConnectionError, SSLError } from "../../src/core/errors.ts";
import { HttpAdapter } from "../../src/transport/http-adapter.ts";
import { Authority, type KeyPair } from "../support/certificates.ts";
import { exchange, rejection, requestFor } from "../support/messages.ts";
import { answering, ok, scriptedServer, type ScriptedServer } from "../support/scripted-server.ts";

let authority: Authority;
let other: Authority;
let good: KeyPair;
let client: KeyPair;
let folder = "";
let trusted: Verify;

/** Every name is this machine. */
const toLoopback: LookupFunction = (_name, options, callback) => {
  if (options.all === true) callback(null, [{ address: "127.0.0.1", family: 4 }]);
  else callback(null, "127.0.0.1", 4);
};

let adapter = new HttpAdapter({ lookup: toLoopback });

beforeAll(async () => {
  authority = await Authority.create();
  other = await Authority.create("Another CA");
  good = await authority.issue({ names: ["a.test", "*.wild.test"], addresses: ["127.0.0.1"] });
  client = await authority.issue({ commonName: "a client" });
  folder = await mkdtemp(join(tmpdir(), "sojourn-tls-"));
  await writeFile(join(folder, "ca.pem"), authority.pem);
  await writeFile(join(folder, "client.pem"), client.cert);
  await writeFile(join(folder, "client.key"), client.key);
  await writeFile(join(folder, "both.pem"), `${client.key}\n${client.cert}\n`);
  await mkdir(join(folder, "cas"));
  await writeFile(join(folder, "cas", "one.crt"), other.pem);
  await writeFile(join(folder, "cas", "two.pem"), authority.pem);
  await writeFile(join(folder, "cas", "README.txt"), "no certificate");
  await mkdir(join(folder, "empty"));
  trusted = { kind: "pem", pem: authority.pem };
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await adapter.close();
  adapter = new HttpAdapter({ lookup: toLoopback });
});

function tlsServer(options: TlsOptions): Promise<ScriptedServer> {
  return scriptedServer(answering(ok()), options);
}

function sni(server: ScriptedServer, connection: number): string | false | null {
  return (server.connections[connection]?.socket as TLSSocket | undefined)?.servername ?? null;
}

describe("a server's certificate", () => {
  it("is accepted when its issuer is trusted and its name is the URL's", async () => {
    await using server = await tlsServer(good);
    for (const host of ["127.0.0.1", "a.test", "a.test.", "x.wild.test"]) {
      const { text } = await exchange(adapter, `https://${host}:${server.port}/`, { verify: trusted });
      expect(text).toBe("ok");
    }
  });

  it.for([
    ["an unknown issuer", { names: ["a.test"] }, "a.test", true],
    ["another name", { names: ["b.test"] }, "a.test", false],
    ["the address as a name only", { names: ["127.0.0.1"] }, "127.0.0.1", false],
    ["a date that is over", { names: ["a.test"], isExpired: true }, "a.test", false],
    ["a common name only", { commonName: "a.test" }, "a.test", false],
    ["a wildcard in a label", { names: ["x*.wild.test"] }, "xy.wild.test", false],
  ] as const)("with %s is refused, and nothing is sent", async ([, init, host, isForeign]) => {
    await using server = await tlsServer(await (isForeign ? other : authority).issue(init));
    const error = await rejection(exchange(adapter, `https://${host}:${server.port}/`, { verify: trusted }));
    expect(error).toBeInstanceOf(SSLError);
    expect(error).toMatchObject({ phase: "connect" });
    expect((error as Error).message).toContain(`TLS with ${host} failed: `);
    expect(server.requests).toEqual([]);
  });

  it("is checked by default, against Node's roots", async () => {
    await using server = await tlsServer(good);
    expect(await rejection(exchange(adapter, server.url))).toBeInstanceOf(SSLError);
  });

  it("is not looked at with verify off, for that request only", async () => {
    vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    await using server = await tlsServer(await other.issue({ names: ["b.test"] }));
    expect((await exchange(adapter, server.url, { verify: { kind: "off" } })).text).toBe("ok");
    expect(await rejection(exchange(adapter, server.url, { verify: trusted }))).toBeInstanceOf(SSLError);
    expect(await rejection(exchange(adapter, server.url))).toBeInstanceOf(SSLError);
  });

  it("is checked although the process is told not to", async () => {
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    // Node warns about the variable.
    vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    await using server = await tlsServer(await other.issue({ names: ["a.test"] }));
    const call = exchange(adapter, `https://a.test:${server.port}/`, { verify: trusted });
    expect(await rejection(call)).toBeInstanceOf(SSLError);
  });
});

describe("a Host header", () => {
  it("changes neither the name that is checked nor the one that is told to the server", async () => {
    await using server = await tlsServer(await authority.issue({ names: ["b.test"] }));
    const fooled = requestFor(`https://a.test:${server.port}/`, { headers: { Host: "b.test" } });
    expect(await rejection(exchange(adapter, fooled, { verify: trusted }))).toBeInstanceOf(SSLError);
    const fine = requestFor(`https://b.test:${server.port}/`, { headers: { Host: "a.test" } });
    await exchange(adapter, fine, { verify: trusted });
    await exchange(adapter, `https://b.test:${server.port}/`, { verify: trusted });
    expect(sni(server, server.connections.length - 1)).toBe("b.test");
    expect(server.requests.map(({ fields }) => fields[0])).toEqual([
      "Host: a.test",
      `Host: b.test:${server.port}`,
    ]);
    expect(adapter.stats).toMatchObject([{ open: 0 }, { open: 1, idle: 1 }]);
  });
});

describe("the server name indication", () => {
  it.for([
    ["a.test", "a.test"],
    ["a.test.", "a.test"],
    ["127.0.0.1", false],
  ] as const)("of %s is %s", async ([host, expected]) => {
    await using server = await tlsServer(good);
    await exchange(adapter, `https://${host}:${server.port}/`, { verify: trusted });
    expect(sni(server, 0)).toBe(expected);
  });
});

describe("verify", () => {
  it("takes a file, a folder or the text itself", async () => {
    await using server = await tlsServer(good);
    for (const verify of [
      { kind: "path", path: join(folder, "ca.pem") },
      { kind: "path", path: join(folder, "cas") },
      { kind: "pem", pem: authority.pem },
    ] as const) {
      expect((await exchange(adapter, server.url, { verify })).text).toBe("ok");
    }
    expect(server.connections).toHaveLength(3);
  });

  it.for(["missing.pem", "empty", "ca.pem/under-a-file"])("says which path is wrong: %s", async (name) => {
    await using server = await tlsServer(good);
    const path = join(folder, name);
    const error = await rejection(exchange(adapter, server.url, { verify: { kind: "path", path } }));
    expect(error).toBeInstanceOf(SSLError);
    expect(error).toMatchObject({ phase: "prepare", code: "ERR_SSL" });
    expect((error as Error).message).toContain(path);
    expect(server.connections).toHaveLength(0);
  });

  it("finds a file the second time that was not there the first time", async () => {
    await using server = await tlsServer(good);
    const path = join(folder, "late.pem");
    expect(await rejection(exchange(adapter, server.url, { verify: { kind: "path", path } }))).toBeInstanceOf(
      SSLError,
    );
    await writeFile(path, authority.pem);
    expect((await exchange(adapter, server.url, { verify: { kind: "path", path } })).text).toBe("ok");
  });
});

describe("a client certificate", () => {
  const required = (): TlsOptions => ({
    ...good,
    ca: authority.pem,
    requestCert: true,
    rejectUnauthorized: true,
  });

  it("is shown as text, as files, and as one file with both", async () => {
    await using server = await tlsServer(required());
    for (const cert of [
      client,
      { cert: join(folder, "client.pem"), key: join(folder, "client.key") },
      { cert: join(folder, "both.pem") },
    ]) {
      await exchange(adapter, server.url, { verify: trusted, cert });
    }
    const names = server.connections.map(
      ({ socket }) => (socket as TLSSocket).getPeerCertificate().subject.CN,
    );
    expect(names).toEqual(["a client", "a client", "a client"]);
  });

  it("that is missing is an error, not a response", async () => {
    // Node's server just hangs up; others send an alert, which makes an SSLError.
    await using server = await tlsServer(required());
    expect(await rejection(exchange(adapter, server.url, { verify: trusted }))).toBeInstanceOf(
      ConnectionError,
    );
  });

  it.for([
    [{ cert: "/nowhere/client.pem" }, "/nowhere/client.pem"],
    [{ cert: "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n" }, "verify, cert or tls"],
  ] as const)("that cannot be used says so: %j", async ([cert, words]) => {
    await using server = await tlsServer(good);
    const error = await rejection(exchange(adapter, server.url, { verify: trusted, cert }));
    expect(error).toBeInstanceOf(SSLError);
    expect((error as Error).message).toContain(words);
  });
});

describe("connections", () => {
  it("of different TLS settings are never shared, and those of equal ones are", async () => {
    vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    await using server = await tlsServer({
      ...good,
      ca: authority.pem,
      requestCert: true,
      rejectUnauthorized: false,
    });
    const settings = [
      { verify: trusted },
      { verify: { kind: "off" } as const },
      { verify: trusted, cert: client },
      { verify: { kind: "pem", pem: authority.pem } as const },
      { verify: { kind: "off" } as const },
      { verify: trusted, cert: { ...client } },
    ];
    for (const one of settings) await exchange(adapter, server.url, one);
    expect(server.connections).toHaveLength(3);
  });

  it("resume the TLS session of an earlier one", async () => {
    const reused: boolean[] = [];
    const script = answering((_request, { socket }) => {
      reused.push((socket as TLSSocket).isSessionReused());
      return "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";
    });
    await using server = await scriptedServer(script, good);
    for (let sent = 0; sent < 3; sent++) await exchange(adapter, server.url, { verify: trusted });
    expect(reused).toEqual([false, true, true]);
  });

  it("to something that does not speak TLS are an SSLError of one line", async () => {
    await using server = await scriptedServer((connection) =>
      connection.write("HTTP/1.1 400 Bad Request\r\n\r\n"),
    );
    const error = await rejection(
      exchange(adapter, `https://127.0.0.1:${server.port}/`, { verify: trusted }),
    );
    expect(error).toBeInstanceOf(SSLError);
    expect((error as Error).message).not.toContain("\n");
  });
});
