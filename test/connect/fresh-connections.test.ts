/**
 * What connections cost that are used once, where a server ends each of them after its answer: what is made, and what the system is
 * asked for, is counted; and what came over one of them stays what it was when others follow.
 */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { Session as Inspector } from "node:inspector/promises";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { TLSSocket } from "node:tls";

import { afterEach, describe, expect, it, vi } from "vitest";

import { Session } from "../../src/index.ts";
import { Authority } from "../support/certificates.ts";
import { answering, ok, scriptedServer } from "../support/scripted-server.ts";

const COUNT = 20;
const closing = answering(ok("ok", ["Connection: close"]));

afterEach(() => void vi.restoreAllMocks());

/** How often each class of ours was made that is an error, while `work` runs. */
async function errorsMade(work: () => Promise<void>): Promise<Record<string, number>> {
  const inspector = new Inspector();
  inspector.connect();
  await inspector.post("Profiler.enable");
  await inspector.post("Profiler.startPreciseCoverage", { callCount: true });
  await inspector.post("Profiler.takePreciseCoverage");
  await work();
  const { result } = await inspector.post("Profiler.takePreciseCoverage");
  await inspector.post("Profiler.stopPreciseCoverage");
  inspector.disconnect();
  const made = result
    .filter(({ url }) => /\/src\/.*(?:failures|errors|faults|syntax-error)\.ts$/.test(url))
    .flatMap(({ functions }) => functions)
    .filter(({ functionName, ranges }) => /^[A-Z]/.test(functionName) && (ranges[0]?.count ?? 0) > 0);
  return Object.fromEntries(made.map(({ functionName, ranges }) => [functionName, ranges[0]?.count ?? 0]));
}

/** How often what is read of each socket of this process is asked for, while `work` runs. */
async function asked(names: readonly string[], work: () => Promise<void>): Promise<Record<string, number>> {
  const counts = Object.fromEntries(names.map((name) => [name, 0]));
  const watch = (message: unknown): void => {
    const { socket } = message as { readonly socket: Socket };
    for (const name of names) {
      const get = (): unknown => {
        counts[name] = (counts[name] ?? 0) + 1;
        return Reflect.get(Object.getPrototypeOf(socket) as object, name, socket);
      };
      Object.defineProperty(socket, name, { get });
    }
  };
  subscribe("net.client.socket", watch);
  try {
    await work();
  } finally {
    unsubscribe("net.client.socket", watch);
  }
  return counts;
}

describe("a connection that is used once", () => {
  it.for([
    ["says that it ends", closing],
    [
      "ends without a word",
      async (connection) => {
        await connection.request();
        connection.end(ok());
      },
    ],
    [
      "ends with the body",
      async (connection) => {
        await connection.request();
        connection.end("HTTP/1.1 200 OK\r\n\r\nok");
      },
    ],
  ] as const satisfies readonly (readonly [string, typeof closing])[])(
    "%s: makes no error when it is let go",
    async ([, script]) => {
      await using server = await scriptedServer(script);
      await using session = new Session({ trustEnv: false });
      const made = await errorsMade(async () => {
        for (let at = 0; at < COUNT; at++) {
          expect(await session.get(server.url).text()).toBe("ok");
          await server.connections[at]?.closed;
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      });
      expect(server.connections).toHaveLength(COUNT);
      expect(made).toEqual({});
    },
  );

  it("has a known other end: the system is asked for this one only, and what is told is right", async () => {
    const seen: unknown[] = [];
    await using server = await scriptedServer((connection, running) => {
      seen.push(["127.0.0.1", running.port, connection.socket.remotePort]);
      return closing(connection, running);
    });
    await using session = new Session({ trustEnv: false });
    const names = ["remoteAddress", "remotePort", "localAddress", "localPort"];
    const told: unknown[] = [];
    const counts = await asked(names, async () => {
      for (let at = 0; at < COUNT; at++) {
        const { connection } = await session.get(server.url);
        told.push([connection?.remoteAddress, connection?.remotePort, connection?.localPort]);
      }
    });
    expect(counts).toEqual({ remoteAddress: 0, remotePort: 0, localAddress: COUNT, localPort: COUNT });
    expect(told).toEqual(seen);
  });

  it.for([
    // What leads there, and what the system says of it.
    ["[0:0:0:0:0:0:0:1]", "::1"],
    ["0.0.0.0", "127.0.0.1"],
    ["[::ffff:127.0.0.1]", "::ffff:127.0.0.1"],
  ] as const)("to %s: the other end is the one that the system tells, %s", async ([host, address]) => {
    const server = createServer((socket) => socket.resume().end(ok()));
    await once(server.listen(0, host === "[0:0:0:0:0:0:0:1]" ? "::1" : "127.0.0.1"), "listening");
    await using session = new Session({ trustEnv: false });
    const { port } = server.address() as AddressInfo; // it listens on TCP
    const { connection } = await session.get(`http://${host}:${port}/`);
    expect(connection).toMatchObject({ remoteAddress: address, remotePort: port });
    server.close();
  });

  it("asks for the certificate once, and not again where a session is resumed", async () => {
    const authority = await Authority.create();
    await using server = await scriptedServer(closing, await authority.issue({ addresses: ["127.0.0.1"] }));
    await using session = new Session({ trustEnv: false, verify: authority.pem });
    const subjects = new Set<unknown>();
    const certificates = vi.spyOn(TLSSocket.prototype, "getPeerX509Certificate");
    for (let at = 0; at < COUNT; at++) {
      const { connection } = await session.get(server.url);
      subjects.add(connection?.tls?.peerCertificate?.subjectAltName);
    }
    expect(certificates).toHaveBeenCalledOnce();
    expect([...subjects]).toEqual(["IP Address:127.0.0.1"]);
  });

  it("reads into memory that another one has left", async () => {
    await using server = await scriptedServer(closing);
    await using session = new Session({ trustEnv: false });
    const made = vi.spyOn(Buffer, "allocUnsafeSlow");
    for (let at = 0; at < COUNT; at++) await session.get(server.url);
    expect(server.connections).toHaveLength(COUNT);
    expect(made.mock.calls.length).toBeLessThan(COUNT / 2);
  });
});

describe("what came over connections that are used once", () => {
  /** Bodies that differ in every byte of the same place. */
  const bodyOf = (at: number, size: number): string => String.fromCharCode(65 + at).repeat(size);
  const sizes = [1, 100, 5000, 16_000, 16_384, 40_000, 70_000];

  it.for([
    ["http", "whole"],
    ["http", "streamed"],
    ["https", "whole"],
    ["https", "streamed"],
  ] as const)("%s, %s: stays what it was when others follow", async ([scheme, how]) => {
    const authority = await Authority.create();
    const leaf = scheme === "https" ? await authority.issue({ addresses: ["127.0.0.1"] }) : null;
    await using server = await scriptedServer(
      answering(({ line }) => {
        const [, at = 0, size = 0] = (/\/(\d+)\/(\d+)/.exec(line) ?? []).map(Number);
        return ok(bodyOf(at, size), ["Connection: close", `X-At: ${bodyOf(at, 50)}`]);
      }),
      leaf,
    );
    await using session = new Session({ trustEnv: false, verify: authority.pem });
    const seen: { at: number; size: number; pieces: Uint8Array[]; field: () => string | null }[] = [];
    for (let at = 0; at < 21; at++) {
      const size = sizes[at % sizes.length] ?? 0;
      const url = `${server.url}/${at}/${size}`;
      const pieces: Uint8Array[] = [];
      if (how === "whole") {
        const response = await session.get(url);
        pieces.push(response.bytes());
        seen.push({ at, size, pieces, field: () => response.headers.get("x-at") });
      } else {
        const response = await session.get(url, { stream: true });
        for await (const piece of response) pieces.push(piece);
        seen.push({ at, size, pieces, field: () => response.headers.get("x-at") });
      }
    }
    expect(server.connections).toHaveLength(21);
    for (const { at, size, pieces, field } of seen) {
      expect(Buffer.concat(pieces).toString("latin1") === bodyOf(at, size)).toBe(true);
      expect(field()).toBe(bodyOf(at, 50));
    }
  });
});
