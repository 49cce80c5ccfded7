/**
 * `npm run suffixes`
 *
 * Writes `src/cookies/suffixes.ts`, the public suffix list as sojourn carries it, of the list in the package `tldts`. A test holds
 * the two together, so that a newer `tldts` asks for a new file.
 */
import { writeFileSync } from "node:fs";
import { linesOf, readRules } from "./rules.ts";

const HEAD = `/*!
 * The public suffix list (https://publicsuffix.org/list/), rearranged. It is under the Mozilla Public License 2.0
 * (https://mozilla.org/MPL/2.0/), and so is this file. Written by \`npm run suffixes\`.
 */

/**
 * A line for each domain that has public suffixes right below it: the domain, and their first labels. \`*\` is any label, \`!\` stands
 * before one that is none in spite of that. All are A-labels. Suffixes of one label are not here.
 */
`;

const lines = linesOf(await readRules());
writeFileSync(
  new URL("../../src/cookies/suffixes.ts", import.meta.url),
  `${HEAD}export const SUFFIXES: string = \`\n${lines.join("\n")}\n\`;\n`,
);
console.log(`written: src/cookies/suffixes.ts, with suffixes below ${lines.length} domains`);
