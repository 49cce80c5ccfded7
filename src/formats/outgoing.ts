/**
 * What a writer writes: the cookies of a jar or of a list, and what is lost on the way.
 */
import { mustBe } from "../core/checks.ts";
import type { StoredCookie } from "../core/cookie-store.ts";
import { isObject } from "../core/realm.ts";
import { readCookie, type RestoredCookie } from "../cookies/cookie-json.ts";
import { CookieJar, type CookieLike } from "../cookies/jar.ts";
import { fieldsOf, textOfBytes } from "./input.ts";
import type { CookieIdentity, Loss } from "./problem.ts";
import { hostOfDomain } from "./reading.ts";

/** Cookies to write: a jar, or a list. */
export type CookieSource = CookieJar | Iterable<CookieLike>;

/** What a writer gives. */
export interface Written {
  /** The text of the file. Names and values are in it: keep it private. */
  readonly text: string;
  /** What the format has no place for; empty when all is in the text. */
  readonly lost: readonly Loss[];
}

/** A loss, while cookies are added to it. */
interface Gathered extends Loss {
  readonly cookies: CookieIdentity[];
}

/** What is lost, gathered: one entry for each reason, with all cookies that it is about. */
export class Losses {
  readonly #found = new Map<string, Gathered>();

  /** @param reason a sentence without a value of the cookie. */
  add(what: Loss["what"], reason: string, cookie: CookieIdentity | null): void {
    const key = `${what}: ${reason}`;
    const loss: Gathered = this.#found.get(key) ?? { what, reason, cookies: [] };
    this.#found.set(key, loss);
    if (cookie !== null) loss.cookies.push({ name: cookie.name, domain: cookie.domain, path: cookie.path });
  }

  list(): Loss[] {
    return [...this.#found.values()];
  }
}

/**
 * The cookies that have a host and are alive, the older one first: in that order they stand in a `Cookie` header. The others are
 * added to what is lost.
 *
 * @throws {TypeError} for what is neither a jar nor a list.
 */
export function cookiesToWrite(source: CookieSource, now: number, losses: Losses): StoredCookie[] {
  const restored = source instanceof CookieJar ? cookiesOfJar(source) : cookiesOfList(source, now, losses);
  return restored.flatMap(({ cookie, boundTo }) => {
    const loss = (reason: string): [] => {
      losses.add("cookie", reason, cookie);
      return [];
    };
    if (cookie.expires !== null && cookie.expires <= now) return loss("it has expired");
    if (cookie.domain === "" && boundTo === null)
      return loss("no host has taken it yet: jar.bind(url) says which one does");
    const domain = hostOfDomain(boundTo ?? cookie.domain);
    if (domain === null) return loss("its domain is no host");
    return [{ ...cookie, domain, hostOnly: cookie.hostOnly || boundTo !== null }];
  })
    .toSorted((a, b) => a.createdAt - b.createdAt);
}

function cookiesOfJar(jar: CookieJar): RestoredCookie[] {
  return jar.toJSON().cookies.map(({ boundTo, ...cookie }) => ({ cookie, boundTo: boundTo ?? null }));
}

function cookiesOfList(list: Iterable<CookieLike>, now: number, losses: Losses): RestoredCookie[] {
  const given: unknown = list;
  if (!isObject(given) || !(Symbol.iterator in given))
    throw mustBe("what is written", "a jar or a list of cookies", given);
  return [...list].flatMap((cookie, at) => {
    try {
      return [readCookie(cookie, `cookies[${at}]`, now)];
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      losses.add("cookie", error.message, identityOf(cookie));
      return [];
    }
  });
}

/** Of whatever stands in a list. */
function identityOf(cookie: unknown): CookieIdentity {
  const { name, domain, path } = fieldsOf(cookie) ?? {};
  const text = (value: unknown): string => (typeof value === "string" ? value : "");
  return { name: text(name), domain: text(domain), path: text(path) };
}

/** Name, value and path as text that is written in UTF-8; `null` when their bytes are no text. */
export function textOfCookie({ name, value, path }: StoredCookie): Pick<StoredCookie, "name" | "value" | "path"> | null {
  const texts = [name, value, path].map(textOfBytes);
  const [textName = null, textValue = null, textPath = null] = texts;
  if (textName === null || textValue === null || textPath === null) return null;
  // Read again, it would stand for bytes that were lost.
  if (texts.some((text) => text?.includes("\ufffd"))) return null;
  return { name: textName, value: textValue, path: textPath };
}
