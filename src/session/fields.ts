/**
 * The defaults of a session, as fields: what a program may look at and set at any time. What they come to is worked out in
 * `options/merge.ts`; those that need more than an assignment (`headers`, `cookies`, `baseUrl`, `hsts`) are in `session.ts`.
 *
 * What a field means is what the option of its name means.
 */
import type { SessionOptions, TrustEnv } from "../core/options.ts";
import type { CheckedSessionOptions } from "../options/check.ts";
import { Verbs } from "./verbs.ts";

/** A session's defaults, each with the text of its option: not all editors look it up there. Absent or `undefined`: not given. */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging, no-unused-vars -- the constructor sets all of them; both name the same parameters
export interface SessionFields<Streams extends boolean> {
  /**
   * The query, or more of it: it is put behind that of the URL. A request's are joined with its session's, name by name, and
   * its value replaces; `null` as a value removes a name, an array repeats it. `null` for all: no query but the URL's own.
   * Default: none.
   *
   * @throws {TypeError} for a value that a query cannot hold, such as an object, before anything is sent.
   */
  params?: SessionOptions["params"];
  /**
   * Credentials of the request's origin: `[user, password]` for Basic, an {@link Auth} object, or a function that changes the
   * request. `false` or `null`: none, not even the session's, netrc's or the URL's. Default: what the URL says, else netrc.
   *
   * @throws {TypeError} for anything else, before anything is sent.
   */
  auth?: SessionOptions["auth"];
  /**
   * Proxies by scheme or host: `{ https: "http://proxy:3128", "all://intranet.test": null }`. The most specific key wins;
   * these go before those of the environment. A key with `null` is off, also in the environment; `null` for all: no proxy at all.
   * Default: those of the environment (`HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`), unless `trustEnv` is off.
   *
   * @throws {TypeError} for a key that fits no URL. {@link InvalidURL} for a proxy that is none. Before anything is sent.
   */
  proxies?: SessionOptions["proxies"];
  /**
   * One proxy for everything: a URL that begins with `http:`, `https:`, `socks5:` (names are resolved here) or `socks5h:` (at the
   * proxy). `false` or `null`: none, whatever the session or the environment say. Default: what `proxies` says.
   *
   * @throws {InvalidURL} for any other, before anything is sent. {@link ProxyError} when the proxy cannot be reached, or refuses.
   */
  proxy?: SessionOptions["proxy"];
  /**
   * Header fields for an HTTP proxy: sent with `CONNECT`, or along with a request that the proxy forwards. No server gets them
   * through a tunnel, or without a proxy; SOCKS has no such thing. A request's replace its session's. `null`: none. Default: none.
   *
   * @throws {InvalidHeader} for a field that frames a message or is about the connection.
   */
  proxyHeaders?: SessionOptions["proxyHeaders"];
  /**
   * Credentials for proxies that ask with 407, such as {@link HttpProxyDigestAuth}. They go before those in the proxy's URL,
   * which are sent unasked (Basic). Not for SOCKS. `null`: none. Default: none.
   */
  proxyAuth?: SessionOptions["proxyAuth"];
  /**
   * Which certificates to trust: `true` those that Node trusts, a path of a PEM file or a folder of them, PEM text or bytes.
   * `false` trusts any: whoever sits between can read and change everything, and a warning says so. `null` is `true`, whatever
   * the session says. Default: `true`, with the bundle that the environment names (`REQUESTS_CA_BUNDLE`, `CURL_CA_BUNDLE`).
   *
   * @throws {SSLError} for a bundle that cannot be read (phase `prepare`), a certificate that is not trusted (phase `connect`).
   */
  verify?: SessionOptions["verify"];
  /**
   * Client certificate, shown to the origin of the request only: a path of a PEM file with certificate and key, `[certificate,
   * key]`, or parts (`{ pfx, passphrase }`). `null`: none. Default: none.
   *
   * @throws {SSLError} (phase `prepare`) for one that cannot be read, before anything is sent.
   */
  cert?: SessionOptions["cert"];
  /**
   * TLS versions, cipher suites, pins, where roots come from. A request's fields go before its session's. `null`: Node's
   * defaults, whatever the session says. Default: Node's.
   *
   * @throws {TypeError | RangeError} for an unknown field or value, {@link SSLError} for what OpenSSL does not take: before anything
   *   is sent.
   */
  tls?: SessionOptions["tls"];
  /**
   * Which addresses may be connected to, at every hop: `"public"` refuses loopback, private networks, link-local (metadata of
   * clouds), and whatever else is not for everybody (IANA's special-purpose registries), IPv4 inside IPv6 too. A function
   * says `true` or `false` for each address that a name leads to. For programs that are given URLs by others (server-side
   * request forgery). Through a proxy nobody can tell: such a request is refused; set `proxy: false` beside it.
   * Default: `null`, any.
   *
   * @throws {AddressRefused} before anything is sent.
   */
  addressPolicy?: SessionOptions["addressPolicy"];
  /**
   * Origins, such as `"https://files.example.com"`, that may have what is for the request's own: a redirect to one of them
   * keeps auth, client certificate, the caller's `Cookie` and all headers, and with a `baseUrl` the session's defaults go to
   * them, too. Exactly these; a redirect from one of them to any other loses it all. A request's list replaces its session's.
   * Default: `null`, none.
   *
   * @throws {TypeError} for anything but a list of origins.
   */
  trustedOrigins?: SessionOptions["trustedOrigins"];
  /**
   * Names of header fields that go along to any origin, beside harmless ones such as `Accept`: on redirects, and with a
   * `baseUrl` those of the session in requests elsewhere. For what is no secret, such as `X-Trace-Id`. A request's list
   * replaces its session's. Default: `null`, none.
   *
   * @throws {RangeError} for `Authorization`, `Cookie`, `Proxy-Authorization` and `Host`; {@link trustedOrigins} is for those.
   */
  crossOriginHeaders?: SessionOptions["crossOriginHeaders"];
  /** Give requests whose method is not idempotent (POST, PATCH) an `Idempotency-Key` of their own. Default: `false`. */
  idempotencyKey?: SessionOptions["idempotencyKey"];
  /**
   * How long to wait, in milliseconds: `connect` for a connection (name, TCP, proxy, TLS), `read` for silence, `total`
   * for everything, redirects, retries and body included. More than 0, up to 2 147 483 647; `null` waits for ever.
   * Default: connect 10 000, read 60 000, no total.
   *
   * @throws {ConnectTimeout | ReadTimeout | Timeout} when one runs out.
   */
  timeout?: SessionOptions["timeout"];
  /**
   * Offer HTTP/2 to servers behind TLS, directly or through a proxy's tunnel. Whoever speaks it gets all requests of an
   * origin on one connection; `response.httpVersion` tells. Default: `false`.
   */
  http2?: SessionOptions["http2"];
  /**
   * Send path and query as they were typed: no dot segment is resolved, no escape written otherwise, nothing encoded. For URLs
   * that are signed as they stand. Scheme and host are prepared as ever, `params` are encoded and appended. A `Location` is the
   * server's, and is prepared. Default: `false`.
   *
   * @throws {InvalidURL} for a character that cannot stand in a request line, with its place.
   */
  rawUrl?: SessionOptions["rawUrl"];
  /**
   * Ask before sending a body (RFC 9110 §10.1.1): with `Expect: 100-continue` the head goes first, and the body when the
   * server says `100 Continue`, or so many milliseconds later; `true` is 1000. A server that refuses (401, 413, a redirect)
   * is not sent the body, and `417` is answered by sending again without asking. `null` is `false`. Default: `false`.
   */
  expectContinue?: SessionOptions["expectContinue"];
  /**
   * Functions to call at events: one or a list for each of `request`, `response`, `redirect`, `retry`, `error`,
   * `informational`, `cookieRefused`. The session's run first, then the request's. What a hook throws is the error of the call.
   * `null` for an event, or for all: none, not even the session's. Default: none.
   *
   * @throws {TypeError} for an event that does not exist, before anything is sent.
   */
  hooks?: SessionOptions["hooks"];
  /**
   * Retries: a policy such as {@link Retry}, a number of them, `null` or `false` for none. Each hop has its own. Default: what
   * the adapter says (`maxRetries`), which is none beside the one safe resend on a connection that had died.
   *
   * @throws {RetryError} when they are used up by statuses; else the error of the last attempt.
   */
  retry?: SessionOptions["retry"];
  /** Follow redirects, up to `maxRedirects`? Default: `true`, but `false` for `head()`. */
  allowRedirects?: SessionOptions["allowRedirects"];
  /**
   * Guesses the charset of texts that nobody names (no `charset`, byte order mark or `meta`) and that are not Unicode:
   * `detectCharset` of `sojourn/charset`, or a function of your own. It sees the whole body; of one that is iterated over, the
   * first piece that needs it. Its `null`, or a name that Node does not know, is windows-1252. Default: `null`, nobody is
   * asked.
   */
  detectEncoding?: SessionOptions["detectEncoding"];
  /**
   * Most decoded bytes of a body that is read into memory; `null`: no limit. What a coding inside a chain gives may be a
   * sixteenth and 64 KiB longer. Default: 268 435 456 (256 MiB).
   *
   * @throws {ResponseTooLarge} when the body is read.
   */
  maxBodyBytes?: SessionOptions["maxBodyBytes"];
  /**
   * Most bytes of the body of a response that another one follows (a redirect, a challenge, a status that is retried): so many
   * are read and kept, so that the connection can be used again. With more the body in `history` cannot be read, and what
   * has not come yet costs the connection. 0 or more. Default: 262 144 (256 KiB).
   */
  maxDrainBytes?: SessionOptions["maxDrainBytes"];
  /**
   * Most content codings on one body, `identity` not counted. 0 or more. Default: 5, as in urllib3 and undici.
   *
   * @throws {TooManyCodings} when the body is read.
   */
  maxCodings?: SessionOptions["maxCodings"];
  /**
   * Most `Set-Cookie` fields of one response that are looked at; the others are refused with the reason `too-many`, of which
   * the `cookieRefused` hook is told. 0 or more. Default: 180, as many as a jar keeps for one domain.
   */
  maxSetCookies?: SessionOptions["maxSetCookies"];
  /**
   * Most redirects that are followed. 0 or more. Default: 30.
   *
   * @throws {TooManyRedirects} at the next one.
   */
  maxRedirects?: SessionOptions["maxRedirects"];
}

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
