/**
 * Is a domain a public suffix, under which strangers register names (`com`, `co.uk`, `github.io`)? No cookie may be set
 * for all of them at once (RFC 6265bis §5.7). The list is that of publicsuffix.org, as the package `tldts` ships it:
 * both the ICANN and the private part; a name under no rule is judged by its last label (rule `*`).
 *
 * The list is loaded when a `Domain` attribute first asks for it: it takes a quarter of the time of sojourn's own import and
 * 8 MB, and a program without such cookies never pays. `import()` cannot do it, as a jar is synchronous.
 *
 * Pure but for loading it.
 */
import { loadSuffixList } from "./suffix-list.cjs";

/** The host is canonical already, so nothing is to be parsed or checked again. */
const AS_GIVEN = {
  allowPrivateDomains: true,
  extractHostname: false,
  validateHostname: false,
  detectIp: false,
} as const;

let list: ReturnType<typeof loadSuffixList> | undefined;

/** Is this canonical domain, which is no address, a public suffix itself? */
export function isPublicSuffix(domain: string): boolean {
  // A single label needs no list: it has a rule of its own, or falls under `*`.
  if (!domain.includes(".")) return true;
  list ??= loadSuffixList();
  return list.getPublicSuffix(domain, AS_GIVEN) === domain;
}
