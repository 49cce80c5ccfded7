/**
 * What a value of the platform is, whichever realm or package made it: a vm context of a test runner, jsdom, or undici
 * from the registry beside the one in Node.
 *
 * `instanceof` asks for a prototype, and each realm has its own. JavaScript's own types are known by their internal slot.
 * Types of the web have none that others can ask for: they are known by the name that their class bears
 * (`Symbol.toStringTag`) together with the members that are going to be used. A plain record is never one of them, whatever
 * its keys are, and a polluted `Object.prototype` makes nothing one of them.
 */

/** Anything that may have properties, but for functions. */
export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/**
 * The name that the value's class bears; `""` when it bears none. What the value itself says does not count, nor what the
 * root of all prototypes says.
 */
function tagOf(value: object): string {
  let holder: unknown = Object.getPrototypeOf(value);
  while (isObject(holder)) {
    const above: unknown = Object.getPrototypeOf(holder);
    if (above === null) return "";
    if (Object.hasOwn(holder, Symbol.toStringTag)) {
      // A getter, as typed arrays and classes of packages have, reads it from the value.
      const tag: unknown = Reflect.get(holder, Symbol.toStringTag, value);
      return typeof tag === "string" ? tag : "";
    }
    holder = above;
  }
  return "";
}

/** Has the value, or a class of it, each of these members? The root of all prototypes does not count. */
function hasMembers(value: object, names: readonly string[]): boolean {
  return names.every((name) => {
    for (let holder: unknown = value; isObject(holder); holder = Object.getPrototypeOf(holder)) {
      if (!Object.hasOwn(holder, name)) continue;
      return holder === value || Object.getPrototypeOf(holder) !== null;
    }
    return false;
  });
}

/** Is a value of that type? */
type Guard<Type> = (value: unknown) => value is Type;

/** A type of the web: by the names that its classes bear, and the members that are going to be used. */
function kind<Type>(tags: readonly string[], members: readonly string[]): Guard<Type> {
  return (value): value is Type =>
    isObject(value) && tags.includes(tagOf(value)) && hasMembers(value, members);
}

/**
 * Has the value the internal slot that a getter of the platform reads? It throws for every other value, whatever its
 * prototype is.
 */
function hasSlot(value: object, prototype: object, getter: string): boolean {
  try {
    Reflect.get(prototype, getter, value);
    return true;
  } catch {
    return false;
  }
}

/** Can its class be another than that of plain records? Most values that are asked about are records. */
function isInstance(value: unknown): value is object {
  if (!isObject(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype !== null && prototype !== Object.prototype;
}

/** A type of JavaScript's own: by its name, and the slot that this getter reads. */
function builtIn<Type>(name: string, prototype: object, getter: string): Guard<Type> {
  return (value): value is Type =>
    isInstance(value) && tagOf(value) === name && hasSlot(value, prototype, getter);
}

/** An ArrayBuffer. */
export const isArrayBuffer: Guard<ArrayBuffer> = builtIn("ArrayBuffer", ArrayBuffer.prototype, "byteLength");

/** A Uint8Array, a Buffer too. */
export function isUint8Array(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array || (ArrayBuffer.isView(value) && tagOf(value) === "Uint8Array");
}

/** The same bytes, in the same memory, as a Uint8Array of this realm. */
export function ofThisRealm(bytes: Uint8Array): Uint8Array {
  if (bytes instanceof Uint8Array) return bytes;
  const { buffer, byteOffset, byteLength }: ArrayBufferView = bytes;
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** A Map. */
export const isMap: Guard<Map<unknown, unknown>> = builtIn("Map", Map.prototype, "size");

/** A Set. */
export const isSet: Guard<Set<unknown>> = builtIn("Set", Set.prototype, "size");

/** A Date, a wrong one too. */
export function isDate(value: unknown): value is Date {
  if (!isInstance(value) || Array.isArray(value)) return false;
  try {
    Date.prototype.getTime.call(value as Date); // which throws unless it is one
    return true;
  } catch {
    return false;
  }
}

/** A promise, or what `await` takes for one. */
export function isPromise(value: unknown): value is Promise<unknown> {
  if (value instanceof Promise) return true;
  return (
    isObject(value) && "then" in value && typeof value.then === "function" && hasMembers(value, ["then"])
  );
}

/** An Error, a DOMException too. */
export function isError(value: unknown): value is Error {
  if (value instanceof Error) return true;
  if (!isObject(value)) return false;
  return Object.prototype.toString.call(value) === "[object Error]" || tagOf(value) === "DOMException";
}

/** A Blob or a File. */
export const isBlob: Guard<Blob> = kind(["Blob", "File"], ["size", "type", "stream", "slice"]);

/** A File. */
export const isFile: Guard<File> = kind(["File"], ["size", "type", "stream", "slice", "name"]);

/** A FormData. */
export const isFormData: Guard<FormData> = kind(["FormData"], ["append", "getAll", "entries"]);

/** A URLSearchParams. */
export const isUrlSearchParams: Guard<URLSearchParams> = kind(
  ["URLSearchParams"],
  ["append", "getAll", "entries"],
);

/** Headers. */
export const isHeaders: Guard<Headers> = kind(["Headers"], ["append", "get", "entries"]);

/** A URL. */
export const isUrl: Guard<URL> = kind(["URL"], ["href", "searchParams"]);

/** A Request as fetch has it. */
export const isFetchRequest: Guard<globalThis.Request> = kind(
  ["Request"],
  ["url", "method", "headers", "clone"],
);

/** A ReadableStream of the web. */
export const isReadableStream: Guard<ReadableStream<unknown>> = kind(
  ["ReadableStream"],
  ["getReader", "locked"],
);

/** An AbortSignal. */
export const isAbortSignal: Guard<AbortSignal> = kind(
  ["AbortSignal"],
  ["aborted", "addEventListener", "removeEventListener"],
);
