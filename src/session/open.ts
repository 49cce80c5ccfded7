/**
 * Opens a session that is stored: what was stored becomes its defaults, its cookies and its list of HSTS hosts. How it is kept from then on
 * is `keeping.ts`'s.
 */
import type { AuthOption } from "../core/auth-scheme.ts";
import { isRecord, oneOf, ownFields } from "../core/checks.ts";
import { HeaderMap } from "../core/headers.ts";
import type { CookieStore } from "../core/cookie-store.ts";
import type { CookiesInit, SessionOptions } from "../core/options.ts";
import { isObject } from "../core/realm.ts";
import type { Json, SessionState, SessionStore, Stored } from "../core/session-store.ts";
import type { CookieJson } from "../cookies/cookie-json.ts";
import { CookieJar } from "../cookies/jar.ts";
import { HstsStore } from "../hsts/store.ts";
import { assertOptions, assertSessionOptions } from "../options/take.ts";
import { FileSessionStore, type FileSessionStoreOptions } from "../store/file-store.ts";
import { cookieId } from "../store/state.ts";
import type { SaveWhen } from "./keeper.ts";
import type { SecretsMode } from "./kept-settings.ts";
import {
  hasReference,
  mayRefer,
  Variables,
  type EnvironmentReference,
  type ReferringOption,
} from "./references.ts";
import {
  authOf,
  contradict,
  headersIn,
  headersOver,
  isHeaderKey,
  isReferred,
  RIVALS,
  settingsIn,
  storedHeaders,
} from "./stored-settings.ts";

/** A value, or the environment variable that has it. */
export type Referring<Value> = Value | EnvironmentReference;

/** Names with values of which some are those of environment variables. */
export type ReferringRecord = {
  readonly [name: string]: Referring<string | number | boolean | null | undefined>;
};

/**
 * How a stored session is opened: options of a session, which are stored with it, and how that is done. In place of a secret the variable
 * of the environment that has it may be given: `{ env: "API_KEY" }` as the value of a header or a param, as a proxy, a passphrase. Its name is
 * stored, and each process has its own value.
 */
export interface OpenOptions<Stream extends boolean = false>
  extends Omit<SessionOptions<Stream>, ReferringOption>, FileSessionStoreOptions {
  /**
   * As the option of a session. `{ env: "API_TOKEN" }` is a bearer token, `["user", { env: "PASSWORD" }]` a user with a password. `null` and
   * `false`: none. Default: what was stored.
   */
  readonly auth?:
    | AuthOption
    | EnvironmentReference
    | readonly [user: Referring<string>, password: EnvironmentReference]
    | undefined;
  /** As the option of a session, also with `{ env }` as a value. `null`: none. Default: what was stored. */
  readonly headers?: SessionOptions["headers"] | ReferringRecord;
  /** As the option of a session, also with `{ env }` as a value. `null`: none. Default: what was stored. */
  readonly params?: SessionOptions["params"] | ReferringRecord;
  /** As the option of a session, also as `{ env }`. `null`: none. Default: what was stored. */
  readonly proxy?: Referring<SessionOptions["proxy"]>;
  /** As the option of a session, also with `{ env }` as a value. `null`: none. Default: what was stored. */
  readonly proxies?: SessionOptions["proxies"] | ReferringRecord;
  /** As the option of a session, also with `{ env }` as a value. `null`: none. Default: what was stored. */
  readonly proxyHeaders?: SessionOptions["proxyHeaders"] | ReferringRecord;
  /** As the option of a session, also with `{ env }` as the passphrase. `null`: none. Default: what was stored. */
  readonly cert?: SessionOptions["cert"] | ReferringRecord;
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

/** How a session is kept. */
interface KeepingInit {
  readonly store: SessionStore;
  readonly stored: Stored | null;
  /** The options among that. */
  readonly settings: ReadonlyMap<string, Json>;
  /** The names of options that the program gave. */
  readonly given: ReadonlySet<string>;
  readonly when: SaveWhen;
  readonly isReadOnly: boolean;
  readonly secrets: SecretsMode;
  /** `auth` by reference, as it is stored. */
  readonly auth: Json | undefined;
  readonly variables: Variables;
  /** Other options in which variables are referred to, as they are stored. */
  readonly references: ReadonlyMap<string, Json>;
}

/** Of what a session is to be made, and how it is to be kept. */
export interface Opening {
  readonly options: SessionOptions<boolean>;
  readonly headers: HeaderMap;
  /** What was in the jar that was given. */
  readonly jar: readonly CookieJson[];
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
  assertOptions(given, "session");
  assertSessionOptions(given, OF_OPENING);
  const { access, save, secrets, key, lockTimeout, ...options } = ownFields<OpenOptions<boolean>>(given);
  const how = readHow({ access, save, secrets });
  const store = storeOf(from, { key, lockTimeout });
  const stored = await store.read();
  const variables = new Variables(process.env);
  const settings = settingsIn(stored, store.place, variables);
  const {
    headers: _,
    auth: keptAuth,
    hsts: isHsts,
    ...kept
  } = Object.fromEntries([...settings].filter(([key]) => !isHeaderKey(key)));
  const { headers, cookies, hsts, auth = keptAuth, ...rest } = options;
  const { jar, own, named } = cookiesOver(cookies, stored?.state);
  const plain = { ...without(kept, rest), ...rest };
  return {
    options: {
      ...mapValues(plain, (value, name) => (mayRefer(name) ? variables.resolved(value, name) : value)),
      cookies: jar,
      ...hstsOver(hsts, isHsts === true, stored?.state),
      auth: authOf(auth, variables),
    },
    headers:
      headers === null
        ? new HeaderMap()
        : headersOver(storedHeaders(settings, variables), headers, variables),
    jar: own,
    cookies: named,
    how: {
      ...how,
      store,
      stored,
      settings,
      given: new Set(Object.keys(given).filter((name) => Reflect.get(given, name) !== undefined)),
      auth: isReferred(auth) ? auth : undefined,
      variables,
      references: referencesIn({ ...plain, headers: [...headersIn(settings), ...pairsOf(headers)] }),
    },
  };
}

/** Options that a session has not, and that of opening one has. */
const OF_OPENING: readonly string[] = Object.keys({
  access: true,
  save: true,
  secrets: true,
  key: true,
  lockTimeout: true,
} satisfies Record<Exclude<keyof OpenOptions, keyof SessionOptions>, true>);

function readHow({
  access = "read-write",
  save = "change",
  secrets = "reference",
}: Pick<OpenOptions, "access" | "save" | "secrets">): Pick<
  Opening["how"],
  "when" | "isReadOnly" | "secrets"
> {
  oneOf(access, "access", ["read-write", "read-only"]);
  oneOf(save, "save", ["change", "close", "manual"]);
  oneOf(secrets, "secrets", ["reference", "store", "omit"]);
  return { when: save, isReadOnly: access === "read-only", secrets };
}

/** What was stored, less what contradicts what is given. */
function without(
  kept: Readonly<Record<string, unknown>>,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const stored = new Map(Object.entries(kept));
  for (const [name, value] of Object.entries(given)) {
    const rival = RIVALS.get(name);
    if (rival !== undefined && contradict(name, value, stored)) stored.delete(rival);
  }
  return Object.fromEntries(stored);
}

function mapValues(
  record: Readonly<Record<string, unknown>>,
  map: (value: unknown, name: string) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value, name)]));
}

/** Headers as pairs, of those kinds in which references can stand. */
function pairsOf(headers: unknown): readonly unknown[] {
  return Array.isArray(headers) ? headers : isRecord(headers) ? Object.entries(headers) : [];
}

function referencesIn(options: Readonly<Record<string, unknown>>): Map<string, Json> {
  // What has references in it is made of records and lists.
  return new Map(
    Object.entries(options).filter(([name, value]) => mayRefer(name) && hasReference(value)) as [
      string,
      Json,
    ][],
  );
}

/** The jar of the session, with the cookies that were stored; what was in it before; names and values to be put over them. */
function cookiesOver(
  given: SessionOptions["cookies"],
  state: SessionState | undefined,
): { readonly jar: CookieStore; readonly own: readonly CookieJson[]; readonly named: Opening["cookies"] } {
  const isStore = isCookieStore(given);
  const jar = isStore ? given : new CookieJar(null, { accept: given !== false });
  const named = isStore || given === false || given === null ? undefined : given;
  // A session says so itself when it is a store of another kind.
  if (!(jar instanceof CookieJar)) return { jar, own: [], named };
  const own = jar.toJSON().cookies;
  jar.adopt(notAmong(own, state?.cookies ?? []));
  return { jar, own, named };
}

function isCookieStore(cookies: SessionOptions["cookies"]): cookies is CookieStore {
  return cookies != null && cookies !== false && "select" in cookies && typeof cookies.select === "function";
}

/** Those that a jar has not itself. */
function notAmong(
  own: readonly CookieJson[],
  stored: SessionState["cookies"],
): readonly SessionState["cookies"][number][] {
  const ids = new Set(own.map(cookieId));
  return ids.size === 0 ? stored : stored.filter(({ key }) => !ids.has(cookieId(key)));
}

function storeOf(from: string | URL | SessionStore, options: FileSessionStoreOptions): SessionStore {
  const isStore = isObject(from) && "commit" in from && typeof from.commit === "function";
  if (!isStore) return new FileSessionStore(from as string | URL, options); // it says so itself otherwise
  const [name] = Object.entries(options).find(([, value]) => value !== undefined) ?? [];
  if (name !== undefined)
    throw new TypeError(`${name} is for files: the store that was given says how it stores`);
  return from;
}

/** A list that is the session's own has the hosts that were stored, too. */
function hstsOver(
  given: SessionOptions["hsts"],
  isStored: boolean,
  state: SessionState | undefined,
): Pick<SessionOptions, "hsts"> {
  const isOwn = given === undefined ? isStored : given === true || given instanceof HstsStore;
  if (!isOwn) return given === undefined ? {} : { hsts: given };
  const hsts = given instanceof HstsStore ? given : new HstsStore();
  const own = new Set(hsts.toJSON().hosts.map(({ host }) => host));
  hsts.adopt((state?.hosts ?? []).filter(({ key }) => !own.has(key)));
  return { hsts };
}
