/** What is told of a session: every event, in its order, and what must hold of all that is told. */
import { expect } from "vitest";

import type { EventName, EventRecords } from "../../src/core/records.ts";
import type { Timings } from "../../src/core/response.ts";
import { EVENT_NAMES } from "../../src/events/session-events.ts";
import type { Session } from "../../src/index.ts";

/** Listens to everything, until it is disposed of. */
export class Heard implements Disposable {
  /** Names, in the order in which they were told. */
  readonly names: EventName[] = [];
  readonly #all: { readonly name: EventName; readonly record: unknown }[] = [];
  readonly #subscriptions: readonly Disposable[];

  constructor(session: Session<boolean>, names: readonly EventName[] = EVENT_NAMES) {
    this.#subscriptions = names.map((name) =>
      session.events.on(name, (record) => {
        this.names.push(name);
        this.#all.push({ name, record });
      }),
    );
  }

  [Symbol.dispose](): void {
    for (const subscription of this.#subscriptions) subscription[Symbol.dispose]();
  }

  /** All that was told under this name. */
  of<Name extends EventName>(name: Name): EventRecords[Name][] {
    return this.#all.flatMap((one) => (one.name === name ? [one.record as EventRecords[Name]] : [])); // told as it
  }

  /** The only one that was told under this name. */
  one<Name extends EventName>(name: Name): EventRecords[Name] {
    const [record, ...others] = this.of(name);
    expect(others, `more than one ${name}`).toEqual([]);
    if (record === undefined) throw new Error(`no ${name} was told`);
    return record;
  }

  /** Messages that began and did not end yet, and calls without an end of which messages began: by their numbers. */
  get open(): { readonly messages: readonly number[]; readonly calls: readonly number[] } {
    const ended = new Set(this.of("message").map(({ id }) => id));
    const over = new Set(this.of("call").map(({ id }) => id));
    const begun = this.of("sending");
    return {
      messages: begun.map(({ id }) => id).filter((id) => !ended.has(id)),
      calls: [...new Set(begun.map(({ call }) => call))].filter((id) => !over.has(id)),
    };
  }

  /** Waits until all that began is over, and holds it to what is so for any of it. */
  async settled(): Promise<void> {
    await expect.poll(() => this.open).toEqual({ messages: [], calls: [] });
    const messages = this.of("message");
    expect(messages.map(({ id }) => id).toSorted(byNumber)).toEqual(
      this.of("sending")
        .map(({ id }) => id)
        .toSorted(byNumber),
    );
    const calls = this.of("call").map(({ id }) => id);
    expect(new Set(calls).size).toBe(calls.length);
    for (const message of messages) {
      expectWhole(message.timings);
      expect(message.duration).toBeGreaterThanOrEqual(0);
      expect(message.error === null).toBe(message.outcome === "complete" || message.outcome === "unread");
      if (message.error === null) expect(message.phase).toBeNull();
      expect(message.status === null).toBe(message.headers === null);
      expect(message.connection === null).toBe(message.connectionId === null);
    }
  }
}

function byNumber(one: number, other: number): number {
  return one - other;
}

/** Parts before the head, in their order. */
const BEFORE_HEAD = ["queue", "limit", "dns", "tcp", "proxy", "tls", "send", "wait"] as const;

/** The parts follow one another, and together they are the whole time; none of them is negative. */
export function expectWhole(timings: Timings): void {
  for (const time of Object.values(timings)) if (time !== null) expect(time).toBeGreaterThanOrEqual(0);
  const sum = BEFORE_HEAD.reduce((all, name) => all + (timings[name] ?? 0), 0);
  expect(sum).toBeCloseTo(timings.head, 6);
}

/** The parts that happened. */
export function partsOf(timings: Timings): string {
  return [...BEFORE_HEAD, "receive" as const].filter((name) => timings[name] !== null).join(" ");
}
