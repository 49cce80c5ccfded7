/**
 * Timings of a message, made of the times that were noted on its way when somebody asks.
 */
import type { Timings } from "../core/response.ts";
import type { Laps } from "../connect/laps.ts";

/** When what happened to a message, in milliseconds of the monotonic clock; `null`: it did not, or not yet. */
export interface Marks {
  /** It began to wait for a connection. */
  readonly began: number;
  /** It began to go out. */
  readonly startedAt: number | null;
  /** All of it had gone out. */
  readonly sentAt: number | null;
  /** The head of the response came. */
  readonly headAt: number | null;
  /** It was over, well or not. */
  readonly endedAt: number | null;
}

/** @param laps how its connection was opened; `null`: that was there already, or there is none. */
export function timingsOf(marks: Marks, laps: Laps | null): Timings {
  const { began, startedAt, headAt, endedAt } = marks;
  // Of what goes on the part that is known: up to its end, or to nothing.
  const until = headAt ?? endedAt ?? began;
  const waited = since(began, startedAt ?? until);
  return {
    connect: startedAt === null ? null : laps === null ? 0 : waited,
    head: until - began,
    queue: Math.max(waited - (laps?.sum ?? 0), 0),
    limit: null,
    ...partsOf(laps),
    ...exchangeOf(marks, until),
    receive: headAt === null || endedAt === null ? null : since(headAt, endedAt),
  };
}

/** The parts of opening a connection. */
function partsOf(laps: Laps | null): Pick<Timings, "dns" | "tcp" | "proxy" | "tls"> {
  if (laps === null) return { dns: null, tcp: null, proxy: null, tls: null };
  const { dns, tcp, proxy, tls } = laps;
  return { dns, tcp, proxy, tls };
}

/** A head that comes before all was sent ends the sending: what goes out then is not waited for. */
function exchangeOf({ startedAt, sentAt, headAt }: Marks, until: number): Pick<Timings, "send" | "wait"> {
  if (startedAt === null) return { send: null, wait: null };
  const end = Math.min(sentAt ?? until, until);
  const isWaiting = sentAt !== null || headAt !== null;
  return { send: since(startedAt, end), wait: isWaiting ? until - end : null };
}

/** The clock may have been read in another order. */
function since(from: number, to: number): number {
  return Math.max(to - from, 0);
}
