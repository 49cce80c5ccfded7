import { describe, expect, it } from "vitest";
import {
  Response,
  Session,
  StreamedResponse,
  type AnyResponse,
  type RequestException,
} from "../../src/index.ts";
import { reply, routes, startOrigin } from "../support/origins.ts";

/** A signal that aborts after a moment. */
function abortingIn(ms: number, reason: Error): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(reason), ms);
  return controller.signal;
}

describe("hooks", () => {
  it("of the session run before those of the request, in order, at every hop", async () => {
    await using origin = await startOrigin(routes({ "/go": reply(302, { Location: "/end" }) }));
    const log: string[] = [];
    const note = (label: string) => (response: { readonly status: number }) =>
      void log.push(`${label} ${response.status}`);
    await using session = new Session({ baseUrl: origin.url, hooks: { response: note("session") } });
    await session.get("/go", { hooks: { response: [note("first"), note("second")] } });
    expect(log).toEqual(["session 302", "first 302", "second 302", "session 200", "first 200", "second 200"]);
  });

  it("see the body of a response that is read", async () => {
    await using origin = await startOrigin(reply(200, {}, "text"));
    await using session = new Session({ baseUrl: origin.url });
    const texts: unknown[] = [];
    await session.get("/", {
      hooks: { response: async (response) => void texts.push(await response.text()) },
    });
    expect(texts).toEqual(["text"]);
  });

  it("of errors are waited for until the caller's signal aborts", async () => {
    await using session = new Session({ hooks: { error: () => new Promise(() => undefined) } });
    for (const url of ["http://127.0.0.1:1/", "http://"]) {
      const reason = new Error("given up");
      const call = session.get(url, { signal: abortingIn(20, reason) });
      await expect(call).rejects.toBe(reason);
    }
  });

  it("may change a response, or give another one in its place", async () => {
    await using origin = await startOrigin(reply(200, { "Content-Type": "text/plain" }, "caf\u00e9"));
    await using session = new Session({ baseUrl: origin.url });
    const changed = await session.get("/", {
      hooks: {
        response: (response) => {
          response.status = 299;
          response.headers.set("X-Hook", "1");
        },
      },
    });
    expect([changed.status, changed.headers.get("x-hook")]).toEqual([299, "1"]);

    const replaced = await session.get("/", {
      hooks: {
        response: (response) =>
          Response.from({ status: 418, body: "tea", url: response.url, request: response.request }),
      },
    });
    expect([replaced.status, replaced.text(), replaced.url]).toEqual([418, "tea", `${origin.url}/`]);
  });

  it("may change a request, or give another one in its place", async () => {
    await using origin = await startOrigin(reply(200));
    await using session = new Session({ baseUrl: origin.url });
    await session.get("/", {
      hooks: { request: (request) => void request.headers.set("X-Hook", request.method) },
    });
    await session.get("/", {
      hooks: {
        request: (request) => {
          const other = request.clone();
          other.url = `${origin.url}/other`;
          return other;
        },
      },
    });
    expect(origin.arrived[0]?.headers["x-hook"]).toBe("GET");
    expect(origin.arrived[1]?.url).toBe("/other");
  });

  it("may lead a redirect elsewhere", async () => {
    await using origin = await startOrigin(routes({ "/go": reply(302, { Location: "/end" }) }));
    await using session = new Session({ baseUrl: origin.url });
    const response = await session.get("/go", {
      hooks: {
        redirect: (_response, next) => {
          const other = next.clone();
          other.url = `${origin.url}/elsewhere`;
          return other;
        },
      },
    });
    expect(response.url).toBe(`${origin.url}/elsewhere`);
  });

  it("hear of retries and of errors", async () => {
    let count = 0;
    await using origin = await startOrigin((request, response) =>
      reply(++count < 3 ? 503 : 200)(request, response),
    );
    const log: string[] = [];
    await using session = new Session({
      baseUrl: origin.url,
      hooks: {
        retry: (attempt) => void log.push(`retry ${attempt.status}`),
        error: (error: RequestException) => void log.push(`error ${error.name}`),
      },
    });
    const { Retry } = await import("../../src/index.ts");
    await session.get("/", { retry: new Retry({ total: 3, statusForcelist: [503] }) });
    await session.get("ftp://x.test/").catch(() => undefined);
    expect(log).toEqual(["retry 503", "retry 503", "error InvalidSchema"]);
  });

  it("that throw end the call with their error", async () => {
    await using origin = await startOrigin(reply(200));
    await using session = new Session({ baseUrl: origin.url });
    const mine = new Error("mine");
    const hooks = {
      response: () => {
        throw mine;
      },
    };
    await expect(session.get("/", { hooks })).rejects.toBe(mine);
  });

  it("that return something else are told so", async () => {
    await using origin = await startOrigin(reply(200));
    await using session = new Session({ baseUrl: origin.url });
    const hooks = { response: () => 5 as unknown as undefined };
    await expect(session.get("/", { hooks })).rejects.toThrow(
      /response hook must return a Response or nothing/,
    );
  });

  it("must give a response of the kind that the call asked for", async () => {
    await using origin = await startOrigin(reply(200));
    await using session = new Session({ baseUrl: origin.url });
    const read = { response: ({ request }: AnyResponse) => Response.from({ request, body: "read" }) };
    const streamed = {
      response: ({ request }: AnyResponse) => StreamedResponse.from({ request, body: "came" }),
    };

    expect((await session.get("/", { hooks: read })).text()).toBe("read");
    expect(await (await session.get("/", { hooks: streamed, stream: true })).text()).toBe("came");
    await expect(session.get("/", { hooks: streamed })).rejects.toThrow(
      new TypeError("a response hook that got a Response must return one, not StreamedResponse"),
    );
    await expect(session.get("/", { hooks: read, stream: true })).rejects.toThrow(
      new TypeError("a response hook that got a StreamedResponse must return one, not Response"),
    );
  });
});
