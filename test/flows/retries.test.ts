import { describe, expect, it } from "vitest";
import { ConnectionError, Retry, RetryError, Session } from "../../src/index.ts";
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
});

describe("the budget of an origin", () => {
  const tight = { ratio: 0, perSecond: 1, window: 3000 };

  it("bounds the retries of all calls together, and says so", async () => {
    await using origin = await startOrigin(reply(503));
    await using session = new Session({ baseUrl: origin.url });
    const retry = new Retry({ total: 2, statusForcelist: [503], budget: tight });
    const errors: unknown[] = [];
    for (let at = 0; at < 5; at++)
      errors.push(await session.get("/", { retry }).catch((error: unknown) => error));
    expect(errors.map((error) => (error instanceof RetryError ? error.reason : error))).toEqual([
      "count",
      "budget",
      "budget",
      "budget",
      "budget",
    ]);
    expect(errors[4]).toMatchObject({
      message: expect.stringContaining("the retry budget of the origin is used up") as string,
      response: { status: 503, attempts: [{ status: 503, reason: "budget" }] },
      attempts: [{ status: 503, delayMs: 0, reason: "budget" }],
    });
    expect(errors[1]).toMatchObject({ attempts: [{ status: 503 }, { status: 503, reason: "budget" }] });
    expect((errors[0] as RetryError).attempts.map(({ reason }) => reason)).toEqual([undefined, undefined]);
    expect(origin.arrived.length).toBe(5 + 3);
  });

  it("ends a call as the policy ends it: with the response, which says why", async () => {
    await using origin = await startOrigin(reply(503, {}, "busy"));
    await using session = new Session({ baseUrl: origin.url });
    const retry = new Retry({
      total: 1,
      statusForcelist: [503],
      raiseOnStatus: false,
      budget: { ...tight, perSecond: 0 },
    });
    const response = await session.get("/", { retry });
    expect([response.status, response.text()]).toEqual([503, "busy"]);
    expect(response.attempts).toMatchObject([{ status: 503, reason: "budget" }]);
    const streamed = await session.get("/", { retry, stream: true });
    expect(streamed.attempts).toMatchObject([{ status: 503, reason: "budget" }]);
    expect(await streamed.text()).toBe("busy");
  });

  it("ends the retries of a Retry-After as a used-up total does: with the response", async () => {
    await using origin = await startOrigin(reply(503, { "Retry-After": "0" }));
    await using session = new Session({ baseUrl: origin.url });
    const none = { ...tight, perSecond: 0 };
    for (const retry of [new Retry({ total: 1, budget: null }), new Retry({ total: 1, budget: none })]) {
      const { status, attempts } = await session.get("/", { retry });
      expect([status, attempts.length]).toEqual([503, 1]);
    }
    expect((await session.get("/", { retry: new Retry({ total: 0 }) })).status).toBe(503);
  });

  it("ends the retries of a failure of the network with that failure, which says why", async () => {
    const origin = await startOrigin(reply(200));
    await origin[Symbol.asyncDispose]();
    await using session = new Session({ baseUrl: origin.url });
    const retry = new Retry({ total: 1, budget: { ...tight, perSecond: 0 } });
    const error: unknown = await session.get("/", { retry }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ attempts: [{ status: null, reason: "budget" }] });
  });

  it("grows by every request of the session to that origin, and no other", async () => {
    await using origin = await startOrigin((request, response) =>
      reply(request.url === "/bad" ? 503 : 200)(request, response),
    );
    await using other = await startOrigin(reply(200));
    await using session = new Session();
    const retry = new Retry({
      total: 4,
      statusForcelist: [503],
      raiseOnStatus: false,
      budget: { ratio: 0.2, perSecond: 0 },
    });
    const tried = async (): Promise<number> =>
      (await session.get(`${origin.url}/bad`, { retry })).attempts.length;
    expect(await tried()).toBe(1);
    for (let at = 0; at < 9; at++) await session.get(origin.url);
    for (let at = 0; at < 20; at++) await session.get(other.url, { retry });
    // Eleven requests are two retries; the third attempt is the one that had to be the last.
    expect(await tried()).toBe(3);
  });

  it("is not given back by who is aborted while waiting", async () => {
    let answered = 0;
    await using origin = await startOrigin((_request, response) => {
      response.writeHead(503, answered++ === 0 ? { "Retry-After": "60" } : {}).end();
    });
    await using session = new Session({ baseUrl: origin.url });
    const retry = new Retry({ statusForcelist: [503], budget: { ...tight, perSecond: 0, ratio: 1 } });
    const controller = new AbortController();
    const hooks = { retry: () => void setTimeout(() => controller.abort("enough"), 5) };
    await expect(session.get("/", { retry, hooks, signal: controller.signal })).rejects.toBe("enough");
    // Two requests are two retries, and one of them was taken.
    await expect(session.get("/", { retry })).rejects.toMatchObject({
      reason: "budget",
      attempts: [{ status: 503 }, { reason: "budget" }],
    });
    expect(answered).toBe(3);
  });

  it("lets a burst through in which few fail", async () => {
    let count = 0;
    await using origin = await startOrigin((request, response) =>
      reply(++count % 25 === 0 ? 503 : 200)(request, response),
    );
    await using session = new Session({
      baseUrl: origin.url,
      retry: new Retry({ total: 3, statusForcelist: [503] }),
    });
    const responses = await Promise.all(Array.from({ length: 400 }, async () => await session.get("/")));
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]));
  });

  it("is of the right shape also in a policy of one's own", async () => {
    await using session = new Session();
    const policy = { budget: { window: 5 }, next: () => ({ kind: "final" }) } as unknown as Retry; // wrong on purpose
    await expect(session.get("http://127.0.0.1:9/", { retry: policy })).rejects.toThrow("budget.window");
  });
});
