/**
 * The charset that an HTML page or an XML text names at its beginning: `<meta charset>`, `<meta http-equiv="content-type">`,
 * `<?xml encoding?>`. As browsers look for it before they parse (HTML §13.2.3.2, "prescan a byte stream").
 */
import { asBuffer } from "../core/bytes.ts";
import { withoutBlanks } from "../core/received-text.ts";
import { platformName } from "./charset-decoders.ts";

/** What a text says of itself. */
export type Declaration =
  /** A charset that can be decoded, by WHATWG's name. */
  | { readonly kind: "named"; readonly name: string }
  | { readonly kind: "none" }
  /** Not in these bytes; those that follow may have it. */
  | { readonly kind: "open" };

/** Which texts may have a declaration of their own. */
export type Markup = "html" | "xml";

const NONE: Declaration = { kind: "none" };
const OPEN: Declaration = { kind: "open" };

/** How far browsers look. */
const PRESCAN_BYTES = 1024;

/** Does a text of this type name its charset itself? `null`: it does not. */
export function markupOf(contentType: string | null): Markup | null {
  const essence = withoutBlanks(contentType?.split(";", 1)[0] ?? "").toLowerCase();
  if (essence === "text/html") return "html";
  return /[/+]xml$/.test(essence) ? "xml" : null;
}

/** What the first bytes of a text declare. A name that nobody knows is none. */
export function declarationIn(bytes: Uint8Array, markup: Markup): Declaration {
  const text = asBuffer(bytes.subarray(0, PRESCAN_BYTES)).toString("latin1");
  const isCut = bytes.byteLength < PRESCAN_BYTES;
  const prolog = declarationInProlog(text);
  if (prolog === null) return isCut ? OPEN : NONE;
  if (prolog.kind === "named" || markup === "xml") return prolog;
  return declarationInHead(text) ?? (isCut ? OPEN : NONE);
}

const XML = "<?xml";

/** What an XML declaration declares, which stands at the very beginning; `null`: it goes on. */
function declarationInProlog(text: string): Declaration | null {
  if (!text.startsWith(XML)) return XML.startsWith(text) ? null : NONE;
  const end = text.indexOf("?>");
  if (end === -1) return null;
  const [, name = null] =
    /[\t\n\r ]encoding[\t\n\r ]*=[\t\n\r ]*["']([^"'>]*)["']/i.exec(text.slice(0, end)) ?? [];
  return named(name) ?? NONE;
}

/** Comments, and tags with their attributes: a `>` or a tag inside of those is text. What is not whole is not matched. */
const PIECE = /<!--[^]*?-->|<(\/?[a-z][^\t\n\f\r />]*)((?:[^>"']|"[^"]*"|'[^']*')*)>/gi;
/** From here on there is no head any more. */
const BODY = new Set(["body", "/head"]);

/** What the first `meta` that names a charset declares; `null`: the head goes on. */
function declarationInHead(text: string): Declaration | null {
  for (const [, tag = "", attributes = ""] of text.matchAll(PIECE)) {
    const name = tag.toLowerCase();
    if (BODY.has(name)) return NONE;
    const declared = name === "meta" ? named(charsetOfMeta(attributes)) : null;
    if (declared !== null) return declared;
  }
  return null;
}

const ATTRIBUTE = /([^\t\n\f\r "'/>=]+)(?:[\t\n\f\r ]*=[\t\n\f\r ]*("[^"]*"|'[^']*'|[^\t\n\f\r "'>]+))?/g;
const CHARSET = /charset[\t\n\f\r ]*=[\t\n\f\r ]*("[^"]*"|'[^']*'|[^\t\n\f\r ;"']+)/i;

function charsetOfMeta(text: string): string | null {
  const attributes = new Map<string, string>();
  for (const [, name = "", value] of text.matchAll(ATTRIBUTE)) {
    const key = name.toLowerCase();
    // Of two with one name the first counts.
    if (!attributes.has(key)) attributes.set(key, unquoted(value));
  }
  const charset = attributes.get("charset");
  if (charset !== undefined) return charset;
  if (attributes.get("http-equiv")?.toLowerCase() !== "content-type") return null;
  return unquoted(CHARSET.exec(attributes.get("content") ?? "")?.[1]);
}

function unquoted(value: string = ""): string {
  return value.replace(/^["']|["']$/g, "");
}

function named(label: string | null): Declaration | null {
  const name = label === null ? null : platformName(label);
  if (name === null) return null;
  // Whoever can read the declaration byte by byte does not read UTF-16.
  return { kind: "named", name: name.startsWith("utf-16") ? "utf-8" : name };
}
