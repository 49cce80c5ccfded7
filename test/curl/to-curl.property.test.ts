/** Of random requests: the real curl sends byte for byte what a session sends, and a command is read as the request that it is of. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseCurl } from "../../src/curl/parse-curl.ts";
import { toCurl } from "../../src/curl/to-curl.ts";
import { Request, Session, type PreparedRequest, type RequestOptions } from "../../src/index.ts";
import { runs } from "../support/size.ts";
import { CURL, hasCurl, recorder, run, type Recorder } from "./wire.ts";

const token = fc.string({
  unit: fc.constantFrom(...Array.from("abcXYZ019!#$%&'*+-.^_`|~")),
  minLength: 1,
  maxLength: 12,
});
/** Of the connection or the framing, or about both: a session sends them in its own way. */
const TAKEN =
  /^(?:host|connection|content-length|transfer-encoding|expect|te|trailer|upgrade|keep-alive|proxy-.*|content-type|cookie|authorization|accept-encoding)$/i;
const name = token.filter((text) => !TAKEN.test(text));
const byte = fc
  .integer({ min: 0x20, max: 0xff })
  .filter((code) => code !== 0x7f && (code < 0x7f || code >= 0x80));
const value = fc
  .oneof(
    fc.array(byte, { maxLength: 20 }).map((codes) => String.fromCharCode(...codes)),
    fc.constantFrom("", "a\tb", "it's", '"$HOME" `id` \\ !', "a;b", "@x", "é", "Ã©"),
  )
  .map((text) => text.trimStart());
const text = fc.string({ unit: "binary", maxLength: 60 }).map((string) => string.toWellFormed());
const body: fc.Arbitrary<RequestOptions> = fc.oneof(
  fc.constant({}),
  fc.record({
    data: fc.oneof(
      text,
      fc.uint8Array({ maxLength: 60 }),
      fc.constantFrom("@a", "-a", "%s", "a\nb", "\n\n", "é\0"),
    ),
  }),
  fc.record({ data: fc.array(fc.tuple(text, text), { maxLength: 3 }) }),
  fc.record({ json: fc.jsonValue() }),
  fc.record({
    files: fc.array(
      fc.tuple(fc.string({ maxLength: 5 }), fc.record({ content: fc.uint8Array({ maxLength: 20 }) })),
      { minLength: 1, maxLength: 2 },
    ),
  }),
);
const options = fc
  .tuple(
    body,
    fc.record(
      {
        headers: fc.array(fc.tuple(name, value), { maxLength: 4 }),
        params: fc.array(fc.tuple(text, text), { maxLength: 2 }),
        cookies: fc.dictionary(
          fc.string({ unit: fc.constantFrom(...Array.from("abc")), minLength: 1 }),
          fc.string({ unit: fc.constantFrom(...Array.from("xyz=%'\"")) }),
          { maxKeys: 2 },
        ),
        auth: fc.constantFrom<RequestOptions["auth"]>(["u", "p"], ["ü", "p:'"], false),
      },
      { requiredKeys: [] },
    ),
  )
  .map(([one, other]): RequestOptions => ({ ...one, ...other }));
const path = fc.constantFrom(
  "/",
  "/a/../b",
  "/%41%7e",
  "/a'b",
  '/"<>^`{|}',
  "/[1]{a,b}",
  "/x?",
  "/x?a=b'c&d",
  "/é?ü",
  "/\\[",
);
const method = fc.constantFrom(
  "GET",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "OPTIONS",
  "HEAD",
  "QUERY",
  "M-SEARCH",
  "A'B",
);
const defaults = fc.constantFrom<RequestOptions["headers"]>({}, null, { "User-Agent": null, "X-Own": "1" });

interface Wanted {
  readonly session: Session;
  readonly prepared: PreparedRequest;
}

function prepare(
  base: string,
  [verb, place, isRaw, own, given]: [string, string, boolean, RequestOptions["headers"], RequestOptions],
): Wanted {
  const session = new Session({ trustEnv: false, headers: own ?? null });
  const rawUrl = isRaw && /^[\x21-\x7e]*$/.test(place);
  return { session, prepared: session.prepareRequest(new Request(verb, base + place, { ...given, rawUrl })) };
}

const wanted = fc.tuple(method, path, fc.boolean(), defaults, options);

/** What curl cannot write: the blank before an empty value. */
function asCurl(message: string): string {
  const end = message.indexOf("\r\n\r\n");
  return message.slice(0, end + 2).replaceAll(/^([^ \r\n]+:) \r$/gm, "$1\r") + message.slice(end + 2);
}

let server: Recorder;

beforeAll(async () => {
  server = await recorder();
});

afterAll(() => server[Symbol.asyncDispose]());

async function sentBySession({ session, prepared }: Wanted): Promise<string> {
  await session.send(prepared, { allowRedirects: false });
  await session.close();
  return server.taken().join("");
}

async function sentByCurl(command: string, variables?: Record<string, string>): Promise<string> {
  await run(command, variables);
  return server.taken().join("");
}

describe.skipIf(!hasCurl)(`toCurl() run by ${CURL}`, () => {
  it("sends what the session sends, byte for byte", { timeout: 300_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(wanted, async (given) => {
        const request = prepare(server.url, given);
        const command = toCurl(request.prepared, { secrets: "show" });
        const expected = asCurl(await sentBySession(request));
        expect(await sentByCurl(command)).toBe(expected);
      }),
      { numRuns: runs(100) },
    );
  });

  it("sends the secrets that its variables have", async () => {
    const request = prepare(server.url, [
      "POST",
      "/?token=t",
      false,
      {},
      { auth: ["u", "p"], cookies: { a: "1" }, data: { password: "pass word" } },
    ]);
    const command = toCurl(request.prepared);
    const variables = { TOKEN: "t", TOKEN_2: "dTpw", COOKIE: "a=1", PASSWORD: "pass+word" };
    const sent = await sentByCurl(command, variables);
    const expected = await sentBySession(request);
    // The length is counted by curl, and stands last.
    const lines = (message: string): string[] => message.split("\r\n").toSorted();
    expect(lines(sent)).toEqual(lines(expected));
  });

  it.for<[name: string, data: string | Uint8Array]>([
    ["text of 150 KB", "é\n".repeat(50_000)],
    ["2 MB, before which curl would ask", new Uint8Array(2_000_000).map((_, at) => at % 251)],
    ["every byte", new Uint8Array(256).map((_, at) => at)],
  ])("sends %s", async ([, data]) => {
    const request = prepare(server.url, ["POST", "/", false, {}, { data }]);
    const command = toCurl(request.prepared);
    expect(await sentByCurl(command)).toBe(await sentBySession(request));
  });

  it("puts Host first, under this spelling", async () => {
    const request = prepare(server.url, [
      "GET",
      "/",
      false,
      null,
      { headers: { X: "1", host: "other.example" } },
    ]);
    const command = toCurl(request.prepared);
    expect([await sentBySession(request), await sentByCurl(command)]).toEqual([
      "GET / HTTP/1.1\r\nX: 1\r\nhost: other.example\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: other.example\r\nX: 1\r\n\r\n",
    ]);
  });

  it("says a port that need not be said", async () => {
    const command = toCurl(prepare("http://127.0.0.1:80", ["GET", "/", false, null, {}]).prepared);
    expect(command).toContain("-H 'Host: 127.0.0.1:80'");
    expect(await sentByCurl(`${command} --connect-to '::127.0.0.1:${server.port}'`)).toBe(
      "GET / HTTP/1.1\r\nHost: 127.0.0.1:80\r\n\r\n",
    );
  });
});

describe("parseCurl() of toCurl()", () => {
  it("is the same request", () => {
    fc.assert(
      fc.property(wanted, (given) => {
        const { session, prepared } = prepare("http://127.0.0.1:8080", given);
        const { requests, ignored } = parseCurl(toCurl(prepared, { secrets: "show" }), { shell: "bash" });
        expect(ignored).toEqual([]);
        expect(requests).toHaveLength(1);
        const [read] = requests;
        const again = session.prepareRequest(
          new Request(read?.method ?? "", read?.url ?? "", read?.options ?? {}),
        );
        expect(wireOf(again)).toEqual(wireOf(prepared));
      }),
      { numRuns: runs(1000) },
    );
  });
});

/** Method, target, fields by name, and bytes. */
function wireOf({ method: verb, pathUrl, headers, payload }: PreparedRequest): unknown {
  const fields = [...headers].map(([key, field]) => `${key.toLowerCase()}: ${field}`).toSorted();
  const bytes =
    payload?.kind === "bytes" && payload.bytes.byteLength > 0
      ? Buffer.from(payload.bytes).toString("latin1")
      : null;
  return { verb, pathUrl, fields, bytes };
}
