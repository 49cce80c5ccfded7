/** What of a header field or a body may be shown. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hiddenText, hiddenValue } from "../../src/response/hidden.ts";

describe("the value of a field", () => {
  it.for([
    ["Authorization", "Basic dTpw", "Basic ***"],
    ["authorization", "bearer abc", "bearer ***"],
    ["Authorization", "Digest username=u, response=r", "Digest ***"],
    ["Authorization", "s3cret", "***"],
    ["Authorization", "s3cret of two words", "***"],
    ["Authorization", "Basically s3cret", "***"],
    ["Proxy-Authorization", "Basic dTpw", "Basic ***"],
    ["WWW-Authenticate", 'Digest realm="r", nonce="n"', 'Digest realm="r", nonce="n"'],
    ["WWW-Authenticate", "Basic realm=r, Negotiate dG9r", "***"],
    ["Cookie", "sid=abc; theme=dark", "sid=***; theme=***"],
    ["Cookie", "abc; =def", " ***; =***"],
    ["Set-Cookie", "sid=abc; Path=/; Secure; Max-Age=5", "sid=***; Path=/; Secure; Max-Age=5"],
    ["Set-Cookie", "sid=a=b; SameSite=Lax", "sid=***; SameSite=Lax"],
    ["Set-Cookie", 'sid="a;b=c"; Path=/', "sid=***;b=***; Path=/"],
    ["Set-Cookie", "path=abc", "path=***"],
    ["Set-Cookie", "abc", " ***"],
    ["X-Api-Key", "abc", "***"],
    ["Location", "/cb?code=abc&state=1#token=x", "/cb?code=***&state=1#token=***"],
    ["Location", "http://u:p@h/x", "http://h/x"],
    [
      "Link",
      "</a?page=2>; rel=next, </b?token=t&page=9>; rel=last",
      "</a?page=2>; rel=next, </b?token=***&page=9>; rel=last",
    ],
    ["Refresh", "5; url=http://u:p@ss@h/?api_key=k", "5; url=http://h/?api_key=***"],
    ["Accept", "*/*", "*/*"],
    ["Content-Type", "text/plain; charset=utf-8", "text/plain; charset=utf-8"],
  ] as const)("%s: %s is shown as %s", ([name, value, shown]) => {
    expect(hiddenValue(name, value)).toBe(shown);
  });
});

const JSON_TYPE = "application/json";
const FORM = "application/x-www-form-urlencoded";
const MULTIPART = "multipart/form-data";

/** A form of several parts; one of them is called so. */
function part(name: string, value: string): string {
  const field = (is: string, has: string): string =>
    `--b\r\nContent-Disposition: form-data; name="${is}"\r\n\r\n${has}\r\n`;
  return `${field("first", "1")}${field(name, value)}--b--\r\n`;
}

describe("a body", () => {
  it.for([
    [FORM, "user=u&password=p&csrf_token=t", "user=u&password=***&csrf_token=***"],
    [FORM, "pass%77ord=p&a=1", "pass%77ord=***&a=1"],
    [FORM, "password=p", "password=***"],
    ["", "user=u&password=p", "user=u&password=***"],
    ["text/plain", "password=p", "password=***"],
    ["text/plain", "see http://u:p@h/?token=t now", "see http://h/?token=*** now"],
    ["text/html", '<a href="/x?sig=abc&amp;a=1">', '<a href="/x?sig=***&amp;a=1">'],
    [JSON_TYPE, '{"a":1,"password":"p"}', '{"a":1,"password":"***"}'],
    ["application/problem+json", '{"token": "t" , "a": [1]}', '{"token": "***" , "a": [1]}'],
    ["application/x-ndjson", '{"pin":1}\n{"token":"t"}\n{"a":2}', '{"pin":1}\n{"token":"***"}\n{"a":2}'],
    ["", ' [{"secret":["a",{"b":"]"}],"c":3}]', ' [{"secret":"***","c":3}]'],
    [JSON_TYPE, '{"token":{"a":{"b":1}},"c":3}', '{"token":"***","c":3}'],
    [JSON_TYPE, '{"token":\n  12.5e3\n}', '{"token":\n  "***"\n}'],
    [JSON_TYPE, '{"token":null,"secret":true,"auth":"x"}', '{"token":null,"secret":true,"auth":"***"}'],
    [JSON_TYPE, '{"pass\\u0077ord":"p"}', '{"pass\\u0077ord":"***"}'],
    [
      JSON_TYPE,
      '{"a":"the password: \\"p\\"","b":"password"}',
      '{"a":"the password: \\"***\\"","b":"password"}',
    ],
    [JSON_TYPE, '["password","p"]', '["password","p"]'],
    [JSON_TYPE, '{"url":"http://u:p@h/?token=t"}', '{"url":"http://h/?token=***"}'],
    [JSON_TYPE, '["?token=t\\"u"]', '["?token=***"]'],
    [MULTIPART, part("password", "p"), part("password", "***")],
    [MULTIPART, part("user", "see http://u:p@h/"), part("user", "see http://h/")],
    ["text/html", '<input value=p1 name="csrf"><b>x</b>', '<input value=*** name="csrf"><b>x</b>'],
    ["text/html", '<meta name="csrf-token" content="p&amp;q">', '<meta name="csrf-token" content="***">'],
    [
      "text/html",
      '<meta name="author" content="me"> <code>x = 1</code>',
      '<meta name="author" content="me"> <code>x = 1</code>',
    ],
    ["text/html", "<label for='password'>Password</label>", "<label for='password'>Password</label>"],
    [
      "text/xml",
      "<a><ns:token>\n p \n</ns:token> <token/>q</a>",
      "<a><ns:token>***</ns:token> <token/>q</a>",
    ],
    ["", '<?xml version="1.0"?><a secret="p" b="c"/>', '<?xml version="1.0"?><a secret="***" b="c"/>'],
    // cut off
    ["text/html", '<input name="token" value="p', '<input name="token" value="***'],
    ["text/xml", "<a><token>p", "<a><token>***"],
    [MULTIPART, part("password", "p-and-more").slice(0, -20), part("password", "***").slice(0, -13)],
    [JSON_TYPE, '{"a":1,"password":"p', '{"a":1,"password":"***"'],
    [JSON_TYPE, '{"a":1,"password":["p","q', '{"a":1,"password":"***"'],
    [JSON_TYPE, '{"a":1,"password":', '{"a":1,"password":'],
    [JSON_TYPE, '{"a":"b', '{"a":"b'],
    [FORM, "a=1&password=p", "a=1&password=***"],
    // none
    [JSON_TYPE, "oops", "oops"],
    [JSON_TYPE, '"token":,"p"', '"token":,"p"'],
    ["text/plain", "nothing to hide = really", "nothing to hide = really"],
  ] as const)("of %j: %s is shown as %s", ([essence, text, shown]) => {
    expect(hiddenText(text, essence)).toBe(shown);
  });

  it("of JSON stays as it is, but for what is hidden", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2, "\t"), (value, indent) => {
        // Names that cannot look secret.
        const text = JSON.stringify({ a: value }, (_name, one: unknown) => plain(one), indent);
        fc.pre(!/[?&#@]/.test(text));
        expect(hiddenText(text, JSON_TYPE)).toBe(text);
      }),
    );
  });

  it("of JSON shows nothing under a name that looks secret, wherever it is cut off", () => {
    const canary = /c4n4ry/;
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), fc.nat(), (around, more, at) => {
        const hidden = [{ deep: `${more}c4n4ry` }, `c4n4ry${more}`, { c4n4ry: 1 }];
        const text = JSON.stringify([plain(around), { a: 1, my_password: hidden, b: plain(around) }]);
        expect(hiddenText(text.slice(0, at % (text.length + 1)), JSON_TYPE)).not.toMatch(canary);
        const [, shown] = JSON.parse(hiddenText(text, JSON_TYPE)) as [unknown, object]; // as it was written above
        expect(shown).toMatchObject({ a: 1, my_password: "***" });
      }),
    );
  });
});

/** The value with every name in it replaced. */
function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.values(value).map((one, at) => [`n${at}`, one]));
}
