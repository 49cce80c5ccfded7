/**
 * What a call gives: the overloads of the verbs, the body methods of both kinds of response, and what errors carry.
 */
import { describe, expectTypeOf, it } from "vitest";
import {
  get,
  type HTTPError,
  type PreparedRequest,
  request,
  Response,
  type ResponsePromise,
  type ResponseTooLarge,
  Session,
  type SessionOptions,
  type StreamedResponse,
  type AnyResponse,
  type FailedRequest,
  type Body,
  type Link,
  type RequestOptions,
  type SendInit,
} from "../../src/index.ts";

declare const session: Session;
declare const prepared: PreparedRequest;
declare const options: RequestOptions;
declare const eitherOptions: RequestOptions<boolean>;
declare const sendInit: SendInit;
declare const sessionOptions: SessionOptions;
declare const eitherSessionOptions: SessionOptions<boolean>;

describe("a call", () => {
  it("gives a response that is read", () => {
    expectTypeOf(session.get("/")).toEqualTypeOf<ResponsePromise<Response>>();
    expectTypeOf(session.post("/", { json: null })).toEqualTypeOf<ResponsePromise<Response>>();
    expectTypeOf(session.request("PURGE", "/")).resolves.toEqualTypeOf<Response>();
    expectTypeOf(session.send(prepared)).resolves.toEqualTypeOf<Response>();
    expectTypeOf(get("/", {})).resolves.toEqualTypeOf<Response>();
  });

  it("gives a streamed one with `stream: true`", () => {
    expectTypeOf(session.get("/", { stream: true })).toEqualTypeOf<ResponsePromise<StreamedResponse>>();
    expectTypeOf(session.request("GET", "/", { stream: true })).resolves.toEqualTypeOf<StreamedResponse>();
    expectTypeOf(session.send(prepared, { stream: true })).resolves.toEqualTypeOf<StreamedResponse>();
    expectTypeOf(request("GET", "/", { stream: true })).resolves.toEqualTypeOf<StreamedResponse>();
    expectTypeOf(get("/", { stream: true })).resolves.toEqualTypeOf<StreamedResponse>();
    expectTypeOf(session.get("/", { stream: false })).resolves.toEqualTypeOf<Response>();
    expectTypeOf(session.head("/", { stream: true })).resolves.toEqualTypeOf<StreamedResponse>();
  });

  it("gives one that is read for options that are handed on", () => {
    expectTypeOf(session.get("/", options)).toEqualTypeOf<ResponsePromise<Response>>();
    expectTypeOf(get("/", options)).toEqualTypeOf<ResponsePromise<Response>>();
    expectTypeOf(request("GET", "/", options)).toEqualTypeOf<ResponsePromise<Response>>();
    expectTypeOf(session.send(prepared, sendInit)).toEqualTypeOf<ResponsePromise<Response>>();
    expectTypeOf(session.get("/", { ...options, timeout: 5 })).resolves.toEqualTypeOf<Response>();
    const quiet: Omit<RequestOptions, "stream"> = options;
    expectTypeOf(session.get("/", quiet)).resolves.toEqualTypeOf<Response>();
    const literal = { timeout: 5_000 } satisfies RequestOptions;
    expectTypeOf(session.get("/", literal)).resolves.toEqualTypeOf<Response>();
    // @ts-expect-error: they are for responses that are read
    const streamed: RequestOptions = { stream: true };
    expectTypeOf(streamed).toEqualTypeOf<RequestOptions>();
  });

  it("gives one of both where nobody knows what `stream` says", () => {
    type Either = Response | StreamedResponse;
    expectTypeOf(session.get("/", eitherOptions)).toEqualTypeOf<ResponsePromise<Either>>();
    expectTypeOf(get("/", eitherOptions)).resolves.toEqualTypeOf<Either>();
    expectTypeOf(request("GET", "/", eitherOptions)).resolves.toEqualTypeOf<Either>();
    const isStreamed = Boolean(eitherOptions.stream);
    expectTypeOf(session.get("/", { stream: isStreamed })).resolves.toEqualTypeOf<Either>();
    // That it may be absent is in the type: then the session says it.
    const maybe: RequestOptions<true> = {};
    expectTypeOf(session.get("/", maybe)).resolves.toEqualTypeOf<Either>();
    expectTypeOf(new Session({ stream: true }).get("/", options)).resolves.toEqualTypeOf<Either>();
    expectTypeOf(session.get("/", { ...maybe, stream: true })).resolves.toEqualTypeOf<StreamedResponse>();
    // Either way, the body methods of the promise.
    expectTypeOf(session.get("/", eitherOptions).text()).toEqualTypeOf<Promise<string>>();
  });

  it("of a session with `stream` gives what the session says", () => {
    const streaming = new Session({ stream: true });
    expectTypeOf(streaming).toEqualTypeOf<Session<true>>();
    expectTypeOf(streaming.get("/")).resolves.toEqualTypeOf<StreamedResponse>();
    expectTypeOf(streaming.get("/", { timeout: 5 })).resolves.toEqualTypeOf<StreamedResponse>();
    expectTypeOf(streaming.send(prepared)).resolves.toEqualTypeOf<StreamedResponse>();
    expectTypeOf(streaming.get("/", { stream: false })).resolves.toEqualTypeOf<Response>();

    expectTypeOf(new Session()).toEqualTypeOf<Session>();
    expectTypeOf(new Session({ timeout: 5 })).toEqualTypeOf<Session>();
    expectTypeOf(new Session({ stream: false })).toEqualTypeOf<Session>();
    expectTypeOf(new Session(sessionOptions)).toEqualTypeOf<Session>();
    const either = new Session(eitherSessionOptions);
    expectTypeOf(either).toEqualTypeOf<Session<boolean>>();
    expectTypeOf(either.get("/")).resolves.toEqualTypeOf<Response | StreamedResponse>();
  });

  it("cannot be made to give another kind than its type says", () => {
    // @ts-expect-error: its calls say that they give responses that are read
    session.stream = true;
    // @ts-expect-error: likewise
    session.scope("https://a.test", { stream: true });
    const settable: Session<boolean> = new Session<boolean>();
    settable.stream = true;
    expectTypeOf<Session<true>>().not.toExtend<Session>();
    expectTypeOf<Session<boolean>>().not.toExtend<Session>();
    expectTypeOf<Session>().toExtend<Session<boolean>>();
    expectTypeOf<Session<true>>().toExtend<Session<boolean>>();
  });

  it("has the body methods before the response is there", () => {
    const call = session.get("/");
    expectTypeOf(call.text()).toEqualTypeOf<Promise<string>>();
    expectTypeOf(call.bytes()).resolves.toExtend<Uint8Array>();
    expectTypeOf(call.blob()).toEqualTypeOf<Promise<Blob>>();
    expectTypeOf(call.json<{ id: number }>()).toEqualTypeOf<Promise<{ id: number }>>();
    expectTypeOf(session.get("/", { stream: true }).text()).toEqualTypeOf<Promise<string>>();
  });

  it("is a plain promise after `then()`", () => {
    expectTypeOf(session.get("/").then(({ status }) => status)).toEqualTypeOf<Promise<number>>();
  });
});

describe("a response that is read", () => {
  const response = {} as Response;

  it("gives its body at once", () => {
    expectTypeOf(response.text()).toEqualTypeOf<string>();
    expectTypeOf(response.bytes()).toExtend<Uint8Array>();
    expectTypeOf(response.blob()).toEqualTypeOf<Blob>();
    expectTypeOf(response.apparentEncoding).toEqualTypeOf<string>();
    expectTypeOf(response.raiseForStatus().text()).toEqualTypeOf<string>();
  });

  it("is made by programs with `from()`, not with `new`", () => {
    expectTypeOf(Response.from({ request: prepared })).toEqualTypeOf<Response>();
    expectTypeOf<typeof Response>().not.toExtend<new (...parts: never[]) => unknown>();
    expectTypeOf<typeof StreamedResponse>().not.toExtend<new (...parts: never[]) => unknown>();
  });

  it("knows its hops and its links", () => {
    expectTypeOf(response.history).toEqualTypeOf<readonly AnyResponse[]>();
    expectTypeOf(response.links["next"]).toEqualTypeOf<Link | undefined>();
    expectTypeOf(response.next).toEqualTypeOf<PreparedRequest | null>();
  });
});

describe("a streamed response", () => {
  const response = {} as StreamedResponse;

  it("promises its body", () => {
    expectTypeOf(response.text()).toEqualTypeOf<Promise<string>>();
    expectTypeOf(response.bytes()).resolves.toExtend<Uint8Array>();
    expectTypeOf(response.apparentEncoding).toEqualTypeOf<Promise<string>>();
    expectTypeOf(response.body).toExtend<ReadableStream<Uint8Array<ArrayBuffer>>>();
    expectTypeOf(response.rawBody).toExtend<ReadableStream<Uint8Array<ArrayBuffer>>>();
  });

  it("is iterated over in bytes or text", () => {
    expectTypeOf(response).toExtend<AsyncIterable<Uint8Array>>();
    expectTypeOf(response.iterContent()).toExtend<AsyncIterable<Uint8Array>>();
    expectTypeOf(response.iterContent({ decode: true })).toExtend<AsyncIterable<string>>();
    expectTypeOf(response.iterLines()).toExtend<AsyncIterable<string>>();
    expectTypeOf(response.iterLines({ decode: false })).toExtend<AsyncIterable<Uint8Array>>();
  });

  it("is closed by `await using`", () => {
    expectTypeOf(response).toExtend<AsyncDisposable>();
    expectTypeOf(session).toExtend<AsyncDisposable>();
  });
});

describe("an error", () => {
  it("carries the request, as far as it came, and the whole response", () => {
    const error = {} as HTTPError;
    expectTypeOf(error.request).toEqualTypeOf<PreparedRequest | FailedRequest | null>();
    expectTypeOf(error.response).toEqualTypeOf<AnyResponse | null>();
    expectTypeOf<ResponseTooLarge["limitBytes"]>().toEqualTypeOf<number>();
  });
});

describe("a prepared request", () => {
  it("shows an adapter its body", () => {
    expectTypeOf(prepared.payload).toEqualTypeOf<Body | null>();
  });
});
