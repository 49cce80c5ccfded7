/** Listens to undici's diagnostics channels as the instruments of a program do, and writes down what each request was told of. */
import diagnostics from "node:diagnostics_channel";
import type { Socket } from "node:net";

/** A request as undici documents it. */
export interface ToldRequest {
  readonly origin: string;
  readonly method: string;
  readonly path: string;
  headers: unknown[];
  readonly completed: boolean;
  readonly aborted: boolean;
  addHeader(name: unknown, value: unknown): ToldRequest;
}

/** What the messages of the channels have, each a part of it. */
export interface Told {
  readonly request: ToldRequest;
  readonly response: { readonly statusCode: number; readonly headers: Buffer[]; readonly statusText: string };
  readonly headers: string;
  readonly socket: Socket;
  readonly chunk: Buffer;
  readonly trailers: Buffer[];
  readonly error: Error & { readonly code?: unknown };
  readonly connectParams: Readonly<Record<string, unknown>>;
  readonly connector: unknown;
}

/** One event: the last word of its channel's name, and the message. */
export interface Event {
  readonly name: string;
  readonly told: Told;
}

/** Channels whose events belong to one request. */
export const requestChannels = [
  "undici:request:create",
  "undici:client:sendHeaders",
  "undici:request:bodySent",
  "undici:request:headers",
  "undici:request:trailers",
  "undici:request:error",
] as const;

/** Those that give each piece of a body. */
export const chunkChannels = ["undici:request:bodyChunkSent", "undici:request:bodyChunkReceived"] as const;

/** Those of connections, which belong to no request. */
export const connectChannels = [
  "undici:client:beforeConnect",
  "undici:client:connected",
  "undici:client:connectError",
] as const;

/** Listens from when it is made until it is disposed. */
export class Instrument implements Disposable {
  readonly events: Event[] = [];
  readonly #stops: (() => void)[] = [];

  /** @param hear is told of each event before it is written down. */
  constructor(channels: readonly string[] = requestChannels, hear: (event: Event) => void = () => undefined) {
    for (const channel of channels) {
      const listener = (message: unknown): void => {
        const event = { name: channel.split(":").at(-1) ?? "", told: message as Told };
        this.events.push(event);
        hear(event);
      };
      diagnostics.subscribe(channel, listener);
      this.#stops.push(() => diagnostics.unsubscribe(channel, listener));
    }
  }

  /** What each request was told of, in the order in which they began: path and names of events. */
  get stories(): string[] {
    return [...this.#byRequest()].map(([request, events]) =>
      [request.path, ...events.map(({ name }) => name)].join(" "),
    );
  }

  /** Requests that did not begin with `create`, or had another number of ends than one. */
  get broken(): string[] {
    return [...this.#byRequest()]
      .filter(([, events]) => {
        const names = events.map(({ name }) => name);
        const ends = names.filter((name) => name === "trailers" || name === "error");
        return names[0] !== "create" || names.lastIndexOf("create") !== 0 || ends.length !== 1;
      })
      .map(([request, events]) => `${request.path}: ${events.map(({ name }) => name).join(" ")}`);
  }

  /** What was told on a channel. */
  of(name: string): Told[] {
    return this.events.filter((event) => event.name === name).map(({ told }) => told);
  }

  /** Names of all events in their order. */
  get names(): string[] {
    return this.events.map(({ name }) => name);
  }

  [Symbol.dispose](): void {
    for (const stop of this.#stops.splice(0)) stop();
  }

  #byRequest(): Map<ToldRequest, Event[]> {
    const all = new Map<ToldRequest, Event[]>();
    for (const event of this.events) {
      const events = all.get(event.told.request) ?? [];
      events.push(event);
      all.set(event.told.request, events);
    }
    return all;
  }
}

/** Fields of a message as pairs of text. */
export function pairs(fields: readonly unknown[]): string[] {
  const all: string[] = [];
  for (let at = 0; at < fields.length; at += 2) all.push(`${String(fields[at])}: ${String(fields[at + 1])}`);
  return all;
}
