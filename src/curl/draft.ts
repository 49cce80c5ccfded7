/** What the options of a transfer say, before requests are made of it; and what is known around it. */
import type { FilePart, RequestOptions } from "../core/options.ts";
import type { Given } from "./arguments.ts";
import type { Input, Notes, Source } from "./source.ts";

/** A field that was given. `null` as value takes away one that curl sends by itself. */
export interface FieldGiven {
  readonly name: string;
  /** A character for each byte. */
  readonly value: string | null;
  readonly at: number;
}

/** Where connections to a host and port are made instead. */
export interface Route {
  readonly given: Given;
  /** `"*"` is any. */
  readonly host: string;
  /** `null` is any. */
  readonly port: number | null;
  /** `null`: the same. */
  readonly toHost: string | null;
  readonly toPort: number | null;
}

/** A body from a file. */
interface Upload {
  /** `"-"`: the standard input, of which curl does not know the length. */
  readonly path: string;
  readonly bytes: string;
}

/** The parts of a client certificate, as they come. */
interface CertificateDraft {
  cert: string | null;
  key: string | null;
  passphrase: string | null;
  type: string;
}

/** What the options of one transfer say. Text is a character for each byte. */
export class Draft {
  method: string | null = null;
  isHead = false;
  isGet = false;

  data: string | null = null;
  isJson = false;
  readonly parts: (readonly [field: string, part: FilePart])[] = [];
  isEscapedByBackslash = false;
  /** A file for each URL; `null` for none. */
  readonly uploads: { readonly given: Given; readonly upload: Upload | null }[] = [];
  /** That of the URL whose request is made. */
  upload: Upload | null = null;
  /** Encoded pieces of a query. */
  readonly queries: string[] = [];

  readonly fields: FieldGiven[] = [];
  readonly proxyFields: FieldGiven[] = [];
  userAgent: Given | null = null;
  referer: Given | null = null;
  range: Given | null = null;
  readonly cookies: Given[] = [];
  isCompressed = false;

  user: Given | null = null;
  bearer: Given | null = null;
  /** `"none"`: an auth that there is not here. */
  scheme: "basic" | "digest" | "any" | "none" = "basic";
  hasNetrc = false;

  isGlobOff = false;
  isPathAsIs = false;
  requestTarget: Given | null = null;
  defaultScheme = "http";
  readonly routes: Route[] = [];
  /** Those by which a target goes. */
  readonly usedRoutes: Set<Route> = new Set();

  proxy: { readonly given: Given; readonly scheme: string } | null = null;
  proxyUser: Given | null = null;
  proxyAuth: "basic" | "digest" | "none" = "basic";
  noProxy: string | null = null;

  readonly certificate: CertificateDraft = { cert: null, key: null, passphrase: null, type: "PEM" };
  retries: { readonly count: number; readonly given: Given } | null = null;
  retryDelayMs: number | null = null;
  isRetriedAlways = false;

  connectMs: number | null = null;
  totalMs: number | null = null;
  expectMs: number | null = null;
  isRedirected = false;
  /** Options that need nothing else to be known. */
  readonly options: RequestOptions = {};
}

/** What a text is read with. */
export interface Surroundings {
  readonly source: Source;
  /** What is not taken over is told there. */
  readonly notes: Notes;
  /** The bytes of a file. */
  readonly read: (path: string, given: { readonly shown: string; readonly at: number }) => string;
}

/** What is known around the options of a command. */
export class World {
  readonly source: Source;
  readonly #notes: Notes;
  readonly #read: Surroundings["read"];
  readonly #input: Input;

  constructor(surroundings: Surroundings, input: Input) {
    this.source = surroundings.source;
    this.#notes = surroundings.notes;
    this.#read = surroundings.read;
    this.#input = input;
  }

  /** Says that an option is not taken over. */
  ignore(given: Given, reason: string): void {
    this.note(given.shown, reason);
  }

  /** Says that something is not taken over. */
  note(option: string, reason: string): void {
    this.#notes.add(option, reason);
  }

  /** The bytes of a file, or of the standard input for `-`. @throws {SyntaxError} unless that may be read. */
  read(path: string, given: Given): string {
    if (path !== "-") return this.#read(path, given);
    const { bytes, file } = this.#input;
    if (file !== null) return this.#read(file.bytes, given);
    if (bytes === null)
      this.fail(given, `${given.shown} reads its standard input, of which nothing is known here`);
    return bytes;
  }

  /** @throws {SyntaxError} always. */
  fail(given: { readonly at: number }, problem: string, cause?: unknown): never {
    const error = this.source.error(given.at, problem);
    if (cause !== undefined) error.cause = cause;
    throw error;
  }
}

/** Takes an option up. */
export type Taker = (draft: Draft, given: Given, world: World) => void;
