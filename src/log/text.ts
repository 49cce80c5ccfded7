/**
 * A message as text for people: a line of it, or all of it but the bodies. Pure.
 *
 * What was received is shown so that it does nothing to a terminal, and what is secret is hidden as `dump()` hides it.
 */
import { RequestException } from "../core/errors.ts";
import type { HeaderMap } from "../core/headers.ts";
import { isError } from "../core/realm.ts";
import { asUtf8 } from "../core/received-text.ts";
import { isRedirectStatus } from "../core/status.ts";
import type { MessageRecord } from "../core/records.ts";
import { bareUrl, shownMethod, shownUrl } from "../core/redact.ts";
import type { ConnectionInfo, Timings } from "../core/response.ts";
import { visible } from "../core/visible.ts";
import { hiddenValue } from "../response/hidden.ts";

/** How much is told of a message: a line, or the fields, times and the connection under it as well. */
export type LogFormat = "line" | "full";

/** A message as text. The lines under the first one are indented. */
export function textOf(record: MessageRecord, format: LogFormat): string {
  const line = lineOf(record);
  return format === "line" ? line : [line, ...detailsOf(record).map((detail) => `  ${detail}`)].join("\n");
}

/** A message in one line. */
export function lineOf(record: MessageRecord): string {
  const { method, url, duration, httpVersion } = record;
  const parts = [
    `${visible(method)} ${visible(url)} ${resultOf(record)}`,
    ...bytesOf(record),
    msOf(duration),
    ...(httpVersion === null ? [] : [`HTTP/${visible(httpVersion)}`]),
    ...connectionOf(record),
    ...noteOf(record),
  ];
  const problem = problemOf(record);
  return parts.join(", ") + (problem === null ? "" : `: ${problem}`);
}

/** What it failed with, as one line; `null` when it did not. Of errors that are not ours only the class: their text may be anything. */
export function problemOf({ outcome, error, method, url }: MessageRecord): string | null {
  if (outcome !== "failed") return null;
  if (!(error instanceof RequestException))
    return isError(error) ? visible(error.constructor.name) : "an error";
  const { name, code, message, request } = error;
  // The line says already which request it was.
  const where = `: ${shownMethod(request?.method ?? method)} ${bareUrl(request?.url ?? url)}`;
  const text = message.endsWith(where) ? message.slice(0, -where.length) : message;
  return visible(`${name} (${code}): ${text}`);
}

/** Why it was sent, where it is not the first one of its call; `null` where it is. */
function reasonOf({ reason, hop, attempt }: MessageRecord): string | null {
  switch (reason) {
    case "call":
      return null;
    case "redirect":
      return `redirect ${hop}`;
    case "retry":
      return `retry ${attempt}`;
    case "auth":
      return "answer to a challenge";
    case "resend":
      return "sent again";
  }
}

/** Fields of a head, each as it may be shown: name and value. */
export function shownFieldsOf(headers: HeaderMap): [name: string, value: string][] {
  return [...headers].map(([name, value]) => [visible(name), visible(hiddenValue(name, asUtf8(value)))]);
}

/** The head of the request: as it was sent, or as the adapter got it that does not tell. `null`: none was sent. */
export function sentFieldsOf({ sent, request, status }: MessageRecord): HeaderMap | null {
  if (sent !== null) return sent.headers;
  return status === null ? null : request.headers;
}

/** Where a redirect leads, as it may be shown; `null` for none. */
export function locationOf({ status, headers }: MessageRecord): string | null {
  const location = status !== null && isRedirectStatus(status) ? headers?.get("location") : null;
  return location == null ? null : visible(shownUrl(asUtf8(location)));
}

function resultOf(record: MessageRecord): string {
  const { status, statusText, outcome } = record;
  const reason = visible(asUtf8(statusText));
  const location = locationOf(record);
  const head = `${status ?? ""}${reason === "" ? "" : ` ${reason}`}${location === null ? "" : ` to ${location}`}`;
  const end = outcome === "complete" ? "" : outcome;
  return [head, end].filter((part) => part !== "").join(", ");
}

function bytesOf({ sentBytes, receivedBytes, status }: MessageRecord): string[] {
  const received = `${receivedBytes} bytes`;
  if (sentBytes > 0) return [`${sentBytes} bytes sent`, ...(status === null ? [] : [`${received} received`])];
  return status === null ? [] : [received];
}

function connectionOf({ connection, connectionId }: MessageRecord): string[] {
  if (connection === null) return [];
  const id = connectionId === null ? "" : ` ${connectionId}`;
  return [`${connection.isReused ? "kept" : "new"} connection${id}`];
}

function noteOf(record: MessageRecord): string[] {
  const reason = reasonOf(record);
  return reason === null ? [] : [reason];
}

/** Tenths up to a second, then whole ones. */
function msOf(ms: number): string {
  return `${ms < 1000 ? Math.round(ms * 10) / 10 : Math.round(ms)} ms`;
}

function detailsOf(record: MessageRecord): string[] {
  const { sent, method, status, statusText, httpVersion, headers, trailers, request } = record;
  const target = sent === null ? record.url : shownUrl(sent.target);
  const fields = sentFieldsOf(record);
  const asked =
    fields === null
      ? ["* nothing was sent"]
      : [`> ${visible(sent?.method ?? method)} ${visible(target)}`, ...linesOf("> ", fields)];
  const reason = statusText === "" ? "" : ` ${visible(asUtf8(statusText))}`;
  const answered =
    status === null || headers === null
      ? []
      : [`< HTTP/${visible(httpVersion ?? "?")} ${status}${reason}`, ...linesOf("< ", headers)];
  const after =
    trailers === null || trailers.size === 0 ? [] : ["* after the body:", ...linesOf("< ", trailers)];
  return [
    ...asked,
    ...(request.payload === null ? [] : [`* ${record.sentBytes} bytes of body sent`]),
    ...answered,
    ...after,
    `* times in ms: ${timesOf(record.timings)}`,
    ...(record.connection === null ? [] : [`* connection: ${wayOf(record.connection)}`]),
  ];
}

function linesOf(prefix: string, headers: HeaderMap): string[] {
  return shownFieldsOf(headers).map(([name, value]) => `${prefix}${name}: ${value}`);
}

/** In the order in which they follow one another. */
const PARTS = ["queue", "limit", "dns", "tcp", "proxy", "tls", "send", "wait", "receive"] as const;

function timesOf(timings: Timings): string {
  const found = PARTS.flatMap((name) => {
    const ms = timings[name];
    return ms === null ? [] : [`${name} ${Math.round(ms * 100) / 100}`];
  });
  return found.length === 0 ? "not known" : found.join(", ");
}

function wayOf(connection: ConnectionInfo): string {
  const { remoteAddress, remotePort, localAddress, localPort, socketPath, proxy, tls } = connection;
  const ends =
    socketPath === null
      ? `${remoteAddress ?? "?"} port ${remotePort ?? "?"} from ${localAddress ?? "?"} port ${localPort ?? "?"}`
      : socketPath;
  const parts = [
    ends,
    ...(proxy === null ? [] : [`proxy ${shownUrl(proxy)}`]),
    ...(tls === null ? [] : [`${tls.protocol ?? "TLS"} ${tls.cipher ?? ""}`.trimEnd()]),
  ];
  return visible(parts.join(", "));
}
