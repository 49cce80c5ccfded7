/** Words of random texts: those that the real bash makes of them. It finds no program, and the texts name none. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bashCommands } from "../../src/curl/bash.ts";
import { Notes, Source, type Command } from "../../src/curl/source.ts";
import { runs } from "../support/size.ts";

const BASH = "/bin/bash";

/**
 * Commands become a function that prints its arguments, each with a byte 0 behind it, and a line end behind all of them. `null`: it
 * does not take the text, such as two semicolons side by side.
 */
function byBash(text: string): string | null {
  const script = `set -f +H\ncurl() { [ $# = 0 ] || printf '%s\\0' "$@"; printf '\\n\\0'; }\n${text}`;
  const { stdout, status } = spawnSync(BASH, ["--noprofile", "--norc", "-c", script], {
    env: { PATH: "/nowhere", LC_ALL: "C.UTF-8", HOME: "/nowhere" },
    stdio: ["ignore", "pipe", "ignore"],
    timeout: 10_000,
  });
  return status === 0 ? stdout.toString("latin1") : null;
}

function byReader(commands: readonly Command[]): string {
  return commands
    .map(
      ({ words }) =>
        `${words
          .slice(1)
          .map(({ bytes }) => `${bytes}\0`)
          .join("")}\n\0`,
    )
    .join("");
}

const PIECES = `' " \\ $' $" \\\\ \\' \\" \\x41 \\u00e9 \\101 \\n \\cA \\$ \\\` ; && # a b é 😀 = { } , {a} .. * ? [a] ! ^ % -`;
const piece = fc.constantFrom(" ", "  ", "\t", "\n", "\\\n", "$ ", ...PIECES.split(" "));

describe.skipIf(!existsSync(BASH))(`the words of ${BASH}`, () => {
  it("are those that are read", { timeout: 120_000 }, () => {
    let isRead = 0;
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = `curl ${pieces.join("")}`;
        let commands: Command[];
        try {
          commands = bashCommands(new Source(text), new Notes());
        } catch {
          return;
        }
        // The last line should go on. bash keeps the backslash, or not, by what stands before it.
        if (/(?<!\\)(?:\\\\)*\\$/.test(text)) return;
        // Other programs than curl are refused by whoever reads the commands.
        if (!commands.every(({ words }) => words[0]?.bytes === "curl")) return;
        const expected = byBash(text);
        if (expected === null) return;
        isRead++;
        expect(byReader(commands), JSON.stringify(text)).toBe(expected);
      }),
      { numRuns: runs(1000) },
    );
    // A good half of them is; of few runs sometimes less.
    expect(isRead).toBeGreaterThan(runs(1000) / 4);
  });
});
