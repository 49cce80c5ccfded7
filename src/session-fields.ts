/**
 * The defaults of a session, as fields: what a program may look at and set at any time. What they come to is worked out in
 * `prepare/merge.ts`; those that need more than an assignment (`headers`, `cookies`, `baseUrl`, `hsts`) are in `session.ts`.
 *
 * What a field is, and what it means, is said once, where the option of its name is: editors show that here, too.
 */
import type { SessionOptions, TrustEnv } from "./core/options.ts";
import type { CheckedSessionOptions } from "./prepare/check.ts";
import { Verbs } from "./verbs.ts";

/** Options that may be set again. */
type Settable<Options> = { -readonly [Name in keyof Options]: Options[Name] };

/** A session's defaults. Absent or `undefined`: not given. */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- the constructor sets all of them
export interface SessionFields<Streams extends boolean> extends Settable<
  Omit<SessionOptions<Streams>, "headers" | "cookies" | "baseUrl" | "hsts" | "stream" | "trustEnv">
> {}

/** A session's defaults. */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- likewise
export abstract class SessionFields<Streams extends boolean> extends Verbs<Streams> {
  /**
   * Do calls that say nothing themselves give a {@link StreamedResponse}? May be changed where the type says `boolean`. Default:
   * `false`.
   */
  stream: Streams;
  /**
   * Read proxies, CA bundle and netrc from the environment: all, none, or each. It is read once, with the first request.
   * Default: `true`.
   */
  trustEnv: boolean | TrustEnv;

  /** @internal */
  constructor(given: CheckedSessionOptions) {
    super();
    this.params = given.params;
    this.auth = given.auth;
    this.proxies = given.proxies;
    this.proxy = given.proxy;
    this.proxyHeaders = given.proxyHeaders;
    this.proxyAuth = given.proxyAuth;
    this.verify = given.verify;
    this.cert = given.cert;
    this.tls = given.tls;
    this.addressPolicy = given.addressPolicy;
    this.trustedOrigins = given.trustedOrigins;
    this.crossOriginHeaders = given.crossOriginHeaders;
    this.idempotencyKey = given.idempotencyKey;
    this.timeout = given.timeout;
    this.http2 = given.http2;
    this.rawUrl = given.rawUrl;
    this.expectContinue = given.expectContinue;
    this.hooks = given.hooks;
    this.retry = given.retry;
    // The type comes from the same options: absent is `false`, by default.
    this.stream = (given.stream ?? false) as Streams;
    this.allowRedirects = given.allowRedirects;
    this.detectEncoding = given.detectEncoding;
    this.maxBodyBytes = given.maxBodyBytes;
    this.maxDrainBytes = given.maxDrainBytes;
    this.maxCodings = given.maxCodings;
    this.maxSetCookies = given.maxSetCookies;
    this.maxRedirects = given.maxRedirects;
    this.trustEnv = given.trustEnv ?? true;
  }
}
