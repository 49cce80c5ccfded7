/**
 * The steps of a scenario (sections 4 and 5), performed in order with one session.
 */
import { setTimeout as sleep } from "node:timers/promises";

import { del, get, head, options, patch, post, put, Session, type RequestOptions } from "../../src/index.ts";
import { Auths } from "./auth.ts";
import { Unsupported, type Job, type ReadingSpec, type RequestSpec, type Result, type Step } from "./job.ts";
import { readAll, type Reply } from "./reads.ts";
import { cookieRows, failure, headerRows } from "./results.ts";
import { configure, mountRetry, requestOptions, type Workshop } from "./settings.ts";
import { mountStub } from "./stub.ts";
import { Bodies, cookiesOf, headersOf, putCookie } from "./values.ts";

/** A verb that has a function of its own, on the session and in the functional API. */
const VERBS = ["get", "options", "head", "post", "put", "patch", "delete"] as const;
type Verb = (typeof VERBS)[number];

const FUNCTIONS = { get, options, head, post, put, patch, delete: del };

/** Plays one scenario. */
export class Player {
  readonly #session = new Session();
  readonly #saved = new Map<string, Reply>();
  readonly #workshop: Workshop;
  /** Why the session could not be made as asked: then no step can be performed. */
  #refusal: { readonly error: unknown } | null = null;

  constructor(job: Job) {
    this.#workshop = { auths: new Auths(), bodies: new Bodies(job.tmp), hookLog: [] };
    try {
      configure(this.#session, job.scenario.session ?? {}, this.#workshop);
    } catch (error) {
      this.#refusal = { error };
    }
  }

  /** The result of a step. Never throws: a failure is a result. */
  async play(step: Step): Promise<Result> {
    const { hookLog } = this.#workshop;
    hookLog.length = 0;
    const result =
      this.#refusal === null ? await this.#perform(step).catch(failure) : failure(this.#refusal.error);
    result["cookies"] = cookieRows(this.#session.cookies);
    if (hookLog.length > 0) result["hookLog"] = [...hookLog];
    return result;
  }

  async #perform(step: Step): Promise<Result> {
    switch (step.op) {
      case "request":
        return this.#request(step);
      case "sendNext":
        return this.#sendNext(step);
      case "read":
        return { reads: await readAll(this.#response(step.ref), step.reads) };
      case "sleep":
        await sleep(step.ms);
        return {};
      case "closeSession":
        await this.#session.close();
        return {};
      default:
        return this.#change(step);
    }
  }

  /** The steps that change the session and send nothing. */
  #change(
    step: Exclude<Step, { readonly op: "request" | "sendNext" | "read" | "sleep" | "closeSession" }>,
  ): Result {
    const session = this.#session;
    switch (step.op) {
      case "setCookie":
        putCookie(session.cookies, step);
        return {};
      case "setCookies":
        session.cookies.update(cookiesOf(step.cookies) as Parameters<typeof session.cookies.update>[0]);
        return {};
      case "clearCookies":
        session.cookies.clear(scopeOf(step));
        return {};
      case "deleteCookie":
        session.cookies.delete(step.name);
        return {};
      case "getCookie":
        return { value: session.cookies.get(step.name, scopeOf({ ...step, name: undefined })) };
      case "setHeaders":
        session.headers.update(headersOf(step.headers) as Parameters<typeof session.headers.update>[0]);
        return {};
      case "deleteHeader":
        session.headers.delete(step.name);
        return {};
      case "setSession":
        configure(session, step, this.#workshop);
        return {};
      case "mountRetry":
        mountRetry(session, step);
        return {};
      case "mountStub":
        mountStub(session, step.prefix, step);
        return {};
    }
  }

  async #request(step: RequestSpec & ReadingSpec): Promise<Result> {
    const options = await requestOptions(step, this.#workshop);
    const response = await this.#send(step, options);
    return this.#finish(response, step, step.stream ?? this.#session.stream ?? false);
  }

  async #send(step: RequestSpec, options: RequestOptions): Promise<Reply> {
    const method = step.method ?? "GET";
    switch (step.via ?? "request") {
      case "request":
        return this.#session.request(method, step.url, options);
      case "shortcut":
        return this.#session[verbOf(method)](step.url, options);
      case "module":
        return FUNCTIONS[verbOf(method)](step.url, options);
      default:
        throw new Unsupported(`via ${step.via}`);
    }
  }

  async #sendNext(step: Extract<Step, { readonly op: "sendNext" }>): Promise<Result> {
    const { next } = this.#response(step.ref);
    if (next === null) return { none: true };
    const options = step.allowRedirects === undefined ? {} : { allowRedirects: step.allowRedirects };
    return this.#finish(await this.#session.send(next, options), step, this.#session.stream ?? false);
  }

  async #finish(response: Reply, step: ReadingSpec, streamed: boolean): Promise<Result> {
    if (step.save !== undefined) this.#saved.set(step.save, response);
    return {
      ok: response.ok,
      status: response.status,
      reason: response.statusText,
      url: response.url,
      encoding: response.encoding,
      isRedirect: response.isRedirect,
      isPermanentRedirect: response.isPermanentRedirect,
      history: response.history.map(({ status, url }) => ({ status, url })),
      headers: headerRows(response.headers),
      responseCookies: cookieRows(response.cookies),
      reads: await readAll(response, step.reads ?? (streamed ? [] : [{ op: "content" }])),
    };
  }

  #response(ref: string): Reply {
    const response = this.#saved.get(ref);
    if (response === undefined) throw new Error(`no response was saved as ${ref}`);
    return response;
  }
}

function verbOf(method: string): Verb {
  const verb = VERBS.find((name) => name === method.toLowerCase());
  if (verb === undefined) throw new Unsupported(`a function ${method.toLowerCase()}()`);
  return verb;
}

function scopeOf({
  domain,
  path,
  name,
}: {
  readonly domain?: string;
  readonly path?: string;
  readonly name?: string | undefined;
}): {
  readonly domain?: string;
  readonly path?: string;
  readonly name?: string;
} {
  return {
    ...(domain === undefined ? {} : { domain }),
    ...(path === undefined ? {} : { path }),
    ...(name === undefined ? {} : { name }),
  };
}
