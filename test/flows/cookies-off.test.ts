import { describe, expect, it } from "vitest";

import { CookieJar, Session, type CookieRefusal } from "../../src/index.ts";
import { rejection } from "../support/messages.ts";
import { reply, routes, startOrigin, type TestOrigin } from "../support/origins.ts";

function settingOrigin(): Promise<TestOrigin> {
  return startOrigin(
    routes({
      "/set": reply(200, { "Set-Cookie": "sid=1" }),
      "/go": reply(302, { "Set-Cookie": "hop=1", Location: "/set" }),
    }),
  );
}

function sent({ arrived }: TestOrigin): (string | undefined)[] {
  return arrived.map(({ headers }) => headers.cookie);
}

describe("cookies: false", () => {
  it("of a request sends none and keeps none, redirects included", async () => {
    await using origin = await settingOrigin();
    await using session = new Session({ baseUrl: origin.url, cookies: { mine: "1" } });
    const response = await session.get("/go", { cookies: false });
    expect(response.cookies.getDict()).toEqual({});
    expect(session.cookies.getDict()).toEqual({ mine: "1" });
    await session.get("/set");
    await session.get("/x", { cookies: false });
    expect(sent(origin)).toEqual([undefined, undefined, "mine=1", undefined]);
  });

  it("of a session takes none from servers, and tells the hook so", async () => {
    await using origin = await settingOrigin();
    const refused: CookieRefusal[] = [];
    await using session = new Session({
      baseUrl: origin.url,
      cookies: false,
      hooks: { cookieRefused: (refusal) => void refused.push(refusal) },
    });
    await session.get("/go");
    await session.get("/x");
    expect(sent(origin)).toEqual([undefined, undefined, undefined]);
    expect(refused.map(({ reason, name }) => [reason, name])).toEqual([
      ["not-accepted", "hop"],
      ["not-accepted", "sid"],
    ]);
  });

  it("of a session leaves the cookies of the program alone", async () => {
    await using origin = await settingOrigin();
    await using session = new Session({ baseUrl: origin.url, cookies: false });
    session.cookies.set("mine", "1");
    await session.get("/set");
    await session.get("/x", { cookies: { own: "2" } });
    expect(sent(origin)).toEqual(["mine=1", "mine=1; own=2"]);
    expect(session.cookies.getDict()).toEqual({ mine: "1" });
  });

  it("can be set later, and begins with an empty jar", async () => {
    await using origin = await settingOrigin();
    await using session = new Session({ baseUrl: origin.url });
    await session.get("/set");
    session.cookies = false;
    await session.get("/set");
    await session.get("/x");
    expect(sent(origin)).toEqual([undefined, undefined, undefined]);
  });

  it("is neither true nor a word", async () => {
    for (const value of [true, "no", 0]) {
      expect(() => new Session({ cookies: value as never })).toThrow(
        /cookies must be a record.*false or null/,
      );
    }
    await using session = new Session();
    expect(await rejection(session.get("http://a.test/", { cookies: true as never }))).toBeInstanceOf(
      TypeError,
    );
  });
});

describe("a jar that does not accept", () => {
  it("says so for a field that it could read, and stays so when it is copied", () => {
    const jar = new CookieJar({ mine: "1" }, { accept: false });
    const refusal = { kind: "refused", reason: "not-accepted", name: "a" };
    expect(jar.setCookie("a=1", "http://a.test/")).toEqual(refusal);
    expect(jar.clone().setCookie("a=1", "http://a.test/")).toEqual(refusal);
    expect(jar.setCookie("a=\u0000", "http://a.test/")).toMatchObject({ reason: "control-character" });
    expect(jar.getDict()).toEqual({ mine: "1" });
  });

  it("is asked for with true or false", () => {
    expect(() => new CookieJar(null, { accept: "no" as never })).toThrow(TypeError);
  });
});
