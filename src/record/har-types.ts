/**
 * HAR 1.2, as sojourn writes it: the fields of the specification, those of Chrome that others read, and under `_sojourn` what HAR has no
 * words for. Nothing in it is a secret any more. Report and inspector show exactly this.
 */
import type { CookieRefusalReason } from "../core/cookie-store.ts";
import type { MessageReason, Outcome } from "../core/records.ts";

/** The file. */
export interface Har {
  readonly log: HarLog;
}

/** The log. */
export interface HarLog {
  readonly version: "1.2";
  readonly creator: { readonly name: string; readonly version: string };
  readonly pages: readonly [];
  /** In the order in which they began. */
  readonly entries: readonly HarEntry[];
  readonly _sojourn: {
    /** Version of these fields. */
    readonly version: 1;
    readonly calls: readonly HarCall[];
    readonly connections: readonly HarConnection[];
    /** Messages that are not in the log any more, since it is bounded. */
    readonly dropped: number;
  };
}

/** A field, a parameter of the URL. */
export interface HarPair {
  readonly name: string;
  readonly value: string;
}

/** A cookie that was sent or set. */
export interface HarCookie extends HarPair {
  readonly path?: string;
  readonly domain?: string;
  /** ISO 8601. */
  readonly expires?: string;
  readonly httpOnly?: boolean;
  readonly secure?: boolean;
  readonly sameSite?: "Strict" | "Lax" | "None";
}

/** One message and its response. */
export interface HarEntry {
  /** ISO 8601, with milliseconds, in UTC. */
  readonly startedDateTime: string;
  /** The sum of `timings` without those that are -1, in milliseconds. */
  readonly time: number;
  readonly request: {
    readonly method: string;
    /** Without fragment. */
    readonly url: string;
    /** `HTTP/1.1`, `HTTP/2`. */
    readonly httpVersion: string;
    readonly cookies: readonly HarCookie[];
    readonly headers: readonly HarPair[];
    readonly queryString: readonly HarPair[];
    readonly postData?: {
      readonly mimeType: string;
      readonly text?: string;
      readonly params?: readonly HarPair[];
      /** `"base64"`: the text is that of bytes which are no text themselves. */
      readonly _encoding?: "base64";
      readonly _isCut?: boolean;
    };
    /** -1: not known. */
    readonly headersSize: number;
    readonly bodySize: number;
  };
  readonly response: {
    /** 0: there was no response. */
    readonly status: number;
    readonly statusText: string;
    readonly httpVersion: string;
    readonly cookies: readonly HarCookie[];
    readonly headers: readonly HarPair[];
    readonly content: {
      /** Bytes, content codings off where that is known. */
      readonly size: number;
      readonly compression?: number;
      readonly mimeType: string;
      readonly text?: string;
      readonly encoding?: "base64";
      /** Is the text only the beginning of the body? */
      readonly _isCut?: boolean;
    };
    readonly redirectURL: string;
    readonly headersSize: number;
    readonly bodySize: number;
    readonly _transferSize: number;
    /** What it failed with, in a line; `null` for nothing. */
    readonly _error: string | null;
  };
  readonly cache: Readonly<Record<string, never>>;
  readonly timings: {
    readonly blocked: number;
    readonly dns: number;
    /** TCP, proxy and TLS together. */
    readonly connect: number;
    readonly ssl: number;
    readonly send: number;
    readonly wait: number;
    readonly receive: number;
    readonly _blocked_queueing: number;
  };
  readonly serverIPAddress?: string;
  readonly _serverPort?: number;
  /** Number of the connection. */
  readonly connection?: string;
  readonly _resourceType: "fetch";
  readonly _sojourn: EntryFacts;
}

/** What HAR has no words for. */
export interface EntryFacts {
  /** Number of the message, and of the call that it belongs to. */
  readonly message: number;
  readonly call: number;
  /** Redirects before it; attempts before it in its hop; messages before it in its call. */
  readonly hop: number;
  readonly attempt: number;
  readonly resends: number;
  readonly reason: MessageReason;
  readonly outcome: Outcome;
  /** `null`: it did not fail. */
  readonly error: {
    readonly name: string;
    readonly message: string;
    readonly phase: string | null;
  } | null;
  /** Milliseconds; `null` for what did not happen. */
  readonly timings: {
    readonly queue: number | null;
    readonly limit: number | null;
    readonly dns: number | null;
    readonly tcp: number | null;
    readonly proxy: number | null;
    readonly tls: number | null;
    readonly send: number | null;
    readonly wait: number | null;
    readonly receive: number | null;
  };
  /** Was the connection there already? `null`: there was none. */
  readonly isReused: boolean | null;
  readonly proxy: string | null;
  /** `null`: nothing was encrypted. */
  readonly tls: { readonly protocol: string | null; readonly cipher: string | null } | null;
  /** What became of each `Set-Cookie` field. */
  readonly cookies: readonly {
    readonly name: string;
    readonly kind: "stored" | "deleted" | "refused";
    readonly reason?: CookieRefusalReason;
    readonly domain?: string;
    readonly path?: string;
    /** ISO 8601; `null` for a session cookie. */
    readonly expires?: string | null;
  }[];
  /** It was sent again after so many milliseconds; `null`: it was not. */
  readonly retry: { readonly delayMs: number; readonly attempts: number } | null;
  /** Where it led, when that was followed; else `null`. */
  readonly redirect: { readonly to: string; readonly method: string } | null;
  /** Was its challenge answered? */
  readonly isChallengeAnswered: boolean;
}

/** A call, as `CallRecord` has it. */
export interface HarCall {
  readonly id: number;
  readonly method: string;
  readonly url: string;
  readonly startedDateTime: string;
  readonly duration: number;
  readonly outcome: Outcome;
  readonly status: number | null;
  readonly error: string | null;
  readonly messages: number;
  readonly redirects: number;
  readonly retries: number;
}

/** A connection: when it was opened, and when it ended. */
export interface HarConnection {
  readonly id: number;
  readonly origin: string;
  readonly proxy: string | null;
  /** `"1.1"` or `"2"`; `null` for one that could not be opened. */
  readonly httpVersion: string | null;
  readonly startedDateTime: string;
  /** Until it was open, or failed, in milliseconds. */
  readonly opening: number;
  /** From the beginning to its end, in milliseconds; `null`: it is open. */
  readonly lasted: number | null;
  readonly error: string | null;
  readonly remote: string | null;
  readonly tls: string | null;
  readonly messages: number;
}
