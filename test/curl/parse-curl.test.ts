/** What options of curl mean to a request. That curl sends the same is shown in `same-bytes.test.ts`. */
import { describe, expect, it } from "vitest";
import { HttpDigestAuth, HttpProxyDigestAuth } from "../../src/auth/digest.ts";
import { HttpGuessAuth } from "../../src/auth/guess.ts";
import { parseCurl } from "../../src/curl/parse-curl.ts";
import { take } from "../../src/options/take.ts";
import { Retry } from "../../src/retries/retry.ts";

/** What curl does not send, and a session would. */
const PLAIN = { "Accept-Encoding": null, Connection: null };
const FORM = { "Content-Type": "application/x-www-form-urlencoded", ...PLAIN };

function only(text: string): ReturnType<typeof parseCurl>["requests"][number] {
  const { requests } = parseCurl(text);
  expect(requests).toHaveLength(1);
  const [request] = requests;
  if (request === undefined) throw new Error("there is none");
  // A session takes all of it.
  take(request.options, "request");
  return request;
}

describe("a command without options", () => {
  it("is a GET that follows no redirect, without credentials", () => {
    expect(parseCurl("curl https://example.com/a?b=1#c")).toEqual({
      requests: [
        {
          method: "GET",
          url: "https://example.com/a?b=1#c",
          options: { headers: PLAIN, auth: false, allowRedirects: false },
        },
      ],
      ignored: [],
    });
  });
});

describe("the method", () => {
  it.for<[options: string, method: string]>([
    ["-X PUT", "PUT"],
    ["-XDELETE", "DELETE"],
    ["--request PATCH -d a", "PATCH"],
    ["-d a", "POST"],
    ["--data-raw ''", "POST"],
    ["--json '{}'", "POST"],
    ["-F a=b", "POST"],
    ["-I", "HEAD"],
    ["--head -X GET", "GET"],
    ["-G -d a", "GET"],
    ["-G -I -d a", "HEAD"],
    ["-X null", "GET"],
    ["-X post", "POST"],
  ])("of %s is %s", ([options, method]) => {
    expect(only(`curl ${options} https://example.com/`).method).toBe(method);
  });

  it.for(["-I -d a", "-F a=b -d c", "-I -F a=b", "-G -F a=b"])("cannot be that of %s", (options) => {
    expect(() => parseCurl(`curl ${options} https://example.com/`)).toThrow(
      /^line 1, column 1: .*several methods/,
    );
  });
});

describe("the body", () => {
  it.for<[options: string, data: unknown]>([
    ["-d a=1", "a=1"],
    ["-d a=1 --data b=2 --data-ascii c=3", "a=1&b=2&c=3"],
    ["-da=1", "a=1"],
    ["--data-raw @a", "@a"],
    ["--data-raw a -d b", "a&b"],
    ["-d '' -d b", "b"],
    [String.raw`--data-binary $'a\r\n'`, "a\r\n"],
    [String.raw`--data-raw $'\xff'`, new Uint8Array([0xff])],
    ["--data-raw é", "é"],
    // name=, =, name@file: only the content is encoded
    ["--data-urlencode 'a b&c'", "a+b%26c"],
    ["--data-urlencode '=a=b'", "a%3Db"],
    ["--data-urlencode 'n n=ä~-._'", "n n=%C3%A4~-._"],
    ["--data-urlencode 'n=a@b'", "n=a%40b"],
    ["--json '{\"a\":' --json '1}'", '{"a":1}'],
  ])("of %s is %j", ([options, data]) => {
    expect(only(`curl ${options} https://example.com/`).options.data).toEqual(data);
  });

  it("has the type of a form, or of JSON, unless a type is given or taken away", () => {
    const typeOf = (options: string): unknown => only(`curl ${options} https://example.com/`).options.headers;
    expect(typeOf("-d a")).toEqual(FORM);
    expect(typeOf("-d a -H 'content-type: text/plain'")).toEqual({ "content-type": "text/plain", ...PLAIN });
    expect(typeOf("-d a -H 'Content-Type:'")).toEqual({ "Content-Type": null, ...PLAIN });
    expect(typeOf("--json a")).toEqual({
      "Content-Type": "application/json",
      Accept: "application/json",
      ...PLAIN,
    });
    expect(typeOf("--json a -H 'Accept: */*'")).toEqual({
      Accept: "*/*",
      "Content-Type": "application/json",
      ...PLAIN,
    });
  });

  it("of a GET becomes the query with -G", () => {
    const urlOf = (options: string): string => only(`curl -g ${options}`).url;
    expect(urlOf("-G -d a=1 -d b=2 https://example.com/x")).toBe("https://example.com/x?a=1&b=2");
    expect(urlOf("-G --data-urlencode 'a=b c' 'https://example.com/x?y#z'")).toBe(
      "https://example.com/x?y&a=b+c#z",
    );
    expect(urlOf("--url-query 'q=a b' --url-query +raw https://example.com/")).toBe(
      "https://example.com/?q=a+b&raw",
    );
    expect(urlOf("-G -d a --url-query b https://example.com/?")).toBe("https://example.com/?a&b");
  });

  it("goes in chunks when the command says so", () => {
    const { options } = only("curl -d a -H 'Transfer-Encoding: chunked' https://example.com/");
    expect((options.data as () => unknown)()).toEqual(["a"]);
    expect(options.headers).toEqual(FORM);
  });

  it("waits for 100 Continue when the command says so, or it is long", () => {
    const asked = (text: string): unknown => only(`curl ${text} https://example.com/`).options.expectContinue;
    expect(asked("-d a")).toBeUndefined();
    expect(asked("-d a -H 'Expect: 100-continue'")).toBe(true);
    expect(asked("-d a -H 'Expect: 100-continue' --expect100-timeout 0.5")).toBe(500);
    expect(asked(`-d ${"a".repeat(1_048_577)}`)).toBe(true);
    expect(asked(`-d ${"a".repeat(1_048_577)} -H 'Expect:'`)).toBeUndefined();
  });
});

describe("a form", () => {
  it.for<[form: string, part: object]>([
    ["-F a=b", { filename: null, content: "b", contentType: "" }],
    ["-F 'a= b ;type=text/html'", { filename: null, content: "b", contentType: "text/html" }],
    ["-F 'a=b;type=text/html; charset=utf-8'", { contentType: "text/html; charset=utf-8" }],
    ["-F 'a=b;type=text/plain'", { contentType: "text/plain" }],
    [`-F 'a="b;c\\"d"'`, { content: 'b;c"d' }],
    ["-F 'a=b;filename=c.png'", { filename: "c.png", content: "b", contentType: "image/png" }],
    ["-F 'a=b;filename=c.bin'", { filename: "c.bin", contentType: "" }],
    ["--form-string 'a=@b;type=c'", { filename: null, content: "@b;type=c" }],
    ["-F a=", { content: "" }],
  ])("takes %s", ([form, part]) => {
    expect(only(`curl ${form} https://example.com/`).options.files).toEqual([
      ["a", expect.objectContaining(part)],
    ]);
  });

  it("takes fields of its parts", () => {
    const { files } = only(`curl -F 'a=b;headers="X-A: 1"' https://example.com/`).options;
    const [[, part]] = files as unknown as [[string, { headers: Iterable<unknown> }]];
    expect([...part.headers]).toEqual([["X-A", "1"]]);
  });

  it.for(["a", "a=(b", "a=@b,c"])("refuses %s", (form) => {
    expect(() => parseCurl(`curl -F '${form}' https://example.com/`, { files: true })).toThrow(
      /^line 1, column 6: /,
    );
  });
});

describe("fields", () => {
  it.for<[options: string, headers: object]>([
    ["-H 'X-A: 1' -H 'X-B:2' -H 'x-a:  3'", { "X-A": ["1", "3"], "X-B": "2" }],
    ["-H 'X-A;'", { "X-A": "" }],
    ["-H 'Accept:'", { Accept: null }],
    ["-A me -e https://a.example/", { "User-Agent": "me", Referer: "https://a.example/" }],
    ["-A ''", { "User-Agent": null }],
    ["-A me -H 'User-Agent: you'", { "User-Agent": "you" }],
    ["-e 'https://a.example/;auto'", { Referer: "https://a.example/" }],
    ["-b 'a=1' -b 'b=2'", { Cookie: "a=1;b=2" }],
    ["-b a=1 -H 'Cookie: c=2'", { Cookie: "c=2" }],
    ["-r 0-9", { Range: "bytes=0-9" }],
    ["-r 5", { Range: "bytes=5-" }],
    ["-C 100", { Range: "bytes=100-" }],
    ["-H 'X: é'", { X: new Uint8Array(Buffer.from("é")) }],
    ["-H '__proto__: 1'", JSON.parse('{"__proto__":"1"}') as object],
    ["--oauth2-bearer t0k3n", { Authorization: "Bearer t0k3n" }],
    ["-H 'Content-Length: 0' -X POST", { "Content-Length": "0" }],
  ])("of %s", ([options, headers]) => {
    expect(only(`curl ${options} https://example.com/`).options.headers).toEqual({ ...headers, ...PLAIN });
  });

  it("have what curl can undo with --compressed", () => {
    const { headers } = only("curl --compressed -H 'Connection: close' https://example.com/").options;
    expect(headers).toEqual({ "Accept-Encoding": "deflate, gzip, br, zstd", Connection: "close" });
  });

  it.for(["X Y: 1", "X\u0001: 1", "X: a\u0001b", "X: a\nY: b"])(
    "refuses %j, with its place but not its value",
    (line) => {
      expect(() => parseCurl(`curl -H '${line}' https://example.com/`)).toThrow(
        /^line 1, column 6: --header: /,
      );
      expect(() => parseCurl(`curl -H '${line}' https://example.com/`)).not.toThrow("a\u0001b");
    },
  );
});

describe("credentials", () => {
  it.for<[text: string, auth: unknown]>([
    ["-u user:pa:ss https://example.com/", ["user", "pa:ss"]],
    ["https://us%40er:p@example.com/", ["us@er", "p"]],
    ["-u a:b https://c:d@example.com/", ["a", "b"]],
    ["-u a:b --digest https://example.com/", new HttpDigestAuth("a", "b")],
    ["-u a:b --anyauth https://example.com/", new HttpGuessAuth("a", "b")],
    ["-u a:b --digest --basic https://example.com/", ["a", "b"]],
    ["-u a:b -H 'Authorization: x' https://example.com/", false],
    ["-n https://example.com/", undefined],
  ])("of %s", ([text, auth]) => {
    const { options, url } = only(`curl ${text}`);
    expect(options.auth).toStrictEqual(auth);
    expect(url).toBe("https://example.com/");
  });
});

describe("a password for an auth that there is not here", () => {
  // Sent as Basic, whoever listens would know it.
  it.for(["--ntlm", "--negotiate", "--ntlm-wb", "--aws-sigv4 aws:amz:eu:s3"])("is not sent: %s", (option) => {
    for (const text of [`${option} -u key:s3cret https://h/`, `${option} https://key:s3cret@h/`])
      expect(JSON.stringify(parseCurl(`curl ${text}`))).not.toContain("s3cret");
    expect(only(`curl ${option} -u a:b https://h/`).options.auth).toBe(false);
    expect(only(`curl ${option} --basic -u a:b https://h/`).options.auth).toEqual(["a", "b"]);
    expect(only(`curl ${option} --digest -u a:b https://h/`).options.auth).toBeInstanceOf(HttpDigestAuth);
    expect(only(`curl --anyauth ${option} -u a:b https://h/`).options.auth).toBeInstanceOf(HttpGuessAuth);
  });

  it.for(["--proxy-ntlm", "--proxy-negotiate"])("is not sent to a proxy: %s", (option) => {
    for (const text of [`-x http://p:1 -U key:s3cret ${option}`, `${option} -x http://key:s3cret@p:1`])
      expect(only(`curl ${text} https://h/`).options).toMatchObject({ proxy: "http://p:1" });
    expect(only(`curl ${option} --proxy-basic -x http://p:1 -U a:b https://h/`).options.proxy).toBe(
      "http://a:b@p:1",
    );
  });
});

describe("files to upload", () => {
  it("are one for each URL, and no more", () => {
    const text = "printf a | curl -T - https://h/1 https://h/2";
    expect(parseCurl(text).requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      "PUT https://h/1",
      "GET https://h/2",
    ]);
    expect(() => parseCurl("printf a | curl -T - -T - https://h/1")).toThrow(
      "line 1, column 22: there are more files to upload than URLs",
    );
  });
});

describe("commands beside those of curl", () => {
  it("that print or wait are listed", () => {
    for (const text of [
      "curl http://h/; echo; wait",
      "echo s3cret && curl http://h/ && true",
      "curl h | jq .\n: 'a'",
    ]) {
      const { requests, ignored } = parseCurl(text);
      expect(requests).toHaveLength(1);
      expect(ignored.length).toBeGreaterThan(0);
    }
    expect(parseCurl('@echo off\r\nREM a b\r\n:: c\r\ncurl ^"http://h/^"\r\npause').ignored).toMatchObject(
      ["@echo", "REM", "::", "pause"].map((option) => ({ option })),
    );
  });

  it.for(["curl http://h/\n-H 'A: b'", "curl http://h/ && rm -r /", "export A=b; curl http://h/"])(
    "that are others are refused: %j",
    (text) => {
      expect(() => parseCurl(text)).toThrow(SyntaxError);
    },
  );
});

describe("the URL", () => {
  it.for<[text: string, url: string, isRaw?: boolean]>([
    ["example.com", "http://example.com/"],
    ["localhost:8080/a", "http://localhost:8080/a"],
    ["--proto-default https example.com/a", "https://example.com/a"],
    ["HTTP://example.com:80?a", "http://example.com/?a"],
    ["https:/example.com/a", "https://example.com/a"],
    ["https:///example.com/a", "https://example.com/a"],
    ["https://example.com:443/a", "https://example.com/a"],
    ["https://example.com/a/../b/./c", "https://example.com/b/c"],
    ["--path-as-is https://example.com/a/../b", "https://example.com/a/../b", true],
    ["'https://example.com/%7ea?b=\"'", 'https://example.com/%7ea?b="', true],
    ["https://example.com/é", "https://example.com/%C3%A9"],
    ["--request-target /x https://example.com/a", "https://example.com/x"],
    [String.raw`'https://example.com/\[a\]?b=\{c\}'`, "https://example.com/[a]?b={c}", true],
    ["https://example.com/[]", "https://example.com/[]", true],
    ["-g 'https://example.com/{a,b}'", "https://example.com/{a,b}", true],
    ["http://[::1]:8080/", "http://[::1]:8080/"],
    ["--url https://example.com/", "https://example.com/"],
    ["-- https://example.com/", "https://example.com/"],
  ])("of %s is %s", ([text, url, isRaw]) => {
    const request = only(`curl ${text}`);
    expect([request.url, request.options.rawUrl]).toEqual([url, isRaw]);
  });

  it("may stand for several", () => {
    const urlsOf = (text: string): string[] => parseCurl(`curl ${text}`).requests.map(({ url }) => url);
    expect(urlsOf("'http://h/{a,b}/[1-3:2]'")).toEqual([
      "http://h/a/1",
      "http://h/a/3",
      "http://h/b/1",
      "http://h/b/3",
    ]);
    expect(urlsOf("'http://h/[08-10]' 'http://h/[a-c]'")).toEqual(
      ["08", "09", "10", "a", "b", "c"].map((part) => `http://h/${part}`),
    );
    expect(urlsOf(String.raw`'http://h/{a\,b,}'`)).toEqual(["http://h/a,b", "http://h/"]);
    expect(urlsOf("http://h/1 --url http://h/2 http://h/3")).toEqual([
      "http://h/1",
      "http://h/2",
      "http://h/3",
    ]);
  });

  it.for([
    "'http://h/a b'",
    "'http://h/\u0001'",
    "ftp://h/",
    "file:///etc/passwd",
    "http:///",
    "http://h:99999/",
    "'http://h/{a'",
    "'http://h/a}'",
    "'http://h/[3-1]'",
    "'http://h/[1-2000]'",
    "'http://h/[1-99][1-99]'",
    "'http://h/{}'",
    "-G -d 'a b' http://h/",
    "''",
    "-s",
  ])("cannot be that of %s", (text) => {
    expect(() => parseCurl(`curl ${text}`)).toThrow(/^line 1, column \d+: /);
  });

  it("is led elsewhere by --resolve and --connect-to, under its name", () => {
    const { url, options } = only("curl --resolve example.com:443:127.0.0.1,::1 https://example.com/a");
    expect(url).toBe("https://127.0.0.1/a");
    expect(options).toMatchObject({ headers: { Host: "example.com" }, tls: { serverName: "example.com" } });
    const other = only("curl --connect-to ::localhost:8080 http://example.com:81/a");
    expect(other.url).toBe("http://localhost:8080/a");
    expect(other.options.headers).toMatchObject({ Host: "example.com:81" });
    expect(other.options.tls).toBeUndefined();
    expect(parseCurl("curl --resolve other.example:443:127.0.0.1 https://example.com/").ignored).toEqual([
      { option: "--resolve", reason: "no URL of the command goes there" },
    ]);
  });
});

describe("the way", () => {
  it.for<[options: string, expected: object]>([
    ["-L", { allowRedirects: true }],
    ["--location --no-location", { allowRedirects: false }],
    ["-m 1.5 --connect-timeout 0.25", { timeout: { total: 1500, connect: 250 } }],
    ["-k", { verify: false }],
    ["--cacert ca.pem", { verify: "ca.pem" }],
    ["--capath certs", { verify: "certs" }],
    ["-E client.pem", { cert: { cert: "client.pem", key: "client.pem" } }],
    ["-E 'a\\:b:secret' --key k.pem", { cert: { cert: "a:b", key: "k.pem", passphrase: "secret" } }],
    ["--cert c.p12 --cert-type P12 --pass p", { cert: { pfx: "c.p12", passphrase: "p" } }],
    [
      "--tlsv1.3 --tls-max 1.3 --ciphers A:B",
      { tls: { minVersion: "TLSv1.3", maxVersion: "TLSv1.3", ciphers: "A:B" } },
    ],
    [`--pinnedpubkey sha256//${"A".repeat(43)}=`, { tls: { pins: [`sha256/${"A".repeat(43)}=`] } }],
    ["--crlfile a.pem --ca-native", { tls: { crl: "a.pem", store: "system" } }],
    ["--http2", { http2: true }],
    ["--http1.1", { http2: false }],
    ["-x proxy.example:3128", { proxy: "http://proxy.example:3128" }],
    ["-x https://proxy.example", { proxy: "https://proxy.example" }],
    ["-x http://proxy.example -U 'a:b@c'", { proxy: "http://a:b%40c@proxy.example:1080" }],
    ["--socks5-hostname 127.0.0.1", { proxy: "socks5h://127.0.0.1:1080" }],
    ["-x socks5://u:p@127.0.0.1:1", { proxy: "socks5://u:p@127.0.0.1:1" }],
    ["-x ''", { proxy: false }],
    ["-x p:1 --noproxy a,b", { proxy: "http://p:1", proxies: { no_proxy: "a,b" } }],
    ["--noproxy '*'", { proxy: false }],
    ["-x p:1 --proxy-header 'X-A: 1'", { proxyHeaders: { "X-A": "1" } }],
    ["-x p:1 -U a:b --proxy-digest", { proxy: "http://p:1", proxyAuth: new HttpProxyDigestAuth("a", "b") }],
    ["--max-filesize 2k", { maxBodyBytes: 2048 }],
    ["--retry 3", { retry: expect.any(Retry) as unknown }],
  ])("of %s", ([options, expected]) => {
    expect(only(`curl ${options} https://example.com/`).options).toMatchObject(expected);
  });

  it("tries again what curl does", () => {
    const { retry } = only("curl --retry 2 --retry-delay 3 -d a https://example.com/").options;
    const { settings } = retry as Retry;
    expect(settings).toMatchObject({
      total: 2,
      allowedMethods: null,
      read: false,
      backoffFactor: 3000,
      backoffMax: 3000,
    });
    expect([...settings.statusForcelist]).toEqual([408, 429, 500, 502, 503, 504]);
    const all = only("curl --retry 2 --retry-all-errors https://example.com/").options.retry as Retry;
    expect(all.settings.read).toBeNull();
  });

  it.for([
    "-m x",
    "-m 1e3",
    "-m 99999999",
    "--retry x",
    "--max-filesize 1x",
    "--resolve a",
    "--connect-to a:1",
    "-C x",
    "--proto-default ftp",
    "-u $'a\\x01:b'",
    "-X 'A B'",
    "-X ''",
  ])("cannot be that of %s", (options) => {
    expect(() => parseCurl(`curl ${options} https://example.com/`)).toThrow(/^line 1, column 6: --/);
  });
});
