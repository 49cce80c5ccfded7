/** Digest over a session: what is sent, and what the caller sees. */
import { describe, expect, it } from "vitest";

import { HttpDigestAuth, UnrewindableBodyError } from "../../src/index.ts";
import { failureOf, play } from "../support/one-call.ts";
import { answer } from "../support/wire-server.ts";

const challenge = answer({
  status: 401,
  headers: [
    ["WWW-Authenticate", 'Digest realm="r", nonce="n", qop="auth"'],
    ["Set-Cookie", "challenged=1"],
  ],
});

describe("digest credentials", () => {
  it("cost one request more at first, and none afterwards", async () => {
    const { heard, result } = await play([challenge, answer()], async (session, url) => {
      session.auth = new HttpDigestAuth("user", "pass");
      const first = await session.get(`${url}/1`);
      return [first, await session.get(`${url}/2`)] as const;
    });
    expect(
      heard.map((request) => [request.target, /nc=(\d+)/.exec(request.header("authorization") ?? "")?.[1]]),
    )
      // The first goes bare: no nonce is known yet.
      .toEqual([
        ["/1", undefined],
        ["/1", "00000001"],
        ["/2", "00000002"],
      ]);
    expect(result.map(({ history }) => history.map(({ status }) => status))).toEqual([[401], []]);
    expect(heard.map((request) => request.header("cookie"))).toEqual([null, "challenged=1", "challenged=1"]);
    expect(result[0].elapsed).toBeGreaterThan(0);
    expect(result[0].history[0]?.elapsed).toBeGreaterThan(0);
  });

  it("count a nonce through, also when requests go side by side", async () => {
    const { heard } = await play([challenge, answer()], async (session, url) => {
      session.auth = new HttpDigestAuth("user", "pass");
      await session.get(url);
      await Promise.all(Array.from({ length: 10 }, () => session.get(url)));
    });
    const counts = heard
      .slice(1)
      .map((request) => /nc=([\da-f]+)/.exec(request.header("authorization") ?? "")?.[1]);
    const expected = Array.from({ length: 11 }, (_none, at) => (at + 1).toString(16).padStart(8, "0"));
    expect(new Set(counts)).toEqual(new Set(expected));
    expect(counts).toHaveLength(11);
  });

  it("that are wrong end in the second 401, with the first in its history", async () => {
    const { heard, result } = await play([challenge], (session, url) =>
      session.get(url, { auth: new HttpDigestAuth("user", "wrong") }),
    );
    expect(heard).toHaveLength(2);
    expect(result.status).toBe(401);
    expect(result.history.map(({ status }) => status)).toEqual([401]);
  });

  it("send a body again when that can be done", async () => {
    const { heard } = await play([challenge, answer()], (session, url) =>
      session.post(url, { data: () => ["ab", "cd"], auth: new HttpDigestAuth("user", "pass") }),
    );
    expect(heard.map(({ body }) => body)).toEqual(["abcd", "abcd"]);
  });

  it("never send a spent stream as an empty body", async () => {
    async function* once(): AsyncGenerator<string> {
      yield "abcd";
    }
    const { heard, result } = await play([challenge], (session, url) =>
      failureOf(session.post(url, { data: once(), auth: new HttpDigestAuth("user", "pass") })),
    );
    expect(heard.map(({ body }) => body)).toEqual(["abcd"]);
    expect(result).toBeInstanceOf(UnrewindableBodyError);
    expect(result).toMatchObject({ response: { status: 401 } });
  });
});

describe("a 407 of a proxy that forwards", () => {
  it("can be answered by an auth object", async () => {
    const asks = answer({ status: 407, headers: [["Proxy-Authenticate", "Token"]] });
    let token: string | null = null;
    const { heard, result } = await play([asks, answer()], (session, url) => {
      session.proxies = { http: url };
      return session.get("http://example.test/x", {
        auth: {
          apply: (request) => void request.headers.set("Proxy-Authorization", token),
          onChallenge: ({ status, headers }, answered = 0) => {
            token = headers.get("proxy-authenticate");
            return status === 407 && answered === 0;
          },
        },
      });
    });
    expect(result.status).toBe(200);
    expect(heard.map((request) => request.header("proxy-authorization"))).toEqual([null, "Token"]);
  });
});
