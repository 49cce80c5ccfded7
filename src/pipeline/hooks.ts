/**
 * Stage: the caller's `request` and `response` hooks, once per hop.
 */
import { mustReturn } from "../core/checks.ts";
import { unlessAborted } from "../core/abort.ts";
import { describe } from "../core/describe.ts";
import { HTTPError } from "../core/errors.ts";
import type { Hooks } from "../core/hooks.ts";
import type { Contract } from "../core/options.ts";
import { isPromise } from "../core/realm.ts";
import type { PreparedRequest } from "../core/request.ts";
import { offerBytesOnly } from "../options/headers.ts";
import { isRedirect } from "../redirects/decide.ts";
import { Response } from "../response/response.ts";
import { StreamedResponse } from "../response/streamed.ts";
import { answeredRequest, type Exchange, type Reply, type Send, type Stage } from "./stage.ts";

/** Calls the hooks. Without any the exchange goes on as it is. */
export const hooks: Stage = {
  down(exchange: Exchange, next: Send) {
    const { request, response } = exchange.settings.hooks;
    return request.length === 0 && response.length === 0 ? exchange : observed(next, exchange);
  },
};

async function observed(next: Send, exchange: Exchange): Promise<Reply> {
  const { hooks: all, allowRedirects } = exchange.settings;
  const request = await runRequestHooks(all, exchange);
  const response = await next(request === exchange.request ? exchange : { ...exchange, request });
  if (all.response.length === 0) return response;
  if (response instanceof Response) {
    if (allowRedirects && isRedirect(response)) await response.loadHop(exchange.settings.maxDrainBytes);
    else await response.load();
  }
  return runResponseHooks(response, exchange);
}

async function runRequestHooks(all: Hooks, { request: first, signal }: Exchange): Promise<PreparedRequest> {
  if (all.request.length === 0) return first;
  // A hook edits what it gets; the request that was prepared stays as it was shown.
  const own = first.clone();
  let request = own;
  for (const hook of all.request) {
    request = answeredRequest(await unlessAborted(hook(request), signal), request, "a request hook");
  }
  // A request that a hook made itself keeps its own codings.
  const isRangeNew = own.headers.has("range") && !first.headers.has("range");
  if (request === own && isRangeNew) offerBytesOnly(own.headers, null);
  return request;
}

async function runResponseHooks(first: Reply, { settings, signal }: Exchange): Promise<Reply> {
  let response = first;
  for (const hook of settings.hooks.response) {
    const answer: unknown = await unlessAborted(ask(hook, response, settings.contract), signal);
    if (answer === undefined) continue;
    if (!(answer instanceof Response || answer instanceof StreamedResponse))
      throw mustReturn("a response hook", "a Response or nothing", answer);
    if (answer === response) continue;
    // The caller counts on one of the two: it said which with `stream`.
    if (answer instanceof Response !== first instanceof Response)
      throw mustReturn(`a response hook that got a ${describe(first)}`, "one", answer);
    // The response that is replaced is not seen again: its connection is free, or ended.
    await response.close();
    response = answer;
  }
  return response;
}

/** What the hook answers. Under fetch's contract a status is no failure: one that a hook raises is the answer after all. */
function ask(hook: Hooks["response"][number], response: Reply, contract: Contract): unknown {
  if (contract !== "fetch") return hook(response);
  const unlessRaised = (error: unknown): undefined => {
    const isRaised = error instanceof HTTPError && (error.response === null || error.response === response);
    if (!isRaised) throw error;
  };
  try {
    const answer: unknown = hook(response);
    return isPromise(answer) ? Promise.resolve(answer).catch(unlessRaised) : answer;
  } catch (error) {
    return unlessRaised(error);
  }
}
