/**
 * ResponsePromise: what `session.get()` returns. Awaiting it gives the response; its body methods save an `await`.
 */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { showCaller } from "../core/caller.ts";
import type { AnyResponse } from "../core/response.ts";
import type { Response } from "./response.ts";
import { validate } from "./schema.ts";

/**
 * A promise of a response: `await session.get(url)`, or at once `await session.get(url).json()`.
 *
 * The body methods do not look at the status; `(await session.get(url)).raiseForStatus().json()` does.
 */
export class ResponsePromise<R extends AnyResponse = Response> extends Promise<R> {
  static {
    // `await` wraps a promise of another constructor in one more, and takes three turns to hear of it.
    Reflect.defineProperty(this.prototype, "constructor", { value: Promise });
  }

  /** Wraps a promise. */
  static of<R extends AnyResponse>(promise: Promise<R>): ResponsePromise<R> {
    return new ResponsePromise((resolve, reject) => {
      promise.then(resolve, reject);
    });
  }

  /** The body as text in the response's `encoding`. @throws what the call throws, and what reading the body does. */
  text(): Promise<string> {
    return this.then((response) => response.text());
  }

  /**
   * The body as JSON; with a Standard Schema v1: checked, and what the schema makes of it. The schema may be asynchronous.
   *
   * @throws {JSONDecodeError} when it is none. {@link SchemaError} when it does not fit. {@link TypeError} when the schema
   *   is none.
   */
  json<T = unknown>(schema?: StandardSchemaV1<unknown, T>): Promise<T> {
    if (schema === undefined) return this.then((response) => response.json<T>());
    return this.then((response) => validated(schema, response));
  }

  /** The body as bytes, without content codings. @throws as {@link text}. */
  bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return this.then((response) => response.bytes());
  }

  /** The body as a Blob of the type that `Content-Type` says. @throws as {@link text}. */
  blob(): Promise<Blob> {
    return this.then((response) => response.blob());
  }
}

/** The body, as the schema makes it. What it does not fit with tells who awaits the promise. */
async function validated<T>(schema: StandardSchemaV1<unknown, T>, response: AnyResponse): Promise<T> {
  try {
    return await validate(schema, await response.json(), response);
  } catch (error) {
    // Before a turn nobody is seen who awaits it.
    await Promise.resolve();
    showCaller(error, validated);
    throw error;
  }
}
