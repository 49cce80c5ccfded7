/** A token that many requests share, through a session: who is refused together is refreshed together. */
import { describe, expect, it } from "vitest";

import { HttpBearerAuth, Session } from "../../src/index.ts";
import { reply, startOrigin, type Answer, type TestOrigin } from "../support/origins.ts";

/** Takes the token `new` only, and answers the first ten when all of them are there. */
function refusing(): Answer {
  const waiting: (() => void)[] = [];
  return (request, response) => {
    if (request.headers.authorization === "Bearer new") {
      response.end(request.body);
      return;
    }
    waiting.push(() => reply(401, { "WWW-Authenticate": "Bearer" })(request, response));
    if (waiting.length === 10) for (const refuse of waiting.splice(0)) refuse();
  };
}

function tokensAt(origin: TestOrigin): string[] {
  const tokens = origin.arrived.map(({ headers }) => headers.authorization ?? "none");
  return tokens.toSorted((one, other) => one.localeCompare(other));
}

const ten = Array.from({ length: 10 }, (_none, at) => String(at));

describe("ten requests with a token that is refused", () => {
  it("cause one refresh, and are sent again once each, with their bodies", async () => {
    await using origin = await startOrigin(refusing());
    let refreshes = 0;
    await using session = new Session({
      baseUrl: origin.url,
      trustEnv: false,
      auth: new HttpBearerAuth({ token: "old", refresh: async () => (refreshes++, "new") }),
    });
    const responses = await Promise.all(ten.map((data) => session.post("/", { data })));
    expect(responses.map((response) => response.text())).toEqual(ten);
    expect(responses.map(({ history }) => history.map(({ status }) => status))).toEqual(ten.map(() => [401]));
    expect(refreshes).toBe(1);
    expect(tokensAt(origin)).toEqual([...ten.map(() => "Bearer new"), ...ten.map(() => "Bearer old")]);

    expect((await session.get("/")).history).toEqual([]);
  });

  it("all fail with the error of the one refresh that failed, and nothing is sent again", async () => {
    await using origin = await startOrigin(refusing());
    let refreshes = 0;
    const down = new Error("the token server is down");
    await using session = new Session({
      baseUrl: origin.url,
      trustEnv: false,
      auth: new HttpBearerAuth({ token: "old", refresh: () => (refreshes++, Promise.reject(down)) }),
    });
    const calls = await Promise.allSettled(ten.map((data) => session.post("/", { data })));
    expect(calls).toEqual(ten.map(() => ({ status: "rejected", reason: down })));
    expect(refreshes).toBe(1);
    expect(tokensAt(origin)).toEqual(ten.map(() => "Bearer old"));
  });
});
