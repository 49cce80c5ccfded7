/**
 * Stage: follows redirects, one hop per turn of the loop.
 *
 * Cookies, auth and proxies are stages further in, so each hop gets its own; nothing is rebuilt here.
 *
 * May import: `core/`, `redirects/`, `response/`, `pipeline/stage.ts`. Not: other stages, `transport/`.
 */
import { unlessAborted } from "../core/abort.ts";
import { RequestException, TooManyRedirects } from "../core/errors.ts";
import { CallPlan, type Settings } from "../core/options.ts";
import type { PreparedRequest } from "../core/request.ts";
import { tlsAcrossOrigins, type Crossing, type RedirectTerms } from "../redirects/border.ts";
import { decideRedirect, isRedirect, type RedirectDecision } from "../redirects/decide.ts";
import { answeredRequest, type Exchange, type Reply, type Send, type Stage } from "./stage.ts";

/** Sends until a response is final, and hands that one up with the hops before it as `history`. */
export const redirects: Stage = {
  up(response: Reply, exchange: Exchange, next: Send) {
    if (!isRedirect(response)) return response;
    return exchange.settings.allowRedirects
      ? follow(response, exchange, next)
      : stay(response, exchange.settings);
  },
};

/** Not followed: the response tells the next request to whoever asks. */
function stay(response: Reply, terms: RedirectTerms): Reply {
  return response.withNext(() => {
    const decision = decide(response, terms);
    return decision.kind === "follow" ? decision.request : null;
  });
}

async function follow(first: Reply, sent: Exchange, next: Send): Promise<Reply> {
  let exchange = sent;
  let reply = first;
  const history: Reply[] = [];
  for (;;) {
    const response = history.length === 0 ? reply : reply.withHistory([...history, ...reply.history]);
    if (!isRedirect(response)) return response;
    const decision = decide(response, exchange.settings);
    if (decision.kind === "final") return response;
    // The connection goes back to the pool only once this hop's body is read or dropped.
    await response.loadHop(exchange.settings.maxDrainBytes);
    if (decision.kind === "refuse") throw decision.error.annotate({ request: response.request, response });
    if (history.length >= exchange.settings.maxRedirects)
      throw tooMany(response, exchange.settings.maxRedirects);
    const request = await announced(response, decision.request, exchange);
    history.push(...(reply.history as readonly Reply[]), response); // what stages put there are replies
    exchange = { ...exchange, request, settings: settingsBeyond(decision.crossing, exchange.settings) };
    reply = await next(exchange);
  }
}

function decide(response: Reply, terms: RedirectTerms): RedirectDecision {
  try {
    const decision = decideRedirect(response, terms);
    if (decision.kind !== "follow" || decision.crossing === "none") return decision;
    return { ...decision, request: withPlanBeyond(decision.crossing, decision.request) };
  } catch (error) {
    if (error instanceof RequestException) return { kind: "refuse", error };
    throw error;
  }
}

function tooMany(response: Reply, maxRedirects: number): TooManyRedirects {
  return new TooManyRedirects(`exceeded ${maxRedirects} redirects (maxRedirects)`, {
    request: response.request,
    response,
    phase: "redirect",
  });
}

/** Asks the `redirect` hooks, each of which may put another request in the place of the next one. */
async function announced(
  response: Reply,
  next: PreparedRequest,
  { settings, signal }: Exchange,
): Promise<PreparedRequest> {
  let request = next;
  for (const hook of settings.hooks.redirect) {
    const answer: unknown = await unlessAborted(hook(response, request), signal);
    request = answeredRequest(answer, request, "a redirect hook");
  }
  return request;
}

/** What comes of sending `response.next`, or `response.request` again, must be what following did: the plan changes, too. */
function withPlanBeyond(crossing: Crossing, request: PreparedRequest): PreparedRequest {
  const { plan, headers } = request;
  if (!(plan instanceof CallPlan)) return request;
  const settings = settingsBeyond(crossing, plan.settings);
  return settings === plan.settings
    ? request
    : request.with({ plan: new CallPlan(settings, plan.cookies), headers });
}

/**
 * Credentials belong to the origin they were given for, and to those that are trusted like it; they do not come back on later
 * hops (PARITY SEC-10, SEC-11). The name that a certificate is to have is that of one server.
 */
function settingsBeyond(crossing: Crossing, settings: Settings): Settings {
  if (crossing === "none") return settings;
  const { auth, cert } = settings;
  const tls = tlsAcrossOrigins(settings.tls);
  if (crossing === "trusted") return tls === settings.tls ? settings : { ...settings, tls };
  // A map of origins names the origin of each of its credentials.
  const stays = auth === null || auth === undefined || auth.forOrigin !== undefined;
  if (cert === null && tls === settings.tls && stays) return settings;
  return { ...settings, cert: null, tls, auth: stays ? auth : null };
}
