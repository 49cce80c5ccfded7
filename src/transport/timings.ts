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
  const waited = Math.max((startedAt ?? until) - began, 0);
  const sentAt = startedAt === null ? null : Math.min(marks.sentAt ?? until, until);
  const isWarm = laps === null && startedAt !== null;
  return {
    connect: isWarm ? 0 : startedAt === null ? null : waited,
    head: until - began,
    queue: Math.max(waited - (laps?.sum ?? 0), 0),
    limit: null,
    dns: laps?.dns ?? null,
    tcp: laps?.tcp ?? null,
    proxy: laps?.proxy ?? null,
    tls: laps?.tls ?? null,
    send: sentAt === null || startedAt === null ? null : Math.max(sentAt - startedAt, 0),
    wait: sentAt === null || (headAt === null && marks.sentAt === null) ? null : until - sentAt,
    receive: headAt === null || endedAt === null ? null : Math.max(endedAt - headAt, 0),
  };
}
