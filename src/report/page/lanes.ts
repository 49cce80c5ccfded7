/** Lanes: what went over each connection, and when. Over HTTP/2 there is more at a time: such lanes have several tracks. Pure. */
import type { HarConnection } from "../../record/har-types.ts";
import type { Message } from "./message.ts";

/** A message in its lane. */
export interface LaneMessage {
  readonly message: Message;
  /** Counted from 0, from top to bottom. */
  readonly track: number;
  /** When it had the connection for itself, in milliseconds since the epoch: what it waited before is not in the lane. */
  readonly from: number;
  readonly to: number;
}

/** A connection and its messages. */
export interface Lane {
  /** Its number; `null`: messages that had no connection. */
  readonly id: number | null;
  /** `null`: nothing was told of it, or there is none. */
  readonly connection: HarConnection | null;
  readonly origin: string;
  readonly messages: readonly LaneMessage[];
  readonly tracks: number;
}

/** One lane for each connection, in the order in which they were opened, and one for messages without. */
export function lanesOf(
  messages: readonly Message[],
  connections: readonly HarConnection[],
): readonly Lane[] {
  const groups = new Map<number | null, Message[]>();
  for (const message of messages) {
    const id = connectionIdOf(message);
    const group = groups.get(id);
    if (group === undefined) groups.set(id, [message]);
    else group.push(message);
  }
  const known = new Map(connections.map((connection) => [connection.id, connection]));
  const lanes = connections
    .filter(({ id, error }) => groups.has(id) || error !== null)
    .map((connection) => laneOf(connection.id, connection, groups.get(connection.id) ?? []));
  for (const [id, group] of groups) if (id !== null && !known.has(id)) lanes.push(laneOf(id, null, group));
  const without = groups.get(null);
  if (without !== undefined) lanes.push(laneOf(null, null, without));
  return lanes;
}

/** Number of the connection of a message; `null`: it had none. */
export function connectionIdOf({ entry: { connection } }: Message): number | null {
  return connection === undefined || connection === "" ? null : Number(connection);
}

function laneOf(id: number | null, connection: HarConnection | null, group: readonly Message[]): Lane {
  /** When each track is free again. */
  const free: number[] = [];
  const placed = group
    .map((message) => ({ message, from: message.start + waited(message), to: message.end }))
    .toSorted((one, other) => one.from - other.from)
    .map((each): LaneMessage => {
      const found = free.findIndex((end) => end <= each.from);
      const track = found === -1 ? free.length : found;
      free[track] = each.to;
      return { ...each, track };
    });
  const origin = connection?.origin ?? group[0]?.origin ?? "";
  return { id, connection, origin, messages: placed, tracks: Math.max(1, free.length) };
}

/** Milliseconds before it had a connection. */
function waited({ bars }: Message): number {
  const last = bars.findLast(({ phase }) => phase === "queue" || phase === "limit");
  return last?.to ?? 0;
}
