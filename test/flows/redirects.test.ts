import { describe, expect, it } from "vitest";
import {
  Session,
  StreamedResponse,
  type Auth,
  TooManyRedirects,
  UnrewindableBodyError,
} from "../../src/index.ts";
import { startTestServer } from "../../testing/index.ts";
import { reply, routes, startOrigin } from "../support/origins.ts";

async function failure(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("it did not fail");
}

describe("redirects", () => {
  it("leave every hop in history, each with the hops before it", async () => {
    await using server = await startTestServer();
    await using session = new Session({ baseUrl: server.url });
    const response = await session.get("/redirect/3");
    expect(response.status).toBe(200);
    expect(response.redirected).toBe(true);
    expect(response.history.map((hop) => hop.status)).toEqual([302, 302, 302]);
    expect(response.history.map((hop) => hop.history.length)).toEqual([0, 1, 2]);
    expect(response.request.url).toBe(`${server.url}/get`);
  });

  it("are followed maxRedirects times, and the next one is an error with the last response", async () => {
    await using server = await startTestServer();
    await using session = new Session({ baseUrl: server.url, maxRedirects: 2 });
    expect((await session.get("/redirect/2")).status).toBe(200);
    const error = await failure(session.get("/redirect/3"));
    expect(error).toBeInstanceOf(TooManyRedirects);
    expect(error).toMatchObject({ response: { status: 302, history: [{ status: 302 }, { status: 302 }] } });
  });

  it("are counted without the challenges that were answered on the way", async () => {
    await using origin = await startOrigin(
      routes({
        "/first": ({ headers }, response) =>
          headers.authorization === undefined
            ? void response.writeHead(401, { "WWW-Authenticate": "Test" }).end()
            : void response.writeHead(302, { Location: "/second" }).end(),
        "/second": reply(302, { Location: "/last" }),
      }),
    );
    await using session = new Session({ baseUrl: origin.url, maxRedirects: 2 });
    const auth: Auth = {
      apply: (request) => {
        if (request.challenge !== null) request.headers.set("Authorization", "Test answer");
      },
      onChallenge: () => true,
    };
    const response = await session.get("/first", { auth });
    expect(response.url).toBe(`${origin.url}/last`);
    expect(response.history.map(({ status }) => status)).toEqual([401, 302, 302]);
    expect(response.history.map(({ history }) => history.length)).toEqual([0, 1, 2]);
  });

  it("are not followed with allowRedirects: false, which tells the next request", async () => {
    await using server = await startTestServer();
    await using session = new Session({ baseUrl: server.url, maxRedirects: 0 });
    const response = await session.get("/redirect/1", { allowRedirects: false });
    expect(response.isRedirect).toBe(true);
    expect(response.next?.url).toBe(`${server.url}/get`);
    const next = response.next;
    if (next !== null) expect((await session.send(next)).status).toBe(200);
  });

  it("take no credentials, custom headers or cookies to another origin, and do not bring them back", async () => {
    await using second = await startOrigin(
      routes({
        "/there": (_request, response) =>
          void response.writeHead(302, { Location: `${first.url}/back` }).end(),
      }),
    );
    await using first = await startOrigin(routes({ "/go": reply(302, { Location: `${second.url}/there` }) }));
    await using session = new Session();
    const response = await session.get(`${first.url}/go`, {
      auth: ["user", "pass"],
      headers: { "X-Api-Key": "secret", Accept: "text/html" },
    });
    expect(response.status).toBe(200);
    const [go, back] = first.arrived;
    expect(go?.headers).toMatchObject({ "x-api-key": "secret", accept: "text/html" });
    expect(go?.headers.authorization).toMatch(/^Basic /);
    for (const arrived of [second.arrived[0], back]) {
      expect(arrived?.headers.accept).toBe("text/html");
      expect(arrived?.headers).not.toHaveProperty("x-api-key");
      expect(arrived?.headers).not.toHaveProperty("authorization");
    }
  });

  it("sign each hop of the same origin anew", async () => {
    await using origin = await startOrigin(routes({ "/go": reply(302, { Location: "/end" }) }));
    await using session = new Session({ baseUrl: origin.url });
    let count = 0;
    await session.get("/go", {
      auth: (request) => void request.headers.set("X-Signature", `${++count} ${request.pathUrl}`),
    });
    expect(origin.arrived.map((request) => request.headers["x-signature"])).toEqual(["1 /go", "2 /end"]);
  });

  it("send a body again after 307, and refuse to send a spent one", async () => {
    await using origin = await startOrigin(routes({ "/go": reply(307, { Location: "/end" }) }));
    await using session = new Session({ baseUrl: origin.url });
    await session.post("/go", { data: "text" });
    async function* once(): AsyncGenerator<string> {
      yield "stream";
    }
    await session.post("/go", { data: once });
    const error = await failure(session.post("/go", { data: once() }));
    expect(origin.arrived.map((request) => `${request.method} ${request.url} ${request.body}`)).toEqual([
      "POST /go text",
      "POST /end text",
      "POST /go stream",
      "POST /end stream",
      "POST /go stream",
    ]);
    expect(error).toBeInstanceOf(UnrewindableBodyError);
    expect(error).toMatchObject({ response: { status: 307 } });
  });

  it("reuse the connection, also for a streamed response", async () => {
    await using origin = await startOrigin(
      routes({ "/go": reply(302, { Location: "/end" }, "x".repeat(1000)) }),
    );
    await using session = new Session({ baseUrl: origin.url });
    const response = await session.get("/go", { stream: true });
    expect(response).toBeInstanceOf(StreamedResponse);
    expect(await response.text()).toBe("ok");
    expect(origin.connections()).toBe(1);
  });

  it("give up the connection of a redirect with an endless body, and go on", async () => {
    await using origin = await startOrigin(
      routes({
        "/go": (_request, response) => {
          response.writeHead(302, { Location: "/end" });
          const timer = setInterval(() => response.write("x".repeat(65_536)), 1);
          response.on("close", () => clearInterval(timer));
        },
      }),
    );
    await using session = new Session({ baseUrl: origin.url });
    expect((await session.get("/go")).text()).toBe("ok");
    expect(origin.connections()).toBe(2);
  });
});
