/**
 * What a client has to be to take part: one small object, written as a user of the package would write it.
 *
 * Each file beside this one is one client and exports `client`.
 */
import type { Skill } from "../workloads.ts";

/** What is open: connections that are kept and, where there is one, a jar. Bodies are always read to the end. */
export interface Opened {
  /** The text of a small response. */
  readonly get?: (url: string) => Promise<string>;
  /** Sends `value` as JSON; the text of the response. */
  readonly post?: (url: string, value: unknown) => Promise<string>;
  /** The parsed JSON of a response that comes with gzip. */
  readonly json?: (url: string) => Promise<unknown>;
  /** Reads piece by piece and keeps nothing; how many bytes came. */
  readonly stream?: (url: string) => Promise<number>;
  /** Reads into memory as one piece; how many bytes it has. */
  readonly bytes?: (url: string) => Promise<number>;
  /** Sends the pieces as a body of unknown length; the text of the response. */
  readonly upload?: (url: string, pieces: () => AsyncGenerator<Uint8Array>) => Promise<string>;
  /** Puts a cookie into the jar, as the server of `url` would. */
  readonly setCookie?: (line: string, url: string) => void;
  readonly close: () => Promise<void> | void;
}

/** A jar on its own. Both ways are synchronous where the package has such a way. */
export interface Jar {
  readonly store: (line: string, url: string) => void;
  /** The value of `Cookie`; `null` for none. */
  readonly header: (url: string) => string | null;
}

/** A client. */
export interface Client {
  /** @param skill what will be asked of it: interceptors that nobody needs would slow a client down. */
  readonly open?: (skill: Skill) => Opened;
  /** An empty jar with room for 100,000 cookies. */
  readonly jar?: () => Jar;
}
