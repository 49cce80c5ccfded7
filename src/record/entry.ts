/**
 * One message as an entry of a HAR. What is secret by its name is hidden here; by its value it is hidden afterwards (`hide.ts`).
 */
import { asBuffer } from "../core/bytes.ts";
import type { HeaderMap } from "../core/headers.ts";
import { decoded, holdsSecret, isSecretName, REDACTED, shownUrl } from "../core/redact.ts";
import type { CookieRecord } from "../core/records.ts";
import type { Timings } from "../core/response.ts";
import { parseSetCookie } from "../cookies/parse.ts";
import { hiddenText, hiddenValue } from "../response/hidden.ts";
import { essenceOf, textOfBody, withoutSecretParts, type ShownBody } from "./bodies.ts";
import type { EntryFacts, HarCookie, HarEntry, HarPair } from "./har-types.ts";
import { requestHeadersOf, type KeptMessage } from "./kept.ts";

/** Which bodies are kept, and how much of each. */
export interface BodyManner {
  readonly bodies: "none" | "text" | "all";
  readonly maxBodyBytes: number;
  /** Bytes that are no text, with secrets made unreadable: they are hidden before they become base64. */
  readonly hiddenBytes: (bytes: Uint8Array, isCut: boolean) => Uint8Array;
}

/** The entry of a message. @param version of its connection, where the message itself does not know; `null`: nobody does. */
export function entryOf(message: KeptMessage, version: string | null, manner: BodyManner): HarEntry {
  const httpVersion = message.httpVersion ?? version;
  const shownVersion = httpVersion === null ? "unknown" : `HTTP/${httpVersion}`;
  const timings = harTimings(message.timings);
  // `connect` has `ssl` in it, as HAR says.
  const { blocked, dns, connect, send, wait, receive } = timings;
  const { connection, connectionId } = message;
  return {
    startedDateTime: dateOf(message.startedAt),
    time: sum([blocked, dns, connect, send, wait, receive]),
    request: requestOf(message, shownVersion, httpVersion, manner),
    response: responseOf(message, shownVersion, httpVersion, manner),
    cache: {},
    timings: { ...timings, _blocked_queueing: known(message.timings.queue) },
    ...(connection?.remoteAddress == null ? {} : { serverIPAddress: connection.remoteAddress }),
    ...(connection?.remotePort == null ? {} : { _serverPort: connection.remotePort }),
    ...(connectionId === null ? {} : { connection: String(connectionId) }),
    _resourceType: "fetch",
    _sojourn: factsOf(message),
  };
}

/** The last moment that a date in ISO 8601 has four digits for its year. */
const LAST_DATE = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** ISO 8601, with milliseconds, in UTC. */
export function dateOf(time: number): string {
  return new Date(Math.min(Math.max(time, 0), LAST_DATE)).toISOString();
}

/** Milliseconds, to the microsecond. */
export function rounded(duration: number): number {
  return Math.round(Math.max(duration, 0) * 1000) / 1000;
}

/** -1: it did not happen. */
function known(duration: number | null): number {
  return duration === null ? -1 : rounded(duration);
}

function sum(durations: readonly number[]): number {
  return rounded(durations.filter((duration) => duration > 0).reduce((all, one) => all + one, 0));
}

/** Parts of one duration: -1 when none of them happened. */
function together(...parts: readonly (number | null)[]): number {
  const happened = parts.filter((part) => part !== null).map(rounded);
  return happened.length === 0 ? -1 : sum(happened);
}

function harTimings({
  queue,
  limit,
  dns,
  tcp,
  proxy,
  tls,
  send,
  wait,
  receive,
}: Timings): Omit<HarEntry["timings"], "_blocked_queueing"> {
  return {
    blocked: together(queue, limit),
    dns: known(dns),
    connect: together(tcp, proxy, tls),
    send: rounded(send ?? 0),
    wait: rounded(wait ?? 0),
    receive: rounded(receive ?? 0),
    ssl: known(tls),
  };
}

function requestOf(
  message: KeptMessage,
  shownVersion: string,
  version: string | null,
  manner: BodyManner,
): HarEntry["request"] {
  const { method, url, sentBytes, sent } = message;
  const requestHeaders = requestHeadersOf(message);
  const whole = url.replace(/#.*$/s, "");
  const postData = postDataOf(message, manner);
  const line = `${method} ${sent?.target ?? targetOf(whole)} HTTP/1.1\r\n`;
  return {
    method,
    url: shownUrl(whole),
    httpVersion: shownVersion,
    cookies: cookiesSent(requestHeaders),
    headers: pairsOf(requestHeaders),
    queryString: queryOf(whole),
    ...(postData === null ? {} : { postData }),
    headersSize: headSize(line, requestHeaders, sent === null ? null : version),
    bodySize: sentBytes,
  };
}

function targetOf(url: string): string {
  return /^[^/?#]*\/\/[^/?#]*(.*)$/s.exec(url)?.[1] ?? url;
}

/** The size of a head over HTTP/1; -1: it is packed, or not known. */
function headSize(line: string, headers: HeaderMap, version: string | null): number {
  if (version === null || !version.startsWith("1")) return -1;
  // A character for each byte; `: ` and the end of the line.
  const fields = [...headers].reduce((size, [name, value]) => size + name.length + value.length + 4, 0);
  return line.length + fields + 2;
}

function pairsOf(headers: HeaderMap): HarPair[] {
  return Array.from(headers, ([name, value]) => ({ name, value: hiddenValue(name, value) }));
}

function cookiesSent(headers: HeaderMap): HarCookie[] {
  return headers
    .getAll("cookie")
    .flatMap((field) => field.split(";"))
    .filter((pair) => pair.trim() !== "")
    .map((pair) => {
      const equals = pair.indexOf("=");
      return { name: equals === -1 ? "" : pair.slice(0, equals).trim(), value: REDACTED };
    });
}

function queryOf(url: string): HarPair[] {
  const start = url.indexOf("?");
  if (start === -1 || start === url.length - 1) return [];
  return url
    .slice(start + 1)
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const equals = pair.indexOf("=");
      const name = unescaped(equals === -1 ? pair : pair.slice(0, equals));
      const value = equals === -1 ? "" : unescaped(pair.slice(equals + 1));
      const isSecret = value !== "" && (isSecretName(name) || holdsSecret(value));
      return { name, value: isSecret ? REDACTED : value };
    });
}

function unescaped(text: string): string {
  const spaced = text.replaceAll("+", " ");
  try {
    return decodeURIComponent(spaced);
  } catch {
    return decoded(spaced);
  }
}

/** `null`: there is none, or it is not kept. */
function postDataOf(
  message: KeptMessage,
  manner: BodyManner,
): NonNullable<HarEntry["request"]["postData"]> | null {
  const { requestBody } = message;
  const requestHeaders = requestHeadersOf(message);
  if (requestBody === null || !message.hasBody || message.sentBytes === 0) return null;
  const shown = textOfBody(requestBody, requestHeaders, manner.maxBodyBytes);
  const content = contentOf(shown, essenceOf(requestHeaders), manner);
  if (content === null) return null;
  const { encoding, text, _isCut } = content;
  return {
    mimeType: requestHeaders.get("content-type") ?? "",
    text,
    ...(encoding === undefined ? {} : { _encoding: encoding }),
    ...(_isCut === undefined ? {} : { _isCut }),
  };
}

interface ShownContent {
  readonly text: string;
  readonly encoding?: "base64";
  readonly _isCut?: true;
}

/** `null`: there is nothing of it to be shown. */
function contentOf(
  { text, bytes, isCut }: ShownBody,
  essence: string,
  manner: BodyManner,
): ShownContent | null {
  const cut = isCut ? { _isCut: true as const } : {};
  if (text !== null) return { text: hiddenText(text, essence), ...cut };
  if (bytes === null || manner.bodies !== "all") return null;
  const named = essence === "multipart/form-data" ? withoutSecretParts(bytes) : bytes;
  const shown = asBuffer(manner.hiddenBytes(named, isCut)).toString("base64");
  return { text: shown, encoding: "base64", ...cut };
}

function responseOf(
  message: KeptMessage,
  shownVersion: string,
  version: string | null,
  manner: BodyManner,
): HarEntry["response"] {
  const { status, statusText, headers, receivedBytes } = message;
  if (status === null || headers === null) return noResponse(message, shownVersion);
  const reason = statusText === "" ? "" : ` ${statusText}`;
  const headersSize = headSize(`HTTP/1.1 ${status}${reason}\r\n`, headers, version);
  const location = headers.get("location");
  return {
    status,
    statusText,
    httpVersion: shownVersion,
    cookies: cookiesSet(message, headers),
    headers: pairsOf(headers),
    content: responseContent(message, headers, manner),
    redirectURL: location === null ? "" : hiddenValue("location", location),
    headersSize,
    bodySize: receivedBytes,
    _transferSize: receivedBytes + Math.max(headersSize, 0),
    _error: errorLine(message),
  };
}

/** What readers take for a request that came to nothing. */
function noResponse(message: KeptMessage, httpVersion: string): HarEntry["response"] {
  return {
    status: 0,
    statusText: "",
    httpVersion,
    cookies: [],
    headers: [],
    content: { size: 0, mimeType: UNKNOWN_TYPE },
    redirectURL: "",
    headersSize: -1,
    bodySize: -1,
    _transferSize: 0,
    _error: errorLine(message) ?? message.outcome,
  };
}

/** As Chrome calls it. */
const UNKNOWN_TYPE = "x-unknown";

function responseContent(
  message: KeptMessage,
  headers: HeaderMap,
  manner: BodyManner,
): HarEntry["response"]["content"] {
  const { responseBody, receivedBytes } = message;
  const mimeType = headers.get("content-type") ?? UNKNOWN_TYPE;
  if (responseBody === null) return { size: receivedBytes, mimeType };
  const shown = textOfBody(responseBody, headers, manner.maxBodyBytes);
  const content = contentOf(shown, essenceOf(headers), manner);
  const { size } = shown;
  const isCoded = headers.has("content-encoding") && size !== null;
  return {
    size: size ?? receivedBytes,
    ...(isCoded ? { compression: size - receivedBytes } : {}),
    mimeType,
    ...content,
  };
}

function errorLine({ error, outcome }: KeptMessage): string | null {
  if (error === null) return null;
  const what = outcome === "aborted" ? "aborted: " : "";
  return `${what}${error.name}${error.message === "" ? "" : `: ${error.message}`}`.replaceAll(
    /[\r\n]+/g,
    " ",
  );
}

const SAME_SITE = { strict: "Strict", lax: "Lax", none: "None" } as const;

/** Those that can be read at all, stored or not. */
function cookiesSet({ startedAt }: KeptMessage, headers: HeaderMap): HarCookie[] {
  return headers.getSetCookie().flatMap((field): HarCookie[] => {
    const cookie = parseSetCookie(field);
    if (cookie.kind === "refused") return [];
    const { name, maxAge, path, domain, sameSite, httpOnly, secure } = cookie;
    const expires = maxAge === null ? cookie.expires : startedAt + maxAge * 1000;
    return [
      {
        name,
        value: REDACTED,
        ...(path === null ? {} : { path }),
        ...(domain === null ? {} : { domain }),
        ...(expires === null ? {} : { expires: dateOf(expires) }),
        httpOnly,
        secure,
        ...(sameSite === null ? {} : { sameSite: SAME_SITE[sameSite] }),
      },
    ];
  });
}

function factsOf(message: KeptMessage): EntryFacts {
  const { id, call, hop, attempt, resends, reason, outcome, error, phase, connection, happened } = message;
  return {
    message: id,
    call,
    hop,
    attempt,
    resends,
    reason,
    outcome,
    error: error === null ? null : { ...error, phase },
    timings: phasesOf(message.timings),
    isReused: connection?.isReused ?? null,
    proxy: connection?.proxy ?? null,
    tls: connection?.tls == null ? null : tlsOf(connection.tls),
    cookies: happened.cookies.map(cookieFact),
    retry: happened.retry,
    redirect: happened.redirect,
    isChallengeAnswered: happened.isChallengeAnswered,
  };
}

function tlsOf({ protocol, cipher }: { readonly protocol: string | null; readonly cipher: string | null }): {
  protocol: string | null;
  cipher: string | null;
} {
  return { protocol, cipher };
}

function phasesOf(timings: Timings): EntryFacts["timings"] {
  const { queue, limit, dns, tcp, proxy, tls, send, wait, receive } = timings;
  const phases = { queue, limit, dns, tcp, proxy, tls, send, wait, receive };
  // The names are those of the line above.
  return Object.fromEntries(
    Object.entries(phases).map(([name, duration]) => [name, duration === null ? null : rounded(duration)]),
  ) as unknown as EntryFacts["timings"]; // so it has them all
}

function cookieFact(record: CookieRecord): EntryFacts["cookies"][number] {
  switch (record.kind) {
    case "stored": {
      const { domain, path, expires } = record.cookie;
      return {
        name: record.name,
        kind: "stored",
        domain,
        path,
        expires: expires === null ? null : dateOf(expires),
      };
    }
    case "deleted":
      return { name: record.name, kind: "deleted" };
    case "refused":
      return { name: record.name, kind: "refused", reason: record.reason };
  }
}
