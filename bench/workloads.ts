/**
 * What is measured: one row each, as data. The parent and each child read the same table.
 *
 * Not here: how a client does it (`clients/`), and what one operation is in code (`operations.ts`).
 */

/** What a client must be able to do to take part. `roster.ts` says which client can. */
export type Skill =
  | "get"
  | "cookies"
  | "post"
  | "redirect"
  | "tls"
  | "closing"
  | "many"
  | "http2"
  | "gzip"
  | "connect"
  | "session"
  | "stream"
  | "bytes"
  | "upload"
  | "jar"
  | "import";

/** What one operation is. */
type Action =
  | "get"
  | "post"
  | "json"
  | "stream"
  | "bytes"
  | "upload"
  | "first"
  | "session"
  | "lookup"
  | "store"
  | "import";

/** How a figure is written. Ratios are always of speed: 2 is twice as fast. */
export type Unit = "per second" | "MB/s" | "ms" | "µs" | "ns";

/** Which port of the server is asked. */
export type Port = "http" | "https" | "h2" | "bulk";

/** One thing to measure. */
export interface Workload {
  /** For `--only`. */
  readonly id: string;
  readonly title: string;
  readonly skill: Skill;
  readonly action: Action;
  readonly port: Port;
  readonly path: string;
  /** Operations under way at a time. */
  readonly concurrency: number;
  /** In the jar, the one that goes along with the requests among them. */
  readonly cookies: number;
  /** Of the body, up or down; checked in each operation. */
  readonly bodyBytes: number;
  /** Operations in one call: what takes nanoseconds cannot be awaited one by one. */
  readonly batch: number;
  /** Operations of a round; `null`: as many as fit into its time. */
  readonly count: number | null;
  /** Between bursts of `concurrency` operations, of which each waits for the last of the one before; `null`: they run steadily. */
  readonly pauseMs: number | null;
  /** Is each round a process of its own? */
  readonly isFresh: boolean;
  readonly unit: Unit;
  /** Whom the others are compared with. */
  readonly base: string;
}

/** Length of the JSON that small requests are answered with. */
export const SMALL_BYTES = 200;
/** Rows of the JSON that is sent with gzip; about 20 KB. */
export const GZIP_ROWS = 250;
/** The cookie that goes along. */
export const OWN_COOKIE = "session=0123456789abcdef0123456789abcdef";
/** How long the server waits with its answer to `/later`, so that all who asked are waiting for it. */
export const LATER_MS = 10;
/** The domains that all other cookies are spread over. */
export const DOMAINS = 200;

const MB = 1_000_000;

type Row = Pick<Workload, "id" | "title" | "skill" | "action"> & Partial<Workload>;

function workload(row: Row): Workload {
  return {
    port: "http",
    path: "/small",
    concurrency: 1,
    cookies: 0,
    bodyBytes: SMALL_BYTES,
    batch: 1,
    count: null,
    pauseMs: null,
    isFresh: false,
    unit: "per second",
    base: "undici.request",
    ...row,
  };
}

/** Each request needs a new connection, since the server ends it behind its answer. */
function closing(id: string, port: "http" | "https", title: string): Workload {
  return workload({ id, title, skill: "closing", action: "get", port, path: "/closing", concurrency: 50 });
}

/** So many requests under way all the time, each on a connection of its own. */
function busy(concurrency: number): Workload {
  return workload({
    id: `busy-${concurrency}`,
    title: `Small GET, ${concurrency.toLocaleString("en")} busy connections`,
    skill: "many",
    action: "get",
    path: "/later",
    concurrency,
  });
}

function bulk(id: string, title: string, row: Pick<Workload, "action" | "bodyBytes">): Workload {
  const path = row.action === "upload" ? "/upload" : `/bytes/${row.bodyBytes}`;
  // "upload", "bytes" and "stream" are skills as well as actions.
  const skill = row.action as Skill;
  // How fast one process is depends on whether its allocator gives memory back to the system, and gets it anew, all the time.
  return workload({ id, title, skill, port: "bulk", path, unit: "MB/s", isFresh: true, ...row });
}

function jar(action: "lookup" | "store", cookies: number): Workload {
  const size = cookies.toLocaleString("en");
  const title = action === "lookup" ? "Cookie header" : "Set-Cookie with a new value, then the Cookie header";
  return workload({
    id: `jar-${action}-${cookies}`,
    title: `Jar of ${size}: ${title}`,
    skill: "jar",
    action,
    cookies,
    batch: 1000,
    unit: "ns",
    base: "tough-cookie",
  });
}

/** All of them, in the order of the report. */
export const workloads: readonly Workload[] = [
  workload({ id: "sequential", title: "Small GET, one after another", skill: "get", action: "get" }),
  workload({
    id: "concurrent",
    title: "Small GET, 50 at a time",
    skill: "get",
    action: "get",
    concurrency: 50,
  }),
  workload({
    id: "cookies-1",
    title: "Small GET, 50 at a time, 1 cookie in the jar",
    skill: "cookies",
    action: "get",
    concurrency: 50,
    cookies: 1,
  }),
  workload({
    id: "cookies-1000",
    title: "Small GET, 50 at a time, 1,000 cookies in the jar",
    skill: "cookies",
    action: "get",
    concurrency: 50,
    cookies: 1000,
  }),
  workload({
    id: "post-json",
    title: "POST JSON, 50 at a time",
    skill: "post",
    action: "post",
    concurrency: 50,
  }),
  workload({
    id: "redirect",
    title: "GET with one redirect, 50 at a time",
    skill: "redirect",
    action: "get",
    path: "/redirect",
    concurrency: 50,
  }),
  workload({
    id: "https",
    title: "Small GET over HTTPS, kept connections, 50 at a time",
    skill: "tls",
    action: "get",
    port: "https",
    concurrency: 50,
  }),
  workload({
    id: "http2",
    title: "Small GET over HTTP/2, 50 streams at a time",
    skill: "http2",
    action: "get",
    port: "h2",
    concurrency: 50,
  }),
  closing("closing", "http", "Small GET, 50 at a time, the server closes after each answer"),
  closing("closing-tls", "https", "Small GET over HTTPS, 50 at a time, the server closes after each answer"),
  workload({
    id: "bursts",
    title: "Small GET, bursts of 1,000 at a time with pauses of 50 ms",
    skill: "many",
    action: "get",
    concurrency: 1000,
    pauseMs: 50,
  }),
  busy(1000),
  busy(4000),
  workload({
    id: "gzip",
    title: "20 KB of JSON sent with gzip, parsed, 10 at a time",
    skill: "gzip",
    action: "json",
    path: "/gzip",
    concurrency: 10,
  }),
  workload({ id: "first", title: "First request of a new session", skill: "connect", action: "first" }),
  bulk("stream-10", "10 MB down, streamed", { action: "stream", bodyBytes: 10 * MB }),
  bulk("stream-100", "100 MB down, streamed", { action: "stream", bodyBytes: 100 * MB }),
  bulk("bytes-10", "10 MB down, as one piece", { action: "bytes", bodyBytes: 10 * MB }),
  bulk("upload-10", "10 MB up, streamed", { action: "upload", bodyBytes: 10 * MB }),
  bulk("upload-100", "100 MB up, streamed", { action: "upload", bodyBytes: 100 * MB }),
  workload({
    id: "sessions",
    title: "10,000 sessions opened and closed",
    skill: "session",
    action: "session",
    count: 10_000,
    unit: "µs",
  }),
  ...[10, 1000, 100_000].flatMap((cookies) => [jar("lookup", cookies), jar("store", cookies)]),
  workload({
    id: "import",
    title: "Import in a fresh process",
    skill: "import",
    action: "import",
    isFresh: true,
    unit: "ms",
  }),
  workload({
    id: "cold",
    title: "Import, a session and its first response in a fresh process",
    skill: "import",
    action: "import",
    isFresh: true,
    unit: "ms",
  }),
];
