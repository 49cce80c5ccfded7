import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fileName, safeName } from "../../src/download/file-name.ts";

const URL_ASKED = "https://a.test/files/asked.bin?name=no#no";

describe("fileName", () => {
  // RFC 6266 §5 has the first rows; the others are what servers send.
  it.for([
    ['Attachment; filename="example.html"', "example.html"],
    ['INLINE; FILENAME= "an example.html"', "an example.html"],
    ["attachment; filename*= UTF-8''%e2%82%ac%20rates", "€ rates"],
    [`attachment; filename="EURO rates"; filename*=utf-8''%e2%82%ac%20rates`, "€ rates"],
    [`attachment; filename*=utf-8''%e2%82%ac%20rates; filename="EURO rates"`, "€ rates"],
    ["attachment; filename*=iso-8859-1'en'%A3%20rates", "£ rates"],
    [`attachment; filename*="UTF-8''%e2%82%ac"`, "€"],
    ["attachment; filename=plain.txt", "plain.txt"],
    ['attachment; filename="a\\"b;c.txt"', "a_b;c.txt"],
    ['attachment; filename="\xe2\x82\xac.txt"', "€.txt"],
    ['attachment; filename="\xa3.txt"', "£.txt"],
    ["attachment; filename*=UTF-8''%ff; filename=fallback", "fallback"],
    ["attachment; filename*=klingon''x; filename=fallback", "fallback"],
    ["attachment", "asked.bin"],
    ["attachment; filename=", "asked.bin"],
    ['attachment; filename=""', "asked.bin"],
    ['attachment; filename=".."', "asked.bin"],
    ["", "asked.bin"],
    [";;;=;=", "asked.bin"],
  ] as const)("of %j is %j", ([header, name]) => {
    expect(fileName(header, URL_ASKED)).toBe(name);
  });

  it.for([
    ["https://a.test/a/b.txt", "b.txt"],
    ["https://a.test/a/%E2%82%AC.txt?x=/y#/z", "€.txt"],
    ["https://a.test/a/%FF.txt", "%FF.txt"],
    ["https://a.test/a%2F..%2Fb", "b"],
    ["https://a.test/%2e%2e", "download"],
    ["https://a.test/a/", "download"],
    ["https://a.test", "download"],
    ["https://a.test?x=/name", "download"],
    ["http+unix://%2Frun%2Fx.sock/info", "info"],
    ["", "download"],
  ] as const)("without a header, of %j, is %j", ([url, name]) => {
    expect(fileName(null, url)).toBe(name);
  });
});

describe("safeName", () => {
  // What a server must not be able to choose.
  it.for([
    ["../../etc/passwd", "passwd"],
    ["..\\..\\windows\\system.ini", "system.ini"],
    ["/etc/passwd", "passwd"],
    ["C:\\autoexec.bat", "autoexec.bat"],
    ["C:autoexec.bat", "autoexec.bat"],
    ["file.txt:stream", "file.txt_stream"],
    ["file.txt::$DATA", "file.txt__$DATA"],
    ["a\0.txt", "a_.txt"],
    ["a\r\nb\u001b[31m.txt", "a__b_[31m.txt"],
    ["gpj.\u202etxt.exe", "gpj._txt.exe"],
    ["zero\u200bwidth\ufeff", "zero_width_"],
    ["lone\ud800surrogate", "lone_surrogate"],
    ['*?<>|"', "______"],
    ["~", "~"],
    [".bashrc", "bashrc"],
    ["...x", "x"],
    ["name. . ", "name"],
    ["CON", "_CON"],
    ["con.txt", "_con.txt"],
    ["nul .txt", "_nul .txt"],
    ["LPT1.tar.gz", "_LPT1.tar.gz"],
    ["com¹", "_com¹"],
    ["aux.", "_aux"],
    ["console.log", "console.log"],
    ["\u{1f642}.png", "\u{1f642}.png"],
  ] as const)("of %j is %j", ([text, name]) => {
    expect(safeName(text)).toBe(name);
  });

  it.for(["", ".", "..", "...", "/", "a/", "\\", " ", "C:", ". ."])("of %j is none", (text) => {
    expect(safeName(text)).toBeNull();
  });

  it.for([
    ["a".repeat(300), "a".repeat(255)],
    [`${"a".repeat(300)}.txt`, `${"a".repeat(251)}.txt`],
    [`${"€".repeat(100)}.txt`, `${"€".repeat(83)}.txt`],
    [`a.${"b".repeat(300)}`, `a.${"b".repeat(253)}`],
    ["\u{1f642}".repeat(64), "\u{1f642}".repeat(63)],
  ] as const)("is cut to 255 bytes, between characters and before the extension", ([text, name]) => {
    expect(safeName(text)).toBe(name);
  });

  it("is one name of one file, whatever comes", () => {
    const part = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("/", "\\", "..", ".", "\0", ":", "nul", "con", " ", "a".repeat(200), "\u202e"),
    );
    const text = fc.array(part, { maxLength: 12 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(text, (hostile) => {
        const name = safeName(hostile);
        if (name === null) return;
        expect(name).not.toMatch(/[/\\:\p{Cc}\p{Cs}\u202e]|^\.|[. ]$/u);
        expect(name).not.toMatch(/^(?:con|nul)(?:\.|$)/i);
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
        expect(safeName(name)).toBe(name);
      }),
    );
  });
});
