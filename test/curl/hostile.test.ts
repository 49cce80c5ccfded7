/** Texts that mean harm: long ones, odd characters, names of prototypes. Nothing of them is run, and no error shows a secret. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCurl, type ParseCurlOptions } from "../../src/curl/parse-curl.ts";
import { runs } from "../support/size.ts";

const MEGABYTE = 1_000_000;

const SHELLS = ["bash", "cmd", "powershell"] as const;

describe("a long text", () => {
  it.for<[name: string, text: string, shell?: ParseCurlOptions["shell"]]>([
    ["in single quotes", `curl http://h/ -d '${"a".repeat(MEGABYTE)}'`],
    ["in double quotes", `curl http://h/ -d "${'\\"'.repeat(MEGABYTE / 2)}"`],
    ["of escapes", `curl http://h/ -d $'${String.raw`\u00e9`.repeat(MEGABYTE / 6)}'`],
    ["of halves", `curl http://h/ -d $'${String.raw`\ud83d`.repeat(MEGABYTE / 6)}'`],
    ["of NULs", `curl http://h/ ${String.raw`-d $'\0' `.repeat(MEGABYTE / 10)}`],
    ["of words", `curl http://h/ ${"-H a:b ".repeat(MEGABYTE / 7)}`],
    [
      "of unknown options",
      `curl http://h/ ${Array.from({ length: 50_000 }, (_, at) => `--x${at}`).join(" ")}`,
    ],
    ["of braces", `curl -g 'http://h/${"{".repeat(MEGABYTE)}'`],
    ["of brackets", `curl 'http://h/${"\\[".repeat(MEGABYTE / 2)}'`],
    ["of line ends", `${"\n".repeat(MEGABYTE)}curl http://h/`],
    ["of comments", `${"# a\n".repeat(MEGABYTE / 4)}curl http://h/`],
    ["behind <<", `curl http://h/ -d @- <<E\n${"\\\\\n".repeat(MEGABYTE / 3)}E`],
    ["of one line behind <<", `curl http://h/ -d @- <<E\n${"\\\\".repeat(MEGABYTE / 2)}\nE`],
    ["of redirections", `curl http://h/ ${"> a ".repeat(MEGABYTE / 4)}`],
    ["of what is behind a pipe", `curl http://h/ ${"| a ".repeat(MEGABYTE / 4)}`],
    ["of printf", `printf '${String.raw`\000`.repeat(MEGABYTE / 4)}' | curl --data-binary @- http://h/`],
    ["of carets", `curl http://h/ -d ^"${"^^".repeat(MEGABYTE / 2)}^"`, "cmd"],
    ["of backslashes", `curl http://h/ -d "${"\\".repeat(MEGABYTE)}"`, "cmd"],
    ["of doubled quotes", `curl http://h/ -d "${'""'.repeat(MEGABYTE / 2)}"`, "cmd"],
    ["of dollars", `curl http://h/ -d "${"\\$".repeat(MEGABYTE / 2)}"`, "cmd"],
    ["of characters", `iwr http://h/ -Body "${"$([char]233)".repeat(MEGABYTE / 12)}"`, "powershell"],
    ["of backticks", `iwr http://h/ -Body "${"`n".repeat(MEGABYTE / 2)}"`, "powershell"],
  ])("%s is read", { timeout: 60_000 }, ([, text, shell]) => {
    expect(parseCurl(text, { shell: shell ?? "bash" }).requests).toHaveLength(1);
  });

  it.for<[name: string, text: string]>([
    ["quote", `curl '${"a".repeat(MEGABYTE)}`],
    ["braces", `curl ${"{,".repeat(MEGABYTE / 2)}}`],
    ["pipes", `curl ${"|".repeat(MEGABYTE)}`],
    ["globs", `curl 'http://h/${"[1-9]".repeat(1000)}'`],
    ["address", `curl 'http://h/[${":".repeat(MEGABYTE)}'`],
  ])("with one %s too many is refused", { timeout: 60_000 }, ([, text]) => {
    for (const shell of SHELLS) expect(() => parseCurl(text, { shell })).toThrow(SyntaxError);
  });
});

describe("any text", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "curl",
      "'",
      '"',
      "\\",
      "^",
      "$",
      "`",
      "$'",
      '^"',
      "-d",
      "-H",
      "--",
      "-X",
      "@",
      "{",
      "}",
      "[",
      "]",
      "|",
      "&",
      ";",
      "\n",
      "\r\n",
      " ",
      "%",
      "http://h/",
      "\0",
      "\u0001",
      "\ufeff",
      "\ud800",
      "é",
      "😀",
      "printf '",
      "$(",
      "=",
      ":",
      "-F",
      "a=",
      "(",
      ")",
    ),
    fc.string({ maxLength: 4 }),
  );

  it("is read, or refused with its place", () => {
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 20 }),
        fc.constantFrom("auto" as const, ...SHELLS),
        (pieces, shell) => {
          try {
            const { requests, ignored } = parseCurl(`curl ${pieces.join("")}`, { shell });
            expect([requests, ignored].every(Array.isArray)).toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(SyntaxError);
            expect((error as Error).message).toMatch(/^line \d+, column \d+: /);
          }
        },
      ),
      { numRuns: runs(3000) },
    );
  });

  it.for<[name: string, text: string, place: RegExp]>([
    ["half of a pair", "curl 'http://h/' \\\n -d '\ud800'", /^line 2, column 6: half of a surrogate pair/],
    ["a NUL", "curl http://h/\0", /^line 1, column 6: /],
    ["an escape of a terminal", "curl http://h/\u001b[31m", /^line 1, column 6: /],
  ])("with %s is refused", ([, text, place]) => {
    expect(() => parseCurl(text)).toThrow(place);
  });

  it.for<[value: unknown]>([[undefined], [null], [1], [["curl"]], [Buffer.from("curl http://h/")]])(
    "must be text, not %s",
    ([value]) => {
      expect(() => parseCurl(value as string)).toThrow(/^what parseCurl\(\) reads must be text, not /);
    },
  );

  it("has options of the right kind", () => {
    const parse = (options: unknown) => () => parseCurl("curl http://h/", options as ParseCurlOptions);
    expect(parse({ shell: "fish" })).toThrow(
      /^shell must be "auto" or "bash" or "cmd" or "powershell", not "fish"/,
    );
    expect(parse({ files: 1 })).toThrow(/^files must be true or false, not number/);
    expect(parse({ file: true })).toThrow(/perhaps you meant files/);
    expect(parse(null)).toThrow(TypeError);
  });
});

describe("names of prototypes", () => {
  it("are names as others", () => {
    const { requests } = parseCurl(
      "curl http://h/ -H '__proto__: 1' -H 'constructor: 2' -F '__proto__=3' --proxy-header 'toString: 4' -x p:1",
    );
    const [request] = requests;
    expect(Object.entries(request?.options.headers ?? {})).toEqual(
      expect.arrayContaining([
        ["__proto__", "1"],
        ["constructor", "2"],
      ]),
    );
    expect(request?.options.files).toMatchObject([["__proto__", { content: "3" }]]);
    expect(Object.getPrototypeOf(request?.options.headers)).toBe(Object.prototype);
    for (const option of ["__proto__", "constructor", "toString"])
      expect(parseCurl(`curl --${option} http://h/`).ignored).toMatchObject([{ option: `--${option}` }]);
    expect(parseCurl("iwr http://h/ -toString a -constructor b").ignored.map(({ option }) => option)).toEqual(
      ["-toString", "-constructor"],
    );
  });
});

describe("errors and reasons", () => {
  it.for([
    "curl -u user:s3cr3t | more",
    "curl -H 'Authorization: Bearer s3cr3t\u0001' http://h/",
    "curl -d 's3cr3t http://h/",
    "curl http://user:s3cr3t@h:99999/",
    "curl 'http://user:s3cr3t@h /'",
    "curl s3cr3t://h/ -d 's3cr3t' http://h/",
    "curl --data s3cr3t --head http://h/",
    "curl --max-time s3cr3t http://h/",
    "curl -x quic://user:s3cr3t@h http://h/",
    "curl -d password=s3cr3t http://h/?a=1&token=s3cr3t",
    "curl --unknown=s3cr3t http://h/",
    "curl --oauth2-bearers3cr3t http://h/",
    "curl --no-users3cr3t http://h/",
    "curl http://h/ --aws-sigv4 a:b -u key:s3cr3t",
    "curl http://h/ -x http://me:s3cr3t@p/ --proxy-negotiate",
    "curl http://h/ | jq s3cr3t",
    "curl http://h/ | 's3cr3t !'",
    "curl http://h/ > s3cr3t",
    "curl http://h/ -d @- < s3cr3t",
    "curl http://h/ -d @- <<E\ns3cr3t $a\nE",
    "curl http://h/; echo s3cr3t",
    "curl http://h/ --expand-data '{{s3cr3t}}'",
    "curl http://h/ -H s3cr3t -H 'User-Agent: s3cr3t' -H 'User-Agent: s3cr3t'",
  ])("show no secret of %s", (text) => {
    let told = "";
    try {
      told = JSON.stringify(parseCurl(text).ignored);
    } catch (error) {
      told = String(error);
    }
    expect(told).not.toBe("");
    // A scheme is no secret.
    expect(told.replace("not s3cr3t:", "")).not.toContain("s3cr3t");
  });
});
