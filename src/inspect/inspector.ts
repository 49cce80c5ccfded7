/**
 * Inspector: what a session has to show, live in a browser on this machine. `session.inspect()` opens one.
 */
import { randomBytes } from "node:crypto";
import { assertWithin, optionsOf } from "../core/checks.ts";
import { printAs, REDACTED } from "../core/redact.ts";
import type { RecordOptions } from "../record/recorder.ts";
import type { Watched } from "./feed.ts";
import { InspectorServer, type Page } from "./server.ts";

/** What `session.inspect()` takes: how much is kept and shown as a recorder has it, and where the page is. */
export interface InspectOptions extends RecordOptions {
  /** The port of 127.0.0.1 that the page is at, from 0 to 65535. Default: 0, which takes a free one. */
  readonly port?: number | undefined;
}

/** A page that shows a session while it runs. It keeps no program from ending, and ends with its session. */
export interface Inspector extends AsyncDisposable {
  /**
   * The page's address, `http://127.0.0.1:PORT/#TOKEN`. Who has all of it can see what the session does, without secrets, until the inspector is
   * closed; without the token there is nothing to see.
   */
  readonly url: string;
  /** Ends the page's connections, and keeps nothing any more. Safe to call twice. */
  close(): Promise<void>;
}

/** What an inspector stands on. */
export interface Inspected {
  /** Begins to record, with those of its options that were given. */
  record(options: RecordOptions): Watched;
  readonly page: Page;
  /** The inspector was closed. */
  onClose(): void;
}

const NAMES: readonly (keyof InspectOptions)[] = ["port", "maxEntries", "bodies", "maxBodyBytes"];

/** 256 bits. */
const TOKEN_BYTES = 32;

/**
 * Opens an inspector.
 *
 * @throws {TypeError | RangeError} for an unknown option or a value that it cannot have, before anything is recorded.
 * @throws {Error} with the `code` of Node's error, which is its `cause`, when the port cannot be used.
 */
export async function openInspector(given: InspectOptions, inspected: Inspected): Promise<Inspector> {
  const { port = 0, ...recording } = optionsOf(given, "session.inspect()", NAMES);
  assertWithin(port, "port", [0, 65_535], "a whole number");
  const watched = inspected.record(recording);
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  const server = new InspectorServer({ page: inspected.page, watched, token });
  try {
    await server.listen(port);
  } catch (error) {
    watched.close();
    throw unusable(port, error);
  }
  return new OpenInspector(`http://127.0.0.1:${server.port}/#`, token, async () => {
    await server.close();
    watched.close();
    inspected.onClose();
  });
}

class OpenInspector implements Inspector {
  readonly #page: string;
  readonly #token: string;
  readonly #end: () => Promise<void>;
  #closing: Promise<void> | null = null;

  constructor(page: string, token: string, end: () => Promise<void>) {
    this.#page = page;
    this.#token = token;
    this.#end = end;
  }

  get url(): string {
    return this.#page + this.#token;
  }

  async close(): Promise<void> {
    await (this.#closing ??= this.#end());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Plain data for a log: a log is read by more people than the page is for. */
  toJSON(): { readonly url: string; readonly isClosed: boolean } {
    return { url: this.#page + REDACTED, isClosed: this.#closing !== null };
  }

  static {
    printAs(this, (self, options, inspect) => `Inspector ${inspect(self.toJSON(), options)}`);
  }
}

const PORT_ERRORS: Readonly<Record<string, string>> = {
  EADDRINUSE: "it is in use",
  EACCES: "this user may not listen on it",
};

function unusable(port: number, cause: unknown): Error {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "ERR_INSPECT";
  const why = PORT_ERRORS[code] ?? code;
  const error = new Error(
    `session.inspect() cannot listen on port ${port} of 127.0.0.1: ${why}; port: 0 takes a free one`,
    {
      cause,
    },
  );
  return Object.assign(error, { code });
}
