/** Which shell a text was written for. */
import type { Source } from "./source.ts";

/** A shell whose words can be read. `"bash"` is any shell of POSIX, and zsh. */
export type Shell = "bash" | "cmd" | "powershell";

/** Commands of PowerShell's own, and a way to run programs that no other shell has. */
const POWERSHELL =
  /^(?:[ \t\r\n;]|#[^\n]*\n)*(?:\$\w+ *=|\$\w+\.|Invoke-(?:WebRequest|RestMethod)\b|(?:iwr|irm)[ \t]|& )/i;
/** The name of the program on Windows, and lines that go on as in PowerShell. */
const PROGRAM = /^\s*\S*curl\.exe\s/i;
const GOES_ON = /[ \t]`\r?\n/;
/** What tells, or begins a quote in which little does. */
const SIGN = /\^(?:["&|<>%]|\r?\n)|[ \t]`\r?\n|`|\\\r?\n|'|"/g;

/**
 * The shell of a text: PowerShell's commands are its own; else what comes first tells, an escape of cmd's, a line that goes on by
 * a backtick, or a quote, a backtick or a backslash of bash's. Where nothing tells all of them would read the same.
 */
export function shellOf({ text }: Source): Shell {
  if (POWERSHELL.test(text) || (PROGRAM.test(text) && GOES_ON.test(text))) return "powershell";
  SIGN.lastIndex = 0;
  for (;;) {
    const sign = SIGN.exec(text)?.[0];
    if (sign === undefined) return "bash";
    if (sign.startsWith("^")) return "cmd";
    if (/^[ \t]/.test(sign)) return "powershell";
    if (sign !== '"') return "bash";
    const told = toldByQuotes(text, SIGN.lastIndex);
    if (typeof told === "string") return told;
    SIGN.lastIndex = told;
  }
}

/**
 * What text in double quotes tells of its shell, else where it ends. Only cmd doubles quotes in it, or has escapes as an older
 * Chrome wrote them.
 */
function toldByQuotes(text: string, from: number): Shell | number {
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    if (character === "\\") {
      if (text[at + 1] === "^" && text[at + 2] === '"') return "cmd";
      at++;
    } else if (character === "^" && text[at + 1] === "%") return "cmd";
    else if (character === '"') return at > from && text[at + 1] === '"' ? "cmd" : at + 1;
  }
  return text.length;
}
