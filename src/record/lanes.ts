/**
 * What a recorder keeps of connections and calls, in the words of the log.
 */
import type { CallRecord, ConnectionRecord } from "../core/records.ts";
import type { ConnectionInfo } from "../core/response.ts";
import { dateOf, rounded } from "./entry.ts";
import type { HarCall, HarConnection } from "./har-types.ts";
import { keptError, type KeptMessage } from "./kept.ts";

/** A call, without what hangs on its error. */
export interface KeptCall extends Omit<CallRecord, "error"> {
  readonly error: string | null;
}

/** What is kept of a call. */
export function keptCall(record: CallRecord): KeptCall {
  // Most have none: then it is all that there is to keep.
  if (record.error === null) return record as KeptCall;
  const { id, method, url, startedAt, duration, outcome, status, messages, redirects, retries } = record;
  const error = errorText(record.error);
  return { id, method, url, startedAt, duration, outcome, status, error, messages, redirects, retries };
}

/** A call, as the log tells of it. */
export function callOf(call: KeptCall): HarCall {
  const { id, method, url, startedAt, duration, outcome, status, error, messages, redirects, retries } = call;
  return {
    id,
    method,
    url,
    startedDateTime: dateOf(startedAt),
    duration: rounded(duration),
    outcome,
    status,
    error,
    messages,
    redirects,
    retries,
  };
}

/** Connections: at most so many, of which those that ended first are forgotten first. */
export class Connections {
  readonly #most: number;
  readonly #byId = new Map<number, HarConnection>();
  /** How many messages went over those that are open. */
  readonly #counts = new Map<number, number>();

  constructor(most: number) {
    this.#most = most;
  }

  /** All of them, in the order in which they were opened. */
  get all(): readonly HarConnection[] {
    return [...this.#byId.values()].map((connection) => this.#counted(connection));
  }

  /** The protocol of a connection; `null`: it is not known. */
  versionOf(id: number | null): string | null {
    return id === null ? null : (this.#byId.get(id)?.httpVersion ?? null);
  }

  /** Takes what is told of one, and gives what is known of it now. */
  take(record: ConnectionRecord): HarConnection {
    const before = this.#byId.get(record.id);
    const connection = before === undefined ? connectionOf(record) : ended(before, record);
    this.#byId.set(record.id, connection);
    if (connection.lasted !== null) this.#counts.delete(record.id);
    if (this.#byId.size > this.#most) this.#forget();
    return this.#counted(connection);
  }

  /** A message went over one. */
  count({ connectionId, outcome }: KeptMessage): void {
    if (connectionId === null || outcome !== "complete") return;
    // One that has ended told itself how many there were.
    if (this.#byId.get(connectionId)?.lasted === null)
      this.#counts.set(connectionId, (this.#counts.get(connectionId) ?? 0) + 1);
  }

  #counted(connection: HarConnection): HarConnection {
    const count = this.#counts.get(connection.id);
    return count === undefined ? connection : { ...connection, messages: connection.messages + count };
  }

  /** Forgets those that have ended. */
  clear(): void {
    for (const { id, lasted } of this.all) if (lasted !== null) this.#byId.delete(id);
  }

  #forget(): void {
    const oldest = this.all.find(({ lasted }) => lasted !== null) ?? this.all[0];
    if (oldest === undefined) return;
    this.#byId.delete(oldest.id);
    this.#counts.delete(oldest.id);
  }
}

function connectionOf(record: ConnectionRecord): HarConnection {
  const { kind, duration, timings } = record;
  const { dns, tcp, proxy, tls } = timings;
  const opening = (dns ?? 0) + (tcp ?? 0) + (proxy ?? 0) + (tls ?? 0);
  return {
    id: record.id,
    origin: record.origin,
    proxy: record.proxy,
    httpVersion: record.httpVersion,
    startedDateTime: dateOf(record.startedAt),
    opening: rounded(kind === "closed" ? opening : duration),
    lasted: kind === "opened" ? null : rounded(duration),
    error: errorText(record.error),
    remote: record.info === null ? null : remoteOf(record.info),
    tls: record.info?.tls?.protocol ?? null,
    messages: record.messages,
  };
}

function ended(before: HarConnection, { kind, duration, messages, error }: ConnectionRecord): HarConnection {
  if (kind === "opened") return before;
  return { ...before, lasted: rounded(duration), messages, error: errorText(error) };
}

/** `address:port`, or the path of a socket of this machine. */
function remoteOf({ remoteAddress, remotePort, socketPath }: ConnectionInfo): string | null {
  if (remoteAddress === null) return socketPath;
  const host = remoteAddress.includes(":") ? `[${remoteAddress}]` : remoteAddress;
  return remotePort === null ? host : `${host}:${remotePort}`;
}

function errorText(error: unknown): string | null {
  const shown = keptError(error);
  if (shown === null) return null;
  return shown.message === "" ? shown.name : `${shown.name}: ${shown.message}`;
}
