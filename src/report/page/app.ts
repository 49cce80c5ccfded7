/** The page: what stands where, and what happens when something is chosen. */
import type { HarCall, HarConnection, HarEntry, HarLog } from "../../record/har-types.ts";
import type { Dropped, Feed, LiveState } from "./feed.ts";

/** The page, for as long as it is open. */
export class App implements Feed {
  readonly #document: Document;
  constructor(document: Document) {
    this.#document = document;
  }
  onLog(log: HarLog): void {
    this.#document.body.append(`${log.entries.length} messages`);
  }
  onEntry(entry: HarEntry): void {
    this.#document.body.append(entry.request.url);
  }
  onCall(call: HarCall): void {
    this.#document.body.append(call.url);
  }
  onConnection(connection: HarConnection): void {
    this.#document.body.append(connection.origin);
  }
  onDropped(dropped: Dropped): void {
    this.#document.body.append(String(dropped.total));
  }
  onState(state: LiveState): void {
    this.#document.body.append(state);
  }
}
