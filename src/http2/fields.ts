/** What HTTP/2 says of a request: pseudo-fields, names in lower case, nothing about the connection (RFC 9113 §8.2, §8.3). */
import { withoutBlanks } from "../core/received-text.ts";
import type { HeaderSection, RequestHead } from "../core/request-head.ts";

/** Fields about the connection, which HTTP/2 does not have (RFC 9113 §8.2.2). */
const NOT_SENT: ReadonlySet<string> = new Set([
  "connection",
  "http2-settings",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
]);

/** Lists of which Node takes one line only: the lines are put together, which means the same (RFC 9110 §5.3). */
const PUT_TOGETHER: ReadonlySet<string> = new Set([
  "content-encoding",
  "content-language",
  "if-match",
  "if-none-match",
]);

/** Heads of messages on an HTTP/2 connection. Remembers the section that was read last: most requests say the same. */
export class Http2Heads {
  #section: HeaderSection | null = null;
  #authority = "";
  #fields: readonly string[] = [];

  /** Pseudo-fields and fields of a message: name, value, name, value ... */
  of({ method, target, section }: RequestHead): string[] {
    if (section !== this.#section) this.#read(section);
    const pseudo = [":method", method, ":scheme", "https", ":path", target, ":authority", this.#authority];
    return pseudo.concat(this.#fields);
  }

  #read(section: HeaderSection): void {
    const fields: string[] = [];
    const all = http2Fields(section.fields);
    for (let at = 0; at + 1 < all.length; at += 2) {
      const [name = "", value = ""] = all.slice(at, at + 2);
      if (name !== "host") fields.push(name, value);
    }
    this.#authority = withoutBlanks(section.authority);
    this.#fields = fields;
    this.#section = section;
  }
}

/**
 * Those fields that HTTP/2 has, names in lower case; `host` is its `:authority`.
 *
 * @param fields name, value, name, value ..., as HTTP/1.1 has them.
 */
export function http2Fields(fields: readonly string[]): string[] {
  const sent: string[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const name = (fields[at] ?? "").toLowerCase();
    if (NOT_SENT.has(name)) continue;
    // Blanks around a value are no part of it, and must not be sent (RFC 9113 §8.2.1).
    const value = withoutBlanks(fields[at + 1] ?? "");
    if (name === "te") addTrailers(sent, value);
    else if (!PUT_TOGETHER.has(name) || !putTogether(sent, name, value)) sent.push(name, value);
  }
  return sent;
}

/** Is there a line of this name, to which the value was added? */
function putTogether(sent: string[], name: string, value: string): boolean {
  for (let at = 0; at + 1 < sent.length; at += 2) {
    if (sent[at] !== name) continue;
    sent[at + 1] += `, ${value}`;
    return true;
  }
  return false;
}

/** Of what `TE` may say HTTP/2 has one word (RFC 9113 §8.2.2). */
function addTrailers(sent: string[], value: string): void {
  const isTaken = value.split(",").some((coding) => withoutBlanks(coding).toLowerCase() === "trailers");
  if (isTaken && !sent.includes("te")) sent.push("te", "trailers");
}
