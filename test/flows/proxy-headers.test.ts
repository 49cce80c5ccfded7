import { connect } from "node:net";
import { describe, expect, it } from "vitest";

import { HeaderMap, InvalidHeader, ProxyError, Session } from "../../src/index.ts";
import { Authority } from "../support/certificates.ts";
import { rejection } from "../support/messages.ts";
import { startOrigin } from "../support/origins.ts";
import { ok, scriptedServer, type RawRequest, type ScriptedServer } from "../support/scripted-server.ts";

/** A proxy that notes what it is asked, and answers CONNECT with `answer`. */
function proxy(heard: RawRequest[], answer: string): Promise<ScriptedServer> {
  return scriptedServer(async (connection) => {
    for (let request = await connection.request(); request !== null; request = await connection.request()) {
      heard.push(request);
      if (!request.line.startsWith("CONNECT")) connection.write(ok("forwarded"));
      else connection.end(answer);
    }
  });
}

const REFUSAL =
  "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=p\r\nX-Why: quota\r\n" +
  "no field line\r\nContent-Length: 2\r\n\r\nno";

describe("a refused CONNECT", () => {
  it("is a ProxyError with the proxy's status and header fields", async () => {
    await using server = await proxy([], REFUSAL);
    await using session = new Session({ proxy: server.url });
    const error = await rejection(session.get("https://a.test/"));
    expect(error).toBeInstanceOf(ProxyError);
    const { status, headers } = error as ProxyError;
    expect(status).toBe(407);
    expect(headers).toBeInstanceOf(HeaderMap);
    expect(headers?.get("proxy-authenticate")).toBe("Basic realm=p");
    expect(headers?.get("X-Why")).toBe("quota");
  });

  it("has no fields when there was no answer", async () => {
    await using server = await scriptedServer((connection) => connection.end(""));
    await using session = new Session({ proxy: server.url });
    expect(await rejection(session.get("https://a.test/"))).toMatchObject({ status: null, headers: null });
  });
});

describe("proxyHeaders", () => {
  const fields = { "X-Proxy-Key": "k1", "User-Agent": "for the proxy" };

  it("go with CONNECT", async () => {
    const heard: RawRequest[] = [];
    await using server = await proxy(heard, REFUSAL);
    await using session = new Session({ proxy: server.url.replace("//", "//u:p@"), proxyHeaders: fields });
    await rejection(session.get("https://a.test/"));
    expect(heard[0]?.fields).toEqual([
      "Host: a.test:443",
      "X-Proxy-Key: k1",
      "User-Agent: for the proxy",
      "Proxy-Authorization: Basic dTpw",
    ]);
  });

  it("may have credentials, which stand in place of those in the URL", async () => {
    const heard: RawRequest[] = [];
    await using server = await proxy(heard, REFUSAL);
    await using session = new Session({
      proxy: server.url.replace("//", "//u:p@"),
      proxyHeaders: { "Proxy-Authorization": "Bearer t" },
    });
    await rejection(session.get("https://a.test/"));
    await session.get("http://a.test/");
    expect(heard.map(({ fields: all }) => all.filter((one) => /^proxy-auth/i.test(one)))).toEqual([
      ["Proxy-Authorization: Bearer t"],
      ["Proxy-Authorization: Bearer t"],
    ]);
  });

  it("go along with what the proxy forwards, under the request's own", async () => {
    const heard: RawRequest[] = [];
    await using server = await proxy(heard, "");
    await using session = new Session({ proxy: server.url, proxyHeaders: fields });
    const response = await session.get("http://a.test/");
    expect(response.text()).toBe("forwarded");
    expect(heard[0]?.fields).toContain("X-Proxy-Key: k1");
    expect(heard[0]?.fields.filter((one) => /^user-agent/i.test(one))).toEqual([
      `User-Agent: ${session.headers.get("user-agent")}`,
    ]);
    expect(response.request.headers.has("x-proxy-key")).toBe(false);
  });

  it("reach no server: neither through a tunnel, nor without a proxy", async () => {
    const authority = await Authority.create();
    const pair = await authority.issue({ addresses: ["127.0.0.1"] });
    const inTunnel: RawRequest[] = [];
    await using server = await scriptedServer(async (connection) => {
      const request = await connection.request();
      if (request !== null) inTunnel.push(request);
      connection.write(ok("in the tunnel"));
    }, pair);
    await using tunnel = await scriptedServer(async (connection) => {
      await connection.request();
      const { socket } = connection;
      const inner = connect(server.port, "127.0.0.1");
      inner.on("error", () => socket.destroy());
      socket.removeAllListeners("data");
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      socket.pipe(inner).pipe(socket);
    });
    await using origin = await startOrigin((_request, response) => void response.end());
    await using session = new Session({ proxy: tunnel.url, proxyHeaders: fields, verify: authority.pem });
    expect(await session.get(server.url).text()).toBe("in the tunnel");
    await session.get(origin.url, { proxy: false });
    expect(inTunnel[0]?.fields.join("\n")).not.toContain("X-Proxy-Key");
    expect(origin.arrived[0]?.headers["x-proxy-key"]).toBeUndefined();
  });

  it("of a request replace the session's, on a connection of their own", async () => {
    const heard: RawRequest[] = [];
    await using server = await proxy(heard, "");
    await using session = new Session({ proxy: server.url, proxyHeaders: fields });
    await session.get("http://a.test/");
    await session.get("http://a.test/", { proxyHeaders: { "X-Proxy-Key": "k2" } });
    await session.get("http://a.test/", { proxyHeaders: null });
    expect(heard.map(({ fields: all }) => all.filter((one) => one.startsWith("X-Proxy")))).toEqual([
      ["X-Proxy-Key: k1"],
      ["X-Proxy-Key: k2"],
      [],
    ]);
    expect(server.connections).toHaveLength(3);
  });

  it.for([
    "Host",
    "content-length",
    "Transfer-Encoding",
    "Connection",
    "Proxy-Connection",
    "Upgrade",
    "Expect",
  ])("must not have %s", (name) => {
    expect(() => new Session({ proxyHeaders: { [name]: "1" } })).toThrow(InvalidHeader);
    expect(() => new Session({ proxyHeaders: { [name]: "1" } })).toThrow("proxyHeaders must not have");
  });

  it.for([["x"], [1], [{ "X-A": "a\r\nb" }]])("are not %j", ([value]) => {
    expect(() => new Session({ proxyHeaders: value as never })).toThrow();
  });
});
