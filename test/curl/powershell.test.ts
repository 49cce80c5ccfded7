/** Invoke-WebRequest as browsers copy it (about_Quoting_Rules, about_Special_Characters of PowerShell). */
import { describe, expect, it } from "vitest";
import { parseCurl } from "../../src/curl/parse-curl.ts";

describe("PowerShell", () => {
  it("reads what Chrome copies", () => {
    const { requests, ignored } =
      parseCurl(`$session = New-Object Microsoft.PowerShell.Commands.WebRequestSession
$session.UserAgent = "Mozilla/5.0 (X11)"
$session.Cookies.Add((New-Object System.Net.Cookie("sid", "a\`"b", "/", "example.com")))
$session.Cookies.Add((New-Object System.Net.Cookie("t", "1", "/", ".example.com")))
Invoke-WebRequest -UseBasicParsing -Uri "https://www.example.com/api?q=\`$1" \`
-Method "POST" \`
-WebSession $session \`
-Headers @{
"accept"="*/*"
  "x-name"="caf$([char]233) \`\`"
} \`
-ContentType "application/json" \`
-Body ([System.Text.Encoding]::UTF8.GetBytes("{\`"a\`":\`"$([char]233)$([char]55357)$([char]56832)$([char]10)\`"}"))`);
    expect(requests).toEqual([
      {
        method: "POST",
        url: "https://www.example.com/api?q=$1",
        options: {
          headers: {
            accept: "*/*",
            "x-name": new Uint8Array(Buffer.from("café `")),
            "Content-Type": "application/json",
            "User-Agent": "Mozilla/5.0 (X11)",
            Cookie: "t=1",
          },
          data: '{"a":"é😀\n"}',
          auth: false,
        },
      },
    ]);
    expect(ignored).toEqual([
      { option: "Cookies.Add", reason: expect.stringContaining("another host") as string },
    ]);
  });

  it("reads what Firefox copies, and several of them", () => {
    const { requests } = parseCurl(
      'Invoke-WebRequest -UseBasicParsing -Uri "https://example.com/a" `\r\n-UserAgent "U" `\r\n-Headers @{\r\n"Accept" = "*/*"\r\n  "DNT" = "1"\r\n};\r\nInvoke-WebRequest -Uri \'https://example.com/it\'\'s\'',
    );
    expect(requests.map(({ url, options }) => [url, options.headers])).toEqual([
      ["https://example.com/a", { "User-Agent": "U", Accept: "*/*", DNT: "1" }],
      ["https://example.com/it's", {}],
    ]);
  });

  it.for<[text: string, expected: object]>([
    [
      "iwr https://example.com/ -me put -TimeoutSec 5",
      { method: "PUT", options: { timeout: { total: 5000 } } },
    ],
    [
      "irm -Uri https://example.com/ -Body 'a=1' -Method POST",
      { options: { data: "a=1", headers: { "Content-Type": "application/x-www-form-urlencoded" } } },
    ],
    [
      "irm https://example.com/ -Method POST -Body @{ a = '1'; b = 'x y' }",
      {
        options: {
          data: [
            ["a", "1"],
            ["b", "x y"],
          ],
        },
      },
    ],
    [
      "Invoke-WebRequest -SkipCertificateCheck https://example.com/ -MaximumRedirection 0",
      { options: { verify: false, allowRedirects: false } },
    ],
    [
      "Invoke-WebRequest https://example.com/ -Proxy http://127.0.0.1:3128",
      { options: { proxy: "http://127.0.0.1:3128" } },
    ],
    [
      'curl.exe -H "A: `"b`"" `\n  --data-raw \'{"c":1}\' https://example.com/',
      { method: "POST", options: { headers: { A: '"b"' }, data: '{"c":1}' } },
    ],
    ["curl -Uri https://example.com/ -UseBasicParsing", { method: "GET" }],
  ])("reads %s", ([text, expected]) => {
    expect(parseCurl(text, { shell: "powershell" }).requests).toMatchObject([expected]);
  });

  it.for<[text: string, place: string]>([
    ["Invoke-WebRequest $url", "line 1, column 19"],
    ['Invoke-WebRequest "https://h/$x"', "line 1, column 30"],
    ['Invoke-WebRequest "https://h/$(Get-Date)"', "line 1, column 30"],
    ["Invoke-WebRequest https://h/ -Body (Get-Content a)", "line 1, column 36"],
    ["Invoke-WebRequest https://h/ | Out-File a", "line 1, column 30"],
    ["Invoke-WebRequest https://h/ > a", "line 1, column 30"],
    ["Invoke-WebRequest -Uri", "line 1, column 19"],
    ["Invoke-WebRequest -Method POST", "line 1, column 1"],
    ["Invoke-WebRequest https://h/ -M POST", "line 1, column 30"],
    ["Invoke-WebRequest https://h/ -WebSession $other", "line 1, column 42"],
    ['Invoke-WebRequest "https://h/', "line 1, column 19"],
    ["Invoke-WebRequest 'https://h/", "line 1, column 19"],
    ["Invoke-WebRequest https://h/ -Headers @{ a='b'", "line 1, column 30"],
    ["Get-Date", "line 1, column 1"],
    ["$session = Get-Date", "line 1, column 12"],
    ["$session.UserAgent = 'a'", "line 1, column 1"],
    ["curl.exe https://h/ | more", "line 1, column 21"],
    ["curl.exe $url", "line 1, column 10"],
    ["curl.exe “https://h/”", "line 1, column 10"],
    ["curl.exe https://h/ –X POST", "line 1, column 21"],
    ["Invoke-WebRequest –Uri https://h/", "line 1, column 19"],
    ["Invoke-WebRequest -Uri “https://h/”", "line 1, column 24"],
  ])("refuses %s at its place", ([text, place]) => {
    expect(() => parseCurl(text, { shell: "powershell" })).toThrow(SyntaxError);
    expect(() => parseCurl(text, { shell: "powershell" })).toThrow(`${place}: `);
  });

  it("lists parameters that it has nothing for", () => {
    const { ignored } = parseCurl("iwr https://example.com/ -OutFile a.txt -MaximumRedirection 3 -Body 'é'");
    expect(ignored.map(({ option }) => option)).toEqual(["-OutFile", "-MaximumRedirection", "-Body"]);
  });
});
