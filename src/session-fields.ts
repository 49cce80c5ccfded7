/**
 * The defaults of a session, as fields: what a program may look at and set at any time. What they come to is worked out in
 * `prepare/merge.ts`; those that need more than an assignment (`headers`, `cookies`, `baseUrl`, `hsts`) are in `session.ts`.
 *
 * What a field means is said once, where the option of its name is: editors show that here, too.
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
  SessionOptions,
  SharedOptions,
  TimeoutInit,
  TlsInit,
  TrustEnv,
  VerifyInit,
} from "./core/options.ts";
import type { CheckedSessionOptions } from "./prepare/check.ts";
import { Verbs } from "./verbs.ts";

/** A session's defaults. `undefined`: not given. */
export abstract class SessionFields<Streams extends boolean>
  extends Verbs<Streams>
  implements Omit<SessionOptions<Streams>, "headers" | "cookies" | "baseUrl" | "hsts">
{
  params: ParamsInit | null | undefined;
  auth: AuthOption | undefined;
  proxies: ProxiesInit | null | undefined;
  proxy: string | false | null | undefined;
  proxyHeaders: HeadersInit | null | undefined;
  proxyAuth: ProxyAuth | null | undefined;
  verify: VerifyInit | null | undefined;
  cert: CertInit | null | undefined;
  tls: TlsInit | null | undefined;
  addressPolicy: AddressPolicyInit | null | undefined;
  trustedOrigins: readonly (string | URL)[] | null | undefined;
  crossOriginHeaders: readonly string[] | null | undefined;
  idempotencyKey: boolean | undefined;
  timeout: TimeoutInit | null | undefined;
  http2: boolean | undefined;
  rawUrl: boolean | undefined;
  expectContinue: boolean | number | null | undefined;
  hooks: HooksInit | null | undefined;
  retry: SharedOptions["retry"];
  /**
   * Do calls that say nothing themselves give a {@link StreamedResponse}? May be changed where the type says `boolean`. Default:
   * `false`.
   */
  stream: Streams;
  allowRedirects: boolean | undefined;
  detectEncoding: DetectEncoding | null | undefined;
  maxBodyBytes: number | null | undefined;
  maxDrainBytes: number | undefined;
  maxCodings: number | undefined;
  maxSetCookies: number | undefined;
  maxRedirects: number | undefined;
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
