/**
 * Keeper: stands between a session and its store. Notes what the session changes, commits it, and takes over what others did.
 *
 * Of each thing the last change counts: what was set and deleted again between two commits is deleted. What changes while a commit is
 * under way belongs to the next one, and nothing that others did takes its place.
 */
import { systemClock } from "../core/clock.ts";
import type { StoredCookie } from "../core/cookie-store.ts";
import type {
  Change,
  CookieKey,
  Kept,
  KeptCookie,
  KeptHost,
  SessionState,
  SessionStore,
  Stored,
} from "../core/session-store.ts";
import type { CookieListener } from "../cookies/cookie-index.ts";
import { cookieId } from "../store/state.ts";

/** When changes are committed: soon after they are made, when the session is closed, or when the program says so. */
export type SaveWhen = "change" | "close" | "manual";

/** So long more changes are waited for, in milliseconds. */
const SOON_MS = 250;

/** Who takes over what others did. */
export interface KeptSession {
  /** Notes what it does not tell of by itself. @throws {TypeError} for what must not be stored. */
  noteSettings(): void;
  /** Takes over `news`: of what is stored, what others changed, and this session has not changed since. */
  adopt(stored: Stored, news: SessionState): void;
}

/** Commits the changes of one session. */
export class Keeper implements CookieListener {
  readonly store: SessionStore;
  readonly #session: KeptSession;
  readonly #when: SaveWhen;
  readonly #isReadOnly: boolean;
  /** The last change of each thing, in the order in which they were made. */
  #pending = new Map<string, Change>();
  /** Of a commit that is under way. */
  #running: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  /** When things changed that changed later than it is now: clocks differ, and jump. */
  #ahead = new Map<string, number>();
  /** Cookies that are deleted, and are stored as that. */
  readonly #gone = new Set<string>();
  /** What was taken over. */
  readonly #adopted = new WeakSet<object>();
  /** What a commit came to that nobody waited for. */
  #failure: { readonly error: unknown } | null = null;

  constructor(
    store: SessionStore,
    session: KeptSession,
    {
      when,
      isReadOnly,
      stored,
    }: { readonly when: SaveWhen; readonly isReadOnly: boolean; readonly stored: Stored | null },
  ) {
    this.store = store;
    this.#session = session;
    this.#when = when;
    this.#isReadOnly = isReadOnly;
    if (stored === null) return;
    this.#noteTimes(stored);
    for (const kept of stored.state.cookies) this.#noteGone(kept);
  }

  onSet(cookie: StoredCookie, boundTo: string | null): void {
    const value: KeptCookie = boundTo === null ? cookie : { ...cookie, boundTo };
    this.note({ kind: "cookie", key: keyOf(cookie), at: systemClock.now(), value });
  }

  onDelete(cookie: StoredCookie): void {
    this.note({ kind: "cookie", key: keyOf(cookie), at: systemClock.now(), value: undefined });
  }

  onMiss(cookie: StoredCookie): void {
    // Some servers delete with each response what nobody has.
    if (!this.#gone.has(cookieId(cookie))) this.onDelete(cookie);
  }

  /** A host said something of itself, or took it back. */
  onHost(host: string, value: KeptHost | undefined): void {
    this.note({ kind: "host", key: host, at: systemClock.now(), value });
  }

  /** Something changed. */
  note(change: Change): void {
    if (this.#isReadOnly) return;
    const id = idOf(change.kind, change.key);
    // At the end: changes are applied in the order in which they were made.
    const before = this.#pending.get(id)?.at ?? 0;
    this.#pending.delete(id);
    // Who changes what it knows does so later than that was made, whatever the clocks say.
    const at = Math.max(change.at, before, (this.#ahead.get(id) ?? -1) + 1);
    this.#pending.set(id, at === change.at ? change : { ...change, at });
    if (change.kind === "cookie") this.#noteGone(change);
    if (this.#when === "change") this.#soon();
  }

  /**
   * Commits what changed, and takes over what others did. Resolves when it is stored.
   *
   * @throws what the store says; what was to be stored is tried again with the next commit.
   * @throws {TypeError} for a secret in an option, which must not be stored; all else is.
   */
  async save(): Promise<void> {
    this.#stopTimer();
    // What is noted by now is stored when this resolves, and so a commit that began before is not enough.
    while (this.#running !== null) await this.#running.catch(() => {});
    const refusal = this.#noteSettings();
    if (this.#pending.size > 0) {
      this.#running = this.#commit().finally(() => {
        this.#running = null;
      });
      await this.#running;
    } else this.#throwFailure();
    // All others are stored: a login is not to be lost for an option that must not be.
    if (refusal !== null) throw refusal.error;
  }

  /** What an option is refused for that must not be stored; `null`: none is. */
  #noteSettings(): { readonly error: unknown } | null {
    try {
      if (!this.#isReadOnly) this.#session.noteSettings();
      return null;
    } catch (error) {
      return { error };
    }
  }

  /** Takes over what others did. What this session changed and has not saved stays as it is. */
  async reload(): Promise<void> {
    const stored = await this.store.read();
    if (stored !== null) this.#takeOver(stored);
  }

  /** Stores nothing of what changed until now. */
  forget(): void {
    this.#stopTimer();
    this.#pending.clear();
  }

  /** The last commit. @throws what the store says. */
  async close(): Promise<void> {
    this.#stopTimer();
    try {
      if (this.#when !== "manual") await this.save();
    } finally {
      await this.store.close();
    }
  }

  async #commit(): Promise<void> {
    const changes = this.#pending;
    this.#pending = new Map();
    this.#failure = null;
    let stored: Stored;
    try {
      stored = await this.store.commit([...changes.values()]);
    } catch (error) {
      // Changes that were made since come behind them, and take their place.
      for (const [id, change] of this.#pending) {
        changes.delete(id);
        changes.set(id, change);
      }
      this.#pending = changes;
      throw error;
    }
    this.#takeOver(stored);
  }

  #takeOver(stored: Stored): void {
    this.#noteTimes(stored);
    this.#session.adopt(stored, this.#newsIn(stored.state));
  }

  #newsIn({ settings, cookies, hosts }: SessionState): SessionState {
    return {
      settings: this.#newsOf("setting", settings),
      cookies: this.#newsOf("cookie", cookies),
      hosts: this.#newsOf("host", hosts),
    };
  }

  /** What was taken over before is none: a store may give the same things again. */
  #noteGone({ key, value }: Kept<CookieKey, unknown>): void {
    if (value === undefined) this.#gone.add(cookieId(key));
    else this.#gone.delete(cookieId(key));
  }

  #newsOf<Thing extends Kept<string | CookieKey, unknown>>(
    kind: Change["kind"],
    things: readonly Thing[],
  ): Thing[] {
    const news: Thing[] = [];
    for (const thing of things) {
      if (this.#adopted.has(thing) || this.#pending.has(idOf(kind, thing.key))) continue;
      this.#adopted.add(thing);
      news.push(thing);
      if (typeof thing.key !== "string") this.#noteGone({ ...thing, key: thing.key });
    }
    return news;
  }

  #noteTimes({ state: { settings, cookies, hosts } }: Stored): void {
    this.#ahead.clear();
    const now = systemClock.now();
    for (const { key, at } of settings) if (at >= now) this.#ahead.set(idOf("setting", key), at);
    for (const { key, at } of cookies) if (at >= now) this.#ahead.set(idOf("cookie", key), at);
    for (const { key, at } of hosts) if (at >= now) this.#ahead.set(idOf("host", key), at);
  }

  #soon(): void {
    if (this.#timer !== null) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.save().catch((error: unknown) => this.#tell(error));
    }, SOON_MS);
  }

  /** Nobody waits: the next save() or close() tells of it, and a warning does now. */
  #tell(error: unknown): void {
    this.#failure = { error };
    const why = error instanceof Error ? error.message : String(error);
    process.emitWarning(
      `the session could not be saved, and will be tried again with its next change: ${why}`,
      {
        type: "SessionSaveWarning",
        code: "SOJOURN_UNSAVED",
      },
    );
  }

  #throwFailure(): void {
    const failure = this.#failure;
    this.#failure = null;
    if (failure !== null) throw failure.error;
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

function keyOf({ name, domain, hostOnly, path }: StoredCookie): CookieKey {
  return { name, domain, hostOnly, path };
}

function idOf(kind: Change["kind"], key: string | CookieKey): string {
  return `${kind} ${typeof key === "string" ? key : cookieId(key)}`;
}
