/**
 * Keeping: an opened session and what is stored of it. Tells the keeper which options, cookies and hosts changed, and puts in place what others
 * changed.
 */
import { systemClock } from "../core/clock.ts";
import type { StoreRecord } from "../core/records.ts";
import { SessionClosed } from "../core/errors.ts";
import type { HeaderMap } from "../core/headers.ts";
import type { Json, SessionState, Stored } from "../core/session-store.ts";
import { sourceOf, type Source } from "../core/source.ts";
import { isSameCookie } from "../cookies/cookie-index.ts";
import type { CookieJar } from "../cookies/jar.ts";
import type { SessionEvents } from "../events/session-events.ts";
import { HstsStore, isSameHost } from "../hsts/store.ts";
import { cookieId } from "../store/state.ts";
import type { SettingListener } from "./defaults.ts";
import { Keeper, type KeptSession } from "./keeper.ts";
import { isKept, keptValue, type SecretsMode } from "./kept-settings.ts";
import type { Opening } from "./open.ts";
import { hasReference, mayRefer, type Variables } from "./references.ts";
import {
  authOf,
  byTime,
  contradict,
  headerKeyOf,
  headersBeside,
  isHeaderKey,
  isReferred,
  isSame,
  optionOf,
  putHeader,
  RIVALS,
  settingsIn,
  storedHeaders,
  type HeaderPair,
} from "./stored-settings.ts";

/** What is needed of a session, of whatever class. */
export interface OpenedSession {
  readonly cookies: CookieJar;
  readonly headers: HeaderMap;
  readonly baseUrl: string | null;
  readonly hsts: unknown;
  readonly events: SessionEvents;
}

/** Keeps a session: its keeper, and what is known of its options. */
export class Keeping implements KeptSession, SettingListener {
  readonly keeper: Keeper;
  readonly #session: OpenedSession;
  /** The options that it was given, as they were given. */
  readonly #given: () => Readonly<Record<string, unknown>>;
  readonly #secrets: SecretsMode;
  readonly #isReadOnly: boolean;
  /** The environment's variables that options refer to. */
  #auth: Json | undefined;
  /** Options as they are stored. */
  #known: Map<string, Json>;
  /** Options that are as they were stored, and not as the program gave them. */
  readonly #stored: Set<string>;
  readonly #variables: Variables;
  /** Options in which variables of the environment are referred to, as they are stored. */
  readonly #references: Map<string, Json>;
  /** Headers that were stored, over those that every session begins with. */
  storedHeaders: HeaderMap;
  readonly #source: Source;
  #hosts: HstsStore | null = null;
  /** Of the session, as far as they are listened to. */
  #headers: HeaderMap | null = null;
  #isAdopting = false;
  #isClosed = false;
  /** Are headers about to change, and will be looked at when they have? */
  #isLooking = false;

  /** @param given the options that the session was given, as they were given. */
  constructor(session: OpenedSession, given: () => Readonly<Record<string, unknown>>, how: Opening["how"]) {
    const { store, when, isReadOnly, stored, settings } = how;
    this.#session = session;
    this.#given = given;
    this.#secrets = how.secrets;
    this.#isReadOnly = isReadOnly;
    this.#auth = how.auth;
    this.#known = new Map(settings);
    // Headers are put over one another, and so are told one by one.
    this.#stored = new Set(
      [...settings.keys()].map(optionOf).filter((name) => name === "headers" || !how.given.has(name)),
    );
    this.#variables = how.variables;
    this.#references = new Map(how.references);
    this.storedHeaders = storedHeaders(settings, how.variables);
    this.#source = sourceOf("session-file", null, store.place);
    this.keeper = new Keeper(store, this, { when, isReadOnly, stored });
  }

  /**
   * From here on all that the session changes is noted. What it was given is its first change.
   *
   * @throws {TypeError} when its jar or its list of hosts is another stored session's, and for a secret that would be stored.
   */
  begin({ jar, cookies, how: { stored } }: Opening): void {
    this.#listen();
    try {
      const kept = new Map((stored?.state.cookies ?? []).map(({ key, value }) => [cookieId(key), value]));
      for (const { boundTo = null, ...cookie } of jar) {
        const before = kept.get(cookieId(cookie));
        const isThere = before !== undefined && isSameCookie(before, cookie);
        if (!isThere || (before.boundTo ?? null) !== boundTo) this.keeper.onSet(cookie, boundTo);
      }
      if (cookies !== undefined) this.#session.cookies.update(cookies);
      this.#noteHosts(stored);
      this.noteSettings();
    } catch (error) {
      this.#listen(null);
      this.keeper.forget();
      throw error;
    }
  }

  async save(): Promise<void> {
    this.#assertOpen();
    if (this.#isReadOnly)
      throw new TypeError('the session was opened with access: "read-only": nothing of it is stored');
    await this.keeper.save();
  }

  onStore(told: Omit<StoreRecord, "place">): void {
    const { events } = this.#session;
    if (events.hears("store")) events.tell("store", { ...told, place: this.keeper.store.place });
  }

  async reload(): Promise<void> {
    this.#assertOpen();
    await this.keeper.reload();
  }

  /** @throws {SessionClosed} */
  #assertOpen(): void {
    if (this.#isClosed)
      throw new SessionClosed(
        "the session is closed, and nothing of it is stored any more: save() before close(), or open it again",
      );
  }

  /** What changes from then on is not stored. What could not be stored is tried again when it is closed again. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    try {
      await this.keeper.close();
      this.#isClosed = true;
    } finally {
      this.#listen(null);
    }
  }

  /** @throws {TypeError} for a value that is a secret, and would be stored. */
  assertSettable(name: string, value: unknown): void {
    if (this.#isAdopting || this.#isReadOnly || value === undefined) return;
    this.#keptValue(name, value);
  }

  /** An option was set: `auth` by the program itself, and not by reference any more. */
  onSetting(name: string): void {
    if (this.#isAdopting) return;
    this.#stored.delete(name);
    if (name === "auth") this.#auth = undefined;
    if (name === "headers") {
      this.storedHeaders = storedHeaders(new Map(), this.#variables);
      this.#listenToHeaders(true);
    }
    if (name === "hsts") {
      this.#listenToHosts(this.keeper);
      this.#noteHosts(null);
    }
    this.#noteOrStir();
  }

  sourceOf(name: string): Source | null {
    return this.#stored.has(name) ? this.#source : null;
  }

  /** The session has another jar: what was in the one before is deleted, but for what both have. */
  onJar(before: CookieJar, after: CookieJar): void {
    if (before === after) return;
    if (!this.#isReadOnly) after.listen(this.keeper);
    before.listen(null);
    for (const cookie of before) this.keeper.onDelete(cookie);
    for (const { boundTo = null, ...cookie } of after.toJSON().cookies) this.keeper.onSet(cookie, boundTo);
  }

  /**
   * Notes the options that are not as they are stored.
   *
   * @throws {TypeError} for a secret that would be stored, when all the others are noted.
   */
  noteSettings(): void {
    if (this.#isReadOnly) return;
    const { settings: now, refused } = this.#settings();
    const at = systemClock.now();
    for (const [key, value] of now)
      if (!isSame(value, this.#known.get(key))) this.keeper.note({ kind: "setting", key, at, value });
    for (const key of this.#known.keys())
      if (!now.has(key)) this.keeper.note({ kind: "setting", key, at, value: undefined });
    this.#known = now;
    if (refused !== null) throw refused.error;
  }

  /** What must not be stored is told with the next save: who changes something else has nothing to do with it. */
  #noteOrStir(): void {
    try {
      this.noteSettings();
    } catch {
      this.keeper.stir();
    }
  }

  adopt(stored: Stored, { settings, cookies, hosts }: SessionState): void {
    // Before anything is taken over.
    settingsIn(stored, this.keeper.store.place, this.#variables);
    this.#isAdopting = true;
    try {
      for (const { key, value } of settings.toSorted(byTime))
        if (isKept(optionOf(key))) this.#adoptSetting(key, value);
      this.#session.cookies.adopt(cookies);
      this.#hosts?.adopt(hosts);
    } finally {
      this.#isAdopting = false;
    }
  }

  #adoptSetting(name: string, value: Json | undefined): void {
    const before = this.#known.get(name);
    if (value === undefined) this.#known.delete(name);
    else this.#known.set(name, value);
    if (isSame(value, before)) return;
    if (isHeaderKey(name)) {
      this.#adoptHeader(name, value);
      return;
    }
    if (mayRefer(name) && hasReference(value)) this.#references.set(name, value ?? null);
    else this.#references.delete(name);
    const rival = RIVALS.get(name);
    if (rival !== undefined && contradict(name, value, this.#known)) {
      this.#known.delete(rival);
      Reflect.set(this.#session, rival, undefined);
    }
    Reflect.set(this.#session, name, this.#meantBy(name, value));
    this.#stored.add(name);
    if (name === "hsts") this.#listenToHosts(this.keeper);
  }

  /** In place: the program may hold them. */
  #adoptHeader(key: string, value: Json | undefined): void {
    if (hasReference(value)) {
      const others = this.#references.get("headers");
      this.#references.set("headers", [...(Array.isArray(others) ? (others as Json[]) : []), value ?? null]);
    }
    putHeader(this.#session.headers, key, value, this.#variables);
    putHeader(this.storedHeaders, key, value, this.#variables);
    this.#stored.add("headers");
  }

  /** What a session has that was stored so. */
  #meantBy(name: string, value: Json | undefined): unknown {
    switch (name) {
      case "auth":
        this.#auth = isReferred(value) ? value : undefined;
        return authOf(value, this.#variables);
      case "headers":
        return (this.storedHeaders = storedHeaders(this.#known, this.#variables));
      default:
        return mayRefer(name) ? this.#variables.resolved(value, name) : value;
    }
  }

  /** Hears of cookies and hosts; `null`: not any more. */
  #listen(keeper: Keeper | null = this.keeper): void {
    this.#session.cookies.listen(this.#isReadOnly ? null : keeper);
    this.#listenToHeaders(keeper !== null);
    try {
      this.#listenToHosts(keeper);
    } catch (error) {
      this.#session.cookies.listen(null);
      this.#listenToHeaders(false);
      throw error;
    }
  }

  /** They are changed in place. What they are then is looked at when they are, which is when the program waits next. */
  #listenToHeaders(isListening: boolean): void {
    this.#headers?.listen(null);
    this.#headers = isListening && !this.#isReadOnly ? this.#session.headers : null;
    this.#headers?.listen(() => {
      if (this.#isAdopting || this.#isLooking) return;
      this.#isLooking = true;
      queueMicrotask(() => {
        this.#isLooking = false;
        this.#noteOrStir();
      });
    });
  }

  /** Hears of the hosts in the session's own list. One of another kind keeps what it knows itself. */
  #listenToHosts(keeper: Keeper | null): void {
    const { hsts } = this.#session;
    const hosts = hsts instanceof HstsStore ? hsts : null;
    if (!this.#isReadOnly) hosts?.listen(keeper);
    if (hosts !== this.#hosts) this.#hosts?.listen(null);
    this.#hosts = hosts;
  }

  /** Notes the hosts that are not as they were stored. */
  #noteHosts(stored: Stored | null): void {
    const kept = new Map((stored?.state.hosts ?? []).map(({ key, value }) => [key, value]));
    for (const host of this.#hosts?.toJSON().hosts ?? [])
      if (!isSameHost(kept.get(host.host), host)) this.keeper.onHost(host.host, host);
  }

  /** @throws {TypeError} for a secret that would be stored. */
  #keptValue(name: string, value: unknown): Json | undefined {
    return keptValue(name, value, {
      secrets: this.#secrets,
      known: this.#known.get(name),
      refer: (json) => this.#variables.referring(json, this.#references.get(name)),
    });
  }

  /** The options as they are to be stored; as they are stored where that is refused. */
  #settings(): {
    readonly settings: Map<string, Json>;
    readonly refused: { readonly error: unknown } | null;
  } {
    const { baseUrl, headers, hsts } = this.#session;
    const { auth, cookies: _, ...others } = this.#given();
    const all: Record<string, unknown> = {
      ...others,
      baseUrl: baseUrl ?? undefined,
    };
    if (hsts !== null) all["hsts"] = true;
    if (this.#auth !== undefined) all["auth"] = this.#auth;
    else if (auth !== undefined) all["auth"] = auth;
    const settings = new Map<string, Json>();
    let refused: { readonly error: unknown } | null = null;
    const keep = (key: string, valueOf: () => Json | undefined): void => {
      let json = this.#known.get(key);
      try {
        json = valueOf();
      } catch (error) {
        refused ??= { error };
      }
      if (json !== undefined) settings.set(key, json);
    };
    for (const [name, value] of Object.entries(all))
      keep(name, () => (value === undefined ? undefined : this.#keptValue(name, value)));
    for (const pair of headersBeside(headers)) {
      const key = headerKeyOf(pair[0]);
      keep(key, () => this.#keptHeader(key, pair));
    }
    return { settings, refused };
  }

  /** @throws {TypeError} for a secret that would be stored. */
  #keptHeader(key: string, pair: HeaderPair): Json | undefined {
    const known = this.#known.get(key);
    const kept = keptValue("headers", [pair], {
      secrets: this.#secrets,
      known: known === undefined ? undefined : [known],
      refer: (json) => this.#variables.referring(json, this.#references.get("headers")),
    });
    return (kept as readonly Json[] | undefined)?.[0];
  }
}
