/**
 * How Python's jars write hosts without a dot: with `.local` behind them, as RFC 2965 §1 wants it. libwww-perl does so, too.
 */

/** Those of which that is sure. Another name may have it as its own. */
const WITH_LOCAL = /^(localhost|\[[\da-f:]+\])\.local$/i;

/** A domain of a file that Python wrote, as it was meant: `localhost.local` is `localhost`. */
export function withoutLocal(domain: string): string {
  return WITH_LOCAL.exec(domain)?.[1] ?? domain;
}

/** A domain as Python looks for it. */
export function withLocal(domain: string): string {
  return domain.includes(".") ? domain : `${domain}.local`;
}
