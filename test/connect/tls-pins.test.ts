/** Pins: which server is the right one, whatever its certificate is worth. */
import { once } from "node:events";
import { createSecureServer } from "node:http2";
import type { AddressInfo } from "node:net";
import type { SecureVersion, TLSSocket } from "node:tls";

import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

import type { TlsSettings, Verify } from "../../src/core/adapter.ts";
import { SSLError } from "../../src/core/errors.ts";
import { readTls } from "../../src/options/tls.ts";
import { HttpAdapter } from "../../src/transport/http-adapter.ts";
import { Authority, pinsOf, type KeyPair } from "../support/certificates.ts";
import { exchange, rejection, throughProxy } from "../support/messages.ts";
import { answering, ok, scriptedServer, tunnelling, type Script } from "../support/scripted-server.ts";

let good: KeyPair;
let other: KeyPair;
let trusted: Verify;
let adapter = new HttpAdapter();

beforeAll(async () => {
  const authority = await Authority.create();
  good = await authority.issue({ addresses: ["127.0.0.1"], commonName: "the right one" });
  other = await authority.issue({ addresses: ["127.0.0.1"], commonName: "another one" });
  trusted = { kind: "pem", pem: authority.pem };
});

beforeEach(() => {
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
});

afterEach(async () => {
  vi.restoreAllMocks();
  await adapter.close();
  adapter = new HttpAdapter();
});

function pinned(...pins: readonly string[]): TlsSettings | null {
  return readTls({ pins }, null);
}

describe("a pin", () => {
  it.for([
    ["the key", () => [pinsOf(good).key]],
    ["the certificate", () => [pinsOf(good).certificate]],
    ["the certificate in other letters", () => [pinsOf(good).certificate.replaceAll(":", "").toLowerCase()]],
    ["one of several", () => [pinsOf(other).key, pinsOf(other).certificate, pinsOf(good).key]],
  ] as const)("that is %s lets the server pass", async ([, pins]) => {
    await using server = await scriptedServer(answering(ok()), good);
    const tls = pinned(...pins());
    expect((await exchange(adapter, server.url, { verify: trusted, tls })).text).toBe("ok");
    expect((await exchange(adapter, server.url, { verify: { kind: "off" }, tls })).text).toBe("ok");
  });

  it.for([
    ["another key", () => pinsOf(other).key],
    ["another certificate", () => pinsOf(other).certificate],
    ["the hash of the key as that of the certificate", () => hexOf(pinsOf(good).key)],
    ["the hash of the certificate as that of the key", () => base64Of(pinsOf(good).certificate)],
  ] as const)(
    "that is %s stops it, with the key that was seen and before anything is sent",
    async ([, pin]) => {
      await using server = await scriptedServer(answering(ok()), good);
      for (const verify of [trusted, { kind: "off" } as const]) {
        const error = await rejection(exchange(adapter, server.url, { verify, tls: pinned(pin()) }));
        expect(error).toBeInstanceOf(SSLError);
        expect(error).toMatchObject({ phase: "connect" });
        expect((error as Error).message).toContain(pinsOf(good).key);
      }
      expect(server.requests).toEqual([]);
      expect(adapter.stats.map(({ open }) => open)).toEqual([0, 0]);
    },
  );

  it("that fits does not make up for a certificate that is not to be trusted", async () => {
    await using server = await scriptedServer(answering(ok()), good);
    const call = exchange(adapter, server.url, { tls: pinned(pinsOf(good).key) });
    const error = await rejection(call);
    expect(error).toBeInstanceOf(SSLError);
    expect((error as Error).message).not.toContain("pin");
    expect(server.requests).toEqual([]);
  });

  it("never goes on a connection that was made without it, nor on one with another", async () => {
    await using server = await scriptedServer(answering(ok()), good);
    await exchange(adapter, server.url, { verify: trusted });
    const wrong = exchange(adapter, server.url, { verify: trusted, tls: pinned(pinsOf(other).key) });
    expect(await rejection(wrong)).toBeInstanceOf(SSLError);
    await exchange(adapter, server.url, { verify: trusted, tls: pinned(pinsOf(good).key) });
    const again = exchange(adapter, server.url, { verify: trusted, tls: pinned(pinsOf(other).key) });
    expect(await rejection(again)).toBeInstanceOf(SSLError);
    // Equal pins in other objects are the same, and so is no pin at all.
    await exchange(adapter, server.url, { verify: trusted, tls: pinned(pinsOf(good).key) });
    await exchange(adapter, server.url, { verify: trusted });
    expect(server.requests).toHaveLength(4);
    expect(adapter.stats.map(({ open }) => open)).toEqual([1, 0, 1]);
  });
});

// Node shows no certificate for a resumed session: TLS 1.2 and 1.3 go through a whole handshake each time.
describe("a second connection", () => {
  const closing = (reused: boolean[]): Script =>
    answering((_request, { socket }) => {
      reused.push((socket as TLSSocket).isSessionReused());
      return "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";
    });

  it.for<SecureVersion>(["TLSv1.2", "TLSv1.3"])(
    "of %s is held against the pins, too, and does not resume the first",
    async (maxVersion) => {
      const reused: boolean[] = [];
      await using server = await scriptedServer(closing(reused), { ...good, maxVersion });
      const options = { verify: trusted, tls: pinned(pinsOf(good).key, pinsOf(other).certificate) };
      for (let sent = 0; sent < 3; sent++)
        expect((await exchange(adapter, server.url, options)).text).toBe("ok");
      expect(reused).toEqual([false, false, false]);
    },
  );

  it.for<SecureVersion>(["TLSv1.2", "TLSv1.3"])("of %s is no way around them", async (maxVersion) => {
    await using server = await scriptedServer(closing([]), { ...good, maxVersion });
    const options = { verify: trusted, tls: pinned(pinsOf(other).key) };
    for (let sent = 0; sent < 3; sent++) {
      const error = await rejection(exchange(adapter, server.url, options));
      expect((error as Error).message).toContain(pinsOf(good).key);
    }
    expect(server.requests).toEqual([]);
  });

  it.for<SecureVersion>(["TLSv1.2", "TLSv1.3"])("of %s is no way around a wrong name", async (maxVersion) => {
    const authority = await Authority.create();
    const elsewhere = await authority.issue({ names: ["elsewhere.test"] });
    await using server = await scriptedServer(closing([]), { ...elsewhere, maxVersion });
    const verify: Verify = { kind: "pem", pem: authority.pem };
    for (let sent = 0; sent < 3; sent++)
      expect(await rejection(exchange(adapter, server.url, { verify }))).toBeInstanceOf(SSLError);
    expect(server.requests).toEqual([]);
  });
});

describe("pins with HTTP/2", () => {
  it("are checked before the connection is shared", async () => {
    const server = createSecureServer(good, (_request, response) => void response.end("two"));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const options = { verify: trusted, http2: true };
    const right = await exchange(adapter, url, { ...options, tls: pinned(pinsOf(good).key) });
    expect([right.text, right.response.httpVersion]).toEqual(["two", "2"]);
    const wrong = exchange(adapter, url, { ...options, tls: pinned(pinsOf(other).key) });
    expect(await rejection(wrong)).toBeInstanceOf(SSLError);
    await adapter.close();
    await new Promise((resolve) => server.close(resolve));
  });
});

describe("pins with a proxy", () => {
  it.for([
    ["http", "good", true],
    ["http", "other", false],
    ["https", "good", true],
    ["https", "other", false],
  ] as const)(
    "of %s are for the server in the tunnel: the %s key passes: %s",
    async ([scheme, which, passes]) => {
      await using server = await scriptedServer(answering(ok()), good);
      await using proxy = await scriptedServer(tunnelling, scheme === "https" ? other : undefined);
      const tls = pinned(pinsOf(which === "good" ? good : other).key);
      const via = throughProxy(`${scheme}://127.0.0.1:${proxy.port}`);
      const call = exchange(adapter, server.url, { verify: trusted, tls, ...via });
      if (passes) expect((await call).text).toBe("ok");
      else expect(((await rejection(call)) as Error).message).toContain(pinsOf(good).key);
      expect(server.requests).toHaveLength(passes ? 1 : 0);
    },
  );

  it("are not held against a proxy that takes http: requests over TLS", async () => {
    await using proxy = await scriptedServer(answering(ok("from the proxy")), other);
    const via = throughProxy(`https://127.0.0.1:${proxy.port}`);
    const tls = pinned(pinsOf(good).key);
    const { text } = await exchange(adapter, "http://server.test/", { verify: trusted, tls, ...via });
    expect(text).toBe("from the proxy");
  });
});

function hexOf(pin: string): string {
  return Buffer.from(pin.slice("sha256/".length), "base64").toString("hex");
}

function base64Of(pin: string): string {
  return `sha256/${Buffer.from(pin.replaceAll(":", ""), "hex").toString("base64")}`;
}
