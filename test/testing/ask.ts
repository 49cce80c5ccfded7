/**
 * The client of these tests: Node's own, as plain as it gets.
 *
 * `ask` goes through fetch and follows no redirect; `askRaw` sends exactly the given header lines and target.
 */
import { request as httpRequest } from "node:http";
import type { Agent } from "node:http";
import { text } from "node:stream/consumers";

/** What a request may have besides its method and path. */
export type Extras = Omit<RequestInit, "method" | "redirect">;

/** A response, read in full. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** A response to `askRaw`, with its header lines as they came. */
export interface RawReply {
  readonly status: number;
  readonly rawHeaders: readonly string[];
  readonly text: string;
}

/** What `askRaw` sends. */
export interface RawRequest {
  readonly method?: string;
  readonly target: string;
  /** Names and values in turn. */
  readonly headers?: readonly string[];
  readonly body?: string;
  /** Whose connections to use. Default: a new one. */
  readonly agent?: Agent;
}

/** Sends a request such as `GET /path` to the server at `base`. */
export async function ask(base: string, request: string, extras: Extras = {}): Promise<Reply> {
  const space = request.indexOf(" ");
  const method = request.slice(0, space);
  const response = await fetch(base + request.slice(space + 1), { ...extras, method, redirect: "manual" });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Sends a request such as `GET /path`, and gives its status and its answer as JSON. */
export async function askJson(
  base: string,
  request: string,
  extras: Extras = {},
): Promise<{ readonly status: number; readonly json: unknown }> {
  const reply = await ask(base, request, extras);
  const json: unknown = JSON.parse(reply.text);
  return { status: reply.status, json };
}

/** Sends a request as it is given. */
export async function askRaw(base: string, request: RawRequest): Promise<RawReply> {
  const { promise, resolve, reject } = Promise.withResolvers<RawReply>();
  const { hostname, port } = new URL(base);
  const message = httpRequest({
    host: hostname,
    port,
    agent: request.agent ?? false,
    method: request.method ?? "GET",
    path: request.target,
    headers: ["Host", `${hostname}:${port}`, ...(request.headers ?? [])],
  });
  message.once("error", reject);
  message.once("response", (response) => {
    const { rawHeaders, statusCode = 0 } = response;
    text(response).then((body) => {
      resolve({ status: statusCode, rawHeaders, text: body });
    }, reject);
  });
  message.end(request.body);
  return promise;
}
