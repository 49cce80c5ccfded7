/**
 * ConnectionLog: what is told of one connection: that it was opened or could not be, and that it has ended.
 */
import { defaultPort } from "../core/origin.ts";
import type { ConnectionRecord } from "../core/records.ts";
import { connectionNumber, type ConnectionFacts } from "./connection-facts.ts";
import type { Laps } from "./laps.ts";
import { authorityOf, type Route } from "./route.ts";

/** Hears of connections. */
export type ConnectionListener = (record: ConnectionRecord) => void;

/** One connection, from the attempt to open it to its end. */
export class ConnectionLog {
  readonly #tell: ConnectionListener;
  readonly #origin: string;
  readonly #proxy: string | null;
  readonly #laps: Laps;
  readonly #startedAt = Date.now();

  constructor(route: Route, laps: Laps, tell: ConnectionListener) {
    this.#tell = tell;
    this.#origin = originOf(route);
    this.#proxy = route.proxy?.origin ?? null;
    this.#laps = laps;
  }

  /** It is open. */
  onOpen(facts: ConnectionFacts, httpVersion: "1.1" | "2"): void {
    this.#publish("opened", { facts, httpVersion, messages: 0, error: null });
  }

  /** It could not be opened. */
  onFailure(error: unknown): void {
    this.#publish("failed", { facts: null, httpVersion: null, messages: 0, error });
  }

  /** It has ended. @param messages how many went over it whole. */
  onClose(facts: ConnectionFacts, httpVersion: "1.1" | "2", messages: number): void {
    this.#publish("closed", { facts, httpVersion, messages, error: null });
  }

  #publish(
    kind: ConnectionRecord["kind"],
    {
      facts,
      ...rest
    }: { readonly facts: ConnectionFacts | null } & Pick<
      ConnectionRecord,
      "httpVersion" | "messages" | "error"
    >,
  ): void {
    const { dns, tcp, proxy, tls, startedAt } = this.#laps;
    this.#tell({
      id: facts?.id ?? connectionNumber(),
      kind,
      origin: this.#origin,
      proxy: this.#proxy,
      info: facts?.info(false) ?? null,
      startedAt: this.#startedAt,
      duration: performance.now() - startedAt,
      timings: { dns, tcp, proxy, tls },
      ...rest,
    });
  }
}

function originOf(route: Route): string {
  const scheme = route.tls === null ? "http" : "https";
  const authority = authorityOf(route);
  const end = `:${defaultPort(scheme)}`;
  return `${scheme}://${authority.endsWith(end) ? authority.slice(0, -end.length) : authority}`;
}
