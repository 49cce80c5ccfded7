/**
 * What a program passes on from its users stays in its place on the wire: no piece of text, wherever it is put, makes a field,
 * a part, a parameter or a request of its own. It is encoded as its standard says, or refused before a connection is opened.
 */
import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  CookieJar,
  HttpBearerAuth,
  HttpDigestAuth,
  RequestException,
  Session,
  type RequestOptions,
  type SessionOptions,
} from "../../src/index.ts";
import {
  answering,
  ok,
  scriptedServer,
  type RawRequest,
  type ScriptedServer,
} from "../support/scripted-server.ts";
import { runs } from "../support/size.ts";

/** A call with a piece of text in one place of it. */
interface Call {
  readonly method?: string;
  readonly path?: string;
  readonly options?: RequestOptions;
  readonly session?: SessionOptions;
}

/** Text that means something to HTTP, whole or in the bytes that a careless encoder makes of it. */
const evil = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "\r\n",
        "\n",
        "\r",
        "\0",
        "\v",
        "\f",
        "\u0085",
        "\u2028",
        "\u010d\u010a",
        "\u560d\u560a",
        "%0d%0a",
        "%",
        " ",
        "\t",
        ":",
        ";",
        ",",
        "=",
        '"',
        "'",
        "\\",
        "&",
        "+",
        "/",
        "?",
        "#",
        "@",
        "--",
        "\u00e9",
        "\u{1f600}",
        "\ud800",
        "\u007f",
        "\r\nX-Evil: 1",
        "\r\n\r\nGET /evil HTTP/1.1\r\nHost: evil\r\n\r\n",
        "\r\nContent-Length: 0\r\n\r\n",
        " HTTP/1.1\r\nX-Evil: 1",
        '"; filename="evil',
        "; evil=1",
        "&evil=1",
        "Transfer-Encoding",
        "chunked",
      ),
      fc.string({ unit: "binary", maxLength: 4 }),
    ),
    { minLength: 1, maxLength: 5 },
  )
  .map((parts) => parts.join(""));

const places: Readonly<Record<string, (text: string, proxy: string) => Call>> = {
  "the method": (text) => ({ method: `A${text}` }),
  "the path": (text) => ({ path: `/a${text}` }),
  "the path as it was typed": (text) => ({ path: `/a${text}`, options: { rawUrl: true } }),
  "the query": (text) => ({ path: `/?a${text}` }),
  "the user info": (text) => ({ path: `//a${text}:b${text}@` }),
  "the name of a parameter": (text) => ({ options: { params: { [`a${text}`]: "1" } } }),
  "the value of a parameter": (text) => ({ options: { params: { a: text } } }),
  "the name of a header": (text) => ({ options: { headers: { [`X-${text}`]: "1" } } }),
  "the value of a header": (text) => ({ options: { headers: { "X-A": text } } }),
  "the value of a header of the session": (text) => ({ session: { headers: { "X-A": text } } }),
  "the content type": (text) => ({
    method: "POST",
    options: { data: "x", headers: { "Content-Type": `a/b${text}` } },
  }),
  "the type of a Blob": (text) => ({ method: "POST", options: { data: new TypedBlob(`a/b${text}`) } }),
  "the type of a Blob in a part": (text) => ({
    method: "POST",
    options: { files: { a: ["f", new TypedBlob(`a/b${text}`)] } },
  }),
  Host: (text) => ({ options: { headers: { Host: `a${text}` } } }),
  "the name of a cookie": (text) => ({ options: { cookies: { [`a${text}`]: "1" } } }),
  "the value of a cookie": (text) => ({ options: { cookies: { a: `1${text}` } } }),
  "a cookie that is put into the jar": (text) => ({
    session: { cookies: new CookieJar().set("a", `1${text}`).set(`b${text}`, "1") },
  }),
  "a bearer token": (text) => ({ session: { auth: new HttpBearerAuth(`a${text}`) } }),
  "a user name of Digest": (text) => ({
    path: "/digest",
    options: { auth: new HttpDigestAuth(`a${text}`, `b${text}`) },
  }),
  "the user name": (text) => ({ options: { auth: [`a${text}`, "b"] } }),
  "the password": (text) => ({ options: { auth: ["a", `b${text}`] } }),
  "the idempotency key": (text) => ({ options: { idempotencyKey: `a${text}` } }),
  "the name of a form's field": (text) => ({ method: "POST", options: { data: { [`a${text}`]: "1" } } }),
  "the value of a form's field": (text) => ({ method: "POST", options: { data: { a: text } } }),
  "the name of a part": (text) => ({ method: "POST", options: { files: { [`a${text}`]: "1" } } }),
  "the name of a field beside files": (text) => ({
    method: "POST",
    options: { data: { [`b${text}`]: text }, files: { a: "1" } },
  }),
  "the name of a file": (text) => ({ method: "POST", options: { files: { a: [`f${text}`, "1"] } } }),
  "the name of a File": (text) => ({
    method: "POST",
    options: { files: { a: new File(["1"], `f${text}`) } },
  }),
  "the type of a part": (text) => ({ method: "POST", options: { files: { a: ["f", "1", `a/b${text}`] } } }),
  "a header of a part": (text) => ({
    method: "POST",
    options: { files: { a: ["f", "1", "a/b", { "X-A": text }] } },
  }),
  "the name of a header of a part": (text) => ({
    method: "POST",
    options: { files: { a: ["f", "1", "a/b", { [`X-${text}`]: "1" }] } },
  }),
  "the boundary": (text) => ({
    method: "POST",
    options: { files: { a: "1" }, headers: { "Content-Type": `multipart/form-data; boundary=a${text}` } },
  }),
  "a proxy's user info": (text, proxy) => ({
    options: { proxy: proxy.replace("://", `://${encodeURIComponent(`a${text}`.toWellFormed())}:b${text}@`) },
  }),
  "a header for the proxy": (text, proxy) => ({ options: { proxy, proxyHeaders: { "X-A": text } } }),
  "the path behind a proxy": (text, proxy) => ({ path: `/a${text}`, options: { proxy } }),
};

/** In these the text is a piece of a URL, and may have more parameters. */
const ofUrls: ReadonlySet<string> = new Set([
  "the path",
  "the path as it was typed",
  "the path behind a proxy",
  "the query",
  "the user info",
]);

/** A Blob checks its type; what is like one need not. */
class TypedBlob extends Blob {
  override readonly type: string;

  constructor(type: string) {
    super(["x"]);
    this.type = type;
  }
}

/** What of a message must not depend on the text: everything but the text. */
interface Shape {
  /** Words of the first line. */
  readonly words: number;
  readonly fields: readonly string[];
  readonly cookies: number;
  /** Names of the fields of each part, and parameters of its first one. */
  readonly parts: readonly string[];
  readonly pairs: number;
}

function shapeOf({ line, fields, rawBody }: RawRequest): Shape {
  const names = fields.map((field) => field.slice(0, field.indexOf(":")).toLowerCase());
  const valueOf = (name: string): string => fields[names.indexOf(name)]?.slice(name.length + 1).trim() ?? "";
  const type = valueOf("content-type");
  const isForm = type.startsWith("application/x-www-form-urlencoded");
  return {
    words: line.split(" ").length,
    // A name that was given stands for itself.
    fields: names.map((name) => (name.startsWith("x-") ? "x-" : name)).sort(),
    cookies: valueOf("cookie").split(";").length,
    parts: type.startsWith("multipart/") ? partsOf(rawBody) : [],
    pairs: (line.split("?")[1] ?? "").split("&").length + (isForm ? rawBody.split("&").length : 0),
  };
}

function partsOf(body: string): string[] {
  const boundary = body.slice(0, body.indexOf("\r\n"));
  const parts = body.split(`${boundary}\r\n`).slice(1);
  return parts.map((part) => {
    const head = part.slice(0, part.indexOf("\r\n\r\n")).split("\r\n");
    const [disposition = ""] = head;
    const parameters = disposition.replaceAll(/"[^"]*"/g, "").replaceAll(/[^;=a-z-]/g, "");
    const names = head.slice(1).map((field) => field.slice(0, field.indexOf(":")).toLowerCase());
    return [
      disposition.split(":")[0],
      parameters,
      ...names.map((name) => (name.startsWith("x-") ? "x-" : name)),
    ].join(" ");
  });
}

/** What came of a call, and of another one after it: that is heard as it was sent if the first one ended where it should. */
async function made(server: ScriptedServer, make: () => Call): Promise<unknown> {
  try {
    const { method = "GET", path = "/", options = {}, session: own = {} } = make();
    await using session = new Session({ trustEnv: false, ...own });
    const url = path.startsWith("//") ? `${server.url.replace("//", path)}/` : server.url + path;
    await session.request(method, url, options);
    await session.get(`${server.url}/after`, { auth: false });
    return null;
  } catch (error) {
    return error;
  }
}

/** Asks for Digest where it is to be asked for. */
const server = answering(({ line, fields }) =>
  line.includes(" /digest") && !fields.some((field) => field.startsWith("Authorization"))
    ? 'HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm="r", nonce="n", qop="auth"\r\nContent-Length: 0\r\n\r\n'
    : ok(),
);

describe("text that a program passes on", () => {
  it.for(Object.entries(places))("stays in its place: %s", async ([name, place]) => {
    await using running = await scriptedServer(server);
    const heard = (): RawRequest[] => running.requests.splice(0);
    const shapes = (requests: readonly RawRequest[]): Shape[] =>
      requests.map((request) => ({ ...shapeOf(request), ...(ofUrls.has(name) ? { pairs: 0 } : {}) }));
    expect(await made(running, () => place("", running.url))).toBe(null);
    const expected = shapes(heard());
    let sent = 0;
    await fc.assert(
      fc.asyncProperty(evil, async (text) => {
        const before = running.connections.length;
        const error = await made(running, () => place(text, running.url));
        const requests = heard();
        if (error !== null) {
          expect(error instanceof RequestException || error instanceof TypeError, inspect(error)).toBe(true);
          expect(requests).toEqual([]);
          expect(running.connections).toHaveLength(before);
          return;
        }
        sent++;
        expect(shapes(requests)).toEqual(expected);
        expect(requests.at(-1)?.line).toBe("GET /after HTTP/1.1");
        for (const { line, fields } of requests) {
          expect(fields.join("\n")).not.toMatch(/^(?:x-evil|evil)/im);
          // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
          expect([line, ...fields].join("")).not.toMatch(/[\0-\x08\x0a-\x1f\x7f]/);
        }
      }),
      // One that harms nobody: what refuses everything would be no proof.
      { numRuns: runs(150), examples: [["z"]] },
    );
    expect(sent).toBeGreaterThan(0);
  });
});
