import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { HttpAdapter } from "../../src/transport/http-adapter.ts";
import { exchange, throughProxy } from "../support/messages.ts";
import { answering, ok, scriptedServer } from "../support/scripted-server.ts";

describe("options of HttpAdapter", () => {
  it.for([
    // option             value        error       what the message has beside the option's name
    ["poolConnections", 0, RangeError, "0"],
    ["poolConnections", 1.5, RangeError, "1.5"],
    ["poolConnections", "10", TypeError, "a whole number, 1 or more, not string"],
    ["poolMaxsize", -1, RangeError, "-1"],
    ["poolMaxsize", Number.NaN, RangeError, "NaN"],
    ["poolBlock", 1, TypeError, "true or false"],
    ["poolTimeout", 0, RangeError, "0"],
    ["poolTimeout", 2 ** 31, RangeError, "2147483647"],
    ["maxRetries", -1, RangeError, "0"],
    ["maxRetries", "3", TypeError, "retry policy"],
    ["maxRetries", {}, TypeError, "retry policy"],
    ["keepAliveTimeout", 0, RangeError, "0"],
    ["maxConnectionAge", 0, RangeError, "1 to 2147483647, not 0"],
    ["maxConnectionAge", 2 ** 31, RangeError, "2147483647"],
    ["maxConnectionAge", 1.5, RangeError, "1.5"],
    ["maxConnectionAge", "60000", TypeError, "a whole number"],
    ["pooledConnectionLifetime", 60_000, TypeError, "maxConnectionAge"],
    ["maxHeaderSize", 10, RangeError, "1024"],
    ["localAddress", "localhost", TypeError, "IP address"],
    ["family", 5, RangeError, "0, 4 or 6, not 5"],
    ["lookup", "dns", TypeError, "function"],
    ["socketPath", "", TypeError, "path"],
    ["poolSize", 3, TypeError, "poolMaxsize"],
  ] as const)("refuse %s: %j", ([name, value, kind, words]) => {
    const make = (): unknown => new HttpAdapter({ [name]: value });
    expect(make).toThrow(kind);
    expect(make).toThrow(name);
    expect(make).toThrow(words);
  });

  it("refuse a family that is not that of localAddress", () => {
    const make = (): unknown => new HttpAdapter({ localAddress: "127.0.0.2", family: 6 });
    expect(make).toThrow(RangeError);
    expect(make).toThrow("family must be 0 or 4 beside localAddress 127.0.0.2, not 6");
    expect(() => new HttpAdapter({ localAddress: "::1", family: 6 })).not.toThrow();
  });

  it("may all be absent or undefined", () => {
    expect(new HttpAdapter().maxRetries).toBeNull();
    expect(
      () =>
        new HttpAdapter({
          poolConnections: undefined,
          poolTimeout: null,
          maxRetries: null,
          maxConnectionAge: null,
        }),
    ).not.toThrow();
  });

  it("are their own: what is on Object.prototype does not count", async () => {
    await using server = await scriptedServer(answering(ok()));
    const polluted = Object.prototype as { socketPath?: string; poolMaxsize?: string };
    polluted.socketPath = "/nowhere";
    polluted.poolMaxsize = "nonsense";
    try {
      const adapter = new HttpAdapter();
      expect((await exchange(adapter, server.url)).text).toBe("ok");
      await adapter.close();
    } finally {
      delete polluted.socketPath;
      delete polluted.poolMaxsize;
    }
  });

  it("keep what is said of retries for the pipeline", () => {
    const policy = { next: () => ({ kind: "final" }) as const };
    expect(new HttpAdapter({ maxRetries: policy }).maxRetries).toBe(policy);
    expect(new HttpAdapter({ maxRetries: 3 }).maxRetries).toBe(3);
  });

  it("with a socketPath lead to a Unix domain socket, whatever the host", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sojourn-socket-"));
    const path = join(folder, "s");
    const server = createServer((socket) => socket.end(ok("from the socket")));
    server.listen(path);
    await once(server, "listening");
    const adapter = new HttpAdapter({ socketPath: path });
    const via = throughProxy("http://127.0.0.1:1");
    expect((await exchange(adapter, "http://docker.test/info", via)).text).toBe("from the socket");
    await adapter.close();
    server.close();
    await rm(folder, { recursive: true });
  });
});
