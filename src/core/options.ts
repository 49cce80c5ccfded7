/**
 * Options of sessions and requests, and `Request`: method, URL and options together.
 *
 * `undefined` or absent means "not given: inherit"; `null` means "off" or "remove". Times are milliseconds, sizes bytes.
 */
import type {
  AddressPolicy,
  ClientCertificate,
  ProgressListener,
  ProxyAuth,
  RetryPolicy,
  TlsStore,
  TlsVersion,
} from "./adapter.ts";
import type { AuthOption } from "./auth-scheme.ts";
import type { RawBody } from "./body.ts";
import type { CookieStore } from "./cookie-store.ts";
import type { HeadersInit } from "./headers.ts";
import type { HooksInit } from "./hooks.ts";
import { describe } from "./describe.ts";
import { isUrl } from "./realm.ts";
import { bareUrl, printAs, shownUrl } from "./redact.ts";

/** A scalar of a query or a form: written as JavaScript spells it. `null` and `undefined` leave the name out. */
export type Scalar = string | number | bigint | boolean | Uint8Array | null | undefined;

/**
 * Names and values of a query or a form. An array repeats the name; order is kept. The values of a literal are held to
 * {@link Scalar} when it is compiled, all others before anything is sent.
 */
export type FieldsInit =
  | { readonly [name: string]: Scalar | readonly Scalar[] }
  | (object & FieldsObject)
  | Iterable<readonly [name: string | Uint8Array, value: Scalar | readonly Scalar[]]>
  | URLSearchParams;

/**
 * A record whose type is an interface. TypeScript gives such a type no index signature, so it cannot look at the values. Classes
 * of the platform are told apart by the symbols that they have.
 */
export interface FieldsObject {
  /** Every object has it: the type is not one of which all may be absent. */
  toString(): string;
  /** No list, no `Map`, no text. */
  readonly [Symbol.iterator]?: never;
  /** No stream. */
  readonly [Symbol.asyncIterator]?: never;
  /** No promise, buffer, or other class that bears a name. */
  readonly [Symbol.toStringTag]?: never;
  /** No `Date`. */
  readonly [Symbol.toPrimitive]?: never;
  /** No function. */
  readonly [Symbol.hasInstance]?: never;
  /** No regular expression. */
  readonly [Symbol.match]?: never;
}

/** `params`: fields, or a query that is encoded already. */
export type ParamsInit = string | Uint8Array | FieldsInit;

/** `data`: a form, or a body as it is; a function is called for each sending, which makes any stream replayable. */
export type DataInit = RawBody | FieldsInit | FormData | (() => unknown);

/** One file of a multipart body. */
export interface FilePart {
  /** The name that the server is told. `null` makes it a plain field. Default: that of the content, else the field's name. */
  readonly filename?: string | null | undefined;
  /** What is in it; a function is called for each sending. `null` leaves the file out. */
  readonly content: RawBody | null | (() => unknown);
  /** The media type; `""` for none. Default: that of a Blob (`application/octet-stream` when it has none), else none is sent. */
  readonly contentType?: string | undefined;
  /** More header fields of the part. Default: none. */
  readonly headers?: HeadersInit | undefined;
}

/** A file: its content, `[filename, content, contentType?, headers?]`, or an object. A `File` brings its name and type. */
export type FileInit =
  | FilePart["content"]
  | FilePart
  | readonly [
      filename: string | null,
      content: FilePart["content"],
      contentType?: string | null,
      headers?: HeadersInit,
    ];

/** Files by field name; pairs to repeat a name. */
export type FilesInit =
  | { readonly [field: string]: FileInit | readonly FileInit[] }
  | Iterable<readonly [field: string, file: FileInit]>;

/** `cookies`: names and values for this request's origin, or a jar. `null` leaves a session's cookie out. */
export type CookiesInit = { readonly [name: string]: string | number | null | undefined } | CookieStore;

/** `timeout`: both, `[connect, read]`, or each, in milliseconds. `null` waits for ever. */
export type TimeoutInit =
  | number
  | readonly [connect: number | null, read: number | null]
  | {
      /** For a connection: name, TCP, proxy and TLS together. Default: 10 000. */
      readonly connect?: number | null | undefined;
      /** Of silence, before the head of the response and inside its body. Default: 60 000. */
      readonly read?: number | null | undefined;
      /** For everything, redirects, retries and body included. Default: `null`. */
      readonly total?: number | null | undefined;
    };

/**
 * `proxies`: by `http`, `https`, `all`, `http://host`, `https://host`, `all://host`; and `no_proxy`. `null` turns a key off, also
 * that of the environment. A key that fits no URL is an error.
 */
export type ProxiesInit = { readonly [key: string]: string | null | undefined };

/** `verify`: `true`, `false`, path of a bundle or a folder, or PEM text (also as bytes). */
export type VerifyInit = boolean | string | Uint8Array;

/** `cert`: path of a PEM file with both, `[certificate, key]`, or parts. */
export type CertInit =
  | string
  | readonly [cert: string | Uint8Array, key: string | Uint8Array]
  | ClientCertificate;

/**
 * Guesses the charset of a text that nobody names and that is neither Unicode nor plain ASCII; `null` when it cannot. The bytes
 * must not be changed.
 */
export type DetectEncoding = (bytes: Uint8Array) => string | null;

/** `addressPolicy`: only addresses that everybody can reach, or those that a function allows. */
export type AddressPolicyInit = "public" | AddressPolicy;

/** `tls`: what more there is to say of TLS. A request's fields go before its session's; `null` is Node's default. */
export interface TlsInit {
  /** The least version of TLS. `null` is the default. Default: Node's own, which is TLS 1.2 unless it was started otherwise. */
  readonly minVersion?: TlsVersion | null | undefined;
  /** The highest version of TLS; not below `minVersion`. `null` is the default. Default: Node's own, TLS 1.3. */
  readonly maxVersion?: TlsVersion | null | undefined;
  /**
   * Cipher suites as OpenSSL lists them, joined with `:`. `null` is the default. Default: Node's own.
   *
   * @throws {SSLError} when OpenSSL has none of them.
   */
  readonly ciphers?: string | null | undefined;
  /**
   * What the origin's own certificate must be, one or a list of which one must fit: `sha256/` and the base64 of the SHA-256
   * of its public key (SubjectPublicKeyInfo, RFC 7469), or 64 hex digits, colons allowed: SHA-256 of the certificate. Checked
   * on each connection beside `verify`, also when that is `false`; of a proxy never. Default: `null`, anything goes.
   *
   * @throws {SSLError} (phase `connect`) that names the key it saw, before anything is sent.
   */
  readonly pins?: string | readonly string[] | null | undefined;
  /**
   * The roots to trust: those in Node, those of the system, or both. For `verify: true` only: a path, certificates or `false`
   * go before it. It goes before the environment's bundle. Default: `null`, as Node was started.
   *
   * @throws {SSLError} (phase `prepare`) where Node cannot read the system's.
   */
  readonly store?: TlsStore | null | undefined;
  /**
   * The name that is asked for in the handshake (SNI) and that the origin's certificate must have, in place of the URL's
   * host: for a server that is reached by another name or by its address. A host name or an address; of a proxy never.
   * Default: `null`, the URL's host.
   */
  readonly serverName?: string | null | undefined;
  /**
   * Lists of revoked certificates (RFC 5280 §5): PEM text, bytes of it, or a path; one or several. With them, each authority
   * of a chain must have a list. Default: `null`, nobody asks whether a certificate was revoked.
   *
   * @throws {SSLError} for a revoked certificate (phase `connect`), or a list that cannot be read (phase `prepare`).
   */
  readonly crl?: string | Uint8Array | readonly (string | Uint8Array)[] | null | undefined;
}

/**
 * Options that a session has as defaults and a request may override. Absent or `undefined`: not said, what is more general
 * holds, at last the default. A session's fields are the same as its options, with their texts: so they may be set.
 *
 * @typeParam Stream what `stream` may be; see {@link RequestOptions}.
 */
export interface SharedOptions<Stream extends boolean = false> {
  /**
   * Header fields. A request's are joined with its session's, name by name without case; `null` as a value removes one, an
   * array repeats it. `null` for all: none of the session's. Default: those that a session begins with, `User-Agent`,
   * `Accept-Encoding`, `Accept` and `Connection`.
   *
   * @throws {InvalidHeader} for a name or value that must not go on the wire, before anything is sent.
   */
  headers?: HeadersInit | null | undefined;
  /**
   * The query, or more of it: it is put behind that of the URL. A request's are joined with its session's, name by name, and
   * its value replaces; `null` as a value removes a name, an array repeats it. `null` for all: no query but the URL's own.
   * Default: none.
   *
   * @throws {TypeError} for a value that a query cannot hold, such as an object, before anything is sent.
   */
  params?: ParamsInit | null | undefined;
  /**
   * Credentials of the request's origin: `[user, password]` for Basic, an {@link Auth} object, or a function that changes the
   * request. `false` or `null`: none, not even the session's, netrc's or the URL's. Default: what the URL says, else netrc.
   *
   * @throws {TypeError} for anything else, before anything is sent.
   */
  auth?: AuthOption | undefined;
  /**
   * How long to wait, in milliseconds: `connect` for a connection (name, TCP, proxy, TLS), `read` for silence, `total`
   * for everything, redirects, retries and body included. More than 0, up to 2 147 483 647; `null` waits for ever.
   * Default: connect 10 000, read 60 000, no total.
   *
   * @throws {ConnectTimeout | ReadTimeout | Timeout} when one runs out.
   */
  timeout?: TimeoutInit | null | undefined;
  /**
   * Proxies by scheme or host: `{ https: "http://proxy:3128", "all://intranet.test": null }`. The most specific key wins;
   * these go before those of the environment. A key with `null` is off, also in the environment; `null` for all: no proxy at all.
   * Default: those of the environment (`HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`), unless `trustEnv` is off.
   *
   * @throws {TypeError} for a key that fits no URL. {@link InvalidURL} for a proxy that is none. Before anything is sent.
   */
  proxies?: ProxiesInit | null | undefined;
  /**
   * One proxy for everything: a URL that begins with `http:`, `https:`, `socks5:` (names are resolved here) or `socks5h:` (at the
   * proxy). `false` or `null`: none, whatever the session or the environment say. Default: what `proxies` says.
   *
   * @throws {InvalidURL} for any other, before anything is sent. {@link ProxyError} when the proxy cannot be reached, or refuses.
   */
  proxy?: string | false | null | undefined;
  /**
   * Header fields for an HTTP proxy: sent with `CONNECT`, or along with a request that the proxy forwards. No server gets them
   * through a tunnel, or without a proxy; SOCKS has no such thing. A request's replace its session's. `null`: none. Default: none.
   *
   * @throws {InvalidHeader} for a field that frames a message or is about the connection.
   */
  proxyHeaders?: HeadersInit | null | undefined;
  /**
   * Credentials for proxies that ask with 407, such as {@link HttpProxyDigestAuth}. They go before those in the proxy's URL,
   * which are sent unasked (Basic). Not for SOCKS. `null`: none. Default: none.
   */
  proxyAuth?: ProxyAuth | null | undefined;
  /**
   * Which certificates to trust: `true` those that Node trusts, a path of a PEM file or a folder of them, PEM text or bytes.
   * `false` trusts any: whoever sits between can read and change everything, and a warning says so. `null` is `true`, whatever
   * the session says. Default: `true`, with the bundle that the environment names (`REQUESTS_CA_BUNDLE`, `CURL_CA_BUNDLE`).
   *
   * @throws {SSLError} for a bundle that cannot be read (phase `prepare`), a certificate that is not trusted (phase `connect`).
   */
  verify?: VerifyInit | null | undefined;
  /**
   * Client certificate, shown to the origin of the request only: a path of a PEM file with certificate and key, `[certificate,
   * key]`, or parts (`{ pfx, passphrase }`). `null`: none. Default: none.
   *
   * @throws {SSLError} (phase `prepare`) for one that cannot be read, before anything is sent.
   */
  cert?: CertInit | null | undefined;
  /**
   * TLS versions, cipher suites, pins, where roots come from. A request's fields go before its session's. `null`: Node's
   * defaults, whatever the session says. Default: Node's.
   *
   * @throws {TypeError | RangeError} for an unknown field or value, {@link SSLError} for what OpenSSL does not take: before anything
   *   is sent.
   */
  tls?: TlsInit | null | undefined;
  /**
   * Which addresses may be connected to, at every hop: `"public"` refuses loopback, private networks, link-local (metadata of
   * clouds), and whatever else is not for everybody (IANA's special-purpose registries), IPv4 inside IPv6 too. A function
   * says `true` or `false` for each address that a name leads to. For programs that are given URLs by others (server-side
   * request forgery). Through a proxy nobody can tell: such a request is refused; set `proxy: false` beside it.
   * Default: `null`, any.
   *
   * @throws {AddressRefused} before anything is sent.
   */
  addressPolicy?: AddressPolicyInit | null | undefined;
  /**
   * Origins, such as `"https://files.example.com"`, that may have what is for the request's own: a redirect to one of them
   * keeps auth, client certificate, the caller's `Cookie` and all headers, and with a `baseUrl` the session's defaults go to
   * them, too. Exactly these; a redirect from one of them to any other loses it all. A request's list replaces its session's.
   * Default: `null`, none.
   *
   * @throws {TypeError} for anything but a list of origins.
   */
  trustedOrigins?: readonly (string | URL)[] | null | undefined;
  /**
   * Names of header fields that go along to any origin, beside harmless ones such as `Accept`: on redirects, and with a
   * `baseUrl` those of the session in requests elsewhere. For what is no secret, such as `X-Trace-Id`. A request's list
   * replaces its session's. Default: `null`, none.
   *
   * @throws {RangeError} for `Authorization`, `Cookie`, `Proxy-Authorization` and `Host`; {@link trustedOrigins} is for those.
   */
  crossOriginHeaders?: readonly string[] | null | undefined;
  /**
   * Offer HTTP/2 to servers behind TLS, directly or through a proxy's tunnel. Whoever speaks it gets all requests of an
   * origin on one connection; `response.httpVersion` tells. Default: `false`.
   */
  http2?: boolean | undefined;
  /**
   * Send path and query as they were typed: no dot segment is resolved, no escape written otherwise, nothing encoded. For URLs
   * that are signed as they stand. Scheme and host are prepared as ever, `params` are encoded and appended. A `Location` is the
   * server's, and is prepared. Default: `false`.
   *
   * @throws {InvalidURL} for a character that cannot stand in a request line, with its place.
   */
  rawUrl?: boolean | undefined;
  /**
   * Ask before sending a body (RFC 9110 §10.1.1): with `Expect: 100-continue` the head goes first, and the body when the
   * server says `100 Continue`, or so many milliseconds later; `true` is 1000. A server that refuses (401, 413, a redirect)
   * is not sent the body, and `417` is answered by sending again without asking. `null` is `false`. Default: `false`.
   */
  expectContinue?: boolean | number | null | undefined;
  /**
   * Functions to call at events: one or a list for each of `request`, `response`, `redirect`, `retry`, `error`,
   * `informational`, `cookieRefused`. The session's run first, then the request's. What a hook throws is the error of the call.
   * `null` for an event, or for all: none, not even the session's. Default: none.
   *
   * @throws {TypeError} for an event that does not exist, before anything is sent.
   */
  hooks?: HooksInit | null | undefined;
  /**
   * `true`: the call gives a {@link StreamedResponse} as soon as the head is there, its body unread; read it to its end or
   * close it. `false`: a {@link Response}, its body in memory. Default: what the session says, else `false`.
   */
  stream?: Stream | undefined;
  /** Follow redirects, up to `maxRedirects`? Default: `true`, but `false` for `head()`. */
  allowRedirects?: boolean | undefined;
  /**
   * Retries: a policy such as {@link Retry}, a number of them, `null` or `false` for none. Each hop has its own. Default: what
   * the adapter says (`maxRetries`), which is none beside the one safe resend on a connection that had died.
   *
   * @throws {RetryError} when they are used up by statuses; else the error of the last attempt.
   */
  retry?: RetryPolicy | number | false | null | undefined;
  /**
   * Guesses the charset of texts that nobody names (no `charset`, byte order mark or `meta`) and that are not Unicode:
   * `detectCharset` of `sojourn/charset`, or a function of your own. It sees the whole body; of one that is iterated over, the
   * first piece that needs it. Its `null`, or a name that Node does not know, is windows-1252. Default: `null`, nobody is
   * asked.
   */
  detectEncoding?: DetectEncoding | null | undefined;
  /**
   * Most decoded bytes of a body that is read into memory; `null`: no limit. What a coding inside a chain gives may be a
   * sixteenth and 64 KiB longer. Default: 268 435 456 (256 MiB).
   *
   * @throws {ResponseTooLarge} when the body is read.
   */
  maxBodyBytes?: number | null | undefined;
  /**
   * Most content codings on one body, `identity` not counted. 0 or more. Default: 5, as in urllib3 and undici.
   *
   * @throws {TooManyCodings} when the body is read.
   */
  maxCodings?: number | undefined;
  /**
   * Most `Set-Cookie` fields of one response that are looked at; the others are refused with the reason `too-many`, of which
   * the `cookieRefused` hook is told. 0 or more. Default: 180, as many as a jar keeps for one domain.
   */
  maxSetCookies?: number | undefined;
  /**
   * Most bytes of the body of a response that another one follows (a redirect, a challenge, a status that is retried): so many
   * are read and kept, so that the connection can be used again. With more the body in `history` cannot be read, and what
   * has not come yet costs the connection. 0 or more. Default: 262 144 (256 KiB).
   */
  maxDrainBytes?: number | undefined;
}

/** What a call is held to: what the Fetch standard says, as under `toFetch()`; else what a session promises. */
export type Contract = "fetch" | undefined;

/** The name under which `toFetch()` says so. A symbol that the package does not export: it is no option of a program. */
export const CONTRACT: unique symbol = Symbol("sojourn.contract");

/**
 * Options of one request.
 *
 * @typeParam Stream what `stream` may be. By default it is `false`: a function that takes `RequestOptions` and hands them on gives
 *   a {@link Response}. `RequestOptions<boolean>` are those of a call of either kind.
 */
export interface RequestOptions<Stream extends boolean = false> extends SharedOptions<Stream> {
  /**
   * Sent as `Idempotency-Key`: the server does once what is asked several times with the same key. So the one safe resend, on
   * a fresh connection after a kept one had died, is made for POST and PATCH, too. `true` makes a random UUID for the
   * methods that need one; a string is sent as it is, with any method; `false` or `null`: none. A field that `headers` has
   * stands. Default: what the session says.
   */
  idempotencyKey?: boolean | string | null | undefined;
  /**
   * The body: a form (a record, pairs, `URLSearchParams`, `FormData`), or raw (text, bytes, a Blob, a stream, an iterable). A
   * function is called for each sending, so that any stream can be sent again. `null`: no body. Default: none.
   *
   * @throws {TypeError} for anything else, and beside `json`. {@link InvalidBody} for a stream that was used before.
   */
  data?: DataInit | null | undefined;
  /**
   * The body: any value that JSON can write; `null` is sent as `null`. Default: none.
   *
   * @throws {InvalidJSONError} for what JSON cannot write (NaN, a cycle) or would lose (a `Map`, a Blob). {@link TypeError} beside `data`
   *   or `files`. Before anything is sent.
   */
  json?: unknown;
  /**
   * The body: multipart/form-data, with the fields of `data` first. `null`: no files. Default: none.
   *
   * @throws {TypeError} for what is no file, and beside `json`, before anything is sent.
   */
  files?: FilesInit | null | undefined;
  /**
   * Cookies for this request only, and only for its origin. A cookie of the session with that name gives way; `null` as a value
   * leaves it out. `false`: no cookies at all, neither sent nor kept, redirects included. `null`: those of the session.
   * Default: those of the session.
   *
   * @throws {InvalidHeader} for a name or value that cannot stand in a `Cookie` header, before anything is sent.
   */
  cookies?: CookiesInit | false | null | undefined;
  /** Ends the request in whatever phase it is: the call rejects with `signal.reason`, as it is. `null`: none. Default: none. */
  signal?: AbortSignal | null | undefined;
  /** Told of bytes sent and received, with the whole number where it is known. `null`: nobody. Default: nobody. */
  onProgress?: ProgressListener | null | undefined;
}

/** How to send a prepared request: what belongs to its travel. What the request has taken up already is not said again. */
export interface SendInit<Stream extends boolean = false> extends Omit<
  RequestOptions<Stream>,
  "headers" | "params" | "auth" | "data" | "json" | "files" | "cookies" | "idempotencyKey" | "rawUrl"
> {}

/** What `session.scope()` takes: defaults for the requests to one origin, or to a part of it. */
export interface ScopeOptions<Stream extends boolean = false> extends Omit<SharedOptions<Stream>, "rawUrl"> {
  /**
   * Give requests whose method is not idempotent (POST, PATCH) an `Idempotency-Key` of their own. Default: what the session
   * says.
   */
  idempotencyKey?: boolean | undefined;
}

/**
 * Options of a session: defaults for its requests, and what belongs to the session itself.
 *
 * @typeParam Stream what `stream` may be. By default it is `false`: a class that takes `SessionOptions` has a plain `Session`,
 *   whose calls give a {@link Response}.
 */
export interface SessionOptions<Stream extends boolean = false> extends SharedOptions<Stream> {
  /**
   * A place to go on from: what is asked for is appended to its path, with one slash between. With `https://api.example/v1` both
   * `users` and `/users` are `https://api.example/v1/users`; `?page=2` is `https://api.example/v1?page=2`. What begins with
   * `scheme://` stands for itself; `//host` is an {@link InvalidURL}, and so are dot segments that lead out of the path. It
   * has neither query nor fragment. Default: none, and then relative URLs are {@link MissingSchema}.
   *
   * It is a border, too. What such a session has as auth, params, client certificate and headers (but for harmless ones such as
   * `Accept`) is for that origin: a request elsewhere goes with its own only.
   *
   * @throws {TypeError} for one with a query or a fragment; {@link InvalidURL} for what is no absolute URL.
   */
  baseUrl?: string | URL | null | undefined;
  /** Give requests whose method is not idempotent (POST, PATCH) an `Idempotency-Key` of their own. Default: `false`. */
  idempotencyKey?: boolean | undefined;
  /**
   * Cookies to begin with: a jar to use, or names and values (with `baseUrl`: for its host). `false`: a jar that takes none
   * from servers, and so stays empty unless the program puts some in. `null`: an empty jar. Default: an empty jar.
   *
   * @throws {TypeError} for anything else, also for a store that is no {@link CookieJar}.
   */
  cookies?: CookiesInit | false | null | undefined;
  /**
   * Most redirects that are followed. 0 or more. Default: 30.
   *
   * @throws {TooManyRedirects} at the next one.
   */
  maxRedirects?: number | undefined;
  /**
   * Keep to what servers ask for with `Strict-Transport-Security` (HSTS, RFC 6797): once a host has said so over a checked TLS
   * connection, `http:` URLs of it are requested with `https:`, redirects included. `true`: a list of the session's own; an
   * {@link HstsStore} is one that is shared or saved. `null` is `false`. Default: `false`, as in requests.
   */
  hsts?: boolean | StrictTransport | null | undefined;
  /**
   * Read proxies, CA bundle and netrc from the environment: all, none, or each. It is read once, with the first request.
   * Default: `true`.
   */
  trustEnv?: boolean | TrustEnv | undefined;
}

/** Knows the hosts that said they are to be reached over TLS only (RFC 6797). */
export interface StrictTransport {
  /** Is `host` one of them, or below one that spoke for its subdomains too? Canonical, as in a parsed URL. */
  covers(host: string, now: number): boolean;
  /** Takes the `Strict-Transport-Security` of a response that `host` sent over TLS. What it cannot read it ignores. */
  note(host: string, header: string, now: number): void;
}

/** The parts of the environment, each with its switch. What is absent is on. */
export interface TrustEnv {
  /** `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`. Default: `true`. */
  readonly proxies?: boolean | undefined;
  /** `REQUESTS_CA_BUNDLE` and `CURL_CA_BUNDLE`. Default: `true`. */
  readonly ca?: boolean | undefined;
  /** The file `.netrc`, or the one that `NETRC` names. Default: `true`. */
  readonly netrc?: boolean | undefined;
}

/** What is wanted: a method, a URL and options, for `session.prepareRequest()`. */
export class Request {
  /** The method, as it was given. */
  readonly method: string;
  /** The URL, as it was given. */
  readonly url: string;
  /** The options. Those of its travel (`timeout`, `stream` …) are said to `session.send()`. */
  readonly options: RequestOptions;

  /** @throws {TypeError} without a URL: the method comes first. */
  constructor(method: string, url: string | URL, options: RequestOptions = {}) {
    if (typeof url !== "string" && !isUrl(url))
      throw new TypeError(
        `url must be a string or a URL, not ${describe(url)}: write new Request(method, url, options)`,
      );
    this.method = method;
    this.url = String(url);
    this.options = options;
  }

  /** Plain data for a log: of its options the names. Almost any of them may hold a secret. */
  toJSON(): Record<string, unknown> {
    return { method: this.method, url: shownUrl(this.url), options: Object.keys(this.options) };
  }

  static {
    printAs(this, (self, options, inspect) => `Request ${inspect(self.toJSON(), options)}`);
  }

  /** Method and URL, for people: no secret in it. */
  toString(): string {
    return `<Request [${this.method}] ${bareUrl(this.url)}>`;
  }
}

/**
 * Where redirects have led a call so far. What is for the origin that the program asked does not go along everywhere.
 */
export interface Journey {
  /** Was an origin left for another one? That of the same host over TLS is none. */
  readonly hasCrossed: boolean;
  /** What netrc may say: all that it has; no `default` entry, since the host is another one; nothing, since TLS was left. */
  readonly netrc: "all" | "named" | "none";
}

/** No redirect was followed yet, or none that matters. */
export const atHome: Journey = { hasCrossed: false, netrc: "all" };
