/**
 * What a session keeps of a value, and shows of it: a copy, so that nothing changes behind its back; and a view of the copy, whose
 * writes throw. A value is read when it is set: one that was changed in place would be a default that nobody follows.
 */
import { copied } from "../core/bytes.ts";
import { isRecord } from "../core/checks.ts";
import { isObject, isUint8Array } from "../core/realm.ts";
import { shownName } from "../core/redact.ts";

/** Options that take pairs, in whatever object of the platform: a list is kept of them. */
const OF_PAIRS: ReadonlySet<string> = new Set(["params", "proxyHeaders", "headers"]);

/** A copy of lists, records and bytes. What is of a class (a policy, credentials, a function) is used as it is. */
export function copyOf<Value>(value: Value, option: string): Value {
  const isPairs = OF_PAIRS.has(option) && isObject(value) && Symbol.iterator in value && !isUint8Array(value);
  return copy(isPairs ? [...(value as Iterable<unknown>)] : value) as Value; // of the same kind, or pairs of it
}

function copy(value: unknown): unknown {
  if (isUint8Array(value)) return copied(value);
  if (Array.isArray(value)) return value.map(copy);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, copy(part)]));
}

/** Of a part the same view each time. */
const views = new WeakMap<object, object>();

/** Shows what was kept of an option. Bytes cannot be held to it: they are copied once more. */
export function viewOf<Value>(kept: Value, option: string): Value {
  return view(kept, (name) => lineFor(option, kept, name)) as Value; // reads like it
}

/** @param line what to write in place of a change of `name`. */
function view(value: unknown, line: (name: string) => string): unknown {
  if (isUint8Array(value)) return copied(value);
  if (!Array.isArray(value) && !isRecord(value)) return value;
  let shown = views.get(value);
  if (shown === undefined) views.set(value, (shown = new Proxy(value, watching(line))));
  return shown;
}

function watching(line: (name: string) => string): ProxyHandler<object> {
  const refuse = (_: object, key: string | symbol): never => {
    throw new TypeError(`what is read from a session cannot be changed in place: write ${line(String(key))}`);
  };
  return {
    // A part of a part is written with the part.
    get: (target, key) => view(Reflect.get(target, key), () => line(String(key))),
    set: refuse,
    defineProperty: refuse,
    deleteProperty: refuse,
  };
}

function lineFor(option: string, whole: unknown, name: string): string {
  const all = `...session.${option}`;
  if (Array.isArray(whole)) return `session.${option} = [${all}, …]`;
  return `session.${option} = { ${all}, ${/^\w+$/.test(name) ? name : shownName(name)}: … }`;
}
