/** What an SDK is to the checks that all of them go through. */
import type { Api, FarSide, Protocol } from "./far-side.ts";

/** How a client is made. */
export interface Setting {
  /** Of a session. */
  readonly fetch: typeof fetch;
  /** Where the API is, the trick included. */
  readonly url: string;
  /** Of the SDK's own. Default: none. */
  readonly retries?: number;
  /** Of the SDK's own, in milliseconds. */
  readonly timeout?: number;
}

/** A client of an SDK, as far as all of them are alike. */
export interface Client {
  /** POSTs this text, and gives what the API answered with, which is the same. */
  call(text: string, signal?: AbortSignal): Promise<string>;
}

/** What the SDK's errors look like. */
interface Faults {
  readonly status: (error: unknown, status: number) => boolean;
  /** Does it show the body of {@link REFUSAL}? */
  readonly body: (error: unknown) => boolean;
  readonly connection: (error: unknown) => boolean;
  readonly timeout: (error: unknown) => boolean;
  readonly abort: (error: unknown) => boolean;
}

/** What a check works with. */
export interface Ground {
  readonly far: FarSide;
  readonly protocol: Protocol;
}

/** A check: it throws when something is wrong. */
export type Check = (ground: Ground) => Promise<void>;

/** An SDK. */
export interface Subject {
  /** Of its package. */
  readonly name: string;
  readonly api: Api;
  open(setting: Setting): Client;
  readonly faults: Faults;
  /** Can it retry? */
  readonly retries: boolean;
  /** Can it limit the time? */
  readonly timeouts: boolean;
  /** Does it hand on that a body broke off? */
  readonly tellsBrokenBodies: boolean;
  /** What it sends as `Authorization` of its own; `null`: nothing. */
  readonly authorization: string | null;
  /** What is its own. */
  readonly checks: Readonly<Record<string, Check>>;
}
