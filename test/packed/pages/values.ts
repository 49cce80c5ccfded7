// What options take: interfaces, schema libraries, errors, hooks, fetch.
import {
  ConnectTimeout,
  HttpAdapter,
  HTTPError,
  JSONDecodeError,
  RequestException,
  Response,
  Retry,
  Session,
  StreamedResponse,
  Timeout,
  toFetch,
  type Adapter,
  type Auth,
  type DataInit,
  type ParamsInit,
  type PreparedRequest,
  type RequestOptions,
  type SendOptions,
  type WireResponse,
} from "sojourn";

const session = new Session();

// Interfaces, as most projects name such objects.
interface Query {
  page: number;
  q?: string;
  tags: readonly string[];
  sort?: "asc" | "desc" | undefined;
}
interface Login {
  user: string;
  password: string;
}
class Filter {
  since = 5;
  until: number | null = null;
}
declare const query: Query;
declare const login: Readonly<Login>;
declare const record: Record<string, string | number | undefined>;
export const interfaces = [
  session.get("/", { params: query }),
  session.get("/", { params: { ...query, page: 2 } }),
  session.post("/", { data: login, json: undefined }),
  session.post("/", { data: login, files: { f: "content" } }),
  session.get("/", { params: new Filter() }),
  session.get("/", { params: record }),
  session.get("/", {
    params: [
      ["a", 1],
      ["a", 2],
    ],
  }),
  session.get("/", { params: new URLSearchParams("a=1") }),
  session.get("/", { params: new Map([["a", 1]]) }),
  session.post("/", { data: new FormData() }),
  session.post("/", { data: new Blob([]) }),
  session.post("/", { data: new Uint8Array(3).buffer }),
];
new Session({ params: query }).params = query;
export const search = <Fields extends Query>(fields: Fields) => session.get("/", { params: fields });
// @ts-expect-error: an object is no value of a query
session.get("/", { params: { filter: { since: 5 } } });
// @ts-expect-error: neither is a date
session.post("/", { data: { since: new Date() } });
// @ts-expect-error: a list is no set of names
export const list: ParamsInit = [1, 2];
// @ts-expect-error: a number is none
export const number: ParamsInit = 5;
// @ts-expect-error: a date is none
export const date: ParamsInit = new Date();
// @ts-expect-error: a function is none: it is a body
export const callback: ParamsInit = () => "a";
// @ts-expect-error: a promise is no body
export const later: DataInit = Promise.resolve("text");
// @ts-expect-error: a pattern is none either
export const pattern: DataInit = /a/;

// Schemas by their standard, as Zod, Valibot and ArkType have it.
interface StandardResult<Output> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => { readonly value: Output; readonly issues?: undefined };
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
  };
}
declare const User: StandardResult<{ name: string; born: Date }>;
export const born: Date = (await session.get("/")).json(User).born;
export const bornToo: Promise<{ name: string; born: Date }> = session.get("/").json(User);
export const bornLater: Promise<{ name: string; born: Date }> = (
  await session.get("/", { stream: true })
).json(User);
export const believed: { id: number } = (await session.get("/")).json<{ id: number }>();
const unknown = (await session.get("/")).json();
// @ts-expect-error: nobody said what it is
export const name = unknown.name;

// Errors.
export async function careful() {
  try {
    return (await session.get("/")).raiseForStatus();
  } catch (error) {
    if (error instanceof HTTPError) return error.response?.status ?? 0;
    if (error instanceof ConnectTimeout) return `${error.limitMs} ms`;
    if (error instanceof Timeout) return error.phase;
    if (error instanceof JSONDecodeError) return error.position;
    if (error instanceof RequestException) {
      switch (error.phase) {
        case "connect":
          return error.code;
        // @ts-expect-error: no such phase
        case "nowhere":
          return null;
        default:
          return error.attempts.map((attempt) => attempt.delayMs);
      }
    }
    throw error;
  }
}
export class ApiError extends RequestException {
  override readonly name = "ApiError";
  readonly reason: string;

  constructor(reason: string, cause: RequestException) {
    super(reason, { cause, response: cause.response, request: cause.request });
    this.reason = reason;
  }
}
export const which = (response: Response | StreamedResponse): string | Promise<string> =>
  response instanceof StreamedResponse ? response.text().then((text) => text.trim()) : response.text().trim();

// Hooks.
session.hooks = {
  request: (request) => void request.headers.set("x-time", Date.now()),
  response: [async (response) => void (await response.text()), (response) => response],
  error: (error) => console.error(error.code),
  retry: (attempt) => console.warn(attempt.status),
};
const replaced = new Session({
  hooks: { response: (response) => Response.from({ request: response.request, body: "{}" }) },
});
replaced.get("/", { stream: true, hooks: { redirect: (_response, next) => void next.url } });
// @ts-expect-error: no such event
session.hooks = { beforeRequest: () => undefined };

// Classes of one's own.
class Signing implements Auth {
  async apply(request: PreparedRequest): Promise<void> {
    request.headers.set("x-signature", request.method);
  }
}
class Logging extends HttpAdapter {
  override async send(
    request: PreparedRequest,
    options: SendOptions,
    signal: AbortSignal | null,
  ): Promise<WireResponse> {
    const response = await super.send(request, options, signal);
    console.log(response.status);
    return response;
  }
}
class Patient extends Retry {
  override backoffMs(random: number): number {
    return super.backoffMs(random) * 2;
  }
}
export const classes: RequestOptions = { auth: new Signing(), retry: new Patient({ total: 3 }) };
export const adapter: Adapter = new Logging({ poolMaxsize: 5 });
session.mount("https://", adapter);
// @ts-expect-error: no such option
new HttpAdapter({ keepAlive: true });

// A session's fetch, for whoever takes one.
export const standard: typeof globalThis.fetch = toFetch(session);
class Sdk {
  constructor(readonly options: { fetch?: typeof globalThis.fetch; baseURL?: string }) {}
}
export const sdk = new Sdk({ fetch: toFetch(session, { timeout: 1_000 }) });
export const narrow: (input: string, init?: RequestInit) => Promise<globalThis.Response> = toFetch(session);
export const status: Promise<number> = toFetch(session)(new globalThis.Request("https://a.test")).then(
  (response) => response.status,
);
toFetch(new Session({ stream: true }));
