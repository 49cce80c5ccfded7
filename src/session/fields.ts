/**
 * The defaults of a session, as fields: what a program may look at and set at any time. Each stands for the option of its name, and
 * is made from the table of options; those that are more than a value (`headers`, `cookies`, `baseUrl`, `hsts`) are in `session.ts`.
 */
import type { SessionOptions, TrustEnv } from "../core/options.ts";
import type { Given, OptionName } from "../options/table.ts";
import { namesAt } from "../options/take.ts";
import { SessionDefaults } from "./defaults.ts";
import { Verbs } from "./verbs.ts";

/** Options of a session that are more than a value. */
const OWN: ReadonlySet<OptionName> = new Set(["headers", "cookies", "baseUrl", "hsts"]);

/** Gives the defaults that a session keeps behind its fields. */
export let defaultsOf: (session: SessionFields<boolean>) => SessionDefaults;

/** A session's defaults. What is read of them cannot be changed in place: a value is set whole. */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging, no-unused-vars -- the accessors are made for each of them; both name the same parameters
export interface SessionFields<Streams extends boolean> extends SessionOptions<Streams> {
  /**
   * Do calls that say nothing themselves give a {@link StreamedResponse}? May be changed where the type says `boolean`. Default:
   * `false`.
   */
  stream: Streams;
  /**
   * Read proxies, CA bundle and netrc from the environment: all, none, or each. It is read once, with the first request.
   * Default: `true`.
   */
  trustEnv: boolean | TrustEnv;
}

/** A session's defaults. */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- likewise
export abstract class SessionFields<Streams extends boolean> extends Verbs<Streams> {
  readonly #defaults: SessionDefaults;

  /** @internal */
  constructor(options: Given) {
    super();
    assertSettable(new.target.prototype as object);
    this.#defaults = new SessionDefaults(options);
  }

  static {
    defaultsOf = (session) => session.#defaults;
    for (const name of fieldNames()) {
      Object.defineProperty(this.prototype, name, {
        get(this: SessionFields<boolean>) {
          return this.#defaults.get(name);
        },
        set(this: SessionFields<boolean>, value: unknown) {
          this.#defaults.set(name, value);
        },
        configurable: true,
        enumerable: true,
      });
    }
  }
}

function fieldNames(): OptionName[] {
  return namesAt("session").filter((name) => !OWN.has(name));
}

const NAMES: ReadonlySet<string> = new Set(namesAt("session"));

/** Prototypes of classes in which nothing is wrong. */
const settable = new WeakSet<object>();

/** What a class that extends the session has on its prototype would show, or take, what no call sees. */
function assertSettable(prototype: object): void {
  if (settable.has(prototype)) return;
  let holder = prototype;
  // Session itself stands right above.
  for (
    let above = aboveOf(holder);
    above !== SessionFields.prototype && above !== null;
    above = aboveOf(holder)
  ) {
    const name = Object.getOwnPropertyNames(holder).find((own) => NAMES.has(own));
    if (name !== undefined)
      throw new TypeError(
        `${name} of a session cannot stand on the prototype of a class, as accessors do: write a field, as in ${name} = …, or set it in the constructor`,
      );
    holder = above;
  }
  settable.add(prototype);
}

function aboveOf(prototype: object): object | null {
  return Object.getPrototypeOf(prototype) as object | null;
}

/**
 * Sets the options that a class which extends a session has as fields of its own, as in `timeout = 5000`. Such a field would hide
 * the accessor of its name. One with a wrong value stays where it is: no call goes without it. Each call asks: a class above may have
 * called before those below had their fields.
 */
export function adoptFields(session: SessionFields<boolean>): void {
  for (const name of Object.keys(session)) {
    if (!NAMES.has(name)) continue;
    Reflect.set(Object.getPrototypeOf(session) as object, name, Reflect.get(session, name), session);
    Reflect.deleteProperty(session, name);
  }
}
