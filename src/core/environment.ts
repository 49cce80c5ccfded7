/**
 * Type of what the environment gave. `environment/` reads it, once a session.
 */

/**
 * Proxies by key (`http`, `https`, `all`, `all://host`, `http://host` ...), and the hosts that go without. Keys are in lower
 * case; an empty value means "no proxy", and ends the search.
 */
export interface ProxyRules {
  /** URLs of proxies by key. */
  readonly byKey: ReadonlyMap<string, string>;
  /** As in `NO_PROXY`: names, suffixes, addresses, CIDR, ports, separated by commas; `null` when not given. */
  readonly noProxy: string | null;
  /** By key, and `no` for the exceptions: the variable of the environment that says so. Absent: a program does. */
  readonly variables?: ReadonlyMap<string, string>;
}

/** No proxies. */
export const noProxyRules: ProxyRules = { byKey: new Map(), noProxy: null };

/** Trusted certificates that a variable of the environment names. */
export interface CaBundle {
  readonly kind: "path";
  readonly path: string;
  readonly variable: string;
}

/** A netrc file as it was read. */
export interface NetrcFile {
  /** Where it is. */
  readonly path: string;
  readonly text: string;
  /** How its bytes were read, and how its names and passwords are sent: `"latin1"` is one byte a character. */
  readonly charset: "utf8" | "latin1";
  /** Tells the user, once, in which lines is something that was not understood: from 1. */
  readonly tell: (lines: readonly number[]) => void;
}

/** What the process's environment says. */
export interface Environment {
  readonly proxies: ProxyRules;
  /** What `REQUESTS_CA_BUNDLE` or `CURL_CA_BUNDLE` says, or `null`. */
  readonly caBundle: CaBundle | null;
  /**
   * Reads the netrc file, each time; `null` when there is none.
   *
   * @param warn is told what is wrong with it, in sentences without a word of the file. Default: the process warns, once of each.
   */
  readonly readNetrc: (warn?: (message: string) => void) => NetrcFile | null;
}

/** Where what sessions do is written to, for who looks for a mistake. */
export interface DebugOutput {
  /** A line a message, or its fields and times as well. */
  readonly format: "line" | "full";
  /** Stands before each line. */
  readonly prefix: string;
  /** Writes lines. */
  readonly write: (text: string) => void;
}

/** Says nothing: what a session with `trustEnv: false` sees. */
export const emptyEnvironment: Environment = { proxies: noProxyRules, caBundle: null, readNetrc: () => null };
