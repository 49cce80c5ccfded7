/**
 * What a store of sessions is, to be tested: the shape that `SessionStore` of `sojourn` has. This folder knows nothing of the rest of the
 * package, and so the shape stands here once more; the compiler compares the two.
 */

/** What JSON can say. */
export type TestedJson =
  | null
  | boolean
  | number
  | string
  | readonly TestedJson[]
  | { readonly [name: string]: TestedJson };

/** What tells a cookie from all others. */
export interface TestedCookieKey {
  /** Its name. */
  readonly name: string;
  /** `""` for a cookie without one. */
  readonly domain: string;
  /** Is it for this host alone, and not for those below it? */
  readonly hostOnly: boolean;
  /** Begins with `/`. */
  readonly path: string;
}

/** A cookie as it is stored. */
export interface TestedCookie extends TestedCookieKey {
  /** May be empty. */
  readonly value: string;
  /** Milliseconds since the epoch; `null` for one that ends with the session. */
  readonly expires: number | null;
  /** Is it for TLS only? */
  readonly secure: boolean;
  /** Is it hidden from scripts? */
  readonly httpOnly: boolean;
  /** `null` when nobody said. */
  readonly sameSite: "strict" | "lax" | "none" | null;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** The host that took a cookie without domain. Default: none has. */
  readonly boundTo?: string;
}

/** A host that is to be reached over TLS only, as it is stored. */
export interface TestedHost {
  /** Its name, in lower case. */
  readonly host: string;
  /** Does it speak for those below it, too? */
  readonly includeSubDomains: boolean;
  /** Milliseconds since the epoch. */
  readonly expires: number;
}

/** A thing of a session, how it was left, and when. */
export interface TestedEntry<Key, Value> {
  /** What tells it from others of its kind. */
  readonly key: Key;
  /** When it changed last, in milliseconds since the epoch. */
  readonly at: number;
  /** `undefined`: it was deleted. */
  readonly value: Value | undefined;
}

/** All that is stored of a session, in any order. */
export interface TestedState {
  /** Options, by name. */
  readonly settings: readonly TestedEntry<string, TestedJson>[];
  /** Cookies, also deleted ones. */
  readonly cookies: readonly TestedEntry<TestedCookieKey, TestedCookie>[];
  /** Hosts that are to be reached over TLS only, by name. */
  readonly hosts: readonly TestedEntry<string, TestedHost>[];
}

/** One thing that changed. */
export type TestedChange =
  | ({ readonly kind: "setting" } & TestedEntry<string, TestedJson>)
  | ({ readonly kind: "cookie" } & TestedEntry<TestedCookieKey, TestedCookie>)
  | ({ readonly kind: "host" } & TestedEntry<string, TestedHost>);

/** A state, and which one. */
export interface TestedStored {
  /** A count: 1 for the first, one more with each commit that changed anything. */
  readonly revision: number;
  /** What is stored. */
  readonly state: TestedState;
}

/** A store: each `SessionStore` of `sojourn` is one. */
export interface TestedStore {
  /** Where it is, for messages. */
  readonly place: string;
  /** What is stored; `null` for nothing yet. */
  read(): Promise<TestedStored | null>;
  /** Applies changes, all of them or none, and resolves with what is stored then. */
  commit(changes: readonly TestedChange[]): Promise<TestedStored>;
  /** Lets go of it. */
  close(): Promise<void>;
}

/** Opens one more store on a place. */
export type OpenStore = () => TestedStore | Promise<TestedStore>;

/** Makes a place where nothing is stored yet, such as a path in a folder of the test's own, and gives what opens stores on it. */
export type NewPlace = () => OpenStore | Promise<OpenStore>;

/** A test, for whatever runs tests. */
export interface StoreCase {
  /** A sentence that says what must be so. */
  readonly name: string;
  /** Rejects with an `AssertionError` of `node:assert` when it is not so. */
  readonly run: () => Promise<void>;
}

/** Hands a new place to `act`, and closes all stores that it opened. */
export async function atNewPlace(
  newPlace: NewPlace,
  act: (open: () => Promise<TestedStore>) => Promise<void>,
): Promise<void> {
  const openOne = await newPlace();
  const opened: TestedStore[] = [];
  try {
    await act(async () => {
      const store = await openOne();
      opened.push(store);
      return store;
    });
  } finally {
    for (const store of opened) await store.close();
  }
}

/** A state as something that can be compared: by a text that tells a thing from others, what is stored of it. */
export function comparable({ settings, cookies, hosts }: TestedState): Readonly<Record<string, string>> {
  const entries = [
    ...settings.map((entry) => ({ kind: "setting", ...entry }) as const),
    ...cookies.map((entry) => ({ kind: "cookie", ...entry }) as const),
    ...hosts.map((entry) => ({ kind: "host", ...entry }) as const),
  ].map((change) => [idOf(change), shownOf(change)] as const);
  const all: Record<string, string> = {};
  for (const [id, shown] of entries.toSorted(([one], [other]) => (one < other ? -1 : 1)))
    all[id] = Object.hasOwn(all, id) ? `${all[id]}, and once more ${shown}` : shown;
  return all;
}

/** What tells a thing from others of whatever kind, as a text. */
export function idOf({ kind, key }: TestedChange): string {
  if (kind !== "cookie") return `${kind} ${JSON.stringify(key)}`;
  const { name, domain, hostOnly, path } = key;
  return `${kind} ${JSON.stringify([name, domain, hostOnly, path])}`;
}

/** What is stored of a thing, as a text. */
export function shownOf({ at, value }: Pick<TestedChange, "at" | "value">): string {
  return `${value === undefined ? "deleted" : JSON.stringify(withSortedKeys(value))} at ${at}`;
}

function withSortedKeys(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(withSortedKeys);
  const fields: [name: string, value: unknown][] = Object.entries(value);
  return Object.fromEntries(
    fields
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, part]) => [name, withSortedKeys(part)]),
  );
}

/** A cookie with these fields, for a host of documents. */
export function cookieWith(fields: Partial<TestedCookie>): TestedCookie {
  return {
    name: "sid",
    value: "1",
    domain: "shop.example",
    hostOnly: true,
    path: "/",
    expires: null,
    secure: false,
    httpOnly: false,
    sameSite: null,
    createdAt: 1_700_000_000_000,
    ...fields,
  };
}

/** That an option was set, or with `undefined` taken back. */
export function setting(key: string, value: TestedJson | undefined, at: number): TestedChange {
  return { kind: "setting", key, at, value };
}

/** That a cookie was set. */
export function cookieSet(value: TestedCookie, at: number): TestedChange {
  return { kind: "cookie", key: keyOf(value), at, value };
}

/** That a cookie was deleted. */
export function cookieGone(cookie: TestedCookie, at: number): TestedChange {
  return { kind: "cookie", key: keyOf(cookie), at, value: undefined };
}

/** That a host said that it is to be reached over TLS only, for a year from `at`; or took it back. */
export function hostSaid(host: string, isGone: boolean, at: number): TestedChange {
  const value = isGone ? undefined : { host, includeSubDomains: true, expires: at + 31_536_000_000 };
  return { kind: "host", key: host, at, value };
}

function keyOf({ name, domain, hostOnly, path }: TestedCookieKey): TestedCookieKey {
  return { name, domain, hostOnly, path };
}
