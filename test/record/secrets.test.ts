/** Secrets: known by their value, hidden wherever they stand. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { Secrets } from "../../src/record/secrets.ts";

/** What knows these. */
function knowing(...values: readonly string[]): Secrets {
  const secrets = new Secrets();
  for (const value of values) secrets.learn(value);
  return secrets;
}

const SECRET = 'p&ss/w+rd "é" <x>=1';
const utf8 = Buffer.from(SECRET);
const inside = JSON.stringify(SECRET).slice(1, -1);

/** With escapes for some of its characters. */
function inHtml(which: RegExp, escape: (code: number) => string): string {
  return SECRET.replaceAll(which, (character) => escape(character.charCodeAt(0)));
}

function inUrl(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
}

describe("a secret", () => {
  it.for<[how: string, text: string]>([
    ["as it is", SECRET],
    ["percent-encoded", encodeURIComponent(SECRET)],
    ["percent-encoded in lower case", encodeURIComponent(SECRET).toLowerCase().replaceAll("+", "%2b")],
    ["percent-encoded in a form", new URLSearchParams({ a: SECRET }).toString().slice(2)],
    ["percent-encoded twice", encodeURIComponent(encodeURIComponent(SECRET))],
    ["in JSON", inside],
    ["in JSON of Python", inside.replace("é", "\\u00e9")],
    ["in JSON of Go", inside.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")],
    ["in JSON with escaped slashes", inside.replace("/", "\\/")],
    ["in JSON within JSON", JSON.stringify(inside).slice(1, -1)],
    ["in HTML", SECRET.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")],
    ["in the bytes of a field", utf8.toString("latin1")],
    ["in hexadecimal digits", utf8.toString("hex")],
    ["in large hexadecimal digits", utf8.toString("hex").toUpperCase()],
    ["in base64", utf8.toString("base64")],
    [
      "in base64 behind one byte",
      Buffer.concat([Buffer.from("x"), utf8])
        .toString("base64")
        .slice(1),
    ],
    [
      "in base64 behind two bytes",
      Buffer.concat([Buffer.from("xy"), utf8])
        .toString("base64")
        .slice(2),
    ],
    ["in base64 for URLs", utf8.toString("base64url")],
    [
      "in HTML as careful libraries write it",
      inHtml(/[&<>"'`=/]/g, (code) => `&#x${code.toString(16).toUpperCase()};`),
    ],
    ["in HTML with numbers", inHtml(/[^a-z]/g, (code) => `&#${String(code).padStart(3, "0")};`)],
    ["in HTML within JSON", JSON.stringify(inHtml(/[/"]/g, (code) => `&#${code};`)).slice(1, -1)],
    ["percent-encoded without need", inUrl(utf8)],
    ["percent-encoded JSON", encodeURIComponent(inside)],
    ["percent-encoded three times", [1, 2, 3].reduce((text) => encodeURIComponent(text), SECRET)],
    ["in JSON within JSON within JSON", JSON.stringify(JSON.stringify(inside).slice(1, -1)).slice(1, -1)],
    ["in escapes of JSON without need", inHtml(/./g, (code) => `\\u${code.toString(16).padStart(4, "0")}`)],
    ["in escapes of programs", inHtml(/./g, (code) => `\\x${code.toString(16).padStart(2, "0")}`)],
  ])("is hidden %s", ([, text]) => {
    expect(knowing(SECRET).hidden(`before ${text} after`)).toMatch(/^before \*\*\*=* after$/);
  });

  it("is hidden in base64 that is broken into lines, and nothing beside it", () => {
    const lines = Buffer.from(`${"z".repeat(50)}s3cr3t-of-all${"z".repeat(80)}`).toString("base64");
    const shown = knowing("s3cr3t-of-all").hidden(`a\n${lines.replaceAll(/.{76}/g, "$&\r\n")}\nb`);
    expect(shown).toMatch(/^a\nenp6[\w+/]+\*\*\*[\w+/\r\n]+=\nb$/);
    expect(Buffer.from(shown.replaceAll(/\*+/g, ""), "base64").toString("latin1")).not.toMatch(/3cr|r3t|of-/);
  });

  it("is hidden among escapes, and nothing beside it", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        fc.string({ unit: "binary" }),
        fc.nat(2),
        (before, after, times) => {
          let all = [before, "s3cr3t/of/all", after];
          for (let time = 0; time <= times; time++)
            all = all.map((text) => encodeURIComponent(JSON.stringify(text.toWellFormed()).slice(1, -1)));
          expect(knowing("s3cr3t/of/all").hidden(all.join("|"))).toBe([all[0], "***", all[2]].join("|"));
        },
      ),
    );
  });

  it("is hidden in base64 of a longer text, wherever it stands in it", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("0", "?", "\0", "\x7f"), maxLength: 9 }),
        fc.string({ unit: fc.constantFrom("0", "?", "\0", "\x7f"), maxLength: 9 }),
        fc.constantFrom<("base64" | "base64url")[]>("base64", "base64url"),
        (before, after, encoding) => {
          const shown = knowing("s3cr3t-of-all").hidden(
            Buffer.from(`${before}s3cr3t-of-all${after}`).toString(encoding),
          );
          expect(shown).toContain("***");
          for (const skip of [0, 1, 2, 3])
            for (const run of shown.split("***"))
              expect(Buffer.from(run.slice(skip), "base64").toString("latin1")).not.toMatch(
                /3cr|r3t|of-|all/,
              );
        },
      ),
    );
  });

  it.for([
    ["short", "abcde"],
    ["a word of the protocol", "Bearer"],
    ["a word of programs", "production"],
    ["one character again and again", "--------"],
    ["where to go next", "/account/settings"],
    ["an origin", "https://example.com/"],
    ["blank", "        "],
  ] as const)("that is %s is not hidden everywhere", ([, value]) => {
    expect(knowing(value).hidden(`it is ${value}.`)).toBe(`it is ${value}.`);
  });

  it("that is the name of a host with which was spoken stays", () => {
    const secrets = knowing("shop.example", "other.example");
    secrets.learnHost("shop.example");
    expect(secrets.hidden("shop.example other.example")).toBe("shop.example ***");
  });

  it("within another one is hidden with it", () => {
    expect(knowing("user:pa55word", "pa55word").hidden("user:pa55word pa55word")).toBe("*** ***");
  });

  it("may be learnt after a text was looked through", () => {
    const secrets = knowing("first-secret");
    expect(secrets.hidden("first-secret second-secret")).toBe("*** second-secret");
    secrets.learn("second-secret");
    expect(secrets.hidden("first-secret second-secret")).toBe("*** ***");
  });

  it("is forgotten when there are very many after it", () => {
    const secrets = new Secrets();
    for (let at = 0; at <= 10_000; at++) secrets.learn(`secret-number-${at}!`);
    expect(secrets.size).toBeLessThanOrEqual(10_000);
    expect(secrets.hidden("secret-number-10000!")).toBe("***");
    expect(secrets.hidden("secret-number-0!")).toBe("secret-number-0!");
  });

  it("is made unreadable in bytes, whose number stays", () => {
    const bytes = Buffer.concat([Buffer.from([0, 255]), Buffer.from("pa55word"), Buffer.from([1])]);
    const hidden = knowing("pa55word").hiddenBytes(bytes);
    expect([...hidden]).toEqual([0, 255, ...Buffer.from("********"), 1]);
    expect(bytes.includes("pa55word")).toBe(true);
  });
});
