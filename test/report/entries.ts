/** Entries and connections of made-up logs: what is not told is what is usual. */
import type { EntryFacts, HarCall, HarConnection, HarEntry, HarLog } from "../../src/record/har-types.ts";

/** When all logs begin: 2026-11-30 12:00:00 UTC. */
export const START: number = Date.UTC(2026, 10, 30, 12);

type Timings = EntryFacts["timings"];

/** Nothing happened. */
export const NO_TIMINGS: Timings = {
  queue: null,
  limit: null,
  dns: null,
  tcp: null,
  proxy: null,
  tls: null,
  send: null,
  wait: null,
  receive: null,
};

/** What is told of a message; what is left out is what is usual. */
export interface Told {
  readonly id: number;
  readonly call?: number;
  /** Milliseconds from the beginning of the log. */
  readonly at?: number;
  readonly method?: string;
  readonly url?: string;
  readonly status?: number;
  readonly timings?: Partial<Timings>;
  readonly connection?: number;
  readonly bytes?: number;
  readonly facts?: Partial<EntryFacts>;
  readonly request?: Partial<HarEntry["request"]>;
  readonly response?: Partial<HarEntry["response"]>;
}

const TEXTS: Readonly<Record<number, string>> = {
  200: "OK",
  201: "Created",
  204: "No Content",
  302: "Found",
  307: "Temporary Redirect",
  401: "Unauthorized",
  404: "Not Found",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** Milliseconds in HAR: -1 for what did not happen. */
const har = (ms: number | null): number => ms ?? -1;

function harTimings(timings: Timings): HarEntry["timings"] {
  const connect = [timings.tcp, timings.proxy, timings.tls].filter((ms) => ms !== null);
  return {
    blocked: har(timings.queue),
    dns: har(timings.dns),
    connect: connect.length === 0 ? -1 : connect.reduce((all, ms) => all + ms, 0),
    ssl: har(timings.tls),
    send: timings.send ?? 0,
    wait: timings.wait ?? 0,
    receive: timings.receive ?? 0,
    _blocked_queueing: har(timings.queue),
  };
}

/** The entry of a message. */
export function entryOf(told: Told): HarEntry {
  const { id, call = id, at = 0, method = "GET", url = "https://shop.example/", status = 200 } = told;
  const { connection, bytes = status === 0 ? 0 : 1200 } = told;
  const timings = { ...NO_TIMINGS, ...told.timings };
  const time = Object.values(timings).reduce<number>((all, ms) => all + (ms ?? 0), 0);
  return {
    startedDateTime: new Date(START + at).toISOString(),
    time,
    request: {
      method,
      url,
      httpVersion: "HTTP/1.1",
      cookies: [],
      headers: [
        { name: "host", value: URL.canParse(url) ? new URL(url).host : "" },
        { name: "accept", value: "*/*" },
        { name: "accept-encoding", value: "gzip, deflate, br, zstd" },
      ],
      queryString: URL.canParse(url)
        ? Array.from(new URL(url).searchParams, ([name, value]) => ({ name, value }))
        : [],
      headersSize: 140,
      bodySize: 0,
      ...told.request,
    },
    response: {
      status,
      statusText: TEXTS[status] ?? "",
      httpVersion: status === 0 ? "" : "HTTP/1.1",
      cookies: [],
      headers:
        status === 0
          ? []
          : [
              { name: "content-type", value: "application/json" },
              { name: "date", value: "Mon, 30 Nov 2026 12:00:00 GMT" },
              { name: "server", value: "nginx" },
            ],
      content: { size: bytes, mimeType: status === 0 ? "x-unknown" : "application/json" },
      redirectURL: "",
      headersSize: status === 0 ? -1 : 180,
      bodySize: status === 0 ? -1 : bytes,
      _transferSize: bytes,
      _error: null,
      ...told.response,
    },
    cache: {},
    timings: harTimings(timings),
    ...(connection === undefined
      ? {}
      : { serverIPAddress: "192.0.2.7", _serverPort: 443, connection: String(connection) }),
    _resourceType: "fetch",
    _sojourn: {
      message: id,
      call,
      hop: 0,
      attempt: 0,
      resends: 0,
      reason: "call",
      outcome: "complete",
      error: null,
      timings,
      isReused: connection === undefined ? null : timings.tcp === null,
      proxy: null,
      tls: connection === undefined ? null : { protocol: "TLSv1.3", cipher: "TLS_AES_128_GCM_SHA256" },
      cookies: [],
      retry: null,
      redirect: null,
      isChallengeAnswered: false,
      ...told.facts,
    },
  };
}

/** A connection; what is left out is what is usual. */
export function connectionOf(
  told: Partial<HarConnection> & { readonly id: number; readonly at?: number },
): HarConnection {
  const { at = 0, ...rest } = told;
  return {
    origin: "https://shop.example",
    proxy: null,
    httpVersion: "1.1",
    startedDateTime: new Date(START + at).toISOString(),
    opening: 30,
    lasted: null,
    error: null,
    remote: "192.0.2.7:443",
    tls: "TLSv1.3",
    messages: 1,
    ...rest,
  };
}

/** Calls of entries, as their messages tell of them. */
function callsOf(entries: readonly HarEntry[]): readonly HarCall[] {
  const groups = Map.groupBy(entries, (entry) => entry._sojourn.call);
  return [...groups].flatMap(([id, group]) => {
    const [first, last] = [group.at(0), group.at(-1)];
    if (first === undefined || last === undefined) return [];
    return {
      id,
      method: first.request.method,
      url: first.request.url,
      startedDateTime: first.startedDateTime,
      duration: Date.parse(last.startedDateTime) + last.time - Date.parse(first.startedDateTime),
      outcome: last._sojourn.outcome,
      status: last.response.status || null,
      error: last._sojourn.error?.message ?? null,
      messages: group.length,
      redirects: last._sojourn.hop,
      retries: last._sojourn.attempt,
    };
  });
}

/** A log of entries and connections. */
export function logOf(
  entries: readonly HarEntry[],
  connections: readonly HarConnection[] = [],
  dropped = 0,
): HarLog {
  return {
    version: "1.2",
    creator: { name: "sojourn", version: "0.1.0" },
    pages: [],
    entries,
    _sojourn: { version: 1, calls: callsOf(entries), connections, dropped },
  };
}
