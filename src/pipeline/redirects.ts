/**
 * Stage: follows redirects, one hop per turn of the loop.
 *
 * Cookies and auth are stages further in, and the adapter chooses the proxy: so each hop gets its own, and nothing is rebuilt here.
 */
import { unlessAborted } from "../core/abort.ts";
import { TooManyRedirects } from "../core/errors.ts";
import type { PreparedRequest } from "../core/request.ts";
import type { AnyResponse } from "../core/response.ts";
import { securedUrl } from "../hsts/store.ts";
import { planOf, type CallPlan, type Settings } from "../options/settings.ts";
import { journeyBeyond, settingsAcross } from "../redirects/border.ts";
import { decideRedirect, isRedirect, type Following, type Secured } from "../redirects/decide.ts";
import {
  answeredRequest,
  type Exchange,
  type Reply,
  type Send,
  type Stage,
  type Surroundings,
} from "./stage.ts";

/** What the stage needs of the world. */
export type RedirectSurroundings = Pick<Surroundings, "clock" | "strictTransport">;

/** Sends until a response is final, and hands that one up with the hops before it as `history`. */
export function redirects(world: RedirectSurroundings): Stage {
  return {
    up(response: Reply, exchange: Exchange, next: Send) {
      // A success leads nowhere.
      if (response.status < 300 || !isRedirect(response)) return response;
      const secured: Secured = (url) => securedUrl(url, world.strictTransport(), world.clock.now());
      return exchange.settings.allowRedirects
        ? follow(response, exchange, next, telling(secured, exchange.settings))
        : stay(response, exchange.settings, secured);
    },
  };
}

/** Tells of URLs that become `https:`, if somebody wants to hear of it. */
function telling(secured: Secured, { watch }: Settings): Secured {
  if (watch === null) return secured;
  return (url) => {
    const after = secured(url);
    if (after !== url) watch.onHsts("upgraded", after.host);
    return after;
  };
}

/** The redirect is not followed: the response tells the next request to whoever asks. */
function stay(response: Reply, settings: Settings, secured: Secured): Reply {
  return response.withNext(() => {
    const decision = decideRedirect(response, settings, secured);
    return decision.kind === "follow" ? plannedBeyond(response.request, decision) : null;
  });
}

async function follow(first: Reply, sent: Exchange, next: Send, secured: Secured): Promise<Reply> {
  let exchange = sent;
  let reply = first;
  /** Of all responses: each of them has as much of it as there was before. */
  const history: AnyResponse[] = [];
  for (let followed = 0; ; followed++) {
    const { settings } = exchange;
    history.push(...reply.history);
    const response = history.length === 0 ? reply : reply.withHistory(history, history.length);
    const decision = decideRedirect(response, settings, secured);
    if (decision.kind === "final") return response;
    // The connection goes back to the pool only once this hop's body is read or dropped.
    await response.loadHop(settings.maxDrainBytes);
    if (decision.kind === "refuse") throw decision.error.annotate({ request: response.request, response });
    if (followed >= settings.maxRedirects) throw tooMany(response, settings.maxRedirects);
    const request = await announced(response, plannedBeyond(response.request, decision), exchange);
    history.push(response);
    if (exchange.signal?.aborted !== true) settings.watch?.onRedirect(response, request);
    exchange = { ...exchange, request, settings: settingsBeyond(response.request, decision, settings) };
    reply = await next(exchange);
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
function plannedBeyond(from: PreparedRequest, hop: Following): PreparedRequest {
  const plan = planOf(hop.request);
  if (plan === null) return hop.request;
  const settings = settingsBeyond(from, hop, plan.settings);
  if (settings === plan.settings) return hop.request;
  const planned: CallPlan = { ...plan, settings };
  return hop.request.with({ plan: planned, headers: hop.request.headers });
}

/** The settings of the next hop. What stays behind does not come back on later ones. */
export function settingsBeyond(from: PreparedRequest, hop: Following, before: Settings): Settings {
  if (hop.crossing === "none") return before;
  const journey = journeyBeyond(before.journey, hop.crossing, from.parsed, hop.request.parsed);
  const settings = settingsAcross(hop.crossing, before);
  return journey === before.journey ? settings : { ...settings, journey };
}
