/**
 * Reads a media type: `text/html; charset=utf-8` (RFC 9110 §8.3.1). As lenient as requests: quotes of both kinds go,
 * malformed parameters do no harm.
 */
import { isBlank, trimmed, withoutBlanks } from "../core/received-text.ts";

/** A media type in its parts. */
export interface MediaType {
  /** `type/subtype` in lower case. */
  readonly essence: string;
  /** By name in lower case. Of several with one name the last counts; one without `=` has the value `""`. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** Parses the value of a `Content-Type`. */
export function parseMediaType(value: string): MediaType {
  const [essence = "", ...rest] = splitParameters(value);
  const parameters = new Map<string, string>();
  for (const parameter of rest) {
    const equals = parameter.indexOf("=");
    const name = equals === -1 ? parameter : parameter.slice(0, equals);
    const text = equals === -1 ? "" : parameter.slice(equals + 1);
    const key = unquote(name).toLowerCase();
    if (key !== "") parameters.set(key, unquote(text));
  }
  return { essence: withoutBlanks(essence).toLowerCase(), parameters };
}

/** Splits at semicolons, but for those in a quoted string (RFC 9110 §5.6.4). */
function splitParameters(value: string): string[] {
  if (!value.includes('"')) return value.split(";");
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  for (let at = 0; at < value.length; at++) {
    const character = value[at];
    if (character === "\\" && quoted) at++;
    else if (character === '"') quoted = !quoted;
    else if (character === ";" && !quoted) {
      parts.push(value.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(value.slice(start));
  return parts;
}

function unquote(text: string): string {
  return trimmed(text, isBlankOrQuote).replace(/\\(.)/g, "$1");
}

function isBlankOrQuote(code: number): boolean {
  return isBlank(code) || code === 0x22 || code === 0x27;
}
