/** Words of bash (Bash manual, "Quoting", "Shell Expansions", "Comments"). */
import { describe, expect, it } from "vitest";
import { bashCommands } from "../../src/curl/bash.ts";
import { bytesOf, Notes, Source } from "../../src/curl/source.ts";

function words(text: string, notes: Notes = new Notes()): string[][] {
  return bashCommands(new Source(text), notes).map((command) => command.words.map(({ bytes }) => bytes));
}

describe("bash", () => {
  it.for<[text: string, words: string[]]>([
    ["curl  a\tb", ["curl", "a", "b"]],
    ["curl 'a b' \"c d\"", ["curl", "a b", "c d"]],
    ["curl a'b'\"c\"d", ["curl", "abcd"]],
    ["curl '' \"\"", ["curl", "", ""]],
    // §3.1.2.1: a backslash keeps the next character, and a line end behind it goes
    [String.raw`curl a\ b \'`, ["curl", "a b", "'"]],
    ["curl \\\n a \\\r\n b", ["curl", "a", "b"]],
    ["curl a\\\nb", ["curl", "ab"]],
    ["curl a\\", ["curl", "a\\"]],
    // §3.1.2.2, §3.1.2.3
    [String.raw`curl 'a\n$b'`, ["curl", String.raw`a\n$b`]],
    [String.raw`curl "a\"b\\c\$d\e"`, ["curl", String.raw`a"b\c$d\e`]],
    ['curl "a\\\nb"', ["curl", "ab"]],
    ['curl "5 $ and $"', ["curl", "5 $ and $"]],
    // §3.1.2.4
    [
      String.raw`curl $'\\ \' \" \? \n \r \t \a \b \e \E \f \v'`,
      ["curl", "\\ ' \" ? \n \r \t \x07 \b \x1b \x1b \f \v"],
    ],
    [String.raw`curl $'\x41\x7a\101\41\cA\u0021\u00e9\U0001f600'`, ["curl", `AzA!\x01!${bytesOf("é😀")}`]],
    // Firefox and Safari write bytes so, and UTF-16 units
    [String.raw`curl $'caf\xe9'`, ["curl", "caf\xe9"]],
    [String.raw`curl $'\ud83d\ude00'`, ["curl", bytesOf("😀")]],
    [String.raw`curl $'\ud83d'`, ["curl", "\xed\xa0\xbd"]],
    [String.raw`curl $'a\[b\]c'`, ["curl", String.raw`a\[b\]c`]],
    [String.raw`curl a$'\n'b`, ["curl", "a\nb"]],
    ['curl $"a b"', ["curl", "a b"]],
    // §3.1.3
    ["curl a # b 'c", ["curl", "a"]],
    ["curl a#b", ["curl", "a#b"]],
    // what is no pattern that anything fits stays (§3.5.8)
    ["curl http://h/?a=*&", ["curl", "http://h/?a=*"]],
    ["curl {a} {} '{a,b}' a,b", ["curl", "{a}", "{}", "{a,b}", "a,b"]],
    ["curl é", ["curl", bytesOf("é")]],
    ["$ curl a", ["curl", "a"]],
    ["% curl a", ["curl", "a"]],
  ])("makes of %j", ([text, expected]) => {
    expect(words(text)).toEqual([expected]);
  });

  it.for<[text: string, commands: string[][]]>([
    [
      "curl a ;\ncurl b",
      [
        ["curl", "a"],
        ["curl", "b"],
      ],
    ],
    [
      "curl a && curl b",
      [
        ["curl", "a"],
        ["curl", "b"],
      ],
    ],
    [
      "curl a & curl b\n\n",
      [
        ["curl", "a"],
        ["curl", "b"],
      ],
    ],
    [
      "# first\r\ncurl a\r\n# second\r\ncurl b\r\n",
      [
        ["curl", "a"],
        ["curl", "b"],
      ],
    ],
    ["", []],
    [" \n;\n", []],
  ])("takes %j for several commands", ([text, commands]) => {
    expect(words(text)).toEqual(commands);
  });

  it.for<[text: string, place: string, problem: RegExp]>([
    ["curl $(id)", "line 1, column 6", /\$\(/],
    ['curl "a$(id)"', "line 1, column 8", /\$\(/],
    ["curl $[1+1]", "line 1, column 6", /\$\[/],
    ["curl `id`", "line 1, column 6", /`/],
    ['curl "`id`"', "line 1, column 7", /`/],
    ["curl \\\n  -H 'a' $TOKEN", "line 2, column 10", /\$TOKEN is a variable/],
    ['curl "Bearer ${TOKEN}"', "line 1, column 14", /\$\{/],
    ["curl $1", "line 1, column 6", /\$1/],
    ["curl a | jq .", "line 1, column 8", /\|/],
    ["curl a || true", "line 1, column 8", /\|/],
    ["curl a > b", "line 1, column 8", />/],
    ["curl a 2>/dev/null", "line 1, column 9", />/],
    ["curl -d @- < b", "line 1, column 12", /</],
    ["curl <(id)", "line 1, column 6", /</],
    ["(curl a)", "line 1, column 1", /\(/],
    ["curl http://h/{a,b}", "line 1, column 6", /\{ \}/],
    ["curl {a},}", "line 1, column 6", /\{ \}/],
    ["curl x{1..3}", "line 1, column 6", /\{ \}/],
    ["curl --cacert ~/ca.pem", "line 1, column 15", /~/],
    ["curl 'a", "line 1, column 6", /never closed/],
    ['curl "a', "line 1, column 6", /never closed/],
    ["curl $'a", "line 1, column 6", /never closed/],
    ["curl $'a\\", "line 1, column 6", /never closed/],
    ["curl $'\\U00110000'", "line 1, column 18", /no such character/],
    ["printf 'a' |", "line 1, column 13", /follows/],
    ["printf '%s' a | curl a", "line 1, column 15", /\|/],
    ["printf '%s' | curl a", "line 1, column 13", /\|/],
    ["echo a | curl a", "line 1, column 8", /\|/],
    ["curl \"$(printf '%d')\"", "line 1, column 7", /\$\(/],
    ["curl \"$(printf 'a\\000')\"", "line 1, column 7", /\$\(/],
  ])("refuses %j at its place", ([text, place, problem]) => {
    expect(() => words(text)).toThrow(SyntaxError);
    expect(() => words(text)).toThrow(`${place}: `);
    expect(() => words(text)).toThrow(problem);
  });

  it("reads printf with a format alone, in front of a pipe and in $()", () => {
    const piped = String.raw`printf 'a\000\047\\%%\n' | curl --data-binary @-`;
    const [command] = bashCommands(new Source(piped), new Notes());
    expect(command?.input).toBe("a\0'\\%\n");
    expect(command?.words.map(({ bytes }) => bytes)).toEqual(["curl", "--data-binary", "@-"]);
    expect(words(String.raw`curl -H "$(printf 'X: \351\n\n')"`)).toEqual([["curl", "-H", "X: \xe9"]]);
  });

  it("ends $'…' at a byte that is 0, as bash does, and tells of it", () => {
    const notes = new Notes();
    expect(words(String.raw`curl $'a\u0000b'c $'\0' $'\x00'`, notes)).toEqual([["curl", "ac", "", ""]]);
    expect(notes.ignored).toEqual([
      { option: "$'…'", reason: expect.stringMatching(/left out \(first at line 1, column 9\)$/) as string },
    ]);
  });

  it("leaves ^& as it stands, and tells of it", () => {
    const notes = new Notes();
    expect(words(String.raw`curl $'a=\xe9^&b=2'`, notes)).toEqual([["curl", "a=\xe9^&b=2"]]);
    expect(notes.ignored).toEqual([{ option: "$'…'", reason: expect.stringContaining("Firefox") as string }]);
  });
});
