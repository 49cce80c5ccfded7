import vm from "node:vm";
import * as undici from "undici";
import { afterEach, describe, expect, it } from "vitest";
import * as realm from "../../src/core/realm.ts";

const { isObject: _isObject, ...kinds } = realm;
const recognisers = Object.entries(kinds).filter(([name]) => name.startsWith("is")) as [
  string,
  (value: unknown) => boolean,
][];

/** The names of all that take the value for theirs. */
function known(value: unknown): string[] {
  return recognisers.filter(([, fits]) => fits(value)).map(([name]) => name);
}

const foreign = (text: string): unknown => vm.runInNewContext(text);

afterEach(() => {
  Reflect.deleteProperty(Object.prototype, Symbol.toStringTag);
  for (const name of ["then", "size", "type", "stream", "slice", "append", "getAll", "entries"])
    Reflect.deleteProperty(Object.prototype, name);
});

describe("a platform value", () => {
  it.each([
    ["ArrayBuffer", "new ArrayBuffer(1)", ["isArrayBuffer"]],
    ["Uint8Array", "new Uint8Array(1)", ["isUint8Array"]],
    ["Float32Array", "new Float32Array(1)", []],
    ["Map", "new Map()", ["isMap"]],
    ["a Map's child", "new (class Form extends Map {})()", ["isMap"]],
    ["Set", "new Set()", ["isSet"]],
    ["Date", "new Date(0)", ["isDate"]],
    ["a wrong Date", "new Date(NaN)", ["isDate"]],
    ["RegExp", "/x/", []],
    ["Promise", "Promise.resolve()", ["isPromise"]],
    ["an async function's", "(async () => {})()", ["isPromise"]],
    ["Error", "new RangeError('x')", ["isError"]],
    ["a record", "({ size: 0, type: '', stream() {}, slice() {} })", []],
    ["a list", "[]", []],
  ] as const)("of another realm is what it is: %s", (_name, text, expected) => {
    expect(known(foreign(text))).toEqual(expected);
  });

  it.each([
    ["ArrayBuffer", new ArrayBuffer(1), ["isArrayBuffer"]],
    ["Buffer", Buffer.from("x"), ["isUint8Array"]],
    ["Blob", new Blob(["x"]), ["isBlob"]],
    ["File", new File(["x"], "f"), ["isBlob", "isFile"]],
    ["FormData", new FormData(), ["isFormData"]],
    ["URLSearchParams", new URLSearchParams(), ["isUrlSearchParams"]],
    ["Headers", new Headers(), ["isHeaders"]],
    ["URL", new URL("http://h/"), ["isUrl"]],
    ["Request", new Request("http://h/"), ["isFetchRequest"]],
    ["Response", new Response(), []],
    ["ReadableStream", new ReadableStream(), ["isReadableStream"]],
    ["AbortSignal", new AbortController().signal, ["isAbortSignal"]],
    ["DOMException", new DOMException("x", "AbortError"), ["isError"]],
    ["undici's FormData", new undici.FormData(), ["isFormData"]],
    ["undici's Headers", new undici.Headers(), ["isHeaders"]],
    ["undici's Request", new undici.Request("http://h/"), ["isFetchRequest"]],
    ["undici's Response", new undici.Response(), []],
  ] as const)("of this realm or a package is what it is: %s", (_name, value, expected) => {
    expect(known(value).toSorted()).toEqual([...expected].toSorted());
  });

  it.each([
    ["null", null],
    ["text", "FormData"],
    ["a function", () => undefined],
    ["a record that bears a name", { [Symbol.toStringTag]: "Map", size: 0 }],
    ["a record of a form's members", { append() {}, getAll() {}, entries() {} }],
    [
      "a record with a Blob's name and members",
      { [Symbol.toStringTag]: "Blob", size: 1, type: "", stream() {}, slice() {} },
    ],
    ["an object of Map's prototype", Object.create(Map.prototype)],
    ["an object of Date's prototype", Object.create(Date.prototype)],
    ["RegExp's prototype", RegExp.prototype],
    [
      "a class that calls itself a Map",
      new (class {
        readonly [Symbol.toStringTag] = "Map";
      })(),
    ],
    [
      "a class that bears a form's name only",
      new (class {
        get [Symbol.toStringTag](): string {
          return "FormData";
        }
      })(),
    ],
  ])("is not %s", (_name, value) => {
    expect(known(value)).toEqual([]);
  });

  it("is not what a polluted Object.prototype says", () => {
    const pollute = (name: PropertyKey, value: unknown): void => {
      Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true });
    };
    for (const name of ["size", "type", "stream", "slice", "append", "getAll", "entries", "then"])
      pollute(name, () => undefined);
    for (const tag of ["Blob", "FormData", "Map", "Headers"]) {
      pollute(Symbol.toStringTag, tag);
      expect(known({})).toEqual([]);
      expect(known(new (class Own {})())).toEqual([]);
      expect(known(foreign("({})"))).toEqual([]);
    }
    expect(known(new Date())).toEqual(["isDate"]);
    expect(known(foreign("new Date()"))).toEqual(["isDate"]);
  });

  it("keeps its memory when it becomes one of this realm", () => {
    const theirs = foreign("new Uint8Array([0, 1, 2, 3]).subarray(1, 3)") as Uint8Array; // as the text says
    const ours = realm.ofThisRealm(theirs);
    expect(ours).toBeInstanceOf(Uint8Array);
    expect([...ours]).toEqual([1, 2]);
    theirs[0] = 9;
    expect(ours[0]).toBe(9);
  });
});
