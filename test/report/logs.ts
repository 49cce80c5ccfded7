/** Made-up logs: everything that a report may have to show, one with thousands of messages, and one in which servers write markup. */
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

const fresh = { dns: 4.2, tcp: 11, tls: 17.5, send: 0.4, wait: 46, receive: 8 };
const warm = { queue: 0.2, send: 0.3, wait: 38, receive: 6 };
const json = (value: unknown): Partial<HarEntry["response"]> => {
  const text = JSON.stringify(value);
  return { content: { size: text.length, mimeType: "application/json; charset=utf-8", text } };
};
const hidden = "\u00abhidden\u00bb";

/** A login with a redirect, a challenge, retries, failures of several kinds, HTTP/2 with many at a time, a proxy, cookies of all fates. */
export function richLog(): HarLog {
  const login = "https://shop.example/login?next=%2Faccount";
  const api = "https://api.shop.example";
  const sent = { cookies: [{ name: "sid", value: hidden }] };
  const entries = [
    entryOf({
      id: 1,
      url: login,
      connection: 1,
      status: 200,
      timings: fresh,
      bytes: 5321,
      response: {
        headers: [
          { name: "content-type", value: "text/html; charset=utf-8" },
          { name: "set-cookie", value: `csrf=${hidden}; Path=/; Secure` },
        ],
        content: {
          size: 18211,
          compression: 12890,
          mimeType: "text/html",
          text: "<!doctype html>\n<title>Log in</title>\n<form method=post>\u2026</form>\n",
        },
      },
      facts: {
        cookies: [
          { name: "csrf", kind: "stored", domain: "shop.example", path: "/", expires: null },
          { name: "track", kind: "refused", reason: "domain-mismatch" },
        ],
      },
    }),
    entryOf({
      id: 2,
      call: 2,
      at: 120,
      method: "POST",
      url: "https://shop.example/login",
      status: 302,
      connection: 1,
      timings: { ...warm, send: 2.1, wait: 92 },
      bytes: 0,
      request: {
        bodySize: 44,
        cookies: [{ name: "csrf", value: hidden }],
        postData: {
          mimeType: "application/x-www-form-urlencoded",
          params: [
            { name: "user", value: "ann" },
            { name: "password", value: hidden },
          ],
        },
      },
      response: {
        redirectURL: "/account",
        headers: [
          { name: "location", value: "/account" },
          { name: "set-cookie", value: `sid=${hidden}; Path=/; HttpOnly; Secure` },
        ],
      },
      facts: {
        redirect: { to: "https://shop.example/account", method: "GET" },
        cookies: [
          {
            name: "sid",
            kind: "stored",
            domain: "shop.example",
            path: "/",
            expires: "2026-12-01T12:00:00.000Z",
          },
          { name: "csrf", kind: "deleted" },
        ],
      },
    }),
    entryOf({
      id: 3,
      call: 2,
      at: 224,
      url: "https://shop.example/account",
      connection: 1,
      timings: { ...warm, wait: 61, receive: 19 },
      bytes: 24_812,
      request: sent,
      facts: { reason: "redirect", hop: 1, resends: 1 },
    }),
    entryOf({
      id: 4,
      call: 3,
      at: 330,
      url: `${api}/v2/orders?page=1&per_page=100&fields=id,total,created,customer,lines`,
      status: 401,
      connection: 2,
      timings: { ...fresh, dns: 9.4, tls: 24 },
      bytes: 61,
      request: { httpVersion: "HTTP/2" },
      response: {
        httpVersion: "HTTP/2",
        headers: [{ name: "www-authenticate", value: 'Digest realm="api", qop="auth", algorithm=SHA-256' }],
      },
      facts: { isChallengeAnswered: true },
    }),
    entryOf({
      id: 5,
      call: 3,
      at: 442,
      url: `${api}/v2/orders?page=1&per_page=100&fields=id,total,created,customer,lines`,
      connection: 2,
      timings: { ...warm, wait: 130, receive: 41 },
      bytes: 182_400,
      request: {
        httpVersion: "HTTP/2",
        headers: [
          { name: ":authority", value: "api.shop.example" },
          { name: "authorization", value: `Digest ${hidden}` },
        ],
      },
      response: {
        httpVersion: "HTTP/2",
        ...json({
          page: 1,
          orders: [
            { id: 90071992547409940, total: "12.90", lines: [] },
            { id: 7, total: "3.50", lines: [{ sku: "A-1", count: 2 }] },
          ],
          next: null,
        }),
      },
      facts: { reason: "auth", resends: 1 },
    }),
    ...Array.from({ length: 12 }, (_, at) =>
      entryOf({
        id: 6 + at,
        at: 640 + at * 3,
        url: `${api}/v2/orders/${1000 + at}`,
        connection: 2,
        bytes: 900 + at * 313,
        timings: { queue: 0.1, send: 0.2, wait: 30 + ((at * 37) % 60), receive: 4 + at },
        request: { httpVersion: "HTTP/2" },
        response: { httpVersion: "HTTP/2", ...json({ id: 1000 + at, state: "sent" }) },
      }),
    ),
    entryOf({
      id: 18,
      call: 18,
      at: 820,
      method: "PUT",
      url: `${api}/v2/stock/A-1`,
      status: 503,
      connection: 2,
      timings: { ...warm, wait: 22 },
      request: {
        httpVersion: "HTTP/2",
        bodySize: 18,
        postData: { mimeType: "application/json", text: '{"count":12,"at":"x"}' },
      },
      response: { httpVersion: "HTTP/2" },
      facts: { retry: { delayMs: 150, attempts: 1 } },
    }),
    entryOf({
      id: 19,
      call: 18,
      at: 1000,
      method: "PUT",
      url: `${api}/v2/stock/A-1`,
      status: 503,
      connection: 2,
      timings: { ...warm, wait: 24 },
      response: { httpVersion: "HTTP/2" },
      facts: { reason: "retry", attempt: 1, resends: 1, retry: { delayMs: 310, attempts: 2 } },
    }),
    entryOf({
      id: 20,
      call: 18,
      at: 1345,
      method: "PUT",
      url: `${api}/v2/stock/A-1`,
      status: 204,
      connection: 2,
      timings: { ...warm, wait: 31 },
      bytes: 0,
      response: { httpVersion: "HTTP/2" },
      facts: { reason: "retry", attempt: 2, resends: 2 },
    }),
    entryOf({
      id: 21,
      at: 700,
      url: "http://old.example:8080/status",
      status: 0,
      timings: { dns: 6, tcp: 310 },
      response: { _error: "ConnectTimeout: no connection within 310 ms" },
      facts: {
        outcome: "failed",
        error: {
          name: "ConnectTimeout",
          message: "no connection within 310 ms: GET http://old.example:8080/status",
          phase: "connect",
        },
      },
    }),
    entryOf({
      id: 22,
      at: 760,
      url: "https://img.shop.example/a/very/large.jpg",
      connection: 4,
      timings: { queue: 42, dns: 3, tcp: 12, proxy: 38, tls: 21, send: 0.4, wait: 52, receive: 320 },
      bytes: 4_812_331,
      response: {
        headers: [{ name: "content-type", value: "image/jpeg" }],
        content: {
          size: 4_812_331,
          mimeType: "image/jpeg",
          encoding: "base64",
          text: Buffer.from(
            "\xff\xd8\xff\xe0\0\x10JFIF\0 a picture of something, of which only the beginning was kept",
            "latin1",
          ).toString("base64"),
          _isCut: true,
        },
      },
      facts: { proxy: "http://proxy.example:3128" },
    }),
    entryOf({
      id: 23,
      at: 900,
      url: "https://img.shop.example/b.jpg",
      connection: 4,
      status: 200,
      timings: { queue: 349, send: 0.3, wait: 49, receive: 80 },
      bytes: 120_000,
      facts: { outcome: "aborted", proxy: "http://proxy.example:3128" },
    }),
    entryOf({
      id: 24,
      at: 1010,
      url: "https://shop.example/export.csv",
      connection: 1,
      status: 200,
      timings: { ...warm, wait: 210, receive: 44 },
      bytes: 65_536,
      facts: { outcome: "unread" },
    }),
    entryOf({
      id: 25,
      at: 1300,
      url: "https://shop.example/missing",
      connection: 5,
      status: 404,
      timings: fresh,
      bytes: 312,
    }),
    entryOf({
      id: 26,
      at: 1420,
      url: "https://shop.example/reset",
      connection: 5,
      status: 0,
      timings: { ...warm, wait: 88, receive: null },
      facts: {
        outcome: "failed",
        error: {
          name: "ConnectionError",
          message:
            "the server closed the connection before the response was whole: GET https://shop.example/reset",
          phase: "response",
        },
      },
    }),
    entryOf({
      id: 27,
      at: 1500,
      url: "https://shop.example/limits",
      connection: 1,
      status: 429,
      timings: { limit: 120, send: 0.3, wait: 20, receive: 1 },
      request: sent,
      facts: {
        cookies: [
          { name: "sid", kind: "refused", reason: "overwrites-secure" },
          { name: "pref", kind: "stored", domain: "shop.example", path: "/", expires: null },
        ],
      },
    }),
    entryOf({
      id: 28,
      at: 1660,
      url: "https://shop.example/logout",
      connection: 1,
      status: 200,
      timings: warm,
      request: {
        cookies: [
          { name: "sid", value: hidden },
          { name: "pref", value: "dark" },
        ],
      },
      facts: { cookies: [{ name: "sid", kind: "deleted" }] },
    }),
  ];
  return logOf(
    entries,
    [
      connectionOf({ id: 1, opening: 33, messages: 6, lasted: null }),
      connectionOf({
        id: 2,
        at: 330,
        origin: api,
        httpVersion: "2",
        opening: 44,
        messages: 17,
        lasted: 1600,
      }),
      connectionOf({
        id: 3,
        at: 706,
        origin: "http://old.example:8080",
        httpVersion: null,
        opening: 310,
        error: "ConnectTimeout: no connection within 310 ms",
        remote: null,
        tls: null,
        messages: 0,
      }),
      connectionOf({
        id: 4,
        at: 800,
        origin: "https://img.shop.example",
        proxy: "http://proxy.example:3128",
        opening: 74,
        messages: 2,
        lasted: 640,
      }),
      connectionOf({ id: 5, at: 1300, opening: 33, messages: 2, lasted: 210 }),
    ],
    3,
  );
}

/** Thousands of messages over a few dozen connections. */
export function longLog(count: number): HarLog {
  const entries: HarEntry[] = [];
  for (let id = 1; id <= count; id++) {
    const lane = id % 24;
    const wait = 20 + ((id * 7919) % 180);
    const isFailed = id % 97 === 0;
    entries.push(
      entryOf({
        id,
        at: Math.floor(id / 24) * 260 + lane * 9,
        method: id % 11 === 0 ? "POST" : "GET",
        url: `https://api${lane % 3}.shop.example/v2/items/${id}?expand=lines`,
        status: isFailed ? 0 : id % 53 === 0 ? 503 : 200,
        connection: 1 + lane,
        bytes: (id * 104_729) % 90_000,
        timings: {
          ...(id <= 24 ? fresh : { queue: (id * 31) % 12, send: 0.3 }),
          wait,
          receive: isFailed ? null : 2 + ((id * 13) % 40),
        },
        ...(isFailed
          ? {
              facts: {
                outcome: "failed" as const,
                error: { name: "ReadTimeout", message: `nothing came within ${wait} ms`, phase: "response" },
              },
            }
          : {}),
      }),
    );
  }
  return logOf(
    entries,
    Array.from({ length: 24 }, (_, at) =>
      connectionOf({
        id: 1 + at,
        at: at * 9,
        origin: `https://api${at % 3}.shop.example`,
        messages: Math.floor(count / 24),
      }),
    ),
  );
}

/** Markup that would show itself, were it read as such. */
export const MARKUP = `</script><script>window.pwned=1</script><img src=x onerror="window.pwned=1"><!--`;

/** Servers, and a program, write markup wherever they can. */
export function hostileLog(): HarLog {
  const url = `https://shop.example/${MARKUP}?q=${MARKUP}#x`;
  const long = `https://shop.example/${"x".repeat(20_000)}?${"y=1&".repeat(2000)}`;
  const entry = entryOf({
    id: 1,
    url,
    method: MARKUP,
    connection: 1,
    timings: fresh,
    request: {
      headers: [{ name: MARKUP, value: MARKUP }],
      cookies: [{ name: MARKUP, value: MARKUP }],
      queryString: [{ name: MARKUP, value: MARKUP }],
      postData: { mimeType: MARKUP, text: MARKUP },
    },
    response: {
      statusText: MARKUP,
      headers: [
        { name: "set-cookie", value: MARKUP },
        { name: MARKUP, value: MARKUP },
      ],
      content: { size: 10, mimeType: "text/html", text: MARKUP },
      redirectURL: MARKUP,
    },
    facts: {
      cookies: [
        { name: MARKUP, kind: "refused", reason: "empty" },
        { name: MARKUP, kind: "stored", domain: MARKUP, path: MARKUP, expires: null },
      ],
      redirect: { to: MARKUP, method: MARKUP },
      proxy: MARKUP,
      tls: { protocol: MARKUP, cipher: MARKUP },
    },
  });
  const failed = entryOf({
    id: 2,
    at: 50,
    url: long,
    status: 0,
    facts: { outcome: "failed", error: { name: MARKUP, message: MARKUP, phase: MARKUP } },
    response: { _error: MARKUP },
  });
  const bare = entryOf({ id: 3, at: 60, url: "no url at all", status: 0, facts: { outcome: "aborted" } });
  return logOf(
    [entry, failed, bare],
    [connectionOf({ id: 1, origin: MARKUP, remote: MARKUP, tls: MARKUP, error: MARKUP, proxy: MARKUP })],
  );
}
