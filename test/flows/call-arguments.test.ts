/** What stands in the place of the options and is none, and what stands behind them: refused, and never lost without a word. */
import { PassThrough, Readable } from "node:stream";

import { afterAll, describe, expect, it } from "vitest";

import * as api from "../../src/index.ts";
import { HeaderMap, Session, toFetch, type RequestOptions } from "../../src/index.ts";
import { startOrigin } from "../support/origins.ts";

/** As plain JavaScript may write it. */
const js = (value: unknown): never => value as never;

class Getters {
  get timeout(): number {
    return 5;
  }
}

class Model {
  name = "a";
}

const bodies: [kind: string, value: () => unknown][] = [
  ["FormData", () => new FormData()],
  ["URLSearchParams", () => new URLSearchParams("a=1")],
  ["Blob", () => new Blob(["a"])],
  ["ReadableStream", () => new Blob(["a"]).stream()],
  ["Readable", () => Readable.from(["a"])],
  ["ArrayBuffer", () => new ArrayBuffer(1)],
  ["Uint8Array", () => new Uint8Array(1)],
  ["Float64Array", () => new Float64Array(0)],
  ["DataView", () => new DataView(new ArrayBuffer(1))],
  ["Set", () => new Set(["a"])],
  ["Map", () => new Map([["a", 1]])],
  ["Date", () => new Date(0)],
  ["Model", () => new Model()],
  ["Getters", () => new Getters()],
  ["a list", () => ["a"]],
  ["string", () => "a=1"],
];

const BODY = /not .+; a body is written as \{ data: … \} or \{ json: … \}/;

let count = 0;
const origin = await startOrigin((_, response) => {
  count++;
  response.end();
});
const session = new Session({ trustEnv: false });
afterAll(async () => {
  await session.close();
  await origin[Symbol.asyncDispose]();
});

const VERBS = ["get", "options", "head", "post", "put", "patch", "delete", "query"] as const;

async function refusal(work: () => unknown): Promise<Error> {
  const before = count;
  const error = await Promise.resolve()
    .then(work)
    .then(
      () => new Error("it was not refused"),
      (reason: unknown) => reason as Error,
    );
  expect(count).toBe(before);
  expect(error).toBeInstanceOf(TypeError);
  return error;
}

describe("in the place of the options", () => {
  it.for(bodies)("a %s is refused by each call", async ([kind, value]) => {
    for (const verb of VERBS) {
      const error = await refusal(() => session[verb](origin.url, js(value())));
      expect(error.message).toContain(`not ${kind}`);
      expect(error.message).toMatch(BODY);
    }
    expect((await refusal(() => session.request("POST", origin.url, js(value())))).message).toMatch(BODY);
    expect((await refusal(() => api.post(origin.url, js(value())))).message).toMatch(BODY);
    expect((await refusal(() => api.head(origin.url, js(value())))).message).toMatch(BODY);
    const request = new api.Request("POST", origin.url, js(value()));
    expect((await refusal(() => session.prepareRequest(request))).message).toMatch(BODY);
    expect((await refusal(() => session.download(origin.url, "never", js(value())))).message).toMatch(BODY);
  });

  it.for(bodies)("a %s is refused by sessions and scopes", async ([kind, value]) => {
    const makers = [
      () => new Session(js(value())),
      () => session.scope(origin.url, js(value())),
      () => toFetch(session, js(value())),
    ];
    for (const make of makers) {
      const { message } = await refusal(make);
      expect(message).toContain(`options must be an object, not ${kind}`);
      expect(message).not.toContain("a body is written");
    }
  });

  it("what belongs into an option is sent into it", async () => {
    const { signal } = new AbortController();
    expect((await refusal(() => session.get(origin.url, js(signal)))).message).toContain("{ signal: … }");
    const controller = await refusal(() => session.get(origin.url, js(new AbortController())));
    expect(controller.message).toContain("{ signal: controller.signal }");
    for (const headers of [new Headers(), new HeaderMap({ A: "b" })]) {
      expect((await refusal(() => session.get(origin.url, js(headers)))).message).toContain("{ headers: … }");
      expect((await refusal(() => new Session(js(headers)))).message).toContain("{ headers: … }");
      expect((await refusal(() => session.scope(origin.url, js(headers)))).message).toContain(
        "{ headers: … }",
      );
    }
    for (const url of [origin.url, new URL(origin.url)])
      expect((await refusal(() => new Session(js(url)))).message).toContain("{ baseUrl: … }");
    expect((await refusal(() => toFetch(session, js(signal)))).message).toContain(
      "in each call of the fetch",
    );
    const prepared = session.prepareRequest(new api.Request("GET", origin.url));
    expect((await refusal(() => session.send(prepared, js(signal)))).message).toContain("{ signal: … }");
    // Inherited ones would be options that say nothing.
    const inherited = Object.create({ timeout: 5 }) as RequestOptions;
    expect((await refusal(() => session.get(origin.url, inherited))).message).toContain(
      "not an object that inherits from another one",
    );
  });

  it("a stream is let go", async () => {
    let isCancelled = false;
    const web = new ReadableStream({
      cancel: () => {
        isCancelled = true;
      },
    });
    await refusal(() => session.post(origin.url, js(web)));
    expect(isCancelled).toBe(true);
    const node = new PassThrough();
    await refusal(() => session.post(origin.url, js(node)));
    expect(node.destroyed).toBe(true);
  });

  it("plain objects are taken, also without a prototype", async () => {
    const bare = Object.assign(Object.create(null) as object, { headers: { A: "b" } });
    expect((await session.get(origin.url, bare)).status).toBe(200);
    expect((await session.get(origin.url, js(undefined))).status).toBe(200);
    expect((await session.head(origin.url, bare)).status).toBe(200);
  });
});

describe("behind the options", () => {
  it("an argument is refused, and the call named", async () => {
    const more = { headers: { Authorization: "Bearer x" } };
    const refused = /takes no more arguments: write everything into its options/;
    const untyped = session as unknown as Record<string, (...given: unknown[]) => unknown>;
    for (const verb of VERBS) {
      const { message } = await refusal(() => untyped[verb]?.(origin.url, { json: 1 }, more));
      expect(message).toContain(`${verb}(url, options) takes no more`);
      // As in axios.post(url, body, config): the body need be no options.
      expect((await refusal(() => untyped[verb]?.(origin.url, "a=1", more))).message).toMatch(refused);
      expect((await refusal(() => untyped[verb]?.(origin.url, undefined, more))).message).toMatch(refused);
    }
    const functions = api as unknown as Record<string, (...given: unknown[]) => unknown>;
    for (const verb of ["get", "options", "head", "post", "put", "patch", "del", "query"])
      expect((await refusal(() => functions[verb]?.(origin.url, {}, more))).message).toContain(
        `${verb}(url, options) takes no more`,
      );
    expect((await refusal(() => untyped["request"]?.("POST", origin.url, {}, more))).message).toMatch(
      refused,
    );
    expect((await refusal(() => functions["request"]?.("POST", origin.url, {}, more))).message).toMatch(
      refused,
    );
    expect((await refusal(() => untyped["download"]?.(origin.url, "never", {}, more))).message).toMatch(
      refused,
    );
    const prepared = session.prepareRequest(new api.Request("GET", origin.url));
    expect((await refusal(() => untyped["send"]?.(prepared, {}, more))).message).toMatch(refused);
  });

  it("a stream in the options is let go", async () => {
    const data = new PassThrough();
    const untyped = session as unknown as Record<string, (...given: unknown[]) => unknown>;
    await refusal(() => untyped["post"]?.(origin.url, { data }, {}));
    expect(data.destroyed).toBe(true);
  });
});
