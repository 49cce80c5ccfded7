/**
 * What the option `auth` means.
 */
import type { Auth, AuthFunction, AuthOption } from "../core/auth-scheme.ts";
import { mustBe } from "../core/checks.ts";
import { HttpBasicAuth } from "./basic.ts";

const ALLOWED = "[user, password], an Auth object, a function, false or null";

/**
 * The auth object for an option; `null` for `false` and `null`. The same object for each request lets a scheme remember
 * things, so a session calls this once for each value.
 *
 * @throws {TypeError} for anything that is no {@link AuthOption}. The message never shows the value.
 */
export function toAuth(option: AuthOption): Auth | null {
  if (option === false || option === null) return null;
  if (typeof option === "function") return fromFunction(option);
  if (isPair(option)) {
    const { length }: readonly unknown[] = option;
    if (length !== 2) throw new TypeError(`auth must be ${ALLOWED}, not an array of ${length}`);
    return new HttpBasicAuth(option[0], option[1]);
  }
  if (typeof option === "object" && typeof option.apply === "function") return option;
  throw mustBe("auth", ALLOWED, option);
}

function isPair(option: AuthOption): option is readonly [string, string] {
  return Array.isArray(option);
}

function fromFunction(sign: AuthFunction): Auth {
  return { apply: (request) => sign(request) };
}
