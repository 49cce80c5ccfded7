/** fetch never rejects for a status, whatever the session makes of one. */
import { describe, expect, it } from "vitest";

import { HTTPError, Retry, Session, toFetch, type SessionOptions } from "../../src/index.ts";
import { reply, routes, startOrigin } from "../support/origins.ts";
import { failureOf } from "../support/one-call.ts";

const busy = routes({
  "/": reply(503, { "Content-Type": "application/json" }, '{"error":"busy"}'),
  "/moved": reply(302, { Location: "/" }),
  "/fine": reply(200, {}, "fine"),
});

const listed = { statusForcelist: [503], allowedMethods: null, backoffFactor: 0 };

describe("a status under toFetch()", () => {
  it.for<[name: string, options: SessionOptions, arrived: number]>([
    ["after the last retry", { retry: new Retry({ total: 2, ...listed }) }, 3],
    ["without a retry", { retry: new Retry({ total: false, ...listed }) }, 1],
    ["of a policy of one's own", { retry: { next: () => ({ kind: "exhausted", raise: true }) } }, 1],
    ["that a hook raises", { hooks: { response: (response) => void response.raiseForStatus() } }, 1],
    [
      "that a hook raises later",
      {
        hooks: {
          response: async (response) => {
            await Promise.resolve();
            response.raiseForStatus();
          },
        },
      },
      1,
    ],
    [
      "that a hook raises itself",
      {
        hooks: {
          response: () => {
            throw new HTTPError("busy", { phase: "head" });
          },
        },
      },
      1,
    ],
    [
      "that a hook raises when it has read the body",
      {
        hooks: {
          response: async (response) => {
            await response.text();
            response.raiseForStatus();
          },
        },
      },
      1,
    ],
  ])("is the answer: %s", async ([, options, arrived]) => {
    await using origin = await startOrigin(busy);
    await using session = new Session({ trustEnv: false, ...options });
    const errors: unknown[] = [];
    session.hooks = { ...session.hooks, error: (error) => void errors.push(error) };
    const response = await toFetch(session)(origin.url, { method: "POST", body: "x" });
    expect([response.status, response.ok, await response.json()]).toEqual([503, false, { error: "busy" }]);
    expect(origin.arrived).toHaveLength(arrived);
    expect(errors).toEqual([]);
  });

  it("is that of the last hop", async () => {
    await using origin = await startOrigin(busy);
    await using session = new Session({ trustEnv: false });
    session.hooks = { response: (response) => void response.raiseForStatus() };
    const response = await toFetch(session)(`${origin.url}/moved`);
    expect([response.status, response.redirected, response.url]).toEqual([503, true, `${origin.url}/`]);
  });

  it("of another response is the hook's own failure", async () => {
    await using origin = await startOrigin(busy);
    await using session = new Session({ trustEnv: false });
    await using other = new Session({ trustEnv: false });
    session.hooks = { response: async () => void (await other.get(origin.url)).raiseForStatus() };
    const error = await failureOf(toFetch(session)(`${origin.url}/fine`));
    expect(error).toBeInstanceOf(TypeError);
    expect((error as TypeError).cause).toBeInstanceOf(HTTPError);
  });

  it("is an error of the session's own calls, as ever", async () => {
    await using origin = await startOrigin(busy);
    await using session = new Session({ trustEnv: false, retry: new Retry({ total: 1, ...listed }) });
    await toFetch(session)(origin.url);
    expect(await failureOf(session.get(origin.url))).toMatchObject({ name: "RetryError" });
    session.retry = null;
    session.hooks = { response: (response) => void response.raiseForStatus() };
    expect(await failureOf(session.get(origin.url))).toBeInstanceOf(HTTPError);
  });
});
