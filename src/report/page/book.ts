/** The book: all messages, calls and connections that the page knows, in their order; what comes live is added. Pure. */
import type { HarCall, HarConnection, HarEntry, HarLog } from "../../record/har-types.ts";
import type { Dropped } from "./feed.ts";
import { messageOf, type Message } from "./message.ts";

/** A span of time, in milliseconds since the epoch. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** All that is known. */
export class Book {
  readonly #messages = new Map<number, Message>();
  readonly #calls = new Map<number, HarCall>();
  readonly #connections = new Map<number, HarConnection>();
  #sorted: readonly Message[] | null = null;
  #dropped = 0;

  /** Takes a log in the place of what is there. */
  load(log: HarLog): void {
    this.#messages.clear();
    this.#calls.clear();
    this.#connections.clear();
    for (const entry of log.entries) this.addEntry(entry);
    for (const call of log._sojourn.calls) this.addCall(call);
    for (const connection of log._sojourn.connections) this.addConnection(connection);
    this.#dropped = log._sojourn.dropped;
    this.#sorted = null;
  }

  /** Adds a message, or puts it in the place of the one with its number. */
  addEntry(entry: HarEntry): void {
    const message = messageOf(entry);
    this.#messages.set(message.id, message);
    this.#sorted = null;
  }

  /** Adds a call, or puts it in the place of the one with its number. */
  addCall(call: HarCall): void {
    this.#calls.set(call.id, call);
  }

  /** Adds a connection, or puts it in the place of the one with its number. */
  addConnection(connection: HarConnection): void {
    this.#connections.set(connection.id, connection);
  }

  /** Takes messages away, and with them what is over and older than all that are left: a page may be open for days. */
  drop({ total, messages }: Dropped): void {
    this.#dropped = total;
    for (const id of messages) this.#messages.delete(id);
    this.#sorted = null;
    const calls = new Set<number>();
    const connections = new Set<number>();
    for (const { call, entry } of this.#messages.values()) {
      calls.add(call);
      connections.add(Number(entry.connection));
    }
    const oldest = Math.min(...calls);
    for (const id of this.#calls.keys()) if (id < oldest && !calls.has(id)) this.#calls.delete(id);
    const { from } = this.span;
    for (const { id, lasted, error, startedDateTime } of this.#connections.values()) {
      // One that could not be opened never has a message.
      const isOver = error === null ? lasted !== null : Date.parse(startedDateTime) < from;
      if (isOver && !connections.has(id)) this.#connections.delete(id);
    }
  }

  /** How many messages were there, and are not any more. */
  get dropped(): number {
    return this.#dropped;
  }

  /** By the time at which they began. */
  get messages(): readonly Message[] {
    this.#sorted ??= [...this.#messages.values()].toSorted((one, other) => {
      return one.start - other.start || one.id - other.id;
    });
    return this.#sorted;
  }

  /** A message by its number. */
  message(id: number): Message | undefined {
    return this.#messages.get(id);
  }

  /** A call by its number. */
  call(id: number): HarCall | undefined {
    return this.#calls.get(id);
  }

  /** All calls. */
  get calls(): readonly HarCall[] {
    return [...this.#calls.values()];
  }

  /** By the time at which they began to be opened. */
  get connections(): readonly HarConnection[] {
    return [...this.#connections.values()].toSorted(
      (one, other) =>
        Date.parse(one.startedDateTime) - Date.parse(other.startedDateTime) || one.id - other.id,
    );
  }

  /** Messages of a call, in their order. */
  messagesOf(call: number): readonly Message[] {
    return this.messages.filter((message) => message.call === call);
  }

  /** From the first beginning to the last end; of nothing, no time at all. */
  get span(): Span {
    return spanOf(this.messages);
  }
}

/** From the first beginning to the last end; of nothing, no time at all. */
export function spanOf(messages: readonly Message[]): Span {
  let from = Infinity;
  let to = -Infinity;
  for (const { start, end } of messages) {
    from = Math.min(from, start);
    to = Math.max(to, end);
  }
  return from <= to ? { from, to } : { from: 0, to: 0 };
}
