/**
 * ResponsePromise: what `session.get()` returns. Awaiting it gives the response; its body methods save an `await`.
 *
 * May import: `core/`, own folder, types of `@standard-schema/spec`.
 */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { AnyResponse } from "../core/response.ts";
import { validate } from "./schema.ts";

/** What a body method of `R` gives, once awaited. */
type Read<R extends AnyResponse, Method extends "text" | "bytes" | "blob"> = Promise<
  Awaited<ReturnType<R[Method]>>
>;

/**
 * A promise of a response: `await session.get(url)`, or at once `await session.get(url).json()`.
 *
 * The body methods do not look at the status; `(await session.get(url)).raiseForStatus().json()` does.
 */
export class ResponsePromise<R extends AnyResponse> extends Promise<R> {
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

  /** The body as text. */
  text(): Read<R, "text"> {
    return this.then((response) => response.text()) as Read<R, "text">;
  }

  /**
   * The body as JSON; with a Standard Schema v1: checked, and what the schema makes of it. The schema may be asynchronous.
   *
   * @throws {JSONDecodeError} when it is none. {@link SchemaError} when it does not fit. {@link TypeError} when the schema
   *   is none.
   */
  json<T = unknown>(schema?: StandardSchemaV1<unknown, T>): Promise<T> {
    if (schema === undefined) return this.then((response) => response.json<T>());
    return this.then(async (response) => validate(schema, await response.json(), response));
  }

  /** The body as bytes. */
  bytes(): Read<R, "bytes"> {
    return this.then((response) => response.bytes()) as Read<R, "bytes">;
  }

  /** The body as a Blob. */
  blob(): Read<R, "blob"> {
    return this.then((response) => response.blob()) as Read<R, "blob">;
  }
}
