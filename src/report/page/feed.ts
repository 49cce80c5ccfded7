/**
 * What a page is fed with, once or again and again. `main.ts` tells where it comes from; `app.ts` takes it.
 */
import type { HarCall, HarConnection, HarEntry, HarLog } from "../../record/har-types.ts";

/** Messages that the sender keeps no longer. */
export interface Dropped {
  /** How many there were until now. */
  readonly total: number;
  /** Their numbers, as in `_sojourn.message`. */
  readonly messages: readonly number[];
}

/** How it stands with what comes live. */
export type LiveState =
  /** It is being connected to, for the first time or again. */
  | "connecting"
  /** Messages come as they end. */
  | "live"
  /** The session is closed: nothing more comes. */
  | "closed"
  /** The token in the address is missing or wrong: nothing comes. */
  | "refused";

/** Takes what comes. */
export interface Feed {
  /** Everything: it takes the place of what is there. */
  onLog(log: HarLog): void;
  /** A message; it takes the place of one with the same number. */
  onEntry(entry: HarEntry): void;
  /** A call; it takes the place of one with the same number. */
  onCall(call: HarCall): void;
  /** A connection; it takes the place of one with the same number. */
  onConnection(connection: HarConnection): void;
  /** Messages that are gone. */
  onDropped(dropped: Dropped): void;
  /** Something changed about the way that it comes. */
  onState(state: LiveState): void;
}
