/**
 * A message as plain data, for loggers that write JSON. Pure.
 *
 * Its texts are shown as those of a line are: loggers that print JSON for people write them to a terminal.
 */
import { RequestException } from "../core/errors.ts";
import type { HeaderMap } from "../core/headers.ts";
import type { MessageRecord } from "../core/records.ts";
import { visible } from "../core/visible.ts";
import { asUtf8 } from "../core/received-text.ts";
import { locationOf, problemOf, sentFieldsOf, shownFieldsOf, type LogFormat } from "./text.ts";

/** A message as plain data: names as in records, times in milliseconds, sizes in bytes. */
export function fieldsOf(record: MessageRecord, format: LogFormat): Record<string, unknown> {
  const { method, url, id, call, hop, attempt, reason, outcome, duration, sentBytes, receivedBytes } = record;
  const { status, statusText, httpVersion, connection, connectionId, error, phase, timings } = record;
  const location = locationOf(record);
  const problem = problemOf(record);
  return {
    method: visible(method),
    url: visible(url),
    message: id,
    call,
    hop,
    attempt,
    reason,
    outcome,
    duration,
    sentBytes,
    receivedBytes,
    ...(status === null ? {} : { status, statusText: visible(asUtf8(statusText)) }),
    ...(httpVersion === null ? {} : { httpVersion: visible(httpVersion) }),
    ...(location === null ? {} : { location }),
    ...(connection === null ? {} : { connection: connectionId, isReused: connection.isReused }),
    ...(problem === null
      ? {}
      : { problem, phase, code: error instanceof RequestException ? error.code : null }),
    ...(format === "line" ? {} : { timings, ...headsOf(record) }),
  };
}

function headsOf(record: MessageRecord): Record<string, unknown> {
  const { headers, trailers } = record;
  const sent = sentFieldsOf(record);
  return {
    ...(sent === null ? {} : { requestHeaders: recordOf(sent) }),
    ...(headers === null ? {} : { responseHeaders: recordOf(headers) }),
    ...(trailers === null || trailers.size === 0 ? {} : { trailers: recordOf(trailers) }),
  };
}

/** By name in lower case; several fields of a name are a list. */
function recordOf(headers: HeaderMap): Record<string, string | string[]> {
  const byName = new Map<string, string[]>();
  for (const [name, value] of shownFieldsOf(headers)) {
    const key = name.toLowerCase();
    byName.set(key, [...(byName.get(key) ?? []), value]);
  }
  return Object.fromEntries(
    Array.from(byName, ([name, values]) => [name, values.length === 1 ? (values[0] ?? "") : values]),
  );
}
