import { createHash } from "node:crypto";
import { connect } from "node:net";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";

import { HttpProxyDigestAuth, ProxyError, Session } from "../../src/index.ts";
import { Authority } from "../support/certificates.ts";
import { rejection } from "../support/messages.ts";
import { ok, scriptedServer, type RawRequest, type ScriptedConnection } from "../support/scripted-server.ts";

const CHALLENGE = 'Digest realm="p", nonce="n1", qop="auth", algorithm=MD5';

function md5(text: string): string {
  return createHash("md5").update(text).digest("hex");
}

function field({ fields }: RawRequest, name: string): string | undefined {
  const prefix = `${name}: `;
  return fields.find((one) => one.toLowerCase().startsWith(prefix))?.slice(prefix.length);
}

/** Is it what RFC 7616 §3.4.1 says for ann:a? */
function isRight(request: RawRequest): boolean {
  const value = field(request, "proxy-authorization") ?? "";
  const part = (name: string): string => new RegExp(`${name}="?([^",]*)`).exec(value)?.[1] ?? "";
  const [method = "", uri = ""] = request.line.split(" ");
  const expected = md5(
    `${md5("ann:p:a")}:${part("nonce")}:${part("nc")}:${part("cnonce")}:auth:${md5(`${method}:${uri}`)}`,
  );
  return part("uri") === uri && part("response") === expected;
}

function refusal(challenge: string): string {
  return `HTTP/1.1 407 No\r\nProxy-Authenticate: ${challenge}\r\nContent-Length: 2\r\n\r\nno`;
}

/** A proxy that wants ann's digest; through a tunnel it leads to `port`. */
function proxy(heard: RawRequest[], port: number) {
  return scriptedServer(async (connection: ScriptedConnection) => {
    for (let request = await connection.request(); request !== null; request = await connection.request()) {
      heard.push(request);
      if (!isRight(request)) connection.write(refusal(CHALLENGE));
      else if (!request.line.startsWith("CONNECT")) connection.write(ok("forwarded"));
      else {
        const inner = connect(port, "127.0.0.1");
        inner.on("error", () => connection.socket.destroy());
        connection.socket.removeAllListeners("data");
        connection.write("HTTP/1.1 200 OK\r\n\r\n");
        connection.socket.pipe(inner).pipe(connection.socket);
        return;
      }
    }
  });
}

describe("HttpProxyDigestAuth", () => {
  it("answers the challenge of a proxy that forwards, and signs later requests at once", async () => {
    const heard: RawRequest[] = [];
    await using server = await proxy(heard, 0);
    await using session = new Session({ proxy: server.url, proxyAuth: new HttpProxyDigestAuth("ann", "a") });
    expect(await session.post("http://a.test/x?y", { data: "body" }).text()).toBe("forwarded");
    expect(await session.get("http://b.test/").text()).toBe("forwarded");
    expect(heard.map(({ line, rawBody }) => [line, rawBody])).toEqual([
      ["POST http://a.test/x?y HTTP/1.1", "body"],
      ["POST http://a.test/x?y HTTP/1.1", "body"],
      ["GET http://b.test/ HTTP/1.1", ""],
    ]);
    expect(heard.map((request) => /nc=(\d+)/.exec(field(request, "proxy-authorization") ?? "")?.[1])).toEqual(
      [undefined, "00000001", "00000002"],
    );
    expect(server.connections).toHaveLength(1);
  });

  it("answers the challenge to CONNECT, and the server sees nothing of it", async () => {
    const authority = await Authority.create();
    const pair = await authority.issue({ addresses: ["127.0.0.1"] });
    const inside: RawRequest[] = [];
    await using origin = await scriptedServer(async (connection) => {
      const request = await connection.request();
      if (request !== null) inside.push(request);
      connection.write(ok("inside"));
    }, pair);
    const heard: RawRequest[] = [];
    await using server = await proxy(heard, origin.port);
    await using session = new Session({
      proxy: server.url.replace("//", "//url:user@"),
      proxyAuth: new HttpProxyDigestAuth("ann", "a"),
      verify: authority.pem,
    });
    expect(await session.get(origin.url).text()).toBe("inside");
    expect(heard.map(({ line }) => line)).toEqual(
      Array.from({ length: 2 }, () => `CONNECT 127.0.0.1:${origin.port} HTTP/1.1`),
    );
    expect(heard.map((request) => field(request, "proxy-authorization")?.slice(0, 6))).toEqual([
      undefined,
      "Digest",
    ]);
    expect(inside[0] === undefined ? "" : field(inside[0], "proxy-authorization")).toBeUndefined();
  });

  it("gives up after a wrong password: the 407 is the response, or a ProxyError", async () => {
    const heard: RawRequest[] = [];
    await using server = await proxy(heard, 0);
    await using session = new Session({
      proxy: server.url,
      proxyAuth: new HttpProxyDigestAuth("ann", "wrong"),
    });
    expect((await session.get("http://a.test/")).status).toBe(407);
    expect(heard).toHaveLength(2);
    const error = await rejection(session.get("https://a.test/"));
    expect(error).toBeInstanceOf(ProxyError);
    expect(error).toMatchObject({ status: 407 });
  });

  it("answers once more when the nonce was too old", async () => {
    const heard: RawRequest[] = [];
    await using server = await scriptedServer(async (connection) => {
      for (let request = await connection.request(); request !== null; request = await connection.request()) {
        heard.push(request);
        const stale = CHALLENGE.replace("n1", `n${heard.length}`);
        if (heard.length < 3)
          connection.write(refusal(heard.length === 1 ? CHALLENGE : `${stale}, stale=true`));
        else connection.write(ok("in"));
      }
    });
    await using session = new Session({ proxy: server.url, proxyAuth: new HttpProxyDigestAuth("ann", "a") });
    expect(await session.get("http://a.test/").text()).toBe("in");
    expect(heard).toHaveLength(3);
  });

  it("leaves a body alone that cannot be sent again", async () => {
    const heard: RawRequest[] = [];
    await using server = await proxy(heard, 0);
    await using session = new Session({ proxy: server.url, proxyAuth: new HttpProxyDigestAuth("ann", "a") });
    const response = await session.post("http://a.test/", { data: new Blob(["x"]).stream() });
    expect(response.status).toBe(407);
    expect(heard).toHaveLength(1);
  });

  it("has connections of its own", async () => {
    const heard: RawRequest[] = [];
    await using server = await proxy(heard, 0);
    await using session = new Session({ proxy: server.url });
    await session.get("http://a.test/", { proxyAuth: new HttpProxyDigestAuth("ann", "a") });
    expect((await session.get("http://a.test/")).status).toBe(407);
    expect(server.connections).toHaveLength(2);
  });

  it("shows no password", () => {
    const auth = new HttpProxyDigestAuth("ann", "sekrit");
    expect(inspect(auth, { depth: null }) + JSON.stringify(auth)).not.toContain("sekrit");
    expect(() => new Session({ proxyAuth: ["ann", "sekrit"] as never })).toThrow(TypeError);
    expect(() => new Session({ proxyAuth: ["ann", "sekrit"] as never })).not.toThrow("sekrit");
  });
});
