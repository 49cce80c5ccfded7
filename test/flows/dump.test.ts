/** An exchange as text: every message, as it went over the wire. */
import { gzipSync } from "node:zlib";
import { once } from "node:events";
import { createSecureServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import {
  AppAdapter,
  dump,
  HttpDigestAuth,
  Response,
  Retry,
  Session,
  wireResponse,
  type AnyResponse,
  type DumpOptions,
  type StreamedResponse,
} from "../../src/index.ts";
import { Authority } from "../support/certificates.ts";
import { failureOf, play } from "../support/one-call.ts";
import { answering, ok, scriptedServer } from "../support/scripted-server.ts";
import { answer, type Said } from "../support/wire-server.ts";
import { read, requestTo } from "../support/responses.ts";

/** Default headers say nothing here. */
const bare = { headers: { "User-Agent": null, Accept: null, "Accept-Encoding": null, Connection: null } };

/** The lines of a dump; ports differ from run to run. */
function lines(response: AnyResponse, options?: DumpOptions): string[] {
  return dump(response, options)
    .replaceAll(/127\.0\.0\.1:\d+/g, "HOST")
    .split("\n");
}

/** The dump of one GET. */
async function dumped(said: Said, options?: DumpOptions): Promise<string[]> {
  const { result } = await play([said], (session, url) => session.get(`${url}/`, bare));
  return lines(result, options);
}

describe("a dump", () => {
  it("has every message of the exchange, in order", async () => {
    const setting = answer({
      status: 302,
      reason: "Found",
      headers: [
        ["Location", "/home"],
        ["Set-Cookie", "sid=abc; Path=/"],
      ],
    });
    const home = answer({ headers: [["Content-Type", "text/plain"]], body: "hello\r\nyou\n" });
    const { result } = await play([setting, home], (session, url) =>
      session.post(`${url}/login?next=1`, { ...bare, data: { user: "u", password: "p" } }),
    );
    expect(lines(result)).toEqual([
      "> POST /login?next=1 HTTP/1.1",
      "> Host: HOST",
      "> Content-Length: 17",
      "> Content-Type: application/x-www-form-urlencoded",
      ">",
      "> user=u&password=***",
      "< HTTP/1.1 302 Found",
      "< Location: /home",
      "< Set-Cookie: sid=***; Path=/",
      "< Content-Length: 0",
      "<",
      "",
      "> GET /home HTTP/1.1",
      "> Host: HOST",
      "> Cookie: sid=***",
      ">",
      "< HTTP/1.1 200 OK",
      "< Content-Type: text/plain",
      "< Content-Length: 11",
      "<",
      "< hello",
      "< you",
    ]);
  });

  it("shows requests as they arrived, when it is to show secrets", async () => {
    await using server = await scriptedServer(answering(ok()));
    await using session = new Session({ trustEnv: false, auth: ["user", "pass"], cookies: { sid: "abc" } });
    const response = await session.put(`${server.url}/x?token=t`, { json: { password: "p" } });
    const [{ line, fields, rawBody } = { line: "", fields: [], rawBody: "" }] = server.requests;
    const sent = dump(response, { secrets: "show" })
      .split("\n")
      .filter((text) => text.startsWith(">"));
    expect(sent).toEqual([line, ...fields, "", rawBody].map((text) => `> ${text}`.trim()));
    expect(sent).toContain("> Authorization: Basic dXNlcjpwYXNz");
    expect(sent).toContain('> {"password":"p"}');
  });

  it("shows what a proxy that forwards got", async () => {
    await using proxy = await scriptedServer(answering(ok()));
    await using session = new Session({ trustEnv: false, proxy: `http://user:pass@127.0.0.1:${proxy.port}` });
    const response = await session.get("http://server.test/x", bare);
    expect(lines(response).slice(0, 4)).toEqual([
      "> GET http://server.test/x HTTP/1.1",
      "> Host: server.test",
      "> Proxy-Authorization: Basic ***",
      ">",
    ]);
    expect(lines(response, { secrets: "show" })).toContain("> Proxy-Authorization: Basic dXNlcjpwYXNz");
  });

  it("has challenges and their answers", async () => {
    const challenge = 'Digest realm="r", nonce="n", qop="auth"';
    const asked = answer({ status: 401, reason: "", headers: [["WWW-Authenticate", challenge]] });
    const { result } = await play([asked, answer()], (session, url) =>
      session.get(`${url}/`, { ...bare, auth: new HttpDigestAuth("user", "pass") }),
    );
    const shown = lines(result);
    expect(shown.filter((line) => /Authenti|Authori|HTTP\/1.1 \d/.test(line))).toEqual([
      "< HTTP/1.1 401",
      `< WWW-Authenticate: ${challenge}`,
      "> Authorization: Digest ***",
      "< HTTP/1.1 200 OK",
    ]);
  });

  it("tells of attempts that were retried, of which nothing else is known", async () => {
    const busy = answer({ status: 503, reason: "Busy" });
    const { result } = await play([busy, answer()], (session, url) =>
      session.get(`${url}/x?token=t`, { ...bare, retry: new Retry({ total: 1, statusForcelist: [503] }) }),
    );
    expect(lines(result).slice(0, 2)).toEqual([
      "* before: GET http://HOST/x: 503, tried again after 0 ms",
      "> GET /x?token=*** HTTP/1.1",
    ]);
  });

  it("of HTTP/2 is written in the manner of HTTP/1.1", async () => {
    const authority = await Authority.create();
    const server = createSecureServer(await authority.issue({ addresses: ["127.0.0.1"] }));
    server.on("stream", (stream) => {
      stream.respond({ ":status": 200, "content-type": "text/plain" }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "x-sum": "17" }));
      stream.end("hi");
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    await using session = new Session({ trustEnv: false, verify: authority.pem, http2: true });
    const shown = lines(await session.get(`https://127.0.0.1:${port}/x`));
    server.close();
    expect(shown.filter((line) => !line.startsWith("< date:"))).toEqual([
      "> GET /x HTTP/2",
      "> host: HOST",
      expect.stringMatching(/^> user-agent: sojourn\//),
      "> accept-encoding: gzip, deflate, br, zstd",
      "> accept: */*",
      ">",
      "< HTTP/2 200",
      "< content-type: text/plain",
      "<",
      "< hi",
      "* after the body:",
      "< x-sum: 17",
    ]);
  });

  it("of an adapter that does not tell shows what that was given", async () => {
    await using session = new Session({ trustEnv: false });
    session.mount("http://app.test", new AppAdapter(() => new globalThis.Response("hi")));
    session.mount("mem://", {
      send: () => Promise.resolve(wireResponse({ status: 204 })),
      close: () => Promise.resolve(),
    });
    const app = await session.post("http://app.test/x?a=1", { ...bare, data: "text" });
    expect(lines(app)).toEqual([
      "> POST /x?a=1 HTTP/1.1",
      "> Host: app.test",
      "> Content-Length: 4",
      ">",
      "> text",
      "< HTTP/1.1 200",
      "< content-type: text/plain;charset=UTF-8",
      "<",
      "< hi",
    ]);
    expect(lines(await session.get("mem://some/where", bare))).toEqual([
      "> GET mem://some/where HTTP/1.1",
      ">",
      "< HTTP/1.1 204",
      "<",
    ]);
    const host = await session.get("http://app.test/", { headers: { ...bare.headers, Host: "other.test" } });
    expect(lines(host).slice(0, 3)).toEqual(["> GET / HTTP/1.1", "> Host: other.test", ">"]);
  });

  it("of a response that a program made has what it was made of", () => {
    const made = Response.from({ request: requestTo("https://a.test/x"), status: 418, body: "tea" });
    expect(lines(made)).toEqual(["> GET /x HTTP/1.1", "> Host: a.test", ">", "< HTTP/1.1 418", "<", "< tea"]);
  });
});

describe("a body in a dump", () => {
  it("is cut off at maxBodyBytes, and it says so", async () => {
    const said = answer({
      headers: [["Content-Type", "text/plain; charset=utf-8"]],
      body: "1234\xe2\x82\xac89",
    });
    expect((await dumped(said, { maxBodyBytes: 5 })).slice(-2)).toEqual([
      // The euro sign is not shown in part.
      "< 1234",
      "* body: cut off here, after 5 of 9 bytes",
    ]);
    expect((await dumped(said, { maxBodyBytes: 0 })).slice(-2)).toEqual([
      "<",
      "* body: cut off here, after 0 of 9 bytes",
    ]);
    expect((await dumped(said, { maxBodyBytes: 9 })).slice(-2)).toEqual(["<", "< 1234€89"]);
  });

  it("is cut off after 64 KiB when nothing is said, of a request too", async () => {
    const { result } = await play([answer({ body: "b".repeat(70_000) })], (session, url) =>
      session.post(`${url}/`, { data: "a".repeat(65_537) }),
    );
    const shown = lines(result);
    expect(shown).toContain(`> ${"a".repeat(65_536)}`);
    expect(shown.filter((line) => line.startsWith("*"))).toEqual([
      "* body: cut off here, after 65536 of 65537 bytes",
      "* body: cut off here, after 65536 of 70000 bytes",
    ]);
    expect(lines(result, { maxBodyBytes: null })).toContain(`< ${"b".repeat(70_000)}`);
  });

  it.for([
    ["an image", "image/png", "\x89PNG\r\n\x1a\n\x00", "* body: 9 bytes of image/png"],
    ["bytes without a type", null, "\xff\xfe\x00", "* body: 3 bytes"],
    [
      "a form of several parts",
      "multipart/form-data; boundary=b",
      "--b--",
      "* body: 5 bytes of multipart/form-data",
    ],
    ["text without a type", null, "just text", "< just text"],
    ["text of another type", "application/yaml", "a: 1", "< a: 1"],
    ["zeros", "application/octet-stream", "a\x00b", "* body: 3 bytes of application/octet-stream"],
    ["latin-1", "text/plain; charset=latin1", "caf\xe9", "< café"],
  ] as const)("that is %s is shown by %s", async ([, type, body, shown]) => {
    const headers = type === null ? [] : ([["Content-Type", type]] as const);
    expect((await dumped(answer({ headers, body }))).at(-1)).toBe(shown);
  });

  it("is shown without the content coding that it came with", async () => {
    const body = gzipSync("plain text").toString("latin1");
    const said = answer({
      headers: [
        ["Content-Type", "text/plain"],
        ["Content-Encoding", "gzip"],
      ],
      body,
    });
    expect((await dumped(said)).slice(-3)).toEqual([`< Content-Length: ${body.length}`, "<", "< plain text"]);
  });

  it("of a request that the program coded is told by its length", async () => {
    const { result } = await play([answer()], (session, url) =>
      session.post(`${url}/`, {
        data: gzipSync("{}"),
        headers: { "Content-Type": "application/json", "Content-Encoding": "gzip" },
      }),
    );
    expect(lines(result)).toContain(`* body: ${gzipSync("{}").byteLength} bytes of application/json`);
  });

  it("that was streamed to the server was not kept", async () => {
    const { result } = await play([answer()], (session, url) =>
      session.post(`${url}/`, {
        data: async function* () {
          yield "some";
        },
      }),
    );
    expect(lines(result)).toContain("* body: a stream, which was not kept");
    const { result: blob } = await play([answer()], (session, url) =>
      session.post(`${url}/`, { data: new Blob(["some"]) }),
    );
    expect(lines(blob)).toContain("* body: a stream of 4 bytes, which was not kept");
  });

  it("of a streamed response is shown when somebody read it into memory", async () => {
    const seen: (string | undefined)[] = [];
    await play([answer({ body: "text" })], async (session, url) => {
      const look = (response: StreamedResponse): void => void seen.push(lines(response).at(-1));
      const get = (): PromiseLike<StreamedResponse> => session.get(`${url}/`, { ...bare, stream: true });
      const whole = await get();
      look(whole);
      await whole.text();
      look(whole);
      const pieces = await get();
      for await (const _ of pieces) look(pieces);
      look(pieces);
      const closed = await get();
      await closed.close();
      look(closed);
    });
    expect(seen).toEqual([
      "* body: not read yet",
      "< text",
      "* body: being read as a stream, which is not kept",
      "* body: was read as a stream, which was not kept",
      "* body: not read: the response was closed",
    ]);
  });

  it("that there is none is told by the head", async () => {
    const { result } = await play(
      [answer({ body: "not sent" }).split("\r\n\r\n")[0] + "\r\n\r\n"],
      (session, url) => session.head(`${url}/`, { ...bare, stream: true }),
    );
    expect(lines(result).slice(-2)).toEqual(["< Content-Length: 8", "<"]);
  });

  it("of a hop that was too long to be kept is not there", async () => {
    const long = answer({ status: 302, headers: [["Location", "/next"]], body: "x".repeat(300_000) });
    const { result } = await play([long, answer()], (session, url) => session.get(`${url}/`, bare));
    expect(lines(result)).toContain(
      "* body: not kept, because other responses followed: too long, or broken",
    );
  });

  it("that could not be read is not there", async () => {
    const broken = answer({ headers: [["Content-Encoding", "gzip"]], body: "no gzip" });
    const { result } = await play([broken], async (session, url) => failureOf(session.get(`${url}/`, bare)));
    const { response } = result as { response: AnyResponse }; // an error with its response
    expect(lines(response).at(-1)).toBe("* body: could not be read");
  });

  it("can neither speak to a terminal nor forge lines of the dump", async () => {
    const body = "\x1b[2J\u0007\n< HTTP/1.1 200 OK\r> GET /\u0085";
    const said = answer({ headers: [["Content-Type", "text/plain; charset=latin1"]], body });
    expect((await dumped(said)).slice(-3)).toEqual([
      "< \\x1b[2J\\x07",
      "< < HTTP/1.1 200 OK",
      "< > GET /\\x85",
    ]);
    const turned = read({ headers: { "Content-Type": "text/plain" }, body: "a\u202eb\u2028c\u009bd\te" });
    expect(lines(turned).at(-1)).toBe("< a\\u202eb\\u2028c\\x9bd\te");
  });
});

describe("dump()", () => {
  it("hides secrets unless it is told otherwise by its own options", async () => {
    const said = answer({ headers: [["X-Auth-Token", "s3cret"]] });
    expect(await dumped(said)).toContain("< X-Auth-Token: ***");
    expect(await dumped(said, { secrets: "hide" })).toContain("< X-Auth-Token: ***");
    expect(await dumped(said, { secrets: undefined })).toContain("< X-Auth-Token: ***");
    expect(await dumped(said, { secrets: "show" })).toContain("< X-Auth-Token: s3cret");
    const polluted = Object.prototype as { secrets?: string };
    polluted.secrets = "show";
    try {
      expect(await dumped(said)).toContain("< X-Auth-Token: ***");
    } finally {
      delete polluted.secrets;
    }
  });

  it.for([
    [{ secret: "show" }, TypeError, 'dump() has no option "secret"; perhaps you meant secrets?'],
    [{ secrets: "shown" }, TypeError, 'secrets must be "hide" or "show", not "shown"'],
    [{ secrets: true }, TypeError, 'secrets must be "hide" or "show", not boolean'],
    [{ maxBodyBytes: "1" }, TypeError, "maxBodyBytes must be a whole number, 0 or more, or null, not string"],
    [{ maxBodyBytes: -1 }, RangeError, "maxBodyBytes must be a whole number, 0 or more, or null, not -1"],
    [null, TypeError, "the options of dump() must be an object, not null"],
  ] as const)("refuses %j", ([options, Kind, message]) => {
    expect(() => dump(read({}), options as DumpOptions)).toThrow(new Kind(message));
  });

  it("refuses what is no response of this library's", () => {
    const other = new globalThis.Response("x") as unknown as AnyResponse;
    expect(() => dump(other)).toThrow(
      new TypeError("what dump() shows must be a Response or a StreamedResponse, not Response"),
    );
  });
});
