/**
 * A look into a jar: what it would give to a request, what it would not give, and why, in words. What is chosen is `header.ts`'s
 * decision; here it is told.
 *
 * Pure.
 */
import type { CookieLook, CookieWithheldReason, StoredCookie, WithheldCookie } from "../core/cookie-store.ts";
import type { Entry } from "./cookie-index.ts";
import type { HeaderLook, Withheld } from "./header.ts";

/** The latest time that a date can have, in milliseconds. */
const LAST_DATE = 8.64e15;

/** Limits of the jar, which reasons name. */
interface Limits {
  readonly maxHeaderBytes: number;
  readonly maxCookiesPerDomain: number;
}

/** Tells of a look at entries. */
export function lookOf(look: HeaderLook, limits: Limits): CookieLook {
  return {
    header: look.header,
    sent: look.sent.map(({ cookie }) => ({ cookie, from: "jar" })),
    withheld: look.withheld.map((one) => withheldOf(one, limits)),
    others: look.others,
  };
}

function withheldOf({ entry, reason, home }: Withheld, limits: Limits): WithheldCookie {
  return { cookie: entry.cookie, reason, detail: detailOf(reason, entry, home, limits) };
}

function detailOf(reason: Withheld["reason"], { cookie }: Entry, home: string, limits: Limits): string {
  switch (reason) {
    case "host-mismatch":
      return `it is for ${home} alone`;
    case "domain-mismatch":
      return `it is for ${home} and the hosts below it`;
    case "path":
      return `it is for ${cookie.path} and what is below it`;
    case "secure":
      return "it goes over TLS only";
    case "expired":
      return `it ended ${dateOf(cookie.expires)}`;
    case "superseded":
      return cookie.domain === ""
        ? "the server has set one of its name since"
        : "the program has set one of its name, which this host takes";
    case "unbound-elsewhere":
      return `it was set without a domain, and ${home} has taken it`;
    case "header-full":
      return `a Cookie header has at most ${limits.maxHeaderBytes} bytes`;
    case "jar-full":
      return `a domain has at most ${limits.maxCookiesPerDomain} cookies`;
  }
}

/** A time as it is read, in UTC. */
function dateOf(time: StoredCookie["expires"]): string {
  return time === null || Math.abs(time) > LAST_DATE ? "long ago" : `at ${new Date(time).toISOString()}`;
}

/** A look at a jar that is not asked after all: what it would give is withheld. */
export function lookWithout(
  look: CookieLook,
  reason: Extract<CookieWithheldReason, "cookies-off" | "cookie-header">,
  detail: string,
): CookieLook {
  const sent = look.sent.map(({ cookie }): WithheldCookie => ({ cookie, reason, detail }));
  return { header: null, sent: [], withheld: [...sent, ...look.withheld], others: look.others };
}
