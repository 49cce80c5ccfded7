/**
 * A program's own resolver, or one kind of addresses only: a look-up as Node takes it, held to what it promises. What Node is
 * not prepared for (an empty list, something that is no address) would end the process when it comes late.
 *
 * May import: `core/`, `node:dns`, `node:net`.
 */
import { lookup as lookUpName, type LookupAddress } from "node:dns";
import { isIP, type LookupFunction } from "node:net";

import { describe } from "../core/describe.ts";
import { isError, isPromise } from "../core/realm.ts";

/** The look-up of an adapter: `lookup`, or Node's own, for addresses of `family` only. 0 is both. */
export function lookupOf(lookup: LookupFunction = lookUpName, family: 0 | 4 | 6 = 0): LookupFunction {
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
