/**
 * What options take: unknown names and wrong kinds do not compile, `undefined` always does.
 */
import { describe, expectTypeOf, it } from "vitest";
import type {
  AnyResponse,
  Attempt,
  Auth,
  AuthOption,
  CookieJar,
  CookieRefusal,
  DataInit,
  FilesInit,
  HeaderMap,
  HeadersInit,
  HooksInit,
  HttpAdapterOptions,
  HttpBasicAuth,
  ParamsInit,
  PreparedRequest,
  RequestException,
  RequestOptions,
  Retry,
  RetryOptions,
  RetryPolicy,
  SendInit,
  Session,
  SessionOptions,
  TimeoutInit,
} from "../../src/index.ts";

declare const session: Session;

/** Every property may be left out, and may be `undefined`. */
type Lenient<Options> = { readonly [Name in keyof Options]?: Options[Name] | undefined };

describe("options", () => {
  it("have no other names", () => {
    // @ts-expect-error: fetch's name; ours is allowRedirects
    void session.get("/", { redirect: "manual" });
    // @ts-expect-error: Python's spelling
    void session.get("/", { allow_redirects: false });
    // @ts-expect-error: an option of the session
    void session.get("/", { maxRedirects: 3 });
    // @ts-expect-error: an option of a request
    const options: SessionOptions = { json: {} };
    expectTypeOf(options).toEqualTypeOf<SessionOptions>();
  });

  it("may be undefined: inherit", () => {
    expectTypeOf<Lenient<RequestOptions>>().toExtend<RequestOptions>();
    expectTypeOf<Lenient<SessionOptions>>().toExtend<SessionOptions>();
    expectTypeOf<Lenient<RetryOptions>>().toExtend<RetryOptions>();
    expectTypeOf<Lenient<HttpAdapterOptions>>().toExtend<HttpAdapterOptions>();
  });

  it("of `send()` are those that are not in the request already", () => {
    expectTypeOf<{ timeout: 5 }>().toExtend<SendInit>();
    expectTypeOf<keyof SendInit>().not.toExtend<"headers">();
    expectTypeOf<
      Extract<keyof SendInit, "headers" | "params" | "auth" | "data" | "json" | "cookies">
    >().toBeNever();
  });

  it("that are off are null", () => {
    expectTypeOf<null>().toExtend<RequestOptions["timeout"]>();
    expectTypeOf<null>().toExtend<RequestOptions["auth"]>();
    expectTypeOf<null>().toExtend<RequestOptions["retry"]>();
    expectTypeOf<null>().not.toExtend<RequestOptions["stream"]>();
  });
});

describe("an option", () => {
  it("`headers` takes records, pairs, Headers and HeaderMaps", () => {
    expectTypeOf<{
      Accept: "*/*";
      "X-Gone": null;
      "X-List": ["a", "b"];
      "X-Count": 1;
    }>().toExtend<HeadersInit>();
    expectTypeOf<[["a", "b"]]>().toExtend<HeadersInit>();
    expectTypeOf<Map<string, string>>().toExtend<HeadersInit>();
    expectTypeOf<Headers>().toExtend<HeadersInit>();
    expectTypeOf<HeaderMap>().toExtend<HeadersInit>();
    expectTypeOf<{ Accept: boolean }>().not.toExtend<HeadersInit>();
    expectTypeOf<"Accept: */*">().not.toExtend<HeadersInit>();
  });

  it("`params` and `data` take records, pairs and URLSearchParams", () => {
    expectTypeOf<{ q: "tea"; page: 2; tag: ["a", "b"]; none: null }>().toExtend<ParamsInit>();
    expectTypeOf<URLSearchParams>().toExtend<ParamsInit>();
    // @ts-expect-error: an object is no value
    void session.get("/", { params: { q: { nested: true } } });
    expectTypeOf<[1, 2]>().not.toExtend<ParamsInit>();
    expectTypeOf<Date>().not.toExtend<ParamsInit>();
    expectTypeOf<RegExp>().not.toExtend<ParamsInit>();
    expectTypeOf<() => string>().not.toExtend<ParamsInit>();
    expectTypeOf<Promise<string>>().not.toExtend<ParamsInit>();
    expectTypeOf<FormData>().toExtend<DataInit>();
    expectTypeOf<() => AsyncGenerator<string>>().toExtend<DataInit>();
    expectTypeOf<number>().not.toExtend<DataInit>();
  });

  it("`params` and `data` take what an interface or a class describes", () => {
    interface Query {
      readonly page: number;
      readonly q?: string;
    }
    class Filter {
      since = 5;
    }
    expectTypeOf<Query>().toExtend<ParamsInit>();
    expectTypeOf<Query>().toExtend<DataInit>();
    expectTypeOf<Filter>().toExtend<ParamsInit>();
  });

  it("`files` takes contents, tuples and objects", () => {
    expectTypeOf<{
      f: "text";
      g: ["a.txt", Uint8Array, "text/plain"];
      h: { content: Blob };
    }>().toExtend<FilesInit>();
  });

  it("`timeout` takes a number, a pair or parts", () => {
    expectTypeOf<5 | readonly [5, null] | { total: 5 }>().toExtend<TimeoutInit>();
    expectTypeOf<"5">().not.toExtend<TimeoutInit>();
    expectTypeOf<readonly [5, 5, 5]>().not.toExtend<TimeoutInit>();
  });

  it("`auth` takes a pair, an object, a function, and false", () => {
    expectTypeOf<["user", "pass"] | HttpBasicAuth | false | null>().toExtend<AuthOption>();
    expectTypeOf<(request: PreparedRequest) => void>().toExtend<AuthOption>();
    expectTypeOf<(request: PreparedRequest) => Promise<PreparedRequest>>().toExtend<AuthOption>();
    expectTypeOf<{ apply(request: PreparedRequest): void }>().toExtend<Auth>();
    expectTypeOf<["user"]>().not.toExtend<AuthOption>();
  });

  it("`retry` takes a policy or a number", () => {
    expectTypeOf<Retry>().toExtend<RetryPolicy>();
    expectTypeOf<Retry | 3 | false>().toExtend<NonNullable<RequestOptions["retry"]>>();
    expectTypeOf<true>().not.toExtend<RequestOptions["retry"]>();
  });

  it("`hooks` knows what each event's functions get", () => {
    const hooks = {
      request: (request) => void expectTypeOf(request).toEqualTypeOf<PreparedRequest>(),
      response: [(response) => void expectTypeOf(response).toEqualTypeOf<AnyResponse>()],
      redirect: (_response, next) => next,
      retry: (attempt) => void expectTypeOf(attempt).toEqualTypeOf<Attempt>(),
      error: (error) => void expectTypeOf(error).toEqualTypeOf<RequestException>(),
      cookieRefused: (refusal) => void expectTypeOf(refusal).toEqualTypeOf<CookieRefusal>(),
    } satisfies HooksInit;
    expectTypeOf(hooks).toExtend<HooksInit>();
    // @ts-expect-error: a response hook gives a response, or nothing
    const wrong: HooksInit = { response: () => 5 };
    // @ts-expect-error: no such event
    const unknown: HooksInit = { send: () => undefined };
    expectTypeOf(wrong).toEqualTypeOf(unknown);
  });
});

describe("a session", () => {
  it("takes names and values where it gives a jar and a map", () => {
    expectTypeOf(session.cookies).toEqualTypeOf<CookieJar>();
    expectTypeOf(session.headers).toEqualTypeOf<HeaderMap>();
    session.cookies = { name: "value" };
    session.headers = { Accept: "*/*", "X-Gone": null };
    session.baseUrl = new URL("https://example.com");
    expectTypeOf(session.baseUrl).toEqualTypeOf<string | null>();
  });
});
