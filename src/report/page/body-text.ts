/** A body as it is shown: JSON with indentation, text as it is, bytes as hexadecimal digits. Pure. */

/** Longer JSON is not indented: that would take a while, and nobody reads it. */
const LONGEST_JSON = 2_000_000;
/** Deeper JSON is not indented: of the indentation there would be more than of the rest. */
const DEEPEST_JSON = 100;
/** So many bytes of a binary body are shown. */
const HEX_BYTES = 512;

/** A body that is shown. */
export interface ShownBody {
  /** `"json"`: it was JSON, and is indented. */
  readonly kind: "json" | "text" | "binary";
  readonly text: string;
}

/** A body, its type, and whether it is base64. */
export function shownBody(text: string, encoding: "base64" | undefined, mimeType: string): ShownBody {
  if (encoding === "base64") return { kind: "binary", text: hexOf(text) };
  const indented = /json/i.test(mimeType) || /^\s*[[{]/.test(text) ? indent(text) : null;
  return indented === null ? { kind: "text", text } : { kind: "json", text: indented };
}

/** JSON with indentation; `null` for what is none. Tokens stay as they are, so that a long number or a name that stands twice is not lost. */
export function indent(text: string): string | null {
  if (text.length > LONGEST_JSON || !isJson(text)) return null;
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[^\s{}[\],:"]+|[{}[\],:]/g) ?? [];
  let out = "";
  let depth = 0;
  let before = "";
  for (const token of tokens) {
    const isOpen = OPENING.has(before);
    if (CLOSING.has(token)) depth--;
    if (depth > DEEPEST_JSON) return null;
    // A line begins behind a bracket and a comma, and before a bracket that closes; not within an empty pair of them.
    if (CLOSING.has(token) ? !isOpen : isOpen || before === ",") out += `\n${"  ".repeat(depth)}`;
    out += token === ":" ? ": " : token;
    if (OPENING.has(token)) depth++;
    before = token;
  }
  return out;
}

const OPENING: ReadonlySet<string> = new Set(["{", "["]);
const CLOSING: ReadonlySet<string> = new Set(["}", "]"]);

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Sixteen bytes a line, with what is printable of them beside. */
function hexOf(base64: string): string {
  let bytes: string;
  try {
    // Four characters are three bytes.
    bytes = atob(base64.slice(0, Math.ceil(HEX_BYTES / 3) * 4)).slice(0, HEX_BYTES);
  } catch {
    return base64;
  }
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const part = bytes.slice(at, at + 16);
    const hex = Array.from(part, (byte) => byte.charCodeAt(0).toString(16).padStart(2, "0"));
    const shown = part.replaceAll(/[^ -~]/g, ".");
    lines.push(`${at.toString(16).padStart(6, "0")}  ${hex.join(" ").padEnd(47)}  ${shown}`);
  }
  return lines.join("\n");
}
