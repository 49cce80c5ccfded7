import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import {
  HttpBasicAuth,
  HttpBearerAuth,
  HttpDigestAuth,
  HttpProxyAuth,
  Request,
  RequestException,
  Session,
  type RequestOptions,
} from "../../src/index.ts";
import { reply, startOrigin } from "../support/origins.ts";

const CANARY = "c4n4ry";

/** Everything that a program may print of a value, by accident. */
function shown(value: unknown): string {
  const parts = [
    inspect(value, { depth: 10, showHidden: false }),
    String(JSON.stringify(value)),
    String(value),
  ];
  if (value instanceof Error) parts.push(value.message, String(value.stack), inspect(value.cause));
  return parts.join("\n");
}

/** Passwords in Basic credentials are readable, too. */
const ENCODED = [CANARY, Buffer.from(`user:${CANARY}`).toString("base64"), encodeURIComponent(CANARY)];

function expectNoCanary(value: unknown): void {
  for (const secret of ENCODED) expect(shown(value)).not.toContain(secret);
}

async function loaded(): Promise<{ session: Session; url: string } & AsyncDisposable> {
  const origin = await startOrigin(
    reply(401, { "Set-Cookie": `sid=${CANARY}`, "X-Auth-Token": CANARY }, "no"),
  );
  const session = new Session({
    headers: { Authorization: `Bearer ${CANARY}`, "X-Api-Key": CANARY, Cookie: `own=${CANARY}` },
    params: { token: CANARY },
    cookies: { sid: CANARY },
    proxies: { "http://elsewhere.test": `http://user:${CANARY}@127.0.0.1:1` },
    auth: ["user", CANARY],
    cert: { pfx: "/nowhere.pfx", passphrase: CANARY },
  });
  return {
    session,
    url: origin.url.replace("://", `://user:${CANARY}@`),
    [Symbol.asyncDispose]: async () => {
      await session.close();
      await origin[Symbol.asyncDispose]();
    },
  };
}

describe("printing shows no secret", () => {
  it("of a session, its headers and its jar", async () => {
    await using one = await loaded();
    expectNoCanary(one.session);
    expectNoCanary(one.session.headers);
    expect(inspect(one.session.cookies)).not.toContain(CANARY);
    expect(shown(one.session)).toContain("sid");
  });

  it("of a prepared request, a response, and its error", async () => {
    await using one = await loaded();
    const prepared = one.session.prepareRequest(
      new Request("POST", `${one.url}/x`, { data: { password: CANARY } }),
    );
    expectNoCanary(prepared);
    const response = await one.session.post(`${one.url}/x`, { data: { password: CANARY } });
    expectNoCanary(response);
    expectNoCanary(response.request);
    expectNoCanary(response.headers);
    expect(inspect(response.cookies)).not.toContain(CANARY);
    let error: unknown;
    try {
      response.raiseForStatus();
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(RequestException);
    expectNoCanary(error);
  });

  it("of a streamed response", async () => {
    await using one = await loaded();
    const response = await one.session.get(`${one.url}/x`, { stream: true });
    expectNoCanary(response);
    await response.close();
  });

  it("of an error of the network", async () => {
    await using one = await loaded();
    const error: unknown = await one.session
      .get("http://elsewhere.test/x")
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(RequestException);
    expectNoCanary(error);
  });

  it.for([
    new HttpBasicAuth("user", CANARY),
    new HttpProxyAuth("user", CANARY),
    new HttpDigestAuth("user", CANARY),
    new HttpBearerAuth(CANARY),
  ])("of %o", (auth) => {
    expectNoCanary(auth);
  });

  it("but whoever asks gets it", async () => {
    await using one = await loaded();
    expect(one.session.headers.get("x-api-key")).toBe(CANARY);
    expect(one.session.headers.toObject()["X-Api-Key"]).toBe(CANARY);
    expect(one.session.cookies.getDict()).toEqual({ sid: CANARY });
    expect(JSON.stringify(one.session.cookies.toJSON())).toContain(CANARY);
  });
});

describe("a session with a base URL", () => {
  /** What a session with secrets of every kind sends when it is asked for `url` (`away`: another origin). */
  async function sent(
    url: (home: string, away: string) => string,
    options: RequestOptions = {},
  ): Promise<{ readonly place: "home" | "away"; readonly url: string; readonly headers: unknown }> {
    await using home = await startOrigin(reply(200));
    await using away = await startOrigin(reply(200));
    await using session = new Session({
      baseUrl: `${home.url}/v1/`,
      headers: { "X-Api-Key": CANARY, Cookie: `sid=${CANARY}`, Accept: "text/x-kept" },
      params: { token: CANARY },
      auth: ["user", CANARY],
    });
    await session.get(url(home.url, away.url), options);
    const arrived = home.arrived[0] ?? away.arrived[0];
    expect(home.arrived.length + away.arrived.length).toBe(1);
    return {
      place: home.arrived.length === 1 ? "home" : "away",
      url: arrived?.url ?? "",
      headers: arrived?.headers,
    };
  }

  it.for([
    ["a relative URL", () => "users"],
    ["an absolute path", () => "/users"],
    ["an absolute URL of its origin", (home: string) => `${home}/users`],
  ] as const)("sends its secrets with %s", async ([, url]) => {
    const request = await sent(url);
    expect(request.place).toBe("home");
    expect(request.url).toContain(`?token=${CANARY}`);
    expect(request.headers).toMatchObject({
      "x-api-key": CANARY,
      cookie: `sid=${CANARY}`,
      authorization: `Basic ${Buffer.from(`user:${CANARY}`).toString("base64")}`,
    });
  });

  it("keeps them from another origin that an absolute URL leads to", async () => {
    const request = await sent((_home, away) => `${away}/x`);
    expect(request.place).toBe("away");
    expectNoCanary(request);
    expect(request.headers).toMatchObject({ accept: "text/x-kept" });
  });

  it("sends the request's own wherever it goes", async () => {
    const own = {
      auth: ["me", "mine"] as const,
      headers: { "X-Api-Key": "mine" },
      params: { token: "mine" },
    };
    const request = await sent((_home, away) => `${away}/x`, own);
    expect(request).toMatchObject({
      place: "away",
      url: "/x?token=mine",
      headers: { "x-api-key": "mine", authorization: `Basic ${Buffer.from("me:mine").toString("base64")}` },
    });
    expectNoCanary(request);
  });
});
