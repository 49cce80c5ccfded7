/** A new session sends of a parsed command what the real curl sends of the command. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseCurl } from "../../src/curl/parse-curl.ts";
import { Session } from "../../src/index.ts";
import { bodyOf, CURL, hasCurl, headOf, linesOf, recorder, run, type Recorder } from "./wire.ts";

/** `%` is the URL of the server, `FOLDER` one with files. */
const COMMANDS: readonly string[] = [
  "curl %",
  "curl %/a/../b/./c?x=1#y",
  "curl --path-as-is %/a/../b",
  "curl '%/%7e/%41?a=\"<>^`|'",
  "curl '%/[]' '%/x\\[1\\]'",
  "curl '%/{a,b}/[1-2]'",
  "curl -g '%/{a,b}[1]'",
  "curl -I %",
  "curl -X DELETE %",
  "curl -X OPTIONS -H 'X-A: 1' -H 'X-B:2' -H 'X-A: 3' -H 'X-C;' -H 'Accept:' %",
  "curl -d a=1 -d 'b=2 3' %",
  "curl -d '' %",
  "curl -X PUT -d 'é' %",
  "curl -X GET -d a %",
  "curl -X GET -d '' %",
  String.raw`curl --data-raw $'@a\r\nb\xff' %`,
  "curl --data-binary @FOLDER/body.txt %",
  "curl -d @FOLDER/body.txt %",
  "curl --data-urlencode 'a b&ä' --data-urlencode '=a=b' --data-urlencode 'n=a b' --data-urlencode n@FOLDER/body.txt %",
  "curl -G -d a=1 --data-urlencode 'b=x y' '%/p?q'",
  "curl --url-query 'q=a b' --url-query +raw %/p",
  "curl --json '{\"a\":' --json '1}' %",
  "curl --json '{}' -H 'Content-Type: text/x' -H 'Accept: text/y' %",
  "curl -d a -H 'Content-Type:' %",
  "curl -d a -H 'Transfer-Encoding: chunked' %",
  "curl -d a -H 'Connection: close' %",
  "curl -F a=b -F 'c=d e;type=text/html' -F 'f=@FOLDER/page.html' -F 'g=<FOLDER/page.html' %",
  "curl -F 'a=b;type=text/plain' -F 'c=d;filename=e.png' -F 'f=g;filename=h' --form-string 'i=@j;k' %",
  'curl -F \'a=@FOLDER/body.txt;filename="x \\"y\\"";type=text/x; p=q\' -F \'b=c;headers="X-P: 1"\' %',
  "curl -F 'é=ü' %",
  "curl -T FOLDER/page.html %/up/",
  "curl -T FOLDER/page.html %/up",
  "curl -b 'a=1' -b 'b=2; c' -A me -e https://a.example/ -r 0-9 %",
  "curl -b a=1 -H 'Cookie: b=2' -A '' %",
  "curl -A me -H 'User-Agent: you' %",
  "curl -u user:pa:ss %",
  "curl -u ü:ö %",
  "curl -u a:b -H 'Authorization: x' %",
  "curl --oauth2-bearer t0k3n %",
  "curl --compressed %",
  "curl -H 'Host: other.example' %",
  "curl -H 'X: é' %",
  "curl -x % http://example.com/a?b",
  "curl -x % -U 'us:p@ss' --proxy-header 'X-P: 1' http://example.com/",
  "curl -d a % --next -X PATCH -d b %/second",
  "curl http:/HOST/a http:///HOST/b",
  "curl -T FOLDER/page.html %/1 -T FOLDER/body.txt %/2 %/3",
  "curl -T '' -T FOLDER/page.html %/1 %/2",
  "printf 'xyz' | curl -T - %/up",
  "printf 'xyz' | curl -F 'a=@-' -F 'b=c' %",
  "printf 'xyz' | curl -F 'a=@-;filename=b.bin' %",
  "curl -d @- -H 'X: 1' % <<E\na \\$b \\\\ \"c\" \\\nd\nE",
  "curl --data-binary @- % <<'E'\na $b `c` \\\n\nE",
  "curl --data-binary @- % <<-E\n\ta\n\t b\n\tE\n",
  "curl --data-binary @- % <<< 'a b'",
  "curl --data-binary @- % < FOLDER/body.txt",
  "cat <<E | curl --json @- %\n{}\nE",
  "cat FOLDER/body.txt | curl --data-binary @- %",
  "echo '{\"a\": 1}' b | curl --data-binary @- %",
  "curl % | cat | cat -n && curl %/2 >/dev/null 2>&1 ; curl %/3 || true",
  `curl --json "$(cat <<'E'\n{"a": "$b \\n"}\nE\n)" %`,
  'curl -d "$(cat <<E\n{\\"a": \\$b \\\\}\nE\n)" -H a:b %',
  "curl --negotiate -u : %",
  String.raw`printf 'a\000\377%%' | curl --data-binary @- %`,
  String.raw`printf 'a b\r\nc' | curl -d @- %`,
  String.raw`curl -H "$(printf 'X: \377')" %`,
];

let server: Recorder;
let folder = "";

beforeAll(async () => {
  server = await recorder();
  folder = await mkdtemp(join(tmpdir(), "sojourn-same-"));
  await writeFile(join(folder, "body.txt"), "a b\r\nc\xff\n", "latin1");
  await writeFile(join(folder, "page.html"), "<p>");
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** What is compared: line, fields without order and case of names, body. A boundary is random; nobody is who the other one is; what
 * curl says to proxies beside it is no field of HTTP/1.1; and of no body a session says that it is empty, see below. */
function comparable(message: string): unknown {
  const boundary = /boundary=([^\r;]+)/i.exec(headOf(message))?.[1] ?? "\0";
  const same = message.replaceAll(boundary, "B");
  const fields = linesOf(same)
    .map((line) => /^([^:]*): ?(.*)$/.exec(line) ?? [])
    .map(([, name = "", value = ""]) => `${name.toLowerCase()}: ${value}`)
    .filter((line) => !/^user-agent: (?:curl|sojourn)\/|^proxy-connection: /.test(line))
    // Boundaries differ in length.
    .filter((line) => line !== "content-length: 0")
    .map((line) => (boundary === "\0" ? line : line.replace(/^content-length: .*/, "content-length: N")));
  return { line: same.split("\r\n")[0], fields: fields.toSorted(), body: bodyOf(same) };
}

describe.skipIf(!hasCurl)(`parseCurl() beside ${CURL}`, () => {
  it.for(COMMANDS)("%s", async (command) => {
    const text = command
      .replaceAll("FOLDER", folder)
      .replaceAll(/(?<![%\w])%(?=[/' \n]|$)/g, server.url)
      .replaceAll("HOST", server.url.slice("http://".length));
    expect(await run(text.replaceAll("curl ", "curl -q -s "), {}, "/bin/bash")).toBe(0);
    const expected = server.taken();
    const session = new Session({ trustEnv: false });
    const { requests } = parseCurl(text, { files: true, shell: "bash" });
    for (const { method, url, options } of requests) await session.request(method, url, options);
    await session.close();
    const sent = server.taken();
    expect(expected.length).toBeGreaterThan(0);
    expect(sent.map(comparable)).toEqual(expected.map(comparable));
  });

  it("leaves out that there is no body, which a session says of methods that may have one", async () => {
    await run(`curl -q -X POST ${server.url}`);
    const [byCurl = ""] = server.taken();
    const session = new Session({ trustEnv: false });
    for (const { method, url, options } of parseCurl(`curl -X POST ${server.url}`).requests)
      await session.request(method, url, options);
    await session.close();
    const [bySession = ""] = server.taken();
    expect([/content-length/i.test(byCurl), /\r\ncontent-length: 0\r\n/i.test(bySession)]).toEqual([
      false,
      true,
    ]);
  });
});
