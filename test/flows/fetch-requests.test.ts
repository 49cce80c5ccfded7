/** A `Request` is sent as what its body was made of: with a length, and again when it has to be. */
import { openAsBlob } from "node:fs";
import { setImmediate, setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { FormData as ForeignForm, Request as ForeignRequest } from "undici";
import { afterEach, describe, expect, it, vi } from "vitest";

import { HttpDigestAuth, Retry, Session, toFetch, type SessionOptions } from "../../src/index.ts";
import { reply, routes, startOrigin, type Answer } from "../support/origins.ts";
import { failureOf } from "../support/one-call.ts";

function post(url: string, body: NonNullable<RequestInit["body"]>, init: RequestInit = {}): Request {
  return new Request(url, { method: "POST", body, duplex: "half", ...init });
}

/** A stream of these pieces, each so many milliseconds after the one before it. */
function slowly(pieces: readonly string[], ms: number, onCancel?: (reason: unknown) => void): ReadableStream {
  const left = [...pieces];
  return new ReadableStream({
    async pull(controller) {
      await wait(ms);
      const piece = left.shift();
      if (piece === undefined) controller.close();
      else controller.enqueue(new TextEncoder().encode(piece));
    },
    cancel: onCancel ?? (() => undefined),
  });
}

/** 401 first, with a challenge; then what came. */
const challenged: Answer = (request, response) => {
  if (request.headers.authorization === undefined)
    reply(401, { "WWW-Authenticate": 'Digest realm="r", nonce="n", qop="auth"' })(request, response);
  else reply(200, {}, request.body)(request, response);
};

/** 503 first, then what came. */
function busyOnce(): Answer {
  let isBusy = true;
  return (request, response) => {
    reply(isBusy ? 503 : 200, {}, request.body)(request, response);
    isBusy = false;
  };
}

describe("the body of a Request", () => {
  afterEach(() => vi.useRealTimers());

  it.for<[name: string, body: () => NonNullable<RequestInit["body"]>, length: string]>([
    ["text", () => "text", "4"],
    ["bytes", () => new Uint8Array(5), "5"],
    ["a Blob", () => new Blob(["blob"]), "4"],
    ["a large Blob", () => new Blob([new Uint8Array(3_000_000)]), "3000000"],
    ["a form", () => new URLSearchParams({ a: "b" }), "3"],
    ["a stream that has ended", () => new Blob(["abc"]).stream(), "3"],
  ])("has a length: %s", async ([, body, length]) => {
    await using origin = await startOrigin(routes({}));
    await using session = new Session({ trustEnv: false });
    await toFetch(session)(post(origin.url, body()));
    expect(origin.arrived[0]?.headers).toMatchObject({ "content-length": length });
    expect(origin.arrived[0]?.headers).not.toHaveProperty("transfer-encoding");
  });

  it.for<[name: string, answer: Answer, options: SessionOptions]>([
    ["a challenge", challenged, { auth: new HttpDigestAuth("user", "pw") }],
    [
      "a retry",
      busyOnce(),
      { retry: new Retry({ total: 1, statusForcelist: [503], allowedMethods: null, backoffFactor: 0 }) },
    ],
  ])("is sent again after %s", async ([, answer, options]) => {
    await using origin = await startOrigin(answer);
    await using session = new Session({ trustEnv: false, ...options });
    const response = await toFetch(session)(post(origin.url, "again"));
    expect([response.status, await response.text()]).toEqual([200, "again"]);
    expect(origin.arrived).toHaveLength(2);
  });

  it("that takes its time goes out as a stream, whole and in order", async () => {
    await using origin = await startOrigin(routes({}));
    await using session = new Session({ trustEnv: false });
    const request = post(origin.url, slowly(["one ", "two ", "three"], 5));
    await toFetch(session)(request);
    expect(request.bodyUsed).toBe(true);
    expect(origin.arrived[0]).toMatchObject({
      body: "one two three",
      headers: { "transfer-encoding": "chunked" },
    });
  });

  it("that begins at once and goes on later loses nothing of its beginning", async () => {
    await using origin = await startOrigin(routes({}));
    await using session = new Session({ trustEnv: false });
    const left = ["at once ", "later ", "end"];
    const body = new ReadableStream({
      async pull(controller) {
        if (left.length < 3) await wait(5);
        const piece = left.shift();
        if (piece === undefined) controller.close();
        else controller.enqueue(new TextEncoder().encode(piece));
      },
    });
    await toFetch(session)(post(origin.url, body));
    expect(origin.arrived[0]).toMatchObject({
      body: "at once later end",
      headers: { "transfer-encoding": "chunked" },
    });
  });

  it("of more than 64 MiB is a stream", { timeout: 20_000 }, async () => {
    let bytes = 0;
    await using session = new Session({ trustEnv: false });
    session.mount("http://", {
      async send(request) {
        expect(request.payload?.kind).toBe("stream");
        if (request.payload?.kind === "stream")
          for await (const piece of request.payload.open()) bytes += piece.byteLength;
        const { wireResponse } = await import("../../src/index.ts");
        return wireResponse({ status: 200 });
      },
      close: () => Promise.resolve(),
    });
    await toFetch(session)(post("http://example.test/", new Uint8Array(64 * 1024 * 1024 + 1)));
    expect(bytes).toBe(64 * 1024 * 1024 + 1);
  });

  it("is not waited for with a timer", async () => {
    await using origin = await startOrigin(routes({}));
    await using session = new Session({ trustEnv: false });
    const release = Promise.withResolvers<void>();
    const slow = new ReadableStream({
      async pull(controller) {
        await release.promise;
        controller.enqueue(new TextEncoder().encode("slow"));
        controller.close();
      },
    });
    vi.useFakeTimers();
    const fetch = toFetch(session);
    expect((await fetch(post(origin.url, "text"))).status).toBe(200);
    const call = fetch(post(origin.url, slow));
    for (let turns = 0; turns < 10; turns++) await setImmediate();
    release.resolve();
    expect((await call).status).toBe(200);
    expect(origin.arrived.map(({ headers }) => headers["content-length"])).toEqual(["4", undefined]);
    expect(origin.arrived[1]?.body).toBe("slow");
  });

  it("keeps a length when it is a form with two files", async () => {
    await using origin = await startOrigin(routes({}));
    await using session = new Session({ trustEnv: false });
    const form = new FormData();
    for (const name of ["a", "b"]) form.append("files", new File([name.repeat(3000)], name));
    expect((await toFetch(session)(post(origin.url, form))).status).toBe(200);
    expect(Number(origin.arrived[0]?.headers["content-length"])).toBeGreaterThan(6000);
  });

  it("that fails is a TypeError with the cause, and so is one that gives no bytes", async () => {
    await using origin = await startOrigin(routes({}));
    await using session = new Session({ trustEnv: false });
    const fetch = toFetch(session);
    const reason = new RangeError("mine");
    const failing = new ReadableStream({ pull: () => Promise.reject(reason) });
    expect(await failureOf(fetch(post(origin.url, failing)))).toMatchObject({
      name: "TypeError",
      cause: reason,
    });
    const later = new ReadableStream({ pull: () => wait(20).then(() => Promise.reject(reason)) });
    expect(await failureOf(fetch(post(origin.url, later)))).toMatchObject({
      name: "TypeError",
      cause: reason,
    });
    const numbers = new ReadableStream({ pull: (controller) => controller.enqueue(5) });
    expect(await failureOf(fetch(post(origin.url, numbers)))).toBeInstanceOf(TypeError);
  });

  it("may be a form that is given up at any moment, and nothing fails behind it", async () => {
    const unhandled: unknown[] = [];
    const listen = (error: unknown): void => void unhandled.push(error);
    process.on("unhandledRejection", listen);
    await using origin = await startOrigin(routes({}));
    await using session = new Session({ trustEnv: false });
    const file = await openAsBlob(fileURLToPath(import.meta.url));
    for (const turns of [0, 1, 2, 3, 4]) {
      const form = new FormData();
      for (const name of ["a", "b", "c", "d"]) form.append(name, file);
      const controller = new AbortController();
      const abort = (left: number): void =>
        left === 0 ? controller.abort() : void setImmediate().then(() => abort(left - 1));
      const request = post(origin.url, form, { signal: controller.signal });
      if (turns === 0) abort(0);
      const failing = failureOf(toFetch(session)(request));
      if (turns > 0) abort(turns - 1);
      expect(await failing).toBe(controller.signal.reason);
    }
    await wait(50);
    process.off("unhandledRejection", listen);
    expect(unhandled).toEqual([]);
  });

  it("is told of an abort while it is looked at, and while it is sent", async () => {
    await using origin = await startOrigin(routes({}));
    await using session = new Session({ trustEnv: false });
    for (const ms of [0, 30]) {
      const controller = new AbortController();
      const cancelled = Promise.withResolvers<unknown>();
      const body = slowly(Array(50).fill("piece") as string[], 5, cancelled.resolve);
      const call = failureOf(toFetch(session)(post(origin.url, body, { signal: controller.signal })));
      if (ms > 0) await wait(ms);
      controller.abort("enough");
      expect(await call).toBe("enough");
      await cancelled.promise;
    }
  });

  it.for(["in a Request", "beside a URL"])("is told when nobody is going to read it: %s", async (where) => {
    await using session = new Session({ trustEnv: false });
    const cancelled = Promise.withResolvers<unknown>();
    const body = slowly(["never read"], 5, cancelled.resolve);
    const url = "http://127.0.0.1:1/";
    const init = { method: "POST", body, duplex: "half" } as const;
    const call = where === "in a Request" ? [new Request(url, init)] : [url, init];
    expect(await failureOf(toFetch(session)(...(call as [string, RequestInit?])))).toBeInstanceOf(TypeError);
    await cancelled.promise;
  });

  it("may be that of a Request of another copy of the class", async () => {
    await using origin = await startOrigin(routes({}));
    await using session = new Session({ trustEnv: false });
    const foreign = new ForeignRequest(`${origin.url}/foreign`, {
      method: "PUT",
      body: "theirs",
      headers: { "X-A": "1" },
    });
    await toFetch(session)(foreign);
    expect(origin.arrived[0]).toMatchObject({
      method: "PUT",
      url: "/foreign",
      body: "theirs",
      headers: { "x-a": "1", "content-length": "6", "content-type": "text/plain;charset=UTF-8" },
    });
  });

  it("may be a form of another copy of the class", async () => {
    await using origin = await startOrigin(routes({}));
    await using session = new Session({ trustEnv: false });
    const form = new ForeignForm();
    form.append("field", "value");
    await toFetch(session)(origin.url, { method: "POST", body: form as unknown as FormData });
    expect(origin.arrived[0]?.headers["content-type"]).toMatch(/^multipart\/form-data; ?boundary=/);
    expect(origin.arrived[0]?.body).toContain('name="field"');
  });
});
