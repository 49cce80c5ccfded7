/** What a response may have beside its body, over HTTP/1.1 and HTTP/2: up to a limit all is well, and beyond it there is one error. */
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import { beforeAll, describe, expect, it } from "vitest";

import {
  ConnectionError,
  HeadersTooLarge,
  HttpAdapter,
  ProxyError,
  Retry,
  Session,
  StreamConsumedError,
  type HttpAdapterOptions,
} from "../../src/index.ts";
import { Authority, type KeyPair } from "../support/certificates.ts";
import { rejection } from "../support/messages.ts";
import { startOrigin } from "../support/origins.ts";
import { answering, scriptedServer } from "../support/scripted-server.ts";

interface Server extends AsyncDisposable {
  readonly url: string;
  readonly connections: () => number;
}

let ca = "";
let leaf: KeyPair;

beforeAll(async () => {
  const authority = await Authority.create();
  ca = authority.pem;
  leaf = await authority.issue({ addresses: ["127.0.0.1"] });
});

const numbered = (count: number, value = "v"): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`x-${at}`, value]));

/** Answers `/fields/N`, `/bytes/N`, `/hints/N`, `/trailers/N` with so much of it. Its own fields: `date`. */
function answer(
  { url = "" }: IncomingMessage | Http2ServerRequest,
  response: ServerResponse | Http2ServerResponse,
): void {
  const [, what = "", text = "0"] = url.split("/");
  const count = Number(text);
  if (what === "hints") {
    for (let sent = 0; sent < count; sent++) response.writeEarlyHints({ link: "</a>; rel=preload" });
  }
  response.setHeader("Trailer", "x-0");
  for (const [name, value] of Object.entries(what === "fields" ? numbered(count) : {}))
    response.setHeader(name, value);
  if (what === "bytes") response.setHeader("x-long", "v".repeat(count));
  if (what === "trailers") response.addTrailers(numbered(count));
  response.end("body");
}

async function serve(): Promise<Server> {
  const server = createSecureServer({ ...leaf, allowHTTP1: true }, answer);
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on("secureConnection", (socket: Socket) => {
    connections++;
    sockets.add(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => connections,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function sessionWith(http2: boolean, options: HttpAdapterOptions): Session {
  return new Session({ trustEnv: false, verify: ca, http2 }).mount("https://", new HttpAdapter(options));
}

describe.for([false, true])("with http2: %s", (http2) => {
  it.for([
    // option             limit  just enough       too much
    ["maxHeaderCount", 30, "/fields/20", "/fields/30"],
    ["maxHeaderCount", 500, "/fields/480", "/fields/510"],
    ["maxHeaderCount", 5, "/trailers/5", "/trailers/6"],
    ["maxHeaderSize", 2000, "/bytes/1500", "/bytes/2100"],
    ["maxInformational", 3, "/hints/3", "/hints/4"],
    ["maxInformational", 0, "/hints/0", "/hints/1"],
  ] as const)("%s: %i takes %s and refuses %s", async ([option, limit, enough, tooMuch]) => {
    await using server = await serve();
    await using session = sessionWith(http2, { [option]: limit });
    const response = await session.get(server.url + enough);
    expect(response.text()).toBe("body");
    expect(response.httpVersion).toBe(http2 ? "2" : "1.1");
    const error = await rejection(session.get(server.url + tooMuch));
    expect(error).toBeInstanceOf(HeadersTooLarge);
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ option, limit, request: { method: "GET" }, code: "ERR_HEADERS_TOO_LARGE" });
    expect((error as Error).message).toMatch(`more than ${limit} `);
    expect((await session.get(server.url + enough)).text()).toBe("body");
    // A stream ends alone, and a connection of HTTP/1.1 with its message.
    expect(server.connections()).toBe(http2 ? 1 : 2);
  });

  it("is not tried again", async () => {
    await using server = await serve();
    await using session = sessionWith(http2, { maxHeaderCount: 5, maxRetries: new Retry({ total: 3 }) });
    const error = await rejection(session.get(`${server.url}/fields/10`));
    expect(error).toBeInstanceOf(HeadersTooLarge);
    expect(server.connections()).toBe(1);
  });

  it("there may be 990 fields and 100 hints by default", async () => {
    await using server = await serve();
    await using session = sessionWith(http2, {});
    expect([...(await session.get(`${server.url}/fields/990`)).headers].length).toBeGreaterThan(989);
    expect((await session.get(`${server.url}/hints/100`)).status).toBe(200);
  });
});

describe("a proxy's answer to CONNECT", () => {
  const fields = (count: number): string =>
    Array.from({ length: count }, (_, at) => `X-${at}: v\r\n`).join("");
  /** So many bytes of names and values. */
  const refusal = (bytes: number): string => `HTTP/1.1 403 No\r\nX-A: ${"v".repeat(bytes - 3)}\r\n\r\n`;
  const hints = (count: number): string => `HTTP/1.1 103 x\r\nX-A: ${"v".repeat(700)}\r\n\r\n`.repeat(count);
  const forbidden = "HTTP/1.1 403 No\r\n\r\n";

  it.for([
    // option             limit  just enough       too much
    ["maxHeaderSize", 2000, refusal(2000), refusal(2001)],
    ["maxHeaderCount", 5, `HTTP/1.1 403 No\r\n${fields(5)}\r\n`, `HTTP/1.1 200 OK\r\n${fields(6)}\r\n`],
    [
      "maxHeaderCount",
      5,
      `HTTP/1.1 103 x\r\n${fields(5)}\r\n${forbidden}`,
      `HTTP/1.1 103 x\r\n${fields(6)}\r\n`,
    ],
    ["maxInformational", 3, hints(3) + forbidden, hints(4)],
    ["maxInformational", 0, forbidden, hints(1)],
  ] as const)("has %s: %i", async ([option, limit, enough, tooMuch]) => {
    for (const [said, status] of [
      [enough, 403],
      [tooMuch, null],
    ] as const) {
      await using proxy = await scriptedServer(answering(said));
      await using session = new Session({ trustEnv: false, proxy: proxy.url });
      session.mount("https://", new HttpAdapter({ [option]: limit }));
      const error = await rejection(session.get("https://a.test/"));
      // Whatever a proxy does instead of opening a tunnel is one class of error.
      expect(error).toBeInstanceOf(ProxyError);
      expect(error).toMatchObject({ status, phase: "connect" });
      const { cause } = error as ProxyError;
      if (status !== null) {
        expect(cause).toBeUndefined();
        continue;
      }
      expect(cause).toBeInstanceOf(HeadersTooLarge);
      expect(cause).toMatchObject({ option, limit, phase: "connect" });
      expect((error as Error).message).toMatch(`the proxy's answer to CONNECT has more than ${limit} `);
      await proxy.connections[0]?.closed;
    }
  });
});

describe("maxDrainBytes", () => {
  async function reconnects(bytes: number, options: { maxDrainBytes?: number }): Promise<string> {
    await using origin = await startOrigin(({ url }, response) => {
      if (url === "/") response.writeHead(302, { Location: "/next" }).end("x".repeat(bytes));
      else response.end();
    });
    await using session = new Session({ trustEnv: false });
    const response = await session.get(origin.url, options);
    const [hop] = response.history;
    const read = await rejection(Promise.resolve().then(() => hop?.bytes())).catch(() => "kept");
    return `${origin.connections()}, ${read instanceof StreamConsumedError ? "dropped" : String(read)}`;
  }

  it.for([
    [262_144, {}, "1, kept"],
    [262_145, {}, "2, dropped"],
    [1000, { maxDrainBytes: 1000 }, "1, kept"],
    [200_000, { maxDrainBytes: 199_999 }, "2, dropped"],
    // It came with the head, and was over before anybody could give it up.
    [1001, { maxDrainBytes: 1000 }, "1, dropped"],
    [1, { maxDrainBytes: 0 }, "1, dropped"],
  ] as const)("%i bytes of a redirect with %j: %s", async ([bytes, options, outcome]) => {
    expect(await reconnects(bytes, options)).toBe(outcome);
  });

  it("holds for challenges and retried responses, too", async () => {
    await using origin = await startOrigin((_request, response) => {
      response.writeHead(origin.arrived.length < 2 ? 503 : 200).end("x".repeat(200_000));
    });
    for (const [maxDrainBytes, connections] of [
      [200_000, 1],
      [199_999, 3],
    ] as const) {
      origin.arrived.length = 0;
      await using session = new Session({ trustEnv: false, maxDrainBytes });
      const retry = new Retry({ total: 1, statusForcelist: [503] });
      expect((await session.get(origin.url, { retry })).status).toBe(200);
      expect(origin.connections()).toBe(connections);
    }
  });

  it.for([-1, 1.5, "1", null])("refuses %j", (value) => {
    const wrong = { maxDrainBytes: value as number };
    expect(() => new Session(wrong)).toThrow(/maxDrainBytes must be a whole number, 0 or more/);
  });
});
