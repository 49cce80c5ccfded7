/**
 * The head of a request, read back from the text in which `http1/outgoing.ts` wrote it: for HTTP/2, which says it in another form,
 * and for whoever wants to see what was sent.
 */
import { HeaderMap } from "../core/headers.ts";
import { withoutBlanks } from "../core/received-text.ts";
import type { SentHead } from "../core/response.ts";

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

/** Of a request line, beside method and target. */
const REST_OF_LINE = "  HTTP/1.1\r\n".length;

/** Method, target and fields of a message that went out by this version of HTTP. */
export function sentHead(head: string, httpVersion: string): SentHead {
  const [method = "", target = ""] = head.slice(0, head.indexOf("\r\n")).split(" ");
  const fields = httpVersion === "2" ? http2Fields(head) : fieldsOf(head);
  return { method, target, headers: HeaderMap.fromWire(fields) };
}

/** The fields of messages on an HTTP/2 connection. Remembers the section that was read last: most requests say the same. */
export class Http2Heads {
  #section = "";
  #authority = "";
  #fields: readonly string[] = [];

  /** Pseudo-fields and fields of a message. Its head is written for HTTP/1.1, and checked there: it is read, not made again. */
  fieldsOf(method: string, target: string, head: string): string[] {
    const section = head.slice(method.length + target.length + REST_OF_LINE);
    if (section !== this.#section) this.#read(head, section);
    const pseudo = [":method", method, ":scheme", "https", ":path", target, ":authority", this.#authority];
    return pseudo.concat(this.#fields);
  }

  #read(head: string, section: string): void {
    const fields: string[] = [];
    const all = http2Fields(head);
    for (let at = 0; at + 1 < all.length; at += 2) {
      const [name = "", value = ""] = all.slice(at, at + 2);
      if (name === "host") this.#authority = value;
      else fields.push(name, value);
    }
    this.#fields = fields;
    this.#section = section;
  }
}

/** Name, value, name, value ... of those fields that HTTP/2 has, names in lower case. `host` is its `:authority`. */
function http2Fields(head: string): string[] {
  const fields = fieldsOf(head);
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

/** Name, value, name, value ... as they are written. */
function fieldsOf(head: string): string[] {
  const fields: string[] = [];
  for (const line of head.split("\r\n").slice(1)) {
    const colon = line.indexOf(": ");
    if (colon !== -1) fields.push(line.slice(0, colon), line.slice(colon + 2));
  }
  return fields;
}
