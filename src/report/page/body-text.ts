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
  if (text.length > LONGEST_JSON) return null;
  try {
    JSON.parse(text);
  } catch {
    return null;
  }
  let out = "";
  let depth = 0;
  const line = (): string => `\n${"  ".repeat(depth)}`;
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[^\s{}[\],:"]+|[{}[\],:]/g) ?? [];
  for (const [at, token] of tokens.entries()) {
    const next = tokens[at + 1];
    if (token === "{" || token === "[") {
      out += token;
      if (next === "}" || next === "]") continue;
      if (++depth > DEEPEST_JSON) return null;
      out += line();
    } else if (token === "}" || token === "]") {
      const before = tokens[at - 1];
      if (before !== "{" && before !== "[") {
        depth--;
        out += line();
      }
      out += token;
    } else if (token === ",") out += `,${line()}`;
    else if (token === ":") out += ": ";
    else out += token;
  }
  return out;
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
