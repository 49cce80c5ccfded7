/** Where sojourn writes queries and forms otherwise than Python requests, on purpose. */
import { describe, expect, it } from "vitest";

import { failureOf, play } from "../support/one-call.ts";

describe("a value that Python spells in its own way", () => {
  it("is written as JavaScript spells it in a query", async () => {
    const { heard } = await play([], (session, url) =>
      session.get(`${url}/get`, { params: { f: 1.5, g: 1, t: true, n: false } }),
    );
    expect(heard[0]?.target).toBe("/get?f=1.5&g=1&t=true&n=false");
  });

  it("is written as JavaScript spells it in a form", async () => {
    const { heard } = await play([], (session, url) => session.post(url, { data: { f: 1.5, t: true } }));
    expect(heard[0]?.body).toBe("f=1.5&t=true");
  });
});

describe("a record as value", () => {
  it("is refused before anything is sent", async () => {
    const { heard, result } = await play([], (session, url) =>
      // @ts-expect-error: the types refuse it as well.
      failureOf(session.get(url, { params: { a: { x: "1", y: "2" } } })),
    );
    expect(result).toBeInstanceOf(TypeError);
    expect(heard).toEqual([]);
  });
});

describe("an encoded query", () => {
  it.for(["?a=1&b=2", "&a=1&b=2", "a=1&b=2"])("may begin as it does in a URL: %s", async (params) => {
    const { heard } = await play([], (session, url) => session.get(`${url}/get?x=0`, { params }));
    expect(heard[0]?.target).toBe("/get?x=0&a=1&b=2");
  });
});
