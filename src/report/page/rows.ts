/** In which order messages are shown, and which of them belong together. Pure. */
import type { Message } from "./message.ts";

/** What they are sorted by. `"start"` keeps the messages of a call together. */
export type SortKey = "start" | "method" | "status" | "url" | "size" | "time";

/** An order. */
export interface Order {
  readonly key: SortKey;
  readonly isDescending: boolean;
}

/** Where a row stands among those of its call: a bracket is drawn from the first to the last. */
type Bracket = "none" | "first" | "middle" | "last";

/** A row. */
export interface Row {
  readonly message: Message;
  readonly bracket: Bracket;
  /** Was it sent since another one of its call had come before? Then it is indented. */
  readonly isFollowUp: boolean;
}

/** The rows of messages that are sorted by their start. */
export function rowsOf(messages: readonly Message[], order: Order): readonly Row[] {
  return order.key === "start" ? byCall(messages, order.isDescending) : sorted(messages, order);
}

function byCall(messages: readonly Message[], isDescending: boolean): readonly Row[] {
  const groups = new Map<number, Message[]>();
  for (const message of messages) {
    const group = groups.get(message.call);
    if (group === undefined) groups.set(message.call, [message]);
    else group.push(message);
  }
  const calls = [...groups.values()];
  if (isDescending) calls.reverse();
  return calls.flatMap((group) =>
    group.map((message, at) => ({
      message,
      bracket: bracketOf(at, group.length),
      isFollowUp: message.entry._sojourn.resends > 0,
    })),
  );
}

function bracketOf(at: number, length: number): Bracket {
  if (length === 1) return "none";
  if (at === 0) return "first";
  return at === length - 1 ? "last" : "middle";
}

function sorted(messages: readonly Message[], { key, isDescending }: Order): readonly Row[] {
  const compare = COMPARE[key];
  const sign = isDescending ? -1 : 1;
  return messages
    .toSorted((one, other) => sign * compare(one, other))
    .map((message) => ({ message, bracket: "none", isFollowUp: message.entry._sojourn.resends > 0 }));
}

const byText = (one: string, other: string): number => Number(one > other) - Number(one < other);

const COMPARE: Readonly<Record<SortKey, (one: Message, other: Message) => number>> = {
  start: (one, other) => one.start - other.start,
  method: (one, other) => byText(one.method, other.method),
  status: (one, other) => one.status - other.status,
  url: (one, other) => byText(one.host + one.path, other.host + other.path),
  size: (one, other) => (one.bytes ?? -1) - (other.bytes ?? -1),
  time: (one, other) => one.end - one.start - (other.end - other.start),
};
