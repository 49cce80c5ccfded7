/** Loads: texts that are read, of so many characters, words or lines. What is counted is what one of them takes. */
import { parseCurl, type ParseCurlOptions } from "../../src/curl/parse-curl.ts";
import type { Load } from "./load.ts";

/** Reads a text, or refuses it: that is no faster. */
function command(
  textOf: (size: number) => string,
  shell: NonNullable<ParseCurlOptions["shell"]> = "bash",
): Load {
  return (size) => {
    const text = textOf(size);
    return {
      times: size,
      run: () => {
        try {
          return parseCurl(text, { shell });
        } catch (error) {
          if (error instanceof SyntaxError) return null;
          throw error;
        }
      },
    };
  };
}

/** What one character, word or line of a command takes, whatever it is of. */
export const texts: Readonly<Record<string, Load>> = {
  "a command in single quotes is read": command((size) => `curl http://h/ -d '${"a".repeat(size)}'`),
  "a command in double quotes is read": command((size) => `curl http://h/ -d "${'\\"'.repeat(size)}"`),
  "a command of escapes is read": command(
    (size) => `curl http://h/ -d $'${String.raw`\u00e9`.repeat(size)}'`,
  ),
  "a command of halves is read": command((size) => `curl http://h/ -d $'${String.raw`\ud83d`.repeat(size)}'`),
  "a command of NULs is read": command((size) => `curl http://h/ ${String.raw`-d $'\0' `.repeat(size)}`),
  "a command of fields is read": command((size) => `curl http://h/ ${"-H a:b ".repeat(size)}`),
  "a command of forms is read": command((size) => `curl http://h/ ${"-F a=b ".repeat(size)}`),
  "a command of data is read": command((size) => `curl http://h/ ${"--data-urlencode a=b ".repeat(size)}`),
  "a command of unknown options is read": command(
    (size) => `curl http://h/ ${Array.from({ length: size }, (_, at) => `--x${at}`).join(" ")}`,
  ),
  "a command of many requests is read": command((size) => `curl ${"http://h/ ".repeat(size)}`),
  "a command of braces is read": command((size) => `curl -g 'http://h/${"{".repeat(size)}'`),
  "a command of brackets is read": command((size) => `curl 'http://h/${"\\[".repeat(size)}'`),
  "a command of line ends is read": command((size) => `${"\n".repeat(size)}curl http://h/`),
  "a command of comments is read": command((size) => `${"# a\n".repeat(size)}curl http://h/`),
  "a command of printf is read": command(
    (size) => `printf '${String.raw`\000`.repeat(size)}' | curl --data-binary @- http://h/`,
  ),
  "a command of carets is read": command((size) => `curl http://h/ -d ^"${"^^".repeat(size)}^"`, "cmd"),
  "a command of backslashes is read": command((size) => `curl http://h/ -d "${"\\".repeat(size)}"`, "cmd"),
  "a command of doubled quotes is read": command((size) => `curl http://h/ -d "${'""'.repeat(size)}"`, "cmd"),
  "a command of characters is read": command(
    (size) => `iwr http://h/ -Body "${"$([char]233)".repeat(size)}"`,
    "powershell",
  ),
  "a command of backticks is read": command(
    (size) => `iwr http://h/ -Body "${"`n".repeat(size)}"`,
    "powershell",
  ),
  "a command without an end is refused": command((size) => `curl '${"a".repeat(size)}`),
  "a command of open braces is refused": command((size) => `curl ${"{,".repeat(size)}}`),
  "a command of pipes is refused": command((size) => `curl ${"|".repeat(size)}`),
  "a command of a long address is refused": command((size) => `curl 'http://h/[${":".repeat(size)}'`),
};
