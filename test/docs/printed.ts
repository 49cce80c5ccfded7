/** What a program printed, beside what stands in its comments. Pure. */

/** `console.log(x); // 1` says that 1 is printed. */
export function printsOf(code: string): string[] {
  return [...code.matchAll(/console\.log\(.*\)[;,] \/\/ (.*)$/gm)].map(([, printed = ""]) => printed);
}

/** Those of `wanted` that are among the lines of `printed`, in this order; in the place of others what was printed there. */
export function inOrder(printed: string, wanted: readonly string[]): string[] {
  const lines = printed.split("\n").map(plain);
  let at = 0;
  return wanted.map((text) => {
    const found = lines.indexOf(plain(text), at);
    if (found === -1) return `not printed; there was ${JSON.stringify(lines.slice(at))}`;
    at = found + 1;
    return text;
  });
}

/** What people write of an object, not what Node does. */
function plain(line: string): string {
  return line.replaceAll("[Object: null prototype] ", "").replaceAll("'", '"').trim();
}
