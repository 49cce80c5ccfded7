/**
 * Is a domain a public suffix, under which strangers register names (`com`, `co.uk`, `github.io`)? No cookie may be set
 * for all of them at once (RFC 6265bis §5.7). The list is that of publicsuffix.org, both its ICANN and its private part; a name
 * under no rule is judged by its last label (rule `*`).
 *
 * Pure.
 */
import { domainsOf, isAddress } from "./match.ts";
import { SUFFIXES } from "./suffixes.ts";

/** First labels of the suffixes right below a domain. Taken apart when a name right below that domain is first asked for. */
let below: Map<string, string | ReadonlySet<string>> | undefined;

/** Is this canonical domain, which is no address, a public suffix itself? */
export function isPublicSuffix(domain: string): boolean {
  const dot = domain.indexOf(".");
  // A single label needs no list: it has a rule of its own, or falls under `*`.
  if (dot === -1) return true;
  const labels = labelsBelow(domain.slice(dot + 1));
  if (labels === null) return false;
  const label = domain.slice(0, dot);
  return labels.has(label) || (labels.has("*") && !labels.has(`!${label}`));
}

function labelsBelow(domain: string): ReadonlySet<string> | null {
  below ??= unpack(SUFFIXES);
  const labels = below.get(domain);
  if (typeof labels !== "string") return labels ?? null;
  const apart = new Set(labels.split(" "));
  below.set(domain, apart);
  return apart;
}

/** A line is a domain and labels, with blanks between them. */
function unpack(suffixes: string): Map<string, string> {
  const lines = suffixes.trim().split("\n");
  return new Map(
    lines.map((line) => {
      const blank = line.indexOf(" ");
      return [line.slice(0, blank), line.slice(blank + 1)];
    }),
  );
}

/**
 * The site that a canonical host belongs to: the domain right below its public suffix, under which one owner has all names. A suffix
 * itself, and an address, are sites of their own.
 */
export function siteOf(host: string): string {
  if (isAddress(host)) return host;
  const domains = domainsOf(host);
  const suffix = domains.findIndex(isPublicSuffix);
  return domains[suffix - 1] ?? host;
}
