/** From a name to a connection: names that do not lead anywhere, and names that lead to several addresses of which some are bad. */
import type { LookupAddress } from "node:dns";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import type { LookupFunction } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { ConnectionError, ConnectTimeout, type RequestException } from "../../src/core/errors.ts";
import { HttpAdapter } from "../../src/transport/http-adapter.ts";
import { deafServer } from "../support/deaf-server.ts";
import { exchange, rejection } from "../support/messages.ts";
import { answering, ok, scriptedServer } from "../support/scripted-server.ts";

let adapter = new HttpAdapter();

afterEach(async () => {
  await adapter.close();
  adapter = new HttpAdapter();
});

/** Every name leads to these, in this order. */
function leadingTo(...addresses: readonly string[]): LookupFunction {
  const all: LookupAddress[] = addresses.map((address) => ({
    address,
    family: address.includes(":") ? 6 : 4,
  }));
  return (_name, options, callback) => {
    const [first] = all;
    if (options.all === true) callback(null, all);
    else callback(null, first?.address ?? "", first?.family);
  };
}

/** A port on which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // it listens on TCP
  server.close();
  await once(server, "close");
  return port;
}

describe("a name", () => {
  it.for(["ENOTFOUND", "EAI_AGAIN", "ESERVFAIL"])(
    "that cannot be looked up is a ConnectionError that says why: %s",
    async (code) => {
      const failure = Object.assign(new Error(`getaddrinfo ${code} nowhere.test`), { code });
      adapter = new HttpAdapter({ lookup: (_name, _options, callback) => callback(failure, "", 0) });
      const error = await rejection(exchange(adapter, "http://nowhere.test/"));
      expect(error).toBeInstanceOf(ConnectionError);
      expect(error).toMatchObject({ phase: "connect", cause: { code } });
      expect((error as RequestException).message).toContain(code);
    },
  );

  it("that has no address is a ConnectionError", async () => {
    adapter = new HttpAdapter({ lookup: leadingTo() });
    expect(await rejection(exchange(adapter, "http://nowhere.test/"))).toBeInstanceOf(ConnectionError);
  });

  it("whose look-up takes too long is a ConnectTimeout", async () => {
    adapter = new HttpAdapter({ lookup: () => undefined });
    const error = await rejection(exchange(adapter, "http://slow.test/", { connectMs: 40 }));
    expect(error).toBeInstanceOf(ConnectTimeout);
    expect(error).toMatchObject({ phase: "connect", limitMs: 40 });
  });

  it.for([
    ["http", "nothing but IPv4", ["127.0.0.1"]],
    ["http", "an IPv4 address as IPv6", ["::ffff:127.0.0.1"]],
    ["http", "an address where nobody listens, and a good one", ["127.0.0.2", "127.0.0.1"]],
    ["http", "IPv6 where nobody listens, and a good one", ["::1", "127.0.0.1"]],
  ] as const)("of %s that leads to %s is reached", async ([, , addresses]) => {
    await using server = await scriptedServer(answering(ok()));
    adapter = new HttpAdapter({ lookup: leadingTo(...addresses) });
    expect((await exchange(adapter, `http://a.test:${server.port}/`)).text).toBe("ok");
  });

  it("that leads to nothing but IPv6 is reached", async () => {
    const server = createServer((socket) => void socket.end(ok())).listen(0, "::1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo; // it listens on TCP
    adapter = new HttpAdapter({ lookup: leadingTo("::1") });
    expect((await exchange(adapter, `http://a.test:${port}/`)).text).toBe("ok");
    expect((await exchange(adapter, `http://[::1]:${port}/`)).text).toBe("ok");
    server.close();
  });

  it("is reached at its second address when the first one says nothing", async () => {
    await using server = await scriptedServer(answering(ok()));
    await using _ = await deafServer({ host: "127.0.0.2", port: server.port });
    adapter = new HttpAdapter({ lookup: leadingTo("127.0.0.2", "127.0.0.1") });
    expect((await exchange(adapter, `http://a.test:${server.port}/`)).text).toBe("ok");
  });

  it("whose addresses all refuse is one error that names each of them", async () => {
    const port = await closedPort();
    adapter = new HttpAdapter({ lookup: leadingTo("127.0.0.1", "127.0.0.2", "::1") });
    const error = await rejection(exchange(adapter, `http://a.test:${port}/`));
    expect(error).toBeInstanceOf(ConnectionError);
    const { message } = error as RequestException;
    for (const address of ["127.0.0.1", "127.0.0.2", "::1"])
      expect(message).toContain(`ECONNREFUSED ${address}:${port}`);
  });
});
