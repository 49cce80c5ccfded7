/**
 * The budget of retries: so that a server in trouble does not get several times the traffic from those who try again.
 *
 * Each origin has an account. It begins with a reserve, every request pays a share of a retry in, every retry takes one
 * out. So retries are never more than the reserve and that share of the requests.
 *
 * May import: `core/`. Pure, but for the accounts.
 */
import type { Origin } from "../core/origin.ts";

/** Retries that an origin may have before any share of its traffic allows them: a small program never meets the budget. */
export const RESERVE: number = 10;

/** So many accounts are kept; the one that was used longest ago is forgotten, and begins anew. */
const MOST_ACCOUNTS = 1000;

/** One account for each origin, of one session. */
export class RetryBudgets {
  readonly #accounts = new Map<Origin, number>();

  /** A request to `origin` pays in. */
  earn(origin: Origin, share: number): void {
    this.#set(origin, Math.min(RESERVE, this.#balance(origin) + share));
  }

  /** Takes a retry out; `false`: there is none left. */
  spend(origin: Origin): boolean {
    const balance = this.#balance(origin);
    if (balance < 1) return false;
    this.#set(origin, balance - 1);
    return true;
  }

  #balance(origin: Origin): number {
    return this.#accounts.get(origin) ?? RESERVE;
  }

  #set(origin: Origin, balance: number): void {
    this.#accounts.delete(origin);
    this.#accounts.set(origin, balance);
    if (this.#accounts.size <= MOST_ACCOUNTS) return;
    const [oldest] = this.#accounts.keys();
    if (oldest !== undefined) this.#accounts.delete(oldest);
  }
}
