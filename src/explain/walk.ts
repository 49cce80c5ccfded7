/**
 * A walk down the corridor that sends nothing: each step is the one of the stage of its name, with what it would ask of the world
 * told beforehand. Nothing is asked, bound, counted or kept.
 *
 * The order is that of `pipeline/order.ts`. Hooks are not run.
 */
import type { Adapter, Foreseen } from "../core/adapter.ts";
import type { Auth, AuthPreview } from "../core/auth-scheme.ts";
import { systemClock, type Clock } from "../core/clock.ts";
import { noCookies, type CookieLook, type CookieStore } from "../core/cookie-store.ts";
import type { NetrcFile } from "../core/environment.ts";
import { RequestException } from "../core/errors.ts";
import type { StrictTransport } from "../core/options.ts";
import { shownUrl } from "../core/redact.ts";
import type { PreparedRequest } from "../core/request.ts";
import { sourceOf, type Source } from "../core/source.ts";
import { tells } from "../core/tells.ts";
import { isHttpLike, type Url } from "../core/url.ts";
import { ambientAuthOf, ambientSourceOf } from "../auth/ambient.ts";
import { lookWithout } from "../cookies/look.ts";
import { HstsStore, securedUrl } from "../hsts/store.ts";
import { trustOf } from "../options/trust.ts";
import { schemeFor } from "../pipeline/auth.ts";
import { isDirect, withCookies, type CookieSurroundings } from "../pipeline/cookies.ts";
import type { Exchange } from "../pipeline/stage.ts";

/** What a walk needs to know of a session. All of it may be asked as often as one likes. */
export interface Desk {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The session's jar. */
  readonly jar: CookieStore;
  /** Where it is stored; `null` when it is not. */
  readonly place: string | null;
  /** The hosts that are to be reached over TLS only; `null` for none. */
  readonly hosts: StrictTransport | null;
  /** The netrc file as the session has read it, or would. @param warn is told what is wrong with it. */
  readonly netrc: (warn: (message: string) => void) => NetrcFile | null;
  /** Is told what is to be among the warnings. */
  readonly note: (warning: string) => void;
  /** The adapter for a URL, and its prefix. @throws {InvalidSchema} when there is none. */
  readonly mountFor: (url: string) => Mounted;
  readonly isDirect: CookieSurroundings["isDirect"];
  /** A URL that is asked before, whose host takes the cookies that wait for one; `null`: none. */
  readonly before: Url | null;
  /** Was the session closed? */
  readonly isClosed: boolean;
  /** Has its class a `request()` of its own, or has it one itself? */
  readonly hasOwnRequest: boolean;
  /** Does somebody listen to `sending`, and may add fields? */
  readonly isHeardBefore: boolean;
}

/** An adapter, and where it is mounted. */
interface Mounted {
  readonly prefix: string;
  readonly adapter: Adapter;
}

/** Who signs. */
export interface Signing {
  readonly scheme: Auth;
  /** What the scheme tells of itself; `null`: it would have to be asked. */
  readonly preview: AuthPreview | null;
  /** Where the credentials are from that nobody gave as `auth`; `null`: they were given. */
  readonly ambient: Source | null;
}

/** What became of a message on its way down. */
export interface Walk {
  /** As it was prepared. */
  readonly prepared: PreparedRequest;
  /** As it arrives at the adapter, with the settings of its hop. */
  readonly exchange: Exchange;
  /** `null`: nobody signs. */
  readonly signing: Signing | null;
  /** `null`: the cookies are in a store that does not show them. */
  readonly look: CookieLook | null;
  /** The session's jar, as a source. */
  readonly jar: Source;
  /** The host by which HSTS made `https:` of `http:`; `""`: its list does not tell. `null`: it did not. */
  readonly securedBy: string | null;
  /** `null`: none is mounted for the URL. */
  readonly mount: Mounted | null;
  /** `null`: the adapter does not tell. */
  readonly foreseen: Foreseen | null;
  /** Why it would fail before it is sent; `null`: it would not. */
  readonly failure: string | null;
}

/** Walks down with a message. @throws what the stages would throw before they send. */
export function walk(asked: Exchange, desk: Desk): Walk {
  const { exchange: secured, securedBy } = secure(asked, desk);
  const signing = signingOf(secured, desk);
  const signed = signedBy(signing, secured);
  const { exchange, look } = dress(signed, desk);
  const jar = jarOf(desk);
  return { prepared: asked.request, exchange, signing, look, jar, securedBy, ...arrival(exchange, desk) };
}

/** The session's jar, as a source. */
function jarOf({ place }: Desk): Source {
  return sourceOf("jar", null, place);
}

/** The walk of a message that was sent already: it is as it was sent. Who signed it is who would sign it now. */
export function walked(sent: Exchange, desk: Desk): Walk {
  const { request } = sent;
  return {
    prepared: request,
    exchange: sent,
    signing: signingOf(sent, desk) ?? ambientSigningOf(sent, desk),
    look: null,
    jar: jarOf(desk),
    securedBy: null,
    ...arrival(sent, desk),
  };
}

/** Credentials that nobody gave are looked for where there are none: they are known by what they come to. */
function ambientSigningOf(sent: Exchange, desk: Desk): Signing | null {
  const request = sent.request.with({ headers: sent.request.headers.clone().set("Authorization", null) });
  const signing = signingOf({ ...sent, request }, desk);
  return signing !== null && hasSigned(signing, "authorization", sent.request.headers.get("authorization"))
    ? signing
    : null;
}

/** Is it a field that the scheme sets? One that cannot tell its fields sets `Authorization`. */
export function isSigned(signing: Signing | null, name: string): boolean {
  if (signing === null || signing.preview === null) return false;
  const key = name.toLowerCase();
  const { fields } = signing.preview;
  return fields === null ? key === "authorization" : fields.some(([one]) => one.toLowerCase() === key);
}

/** Is it what the scheme would set now? */
export function hasSigned({ preview }: Signing, name: string, value: string | null): boolean {
  return preview?.fields?.some(([one, set]) => one.toLowerCase() === name && set === value) === true;
}

/** A list of HSTS hosts that changes nothing when it is asked, and tells which of them was found. */
export class QuietHosts implements StrictTransport {
  /** The host that was found last; `""`: the list does not tell. */
  found: string = "";
  readonly #hosts: StrictTransport;

  constructor(hosts: StrictTransport) {
    this.#hosts = hosts;
  }

  covers(host: string, now: number): boolean {
    const hosts = this.#hosts;
    if (!(hosts instanceof HstsStore) || !tells(hosts, "entryFor", "covers")) return hosts.covers(host, now);
    const entry = hosts.entryFor(host, now);
    this.found = entry?.host ?? "";
    return entry !== null;
  }

  note(): void {
    // Nothing is noted.
  }
}

/** Stage `hsts`. */
function secure(exchange: Exchange, { hosts, now }: Desk): Pick<Walk, "exchange" | "securedBy"> {
  const { request } = exchange;
  if (hosts === null || !isHttpLike(request.url)) return { exchange, securedBy: null };
  const quiet = new QuietHosts(hosts);
  const parsed = securedUrl(request.parsed, quiet, now);
  if (parsed === request.parsed) return { exchange, securedBy: null };
  return {
    exchange: { ...exchange, request: request.with({ url: parsed.href, parsed }) },
    securedBy: quiet.found,
  };
}

/** Stage `auth`: who signs. */
function signingOf(exchange: Exchange, desk: Desk): Signing | null {
  let ambient: Source | null = null;
  const scheme = schemeFor(exchange, {
    ambientAuth: (url, allowed) => {
      const netrc = desk.netrc(desk.note);
      ambient = ambientSourceOf(url, netrc, allowed);
      return ambientAuthOf(url, netrc, allowed);
    },
  });
  if (scheme === null) return null;
  const isTold = tells(scheme, "preview", "apply");
  const preview = isTold ? (scheme.preview?.(exchange.request) ?? null) : null;
  return { scheme, preview, ambient };
}

/** Stage `auth`: the fields that are known beforehand. Where they are not, those that they take the place of are gone all the same. */
function signedBy(signing: Signing | null, exchange: Exchange): Exchange {
  const preview = signing?.preview ?? null;
  if (preview === null || preview.fields?.length === 0) return exchange;
  const request = exchange.request.with({ challenge: null });
  if (preview.fields === null) request.headers.delete("authorization");
  for (const [name, value] of preview.fields ?? []) request.headers.set(name, value);
  return { ...exchange, request };
}

/** Stage `cookies`. */
function dress(exchange: Exchange, desk: Desk): Pick<Walk, "exchange" | "look"> {
  const { request } = exchange;
  if (!isHttpLike(request.url)) return { exchange, look: noLook };
  const clock: Clock = { ...systemClock, now: () => desk.now };
  const world: CookieSurroundings = { clock, isDirect: desk.isDirect };
  // What the program wrote stands: the jar is not asked.
  if (request.dress === "caller") {
    const would = lookInto(desk.jar, exchange, world, desk);
    const look = would && lookWithout(would, "cookie-header", "a Cookie header was given");
    return { exchange, look };
  }
  const isOff = exchange.cookies === noCookies;
  const would = lookInto(isOff ? desk.jar : exchange.cookies, exchange, world, desk);
  const look =
    isOff && would !== null ? lookWithout(would, "cookies-off", "the request has cookies: false") : would;
  const shown: CookieStore = { ...noCookies, select: () => look?.header ?? null };
  return { exchange: { ...exchange, request: withCookies({ ...exchange, cookies: shown }, world) }, look };
}

const noLook: CookieLook = { header: null, sent: [], withheld: [], others: 0 };

/** The URL for which a jar is asked on the way down: its host takes what waits for one. `null`: none is asked. */
export function askedFor({ exchange: { request, cookies } }: Walk): Url | null {
  const isAsked = isHttpLike(request.url) && request.dress !== "caller" && cookies !== noCookies;
  return isAsked ? request.parsed : null;
}

function lookInto(
  store: CookieStore,
  exchange: Exchange,
  world: CookieSurroundings,
  { now, before }: Desk,
): CookieLook | null {
  if (!tells(store, "look", "select")) return null;
  const { parsed } = exchange.request;
  return store.look?.(parsed, now, isDirect(parsed, exchange, world), before) ?? null;
}

/** The prefix on which the adapter is mounted, without what is secret in a URL; `null`: there is none. */
export function prefixOf({ mount }: Walk): string | null {
  return mount === null ? null : shownUrl(mount.prefix);
}

/** The adapter, as a source. */
export function byAdapter(one: Walk): Source {
  return sourceOf("adapter", prefixOf(one));
}

/** The sender, and its adapter. What it refuses is told: who asks why something fails wants to see all the rest. */
function arrival({ request, settings }: Exchange, desk: Desk): Pick<Walk, "mount" | "foreseen" | "failure"> {
  let mount: Mounted | null = null;
  try {
    mount = desk.mountFor(request.url);
    const foreseen = mount.adapter.foresee?.(request, { ...settings, verify: trustOf(settings) }) ?? null;
    return { mount, foreseen, failure: null };
  } catch (error) {
    if (!(error instanceof RequestException)) throw error;
    return { mount, foreseen: null, failure: error.message };
  }
}
