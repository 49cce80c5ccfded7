/**
 * The web's Response, made of a session's: `url`, `redirected`, `type`, statuses that a Response made by hand cannot have, and
 * header fields that cannot be changed, as fetch gives them.
 */
import { showCallerOfOurs } from "../core/caller.ts";
import { RequestException } from "../core/errors.ts";
import type { StreamedResponse } from "../response/streamed.ts";
import type { Call } from "./call.ts";
import { failureOf } from "./failure.ts";
import { checkIntegrity } from "./integrity.ts";

/** What of a Response is told, since it cannot be seen from how it was made. */
interface Facts {
  readonly status: number;
  readonly statusText: string;
  readonly url: string;
  readonly redirected: boolean;
  readonly headers: [name: string, value: string][];
}

/** Statuses whose responses have no body (Fetch §2.2.3). */
const NO_BODY: ReadonlySet<number> = new Set([101, 103, 204, 205, 304]);

/** May a response to `method` with this status have a body? */
export function hasBody(method: string, status: number): boolean {
  return method !== "HEAD" && !NO_BODY.has(status);
}

/**
 * What fetch gives for what came.
 *
 * @throws {TypeError} when the body is to be checked, and is none, breaks off or is another one.
 */
export async function answerOf(call: Call, response: StreamedResponse): Promise<Response> {
  const { status, statusText, redirected, request } = response;
  const url = withoutUserinfo(response.url.split("#", 1)[0] ?? response.url);
  const facts = { status, statusText, url, redirected, headers: [...response.headers] };
  const isRead = hasBody(request.method, status);
  // What such a status has as a body is not for anybody, and must not cost a connection; nobody waits for it either. The rest
  // of an upload is waited for: that it was cut could be told nowhere else.
  if (!isRead && response.ok && request.payload !== null) await wholeOf(response);
  else if (!isRead) void response.loadHop(NO_BODY_BYTES);
  const terms = { failure: (error: unknown) => failureOf("terminated", error), signal: call.signal };
  if (call.integrity === "") return makeAnswer(isRead ? response.webBody(terms) : null, facts);
  const bytes = isRead ? await wholeOf(response) : null;
  checkIntegrity(bytes, call.integrity);
  return makeAnswer(bytes, facts);
}

const NO_BODY_BYTES = 65_536;

/** The base URL of a session may have some, which no URL of fetch has. */
function withoutUserinfo(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?@]*@/i, "$1");
}

async function wholeOf(response: StreamedResponse): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await response.bytes();
  } catch (error) {
    throw failureOf("fetch failed", error);
  }
}

/** What each of them is told. */
const told = new WeakMap<Response, Facts>();

/** A response as fetch gives it. */
export function makeAnswer(
  body: ReadableStream<Uint8Array<ArrayBuffer>> | Uint8Array<ArrayBuffer> | null,
  facts: Facts,
): Response {
  // Without a status: those from 600 to 999 are answers as well, but no Response can be made with one.
  const made = new Response(body, { headers: facts.headers });
  told.set(made, facts);
  return Object.setPrototypeOf(made, answerPrototype()) as Response; // it is one still
}

/**
 * Answers for the prototype of all responses where one made by hand knows nothing, or something else. Made when first asked for:
 * to name the web's `Response` loads all of Node's `fetch`.
 */
const answerPrototype = once(() =>
  Object.create(Response.prototype, {
    ...fact("status", ({ status }) => status),
    ...fact("statusText", ({ statusText }) => statusText),
    ...fact("ok", ({ status }) => status >= 200 && status < 300),
    ...fact("url", ({ url }) => url),
    ...fact("redirected", ({ redirected }) => redirected),
    ...fact("type", () => "basic"),
    ...Object.fromEntries(READERS.map((name) => [name, method(reader(name))])),
    headers: {
      get(this: Response): unknown {
        return Object.setPrototypeOf(Reflect.get(Response.prototype, "headers", this), fixedHeaders());
      },
      configurable: true,
      enumerable: true,
    },
    clone: method(function clone(this: Response): Response {
      const copy = Response.prototype.clone.call(this);
      // Whatever else it might be is refused by the method above.
      return makeAnswer(copy.body as ReadableStream<Uint8Array<ArrayBuffer>> | null, told.get(this) as Facts);
    }),
  }),
);

/** As methods of a class of the web are. */
function method(value: (this: Response) => unknown): PropertyDescriptor {
  return { value, configurable: true, enumerable: true, writable: true };
}

/** Methods of a response that read its body. */
const READERS = ["arrayBuffer", "blob", "bytes", "formData", "json", "text"] as const;

/** As the web's method; what the body failed with, or what it is not, tells who reads it. */
function reader(name: (typeof READERS)[number]): (this: Response) => Promise<unknown> {
  async function read(this: Response): Promise<unknown> {
    try {
      return await Reflect.apply(Response.prototype[name], this, []);
    } catch (error) {
      if (error instanceof SyntaxError || isOfFetch(error)) {
        // Before a turn nobody is seen who awaits it.
        await Promise.resolve();
        showCallerOfOurs(error, read);
      }
      throw error;
    }
  }
  return Object.defineProperty(read, "name", { value: name });
}

/** A body that broke off, or a form that is none. What the program's stream or hook threw is the program's. */
function isOfFetch(error: unknown): boolean {
  return error instanceof TypeError && (error.cause === undefined || error.cause instanceof RequestException);
}

/** Header fields that came are not to be changed (Fetch: their guard is "immutable"). */
const fixedHeaders = once(() =>
  Object.create(Headers.prototype, {
    append: { value: refuse },
    delete: { value: refuse },
    set: { value: refuse },
  }),
);

function once(make: () => unknown): () => object {
  let made: object | undefined;
  return () => (made ??= make() as object); // a prototype
}

function fact(name: string, tell: (facts: Facts) => unknown): PropertyDescriptorMap {
  const get = function (this: Response): unknown {
    const facts = told.get(this);
    return facts === undefined ? Reflect.get(Response.prototype, name, this) : tell(facts);
  };
  return { [name]: { get, configurable: true, enumerable: true } };
}

function refuse(): never {
  throw new TypeError("the headers of a response of fetch are immutable: make new Headers of them");
}
