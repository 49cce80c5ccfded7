/** How long the parts of a message took: which of them happened on which way, and what they add up to. */
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { createServer as createTcpServer, connect, type AddressInfo, type LookupFunction } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import {
  AppAdapter,
  HttpAdapter,
  HttpDigestAuth,
  Session,
  wireResponse,
  type Adapter,
  type RequestOptions,
  type SessionOptions,
  type Timings,
} from "../../src/index.ts";
import { Authority } from "../support/certificates.ts";
import { frameServer } from "../support/frame-server.ts";
import { ok as okH2, startH2, type H2Server } from "../support/h2-server.ts";
import { expectWhole, Heard, partsOf } from "../support/heard.ts";
import { phases } from "../support/phases.ts";
import { phasesOverHttp2 } from "../support/phases-http2.ts";
import { readings } from "../support/readings.ts";
import {
  answering,
  ok,
  scriptedServer,
  tunnelling,
  type Script,
  type ScriptedServer,
} from "../support/scripted-server.ts";

/** Longer than anything else takes on the way, in milliseconds: only that it takes so long is expected. */
const PAUSE_MS = 40;

function pause(ms: number = PAUSE_MS): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

let authority: Authority;
let plain: ScriptedServer;
let secure: ScriptedServer;
let h2: H2Server;
let tunnel: ScriptedServer;
let secureTunnel: ScriptedServer;
let secureProxy: ScriptedServer;
let socks: ScriptedServer;
let refusing: ScriptedServer;
let garbling: ScriptedServer;
let closedPort = 0;
let folder = "";
const unix = createServer((_request, response) => void response.end("ok"));

/** Any name is this machine. */
const here: LookupFunction = (_name, options, done) => {
  if (options.all === true) done(null, [{ address: "127.0.0.1", family: 4 }]);
  else done(null, "127.0.0.1", 4);
};
const slowly: LookupFunction = (name, options, done) =>
  void setTimeout(() => here(name, options, done), PAUSE_MS);

/** A SOCKS 5 proxy without credentials, which knows every name as this machine. */
const socksRelay: Script = async (connection) => {
  await connection.take((await connection.take(2))?.charCodeAt(1) ?? 0);
  connection.write("\x05\x00");
  const type = (await connection.take(4))?.charCodeAt(3) ?? 0;
  await connection.take(type === 3 ? ((await connection.take(1))?.charCodeAt(0) ?? 0) : 4);
  const port = Buffer.from((await connection.take(2)) ?? "\0\0", "latin1").readUInt16BE();
  const server = connect(port, "127.0.0.1");
  server.on("error", () => connection.socket.destroy());
  connection.socket.on("close", () => server.destroy());
  await once(server, "connect");
  await pause();
  connection.write("\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00");
  connection.socket.pipe(server).pipe(connection.socket);
};

beforeAll(async () => {
  authority = await Authority.create();
  const leaf = await authority.issue({ addresses: ["127.0.0.1"], names: ["server.test"] });
  plain = await scriptedServer(answering(ok()));
  secure = await scriptedServer(answering(ok()), leaf);
  h2 = await startH2((stream) => okH2(stream));
  tunnel = await scriptedServer(tunnelling);
  secureTunnel = await scriptedServer(tunnelling, leaf);
  secureProxy = await scriptedServer(answering(ok()), leaf);
  socks = await scriptedServer(socksRelay);
  refusing = await scriptedServer(answering("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"));
  garbling = await scriptedServer((connection) => connection.write("what is no TLS"));
  folder = await mkdtemp(join(tmpdir(), "sojourn-timings-"));
  unix.listen(join(folder, "socket"));
  await once(unix, "listening");
  const server = createTcpServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  closedPort = (server.address() as AddressInfo).port; // it listens on TCP
  await new Promise((resolve) => server.close(resolve));
});

afterAll(async () => {
  const servers = [plain, secure, h2, tunnel, secureTunnel, secureProxy, socks, refusing, garbling];
  for (const server of servers) await server[Symbol.asyncDispose]();
  unix.closeAllConnections();
  await new Promise((resolve) => unix.close(resolve));
  await rm(folder, { recursive: true });
});

interface Way {
  readonly url: () => string;
  /** What happens on a connection that is opened for the message, and only then. */
  readonly opening: string;
  readonly options?: () => Omit<SessionOptions, "stream">;
  readonly adapter?: () => ConstructorParameters<typeof HttpAdapter>[0];
}

function named(url: string): string {
  return url.replace("127.0.0.1", "server.test");
}

const ways: Readonly<Record<string, Way>> = {
  "http, an address": { url: () => plain.url, opening: "tcp" },
  "http, a name": {
    url: () => named(plain.url),
    opening: "dns tcp",
    adapter: () => ({ lookup: slowly }),
  },
  "https, an address": { url: () => secure.url, opening: "tcp tls" },
  "https, a name": {
    url: () => named(secure.url),
    opening: "dns tcp tls",
    adapter: () => ({ lookup: slowly }),
  },
  "HTTP/2": { url: () => h2.url, opening: "tcp tls", options: () => ({ http2: true, verify: h2.ca }) },
  "HTTP/2 through a tunnel": {
    url: () => h2.url,
    opening: "tcp proxy tls",
    options: () => ({ http2: true, verify: h2.ca, proxy: tunnel.url }),
  },
  "an http proxy that forwards": {
    url: () => "http://server.test/",
    opening: "tcp",
    options: () => ({ proxy: plain.url }),
  },
  "an https proxy that forwards": {
    url: () => "http://server.test/",
    opening: "tcp proxy",
    options: () => ({ proxy: secureProxy.url }),
  },
  "a tunnel of an http proxy": {
    url: () => named(secure.url),
    opening: "tcp proxy tls",
    options: () => ({ proxy: tunnel.url }),
  },
  "a tunnel of an http proxy that has a name": {
    url: () => named(secure.url),
    opening: "dns tcp proxy tls",
    options: () => ({ proxy: named(tunnel.url) }),
    adapter: () => ({ lookup: here }),
  },
  "a tunnel of an https proxy": {
    url: () => named(secure.url),
    opening: "tcp proxy tls",
    options: () => ({ proxy: secureTunnel.url }),
  },
  "SOCKS5, an address": {
    url: () => plain.url,
    opening: "tcp proxy",
    options: () => ({ proxy: socks.url.replace("http:", "socks5:") }),
  },
  "SOCKS5, a name": {
    url: () => named(plain.url),
    opening: "dns tcp proxy",
    options: () => ({ proxy: socks.url.replace("http:", "socks5:") }),
    adapter: () => ({ lookup: slowly }),
  },
  SOCKS5h: {
    url: () => named(plain.url),
    opening: "tcp proxy",
    options: () => ({ proxy: socks.url.replace("http:", "socks5h:") }),
  },
  "SOCKS5h, https": {
    url: () => named(secure.url),
    opening: "tcp proxy tls",
    options: () => ({ proxy: socks.url.replace("http:", "socks5h:") }),
  },
  "a unix socket": {
    url: () => "http://server.test/",
    opening: "tcp",
    adapter: () => ({ socketPath: join(folder, "socket") }),
  },
};

function sessionOf({ options, adapter }: Partial<Way> = {}): Session {
  const session = new Session({ trustEnv: false, verify: authority.pem, timeout: 8000, ...options?.() });
  for (const prefix of ["http://", "https://"]) session.mount(prefix, new HttpAdapter(adapter?.()));
  return session;
}

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
      await using session = sessionOf(way);
      using heard = new Heard(session);
      const cold = timed(await session.get(way.url()));
      expect(partsOf(cold)).toBe(`queue ${way.opening} send wait receive`);
      expect(cold.connect).toBeGreaterThan(0);
      const warm = timed(await session.get(way.url()));
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
    await using session = sessionOf({ adapter: () => ({ lookup: slowly }) });
    expect(timed(await session.get(named(plain.url))).dns).toBeGreaterThan(PAUSE_MS - 2);
  });

  it("have the time of a slow proxy, apart from that of the look-up before it", async () => {
    const url = socks.url.replace("http:", "socks5:");
    await using session = sessionOf({ options: () => ({ proxy: url }), adapter: () => ({ lookup: slowly }) });
    const { dns, proxy } = timed(await session.get(named(plain.url)));
    expect(dns).toBeGreaterThan(PAUSE_MS - 2);
    expect(proxy).toBeGreaterThan(PAUSE_MS - 2);
  });

  it("have both times that a proxy was asked", async () => {
    await using proxy = await scriptedServer(async (connection, server) => {
      const request = await connection.request();
      if (request?.fields.some((field) => /^proxy-authorization/i.test(field)) === true) {
        const to = connect(secure.port, "127.0.0.1");
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
    const proxyAuth = new HttpDigestAuth("ann", "secret");
    await using session = sessionOf({ options: () => ({ proxy: proxy.url, proxyAuth }) });
    const timings = timed(await session.get(secure.url));
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
    await using session = sessionOf();
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
    await using session = sessionOf();
    expect(timed(await session.get(server.url)).receive).toBeGreaterThan(PAUSE_MS - 2);
  });

  it("have the wait for the end of a body that ends late, HTTP/2", async () => {
    await using server = await frameServer(async (r) => {
      await pause();
      r.write(r.head(200), r.data("all"));
      await pause();
      r.write(r.data("", { isLast: true }));
    });
    await using session = sessionOf({ options: () => ({ http2: true, verify: server.ca }) });
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
    await using session = sessionOf({ options: () => ({ http2, verify }) });
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
    await using session = sessionOf();
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
    await using session = sessionOf({ adapter: () => ({ poolMaxsize: 1, poolBlock: true }) });
    const all = await Promise.all([1, 2, 3].map(() => session.get(server.url)));
    const [first, second, third] = all.map(timed);
    expect([first, second, third].map((timings) => timings?.tcp !== null)).toEqual([true, false, false]);
    expect(second?.queue).toBeGreaterThan(PAUSE_MS - 2);
    expect(third?.queue).toBeGreaterThan(2 * PAUSE_MS - 4);
    expect(third?.wait).toBeGreaterThan(PAUSE_MS - 2);
  });

  it("have the wait for a connection that another message opens in `queue`, HTTP/2", async () => {
    await using session = sessionOf({ options: () => ({ http2: true, verify: h2.ca }) });
    const all = await Promise.all([1, 2, 3].map(() => session.get(h2.url)));
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
    await using session = sessionOf({ options: () => ({ http2: true, verify: server.ca }) });
    await session.get(server.url);
    const all = await Promise.all([1, 2].map(() => session.get(server.url)));
    expect(all.map(timed)[1]?.queue).toBeGreaterThan(PAUSE_MS - 2);
  });

  it.for(Object.entries(readings))("are whole when the body is: %s", async ([, reading]) => {
    await using server = await scriptedServer(
      answering(ok(JSON.stringify({ a: 1 }), ["Content-Type: application/json"])),
    );
    await using session = sessionOf();
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
    await using session = sessionOf();
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
    await using session = sessionOf();
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
    await using session = sessionOf();
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

  it("tell of an app in this process what it took, and of no connection", async () => {
    await using session = sessionOf();
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
    await using session = sessionOf();
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

interface Failure {
  readonly url: () => string;
  readonly error: string;
  readonly phase: string | null;
  /** What happened of it. */
  readonly parts: string;
  readonly options?: () => Omit<SessionOptions, "stream">;
  readonly request?: () => RequestOptions<false>;
  readonly adapter?: () => ConstructorParameters<typeof HttpAdapter>[0];
}

const never: LookupFunction = () => undefined;
const nowhere: LookupFunction = (host, _options, done) =>
  done(Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: "ENOTFOUND" }), "");

const failures: Readonly<Record<string, Failure>> = {
  "nobody listens": {
    url: () => `http://127.0.0.1:${closedPort}`,
    error: "ConnectionError",
    phase: "connect",
    parts: "queue tcp",
  },
  "nobody listens, https": {
    url: () => `https://127.0.0.1:${closedPort}`,
    error: "ConnectionError",
    phase: "connect",
    parts: "queue tcp",
  },
  "the name is unknown": {
    url: () => "http://server.test",
    error: "ConnectionError",
    phase: "connect",
    parts: "queue dns",
    adapter: () => ({ lookup: nowhere }),
  },
  "the name is never found": {
    url: () => "https://server.test",
    error: "ConnectTimeout",
    phase: "connect",
    parts: "queue dns",
    adapter: () => ({ lookup: never }),
    request: () => ({ timeout: { connect: 30 } }),
  },
  "TLS is not spoken": {
    url: () => garbling.url.replace("http:", "https:"),
    error: "SSLError",
    phase: "connect",
    parts: "queue tcp tls",
  },
  "the certificate is not trusted": {
    url: () => secure.url,
    error: "SSLError",
    phase: "connect",
    parts: "queue tcp tls",
    options: () => ({ verify: h2.ca }),
  },
  "the proxy refuses": {
    url: () => secure.url,
    error: "ProxyError",
    phase: "connect",
    parts: "queue tcp proxy",
    options: () => ({ proxy: refusing.url }),
  },
  "the proxy is not there": {
    url: () => secure.url,
    error: "ProxyError",
    phase: "connect",
    parts: "queue tcp",
    options: () => ({ proxy: `http://127.0.0.1:${closedPort}` }),
  },
  "the header cannot be sent": {
    url: () => plain.url,
    error: "InvalidBody",
    phase: "prepare",
    parts: "wait",
    request: () => ({ headers: { "content-length": "7" } }),
  },
};

describe("timings of a message that fails", () => {
  it.for(Object.entries(failures))("go as far as it came: %s", async ([, failure]) => {
    await using session = sessionOf(failure);
    using heard = new Heard(session);
    const error: unknown = await session
      .post(failure.url(), failure.request?.())
      .catch((thrown: unknown) => thrown);
    await heard.settled();
    const message = heard.one("message");
    expect(message).toMatchObject({ outcome: "failed", status: null, phase: failure.phase, sentBytes: 0 });
    expect(message.error).toBe(error);
    expect((message.error as Error).name).toBe(failure.error);
    expect(partsOf(message.timings)).toBe(failure.parts);
    expect(heard.one("call").error).toBe(error);
  });
});

/** What happened when a message stays in a phase for ever. */
const staying: Readonly<Record<string, string>> = {
  "the name look-up": "queue dns",
  connecting: "queue tcp",
  "the TLS handshake": "queue tcp tls",
  "CONNECT of a proxy": "queue tcp proxy",
  "the wait for a free connection": "queue",
  "the wait for 100 Continue": "queue tcp send",
  "sending a body that the server does not take": "queue tcp send",
  "waiting for a piece of the body to send": "queue tcp send",
  "waiting for the head": "queue tcp send wait",
  "reading the body": "queue tcp send wait receive",
  "reading the body of a hop": "queue tcp send wait receive",
  "waiting for the head of the second hop": "queue send wait",
  "waiting for the head with HTTP/2": "queue tcp tls send wait",
  "waiting for an app in this process": "wait",
  "the wait between two attempts": "queue tcp send wait receive",
  "the wait for the server's settings, HTTP/2": "queue",
  "the wait for a free stream, HTTP/2": "queue",
  "the wait for 100 Continue, HTTP/2": "queue tcp tls send",
  "sending a body that the server does not take, HTTP/2": "queue tcp tls send",
  "waiting for a piece of the body to send, HTTP/2": "queue tcp tls send",
  "sending the rest of a body whose answer is there, HTTP/2": "queue tcp tls send wait receive",
  "waiting for the head, HTTP/2": "queue tcp tls send wait",
  "reading the body, HTTP/2": "queue tcp tls send wait receive",
  "reading the body of a hop, HTTP/2": "queue tcp tls send wait receive",
  "waiting for the head of the second hop, HTTP/2": "queue send wait",
};

/** Ends the message in one way or another. */
const endings = {
  "given up by its caller": "aborted",
  "ended with its session": "failed",
  "ended by the total timeout": "failed",
} as const;

/** Of those that take their time. */
const TIMED: readonly string[] = [
  "the name look-up",
  "the TLS handshake",
  "CONNECT of a proxy",
  "the wait for a free connection",
  "waiting for a piece of the body to send",
  "waiting for the head",
  "reading the body",
  "waiting for an app in this process",
  "the wait for a free stream, HTTP/2",
  "reading the body, HTTP/2",
];

describe.for(Object.entries(endings))("timings of a message that is %s", ([ending, outcome]) => {
  const isTimed = ending === "ended by the total timeout";
  const all = Object.entries({ ...phases, ...phasesOverHttp2 }).filter(
    ([phase]) => !isTimed || TIMED.includes(phase),
  );
  it.for(all)("go as far as it came: %s", async ([phase, start]) => {
    await using session = new Session({ trustEnv: false, verify: authority.pem });
    using heard = new Heard(session);
    const controller = new AbortController();
    const options = isTimed ? { timeout: { total: 400 } } : { signal: controller.signal };
    await using ongoing = await start(session, options);
    const ended = ongoing.call.catch((thrown: unknown) => thrown);
    await expect.poll(() => ongoing.isThere()).toBe(true);
    if (staying[phase]?.endsWith("receive") === true)
      await expect.poll(() => heard.of("head").at(-1)?.id).toBe(heard.of("sending").at(-1)?.id);
    const reason = new Error("enough");
    if (outcome === "aborted") controller.abort(reason);
    else if (!isTimed) await session.close();
    const error = await ended;
    const last = heard.of("sending").at(-1);
    await expect.poll(() => heard.of("message").some(({ id }) => id === last?.id)).toBe(true);
    const message = heard.of("message").find(({ id }) => id === last?.id);
    if (message === undefined) throw new Error("it has no end");
    expectWhole(message.timings);
    expect(partsOf(message.timings)).toBe(staying[phase]);
    // That one between two attempts is over.
    const isOver = phase === "the wait between two attempts";
    expect(message.outcome).toBe(isOver ? "complete" : outcome);
    if (!isOver && outcome === "aborted") expect(message.error).toBe(reason);
    expect(heard.of("call").find(({ id }) => id === last?.call)).toMatchObject({ outcome, error });
  });
});
