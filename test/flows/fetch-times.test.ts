/** How long toFetch() waits: as fetch does, unless somebody said how long, be it the default. */
import { describe, expect, it } from "vitest";

import {
  ConnectTimeout,
  HttpAdapter,
  Session,
  toFetch,
  wireResponse,
  type Adapter,
  type FetchDefaults,
  type HttpAdapterOptions,
  type SendOptions,
  type SessionOptions,
} from "../../src/index.ts";
import { reply, routes, startOrigin } from "../support/origins.ts";
import { failureOf } from "../support/one-call.ts";

/** Notes how each message was to be sent. */
function noting(session: Session): { readonly seen: SendOptions[] } {
  const seen: SendOptions[] = [];
  const adapter: Adapter = {
    send: (request, options) => {
      seen.push(options);
      const isFirst = request.url.endsWith("/moved");
      return Promise.resolve(
        wireResponse({ status: isFirst ? 307 : 200, headers: isFirst ? { location: "/there" } : {} }),
      );
    },
    close: () => Promise.resolve(),
  };
  session.mount("https://", adapter);
  return { seen };
}

/** Options that an adapter is given with a message that goes another way than it says. */
function through(adapter: Adapter, options: Partial<SendOptions>): Adapter {
  return {
    send: (request, given, signal) => adapter.send(request, { ...given, ...options }, signal),
    close: () => adapter.close(),
  };
}

const long = 300_000;
type Given = SessionOptions["timeout"];

describe("silence under toFetch()", () => {
  it.for<[name: string, session: Given, defaults: Given, scope: Given, readMs: number | null]>([
    ["as long as fetch's", undefined, undefined, undefined, long],
    ["of the session, which is the default", 60_000, undefined, undefined, 60_000],
    ["of the session's pair", [1000, 60_000], undefined, undefined, 60_000],
    ["of the session's parts", { read: 60_000 }, undefined, undefined, 60_000],
    ["without an end", null, undefined, undefined, null],
    ["without an end in a pair", [1000, null], undefined, undefined, null],
    ["as long as fetch's when only connecting was set", { connect: 1000 }, undefined, undefined, long],
    ["as long as fetch's when only the whole was set", { total: 1000 }, undefined, undefined, long],
    ["as long as fetch's when nothing was set in it", { read: undefined }, undefined, undefined, long],
    ["of the defaults", undefined, { read: 60_000 }, undefined, 60_000],
    ["of the defaults over the session's", 1000, 60_000, undefined, 60_000],
    ["of the session, beside other defaults", 60_000, { total: 1000 }, undefined, 60_000],
    ["of the scope", undefined, undefined, 60_000, 60_000],
    ["of the scope, beside other defaults", undefined, { connect: 5 }, { read: 60_000 }, 60_000],
  ])("%s", async ([, timeout, defaults, scope, readMs]) => {
    await using session = new Session({ trustEnv: false, timeout });
    const { seen } = noting(session);
    if (scope !== undefined) session.scope("https://example.test", { timeout: scope });
    await toFetch(session, defaults === undefined ? {} : { timeout: defaults })("https://example.test/moved");
    // The hop that a redirect leads to, too.
    expect(seen.map(({ timeouts }) => timeouts.readMs)).toEqual([readMs, readMs]);
  });

  it("may be set later", async () => {
    await using session = new Session({ trustEnv: false });
    const { seen } = noting(session);
    const fetch = toFetch(session);
    await fetch("https://example.test/");
    session.timeout = 60_000;
    await fetch("https://example.test/");
    session.timeout = undefined;
    await fetch("https://example.test/");
    expect(seen.map(({ timeouts }) => timeouts.readMs)).toEqual([long, 60_000, long]);
  });

  it("leaves connecting and the whole alone, and the session's own calls", async () => {
    await using session = new Session({ trustEnv: false });
    const { seen } = noting(session);
    await toFetch(session)("https://example.test/");
    await session.get("https://example.test/");
    expect(seen.map(({ timeouts }) => timeouts)).toEqual([
      { connectMs: 10_000, readMs: long, totalMs: null },
      { connectMs: 10_000, readMs: 60_000, totalMs: null },
    ]);
    expect(seen.map(({ turnMs }) => turnMs)).toEqual([long, undefined]);
  });
});

describe("the wait for a connection", () => {
  it.for<[name: string, adapter: HttpAdapterOptions, message: Partial<SendOptions>]>([
    ["is that of the message where the adapter says nothing", {}, { turnMs: 20 }],
    ["is the adapter's, where it says something", { poolTimeout: 20 }, { turnMs: long }],
  ])("%s", async ([, options, message]) => {
    await using origin = await startOrigin(() => undefined);
    await using session = new Session({ trustEnv: false });
    const adapter = new HttpAdapter({ poolBlock: true, poolMaxsize: 1, ...options });
    session.mount("http://", through(adapter, message));
    const fetch = toFetch(session);
    const first = failureOf(fetch(origin.url));
    const { cause } = (await failureOf(fetch(origin.url))) as TypeError;
    expect(cause).toBeInstanceOf(ConnectTimeout);
    expect(cause).toMatchObject({ phase: "pool", limitMs: 20 });
    await session.close();
    await first;
  });

  it("is over as soon as a small body has come whole", async () => {
    await using origin = await startOrigin(routes({ "/": reply(200, {}, "small") }));
    await using session = new Session({ trustEnv: false });
    session.mount("http://", new HttpAdapter({ poolBlock: true, poolMaxsize: 1 }));
    const fetch = toFetch(session);
    const kept: Response[] = [];
    for (let count = 0; count < 5; count++) kept.push(await fetch(origin.url));
    expect(origin.connections()).toBe(1);
    expect(await Promise.all(kept.map((response) => response.text()))).toEqual(Array(5).fill("small"));
  });

  it("is over when a large body is cancelled", async () => {
    await using origin = await startOrigin(routes({ "/": reply(200, {}, "large".repeat(1_000_000)) }));
    await using session = new Session({ trustEnv: false });
    session.mount("http://", new HttpAdapter({ poolBlock: true, poolMaxsize: 1 }));
    const fetch = toFetch(session);
    for (let count = 0; count < 3; count++) await (await fetch(origin.url)).body?.cancel();
    expect((await fetch(origin.url)).status).toBe(200);
  });
});

describe("the defaults of toFetch()", () => {
  it.for<[defaults: object, error: RegExp]>([
    [{ headers: { a: "1" } }, /^headers cannot be a default of toFetch\(\)/],
    [{ data: "x" }, /^data cannot/],
    [{ signal: null }, /^signal cannot/],
    [{ rawUrl: false }, /^rawUrl cannot/],
    [{ timout: 5 }, /timout/],
    [{ timeout: -1 }, /^timeout must be/],
  ])("are checked at once: %j", ([defaults, error]) => {
    expect(() => toFetch(new Session(), defaults as FetchDefaults)).toThrow(error);
  });
});
