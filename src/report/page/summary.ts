/** The summary of a log, in figures. Pure. */
import type { HarCall, HarConnection } from "../../record/har-types.ts";
import { statusClass } from "./filter.ts";
import { connectionIdOf } from "./lanes.ts";
import type { Message } from "./message.ts";

/** An origin and what went on there. */
interface OriginLine {
  readonly origin: string;
  readonly messages: number;
  /** With an error, or with a status of 400 and more. */
  readonly failures: number;
  readonly connections: number;
  readonly bytes: number;
  /** Half of its messages took no longer, in milliseconds. */
  readonly median: number;
}

/** A kind of error. */
interface ErrorLine {
  /** `ConnectTimeout (connect)`, `HTTP 503`. */
  readonly kind: string;
  readonly count: number;
  /** The first one of its kind. */
  readonly first: Message;
}

/** All figures. */
export interface Summary {
  readonly messages: number;
  readonly calls: number;
  /** Calls that ended with an error. */
  readonly failedCalls: number;
  readonly redirects: number;
  readonly retries: number;
  /** With an error, or with a status of 400 and more. */
  readonly failures: number;
  readonly aborted: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** Connections that were opened, and messages that found one open. */
  readonly connections: number;
  readonly reused: number;
  /** Messages that had a connection. */
  readonly connected: number;
  /** Milliseconds: half of the messages took no longer, 95 of a hundred took no longer. */
  readonly median: number;
  readonly slow: number;
  readonly origins: readonly OriginLine[];
  readonly errors: readonly ErrorLine[];
  /** The ten that took longest. */
  readonly slowest: readonly Message[];
  /** How many of each class of status. */
  readonly statuses: readonly (readonly [name: string, count: number])[];
}

/** Is it one to look at? A challenge that was answered is none. */
function isFailure({ fate, entry }: Message): boolean {
  const isError = fate === "failed" || fate === "client-error" || fate === "server-error";
  return isError && !entry._sojourn.isChallengeAnswered;
}

/** The value below which a share of the values lies; 0 of none. @param values sorted. */
export function quantile(values: readonly number[], share: number): number {
  return values[Math.max(0, Math.ceil(values.length * share) - 1)] ?? 0;
}

const lengthOf = ({ start, end }: Message): number => end - start;

const sum = (values: readonly number[]): number => values.reduce((all, each) => all + each, 0);

/** Figures of messages, and of the calls and connections that they belong to. */
export function summaryOf(
  messages: readonly Message[],
  calls: readonly HarCall[],
  connections: readonly HarConnection[],
): Summary {
  const shown = new Set(messages.map(({ call }) => call));
  const theirs = calls.filter(({ id }) => shown.has(id));
  const used = new Set(messages.map(connectionIdOf).filter((id) => id !== null));
  const times = messages.map(lengthOf).toSorted((one, other) => one - other);
  return {
    messages: messages.length,
    calls: shown.size,
    failedCalls: theirs.filter(({ outcome }) => outcome === "failed").length,
    redirects: messages.filter(({ entry }) => entry._sojourn.redirect !== null).length,
    retries: messages.filter(({ entry }) => entry._sojourn.retry !== null).length,
    failures: messages.filter(isFailure).length,
    aborted: messages.filter(({ fate }) => fate === "aborted").length,
    sentBytes: sum(messages.map(({ entry }) => Math.max(0, entry.request.bodySize))),
    receivedBytes: sum(messages.map(({ bytes }) => bytes ?? 0)),
    connections: used.size + connections.filter(({ id, error }) => error !== null && !used.has(id)).length,
    reused: messages.filter(({ entry }) => entry._sojourn.isReused === true).length,
    connected: messages.filter(({ entry }) => entry._sojourn.isReused !== null).length,
    median: quantile(times, 0.5),
    slow: quantile(times, 0.95),
    origins: originsOf(messages),
    errors: errorsOf(messages),
    slowest: messages.toSorted((one, other) => lengthOf(other) - lengthOf(one)).slice(0, 10),
    statuses: statusesOf(messages),
  };
}

function originsOf(messages: readonly Message[]): readonly OriginLine[] {
  const groups = Map.groupBy(messages, ({ origin }) => origin);
  return [...groups]
    .map(([origin, group]) => ({
      origin,
      messages: group.length,
      failures: group.filter(isFailure).length,
      connections: new Set(group.map(connectionIdOf).filter((id) => id !== null)).size,
      bytes: sum(group.map(({ bytes }) => bytes ?? 0)),
      median: quantile(
        group.map(lengthOf).toSorted((one, other) => one - other),
        0.5,
      ),
    }))
    .toSorted((one, other) => other.messages - one.messages || (one.origin < other.origin ? -1 : 1));
}

/** What an error is called: its class and phase, or the status. */
function errorKind({ status, entry }: Message): string {
  const { error } = entry._sojourn;
  if (error === null) return `HTTP ${status}`;
  return error.phase === null ? error.name : `${error.name} (${error.phase})`;
}

function errorsOf(messages: readonly Message[]): readonly ErrorLine[] {
  const groups = new Map<string, { count: number; first: Message }>();
  for (const message of messages.filter(isFailure)) {
    const kind = errorKind(message);
    const group = groups.get(kind);
    if (group === undefined) groups.set(kind, { count: 1, first: message });
    else group.count++;
  }
  return [...groups]
    .map(([kind, group]) => ({ kind, ...group }))
    .toSorted((one, other) => other.count - one.count || (one.kind < other.kind ? -1 : 1));
}

function statusesOf(messages: readonly Message[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const { status } of messages) {
    const name = statusClass(status);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].toSorted(([one], [other]) => (one < other ? -1 : 1));
}
