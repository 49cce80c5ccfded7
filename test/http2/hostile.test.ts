/** HTTP/2 servers that attack, or break the protocol: each call ends in time, in a response or in an error, and the next one is well. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ConnectionError, RequestException, Session } from "../../src/index.ts";
import { CODES, frameServer, type FrameServer } from "../support/frame-server.ts";
import { attacks, type Attack } from "../support/h2-attacks.ts";

const READ_MS = 400;
/** The limit of silence, and what a slow machine adds. */
const PATIENCE_MS = 8000;

describe.each(attacks)("HTTP/2, attacked with %s:", (_, own) => {
  let server: FrameServer;
  let play: Attack["play"] = () => undefined;
  let isFirst = true;
  beforeAll(async () => {
    server = await frameServer((request) => {
      if (isFirst) play(request);
      else request.ok("well");
      isFirst = false;
    });
  });
  afterAll(() => server[Symbol.asyncDispose]());

  describe.each(own)("$name", (attack) => {
    it.each(["in memory", "streamed"] as const)(
      "ends in time, and the next call is well, %s",
      async (way) => {
        play = attack.play;
        isFirst = true;
        await using session = new Session({
          baseUrl: server.url,
          verify: server.ca,
          http2: true,
          trustEnv: false,
          timeout: { connect: PATIENCE_MS, read: attack.ends === "error" ? READ_MS : 2 * PATIENCE_MS },
        });
        const call =
          way === "in memory"
            ? session.post("/", { data: "sent" }).bytes()
            : session.post("/", { data: "sent", stream: true }).then((response) => response.bytes());
        const outcome = await ended(call);
        if (attack.ends !== "any") expect(outcome.kind).toBe(attack.ends === "ok" ? "ok" : "error");
        if (outcome.kind === "error") expect(outcome.error).toBeInstanceOf(RequestException);
        // What is still under way of a flood may break the connection below the next call: one try more, then.
        const retry = attack.ends === "error" ? 1 : 0;
        expect(await session.get("/", { retry }).text()).toBe("well");
      },
      2 * PATIENCE_MS,
    );
  });
});

type Ended = { readonly kind: "ok" | "hung" } | { readonly kind: "error"; readonly error: unknown };

/** How a call ended, if it did. */
async function ended(call: PromiseLike<unknown>): Promise<Ended> {
  let timer: NodeJS.Timeout | undefined;
  const never = new Promise<Ended>((resolve) => {
    timer = setTimeout(() => resolve({ kind: "hung" }), PATIENCE_MS);
  });
  const result = Promise.resolve(call).then(
    (): Ended => ({ kind: "ok" }),
    (error: unknown): Ended => ({ kind: "error", error }),
  );
  try {
    return await Promise.race([result, never]);
  } finally {
    clearTimeout(timer);
  }
}

describe("HTTP/2, rapid resets:", () => {
  it("a server that resets every stream at once fails each call, and none goes out without end", async () => {
    let streams = 0;
    await using server = await frameServer((request) => {
      streams++;
      request.write(request.reset(CODES.REFUSED_STREAM));
    });
    await using session = new Session({
      baseUrl: server.url,
      verify: server.ca,
      http2: true,
      trustEnv: false,
    });
    const calls = await Promise.allSettled(Array.from({ length: 20 }, () => session.get("/")));
    for (const call of calls) expect(call).toMatchObject({ reason: expect.any(ConnectionError) as unknown });
    // Once, and five times more.
    expect(streams).toBeLessThanOrEqual(20 * 6);
  });
});

describe("HTTP/2, fields that cannot be:", () => {
  it.each([
    ["without a name", "", "x"],
    ["with a line end in the value", "x-a", "a\r\nset-cookie: b=c"],
    ["with a zero byte in the value", "x-a", "a\0b"],
    ["with a blank in the name", "x a", "b"],
    ["with a colon in the name", "x:a", "b"],
  ])("one %s is left out, and nothing of it gets in", async (_, name, value) => {
    // Node drops them and tells nobody; RFC 9113 §8.2.1 would have the response refused.
    await using server = await frameServer((request) =>
      request.ok("ok", [
        ["x-good", "1"],
        [name, value],
      ]),
    );
    await using session = new Session({
      baseUrl: server.url,
      verify: server.ca,
      http2: true,
      trustEnv: false,
    });
    const response = await session.get("/");
    expect([...response.headers]).toEqual([["x-good", "1"]]);
    expect(response.cookies.size).toBe(0);
  });
});
