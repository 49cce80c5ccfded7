/** Sending what was prepared, and what `undefined` and `null` mean on the way. */
import { describe, expect, it } from "vitest";
import { head, PreparedRequest, Request, Session, type HooksInit, type SendInit } from "../../src/index.ts";
import { reply, routes, startOrigin } from "../support/origins.ts";

const redirecting = routes({ "/away": reply(302, { Location: "/there" }) });

describe("send()", () => {
  it.for(["headers", "params", "auth", "data", "json", "files", "cookies"])(
    "does not take %s, which the prepared request has already",
    async (name) => {
      // Given a prepared request
      await using origin = await startOrigin(reply(200));
      await using session = new Session({ baseUrl: origin.url });
      const prepared = session.prepareRequest(new Request("GET", "/"));

      // When it is sent with an option that came too late, as plain JavaScript may
      const late: SendInit = Object.fromEntries([[name, name === "auth" ? ["user", "pass"] : {}]]);
      const sending = session.send(prepared, late);

      // Then the option is refused, and nothing is sent
      await expect(sending).rejects.toThrow(new RegExp(`^${name} is no option of send\\(\\)`));
      expect(origin.arrived).toEqual([]);
    },
  );

  it("runs its own hooks after those of the request, and none at all with null", async () => {
    await using origin = await startOrigin(reply(200));
    const log: string[] = [];
    const note = (label: string): HooksInit => ({ response: () => void log.push(label) });
    await using session = new Session({ baseUrl: origin.url, hooks: note("session") });
    const prepared = session.prepareRequest(new Request("GET", "/", { hooks: note("request") }));

    await session.send(prepared, { hooks: note("send") });
    expect(log.splice(0)).toEqual(["session", "request", "send"]);
    await session.send(prepared, { hooks: null });
    expect(log).toEqual([]);
  });

  it("runs no hook of the session for a request that was made without one", async () => {
    await using origin = await startOrigin(reply(200));
    const log: string[] = [];
    const note = (label: string): HooksInit => ({ response: () => void log.push(label) });
    await using session = new Session({ hooks: note("session") });
    const { headers } = session;
    const made = new PreparedRequest({ method: "GET", url: `${origin.url}/`, headers, payload: null });

    await session.send(made, { hooks: note("send") });
    expect(log).toEqual(["send"]);
  });
});

describe("HEAD", () => {
  it.for([[undefined], [false]] as const)("stays at a redirect with allowRedirects %s", async ([value]) => {
    await using origin = await startOrigin(redirecting);
    await using session = new Session();
    expect((await session.head(`${origin.url}/away`, { allowRedirects: value })).status).toBe(302);
    expect((await head(`${origin.url}/away`, { allowRedirects: value })).status).toBe(302);
  });

  it("follows when it is asked to", async () => {
    await using origin = await startOrigin(redirecting);
    expect((await head(`${origin.url}/away`, { allowRedirects: true })).status).toBe(200);
  });
});

describe("a redirect hook", () => {
  it("that returns something else is told so", async () => {
    await using origin = await startOrigin(redirecting);
    await using session = new Session();
    const hooks = { redirect: () => "/elsewhere" as unknown as undefined };
    await expect(session.get(`${origin.url}/away`, { hooks })).rejects.toThrow(
      "a redirect hook must return a PreparedRequest or nothing, not string",
    );
  });
});
