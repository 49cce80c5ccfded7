import { connect } from "node:net";
import { inspect } from "node:util";

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import type { Verify } from "../../src/core/adapter.ts";
import { InvalidProxyURL, ProxyError, SSLError } from "../../src/core/errors.ts";
import { HttpAdapter } from "../../src/transport/http-adapter.ts";
import { Authority, type KeyPair } from "../support/certificates.ts";
import { exchange, rejection, requestFor, throughProxy } from "../support/messages.ts";
import {
  answering,
  ok,
  scriptedServer,
  type Script,
  type ScriptedConnection,
  type ScriptedServer,
} from "../support/scripted-server.ts";

let adapter = new HttpAdapter();
let certificate: KeyPair;
let foreign: KeyPair;
let trusted: Verify;
let origin: ScriptedServer;

beforeAll(async () => {
  const authority = await Authority.create();
  certificate = await authority.issue({ names: ["server.test", "other.test"], addresses: ["127.0.0.1"] });
  foreign = await (
    await Authority.create("Another CA")
  ).issue({ names: ["server.test"], addresses: ["127.0.0.1"] });
  trusted = { kind: "pem", pem: authority.pem };
  origin = await scriptedServer(answering(ok("from the server")), certificate);
});

afterAll(async () => {
  await origin[Symbol.asyncDispose]();
});

afterEach(async () => {
  await adapter.close();
  adapter = new HttpAdapter();
});

/** Joins a client with the origin. */
function join({ socket }: ScriptedConnection, port: number): void {
  const server = connect(port, "127.0.0.1");
  server.on("error", () => socket.destroy());
  socket.on("close", () => server.destroy());
  socket.pipe(server).pipe(socket);
}

/** A proxy that opens tunnels to `origin`, whatever the host, and notes what it was asked. */
function tunnelling(asked: string[], answer: string = "HTTP/1.1 200 Connection established\r\n\r\n"): Script {
  return async (connection) => {
    const request = await connection.request();
    if (request === null) return;
    asked.push([request.line, ...request.fields].join(" | "));
    connection.write(answer);
    if (/ 2\d\d /.test(answer)) join(connection, origin.port);
    else connection.end();
  };
}

describe("plain http through a proxy", () => {
  it("goes there in absolute form, on connections that targets share", async () => {
    await using proxy = await scriptedServer(answering(ok("from the proxy")));
    const via = throughProxy(`http://127.0.0.1:${proxy.port}`);
    const first = await exchange(adapter, "http://u:p@server.test/a?b#c", via);
    await exchange(adapter, requestFor("http://other.test:81/", { method: "POST", body: "x" }), via);
    expect(first.text).toBe("from the proxy");
    expect(proxy.requests.map(({ line, fields }) => [line, fields[0]])).toEqual([
      ["GET http://server.test/a?b HTTP/1.1", "Host: server.test"],
      ["POST http://other.test:81/ HTTP/1.1", "Host: other.test:81"],
    ]);
    expect(proxy.connections).toHaveLength(1);
  });

  it.for([
    // user info          header
    ["pu%40x:p%3Ap@", "Proxy-Authorization: Basic cHVAeDpwOnA="],
    ["pu:@", "Proxy-Authorization: Basic cHU6"],
    ["pu@", "Proxy-Authorization: Basic cHU6"],
    [":pw@", "Proxy-Authorization: Basic OnB3"],
    [":@", undefined],
    ["", undefined],
  ] as const)("carries the credentials of %j", async ([userinfo, header]) => {
    await using proxy = await scriptedServer(answering(ok()));
    await exchange(adapter, "http://server.test/", throughProxy(`http://${userinfo}127.0.0.1:${proxy.port}`));
    expect(proxy.requests[0]?.fields.find((field) => field.startsWith("Proxy-Auth"))).toBe(header);
  });

  it("gives a 407 as the response it is", async () => {
    await using proxy = await scriptedServer(
      answering("HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n"),
    );
    const { response } = await exchange(
      adapter,
      "http://server.test/",
      throughProxy(`http://127.0.0.1:${proxy.port}`),
    );
    expect(response.status).toBe(407);
  });

  it("does not share connections between users of the proxy", async () => {
    await using proxy = await scriptedServer(answering(ok()));
    for (const user of ["one", "two", "one"]) {
      await exchange(
        adapter,
        "http://server.test/",
        throughProxy(`http://${user}:x@127.0.0.1:${proxy.port}`),
      );
    }
    expect(proxy.connections).toHaveLength(2);
  });

  it("that breaks is a ProxyError", async () => {
    await using proxy = await scriptedServer(async (connection) => {
      await connection.request();
      connection.end();
    });
    const error = await rejection(
      exchange(adapter, "http://server.test/", throughProxy(`http://127.0.0.1:${proxy.port}`)),
    );
    expect(error).toBeInstanceOf(ProxyError);
    expect(error).toMatchObject({ phase: "head", status: null });
  });
});

describe("https through a proxy", () => {
  it("goes through a tunnel of its own for each origin", async () => {
    const asked: string[] = [];
    await using proxy = await scriptedServer(tunnelling(asked));
    const via = throughProxy(`http://127.0.0.1:${proxy.port}`);
    for (const url of [
      "https://server.test/x",
      "https://other.test:8443/y",
      "https://server.test/z",
      "https://[::1]/",
    ]) {
      await exchange(adapter, url, { verify: { kind: "off" }, ...via });
    }
    expect(asked).toEqual([
      "CONNECT server.test:443 HTTP/1.1 | Host: server.test:443",
      "CONNECT other.test:8443 HTTP/1.1 | Host: other.test:8443",
      "CONNECT [::1]:443 HTTP/1.1 | Host: [::1]:443",
    ]);
    expect(origin.requests.slice(-4).map(({ line }) => line)).toContain("GET /z HTTP/1.1");
  });

  it("tells the proxy its credentials, and the server none of them", async () => {
    const asked: string[] = [];
    await using proxy = await scriptedServer(tunnelling(asked));
    const request = requestFor("https://server.test/", {
      headers: { Authorization: "Bearer s3cret", "Proxy-Authorization": "Basic bWluZQ==" },
    });
    await exchange(adapter, request, {
      verify: trusted,
      ...throughProxy(`http://pu:pp@127.0.0.1:${proxy.port}`),
    });
    expect(asked).toEqual([
      "CONNECT server.test:443 HTTP/1.1 | Host: server.test:443 | Proxy-Authorization: Basic cHU6cHA=",
    ]);
    expect(origin.requests.at(-1)?.fields.join()).toContain("s3cret");
    expect(origin.requests.at(-1)?.fields.join().toLowerCase()).not.toContain("proxy-authorization");
  });

  it("is verified inside the tunnel, against the URL's host", async () => {
    const asked: string[] = [];
    await using proxy = await scriptedServer(tunnelling(asked));
    const via = throughProxy(`http://127.0.0.1:${proxy.port}`);
    expect(
      await rejection(exchange(adapter, "https://wrong.test/", { verify: trusted, ...via })),
    ).toBeInstanceOf(SSLError);
    expect(await rejection(exchange(adapter, "https://server.test/", via))).toBeInstanceOf(SSLError);
    expect(asked).toHaveLength(2);
  });

  it.for([
    ["a plain one", "HTTP/1.1 200 OK\r\n\r\n"],
    ["HTTP/1.0", "HTTP/1.0 200 Connection established\r\n\r\n"],
    [
      "another 2xx, with framing that means nothing",
      "HTTP/1.1 201 Fine\r\nContent-Length: 100\r\nTransfer-Encoding: chunked\r\n\r\n",
    ],
    ["one after an interim response", "HTTP/1.1 103 Hm\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"],
  ] as const)("goes on after %s", async ([, answer]) => {
    await using proxy = await scriptedServer(tunnelling([], answer));
    const via = throughProxy(`http://127.0.0.1:${proxy.port}`);
    expect((await exchange(adapter, "https://server.test/", { verify: trusted, ...via })).text).toBe(
      "from the server",
    );
  });

  it.for([
    // answer to CONNECT                               status
    ["HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno", 403],
    ["HTTP/1.1 407 Who are you\r\n\r\n", 407],
    ["HTTP/1.1 302 Found\r\nLocation: https://evil.test/\r\n\r\n", 302],
    ["HTTP/1.1 502 Bad Gateway\r\n\r\n", 502],
    ["HTTP/1.1 000 Zero\r\n\r\n", null],
    ["<html>what?</html>\r\n\r\n", null],
    ["HTTP/1.1 200", null],
    ["", null],
    [`HTTP/1.1 200 OK\r\n${`X-A: ${"y".repeat(1000)}\r\n`.repeat(70)}\r\n`, null],
  ] as const)("ends in a ProxyError after %j", async ([answer, status]) => {
    await using proxy = await scriptedServer(async (connection) => {
      await connection.request();
      connection.end(answer);
    });
    const via = throughProxy(`http://pu:s3cret@127.0.0.1:${proxy.port}`);
    const error = await rejection(exchange(adapter, "https://server.test/", { verify: trusted, ...via }));
    expect(error).toBeInstanceOf(ProxyError);
    expect(error).toMatchObject({ status, phase: "connect" });
    expect(inspect(error, { depth: 5 })).not.toContain("s3cret");
    await proxy.connections[0]?.closed;
  });

  it("ends in a ProxyError when the proxy refuses connections, and never goes around it", async () => {
    const { port } = await scriptedServer(() => undefined).then(async (server) => {
      await server[Symbol.asyncDispose]();
      return server;
    });
    const before = origin.connections.length;
    for (const url of ["http://127.0.0.1/", origin.url]) {
      const error = await rejection(
        exchange(adapter, url, { verify: trusted, ...throughProxy(`http://127.0.0.1:${port}`) }),
      );
      expect(error).toBeInstanceOf(ProxyError);
    }
    expect(origin.connections).toHaveLength(before);
  });

  it("ends in an InvalidProxyURL when the proxy's URL is none", async () => {
    expect(
      await rejection(exchange(adapter, "https://server.test/", throughProxy("http://"))),
    ).toBeInstanceOf(InvalidProxyURL);
  });
});

describe("a proxy that speaks TLS", () => {
  it("gets plain http encrypted", async () => {
    await using proxy = await scriptedServer(answering(ok("from the proxy")), certificate);
    const { text } = await exchange(adapter, "http://server.test/x", {
      verify: trusted,
      ...throughProxy(`https://127.0.0.1:${proxy.port}`),
    });
    expect(text).toBe("from the proxy");
    expect(proxy.requests[0]?.line).toBe("GET http://server.test/x HTTP/1.1");
  });

  it("opens tunnels for TLS in TLS", async () => {
    const asked: string[] = [];
    await using proxy = await scriptedServer(tunnelling(asked), certificate);
    const via = throughProxy(`https://127.0.0.1:${proxy.port}`);
    for (let sent = 0; sent < 2; sent++) {
      const { text } = await exchange(
        adapter,
        requestFor("https://server.test/", { method: "POST", body: "x".repeat(100_000) }),
        { verify: trusted, ...via },
      );
      expect(text).toBe("from the server");
    }
    expect(asked).toHaveLength(1);
  });

  it.for(["http", "https"])("is verified itself, for %s", async (scheme) => {
    await using proxy = await scriptedServer(answering(ok()), foreign);
    const via = throughProxy(`https://127.0.0.1:${proxy.port}`);
    const error = await rejection(exchange(adapter, `${scheme}://server.test/`, { verify: trusted, ...via }));
    expect(error).toBeInstanceOf(ProxyError);
    expect(proxy.requests).toEqual([]);
  });
});
