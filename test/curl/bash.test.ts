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
    ["curl a | xargs curl", "line 1, column 8", /\| hands output to another curl/],
    ["curl a || curl b", "line 1, column 8", /\|\| hands output to another curl/],
    ["curl a | jq $X", "line 1, column 13", /\$X is a variable/],
    ["curl a | jq `id`", "line 1, column 13", /`/],
    ["curl a |", "line 1, column 8", /nothing follows the \|/],
    ["curl a | ; curl b", "line 1, column 8", /nothing follows the \|/],
    ["curl a >", "line 1, column 8", /nothing follows the >/],
    ["curl h/<id>/x", "line 1, column 8", /< is a redirection, and stands within an argument/],
    ["curl a>b", "line 1, column 7", /> is a redirection, and stands within an argument/],
    ["curl a >(id)", "line 1, column 8", />\( would run/],
    ["curl a 3<b", "line 1, column 8", /3< is a redirection of which nothing is known/],
    ["curl a <&3", "line 1, column 8", /<& is a redirection of which nothing is known/],
    ["curl -d @- <<E\na", "line 1, column 12", /never ends/],
    ["curl -d @- <<E\na\n$B\nE", "line 3, column 1", /\$ in the text behind <</],
    ["curl -d @- <<E\n$(id)\nE", "line 2, column 1", /\$ in the text behind <</],
    ["curl -d @- <<E\na `id`\nE", "line 2, column 1", /` in the text behind <</],
    ["curl “a”", "line 1, column 6", /“ is a quote of printed text/],
    ["curl -H ‘a: b’", "line 1, column 9", /‘ is a quote of printed text/],
    ["curl\u00a0a", "line 1, column 5", /a blank of printed text/],
    ["curl –X POST", "line 1, column 6", /– is a dash of printed text/],
    ["curl —data a", "line 1, column 6", /— is a dash of printed text/],
    ["curl a \\ \n -H b:c", "line 1, column 9", /take away the blanks behind it/],
    ["curl a \\\t\r\n -H b:c", "line 1, column 9", /take away the blanks behind it/],
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
    ["echo -e a | curl a", "line 1, column 11", /\|/],
    ["echo 'a\\n' | curl a", "line 1, column 12", /\|/],
    ["cat a b | curl a", "line 1, column 9", /\|/],
    ["id | curl a", "line 1, column 4", /\|/],
    ["echo a | cat | curl a", "line 1, column 14", /\|/],
    ["echo a |& curl a", "line 1, column 8", /\|&/],
    ["curl \"$(printf '%d')\"", "line 1, column 7", /\$\(/],
    ["curl \"$(printf 'a\\000')\"", "line 1, column 7", /\$\(/],
    ["curl $(printf 'a b')", "line 1, column 6", /not always one word/],
    ["curl $(printf '\\n')", "line 1, column 6", /not always one word/],
    ["curl $(printf 'a*')", "line 1, column 6", /not always one word/],
    ['curl "$(cat a)"', "line 1, column 7", /\$\( would run/],
    ['curl "$(cat <<E\na\nE\nid)"', "line 1, column 7", /never closed/],
    ['curl "$(cat <<E\n$a\nE\n)"', "line 2, column 1", /\$ in the text/],
  ])("refuses %j at its place", ([text, place, problem]) => {
    expect(() => words(text)).toThrow(SyntaxError);
    expect(() => words(text)).toThrow(`${place}: `);
    expect(() => words(text)).toThrow(problem);
  });

  it("reads printf with a format alone, in front of a pipe and in $()", () => {
    const piped = String.raw`printf 'a\000\047\\%%\n' | curl --data-binary @-`;
    const [command] = bashCommands(new Source(piped), new Notes());
    expect(command?.input).toEqual({ bytes: "a\0'\\%\n", file: null });
    expect(command?.words.map(({ bytes }) => bytes)).toEqual(["curl", "--data-binary", "@-"]);
    expect(words(String.raw`curl -H "$(printf 'X: \351\n\n')"`)).toEqual([["curl", "-H", "X: \xe9"]]);
  });

  it.for<[text: string, ignored: string[]]>([
    ["curl a | jq .", ["| jq"]],
    ["$ curl a | jq '.b | .c' | head -1 2>&1", [">&", "| jq"]],
    ["curl a |& tee log", ["|& tee"]],
    ["curl a || echo failed", ["|| echo"]],
    ["curl a > b", [">"]],
    ["curl a >>b 2>/dev/null", [">>", ">"]],
    ["curl a &> b", ["&>"]],
    ["curl a >/dev/null 2>&1 | wc -c", [">", ">&", "| wc"]],
    ["curl a | 'a b'", ["|"]],
    ["curl a \\", ["\\"]],
  ])("takes nothing over of what becomes of the output: %j", ([text, ignored]) => {
    const notes = new Notes();
    expect(words(text, notes)).toEqual([["curl", "a"]]);
    expect(notes.ignored.map(({ option }) => option)).toEqual(ignored);
  });

  it("goes on behind what is left out", () => {
    const text = "curl a | jq . && curl b > c ; curl d # | e\ncurl f | g\ncurl h";
    expect(words(text)).toEqual(["a", "b", "d", "f", "h"].map((name) => ["curl", name]));
  });

  it.for<[text: string, input: string]>([
    ["curl -d @- <<< 'a b'", "a b\n"],
    ["echo a 'b c' | curl -d @-", "a b c\n"],
    ["echo -n a | curl -d @-", "a"],
    ["echo | curl -d @-", "\n"],
    ["curl -d @- < /dev/null", ""],
    ["curl -d @- <<'E'\na $b\n`\\c\n\nE", "a $b\n`\\c\n\n"],
    ['curl -d @- <<"E F"\na\nE F\ncurl', "a\n"],
    ["curl -d @- <<\\E\n$a\nE", "$a\n"],
    ["curl -d @- <<E\na \\$b \\` \\\\ \\c \"'\nd\\\ne\n5 $\nE", "a $b ` \\ \\c \"'\nde\n5 $\n"],
    ["curl -d @- <<-E\n\t\ta\n\t b\n\tE", "a\n b\n"],
    ["curl -d @- <<E\r\na\r\nE\r\n", "a\n"],
    ["curl -d @- <<E -H a:b | jq .\na\nE", "a\n"],
    ["cat <<E | curl -d @-\na\nE", "a\n"],
    ["curl -d @- <<E\nE", ""],
    ["curl -d @- <<é\nü\né", "\xc3\xbc\n"],
  ])("knows what is read of %j", ([text, input]) => {
    const [command] = bashCommands(new Source(text), new Notes());
    expect(command?.words[0]?.bytes).toBe("curl");
    expect(command?.input.bytes).toBe(input);
  });

  it.for<[text: string, word: string]>([
    [`"$(cat <<'E'\n{"a": "$b"}\n\nE\n)"`, '{"a": "$b"}'],
    [`"$(cat << "E"\n\\$b\nE\n)"`, "\\$b"],
    ['"$(cat <<E\n"a"\\$\nE\n)"', '"a"$'],
    ['"$(cat <<-E\n\ta\n\tE\n)"', "a"],
    ["$(cat <<E\na\nE\n)", "a"],
  ])("makes a word of %j", ([text, word]) => {
    expect(words(`curl -d ${text} b`)).toEqual([["curl", "-d", word, "b"]]);
  });

  it("gives each command its text behind <<", () => {
    const commands = bashCommands(new Source("curl 1 <<A; curl 2 <<B\na\nA\nb\nB\ncurl 3"), new Notes());
    expect(commands.map(({ input }) => input.bytes)).toEqual(["a\n", "b\n", null]);
  });

  it("knows the file that is read", () => {
    for (const text of ["curl -d @- < a.txt", "curl -d @- 0<a.txt", "cat a.txt | curl -d @-"])
      expect(bashCommands(new Source(text), new Notes())[0]?.input.file?.bytes).toBe("a.txt");
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
