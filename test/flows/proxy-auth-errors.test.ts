import { describe, expect, it } from "vitest";

import { InvalidHeader, Session, type ProxyAuth } from "../../src/index.ts";
import { rejection } from "../support/messages.ts";
import { scriptedServer, type RawRequest, type ScriptedServer } from "../support/scripted-server.ts";

const URLS = ["http://a.test/", "https://a.test/"];

/** A proxy that lets in whoever brings `open`, with 503: there is nothing behind it. */
function proxy(heard: RawRequest[] = []): Promise<ScriptedServer> {
  return scriptedServer(async (connection) => {
    for (let request = await connection.request(); request !== null; request = await connection.request()) {
      heard.push(request);
      const status = request.fields.includes("Proxy-Authorization: open") ? "503 In" : "407 No";
      connection.write(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`);
    }
  });
}

const mine = new RangeError("mine");

function fails(): never {
  throw mine;
}

/** As asynchronous functions are, which fit the type. */
const later = (() => Promise.reject(mine)) as () => void;

/** Says `words` at once, and is asked no more. */
function saying(words: ReturnType<ProxyAuth["authorize"]>): ProxyAuth {
  return { authorize: () => words, onChallenge: () => false };
}

const THROWING: readonly (readonly [name: string, auth: ProxyAuth, thrown: unknown])[] = [
  ["authorize()", { authorize: fails, onChallenge: () => false }, mine],
  ["authorize(), later", { authorize: () => Promise.reject(mine), onChallenge: () => false }, mine],
  ["authorize(), what is no Error", { authorize: () => fail("words"), onChallenge: () => false }, "words"],
  ["authorize(), nothing", { authorize: () => fail(undefined), onChallenge: () => false }, undefined],
  ["onChallenge()", { authorize: () => null, onChallenge: fails }, mine],
  ["onChallenge(), later", { authorize: () => null, onChallenge: () => Promise.reject(mine) }, mine],
  ["onResponse()", { ...saying("open"), onResponse: fails }, mine],
  ["onResponse(), later", { ...saying("open"), onResponse: later }, mine],
];

function fail(thrown: unknown): never {
  // oxlint-disable-next-line typescript/only-throw-error -- that is what is tried
  throw thrown;
}

describe("what a program's proxyAuth throws comes back as it is", () => {
  it.for(THROWING)("%s", async ([, proxyAuth, thrown]) => {
    await using server = await proxy();
    await using session = new Session({ proxy: server.url, proxyAuth, trustEnv: false });
    for (const url of URLS) expect([url, await rejection(session.get(url))]).toEqual([url, thrown]);
    for (const url of URLS)
      expect([url, await rejection(session.get(url, { http2: true, stream: true }))]).toEqual([url, thrown]);
  });

  it("and is not tried again by a policy: it is no failure of the network", async () => {
    const heard: RawRequest[] = [];
    await using server = await proxy(heard);
    const proxyAuth = { authorize: () => null, onChallenge: fails };
    await using session = new Session({ proxy: server.url, proxyAuth, trustEnv: false, retry: 3 });
    for (const url of URLS) expect(await rejection(session.get(url))).toBe(mine);
    expect(heard).toHaveLength(2);
  });
});

describe("what proxyAuth answers", () => {
  it("may come later", async () => {
    await using server = await proxy();
    let isAsked = false;
    const proxyAuth: ProxyAuth = {
      authorize: async () => (isAsked ? "open" : null),
      onChallenge: async () => (isAsked = true),
    };
    for (const url of URLS) {
      isAsked = false;
      await using session = new Session({ proxy: server.url, proxyAuth, trustEnv: false });
      const status = await session.get(url).then(
        (response) => response.status,
        (error: { readonly status?: number }) => error.status,
      );
      expect([url, status, isAsked]).toEqual([url, 503, true]);
    }
  });

  it("ends with the call, when it never comes", async () => {
    await using server = await proxy();
    const never: ProxyAuth = { authorize: () => new Promise(() => undefined), onChallenge: () => false };
    await using session = new Session({ proxy: server.url, proxyAuth: never, trustEnv: false });
    for (const url of URLS) {
      const reason = new Error("enough");
      const controller = new AbortController();
      const call = session.get(url, { signal: controller.signal });
      setTimeout(() => controller.abort(reason), 10);
      expect(await rejection(call)).toBe(reason);
    }
  });

  it.for([
    ["a number", { authorize: () => 5 }, "authorize() of proxyAuth must return text or null, not number"],
    [
      "a number for yes",
      { onChallenge: () => 1 },
      "onChallenge() of proxyAuth must return true or false, not number",
    ],
  ] as const)("is told when it is of another kind: %s", async ([, part, message]) => {
    await using server = await proxy();
    // The types allow none of it.
    const proxyAuth = { authorize: () => null, onChallenge: () => false, ...part } as unknown as ProxyAuth;
    await using session = new Session({ proxy: server.url, proxyAuth, trustEnv: false });
    for (const url of URLS) {
      const error = await rejection(session.get(url));
      expect(error).toBeInstanceOf(TypeError);
      expect((error as Error).message).toBe(message);
    }
  });

  it("breaks out of no field", async () => {
    const heard: RawRequest[] = [];
    await using server = await proxy(heard);
    const proxyAuth = saying("open\r\nX-Injected: 1");
    await using session = new Session({ proxy: server.url, proxyAuth, trustEnv: false });
    for (const url of URLS) expect(await rejection(session.get(url))).toBeInstanceOf(InvalidHeader);
    expect(heard).toEqual([]);
  });
});
