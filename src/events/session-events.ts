/**
 * SessionEvents: who listens to what happens in a session. Channels of `node:diagnostics_channel` are told of calls, messages and
 * connections of all sessions.
 */
import { channel, type Channel } from "node:diagnostics_channel";
import process from "node:process";

import { mustBe } from "../core/checks.ts";
import { isPromise } from "../core/realm.ts";
import { printAs } from "../core/redact.ts";
import type { ConnectionRecord, EventName, EventRecords } from "../core/records.ts";

/** Hears of one kind of event. */
export type EventListener<Name extends EventName> = (record: EventRecords[Name]) => void;

/** Channels that are told, too: `sojourn:call`, `sojourn:message`, `sojourn:connection`. */
const channels: { readonly [Name in EventName]?: Channel } = {
  call: channel("sojourn:call"),
  message: channel("sojourn:message"),
  connection: channel("sojourn:connection"),
};

/** All events. */
export const EVENT_NAMES: readonly EventName[] = [
  "call",
  "sending",
  "head",
  "message",
  "connection",
  "cookie",
  "retry",
  "redirect",
  "auth",
  "hsts",
  "store",
];

/** Does anybody listen, be it to one of the channels? @param events `null`: nobody asked for them. */
export function isHeard(events: SessionEvents | null): boolean {
  return (
    events?.isHeard === true ||
    channels.call?.hasSubscribers === true ||
    channels.message?.hasSubscribers === true ||
    channels.connection?.hasSubscribers === true
  );
}

/** Ends listening. */
export interface Subscription extends Disposable {
  /** Nothing is told any more. Safe to call twice. */
  off(): void;
}

/**
 * What happens in a session, for whoever wants to know: `session.events.on("message", (message) => …)`. While nobody listens nothing is
 * noted.
 *
 * Listeners are called at once, in the async context of the call that it happened in, and cannot change anything but the header fields of a
 * message that is about to be sent. What one throws, or its promise is rejected with, is an uncaught exception of the program, as one that is
 * thrown in a listener of a diagnostics channel; the call goes on.
 */
export class SessionEvents {
  readonly #listeners = new Map<EventName, readonly EventListener<EventName>[]>();
  /** How many bytes of bodies each of those keeps who keep some. */
  readonly #keepers = new Set<{ readonly maxBytes: number }>();
  /** @internal Does anybody listen? */
  isHeard = false;
  /** @internal Tells of a connection. One for all: each message would have its own. */
  readonly tellConnection = (record: ConnectionRecord): void => this.tell("connection", record);

  /**
   * Calls `listener` each time that it happens, until it is taken off.
   *
   * @param name `"call"`, `"sending"`, `"head"`, `"message"`, `"connection"`, `"cookie"`, `"retry"`, `"redirect"`, `"auth"`, `"hsts"` or `"store"`.
   * @returns what takes it off again: `off()`, or `using` on Node 24.
   * @throws {TypeError} for another name, or a listener that is no function.
   */
  on<Name extends EventName>(name: Name, listener: EventListener<Name>): Subscription {
    this.#check(name, listener);
    const added = listener as EventListener<EventName>; // it is called for this event only
    this.#set(name, [...(this.#listeners.get(name) ?? []), added]);
    let isOn = true;
    const off = (): void => {
      if (isOn) this.off(name, listener);
      isOn = false;
    };
    return { off, [Symbol.dispose]: off };
  }

  /** Takes a listener off: of several that are the same one, the last. @throws {TypeError} as {@link on}. */
  off<Name extends EventName>(name: Name, listener: EventListener<Name>): this {
    this.#check(name, listener);
    const all = this.#listeners.get(name) ?? [];
    const at = all.lastIndexOf(listener as EventListener<EventName>); // as above
    if (at !== -1) this.#set(name, all.toSpliced(at, 1));
    return this;
  }

  /** @internal Bodies are kept up to so many bytes each, until that is over. */
  keepBodies(maxBytes: number): Disposable {
    const keeper = { maxBytes };
    this.#keepers.add(keeper);
    return { [Symbol.dispose]: () => void this.#keepers.delete(keeper) };
  }

  /** @internal How many bytes of a body are kept; `null`: bodies are not kept. */
  get keptBytes(): number | null {
    if (this.#keepers.size === 0) return null;
    return Math.max(...[...this.#keepers].map(({ maxBytes }) => maxBytes));
  }

  /** @internal Does anybody want to hear of it? */
  hears(name: EventName): boolean {
    return this.#listeners.has(name) || channels[name]?.hasSubscribers === true;
  }

  /** @internal Tells of it. */
  tell<Name extends EventName>(name: Name, record: EventRecords[Name]): void {
    const listeners = this.#listeners.get(name) ?? [];
    // One of them may take another one off.
    for (const listener of listeners) if (this.#isOn(name, listener, listeners)) inform(listener, record);
    const told = channels[name];
    if (told?.hasSubscribers === true) told.publish(record);
  }

  /** Plain data for a log: how many listen to what. */
  toJSON(): Record<string, number> {
    return Object.fromEntries([...this.#listeners].map(([name, all]) => [name, all.length]));
  }

  static {
    printAs(this, (self, options, inspect) => `SessionEvents ${inspect(self.toJSON(), options)}`);
  }

  #set(name: EventName, listeners: readonly EventListener<EventName>[]): void {
    if (listeners.length === 0) this.#listeners.delete(name);
    else this.#listeners.set(name, listeners);
    this.isHeard = this.#listeners.size > 0;
  }

  #isOn(
    name: EventName,
    listener: EventListener<EventName>,
    then: readonly EventListener<EventName>[],
  ): boolean {
    const now = this.#listeners.get(name);
    return now === then || now?.includes(listener) === true;
  }

  #check(name: unknown, listener: unknown): void {
    if (!EVENT_NAMES.some((known) => known === name))
      throw mustBe("the name of an event", EVENT_NAMES.map((known) => `"${known}"`).join(", "), name);
    if (typeof listener !== "function")
      throw mustBe(`a listener of "${String(name)}"`, "a function", listener);
  }
}

/** What a listener throws is no business of the call. */
function inform(listener: EventListener<EventName>, record: EventRecords[EventName]): void {
  try {
    const answer: unknown = listener(record);
    if (isPromise(answer)) answer.then(undefined, uncaught);
  } catch (error) {
    uncaught(error);
  }
}

function uncaught(error: unknown): void {
  process.nextTick(() => {
    throw error;
  });
}
