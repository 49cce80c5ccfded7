/**
 * The `Cookie` headers that were written before. As long as no cookie of the host or of a domain above it changed and
 * none has expired, the header is the one of last time: two comparisons.
 *
 * Pure: time is an argument.
 */
import { Memo } from "../core/memo.ts";
import { comparablePath } from "../core/url-spelling.ts";
import type { Bucket, CookieIndex, Entry } from "./cookie-index.ts";
import { byPathThenAge, formatCookieHeader } from "./header.ts";
import { domainsOf, pathMatches } from "./match.ts";

/** How often the time of last use is written down. It only serves eviction, and costs a walk over the cookies. */
const ACCESS_STEP_MS = 1000;

/** What a host gets over a connection that is trusted with `Secure` cookies, or one that is not. Mutable: it is brought up to date in place. */
interface View {
  readonly domains: readonly string[];
  /** In the order of the header. */
  entries: readonly Entry[];
  /** Are all their paths `/`? The header is then the same for all of the host. */
  anyPath: boolean;
  /** The path that `header` is for, where that matters. */
  path: string;
  header: string | null;
  /** Those in the header. */
  sent: readonly Entry[];
  sentAt: number;
  expiresAt: number;
  /** What the view was made from. */
  version: number;
  chainVersion: number;
  generation: number;
}

/** Compiled headers by host. */
export class HeaderCache {
  readonly #index: CookieIndex;
  readonly #maxHeaderBytes: number;
  readonly #secure = new Memo<string, View>(1000);
  readonly #plain = new Memo<string, View>(1000);

  constructor(index: CookieIndex, maxHeaderBytes: number) {
    this.#index = index;
    this.#maxHeaderBytes = maxHeaderBytes;
  }

  /** The `Cookie` header for a host and path, or `null`. */
  select(host: string, isTrusted: boolean, path: string, now: number): string | null {
    const views = isTrusted ? this.#secure : this.#plain;
    const view = views.getOrMake(host, newView);
    if (view.version !== this.#index.version || now >= view.expiresAt) this.#update(view, isTrusted, now);
    if (!view.anyPath && view.path !== path) this.#write(view, path);
    if (now - view.sentAt >= ACCESS_STEP_MS) noteAccess(view, now);
    return view.header;
  }

  #update(view: View, secure: boolean, now: number): void {
    const index = this.#index;
    const buckets: Bucket[] = [];
    let chainVersion = 0;
    for (const domain of view.domains) {
      const bucket = index.bucket(domain);
      if (bucket === undefined) continue;
      buckets.push(bucket);
      if (bucket.version > chainVersion) chainVersion = bucket.version;
    }
    // Something changed, but nothing that this host gets.
    const same = view.chainVersion === chainVersion && view.generation === index.generation;
    view.version = index.version;
    if (same && now < view.expiresAt) return;
    view.chainVersion = chainVersion;
    view.generation = index.generation;
    this.#collect(view, buckets, secure, now);
  }

  #collect(view: View, buckets: readonly Bucket[], secure: boolean, now: number): void {
    const entries: Entry[] = [];
    const [host] = view.domains;
    let expiresAt = Number.POSITIVE_INFINITY;
    let anyPath = true;
    for (const bucket of buckets) {
      for (const entry of bucket.entries.values()) {
        const { cookie } = entry;
        if (entry.superseded || (cookie.hostOnly && bucket.domain !== host) || (cookie.secure && !secure))
          continue;
        const expires = cookie.expires ?? Number.POSITIVE_INFINITY;
        if (expires <= now) continue;
        if (expires < expiresAt) expiresAt = expires;
        if (cookie.path !== "/") anyPath = false;
        entries.push(entry);
      }
    }
    if (entries.length > 1) entries.sort(byPathThenAge);
    view.entries = entries;
    view.expiresAt = expiresAt;
    view.anyPath = anyPath;
    if (anyPath) this.#write(view, "/");
    // No request's path is empty: the caller writes the header for the one it asks for.
    else view.path = "";
  }

  #write(view: View, path: string): void {
    view.path = path;
    view.sent = view.anyPath ? view.entries : entriesFor(comparablePath(path), view.entries);
    view.header = formatCookieHeader(view.sent, this.#maxHeaderBytes);
    view.sentAt = Number.NEGATIVE_INFINITY;
  }
}

function entriesFor(path: string, entries: readonly Entry[]): readonly Entry[] {
  return entries.filter((entry) => pathMatches(path, entry.path));
}

function noteAccess(view: View, now: number): void {
  view.sentAt = now;
  for (const entry of view.sent) entry.accessedAt = now;
}

function newView(host: string): View {
  return {
    domains: domainsOf(host),
    entries: [],
    anyPath: true,
    path: "",
    header: null,
    sent: [],
    sentAt: Number.NEGATIVE_INFINITY,
    expiresAt: Number.NEGATIVE_INFINITY,
    version: -1,
    chainVersion: -1,
    generation: -1,
  };
}
