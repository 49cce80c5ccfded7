/**
 * Holds a connection to an address policy: what is asked is the address that is connected to, not one that a look-up of its
 * own gave a moment earlier (DNS rebinding).
 */
import { AsyncResource } from "node:async_hooks";
import type { LookupAddress } from "node:dns";
import type { LookupFunction } from "node:net";

import { mustReturn } from "../core/checks.ts";
import type { AddressPolicy } from "../core/adapter.ts";
import { isError } from "../core/realm.ts";

/** A policy, and for whom it is asked. */
export interface Guard {
  readonly policy: AddressPolicy;
  readonly host: string;
  readonly port: number;
}

/** The policy allows none of the addresses. */
export class RefusedAddress extends Error {
  override readonly name: string = "RefusedAddress";
  readonly addresses: readonly string[];

  constructor(addresses: readonly string[]) {
    super(`addressPolicy refuses ${addresses.join(", ")}`);
    this.addresses = addresses;
  }
}

/** @throws {RefusedAddress} when the policy does not allow `address`. What the policy throws. */
export function assertAllowed(guard: Guard, address: string): void {
  if (!isAllowed(guard, address)) throw new RefusedAddress([address]);
}

/**
 * Looks names up with `lookup`, one of `lookup.ts`, and gives those addresses only that the policy allows. The policy is asked in
 * the async context in which the name was: a look-up may answer in that of another one, which it was joined to.
 */
export function guardedLookup(guard: Guard, lookup: LookupFunction): LookupFunction {
  return (hostname, options, callback) => {
    const context = new AsyncResource("SojournLookup");
    // All of them: one that is refused leaves the others.
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) {
        callback(error, []);
        return;
      }
      const all = found as LookupAddress[]; // as they were asked for
      try {
        const allowed = context.runInAsyncScope(() => all.filter(({ address }) => isAllowed(guard, address)));
        const [first] = allowed;
        if (first === undefined) throw new RefusedAddress(all.map(({ address }) => address));
        if (options.all === true) callback(null, allowed);
        else callback(null, first.address, first.family);
      } catch (problem) {
        callback(isError(problem) ? problem : new Error(String(problem)), []);
      }
    });
  };
}

function isAllowed({ policy, host, port }: Guard, address: string): boolean {
  const answer: unknown = policy(address, { hostname: host, port });
  if (typeof answer === "boolean") return answer;
  throw mustReturn("addressPolicy", "true or false", answer);
}
