import { TLSSocket } from "node:tls";
import { Socket } from "node:net";
import { describe, expect, it } from "vitest";

import { Session } from "../../src/index.ts";
import { endsOf } from "../../src/connect/connection-facts.ts";
import { Authority } from "../support/certificates.ts";
import { startH2 } from "../support/h2-server.ts";
import { answering, ok, scriptedServer, tunnelling } from "../support/scripted-server.ts";

/** What sockets tell, as tools for tests that stand in their place do not. */
const facts = ["getCipher", "getProtocol", "getPeerX509Certificate"] as const;

const lacks: Readonly<Record<string, () => unknown>> = {
  undefined: () => undefined,
  null: () => null,
  "an error": () => {
    throw new Error("not here");
  },
};

/** Runs `work` while sockets of this process are without the fact. */
async function without<Result>(
  name: (typeof facts)[number],
  lack: () => unknown,
  work: () => Promise<Result>,
): Promise<Result> {
  const original = Object.getOwnPropertyDescriptor(TLSSocket.prototype, name);
  Object.defineProperty(TLSSocket.prototype, name, { value: lack, configurable: true });
  try {
    return await work();
  } finally {
    if (original === undefined) Reflect.deleteProperty(TLSSocket.prototype, name);
    else Object.defineProperty(TLSSocket.prototype, name, original);
  }
}

const rows = facts.flatMap((fact) => Object.keys(lacks).map((lack) => [fact, lack] as const));

describe("a fact that a socket does not tell fails no request", () => {
  it.for(rows)("%s gives %s", async ([fact, lack]) => {
    const authority = await Authority.create();
    const leaf = await authority.issue({ addresses: ["127.0.0.1"] });
    await using server = await scriptedServer(answering(ok()), leaf);
    await using proxy = await scriptedServer(tunnelling);
    await using h2 = await startH2((stream) => stream.end("ok"));
    const { port } = new URL(server.url);
    const asked = async (options: object, url: string): Promise<unknown> => {
      await using session = new Session({ trustEnv: false, timeout: 5000, ...options });
      const first = await session.get(url);
      // The facts themselves are there, but for the one.
      return [first.text(), typeof first.connection?.tls, (await session.get(url)).text()];
    };
    const direct = `https://127.0.0.1:${port}`;
    const seen = await without(fact, lacks[lack] as () => unknown, async () => [
      await asked({ verify: authority.pem }, direct),
      await asked({ verify: authority.pem, proxy: proxy.url }, direct),
      await asked({ verify: h2.ca, http2: true }, h2.url),
    ]);
    expect(seen).toEqual(Array(3).fill(["ok", "object", "ok"]));
  });
});

describe("the ends of a socket", () => {
  it.for([
    ["that has none", {}],
    ["that does not tell them", new Proxy(new Socket(), { get: () => lacks["an error"]?.() })],
  ] as const)("%s are null", ([, socket]) => {
    expect(endsOf(socket as Socket, { socketPath: null, remote: null })).toEqual({
      remoteAddress: null,
      remotePort: null,
      localAddress: null,
      localPort: null,
      socketPath: null,
    });
  });
});
