/** Slips whose advice was wrong, or that did nothing: what they are answered with. */
import { afterAll, describe, expect, it } from "vitest";

import { HeaderMap, Request, request, Session, toFetch } from "../../src/index.ts";
import { startOrigin } from "../support/origins.ts";

/** As plain JavaScript may write it. */
const js = (value: unknown): never => value as never;

const origin = await startOrigin((_, response) => response.end());
const session = new Session({ trustEnv: false });
afterAll(async () => {
  await session.close();
  await origin[Symbol.asyncDispose]();
});

describe("method and URL that changed places", () => {
  it.for(["GET", "get", "POST", "QUERY"])("%s is no host", async (method) => {
    for (const call of [session.request(origin.url, method), request(origin.url, method)]) {
      const error = await call.then(
        () => null,
        (reason: unknown) => reason as Error,
      );
      expect(error?.message).toContain(
        `the method comes first, as in request("${method.toUpperCase()}", url`,
      );
      expect(error?.message).not.toContain("https://GET");
    }
  });
});

describe("a base URL that is a path", () => {
  it.for(["/v1", "?a", "./v1", ""])("%s must be absolute", (baseUrl) => {
    let message = "";
    try {
      void new Session({ baseUrl });
    } catch (error) {
      ({ message } = error as Error);
    }
    expect(message).toMatch(baseUrl === "" ? /baseUrl must be a URL/ : /it must be absolute, as "https:/);
    expect(message).not.toContain("https://v1");
  });

  it("and a host without a scheme is told its scheme", () => {
    expect(() => new Session({ baseUrl: "api.test/v1" })).toThrow("perhaps you meant https://api.test/v1?");
    expect(() => new Session({ baseUrl: "//api.test/v1" })).toThrow("perhaps you meant https://api.test/v1?");
  });
});

describe("what is no request and no session", () => {
  it("a Request has a URL", () => {
    for (const url of [undefined, null, { url: origin.url }])
      expect(() => new Request(origin.url, js(url))).toThrow("write new Request(method, url, options)");
    expect(new Request("GET", new URL(origin.url)).url).toBe(`${origin.url}/`);
  });

  it("prepareRequest() tells its Request from that of fetch", () => {
    expect(() => session.prepareRequest(js(new globalThis.Request(origin.url)))).toThrow(
      "must be a Request of this package, not Request of fetch: write new Request(method, url, options)",
    );
    expect(() => session.prepareRequest(js(origin.url))).toThrow(
      "what prepareRequest() takes must be a Request of this package, not string",
    );
  });

  it("toFetch() looks at its session at once", () => {
    for (const value of [undefined, null, {}, { fetch }, "http://127.0.0.1"])
      expect(() => toFetch(js(value))).toThrow(/what toFetch\(\) takes must be a Session, not/);
  });
});

describe("a property in the place of a header or a cookie", () => {
  it("is a TypeError", async () => {
    await using mine = new Session({ trustEnv: false, headers: { A: "b" } });
    const write = (): void => {
      const headers = js(mine.headers) as Record<string, string>;
      headers["X-A"] = "v";
    };
    expect(write).toThrow(TypeError);
    expect(() => Object.assign(mine.headers, { "X-A": "v" })).toThrow(TypeError);
    expect(() => Object.assign(mine.cookies, { sid: "v" })).toThrow(TypeError);
    mine.headers = { C: "d" };
    expect(write).toThrow(TypeError);
    mine.cookies = false;
    expect(() => Object.assign(mine.cookies, { sid: "v" })).toThrow(TypeError);
    // What it has still works.
    mine.headers.set("X-A", "v").delete("C");
    await mine.get(origin.url);
    expect(origin.arrived.at(-1)?.headers["x-a"]).toBe("v");
    expect(mine.headers.clone()).toBeInstanceOf(HeaderMap);
  });
});
