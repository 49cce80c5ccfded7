/**
 * Responses as others see them: what an adapter gives (WireResponse), and what hooks and callers get. The classes are in
 * `response/`.
 */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { StoredCookie } from "./cookie-store.ts";
import type { Attempt } from "./errors.ts";
import type { HeaderMap } from "./headers.ts";
import type { PreparedRequest } from "./request.ts";

/** The body of a message as it comes from an adapter: transfer coding off, content codings still on. */
export interface WireBody {
  /**
   * All bytes, at once when they have arrived already.
   *
   * @param maxBytes stop with {@link ResponseTooLarge} above so many; `null`: no limit.
   * @throws {ChunkedEncodingError | ReadTimeout | ConnectionError | ResponseTooLarge}
   */
  collect(maxBytes: number | null): Uint8Array | Promise<Uint8Array>;
  /**
   * Bytes as they arrive, with back-pressure. Leaving the loop early ends the connection. May be called once. A piece that
   * fills its memory is given away with it; of others a copy is made.
   */
  stream(): AsyncIterable<Uint8Array>;
  /**
   * Reads to the end without keeping anything, so that the connection can be used again; gives up on the connection
   * above `maxBytes`. Never throws.
   */
  drain(maxBytes: number): void | Promise<void>;
  /** Ends the exchange. The connection is not used again, unless the body is over already. */
  cancel(): void;
}

/** The head of a response, as it came. */
export interface WireHead {
  readonly status: number;
  /** Bytes as latin-1 characters; `""` for none. */
  readonly reason: string;
  /** Name, value, name, value ... */
  readonly fields: string[];
  readonly httpVersion: string;
}

/** The head of a response, and its body still to come: what an adapter gives. */
export interface WireResponse {
  /** The status code, 100 to 999. */
  readonly status: number;
  /** Reason phrase as sent, `""` for none. */
  readonly statusText: string;
  /** Header fields as received. */
  readonly headers: HeaderMap;
  /** `"1.1"`, `"1.0"` or `"2"`. */
  readonly httpVersion: string;
  /** The body, which may still be on its way. */
  readonly body: WireBody;
  /** Fields after the body: empty until it is over. */
  readonly trailers?: HeaderMap | undefined;
  /** When what happened, in milliseconds from the start of the message. */
  readonly timings?: Timings | undefined;
  /** What the message came over. Absent or `null`: there was no connection, or the adapter does not tell. */
  readonly connection?: ConnectionInfo | null;
  /** @internal The head of the request as it was sent, with its secrets. Absent or `null`: the adapter does not tell. */
  readonly sent?: SentHead | null;
}

/** The head of a request, with what the transport added to it. */
export interface SentHead {
  /** The method. */
  readonly method: string;
  /** Path and query; the whole URL for a proxy. */
  readonly target: string;
  /** Fields in the order in which they were sent. With HTTP/2 in lower case, and `:authority` is called `host`. */
  readonly headers: HeaderMap;
}

/** What a message came over. It stays as it is when the connection has ended. */
export interface ConnectionInfo {
  /** IP address of the other end: the server, or the first proxy on the way. `null` for a socket of this machine. */
  readonly remoteAddress: string | null;
  /** Port of the other end; `null` for a socket of this machine. */
  readonly remotePort: number | null;
  /** IP address of this end. `null` for a socket of this machine. */
  readonly localAddress: string | null;
  /** Port of this end; `null` for a socket of this machine. */
  readonly localPort: number | null;
  /** Path of the Unix domain socket or named pipe; `null` for a TCP connection. */
  readonly socketPath: string | null;
  /** Was it opened for another message than this one? */
  readonly isReused: boolean;
  /** `scheme://host:port` of the proxy on the way, without its credentials; `null` for none. */
  readonly proxy: string | null;
  /** TLS as it was agreed on. `null`: nothing was encrypted. */
  readonly tls: TlsInfo | null;
}

/**
 * TLS as it was agreed on with the server, be it through a proxy's tunnel. Of a request that an https proxy forwards: with
 * that proxy.
 */
export interface TlsInfo {
  /** `"TLSv1.3"` or `"TLSv1.2"`. */
  readonly protocol: string | null;
  /** The cipher suite, as OpenSSL writes it. `null`, as for the others: it cannot be told. */
  readonly cipher: string | null;
  /** Is the certificate one that `verify` trusts, and for this host? Only without `verify` can it be `false`. */
  readonly authorized: boolean;
  /** The protocol that the server chose (RFC 7301); `null` when it chose none. */
  readonly alpnProtocol: string | null;
  /** The name that the server was asked for (RFC 6066 §3); `null` for an IP address. */
  readonly serverName: string | null;
  /** The server's own certificate: of a resumed session that of its first handshake. `null`: there was none. */
  readonly peerCertificate: PeerCertificate | null;
}

/** A server's certificate. */
export interface PeerCertificate {
  /** Such as `CN=example.com`; an attribute a line, `""` for none. */
  readonly subject: string;
  /** Whose certificate vouches for it; written as `subject`. */
  readonly issuer: string;
  /** When it begins to hold: ISO 8601, in UTC. */
  readonly validFrom: string;
  /** When it ends: ISO 8601, in UTC. */
  readonly validTo: string;
  /** SHA-256 of all of it: hexadecimal pairs with colons, as a pin may be written. */
  readonly fingerprint256: string;
  /** The names it is for: `DNS:example.com, IP Address:127.0.0.1`; `null` for none. */
  readonly subjectAltName: string | null;
}

/**
 * How long the parts of a message took, in milliseconds; `null` for what did not happen. On a connection that was there already `dns`,
 * `tcp`, `proxy` and `tls` are `null`. From `queue` to `receive` they follow one another, and their sum is the whole time.
 */
export interface Timings {
  /** Waiting for a free connection and opening one, in milliseconds; 0 on a warm connection. */
  readonly connect: number | null;
  /** From the start to the head of the response, in milliseconds. Of a failed message: to the failure. */
  readonly head: number;
  /** Waiting for a connection, in milliseconds. */
  readonly queue: number | null;
  /** Waiting since more is not allowed at a time, in milliseconds. */
  readonly limit: number | null;
  /** Looking up the host's name, in milliseconds. */
  readonly dns: number | null;
  /** Connecting to the host, or to the proxy, in milliseconds. */
  readonly tcp: number | null;
  /** Until a proxy had opened the way, in milliseconds: its TLS, its tunnel. */
  readonly proxy: number | null;
  /** The handshake with the host, in milliseconds. */
  readonly tls: number | null;
  /** Sending the request, in milliseconds. */
  readonly send: number | null;
  /** From there to the head of the response, in milliseconds. */
  readonly wait: number | null;
  /** From there to the end of the body, in milliseconds; `null` until it is over. */
  readonly receive: number | null;
}

/** One link of a `Link` header (RFC 8288): its target, and its parameters by name. */
export interface Link {
  /** Absolute: resolved against the URL of the response, and never against a session's base URL. */
  readonly url: string;
  /** The relation, such as `next`. */
  readonly rel?: string;
  /** Another parameter, such as `title`. */
  readonly [parameter: string]: string | undefined;
}

/**
 * What read and streamed responses have in common: what hooks and errors bring. Hooks may write the fields that are not
 * `readonly`. The body methods give a value, or of a streamed response a promise: `await` is right for both.
 * `instanceof Response` and `instanceof StreamedResponse` tell which it is.
 */
export interface AnyResponse {
  /** The status code, 200 to 599 or whatever the server wrote. */
  status: number;
  /** The reason phrase, `""` for none. HTTP/2 has none. */
  statusText: string;
  /** The header fields as received; several of one name, such as `Set-Cookie`, by `headers.getAll()`. */
  headers: HeaderMap;
  /** URL of the last request, with fragment; with user info when the caller's URL had some. */
  url: string;
  /**
   * The name of the charset: what `Content-Type` says, or what was set by hand; `null` for none. `text()` uses it.
   *
   * @throws {TypeError} when it is set to anything but a name or `null`.
   */
  encoding: string | null;
  /** Is the status neither 4xx nor 5xx? */
  readonly ok: boolean;
  /** Were redirects followed? */
  readonly redirected: boolean;
  /** The cookies which this very response set. */
  readonly cookies: ResponseCookies;
  /** The responses before this one, oldest first: redirects, and challenges that were answered. */
  readonly history: readonly AnyResponse[];
  /** What was really sent on the last hop. */
  readonly request: PreparedRequest;
  /** Milliseconds from sending the last hop's request to the head of its response. */
  readonly elapsed: number;
  /** How long the parts of the last hop took, in milliseconds; `null`: the adapter does not tell. */
  readonly timings: Timings | null;
  /** `"1.1"`, `"1.0"` or `"2"`. */
  readonly httpVersion: string;
  /** What it came over. `null`: there was no connection, or the adapter does not tell. */
  readonly connection: ConnectionInfo | null;
  /** Links by relation, or by URL for those without. */
  readonly links: Readonly<Record<string, Link>>;
  /** Is it a redirect that can be followed: 301, 302, 303, 307 or 308 with a `Location`? */
  readonly isRedirect: boolean;
  /** Is it a redirect for good: 301 or 308 with a `Location`? */
  readonly isPermanentRedirect: boolean;
  /** The request that would follow this redirect; `null` when it is none or was followed. */
  readonly next: PreparedRequest | null;
  /** Attempts of the last hop that ended in a retry, or would have but for the budget of the origin. */
  readonly attempts: readonly Attempt[];
  /** Header fields after the body (RFC 9110 §6.5): empty until it is over. `null`: the adapter does not tell. */
  readonly trailers: HeaderMap | null;
  /** A guess of the charset from the bytes of the body; of a streamed response a promise, for which all is read. */
  readonly apparentEncoding: string | Promise<string>;
  /** The body as text in `encoding`. */
  text(): string | Promise<string>;
  /** The value of a JSON body; with a Standard Schema v1: checked, and what the schema makes of it. */
  json<T = unknown>(schema?: StandardSchemaV1<unknown, T>): T | Promise<T>;
  /** The body, without content codings. */
  bytes(): Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>>;
  /** The body as a Blob of the type that `Content-Type` says. */
  blob(): Blob | Promise<Blob>;
  /** The body in pieces, decoded: bytes, or text with `decode: true`. */
  iterContent(options: IterContentOptions & { readonly decode: true }): AsyncGenerator<string, void>;
  iterContent(options?: IterContentOptions & { readonly decode?: false }): AsyncGenerator<Uint8Array, void>;
  /** The body line by line: text, or bytes with `decode: false`. */
  iterLines(options: IterLinesOptions & { readonly decode: false }): AsyncGenerator<Uint8Array, void>;
  iterLines(options?: IterLinesOptions & { readonly decode?: true }): AsyncGenerator<string, void>;
  /** Writes the body, decoded, to a file, or into a folder under the name that the response suggests. */
  saveTo(target: string | URL, options?: SaveOptions): Promise<SavedFile>;
  /** Returns itself. @throws {HTTPError} when the status is 4xx or 5xx. */
  raiseForStatus(): this;
  /** Gives up on what was not read yet. */
  close(): Promise<void>;
}

/** Options of `saveTo()`. */
export interface SaveOptions {
  /** Replace a file that is there? Default: `true` for a path, `false` in a folder, where the server chooses the name. */
  readonly overwrite?: boolean | undefined;
}

/** What was saved. */
export interface SavedFile {
  /** Of the file; absolute. */
  readonly path: string;
  /** How many were written. */
  readonly bytes: number;
}

/** Options of `iterContent()`. */
export interface IterContentOptions {
  /** Bytes in a piece, 1 or more; `null`, the default: as they come. */
  readonly chunkSize?: number | null | undefined;
  /** Give text, in the response's `encoding`. Default: `false`. */
  readonly decode?: boolean | undefined;
}

/** Options of `iterLines()`. */
export interface IterLinesOptions {
  /** What stands between lines. Default: `null`, and then `\n`, `\r` or `\r\n` ends a line, and nothing else does. */
  readonly delimiter?: string | Uint8Array | null | undefined;
  /** Give text, in the response's `encoding`; `false`: bytes. Default: `true`. */
  readonly decode?: boolean | undefined;
  /** Keep what ended a line. Default: `false`. */
  readonly keepEnds?: boolean | undefined;
  /** Bytes to read at once; `null`, the default: as they come. */
  readonly chunkSize?: number | null | undefined;
}

/** Look-up in the cookies of one response. */
export interface ResponseCookies extends Iterable<StoredCookie> {
  /** How many there are. */
  readonly size: number;
  /** The value of the cookie of this name, of several the last one's; `null` for none. */
  get(name: string): string | null;
  /** Names and values; of several cookies of a name the last one counts. */
  getDict(): Record<string, string>;
}
