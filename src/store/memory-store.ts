/** The state of sessions of one process: for tests, and for sessions that share what they know. */
import type { Change, SessionStore, Stored } from "../core/session-store.ts";
import { systemClock } from "../core/clock.ts";
import { checkedChanges } from "./document.ts";
import { applied, emptyState } from "./state.ts";

/** Stores a session in memory. */
export class MemorySessionStore implements SessionStore {
  readonly place = "memory";
  #stored: Stored | null = null;

  read(): Promise<Stored | null> {
    return Promise.resolve(this.#stored);
  }

  commit(changes: readonly Change[]): Promise<Stored> {
    // What is thrown in it rejects.
    return new Promise((resolve) => resolve(this.#commit(changes)));
  }

  #commit(changes: readonly Change[]): Stored {
    const before = this.#stored ?? { revision: 0, state: emptyState };
    const state = applied(before.state, checkedChanges(changes), systemClock.now());
    this.#stored =
      state === before.state && this.#stored !== null ? before : { revision: before.revision + 1, state };
    return this.#stored;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
