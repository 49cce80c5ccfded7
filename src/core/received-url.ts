/**
 * URLs that servers write, in `Location` and `Link`: they are followed as they are written, and read as browsers read them.
 * (What a program types is prepared as requests prepares it: `url.ts`.) Pure.
 */
import { InvalidURL } from "./errors.ts";
import { escapeBytes } from "./received-text.ts";
import { bareUrl } from "./redact.ts";

/**
 * The URL that a reference leads to. Bytes beyond ASCII are escaped one by one, whatever charset they are in; WHATWG's parser
 * decides all the rest.
 *
 * @param base URL of the response that the reference came with.
 * @throws {InvalidURL} when it leads to none.
 */
export function resolveReceived(reference: string, base: string): string {
  const target = resolved(escapeBytes(reference), base);
  // Without the platform's error as its cause: that one quotes all of both.
  if (target === null) throw new InvalidURL(`${JSON.stringify(bareUrl(reference))} leads to no URL`);
  return target;
}

function resolved(reference: string, base: string): string | null {
  const { url, zone } = apart(base);
  if (zone === "") return URL.parse(reference, url)?.href ?? null;
  const to = apart(reference);
  const target = URL.parse(to.zone === zone ? to.url : reference, url);
  // The first bracket is the end of the host: before it they are escaped.
  return target !== null && target.hostname === URL.parse(url)?.hostname
    ? target.href.replace("]", `${zone}]`)
    : (target?.href ?? null);
}

/** The zone of an IPv6 address (RFC 6874). It is this machine's own business: no URL of WHATWG's has one. */
const ZONE = /^([a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?\[[^\]/?#%]*)(%25[^\]/?#]*)\]/i;

function apart(url: string): { readonly url: string; readonly zone: string } {
  const [, before = "", zone = ""] = ZONE.exec(url) ?? [];
  return { url: before + url.slice(before.length + zone.length), zone };
}
