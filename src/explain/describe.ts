/**
 * Facts of a walk, as the data of an explanation: with secrets or without, as who shows them is asked to.
 */
import type { ProxySettings, TlsSettings } from "../core/adapter.ts";
import { describe } from "../core/describe.ts";
import { RequestException } from "../core/errors.ts";
import { isObject } from "../core/realm.ts";
import { byDefault, sourceOf, type Source } from "../core/source.ts";
import { isHttpLike, type Url } from "../core/url.ts";
import type { Ledger } from "../options/ledger.ts";
import { initial, settingOf, type OptionName } from "../options/table.ts";
import { trustOf } from "../options/trust.ts";
import { proxyChoice, ruleFor, type ProxyChoice } from "../proxy/select.ts";
import type {
  Beaten,
  Dropped,
  Explained,
  ExplainedAuth,
  ExplainedCookies,
  ExplainedHeader,
  ExplainedHsts,
  ExplainedParam,
  ExplainedProxy,
  ExplainedRedirects,
  ExplainedSetting,
  ExplainedTls,
  ExplanationData,
  ShownValue,
} from "./data.ts";
import { droppedAtHop, droppedOnWay, droppedOptions } from "./dropped.ts";
import { sentFields, type SentField } from "./fields.ts";
import type { Hop } from "./hop.ts";
import {
  exceptionPart,
  hookParts,
  instead,
  nameOf,
  paramParts,
  proxyPart,
  timeoutPart,
  tlsPart,
  type Part,
} from "./parts.ts";
import { settingLines } from "./settings.ts";
import { schemeName, showRetry, type Shower } from "./shown.ts";
import { byAdapter, hasSigned, prefixOf, type Walk } from "./walk.ts";
import { warningsOf } from "./warnings.ts";

/** All that is known of a message. */
export interface Facts {
  readonly walk: Walk;
  readonly ledger: Ledger;
  /** `null`: no redirect leads here. */
  readonly hop: Hop | null;
  /** The walk of the message before; `null`: there is none. */
  readonly first: Walk | null;
  /** The redirect, as a source. */
  readonly redirect: Source;
  readonly isClosed: boolean;
  /** Has the session a `request()` of its own? */
  readonly hasOwnRequest: boolean;
  /** Does somebody listen to `sending`, and may add fields? */
  readonly isHeardBefore: boolean;
  /** What is wrong with files that were read for it. */
  readonly notes: ReadonlySet<string>;
}

/** The way past proxies: `null` where no rule fits, `undefined` where the adapter does not tell. */
export type WayOut = ProxyChoice | null | undefined;

/** Tells the facts. */
export function describeFacts(facts: Facts, shower: Shower): ExplanationData {
  const { walk, ledger } = facts;
  const { request } = walk.exchange;
  const way = wayOf(walk);
  const earlier = fieldsBefore(facts);
  const fields = sentFields(walk, ledger, proxySource(walk, way, ledger), earlier);
  const proxy = proxyOf(walk, way, shower, ledger);
  const settings = settingLines(ledger, walk.exchange.settings, shower);
  return {
    method: request.method,
    url: shower.url(request.url),
    headers: fields.map((field) => headerOf(field, shower)),
    params: paramsOf(facts, shower),
    cookies: cookiesOf(walk, shower),
    auth: authOf(facts, shower),
    dropped: droppedOf(facts, earlier, fields),
    proxy,
    tls: tlsOf(walk, ledger, settings, shower),
    timeouts: {
      connect: explained(timeoutPart(ledger, "connectMs"), asIs),
      read: explained(timeoutPart(ledger, "readMs"), asIs),
      total: explained(timeoutPart(ledger, "totalMs"), asIs),
    },
    redirects: redirectsOf(ledger, shower),
    retry: retryOf(walk, ledger, shower),
    adapter: {
      name: walk.mount === null ? null : describe(walk.mount.adapter),
      prefix: prefixOf(walk),
      target: walk.foreseen === null ? null : shower.url(walk.foreseen.target),
      socketPath: walk.foreseen?.socketPath ?? null,
    },
    hsts: hstsOf(facts),
    hooks: hookParts(ledger).map(({ event, hook, source }) => ({ event, name: hook.name, source })),
    settings,
    warnings: warningsOf(facts, way, proxy.exception?.source.name ?? null),
  };
}

/** A value that is shown as it is. */
function asIs<Value extends ShownValue>(value: Value): Value {
  return value;
}

function explained<Value>(
  { value, source, beaten }: Part<Value>,
  show: (value: Value) => ShownValue,
): Explained {
  const shown = (one: Omit<Part<Value>, "beaten">): Beaten => ({
    value: show(one.value),
    source: one.source,
  });
  return { ...shown({ value, source }), beaten: beaten.map(shown) };
}

function headerOf(
  { name, value, source, beaten, isHttp1Only, isSecret }: SentField,
  shower: Shower,
): ExplainedHeader {
  return {
    name,
    value: isSecret ? shower.secret(value) : shower.field(name, value),
    source,
    beaten: beaten.map((one) => ({ value: shower.field(name, one.value), source: one.source })),
    isHttp1Only,
  };
}

/** The query: pairs of the URL, then those of `params`. */
function paramsOf({ walk, ledger, hop }: Facts, shower: Shower): ExplainedParam[] {
  const { request } = walk.exchange;
  const query = isHttpLike(request.url) ? request.parsed.query : null;
  if (query === null || query === "") return [];
  const all = query.split("&");
  // What a redirect leads to has a query of its own.
  const given = hop === null ? paramParts(ledger).pairs : [];
  const ofUrl = all.length - given.length;
  return all.map((pair, at) => {
    const { source, beaten } = given[at - ofUrl] ?? { source: sourceOf("url", "query"), beaten: [] };
    return {
      name: nameOf(pair),
      value: valueOf(shower.pairs(pair)),
      source,
      beaten: beaten.map((one) => ({ value: valueOf(shower.pairs(one.value)), source: one.source })),
    };
  });
}

function valueOf(pair: string): string | null {
  const equals = pair.indexOf("=");
  return equals === -1 ? null : pair.slice(equals + 1);
}

function cookiesOf({ look, jar }: Walk, shower: Shower): ExplainedCookies {
  if (look === null) return { sent: [], withheld: [], others: 0, isKnown: false };
  return {
    sent: look.sent.map(({ cookie: { name, value, domain, path }, from }) => ({
      name,
      value: shower.secret(value),
      domain,
      path,
      source: from === "jar" ? jar : sourceOf("request", "cookies"),
    })),
    withheld: look.withheld.map(({ cookie: { name, domain, path }, reason, detail }) => {
      return { name, domain, path, reason, detail };
    }),
    others: look.others,
    isKnown: true,
  };
}

function authOf(facts: Facts, shower: Shower): ExplainedAuth {
  const { walk, ledger } = facts;
  const { signing } = walk;
  const said = ledger.of("auth");
  const name = (value: unknown): string | null => {
    const shown = shower.option("auth", value);
    return typeof shown === "string" ? shown : null;
  };
  let part: Part<string | null> = { value: null, source: byDefault, beaten: [] };
  for (const { given, source } of said) part = instead(part, { value: name(given), source });
  if (signing === null) {
    const carried = carriedSigning(facts);
    if (carried !== null) return { ...instead(part, carried), note: CARRIED };
    return { ...part, value: null, note: isMap(said.at(-1)?.given) ? OTHER_ORIGINS : null };
  }
  const { scheme, preview, ambient } = signing;
  const given = said.at(-1)?.given;
  // Of a map of origins it is the scheme of this one.
  const own = preview?.scheme ?? (typeof given === "function" ? schemeName(given) || null : describe(scheme));
  const note = preview === null ? "would be asked when the request is signed" : preview.note;
  if (ambient !== null) part = instead(part, { value: own, source: ambient });
  return { ...part, value: own, note };
}

/** Credentials by origin. */
function isMap(given: unknown): boolean {
  return isObject(given) && "forOrigin" in given;
}

const OTHER_ORIGINS = "it says nothing of this origin";
const CARRIED = "the header of the message before goes along";

/** Who signed the message before, whose header goes along; `null`: nobody, or it does not. */
function carriedSigning({ walk, first }: Facts): { value: string | null; source: Source } | null {
  const signing = first?.signing ?? null;
  if (signing?.ambient == null) return null;
  const value = walk.exchange.request.headers.get("authorization");
  return hasSigned(signing, "authorization", value)
    ? { value: signing.preview?.scheme ?? null, source: signing.ambient }
    : null;
}

function droppedOf(
  { walk, ledger, hop, redirect }: Facts,
  before: readonly SentField[],
  fields: readonly SentField[],
): readonly Dropped[] {
  const ofOptions = droppedOptions(ledger);
  return hop === null
    ? [...ofOptions, ...droppedOnWay(walk, ledger, fields)]
    : [...ofOptions, ...droppedAtHop(hop, { before, after: fields }, redirect, walk.signing !== null)];
}

/** The fields of the message before; none where there is none. */
function fieldsBefore({ ledger, first, redirect }: Facts): readonly SentField[] {
  return first === null ? [] : sentFields(first, ledger, redirect);
}

function wayOf({ exchange: { request, settings }, foreseen, mount, failure }: Walk): WayOut {
  // What would fail shows why: the rule is known all the same.
  const isTold = foreseen !== null || (failure !== null && mount !== null && isHttpLike(request.url));
  if (!isTold) return undefined;
  return foreseen === null || foreseen.socketPath === null
    ? choiceFor(request.parsed, settings.proxies)
    : null;
}

/** The rule that decides, be its value one that cannot be used. */
function choiceFor(url: Url, proxies: ProxySettings): ProxyChoice | null {
  try {
    return proxyChoice(url, proxies);
  } catch (error) {
    const rule = ruleFor(url, proxies);
    if (rule === null || !(error instanceof RequestException)) throw error;
    return { ...rule, target: null, exception: null, exceptionBy: rule.by };
  }
}

function proxySource(walk: Walk, way: WayOut, ledger: Ledger): Source {
  return way == null ? byDefault : proxyPart(ledger, walk.exchange.request.parsed).source;
}

function proxyOf(walk: Walk, way: WayOut, shower: Shower, ledger: Ledger): ExplainedProxy {
  if (way === undefined || walk.foreseen?.socketPath != null) {
    return {
      value: null,
      source: byDefault,
      beaten: [],
      rule: null,
      exception: null,
      isKnown: way !== undefined,
    };
  }
  const show = (url: string | null): string | null => (url === null || url === "" ? null : shower.url(url));
  const { source, beaten } = explained(proxyPart(ledger, walk.exchange.request.parsed), show);
  if (way === null) return { value: null, source, beaten, rule: null, exception: null, isKnown: true };
  const { target, exception, exceptionBy, key } = way;
  const written = exception === null ? show(way.value) : null;
  const by = exceptionPart(ledger, exceptionBy === "environment");
  return {
    value: target === null ? written : shower.partOfUrl(target.origin, target.href),
    source,
    beaten,
    rule: key,
    exception: exception === null ? null : { entry: exception, source: by },
    isKnown: true,
  };
}

function tlsOf(
  { exchange: { request, settings }, foreseen }: Walk,
  ledger: Ledger,
  lines: readonly ExplainedSetting[],
  shower: Shower,
): ExplainedTls {
  const field = (name: keyof TlsSettings): Explained => {
    return explained<unknown>(tlsPart(ledger, name), (value) => {
      const shown = value === null ? null : shower.option("tls", { [name]: value });
      return typeof shown === "string" ? textOfField(name, value, shown) : shown;
    });
  };
  const trust = trustOf(settings);
  const said = lines.find(({ option }) => option === "verify");
  const shownTrust =
    trust.kind === "path" ? trust.path : trust.kind === "pem" ? "certificates" : trust.kind !== "off";
  return {
    isUsed: isHttpLike(request.url) && request.parsed.scheme === "https",
    verify: { value: shownTrust, source: said?.source ?? byDefault, beaten: said?.beaten ?? [] },
    cert: lastSaid("cert", ledger, shower),
    minVersion: field("minVersion"),
    maxVersion: field("maxVersion"),
    ciphers: field("ciphers"),
    pins: field("pins"),
    store: field("store"),
    serverName: field("serverName"),
    crl: field("crl"),
    isHttp2Offered: foreseen?.isHttp2Offered ?? false,
  };
}

/** The value of a field of `tls`: a word as it is, a list as JSON. */
function textOfField(name: keyof TlsSettings, value: unknown, shown: string): string {
  return typeof value === "string" ? value : shown.slice(`{"${name}":`.length, -1);
}

/** An option that is replaced as a whole. */
function lastSaid(option: OptionName, ledger: Ledger, shower: Shower): Explained {
  let part: Part<ShownValue> = { value: initialOf(option), source: byDefault, beaten: [] };
  for (const { given, source } of ledger.of(option))
    part = instead(part, { value: shower.option(option, given), source });
  return explained(part, asIs);
}

function initialOf(option: OptionName): ShownValue {
  const value = settingOf(option, initial);
  return typeof value === "number" || typeof value === "boolean" ? value : null;
}

function redirectsOf(ledger: Ledger, shower: Shower): ExplainedRedirects {
  return {
    allow: lastSaid("allowRedirects", ledger, shower),
    most: lastSaid("maxRedirects", ledger, shower),
    trustedOrigins: lastSaid("trustedOrigins", ledger, shower),
    crossOriginHeaders: lastSaid("crossOriginHeaders", ledger, shower),
  };
}

/** The policy: that of the options, else what the adapter says. */
function retryOf(walk: Walk, ledger: Ledger, shower: Shower): Explained {
  const adapters = walk.mount?.adapter.maxRetries ?? null;
  const said = lastSaid("retry", ledger, shower);
  if (adapters === null) return said;
  const own = { value: showRetry(adapters), source: byAdapter(walk) };
  if (ledger.of("retry").length === 0) return { ...own, beaten: [{ value: null, source: byDefault }] };
  return { ...said, beaten: [...said.beaten.slice(0, -1), own, ...said.beaten.slice(-1)] };
}

function hstsOf({ walk, hop, ledger }: Facts): ExplainedHsts {
  const by = walk.securedBy ?? hop?.securedBy ?? null;
  const [saying] = ledger.of("hsts").slice(-1);
  return {
    isSecured: by !== null,
    host: by === "" ? null : by,
    source: saying?.source ?? byDefault,
  };
}
