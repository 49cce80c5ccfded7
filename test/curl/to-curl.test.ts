/** Commands of requests: what is written, what is hidden, and what cannot be written. */
import { describe, expect, it } from "vitest";
import { parseCurl } from "../../src/curl/parse-curl.ts";
import { toCurl, type ToCurlOptions } from "../../src/curl/to-curl.ts";
import { HeaderMap, PreparedRequest, Request, Session, type RequestOptions } from "../../src/index.ts";

/** Nothing but what a request says. */
const bare = new Session({ headers: null, trustEnv: false });

function prepared(method: string, url: string, options: RequestOptions = {}): PreparedRequest {
  return bare.prepareRequest(new Request(method, url, options));
}

/** A command without what all of them begin with. */
function written(request: PreparedRequest, options?: ToCurlOptions): string {
  return toCurl(request, options).replace("curl -q --globoff --path-as-is ", "").replaceAll(" \\\n  ", " ");
}

const OWN = "-H 'Accept:' -H 'User-Agent:'";

describe("toCurl()", () => {
  it("writes what a session sends, a line an argument", () => {
    const session = new Session({ trustEnv: false, headers: { "User-Agent": "me" } });
    const request = session.prepareRequest(
      new Request("POST", "https://example.com/a?b=1", { json: { a: "it's" } }),
    );
    expect(toCurl(request))
      .toBe(String.raw`curl -q --globoff --path-as-is --http1.1 -X POST 'https://example.com/a?b=1' \
  -H 'User-Agent: me' \
  -H 'Accept-Encoding: gzip, deflate, br, zstd' \
  -H 'Accept: */*' \
  -H 'Connection: keep-alive' \
  -H 'Content-Length: 12' \
  -H 'Content-Type: application/json' \
  --compressed \
  --data-raw '{"a":"it'\''s"}'`);
  });

  it.for<[method: string, url: string, options: RequestOptions, command: string]>([
    ["GET", "http://h/", {}, `'http://h/' ${OWN}`],
    ["GET", "http://u:p@h/?x#y", { auth: false }, `'http://h/?x' ${OWN}`],
    ["HEAD", "http://h/", {}, `--head 'http://h/' ${OWN}`],
    ["DELETE", "http://h/", {}, `-X DELETE 'http://h/' -H 'Content-Length: 0' ${OWN}`],
    ["A'B", "http://h/", {}, String.raw`-X 'A'\''B' 'http://h/' -H 'Content-Length: 0' ${OWN}`],
    ["GET", "http://h:80/", {}, `'http://h:80/' -H 'Host: h:80' ${OWN}`],
    ["GET", "http://h/?", {}, `'http://h/?' --request-target '/?' ${OWN}`],
    [
      "GET",
      "http://h/",
      { headers: { "X-A": ["1", "2"], "X-B": "", Accept: "*/*" } },
      "'http://h/' -H 'X-A: 1' -H 'X-A: 2' -H 'X-B;' -H 'Accept: */*' -H 'User-Agent:'",
    ],
    ["GET", "http://h/", { headers: { X: new Uint8Array([0xc3, 0xa9]) } }, `'http://h/' -H 'X: é' ${OWN}`],
    [
      "GET",
      "http://h/",
      { headers: { X: "é\tb'" } },
      String.raw`'http://h/' -H "$(printf 'X: \351\011b\047')" ${OWN}`,
    ],
    ["POST", "http://h/", { data: "a" }, `-X POST 'http://h/' ${OWN} -H 'Content-Type:' --data-raw 'a'`],
    [
      "POST",
      "http://h/",
      { data: { a: "1" } },
      `-X POST 'http://h/' -H 'Content-Length: 3' -H 'Content-Type: application/x-www-form-urlencoded' ${OWN} --data-raw 'a=1'`,
    ],
    ["GET", "http://h/", { data: "@é\n" }, `-X GET 'http://h/' ${OWN} -H 'Content-Type:' --data-raw '@é\n'`],
    ["POST", "http://h/", { data: "" }, `-X POST 'http://h/' -H 'Content-Length: 0' ${OWN}`],
    [
      "POST",
      "http://h/",
      { data: "a".repeat(1024) },
      `-X POST 'http://h/' ${OWN} -H 'Content-Type:' -H 'Expect:' --data-raw '${"a".repeat(1024)}'`,
    ],
  ])("writes %s %s with %j", ([method, url, options, command]) => {
    expect(written(prepared(method, url, options))).toBe(command);
  });

  it("sends bytes that are no text through a pipe, and long bodies", () => {
    const bytes = new Uint8Array([0x2d, 0, 0xff, 0x25, 0x5c, 0x27, 0x0d, 0x0a]);
    expect(toCurl(prepared("POST", "http://h/", { data: bytes }))).toMatch(
      /^printf '\\055\\000\\377%%\\\\\\047\\r\\n' \| curl -q [^|]* --data-binary @-$/,
    );
    const long = toCurl(prepared("POST", "http://h/", { data: "é".repeat(60_000) }));
    expect(long).toMatch(/^printf '(?:\\303\\251){60000}' \| curl -q /);
  });

  it.for<[value: unknown]>([[null], [{}], ["curl"], [new Request("GET", "http://h/")]])(
    "refuses %j",
    ([value]) => {
      expect(() => toCurl(value as PreparedRequest)).toThrow(
        /^what toCurl\(\) writes must be a PreparedRequest, not /,
      );
    },
  );

  it("refuses options that it does not have", () => {
    const request = prepared("GET", "http://h/");
    expect(() => toCurl(request, { shell: "cmd" } as unknown as ToCurlOptions)).toThrow(
      /^shell must be "bash", not "cmd"/,
    );
    expect(() => toCurl(request, { secrets: true } as unknown as ToCurlOptions)).toThrow(TypeError);
    expect(() => toCurl(request, { secret: "show" } as unknown as ToCurlOptions)).toThrow(
      /perhaps you meant secrets/,
    );
  });

  it("refuses what no session sends, and a body that is not there", () => {
    const request = (parts: { method?: string; url?: string; headers?: HeaderMap }): PreparedRequest =>
      new PreparedRequest({
        method: "GET",
        url: "http://h/",
        headers: new HeaderMap(),
        payload: null,
        ...parts,
      });
    expect(() => toCurl(request({ method: "A B" }))).toThrow(/cannot be sent/);
    expect(() => toCurl(request({ method: "CONNECT" }))).toThrow(/cannot be sent/);
    expect(() => toCurl(request({ url: "app://h/" }))).toThrow(/http: and https:/);
    expect(() => toCurl(request({ url: "http://h/a b" }))).toThrow(/raw URL/);
    expect(() => toCurl(request({ headers: new HeaderMap({ "Content-Length": 3 }) }))).toThrow(
      /there is no body/,
    );
    expect(() => toCurl(prepared("POST", "http://h/", { data: () => "a" }))).toThrow(/^the body is a stream/);
    expect(() => toCurl(prepared("POST", "http://h/", { data: new Blob(["a"]) }))).toThrow(TypeError);
  });
});

describe("secrets", () => {
  const secret = "s3cr3t";

  it.for<[name: string, url: string, options: RequestOptions, part: string]>([
    ["Basic", "http://h/", { auth: ["u", secret] }, '-H "Authorization: Basic $TOKEN"'],
    [
      "Bearer",
      "http://h/",
      { headers: { authorization: `Bearer ${secret}` } },
      '-H "authorization: Bearer $TOKEN"',
    ],
    ["no scheme", "http://h/", { headers: { Authorization: secret } }, '-H "Authorization: $AUTHORIZATION"'],
    ["cookies", "http://h/", { cookies: { sid: secret } }, '-H "Cookie: $COOKIE"'],
    ["a field", "http://h/", { headers: { "X-API-Key": secret } }, '-H "X-API-Key: $X_API_KEY"'],
    [
      "a proxy",
      "http://h/",
      { headers: { "Proxy-Authorization": `Basic ${secret}` } },
      '--proxy-header "Proxy-Authorization: Basic $PROXY_TOKEN"',
    ],
    ["a parameter", `http://h/?a=1&api_key=${secret}&b=2`, {}, '"http://h/?a=1&api_key=$API_KEY&b=2"'],
    [
      "a referer",
      "http://h/",
      { headers: { Referer: `http://a/?token=${secret}` } },
      '-H "Referer: http://a/?token=$TOKEN"',
    ],
    [
      "a form",
      "http://h/",
      { data: { user: "u", password: secret } },
      '--data-raw "user=u&password=$PASSWORD"',
    ],
    [
      "JSON",
      "http://h/",
      { json: { a: 1, password: secret, b: "x" } },
      String.raw`--data-raw '{"a":1,"password":"'"$PASSWORD"'","b":"x"}'`,
    ],
    [
      "deep JSON",
      "http://h/",
      { json: { token: { id: secret, n: 5, is: true } } },
      String.raw`--data-raw '{"token":'"$TOKEN"'}'`,
    ],
  ])("of %s are left to variables", ([, url, options, part]) => {
    const command = toCurl(prepared("POST", url, options));
    expect(command).toContain(part);
    expect(command).not.toContain(secret);
    expect(command).not.toContain(Buffer.from(`u:${secret}`).toString("base64"));
    expect(() => parseCurl(command)).toThrow(/is a variable of the shell/);
  });

  it("are shown where that is said", () => {
    const request = prepared("POST", `http://h/?token=${secret}`, {
      auth: ["u", secret],
      data: { password: secret },
    });
    const command = toCurl(request, { secrets: "show" });
    expect(command).toContain(`token=${secret}`);
    expect(command).toContain(`--data-raw 'password=${secret}'`);
    expect(command).not.toContain("$");
  });

  it("have one name each: the same one where they are the same", () => {
    const headers = { "X-Token": ["a", "b", "a"], X_Token: "c", "2nd-token": "d" };
    const command = toCurl(prepared("GET", "http://h/", { headers }));
    expect([...command.matchAll(/\$(\w+)/g)].map(([, name]) => name)).toEqual([
      "X_TOKEN",
      "X_TOKEN_2",
      "X_TOKEN",
      "X_TOKEN_3",
      "SECRET_2ND_TOKEN",
    ]);
  });

  it("leave the length of the body to curl, for it may be another one", () => {
    expect(toCurl(prepared("POST", "http://h/", { data: { password: "p" } }))).not.toContain(
      "Content-Length",
    );
  });

  it("do not end in the words around them", () => {
    const request = prepared("GET", "http://h/?token=a", { rawUrl: true });
    request.url = "http://h/?token=a#b";
    expect(toCurl(request)).toContain('"http://h/?token=$TOKEN"');
    const body = prepared("POST", "http://h/", {
      data: "token=a&b=`id`$x!",
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
    });
    expect(toCurl(body)).toContain("--data-raw 'token='\"$TOKEN\"'&b=`id`$x!'");
  });
});
