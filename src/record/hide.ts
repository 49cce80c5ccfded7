/**
 * A log without the secrets that are known by their value: each text in it is looked through, and then all of what was written.
 */
import { REDACTED } from "../core/redact.ts";
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

/** What becomes of a text, which stands under that name in `holder`. */
type Hide = (text: string, name: string, holder: object) => string;

/** A part of a log, which is data alone, without the secrets. */
export function withoutSecrets<Part extends object>(part: Part, secrets: Secrets): Part {
  const hidden = mapped(part, (text, name, holder) =>
    name === "url"
      ? hiddenUrl(text, secrets)
      : secrets.hidden(text, CUT.has(name) || (name === "text" && "_isCut" in holder)),
  );
  // What the file has in it is looked through as it will be written: with the escapes of JSON a text may look like a secret.
  if (secrets.isFree(JSON.stringify(hidden))) return hidden;
  return mapped(hidden, (text, name) => {
    if (secrets.isFree(JSON.stringify(text))) return text;
    return name === "url" ? `${text.replace(PATH, "")}/${REDACTED}` : REDACTED;
  });
}

/** The same data with other texts. The log's own words stay. */
function mapped<Part extends object>(part: Part, hide: Hide): Part {
  const copy: [name: string, value: unknown][] = Object.entries(part).map(([name, value]) => {
    if (OWN_WORDS.has(name)) return [name, value];
    if (typeof value === "string") return [name, value === "" ? "" : hide(value, name, part)];
    return [name, typeof value === "object" && value !== null ? mapped(value as object, hide) : value]; // as was just seen
  });
  const made = Array.isArray(part) ? copy.map(([, value]) => value) : Object.fromEntries(copy);
  return made as Part; // with the same members
}

/** Scheme and host stay, also where a secret is a URL as a whole: it is to be one still. */
function hiddenUrl(url: string, secrets: Secrets): string {
  const path = PATH.exec(url)?.[0] ?? "";
  const start = url.slice(0, url.length - path.length);
  const [scheme = ""] = /^[a-z][a-z0-9+.-]*:\/\//i.exec(start) ?? [];
  return scheme + secrets.hidden(start.slice(scheme.length)) + secrets.hidden(path);
}

/** All behind the host. */
const PATH = /(?<=^[a-z][a-z0-9+.-]*:\/\/[^/?#]*)[/?#].*$/is;
