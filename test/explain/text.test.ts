/** An explanation as text: what it says of each part, and that no line leaves its place. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CookieJar, HttpBearerAuth, Session } from "../../src/index.ts";
import { runs } from "../support/size.ts";

function explained(): string {
  const cookies = new CookieJar();
  cookies.setCookie("sid=s3cret; Path=/", "https://shop.example/");
  cookies.set("admin", "s3cret", { domain: "shop.example", path: "/admin" });
  cookies.set("far", "s3cret", { domain: "other.test" });
  const session = new Session({
    trustEnv: false,
    baseUrl: "https://shop.example",
    cookies,
    headers: { "X-Api-Key": "s3cret", Accept: "text/html", "User-Agent": null },
    params: { lang: "en" },
    auth: new HttpBearerAuth("s3cret"),
    timeout: { total: 5000 },
    proxies: { https: "http://u:s3cret@proxy.test:3128" },
    hooks: {
      request: function sign() {
        /* not called */
      },
    },
  });
  session.scope("https://shop.example/cart", { maxCodings: 2 });
  return String(session.explain("/cart", { headers: { Accept: "application/json" }, params: { page: 2 } }));
}

describe("the text of an explanation", () => {
  it.for([
    ["the request", /^GET https:\/\/shop\.example\/cart\?lang=en&page=2$/m],
    [
      "a header that beats others",
      /^ {2}Accept: application\/json \[request\], over text\/html \[session\], \*\/\* \[default\]$/m,
    ],
    ["a default", /^ {2}Accept-Encoding: .* \[default\]$/m],
    ["a secret header", /^ {2}X-Api-Key: \*\*\* \[session\]$/m],
    ["who signs", /^ {2}Authorization: \*\*\* \[auth Bearer\]$/m],
    ["the scheme", /^Auth\n {2}Bearer \[session\]$/m],
    ["the query", /^Query\n {2}lang=en \[session\]\n {2}page=2 \[request\]$/m],
    ["a cookie that is sent", /^ {2}sent: sid of shop\.example\/ \[jar\]$/m],
    [
      "one that is withheld",
      /^ {2}withheld: admin of shop\.example\/admin, path: it is for \/admin and what is below it$/m,
    ],
    ["the rest of the jar", /^ {2}and 1 of other sites$/m],
    ["what was taken off", /^Not sent\n {2}header User-Agent \[default\], removed: by session$/m],
    ["the proxy, without its password", /^ {2}proxy: http:\/\/proxy\.test:3128 \[session\]$/m],
    ["the adapter", /^ {2}adapter: HttpAdapter on https:\/\/$/m],
    ["the trust", /^ {2}verify: true \[default\]$/m],
    ["a time limit", /^ {2}total: 5000 \[session\]$/m],
    ["a time limit that nobody set", /^ {2}read: 60000 \[default\]$/m],
    ["a hook", /^Hooks\n {2}request: sign \[session\]$/m],
    ["a scope", /^ {2}maxCodings: 2 \[scope https:\/\/shop\.example\/cart\], over 5 \[default\]$/m],
    ["a warning", /^Warnings\n {2}a request hook may change the request$/m],
  ] as const)("tells %s", ([, pattern]) => {
    expect(explained()).toMatch(pattern);
  });

  it("has no secret in it", () => {
    expect(explained()).not.toContain("s3cret");
  });

  it("does not tell of options that nobody gave", () => {
    expect(explained()).not.toMatch(/^ {2}maxBodyBytes:/m);
  });

  it("is at most 100 columns wide, and of printable characters", () => {
    const text = fc.string({ unit: "binary", minLength: 1, maxLength: 300 });
    const value = fc.stringMatching(/^[\w\x80-\xff]{1,300}$/);
    fc.assert(
      fc.property(value, text, (header, param) => {
        const session = new Session({ trustEnv: false, headers: { "X-A": header }, params: { a: param } });
        const lines = String(
          session.explain(`http://a.test/${encodeURIComponent(param.toWellFormed())}`),
        ).split("\n");
        for (const line of lines) {
          expect(line.length).toBeLessThanOrEqual(100);
          expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
        }
        // Nothing is lost by it.
        const joined = lines.map((line) => line.replaceAll(" ", "")).join("");
        const bare = header.replaceAll(/[\x80-\x9f\xad]/g, (one) => `\\x${one.charCodeAt(0).toString(16)}`);
        expect(joined).toContain(`X-A:${bare}`);
      }),
      { numRuns: runs(200) },
    );
  });

  it("writes controls and marks of direction as escapes", () => {
    const session = new Session({
      trustEnv: false,
      hooks: {
        request: Object.defineProperty(() => undefined, "name", { value: "a\u001b[2J\u202eb\ud800" }),
      },
    });
    expect(String(session.explain("http://a.test/"))).toContain(
      "request: a\\x1b[2J\\u202eb\\ud800 [session]",
    );
  });

  it("tells how many more there are of very many", () => {
    const params = Object.fromEntries(Array.from({ length: 80 }, (_, at) => [`p${at}`, "1"]));
    const text = String(new Session({ trustEnv: false, params }).explain("http://a.test/"));
    expect(text).toContain("  p49=1 [session]\n  and 30 more");
  });

  it("tells of cookies of other sites whatever the number of those of this one", () => {
    const session = new Session({ trustEnv: false });
    for (let at = 0; at < 5_000; at++) session.cookies.set(`c${at}`, "1", { domain: `h${at % 100}.a.test` });
    session.cookies.set("far", "1", { domain: "other.test" });
    const lines = String(session.explain("http://a.test/")).split("\n");
    expect(lines).toContain("  and 4950 more");
    expect(lines).toContain("  and 1 of other sites");
    expect(lines.length).toBeLessThan(200);
  });

  it.for([
    ["a mark of direction", "\u061c", "\\u061c"],
    ["a blank without width", "\u200b", "\\u200b"],
    ["a soft hyphen", "\u00ad", "\\xad"],
    ["a letter of a tag", "\u{e0041}", "\\u{e0041}"],
    ["the end of a line", "\r\n", "\\x0d\\x0a"],
    ["a paragraph", "\u2029", "\\u2029"],
  ] as const)("writes what cannot be seen as an escape: %s", ([, raw, escape]) => {
    const request = Object.defineProperty(() => undefined, "name", { value: `a${raw}b` });
    const session = new Session({ trustEnv: false, hooks: { request } });
    expect(String(session.explain("http://a.test/"))).toContain(`request: a${escape}b [session]`);
  });

  it("counts the columns that a terminal needs", () => {
    const named = (name: string): string => {
      const request = Object.defineProperty(() => undefined, "name", { value: name });
      const session = new Session({ trustEnv: false, hooks: { request } });
      return String(session.explain("http://a.test/")).replaceAll(/\n +/g, (blanks) =>
        blanks.replace(/^\n/, "\n|"),
      );
    };
    // Two columns each: 45 fill what "  request: " leaves of the line, and 47 a further one.
    const wide = named("\u4e16".repeat(100))
      .split("\n")
      .filter((line) => line.includes("\u4e16"));
    expect(wide.map((line) => line.replaceAll(/[^\u4e16]/g, "").length)).toEqual([47, 47, 6]);
    // A mark needs none, and stays with its letter.
    const marked = named("e\u0301".repeat(100))
      .split("\n")
      .filter((line) => line.includes("\u0301"));
    expect(marked.map((line) => line.replaceAll(/[^\u0301]/g, "").length)).toEqual([94, 6]);
    for (const line of marked) expect(line).not.toMatch(/^\| *\u0301/);
  });
});
