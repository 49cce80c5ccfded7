/**
 * Keeping: an opened session and what is stored of it. Tells the keeper which options, cookies and hosts changed, and puts in place what others
 * changed.
 */
import { systemClock } from "../core/clock.ts";
import type { HeaderMap } from "../core/headers.ts";
import type { Json, SessionState, Stored } from "../core/session-store.ts";
import { sourceOf, type Source } from "../core/source.ts";
import { isSameCookie } from "../cookies/cookie-index.ts";
import type { CookieJar } from "../cookies/jar.ts";
import { HstsStore, isSameHost } from "../hsts/store.ts";
import { cookieId } from "../store/state.ts";
import type { SettingListener } from "./defaults.ts";
import { Keeper, type KeptSession } from "./keeper.ts";
import { isKept, keptValue, type SecretsMode } from "./kept-settings.ts";
import type { Opening } from "./open.ts";
import { hasReference, mayRefer, type Variables } from "./references.ts";
import { authOf, headersBeside, isReferred, isSame, settingsIn, storedHeaders } from "./stored-settings.ts";

/** What is needed of a session, of whatever class. */
export interface OpenedSession {
  readonly cookies: CookieJar;
  readonly headers: HeaderMap;
  readonly baseUrl: string | null;
  readonly hsts: unknown;
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
  readonly #known: Map<string, Json>;
  /** Options that are as they were stored, and not as the program gave them. */
  readonly #stored: Set<string>;
  readonly #variables: Variables;
  /** Options in which variables of the environment are referred to, as they are stored. */
  readonly #references: Map<string, Json>;
  /** Headers that were stored, over those that every session begins with. */
  storedHeaders: HeaderMap;
  readonly #source: Source;
  #hosts: HstsStore | null = null;
  #isAdopting = false;

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
    this.#stored = new Set([...settings.keys()].filter((name) => name === "headers" || !how.given.has(name)));
    this.#variables = how.variables;
    this.#references = new Map(how.references);
    this.storedHeaders = storedHeaders(settings.get("headers"), how.variables);
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
    if (this.#isReadOnly)
      throw new TypeError('the session was opened with access: "read-only": nothing of it is stored');
    await this.keeper.save();
  }

  async reload(): Promise<void> {
    await this.keeper.reload();
  }

  /** What changes from then on is not stored. */
  async close(): Promise<void> {
    try {
      await this.keeper.close();
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
    if (name === "headers") this.storedHeaders = storedHeaders(undefined, this.#variables);
    if (name === "hsts") {
      this.#listenToHosts(this.keeper);
      this.#noteHosts(null);
    }
    this.#noteSetting(name, this.#settings().get(name));
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
   * Notes the options that are not as they are stored: headers are changed in place, and nobody tells of it.
   *
   * @throws {TypeError} for a secret that would be stored.
   */
  noteSettings(): void {
    if (this.#isReadOnly) return;
    const now = this.#settings();
    const refusals: unknown[] = [];
    for (const name of new Set([...now.keys(), ...this.#known.keys()])) {
      try {
        this.#noteSetting(name, now.get(name));
      } catch (error) {
        // All others are noted.
        refusals.push(error);
      }
    }
    if (refusals.length > 0) throw refusals[0];
  }

  /** @throws {TypeError} for a secret that would be stored. */
  #noteSetting(name: string, given: unknown): void {
    if (this.#isReadOnly) return;
    const value = given === undefined ? undefined : this.#keptValue(name, given);
    if (isSame(value, this.#known.get(name))) return;
    this.keeper.note({ kind: "setting", key: name, at: systemClock.now(), value });
    if (value === undefined) this.#known.delete(name);
    else this.#known.set(name, value);
  }

  adopt(stored: Stored, { settings, cookies, hosts }: SessionState): void {
    // Before anything is taken over.
    settingsIn(stored, this.keeper.store.place, this.#variables);
    this.#isAdopting = true;
    try {
      for (const { key, value } of settings) if (isKept(key)) this.#adoptSetting(key, value);
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
    if (mayRefer(name) && hasReference(value)) this.#references.set(name, value ?? null);
    else this.#references.delete(name);
    Reflect.set(this.#session, name, this.#meantBy(name, value));
    this.#stored.add(name);
    if (name === "hsts") this.#listenToHosts(this.keeper);
  }

  /** What a session has that was stored so. */
  #meantBy(name: string, value: Json | undefined): unknown {
    switch (name) {
      case "auth":
        this.#auth = isReferred(value) ? value : undefined;
        return authOf(value, this.#variables);
      case "headers":
        return (this.storedHeaders = storedHeaders(value, this.#variables));
      default:
        return mayRefer(name) ? this.#variables.resolved(value, name) : value;
    }
  }

  /** Hears of cookies and hosts; `null`: not any more. */
  #listen(keeper: Keeper | null = this.keeper): void {
    this.#session.cookies.listen(this.#isReadOnly ? null : keeper);
    try {
      this.#listenToHosts(keeper);
    } catch (error) {
      this.#session.cookies.listen(null);
      throw error;
    }
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

  /** The options that the session has, of which those are stored that can be. */
  #settings(): Map<string, unknown> {
    const { baseUrl, headers, hsts } = this.#session;
    const { auth, cookies: _, ...others } = this.#given();
    const all: Record<string, unknown> = {
      ...others,
      baseUrl: baseUrl ?? undefined,
      headers: headersBeside(headers),
    };
    if (hsts !== null) all["hsts"] = true;
    if (this.#auth !== undefined) all["auth"] = this.#auth;
    else if (auth !== undefined) all["auth"] = auth;
    return new Map(Object.entries(all));
  }
}
