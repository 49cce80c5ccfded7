/**
 * A log without the secrets that are known by their value: each text in it is looked through, and then all of what was written.
 */
import type { Secrets } from "./secrets.ts";

/** What the log says in its own words, of which a secret may be one by chance: dates, kinds, numbers of connections. */
const OWN_WORDS: ReadonlySet<string> = new Set([
  "startedDateTime",
  "expires",
  "version",
  "creator",
  "httpVersion",
  "serverIPAddress",
  "connection",
  "encoding",
  "_encoding",
  "sameSite",
  "_resourceType",
  "kind",
  "reason",
  "outcome",
  "phase",
]);

/** Text that may be cut off at its end. */
const CUT: ReadonlySet<string> = new Set(["message", "error", "_error"]);

/** A part of a log, which is data alone, without the secrets. What has none is returned as it is. */
export function withoutSecrets<Part extends object>(part: Part, secrets: Secrets): Part {
  const hidden = hiddenPart(part, secrets, OWN_WORDS);
  // A secret may begin in one text and end in another, or stand where none was looked for.
  if (secrets.isFree(JSON.stringify(hidden))) return hidden;
  return hiddenPart(hidden, secrets, NOTHING);
}

const NOTHING: ReadonlySet<string> = new Set();

function hiddenPart<Part extends object>(part: Part, secrets: Secrets, untouched: ReadonlySet<string>): Part {
  if (Array.isArray(part)) {
    const items: readonly unknown[] = part;
    return items.map((item) => hiddenValueOf("", item, part, { secrets, untouched })) as unknown as Part; // the same list
  }
  const copy: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(part))
    copy[name] = untouched.has(name) ? value : hiddenValueOf(name, value, part, { secrets, untouched });
  return copy as Part; // with the same members
}

function hiddenValueOf(
  name: string,
  value: unknown,
  holder: object,
  how: { readonly secrets: Secrets; readonly untouched: ReadonlySet<string> },
): unknown {
  const { secrets, untouched } = how;
  if (typeof value === "object" && value !== null) return hiddenPart(value, secrets, untouched);
  if (typeof value !== "string" || value === "") return value;
  if (name === "url") return hiddenUrl(value, secrets);
  return secrets.hidden(value, CUT.has(name) || (name === "text" && "_isCut" in holder));
}

/** It stays a URL, with scheme and host: a secret may be a URL as a whole, or a host. */
function hiddenUrl(url: string, secrets: Secrets): string {
  const [, start = "", host = "", rest = url] = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)(.*)$/is.exec(url) ?? [];
  return start + secrets.hidden(host) + secrets.hidden(rest);
}
