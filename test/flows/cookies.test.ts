import { describe, expect, it } from "vitest";
import { CookieJar, get, Session } from "../../src/index.ts";
import { startTestServer } from "../../testing/index.ts";
import { reply, routes, startOrigin } from "../support/origins.ts";

describe("cookies of a session", () => {
  it("are taken from a redirect and sent on the next hop and afterwards", async () => {
    await using server = await startTestServer();
    await using session = new Session({ baseUrl: server.url });
    const response = await session.get("/cookies/set/a/1");
    expect(response.json()).toEqual({ cookies: { a: "1" } });
    expect(response.history[0]?.cookies.getDict()).toEqual({ a: "1" });
    expect(session.cookies.getDict()).toEqual({ a: "1" });
  });

  it("are forgotten by the functional API", async () => {
    await using server = await startTestServer();
    await get(`${server.url}/cookies/set/a/1`);
    expect(await get(`${server.url}/cookies`).json()).toEqual({ cookies: {} });
  });

  it("are joined by those of the request, which are not kept", async () => {
    await using server = await startTestServer();
    await using session = new Session({ baseUrl: server.url });
    await session.get("/cookies/set/a/1");
    const response = await session.get("/cookies", { cookies: { b: "2" } });
    expect(response.json()).toEqual({ cookies: { a: "1", b: "2" } });
    expect(session.cookies.getDict()).toEqual({ a: "1" });
  });

  it("give way to one of the request with the same name, and to null", async () => {
    await using origin = await startOrigin(routes({ "/set": reply(200, { "Set-Cookie": ["a=1", "b=2"] }) }));
    await using session = new Session({ baseUrl: origin.url });
    await session.get("/set");
    await session.get("/x", { cookies: { a: "other" } });
    await session.get("/x", { cookies: { a: null } });
    await session.get("/x");
    expect(origin.arrived.map((request) => request.headers.cookie)).toEqual([
      undefined,
      "a=other; b=2",
      "b=2",
      "a=1; b=2",
    ]);
  });

  it("do not follow a redirect to another host, when they belong to the request or to no host", async () => {
    await using other = await startOrigin(reply(200));
    const elsewhere = other.url.replace("127.0.0.1", "localhost");
    await using origin = await startOrigin(routes({ "/go": reply(302, { Location: `${elsewhere}/there` }) }));
    await using session = new Session({ baseUrl: origin.url, cookies: { mine: "1" } });
    await session.get("/go", { cookies: { once: "2" } });
    expect(origin.arrived[0]?.headers.cookie).toBe("mine=1; once=2");
    expect(other.arrived[0]?.headers.cookie).toBeUndefined();
  });

  it("that the program sets for no host belong to the first host that is asked", async () => {
    await using other = await startOrigin(reply(200));
    await using origin = await startOrigin(reply(200));
    await using session = new Session();
    session.cookies.set("mine", "1");
    await session.get(origin.url);
    await session.get(other.url.replace("127.0.0.1", "localhost"));
    await session.get(origin.url);
    expect(origin.arrived.map((request) => request.headers.cookie)).toEqual(["mine=1", "mine=1"]);
    expect(other.arrived[0]?.headers.cookie).toBeUndefined();
  });

  it("stand back where the caller wrote a Cookie header", async () => {
    await using origin = await startOrigin(routes({ "/set": reply(200, { "Set-Cookie": "a=1" }) }));
    await using session = new Session({ baseUrl: origin.url });
    await session.get("/set");
    await session.get("/x", { headers: { Cookie: "own=1" } });
    expect(origin.arrived[1]?.headers.cookie).toBe("own=1");
  });

  it("are kept from an error response, and from one that is retried", async () => {
    let count = 0;
    await using origin = await startOrigin((_request, response) => {
      count++;
      response.writeHead(count < 3 ? 503 : 200, { "Set-Cookie": `n${count}=1` });
      response.end();
    });
    await using session = new Session({ baseUrl: origin.url });
    const response = await session.get("/", { retry: 0 });
    expect(response.status).toBe(503);
    expect(session.cookies.getDict()).toEqual({ n1: "1" });
  });

  it("can be a plain object when they are assigned", async () => {
    await using origin = await startOrigin(reply(200));
    await using session = new Session();
    session.cookies = { a: "1" };
    expect(session.cookies).toBeInstanceOf(CookieJar);
    await session.get(origin.url);
    expect(origin.arrived[0]?.headers.cookie).toBe("a=1");
  });

  it("that are refused are told to a hook with the reason", async () => {
    await using origin = await startOrigin(
      reply(200, { "Set-Cookie": ["a=1; Domain=other.test", "__Host-b=2", "c=3"] }),
    );
    const refused: string[] = [];
    await using session = new Session({
      hooks: { cookieRefused: (refusal) => void refused.push(`${refusal.name} ${refusal.reason}`) },
    });
    await session.get(origin.url);
    expect(refused).toEqual(["a domain-mismatch", "__Host-b host-prefix"]);
    expect(session.cookies.getDict()).toEqual({ c: "3" });
  });
});
