/**
 * What the harness says to a runner and hears from it: the protocol of the conformance kit (its PROTOCOL.md) as types.
 */

/** Any JSON value, before the objects of section 2 (`$bytes`, `$repeat`, `$number`) were put into place. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}
/** An array of `[name, value]` arrays: order and duplicates count. */
export type Pairs = readonly (readonly [name: string, value: Json])[];

/** The line on stdin. */
export interface Job {
  readonly scenario: { readonly session?: SessionSpec; readonly steps: readonly Step[] };
  /** An empty folder for the files of this scenario. */
  readonly tmp: string;
}

/** Section 3: settings of the session. */
export interface SessionSpec {
  readonly headers?: Pairs;
  readonly removeHeaders?: readonly string[];
  readonly params?: Json;
  readonly auth?: AuthSpec | null;
  readonly cookies?: readonly CookieSpec[] | JsonObject;
  readonly proxies?: { readonly [key: string]: string };
  readonly maxRedirects?: number;
  readonly trustEnv?: boolean;
  readonly stream?: boolean;
  readonly verify?: boolean | string;
  readonly cert?: CertSpec;
  readonly hooks?: readonly HookSpec[];
  readonly mounts?: readonly MountSpec[];
}

/** A path, or the paths of certificate and key. */
type CertSpec = string | readonly [cert: string, key: string];

/** Section 4.3. */
export type AuthSpec = readonly [username: Json, password: Json] | AuthObject;
export interface AuthObject {
  readonly type: string;
  readonly ref?: string;
  readonly username?: Json;
  readonly password?: Json;
  readonly setHeaders?: readonly (readonly [name: string, value: string])[];
  readonly setBody?: string;
}

/** Section 4.4. */
export interface CookieSpec {
  readonly name: string;
  readonly value: Json;
  readonly domain?: string;
  readonly path?: string;
  readonly secure?: boolean;
  readonly expires?: "past" | "future";
}

/** Section 4.6. */
export interface HookSpec {
  readonly label: string;
  readonly setHeader?: readonly [name: string, value: string];
  readonly setStatus?: number;
  readonly setEncoding?: string;
  readonly readBody?: boolean;
  readonly raise?: string;
  readonly replace?: ReplySpec;
}

/** An answer that the program makes up. */
export interface ReplySpec {
  readonly status?: number;
  readonly reason?: string;
  readonly body?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
}

/** Section 5, `mountRetry`. */
export interface MountSpec {
  readonly prefix: string;
  readonly retry?: number | RetrySpec;
  readonly poolConnections?: number;
  readonly poolMaxsize?: number;
  readonly poolBlock?: boolean;
}
export interface RetrySpec {
  readonly total?: number | null | false;
  readonly connect?: number | null | false;
  readonly read?: number | null | false;
  readonly redirect?: number | null | false;
  readonly status?: number | null;
  readonly other?: number | null;
  readonly allowedMethods?: readonly string[] | null;
  readonly statusForcelist?: readonly number[];
  readonly backoffFactor?: number;
  readonly raiseOnStatus?: boolean;
  readonly raiseOnRedirect?: boolean;
  readonly respectRetryAfterHeader?: boolean;
}

/** Section 4: what a request is given. A field that is absent is not given. */
export interface RequestSpec {
  readonly method?: string;
  readonly url: string;
  readonly via?: string;
  readonly headers?: Pairs;
  readonly params?: Json;
  readonly data?: Json;
  readonly json?: Json;
  readonly files?: Json;
  readonly cookies?: readonly CookieSpec[] | JsonObject;
  readonly auth?: AuthSpec | null;
  readonly timeout?: Json;
  readonly allowRedirects?: boolean;
  readonly stream?: boolean;
  readonly verify?: boolean | string;
  readonly cert?: CertSpec;
  readonly proxies?: { readonly [key: string]: string } | null;
  readonly hooks?: readonly HookSpec[];
}

/** Section 4.5. */
export interface ReadSpec {
  readonly op: string;
  readonly value?: string | null;
  readonly name?: string;
  readonly chunkSize?: number | null;
  readonly decodeUnicode?: boolean;
  readonly delimiter?: string;
  readonly stopAfter?: number;
}

/** What a step that has a response says of reading it. */
export interface ReadingSpec {
  readonly reads?: readonly ReadSpec[];
  readonly save?: string;
}

/** Sections 4 and 5. */
export type Step =
  | ({ readonly op: "request" } & RequestSpec & ReadingSpec)
  | ({ readonly op: "sendNext"; readonly ref: string; readonly allowRedirects?: boolean } & ReadingSpec)
  | { readonly op: "read"; readonly ref: string; readonly reads: readonly ReadSpec[] }
  | ({ readonly op: "setCookie" } & CookieSpec)
  | { readonly op: "setCookies"; readonly cookies: readonly CookieSpec[] | JsonObject }
  | { readonly op: "clearCookies"; readonly domain?: string; readonly path?: string; readonly name?: string }
  | { readonly op: "deleteCookie"; readonly name: string }
  | { readonly op: "getCookie"; readonly name: string; readonly domain?: string; readonly path?: string }
  | { readonly op: "setHeaders"; readonly headers: Pairs }
  | { readonly op: "deleteHeader"; readonly name: string }
  | ({ readonly op: "setSession" } & SessionSpec)
  | { readonly op: "closeSession" }
  | ({ readonly op: "mountRetry" } & MountSpec)
  | ({ readonly op: "mountStub"; readonly prefix: string } & ReplySpec)
  | { readonly op: "sleep"; readonly ms: number };

/** Section 6: the result of one step or of one read operation. */
export interface Result {
  [field: string]: unknown;
}

/** The library has no counterpart: neither a pass nor a failure. */
export class Unsupported extends Error {
  override readonly name = "Unsupported";
}
