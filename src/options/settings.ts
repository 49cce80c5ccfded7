/**
 * Settings: options after reading. Each has a value, given or initial, in the form in which the stages and adapters work with it.
 */
import type {
  AddressPolicy,
  ClientCertificate,
  ProxySettings,
  RetryPolicy,
  SendOptions,
  Timeouts,
  TlsSettings,
  Verify,
} from "../core/adapter.ts";
import type { Auth } from "../core/auth-scheme.ts";
import type { CookieStore } from "../core/cookie-store.ts";
import type { CaBundle } from "../core/environment.ts";
import type { HeaderMap } from "../core/headers.ts";
import type { Hooks } from "../core/hooks.ts";
import type { Contract, Journey, RequestOptions, SendInit, SessionOptions } from "../core/options.ts";
import type { Origin } from "../core/origin.ts";
import type { Plan, PreparedRequest } from "../core/request.ts";
import type { CallWatch } from "../core/watch.ts";

/** Every option there is, with what it takes. */
export interface Options
  extends Omit<SessionOptions<boolean>, keyof RequestOptions>, RequestOptions<boolean> {}

/** Options that are no settings: they are for one message, or the session keeps them itself. */
export type OwnOption = "data" | "json" | "files" | "cookies" | "baseUrl" | "hsts" | "trustEnv";

/** Options that are read into something else than what they take. All others are read as they stand. */
interface ReadAs {
  readonly headers: HeaderMap;
  /** `undefined`: the URL's user info or netrc may say; `null`: none at all. */
  readonly auth: Auth | null | undefined;
  readonly timeout: Timeouts;
  readonly proxies: ProxySettings;
  readonly proxyHeaders: HeaderMap | null;
  readonly verify: Verify;
  readonly cert: ClientCertificate | null;
  readonly tls: TlsSettings | null;
  readonly addressPolicy: AddressPolicy | null;
  /** Origins that secrets may go to, beside that of the request. */
  readonly trustedOrigins: ReadonlySet<Origin>;
  /** Names of fields, in lower case, that go to any origin. */
  readonly crossOriginHeaders: ReadonlySet<string>;
  readonly hooks: Hooks;
  readonly expectContinue: number | null;
  /** `undefined`: what the adapter says. */
  readonly retry: RetryPolicy | null | undefined;
}

/** Settings that adapters know under another name than that of the option; `proxy` is another way to say `proxies`. */
export interface KnownAs {
  readonly timeout: "timeouts";
  readonly expectContinue: "expectContinueMs";
  readonly proxy: "proxies";
}

/** The setting that an option is read into. */
export type SettingOf<Name extends keyof Options> = Name extends keyof KnownAs ? KnownAs[Name] : Name;

/** What a call begins with, what a session or a scope says laid over it. */
export type Defaults = {
  readonly [Name in Exclude<keyof Options, OwnOption | "proxy"> as SettingOf<Name>]: Name extends keyof ReadAs
    ? ReadAs[Name]
    : Exclude<Options[Name], undefined>;
} & Circumstances;

/** What is no option, and goes along with the settings. */
export interface Circumstances extends Pick<
  SendOptions,
  "callSite" | "onInformational" | "turnMs" | "returnsEarly"
> {
  /** Certificates that the environment names: `trustOf()` says when they count. */
  readonly caBundle: CaBundle | null;
  readonly contract?: Contract;
  /** Who hears of the call; `null`: nobody. */
  readonly watch: CallWatch | null;
  readonly journey: Journey;
}

/** Settings that a prepared request has taken up: the stages do not see them. Of those that `send()` does not take, `auth` stays. */
type Prepared = Exclude<keyof RequestOptions, keyof SendInit | OwnOption | "auth">;

/** How a call travels: what the pipeline works with, and adapters are given as {@link SendOptions}. */
export interface Settings extends Omit<Defaults, Prepared> {}

/** Settings and cookies of the call that a request was prepared for: a prepared request brings them along. */
export interface CallPlan extends Plan {
  readonly settings: Settings;
  /** The session's jar, or the request's own cookies laid over it. */
  readonly cookies: CookieStore;
}

/** @internal The plan of a request; `null` for one that was prepared by no session. */
export function planOf({ plan }: PreparedRequest): CallPlan | null {
  return plan as CallPlan | null; // there are no others
}
