/** Requests of HAR files: what a session sends again, what it leaves out, and what the log does not have. */
import { describe, expect, it } from "vitest";

import { parseHar, type HarRequest, type Problem } from "../../src/formats.ts";
import { Session } from "../../src/index.ts";
import { reply, startOrigin } from "../support/origins.ts";

const AT = "2026-11-30T10:00:00.000Z";

/** What is read of a log with these requests. */
function read(...requests: readonly object[]): ReturnType<typeof parseHar> {
  const entries = requests.map((request) => ({
    startedDateTime: AT,
    request: { method: "GET", url: "https://a.test/", cookies: [{ name: "a", value: "1" }], ...request },
    response: { status: 200, headers: [] },
  }));
  return parseHar({ log: { entries } });
}

function one(request: object): HarRequest | undefined {
  const { requests, problems } = read(request);
  expect(problems).toEqual([]);
  return requests[0];
}

const headers = (...pairs: readonly (readonly [string, string])[]): object => ({
  headers: pairs.map(([name, value]) => ({ name, value })),
});

describe("a request of a log", () => {
  it("has method, URL, headers, and when it was", () => {
    expect(
      one({ method: "PUT", url: "https://a.test/x?y=1", ...headers(["X-A", "1"], ["x-a", "2"]) }),
    ).toEqual({
      method: "PUT",
      url: "https://a.test/x?y=1",
      options: {
        headers: [
          ["X-A", "1"],
          ["x-a", "2"],
        ],
      },
      cookie: null,
      omitted: [],
      startedAt: Date.parse(AT),
    });
  });

  it("leaves out what is of the connection, and what the session says", () => {
    const request = one(
      headers(
        [":authority", "a.test"],
        [":method", "GET"],
        ["Host", "A.test"],
        ["Connection", "keep-alive"],
        ["Content-Length", "0"],
        ["Accept-Encoding", "br, dcb"],
        ["TE", "trailers"],
        ["Cookie", "a=1"],
        ["cookie", "b=2"],
        ["Authorization", "Bearer t"],
      ),
    );
    expect(request?.options.headers).toEqual([["Authorization", "Bearer t"]]);
    expect(request?.cookie).toBe("a=1; b=2");
    expect(request?.omitted).toEqual(["host", "connection", "content-length", "accept-encoding", "te"]);
  });

  it("keeps a Host that is not the URL's", () => {
    expect(one(headers(["Host", "inside.test"]))?.options.headers).toEqual([["Host", "inside.test"]]);
  });

  it.for<readonly [what: string, request: object, body: object]>([
    ["text", { postData: { mimeType: "text/plain", text: "caf\u00e9" } }, { data: "caf\u00e9" }],
    [
      "text and params",
      { postData: { mimeType: "a/b", text: "a=1", params: [{ name: "a", value: "1" }] } },
      { data: "a=1" },
    ],
    [
      "text of a length",
      { bodySize: 5, postData: { mimeType: "", text: "caf\u00e9" } },
      { data: "caf\u00e9" },
    ],
    [
      "base64",
      { postData: { mimeType: "a/b", text: "AP8=", encoding: "base64" } },
      { data: new Uint8Array([0, 255]) },
    ],
    [
      "params",
      {
        postData: {
          mimeType: "application/x-www-form-urlencoded",
          params: [{ name: "a b", value: "1&2" }, { name: "c" }],
        },
      },
      { data: "a+b=1%262&c=" },
    ],
    [
      "parts",
      {
        postData: {
          mimeType: "multipart/form-data; boundary=x",
          params: [
            { name: "a", value: "1" },
            { name: "f", fileName: "f.txt", contentType: "text/plain", value: "text" },
          ],
        },
      },
      {
        files: [
          ["a", [null, "1", null]],
          ["f", ["f.txt", "text", "text/plain"]],
        ],
      },
    ],
    ["nothing", { bodySize: 0, postData: { mimeType: "", text: "" } }, {}],
    ["no body", { bodySize: -1 }, {}],
  ])("has its body: %s", ([, request, body]) => {
    const { headers: _, ...rest } = one({ method: "POST", ...request })?.options ?? { headers: [] };
    expect(rest).toEqual(body);
  });

  it("has the type of its body among its headers, once", () => {
    const postData = { mimeType: "application/json", text: "{}" };
    expect(one({ postData })?.options.headers).toEqual([["Content-Type", "application/json"]]);
    const typed = one({ postData, ...headers(["content-type", "application/json; v=1"]) });
    expect(typed?.options.headers).toEqual([["content-type", "application/json; v=1"]]);
    const form = { mimeType: "multipart/form-data; boundary=x", params: [{ name: "a", value: "1" }] };
    const parts = one({ postData: form, ...headers(["Content-Type", "multipart/form-data; boundary=x"]) });
    expect([parts?.options.headers, parts?.omitted]).toEqual([[], ["content-type"]]);
  });

  it("stands in the order of time", () => {
    const entries = [
      ["b", "2026-11-30T11:00:00Z"],
      ["c", null],
      ["a", AT],
    ].map(([path, startedDateTime]) => ({
      startedDateTime,
      request: { method: "GET", url: `https://a.test/${path}`, headers: [], cookies: [{}] },
    }));
    const { requests, problems } = parseHar({ log: { entries } });
    expect(requests.map(({ url }) => url.at(-1)).join("")).toBe("abc");
    expect(requests[2]?.startedAt).toBeNull();
    expect(problems).toEqual([]);
  });
});

describe("a request that could not be sent as it was", () => {
  it.for<readonly [what: string, request: object, problem: Partial<Problem>]>([
    ["no method", { method: undefined }, { reason: "kind" }],
    ["a method that is none", { method: "G T" }, { reason: "method" }],
    ["the tunnel of a proxy", { method: "CONNECT", url: "https://a.test:443" }, { reason: "method" }],
    ["data in the URL", { url: "data:text/plain,a" }, { reason: "url" }],
    ["a WebSocket", { url: "wss://a.test/" }, { reason: "url" }],
    ["a relative URL", { url: "/x" }, { reason: "url" }],
    ["headers that are none", { headers: "x" }, { reason: "kind" }],
    ["a header that would be two", headers(["X", "a\r\nY: b"]), { reason: "header" }],
    ["a header's name that is none", headers(["X Y", "a"]), { reason: "header" }],
    ["a body that is not there", { method: "POST", bodySize: 5 }, { reason: "body" }],
    [
      "a body without text",
      { method: "POST", bodySize: 5, postData: { mimeType: "a/b" } },
      { reason: "body" },
    ],
    ["a body that was cut", { bodySize: 50, postData: { mimeType: "a/b", text: "abc" } }, { reason: "body" }],
    [
      "a body of which only the length is there",
      { method: "POST", bodySize: -1, ...headers(["Content-Length", "5"]) },
      { reason: "body" },
    ],
    // Browsers leave files out of the text, and of the size.
    [
      "a body with less than its header said",
      { bodySize: 3, ...headers(["content-length", "50"]), postData: { mimeType: "a/b", text: "abc" } },
      { reason: "body" },
    ],
    ["a body that was no text", { postData: { mimeType: "a/b", text: "\ufffd\ufffd" } }, { reason: "body" }],
    [
      "a body that is half a character",
      { postData: { mimeType: "a/b", text: "\ud800" } },
      { reason: "body" },
    ],
    ["an encoding that nobody knows", { postData: { text: "x", encoding: "rot13" } }, { reason: "body" }],
    ["base64 that is none", { postData: { text: "*", encoding: "base64" } }, { reason: "body" }],
    [
      "a file that is not there",
      { postData: { mimeType: "multipart/form-data", params: [{ name: "f", fileName: "a" }] } },
      { reason: "body" },
    ],
    [
      "a file that Chrome did not show",
      {
        postData: {
          mimeType: "multipart/form-data",
          params: [{ name: "f", fileName: "a", value: "(binary)" }],
        },
      },
      { reason: "body" },
    ],
    [
      "a body that was compressed",
      { ...headers(["Content-Encoding", "gzip"]), postData: { mimeType: "a/b", text: "abc" } },
      { reason: "body" },
    ],
    [
      "a type that would be two fields",
      { postData: { mimeType: "a/b\r\nX: y", text: "abc" } },
      { reason: "header" },
    ],
    ["a body of another kind", { postData: "text" }, { reason: "kind" }],
  ])("is a problem: %s", ([, request, problem]) => {
    const { requests, problems } = read(request, {});
    expect(requests).toHaveLength(1);
    expect(problems).toMatchObject([{ where: "log.entries[0].request", ...problem }]);
  });

  it("is told without its secrets", () => {
    const { problems } = read(
      { url: "ftp://me:s3cret@a.test/?token=s3cret" },
      headers(["Authorization", "s3cret\r\n"], ["X", "s3cret\u0001"]),
      { postData: { text: "s3cret\ufffd" } },
    );
    expect(problems).toHaveLength(3);
    expect(JSON.stringify(problems)).not.toContain("s3cret");
  });
});

describe("a request that is sent again", () => {
  it("arrives as it was, with the session's cookies", async () => {
    await using origin = await startOrigin(reply(200));
    const session = new Session({ trustEnv: false });
    session.cookies.set("sid", "new", { domain: "127.0.0.1" });
    const { requests } = read(
      {
        method: "POST",
        url: `${origin.url}/form?a=1`,
        ...headers(["Content-Type", "application/json"], ["X-A", "1"], ["X-A", "2"], ["Cookie", "sid=old"]),
        postData: { mimeType: "application/json", text: '{"name":"caf\u00e9"}' },
      },
      {
        method: "POST",
        url: `${origin.url}/parts`,
        postData: {
          mimeType: "multipart/form-data; boundary=x",
          params: [{ name: "f", fileName: "f.txt", contentType: "text/x", value: "text" }],
        },
      },
    );
    for (const { method, url, options } of requests) await session.request(method, url, options);
    const [form, parts] = origin.arrived;
    expect([form?.method, form?.url, form?.body]).toEqual(["POST", "/form?a=1", '{"name":"caf\u00e9"}']);
    expect([form?.headers["content-type"], form?.headers["x-a"]]).toEqual(["application/json", "1, 2"]);
    expect(form?.headers.cookie).toBe("sid=new");
    expect(parts?.headers["content-type"]).toMatch(/^multipart\/form-data; boundary=(?!x$)/);
    expect(parts?.body).toContain('name="f"; filename="f.txt"\r\nContent-Type: text/x\r\n\r\ntext\r\n');
    await session.close();
  });
});
