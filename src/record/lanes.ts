/**
 * What a recorder keeps of connections and calls, in the words of the log.
 */
import type { CallRecord, ConnectionRecord } from "../core/records.ts";
import type { ConnectionInfo } from "../core/response.ts";
import { dateOf, rounded } from "./entry.ts";
import type { HarCall, HarConnection } from "./har-types.ts";
import { keptError, type KeptMessage } from "./kept.ts";

/** A call. */
export function callOf({ startedAt, duration, error, ...rest }: CallRecord): HarCall {
  const { id, method, url, outcome, status, messages, redirects, retries } = rest;
  return {
    id,
    method,
    url,
    startedDateTime: dateOf(startedAt),
    duration: rounded(duration),
    outcome,
    status,
    error: errorText(error),
    messages,
    redirects,
    retries,
  };
}

/** Connections: at most so many, of which those that ended first are forgotten first. */
export class Connections {
  readonly #most: number;
  readonly #byId = new Map<number, HarConnection>();

  constructor(most: number) {
    this.#most = most;
  }

  /** All of them, in the order in which they were opened. */
  get all(): readonly HarConnection[] {
    return [...this.#byId.values()];
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
    if (this.#byId.size > this.#most) this.#forget();
    return connection;
  }

  /** A message went over one. */
  count({ connectionId, outcome }: KeptMessage): void {
    const connection = connectionId === null ? undefined : this.#byId.get(connectionId);
    // One that has ended told itself how many there were.
    if (connection === undefined || connection.lasted !== null || outcome !== "complete") return;
    this.#byId.set(connection.id, { ...connection, messages: connection.messages + 1 });
  }

  /** Forgets those that have ended. */
  clear(): void {
    for (const { id, lasted } of this.all) if (lasted !== null) this.#byId.delete(id);
  }

  #forget(): void {
    const oldest = this.all.find(({ lasted }) => lasted !== null) ?? this.all[0];
    if (oldest !== undefined) this.#byId.delete(oldest.id);
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
