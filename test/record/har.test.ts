/** What a recorder writes of messages on every way, of those that failed, and of what led to others. */
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { HttpDigestAuth, Retry, Session } from "../../src/index.ts";
import { parseHar } from "../../src/formats.ts";
import type { Har, HarEntry } from "../../src/record/har-types.ts";
import { expectSound } from "../support/har.ts";
import { ok as okH2, startH2 } from "../support/h2-server.ts";
import { reply, routes, startOrigin, type Answer, type TestOrigin } from "../support/origins.ts";
import { sessionFor, startServers, ways, type Servers } from "../support/ways.ts";

/** The only entry. */
function only(har: Har): HarEntry {
  const [entry, ...others] = har.log.entries;
  expect(others).toEqual([]);
  if (entry === undefined) throw new Error("there is no entry");
  return entry;
}

/** What a program does with a session, as HAR. */
async function recorded(
  answer: Answer,
  run: (session: Session, origin: TestOrigin) => Promise<unknown>,
  options: Parameters<Session["record"]>[0] = { bodies: "all" },
): Promise<Har> {
  await using origin = await startOrigin(answer);
  await using session = new Session({ trustEnv: false, baseUrl: origin.url });
  using recorder = session.record(options);
  await run(session, origin);
  const har = recorder.har();
  expectSound(har);
  return har;
}

describe("the HAR of a message", () => {
  let servers: Servers;
  beforeAll(async () => {
    servers = await startServers();
  });
  afterAll(async () => {
    await servers[Symbol.asyncDispose]();
  });

  it.for(Object.entries(ways))("over %s is sound", async ([, way]) => {
    await using session = sessionFor(servers, way);
    using recorder = session.record({ bodies: "all" });
    const first = await session.get(way.url(servers));
    await session.get(way.url(servers));
    const har = recorder.har();
    expectSound(har);
    const [one, other, ...more] = har.log.entries;
    expect(more).toEqual([]);
    expect(one?.request.url).toBe(way.url(servers).replace(/:\d+$/, "$&/"));
    expect(one?.response).toMatchObject({ status: 200, content: { text: "ok", size: 2 } });
    expect(one?.request.httpVersion).toBe(`HTTP/${first.httpVersion}`);
    // What has to do with the opening of a connection stands at the first message on it.
    const parts = (entry: HarEntry | undefined): (number | undefined)[] => [
      entry?.timings.connect,
      entry?._sojourn.isReused === true ? 0 : 1,
    ];
    expect(parts(one)).toEqual([expect.toSatisfy((part: number) => part >= 0), 1]);
    if (other?.connection === one?.connection) expect(parts(other)).toEqual([-1, 0]);
    const lanes = har.log._sojourn.connections.map(({ id }) => String(id));
    expect(lanes).toContain(one?.connection);
    expect(one?._sojourn.proxy === null).toBe(way.options?.(servers).proxy === undefined);
  });

  it("has what was sent", async () => {
    const har = await recorded(reply(201), async (session) =>
      session.put("/a%20b?x=1&y=%C3%A9+z&empty&=nameless#top", {
        json: { name: "é" },
        headers: { "X-Two": ["1", "2"] },
      }),
    );
    const { request } = only(har);
    expect(request).toMatchObject({
      method: "PUT",
      httpVersion: "HTTP/1.1",
      queryString: [
        { name: "x", value: "1" },
        { name: "y", value: "é z" },
        { name: "empty", value: "" },
        { name: "", value: "nameless" },
      ],
      postData: { mimeType: "application/json", text: '{"name":"é"}' },
      bodySize: 13,
    });
    expect(new URL(request.url).pathname + new URL(request.url).search).toBe(
      "/a%20b?x=1&y=%C3%A9+z&empty&=nameless",
    );
    expect(request.headers).toEqual(
      expect.arrayContaining([
        { name: "X-Two", value: "1" },
        { name: "X-Two", value: "2" },
        { name: "Content-Length", value: "13" },
      ]),
    );
    const head = request.headers.map(({ name, value }) => `${name}: ${value}\r\n`).join("");
    expect(request.headersSize).toBe(
      `PUT /a%20b?x=1&y=%C3%A9+z&empty&=nameless HTTP/1.1\r\n${head}\r\n`.length,
    );
  });

  it.for<[what: string, headers: Record<string, string>, body: string | Buffer, content: object]>([
    ["text", { "Content-Type": "text/plain" }, "é", { size: 2, mimeType: "text/plain", text: "é" }],
    [
      "text of another charset",
      { "Content-Type": "text/plain; charset=latin1" },
      Buffer.from("é", "latin1"),
      { size: 1, text: "é" },
    ],
    ["nothing", {}, "", { size: 0, mimeType: "x-unknown", text: "" }],
    [
      "bytes",
      { "Content-Type": "image/png" },
      Buffer.from([0x89, 0x50, 0, 255]),
      { size: 4, mimeType: "image/png", text: "iVAA/w==", encoding: "base64" },
    ],
    [
      "text with a content coding",
      { "Content-Type": "text/plain", "Content-Encoding": "gzip" },
      gzipSync("a".repeat(1000)),
      { size: 1000, text: "a".repeat(1000), compression: 1000 - gzipSync("a".repeat(1000)).length },
    ],
    [
      "bytes with a content coding",
      { "Content-Type": "application/octet-stream", "Content-Encoding": "gzip" },
      gzipSync(Buffer.from([0, 1, 2])),
      { size: 3, text: "AAEC", encoding: "base64" },
    ],
  ])("has a body of %s", async ([, headers, body, content]) => {
    const har = await recorded(
      (_request, response) => void response.writeHead(200, headers).end(body),
      (session) => session.get("/"),
    );
    const { response } = only(har);
    expect(response.content).toMatchObject(content);
    expect(response.bodySize).toBe(Buffer.byteLength(body));
    expect(response._transferSize).toBe(response.bodySize + response.headersSize);
  });

  it("has nothing of a body whose content coding cannot be taken off", async () => {
    const har = await recorded(
      (_request, response) => void response.writeHead(200, { "Content-Encoding": "gzip" }).end("no gzip"),
      (session) => session.get("/").catch(() => undefined),
    );
    expect(only(har).response.content).toEqual({ size: 7, mimeType: "x-unknown" });
  });

  it.for([
    ["none", null, null],
    ["text", "some text", null],
    ["all", "some text", "AAH/"],
  ] as const)("has with bodies %j what is asked for", async ([bodies, text, bytes]) => {
    const har = await recorded(
      routes({
        "/text": reply(200, { "Content-Type": "text/plain" }, "some text"),
        "/bytes": (_request, response) => void response.end(Buffer.from([0, 1, 255])),
      }),
      async (session) => {
        await session.post("/text", { data: "sent" });
        await session.get("/bytes");
      },
      { bodies },
    );
    const [one, other] = har.log.entries;
    expect(one?.response.content.text ?? null).toBe(text);
    expect(one?.request.postData?.text ?? null).toBe(bodies === "none" ? null : "sent");
    expect(other?.response.content.text ?? null).toBe(bytes);
    expect([one?.response.content.size, other?.response.content.size]).toEqual([9, 3]);
  });

  it("has the beginning of a longer body, and tells that it went on", async () => {
    const har = await recorded(
      reply(200, { "Content-Type": "text/plain; charset=utf-8" }, `${"a".repeat(99)}é`),
      (session) => session.post("/", { data: "b".repeat(101) }),
      { bodies: "text", maxBodyBytes: 100 },
    );
    const { request, response } = only(har);
    expect(response.content).toMatchObject({ size: 101, text: "a".repeat(99), _isCut: true });
    expect(request.postData).toMatchObject({ text: "b".repeat(100), _isCut: true });
    expect(request.bodySize).toBe(101);
  });
});

describe("the HAR of a call", () => {
  it("has the hops of redirects", async () => {
    const har = await recorded(
      routes({
        "/old": reply(302, { Location: "/new?a=1#part" }),
        "/new": reply(200, {}, "there"),
      }),
      (session) => session.post("/old", { data: "x" }),
    );
    const [first, last] = har.log.entries;
    expect(first?.response).toMatchObject({ status: 302, redirectURL: "/new?a=1#part" });
    expect(first?._sojourn).toMatchObject({ hop: 0, reason: "call", redirect: { method: "GET" } });
    expect(first?._sojourn.redirect?.to).toMatch(/\/new\?a=1/);
    expect(last?._sojourn).toMatchObject({ hop: 1, resends: 1, reason: "redirect", redirect: null });
    expect(last?._sojourn.call).toBe(first?._sojourn.call);
    expect(har.log._sojourn.calls).toMatchObject([
      { id: first?._sojourn.call, method: "POST", status: 200, messages: 2, redirects: 1, retries: 0 },
    ]);
  });

  it("has the attempts of retries", async () => {
    let answers = 0;
    const har = await recorded(
      (_request, response) => void response.writeHead(answers++ === 0 ? 503 : 200).end(),
      (session) =>
        session.get("/", { retry: new Retry({ total: 2, statusForcelist: [503], backoffFactor: 0 }) }),
    );
    const [first, last] = har.log.entries;
    expect(first?.response.status).toBe(503);
    expect(first?._sojourn.retry).toEqual({ delayMs: expect.any(Number) as unknown, attempts: 1 });
    expect(last?._sojourn).toMatchObject({ attempt: 1, reason: "retry", retry: null });
    expect(har.log._sojourn.calls).toMatchObject([{ retries: 1, status: 200 }]);
  });

  it("has the answer to a challenge", async () => {
    const har = await recorded(
      ({ headers }, response) => {
        if (headers.authorization === undefined)
          response.writeHead(401, { "WWW-Authenticate": 'Digest realm="r", nonce="n", qop="auth"' });
        response.end();
      },
      (session) => session.get("/", { auth: new HttpDigestAuth("user", "pa55word") }),
    );
    expect(har.log.entries.map(({ _sojourn }) => [_sojourn.reason, _sojourn.isChallengeAnswered])).toEqual([
      ["call", true],
      ["auth", false],
    ]);
    expect(JSON.stringify(har)).not.toContain("pa55word");
  });

  it("has what became of cookies", async () => {
    const har = await recorded(
      reply(200, {
        "Set-Cookie": [
          "a=value-of-a; Path=/; Max-Age=60; HttpOnly; SameSite=lax",
          "b=value-of-b; Domain=other.test",
          "a2=",
        ],
      }),
      async (session) => {
        await session.get("/");
        await session.get("/");
      },
    );
    const [first, last] = har.log.entries;
    expect(first?.response.cookies).toMatchObject([
      { name: "a", value: "***", path: "/", httpOnly: true, secure: false, sameSite: "Lax" },
      { name: "b", value: "***", domain: "other.test" },
      { name: "a2", value: "***" },
    ]);
    expect(first?._sojourn.cookies).toMatchObject([
      { name: "a", kind: "stored", domain: "127.0.0.1", path: "/", expires: expect.any(String) as unknown },
      { name: "b", kind: "refused", reason: "domain-mismatch" },
      { name: "a2", kind: "stored", expires: null },
    ]);
    expect(last?.request.cookies).toEqual([
      { name: "a", value: "***" },
      { name: "a2", value: "***" },
    ]);
    expect(last?.request.headers).toContainEqual({ name: "Cookie", value: "a=***; a2=***" });
  });

  it.for<[what: string, answer: Answer, status: number, error: RegExp, read?: number]>([
    ["that ended before its head", (_request, response) => void response.destroy(), 0, /^ConnectionError: /],
    [
      "that broke off",
      (_request, response) => {
        response.writeHead(200, { "Content-Length": 100 });
        response.write("part", () => response.destroy());
      },
      200,
      /^ChunkedEncodingError: |^ConnectionError: /,
    ],
    ["that took too long", () => undefined, 0, /^ReadTimeout: /, 50],
  ])("has a message %s", async ([, answer, status, error, read = 8000]) => {
    const outcome = "failed";
    const har = await recorded(answer, (session) =>
      session.post("/x", { data: "x", timeout: { read } }).catch(() => undefined),
    );
    const entry = only(har);
    expect(entry.response.status).toBe(status);
    expect(entry.response._error).toMatch(error);
    expect(entry._sojourn).toMatchObject({
      outcome,
      error: { name: expect.stringMatching(/\w+/) as unknown },
    });
    expect(entry._sojourn.error?.phase).not.toBeNull();
    expect(har.log._sojourn.calls).toMatchObject([
      { outcome, status: null, error: expect.stringMatching(error) as unknown },
    ]);
  });

  it("has a message that could not be connected", async () => {
    await using session = new Session({ trustEnv: false });
    using recorder = session.record();
    await expect(session.get("http://127.0.0.1:1/")).rejects.toThrow(/./);
    const har = recorder.har();
    expectSound(har);
    expect(only(har)).toMatchObject({
      request: { httpVersion: "unknown" },
      response: {
        status: 0,
        headersSize: -1,
        bodySize: -1,
        _error: expect.stringMatching(/^ConnectionError/) as unknown,
      },
    });
    expect(har.log._sojourn.connections).toMatchObject([
      {
        origin: "http://127.0.0.1:1",
        httpVersion: null,
        error: expect.any(String) as unknown,
        lasted: expect.any(Number) as unknown,
      },
    ]);
  });

  it("has a message that the caller gave up, which is no failure", async () => {
    const har = await recorded(
      () => undefined,
      async (session, { arrived }) => {
        const controller = new AbortController();
        const call = session.get("/", { signal: controller.signal });
        await expect.poll(() => arrived.length).toBe(1);
        controller.abort(new Error("not wanted any more"));
        await expect(call).rejects.toThrow("not wanted");
      },
    );
    expect(only(har)._sojourn.outcome).toBe("aborted");
    expect(only(har).response).toMatchObject({ status: 0, _error: "aborted: Error: not wanted any more" });
  });

  it("has a response that was left unread", async () => {
    const har = await recorded(
      (_request, response) => void response.writeHead(200).write("some"),
      async (session) => {
        const response = await session.get("/", { stream: true });
        await response.close();
      },
    );
    expect(only(har)._sojourn).toMatchObject({ outcome: "unread", error: null });
    expect(only(har).response).toMatchObject({ status: 200, _error: null });
  });

  it("has messages at the same time over one HTTP/2 connection in one lane", async () => {
    await using server = await startH2((stream) => okH2(stream, "two", { "content-type": "text/plain" }));
    await using session = new Session({ trustEnv: false, verify: server.ca, http2: true });
    using recorder = session.record({ bodies: "text" });
    await session.get(server.url);
    await Promise.all(["/a", "/b", "/c"].map((path) => session.get(new URL(path, server.url))));
    const har = recorder.har();
    expectSound(har);
    expect(har.log.entries.length).toBe(4);
    expect(new Set(har.log.entries.map(({ connection }) => connection)).size).toBe(1);
    for (const { request, response } of har.log.entries) {
      expect([request.httpVersion, response.httpVersion]).toEqual(["HTTP/2", "HTTP/2"]);
      expect([request.headersSize, response.headersSize]).toEqual([-1, -1]);
      expect(response.content.text).toBe("two");
    }
    expect(har.log._sojourn.connections).toMatchObject([{ httpVersion: "2", messages: 4, lasted: null }]);
  });
});

describe("parseHar() of it", () => {
  it("gives the same requests", async () => {
    const har = await recorded(reply(200, { "Set-Cookie": "sid=value-of-sid" }), async (session) => {
      await session.get("/a?x=1&token=t0ken-value");
      await session.post("/b", { json: { a: ["é", 1] }, headers: { Authorization: "Bearer t0ken-value" } });
      await session.put("/c", { data: new Uint8Array([0, 1, 255]) });
      await session.post("/d", { data: { password: "pa55word" } });
    });
    const base = new URL(har.log.entries[0]?.request.url ?? "").origin;
    const { requests, problems, cookies } = parseHar(JSON.stringify(har));
    expect(cookies).toEqual([]);
    expect(requests.map(({ method, url }) => [method, url.replace(base, "")])).toEqual([
      ["GET", "/a?x=1&token=***"],
      ["POST", "/b"],
      ["PUT", "/c"],
    ]);
    expect(requests[1]).toMatchObject({
      options: { data: '{"a":["é",1]}' },
      omitted: expect.arrayContaining(["authorization", "cookie"]) as unknown,
      cookie: null,
    });
    expect(requests[2]?.options.data).toEqual(new Uint8Array([0, 1, 255]));
    expect(problems.map(({ where, name, reason }) => [where, name, reason])).toEqual([
      ["log.entries[3].request", null, "sanitized"],
      ...[0, 1, 2, 3].map((at) => [`log.entries[${at}].response`, "sid", "sanitized"]),
    ]);
  });
});
