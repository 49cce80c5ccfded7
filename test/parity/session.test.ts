/** Where a sojourn session does otherwise than Python requests, on purpose. */
import { describe, expect, it } from "vitest";

import { HttpAdapter, Retry, SessionClosed, wireResponse, type Adapter } from "../../src/index.ts";
import { failureOf, play } from "../support/one-call.ts";
import { answer } from "../support/wire-server.ts";

describe("a closed session", () => {
  it("sends nothing more, and still tells its cookies", async () => {
    const set = answer({ headers: [["Set-Cookie", "a=1; Path=/"]] });
    const { heard, result } = await play([set], async (session, url) => {
      await session.get(`${url}/set`);
      await session.close();
      await session.close();
      return [await failureOf(session.get(`${url}/get`)), session.cookies.get("a")] as const;
    });
    expect(result[0]).toBeInstanceOf(SessionClosed);
    expect(result[1]).toBe("1");
    expect(heard).toHaveLength(1);
  });
});

describe("an adapter mounted on a path", () => {
  it("has what is below that path, and nothing that merely begins alike", async () => {
    const stub: Adapter = { send: async () => wireResponse({ status: 299 }), close: async () => {} };
    const { result } = await play([], async (session, url) => {
      session.mount(`${url}/stub`, stub);
      const statuses: number[] = [];
      for (const path of ["/stub", "/stub/1", "/STUB/2", "/stubborn"])
        statuses.push((await session.get(url + path)).status);
      return statuses;
    });
    expect(result).toEqual([299, 299, 299, 200]);
  });
});

describe("a Retry-After that cannot be read", () => {
  it.for(["soon", "1.5", "-1"])("does not end the retries: %s", async (value) => {
    const busy = answer({ status: 503, headers: [["Retry-After", value]] });
    const { heard, result } = await play([busy, answer()], (session, url) => {
      session.mount(
        "http://",
        new HttpAdapter({ maxRetries: new Retry({ total: 3, statusForcelist: [503] }) }),
      );
      return session.get(url);
    });
    expect(result.status).toBe(200);
    expect(heard).toHaveLength(2);
  });
});
