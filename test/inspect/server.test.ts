/** The inspector's server, attacked from this machine: by pages, by other programs, and with what is no HTTP. */
import { networkInterfaces } from "node:os";
import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { entryOf, eventsFor, eventsIn, PAGE, RawClient, running, TOKEN } from "../support/watched.ts";

/** In the URL of what is recorded: whoever reads it has got in. */
const DATA = "planted-data-8461";

/** All that a request is answered with until the connection ends, or until an answer is there. */
async function answerTo(port: number, lines: readonly string[], body: string = ""): Promise<string> {
  await using client = new RawClient(port, ...lines);
  client.socket.write(body);
  await expect.poll(() => client.statuses.length > 0 || client.socket.destroyed).toBe(true);
  client.socket.end();
  await client.closed;
  return client.heard;
}

describe("what is answered", () => {
  const FIELDS = [
    /^Cache-Control: no-store\r$/m,
    /^Referrer-Policy: no-referrer\r$/m,
    /^X-Content-Type-Options: nosniff\r$/m,
    /^Cross-Origin-Resource-Policy: same-origin\r$/m,
    /^Cross-Origin-Opener-Policy: same-origin\r$/m,
    /^Cross-Origin-Embedder-Policy: require-corp\r$/m,
    /^Content-Security-Policy: .*default-src 'none'.*\r$/m,
  ];

  it.for([
    ["the page", "/", 200],
    ["events", "/events", 200],
    ["what is not there", "/nothing", 404],
  ] as const)(
    "has the fields that keep others out, and none that lets them in: %s",
    async ([, target, status]) => {
      await using stage = await running();
      const { port } = stage.server;
      await using client = new RawClient(
        port,
        `GET ${target} HTTP/1.1`,
        `Host: 127.0.0.1:${port}`,
        `X-Sojourn-Token: ${TOKEN}`,
        `Origin: http://127.0.0.1:${port}`,
      );
      await expect.poll(() => client.heard).toContain("\r\n\r\n");
      expect(client.statuses).toEqual([status]);
      for (const field of FIELDS) expect(client.heard).toMatch(field);
      expect(client.heard).not.toMatch(/^(?:Access-Control-|Set-Cookie|Server|Timing-Allow)/im);
    },
  );

  it("is the page for who has no token, without data", async () => {
    await using stage = await running();
    stage.recorder.record(entryOf(1, `http://shop.example/${DATA}`));
    const { port } = stage.server;
    const answer = await answerTo(port, ["GET / HTTP/1.1", `Host: localhost:${port}`]);
    expect(answer).toContain(PAGE.html);
    expect(answer).not.toContain(DATA);
    expect(answer).not.toContain(TOKEN);
  });

  it("is what was and what comes for who has the token", async () => {
    await using stage = await running();
    stage.recorder.record(entryOf(1));
    await using client = new RawClient(stage.server.port, ...eventsFor(stage.server.port));
    await expect.poll(() => client.heard).toContain("http://shop.example/1");
    stage.recorder.record(entryOf(2));
    await expect.poll(() => client.heard).toContain("http://shop.example/2");
    const [, ...entries] = client.heard.match(/^event: \w+/gm) ?? [];
    expect(entries).toEqual(["event: entry", "event: entry"]);
    expect(client.heard).not.toContain(TOKEN);
  });
});

describe("who has not all of it right reads nothing", () => {
  type Lines = (port: number) => readonly string[];
  const good = (port: number): string => `Host: 127.0.0.1:${port}`;
  const token = `X-Sojourn-Token: ${TOKEN}`;

  it.for<[name: string, statuses: readonly (number | null)[], lines: Lines]>([
    ["another host", [403], () => ["GET /events HTTP/1.1", "Host: evil.example", token]],
    ["a rebound name", [403], (port) => ["GET /events HTTP/1.1", `Host: evil.example:${port}`, token]],
    ["another port", [403], () => ["GET /events HTTP/1.1", "Host: 127.0.0.1:1", token]],
    ["no Host", [400], () => ["GET /events HTTP/1.1", token]],
    ["no Host, by HTTP/1.0", [403], () => ["GET /events HTTP/1.0", token]],
    ["two hosts", [403], (port) => ["GET /events HTTP/1.1", good(port), "Host: evil.example", token]],
    ["a host on two lines", [400, 403], (port) => ["GET /events HTTP/1.1", good(port), " x", token]],
    ["a NUL in the host", [400], (port) => ["GET /events HTTP/1.1", `${good(port)}\0`, token]],
    ["another origin", [403], (port) => [...eventsFor(port), "Origin: http://evil.example"]],
    ["no origin that has a name", [403], (port) => [...eventsFor(port), "Origin: null"]],
    ["another site's page", [403], (port) => [...eventsFor(port), "Sec-Fetch-Site: cross-site"]],
    ["no token", [403], (port) => ["GET /events HTTP/1.1", good(port)]],
    ["a wrong token", [403], (port) => ["GET /events HTTP/1.1", good(port), `X-Sojourn-Token: ${TOKEN}x`]],
    ["the token in the query", [404], (port) => [`GET /events?token=${TOKEN} HTTP/1.1`, good(port)]],
    ["POST", [405], (port) => ["POST /events HTTP/1.1", good(port), token, "Content-Length: 1"]],
    ["PUT", [405], (port) => ["PUT /events HTTP/1.1", good(port), token, "Content-Length: 1"]],
    ["DELETE", [405], (port) => ["DELETE /events HTTP/1.1", good(port), token]],
    ["PATCH", [405], (port) => ["PATCH / HTTP/1.1", good(port), token]],
    ["TRACE", [405], (port) => ["TRACE / HTTP/1.1", good(port), token]],
    [
      "OPTIONS of another page",
      [403],
      (port) => [
        "OPTIONS /events HTTP/1.1",
        good(port),
        "Origin: http://evil.example",
        "Access-Control-Request-Method: GET",
        "Access-Control-Request-Headers: x-sojourn-token",
        "Access-Control-Request-Private-Network: true",
      ],
    ],
    ["CONNECT", [null], (port) => [`CONNECT 127.0.0.1:${port} HTTP/1.1`, good(port), token]],
    [
      "an upgrade to websockets",
      [400],
      (port) => [
        ...eventsFor(port),
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
      ],
    ],
    ["an upgrade to HTTP/2", [400], (port) => [...eventsFor(port), "Connection: Upgrade", "Upgrade: h2c"]],
    ["HTTP/2 by itself", [400], () => ["PRI * HTTP/2.0\r\n\r\nSM"]],
    ["a body", [400], (port) => [...eventsFor(port), "Content-Length: 4"]],
    ["chunks", [400], (port) => [...eventsFor(port), "Transfer-Encoding: chunked"]],
    [
      "two framings",
      [400],
      (port) => [...eventsFor(port), "Transfer-Encoding: chunked", "Content-Length: 4"],
    ],
    ["an expectation", [400], (port) => [...eventsFor(port), "Expect: 100-continue", "Content-Length: 4"]],
    ["an expectation of something else", [417], (port) => [...eventsFor(port), "Expect: data"]],
    ["a whole URL", [404], (port) => [`GET http://127.0.0.1:${port}/events HTTP/1.1`, good(port), token]],
    ["a path that climbs", [404], (port) => ["GET /../../../../etc/passwd HTTP/1.1", good(port), token]],
    [
      "a path that climbs in escapes",
      [404],
      (port) => ["GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1", good(port), token],
    ],
    ["a path with a NUL", [404], (port) => ["GET /events%00 HTTP/1.1", good(port), token]],
    ["a head of 9 KB", [431], (port) => [...eventsFor(port), `X: ${"x".repeat(9000)}`]],
    ["a target of 9 KB", [431], (port) => [`GET /${"x".repeat(9000)} HTTP/1.1`, good(port), token]],
    [
      "2,000 fields",
      [431],
      (port) => [...eventsFor(port), ...Array.from({ length: 2000 }, (_, at) => `X${at}: x`)],
    ],
    ["no HTTP", [400], () => ["\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"]],
  ])("%s", async ([, statuses, lines]) => {
    await using stage = await running();
    stage.recorder.record(entryOf(1, `http://shop.example/${DATA}`));
    const answer = await answerTo(stage.server.port, lines(stage.server.port), "body");
    const [, status = null] = /^HTTP\/1\.1 (\d{3})/.exec(answer) ?? [];
    expect(statuses).toContain(status === null ? null : Number(status));
    expect(answer).not.toContain(DATA);
    expect(answer).not.toContain(TOKEN);
    expect(answer).not.toMatch(/^Access-Control-/im);
    expect([stage.recorder.asked, stage.server.readers]).toEqual([0, 0]);
  });

  it("answers no second request on the connection of one that was refused", async () => {
    await using stage = await running();
    stage.recorder.record(entryOf(1, `http://shop.example/${DATA}`));
    const { port } = stage.server;
    await using client = new RawClient(
      port,
      "POST / HTTP/1.1",
      `Host: 127.0.0.1:${port}`,
      "Content-Length: 200",
      "",
      ...eventsFor(port),
    );
    await client.closed;
    expect(client.statuses).toEqual([405]);
    expect(client.heard).not.toContain(DATA);
  });
});

describe("the port", () => {
  const others = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, family }) => !internal && family === "IPv4");

  it("is one of 127.0.0.1, and of no other address", async () => {
    await using stage = await running();
    const refusals = ["127.0.0.2", ...others.map(({ address }) => address)].map(
      (address) =>
        new Promise((resolve) => {
          const socket = connect(stage.server.port, address);
          socket.on("connect", () => {
            socket.destroy();
            resolve("open");
          });
          socket.on("error", () => resolve("closed"));
        }),
    );
    expect(new Set(await Promise.all(refusals))).toEqual(new Set(["closed"]));
  });
});

describe("whoever takes their time", () => {
  const limits = { headMs: 100, idleMs: 100, checkMs: 20 };

  it.for([
    ["says nothing", ""],
    ["begins a request", "GET / HTTP/1.1\r\nHost: "],
    ["begins a field", "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Y: "],
  ] as const)("is not waited for: %s", async ([, said]) => {
    await using stage = await running(limits);
    await using client = new RawClient(stage.server.port);
    client.socket.write(said);
    await client.closed;
    expect(client.statuses).toEqual([408]);
  });

  it("is not waited for, a byte at a time", async () => {
    await using stage = await running(limits);
    await using client = new RawClient(stage.server.port);
    client.socket.write("GET / HTTP/1.1\r\nX: ");
    const drip = setInterval(() => client.socket.write("x"), 10);
    try {
      await client.closed;
    } finally {
      clearInterval(drip);
    }
    expect(client.statuses).toEqual([408]);
  });

  it("keeps a connection on which nothing is asked for a while only", async () => {
    await using stage = await running(limits);
    const { port } = stage.server;
    await using client = new RawClient(port, "GET / HTTP/1.1", `Host: 127.0.0.1:${port}`);
    await client.closed;
    expect(client.statuses).toEqual([200]);
  });

  it("keeps no connection on which the page is not taken up", async () => {
    // More than the system holds for a connection.
    const page = { ...PAGE, html: "x".repeat(32_000_000) };
    await using stage = await running({ ...limits, maxConnections: 1 }, page);
    const { port } = stage.server;
    await using client = new RawClient(port, "GET / HTTP/1.1", `Host: 127.0.0.1:${port}`);
    await expect.poll(() => client.heard.length).toBeGreaterThan(0);
    client.socket.pause();
    await expect
      .poll(() => answerTo(port, ["GET /nothing HTTP/1.1", `Host: 127.0.0.1:${port}`]))
      .toContain("HTTP/1.1 404");
    client.socket.resume();
    await client.closed;
    expect(client.heard.length).toBeLessThan(32_000_000);
  });

  it("reads along for longer than all of those", async () => {
    await using stage = await running(limits);
    await using client = new RawClient(stage.server.port, ...eventsFor(stage.server.port));
    await using silent = new RawClient(stage.server.port);
    // Its time is over: so was the other one's, had it one.
    await silent.closed;
    await using next = new RawClient(stage.server.port);
    await next.closed;
    stage.recorder.record(entryOf(7));
    await expect.poll(() => client.heard).toContain("http://shop.example/7");
  });
});

describe("many", () => {
  it("requests at once on a connection have no answers that pile up, and the connection ends", async () => {
    await using stage = await running();
    const { port } = stage.server;
    const request = ["GET / HTTP/1.1", `Host: 127.0.0.1:${port}`, "", ""];
    await using client = new RawClient(port);
    client.socket.write(request.join("\r\n").repeat(1000));
    await client.closed;
    expect(client.heard.split("HTTP/1.1 200 ").length - 1).toBeLessThan(2);
  });

  it("requests one after the other are answered on one connection", async () => {
    await using stage = await running();
    const { port } = stage.server;
    const request = ["GET / HTTP/1.1", `Host: 127.0.0.1:${port}`, "", ""];
    await using client = new RawClient(port);
    for (const count of [1, 2, 3]) {
      client.socket.write(request.join("\r\n"));
      await expect.poll(() => client.heard.split(PAGE.html)).toHaveLength(count + 1);
    }
  });

  it("connections are not taken, and the next one is when they are gone", async () => {
    await using stage = await running({ maxConnections: 4 });
    const { port } = stage.server;
    const clients = Array.from({ length: 12 }, () => new RawClient(port));
    await expect.poll(() => clients.filter(({ socket }) => socket.destroyed).length).toBe(8);
    for (const client of clients) await client[Symbol.asyncDispose]();
    await expect
      .poll(() => answerTo(port, ["GET / HTTP/1.1", `Host: 127.0.0.1:${port}`]))
      .toContain("HTTP/1.1 200");
  });

  it("readers are told to come later, and the next one is taken when one has left", async () => {
    await using stage = await running({ maxReaders: 2 });
    const { port } = stage.server;
    await using first = new RawClient(port, ...eventsFor(port));
    await using second = new RawClient(port, ...eventsFor(port));
    await expect.poll(() => first.statuses.concat(second.statuses)).toEqual([200, 200]);
    expect(await answerTo(port, eventsFor(port))).toContain("HTTP/1.1 503");
    await first[Symbol.asyncDispose]();
    await expect.poll(() => stage.server.readers).toBe(1);
    await using third = new RawClient(port, ...eventsFor(port));
    await expect.poll(() => third.statuses).toEqual([200]);
  });
});

describe("a reader that stops to read", () => {
  it("holds a part of what comes, and begins anew when it reads again", async () => {
    await using stage = await running({ maxWaiting: 50, restartMs: 10 });
    const { server, recorder } = stage;
    await using client = new RawClient(server.port, ...eventsFor(server.port));
    await expect.poll(() => client.heard).toContain("event: log");
    client.socket.pause();
    // More than the buffers of both sockets take.
    const long = `http://shop.example/${"x".repeat(100_000)}`;
    for (let count = 0; count < 300; count++) {
      recorder.entries.splice(0, recorder.entries.length - 20);
      recorder.record(entryOf(count, `${long}/${count}`));
      await new Promise((resolve) => setImmediate(resolve));
    }
    const before = recorder.asked;
    client.socket.resume();
    await expect.poll(() => client.heard).toContain(`/299"`);
    expect([before, recorder.asked]).toEqual([1, 2]);
  });
});

describe("a reader that is gone", () => {
  it.for([
    ["says goodbye", (client: RawClient) => client.socket.end()],
    ["breaks off", (client: RawClient) => client.socket.resetAndDestroy()],
  ] as const)("is told nothing more, and nobody listens for it: it %s", async ([, leave]) => {
    await using stage = await running();
    const { server, recorder } = stage;
    await using client = new RawClient(server.port, ...eventsFor(server.port));
    await expect.poll(() => client.heard).toContain("event: log");
    leave(client);
    // It may not be known yet that it is gone.
    for (let count = 0; count < 50; count++) {
      recorder.record(entryOf(count));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await expect.poll(() => [server.readers, recorder.listeners]).toEqual([0, 0]);
    const answer = await answerTo(server.port, ["GET / HTTP/1.1", `Host: 127.0.0.1:${server.port}`]);
    expect(answer).toContain(PAGE.html);
  });
});

describe("close()", () => {
  it("tells readers what they do not have yet, and that it is the end", async () => {
    await using stage = await running();
    await using client = new RawClient(stage.server.port, ...eventsFor(stage.server.port));
    await expect.poll(() => client.heard).toContain("event: log");
    stage.recorder.record(entryOf(1));
    await stage.server.close();
    await client.closed;
    expect(client.heard).toContain("http://shop.example/1");
    expect(client.heard).toContain("event: closed\ndata: {}\n\n");
  });

  it("ends connections that are in the middle of something", async () => {
    await using stage = await running();
    const { port } = stage.server;
    await using silent = new RawClient(port);
    await using half = new RawClient(port);
    half.socket.write("GET / HTTP/1.1\r\nHo");
    await using stuck = new RawClient(port, ...eventsFor(port));
    stuck.socket.pause();
    await expect.poll(() => stage.server.readers).toBe(1);
    await Promise.all([stage.server.close(), stage.server.close()]);
    stuck.socket.resume();
    await Promise.all([silent.closed, half.closed, stuck.closed]);
    expect([stage.server.readers, stage.recorder.listeners]).toEqual([0, 0]);
    await using late = new RawClient(port, "GET / HTTP/1.1", `Host: 127.0.0.1:${port}`);
    await late.closed;
    expect(late.heard).toBe("");
  });
});

describe("what is told", () => {
  it("comes whole through the framing of HTTP", async () => {
    await using stage = await running();
    const { server, recorder } = stage;
    for (let count = 0; count < 500; count++)
      recorder.record(entryOf(count, `http://shop.example/ü/${count}`));
    const controller = new AbortController();
    const response = await fetch(`http://127.0.0.1:${server.port}/events`, {
      headers: { "X-Sojourn-Token": TOKEN },
      signal: controller.signal,
    });
    let text = "";
    const reading = (async () => {
      const decoder = new TextDecoder();
      const body = response.body as AsyncIterable<Uint8Array> | null; // it has one, of bytes
      for await (const chunk of body ?? []) text += decoder.decode(chunk, { stream: true });
    })();
    await expect.poll(() => eventsIn(text).length).toBe(501);
    await server.close();
    await reading;
    const urls = eventsIn(text)
      .slice(1, -1)
      .map(({ data }) => (data as { request: { url: string } }).request.url);
    expect(urls).toEqual(recorder.entries.map(({ request }) => request.url));
    expect(eventsIn(text).at(-1)).toEqual({ event: "closed", data: {} });
  });
});
