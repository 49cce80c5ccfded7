/**
 * `data:` URLs (Fetch §6): the answer stands in the URL. For calls of fetch alone: a session asks servers, and no redirect
 * leads to one.
 */
import { InvalidURL, ResponseTooLarge } from "../core/errors.ts";
import { nodeUtil } from "../core/late.ts";
import { hasBody, makeAnswer } from "./answer.ts";
import type { Call } from "./call.ts";
import { because } from "./failure.ts";
import { checkIntegrity } from "./integrity.ts";

/** What a body is that nobody names the type of. */
const PLAIN = "text/plain;charset=US-ASCII";
const BASE64 = /; *base64$/i;

/** Is it one? */
export function isData(url: string): boolean {
  return url.startsWith("data:");
}

/**
 * The answer of the URL of `call`.
 *
 * @param maxBytes most bytes of its body; `null`: no limit.
 * @throws {TypeError} for what is no `data:` URL, and for a body that is longer.
 */
export function answerData(call: Call, maxBytes: number | null): Response {
  const url = call.url.split("#", 1)[0] ?? "";
  const comma = url.indexOf(",");
  if (comma === -1) throw because(new InvalidURL("a data: URL has a comma before its data"));
  const written = url.slice("data:".length, comma).replaceAll(/^ +| +$/g, "");
  const isBase64 = BASE64.test(written);
  const body = url.slice(comma + 1);
  const bytes = isBase64 ? fromBase64(body) : unescaped(body);
  if (maxBytes !== null && bytes.byteLength > maxBytes) {
    const cause = new ResponseTooLarge(`the data: URL holds more than ${maxBytes} bytes`, {
      limitBytes: maxBytes,
      phase: "body",
    });
    throw new TypeError("fetch failed", { cause });
  }
  const isRead = hasBody(call.method, 200);
  if (call.integrity !== "") checkIntegrity(isRead ? bytes : null, call.integrity);
  return makeAnswer(isRead ? bytes : null, {
    status: 200,
    statusText: "OK",
    url,
    redirected: false,
    headers: [["content-type", typeOf(isBase64 ? written.replace(BASE64, "") : written)]],
  });
}

function typeOf(written: string): string {
  try {
    const { MIMEType } = nodeUtil();
    return String(new MIMEType(written.startsWith(";") ? `text/plain${written}` : written));
  } catch {
    return PLAIN;
  }
}

/** Percent signs that begin no escape stand for themselves (URL §1.3). The URL is ASCII: `URL` has seen to that. */
function unescaped(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    const escape = text.charAt(at) === "%" ? /^[0-9a-f]{2}$/i.exec(text.slice(at + 1, at + 3)) : null;
    bytes[length++] = escape === null ? text.charCodeAt(at) : Number.parseInt(escape[0], 16);
    if (escape !== null) at += 2;
  }
  return bytes.slice(0, length);
}

/** @throws {TypeError} for what is no base64, be it without its padding (Infra, forgiving-base64 decode). */
function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(Buffer.from(atob(Buffer.from(unescaped(text)).toString("latin1")), "latin1"));
  } catch (cause) {
    throw because(new InvalidURL("what a data: URL holds is not base64", { cause }));
  }
}
