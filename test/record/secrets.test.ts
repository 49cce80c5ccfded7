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
  ])("is hidden %s", ([, text]) => {
    expect(knowing(SECRET).hidden(`before ${text} after`)).toMatch(/^before \*\*\*=* after$/);
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
