/** Requests that are prepared, edited and sent by hand, as in Python requests. */
import { afterEach, describe, expect, it, vi } from "vitest";

import {
  HeaderMap,
  PreparedRequest,
  Request,
  Session,
  wireResponse,
  type Adapter,
  type SendOptions,
} from "../../src/index.ts";
import { play } from "../support/one-call.ts";
import { answer } from "../support/wire-server.ts";

afterEach(() => vi.unstubAllEnvs());

/** A request that no session has seen. */
function byHand(url: string): PreparedRequest {
  return new PreparedRequest({ method: "GET", url, headers: new HeaderMap({ "X-Own": "1" }), payload: null });
}

describe("a prepared request that no session has made", () => {
  it("is sent as it stands: nothing of the session is added", async () => {
    const seen: string[] = [];
    const set = answer({ headers: [["Set-Cookie", "taken=1"]] });
    const { heard, result } = await play([set], async (session, url) => {
      session.headers.set("X-Session", "1");
      session.cookies.set("c", "1");
      session.auth = ["user", "pass"];
      session.params = { p: "1" };
      session.hooks = { response: () => void seen.push("hook") };
      await session.send(byHand(`${url}/x`));
      return session.cookies.get("taken");
    });
    expect(heard[0]?.target).toBe("/x");
    expect(heard[0]?.headers.map(([name]) => name)).toEqual(["Host", "X-Own"]);
    expect(seen).toEqual([]);
    // The session's jar takes what the response sets.
    expect(result).toBe("1");
  });

  it("travels as the session says: its timeouts, proxies and certificates, and those of the environment", async () => {
    const asked: SendOptions[] = [];
    const adapter: Adapter = {
      send: async (_request, options) => {
        asked.push(options);
        return wireResponse({ status: 200 });
      },
      close: async () => {},
    };
    vi.stubEnv("REQUESTS_CA_BUNDLE", "/bundle.pem");
    await using session = new Session({ timeout: { total: 5000 }, proxies: { all: "http://p.test" } });
    session.mount("https://", adapter);
    await session.send(byHand("https://example.test/"));
    expect(asked[0]).toMatchObject({
      verify: { kind: "path", path: "/bundle.pem" },
      timeouts: { connectMs: 10_000, readMs: 60_000, totalMs: 5000 },
    });
    expect(asked[0]?.proxies.explicit.byKey.get("all")).toBe("http://p.test");
  });
});

describe("a session without defaults", () => {
  it("prepares a request with nothing but what it says, and the credentials of its URL", async () => {
    await using bare = new Session({ headers: null, trustEnv: false });
    const prepared = bare.prepareRequest(
      new Request("post", "http://user:pass@example.test/x", { data: "é" }),
    );
    expect(prepared.method).toBe("POST");
    expect(prepared.pathUrl).toBe("/x");
    expect(prepared.body).toEqual(Buffer.from("é"));
    expect(prepared.headers.toObject()).toEqual({
      "Content-Length": "2",
      Authorization: "Basic dXNlcjpwYXNz",
    });
  });
});

describe("auth", () => {
  it("runs when the body is there, and may change all of the request", async () => {
    const lengths: (string | null)[] = [];
    const { heard } = await play([], (session, url) =>
      session.post(`${url}/x`, {
        data: "body",
        auth: (request) => {
          lengths.push(request.headers.get("content-length"));
          request.method = "PUT";
          request.url = `${url}/y?signed=1`;
          request.headers.set("X-Signature", "s");
          request.body = "another body";
        },
      }),
    );
    expect(lengths).toEqual(["4"]);
    expect(heard[0]).toMatchObject({ method: "PUT", target: "/y?signed=1", body: "another body" });
    expect(heard[0]?.header("content-length")).toBe("12");
    expect(heard[0]?.header("x-signature")).toBe("s");
  });

  it("may give back another request", async () => {
    const { heard } = await play([], (session, url) =>
      session.get(`${url}/x`, {
        auth: (request) => {
          const other = request.clone();
          other.headers.set("Authorization", "Custom 1");
          return other;
        },
      }),
    );
    expect(heard[0]?.header("authorization")).toBe("Custom 1");
  });
});
