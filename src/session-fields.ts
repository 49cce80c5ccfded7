/**
 * The defaults of a session, as fields: what a program may look at and set at any time. What they come to is worked out in
 * `prepare/merge.ts`; those that need more than an assignment (`headers`, `cookies`, `baseUrl`) are in `session.ts`.
 *
 * May import: `core/`, `prepare/`, `verbs.ts`.
 */
import type { ProxyAuth } from "./core/adapter.ts";
import type { AuthOption } from "./core/auth-scheme.ts";
import type { HeadersInit } from "./core/headers.ts";
import type { HooksInit } from "./core/hooks.ts";
import type {
  AddressPolicyInit,
  CertInit,
  DetectEncoding,
  ParamsInit,
  ProxiesInit,
  SharedOptions,
  TimeoutInit,
  TlsInit,
  TrustEnv,
  VerifyInit,
} from "./core/options.ts";
import type { CheckedSessionOptions } from "./prepare/check.ts";
import { Verbs } from "./verbs.ts";

/** A session's defaults. `undefined`: not given. */
export abstract class SessionFields<Streams extends boolean> extends Verbs<Streams> {
  /** Joined with each request's. See {@link SharedOptions.params}. */
  params: ParamsInit | null | undefined;
  /** See {@link SharedOptions.auth}. */
  auth: AuthOption | undefined;
  /** See {@link SharedOptions.proxies}. */
  proxies: ProxiesInit | null | undefined;
  /** See {@link SharedOptions.proxy}. */
  proxy: string | false | null | undefined;
  /** See {@link SharedOptions.proxyHeaders}. */
  proxyHeaders: HeadersInit | null | undefined;
  /** See {@link SharedOptions.proxyAuth}. */
  proxyAuth: ProxyAuth | null | undefined;
  /** See {@link SharedOptions.verify}. */
  verify: VerifyInit | null | undefined;
  /** See {@link SharedOptions.cert}. */
  cert: CertInit | null | undefined;
  /** See {@link SharedOptions.tls}. */
  tls: TlsInit | null | undefined;
  /** See {@link SharedOptions.addressPolicy}. */
  addressPolicy: AddressPolicyInit | null | undefined;
  /** See {@link SharedOptions.trustedOrigins}. */
  trustedOrigins: readonly (string | URL)[] | null | undefined;
  /** See {@link SharedOptions.crossOriginHeaders}. */
  crossOriginHeaders: readonly string[] | null | undefined;
  /** See {@link SessionOptions.idempotencyKey}. */
  idempotencyKey: boolean | undefined;
  /** See {@link SharedOptions.timeout}. */
  timeout: TimeoutInit | null | undefined;
  /** See {@link SharedOptions.http2}. */
  http2: boolean | undefined;
  /** See {@link SharedOptions.rawUrl}. */
  rawUrl: boolean | undefined;
  /** See {@link SharedOptions.expectContinue}. */
  expectContinue: boolean | number | null | undefined;
  /** See {@link SharedOptions.hooks}. */
  hooks: HooksInit | null | undefined;
  /** See {@link SharedOptions.retry}. */
  retry: SharedOptions["retry"];
  /** See {@link SharedOptions.stream}. May be changed where the type says `boolean`. */
  stream: Streams;
  /** See {@link SharedOptions.allowRedirects}. */
  allowRedirects: boolean | undefined;
  /** See {@link SharedOptions.detectEncoding}. */
  detectEncoding: DetectEncoding | null | undefined;
  /** See {@link SharedOptions.maxBodyBytes}. */
  maxBodyBytes: number | null | undefined;
  /** See {@link SharedOptions.maxDrainBytes}. */
  maxDrainBytes: number | undefined;
  /** See {@link SharedOptions.maxCodings}. */
  maxCodings: number | undefined;
  /** See {@link SharedOptions.maxSetCookies}. */
  maxSetCookies: number | undefined;
  /** See {@link SessionOptions.maxRedirects}. */
  maxRedirects: number | undefined;
  /** See {@link SessionOptions.trustEnv}. The environment is read once: set it before the first request. */
  trustEnv: boolean | TrustEnv;

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
