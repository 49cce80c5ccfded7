/** How long the parts of a message took: which of them happened on which way, and what they add up to. */
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import {
  AppAdapter,
  HttpAdapter,
  wireResponse,
  type Adapter,
  type ProxyAuth,
  type Timings,
} from "../../src/index.ts";
import { frameServer } from "../support/frame-server.ts";
import { ok as okH2, startH2 } from "../support/h2-server.ts";
import { expectWhole, Heard, partsOf } from "../support/heard.ts";
import { readings } from "../support/readings.ts";
import { answering, ok, scriptedServer } from "../support/scripted-server.ts";
import {
  named,
  pause,
  PAUSE_MS,
  sessionFor,
  slowly,
  startServers,
  ways,
  type Servers,
} from "../support/ways.ts";

let servers: Servers;

beforeAll(async () => {
  servers = await startServers();
});

afterAll(() => servers[Symbol.asyncDispose]());

/** Of a response that has some. */
function timed({ timings }: { readonly timings: Timings | null }): Timings {
  if (timings === null) throw new Error("no timings");
  expectWhole(timings);
  return timings;
}

describe("timings of a response", () => {
  it.for(Object.entries(ways))(
    "tell what happened, on a new connection and on a kept one: %s",
    async ([, way]) => {
      await using session = sessionFor(servers, way);
      using heard = new Heard(session);
      const cold = timed(await session.get(way.url(servers)));
      expect(partsOf(cold)).toBe(`queue ${way.opening} send wait receive`);
      expect(cold.connect).toBeGreaterThan(0);
      const warm = timed(await session.get(way.url(servers)));
      expect(partsOf(warm)).toBe("queue send wait receive");
      expect(warm.connect).toBe(0);
      // A record tells the same, and the connection what opening it took.
      await heard.settled();
      expect(heard.of("message").map(({ timings }) => timings)).toEqual([cold, warm]);
      const { dns, tcp, proxy, tls } = cold;
      expect(heard.one("connection").timings).toEqual({ dns, tcp, proxy, tls });
    },
  );

  it("have the time of a slow look-up", async () => {
    await using session = sessionFor(servers, { adapter: () => ({ lookup: slowly }) });
    expect(timed(await session.get(named(servers.plain.url))).dns).toBeGreaterThan(PAUSE_MS - 2);
  });

  it("have the time of a slow proxy, apart from that of the look-up before it", async () => {
    const url = servers.socks.url.replace("http:", "socks5:");
    await using session = sessionFor(servers, {
      options: () => ({ proxy: url }),
      adapter: () => ({ lookup: slowly }),
    });
    const { dns, proxy } = timed(await session.get(named(servers.plain.url)));
    expect(dns).toBeGreaterThan(PAUSE_MS - 2);
    expect(proxy).toBeGreaterThan(PAUSE_MS - 2);
  });

  it("have both times that a proxy was asked", async () => {
    await using proxy = await scriptedServer(async (connection, server) => {
      const request = await connection.request();
      if (request?.fields.some((field) => /^proxy-authorization/i.test(field)) === true) {
        const to = connect(servers.secure.port, "127.0.0.1");
        connection.socket.on("close", () => to.destroy());
        await pause();
        connection.write("HTTP/1.1 200 OK\r\n\r\n");
        connection.socket.pipe(to).pipe(connection.socket);
        return;
      }
      server.requests.push({ line: "refused", fields: [], rawBody: "" });
      await pause();
      connection.end(
        'HTTP/1.1 407 Who\r\nProxy-Authenticate: Digest realm="r", nonce="n", qop="auth"\r\nContent-Length: 0\r\n\r\n',
      );
    });
    const proxyAuth: ProxyAuth = {
      authorize: async () => (proxy.requests.length === 0 ? null : "Basic secret"),
      onChallenge: async () => true,
    };
    await using session = sessionFor(servers, { options: () => ({ proxy: proxy.url, proxyAuth }) });
    const timings = timed(await session.get(servers.secure.url));
    expect(proxy.requests.length).toBe(1);
    expect(partsOf(timings)).toBe("queue tcp proxy tls send wait receive");
    expect(timings.proxy).toBeGreaterThan(2 * PAUSE_MS - 4);
  });

  it("have the wait for the head, and the wait for the body", async () => {
    await using server = await scriptedServer(async (connection) => {
      for (let n = 0; (await connection.request()) !== null; n++) {
        await pause();
        connection.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nha");
        await pause();
        connection.write("lf");
      }
    });
    await using session = sessionFor(servers);
    const { wait, receive, head } = timed(await session.get(server.url));
    expect(wait).toBeGreaterThan(PAUSE_MS - 2);
    expect(receive).toBeGreaterThan(PAUSE_MS - 2);
    expect(head).toBeGreaterThanOrEqual(wait ?? Number.NaN);
  });

  it("have the wait for the end of a body that ends with its connection", async () => {
    await using server = await scriptedServer(async (connection) => {
      await connection.request();
      connection.write("HTTP/1.1 200 OK\r\n\r\nall");
      await pause();
      connection.end();
    });
    await using session = sessionFor(servers);
    expect(timed(await session.get(server.url)).receive).toBeGreaterThan(PAUSE_MS - 2);
  });

  it("have the wait for the end of a body that ends late, HTTP/2", async () => {
    await using server = await frameServer((r) => {
      setTimeout(() => {
        r.write(r.head(200), r.data("all"));
        setTimeout(() => r.write(r.data("", { isLast: true })), PAUSE_MS);
      }, PAUSE_MS);
    });
    await using session = sessionFor(servers, { options: () => ({ http2: true, verify: server.ca }) });
    const { wait, receive } = timed(await session.get(server.url));
    expect(wait).toBeGreaterThan(PAUSE_MS - 2);
    expect(receive).toBeGreaterThan(PAUSE_MS - 2);
  });

  it.for([
    ["HTTP/1.1", false],
    ["HTTP/2", true],
  ] as const)("have the time in which a body went out: %s", async ([, http2]) => {
    await using server = http2
      ? await startH2((stream) => void stream.on("end", () => okH2(stream)).resume())
      : await scriptedServer(answering(ok()));
    const verify = "ca" in server ? server.ca : true;
    await using session = sessionFor(servers, { options: () => ({ http2, verify }) });
    const slow = async function* (): AsyncGenerator<string> {
      yield "a";
      await pause();
      yield "b";
    };
    const pieces = timed(await session.post(server.url, { data: slow() }));
    expect(pieces.send).toBeGreaterThan(PAUSE_MS - 2);
    expect(pieces.wait).not.toBeNull();
    const whole = timed(await session.post(server.url, { data: new Uint8Array(3_000_000) }));
    expect(whole.send).toBeGreaterThan(0);
  });

  it("end the sending with a head that comes before", async () => {
    await using server = await scriptedServer(async (connection) => {
      await connection.through("\r\n\r\n");
      connection.write(ok());
      while ((await connection.take(1)) !== null);
    });
    await using session = sessionFor(servers);
    const slow = async function* (): AsyncGenerator<string> {
      yield "a";
      await pause();
      yield "b";
    };
    const { send, wait } = timed(await session.post(server.url, { data: slow() }));
    expect(wait).toBe(0);
    expect(send).toBeGreaterThan(0);
  });

  it("have the wait for a free connection in `queue`", async () => {
    await using server = await scriptedServer(
      answering(async () => {
        await pause();
        return ok();
      }),
    );
    await using session = sessionFor(servers, { adapter: () => ({ poolMaxsize: 1, poolBlock: true }) });
    const all = await Promise.all([1, 2, 3].map(() => session.get(server.url)));
    const [first, second, third] = all.map(timed);
    expect([first, second, third].map((timings) => timings?.tcp !== null)).toEqual([true, false, false]);
    expect(second?.queue).toBeGreaterThan(PAUSE_MS - 2);
    expect(third?.queue).toBeGreaterThan(2 * PAUSE_MS - 4);
    expect(third?.wait).toBeGreaterThan(PAUSE_MS - 2);
  });

  it("have the wait for a connection that another message opens in `queue`, HTTP/2", async () => {
    await using session = sessionFor(servers, { options: () => ({ http2: true, verify: servers.h2.ca }) });
    const all = await Promise.all([1, 2, 3].map(() => session.get(servers.h2.url)));
    expect(all.map(timed).map(partsOf)).toEqual([
      "queue tcp tls send wait receive",
      "queue send wait receive",
      "queue send wait receive",
    ]);
    expect(all[1]?.timings?.queue).toBeGreaterThan(all[0]?.timings?.tls ?? Number.NaN);
  });

  it("have the wait for a stream in `queue`, HTTP/2", async () => {
    await using server = await startH2((stream) => void pause().then(() => okH2(stream)), {
      maxConcurrentStreams: 1,
    });
    await using session = sessionFor(servers, { options: () => ({ http2: true, verify: server.ca }) });
    await session.get(server.url);
    const all = await Promise.all([1, 2].map(() => session.get(server.url)));
    expect(all.map(timed)[1]?.queue).toBeGreaterThan(PAUSE_MS - 2);
  });

  it.for(Object.entries(readings))("are whole when the body is: %s", async ([, reading]) => {
    await using server = await scriptedServer(
      answering(ok(JSON.stringify({ a: 1 }), ["Content-Type: application/json"])),
    );
    await using session = sessionFor(servers);
    using heard = new Heard(session);
    await reading(session, server.url);
    await heard.settled();
    const { timings, outcome, receivedBytes } = heard.one("message");
    expect(partsOf(timings)).toBe("queue tcp send wait receive");
    expect([outcome, receivedBytes]).toEqual(["complete", 7]);
  });

  it("of a streamed response have `receive` when it is over, and not before", async () => {
    let go: () => void = () => undefined;
    await using server = await scriptedServer(async (connection) => {
      await connection.request();
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nha");
      await new Promise<void>((resolve) => {
        go = resolve;
      });
      connection.write("lf");
    });
    await using session = sessionFor(servers);
    await using response = await session.get(server.url, { stream: true });
    expect(partsOf(timed(response))).toBe("queue tcp send wait");
    go();
    await response.text();
    expect(partsOf(timed(response))).toBe("queue tcp send wait receive");
  });

  it("are those of each hop, and of each attempt", async () => {
    await using server = await scriptedServer(
      answering(({ line }) =>
        line.startsWith("GET /to")
          ? ok()
          : "HTTP/1.1 302 Found\r\nLocation: /to\r\nContent-Length: 0\r\n\r\n",
      ),
    );
    await using session = sessionFor(servers);
    const response = await session.get(server.url);
    expect([...response.history, response].map(timed).map(partsOf)).toEqual([
      "queue tcp send wait receive",
      "queue send wait receive",
    ]);
  });

  it("begin anew when a message goes out once more, since its connection had ended", async () => {
    let answers = 0;
    await using server = await scriptedServer(async (connection) => {
      while ((await connection.request()) !== null) {
        if (++answers === 2) {
          await pause();
          connection.reset();
          return;
        }
        connection.write(ok());
      }
    });
    await using session = sessionFor(servers);
    await session.get(server.url);
    using heard = new Heard(session);
    const again = timed(await session.get(server.url));
    expect(partsOf(again)).toBe("queue tcp send wait receive");
    await heard.settled();
    const [lost, found] = heard.of("message");
    expect([lost?.outcome, found?.outcome]).toEqual(["failed", "complete"]);
    expect(partsOf(lost?.timings ?? again)).toBe("queue send wait");
    expect(lost?.timings.wait).toBeGreaterThan(PAUSE_MS - 2);
    expect(found?.timings).toEqual(again);
  });

  it("last until all was sent, when the response had come whole before", async () => {
    await using server = await scriptedServer(async (connection) => {
      await connection.through("\r\n\r\n");
      connection.write(ok());
      await connection.closed;
    });
    await using session = sessionFor(servers);
    using heard = new Heard(session);
    async function* slowBody(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("begun");
      await pause();
      await pause();
      yield Buffer.from("and ended");
    }
    const timings = timed(await session.post(server.url, { data: slowBody() }));
    expect(timings.receive).toBeGreaterThan(PAUSE_MS - 2);
    await heard.settled();
    expect(heard.one("message")).toMatchObject({ outcome: "complete", sentBytes: 14, timings });
  });

  it("have the time that an adapter waits before it hands the message on, where somebody listens", async () => {
    await using session = sessionFor(servers);
    const inner = new HttpAdapter();
    session.mount(servers.plain.url, {
      send: async (request, options, signal) => {
        await pause();
        return await inner.send(request, options, signal);
      },
      close: () => inner.close(),
    });
    using heard = new Heard(session);
    const cold = timed(await session.get(servers.plain.url));
    const warm = timed(await session.get(servers.plain.url));
    await heard.settled();
    expect(heard.of("message").map(({ timings }) => timings)).toEqual([cold, warm]);
    for (const { queue } of [cold, warm]) expect(queue).toBeGreaterThan(PAUSE_MS - 2);
    expect(warm.connect).toBe(0);
  });

  it("tell of an app in this process what it took, and of no connection", async () => {
    await using session = sessionFor(servers);
    const app = async (): Promise<Response> => {
      await pause();
      return new Response("hi");
    };
    session.mount("http://app.test", new AppAdapter(app));
    using heard = new Heard(session);
    const timings = timed(await session.get("http://app.test/"));
    expect(partsOf(timings)).toBe("wait receive");
    expect(timings.wait).toBeGreaterThan(PAUSE_MS - 2);
    await heard.settled();
    expect(heard.one("message")).toMatchObject({
      outcome: "complete",
      timings,
      receivedBytes: 2,
      connection: null,
    });
  });

  it("are those that an adapter tells, and of one that does not a record has what the sender sees", async () => {
    const adapter = (timings?: Partial<Timings>): Adapter => ({
      send: async () => {
        await pause();
        return wireResponse({ status: 200, body: "hi", timings });
      },
      close: async () => undefined,
    });
    await using session = sessionFor(servers);
    session.mount("http://told.test", adapter({ head: 7, wait: 7 })).mount("http://untold.test", adapter());
    using heard = new Heard(session);
    const told = await session.get("http://told.test/");
    expect(timed(told)).toMatchObject({ head: 7, wait: 7, dns: null, connect: null });
    expect((await session.get("http://untold.test/")).timings).toBeNull();
    await heard.settled();
    const [one, other] = heard.of("message");
    expect(one?.timings).toEqual(told.timings);
    expect(partsOf(other?.timings ?? timed(told))).toBe("wait receive");
    expect(other?.timings.wait).toBeGreaterThan(PAUSE_MS - 2);
  });
});
