import { describe, expect, it } from "vitest";

import { AppAdapter, get, InvalidURL, MissingSchema, Request, Session, toFetch } from "../../src/index.ts";
import { startH2, ok } from "../support/h2-server.ts";
import { reply, startOrigin, type TestOrigin } from "../support/origins.ts";
import { failureOf } from "../support/one-call.ts";

const asked = (origin: TestOrigin): string[] => origin.arrived.map(({ url }) => url);

describe("a base URL", () => {
  it("is gone on from by every call", async () => {
    await using origin = await startOrigin(reply(200));
    await using session = new Session({ trustEnv: false, baseUrl: `${origin.url}/v1` });
    await session.get("users");
    await session.post("/users", { json: {} });
    await session.request("PURGE", "users", { stream: true }).text();
    await session.send(session.prepareRequest(new Request("GET", "/users?a=1")));
    await session.get("", { params: { page: 2 } });
    await (await toFetch(session)("users")).text();
    expect(asked(origin)).toEqual([
      "/v1/users",
      "/v1/users",
      "/v1/users",
      "/v1/users?a=1",
      "/v1?page=2",
      "/v1/users",
    ]);
  });

  it("is gone on from over HTTP/2, and by an app", async () => {
    await using server = await startH2((stream) => ok(stream));
    await using modern = new Session({ baseUrl: `${server.url}/v1/`, verify: server.ca, http2: true });
    await modern.get("/users:search");
    expect(server.seen[0]?.[":path"]).toBe("/v1/users:search");

    await using session = new Session({ baseUrl: "http://app.test/v1" });
    session.mount(
      "http://app.test",
      new AppAdapter((request: globalThis.Request) => new globalThis.Response(request.url)),
    );
    expect(await session.get("a\\..\\b").text()).toBe("http://app.test/v1/a%5C..%5Cb");
  });

  it("may be set later, and is told", async () => {
    const session = new Session();
    session.baseUrl = new URL("https://api.test/v1");
    expect(session.baseUrl).toBe("https://api.test/v1");
    expect(() => (session.baseUrl = "https://api.test/v1?a=1")).toThrow(TypeError);
    expect(session.baseUrl).toBe("https://api.test/v1");
    expect(() => new Session({ baseUrl: "https://api.test/#a" })).toThrow(/baseUrl .* has a fragment/);
  });

  it.for([
    "//127.0.0.1/x",
    "\\\\127.0.0.1\\x",
    "../x",
    "%2e%2e/x",
    "a/../../x",
    "..%2Fx",
    "a/..%5c..%5Cx",
    "%2e%2E;/x",
  ])("is not left by a path from a user, and nothing is sent: %j", async (path) => {
    await using origin = await startOrigin(reply(200));
    await using session = new Session({ trustEnv: false, baseUrl: `${origin.url}/v1` });
    for (const options of [{}, { rawUrl: true }, { stream: true }])
      expect(await failureOf(session.get(path, options))).toBeInstanceOf(InvalidURL);
    const error = await failureOf(toFetch(session)(path));
    expect(error).toBeInstanceOf(TypeError);
    expect((error as TypeError).cause).toBeInstanceOf(InvalidURL);
    expect(origin.arrived).toEqual([]);
  });

  it("is nothing that a redirect is resolved against", async () => {
    await using origin = await startOrigin(({ url }, response) => {
      if (url.endsWith("/go")) response.writeHead(302, { location: "/there" }).end();
      else response.end();
    });
    await using session = new Session({ trustEnv: false, baseUrl: `${origin.url}/v1` });
    await session.get("go");
    await session.get("//".slice(1) + "go/../go");
    expect(asked(origin)).toEqual(["/v1/go", "/there", "/v1/go", "/there"]);
  });

  it("is what a relative URL without one is told of", async () => {
    await using session = new Session({ trustEnv: false });
    for (const url of ["/users", "users", "?q=1", ""]) {
      for (const call of [session.get(url), get(url)]) {
        const error = await failureOf(call);
        expect(error).toBeInstanceOf(MissingSchema);
        expect(String(error)).toContain("a session with a baseUrl");
      }
    }
    expect(String(await failureOf(toFetch(session)("/users?token=secret")))).toMatch(
      /TypeError: .*"\/users" is relative, and the session has no baseUrl$/,
    );
  });
});

describe("toFetch of a session with a base URL", () => {
  it.for([
    ["users", "/v1/users"],
    ["/users", "/v1/users"],
    ["?a=1", "/v1?a=1"],
    ["items:search", "/v1/items:search"],
    [" \t/us\ners\0 ", "/v1/users"],
    // as `Request` spells it
    ["/a/./b/../[c]|%7e?[]", "/v1/a/[c]|%7e?[]"],
    ["/a\\b", "/v1/a/b"],
  ] as const)("sends %j to %s", async ([input, target]) => {
    await using origin = await startOrigin(reply(200));
    await using session = new Session({ trustEnv: false, baseUrl: `${origin.url}/v1` });
    const response = await toFetch(session)(input);
    expect(asked(origin)).toEqual([target]);
    expect(response.url).toBe(origin.url + target);
  });

  it.for([".\t./x", "..\\x", " .. ", "\0//127.0.0.1/x", "/\n/127.0.0.1/x", "a/\n..\\../x"])(
    "refuses what its parser would lead out of it: %j",
    async (input) => {
      await using origin = await startOrigin(reply(200));
      await using session = new Session({ trustEnv: false, baseUrl: `${origin.url}/v1` });
      expect(await failureOf(toFetch(session)(input))).toBeInstanceOf(TypeError);
      expect(origin.arrived).toEqual([]);
    },
  );

  it.for(["h\nttp://HOST/x", "\x01http://HOST/x", "http:/\t/HOST/x", "http\r://HOST/x", "\0 http://HOST/x"])(
    "goes to no host that is named only once something is left out: %j",
    async (input) => {
      await using origin = await startOrigin(reply(200));
      await using other = await startOrigin(reply(200));
      await using session = new Session({ trustEnv: false, baseUrl: `${origin.url}/v1` });
      const url = input.replace("HOST", `127.0.0.1:${other.port}`);
      const error = await failureOf(toFetch(session)(url));
      expect(error).toBeInstanceOf(TypeError);
      expect((error as TypeError).cause).toBeInstanceOf(InvalidURL);
      expect(String((error as TypeError).cause)).toContain("once tabs, line ends and control characters");
      expect([...origin.arrived, ...other.arrived]).toEqual([]);
      // Where there is no base to leave, it is a URL as in every fetch, and blanks around one hide nothing.
      await using free = new Session({ trustEnv: false });
      await (await toFetch(free)(url)).text();
      await (await toFetch(session)(` \n${other.url}/x`)).text();
      expect(asked(other)).toEqual(["/x", "/x"]);
    },
  );

  it("leaves alone what stands for itself", async () => {
    await using origin = await startOrigin(reply(200));
    await using session = new Session({ trustEnv: false, baseUrl: `${origin.url}/v1` });
    const fetch = toFetch(session);
    await (await fetch(`${origin.url}/x`)).text();
    await (await fetch(new URL(`${origin.url}/y`))).text();
    await (await fetch(new globalThis.Request(`${origin.url}/z`))).text();
    expect(asked(origin)).toEqual(["/x", "/y", "/z"]);
    expect(await (await fetch("data:,text")).text()).toBe("text");
    expect(String(await failureOf(fetch("blob:nodedata:0")))).toContain("blob:");
  });

  it("sends the user info of the base, which no URL of fetch shows", async () => {
    await using origin = await startOrigin(reply(200));
    const baseUrl = `http://user:p%40$&@127.0.0.1:${origin.port}`;
    await using session = new Session({ trustEnv: false, baseUrl });
    const response = await toFetch(session)("/x");
    expect(origin.arrived[0]?.headers.authorization).toBe(
      `Basic ${Buffer.from("user:p@$&").toString("base64")}`,
    );
    expect(response.url).toBe(`${origin.url}/x`);
    await toFetch(session)(`${origin.url}/y`);
    expect(origin.arrived[1]?.headers.authorization).toBeUndefined();
  });
});
