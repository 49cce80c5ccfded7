/**
 * What a jar offers the pipeline. `cookies/` implements it twice: a session's jar, and the cookies of one call on top of it.
 */
import type { Url } from "./url.ts";

/** A cookie as the jar keeps it (RFC 6265bis §5.7). */
export interface StoredCookie {
  /** Its name; `""` for a cookie without one. */
  readonly name: string;
  /** Its value, as the server or the program wrote it. */
  readonly value: string;
  /** Canonical, without a leading dot. `""` for a cookie that was set by the program for no host yet. */
  readonly domain: string;
  /** Only for this very host, not for those below it. */
  readonly hostOnly: boolean;
  /** The path that it is for, and what is below it. */
  readonly path: string;
  /** Milliseconds since the epoch; `null` for a session cookie. */
  readonly expires: number | null;
  /** Is it sent over secure connections only? */
  readonly secure: boolean;
  /** Is it hidden from scripts? Kept for browsers; nothing here depends on it. */
  readonly httpOnly: boolean;
  /** What the server said of requests from other sites; `null` for nothing. Kept for browsers, as `httpOnly`. */
  readonly sameSite: "strict" | "lax" | "none" | null;
  /** When it was made, in milliseconds since the epoch. */
  readonly createdAt: number;
}

/** Why a cookie was not stored: one word, for programs. */
export type CookieRefusalReason =
  | "empty"
  | "control-character"
  | "too-long"
  | "domain-mismatch"
  | "public-suffix"
  | "insecure"
  | "overwrites-secure"
  | "host-prefix"
  | "secure-prefix"
  | "http-prefix"
  | "same-site-none-insecure"
  | "not-a-web-url"
  | "not-accepted"
  | "jar-full"
  | "too-many";

/** A `Set-Cookie` field that was not stored. */
export interface CookieRefusal {
  /** Tells it from the other verdicts. */
  readonly kind: "refused";
  /** Why: one word, for programs. */
  readonly reason: CookieRefusalReason;
  /** The cookie's name, where one could be read; never its value. */
  readonly name: string;
}

/** What became of a `Set-Cookie` field. */
export type CookieVerdict =
  | { readonly kind: "stored"; readonly cookie: StoredCookie }
  | { readonly kind: "deleted"; readonly name: string }
  | CookieRefusal;

/** Why a cookie is not sent: one word, for programs. */
export type CookieWithheldReason =
  /** It is for another host alone. */
  | "host-mismatch"
  /** It is for another domain and the hosts below it. */
  | "domain-mismatch"
  /** It is for another path, and what is below it. */
  | "path"
  /** It goes over TLS only, and the request does not. */
  | "secure"
  /** Its time is over. */
  | "expired"
  /** Another one of its name has taken its place. */
  | "superseded"
  /** The field would be longer than `maxHeaderBytes` of the jar. */
  | "header-full"
  /** It would be one too many in its domain, and goes when the host takes the cookies that wait for one. */
  | "jar-full"
  /** The program set it without a domain, and another host has taken it. */
  | "unbound-elsewhere"
  /** The request has `cookies: false`. */
  | "cookies-off"
  /** A `Cookie` header that the program wrote stands in place of the jar. */
  | "cookie-header";

/** A cookie that is sent. */
export interface SentCookie {
  /** The cookie; of one that the option `cookies` of the request gives, the domain is `""`. */
  readonly cookie: Pick<StoredCookie, "name" | "value" | "domain" | "path">;
  /** The session's jar, or the option `cookies` of the request. */
  readonly from: "jar" | "request";
}

/** A cookie that is not sent. */
export interface WithheldCookie {
  /** The cookie. */
  readonly cookie: Pick<StoredCookie, "name" | "value" | "domain" | "path">;
  /** Why: one word, for programs. */
  readonly reason: CookieWithheldReason;
  /** The same for people, with what was compared. Never the value. */
  readonly detail: string;
}

/** A look into a jar: what a request gets of it, and what it does not get. */
export interface CookieLook {
  /** The value of the `Cookie` header, as `select` gives it; `null` for none. */
  readonly header: string | null;
  /** The cookies in it, in its order. */
  readonly sent: readonly SentCookie[];
  /** Those of the same site that are not in it, and those that were set without a domain; in the order of the jar. */
  readonly withheld: readonly WithheldCookie[];
  /** How many more the jar has: those of other sites. */
  readonly others: number;
}

/** Keeps cookies and tells which ones go with a request. */
export interface CookieStore {
  /**
   * Takes a `Set-Cookie` field of a response from `url`. Never throws for what a server sent.
   *
   * @param isDirect is the connection one to the URL's host itself, without a proxy or an adapter of the caller's? Then this
   *   machine may set `Secure` cookies over plain HTTP. A session says; default: `true`, the URL alone decides.
   */
  store(header: string, url: Url, now: number, isDirect?: boolean): CookieVerdict;
  /** The value of the `Cookie` header of a request to `url`, or `null` when no cookie goes there. `isDirect` as in `store`. */
  select(url: Url, now: number, isDirect?: boolean): string | null;
  /**
   * What `select` would answer with, and why: for `session.explain()`. Changes nothing: no cookie is bound, none counts as used.
   *
   * @param before a URL that would be asked first: its host would take what waits for one. Default: `null`, none.
   * @returns `null` where it cannot be told without asking, as where this method is absent.
   */
  look?(url: Url, now: number, isDirect?: boolean, before?: Url | null): CookieLook | null;
}

/** No cookies: none are sent, none are kept. */
export const noCookies: CookieStore = {
  store: () => ({ kind: "refused", reason: "not-accepted", name: "" }),
  select: () => null,
  look: () => ({ header: null, sent: [], withheld: [], others: 0 }),
};
