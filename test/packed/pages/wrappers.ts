// Classes and functions around a session, as API clients begin.
import {
  get,
  request,
  Session,
  type AnyResponse,
  type Response,
  type RequestOptions,
  type ResponseOf,
  type ResponsePromise,
  type ScopeOptions,
  type SendInit,
  type SessionOptions,
  type StreamedResponse,
} from "sojourn";

// Options in, a session as a field.
export class Api {
  readonly session: Session;

  constructor(options: SessionOptions = {}) {
    this.session = new Session({ timeout: 5_000, ...options });
  }

  async page(path: string, options?: RequestOptions): Promise<string> {
    const response = await this.session.get(path, options);
    return response.text().trim();
  }

  async user(id: number): Promise<{ name: string }> {
    return await this.session.get(`/users/${id}`).json<{ name: string }>();
  }

  create(body: unknown, options: RequestOptions = {}) {
    return this.session.post("/users", { ...options, json: body });
  }

  search(options: Omit<RequestOptions, "params">, words: readonly string[]) {
    return this.session.get("/search", { ...options, params: { q: words } });
  }

  quick(options: Partial<RequestOptions> = {}) {
    return this.session.get("/", { timeout: 100, ...options });
  }

  log(): AsyncIterable<Uint8Array> {
    return { [Symbol.asyncIterator]: () => this.#log() };
  }

  async *#log() {
    yield* await this.session.get("/log", { stream: true });
  }

  async close() {
    await this.session.close();
  }
}

// As it is given.
export class Plain {
  readonly #session: Session;

  constructor(options: SessionOptions) {
    this.#session = new Session(options);
  }

  get = (path: string, options?: RequestOptions) => this.#session.get(path, options);

  page(path: string): Promise<string> {
    return this.get(path).text();
  }
}

// Options of one's own, made of ours.
interface ApiOptions extends Omit<SessionOptions, "baseUrl" | "auth"> {
  token: string;
  region?: "eu" | "us";
}
export function connect({ token, region = "eu", ...options }: ApiOptions): Session {
  return new Session({
    ...options,
    baseUrl: `https://${region}.api.test`,
    headers: { Authorization: `Bearer ${token}` },
  });
}
export const patched = (options: Partial<SessionOptions>): Session =>
  new Session({ ...options, maxRedirects: 3 });
export const timed = (options: Pick<SessionOptions, "timeout" | "retry">): Session => new Session(options);
export const required = (options: Required<Pick<SessionOptions, "baseUrl">> & SessionOptions): Session =>
  new Session(options);

// A subclass.
export class GitHub extends Session {
  constructor(token: string, options: SessionOptions = {}) {
    super({ baseUrl: "https://api.github.test", auth: ["", token], ...options });
  }

  repository(name: string) {
    return this.get(`/repos/${name}`).json<{ stars: number }>();
  }

  override async close(): Promise<void> {
    await super.close();
  }

  override get(url: string | URL, options?: RequestOptions): ResponsePromise<Response> {
    return super.get(url, { ...options, timeout: 1_000 });
  }
}
export const asSession: Session = new GitHub("t");
export const stars: Promise<{ stars: number }> = new GitHub("t").repository("a/b");

// Helpers that are generic in what they give.
export async function load<Shape>(session: Session, path: string): Promise<Shape> {
  return session.get(path).json<Shape>();
}
export function call<Stream extends boolean = false>(
  session: Session,
  path: string,
  options?: RequestOptions<Stream>,
) {
  return session.get(path, options);
}
export const both: ResponsePromise<Response | StreamedResponse> = call(new Session(), "/", {
  stream: Math.random() > 0.5,
});
export const readOne: ResponsePromise<Response> = call(new Session(), "/");
export async function withSession<Result>(
  work: (session: Session) => Promise<Result>,
  options?: SessionOptions,
) {
  const session = new Session(options);
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}
export const text: Promise<string> = withSession(async (session) => (await session.get("/")).text());
type Verb = "get" | "post" | "put" | "delete";
export const send = (
  session: Session,
  verb: Verb,
  url: string,
  options?: RequestOptions,
): ResponsePromise<Response> => session[verb](url, options);
export const anyMethod = (session: Session, method: string): Promise<string> =>
  session.request(method, "/").text();
export const functional: Promise<string> = get("https://a.test").text();
export const functionalToo: ResponsePromise<Response> = request("GET", "https://a.test", {
  params: { a: 1 },
});

// What `stream` says.
const session = new Session();
const streaming = new Session({ stream: true });
declare const options: RequestOptions;
declare const unknownOptions: RequestOptions<boolean>;
declare const eitherSession: Session<boolean>;
export const streamed: ResponsePromise<StreamedResponse> = session.get("/", { stream: true });
export const streamedToo: ResponsePromise<StreamedResponse> = session.get("/", { ...options, stream: true });
export const notStreamed: ResponsePromise<Response> = session.get("/", { stream: false });
export const given: ResponsePromise<Response> = session.get("/", options);
export const streams: ResponsePromise<StreamedResponse> = streaming.get("/");
export const streamsNot: ResponsePromise<Response> = streaming.get("/", { stream: false });
export const mixed: ResponsePromise<Response | StreamedResponse> = session.get("/", unknownOptions);
export const mixedToo: ResponsePromise<ResponseOf<boolean>> = eitherSession.get("/");
export const lines: AsyncIterable<string> = (await session.get("/", { stream: true })).iterLines();
const sendInit: SendInit = { timeout: 5 };
declare const prepared: Parameters<Session["send"]>[0];
export const sent: ResponsePromise<Response> = session.send(prepared, sendInit);
export const sentStreamed: ResponsePromise<StreamedResponse> = session.send(prepared, { stream: true });
export const scope: ScopeOptions = { headers: { "x-a": "1" }, timeout: null };
session.scope("https://a.test", scope).scope("https://b.test", null);
// @ts-expect-error: they may stream, or not
export const wrong1: ResponsePromise<Response> = session.get("/", unknownOptions);
// @ts-expect-error: nobody knows which of the two says something
export const wrong2: ResponsePromise<Response> = streaming.get("/", options);
// @ts-expect-error: the session gives responses that are read
session.scope("https://a.test", { stream: true });
// @ts-expect-error: they are options of calls that do not stream
export const wrong3: RequestOptions = { stream: true };
// @ts-expect-error: a plain session does not stream
export const wrong4: Session = new Session({ stream: true });
// @ts-expect-error: no promise, but a response that is read
(await session.get("/")).text().then();
// @ts-expect-error: the name of fetch
session.get("/", { body: "text" });
// @ts-expect-error: the name of axios
new Session({ baseURL: "https://a.test" });
// @ts-expect-error: an option of the session
session.get("/", { baseUrl: "https://a.test" });
// @ts-expect-error: no such kind of value
session.get("/", { timeout: "5s" });

// Mocks.
export const stub: Pick<Session, "get"> = session;
export function usesGet(http: { get(url: string, options?: RequestOptions): PromiseLike<AnyResponse> }) {
  return http.get("/");
}
usesGet(session);
usesGet(streaming);
export const fake = {
  get: async (_url: string) => ({ status: 200, text: () => "hello", json: () => ({ a: 1 }) }),
} as unknown as Session;
