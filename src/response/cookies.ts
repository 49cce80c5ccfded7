/**
 * The cookies that one response set. The jar is somewhere else.
 */
import type { StoredCookie } from "../core/cookie-store.ts";
import { printAs, REDACTED } from "../core/redact.ts";
import type { ResponseCookies } from "../core/response.ts";

/** Look-up in the cookies of one response, in the order in which they were set. */
export class CookiesOfResponse implements ResponseCookies {
  readonly #cookies: readonly StoredCookie[];

  constructor(cookies: readonly StoredCookie[]) {
    this.#cookies = cookies;
  }

  get size(): number {
    return this.#cookies.length;
  }

  /** The value of the last cookie of that name, or `null`. */
  get(name: string): string | null {
    return this.#cookies.findLast((cookie) => cookie.name === name)?.value ?? null;
  }

  /** Values by name. The object has no prototype: a cookie may be called `__proto__`. */
  getDict(): Record<string, string> {
    const values = Object.create(null) as Record<string, string>;
    for (const { name, value } of this.#cookies) values[name] = value;
    return values;
  }

  *[Symbol.iterator](): IterableIterator<StoredCookie> {
    yield* this.#cookies;
  }

  /** Names only: values are secrets. */
  toJSON(): Record<string, string> {
    const shown = Object.create(null) as Record<string, string>;
    for (const { name } of this.#cookies) shown[name] = REDACTED;
    return shown;
  }

  static {
    printAs(this, (self, options, inspect) => `ResponseCookies ${inspect({ ...self.toJSON() }, options)}`);
  }
}
