/** Several URLs in one, as curl writes them (curl's manual, "URL"): `{one,two}`, `[1-3]`, `[a-z:2]`. */

/** More are no slip of somebody who wrote a request. */
const MOST_URLS = 1000;

/** A part of a URL: what may stand there. */
type Choices = readonly string[];

/**
 * The URLs that a text stands for, in curl's order. Without any braces and brackets it is that text; a backslash takes the
 * meaning from one.
 *
 * @param fail throws, and says why.
 */
export function urlsOf(text: string, fail: (problem: string) => never): string[] {
  const parts: Choices[] = [];
  const found =
    /\\([[\]{}])|\[\]|(\[[\da-f:.]{0,40}:[\da-f:.]{0,40}(?:%[^\]]*)?\])|\[([^\]]*)\]|\{((?:[^{}[\]\\]|\\[^])*)\}|[[\]{}]/gi;
  let from = 0;
  for (const match of text.matchAll(found)) {
    const [whole, escaped, address, range, set] = match;
    parts.push([text.slice(from, match.index)]);
    from = match.index + whole.length;
    if (escaped !== undefined) parts.push([escaped]);
    else if (whole === "[]" || address !== undefined) parts.push([whole]);
    else if (range !== undefined)
      parts.push(rangeOf(range) ?? fail("[ ] in a URL is a range, as [1-9]: -g takes it as it stands"));
    else if (set !== undefined && set !== "") parts.push(setOf(set));
    else fail(`${whole.charAt(0)} in a URL has no other half, or nothing in it: -g takes it as it stands`);
  }
  parts.push([text.slice(from)]);
  const count = parts.reduce((product, choices) => product * choices.length, 1);
  if (count > MOST_URLS) fail(`more than ${MOST_URLS} URLs in one are not read`);
  return parts.reduce<string[]>(
    (urls, choices) => urls.flatMap((url) => choices.map((choice) => url + choice)),
    [""],
  );
}

function setOf(text: string): Choices {
  const choices = [""];
  for (const [piece] of text.matchAll(/\\[^]|,|[^\\,]+/g)) {
    if (piece === ",") choices.push("");
    else choices.push((choices.pop() ?? "") + (piece.startsWith("\\") ? piece.slice(1) : piece));
  }
  return choices;
}

/** `null` for what is no range. */
function rangeOf(text: string): Choices | null {
  const [, first = "", last = "", by = "1"] =
    /^(\d{1,15}|[a-z])-(\d{1,15}|[a-z])(?::(\d{1,9}))?$/i.exec(text) ?? [];
  const isNumber = /^\d/.test(first);
  if (first === "" || isNumber !== /^\d/.test(last)) return null;
  const [from, to] = isNumber ? [Number(first), Number(last)] : [first.charCodeAt(0), last.charCodeAt(0)];
  const step = Number(by);
  if (from > to || step === 0 || (to - from) / step > MOST_URLS) return null;
  const width = isNumber && first.startsWith("0") ? first.length : 0;
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, place) => {
    const code = from + place * step;
    return isNumber ? String(code).padStart(width, "0") : String.fromCharCode(code);
  });
}
