/**
 * Keeper: stands between a session and its store. Notes what the session changes, commits it, and takes over what others did.
 *
 * Of each thing the last change counts: what was set and deleted again between two commits is deleted. What changes while a commit is
 * under way belongs to the next one, and nothing that others did takes its place.
 */
import { systemClock } from "../core/clock.ts";
import type { StoredCookie } from "../core/cookie-store.ts";
import type { StoreRecord } from "../core/records.ts";
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
import { cookieId, LAST_TIME } from "../store/state.ts";

/** When changes are committed: soon after they are made, when the session is closed, or when the program says so. */
export type SaveWhen = "change" | "close" | "manual";

/** So long more changes are waited for, in milliseconds. */
const SOON_MS = 250;

/** So many things more than there are may be known. */
const MOST_KNOWN_BESIDE = 1000;

/** Who takes over what others did. */
export interface KeptSession {
  /** Changes were stored, taken over, or could not be stored. */
  onStore(told: Omit<StoreRecord, "place">): void;
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
  /** What is stored, as it was read, and when it changed: clocks differ, and jump. */
  readonly #known = new Map<string, Pick<Kept<unknown, unknown>, "at" | "value">>();
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
    if (stored !== null) this.#noteKnown(stored);
  }

  onSet(cookie: StoredCookie, boundTo: string | null): void {
    const value: KeptCookie = boundTo === null ? cookie : { ...cookie, boundTo };
    this.note({ kind: "cookie", key: keyOf(cookie), at: systemClock.now(), value });
  }

  onDelete(cookie: CookieKey): void {
    this.note({ kind: "cookie", key: keyOf(cookie), at: systemClock.now(), value: undefined });
  }

  onMiss(cookie: CookieKey): void {
    const id = idOf("cookie", cookie);
    const known = this.#pending.get(id) ?? this.#known.get(id);
    // Some servers delete with each response what nobody has: that is noted, but nothing is written for it alone.
    const isGone = known !== undefined && known.value === undefined;
    this.#note({ kind: "cookie", key: keyOf(cookie), at: systemClock.now(), value: undefined }, !isGone);
  }

  /** A host said something of itself, or took it back. */
  onHost(host: string, value: KeptHost | undefined): void {
    this.note({ kind: "host", key: host, at: systemClock.now(), value });
  }

  /** Something changed. */
  note(change: Change): void {
    this.#note(change, true);
  }

  #note(change: Change, isUrgent: boolean): void {
    if (this.#isReadOnly) return;
    const id = idOf(change.kind, change.key);
    // At the end: changes are applied in the order in which they were made.
    const before = this.#pending.get(id)?.at ?? 0;
    this.#pending.delete(id);
    // Who changes what it knows does so later than that was made, whatever the clocks say.
    const at = Math.min(Math.max(change.at, before, (this.#known.get(id)?.at ?? -1) + 1), LAST_TIME);
    this.#pending.set(id, at === change.at ? change : { ...change, at });
    if (isUrgent) this.stir();
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
    const refused = this.#noteSettings();
    if (this.#pending.size > 0) {
      this.#running = this.#commit().finally(() => {
        this.#running = null;
      });
      await this.#running;
    } else this.#throwFailure();
    if (refused !== null) throw refused.error;
  }

  /** What must not be stored keeps nothing else from being stored. */
  #noteSettings(): { readonly error: unknown } | null {
    try {
      if (!this.#isReadOnly) this.#session.noteSettings();
      return null;
    } catch (error) {
      return { error };
    }
  }

  /** Something changed that the session tells of when it is asked. */
  stir(): void {
    if (!this.#isReadOnly && this.#when === "change") this.#soon();
  }

  /** Takes over what others did. What this session changed and has not saved stays as it is. */
  async reload(): Promise<void> {
    try {
      const stored = await this.store.read();
      const changes = stored === null ? 0 : this.#takeOver(stored);
      this.#session.onStore({ kind: "reloaded", changes, error: null });
    } catch (error) {
      this.#session.onStore({ kind: "failed", changes: 0, error });
      throw error;
    }
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
    // What changes from now on does so later, also when the clock is put back meanwhile.
    for (const [id, change] of changes) this.#known.set(id, change);
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
      this.#session.onStore({ kind: "failed", changes: 0, error });
      throw error;
    }
    this.#takeOver(stored);
    this.#session.onStore({ kind: "saved", changes: changes.size, error: null });
  }

  /** How much of it is new? */
  #takeOver(stored: Stored): number {
    const news = this.#newsIn(stored.state);
    const { settings, cookies, hosts } = stored.state;
    // Of what is not there any more.
    if (this.#known.size > 2 * (settings.length + cookies.length + hosts.length) + MOST_KNOWN_BESIDE)
      this.#noteKnown(stored);
    this.#session.adopt(stored, news);
    return news.settings.length + news.cookies.length + news.hosts.length;
  }

  #newsIn({ settings, cookies, hosts }: SessionState): SessionState {
    return {
      settings: this.#newsOf("setting", settings),
      cookies: this.#newsOf("cookie", cookies),
      hosts: this.#newsOf("host", hosts),
    };
  }

  /** What was taken over before is none: a store may give the same things again. */
  #newsOf<Thing extends Kept<string | CookieKey, unknown>>(
    kind: Change["kind"],
    things: readonly Thing[],
  ): Thing[] {
    const news: Thing[] = [];
    for (const thing of things) {
      if (this.#adopted.has(thing)) continue;
      const id = idOf(kind, thing.key);
      this.#known.set(id, thing);
      if (this.#pending.has(id)) continue;
      this.#adopted.add(thing);
      news.push(thing);
    }
    return news;
  }

  #noteKnown({ state: { settings, cookies, hosts } }: Stored): void {
    this.#known.clear();
    for (const thing of settings) this.#known.set(idOf("setting", thing.key), thing);
    for (const thing of cookies) this.#known.set(idOf("cookie", thing.key), thing);
    for (const thing of hosts) this.#known.set(idOf("host", thing.key), thing);
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

function keyOf({ name, domain, hostOnly, path }: CookieKey): CookieKey {
  return { name, domain, hostOnly, path };
}

function idOf(kind: Change["kind"], key: string | CookieKey): string {
  return `${kind} ${typeof key === "string" ? key : cookieId(key)}`;
}
