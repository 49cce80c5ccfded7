/** How changes become a state. Pure: the time is an argument. */
import type { Change, CookieKey, Kept, SessionState } from "../core/session-store.ts";
import { comparablePath } from "../core/url-spelling.ts";

/** Most of each that is stored, and as many deletions of it: what a jar holds. Beyond that, what changed longest ago goes. */
const MOST = 10_000;

/** So long a deletion is remembered, in milliseconds: 30 days. Who was away for longer may bring back what others deleted. */
const REMEMBERED_MS = 2_592_000_000;

/** The last time there is (ECMAScript §21.4.1.1). What changes later than it cannot: of one time, the later commit wins. */
export const LAST_TIME = 8_640_000_000_000_000;

/** Nothing. */
export const emptyState: SessionState = { settings: [], cookies: [], hosts: [] };

/**
 * `state` with changes applied, in their order, less what is over; `state` itself when nothing is different.
 *
 * @param now milliseconds since the epoch.
 */
export function applied(state: SessionState, changes: readonly Change[], now: number): SessionState {
  const settings = new Shelf(state.settings, (name) => name, never);
  const cookies = new Shelf(state.cookies, cookieId, endOf);
  const hosts = new Shelf(state.hosts, (host) => host, endOf);
  for (const change of changes) {
    switch (change.kind) {
      case "setting":
        settings.put(change);
        break;
      case "cookie":
        cookies.put(change);
        break;
      case "host":
        hosts.put(change);
        break;
    }
  }
  const next = { settings: settings.left(now), cookies: cookies.left(now), hosts: hosts.left(now) };
  const isSame =
    next.settings === state.settings && next.cookies === state.cookies && next.hosts === state.hosts;
  return isSame ? state : next;
}

/** What tells a cookie from all others, as a text. No name has a semicolon in it. */
export function cookieId({ name, domain, hostOnly, path }: CookieKey): string {
  const kind = domain === "" ? "p" : hostOnly ? "h" : "d";
  return `${kind}${domain};${name};${comparablePath(path)}`;
}

/** Does an option, until it is deleted. */
function never(): null {
  return null;
}

function isThere({ value }: Kept<unknown, unknown>): boolean {
  return value !== undefined;
}

/** Those that are too many: what changed longest ago. */
function beyondMost<Thing extends { readonly at: number }>(things: readonly Thing[]): readonly Thing[] {
  if (things.length <= MOST) return [];
  return things.toSorted((one, other) => one.at - other.at).slice(0, things.length - MOST);
}

function endOf({ expires }: { readonly expires: number | null }): number | null {
  return expires;
}

/** The things of one kind, each under the text that tells it from others. */
class Shelf<Key, Value> {
  readonly #before: readonly Kept<Key, Value>[];
  readonly #idOf: (key: Key) => string;
  readonly #endOf: (value: Value) => number | null;
  readonly #things = new Map<string, Kept<Key, Value>>();
  #isChanged = false;

  /** @param endOf when a thing is over by itself, in milliseconds since the epoch; `null`: never. */
  constructor(
    things: readonly Kept<Key, Value>[],
    idOf: (key: Key) => string,
    endOf: (value: Value) => number | null,
  ) {
    this.#before = things;
    this.#idOf = idOf;
    this.#endOf = endOf;
    for (const thing of things) this.#things.set(idOf(thing.key), thing);
  }

  /** The later one stays; of the same time, this one. */
  put({ key, at, value }: Kept<Key, Value>): void {
    const id = this.#idOf(key);
    const before = this.#things.get(id);
    if (before !== undefined && before.at > at) return;
    this.#things.set(id, { key, at, value });
    this.#isChanged = true;
  }

  /** All that is not over; what there was before when that is the same. */
  left(now: number): readonly Kept<Key, Value>[] {
    const left = [...this.#things.values()].filter((thing) => !this.#isOver(thing, now));
    if (!this.#isChanged && left.length === this.#before.length) return this.#before;
    if (left.length <= MOST) return left;
    const [there, gone] = [left.filter(isThere), left.filter((thing) => !isThere(thing))];
    const tooMany = new Set([...beyondMost(there), ...beyondMost(gone)]);
    return left.filter((thing) => !tooMany.has(thing));
  }

  #isOver({ at, value }: Kept<Key, Value>, now: number): boolean {
    if (value === undefined) return at + REMEMBERED_MS <= now;
    const end = this.#endOf(value);
    return end !== null && end <= now;
  }
}
