/**
 * Basic credentials (RFC 7617), for the server and for a proxy.
 *
 * Text is sent as UTF-8, as RFC 7617 recommends; requests sends latin-1. Bytes go out as they are.
 */
import { isUint8Array } from "../core/realm.ts";
import type { Auth, AuthPreview } from "../core/auth-scheme.ts";
import { mustBe, oneOf, optionsOf } from "../core/checks.ts";
import { printAs, REDACTED } from "../core/redact.ts";
import type { PreparedRequest } from "../core/request.ts";

/** How Basic credentials are written. */
export interface BasicOptions {
  /** Charset of user name and password. Default: `"utf-8"`. */
  readonly charset?: "utf-8" | "latin1" | undefined;
}

/** Sends `Authorization: Basic ...` with each request. */
export class HttpBasicAuth implements Auth {
  readonly #value: string;

  /**
   * @throws {TypeError} when a part is neither text nor bytes, the user name has a colon, or text has a control character
   * or one that `charset` lacks.
   */
  constructor(username: string | Uint8Array, password: string | Uint8Array, options: BasicOptions = {}) {
    this.#value = basicCredentials(username, password, options);
  }

  apply(request: PreparedRequest): void {
    request.headers.set("Authorization", this.#value);
  }

  preview(): AuthPreview {
    return { scheme: "Basic", fields: [["Authorization", this.#value]], note: null };
  }

  /** Plain data for a log: no secret in it. */
  toJSON(): Record<string, unknown> {
    return { scheme: "Basic", credentials: REDACTED };
  }

  static {
    printAs(this, () => `HttpBasicAuth ${REDACTED}`);
  }
}

/**
 * Sends `Proxy-Authorization: Basic ...` with each request.
 *
 * Of use for `http:` URLs only: those of `https:` go through a tunnel, and the proxy does not see their headers. For both,
 * write user and password into the proxy's URL.
 */
export class HttpProxyAuth implements Auth {
  readonly #value: string;

  /** @throws {TypeError} as {@link HttpBasicAuth}. */
  constructor(username: string | Uint8Array, password: string | Uint8Array, options: BasicOptions = {}) {
    this.#value = basicCredentials(username, password, options);
  }

  apply(request: PreparedRequest): void {
    request.headers.set("Proxy-Authorization", this.#value);
  }

  preview(): AuthPreview {
    return { scheme: "Basic", fields: [["Proxy-Authorization", this.#value]], note: null };
  }

  /** Plain data for a log: no secret in it. */
  toJSON(): Record<string, unknown> {
    return { scheme: "Basic", credentials: REDACTED };
  }

  static {
    printAs(this, () => `HttpProxyAuth ${REDACTED}`);
  }
}

function basicCredentials(username: unknown, password: unknown, options: BasicOptions): string {
  const charset = charsetOf(options);
  const user = bytesOf("user name", username, charset);
  if (typeof username === "string" && username.includes(":")) {
    throw new TypeError(
      "the user name of Basic credentials must not have a colon (RFC 7617 §2); bytes are sent as they are",
    );
  }
  const pair = Buffer.concat([user, Buffer.from(":"), bytesOf("password", password, charset)]);
  return `Basic ${pair.toString("base64")}`;
}

function charsetOf(options: BasicOptions): "utf-8" | "latin1" {
  const { charset = "utf-8" } = optionsOf(options, "Basic auth", ["charset"]);
  return oneOf(charset, "charset", ["utf-8", "latin1"]);
}

/** No message shows the value: it is a secret, and often an API key that stands where the user name should. */
function bytesOf(part: string, value: unknown, charset: "utf-8" | "latin1"): Uint8Array {
  if (isUint8Array(value)) return value;
  if (typeof value !== "string") throw mustBe(`the ${part}`, "text or bytes", value);
  // oxlint-disable-next-line no-control-regex -- RFC 7617 §2 forbids them
  if (/[\x00-\x1f\x7f]/.test(value))
    throw new TypeError(`the ${part} must not have control characters (RFC 7617 §2)`);
  // oxlint-disable-next-line no-control-regex -- everything that latin-1 has
  if (charset === "latin1" && /[^\x00-\xff]/.test(value)) {
    throw new TypeError(`the ${part} has a character that latin-1 lacks; use charset "utf-8"`);
  }
  return Buffer.from(value, charset);
}
