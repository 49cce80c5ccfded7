/**
 * The connection that all requests to an origin share over HTTP/2: what a server did nothing with goes out again on another
 * one, a connection on which nothing is heard gets no more requests, and nothing that a connection does ends the process.
 */
import { createServer } from "node:https";
import { describe, expect, it } from "vitest";

import {
  ConnectionError,
  InvalidHeader,
  ReadTimeout,
  Retry,
  Session,
  type RequestException,
  type RequestOptions,
  type SessionOptions,
} from "../../src/index.ts";
import { Authority } from "../support/certificates.ts";
import {
  CODES,
  frameServer,
  FRAMES,
  goaway,
  settings,
  SETTINGS,
  type FrameConnection,
  type FrameRequest,
  type FrameServer,
} from "../support/frame-server.ts";
import { rejection } from "../support/messages.ts";

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await pause(5);
}

function sessionFor(server: FrameServer, options: Omit<SessionOptions, "stream"> = {}): Session {
  return new Session({
    trustEnv: false,
    verify: server.ca,
    http2: true,
    timeout: { connect: 3000, read: 3000, total: 8000 },
    ...options,
  });
}

function pings(server: FrameServer): number {
  return server.heard.filter(({ type }) => type === FRAMES.PING).length;
}

/** Says nothing more, whatever comes. */
function fallSilent(connection: FrameConnection): void {
  connection.isSilent = true;
}

describe.concurrent("what a server did nothing with over HTTP/2", () => {
  async function* pieces(): AsyncGenerator<string> {
    yield "x";
  }
  const sent: readonly (readonly [string, RequestOptions])[] = [
    ["GET", {}],
    ["POST", { data: "x" }],
    ["PATCH", { json: { a: 1 } }],
    ["POST", { data: pieces }],
    ["POST", { data: "x", stream: true }],
  ];
  const refusals: readonly (readonly [string, (request: FrameRequest) => void])[] = [
    ["RST_STREAM(REFUSED_STREAM)", (r) => r.write(r.reset(CODES.REFUSED_STREAM))],
    ["GOAWAY", (r) => r.connection.end(goaway(Math.max(r.stream - 2, 0)))],
    ...(["INTERNAL_ERROR", "ENHANCE_YOUR_CALM", "PROTOCOL_ERROR"] as const).map(
      (name) =>
        [
          `GOAWAY(${name})`,
          (r: FrameRequest) => r.write(goaway(Math.max(r.stream - 2, 0), CODES[name])),
        ] as const,
    ),
    [
      "GOAWAY that comes twice",
      (r) => {
        r.write(goaway(0x7fffffff));
        setTimeout(() => r.connection.end(goaway(Math.max(r.stream - 2, 0))), 20);
      },
    ],
    ["a refusal after an interim response", (r) => r.write(r.head(103), r.reset(CODES.REFUSED_STREAM))],
  ];
  const rows = refusals.flatMap(([name, refuse]) =>
    sent.flatMap(([method, options]) =>
      [false, true].map((isWarm) => ({ name, refuse, method, options, isWarm })),
    ),
  );

  it.for(rows)(
    "goes out again on another connection: $method after $name, warm: $isWarm",
    async ({ refuse, method, options, isWarm }) => {
      let refused = 0;
      await using server = await frameServer((r) => {
        if (r.path === "/warm" || r.connection.number > 1) r.ok();
        else {
          refused++;
          refuse(r);
        }
      });
      await using session = sessionFor(server);
      if (isWarm) await session.get(`${server.url}/warm`);
      const response = await session.request(method, server.url, options);
      expect(response.status).toBe(200);
      expect(refused).toBe(1);
      expect(server.requests.at(-1)).toMatchObject({ method, connection: { number: 2 } });
      expect(response.attempts).toEqual([]);
    },
  );

  it("goes out five times more at most", async () => {
    await using server = await frameServer((r) => r.write(r.reset(CODES.REFUSED_STREAM)));
    await using session = sessionFor(server);
    const error = await rejection(session.post(server.url, { data: "x" }));
    expect(error).toBeInstanceOf(ConnectionError);
    expect((error as Error).message).toContain("the server ended the stream: REFUSED_STREAM");
    expect(server.requests.map(({ connection }) => connection.number)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("does not go out again when its body can be sent once", async () => {
    await using server = await frameServer((r) => r.write(r.reset(CODES.REFUSED_STREAM)));
    await using session = sessionFor(server);
    expect(await rejection(session.post(server.url, { data: pieces() }))).toBeInstanceOf(ConnectionError);
    expect(server.requests).toHaveLength(1);
  });

  it("takes nothing of the budget of a retry", async () => {
    await using server = await frameServer((r) => {
      if (r.connection.number < 4) r.write(r.reset(CODES.REFUSED_STREAM));
      else r.ok();
    });
    await using session = sessionFor(server, { retry: new Retry({ total: 0 }) });
    expect((await session.get(server.url)).status).toBe(200);
  });

  it.for([1, 3, 7])("gets through in a burst, where a connection takes %s", async (most) => {
    await using server = await frameServer((r) => {
      if (r.number > most) r.write(r.reset(CODES.REFUSED_STREAM));
      else r.ok(r.path);
      if (r.number === most) r.write(goaway(r.stream));
    });
    await using session = sessionFor(server);
    const paths = Array.from({ length: 30 }, (_, at) => `/${at}`);
    const texts = await Promise.all(
      paths.map((path) => session.post(server.url + path, { data: "x" }).text()),
    );
    expect(texts).toEqual(paths);
  });

  it("is not what GOAWAY leaves: streams that may have been looked at are not sent again", async () => {
    await using server = await frameServer((r) => {
      if (r.number === 2) r.write(goaway(Math.max(r.stream - 2, 0), CODES.INTERNAL_ERROR));
      else if (r.connection.number > 1) r.ok(r.path);
    });
    await using session = sessionFor(server);
    // The first may have been looked at, the second was not.
    const first = rejection(session.post(`${server.url}/first`, { data: "x" }));
    await until(() => server.requests.length === 1);
    await pause(20);
    expect(await session.post(`${server.url}/second`, { data: "x" }).text()).toBe("/second");
    expect(await first).toBeInstanceOf(ConnectionError);
    expect(server.requests.map(({ path }) => path)).toEqual(["/first", "/second", "/second"]);
  });
});

describe.concurrent("HTTP_1_1_REQUIRED", () => {
  it.for([
    ["RST_STREAM", (r: FrameRequest) => r.write(r.reset(CODES.HTTP_1_1_REQUIRED))],
    ["GOAWAY", (r: FrameRequest) => r.write(goaway(0, CODES.HTTP_1_1_REQUIRED))],
  ] as const)("in %s is followed, and remembered", async ([, refuse]) => {
    const asked: string[] = [];
    await using server = await frameServer(refuse, {
      protocols: ["h2", "http/1.1"],
      onOther: (socket) => {
        let text = "";
        socket.on("data", (bytes: Buffer) => {
          text += bytes.toString();
          for (let end = text.indexOf("\r\n\r\n"); end !== -1; end = text.indexOf("\r\n\r\n")) {
            asked.push(text.slice(0, text.indexOf("\r\n")));
            text = text.slice(end + 4).replace(/^x/, "");
            socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
          }
        });
      },
    });
    await using session = sessionFor(server);
    expect((await session.post(`${server.url}/one`, { data: "x" })).httpVersion).toBe("1.1");
    expect((await session.get(`${server.url}/two`)).text()).toBe("ok");
    expect(asked).toEqual(["POST /one HTTP/1.1", "GET /two HTTP/1.1"]);
    expect(server.requests).toHaveLength(1);
  });
});

describe.concurrent("the end of a connection behind an answer over HTTP/2", () => {
  it.for([
    ["FIN", (r: FrameRequest) => r.connection.end(r.head(200), r.data("ok", { isLast: true }))],
    ["GOAWAY", (r: FrameRequest) => r.write(r.head(200), r.data("ok", { isLast: true }), goaway(r.stream))],
    [
      "GOAWAY and FIN",
      (r: FrameRequest) => r.connection.end(r.head(200), r.data("ok", { isLast: true }), goaway(r.stream)),
    ],
    [
      "GOAWAY with an error",
      (r: FrameRequest) =>
        r.write(r.head(200), r.data("ok", { isLast: true }), goaway(r.stream, CODES.INTERNAL_ERROR)),
    ],
  ] as const)("is seen before the next request goes out: %s", async ([, answer]) => {
    await using server = await frameServer(answer);
    await using session = sessionFor(server);
    for (let count = 1; count <= 20; count++) {
      const { connection, timings } = await session.post(server.url, { data: "x" });
      expect(connection?.isReused).toBe(false);
      expect(timings?.connect).toBeGreaterThan(0);
    }
    expect(server.requests.map(({ connection, number }) => [connection.number, number])).toEqual(
      Array.from({ length: 20 }, (_, at) => [at + 1, 1]),
    );
  });
});

describe.concurrent("a connection over HTTP/2 on which nothing is heard any more", () => {
  /** The first connection answers one request, and then says nothing. */
  function freezing(): Promise<FrameServer> {
    return frameServer((r) => {
      if (r.connection.number > 1 || r.number === 1) r.ok();
      if (r.connection.number === 1) fallSilent(r.connection);
    });
  }

  it("gets no request after a read timeout", async () => {
    await using server = await freezing();
    await using session = sessionFor(server, { timeout: { read: 150 } });
    await session.get(server.url);
    expect(await rejection(session.get(server.url))).toBeInstanceOf(ReadTimeout);
    for (let count = 0; count < 5; count++) expect((await session.get(server.url)).status).toBe(200);
    expect(server.connections).toHaveLength(2);
  });

  it("gets none of many that come at a time", async () => {
    await using server = await freezing();
    await using session = sessionFor(server, { timeout: { read: 150 } });
    await session.get(server.url);
    const first = await Promise.allSettled(Array.from({ length: 8 }, () => session.get(server.url)));
    expect(first.map(({ status }) => status)).toEqual(Array(8).fill("rejected"));
    const second = await Promise.all(Array.from({ length: 8 }, () => session.get(server.url)));
    expect(second.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect([pings(server), server.connections.length]).toEqual([1, 2]);
  });

  it("does not stand in the way of a retry", async () => {
    await using server = await freezing();
    await using session = sessionFor(server, {
      timeout: { read: 150 },
      retry: new Retry({ total: 1, backoffFactor: 0 }),
    });
    await session.get(server.url);
    expect((await session.get(server.url)).status).toBe(200);
  });

  it.for([
    ["the total timeout", (): RequestOptions => ({ timeout: { total: 2500 } })],
    ["an abort", (): RequestOptions => ({ signal: AbortSignal.timeout(2500) })],
  ] as const)("gets no request for long after %s that ended a second of silence", async ([, limit]) => {
    await using server = await freezing();
    await using session = sessionFor(server, { timeout: { read: 60_000 } });
    await session.get(server.url);
    await rejection(session.get(server.url, limit()));
    expect((await session.get(server.url, { timeout: { total: 9000 } })).status).toBe(200);
    expect(server.connections).toHaveLength(2);
  });

  it("gets none in the middle of a body either", async () => {
    await using server = await frameServer((r) => {
      if (r.connection.number > 1) return r.ok();
      r.write(r.head(200), r.data("half"));
      fallSilent(r.connection);
    });
    await using session = sessionFor(server, { timeout: { read: 150 } });
    expect(await rejection(session.get(server.url))).toBeInstanceOf(ReadTimeout);
    expect((await session.get(server.url)).status).toBe(200);
  });

  it("keeps the process no longer than its timeouts, and ends with close()", async () => {
    await using server = await freezing();
    const session = sessionFor(server, { timeout: { read: 150 } });
    await session.get(server.url);
    await rejection(session.get(server.url));
    await session.close();
    await until(() => server.connections[0]?.isEnded === true);
  });
});

describe("a stream that stands still on a connection over HTTP/2 that lives", () => {
  it("costs the others nothing, and the connection goes on", async () => {
    await using server = await frameServer((r) => {
      if (r.path === "/slow") setTimeout(() => r.ok("slow"), 400);
      else if (r.path !== "/silent") r.ok();
    });
    await using session = sessionFor(server, { timeout: { read: 3000 } });
    await session.get(server.url);
    const slow = session.get(`${server.url}/slow`);
    expect(await rejection(session.get(`${server.url}/silent`, { timeout: { read: 100 } }))).toBeInstanceOf(
      ReadTimeout,
    );
    const after = await Promise.all(Array.from({ length: 5 }, () => session.get(server.url)));
    expect(after.map(({ status }) => status)).toEqual(Array(5).fill(200));
    expect(await slow.text()).toBe("slow");
    expect(server.connections).toHaveLength(1);
  });

  it("asks for no sign of life where there was one", async () => {
    await using server = await frameServer((r) => {
      if (r.path !== "/silent") r.ok();
    });
    await using session = sessionFor(server);
    const silent = rejection(session.get(`${server.url}/silent`, { timeout: { read: 300 } }));
    for (let count = 0; count < 20; count++) {
      await session.get(server.url);
      await pause(20);
    }
    expect(await silent).toBeInstanceOf(ReadTimeout);
    expect(pings(server)).toBe(0);
  });

  it("is no reason to ask when it was given up at once", async () => {
    await using server = await frameServer((r) => {
      if (r.path !== "/silent") r.ok();
    });
    await using session = sessionFor(server);
    await session.get(server.url);
    for (let count = 0; count < 5; count++)
      await rejection(session.get(`${server.url}/silent`, { signal: AbortSignal.timeout(10) }));
    await session.get(server.url);
    expect([pings(server), server.connections.length]).toEqual([0, 1]);
  });
});

describe.concurrent("a message that Node does not take", () => {
  it.for(["Referer", "User-Agent", "Content-Type", "Authorization", "If-Range", "Range"])(
    "is an error of its own over both protocols: %s twice",
    async (name) => {
      await using server = await frameServer((r) => r.ok(), { protocols: ["h2", "http/1.1"] });
      await using session = sessionFor(server);
      const headers = [
        [name, "a"],
        [name, "b"],
      ] as const;
      // One that opens the connection, one that waits for it, one that finds it open.
      const together = [session.get(server.url), rejection(session.get(server.url, { headers }))] as const;
      expect((await together[0]).status).toBe(200);
      const errors = [
        await together[1],
        await rejection(session.get(server.url, { headers })),
        await rejection(session.get(server.url, { headers, http2: false })),
      ] as RequestException[];
      for (const error of errors) expect(error).toBeInstanceOf(InvalidHeader);
      expect(new Set(errors.map(({ message }) => message)).size).toBe(1);
      expect(errors[0]?.message).toContain(name);
      expect(server.requests).toHaveLength(1);
    },
  );
});

describe("the fields of a message", () => {
  it.for([
    [
      "a list in two lines",
      [
        ["If-None-Match", '"a"'],
        ["If-None-Match", '"b"'],
      ],
      { "if-none-match": '"a", "b"' },
    ],
    ["blanks behind a value", [["X-A", "a  "]], { "x-a": "a" }],
    ["TE in capitals", [["TE", "Trailers"]], { te: "trailers" }],
    ["TE with more", [["TE", "gzip, trailers"]], { te: "trailers" }],
    [
      "any other field twice",
      [
        ["X-A", "1"],
        ["X-A", "2"],
      ],
      { "x-a": "1, 2" },
    ],
  ] as const)("mean the same over HTTP/2: %s", async ([, headers, expected]) => {
    await using server = await frameServer((r) => r.ok());
    await using session = sessionFor(server);
    await session.get(server.url, { headers: headers.map(([name, value]) => [name, value] as const) });
    const [request] = server.requests;
    for (const [name, value] of Object.entries(expected))
      expect(
        request?.fields
          .filter(([own]) => own === name)
          .map(([, own]) => own)
          .join(", "),
      ).toBe(value);
  });

  it("may be more than a frame holds", async () => {
    await using server = await frameServer((r) => r.ok());
    await using session = sessionFor(server);
    const headers = { "X-Long": "x".repeat(40_000) };
    expect((await session.get(server.url, { headers })).status).toBe(200);
    expect(server.requests[0]?.get("x-long")).toHaveLength(40_000);
  });

  it("that are more than Node writes fail their own message, and not the process", async () => {
    await using server = await frameServer((r) => r.ok());
    await using session = sessionFor(server);
    await session.get(server.url);
    const error = await rejection(session.get(server.url, { headers: { "X-Long": "x".repeat(200_000) } }));
    expect(error).toBeInstanceOf(ConnectionError);
    expect((await session.get(server.url)).status).toBe(200);
  });
});

describe.concurrent("what is told of a connection over HTTP/2", () => {
  it("is alike for who opened it, who waited for it, and who found it", async () => {
    await using server = await frameServer((r) => void setTimeout(() => r.ok(), r.number === 1 ? 150 : 5));
    await using session = sessionFor(server);
    const calls = [session.get(server.url), session.get(server.url)];
    await until(() => server.requests.length > 0);
    calls.push(session.get(server.url));
    const responses = await Promise.all(calls);
    responses.push(await session.get(server.url));
    expect(responses.map(({ connection }) => connection?.isReused)).toEqual([false, true, true, true]);
    expect(responses.map(({ timings }) => timings?.connect === 0)).toEqual([false, true, true, true]);
  });

  it.for([
    ["CANCEL", (r: FrameRequest) => r.write(r.reset(CODES.CANCEL)), "the server ended the stream: CANCEL"],
    [
      "NO_ERROR",
      (r: FrameRequest) => r.write(r.reset(CODES.NO_ERROR)),
      "the server ended the stream: NO_ERROR",
    ],
    ["FIN", (r: FrameRequest) => r.connection.end(), "the other side closed the connection"],
    [
      "a torn connection",
      (r: FrameRequest) => r.connection.socket.destroy(),
      "the other side closed the connection",
    ],
    [
      "GOAWAY",
      (r: FrameRequest) => r.write(goaway(r.stream, CODES.ENHANCE_YOUR_CALM)),
      "the server ended the connection: ENHANCE_YOUR_CALM",
    ],
    [
      "frames that are none",
      (r: FrameRequest) => r.write(settings({ [SETTINGS.ENABLE_PUSH]: 7 })),
      "what the server sent breaks the rules of HTTP/2",
    ],
  ] as const)("says who ended it: %s", async ([, answer, text]) => {
    await using server = await frameServer(answer);
    await using session = sessionFor(server);
    const error = await rejection(session.post(server.url, { data: "x" }));
    expect(error).toBeInstanceOf(ConnectionError);
    expect((error as Error).message).toContain(text);
  });
});

describe("close() of a session that speaks HTTP/2", () => {
  it.for([
    ["after a request", () => undefined],
    ["after GOAWAY", (r: FrameRequest) => r.write(goaway(r.stream))],
    ["after GOAWAY with an error", (r: FrameRequest) => r.write(goaway(r.stream, CODES.INTERNAL_ERROR))],
  ] as const)("ends though the server never ends its side: %s", async ([, behind]) => {
    await using server = await frameServer(
      (r) => {
        r.ok();
        behind(r);
      },
      { allowHalfOpen: true },
    );
    const session = sessionFor(server);
    await session.get(server.url);
    await session.close();
    await until(() => server.connections[0]?.isEnded === true);
    expect(server.heard.some(({ type }) => type === FRAMES.GOAWAY)).toBe(true);
  });

  it("ends what runs on a connection that takes no more", async () => {
    await using server = await frameServer((r) => {
      if (r.path === "/long") r.write(goaway(r.stream));
      else r.ok();
    });
    const session = sessionFor(server);
    const long = rejection(session.get(`${server.url}/long`));
    await until(() => server.requests.length === 1);
    await pause(20);
    await session.get(server.url);
    expect(server.connections).toHaveLength(2);
    await session.close();
    expect(await long).toMatchObject({ name: "SessionClosed" });
    await until(() => server.connections.every(({ isEnded }) => isEnded));
  });

  it("leaves streamed bodies to be read, and their connection ends then", async () => {
    let finish = (): void => {};
    await using server = await frameServer((r) => {
      r.write(r.head(200), r.data("half"));
      finish = () => r.write(r.data("half", { isLast: true }));
    });
    const session = sessionFor(server);
    const response = await session.get(server.url, { stream: true });
    await session.close();
    finish();
    expect(await response.text()).toBe("halfhalf");
    await until(() => server.connections[0]?.isEnded === true);
  });
});

describe.concurrent("the answer to HEAD, and 204 and 304", () => {
  it.for([
    ["HEAD", 200],
    ["HEAD", 404],
    ["GET", 204],
    ["GET", 304],
    ["POST", 204],
  ] as const)("over HTTP/2 are whole with their head: %s %s", async ([method, status]) => {
    await using server = await frameServer((r) =>
      r.path === "/after" ? r.ok() : r.write(r.head(status, status === 204 ? {} : { "content-length": 5 })),
    );
    await using session = sessionFor(server);
    const options = method === "POST" ? { data: "x" } : {};
    for (const stream of [false, true]) {
      const response = await session.request(method, server.url, { ...options, stream });
      expect([response.status, await response.text()]).toEqual([status, ""]);
    }
    expect(await session.get(`${server.url}/after`).text()).toBe("ok");
    expect(server.connections).toHaveLength(1);
    // A stream that does not end by itself is ended.
    await until(() => server.heard.filter(({ type }) => type === FRAMES.RST_STREAM).length === 2);
  });

  it("are no reason to reset a stream that ends by itself", async () => {
    await using server = await frameServer((r) => {
      r.write(r.head(200));
      setTimeout(() => r.write(r.data("", { isLast: true })), 20);
    });
    await using session = sessionFor(server);
    await session.head(server.url);
    await pause(1200);
    expect(server.heard.some(({ type }) => type === FRAMES.RST_STREAM)).toBe(false);
  });
});

describe("how many requests an HTTP/2 connection takes", () => {
  it("is what the server said last", async () => {
    let running = 0;
    let most = 0;
    await using server = await frameServer((r) => {
      running++;
      most = Math.max(most, running);
      setTimeout(() => {
        running--;
        r.ok();
      }, 10);
    });
    await using session = sessionFor(server);
    await session.get(server.url);
    server.connections[0]?.write(settings({ [SETTINGS.MAX_CONCURRENT_STREAMS]: 3 }));
    await pause(30);
    most = 0;
    await Promise.all(Array.from({ length: 20 }, () => session.get(server.url)));
    expect(most).toBeLessThanOrEqual(3);
    expect(server.connections).toHaveLength(1);
  });

  it("is no reason for those behind them to wait for one that was given up in the queue", async () => {
    const held: FrameRequest[] = [];
    await using server = await frameServer((r) => (r.path === "/held" ? void held.push(r) : r.ok(r.path)), {
      settings: { [SETTINGS.MAX_CONCURRENT_STREAMS]: 1 },
    });
    await using session = sessionFor(server);
    const first = session.get(`${server.url}/held`);
    await until(() => held.length === 1);
    const controller = new AbortController();
    const given = rejection(session.get(`${server.url}/given`, { signal: controller.signal }));
    const last = session.get(`${server.url}/last`);
    controller.abort("mine");
    expect(await given).toBe("mine");
    held[0]?.ok();
    await first;
    expect(await last.text()).toBe("/last");
    expect(server.requests.map(({ path }) => path)).toEqual(["/held", "/last"]);
  });
});

describe("a server of which nobody knows yet what it speaks", () => {
  it("shows no address as its name in TLS", async () => {
    const authority = await Authority.create();
    const names: unknown[] = [];
    const leaf = await authority.issue({ addresses: ["127.0.0.1"] });
    const server = createServer({ ...leaf, ALPNProtocols: ["http/1.1"] }, (_request, response) =>
      response.end(),
    );
    server.on("secureConnection", (socket) => names.push(socket.servername));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    await using session = new Session({ trustEnv: false, verify: authority.pem, http2: true });
    await session.get(`https://127.0.0.1:${port}/`);
    expect(names).toEqual([false]);
    server.closeAllConnections();
    server.close();
  });
});
