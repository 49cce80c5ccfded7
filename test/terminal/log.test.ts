/** logTo(): a line a message, a fuller form, and the levels of loggers; and NODE_DEBUG. */
import { execFile } from "node:child_process";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { AppAdapter, Retry, Session } from "../../src/index.ts";
import { readDebug } from "../../src/environment/debug.ts";
import { logTo, type LeveledLogger, type LogOptions } from "../../src/terminal.ts";
import { startTestServer } from "../../testing/index.ts";
import { ok, startH2 } from "../support/h2-server.ts";

let server: Awaited<ReturnType<typeof startTestServer>>;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server.close());

function sessionOf(options: ConstructorParameters<typeof Session<false>>[0] = {}): Session {
  return new Session({ trustEnv: false, baseUrl: server.url, ...options });
}

/** What differs from run to run. */
function steady(line: string): string {
  return line
    .replaceAll(server.url, "http://server")
    .replaceAll(/connection \d+/g, "connection N")
    .replaceAll(/[\d.]+ ms/g, "T ms");
}

/** Writes down what it is told, as a logger with levels. */
class Notes implements LeveledLogger {
  readonly notes: [level: string, ...what: unknown[]][] = [];

  debug(...what: unknown[]): void {
    this.notes.push(["debug", ...what]);
  }

  info(...what: unknown[]): void {
    this.notes.push(["info", ...what]);
  }

  warn(...what: unknown[]): void {
    this.notes.push(["warn", ...what]);
  }

  error(...what: unknown[]): void {
    this.notes.push(["error", ...what]);
  }
}

describe("a line of a message", () => {
  it("tells method, URL, status, bytes, time, protocol, connection, and why it was sent again", async () => {
    await using session = sessionOf({
      retry: new Retry({ total: 1, statusForcelist: [503], status: 1, backoffFactor: 0 }),
      auth: ["user", "s3cret"],
    });
    const lines: string[] = [];
    using _ = logTo(session, (line) => lines.push(line));
    await session.get("/bytes/10?token=s3cret");
    await session.get("/redirect-to", { params: { url: "/bytes/0?api_key=s3cret" } });
    await session.post("/bytes/3", { data: "four" });
    await session.get("/status/503").catch(() => null);
    await session.head("/bytes/10");
    expect(lines.map(steady)).toEqual([
      "GET http://server/bytes/10?token=*** 200 OK, 10 bytes, T ms, HTTP/1.1, new connection N",
      "GET http://server/redirect-to?url=*** 302 Found to /bytes/0?api_key=***, 0 bytes, T ms, HTTP/1.1, kept connection N",
      "GET http://server/bytes/0?api_key=*** 200 OK, 0 bytes, T ms, HTTP/1.1, kept connection N, redirect 1",
      "POST http://server/bytes/3 405 Method Not Allowed, 4 bytes sent, 19 bytes received, T ms, HTTP/1.1, kept connection N",
      "GET http://server/status/503 503 Service Unavailable, 0 bytes, T ms, HTTP/1.1, kept connection N",
      "GET http://server/status/503 503 Service Unavailable, 0 bytes, T ms, HTTP/1.1, kept connection N, retry 1",
      "HEAD http://server/bytes/10 200 OK, 0 bytes, T ms, HTTP/1.1, kept connection N",
    ]);
  });

  it("tells what it failed with, without the URL a second time", async () => {
    await using session = new Session({ trustEnv: false });
    const lines: string[] = [];
    using _ = logTo(session, (line) => lines.push(line));
    await session.get("http://user:s3cret@127.0.0.1:9/x?token=s3cret").catch(() => null);
    expect(steady(lines.join())).toMatch(
      /^GET http:\/\/127\.0\.0\.1:9\/x\?token=\*\*\* failed, T ms: ConnectionError \(ERR_CONNECTION\): .*ECONNREFUSED 127.0.0.1:9$/,
    );
  });

  it("shows of errors that are not ours the class alone, and of the program's own aborts nothing", async () => {
    await using session = sessionOf();
    const notes = new Notes();
    using _ = logTo(session, notes);
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(1);
      await Promise.resolve();
      throw new TypeError("s3cret");
    }
    await session.post("/post", { data: broken() }).catch(() => null);
    const controller = new AbortController();
    const deaf = createServer(() => controller.abort()).listen(0, "127.0.0.1");
    await once(deaf, "listening");
    const url = `http://127.0.0.1:${(deaf.address() as AddressInfo).port}/deaf`;
    await session.get(url, { signal: controller.signal }).catch(() => null);
    deaf.close();
    const streamed = await session.get("/bytes/100000", { stream: true });
    await streamed.close();
    expect(notes.notes.map(([level, line]) => [level, steady(String(line))])).toEqual([
      ["error", "POST http://server/post failed, 1 bytes sent, T ms, new connection N: TypeError"],
      ["info", `GET ${url} aborted, T ms, new connection N`],
      [
        "info",
        expect.stringMatching(
          /^GET http:\/\/server\/bytes\/100000 200 OK, unread, \d+ bytes, T ms, HTTP\/1\.1, new connection N$/,
        ),
      ],
    ]);
  });

  it("tells of HTTP/2, and of an app in this process", async () => {
    await using h2 = await startH2((stream) => ok(stream));
    await using session = new Session({ trustEnv: false, verify: h2.ca, http2: true });
    session.mount("http://app.test/", new AppAdapter(() => new Response("hello", { statusText: "Fine" })));
    const lines: string[] = [];
    using _ = logTo(session, (line) => lines.push(line));
    await session.get(h2.url);
    await session.get("http://app.test/");
    expect(lines.map((line) => steady(line).replace(h2.url, "https://h2"))).toEqual([
      expect.stringMatching(/^GET https:\/\/h2\/? 200, \d+ bytes, T ms, HTTP\/2, new connection N$/),
      "GET http://app.test/ 200 Fine, 5 bytes, T ms, HTTP/1.1",
    ]);
  });
});

describe("the full form", () => {
  it("has the fields of both heads, secrets hidden, times and the connection, and no body", async () => {
    await using session = sessionOf({ headers: { "x-api-key": "s3cret-key" } });
    session.cookies.set("sid", "s3cret-cookie");
    const texts: string[] = [];
    using _ = logTo(session, (text) => texts.push(text), { format: "full" });
    await session.post("/response-headers?Set-Cookie=a%3Ds3cret&X-Seen=yes", {
      json: { password: "s3cret" },
      auth: ["user", "s3cret"],
    });
    const [first = "", ...lines] = (texts[0] ?? "").split("\n");
    expect(steady(first)).toContain("POST http://server/response-headers?Set-Cookie=***&X-Seen=yes 200 OK");
    expect(lines).toEqual(expect.arrayContaining(["  > POST /response-headers?Set-Cookie=***&X-Seen=yes"]));
    for (const line of [
      "  > x-api-key: ***",
      "  > Cookie: sid=***",
      "  > Authorization: Basic ***",
      "  * 21 bytes of body sent",
      "  < HTTP/1.1 200 OK",
      "  < X-Seen: yes",
      "  < Set-Cookie: a=***",
    ])
      expect(lines).toContain(line);
    expect(texts[0]).toMatch(
      /\n {2}\* times in ms: queue [\d.]+, .*send [\d.]+, wait [\d.]+, receive [\d.]+\n/,
    );
    expect(texts[0]).toMatch(/\n {2}\* connection: 127\.0\.0\.1 port \d+ from 127\.0\.0\.1 port \d+$/);
    expect(texts.join()).not.toContain("s3cret");
  });

  it("tells of TLS and that nothing was sent", async () => {
    await using h2 = await startH2((stream) => ok(stream));
    await using session = new Session({ trustEnv: false, verify: h2.ca, http2: true });
    const texts: string[] = [];
    using _ = logTo(session, (text) => texts.push(text), { format: "full" });
    await session.get(h2.url);
    await session.get("http://127.0.0.1:9/").catch(() => null);
    expect(texts[0]).toMatch(/, TLSv1\.[23] [A-Z0-9_-]+$/);
    expect(texts[1]).toContain("\n  * nothing was sent\n");
  });
});

describe("a logger", () => {
  it("with levels is told failures as errors, statuses of 400 and more as warnings, the rest as it is asked", async () => {
    await using session = sessionOf();
    const notes = new Notes();
    {
      using _ = logTo(session, notes, { level: "debug" });
      await session.get("/bytes/1");
      await session.get("/status/404");
      await session.get("http://127.0.0.1:9/").catch(() => null);
    }
    await session.get("/bytes/1");
    expect(notes.notes.map(([level]) => level)).toEqual(["debug", "warn", "error"]);
  });

  it("of JSON gets an object and a line", async () => {
    await using session = sessionOf({ headers: { "x-api-key": "s3cret" } });
    const notes = Object.assign(new Notes(), { child: () => notes });
    using _ = logTo(session, notes, { format: "full" });
    await session.get("/redirect/1?token=s3cret");
    await session.get("http://127.0.0.1:9/").catch(() => null);
    const [, second, third] = notes.notes;
    expect(second?.[1]).toMatchObject({
      method: "GET",
      url: `${server.url}/get`,
      reason: "redirect",
      hop: 1,
      attempt: 0,
      outcome: "complete",
      status: 200,
      statusText: "OK",
      httpVersion: "1.1",
      isReused: true,
      sentBytes: 0,
      requestHeaders: { "x-api-key": "***" },
      responseHeaders: { "content-type": "application/json" },
      timings: { dns: null },
    });
    expect(steady(String(second?.[2]))).toMatch(/^GET http:\/\/server\/get 200 OK/);
    expect(third?.[1]).toMatchObject({ outcome: "failed", code: "ERR_CONNECTION", phase: "connect" });
    expect(third?.[1]).not.toHaveProperty("status");
    expect(JSON.stringify(notes.notes)).not.toContain("s3cret");
  });

  it.for<readonly [unknown, LogOptions, string]>([
    [
      { info: () => undefined },
      {},
      "the logger must be a function, or an object with debug, info, warn and error",
    ],
    [null, {}, "the logger must be a function, or an object with debug, info, warn and error, not null"],
    [new Notes(), { format: "long" } as unknown as LogOptions, 'format must be "line" or "full", not "long"'],
    [new Notes(), { level: "warn" } as unknown as LogOptions, 'level must be "debug" or "info", not "warn"'],
    [new Notes(), { style: "json" } as unknown as LogOptions, 'style must be "text" or "fields", not "json"'],
    [new Notes(), { levels: 1 } as unknown as LogOptions, 'logTo() has no option "levels"'],
    [() => undefined, { style: "fields" }, 'style "fields" needs a logger with levels'],
  ])("that is none, or wrong options, are errors: %o %o", async ([logger, options, message]) => {
    await using session = sessionOf();
    expect(() => logTo(session, logger as Notes, options)).toThrow(message);
    expect(JSON.stringify(session.events)).toBe("{}");
    expect(() => logTo({} as Session, new Notes())).toThrow(
      "what logTo() logs must be a Session, not Object",
    );
  });
});

describe("NODE_DEBUG", () => {
  it.for([
    ["sojourn", "line"],
    ["SOJOURN", "line"],
    ["http, sojourn", "line"],
    ["soj*", "line"],
    ["*", "line"],
    ["sojourn-full", "full"],
    ["sojourn,sojourn-full", "full"],
    ["", null],
    ["http", null],
    ["sojour", null],
    ["sojourn2", null],
    ["s.journ", null],
    ["(", null],
  ] as const)("%s: %s", ([value, format]) => {
    expect(readDebug({ NODE_DEBUG: value })?.format ?? null).toBe(format);
  });

  it.for([
    ["sojourn", /^SOJOURN \d+: GET http:\S+ 200 OK, 2 bytes, [\d.]+ ms, HTTP\/1\.1, new connection \d+\n$/],
    ["sojourn-full", /^(SOJOURN \d+: .*\n){8,}$/],
    ["other", /^$/],
  ] as const)("%s writes to standard error", async ([value, wanted]) => {
    const plain = createServer((_request, response) => response.end("ok")).listen(0, "127.0.0.1");
    await once(plain, "listening");
    const url = `http://127.0.0.1:${(plain.address() as AddressInfo).port}/?token=s3cret`;
    const program = `
      import { get, Session } from "sojourn";
      const session = new Session({ trustEnv: false });
      process.env.NODE_DEBUG = "sojourn";
      console.log((await session.get(${JSON.stringify(url)})).text());
      await session.close();
    `;
    try {
      const hooks = fileURLToPath(new URL("../support/from-source.ts", import.meta.url));
      const { stdout, stderr } = await promisify(execFile)(
        process.execPath,
        ["--import", hooks, "--input-type=module", "--eval", program],
        { env: { ...process.env, NODE_DEBUG: value, NODE_OPTIONS: "--disable-warning=ExperimentalWarning" } },
      );
      expect(stdout).toBe("ok\n");
      expect(stderr).toMatch(wanted);
      expect(stderr).not.toContain("s3cret");
    } finally {
      plain.close();
    }
  });
});
