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
}

/** No proxies. */
export const noProxyRules: ProxyRules = { byKey: new Map(), noProxy: null };

/** What the process's environment says. */
export interface Environment {
  readonly proxies: ProxyRules;
  /** Path from `REQUESTS_CA_BUNDLE` or `CURL_CA_BUNDLE`, or `null`. */
  readonly caBundle: string | null;
  /** Text of the netrc file, or `null` when there is none. */
  readonly netrc: string | null;
}

/** Says nothing: what a session with `trustEnv: false` sees. */
export const emptyEnvironment: Environment = { proxies: noProxyRules, caBundle: null, netrc: null };
