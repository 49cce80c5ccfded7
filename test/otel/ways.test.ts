/** The other end of the connection, as spans tell it: proxies, tunnels, sockets of this machine; and the protocol of old servers. */
import { once } from "node:events";
import { createServer, request as forward, type Server } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { HttpAdapter, Session, type SessionOptions } from "../../src/index.ts";
import { instrument } from "../../src/otel.ts";
import { wireServer } from "../support/wire-server.ts";
import { startOrigin, Telemetry, told, type Origin } from "./stage.ts";

let origin: Origin;
let proxy: Server;
let proxyPort = 0;

/** Forwards, tunnels, and refuses hosts that are called so. */
function startProxy(): Server {
  const server = createServer((asked, answer) => {
    const sent = forward(String(asked.url), { method: asked.method, headers: asked.headers }, (got) => {
      answer.writeHead(got.statusCode ?? 502);
      got.pipe(answer);
    });
    asked.pipe(sent);
  });
  server.on("connect", (asked, client, head) => {
    if (asked.url?.startsWith("refused.test") === true) {
      client.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    const far = connect(Number(asked.url?.split(":")[1]), "127.0.0.1", () => {
      client.write("HTTP/1.1 200 OK\r\n\r\n");
      far.write(head);
      far.pipe(client).pipe(far);
    });
    for (const socket of [far, client]) socket.on("error", () => undefined);
  });
  return server;
}

beforeAll(async () => {
  origin = await startOrigin();
  proxy = startProxy().listen(0, "127.0.0.1");
  await once(proxy, "listening");
  proxyPort = (proxy.address() as AddressInfo).port;
});

afterAll(async () => {
  await origin[Symbol.asyncDispose]();
  proxy.closeAllConnections();
  proxy.close();
});

/** The only span of a request. */
async function spanOf(
  url: string,
  options: Omit<SessionOptions, "stream">,
  prepare: (session: Session) => void = () => undefined,
): Promise<Record<string, unknown>> {
  using telemetry = new Telemetry();
  await using session = new Session({ trustEnv: false, timeout: 5000, ...options });
  prepare(session);
  using _ = instrument(session, telemetry.given);
  await session.get(url).catch(() => null);
  const [span, ...more] = telemetry.spans;
  expect(more).toEqual([]);
  return { ...span?.attributes, story: span === undefined ? null : told(span) };
}

describe("a span", () => {
  it.for([false, true])(
    "names the server and the proxy's address: through a tunnel, HTTP/2: %s",
    async (http2) => {
      const url = `https://localhost:${new URL(origin.url).port}/found`;
      const options = { verify: origin.ca, http2, proxy: `http://user:s3cret@127.0.0.1:${proxyPort}` };
      const span = await spanOf(url, options);
      expect(span).toMatchObject({
        "server.address": "localhost",
        "server.port": Number(new URL(origin.url).port),
        "network.peer.address": "127.0.0.1",
        "network.peer.port": proxyPort,
        "network.protocol.version": http2 ? "2" : "1.1",
        story: "GET 200 UNSET",
      });
      expect(JSON.stringify(span)).not.toContain("s3cret");
    },
  );

  it("names the server and the proxy's address: forwarded", async () => {
    await using server = await wireServer();
    const span = await spanOf(server.url, { proxy: `http://127.0.0.1:${proxyPort}` });
    expect(span).toMatchObject({
      "server.port": server.port,
      "network.peer.port": proxyPort,
      story: "GET 200 UNSET",
    });
  });

  it("is an error when the proxy refuses, and is not answered by the proxy's status", async () => {
    const span = await spanOf("https://refused.test/", { proxy: `http://127.0.0.1:${proxyPort}` });
    expect(span).toMatchObject({ "server.address": "refused.test", story: "GET - ERROR ERR_PROXY" });
    expect(span).not.toHaveProperty("http.response.status_code");
  });

  it("names a socket of this machine", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sojourn-otel-"));
    const socketPath = join(folder, "socket");
    const server = createServer((_request, response) => response.end("ok")).listen(socketPath);
    await once(server, "listening");
    try {
      const span = await spanOf("http://app.test/", {}, (session) =>
        session.mount("http://", new HttpAdapter({ socketPath })),
      );
      expect(span).toMatchObject({
        "server.address": "app.test",
        "network.peer.address": socketPath,
        story: "GET 200 UNSET",
      });
      expect(span).not.toHaveProperty("network.peer.port");
    } finally {
      server.close();
      await rm(folder, { recursive: true });
    }
  });

  it("tells HTTP/1.0", async () => {
    await using server = await wireServer({ last: "HTTP/1.0 200 OK\r\n\r\nold" });
    expect(await spanOf(server.url, {})).toMatchObject({ "network.protocol.version": "1.0" });
  });

  it("of a certificate that is not trusted, and of a name that is not found, has the kind of the error", async () => {
    expect(await spanOf(origin.url, { verify: true })).toMatchObject({ story: "GET - ERROR ERR_SSL" });
    const failure = Object.assign(new Error("getaddrinfo ENOTFOUND s3cret"), { code: "ENOTFOUND" });
    const span = await spanOf("http://nowhere.test/", {}, (session) =>
      session.mount("http://", new HttpAdapter({ lookup: (_name, _options, tell) => tell(failure, "", 0) })),
    );
    expect(span).toMatchObject({ story: "GET - ERROR ERR_CONNECTION" });
    expect(span).not.toHaveProperty("network.peer.address");
  });
});
