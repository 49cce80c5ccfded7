/** Where connections come from and lead to: `localAddress`, `family`, `lookup`, and how long they are kept. */
import { once } from "node:events";
import { createServer, type LookupFunction } from "node:net";

import { afterEach, describe, expect, it, vi } from "vitest";

import { ConnectionError, ProxyError } from "../../src/core/errors.ts";
import type { HttpAdapterOptions } from "../../src/transport/adapter-options.ts";
import { HttpAdapter } from "../../src/transport/http-adapter.ts";
import { Authority } from "../support/certificates.ts";
import { exchange, rejection, throughProxy } from "../support/messages.ts";
import { answering, ok, scriptedServer, tunnelling, type Script } from "../support/scripted-server.ts";

const adapters: HttpAdapter[] = [];

afterEach(async () => {
  await Promise.all(adapters.splice(0).map((adapter) => adapter.close()));
});

function adapterWith(options: HttpAdapterOptions): HttpAdapter {
  const adapter = new HttpAdapter(options);
  adapters.push(adapter);
  return adapter;
}

/** Answers with the address that the connection comes from. */
const whence: Script = answering((_request, { socket }) => ok(socket.remoteAddress));

/** A resolver with one name in it: with both kinds of addresses, of which it gives what it is asked for. */
function resolver(...addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
  return (_name, { family = 0, all: isAll = false }, callback) => {
    const found = all.filter((one) => family === 0 || one.family === family);
    if (isAll) callback(null, found);
    else callback(null, found[0]?.address ?? "", found[0]?.family);
  };
}

// A second address of loopback is what shows it. Only Linux and Windows have all of 127/8; macOS would need an alias, which
// takes root.
describe.skipIf(process.platform === "darwin")("localAddress", () => {
  const localAddress = "127.0.0.2";

  it("is where connections come from, to an address", async () => {
    await using server = await scriptedServer(whence);
    const adapter = adapterWith({ localAddress });
    expect((await exchange(adapter, server.url)).text).toBe("127.0.0.2");
    const without = adapterWith({});
    expect((await exchange(without, server.url)).text).toBe("127.0.0.1");
  });

  it.for([
    ["of both kinds", ["::1", "127.0.0.1"]],
    ["of the same kind", ["127.0.0.1"]],
  ] as const)("is where connections come from, to a name with addresses %s", async ([, addresses]) => {
    await using server = await scriptedServer(whence);
    const adapter = adapterWith({ localAddress, lookup: resolver(...addresses) });
    expect((await exchange(adapter, `http://app.test:${server.port}/`)).text).toBe("127.0.0.2");
  });

  it("is where connections with TLS come from", async () => {
    const authority = await Authority.create();
    const leaf = await authority.issue({ addresses: ["127.0.0.1"] });
    await using server = await scriptedServer(whence, leaf);
    const adapter = adapterWith({ localAddress });
    const verify = { kind: "pem", pem: authority.pem } as const;
    expect((await exchange(adapter, server.url, { verify })).text).toBe("127.0.0.2");
  });

  it("is where connections to a proxy come from", async () => {
    await using server = await scriptedServer(answering(ok()));
    await using proxy = await scriptedServer(whence);
    const adapter = adapterWith({ localAddress });
    expect((await exchange(adapter, server.url, throughProxy(proxy.url))).text).toBe("127.0.0.2");
    expect(server.connections).toHaveLength(0);
  });

  it("that is none of this machine is a ConnectionError", async () => {
    await using server = await scriptedServer(whence);
    const adapter = adapterWith({ localAddress: "192.0.2.1" });
    const error = await rejection(exchange(adapter, server.url));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ phase: "connect", cause: { code: "EADDRNOTAVAIL" } });
    expect(server.connections).toHaveLength(0);
  });
});

describe("family", () => {
  /** Two servers with one port, each of which says of which kind it is. */
  async function both(): Promise<AsyncDisposable & { readonly port: number }> {
    const four = await scriptedServer(answering(ok("four")));
    const six = createServer((socket) => socket.resume().end(ok("six")));
    six.listen({ host: "::1", port: four.port, ipv6Only: true });
    await once(six, "listening");
    return {
      port: four.port,
      [Symbol.asyncDispose]: async () => {
        await four[Symbol.asyncDispose]();
        await new Promise((resolve) => six.close(resolve));
      },
    };
  }

  it.for([
    [4, ["::1", "127.0.0.1"], "four"],
    [6, ["127.0.0.1", "::1"], "six"],
    [0, ["127.0.0.1", "::1"], "four"],
    [undefined, ["::1", "127.0.0.1"], "six"],
  ] as const)("%s of %j leads to %s", async ([family, addresses, kind]) => {
    await using servers = await both();
    const adapter = adapterWith({ family, lookup: resolver(...addresses) });
    expect((await exchange(adapter, `http://app.test:${servers.port}/`)).text).toBe(kind);
  });

  it("of both kinds: an address where nobody listens leaves the other", async () => {
    await using server = await scriptedServer(answering(ok("four")));
    const adapter = adapterWith({ lookup: resolver("::1", "127.0.0.1") });
    expect((await exchange(adapter, `http://app.test:${server.port}/`)).text).toBe("four");
  });

  it("of one kind leaves out what the look-up gives of the other", async () => {
    await using servers = await both();
    const all = resolver("127.0.0.1", "::1");
    const adapter = adapterWith({
      family: 6,
      lookup: (name, options, callback) => all(name, { ...options, family: 0 }, callback),
    });
    expect((await exchange(adapter, `http://app.test:${servers.port}/`)).text).toBe("six");
  });

  it("of one kind: an address where nobody listens leaves the next one", async () => {
    await using server = await scriptedServer(answering(ok("four")));
    const adapter = adapterWith({ family: 4, lookup: resolver("127.0.0.9", "::1", "127.0.0.1") });
    expect((await exchange(adapter, `http://app.test:${server.port}/`)).text).toBe("four");
  });

  it("of one kind is a ConnectionError for a name that has the other only", async () => {
    await using server = await scriptedServer(answering(ok("four")));
    const adapter = adapterWith({ family: 6, lookup: resolver("127.0.0.1") });
    const error = await rejection(exchange(adapter, `http://app.test:${server.port}/`));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ phase: "connect" });
    expect(server.connections).toHaveLength(0);
  });
});

describe("lookup", () => {
  it("resolves names, once a connection; the server is told the name", async () => {
    const lookup = vi.fn(resolver("127.0.0.1"));
    await using server = await scriptedServer(answering(ok()));
    const adapter = adapterWith({ lookup });
    for (const path of ["a", "b"]) await exchange(adapter, `http://app.test:${server.port}/${path}`);
    expect(lookup.mock.calls.map(([name]) => name)).toEqual(["app.test"]);
    expect(server.requests.map(({ fields }) => fields[0])).toEqual([
      `Host: app.test:${server.port}`,
      `Host: app.test:${server.port}`,
    ]);
  });

  it("is not asked for addresses", async () => {
    const lookup = vi.fn(resolver("127.0.0.9"));
    await using server = await scriptedServer(answering(ok()));
    const adapter = adapterWith({ lookup });
    expect((await exchange(adapter, server.url)).text).toBe("ok");
    expect(lookup).not.toHaveBeenCalled();
  });

  it("resolves the name of a proxy, and not that of the server behind it", async () => {
    const lookup = vi.fn(resolver("127.0.0.1"));
    const authority = await Authority.create();
    await using server = await scriptedServer(
      answering(ok("through")),
      await authority.issue({ names: ["app.test"] }),
    );
    await using proxy = await scriptedServer(tunnelling);
    const adapter = adapterWith({ lookup });
    const { text } = await exchange(adapter, `https://app.test:${server.port}/`, {
      ...throughProxy(`http://proxy.test:${proxy.port}`),
      verify: { kind: "pem", pem: authority.pem },
    });
    expect(text).toBe("through");
    expect(lookup.mock.calls.map(([name]) => name)).toEqual(["proxy.test"]);
  });

  it("may give one address, though all were asked for", async () => {
    await using server = await scriptedServer(answering(ok()));
    const adapter = adapterWith({ lookup: (_name, _options, callback) => callback(null, "127.0.0.1", 4) });
    expect((await exchange(adapter, `http://app.test:${server.port}/`)).text).toBe("ok");
  });

  it.for([
    ["fails", (_name, _options, callback) => callback(new Error("no such name"), "")],
    [
      "throws",
      () => {
        throw new Error("no such name");
      },
    ],
    ["gives what is no address", (_name, _options, callback) => callback(null, "here", 4)],
    ["gives nothing", (_name, _options, callback) => callback(null, [])],
    // Late: thrown by then it would end the process.
    ["gives nothing, late", (_name, _options, callback) => setImmediate(callback, null, [])],
  ] as const satisfies readonly (readonly [string, LookupFunction])[])(
    "that %s is a ConnectionError, of a proxy's name a ProxyError",
    async ([, lookup]) => {
      const adapter = adapterWith({ lookup });
      const error = await rejection(exchange(adapter, "http://app.test/"));
      expect(error).toBeInstanceOf(ConnectionError);
      expect(error).toMatchObject({ phase: "connect" });
      const via = throughProxy("http://proxy.test:3128");
      expect(await rejection(exchange(adapter, "http://app.test/", via))).toBeInstanceOf(ProxyError);
      expect(await rejection(exchange(adapter, "https://app.test/", via))).toBeInstanceOf(ProxyError);
    },
  );
});

describe("keepAliveTimeout", () => {
  it("is not lengthened by what the server announces", async () => {
    await using server = await scriptedServer(answering(ok("ok", ["Keep-Alive: timeout=60"])));
    const adapter = adapterWith({ keepAliveTimeout: 30 });
    await exchange(adapter, server.url);
    await server.connections[0]?.closed;
    await exchange(adapter, server.url);
    expect(server.connections).toHaveLength(2);
  });
});
