/** Where sojourn reads URLs otherwise than Python requests, on purpose: one parser for every decision. */
import { describe, expect, it } from "vitest";

import { InvalidSchema, InvalidURL, Session } from "../../src/index.ts";
import { failureOf, play } from "../support/one-call.ts";
import { answer, wireServer } from "../support/wire-server.ts";

describe("dot segments", () => {
  it.for([
    ["/a/%2e%2e/b", "/b"],
    ["/a/%2E/b", "/a/b"],
    ["/a/.%2e/b", "/b"],
  ] as const)("are removed also when they are escaped: %s", async ([path, target]) => {
    const { heard, result } = await play([], (session, url) => session.get(url + path));
    expect(heard[0]?.target).toBe(target);
    expect(result.url).toMatch(new RegExp(`:\\d+${target}$`));
  });
});

describe("an empty query", () => {
  it.for([
    ["/x?", "/x?"],
    ["/?", "/?"],
    ["?", "/?"],
    ["/x?#part", "/x?"],
  ] as const)("is one: %s", async ([path, target]) => {
    const { heard, result } = await play([], (session, url) => session.get(url + path));
    expect(heard[0]?.target).toBe(target);
    expect(result.request.pathUrl).toBe(target);
  });
});

describe("a host", () => {
  it.for([
    ["127.1", "127.0.0.1"],
    ["0x7f000001", "127.0.0.1"],
    ["2130706433", "127.0.0.1"],
    ["127.0.0.01", "127.0.0.1"],
    ["☃.test", "xn--n3h.test"],
    ["-é.test", "xn----bga.test"],
  ] as const)("has one spelling, that of WHATWG: %s", async ([host, canonical]) => {
    await using proxy = await wireServer(answer());
    await using session = new Session({ trustEnv: false, proxies: { http: proxy.url } });
    const response = await session.get(`http://${host}/`);
    expect(proxy.requests[0]?.target).toBe(`http://${canonical}/`);
    expect(proxy.requests[0]?.header("host")).toBe(canonical);
    expect(response.url).toBe(`http://${canonical}/`);
  });

  it.for(["exa<mple.test", "exa|mple.test", "exa%20mple.test"])(
    "must be a name: %s is refused",
    async (host) => {
      await using proxy = await wireServer(answer());
      await using session = new Session({ trustEnv: false, proxies: { http: proxy.url } });
      expect(await failureOf(session.get(`http://${host}/`))).toBeInstanceOf(InvalidURL);
      expect(proxy.requests).toEqual([]);
    },
  );
});

describe("a host and a port without a scheme", () => {
  it.for(["localhost:3128", "example.test:8080/x?y"])("are told what they lack: %s", async (url) => {
    await using session = new Session({ trustEnv: false });
    const error = await failureOf(session.get(url));
    expect(error).toBeInstanceOf(InvalidSchema);
    expect(String(error)).toContain(`perhaps you meant http://${url.split("?")[0]}?`);
  });
});
