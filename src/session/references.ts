/**
 * References to variables of the environment, for what is a secret: where `{ env: "NAME" }` stands in place of a value, the name is stored,
 * and the value is sent. They stand in options of plain values: by themselves, in records, and in lists.
 */
import { isRecord } from "../core/checks.ts";
import type { Json } from "../core/session-store.ts";

/** The value of an environment variable, for what is a secret: its name is stored. */
export interface EnvironmentReference {
  /** The variable. */
  readonly env: string;
}

/** Options in which references may stand. */
export type ReferringOption = "auth" | "headers" | "params" | "proxy" | "proxies" | "proxyHeaders" | "cert";

const REFERRING: ReadonlySet<string> = new Set(
  Object.keys({
    auth: true,
    headers: true,
    params: true,
    proxy: true,
    proxies: true,
    proxyHeaders: true,
    cert: true,
  } satisfies Record<ReferringOption, true>),
);

/** May references stand in this option? */
export function mayRefer(option: string): boolean {
  return REFERRING.has(option);
}

/** Is it a reference to a variable? */
export function isReference(value: unknown): value is EnvironmentReference {
  return isRecord(value) && isName(value["env"]) && Object.keys(value).length === 1;
}

function isName(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

/** Does it stand in it, or is it one? */
export function hasReference(value: unknown): boolean {
  if (isReference(value)) return true;
  if (Array.isArray(value)) return value.some(hasReference);
  return isRecord(value) && Object.values(value).some(hasReference);
}

/** Variables of the environment, as they were when they were asked for first. */
export class Variables {
  readonly #env: NodeJS.ProcessEnv;
  readonly #values = new Map<string, string>();

  constructor(env: NodeJS.ProcessEnv) {
    this.#env = env;
  }

  /** @param where the option, for the message. @throws {TypeError} for one that is not set. */
  valueOf({ env: name }: EnvironmentReference, where: string): string {
    const value = this.#values.get(name) ?? this.#env[name];
    if (value === undefined || value === "")
      throw new TypeError(`${where} is the variable ${name} of the environment, which is not set`);
    this.#values.set(name, value);
    return value;
  }

  /** The value with those of the variables in the place of references; itself when it has none. @throws {TypeError} as {@link valueOf}. */
  resolved(value: unknown, where: string): unknown {
    if (!hasReference(value)) return value;
    if (isReference(value)) return this.valueOf(value, where);
    if (Array.isArray(value))
      return value.map((part: unknown, at) => this.resolved(part, placeIn(value, at, where)));
    const fields = Object.entries(value as object); // what has a reference in it and is neither is a record
    return Object.fromEntries(
      fields.map(([name, part]) => [name, this.resolved(part, `${where}[${JSON.stringify(name)}]`)]),
    );
  }

  /**
   * `now` with the references of `before`, where it still has the values that they stand for. In lists of pairs the names tell which is
   * which, whatever their case.
   */
  referring(now: Json, before: Json | undefined): Json {
    if (before === undefined || !hasReference(before)) return now;
    if (isReference(before)) return now === this.#values.get(before.env) ? before : now;
    if (Array.isArray(now) && Array.isArray(before)) {
      const [parts, others] = [now as readonly Json[], before as readonly Json[]];
      return parts.map((part, at) => this.referring(part, counterpart(part, others) ?? others[at]));
    }
    if (!isRecord(now) || !isRecord(before)) return now;
    return Object.fromEntries(
      Object.entries(now).map(([name, part]) => [
        name,
        this.referring(part, Object.hasOwn(before, name) ? (before[name] as Json) : undefined),
      ]),
    );
  }
}

/** Of pairs, the last one of the same name. */
function counterpart(pair: Json, others: readonly Json[]): Json | undefined {
  const name = nameOf(pair);
  return name === null ? undefined : others.findLast((other) => nameOf(other) === name);
}

function nameOf(pair: Json): string | null {
  if (!Array.isArray(pair) || pair.length !== 2) return null;
  const [name] = pair as readonly Json[];
  return typeof name === "string" ? name.toLowerCase() : null;
}

/** The value of a pair is told by its name. */
function placeIn(list: readonly unknown[], at: number, where: string): string {
  const [name] = list;
  return list.length === 2 && at === 1 && typeof name === "string"
    ? `${where}[${JSON.stringify(name)}]`
    : where;
}
