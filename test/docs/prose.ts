/** The text of a page without its code, and the links in it. Pure. */

/** Without the blocks of code: what stands there is no link. */
export function prose(text: string): string {
  return text
    .replaceAll(/^```.*?^```$/gms, "")
    .replaceAll(/`[^`\n]*`/g, (code) => code.replaceAll("](", "] ("));
}

/** Where the links of a page lead, but for those with a scheme. */
export function linksOf(text: string): string[] {
  const targets = [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
  return targets.filter((target) => !/^[a-z]+:/.test(target));
}
