/**
 * What outlives a session: the state that is stored, the changes that are made to it, and where it is stored. `store/` implements
 * {@link SessionStore} in memory and in files; programs may do so for any other place.
 *
 * A session does not store what it has: it stores what it **changed**, each change with its time. Whoever stores applies changes to
 * what is there by then, and the later one wins. So a process that saves late undoes nothing that another one did meanwhile.
 */
import type { StoredCookie } from "./cookie-store.ts";

/** What JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** What tells a cookie from all others (RFC 6265bis §5.7 step 23). */
export interface CookieKey {
  /** As it is sent; `""` for a cookie without one. */
  readonly name: string;
  /** `""` for a cookie that the program set without one: of a name and path there is one of them, whoever took it. */
  readonly domain: string;
  /** `true`: for the host that `domain` is, and for none below it. */
  readonly hostOnly: boolean;
  /** Begins with a slash. */
  readonly path: string;
}

/** A cookie as it is stored. */
export interface KeptCookie extends StoredCookie {
  /** The host that took a cookie whose `domain` is `""`; absent while none has. */
  readonly boundTo?: string;
}

/** A host that is to be reached over TLS only, as it is stored. */
export interface KeptHost {
  /** Lower case, without a trailing dot. */
  readonly host: string;
  /** Are the hosts below it meant, too? */
  readonly includeSubDomains: boolean;
  /** Milliseconds since the epoch. */
  readonly expires: number;
}

/** A thing of a session, how it was left, and when. */
export interface Kept<Key, Value> {
  /** What tells it from others of its kind. */
  readonly key: Key;
  /** When it changed last, in milliseconds since the epoch. */
  readonly at: number;
  /** `undefined`: it was deleted. That is remembered for a while: a change that was made before must not bring it back. */
  readonly value: Value | undefined;
}

/** All that is stored of a session. */
export interface SessionState {
  /** Options, by name. */
  readonly settings: readonly Kept<string, Json>[];
  /** Cookies, by what tells them apart. */
  readonly cookies: readonly Kept<CookieKey, KeptCookie>[];
  /** Hosts that are to be reached over TLS only, by name. */
  readonly hosts: readonly Kept<string, KeptHost>[];
}

/** One thing that changed. That a cookie expired, or gave way to others, is no change. */
export type Change =
  | ({ readonly kind: "setting" } & Kept<string, Json>)
  | ({ readonly kind: "cookie" } & Kept<CookieKey, KeptCookie>)
  | ({ readonly kind: "host" } & Kept<string, KeptHost>);

/** A state, and which one. */
export interface Stored {
  /** The count of commits that changed anything: 1 for the first. */
  readonly revision: number;
  /** What is stored then. */
  readonly state: SessionState;
}

/** Where the state of a session is stored. Many sessions, in many processes, may use one at a time. */
export interface SessionStore {
  /** Where it is, for messages: a path, a URL without secrets. */
  readonly place: string;
  /**
   * What is stored; `null` for nothing yet.
   *
   * @throws {SessionFileError} when what is there cannot be read.
   */
  read(): Promise<Stored | null>;
  /**
   * Applies changes to what is stored, all of them or none, whatever else happens to it meanwhile. Of two changes of one thing the later
   * one wins; of the same time, the one that is committed later. Resolves with what is stored then.
   *
   * @throws {SessionFileError} when what is there cannot be read, or be written: it stays as it is.
   * @throws {SessionLockedError} when others hold it for too long.
   */
  commit(changes: readonly Change[]): Promise<Stored>;
  /** Lets go of it. */
  close(): Promise<void>;
}

/** What is wrong with a session file: one word, for programs. */
export type SessionFileProblem =
  /** There are no bytes in it. A file that is not there is none of these: a session begins with it. */
  | "empty"
  /** It is no whole JSON, or not of the form that its version has. */
  | "malformed"
  /** It is not a session file. */
  | "foreign"
  /** A later version of sojourn wrote it. */
  | "newer"
  /** It is encrypted and no key was given, or it is not and one was. */
  | "key-missing"
  | "not-encrypted"
  /** The key is not the one that it was written with. */
  | "wrong-key"
  /** Somebody changed it who has not the key. */
  | "tampered"
  /** Others can read it, and it is not ours to change that. */
  | "permissions"
  /** It cannot be read, or not be written: `cause` says why. */
  | "unreadable"
  | "unwritable"
  /** This runtime has no `node:sqlite`, by which files are locked. */
  | "no-lock";

/** A session file that cannot be used. It stays as it is. */
export class SessionFileError extends Error {
  /** The name of the class. */
  override readonly name: string = "SessionFileError";
  /** Stable, for programs. */
  readonly code = "ERR_SESSION_FILE";
  /** The file. */
  readonly path: string;
  /** What is wrong with it. */
  readonly problem: SessionFileProblem;

  constructor(path: string, problem: SessionFileProblem, why: string, cause?: unknown) {
    super(`${path}: ${why}`, cause === undefined ? undefined : { cause });
    this.path = path;
    this.problem = problem;
  }
}

/** Who holds a session file. */
export interface LockHolder {
  /** The number of the process, on its own machine. */
  readonly pid: number;
  /** The name of the machine. */
  readonly host: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/** Others held a session file for longer than was to be waited. */
export class SessionLockedError extends Error {
  /** The name of the class. */
  override readonly name: string = "SessionLockedError";
  /** Stable, for programs. */
  readonly code = "ERR_SESSION_LOCKED";
  /** The file. */
  readonly path: string;
  /** So long it was waited, in milliseconds. */
  readonly waitedMs: number;
  /** `null`: nobody said. */
  readonly holder: LockHolder | null;

  constructor(path: string, waitedMs: number, holder: LockHolder | null) {
    const who =
      holder === null
        ? "somebody"
        : `process ${holder.pid} on ${holder.host}, since ${new Date(holder.since).toISOString()},`;
    super(`${path}: ${who} holds it, and did not let go in ${Math.round(waitedMs)} ms (lockTimeout)`);
    this.path = path;
    this.waitedMs = waitedMs;
    this.holder = holder;
  }
}
