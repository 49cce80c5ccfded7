/** What is told of connections: each that begins to be opened is told to be open or to have failed, and each that was open to be closed. */
import type { LookupFunction } from "node:net";
import { describe, expect, it } from "vitest";

import { HttpAdapter, Session } from "../../src/index.ts";
import { Heard } from "../support/heard.ts";
import { answering, ok, scriptedServer } from "../support/scripted-server.ts";

const never: LookupFunction = () => undefined;

function sessionWith(adapter: ConstructorParameters<typeof HttpAdapter>[0]): Session {
  const session = new Session({ trustEnv: false });
  session.mount("http://", new HttpAdapter(adapter)).mount("https://", new HttpAdapter(adapter));
  return session;
}

describe("a connection", () => {
  it("that nobody takes has failed, with the error that its message has as cause", async () => {
    const gone = await scriptedServer(answering(ok()));
    await gone[Symbol.asyncDispose]();
    await using session = new Session({ trustEnv: false });
    using heard = new Heard(session);
    for (let n = 0; n < 2; n++) await session.get(gone.url).catch((error: unknown) => error);
    await heard.settled();
    const [one, other] = heard.of("connection");
    expect(one).toMatchObject({
      kind: "failed",
      origin: gone.url,
      proxy: null,
      httpVersion: null,
      info: null,
      messages: 0,
      timings: { dns: null, proxy: null, tls: null },
    });
    expect(one?.timings.tcp).toBeGreaterThan(0);
    expect(one?.error).toBeInstanceOf(Error);
    expect(other?.id).toBeGreaterThan(one?.id ?? Number.NaN);
    for (const { connectionId } of heard.of("message")) expect(connectionId).toBeNull();
  });

  it.for([
    ["is given up by its caller", true],
    ["ends with its session", false],
  ] as const)("that %s while it is opened has failed, once", async ([, isAborted]) => {
    await using session = sessionWith({ lookup: never });
    using heard = new Heard(session);
    const controller = new AbortController();
    const call = session
      .get("https://slow.test/", { signal: controller.signal })
      .catch((error: unknown) => error);
    await expect.poll(() => heard.of("sending").length).toBe(1);
    if (isAborted) controller.abort();
    else await session.close();
    await call;
    await heard.settled();
    const connection = heard.one("connection");
    expect(connection).toMatchObject({
      kind: "failed",
      origin: "https://slow.test",
      timings: { tcp: null, tls: null },
    });
    expect(connection.timings.dns).not.toBeNull();
    expect(connection.startedAt).toBeGreaterThanOrEqual(heard.one("message").startedAt);
    expect(connection.startedAt).toBeLessThanOrEqual(Date.now());
  });

  it("has as many messages as went over it whole when it is closed, be it by the server", async () => {
    await using server = await scriptedServer(async (connection) => {
      for (let n = 0; n < 3; n++) {
        await connection.request();
        connection.write(ok());
      }
      connection.end();
    });
    await using session = new Session({ trustEnv: false });
    using heard = new Heard(session);
    for (let n = 0; n < 3; n++) await session.get(server.url);
    await expect.poll(() => heard.of("connection").length).toBe(2);
    const [opened, closed] = heard.of("connection");
    expect([opened?.kind, opened?.messages]).toEqual(["opened", 0]);
    expect(closed).toMatchObject({
      kind: "closed",
      messages: 3,
      id: opened?.id,
      startedAt: opened?.startedAt,
    });
    expect(closed?.info).toEqual(opened?.info);
    expect(closed?.timings).toEqual(opened?.timings);
    expect(closed?.duration).toBeGreaterThan(opened?.duration ?? Number.NaN);
  });

  it("that was open before anybody listened is not told of, and its messages have its number", async () => {
    await using server = await scriptedServer(answering(ok()));
    const session = new Session({ trustEnv: false });
    await session.get(server.url);
    using heard = new Heard(session);
    await session.get(server.url);
    await session.get(server.url);
    await session.close();
    expect(heard.of("connection")).toEqual([]);
    const ids = heard.of("message").map(({ connectionId }) => connectionId);
    expect(ids[0]).toBeGreaterThan(0);
    expect(new Set(ids).size).toBe(1);
    expect(heard.of("message").map(({ connection }) => connection?.isReused)).toEqual([true, true]);
  });
});
