import type { LookupFunction } from "node:net";
import { describe, expect, it, vi } from "vitest";

import { AddressRefused, HttpAdapter, Retry, Session, type AddressPolicy } from "../../src/index.ts";
import { Authority } from "../support/certificates.ts";
import { frameServer } from "../support/frame-server.ts";
import { rejection } from "../support/messages.ts";
import { startOrigin, type Answer } from "../support/origins.ts";
import { answering, ok as okMessage, scriptedServer } from "../support/scripted-server.ts";

const ok: Answer = (_request, response) => void response.end("ok");

/** Every name leads to these addresses. */
function leadingTo(...addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
  return (_name, options, callback) => {
    if (options.all === true) callback(null, all);
    else callback(null, all[0]?.address ?? "", all[0]?.family);
  };
}

function sessionWith(addressPolicy: AddressPolicy | "public", lookup?: LookupFunction): Session {
  const session = new Session({ addressPolicy, trustEnv: false });
  if (lookup !== undefined) session.mount("http://", new HttpAdapter({ lookup }));
  return session;
}

describe("addressPolicy", () => {
  it.for([
    ["127.0.0.1", (port: number) => `http://127.0.0.1:${port}/`],
    ["127.0.0.1", (port: number) => `http://0x7f.1:${port}/`],
    ["127.0.0.1", (port: number) => `http://2130706433:${port}/`],
    ["[::ffff:7f00:1]", (port: number) => `http://[::ffff:127.0.0.1]:${port}/`],
  ] as const)("public refuses the literal %s, and the server sees nothing", async ([host, url]) => {
    await using origin = await startOrigin(ok);
    await using session = sessionWith("public");
    const error = await rejection(session.get(url(origin.port)));
    expect(error).toBeInstanceOf(AddressRefused);
    expect(error).toMatchObject({ code: "ERR_ADDRESS_REFUSED", phase: "connect" });
    expect((error as AddressRefused).addresses).toEqual([host.replace(/^\[|\]$/g, "")]);
    expect(origin.connections()).toBe(0);
  });

  it.for([
    ["localhost", undefined],
    ["app.test", leadingTo("127.0.0.1")],
    ["app.test", leadingTo("::ffff:127.0.0.1")],
    ["app.test", leadingTo("10.0.0.1", "127.0.0.1", "::1")],
  ] as const)("public refuses the name %s for where it leads", async ([host, lookup]) => {
    await using origin = await startOrigin(ok);
    await using session = sessionWith("public", lookup);
    const error = await rejection(session.get(`http://${host}:${origin.port}/`));
    expect(error).toBeInstanceOf(AddressRefused);
    expect((error as Error).message).toContain("addressPolicy refuses");
    expect(origin.connections()).toBe(0);
  });

  it("asks a function for each address, and connects to those that it allows", async () => {
    await using origin = await startOrigin(ok);
    const policy = vi.fn((address: string) => address === "127.0.0.1");
    await using session = sessionWith(policy, leadingTo("127.0.0.9", "127.0.0.1"));
    expect((await session.get(`http://app.test:${origin.port}/`)).text()).toBe("ok");
    expect(policy.mock.calls.map(([address]) => address)).toEqual(["127.0.0.9", "127.0.0.1", "127.0.0.1"]);
    expect(policy).toHaveBeenLastCalledWith("127.0.0.1", { hostname: "app.test", port: origin.port });
  });

  it("holds at every hop", async () => {
    await using inside = await startOrigin(ok);
    await using outside = await startOrigin((_request, response) => {
      response.writeHead(302, { location: `http://127.0.0.1:${inside.port}/` }).end();
    });
    const policy: AddressPolicy = (_address, { port }) => port === outside.port;
    await using session = sessionWith(policy);
    expect(await rejection(session.get(outside.url))).toBeInstanceOf(AddressRefused);
    expect(inside.connections()).toBe(0);
  });

  it("holds for TLS, before the handshake", async () => {
    const authority = await Authority.create();
    const pair = await authority.issue({ addresses: ["127.0.0.1"] });
    await using server = await scriptedServer(answering(okMessage()), pair);
    await using session = new Session({ addressPolicy: "public", trustEnv: false, verify: authority.pem });
    expect(await rejection(session.get(server.url))).toBeInstanceOf(AddressRefused);
    expect(server.connections).toHaveLength(0);
    const allowed = await session.get(server.url, { addressPolicy: (address) => address === "127.0.0.1" });
    expect(allowed.text()).toBe("ok");
  });

  it("holds for HTTP/2, too, at every hop and on a connection that all share", async () => {
    await using inside = await frameServer((r) => r.ok("inside"));
    await using outside = await frameServer((r) => {
      if (r.path === "/in") r.write(r.head(302, { location: `${inside.url}/` }, { isLast: true }));
      else r.ok("outside");
    });
    const asked: string[] = [];
    const policy: AddressPolicy = (address, { hostname, port }) => {
      asked.push(`${address} ${hostname}`);
      return port === outside.port;
    };
    await using session = new Session({ trustEnv: false, verify: outside.ca, http2: true });
    expect(await rejection(session.get(outside.url, { addressPolicy: "public" }))).toBeInstanceOf(
      AddressRefused,
    );
    expect(outside.connections).toHaveLength(0);
    const options = { addressPolicy: policy };
    expect(await session.get(outside.url, options).text()).toBe("outside");
    expect(asked).not.toEqual([]);
    const refused = await Promise.all(
      [false, true].map((stream) => rejection(session.get(`${outside.url}/in`, { ...options, stream }))),
    );
    for (const error of refused) expect(error).toBeInstanceOf(AddressRefused);
    expect(inside.connections).toHaveLength(0);
    // What one policy allowed is not for the requests of another one.
    expect(await rejection(session.get(outside.url, { addressPolicy: () => false }))).toBeInstanceOf(
      AddressRefused,
    );
    expect(await session.get(inside.url).text()).toBe("inside");
    expect(outside.connections).toHaveLength(1);
  });

  it("of one request does not open the connections of another one", async () => {
    await using origin = await startOrigin(ok);
    await using session = new Session({ trustEnv: false });
    await session.get(origin.url); // a connection is open and idle now
    expect(await rejection(session.get(origin.url, { addressPolicy: "public" }))).toBeInstanceOf(
      AddressRefused,
    );
    await session.get(origin.url, { addressPolicy: () => true });
    expect(origin.connections()).toBe(2);
  });

  it("is lifted by null for a request", async () => {
    await using origin = await startOrigin(ok);
    await using session = sessionWith("public");
    expect((await session.get(origin.url, { addressPolicy: null })).status).toBe(200);
  });

  it("refuses what goes through a proxy, which would choose the address", async () => {
    await using proxy = await startOrigin(ok);
    await using session = new Session({ addressPolicy: "public", proxy: proxy.url });
    for (const url of ["http://app.test/", "https://app.test/"]) {
      const error = await rejection(session.get(url));
      expect(error).toBeInstanceOf(AddressRefused);
      expect((error as Error).message).toContain("set proxy: false");
    }
    expect(proxy.connections()).toBe(0);
  });

  it("refuses what goes to a socket of this machine", async () => {
    await using session = new Session({ addressPolicy: () => true, trustEnv: false });
    session.mount("http://docker", new HttpAdapter({ socketPath: "/nowhere.sock" }));
    expect(await rejection(session.get("http://docker/"))).toBeInstanceOf(AddressRefused);
  });

  it("is no case for a retry", async () => {
    const policy = vi.fn(() => false);
    await using session = sessionWith(policy);
    session.retry = new Retry({ total: 3, backoffFactor: 0 });
    expect(await rejection(session.get("http://127.0.0.1:9/"))).toBeInstanceOf(AddressRefused);
    expect(policy).toHaveBeenCalledTimes(1);
  });

  it.for([[undefined], ["yes"], [Promise.resolve(true)]])(
    "must answer true or false, not %o",
    async ([answer]) => {
      await using origin = await startOrigin(ok);
      await using session = sessionWith((() => answer) as never);
      const error = await rejection(session.get(origin.url));
      expect((error as Error).message).toContain("addressPolicy must return true or false");
      expect(origin.connections()).toBe(0);
    },
  );

  it("that throws in the middle of a look-up fails the request, not the program", async () => {
    const policy = (): boolean => {
      throw new Error("no idea");
    };
    await using session = sessionWith(policy, leadingTo("127.0.0.1"));
    expect(((await rejection(session.get("http://app.test:9/"))) as Error).message).toContain("no idea");
  });
});
