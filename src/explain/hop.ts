/**
 * The message that a redirect leads to: what `from` of `explain()` asks for. It is decided as the stage `redirects` decides it.
 */
import { mustBe } from "../core/checks.ts";
import { HeaderMap } from "../core/headers.ts";
import type { PreparedRequest } from "../core/request.ts";
import { isRedirectStatus } from "../core/status.ts";
import { securedUrl } from "../hsts/store.ts";
import { planOf, type CallPlan } from "../options/settings.ts";
import { settingsBeyond } from "../pipeline/redirects.ts";
import type { Exchange } from "../pipeline/stage.ts";
import type { RedirectCrossing } from "../redirects/border.ts";
import { decideRedirect } from "../redirects/decide.ts";
import { QuietHosts, type Desk } from "./walk.ts";

/** Keeps method and body. */
const TEMPORARY_REDIRECT = 307;

/** A message that follows from another one. */
export interface Hop {
  readonly exchange: Exchange;
  /** The message before, as it was sent. */
  readonly before: Exchange;
  readonly crossing: RedirectCrossing;
  /** The host by which HSTS made `https:` of the `http:` of the redirect; `null`: it did not. */
  readonly securedBy: string | null;
}

/**
 * The hop from a message to `url`, which is read as its `Location`.
 *
 * @param status of the answer: where it is none of a redirect, 307, which keeps method and body.
 * @throws what the redirect is refused with.
 */
export function hopTo(url: string | URL, before: Exchange, status: number, desk: Desk): Hop {
  const { request } = before;
  if (String(url) === "") throw mustBe("the URL that a redirect leads to", "a URL", "");
  // As a server writes it: a byte a character.
  const location = Buffer.from(String(url), "utf8").toString("latin1");
  const quiet = desk.hosts === null ? null : new QuietHosts(desk.hosts);
  let securedBy: string | null = null;
  const answer = {
    status: isRedirectStatus(status) ? status : TEMPORARY_REDIRECT,
    headers: HeaderMap.fromWire(["Location", location]),
    request,
  };
  const decision = decideRedirect(answer, before.settings, (to) => {
    const secured = securedUrl(to, quiet, desk.now);
    if (secured !== to) securedBy = quiet?.found ?? "";
    return secured;
  });
  if (decision.kind === "refuse") throw decision.error;
  if (decision.kind === "final") throw mustBe("the URL that a redirect leads to", "a URL", String(url));
  const settings = settingsBeyond(request, decision, before.settings);
  const exchange = { ...before, settings, request: planned(decision.request, settings) };
  return { exchange, before, crossing: decision.crossing, securedBy };
}

/** Who sends it by hand gets the settings of this hop. */
function planned(request: PreparedRequest, settings: CallPlan["settings"]): PreparedRequest {
  const plan = planOf(request);
  if (plan === null) return request;
  const next: CallPlan = { ...plan, settings };
  return request.with({ plan: next, headers: request.headers });
}
