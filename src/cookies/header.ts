/**
 * Which cookies go with a request, in which order, and how they are written (RFC 6265bis §5.8.3).
 *
 * The answers are remembered. As long as no cookie of the host or of a domain above it has changed and none has expired, the
 * header is that of last time: two comparisons.
 *
 * Pure: time is an argument.
 */
import { Memo } from "../core/memo.ts";
import { comparablePath } from "../core/url-spelling.ts";
import type { CookieWithheldReason } from "../core/cookie-store.ts";
import type { CookieIndex, Entry } from "./cookie-index.ts";
import { domainsOf, pathMatches } from "./match.ts";
import { siteOf } from "./public-suffix.ts";

/** How often the time of last use is written down. It only serves eviction, and costs a walk over the cookies. */
const ACCESS_STEP_MS = 1000;

/**
 * What a host gets over a connection that is trusted with `Secure` cookies, or one that is not. Mutable: it is brought up to date in
 * place.
 */
interface View {
  readonly host: string;
  /** The host's own and those above it. */
  readonly domains: readonly string[];
  /** The cookies for any path, in the order of the header. */
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
  latest: number;
  generation: number;
}

/** The `Cookie` headers for the hosts that ask. */
export class CookieHeaders {
  readonly #index: CookieIndex;
  readonly #maxBytes: number;
  readonly #secure = new Memo<string, View>(1000);
  readonly #plain = new Memo<string, View>(1000);

  constructor(index: CookieIndex, maxBytes: number) {
    this.#index = index;
    this.#maxBytes = maxBytes;
  }

  /** The `Cookie` header for a host and path, or `null`. */
  select(host: string, isTrusted: boolean, path: string, now: number): string | null {
    const views = isTrusted ? this.#secure : this.#plain;
    const view = views.getOrMake(host, newView);
    if (view.version !== this.#index.version || now >= view.expiresAt) this.#refresh(view, isTrusted, now);
    if (!view.anyPath && view.path !== path) this.#write(view, path);
    if (now - view.sentAt >= ACCESS_STEP_MS) this.#noteUse(view, now);
    return view.header;
  }

  /**
   * What `select` would choose, and of the others why not. Changes nothing.
   *
   * @param taker the host that takes the cookies that wait for one; `null`: the one that asks.
   */
  look(question: Question, taker: string | null): HeaderLook {
    const { host, isTrusted, now } = question;
    const path = comparablePath(question.path);
    const asking: Asking = { host, isTrusted, now, path, domains: new Set(domainsOf(host)) };
    const binding = this.#index.ifBound(taker ?? host);
    const fits: Entry[] = [];
    const withheld: Withheld[] = [];
    const isNear = nearTo(host);
    let others = 0;
    for (const entry of this.#index.entries()) {
      const home = binding.waiting.has(entry) ? (taker ?? host) : entry.bucket.domain;
      const reason = binding.gone.get(entry) ?? reasonFor(asking, entry, home);
      if (reason === null) fits.push(entry);
      else if (reason === "unbound-elsewhere" || isNear(home)) withheld.push({ entry, reason, home });
      else others++;
    }
    const left = new Set<Entry>();
    const header = formatHeader(fits.sort(byPathThenAge), this.#maxBytes, left);
    for (const entry of left) withheld.push({ entry, reason: "header-full", home: host });
    return {
      header,
      sent: fits.filter((entry) => !left.has(entry)),
      withheld: withheld.sort((a, b) => a.entry.order - b.entry.order),
      others,
    };
  }

  #noteUse(view: View, now: number): void {
    view.sentAt = now;
    for (const entry of view.sent) this.#index.noteUse(entry, now);
  }

  /** Chooses anew, unless what changed is nothing that this host gets. */
  #refresh(view: View, isTrusted: boolean, now: number): void {
    const { version, generation } = this.#index;
    const latest = this.#index.latestVersion(view.domains);
    view.version = version;
    if (view.latest === latest && view.generation === generation && now < view.expiresAt) return;
    view.latest = latest;
    view.generation = generation;
    this.#choose(view, isTrusted, now);
  }

  #choose(view: View, isTrusted: boolean, now: number): void {
    const entries: Entry[] = [];
    view.expiresAt = Number.POSITIVE_INFINITY;
    view.anyPath = true;
    for (const domain of view.domains) {
      for (const entry of this.#index.bucket(domain)?.entries.values() ?? []) {
        if (reasonAgainst(entry, entry.bucket.domain === view.host, isTrusted, now) !== null) continue;
        const { expires, path } = entry.cookie;
        if (expires !== null && expires < view.expiresAt) view.expiresAt = expires;
        if (path !== "/") view.anyPath = false;
        entries.push(entry);
      }
    }
    view.entries = entries.sort(byPathThenAge);
    // No request's path is empty: the header for the one that is asked for is written then.
    if (view.anyPath) this.#write(view, "/");
    else view.path = "";
  }

  #write(view: View, path: string): void {
    const comparable = comparablePath(path);
    view.path = path;
    view.sent = view.anyPath
      ? view.entries
      : view.entries.filter((entry) => pathMatches(comparable, entry.path));
    view.header = formatHeader(view.sent, this.#maxBytes);
    view.sentAt = Number.NEGATIVE_INFINITY;
  }
}

/** What of a cookie is against it, that its domain does not tell. */
type EntryReason = Extract<
  CookieWithheldReason,
  | "host-mismatch"
  | "domain-mismatch"
  | "path"
  | "secure"
  | "expired"
  | "superseded"
  | "unbound-elsewhere"
  | "header-full"
  | "jar-full"
>;

/** A cookie that is not in the header. */
export interface Withheld {
  readonly entry: Entry;
  readonly reason: EntryReason;
  /** The domain in which it is, or would be. */
  readonly home: string;
}

/** What a look at the cookies shows. */
export interface HeaderLook {
  readonly header: string | null;
  /** Those in the header, in its order. */
  readonly sent: readonly Entry[];
  /** As they came: those of the same site, and those that were set for no host. */
  readonly withheld: readonly Withheld[];
  /** How many more there are. */
  readonly others: number;
}

/** A request, as far as cookies depend on it. */
interface Question {
  readonly host: string;
  /** May it have `Secure` cookies? */
  readonly isTrusted: boolean;
  readonly path: string;
  readonly now: number;
}

/** The same; its path as paths are compared. */
interface Asking extends Question {
  /** Its host, and those above it. */
  readonly domains: ReadonlySet<string>;
}

/** Step 1, of a cookie wherever it is: why it is not for this request; `null`: it is. @param home the domain in which it is. */
function reasonFor(
  { host, domains, isTrusted, path, now }: Asking,
  entry: Entry,
  home: string,
): EntryReason | null {
  if (!domains.has(home)) {
    if (entry.cookie.domain === "") return "unbound-elsewhere";
    return entry.cookie.hostOnly ? "host-mismatch" : "domain-mismatch";
  }
  if (entry.cookie.domain === "" && home !== host) return "unbound-elsewhere";
  const reason = reasonAgainst(entry, home === host, isTrusted, now);
  return reason === null && !pathMatches(path, entry.path) ? "path" : reason;
}

/** Step 1, of a cookie of the host or a domain above it, but for the path: why it is not for this connection and this time. */
function reasonAgainst(
  { cookie, superseded }: Entry,
  isHome: boolean,
  isTrusted: boolean,
  now: number,
): EntryReason | null {
  if (superseded) return "superseded";
  if (cookie.expires !== null && cookie.expires <= now) return "expired";
  if (!isHome && cookie.hostOnly) return "host-mismatch";
  return cookie.secure && !isTrusted ? "secure" : null;
}

/** Tells domains of the same site: a jar of thousands would drown what is asked for. Each is looked up once. */
function nearTo(host: string): (domain: string) => boolean {
  const site = siteOf(host);
  const known = new Map<string, boolean>();
  return (domain) => {
    let isNear = known.get(domain);
    if (isNear === undefined) known.set(domain, (isNear = siteOf(domain) === site));
    return isNear;
  };
}

/** Step 2: longer paths first, then the older cookie; of one millisecond the one that came first. */
function byPathThenAge(a: Entry, b: Entry): number {
  return (
    b.cookie.path.length - a.cookie.path.length ||
    a.cookie.createdAt - b.cookie.createdAt ||
    a.order - b.order
  );
}

/**
 * The value of the header, of at most `maxBytes`; `null` for no cookies. What does not fit is left out from the end: the newest
 * and the broadest, so that a flood of cookies never drives out the older ones (CVE-2022-32205 of curl).
 *
 * @param left takes up those; `null`: nobody wants to know.
 */
function formatHeader(
  sorted: readonly Entry[],
  maxBytes: number,
  left: Set<Entry> | null = null,
): string | null {
  let header = "";
  for (const entry of sorted) {
    const { cookie } = entry;
    const pair = formatCookie(cookie.name, cookie.value);
    if (header === "") {
      if (pair.length <= maxBytes) header = pair;
      else left?.add(entry);
    } else if (header.length + 2 + pair.length <= maxBytes) {
      header = `${header}; ${pair}`;
    } else {
      left?.add(entry);
    }
  }
  return header === "" ? null : header;
}

/** `name=value`; a nameless cookie is its value alone. */
export function formatCookie(name: string, value: string): string {
  return name === "" ? value : `${name}=${value}`;
}

function newView(host: string): View {
  return {
    host,
    domains: domainsOf(host),
    entries: [],
    anyPath: true,
    path: "",
    header: null,
    sent: [],
    sentAt: Number.NEGATIVE_INFINITY,
    expiresAt: Number.NEGATIVE_INFINITY,
    version: -1,
    latest: -1,
    generation: -1,
  };
}
