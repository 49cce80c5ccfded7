/** Which shell a text is for, when nobody says. */
import { describe, expect, it } from "vitest";
import { shellOf } from "../../src/curl/shell.ts";
import { Source } from "../../src/curl/source.ts";

describe("the shell", () => {
  it.for<[text: string, shell: string]>([
    ["curl http://h/", "bash"],
    ["curl 'http://h/' -d '^\"a^\"'", "bash"],
    ["curl \"http://h/\" -H 'A: b'", "bash"],
    ["curl $'http://h/'", "bash"],
    ["curl http://h/ \\\n -s", "bash"],
    ['curl -d "" "http://h/"', "bash"],
    [String.raw`curl -d "a\"b" http://h/`, "bash"],
    ["curl `id`\n", "bash"],
    ["curl ` id `\n", "bash"],
    ['curl "`id`"', "bash"],
    ["curl.exe 'http://h/'", "bash"],
    ['curl ^"http://h/^"', "cmd"],
    ["curl http://h/?a=1^&b=2", "cmd"],
    ['curl http://h/?a=1^&b=2 -H "A: b"', "cmd"],
    ["curl 'http://h/?a=1^&b=2'", "bash"],
    ["curl http://h/ ^\n -s", "cmd"],
    ["curl http://h/ ^\r\n -s", "cmd"],
    ['curl "http://h/" ^\n -H "A: it\'s"', "cmd"],
    ['curl "http://h/" -d "{""a"":1}"', "cmd"],
    ['curl "http://h/" -d "{\\^"a\\^":1}"', "cmd"],
    ['curl "http://h/^%^20" -d \'', "cmd"],
    ["Invoke-WebRequest http://h/", "powershell"],
    ["\r\n# it\ninvoke-restmethod http://h/", "powershell"],
    ["$session = New-Object A", "powershell"],
    ["iwr http://h/", "powershell"],
    ["& curl.exe http://h/", "powershell"],
    ["curl http://h/ `\n -s", "powershell"],
    ["curl.exe -H 'A: b' `\r\n http://h/", "powershell"],
  ])("of %j is %s", ([text, shell]) => {
    expect(shellOf(new Source(text))).toBe(shell);
  });
});
