import { inspect } from "node:util";
import { describe, expect, expectTypeOf, it } from "vitest";
import type { StoredCookie } from "../../src/core/cookie-store.ts";
import { HTTPError } from "../../src/core/errors.ts";
import { HeaderMap } from "../../src/core/headers.ts";
import { read, requestTo, streamed } from "../support/responses.ts";

describe("the status of a response", () => {
  // PARITY RSP-2: 600 and more are nobody's errors.
  it.for([
    [200, true],
    [304, true],
    [399, true],
    [400, false],
    [404, false],
    [599, false],
    [600, true],
    [999, true],
  ] as const)("%i is ok: %j", ([status, ok]) => {
    expect(read({ status }).ok).toBe(ok);
    expect(streamed({ status }).ok).toBe(ok);
  });

  // PARITY RSP-5, RSP-6
  it.for([
    // status, Location, redirect, permanent
    [301, "/x", true, true],
    [302, "/x", true, false],
    [303, "/x", true, false],
    [307, "/x", true, false],
    [308, "/x", true, true],
    [300, "/x", false, false],
    [304, "/x", false, false],
    [200, "/x", false, false],
    [301, null, false, false],
  ] as const)(
    "%i with Location %j is a redirect: %j, for good: %j",
    ([status, location, isRedirect, isPermanentRedirect]) => {
      const headers = location === null ? {} : { location };
      expect(read({ status, headers })).toMatchObject({ isRedirect, isPermanentRedirect });
    },
  );
});

describe("raiseForStatus", () => {
  // PARITY RSP-4: requests' words.
  it.for([
    [404, "Not Found", "404 Client Error: Not Found for url: https://a.test/path"],
    [499, "", "499 Client Error:  for url: https://a.test/path"],
    [500, "Internal Server Error", "500 Server Error: Internal Server Error for url: https://a.test/path"],
    [599, "Odd", "599 Server Error: Odd for url: https://a.test/path"],
  ] as const)("throws for %i", ([status, statusText, message]) => {
    const response = read({ status, statusText });
    expect(() => response.raiseForStatus()).toThrow(HTTPError);
    expect(thrownBy(() => response.raiseForStatus())).toMatchObject({ message });
  });

  it("tells which request and which response", () => {
    const response = read({ status: 404 });
    const error = thrownBy(() => response.raiseForStatus());
    expect(error).toMatchObject({ code: "ERR_HTTP_STATUS", request: response.request, response });
  });

  it("shows the URL, but neither user info nor what looks secret", () => {
    const request = requestTo("https://user:pass@a.test/a%20b?q=1&token=s3cret#frag");
    const response = read({ status: 403, statusText: "Forbidden" }, { request });
    expect(thrownBy(() => response.raiseForStatus())).toMatchObject({
      message: "403 Client Error: Forbidden for url: https://a.test/a%20b?q=1&token=***#frag",
    });
  });

  it.for([200, 302, 600])("returns the response itself for %i", (status) => {
    const response = read({ status });
    expect(response.raiseForStatus()).toBe(response);
  });

  it("leaves the body where it is", async () => {
    const response = streamed({ status: 500, body: "why" });
    expect(() => response.raiseForStatus()).toThrow();
    expect(await response.text()).toBe("why");
  });
});

describe("what a response knows", () => {
  it("has the head as it was received, and the URL of its request", () => {
    const timings = { connect: 1, head: 5 };
    const request = requestTo("https://user@a.test/x#frag");
    const response = read(
      { status: 203, statusText: "So so", headers: { "X-A": "1" }, httpVersion: "1.0", timings },
      { request, elapsed: 7 },
    );
    expect(response).toMatchObject({
      status: 203,
      statusText: "So so",
      httpVersion: "1.0",
      timings,
      elapsed: 7,
      request,
    });
    expect(response.headers.get("x-a")).toBe("1");
    expect(response.url).toBe("https://user@a.test/x#frag");
    expect(read({}).timings).toBeNull();
  });

  it("has what the adapter tells of its connection, or `null`", () => {
    const connection = {
      remoteAddress: "127.0.0.1",
      remotePort: 80,
      localAddress: "127.0.0.1",
      localPort: 4711,
      socketPath: null,
      isReused: true,
      proxy: null,
      tls: null,
    };
    expect(read({ connection }).connection).toBe(connection);
    expect(streamed({ connection }).connection).toBe(connection);
    expect(read({ connection: null }).connection).toBeNull();
    expect(read({}).connection).toBeNull();
    expect(streamed({}).connection).toBeNull();
  });

  it("was redirected when there is a redirect in its history, not for a challenge", () => {
    const challenge = read({ status: 401 });
    const redirect = read({ status: 302, headers: { location: "/x" } });
    expect(read({}).redirected).toBe(false);
    expect(read({}, { history: [challenge] }).redirected).toBe(false);
    expect(read({}, { history: [challenge, redirect] }).redirected).toBe(true);
  });

  it("makes the next request when it is asked for, and only once", () => {
    let made = 0;
    const nextRequest = () => {
      made++;
      return requestTo("https://a.test/next");
    };
    const response = read({ status: 302, headers: { location: "/next" } }, { nextRequest });
    expect(made).toBe(0);
    expect(response.next?.url).toBe("https://a.test/next");
    expect(response.next).toBe(response.next);
    expect(made).toBe(1);
    expect(read({}).next).toBeNull();
  });

  it("has trailers when the adapter tells of them", () => {
    expect(read({}).trailers).toBeNull();
    expect(read({ trailers: { "x-sum": "1" } }).trailers?.get("x-sum")).toBe("1");
  });
});

describe("the cookies of a response", () => {
  const cookie = (name: string, value: string, path = "/"): StoredCookie => ({
    name,
    value,
    path,
    domain: "a.test",
    hostOnly: true,
    expires: null,
    secure: true,
    httpOnly: true,
    sameSite: null,
    createdAt: 0,
  });

  it("are looked up by name; the last one of a name counts", () => {
    const { cookies } = read({}, { cookies: [cookie("a", "1"), cookie("b", "2"), cookie("a", "3", "/x")] });
    expect(cookies.size).toBe(3);
    expect(cookies.get("a")).toBe("3");
    expect(cookies.get("c")).toBeNull();
    expect(cookies.getDict()).toEqual({ a: "3", b: "2" });
    expectTypeOf([...cookies]).toEqualTypeOf<StoredCookie[]>();
    expect([...cookies].map(({ name, path }) => [name, path])).toEqual([
      ["a", "/"],
      ["b", "/"],
      ["a", "/x"],
    ]);
  });

  it("may have any name", () => {
    const { cookies } = read({}, { cookies: [cookie("__proto__", "1")] });
    expect(Object.entries(cookies.getDict())).toEqual([["__proto__", "1"]]);
    expect(read({}).cookies.get("toString")).toBeNull();
  });

  it("do not show their values", () => {
    const { cookies } = read({}, { cookies: [cookie("sid", "s3cret")] });
    expect(inspect(cookies)).toBe("ResponseCookies { sid: '***' }");
    expect(JSON.stringify(cookies)).toBe('{"sid":"***"}');
  });
});

describe("printing a response", () => {
  const secrets = {
    "set-cookie": "sid=s3cret",
    "www-authenticate": "Bearer s3cret",
    location: "https://u:s3cret@b.test/cb?code=s3cret",
  };
  const request = requestTo("https://user:s3cret@a.test/x?token=s3cret&page=2");
  const first = read({ status: 302, headers: secrets }, { request });
  const response = read(
    { statusText: "OK", headers: { ...secrets, "x-a": "1" }, body: "s3cret" },
    { request, history: [first] },
  );

  it("shows status, method and URL first", () => {
    expect(String(response)).toBe("<Response [200] GET https://a.test/x>");
    expect(inspect(response)).toMatch(/^<Response \[200\] GET https:\/\/a\.test\/x> \{\s+statusText: 'OK'/);
    expect(String(streamed({ status: 404 }))).toBe("<StreamedResponse [404] GET https://a.test/path>");
  });

  it("shows no secret and no body, however deep one looks", () => {
    for (const shown of [inspect(response, { depth: 20 }), JSON.stringify(response)]) {
      expect(shown).not.toContain("s3cret");
      expect(shown).toContain("x-a");
    }
  });

  it("is plain data for JSON", () => {
    expect(JSON.parse(JSON.stringify(read({ headers: { "content-type": "text/plain" } })))).toEqual({
      status: 200,
      statusText: "",
      method: "GET",
      url: "https://a.test/path",
      headers: { "content-type": "text/plain" },
      httpVersion: "1.1",
      encoding: "ISO-8859-1",
      elapsed: 12,
      redirected: false,
      history: [],
      attempts: 0,
    });
  });
});

describe("a copy of a response", () => {
  it("has other parts, and all that hooks wrote into the first", () => {
    const original = read({ status: 200, body: "é" });
    original.status = 299;
    original.statusText = "Hooked";
    original.headers = new HeaderMap({ "x-hook": "1" });
    original.url = "https://b.test/";
    original.encoding = "latin1";
    const hop = read({ status: 302 });
    const attempts = [{ method: "GET", url: "https://a.test/", status: 503, error: null, delayMs: 5 }];
    const next = requestTo("https://a.test/next");
    const copy = original
      .withHistory([hop])
      .withAttempts(attempts)
      .withNext(() => next)
      .withCookies([]);
    expect(copy).toMatchObject({
      status: 299,
      statusText: "Hooked",
      url: "https://b.test/",
      encoding: "latin1",
    });
    expect(copy).toMatchObject({ history: [hop], attempts, next });
    expect(copy.headers.get("x-hook")).toBe("1");
    expect(copy.text()).toBe("Ã©");
    expect(original.history).toEqual([]);
  });

  it("shares the body: it can be read once, by one of them", async () => {
    const original = streamed({ body: "body" });
    const copy = original.withHistory([]);
    expect(await copy.text()).toBe("body");
    expect(await original.text()).toBe("body");
    const other = streamed({ body: "body" });
    for await (const _ of other.withAttempts([])) break;
    await expect(other.text()).rejects.toThrow("only once");
  });
});

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
