import { describe, expect, it } from "vitest";
import { Retry, RetryError, Session } from "../../src/index.ts";
import { RESERVE } from "../../src/retries/budget.ts";
import { reply, startOrigin } from "../support/origins.ts";

describe("retries", () => {
  it("are told by the response and by the error, attempt by attempt", async () => {
    let count = 0;
    await using origin = await startOrigin((request, response) =>
      reply(++count === 3 ? 200 : 503)(request, response),
    );
    await using session = new Session({
      baseUrl: origin.url,
      retry: new Retry({ total: 2, statusForcelist: [503] }),
    });
    const response = await session.get("/?token=s3cret");
    expect(response.attempts.map(({ status, url }) => [status, url])).toEqual([
      [503, `${origin.url}/`],
      [503, `${origin.url}/`],
    ]);
    const error: unknown = await session.get("/").catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(RetryError);
    expect(error).toMatchObject({ attempts: [{ status: 503 }, { status: 503 }], response: { status: 503 } });
  });

  it("send each attempt with fresh cookies and a fresh signature", async () => {
    let count = 0;
    await using origin = await startOrigin((request, response) => {
      count++;
      reply(count < 3 ? 503 : 200, { "Set-Cookie": `n=${count}` })(request, response);
    });
    await using session = new Session({ baseUrl: origin.url, retry: new Retry({ statusForcelist: [503] }) });
    let signed = 0;
    await session.get("/", { auth: (request) => void request.headers.set("X-Signature", ++signed) });
    expect(origin.arrived.map(({ headers }) => [headers.cookie, headers["x-signature"]])).toEqual([
      [undefined, "1"],
      ["n=1", "2"],
      ["n=2", "3"],
    ]);
  });

  it("are not made for a body that can be read only once", async () => {
    await using origin = await startOrigin(reply(503));
    await using session = new Session({ baseUrl: origin.url, retry: new Retry({ statusForcelist: [503] }) });
    async function* once(): AsyncGenerator<string> {
      yield "x";
    }
    expect((await session.put("/", { data: once() })).status).toBe(503);
    expect(origin.arrived.length).toBe(1);
  });

  it("to one origin are bounded by a budget", async () => {
    await using origin = await startOrigin(reply(503));
    await using session = new Session({ baseUrl: origin.url });
    const retry = new Retry({ total: 5, statusForcelist: [503], raiseOnStatus: false, budget: 0.2 });
    for (let at = 0; at < 100; at++) await session.get("/", { retry });
    const retries = origin.arrived.length - 100;
    expect(retries).toBeGreaterThanOrEqual(RESERVE);
    expect(retries).toBeLessThanOrEqual(RESERVE + 20);
  });
});
