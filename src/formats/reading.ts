/**
 * What a reader has so far: cookies that a jar takes, and what is wrong with the others. Whatever a format says, its cookies pass
 * here; so each is one that a jar would keep, or a problem.
 */
import { assertNumber, optionsOf } from "../core/checks.ts";
import { systemClock } from "../core/clock.ts";
import type { StoredCookie } from "../core/cookie-store.ts";
import { asUtf8 } from "../core/received-text.ts";
import { shownName } from "../core/redact.ts";
import { comparablePath } from "../core/url-spelling.ts";
import { urlOfHost } from "../core/url.ts";
import { textFault } from "../cookies/cookie-json.ts";
import { isAlone } from "../cookies/cookie.ts";
import { hostOf, isAddress } from "../cookies/match.ts";
import { isPublicSuffix } from "../cookies/public-suffix.ts";
import type { Problem, ProblemReason, ReadOptions } from "./problem.ts";

/** A cookie as a file has it: its domain is not judged yet. Made when it is read, unless the file says when. */
export type Draft = Omit<StoredCookie, "createdAt"> & {
  readonly createdAt?: number;
  /** Which page or profile of a browser it belongs to, as one text. */
  readonly partition?: string;
};

/** Why a row is not taken. Thrown while it is read, and caught by the {@link Reading}. */
export class Refusal extends Error {
  readonly reason: ProblemReason;

  /** @param says a sentence about the cookie, which has no value of it. */
  constructor(reason: ProblemReason, says: string) {
    super(says);
    this.reason = reason;
  }
}

/** What a reader of cookies gives. */
export interface ReadCookies {
  /** As a jar keeps them: `new CookieJar(cookies)` takes all of them. In the order of the file. */
  readonly cookies: readonly StoredCookie[];
  /** What was not taken, and why; empty when everything was. */
  readonly problems: readonly Problem[];
}

/** Where something stands. */
export interface Place {
  readonly where: string;
  /** From 1; `null` in JSON. */
  readonly line: number | null;
}

/** Line `number` of a text. */
export function lineAt(number: number): Place {
  return { where: `line ${number}`, line: number };
}

/** A place in JSON. */
export function placeAt(where: string): Place {
  return { where, line: null };
}

/**
 * The time that a reader was told, or that of the machine.
 *
 * @throws {TypeError} for an option that there is not, and for a time that is no number.
 */
export function timeOf(options: ReadOptions, taker: string, names: readonly string[] = []): number {
  const { now = systemClock.now() } = optionsOf(options, taker, ["now", ...names]);
  assertNumber(now, "now", "a number of milliseconds since the epoch", Number.isFinite);
  return now;
}

/** Cookies and problems of one file. */
export class Reading {
  readonly cookies: StoredCookie[] = [];
  readonly problems: Problem[] = [];
  readonly #now: number;
  /** Which part of a browser each cookie is from, where that is told. */
  readonly #partitions = new Map<string, string>();

  constructor(now: number) {
    this.#now = now;
  }

  /** All that was read. */
  found(): ReadCookies {
    return { cookies: this.cookies, problems: this.problems };
  }

  /**
   * Takes the cookie that `read` gives, unless it throws a {@link Refusal}.
   *
   * @param name of the cookie, where it could be read already.
   */
  take(place: Place, name: string | null, read: () => Draft): void {
    this.attempt(place, name, () => {
      const draft = read();
      const cookie = admit(draft, this.#now);
      if (draft.partition !== undefined) this.#checkPartition(cookie, draft.partition);
      this.cookies.push(cookie);
    });
  }

  /** Does something that may throw a {@link Refusal}, which becomes a problem. */
  attempt(place: Place, name: string | null, act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.refuse(place, name, error);
    }
  }

  /** Notes a problem. */
  refuse({ where, line }: Place, name: string | null, { reason, message: says }: Refusal): void {
    const whose = name === null ? "" : ` (${shownName(name)})`;
    this.problems.push({ where, line, name, reason, message: `${where}${whose}: ${says}` });
  }

  /**
   * Browsers keep several cookies of one name, host and path apart by the page or the profile that they belong to. A program has
   * one jar, in which the later would take the place of the former.
   *
   * @throws {Refusal} for a cookie that differs from an earlier one in that alone.
   */
  #checkPartition({ name, domain, hostOnly, path }: StoredCookie, partition: string): void {
    const identity = JSON.stringify([name, domain, hostOnly, comparablePath(path)]);
    const before = this.#partitions.get(identity);
    this.#partitions.set(identity, before ?? partition);
    if (before !== undefined && before !== partition)
      throw new Refusal(
        "partition",
        "it differs from an earlier cookie only in the page or profile that it belongs to",
      );
  }
}

/** The cookie as a jar keeps it. @throws {Refusal} when no jar would. */
function admit(draft: Draft, now: number): StoredCookie {
  const { expires } = draft;
  const domain = hostOfDomain(draft.domain);
  if (domain === null) throw new Refusal("host", "its domain is no host");
  if (!draft.hostOnly && isSharedSuffix(domain))
    throw new Refusal("public-suffix", "its domain is a suffix under which strangers live");
  if (expires !== null && expires <= now) throw new Refusal("expired", "it has expired");
  const cookie: StoredCookie = {
    name: draft.name,
    value: draft.value,
    domain,
    hostOnly: draft.hostOnly || isAlone(domain),
    path: draft.path,
    expires,
    secure: draft.secure,
    httpOnly: draft.httpOnly,
    sameSite: draft.sameSite,
    createdAt: draft.createdAt ?? now,
  };
  const fault = textFault(cookie);
  if (fault !== null) {
    const { reason, field, says } = fault;
    throw new Refusal(reason, `${field === "" ? "it" : `its ${field}`} ${says}`);
  }
  // It is sent as its value alone: with "=" in it, it would be another cookie.
  if (cookie.name === "" && cookie.value.includes("="))
    throw new Refusal(
      "name",
      'it has no name, and "=" in its value: servers would take it for another cookie',
    );
  return cookie;
}

/** Addresses, and this machine, have nobody below them: their cookies are for themselves. */
function isSharedSuffix(domain: string): boolean {
  return domain !== "localhost" && !isAddress(domain) && isPublicSuffix(domain);
}

/** What no host has in it, and the parser of URLs would take off, decode, or take for an end of the host. */
const NO_HOST = /[^\x21-\x7e\x80-\uffff]|[%/?#@\\;,]/;
/** The longest name of a host (RFC 1035 §2.3.4), with a dot on either side. */
const LONGEST_DOMAIN = 255;

/** The host that a domain names, as the jar spells it; `null` for none. A dot in front says nothing about which host it is. */
export function hostOfDomain(domain: string): string | null {
  const written = domain.startsWith(".") ? domain.slice(1) : domain;
  if (written === "" || written.length > LONGEST_DOMAIN || NO_HOST.test(written)) return null;
  const url = urlOfHost(asUtf8(written));
  // A colon is of an address in IPv6, or begins a port, which cookies do not have.
  if (url === null || (written.includes(":") && !url.host.startsWith("["))) return null;
  return url.port === null ? hostOf(url) : null;
}

/** wget and HTTPie write the port of the server that set a cookie, where it is not the usual one. Cookies do not know ports. */
export function withoutPort(domain: string): string {
  return /^(\[[^\]]*\]|[^:]*):\d{1,5}$/.exec(domain)?.[1] ?? domain;
}

/** The last second of the year 9999, beyond which no tool takes a time in seconds. */
const LAST_SECOND = 253_402_300_799;

/**
 * A time in seconds since the epoch, in milliseconds. Fractions are kept.
 *
 * @throws {Refusal} for what cannot be one. It is not taken for milliseconds: units are not guessed.
 */
export function millisecondsOf(seconds: number): number {
  if (!(seconds >= 0))
    throw new Refusal("expiry", `its time of expiry is ${seconds}, which is no time of a cookie`);
  if (seconds > LAST_SECOND)
    throw new Refusal(
      "expiry",
      `its time of expiry is ${seconds}, which cannot be in seconds: they end with the year 9999, at ${LAST_SECOND}`,
    );
  return Math.round(seconds * 1000);
}

/** The seconds that a format writes for a time: whole ones, rounded up, so that no cookie ends too early; the year 9999 at most. */
export function secondsOf(milliseconds: number): number {
  return Math.min(Math.ceil(milliseconds / 1000), LAST_SECOND);
}
