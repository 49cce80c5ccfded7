/**
 * What an explanation says, as data. Plain values all the way down: it can be written as JSON, compared and kept.
 */
import type { CookieWithheldReason } from "../core/cookie-store.ts";
import type { HookEvent } from "../core/hooks.ts";
import type { Source } from "../core/source.ts";

/** A value as it is shown: numbers, booleans and `null` as they are, all else in words. */
export type ShownValue = string | number | boolean | null;

/** A value that does not hold, and who gave it. */
export interface Beaten {
  /** The value: a number is in the unit of its option, milliseconds, bytes or a count. */
  readonly value: ShownValue;
  /** Who gave it. */
  readonly source: Source;
}

/** A value, who gave it, and whom it goes before. */
export interface Explained extends Beaten {
  /** What would hold without it, the next one first. */
  readonly beaten: readonly Beaten[];
}

/** A header field, in the order in which HTTP/1.1 has them. */
export interface ExplainedHeader extends Explained {
  /** The name, as it is sent. Over HTTP/2 it is in lower case. */
  readonly name: string;
  /** The value; `"***"` for a secret, unless it was asked for. */
  readonly value: string;
  /** Does HTTP/2 leave it out? It has no fields about the connection, and its `:authority` is what `Host` is. */
  readonly isHttp1Only: boolean;
}

/** A part of the query. */
export interface ExplainedParam extends Explained {
  /** The name, encoded as it is sent. */
  readonly name: string;
  /** The value, encoded as it is sent; `null` without a `=`. `"***"` for a secret, unless it was asked for. */
  readonly value: string | null;
}

/** A cookie that is sent. */
export interface ExplainedCookie {
  /** Its name; `""` for a cookie without one. */
  readonly name: string;
  /** Its value: `"***"`, unless it was asked for. */
  readonly value: string;
  /** The domain that it is for; `""` for one that was set without a domain. */
  readonly domain: string;
  /** The path that it is for. */
  readonly path: string;
  /** The jar, or the option `cookies` of the request. */
  readonly source: Source;
}

/** A cookie that is not sent. */
export interface ExplainedWithheld {
  /** Its name; `""` for a cookie without one. */
  readonly name: string;
  /** The domain that it is for; `""` for one that was set without a domain. */
  readonly domain: string;
  /** The path that it is for. */
  readonly path: string;
  /** Why it is not sent: one word, for programs. */
  readonly reason: CookieWithheldReason;
  /** The same for people, with what was compared. */
  readonly detail: string;
}

/** The cookies of a request. */
export interface ExplainedCookies {
  /** Those in the `Cookie` header, in its order. */
  readonly sent: readonly ExplainedCookie[];
  /** Those of the same site that are not sent, and those that were set without a domain; in the order of the jar. */
  readonly withheld: readonly ExplainedWithheld[];
  /** How many more cookies the jar has: those of other sites. */
  readonly others: number;
  /** `false`: the cookies are in a store that does not show them without being asked. */
  readonly isKnown: boolean;
}

/** Why something does not go along. One word, for programs. */
export type DropReason =
  /** A layer above took it off, with `null`. */
  | "removed"
  /** It is for the origin of the session's `baseUrl`. */
  | "base-url"
  /** The redirect leads to another origin, be it one that is trusted. */
  | "cross-origin"
  /** The redirect leads from `https:` to `http:` of the same host. */
  | "downgrade"
  /** The redirect leads to the same host over TLS, and it was for the origin without. */
  | "upgrade"
  /** The redirect leads to a message without that body. */
  | "no-body"
  /** It belongs to one message: each hop has its own, or none. */
  | "one-hop"
  /** It is for a proxy, and the message goes to the server itself, or through a tunnel. */
  | "no-proxy"
  /** Who signs sets another one, which is not known before. */
  | "signed"
  /** Another field tells where the body ends. */
  | "framing"
  /** The URL is none of http and https: its adapter reads it as it is. */
  | "scheme";

/** Something that does not go along. */
export interface Dropped {
  /** What kind of thing it is. */
  readonly kind: "header" | "param" | "auth" | "cert" | "server-name" | "body";
  /** Its name, as that of the header; `null` where there is one only. */
  readonly name: string | null;
  /** Who gave it. */
  readonly source: Source;
  /** Who took it off. */
  readonly by: Source;
  /** Why: one word, for programs. */
  readonly reason: DropReason;
}

/** Who signs the request. */
export interface ExplainedAuth extends Explained {
  /** The scheme, such as `"Basic"`; `null`: nobody signs. */
  readonly value: string | null;
  /** What there is to know beside, such as that a token would be asked for; `null` for nothing. */
  readonly note: string | null;
}

/** The way past proxies. */
export interface ExplainedProxy extends Explained {
  /** `scheme://host:port` of the proxy, without its credentials unless they were asked for; `null`: none. */
  readonly value: string | null;
  /** The key of the rule that decides, such as `"https"` or `"all"`; `null`: no rule fits. */
  readonly rule: string | null;
  /** The entry of `no_proxy` that lets the URL go without, and who has it; `null` for none. */
  readonly exception: { readonly entry: string; readonly source: Source } | null;
  /** `false`: the adapter decides by itself, and does not tell. */
  readonly isKnown: boolean;
}

/** TLS to the server. */
export interface ExplainedTls {
  /** Does the message go over TLS? What follows does not count otherwise. */
  readonly isUsed: boolean;
  /** Whom to trust. */
  readonly verify: Explained;
  /** The client certificate: paths, and `"***"` for what is given outright. */
  readonly cert: Explained;
  /** The least version. */
  readonly minVersion: Explained;
  /** The highest version. */
  readonly maxVersion: Explained;
  /** The cipher suites. */
  readonly ciphers: Explained;
  /** The pins. */
  readonly pins: Explained;
  /** Where roots come from. */
  readonly store: Explained;
  /** The name that the certificate must have, in place of the URL's host. */
  readonly serverName: Explained;
  /** The lists of revoked certificates. */
  readonly crl: Explained;
  /** Is the server offered HTTP/2? It chooses when the connection is opened. */
  readonly isHttp2Offered: boolean;
}

/** How long each part may take, in milliseconds; `null` waits for ever. */
export interface ExplainedTimeouts {
  /** For a connection, in milliseconds. */
  readonly connect: Explained;
  /** Of silence, in milliseconds. */
  readonly read: Explained;
  /** For everything, in milliseconds. */
  readonly total: Explained;
}

/** What happens at a redirect. */
export interface ExplainedRedirects {
  /** Are they followed? */
  readonly allow: Explained;
  /** How many at most. */
  readonly most: Explained;
  /** Origins that may have what is for this one. */
  readonly trustedOrigins: Explained;
  /** Fields that go to any origin. */
  readonly crossOriginHeaders: Explained;
}

/** The adapter that the message travels through. */
export interface ExplainedAdapter {
  /** The name of its class. `null`: none is mounted for the URL. */
  readonly name: string | null;
  /** The prefix on which it is mounted; `null` for none. */
  readonly prefix: string | null;
  /** The target of the request line: path and query, or the whole URL for a proxy. `null`: the adapter does not tell. */
  readonly target: string | null;
  /** A socket of this machine that it connects to, whatever the URL says; `null` for none. */
  readonly socketPath: string | null;
}

/** Whether HSTS changed the URL. */
export interface ExplainedHsts {
  /** Did `http:` become `https:`? */
  readonly isSecured: boolean;
  /** The host that asked for it: the URL's, or one above it. `null`: none did, or the list does not tell. */
  readonly host: string | null;
  /** Who has the list: the session, or nobody. */
  readonly source: Source;
}

/** A hook that would be called. */
export interface ExplainedHook {
  /** The event. */
  readonly event: HookEvent;
  /** The name of the function; `""` for one without. */
  readonly name: string;
  /** Who gave it. */
  readonly source: Source;
}

/** An option, and what is said of it. */
export interface ExplainedSetting extends Explained {
  /** The name of the option. */
  readonly option: string;
  /** What counts beside, of options that are joined or have parts, such as `headers` and `timeout`; the strongest first. */
  readonly joined: readonly Beaten[];
}

/** All that an explanation says, as plain data. */
export interface ExplanationData {
  /** The method. */
  readonly method: string;
  /** The URL that is asked, without user info, and without the values of parameters that look secret. */
  readonly url: string;
  /** The header fields as they are sent, in the order of HTTP/1.1. */
  readonly headers: readonly ExplainedHeader[];
  /** The query, in its order. */
  readonly params: readonly ExplainedParam[];
  /** The cookies, those that are not sent as well. */
  readonly cookies: ExplainedCookies;
  /** Who signs. */
  readonly auth: ExplainedAuth;
  /** What would go along, and does not. */
  readonly dropped: readonly Dropped[];
  /** The proxy, and why it is that one. */
  readonly proxy: ExplainedProxy;
  /** TLS to the server. */
  readonly tls: ExplainedTls;
  /** The time limits. */
  readonly timeouts: ExplainedTimeouts;
  /** What happens at a redirect. */
  readonly redirects: ExplainedRedirects;
  /** The policy for retries. */
  readonly retry: Explained;
  /** The adapter. */
  readonly adapter: ExplainedAdapter;
  /** Whether HSTS changed the URL. */
  readonly hsts: ExplainedHsts;
  /** Hooks that would be called; what they would do nobody knows. */
  readonly hooks: readonly ExplainedHook[];
  /** A line for each option that there is. */
  readonly settings: readonly ExplainedSetting[];
  /** What one may not expect, in sentences. */
  readonly warnings: readonly string[];
}
