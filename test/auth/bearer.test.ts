import { inspect } from "node:util";

import { describe, expect, it } from "vitest";

import { HttpBearerAuth, type BearerInit } from "../../src/auth/bearer.ts";
import { HeaderMap } from "../../src/core/headers.ts";
import { PreparedRequest } from "../../src/core/request.ts";

function newRequest(): PreparedRequest {
  return new PreparedRequest({
    method: "GET",
    url: "http://a.test/",
    headers: new HeaderMap(),
    payload: null,
  });
}

async function signed(auth: HttpBearerAuth): Promise<PreparedRequest> {
  const request = newRequest();
  await auth.apply(request);
  return request;
}

async function refuse(
  auth: HttpBearerAuth,
  request: PreparedRequest,
  status = 401,
  answered?: number,
): Promise<boolean> {
  return await auth.onChallenge({ status, headers: new HeaderMap(), request }, answered);
}

function authorization(request: PreparedRequest): string | null {
  return request.headers.get("authorization");
}

describe("HttpBearerAuth", () => {
  it("signs with its token", async () => {
    expect(authorization(await signed(new HttpBearerAuth("abc.def")))).toBe("Bearer abc.def");
  });

  it("has no answer to a 401 without a refresh", async () => {
    const auth = new HttpBearerAuth("abc");
    expect(await refuse(auth, await signed(auth))).toBe(false);
  });

  it.for([
    [403, undefined],
    [407, undefined],
    [401, 1],
  ] as const)("has no answer to a %i that comes with %s answers before", async ([status, answered]) => {
    let calls = 0;
    const auth = new HttpBearerAuth({ token: "old", refresh: () => `new${++calls}` });
    expect(await refuse(auth, await signed(auth), status, answered)).toBe(false);
    expect(calls).toBe(0);
  });

  it("signs with a new token after a 401", async () => {
    const auth = new HttpBearerAuth({ token: "old", refresh: async () => "new" });
    expect(await refuse(auth, await signed(auth))).toBe(true);
    expect(authorization(await signed(auth))).toBe("Bearer new");
  });

  it.for([undefined, null])("gets a token before the first request when it has %s", async (token) => {
    let calls = 0;
    const auth = new HttpBearerAuth({
      ...(token === undefined ? {} : { token }),
      refresh: () => `t${++calls}`,
    });
    const requests = await Promise.all([signed(auth), signed(auth), signed(auth)]);
    expect(requests.map(authorization)).toEqual(["Bearer t1", "Bearer t1", "Bearer t1"]);
    expect(calls).toBe(1);
  });
});

describe("ten requests that are refused together", () => {
  it("cause one refresh", async () => {
    let calls = 0;
    const auth = new HttpBearerAuth({ token: "old", refresh: async () => `new${++calls}` });
    const requests = await Promise.all(Array.from({ length: 10 }, () => signed(auth)));
    expect(await Promise.all(requests.map((request) => refuse(auth, request)))).toEqual(
      requests.map(() => true),
    );
    expect(calls).toBe(1);
    expect(authorization(await signed(auth))).toBe("Bearer new1");
  });

  it("cause one refresh also if some answers come after it", async () => {
    let calls = 0;
    const auth = new HttpBearerAuth({ token: "old", refresh: async () => `new${++calls}` });
    const [first, second] = [await signed(auth), await signed(auth)];
    expect(await refuse(auth, first)).toBe(true);
    expect(await refuse(auth, second)).toBe(true);
    expect(calls).toBe(1);
  });

  it("all fail with the error of the one refresh", async () => {
    let calls = 0;
    const auth = new HttpBearerAuth({
      token: "old",
      refresh: () => Promise.reject(new Error(`no ${++calls}`)),
    });
    const requests = await Promise.all(Array.from({ length: 10 }, () => signed(auth)));
    const together = await Promise.allSettled(requests.slice(0, 5).map((request) => refuse(auth, request)));
    const later = await Promise.allSettled(requests.slice(5).map((request) => refuse(auth, request)));
    expect([...together, ...later]).toEqual(
      requests.map(() => ({ status: "rejected", reason: new Error("no 1") })),
    );
    expect(calls).toBe(1);
  });

  it("leave it to the next request to try another refresh", async () => {
    let calls = 0;
    const auth = new HttpBearerAuth({
      token: "old",
      refresh: () => {
        if (++calls === 1) throw new Error("down");
        return "new";
      },
    });
    await expect(refuse(auth, await signed(auth))).rejects.toThrow("down");
    const next = await signed(auth);
    expect(authorization(next)).toBe("Bearer old");
    expect(await refuse(auth, next)).toBe(true);
    expect(authorization(await signed(auth))).toBe("Bearer new");
  });
});

describe("a refresh", () => {
  it("that waits for itself is an error and no standstill", async () => {
    const auth: HttpBearerAuth = new HttpBearerAuth({
      refresh: async () => authorization(await signed(auth)) ?? "",
    });
    await expect(signed(auth)).rejects.toThrow("give that request auth: false");
  });

  it("that is refused itself is an error and no standstill", async () => {
    const auth: HttpBearerAuth = new HttpBearerAuth({
      token: "old",
      refresh: async () => String(await refuse(auth, await signed(auth))),
    });
    await expect(refuse(auth, await signed(auth))).rejects.toThrow("give that request auth: false");
  });

  it("may use other auth objects that refresh", async () => {
    const inner = new HttpBearerAuth({ refresh: async () => "inner" });
    const outer = new HttpBearerAuth({
      refresh: async () => `for-${(authorization(await signed(inner)) ?? "").slice(7)}`,
    });
    expect(authorization(await signed(outer))).toBe("Bearer for-inner");
  });

  it.for([
    ["", "a bearer token must be visible ASCII characters, without blanks and line ends"],
    ["sek rit", "a bearer token must be visible ASCII characters, without blanks and line ends"],
    [undefined, "a bearer token must be text, not undefined"],
  ] as const)("must not give %j", async ([token, message]) => {
    const auth = new HttpBearerAuth({ token: "old", refresh: () => token as string });
    await expect(refuse(auth, await signed(auth))).rejects.toThrow(new TypeError(message));
  });
});

describe("a bearer", () => {
  it.for([
    ["", "a bearer token must be visible ASCII characters, without blanks and line ends"],
    ["sekrit\n", "a bearer token must be visible ASCII characters, without blanks and line ends"],
    ["sekrit\u00fc", "a bearer token must be visible ASCII characters, without blanks and line ends"],
    [123, "a bearer must be a token or { token, refresh }, not number"],
    [null, "a bearer must be a token or { token, refresh }, not null"],
    [{ token: "sekrit" }, "refresh must be a function that returns a token, not undefined"],
    [{ token: 1, refresh: () => "x" }, "a bearer token must be text, not number"],
    [{ token: "sekrit", refresh: "x" }, "refresh must be a function that returns a token, not string"],
    [
      { token: "sekrit", refresh: () => "x", expires: 1 },
      'a bearer has no option "expires"; known are token, refresh',
    ],
  ] as const)("is refused: %j", ([init, message]) => {
    expect(() => new HttpBearerAuth(init as unknown as BearerInit)).toThrow(new TypeError(message));
  });

  it("does not show its token", () => {
    for (const auth of [
      new HttpBearerAuth("sekrit"),
      new HttpBearerAuth({ token: "sekrit", refresh: () => "sekrit" }),
    ]) {
      const printed = inspect({ auth }, { showHidden: true, depth: 9 }) + JSON.stringify({ auth });
      expect(printed).not.toContain("sekrit");
      expect(inspect(auth)).toBe("HttpBearerAuth ***");
      expect(JSON.stringify(auth)).toBe('{"scheme":"Bearer","credentials":"***"}');
    }
  });
});
