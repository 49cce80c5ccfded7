/**
 * Scopes: defaults of a session for one origin, or for the part of it below a path.
 *
 * They are for requests that the program makes there. A redirect that leads there takes up none of them: a server that a
 * program asks must not be able to spend what is for another one.
 */
import { isUrl } from "../core/realm.ts";
import { mustBe } from "../core/checks.ts";
import { RequestException } from "../core/errors.ts";
import type { ScopeOptions } from "../core/options.ts";
import type { Origin } from "../core/origin.ts";
import { bareUrl } from "../core/redact.ts";
import { placeOf } from "../core/url-spelling.ts";
import { sourceOf } from "../core/source.ts";
import { parseUrl, type Url } from "../core/url.ts";
import type { Ledger } from "../options/ledger.ts";
import type { Defaults } from "../options/settings.ts";
import { initial, over, type Given } from "../options/table.ts";
import { take } from "../options/take.ts";

/** One scope. */
interface Scope {
  /** As it was given, for people. */
  readonly prefix: string;
  /** As {@link placeOf} has it: a path may be spelled in many ways. A whole segment of a path ends where it ends. */
  readonly path: string;
  readonly given: Given;
  /** What was last read, over what: most requests have the same. */
  last: { readonly base: Defaults; readonly fields: object; readonly made: Defaults } | null;
}

/** The scopes of a session. */
export class Scopes {
  /** Of each origin the longest path last. */
  readonly #byOrigin = new Map<Origin, readonly Scope[]>();

  /**
   * Sets the defaults of `prefix`, or with `null` removes them.
   *
   * @throws {TypeError | RangeError} for a prefix that is no origin with or without a path, or options that are none.
   */
  set(prefix: string | URL, options: ScopeOptions<boolean> | null): void {
    const { origin, path, shown } = parsePrefix(prefix);
    const others = (this.#byOrigin.get(origin) ?? []).filter((scope) => scope.path !== path);
    const scopes = options === null ? others : [...others, scopeOf(shown, path, options)];
    if (scopes.length === 0) this.#byOrigin.delete(origin);
    else
      this.#byOrigin.set(
        origin,
        scopes.toSorted((one, other) => one.path.length - other.path.length),
      );
  }

  /**
   * `defaults` with those of all scopes that `target` lies in over them, the longest path last.
   *
   * @param ledger takes down what each of them says; `null`: nobody wants to know.
   */
  over(defaults: Defaults, target: Url | string, ledger: Ledger | null = null): Defaults {
    if (typeof target === "string" || this.#byOrigin.size === 0) return defaults;
    const scopes = this.#byOrigin.get(target.origin);
    if (scopes === undefined) return defaults;
    let merged = defaults;
    const place = placeOf(target.path);
    for (const scope of scopes) {
      if (!isBelow(place, scope.path)) continue;
      merged = ledger === null ? readScope(scope, merged) : tracedScope(scope, merged, ledger);
    }
    return merged;
  }
}

function scopeOf(prefix: string, path: string, options: ScopeOptions<boolean>): Scope {
  const given = take(options, "scope");
  // At once, and not with the first request there.
  over(initial, given);
  return { prefix, path, given, last: null };
}

/** Headers are changed in place: the same base may have other fields. */
function readScope(scope: Scope, base: Defaults): Defaults {
  const fields = base.headers.identity;
  const { last } = scope;
  if (last !== null && last.base === base && last.fields === fields) return last.made;
  const made = over(base, scope.given);
  scope.last = { base, fields, made };
  return made;
}

function tracedScope({ prefix, given }: Scope, base: Defaults, ledger: Ledger): Defaults {
  return over(base, given, ledger.from(sourceOf("scope", prefix)));
}

const PLACE = 'an http or https origin such as "https://example.com", with or without a path';

function parsePrefix(prefix: unknown): {
  readonly origin: Origin;
  readonly path: string;
  readonly shown: string;
} {
  if (typeof prefix !== "string" && !isUrl(prefix)) throw mustBe("the place of a scope", PLACE, prefix);
  const shown = JSON.stringify(bareUrl(String(prefix)));
  const { scheme, userinfo, query, fragment, origin, path } = urlOf(String(prefix), shown);
  const isHttp = scheme === "http" || scheme === "https";
  if (isHttp && userinfo === null && query === null && fragment === null)
    return { origin, path: placeOf(path), shown: String(prefix) };
  throw new TypeError(`the place of a scope must be ${PLACE}, and no more, not ${shown}`);
}

function urlOf(prefix: string, shown: string): Url {
  try {
    return parseUrl(prefix);
  } catch (cause) {
    if (!(cause instanceof RequestException)) throw cause;
    throw new TypeError(`the place of a scope must be ${PLACE}, not ${shown}`, { cause });
  }
}

/** `/api` is `/api` and `/api/x`, not `/apiary`. */
function isBelow(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(prefix.endsWith("/") ? prefix : `${prefix}/`);
}
