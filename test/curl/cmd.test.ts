/** Words of Windows: those of cmd.exe, then of the C library ("Parsing C command-line arguments", Microsoft). */
import { describe, expect, it } from "vitest";
import { cmdCommands } from "../../src/curl/cmd.ts";
import { bytesOf, Notes, Source } from "../../src/curl/source.ts";

function words(text: string, notes: Notes = new Notes()): string[][] {
  return cmdCommands(new Source(text), notes).map((command) => command.words.map(({ bytes }) => bytes));
}

describe("cmd", () => {
  it.for<[text: string, words: string[]]>([
    ['curl "a b"  c', ["curl", "a b", "c"]],
    ['curl ""', ["curl", ""]],
    ["curl 'a b'", ["curl", "'a", "b'"]],
    // ^ is an escape outside of quotes, and a character inside
    ["curl ^a^^^&b", ["curl", "a^&b"]],
    ['curl "a^b&c|d<e>f"', ["curl", "a^b&c|d<e>f"]],
    ['curl ^"a b^" ^"c^"', ["curl", "a b", "c"]],
    ['curl ^"a^&b^"', ["curl", "a&b"]],
    // a line that goes on, and a line end within a word
    ["curl ^\n  a ^\r\n  b", ["curl", "a", "b"]],
    ['curl ^"a^\n\nb^\r\n\r\nc^"', ["curl", "a\nb\nc"]],
    // the C library's quotes and backslashes
    [String.raw`curl "a\"b" a\\b "a\\" "a\\\"b"`, ["curl", 'a"b', String.raw`a\\b`, "a\\", String.raw`a\"b`]],
    ['curl "{""a"":1}"', ["curl", '{"a":1}']],
    [String.raw`curl ^"^{^\^"a^\^":1^}^"`, ["curl", '{"a":1}']],
    // %^22 stands for %22
    ['curl ^"https://h/?q=^%^22a^%^20b^"', ["curl", "https://h/?q=%22a%20b"]],
    ['curl "https://h/%E4%BD%A0%20"', ["curl", "https://h/%E4%BD%A0%20"]],
    // older Chromes: cmd's quote, and escapes inside of it
    [String.raw`curl "a \^"b\^""`, ["curl", 'a "b"']],
    [String.raw`curl "^{^\^"a^\^":^\^"b c^\^"^}" -x`, ["curl", '{"a":"b c"}', "-x"]],
    ['curl "https://h/^%^20a&b=1"', ["curl", "https://h/%20a&b=1"]],
    ['curl ^"é^"', ["curl", bytesOf("é")]],
    ["curl a^", ["curl", "a"]],
  ])("makes of %j", ([text, expected]) => {
    expect(words(text)).toEqual([expected]);
  });

  it("takes lines and & for several commands", () => {
    expect(words('curl "a&b" &\r\ncurl c && curl d\r\ncurl e')).toEqual([
      ["curl", "a&b"],
      ["curl", "c"],
      ["curl", "d"],
      ["curl", "e"],
    ]);
  });

  it.for<[text: string, place: string, problem: RegExp]>([
    ["curl a | more", "line 1, column 8", /\|/],
    ["curl a > b", "line 1, column 8", />/],
    ["curl ^\r\n a < b", "line 2, column 4", /</],
    ["curl a ^ \r\n -b c", "line 1, column 8", /take away the blanks behind it/],
    ["curl “a b”", "line 1, column 6", /“ is a quote of printed text/],
    ["curl –X POST", "line 1, column 6", /– is a dash of printed text/],
    ["curl %TOKEN%", "line 1, column 6", /%TOKEN%/],
    ['curl "Bearer %TOKEN%"', "line 1, column 14", /%TOKEN%/],
    ['curl "a', "line 1, column 6", /never closed/],
    ['curl ^"a', "line 1, column 6", /never closed/],
    ['curl ^"a\r\nb^"', "line 1, column 6", /never closed/],
  ])("refuses %j at its place", ([text, place, problem]) => {
    expect(() => words(text)).toThrow(SyntaxError);
    expect(() => words(text)).toThrow(`${place}: `);
    expect(() => words(text)).toThrow(problem);
  });

  it("leaves the backslash that Firefox writes before $ and `, and tells of it", () => {
    const notes = new Notes();
    expect(words('curl ^"a\\$b \\`c^" ^"\\$d^"', notes)).toEqual([["curl", "a\\$b \\`c", "\\$d"]]);
    expect(notes.ignored.map(({ option }) => option)).toEqual(["\\$", "\\`"]);
  });
});
