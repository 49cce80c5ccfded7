/**
 * `session.explain()`: takes the way that a request takes, with a ledger beside the options, and sends nothing.
 */
import { mustBe, ownFields } from "../core/checks.ts";
import type { RequestOptions } from "../core/options.ts";
import { isObject, isPromise, isUrl } from "../core/realm.ts";
import { RequestException } from "../core/errors.ts";
import { bareUrl, shownMethod } from "../core/redact.ts";
import { assertWhole, PreparedRequest } from "../core/request.ts";
import type { AnyResponse } from "../core/response.ts";
import { byDefault, sourceOf, type Source } from "../core/source.ts";
import { Ledger, noteBorder } from "../options/ledger.ts";
import { planOf, type CallPlan } from "../options/settings.ts";
import type { Given } from "../options/table.ts";
import { assertOptions, nothing, take } from "../options/take.ts";
import type { Exchange } from "../pipeline/stage.ts";
import { describeFacts, type Facts } from "./describe.ts";
import { Explanation } from "./explanation.ts";
import { hopTo, type Hop } from "./hop.ts";
import { notePlan } from "./previous.ts";
import { Shower } from "./shown.ts";
import { askedFor, isSigned, walk, walked, type Desk, type Walk } from "./walk.ts";

/**
 * What `session.explain()` takes: the options of the request that is asked about, its method, and where a redirect comes from that leads
 * to it.
 */
export interface ExplainOptions extends RequestOptions<boolean> {
  /** The method, as `session.request()` takes it. Default: `"GET"`. */
  readonly method?: string | undefined;
  /**
   * Explains the message that a redirect leads to, in place of a call of the program's: from a URL that is asked with the other
   * options, or from a response. The URL that is explained is then read as the `Location` of that answer, whose status is that of the
   * response, or 307. With a response no other option may be given: the message has all of that call. Default: none, the program
   * calls.
   */
  readonly from?: AnyResponse | string | URL | undefined;
}

/** What a session does for an explanation. */
export interface ExplainingSession extends Omit<Desk, "before" | "note"> {
  /** Prepares a request as a call does, and takes down who said what; of the environment and of the call, too. */
  readonly exchange: (method: string, url: string | URL, given: Given, ledger: Ledger) => Exchange;
}

/** The same for one explanation. */
type ExplainingDesk = ExplainingSession & Desk;

/** Explains a request. @throws what the call would throw before anything is sent, as far as no adapter has to see it. */
export function explain(session: ExplainingSession, url: string | URL, options: ExplainOptions): Explanation {
  const { method, from, given } = readOptions(options);
  const ledger = new Ledger(byDefault);
  const notes = new Set<string>();
  const desk: ExplainingDesk = { ...session, before: null, note: (warning) => void notes.add(warning) };
  const start = startedAt(desk, { method, from, given, url }, ledger);
  const { isClosed, hasOwnRequest, isHeardBefore } = session;
  const facts: Facts = { ...start, ledger, isClosed, hasOwnRequest, isHeardBefore, notes };
  return new Explanation(
    requestOf(start.walk),
    describeFacts(facts, new Shower(false)),
    describeFacts(facts, new Shower(true)),
  );
}

/** Sent as it is shown, unless somebody has to be asked who signs it. */
function requestOf({ exchange: { request }, signing }: Walk): PreparedRequest {
  const isSigned = signing === null || (signing.preview !== null && signing.preview.fields !== null);
  return isSigned ? request.shown() : request;
}

/** What is asked for. */
interface Question {
  readonly method: string;
  readonly url: string | URL;
  readonly from: AnyResponse | string | URL | undefined;
  readonly given: Given;
}

type Start = Pick<Facts, "walk" | "hop" | "first" | "redirect">;

/** What goes wrong names the request, as an error of the call does. */
function startedAt(session: ExplainingDesk, question: Question, ledger: Ledger): Start {
  try {
    return startOf(session, question, ledger);
  } catch (error) {
    const { method, url } = question;
    if (error instanceof RequestException)
      error.annotate({ request: { method: shownMethod(method), url: String(url) } });
    throw error;
  }
}

function startOf(session: ExplainingDesk, { method, url, from, given }: Question, ledger: Ledger): Start {
  if (from === undefined) {
    const asked = session.exchange(method, url, given, ledger);
    return { walk: walk(asked, session), hop: null, first: null, redirect: byDefault };
  }
  if (typeof from === "string" || isUrl(from)) {
    const first = walk(session.exchange(method, from, given, ledger), session);
    const hop = hopTo(url, first.exchange, 0, session);
    return beyond(hop, first, ledger, { ...session, before: askedFor(first) });
  }
  const before = exchangeOf(from, session);
  const first = walked(before, session);
  const isOwn = (name: string): boolean => !isSigned(first.signing, name);
  notePlan(ledger, before, redirectFrom(before.request), isOwn);
  return beyond(hopTo(url, before, from.status, session), first, ledger, session);
}

function beyond(hop: Hop, first: Walk, ledger: Ledger, session: ExplainingDesk): Start {
  const redirect = redirectFrom(hop.before.request);
  noteBorder(ledger.from(redirect), hop.before.settings, hop.exchange.settings);
  return { walk: walk(hop.exchange, session), hop, first, redirect };
}

function redirectFrom({ method, url }: PreparedRequest): Source {
  return sourceOf("redirect", `${method} ${bareUrl(url)}`);
}

/** What the call of a response had. One that no session made has nothing but its request. */
function exchangeOf({ request }: AnyResponse, session: ExplainingDesk): Exchange {
  assertWhole(request);
  const plan = planOf(request) ?? planWithout(session);
  return { request, settings: plan.settings, cookies: plan.cookies, signal: null };
}

function planWithout(session: ExplainingDesk): Pick<CallPlan, "settings" | "cookies"> {
  const { settings, cookies } = session.exchange("GET", "http://localhost/", nothing, new Ledger(byDefault));
  return { settings: { ...settings, auth: null }, cookies };
}

/** @throws {TypeError} for what are no options, and for those that have no place beside `from`. */
function readOptions(options: unknown): Omit<Question, "url"> {
  if (typeof options === "string" || isUrl(options))
    throw mustBe("the options of explain()", "an object", options, ": write explain(url, { method })");
  assertOptions(options, "request");
  const { method, from, ...own }: ExplainOptions = ownFields(options);
  const hasOptions = [method, ...Object.values(own)].some((value) => value !== undefined);
  if (from !== undefined) assertFrom(from, hasOptions);
  return { method: method === undefined ? "GET" : method, from, given: settled(take(own, "request")) };
}

function assertFrom(from: unknown, hasOptions: boolean): void {
  if (typeof from === "string" || isUrl(from)) return;
  const isResponse = isObject(from) && "request" in from && from.request instanceof PreparedRequest;
  if (!isResponse || !("status" in from) || typeof from.status !== "number") {
    const isFetch = isObject(from) && "status" in from;
    const foreign = isFetch ? " of fetch, which has no request" : "";
    const advice = isPromise(from) ? ": await the response first" : foreign;
    throw mustBe("from", "a response, a string or a URL", from, advice);
  }
  if (hasOptions)
    throw new TypeError(
      "beside a response as from no other option may be given: the message has all of that call",
    );
}

/** Lists that could be read once are read here: preparing reads them, and so does who tells of them. */
function settled(given: Given): Given {
  const once = (["headers", "params"] as const).filter((name) => isOnce(given[name]));
  if (once.length === 0) return given;
  const lists = once.map((name) => [name, [...(given[name] as Iterable<unknown>)]] as const); // it is one
  return { ...given, ...(Object.fromEntries(lists) as Given) };
}

function isOnce(value: unknown): boolean {
  return isObject(value) && "next" in value && Symbol.iterator in value;
}
