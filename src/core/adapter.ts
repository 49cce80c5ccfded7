/**
 * Adapter: what every transport implements.
 */
import type { ProxyRules } from "./environment.ts";
import type { HeaderMap } from "./headers.ts";
import type { PreparedRequest } from "./request.ts";
import type { WireResponse } from "./response.ts";
import type { Url } from "./url.ts";
import type { CallWatch } from "./watch.ts";

/** Which certificates are trusted: the built-in ones, none is looked at, or those of a bundle. */
export type Verify =
  | { readonly kind: "default" }
  | { readonly kind: "off" }
  /** A file or a folder of PEM certificates. `variable`: the environment names it under that name, nobody asked for it outright. */
  | { readonly kind: "path"; readonly path: string; readonly variable?: string }
  | { readonly kind: "pem"; readonly pem: string };

/** A client certificate. Strings that begin with `-----BEGIN` are PEM, others are paths. */
export interface ClientCertificate {
  /** The certificate, with those between it and its authority. */
  readonly cert?: string | Uint8Array;
  /** Its private key. */
  readonly key?: string | Uint8Array;
  /** Both in one, as PKCS #12: a path or bytes. */
  readonly pfx?: string | Uint8Array;
  /** Opens `key` or `pfx`, where they are encrypted. */
  readonly passphrase?: string;
}

/** A version of TLS that may be asked for. What is older is broken (RFC 8996). */
export type TlsVersion = "TLSv1.2" | "TLSv1.3";

/** What a server's own certificate must be: SHA-256 of its public key (base64, RFC 7469) or of all of it (hex). */
export type TlsPin =
  | { readonly kind: "key"; readonly hash: string }
  | { readonly kind: "certificate"; readonly hash: string };

/** Where trusted roots come from: those that are in Node, those of the system, or all of them. */
export type TlsStore = "bundled" | "system" | "both";

/** More about TLS, worked out. `null` is Node's own default each time. */
export interface TlsSettings {
  /** The least version. */
  readonly minVersion: TlsVersion | null;
  /** The highest version. */
  readonly maxVersion: TlsVersion | null;
  /** As OpenSSL writes them. */
  readonly ciphers: string | null;
  /** The origin's certificate must fit one of them, beside what `verify` says. Not for proxies. */
  readonly pins: readonly TlsPin[] | null;
  /** Counts when `verify` is the default. */
  readonly store: TlsStore | null;
  /** Asked for in the handshake, and looked for in the origin's certificate, in place of the URL's host. Not for proxies. */
  readonly serverName: string | null;
  /** Lists of revoked certificates: PEM, or paths of it. */
  readonly crl: readonly (string | Uint8Array)[] | null;
}

/**
 * May a connection to `address` be used? Asked for each address that a name leads to, before anything is sent to it. `false`
 * for one of several leaves the others.
 *
 * @param address IPv4 with dots or IPv6, as the resolver or the URL has it.
 */
export type AddressPolicy = (
  address: string,
  /** Where the request goes. */
  target: { readonly hostname: string; readonly port: number },
) => boolean;

/** A message to a proxy, as its credentials see it. */
export interface ProxyMessage {
  /** `CONNECT`, or that of the request. */
  readonly method: string;
  /** As in the request line: `host:port` of CONNECT, else the whole URL without user info. */
  readonly uri: string;
  /** `scheme://host:port` of the proxy. */
  readonly proxy: string;
}

/**
 * Credentials for a proxy that asks for them with 407. `auth/` has Digest; those of Basic stand in the proxy's URL.
 *
 * Each message is one object, however often it is sent: so it can be told which of several at a time was challenged. What a
 * method throws, or its promise is rejected with, comes back to the caller as it is.
 */
export interface ProxyAuth {
  /** The value of `Proxy-Authorization` for a message; `null` for none. */
  authorize(message: ProxyMessage): string | null | Promise<string | null>;
  /**
   * The proxy answered the message with 407 and these fields `Proxy-Authenticate`: does `authorize` know better now?
   *
   * @param answered how many challenges of this message were answered before; asked at most four times, since nonces go stale
   *   while others are answered beside.
   */
  onChallenge(
    challenges: readonly string[],
    message: ProxyMessage,
    answered: number,
  ): boolean | Promise<boolean>;
  /**
   * Sees the fields of each other answer to a message, for what they say of the next one (`Proxy-Authentication-Info`,
   * RFC 7615): that of CONNECT, or of the response that the proxy forwards.
   */
  onResponse?(headers: HeaderMap, message: ProxyMessage): void;
}

/** How long to wait, in milliseconds; `null` waits for ever. */
export interface Timeouts {
  /** For a connection, in milliseconds: name, TCP, proxy and TLS together. */
  readonly connectMs: number | null;
  /** Of silence, in milliseconds. */
  readonly readMs: number | null;
  /** For everything, in milliseconds. The session sees to it; an adapter is told by its `signal`. */
  readonly totalMs: number | null;
  /** @internal Did anybody say how long silence may last, be it the default? */
  readonly isReadGiven?: boolean;
}

/** What is known of the proxies: `explicit` (the caller's) goes before `environment`. */
export interface ProxySettings {
  /** What the caller said. */
  readonly explicit: ProxyRules;
  /** What the environment says. */
  readonly environment: ProxyRules;
}

/** How one message is to travel. Redirects, cookies, auth and retries are not in here: they are stages above. */
export interface SendOptions {
  /** How long to wait, in milliseconds. */
  readonly timeouts: Timeouts;
  /** Which certificates are trusted. */
  readonly verify: Verify;
  /** The client certificate; `null` for none. */
  readonly cert: ClientCertificate | null;
  /** More about TLS. `null`: Node's defaults. */
  readonly tls: TlsSettings | null;
  /** The proxies, of which the adapter chooses by URL. */
  readonly proxies: ProxySettings;
  /** Fields for the proxy itself, in CONNECT or beside those of a request that it forwards; `null` for none. */
  readonly proxyHeaders: HeaderMap | null;
  /** Credentials for proxies that ask; they go before those in the proxy's URL. `null` for none. */
  readonly proxyAuth: ProxyAuth | null;
  /** `null`: connect to any address. An adapter that cannot hold to a policy must fail. */
  readonly addressPolicy: AddressPolicy | null;
  /** Offer HTTP/2 to servers behind TLS. */
  readonly http2: boolean;
  /** The caller will stream the body: the adapter does not read ahead further than its buffer. */
  readonly stream: boolean;
  /** Where a streamed response was asked for: lines of a stack, for a warning; `null` when it is not known. */
  readonly callSite: string | null;
  /** Most bytes of a response that another one follows: they are read, so that its connection can be used again. */
  readonly maxDrainBytes: number;
  /** How long to wait for a free connection where the adapter has no limit of its own, in milliseconds. Default: 60 000. */
  readonly turnMs?: number | undefined;
  /** A streamed body that has come whole holds its connection no longer, read or not. Default: `false`. */
  readonly returnsEarly?: boolean | undefined;
  /** Told of bytes sent and received; `null`: nobody. */
  readonly onProgress: ProgressListener | null;
  /** Told of interim responses, but of the `100 Continue` that was waited for. What it throws ends the exchange. */
  readonly onInformational: ((interim: InterimResponse) => void) | null;
  /**
   * How long the body waits for `100 Continue`, in milliseconds, when the request has `Expect: 100-continue`; `null`: not at
   * all.
   */
  readonly expectContinueMs: number | null;
  /** @internal Who hears of the call; absent or `null`: nobody. */
  readonly watch?: CallWatch | null | undefined;
}

/** A response with a status below 200: the real one follows (RFC 9110 §15.2). */
export interface InterimResponse {
  /** The status code, 100 to 199. */
  readonly status: number;
  /** Its header fields. */
  readonly headers: HeaderMap;
}

/** Told of bytes sent and received; `totalBytes` is `null` when the length is not known. */
export type ProgressListener = (progress: {
  /** The body of the request, or that of the response. */
  readonly direction: "upload" | "download";
  /** How many have gone or come so far. */
  readonly bytes: number;
  /** How many there are in all; `null` when that is not known. */
  readonly totalBytes: number | null;
}) => void;

/**
 * Sends single requests. Redirects, cookies, auth and retries are not its business: they are stages above it.
 *
 * Mount your own on a URL prefix to change how some requests travel: `session.mount("https://", adapter)`.
 */
export interface Adapter {
  /**
   * Sends `request` once and resolves when the head of the response is there; the body follows.
   *
   * The caller reads that body to its end, drains or cancels it, or the connection is never used again.
   *
   * @param signal the caller's abort and the total deadline in one, or `null`.
   * @throws {ConnectTimeout | ReadTimeout} when connection or head do not arrive in time.
   * @throws {ConnectionError} when there is no response; `cause` is the error of the layer below.
   * @throws `signal.reason`, as it is, when `signal` aborts.
   */
  send(request: PreparedRequest, options: SendOptions, signal: AbortSignal | null): Promise<WireResponse>;
  /** Retries of requests that travel through this adapter and say nothing themselves: a number, a policy; `null` for none. */
  readonly maxRetries?: RetryPolicy | number | null;
  /** @internal Does a message to `url` go to its host itself, and on no other way? Absent: not known. */
  isDirect?(url: Url, options: SendOptions): boolean;
  /**
   * @internal How a message would travel, told without sending it. Absent, or `null`: it is known when it is sent.
   *
   * @throws as `send` would before anything is sent.
   */
  foresee?(request: PreparedRequest, options: SendOptions): Foreseen | null;
  /** Ends open connections; later calls of `send` fail. Safe to call twice. */
  close(): Promise<void>;
}

/** How a message would travel: what `session.explain()` asks our own adapters. */
export interface Foreseen {
  /** Its field lines in the order in which HTTP/1.1 has them: name, value, name, value ... Holds secrets. */
  readonly fields: readonly string[];
  /** The target of the request line: path and query, or the whole URL for a proxy. */
  readonly target: string;
  /** A proxy gets it as it is, and no tunnel is opened. */
  readonly isForwarded: boolean;
  /** The server is offered HTTP/2, and chooses. */
  readonly isHttp2Offered: boolean;
  /** `proxyAuth` would be asked what to say to the proxy. */
  readonly hasProxyAuth: boolean;
  /** A socket of this machine that it would go to, whatever the URL says; `null` for none. */
  readonly socketPath: string | null;
  /** Was the adapter closed? Nothing is sent any more. */
  readonly isClosed: boolean;
}

/** How an attempt failed: without a connection, without a whole answer, otherwise, or with a status. */
export type AttemptFailure =
  | { readonly kind: "connect" | "read" | "other"; readonly error: Error }
  | { readonly kind: "status"; readonly status: number; readonly retryAfter: string | null };

/** What a policy says of a failed attempt. */
export type RetryDecision =
  | {
      readonly kind: "again";
      readonly delayMs: number;
      readonly policy: RetryPolicy;
      /** When the budget is used up: is a status then a {@link RetryError}, as with "exhausted"? Default: `true`. */
      readonly raise?: boolean;
    }
  /** Not a case for a retry: the response or the error is the result. */
  | { readonly kind: "final" }
  /** One attempt too many: a {@link RetryError} for a status (unless the policy hands the response out), else the error. */
  | { readonly kind: "exhausted"; readonly raise: boolean };

/** How many retries an origin gets from a session, within a window of time that slides along. */
export interface RetryBudget {
  /** Retries as a share of the requests begun in the window. */
  readonly ratio: number;
  /** Retries a second beside that share, for the whole window at once if need be. */
  readonly perSecond: number;
  /** Length of the window, in milliseconds. */
  readonly window: number;
}

/** Decides about retries. Immutable: a decision brings the policy for the next attempt. `retries/` has `Retry`. */
export interface RetryPolicy {
  /**
   * How many retries an origin may get; a number is the share alone, with the defaults of `Retry` for the rest. Absent or
   * `null`: no such limit.
   */
  readonly budget?: RetryBudget | number | null;
  /**
   * What to do after an attempt failed. Pure: the same arguments, the same answer.
   *
   * @param context `now` in milliseconds since the epoch; `random` from 0 to 1.
   */
  next(
    method: string,
    failure: AttemptFailure,
    context: { readonly now: number; readonly random: number },
  ): RetryDecision;
}
