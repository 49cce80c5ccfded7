/**
 * Stage: follows redirects, one hop per turn of the loop.
 *
 * Cookies, auth and proxies are stages further in, so each hop gets its own; nothing is rebuilt here.
 */
import { unlessAborted } from "../core/abort.ts";
import { RequestException, TooManyRedirects } from "../core/errors.ts";
import type { PreparedRequest } from "../core/request.ts";
import { securedUrl } from "../core/strict-transport.ts";
import { journeyBeyond, tlsAcrossOrigins } from "../redirects/border.ts";
import {
  decideRedirect,
  isRedirect,
  type Following,
  type RedirectDecision,
  type Secured,
} from "../redirects/decide.ts";
import { CallPlan, type Settings } from "../options/settings.ts";
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
      if (!isRedirect(response)) return response;
      const secured: Secured = (url) => securedUrl(url, world.strictTransport(), world.clock.now());
      return exchange.settings.allowRedirects
        ? follow(response, exchange, { next, secured })
        : stay(response, exchange.settings, secured);
    },
  };
}

/** How redirects are followed. */
interface Way {
  readonly next: Send;
  readonly secured: Secured;
}

/** The redirect is not followed: the response tells the next request to whoever asks. */
function stay(response: Reply, settings: Settings, secured: Secured): Reply {
  return response.withNext(() => {
    const decision = decide(response, settings, secured);
    return decision.kind === "follow" ? decision.request : null;
  });
}

async function follow(first: Reply, sent: Exchange, { next, secured }: Way): Promise<Reply> {
  let exchange = sent;
  let reply = first;
  const history: Reply[] = [];
  for (;;) {
    const response = history.length === 0 ? reply : reply.withHistory([...history, ...reply.history]);
    if (!isRedirect(response)) return response;
    const decision = decide(response, exchange.settings, secured);
    if (decision.kind === "final") return response;
    // The connection goes back to the pool only once this hop's body is read or dropped.
    await response.loadHop(exchange.settings.maxDrainBytes);
    if (decision.kind === "refuse") throw decision.error.annotate({ request: response.request, response });
    if (history.length >= exchange.settings.maxRedirects)
      throw tooMany(response, exchange.settings.maxRedirects);
    const request = await announced(response, decision.request, exchange);
    history.push(...(reply.history as readonly Reply[]), response); // what stages put there are replies
    exchange = {
      ...exchange,
      request,
      settings: settingsBeyond(response.request, decision, exchange.settings),
    };
    reply = await next(exchange);
  }
}

function decide(response: Reply, settings: Settings, secured: Secured): RedirectDecision {
  try {
    const decision = decideRedirect(response, settings, secured);
    if (decision.kind !== "follow" || decision.crossing === "none") return decision;
    return { ...decision, request: withPlanBeyond(response.request, decision) };
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
function withPlanBeyond(from: PreparedRequest, hop: Following): PreparedRequest {
  const { plan, headers } = hop.request;
  if (!(plan instanceof CallPlan)) return hop.request;
  const settings = settingsBeyond(from, hop, plan.settings);
  return settings === plan.settings
    ? hop.request
    : hop.request.with({ plan: new CallPlan(settings, plan.cookies), headers });
}

/**
 * Credentials belong to the origin they were given for, to the same host over TLS, and to those that are trusted like it; they
 * do not come back on later hops. A client certificate is for one origin, and the name that a
 * certificate is to have is that of one server.
 */
function settingsBeyond(
  from: PreparedRequest,
  { crossing, request }: Following,
  settings: Settings,
): Settings {
  if (crossing === "none") return settings;
  const journey = journeyBeyond(settings.journey, crossing, from.parsed, request.parsed);
  const tls = crossing === "upgrade" ? settings.tls : tlsAcrossOrigins(settings.tls);
  const cert = crossing === "trusted" ? settings.cert : null;
  const auth = crossing === "foreign" ? authAbroad(settings.auth) : settings.auth;
  const isSame =
    auth === settings.auth && cert === settings.cert && tls === settings.tls && journey === settings.journey;
  return isSame ? settings : { ...settings, journey, auth, cert, tls };
}

/** A map of origins names the origin of each of its credentials. */
function authAbroad(auth: Settings["auth"]): Settings["auth"] {
  return auth === null || auth === undefined || auth.forOrigin !== undefined ? auth : null;
}
