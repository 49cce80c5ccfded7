/** The page of reports and of the inspector as sojourn carries it: one script, one style, one icon, as text. */
import { readFile } from "node:fs/promises";
import { rolldown } from "rolldown";

const sources = new URL("../../src/report/page/", import.meta.url);

const HEAD = `/*! The page of reports and of the inspector. Its sources are in \`src/report/page/\`; written by \`npm run page\`. */

`;

/** The script: what \`main.ts\` needs, in one. All in ASCII, and nothing in it ends the element that it stands in. */
async function scriptOf(): Promise<string> {
  await using bundle = await rolldown({
    input: new URL("main.ts", sources).pathname,
    platform: "browser",
    transform: { target: "es2022" },
    tsconfig: false,
  });
  const { output } = await bundle.generate({
    format: "iife",
    minify: { compress: true, mangle: true, codegen: { removeWhitespace: true, asciiOnly: true } },
    comments: false,
  });
  const [{ code }, ...others] = output;
  if (others.length > 0) throw new Error("the script is not in one piece");
  return code.trim();
}

/** The style, without comments and indentation. */
async function styleOf(): Promise<string> {
  const css = await readFile(new URL("page.css", sources), "utf8");
  return css
    .replaceAll(/\/\*[^]*?\*\//g, "")
    .replaceAll(/\s*\n\s*/g, "\n")
    .trim();
}

/** The icon, as an address. */
async function iconOf(): Promise<string> {
  const svg = await readFile(new URL("icon.svg", sources), "utf8");
  return `data:image/svg+xml,${encodeURIComponent(svg.trim())}`;
}

/** What stands in `src/report/page-text.ts`. */
export async function pageText(): Promise<string> {
  const [script, style, icon] = await Promise.all([scriptOf(), styleOf(), iconOf()]);
  for (const text of [script, style])
    if (/<\/(?:script|style)|<!--|[^\0-\x7f]/i.test(text)) throw new Error("this cannot stand in a page");
  return `${HEAD}/** The script, for a \`script\` element. */
export const PAGE_SCRIPT: string =
  ${JSON.stringify(script)};

/** The style, for a \`style\` element. */
export const PAGE_STYLE: string =
  ${JSON.stringify(style)};

/** The icon: an address with the picture in it. */
export const PAGE_ICON: string =
  ${JSON.stringify(icon)};
`;
}
