/** Files of options, for `--config` (curl's manual, "config"): a line an option, maybe with its value in quotes. */
import type { Given } from "./arguments.ts";
import type { Word } from "./source.ts";

const ESCAPED: ReadonlyMap<string, string> = new Map(Object.entries({ t: "\t", n: "\n", r: "\r", v: "\v" }));

/** The words that a file stands for. Errors in them name the place of the option that named the file. */
export function configWords(bytes: string, { at }: Given): Word[] {
  return bytes.split(/\r?\n/).flatMap((line) => {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#")) return [];
    const [, name = "", rest = ""] =
      (trimmed.startsWith("-") ? /^(\S+)\s*([^]*)$/ : /^([^\s=:]+)[\s=:]*([^]*)$/).exec(trimmed) ?? [];
    const option = { bytes: name.startsWith("-") ? name : `--${name}`, at };
    return rest === "" || rest.startsWith("#") ? [option] : [option, { bytes: valueOf(rest), at }];
  });
}

function valueOf(rest: string): string {
  const quoted = /^"([^"\\]*(?:\\[^][^"\\]*)*)"?/.exec(rest)?.[1];
  if (quoted === undefined) return /^\S*/.exec(rest)?.[0] ?? "";
  return quoted.replaceAll(/\\([^])/g, (_, letter: string) => ESCAPED.get(letter) ?? letter);
}
