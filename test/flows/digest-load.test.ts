import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";

import {
  HttpDigestAuth,
  HttpGuessAuth,
  HttpProxyDigestAuth,
  ProxyError,
  Session,
  type SessionOptions,
} from "../../src/index.ts";
import { DigestGate, PASSWORD, USER, type NoncePolicy } from "../support/digest-server.ts";
import { scriptedServer, type RawRequest, type ScriptedServer } from "../support/scripted-server.ts";

/** A way on which credentials are asked for. */
interface Way {
  readonly name: string;
  readonly field: "authorization" | "proxy-authorization";
  readonly status: string;
  readonly challenge: string;
  readonly info: string;
  readonly options: (server: string) => Omit<SessionOptions, "stream">;
  readonly url: (server: string, call: number) => string;
}

const WAYS: readonly Way[] = [
  {
    name: "a server",
    field: "authorization",
    status: "401",
    challenge: "WWW-Authenticate",
    info: "Authentication-Info",
    options: () => ({ auth: new HttpDigestAuth(USER, PASSWORD) }),
    url: (server, call) => `${server}/${call}`,
  },
  {
    name: "a server, its scheme guessed",
    field: "authorization",
    status: "401",
    challenge: "WWW-Authenticate",
    info: "Authentication-Info",
    options: () => ({ auth: new HttpGuessAuth(USER, PASSWORD) }),
    url: (server, call) => `${server}/${call}`,
  },
  {
    name: "a proxy that forwards",
    field: "proxy-authorization",
    status: "407",
    challenge: "Proxy-Authenticate",
    info: "Proxy-Authentication-Info",
    options: (server) => ({ proxy: server, proxyAuth: new HttpProxyDigestAuth(USER, PASSWORD) }),
    url: (_server, call) => `http://name.test/${call}`,
  },
  {
    name: "a proxy asked for tunnels",
    field: "proxy-authorization",
    status: "407",
    challenge: "Proxy-Authenticate",
    info: "Proxy-Authentication-Info",
    options: (server) => ({ proxy: server, proxyAuth: new HttpProxyDigestAuth(USER, PASSWORD) }),
    url: (_server, call) => `https://h${call}.test/`,
  },
];

/** Whoever gets in is told so with 503, which opens no tunnel: there is nothing behind it. */
function serverOf(way: Way, gate: DigestGate, namesNext: boolean): Promise<ScriptedServer> {
  let delays = 0;
  return scriptedServer(async (connection) => {
    for (let request = await connection.request(); request !== null; request = await connection.request()) {
      const verdict = gate.judge(request.line.split(" ")[0] ?? "", valueOf(request, way.field));
      // Answers cross one another.
      await sleep(delays++ % 5);
      if (verdict.kind === "challenge")
        connection.write(
          `HTTP/1.1 ${way.status} No\r\n${way.challenge}: ${verdict.value}\r\nContent-Length: 0\r\n\r\n`,
        );
      else {
        const info = namesNext ? `${way.info}: nextnonce="${verdict.nextNonce}"\r\n` : "";
        connection.write(`HTTP/1.1 503 In\r\n${info}Content-Length: 0\r\n\r\n`);
      }
    }
  });
}

function valueOf({ fields }: RawRequest, name: string): string | undefined {
  const prefix = `${name}: `;
  return fields.find((one) => one.toLowerCase().startsWith(prefix))?.slice(prefix.length);
}

async function statusOf(call: PromiseLike<{ readonly status: number }>): Promise<unknown> {
  try {
    return (await call).status;
  } catch (error) {
    return error instanceof ProxyError ? error.status : error;
  }
}

const POLICIES: readonly (readonly [name: string, policy: NoncePolicy, namesNext: boolean])[] = [
  ["nonces for one use (RFC 7616 §5.4)", { isShared: false, uses: 1, isOrdered: true }, false],
  ["nonces for three uses", { isShared: false, uses: 3, isOrdered: true }, false],
  ["nonces for one use, and names the next one", { isShared: false, uses: 1, isOrdered: true }, true],
  ["one nonce for all", { isShared: true, uses: Infinity, isOrdered: false }, false],
  ["one nonce for all, counted in order", { isShared: true, uses: Infinity, isOrdered: true }, false],
];

const CASES = WAYS.flatMap((way) =>
  POLICIES.map(([name, policy, namesNext]) => ({ way, name, policy, namesNext, who: way.name })),
);

describe("Digest with many calls side by side", () => {
  it.for(CASES)("lets in every one of them: $who has $name", async ({ way, policy, namesNext }) => {
    const gate = new DigestGate(policy);
    await using server = await serverOf(way, gate, namesNext);
    await using session = new Session({ trustEnv: false, ...way.options(server.url) });
    const calls = Array.from({ length: 40 }, async (_, call) => {
      // Some begin while others are being challenged.
      await sleep(call % 4 === 0 ? 0 : call);
      return statusOf(session.get(way.url(server.url, call)));
    });
    expect(new Set(await Promise.all(calls))).toEqual(new Set([503]));
    expect(gate.replays).toEqual([]);
  });

  it.for(WAYS)("signs at once what follows an accepted answer: $name", async (way) => {
    const gate = new DigestGate({ isShared: false, uses: 100, isOrdered: true });
    await using server = await serverOf(way, gate, false);
    await using session = new Session({ trustEnv: false, ...way.options(server.url) });
    for (let call = 0; call < 5; call++)
      expect(await statusOf(session.get(way.url(server.url, call)))).toBe(503);
    expect([gate.challenges, gate.replays]).toEqual([1, []]);
  });

  it.for(WAYS)("takes the next nonce that an answer names (RFC 7616 §3.5): $name", async (way) => {
    const gate = new DigestGate({ isShared: false, uses: 1, isOrdered: true });
    await using server = await serverOf(way, gate, true);
    await using session = new Session({ trustEnv: false, ...way.options(server.url) });
    for (let call = 0; call < 5; call++)
      expect(await statusOf(session.get(way.url(server.url, call)))).toBe(503);
    expect(gate.challenges).toBe(1);
  });
});

describe("a count (nc) goes on when its challenge comes again (RFC 7616 §3.4)", () => {
  it.for(WAYS)("$name", async (way) => {
    const counts: (string | undefined)[] = [];
    await using server = await scriptedServer(async (connection) => {
      for (let request = await connection.request(); request !== null; request = await connection.request()) {
        const count = /\bnc=(\w+)/.exec(valueOf(request, way.field) ?? "")?.[1];
        if (count !== undefined) counts.push(count);
        // The first use is refused: the nonce, which stays the same, is told to be too old.
        const isIn = count !== undefined && counts.length > 1;
        connection.write(
          isIn
            ? "HTTP/1.1 503 In\r\nContent-Length: 0\r\n\r\n"
            : `HTTP/1.1 ${way.status} No\r\n${way.challenge}: Digest realm="r", nonce="n", qop="auth", stale=true\r\nContent-Length: 0\r\n\r\n`,
        );
      }
    });
    await using session = new Session({ trustEnv: false, ...way.options(server.url) });
    for (let call = 0; call < 3; call++)
      expect(await statusOf(session.get(way.url(server.url, call)))).toBe(503);
    expect(counts).toEqual(["00000001", "00000002", "00000003", "00000004"]);
  });
});

describe("HttpGuessAuth", () => {
  it("answers each of many challenges that came at a time with Basic", async () => {
    await using server = await scriptedServer(async (connection) => {
      for (let request = await connection.request(); request !== null; request = await connection.request()) {
        const isIn = valueOf(request, "authorization")?.startsWith("Basic ") === true;
        await sleep(2);
        connection.write(
          isIn
            ? "HTTP/1.1 204 In\r\n\r\n"
            : 'HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm="r"\r\nContent-Length: 0\r\n\r\n',
        );
      }
    });
    await using session = new Session({ auth: new HttpGuessAuth(USER, PASSWORD), trustEnv: false });
    const calls = Array.from({ length: 8 }, () => statusOf(session.get(server.url)));
    expect(new Set(await Promise.all(calls))).toEqual(new Set([204]));
  });
});
