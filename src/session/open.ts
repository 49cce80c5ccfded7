/**
 * Opens a session that is stored: what was stored becomes its defaults, its cookies and its list of HSTS hosts; what it changes from then
 * on is stored. How changes get there is `keeper.ts`'s, what can be stored of options `kept-settings.ts`'s.
 */
import type { AuthOption } from "../core/auth-scheme.ts";
import { mustBe, oneOf } from "../core/checks.ts";
import { HeaderMap, type HeadersInit } from "../core/headers.ts";
import type { CookieStore } from "../core/cookie-store.ts";
import type { CookiesInit, SessionOptions } from "../core/options.ts";
import { isObject } from "../core/realm.ts";
import type { Json, SessionState, SessionStore, Stored } from "../core/session-store.ts";
import { systemClock } from "../core/clock.ts";
import { CookieJar } from "../cookies/jar.ts";
import { HttpBearerAuth } from "../auth/bearer.ts";
import { HstsStore } from "../hsts/store.ts";
import { firstHeaders } from "../options/headers.ts";
import { FileSessionStore, type FileSessionStoreOptions } from "../store/file-store.ts";
import { Keeper, notPending, type KeptSession, type SaveWhen } from "./keeper.ts";
import {
  isEnvironment,
  keptValue,
  valueOf,
  type EnvironmentReference,
  type SecretsMode,
} from "./kept-settings.ts";

/** How a stored session is opened: options of a session, which are stored with it, and how that is done. */
export interface OpenOptions<Stream extends boolean = false>
  extends Omit<SessionOptions<Stream>, "auth">, FileSessionStoreOptions {
  /**
   * As the option of a session. A secret may be that of an environment variable, of which the name is stored: `{ env: "API_TOKEN" }` is a
   * bearer token, `["user", { env: "PASSWORD" }]` a user with a password.
   */
  readonly auth?:
    | AuthOption
    | EnvironmentReference
    | readonly [user: string | EnvironmentReference, password: EnvironmentReference]
    | undefined;
  /** `read-only`: nothing is stored. Default: `read-write`. */
  readonly access?: "read-write" | "read-only" | undefined;
  /** When changes are stored: `change`, 250 ms after they are made, and when the session is closed; `close`, then only; `manual`, with `save()`. Default: `change`. */
  readonly save?: SaveWhen | undefined;
  /**
   * What becomes of secrets that stand in options themselves: `reference`, they are an error that says how to refer to them; `store`, they
   * are stored; `omit`, they are left out. Cookies are always stored. Default: `reference`.
   */
  readonly secrets?: SecretsMode | undefined;
}

/** What is needed of a session, of whatever class. */
export interface OpenedSession {
  readonly cookies: CookieJar;
  readonly headers: HeaderMap;
  readonly baseUrl: string | null;
  readonly hsts: unknown;
}

/** What a session gives away of itself for this. */
export interface Hatch {
  /** Options that were given, as they were given. */
  given(): Readonly<Record<string, unknown>>;
}

/** Keeps a session: its keeper, and what is known of its options. */
export class Keeping implements KeptSession {
  readonly keeper: Keeper;
  readonly #session: OpenedSession;
  readonly #hatch: Hatch;
  readonly #secrets: SecretsMode;
  readonly #isReadOnly: boolean;
  /** The environment's variables that options refer to. */
  #auth: Json | undefined;
  /** Options as they are stored. */
  #known: ReadonlyMap<string, Json>;
  #hosts: HstsStore | null = null;
  #isAdopting = false;

  constructor(session: OpenedSession, hatch: Hatch, how: KeepingInit) {
    this.#session = session;
    this.#hatch = hatch;
    this.#secrets = how.secrets;
    this.#isReadOnly = how.isReadOnly;
    this.#auth = how.auth;
    this.#known = settingsIn(how.stored?.state);
    const { store, when, isReadOnly, stored } = how;
    this.keeper = new Keeper(store, this, { when, isReadOnly, revision: stored?.revision ?? 0 });
  }

  async save(): Promise<void> {
    if (this.#isReadOnly)
      throw new TypeError('the session was opened with access: "read-only": nothing of it is stored');
    await this.keeper.save();
  }

  async reload(): Promise<void> {
    await this.keeper.reload();
  }

  async close(): Promise<void> {
    await this.keeper.close();
  }

  /** @throws {TypeError} for a value that is a secret, and would be stored. */
  assertSettable(name: string, value: unknown): void {
    if (!this.#isAdopting && !this.#isReadOnly && value !== undefined) keptValue(name, value, this.#secrets);
  }

  /** An option was set: `auth` by the program itself, and not by reference any more. */
  onSetting(name: string): void {
    if (this.#isAdopting) return;
    if (name === "auth") this.#auth = undefined;
    if (name === "hsts") {
      this.listenToHosts();
      for (const host of this.#hosts?.toJSON().hosts ?? []) this.keeper.onHost(host.host, host);
    }
    this.noteSettings();
  }

  /** Hears of the hosts in the session's own list. One of another kind keeps what it knows itself. */
  listenToHosts(): void {
    const { hsts } = this.#session;
    this.#hosts?.listen(null);
    this.#hosts = hsts instanceof HstsStore ? hsts : null;
    this.#hosts?.listen(this.keeper);
  }

  /** The session has another jar: what was in the one before is deleted, but for what both have. */
  onJar(before: CookieJar, after: CookieJar): void {
    before.listen(null);
    for (const cookie of before) this.keeper.onDelete(cookie);
    after.listen(this.keeper);
    for (const { boundTo = null, ...cookie } of after.toJSON().cookies) this.keeper.onSet(cookie, boundTo);
  }

  /**
   * Notes the options that are not as they are stored: headers are changed in place, and nobody tells of it.
   *
   * @throws {TypeError} for a secret that would be stored.
   */
  noteSettings(): void {
    const now = this.#settings();
    const at = systemClock.now();
    for (const [key, value] of now)
      if (JSON.stringify(value) !== JSON.stringify(this.#known.get(key) ?? undefined))
        this.keeper.note({ kind: "setting", key, at, value });
    for (const key of this.#known.keys())
      if (!now.has(key)) this.keeper.note({ kind: "setting", key, at, value: undefined });
    this.#known = now;
  }

  adopt({ state }: Stored, isPending: Parameters<KeptSession["adopt"]>[1]): void {
    this.#isAdopting = true;
    try {
      const { cookies, hsts } = this.#session;
      cookies.adopt(notPending(state.cookies, (key) => isPending({ kind: "cookie", key })));
      if (hsts instanceof HstsStore)
        hsts.adopt(notPending(state.hosts, (key) => isPending({ kind: "host", key })));
      const settings = notPending(state.settings, (key) => isPending({ kind: "setting", key }));
      for (const { key, value } of settings) this.#adoptSetting(key, value);
      this.#known = settingsIn(state);
    } finally {
      this.#isAdopting = false;
    }
  }

  #adoptSetting(name: string, value: Json | undefined): void {
    if (JSON.stringify(value) === JSON.stringify(this.#known.get(name))) return;
    if (name === "auth") this.#auth = value;
    const given =
      name === "headers" ? headersOver(firstHeaders, value) : name === "auth" ? authOf(value, "auth") : value;
    Reflect.set(this.#session, name, given);
  }

  /** The options as they are to be stored. */
  #settings(): Map<string, Json> {
    const { baseUrl, headers, hsts } = this.#session;
    const { auth, cookies: _, ...others } = this.#hatch.given();
    const all: Record<string, unknown> = {
      ...others,
      baseUrl: baseUrl ?? undefined,
      headers: headersBeside(headers),
    };
    if (hsts !== null) all["hsts"] = true;
    if (this.#auth !== undefined) all["auth"] = this.#auth;
    else if (auth !== undefined) all["auth"] = auth;
    const kept = Object.entries(all).flatMap(([name, value]): [string, Json][] => {
      const json = value === undefined ? undefined : keptValue(name, value, this.#secrets);
      return json === undefined ? [] : [[name, json]];
    });
    return new Map(kept);
  }
}

/** How a session is kept. */
interface KeepingInit {
  readonly store: SessionStore;
  readonly stored: Stored | null;
  readonly when: SaveWhen;
  readonly isReadOnly: boolean;
  readonly secrets: SecretsMode;
  /** `auth` by reference, as it is stored. */
  readonly auth: Json | undefined;
}

/** Of what a session is to be made, and how it is to be kept. */
export interface Opening {
  readonly options: SessionOptions<boolean>;
  readonly headers: HeaderMap;
  /** To be put over those that are stored; `undefined` for none. */
  readonly cookies: Exclude<CookiesInit, CookieStore> | undefined;
  readonly how: KeepingInit;
}

/**
 * Reads what is stored.
 *
 * @throws {TypeError | RangeError} for an unknown option or a value that it cannot have.
 * @throws {SessionFileError} when what is stored cannot be read.
 */
export async function readOpening(
  from: string | URL | SessionStore,
  given: OpenOptions<boolean>,
): Promise<Opening> {
  const {
    access = "read-write",
    save = "change",
    secrets = "reference",
    key,
    lockTimeout,
    auth,
    ...others
  } = given;
  oneOf(access, "access", ["read-write", "read-only"]);
  oneOf(save, "save", ["change", "close", "manual"]);
  oneOf(secrets, "secrets", ["reference", "store", "omit"]);
  const store = storeOf(from, { key, lockTimeout });
  const stored = await store.read();
  const known = settingsIn(stored?.state);
  const reference = auth === undefined ? known.get("auth") : isReferred(auth) ? (auth as Json) : undefined;
  const { headers: keptHeaders, auth: _, hsts: isHsts, ...kept } = Object.fromEntries(known);
  const { headers, cookies, hsts, ...rest } = others;
  const jar = cookies instanceof CookieJar ? cookies : new CookieJar(null, { accept: cookies !== false });
  jar.adopt(stored?.state.cookies ?? []);
  const options: SessionOptions<boolean> = {
    ...kept,
    ...rest,
    cookies: jar,
    ...hstsOver(hsts, isHsts === true, stored?.state),
    auth: reference === undefined ? (auth as AuthOption | undefined) : authOf(reference, "auth"),
  };
  return {
    options,
    headers:
      headers === null ? new HeaderMap() : headersOver(headersOver(firstHeaders, keptHeaders), headers),
    cookies: ownCookies(cookies),
    how: { store, stored, when: save, isReadOnly: access === "read-only", secrets, auth: reference },
  };
}

/** Names and values, which go over what is stored; a jar took that in already. */
function ownCookies(cookies: SessionOptions["cookies"]): Opening["cookies"] {
  if (cookies == null || cookies === false || "select" in cookies) return undefined;
  return cookies;
}

function storeOf(from: string | URL | SessionStore, options: FileSessionStoreOptions): SessionStore {
  const isStore = isObject(from) && "commit" in from && typeof from.commit === "function";
  if (!isStore) return new FileSessionStore(from as string | URL, options); // it says so itself otherwise
  const [name] = Object.entries(options).find(([, value]) => value !== undefined) ?? [];
  if (name !== undefined)
    throw new TypeError(`${name} is for files: the store that was given says how it stores`);
  return from;
}

function settingsIn(state: SessionState | undefined): Map<string, Json> {
  return new Map(
    (state?.settings ?? []).flatMap(({ key, value }): [string, Json][] =>
      value === undefined ? [] : [[key, value]],
    ),
  );
}

/** A list that is the session's own begins with the hosts that were stored. */
function hstsOver(
  given: SessionOptions["hsts"],
  isStored: boolean,
  state: SessionState | undefined,
): Pick<SessionOptions, "hsts"> {
  if (given !== undefined && given !== true) return { hsts: given };
  if (given === undefined && !isStored) return {};
  const hsts = new HstsStore();
  hsts.adopt(state?.hosts ?? []);
  return { hsts };
}

/** Headers as they are stored: those that are not as every session begins with them; `null` for one that is not there. */
function headersBeside(headers: HeaderMap): Json | undefined {
  const pairs: Json[] = [];
  for (const name of firstHeaders.keys()) if (!headers.has(name)) pairs.push([name, null]);
  for (const name of headers.keys()) {
    const values = headers.getAll(name);
    if (values.join("\n") !== firstHeaders.getAll(name).join("\n"))
      pairs.push([name, values.length === 1 ? (values[0] ?? "") : values]);
  }
  return pairs.length === 0 ? undefined : pairs;
}

function headersOver(base: HeaderMap, init: Json | HeadersInit | undefined): HeaderMap {
  const headers = base.clone();
  if (init !== undefined && init !== null) headers.update(init as HeadersInit);
  return headers;
}

function isReferred(auth: unknown): boolean {
  return isEnvironment(auth) || (Array.isArray(auth) && auth.some(isEnvironment));
}

/** What `auth` is by reference. @throws {TypeError} for a variable that is not set. */
function authOf(kept: Json | undefined, where: string): AuthOption | undefined {
  if (isEnvironment(kept)) return new HttpBearerAuth(valueOf(kept, process.env, where));
  if (!Array.isArray(kept) || !kept.some(isEnvironment)) return kept as AuthOption | undefined; // as it was given
  const [user, password] = (kept as readonly unknown[]).map((part) =>
    isEnvironment(part) ? valueOf(part, process.env, where) : part,
  );
  if (typeof user !== "string" || typeof password !== "string")
    throw mustBe(where, '["user", { env: "NAME" }]', kept);
  return [user, password];
}
