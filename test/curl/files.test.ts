/** Files that a command names are read where that is allowed, and only there. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseCurl, type ParsedCurl } from "../../src/curl/parse-curl.ts";

let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sojourn-curl-"));
  const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text, "latin1");
  await write("body.txt", "a b\r\nc\xff\n");
  await write("zero.bin", "a\0b");
  await write("page.html", "<p>");
  await write("fields.txt", "X-A: 1\r\nX-B: 2\n\n");
  await write(
    "more.conf",
    '# options\nrequest = "PUT"\n-H "X-C: \\"3\\""\nsilent\nurl: https://example.com/from-file\n',
  );
  await write("deep.conf", `config = "${join(folder, "deep.conf")}"\n`);
  await write(
    "cookies.txt",
    "# Netscape HTTP Cookie File\n.example.com\tTRUE\t/\tFALSE\t0\ta\t1\nother.example\tFALSE\t/\tFALSE\t0\tb\t2\n#HttpOnly_example.com\tFALSE\t/deep\tTRUE\t4102444800\tc\t3\nexample.com\tFALSE\t/\tFALSE\n",
  );
});

afterAll(() => rm(folder, { recursive: true }));

/** `%` is the folder. */
function parse(options: string, files = true): ParsedCurl {
  return parseCurl(`curl ${options.replaceAll("%", folder)}`, { files });
}

describe("files", () => {
  it.for([
    "-d @%/body.txt",
    "--data-binary @%/body.txt",
    "--data-urlencode @%/body.txt",
    "--data-urlencode n@%/body.txt",
    "--json @%/body.txt",
    "--url-query @%/body.txt",
    "-F a=@%/body.txt",
    "-F 'a=<%/body.txt'",
    "-T %/body.txt",
    "-H @%/fields.txt",
    "-b %/cookies.txt",
    "-K %/more.conf",
  ])("of %s are not read unless that is allowed", (options) => {
    expect(() => parse(`${options} https://example.com/`, false)).toThrow(
      /^line 1, column 6: --[\w-]+ reads a file: give \{ files: true \} to allow it$/,
    );
    expect(parse(`${options} https://example.com/`).requests.length).toBeGreaterThan(0);
    const missing = options.replace(/%\/\w+\.\w+/, "%/missing");
    expect(() => parse(`${missing} https://example.com/`)).toThrow(
      /^line 1, column 6: --[\w-]+ names a file that cannot be read$/,
    );
  });

  it.for<[options: string, data: unknown]>([
    ["-d @%/body.txt", new Uint8Array(Buffer.from("a bc\xff", "latin1"))],
    ["-d x -d @%/zero.bin", "x&a"],
    ["--data-binary @%/body.txt", new Uint8Array(Buffer.from("a b\r\nc\xff\n", "latin1"))],
    ["--data-binary @%/zero.bin", "a\0b"],
    ["--data-urlencode n@%/body.txt", "n=a+b%0D%0Ac%FF%0A"],
    ["--data-urlencode @%/zero.bin", "a%00b"],
    ["--json @%/page.html", "<p>"],
    ["-T %/page.html", "<p>"],
  ])("are the body of %s", ([options, data]) => {
    const [request] = parse(`${options} https://example.com/`).requests;
    expect(request?.options.data).toEqual(data);
  });

  it("are uploaded under their name, where the URL ends as a folder", () => {
    expect(parse("-T %/page.html https://example.com/up/").requests).toMatchObject([
      { method: "PUT", url: "https://example.com/up/page.html" },
    ]);
    expect(parse("-T %/page.html https://example.com/up/x").requests).toMatchObject([
      { method: "PUT", url: "https://example.com/up/x" },
    ]);
  });

  it("are parts of a form", () => {
    const part = (options: string): unknown =>
      parse(`${options} https://example.com/`).requests[0]?.options.files;
    const content = new Uint8Array(Buffer.from("<p>"));
    expect(part("-F a=@%/page.html")).toEqual([
      ["a", { filename: "page.html", content, contentType: "text/html" }],
    ]);
    expect(part("-F 'a=<%/page.html'")).toEqual([
      ["a", { filename: null, content, contentType: "text/html" }],
    ]);
    expect(part("-F 'a=@%/page.html;type=x/y;filename=\"b c\"'")).toEqual([
      ["a", { filename: "b c", content, contentType: "x/y" }],
    ]);
    expect(part("-F a=@%/zero.bin")).toMatchObject([["a", { contentType: "application/octet-stream" }]]);
  });

  it("have fields", () => {
    expect(parse("-H @%/fields.txt https://example.com/").requests).toMatchObject([
      { options: { headers: { "X-A": "1", "X-B": "2" } } },
    ]);
  });

  it("have cookies, of which those of the host are sent", () => {
    const { requests, ignored } = parse(
      "-b %/cookies.txt -b z=9 https://example.com/deep/x https://www.example.com/",
    );
    expect(requests.map(({ options }) => (options.headers as Record<string, unknown>)["Cookie"])).toEqual([
      "c=3; a=1; z=9",
      "a=1; z=9",
    ]);
    expect(ignored).toEqual([{ option: "--cookie", reason: expect.stringContaining("line 5") as string }]);
  });

  it("have options, of which some may name other files", () => {
    const { requests, ignored } = parse("-K %/more.conf");
    expect(requests).toMatchObject([
      { method: "PUT", url: "https://example.com/from-file", options: { headers: { "X-C": '"3"' } } },
    ]);
    expect(ignored.map(({ option }) => option)).toEqual(["--silent"]);
    expect(() => parse("-K %/deep.conf")).toThrow(/too deep/);
  });

  it("are not the standard input, unless the text says what is in it", () => {
    expect(() => parse("-d @- https://example.com/")).toThrow(/standard input/);
    const text = String.raw`printf 'a\000b' | curl --data-binary @- https://example.com/`;
    expect(parseCurl(text).requests).toMatchObject([{ method: "POST", options: { data: "a\0b" } }]);
  });
});
