/**
 * Names become addresses: this machine's own ones without asking anybody, all others as Node does it; or by a program's own
 * resolver, or one kind of addresses only: a look-up as Node takes it, held to what it promises. What Node is not prepared
 * for (an empty list, something that is no address) would end the process when it comes late.
 */
import { ADDRCONFIG, getDefaultResultOrder, lookup as askResolver, type LookupAddress } from "node:dns";
import { isIP, type LookupFunction } from "node:net";

import { describe } from "../core/describe.ts";
import { isLocalName } from "../core/loopback.ts";
import { isError, isPromise } from "../core/realm.ts";

const LOOPBACK: readonly LookupAddress[] = [
  { address: "::1", family: 6 },
  { address: "127.0.0.1", family: 4 },
];

/**
 * `dns.lookup`, but that `localhost` and the names below it are the loopback addresses of this machine, whatever its resolver
 * says (RFC 6761 §6.3): cookies and a program's trust go by that.
 */
export const lookUp: LookupFunction = (hostname, options, callback) => {
  if (!isLocalName(hostname)) {
    askResolver(hostname, options, callback);
    return;
  }
  const { family, all, order = getDefaultResultOrder() } = options;
  const kind = family === "IPv4" ? 4 : family === "IPv6" ? 6 : (family ?? 0);
  const found = LOOPBACK.filter((one) => kind === 0 || one.family === kind);
  if (order === "ipv4first") found.reverse();
  const [{ address, family: first } = { address: "127.0.0.1", family: 4 }] = found;
  // Later, as all look-ups answer.
  process.nextTick(() => {
    if (all === true) callback(null, found);
    else callback(null, address, first);
  });
};

/** The look-up of an adapter: `lookup`, or our own, for addresses of `family` only. 0 is both. */
export function lookupOf(lookup: LookupFunction = lookUp, family: 0 | 4 | 6 = 0): LookupFunction {
  return (hostname, options, callback) => {
    let isOver = false;
    const fail = (error: unknown): void => {
      if (isOver) return;
      isOver = true;
      callback(isError(error) ? error : new Error(String(error)), []);
    };
    try {
      // All of them: where nobody answers the next one is tried.
      const asked = { ...options, all: true, ...(family === 0 ? {} : { family }) };
      const returned: unknown = lookup(hostname, asked, (error, found) => {
        if (isOver) return;
        if (error != null) return fail(error);
        const all = addressesIn(found).filter((one) => family === 0 || one.family === family);
        const [first] = all;
        if (first === undefined) return fail(noAddress(hostname, found));
        isOver = true;
        if (options.all === true) callback(null, all);
        else callback(null, first.address, first.family);
      });
      // An asynchronous function fits the type: what goes wrong in it is not to be lost. An answer goes to the callback.
      if (isPromise(returned))
        returned.then((value) => {
          if (value !== undefined)
            fail(new TypeError("lookup must call its callback, not resolve to an answer"));
        }, fail);
    } catch (error) {
      fail(error);
    }
  };
}

/** What Node asks a look-up for when it connects by itself: not for addresses of a kind that this machine has none of. */
const HINTS = process.platform === "win32" ? 0 : ADDRCONFIG;

/**
 * All addresses of `host`, of which `lookup` is asked once: in its order, but that those of the two kinds take turns (RFC 8305 §4).
 *
 * @throws what the look-up fails with.
 */
export function addressesOf(host: string, lookup: LookupFunction): Promise<string[]> {
  return new Promise((resolve, reject) => {
    lookup(host, { family: 0, hints: HINTS, all: true }, (error, found) => {
      if (error !== null) reject(error);
      else resolve(inTurns(found as LookupAddress[])); // all were asked for
    });
  });
}

/** The first, the next of the other kind, and so on: when one kind leads nowhere the other one is tried soon. */
function inTurns(found: readonly LookupAddress[]): string[] {
  const [first] = found;
  const same = found.filter(({ family }) => family === first?.family);
  const other = found.filter(({ family }) => family !== first?.family);
  return Array.from({ length: Math.max(same.length, other.length) }, (_, at) => [same[at], other[at]])
    .flat()
    .flatMap((one) => (one === undefined ? [] : [one.address]));
}

/** A program's own look-up may give one address, though all were asked for. */
function addressesIn(found: unknown): LookupAddress[] {
  const list: readonly unknown[] = Array.isArray(found) ? found : [found];
  return list.flatMap((one) => {
    const address: unknown = typeof one === "object" && one !== null && "address" in one ? one.address : one;
    const family = typeof address === "string" ? isIP(address) : 0;
    return typeof address === "string" && family !== 0 ? [{ address, family }] : [];
  });
}

function noAddress(hostname: string, found: unknown): Error {
  const shown = Array.isArray(found) ? found.map(describe).join(", ") || "nothing" : describe(found);
  return Object.assign(new Error(`no address for ${hostname}: the look-up gave ${shown}`), {
    code: "ENOTFOUND",
  });
}
