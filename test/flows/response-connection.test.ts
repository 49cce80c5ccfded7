/** What a response tells of the connection that it came over. */
import { describe, expect, it } from "vitest";
import { AppAdapter, Session, type AnyResponse } from "../../src/index.ts";
import { reply, routes, startOrigin } from "../support/origins.ts";

/** Where a response came from, and whether on a connection that was there. */
function told({ connection }: AnyResponse): unknown {
  return connection === null ? null : [connection.remotePort, connection.isReused];
}

describe("response.connection", () => {
  it("is told of each hop, read and streamed", async () => {
    await using there = await startOrigin(reply(200, {}, "there"));
    await using here = await startOrigin(
      routes({
        "/away": reply(302, { Location: `${there.url}/x` }),
        "/twice": reply(302, { Location: "/away" }),
      }),
    );
    await using session = new Session({ trustEnv: false });
    const read = await session.get(`${here.url}/twice`);
    expect([...read.history, read].map(told)).toEqual([
      [here.port, false],
      [here.port, true],
      [there.port, false],
    ]);
    await using streamed = await session.get(`${here.url}/away`, { stream: true });
    expect([...streamed.history, streamed].map(told)).toEqual([
      [here.port, true],
      [there.port, true],
    ]);
  });

  it("stays when the session is closed", async () => {
    await using origin = await startOrigin(reply(404));
    const session = new Session({ trustEnv: false });
    const response = await session.get(origin.url);
    await session.close();
    expect(told(response)).toEqual([origin.port, false]);
  });

  it("is null for an app in this process", async () => {
    await using session = new Session({ trustEnv: false });
    session.mount("http://app.test", new AppAdapter(() => new Response("hi")));
    expect(told(await session.get("http://app.test/"))).toBeNull();
  });
});
