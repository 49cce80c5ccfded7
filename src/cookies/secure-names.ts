/**
 * Which `Secure` cookies there are below a domain: what a `Set-Cookie` over plain HTTP must not shadow is found without a walk over all
 * hosts of that domain.
 */
import { domainsOf, pathMatches } from "./match.ts";

/** A cookie, as far as it matters whether it is shadowed. */
export interface Named {
  readonly domain: string;
  readonly name: string;
  /** As paths are compared. */
  readonly path: string;
}

/** Counts of them, for each domain above their own. */
export class SecureNames {
  /** By domain and name: paths, and how many cookies have them. */
  readonly #below = new Map<string, Map<string, number>>();

  add({ domain, name, path }: Named): void {
    for (const above of domainsAbove(domain)) {
      const key = keyOf(above, name);
      const paths = this.#below.get(key) ?? new Map<string, number>();
      paths.set(path, (paths.get(path) ?? 0) + 1);
      this.#below.set(key, paths);
    }
  }

  remove({ domain, name, path }: Named): void {
    for (const above of domainsAbove(domain)) {
      const key = keyOf(above, name);
      const paths = this.#below.get(key);
      const count = paths?.get(path);
      if (paths === undefined || count === undefined) continue;
      if (count > 1) paths.set(path, count - 1);
      else paths.delete(path);
      if (paths.size === 0) this.#below.delete(key);
    }
  }

  /** Is there one of this name, for this path or one above it, of a host below `domain`? */
  has({ domain, name, path: asked }: Named): boolean {
    for (const path of this.#below.get(keyOf(domain, name))?.keys() ?? [])
      if (pathMatches(asked, path)) return true;
    return false;
  }

  clear(): void {
    this.#below.clear();
  }
}

/** Of two labels or more: those of one label are nobody's to set cookies for. */
function domainsAbove(domain: string): string[] {
  return domainsOf(domain).filter((one) => one !== domain && one.includes("."));
}

/** No domain has a semicolon in it. */
function keyOf(domain: string, name: string): string {
  return `${domain};${name}`;
}
