import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { Response as OtherResponse } from "undici";

import {
  AppAdapter,
  ChunkedEncodingError,
  ConnectionError,
  ReadTimeout,
  Session,
  SessionClosed,
  Timeout,
  type AppHandler,
} from "../../src/index.ts";
import { rejection } from "../support/messages.ts";

const APP = "http://app.test/";

function sessionTo(handler: unknown, options: ConstructorParameters<typeof Session>[0] = {}): Session {
  const session = new Session({ trustEnv: false, ...options, stream: false });
  return session.mount(APP, new AppAdapter(handler as AppHandler)); // what the type forbids is tried, too
}

/** A Response of which somebody has taken the body. */
function locked(): Response {
  const response = new Response("text");
  response.body?.getReader();
  return response;
}

async function read(): Promise<Response> {
  const response = new Response("text");
  await response.text();
  return response;
}

/** A Response as far as it goes, with some parts of another kind. */
function like(parts: Record<string, unknown>): unknown {
  return {
    status: 200,
    statusText: "",
    headers: new Headers(),
    body: null,
    bodyUsed: false,
    arrayBuffer: () => Promise.resolve(new ArrayBuffer(0)),
    ...parts,
  };
}

describe("what is no answer of an app is a ConnectionError that says what came", () => {
  it.for([
    // what comes                                       words
    [undefined, "the app gave undefined, not a Response"],
    [null, "the app gave null, not a Response"],
    ["text", "the app gave string, not a Response"],
    [200, "the app gave number, not a Response"],
    [{}, "the app gave Object, not a Response"],
    [[], "the app gave Array, not a Response"],
    [Object.create(null) as object, "the app gave an object without a class, not a Response"],
    [{ status: 200, headers: {} }, "the app gave Object with status 200, not a Response"],
    [
      { status: 99, headers: new Headers(), body: null },
      "the app gave Object with status 99, not a Response",
    ],
    [
      { status: 200, headers: new Headers(), body: null },
      "the app gave Object with status 200, not a Response",
    ],
    [{ status: 200, json: () => ({}) }, "the app gave Object with status 200, not a Response"],
    [new Request("http://a.test/"), "the app gave Request, not a Response"],
    [Response.error(), "the app gave an error response"],
    [like({ status: 99 }), "the app gave a Response with status 99"],
    [like({ status: 101 }), "the app gave a Response with status 101"],
    [like({ status: 1000 }), "the app gave a Response with status 1000"],
    [like({ status: 200.5 }), "the app gave a Response with status 200.5"],
    [like({ status: NaN }), "the app gave a Response with status NaN"],
    [like({ status: "200" }), "the app gave Object, not a Response"],
    [like({ headers: {} }), "the app gave Object with status 200, not a Response"],
    [like({ headers: null }), "the app gave Object with status 200, not a Response"],
    [like({ headers: [["a b", "c"]] }), "the app gave Object with status 200, which cannot be read"],
    [like({ headers: [["a", "b\n"], 5] }), "the app gave Object with status 200, which cannot be read"],
    [like({ body: "text" }), "the body of the app's response is string, not a ReadableStream"],
    [like({ body: { getReader: () => fail() } }), "which cannot be read: mine"],
    [like({ body: null, bodyUsed: true }), null],
    [locked, "the body of the app's response is locked: somebody else is reading it"],
    [read, "the body of the app's response was read already"],
    [() => fail(), "the app threw RangeError"],
    [() => Promise.reject(new RangeError("mine")), "the app threw RangeError"],
    [() => Promise.reject(undefined), "the app threw undefined"],
  ] as const)("%o", async ([answer, words]) => {
    const handler = typeof answer === "function" ? answer : (): unknown => answer;
    await using session = sessionTo(handler, { timeout: { read: 10_000 } });
    for (const stream of [false, true]) {
      const call = session.get(APP, { stream }).text();
      if (words === null) {
        expect(await call).toBe("");
        continue;
      }
      const error = await rejection(call);
      expect(error).toBeInstanceOf(ConnectionError);
      expect((error as Error).message).toContain(words);
    }
  });

  it("also when it throws as it is looked at", async () => {
    const throwing = Object.defineProperty(new Response("text"), "status", { get: fail });
    for (const answer of [throwing, new Proxy(new Response("text"), {})]) {
      await using session = sessionTo(() => answer);
      const error = await rejection(session.get(APP));
      expect(error).toBeInstanceOf(ConnectionError);
      expect((error as Error).message).toContain("the app gave an object, which cannot be read");
    }
  });

  it("does not mind a body that nobody asked for", async () => {
    await using session = sessionTo(locked);
    expect((await session.head(APP)).status).toBe(200);
  });
});

function fail(): never {
  throw new RangeError("mine");
}

describe("what is an answer", () => {
  const pieces = (...given: unknown[]): ReadableStream =>
    new ReadableStream({
      start(controller) {
        for (const piece of given) controller.enqueue(piece);
        controller.close();
      },
    });

  it.for([
    ["a Response of another copy of the class", () => new OtherResponse("text", { status: 201 }), "text"],
    [
      "what has all that a Response has",
      () => like({ status: 201, body: pieces(Buffer.from("text")) }),
      "text",
    ],
    ["bytes of another realm", () => new Response(pieces(runInNewContext("new Uint8Array([116])"))), "t"],
    // oxlint-disable-next-line unicorn/no-thenable -- that is what is tried
    ["a thenable", () => ({ then: (done: (value: unknown) => void) => done(new Response("text")) }), "text"],
  ] as const)("%s", async ([, handler, text]) => {
    await using session = sessionTo(handler);
    expect(await session.get(APP).text()).toBe(text);
    expect(await session.get(APP, { stream: true }).text()).toBe(text);
  });

  it("has several Set-Cookie fields apart", async () => {
    const headers = new Headers([
      ["Set-Cookie", "a=1"],
      ["Set-Cookie", "b=2"],
    ]);
    await using session = sessionTo(() => new Response(null, { headers }));
    await session.get(APP);
    expect(session.cookies.getDict()).toEqual({ a: "1", b: "2" });
  });
});

describe("an app that is never done", () => {
  const never = (): Promise<Response> => new Promise(() => undefined);
  const endless = (): Response =>
    new Response(new ReadableStream({ pull: () => new Promise(() => undefined) }));
  /** It gives pieces for ever, so it is never silent. */
  const talking = (): Response =>
    new Response(
      new ReadableStream({
        async pull(controller) {
          await new Promise((resolve) => setTimeout(resolve, 1));
          controller.enqueue(Buffer.from("."));
        },
      }),
    );

  const WAYS: readonly (readonly [string, (session: Session, signal?: AbortSignal) => Promise<unknown>])[] = [
    ["in memory", (session, signal) => session.get(APP, { signal }).text()],
    ["streamed", (session, signal) => session.get(APP, { stream: true, signal }).text()],
  ];

  it.for(
    WAYS.flatMap(([way, send]) => [
      [`never answers, ${way}`, never, send] as const,
      [`has a body without an end, ${way}`, endless, send] as const,
    ]),
  )("ends with the time of silence: %s", async ([, handler, send]) => {
    await using session = sessionTo(handler, { timeout: { read: 30 } });
    expect(await rejection(send(session))).toBeInstanceOf(ReadTimeout);
  });

  it.for(
    WAYS.flatMap(([way, send]) => [
      [`never answers, ${way}`, never, send] as const,
      [`has a body without an end, ${way}`, endless, send] as const,
      [`talks for ever, ${way}`, talking, send] as const,
    ]),
  )("ends with the total time, the signal and close(): %s", async ([, handler, send]) => {
    await using timed = sessionTo(handler, { timeout: { total: 30 } });
    expect(await rejection(send(timed))).toBeInstanceOf(Timeout);

    await using aborted = sessionTo(handler);
    const controller = new AbortController();
    setTimeout(() => controller.abort("enough"), 20);
    expect(await rejection(send(aborted, controller.signal))).toBe("enough");

    const closed = sessionTo(handler);
    setTimeout(() => void closed.close(), 20);
    expect(await rejection(send(closed))).toBeInstanceOf(SessionClosed);
  });

  it("is told that nobody waits any more, and its late answer is let go", async () => {
    let isLetGo = false;
    const late = new Response(
      new ReadableStream({
        cancel() {
          isLetGo = true;
        },
      }),
    );
    const { promise, resolve } = Promise.withResolvers<unknown>();
    let told: unknown;
    const handler = (request: Request): unknown => {
      request.signal.addEventListener("abort", () => (told = true));
      return promise;
    };
    await using session = sessionTo(handler, { timeout: { read: 10 } });
    await rejection(session.get(APP));
    resolve(late);
    await new Promise((done) => setImmediate(done));
    expect([told, isLetGo]).toEqual([true, true]);
  });

  it("fails the body when it breaks off", async () => {
    await using session = sessionTo(
      () => new Response(new ReadableStream({ pull: (controller) => controller.error(new Error("x")) })),
    );
    expect(await rejection(session.get(APP))).toBeInstanceOf(ChunkedEncodingError);
    expect(await rejection(session.get(APP, { stream: true }).text())).toBeInstanceOf(ChunkedEncodingError);
  });
});

describe("the request of an app", () => {
  it("has no Proxy-Authorization: there is no proxy on this way (RFC 9110 §11.7.2)", async () => {
    await using session = sessionTo(
      (request: Request) => new Response(JSON.stringify([...request.headers.keys()])),
    );
    const names = await session
      .get(APP, { headers: { "Proxy-Authorization": "Basic dTpw", "X-A": "1" } })
      .json();
    expect(names).toContain("x-a");
    expect(names).not.toContain("proxy-authorization");
  });
});
