/**
 * Who said which part of an option that is put together of parts: headers by name, params pair by pair, time limits, fields of `tls`,
 * rules for proxies. Read from the ledger; what a part is said by follows from what held before and after, and from what the value
 * would come to alone.
 */
import type { ProxySettings, Timeouts, TlsSettings } from "../core/adapter.ts";
import { noProxyRules, type ProxyRules } from "../core/environment.ts";
import { HeaderMap, type HeadersInit } from "../core/headers.ts";
import { hookEvents, type HookEvent, type Hooks } from "../core/hooks.ts";
import type { ParamsInit, ProxiesInit, TimeoutInit, TlsInit } from "../core/options.ts";
import { isObject } from "../core/realm.ts";
import { byDefault, sourceOf, type Source } from "../core/source.ts";
import type { Url } from "../core/url.ts";
import { firstHeaders } from "../options/headers.ts";
import type { Ledger, Saying } from "../options/ledger.ts";
import { noProxies, readProxies } from "../options/proxies.ts";
import { defaultTimeouts, readTimeout } from "../options/timeouts.ts";
import { encodeParams, replacesByName } from "../prepare/query.ts";
import { ruleFor, type ProxyRule } from "../proxy/select.ts";

/** A value that somebody gave. */
interface Given<Value> {
  readonly value: Value;
  readonly source: Source;
}

/** A part that holds, and those that would hold without it, the next one first. */
export interface Part<Value> extends Given<Value> {
  readonly beaten: readonly Given<Value>[];
}

/** A part that held, and who took it off. */
interface Gone {
  readonly name: string;
  readonly source: Source;
  readonly by: Source;
}

/** What became of the parts. */
interface Parts<Value> {
  readonly parts: ReadonlyMap<string, Part<Value>>;
  readonly gone: readonly Gone[];
}

/** `next` in the place of what held. */
export function instead<Value>(before: Part<Value> | undefined, next: Given<Value>): Part<Value> {
  if (before === undefined) return { ...next, beaten: [] };
  const { beaten, value, source } = before;
  return { ...next, beaten: [{ value, source }, ...beaten] };
}

/** Follows a value through what was said of it. `says` gives what a saying says of it; `undefined` for nothing. */
function follow<Value>(
  first: Given<Value>,
  sayings: readonly Saying[],
  says: (saying: Saying) => Value | undefined,
): Part<Value> {
  let part: Part<Value> = { ...first, beaten: [] };
  for (const saying of sayings) {
    const value = says(saying);
    if (value === undefined) continue;
    // One layer may say it in two ways.
    const isSame = part.source === saying.source;
    part = isSame ? { ...part, value } : instead(part, { value, source: saying.source });
  }
  return part;
}

/** The header fields of the settings, by name in lower case; the lines of a field are joined. */
export function headerParts(ledger: Ledger): Parts<string> {
  const parts = new Map<string, Part<string>>();
  const gone: Gone[] = [];
  for (const [name, value] of firstHeaders)
    parts.set(name.toLowerCase(), { value, source: byDefault, beaten: [] });
  for (const saying of ledger.of("headers")) gone.push(...layHeaders(parts, saying));
  return { parts, gone };
}

/** Lays the headers of one layer over those below it. Gives those that are gone. */
function layHeaders(parts: Map<string, Part<string>>, { given, before, after, source }: Saying): Gone[] {
  const [were, are] = [before as HeaderMap, after as HeaderMap]; // of headers they are
  const named = namesIn(given);
  const gone: Gone[] = [];
  const names = new Map([...were.keys(), ...are.keys()].map((name) => [name.toLowerCase(), name]));
  for (const [key, name] of names) {
    const known = parts.get(key);
    const value = are.get(key);
    const isSaid = value !== null && (named.has(key) || value !== were.get(key));
    if (isSaid) parts.set(key, instead(known, { value, source }));
    if (value !== null) continue;
    if (known !== undefined) gone.push({ name, source: known.source, by: source });
    parts.delete(key);
  }
  return gone;
}

/** The names that headers name. Those of a list that could be read once are seen by what they changed. */
function namesIn(given: unknown): ReadonlySet<string> {
  const init = given as HeadersInit | null | undefined; // as was checked
  if (init == null || "next" in init) return new Set();
  return new Set([...new HeaderMap(init).keys()].map((name) => name.toLowerCase()));
}

/** The pairs that `params` come to, in their order, as they are encoded. */
interface ParamParts {
  readonly pairs: readonly Part<string>[];
  readonly gone: readonly Gone[];
}

/** The params of the settings, pair by pair. */
export function paramParts(ledger: Ledger): ParamParts {
  let pairs: readonly Part<string>[] = [];
  const gone: Gone[] = [];
  for (const saying of ledger.of("params")) {
    const { source } = saying;
    const layered = layer(pairs, saying);
    for (const pair of layered.lost) gone.push({ name: nameOf(pair.value), source: pair.source, by: source });
    pairs = layered.pairs;
  }
  return { pairs, gone };
}

interface Layered {
  readonly pairs: readonly Part<string>[];
  /** Those that are gone, and that nothing stands for. */
  readonly lost: readonly Part<string>[];
}

/** `params` of one layer over those below it, as `layerParams()` lays them. */
function layer(below: readonly Part<string>[], { given, before, after, source }: Saying): Layered {
  const [general, specific] = [before, given] as (ParamsInit | null | undefined)[]; // of params they are
  const all = pairsIn(after);
  const own = pairsIn(given);
  const fresh = (value: string): Part<string> => ({ value, source, beaten: [] });
  if (specific != null && (general == null || !replacesByName(specific, general)))
    return { pairs: [...below, ...own.map(fresh)], lost: [] };
  const names = new Set(own.map(nameOf));
  const replaced = new Map<string, Part<string>>();
  for (const pair of below) if (names.has(nameOf(pair.value))) replaced.set(nameOf(pair.value), pair);
  const left = below.filter((pair) => !names.has(nameOf(pair.value)));
  const pairs: Part<string>[] = [];
  const lost: Part<string>[] = [];
  // What is left stands in its order.
  let at = 0;
  for (const value of all) {
    if (names.has(nameOf(value))) pairs.push(instead(replaced.get(nameOf(value)), { value, source }));
    else {
      for (let pair = left[at]; pair !== undefined && pair.value !== value; pair = left[++at])
        lost.push(pair);
      pairs.push(left[at++] ?? fresh(value));
    }
  }
  return { pairs, lost: [...lost, ...left.slice(at)] };
}

/** Pairs of encoded params; one that is named by itself is a pair, too. */
function pairsIn(params: unknown): string[] {
  const query = params == null ? "" : encodeParams(params as ParamsInit); // as was checked
  return query === "" ? [] : query.split("&");
}

/** The name of an encoded pair. */
export function nameOf(pair: string): string {
  const equals = pair.indexOf("=");
  return equals === -1 ? pair : pair.slice(0, equals);
}

/** A clock. */
type ClockName = "connectMs" | "readMs" | "totalMs";

/** Nobody said anything of any clock: not `null`, which waits for ever. */
const UNSAID: Timeouts = { connectMs: Number.NaN, readMs: Number.NaN, totalMs: Number.NaN };

/** Who set a clock. */
export function timeoutPart(ledger: Ledger, clock: ClockName): Part<number | null> {
  const first = { value: defaultTimeouts[clock], source: byDefault };
  return follow(first, ledger.of("timeout"), ({ given }) => {
    const said = readTimeout(given as TimeoutInit | null, UNSAID)[clock]; // as was checked
    return Number.isNaN(said) ? undefined : said;
  });
}

/** Who said a field of `tls`. */
export function tlsPart<Name extends keyof TlsSettings>(
  ledger: Ledger,
  name: Name,
): Part<TlsSettings[Name] | null> {
  const first: Given<TlsSettings[Name] | null> = { value: null, source: byDefault };
  return follow(first, ledger.of("tls"), ({ given, before, after }) => {
    const was = before as TlsSettings | null; // of tls they are
    const is = after as TlsSettings | null;
    const value = is?.[name] ?? null;
    if (given === undefined) return value === (was?.[name] ?? null) ? undefined : value;
    const init: TlsInit | null = given; // as was checked
    return init === null || init[name] !== undefined ? value : undefined;
  });
}

/** Who said what the value for a key of `proxies` is; `null`: there is no rule for it. */
function keyPart(ledger: Ledger, key: string): Part<string | null> {
  const sayings = ledger.of("proxies", "proxy");
  return follow<string | null>({ value: null, source: byDefault }, sayings, (saying) => {
    const value = rulesOf(saying.after).get(key) ?? null;
    return value !== (rulesOf(saying.before).get(key) ?? null) || saysKey(saying, key) ? value : undefined;
  });
}

/** Who said which proxy a URL goes through: the value of the rule that fits it; `""`: none, `null`: no rule fits. */
export function proxyPart(ledger: Ledger, url: Url): Part<string | null> {
  const sayings = ledger.of("proxies", "proxy");
  const { value, source, beaten } = follow<string | null>(
    { value: null, source: byDefault },
    sayings,
    (saying) => {
      const [was, is] = [ruleIn(saying.before, url), ruleIn(saying.after, url)];
      const isSaid =
        was?.value !== is?.value || was?.by !== is?.by || (is !== null && saysKey(saying, is.key));
      return isSaid ? (is?.value ?? null) : undefined;
    },
  );
  const named = (of: Source): Source => {
    return of.layer === "environment" ? sourceOf("environment", variableFor(ledger, url) ?? of.name) : of;
  };
  return {
    value,
    source: named(source),
    beaten: beaten.map((one) => ({ value: one.value, source: named(one.source) })),
  };
}

function ruleIn(settings: unknown, url: Url): ProxyRule | null {
  return ruleFor(url, settings as ProxySettings); // of proxies they are
}

/** What the environment says of proxies. */
function environmentOf(ledger: Ledger): ProxyRules | null {
  const saying = ledger.of("proxies").find(({ source }) => source.layer === "environment");
  return saying === undefined ? null : (saying.after as ProxySettings).environment; // of proxies it is
}

/** The variable that names the proxy of the environment for a URL. */
function variableFor(ledger: Ledger, url: Url): string | null {
  const environment = environmentOf(ledger);
  const rule = environment === null ? null : ruleFor(url, { explicit: noProxyRules, environment });
  return rule === null ? null : (environment?.variables?.get(rule.key) ?? null);
}

/** Who gave the exceptions: of the environment the variable. */
export function exceptionPart(ledger: Ledger, isOfEnvironment: boolean): Source {
  const variable = isOfEnvironment ? environmentOf(ledger)?.variables?.get("no") : undefined;
  return variable === undefined ? exceptionsSource(ledger) : sourceOf("environment", variable);
}

/** Who gave the exceptions that hold. */
function exceptionsSource(ledger: Ledger): Source {
  const sayings = ledger.of("proxies", "proxy");
  return follow<string | null>({ value: null, source: byDefault }, sayings, ({ before, after, given }) => {
    const value = exceptionsOf(after);
    // None at all is no exception either.
    const isNamed =
      given === null || given === false || (isObject(given) && Object.keys(given).some(isNoProxy));
    return isNamed || value !== exceptionsOf(before) ? value : undefined;
  }).source;
}

function isNoProxy(name: string): boolean {
  return /^no_?proxy$/i.test(name);
}

function exceptionsOf(settings: unknown): string | null {
  const { explicit, environment } = settings as ProxySettings; // of proxies they are
  return explicit.noProxy ?? environment.noProxy;
}

/** All rules in one: those of the caller go before those of the environment, key by key. */
function rulesOf(settings: unknown): ReadonlyMap<string, string> {
  const { explicit, environment } = settings as ProxySettings; // of proxies they are
  return new Map([...environment.byKey, ...explicit.byKey]);
}

/** Does it name the key, be it with the value that held before? */
function saysKey({ option, given, source }: Saying, key: string): boolean {
  // What it says is seen by what it changed.
  if (source.layer === "environment") return false;
  if (given === null || given === false) return true;
  if (option === "proxy") return key === "all";
  return readProxies(noProxies, given as ProxiesInit, undefined).explicit.byKey.has(key); // as was checked
}

/** Who said the rules that hold: for the line of `proxies`. */
export function proxySources(ledger: Ledger): ReadonlySet<Source> {
  const sayings = ledger.of("proxies", "proxy");
  const after = (sayings.at(-1)?.after as ProxySettings | undefined) ?? {
    explicit: noProxyRules,
    environment: noProxyRules,
  };
  const keys = [...rulesOf(after).keys()];
  return new Set([...keys.map((key) => keyPart(ledger, key).source), exceptionsSource(ledger)]);
}

/** A hook of any event. */
type AnyHook = (...args: never[]) => unknown;

/** A hook, and who gave it. */
interface HookPart {
  readonly event: HookEvent;
  readonly hook: AnyHook;
  readonly source: Source;
}

/** The hooks of the settings, in the order in which they are called. */
export function hookParts(ledger: Ledger): readonly HookPart[] {
  const of = (hooks: unknown, event: HookEvent): readonly AnyHook[] => (hooks as Hooks)[event]; // of hooks they are
  let parts: readonly HookPart[] = [];
  for (const { before, after, source } of ledger.of("hooks")) {
    parts = hookEvents.flatMap((event) => {
      const are = of(after, event);
      const isKept = of(before, event).every((hook, at) => hook === are[at]);
      const old = isKept ? parts.filter((part) => part.event === event) : [];
      return [...old, ...are.slice(old.length).map((hook) => ({ event, hook, source }))];
    });
  }
  return parts;
}
