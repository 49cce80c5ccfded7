/** What browsers copy: whole commands, as their developer tools write them for each shell. */
import { describe, expect, it } from "vitest";
import { parseCurl } from "../../src/curl/parse-curl.ts";

const HEADERS = {
  accept: "*/*",
  "content-type": "application/json",
  "x-empty": "",
  "x-quote": "it's",
  Cookie: "a=1; b=2",
  "Accept-Encoding": "deflate, gzip, br, zstd",
  Connection: null,
};
const REQUEST = {
  method: "PUT",
  url: "https://example.com/api/[1]?q=%20a&b={c}",
  options: {
    headers: HEADERS,
    data: '{"a":"b!\r\n"}',
    auth: false,
    allowRedirects: false,
    verify: false,
    rawUrl: true,
  },
};

const BASH = String.raw`curl 'https://example.com/api/\[1\]?q=%20a&b=\{c\}' \
  -X 'PUT' \
  -H 'accept: */*' \
  -H 'content-type: application/json' \
  -b 'a=1; b=2' \
  -H 'x-empty;' \
  -H $'x-quote: it\'s' \
  --data-raw $'{"a":"b\u0021\r\n"}' \
  --compressed \
  --insecure`;

const CMD = `curl ^"https://example.com/api/^\\^[1^\\^]?q=^%^20a^&b=^\\^{c^\\^}^" ^
  -X ^"PUT^" ^
  -H ^"accept: */*^" ^
  -H ^"content-type: application/json^" ^
  -b ^"a=1; b=2^" ^
  -H ^"x-empty;^" ^
  -H ^"x-quote: it's^" ^
  --data-raw ^"^{^\\^"a^\\^":^\\^"b^!^\n\n^\\^"^}^" ^
  --compressed ^
  --insecure`;

describe("Chrome", () => {
  it.for<[shell: "auto" | "bash"]>([["auto"], ["bash"]])("for bash, read as %s", ([shell]) => {
    expect(parseCurl(BASH, { shell })).toEqual({ requests: [REQUEST], ignored: [] });
  });

  it("for cmd, where line ends lose their CR", () => {
    const data = REQUEST.options.data.replace("\r", "");
    expect(parseCurl(CMD)).toEqual({
      requests: [{ ...REQUEST, options: { ...REQUEST.options, data } }],
      ignored: [],
    });
    // The clipboard of Windows has line ends of its own.
    expect(parseCurl(CMD.replaceAll("\n", "\r\n"))).toEqual(parseCurl(CMD));
  });

  it.for<[shell: string, text: string]>([
    ["bash", `${BASH} ;\n${BASH} ;\n${BASH}`],
    ["cmd", `${CMD} &\r\n${CMD} &\r\n${CMD}`],
  ])("of all requests, for %s", ([, text]) => {
    const { requests, ignored } = parseCurl(text);
    expect(requests.map(({ method, url }) => [method, url])).toEqual(
      Array.from({ length: 3 }, () => [REQUEST.method, REQUEST.url]),
    );
    expect(ignored).toEqual([]);
  });

  it("of older versions, for cmd", () => {
    const older = String.raw`curl "https://example.com/a?b=^%^20c" ^
  -H "accept: */*" ^
  --data-raw "^{^\^"a^\^":1^}" ^
  --compressed`;
    expect(parseCurl(older).requests).toMatchObject([
      { method: "POST", url: "https://example.com/a?b=%20c", options: { data: '{"a":1}' } },
    ]);
  });
});

describe("Firefox", () => {
  it("for bash", () => {
    const text = String.raw`curl 'https://example.com/upload?a=[1]' \
  --globoff \
  --compressed \
  -X POST \
  -H 'User-Agent: Mozilla/5.0' \
  -H 'Accept: */*' \
  -H 'Content-Type: multipart/form-data; boundary=----geckoformboundary1' \
  -H 'Connection: keep-alive' \
  --data-binary $'------geckoformboundary1\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\041\xe9\r\n------geckoformboundary1--\r\n'`;
    const { requests, ignored } = parseCurl(text);
    expect(requests).toMatchObject([
      {
        method: "POST",
        url: "https://example.com/upload?a=[1]",
        options: {
          headers: { "User-Agent": "Mozilla/5.0", Connection: "keep-alive" },
          data: new Uint8Array(
            Buffer.from(
              '------geckoformboundary1\r\nContent-Disposition: form-data; name="a"\r\n\r\nb!\xe9\r\n------geckoformboundary1--\r\n',
              "latin1",
            ),
          ),
        },
      },
    ]);
    expect(ignored).toEqual([]);
  });

  it("leaves out what is in files, which is told", () => {
    const text = String.raw`curl https://example.com/ --data-binary $'--b\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n--b--\r\n'`;
    expect(parseCurl(text).ignored).toMatchObject([
      { option: "--data-binary", reason: expect.stringContaining("Firefox") as string },
    ]);
    expect(parseCurl(text.replace("--b--", String.raw`\r\n--b--`)).ignored).toEqual([]);
  });

  it("for bash, a HEAD without any special character", () => {
    expect(parseCurl("curl 'https://example.com/' -I -H Pragma").requests).toMatchObject([
      { method: "HEAD" },
    ]);
  });

  it("for cmd", () => {
    const text =
      'curl ^"https://example.com/a?b=^%^20c^" ^\r\n  -X POST ^\r\n  -H ^"A: ^\\^"b^\\^"^" ^\r\n  --data-raw ^"a=1&b=2^"';
    expect(parseCurl(text).requests).toMatchObject([
      {
        method: "POST",
        url: "https://example.com/a?b=%20c",
        options: { headers: { A: '"b"' }, data: "a=1&b=2" },
      },
    ]);
    expect(parseCurl('curl "https://example.com/" --data-binary "{""a"":""b""}"').requests).toMatchObject([
      { options: { data: '{"a":"b"}' } },
    ]);
  });
});

describe("Safari", () => {
  it("writes the method always, also when it knows none", () => {
    const text = String.raw`curl 'https://example.com/a' \
-X 'POST' \
-H 'Accept: */*' \
-H 'Content-Type: application/x-www-form-urlencoded' \
--data 'a=1&b=2'`;
    expect(parseCurl(text).requests).toMatchObject([{ method: "POST", options: { data: "a=1&b=2" } }]);
    expect(parseCurl("curl 'https://example.com/a' \\\n-X null").requests).toMatchObject([{ method: "GET" }]);
  });
});

describe("a page", () => {
  it.for<[text: string, url: string]>([
    ["$ curl -i https://example.com/", "https://example.com/"],
    ["# ask for it\ncurl https://example.com/  # it is there", "https://example.com/"],
    ["/usr/bin/curl https://example.com/", "https://example.com/"],
    ["curl.exe https://example.com/", "https://example.com/"],
    ["\ufeffcurl https://example.com/", "https://example.com/"],
    ["  \n\ncurl \\\n    https://example.com/\n", "https://example.com/"],
    ['curl "https://example.com/a b"', ""],
    ["curl https://example.com/?a=1&b=2", ""],
  ])("shows %j", ([text, url]) => {
    if (url === "") return expect(() => parseCurl(text)).toThrow(/^line 1, column \d+: .*(?:blank|quote)/);
    expect(parseCurl(text).requests.map((request) => request.url)).toEqual([url]);
  });

  it.for(["", "  \n", "# nothing", "wget https://example.com/", "echo hello"])(
    "without a command of curl: %j",
    (text) => {
      expect(() => parseCurl(text)).toThrow(SyntaxError);
      expect(() => parseCurl(text)).toThrow(/^line \d+, column \d+: /);
    },
  );
});
