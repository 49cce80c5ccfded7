import { Hono } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import {
  AppAdapter,
  ChunkedEncodingError,
  ConnectionError,
  InvalidBody,
  InvalidMethod,
  ReadTimeout,
  Session,
  SessionClosed,
  type AppHandler,
  type SessionOptions,
} from "../../src/index.ts";
import { failureOf } from "../support/one-call.ts";

const APP = "http://app.test";

/** A session whose requests to the app's origin go to `handler`. */
function sessionTo(handler: AppHandler, options: Omit<SessionOptions, "stream"> = {}): Session {
  const session = new Session({ trustEnv: false, baseUrl: APP, ...options });
  return session.mount(APP, new AppAdapter(handler));
}

/** An answer that never comes. */
function never(): Promise<globalThis.Response> {
  return new Promise(() => undefined);
}

describe("a session mounted on a Hono app", () => {
  const app = new Hono()
    .get("/login", (context) => {
      setCookie(context, "session", "s1", { path: "/" });
      setCookie(context, "theme", "dark", { path: "/" });
      return context.redirect("/home");
    })
    .get("/home", (context) =>
      context.json({ session: getCookie(context, "session"), all: getCookie(context) }),
    )
    .post("/echo", async (context) =>
      context.json({ body: await context.req.text(), query: context.req.query() }),
    )
    .get("/broken", () => {
      throw new Error("out of order");
    })
    .put("/form", async (context) => context.json(await context.req.parseBody()));

  it("keeps cookies, through redirects", async () => {
    await using session = sessionTo(app.fetch);
    const response = await session.get("/login");
    expect(response.json()).toEqual({ session: "s1", all: { session: "s1", theme: "dark" } });
    expect(response.history.map(({ status }) => status)).toEqual([302]);
    expect(response.history[0]?.cookies.getDict()).toEqual({ session: "s1", theme: "dark" });
    expect(session.cookies.get("session")).toBe("s1");
  });

  it("sends queries, bodies and forms", async () => {
    await using session = sessionTo(app.fetch);
    const echoed = await session.post("/echo", { params: { q: "tea" }, json: { a: "é" } }).json();
    expect(echoed).toEqual({ body: '{"a":"é"}', query: { q: "tea" } });
    const file = new File(["content"], "name.txt");
    const sent = await session.put("/form", { data: { field: "1" }, files: { file } }).json();
    expect(sent).toMatchObject({ field: "1" });
  });

  it("has the app's own answers to errors and to paths that are not there", async () => {
    app.onError((error, context) => context.text(error.message, 500));
    await using session = sessionTo(app.fetch);
    expect(await session.get("/broken").text()).toBe("out of order");
    expect((await session.get("/nowhere")).status).toBe(404);
    expect((await session.head("/home")).text()).toBe("");
  });
});

describe("the app", () => {
  it("sees the request as it would arrive, user info and fragment left out", async () => {
    let seen: globalThis.Request | null = null;
    await using session = sessionTo((request) => {
      seen = request;
      return new Response(null, { status: 204 });
    });
    await session.get("http://user:pass@app.test/a%2Fb?c=d#e", { headers: { "X-Own": "1", Cookie: "a=1" } });
    const request = seen as globalThis.Request | null;
    expect(request?.method).toBe("GET");
    expect(request?.url).toBe("http://app.test/a%2Fb?c=d");
    expect(Object.fromEntries(request?.headers ?? [])).toMatchObject({
      host: "app.test",
      "x-own": "1",
      cookie: "a=1",
      authorization: "Basic dXNlcjpwYXNz",
    });
  });

  it("gets a streamed body piece by piece, as it asks for them", async () => {
    let made = 0;
    const data = async function* (): AsyncGenerator<string, void> {
      for (; made < 1000; made++) yield "x".repeat(10);
    };
    await using session = sessionTo(async (request) => {
      const reader = request.body?.getReader();
      await reader?.read();
      await reader?.read();
      return new Response("enough");
    });
    expect(await session.post("/", { data: data() }).text()).toBe("enough");
    expect(made).toBeLessThan(10);
  });

  it("may answer with coded bytes", async () => {
    const headers = { "Content-Encoding": "gzip" };
    await using session = sessionTo(() => new Response(gzipSync("plain"), { headers }));
    expect(await session.get("/").text()).toBe("plain");
  });

  it("is not asked for more of its body than somebody reads", async () => {
    let pulled = 0;
    let cancelled = false;
    const pull = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
      pulled++;
      controller.enqueue(new Uint8Array(65_536));
    };
    const cancel = (): void => {
      cancelled = true;
    };
    await using session = sessionTo(() => new Response(new ReadableStream({ pull, cancel })));
    const response = await session.get("/", { stream: true });
    for (let turn = 0; turn < 20; turn++) await sleep(1);
    expect(pulled).toBeLessThan(10);
    for await (const chunk of response) {
      expect(chunk.byteLength).toBeGreaterThan(0);
      break;
    }
    expect(cancelled).toBe(true);
  });

  it("is told by its signal when nobody waits any more", async () => {
    const reasons: string[] = [];
    await using session = sessionTo((request) => {
      request.signal.addEventListener("abort", () => reasons.push("aborted"));
      return never();
    });
    const controller = new AbortController();
    const reason = new Error("enough");
    const call = session.get("/", { signal: controller.signal });
    setTimeout(() => controller.abort(reason), 1);
    expect(await failureOf(call)).toBe(reason);
    expect(reasons).toEqual(["aborted"]);
  });
});

describe("an app that fails", () => {
  it.for<[what: string, handler: AppHandler, message: string]>([
    [
      "throws",
      () => {
        throw new Error("s3cret");
      },
      "the app threw Error: GET http://app.test/x",
    ],
    ["rejects", () => Promise.reject(new Error("s3cret")), "the app threw Error"],
    ["gives nothing", () => undefined as never, "the app gave undefined, not a Response"],
    ["gives an error response", () => Response.error(), "error response"],
    ["announces nonsense", () => new Response("", { headers: { "Content-Length": "x" } }), "Content-Length"],
  ])("and %s is a ConnectionError", async ([, handler, message]) => {
    await using session = sessionTo(handler);
    const error = await failureOf(session.get("/x"));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ phase: "head" });
    expect((error as ConnectionError).message).toContain(message);
    expect((error as ConnectionError).message).not.toContain("s3cret");
  });

  it("tells what it threw as the cause, and may be asked again", async () => {
    const cause = new Error("not yet");
    let calls = 0;
    const handler: AppHandler = () => {
      calls++;
      if (calls === 1) throw cause;
      return new Response("now");
    };
    await using once = sessionTo(handler);
    expect(await failureOf(once.get("/"))).toMatchObject({ cause });
    calls = 0;
    await using session = sessionTo(handler, { retry: 1 });
    expect(await session.get("/").text()).toBe("now");
  });

  it.for<[what: string, body: () => ReadableStream<unknown>]>([
    ["breaks off", () => new ReadableStream({ pull: (controller) => controller.error(new Error("x")) })],
    ["gives text", () => new ReadableStream({ pull: (controller) => controller.enqueue("text") })],
  ])("in a body that %s is a ChunkedEncodingError", async ([, body]) => {
    await using session = sessionTo(() => new Response(body() as ReadableStream<Uint8Array>));
    expect(await failureOf(session.get("/"))).toBeInstanceOf(ChunkedEncodingError);
  });

  it.for(["1", "9"])("with a body of 4 bytes and a Content-Length of %s, too", async (length) => {
    await using session = sessionTo(() => new Response("body", { headers: { "Content-Length": length } }));
    expect(await failureOf(session.get("/"))).toBeInstanceOf(ChunkedEncodingError);
  });
});

describe("timeouts", () => {
  it("of silence hold before the head", async () => {
    await using session = sessionTo(never, { timeout: { read: 20 } });
    expect(await failureOf(session.get("/"))).toMatchObject({ name: "ReadTimeout", limitMs: 20 });
  });

  it("of silence hold in the body", async () => {
    const start = (controller: ReadableStreamDefaultController<Uint8Array>): void =>
      controller.enqueue(new Uint8Array(1));
    await using session = sessionTo(() => new Response(new ReadableStream({ start })), {
      timeout: { read: 20 },
    });
    const error = await failureOf(session.get("/"));
    expect(error).toBeInstanceOf(ReadTimeout);
    expect(error).toMatchObject({ phase: "body" });
  });

  it("of silence hold while the app does not take the body", async () => {
    const data = async function* (): AsyncGenerator<string, void> {
      for (;;) yield "x";
    };
    const handler: AppHandler = async (request) => {
      await request.body?.getReader().read();
      return never();
    };
    await using session = sessionTo(handler, { timeout: { read: 20 } });
    expect(await failureOf(session.post("/", { data: data() }))).toBeInstanceOf(ReadTimeout);
  });

  it("of the whole hold", async () => {
    await using session = sessionTo(never, { timeout: { total: 20 } });
    expect(await failureOf(session.get("/"))).toMatchObject({ name: "Timeout", phase: "total" });
  });
});

describe("a request that an app cannot get", () => {
  it("has a method that web requests cannot have", async () => {
    await using session = sessionTo(never);
    expect(await failureOf(session.request("TRACE", "/"))).toBeInstanceOf(InvalidMethod);
  });

  it("is a GET with a body", async () => {
    await using session = sessionTo(never);
    expect(await failureOf(session.get("/", { data: "body" }))).toBeInstanceOf(InvalidBody);
  });

  it("has a body that fails, and fails with what it threw", async () => {
    const failure = new Error("no more");
    const data = async function* (): AsyncGenerator<string, void> {
      yield "x";
      throw failure;
    };
    await using session = sessionTo(async (request) => {
      await request.text().catch(() => undefined);
      return new Response("all is well");
    });
    expect(await failureOf(session.post("/", { data: data() }))).toBe(failure);
  });

  it("comes after the adapter was closed, or is waited for while it closes", async () => {
    const session = new Session({ trustEnv: false });
    const adapter = new AppAdapter(never);
    session.mount(APP, adapter);
    const waiting = failureOf(session.get(APP));
    await sleep(1);
    await adapter.close();
    expect(await waiting).toBeInstanceOf(SessionClosed);
    expect(await failureOf(session.get(APP))).toBeInstanceOf(SessionClosed);
  });
});

describe("AppAdapter", () => {
  it("takes functions only", () => {
    expect(() => new AppAdapter({} as never)).toThrow(TypeError);
  });

  it("tells progress of both directions", async () => {
    const told: string[] = [];
    await using session = sessionTo(async (request) => new Response(await request.text()));
    await session.post("/", {
      data: "four",
      onProgress: ({ direction, bytes, totalBytes }) => told.push(`${direction} ${bytes} ${totalBytes}`),
    });
    expect(told).toEqual(["upload 4 4", "download 4 null"]);
  });
});
