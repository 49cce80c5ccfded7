import { once } from "node:events";
import { createSecureServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";

import { HttpDigestAuth, Session, type RequestOptions } from "../../src/index.ts";
import { Authority } from "../support/certificates.ts";
import { CODES, frameServer, FRAMES } from "../support/frame-server.ts";
import { rejection } from "../support/messages.ts";
import { ok, scriptedServer, type ScriptedConnection } from "../support/scripted-server.ts";

/** A request that came: did it ask, and what was its body? */
interface Heard {
  readonly asked: boolean;
  readonly body: string;
}

async function head(connection: ScriptedConnection): Promise<{ asked: boolean; length: number } | null> {
  const text = await connection.through("\r\n\r\n");
  if (text === null) return null;
  return {
    asked: /^expect: 100-continue\r$/im.test(text),
    length: Number(/^content-length: (\d+)/im.exec(text)?.[1] ?? 0),
  };
}

/** Says `first` to a request that asks; then reads the body if that was a 100, and answers. */
function listening(first: (time: number) => string, heard: Heard[]) {
  let times = 0;
  return scriptedServer(async (connection) => {
    for (let request = await head(connection); request !== null; request = await head(connection)) {
      const said = request.asked ? first(++times) : "";
      if (said !== "") connection.write(said);
      const isRefused = said !== "" && !said.startsWith("HTTP/1.1 1");
      const body = isRefused ? "" : ((await connection.take(request.length)) ?? "");
      heard.push({ asked: request.asked, body });
      if (!isRefused) connection.write(ok("done"));
    }
  });
}

const GO_ON = "HTTP/1.1 100 Continue\r\n\r\n";

async function* pieces(): AsyncGenerator<string> {
  yield "in ";
  yield "pieces";
}

const bodies: readonly (readonly [string, RequestOptions, string])[] = [
  ["bytes", { data: "text" }, "text"],
  ["many bytes", { data: "x".repeat(2_000_000) }, "x".repeat(2_000_000)],
  ["a stream with a length", { data: new Blob(["in pieces"]) }, "in pieces"],
];

describe("expectContinue", () => {
  it.for(bodies)("sends the body when the server says 100: %s", async ([, options, expected]) => {
    const heard: Heard[] = [];
    await using server = await listening(() => GO_ON, heard);
    await using session = new Session({ expectContinue: 60_000, trustEnv: false });
    expect(await session.post(server.url, options).text()).toBe("done");
    expect(await session.post(server.url, options).text()).toBe("done");
    expect(heard).toEqual([
      { asked: true, body: expected },
      { asked: true, body: expected },
    ]);
    expect(server.connections).toHaveLength(1);
  });

  it("sends it without a word when the time is over", async () => {
    const heard: Heard[] = [];
    await using server = await listening(() => "", heard);
    await using session = new Session({ trustEnv: false });
    expect(await session.post(server.url, { data: "text", expectContinue: 20 }).text()).toBe("done");
    expect(heard).toEqual([{ asked: true, body: "text" }]);
  });

  it.for([401, 403, 413, 500] as const)("does not send it when the server answers %i", async (status) => {
    const heard: Heard[] = [];
    const refusal = `HTTP/1.1 ${status} No\r\nContent-Length: 2\r\n\r\nno`;
    await using server = await listening(() => refusal, heard);
    await using session = new Session({ expectContinue: 60_000, trustEnv: false });
    const response = await session.post(server.url, { data: "text" });
    expect([response.status, response.text()]).toEqual([status, "no"]);
    expect(heard).toEqual([{ asked: true, body: "" }]);
    // The server may still wait for the body there.
    await session.post(server.url, { data: "text" });
    expect(server.connections).toHaveLength(2);
  });

  it("sends again without asking after a 417", async () => {
    const heard: Heard[] = [];
    await using server = await listening(() => "HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n", heard);
    await using session = new Session({ expectContinue: 60_000, trustEnv: false });
    expect(await session.post(server.url, { data: "text" }).text()).toBe("done");
    expect(heard).toEqual([
      { asked: true, body: "" },
      { asked: false, body: "text" },
    ]);
  });

  it("sends a body that can be read once after a challenge, for nobody has read it yet", async () => {
    const heard: Heard[] = [];
    const challenge =
      'HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm="r", nonce="n", qop="auth"\r\nContent-Length: 0\r\n\r\n';
    await using server = await scriptedServer(async (connection) => {
      for (
        let text = await connection.through("\r\n\r\n");
        text !== null;
        text = await connection.through("\r\n\r\n")
      ) {
        if (!/^authorization: digest/im.test(text)) {
          heard.push({ asked: true, body: "" });
          connection.write(challenge);
        } else {
          connection.write(GO_ON);
          heard.push({ asked: true, body: (await connection.through("0\r\n\r\n")) ?? "" });
          connection.write(ok("in"));
        }
      }
    });
    await using session = new Session({
      auth: new HttpDigestAuth("u", "p"),
      expectContinue: 60_000,
      trustEnv: false,
    });
    expect(await session.post(server.url, { data: pieces() }).text()).toBe("in");
    expect(heard.map(({ body }) => body)).toEqual(["", "3\r\nin \r\n6\r\npieces\r\n0\r\n\r\n"]);
  });

  it("sends it only where a redirect ends", async () => {
    const heard: Heard[] = [];
    await using server = await listening(
      (time) => (time === 1 ? "HTTP/1.1 307 Go\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n" : GO_ON),
      heard,
    );
    await using session = new Session({ expectContinue: 60_000, trustEnv: false });
    expect(
      await session.post(server.url, { data: pieces() as never, headers: { "Content-Length": "9" } }).text(),
    ).toBe("done");
    expect(heard).toEqual([
      { asked: true, body: "" },
      { asked: true, body: "in pieces" },
    ]);
  });

  it("asks for nothing when there is no body", async () => {
    const heard: Heard[] = [];
    await using server = await listening(() => "", heard);
    await using session = new Session({ expectContinue: true, trustEnv: false });
    await session.get(server.url);
    await session.post(server.url);
    expect(heard.map(({ asked }) => asked)).toEqual([false, false]);
  });

  it("can be aborted while it waits", async () => {
    await using server = await listening(() => "", []);
    await using session = new Session({ expectContinue: 60_000, trustEnv: false });
    const controller = new AbortController();
    const call = session.post(server.url, { data: "text", signal: controller.signal });
    setTimeout(() => controller.abort("enough"), 30);
    expect(await rejection(call)).toBe("enough");
  });

  it("works over HTTP/2", async () => {
    const authority = await Authority.create();
    const server = createSecureServer(await authority.issue({ addresses: ["127.0.0.1"] }));
    const asked: string[] = [];
    // Node looks for the field only where somebody listens for requests.
    server.on("request", () => undefined);
    server.on("checkContinue", (request, response) => {
      asked.push(request.url);
      if (request.url === "/no") {
        response.writeHead(413);
        response.end("no");
        return;
      }
      response.writeContinue();
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => response.end(body));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const session = new Session({
      baseUrl: `https://127.0.0.1:${port}`,
      http2: true,
      expectContinue: 60_000,
      verify: authority.pem,
      trustEnv: false,
    });
    expect(await session.post("/yes", { data: "text" }).text()).toBe("text");
    expect((await session.post("/no", { data: "text" })).status).toBe(413);
    expect(await session.post("/yes", { data: "again" }).text()).toBe("again");
    expect(asked).toEqual(["/yes", "/no", "/yes"]);
    await session.close();
    server.close();
  });

  it("waits as long when it goes out again, of which a server did nothing with the first", async () => {
    const came: number[] = [];
    await using server = await frameServer({
      onRequest: (request) => {
        if (request.connection.number === 1)
          setTimeout(() => request.write(request.reset(CODES.REFUSED_STREAM)), 150);
        else came.push(performance.now());
      },
      onFrame: ({ type }) => {
        if (type !== FRAMES.DATA) return;
        came.push(performance.now());
        server.requests.at(-1)?.ok("done");
      },
    });
    const settings = { http2: true, expectContinue: 200, verify: server.ca, trustEnv: false };
    await using session = new Session(settings);
    expect(await session.put(server.url, { data: "text" }).text()).toBe("done");
    const [asked = 0, sent = 0] = came;
    expect(sent - asked).toBeGreaterThan(150);
  });

  it.for([[0], [-1], [Number.NaN], [2 ** 31], ["1"], [{}]])("is not %j", ([value]) => {
    expect(() => new Session({ expectContinue: value as never })).toThrow(
      /^expectContinue must be true, false, null or/,
    );
  });
});
