/** What instruments hear of requests that get no connection, or another one, and of connections themselves. */
import { createServer, type Socket } from "node:net";
import { once } from "node:events";
import type { AddressInfo, LookupFunction } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { HttpAdapter, Retry, Session, type RequestOptions, type SessionOptions } from "../../src/index.ts";
import { CODES, frameServer } from "../support/frame-server.ts";
import { connectChannels, Instrument } from "../support/instrument.ts";
import {
  answering,
  ok,
  scriptedServer,
  tunnelling,
  type ScriptedServer,
} from "../support/scripted-server.ts";
import { startTracingOrigin, type TracingOrigin } from "../support/tracing-origin.ts";

let origin: TracingOrigin;
let plain: ScriptedServer;
let tunnel: ScriptedServer;
let refusing: ScriptedServer;
let garbling: ScriptedServer;
/** A port on which nobody listens. */
let closedPort = 0;

beforeAll(async () => {
  origin = await startTracingOrigin();
  plain = await scriptedServer(answering(ok()));
  tunnel = await scriptedServer(tunnelling);
  refusing = await scriptedServer(answering("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"));
  garbling = await scriptedServer((connection) => connection.write("what is no SOCKS"));
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  closedPort = (server.address() as AddressInfo).port;
  await new Promise((resolve) => server.close(resolve));
});

afterAll(async () => {
  for (const server of [origin, plain, tunnel, refusing, garbling]) await server[Symbol.asyncDispose]();
});

const nowhere: LookupFunction = (host, _options, done) =>
  done(Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: "ENOTFOUND" }), "");
const never: LookupFunction = () => undefined;

interface Row {
  readonly to: () => string;
  readonly error: string;
  readonly session?: () => Omit<SessionOptions, "stream">;
  readonly request?: () => RequestOptions<false>;
  readonly adapter?: ConstructorParameters<typeof HttpAdapter>[0];
}

const rows: Readonly<Record<string, Row>> = {
  "nobody listens": { to: () => `http://127.0.0.1:${closedPort}/x`, error: "ConnectionError" },
  "nobody listens, https": { to: () => `https://127.0.0.1:${closedPort}/x`, error: "ConnectionError" },
  "the name is unknown": {
    to: () => "https://unknown.test/x",
    error: "ConnectionError",
    adapter: { lookup: nowhere },
  },
  "the certificate is not trusted": {
    to: () => `${origin.url}/x`,
    error: "SSLError",
    session: () => ({ verify: true }),
  },
  "TLS is not spoken": { to: () => `${garbling.url.replace("http:", "https:")}/x`, error: "SSLError" },
  "the CA bundle cannot be read": {
    to: () => `${origin.url}/x`,
    error: "SSLError",
    session: () => ({ verify: "/nowhere/ca.pem" }),
  },
  "it takes too long": {
    to: () => "https://slow.test/x",
    error: "ConnectTimeout",
    adapter: { lookup: never },
    session: () => ({ timeout: { connect: 30 } }),
  },
  "the caller gives up": {
    to: () => "https://slow.test/x",
    error: "TimeoutError",
    adapter: { lookup: never },
    request: () => ({ signal: AbortSignal.timeout(30) }),
  },
  "the total time is over": {
    to: () => "https://slow.test/x",
    error: "Timeout",
    adapter: { lookup: never },
    request: () => ({ timeout: { total: 30 } }),
  },
  "the address is not allowed": {
    to: () => `${origin.url}/x`,
    error: "AddressRefused",
    session: () => ({ addressPolicy: () => false }),
  },
  "the proxy is not there": {
    to: () => `${origin.url}/x`,
    error: "ProxyError",
    session: () => ({ proxy: `http://127.0.0.1:${closedPort}` }),
  },
  "the proxy that forwards is not there": {
    to: () => `${plain.url}/x`,
    error: "ProxyError",
    session: () => ({ proxy: `http://127.0.0.1:${closedPort}` }),
  },
  "the proxy refuses": {
    to: () => `${origin.url}/x`,
    error: "ProxyError",
    session: () => ({ proxy: refusing.url }),
  },
  "the SOCKS proxy is none": {
    to: () => `${origin.url}/x`,
    error: "ProxyError",
    session: () => ({ proxy: garbling.url.replace("http:", "socks5:") }),
  },
};

function sessionOf(row: Row, http2: boolean): Session {
  const session = new Session({
    trustEnv: false,
    verify: origin.ca,
    http2,
    timeout: 8000,
    ...row.session?.(),
  });
  for (const prefix of ["http://", "https://"]) session.mount(prefix, new HttpAdapter(row.adapter));
  return session;
}

describe.for([
  ["HTTP/1.1", false],
  ["HTTP/2", true],
] as const)("a request that gets no connection, %s asked for,", ([, http2]) => {
  it.for(Object.entries(rows))("begins, and ends with the caller's error: %s", async ([, row]) => {
    await using session = sessionOf(row, http2);
    using instrument = new Instrument();
    using connecting = new Instrument(connectChannels);
    const error: unknown = await session.get(row.to(), row.request?.()).catch((thrown: unknown) => thrown);
    expect(instrument.stories).toEqual(["/x create error"]);
    const [told] = instrument.of("error");
    expect(told?.error.name).toBe(row.error);
    expect(told?.error).toBe(error);
    expect([told?.request.origin, told?.request.aborted]).toEqual([new URL(row.to()).origin, true]);
    expect(connecting.names).toEqual(["beforeConnect", "connectError"]);
    expect(connecting.of("connectError")[0]?.error).toBeInstanceOf(Error);
  });

  it("begins and ends for each attempt", async () => {
    const retry = new Retry({ connect: 2, backoffFactor: 0 });
    await using session = sessionOf({ to: () => "", error: "", session: () => ({ retry }) }, http2);
    using instrument = new Instrument();
    await expect(session.get(`https://127.0.0.1:${closedPort}/x`)).rejects.toThrow();
    expect(instrument.stories).toEqual(["/x create error", "/x create error", "/x create error"]);
  });

  it("ends when its session is closed", async () => {
    await using session = sessionOf({ to: () => "", error: "", adapter: { lookup: never } }, http2);
    using instrument = new Instrument();
    using connecting = new Instrument(connectChannels);
    const calls = [1, 2].map((n) => session.get(`https://slow.test/${n}`));
    await expect.poll(() => instrument.of("create").length).toBe(2);
    await session.close();
    expect((await Promise.allSettled(calls)).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(instrument.stories).toEqual(["/1 create error", "/2 create error"]);
    expect([connecting.of("beforeConnect").length, connecting.of("connected").length]).toEqual([
      connecting.of("connectError").length,
      0,
    ]);
  });

  it("ends when its turn does not come", async () => {
    await using server = await scriptedServer(async (connection) => void (await connection.request()));
    await using session = sessionOf(
      { to: () => "", error: "", adapter: { poolBlock: true, poolMaxsize: 1, poolTimeout: 30 } },
      http2,
    );
    using instrument = new Instrument();
    const first = session.get(`${server.url}/first`, { timeout: { read: 300 } });
    await expect(session.get(`${server.url}/second`)).rejects.toMatchObject({ phase: "pool" });
    await expect(first).rejects.toMatchObject({ name: "ReadTimeout" });
    expect(instrument.stories).toEqual(["/first create sendHeaders bodySent error", "/second create error"]);
  });
});

describe("a request that goes out again", () => {
  it("begins anew each time that the server did nothing with it", async () => {
    let refusals = 2;
    await using server = await frameServer((r) => {
      if (refusals-- > 0) r.write(r.reset(CODES.REFUSED_STREAM));
      else r.ok();
    });
    await using session = new Session({ trustEnv: false, verify: server.ca, http2: true, timeout: 8000 });
    using instrument = new Instrument();
    expect((await session.post(`${server.url}/x`, { data: "body" })).status).toBe(200);
    const refused = "/x create sendHeaders bodySent error";
    expect(instrument.stories).toEqual([refused, refused, "/x create sendHeaders bodySent headers trailers"]);
    expect(instrument.of("error")[0]?.error.message).toContain("REFUSED_STREAM");
  });

  it("goes on as the same one when nothing of it went out on a connection that had ended", async () => {
    const open: Socket[] = [];
    await using server = await scriptedServer(async (connection, self) => {
      open.push(connection.socket);
      await answering(ok())(connection, self);
    });
    await using session = new Session({ trustEnv: false, timeout: 8000 });
    await session.get(server.url);
    using instrument = new Instrument();
    // The call waits for the next poll, which brings the end of the connection.
    const call = session.post(`${server.url}/x`, { data: "body" });
    for (const socket of open) socket.destroy();
    expect((await call).status).toBe(200);
    expect(server.connections.length).toBe(2);
    expect(instrument.stories).toEqual(["/x create sendHeaders bodySent headers trailers"]);
  });
});

describe("a connection", () => {
  it.for([
    ["straight", false, false],
    ["straight, with HTTP/2", true, false],
    ["through a tunnel", false, true],
    ["through a tunnel, with HTTP/2", true, true],
  ] as const)("is told of once, however many use it: %s", async ([, http2, isTunnel]) => {
    await using session = new Session({
      trustEnv: false,
      verify: origin.ca,
      http2,
      timeout: 8000,
      ...(isTunnel ? { proxy: tunnel.url } : {}),
    });
    using connecting = new Instrument(connectChannels);
    await session.get(`${origin.url}/a`);
    await session.get(`${origin.url}/b`);
    expect(connecting.names).toEqual(["beforeConnect", "connected"]);
    const { host, hostname, port } = new URL(origin.url);
    const where = { host, hostname, port, protocol: "https:", servername: null, localAddress: null };
    expect(connecting.of("beforeConnect")[0]?.connectParams).toEqual({ ...where, version: undefined });
    const [connected] = connecting.of("connected");
    expect(connected?.connectParams).toEqual({ ...where, version: http2 ? "h2" : "h1" });
    expect(typeof connected?.connector).toBe("function");
    expect(connected?.socket.remotePort).toBe(Number(isTunnel ? new URL(tunnel.url).port : port));
  });

  it("that is told of ends once, though a subscriber ends the request that wants it", async () => {
    for (const when of ["beforeConnect", "connected"]) {
      await using session = new Session({ trustEnv: false, timeout: 8000 });
      const controller = new AbortController();
      using connecting = new Instrument(connectChannels, ({ name }) => {
        if (name === when) controller.abort(new Error("not this one"));
      });
      using instrument = new Instrument();
      await expect(session.get(`${plain.url}/x`, { signal: controller.signal })).rejects.toThrow(
        "not this one",
      );
      expect(connecting.names).toEqual([
        "beforeConnect",
        when === "connected" ? "connected" : "connectError",
      ]);
      expect(instrument.stories).toEqual(["/x create error"]);
      expect((await session.get(plain.url)).status).toBe(200);
    }
  });
});

describe("a request through a proxy that forwards", () => {
  it("is told of as one to its server; its head as it goes out", async () => {
    await using session = new Session({ trustEnv: false, timeout: 8000, proxy: plain.url });
    using instrument = new Instrument();
    await session.get("http://origin.test/x?y");
    const [sent] = instrument.of("sendHeaders");
    expect(sent?.request).toMatchObject({ origin: "http://origin.test", path: "/x?y" });
    expect(sent?.headers.split("\r\n")[0]).toBe("GET http://origin.test/x?y HTTP/1.1");
  });
});
