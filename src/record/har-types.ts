/**
 * HAR 1.2, as sojourn writes it: the fields of the specification, those of Chrome that others read, and under `_sojourn` what HAR has no
 * words for. Nothing in it is a secret any more. Report and inspector show exactly this.
 */
import type { CookieRefusalReason } from "../core/cookie-store.ts";
import type { MessageReason, Outcome } from "../core/records.ts";
import type { Timings } from "../core/response.ts";

/** The file. */
export interface Har {
  /** What was recorded. */
  readonly log: HarLog;
}

/** The log. */
export interface HarLog {
  /** Version of HAR. */
  readonly version: "1.2";
  /** What wrote it, and which version of that. */
  readonly creator: { readonly name: string; readonly version: string };
  /** None: there are no pages. */
  readonly pages: readonly [];
  /** In the order in which they began. */
  readonly entries: readonly HarEntry[];
  /** What HAR has no words for: calls, connections, and how much is not there any more. */
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
  /** Its name. */
  readonly name: string;
  /** Its value, secrets hidden. */
  readonly value: string;
}

/** A cookie that was sent or set. */
export interface HarCookie extends HarPair {
  /** The path that it is for. Absent: none was said. */
  readonly path?: string;
  /** The domain that it is for. Absent: none was said. */
  readonly domain?: string;
  /** When its time is over: ISO 8601. Absent: with the session. */
  readonly expires?: string;
  /** Is it hidden from scripts? */
  readonly httpOnly?: boolean;
  /** Does it go over TLS only? */
  readonly secure?: boolean;
  /** What it says of other sites. Absent: nothing. */
  readonly sameSite?: "Strict" | "Lax" | "None";
}

/** One message and its response. */
export interface HarEntry {
  /** ISO 8601, with milliseconds, in UTC. */
  readonly startedDateTime: string;
  /** The sum of `timings` without those that are -1, in milliseconds. */
  readonly time: number;
  /** What was sent. */
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
  /** What came; with status 0 when nothing did. */
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
  /** Nothing: there is no cache. */
  readonly cache: Readonly<Record<string, never>>;
  /** How long its parts took, in milliseconds; -1 for what did not happen. */
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
  /** IP address of the other end: the server, or the first proxy on the way. Absent: not known. */
  readonly serverIPAddress?: string;
  /** Port number of the other end. Absent: not known. */
  readonly _serverPort?: number;
  /** Number of the connection, as text. Absent: there was none. */
  readonly connection?: string;
  /** As scripts that call `fetch()` have it. */
  readonly _resourceType: "fetch";
  /** What HAR has no words for. */
  readonly _sojourn: EntryFacts;
}

/** What HAR has no words for. */
export interface EntryFacts {
  /** Number of the message: each is another one in its process. */
  readonly message: number;
  /** Number of the call that it belongs to. */
  readonly call: number;
  /** How many redirects were followed before it in its call. */
  readonly hop: number;
  /** How many attempts there were before it in its hop. */
  readonly attempt: number;
  /** How many messages were sent before it in its call. */
  readonly resends: number;
  /** Why it was sent. */
  readonly reason: MessageReason;
  /** What became of it. */
  readonly outcome: Outcome;
  /** What it failed with; `null`: it did not fail. */
  readonly error: {
    readonly name: string;
    readonly message: string;
    readonly phase: string | null;
  } | null;
  /** How long its parts took, in milliseconds; `null` for what did not happen. */
  readonly timings: Omit<Timings, "connect" | "head">;
  /** Was the connection there already? `null`: there was none. */
  readonly isReused: boolean | null;
  /** `scheme://host:port` of the proxy on the way; `null` for none. */
  readonly proxy: string | null;
  /** Version and cipher of TLS; `null`: nothing was encrypted. */
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
  /** Number of the call: each is another one in its process. */
  readonly id: number;
  /** The method. */
  readonly method: string;
  /** The URL that was asked for, secrets hidden. */
  readonly url: string;
  /** When it began: ISO 8601, with milliseconds, in UTC. */
  readonly startedDateTime: string;
  /** Until the program had its response, in milliseconds. */
  readonly duration: number;
  /** What became of it. */
  readonly outcome: Outcome;
  /** Status code of the final response; `null`: there was none. */
  readonly status: number | null;
  /** What it failed with, in a line; `null` for nothing. */
  readonly error: string | null;
  /** How many messages were sent for it. */
  readonly messages: number;
  /** How many redirects were followed. */
  readonly redirects: number;
  /** How many times it was sent again as the retry policy asks. */
  readonly retries: number;
}

/** A connection: when it was opened, and when it ended. */
export interface HarConnection {
  /** Number of the connection: each is another one in its process. */
  readonly id: number;
  /** Where it leads: `scheme://host:port`. */
  readonly origin: string;
  /** `scheme://host:port` of the proxy on the way; `null` for none. */
  readonly proxy: string | null;
  /** `"1.1"` or `"2"`; `null` for one that could not be opened. */
  readonly httpVersion: string | null;
  /** When it began to be opened: ISO 8601, with milliseconds, in UTC. */
  readonly startedDateTime: string;
  /** Until it was open, or failed, in milliseconds. */
  readonly opening: number;
  /** From the beginning to its end, in milliseconds; `null`: it is open. */
  readonly lasted: number | null;
  /** Why it could not be opened, in a line; `null` for nothing. */
  readonly error: string | null;
  /** `address:port` of the other end, or the path of a socket of this machine; `null`: not known. */
  readonly remote: string | null;
  /** Version of TLS; `null`: nothing was encrypted. */
  readonly tls: string | null;
  /** How many messages went over it whole. */
  readonly messages: number;
}
