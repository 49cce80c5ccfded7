import { connect } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { ProxyError, Session, SSLError } from "../../src/index.ts";
import { Authority } from "../support/certificates.ts";
import { rejection } from "../support/messages.ts";
import {
  answering,
  ok,
  scriptedServer,
  type ScriptedConnection,
  type ScriptedServer,
} from "../support/scripted-server.ts";

let origin: ScriptedServer;
let ca: string;

beforeAll(async () => {
  const authority = await Authority.create();
  ca = authority.pem;
  origin = await scriptedServer(
    answering(ok("from the server")),
    await authority.issue({ names: ["server.test"] }),
  );
});

afterAll(async () => {
  await origin[Symbol.asyncDispose]();
});

function join({ socket }: ScriptedConnection): void {
  const server = connect(origin.port, "127.0.0.1");
  server.on("error", () => socket.destroy());
  socket.on("close", () => server.destroy());
  socket.pipe(server).pipe(socket);
}

/** A proxy that answers each CONNECT with these pieces, each in a turn of its own, and then leads to the origin. */
function proxyWith(pieces: readonly string[]): Promise<ScriptedServer> {
  return scriptedServer(async (connection) => {
    if ((await connection.request()) === null) return;
    connection.socket.setNoDelay(true);
    for (const piece of pieces) {
      connection.write(piece);
      if (pieces.length > 1) await turn();
    }
    join(connection);
  });
}

const OPEN = "HTTP/1.1 200 Connection established\r\nVia: 1.1 p\r\n\r\n";

describe("an answer to CONNECT that opens the tunnel", () => {
  it.for([
    ["CRLF", [OPEN]],
    ["LF alone (RFC 9112 §2.2)", ["HTTP/1.1 200 OK\nVia: 1.1 p\n\n"]],
    ["CRLF, and LF in the end", ["HTTP/1.1 200 OK\r\nVia: 1.1 p\r\n\n"]],
    ["LF, and CRLF in the end", ["HTTP/1.1 200 OK\nVia: 1.1 p\n\r\n"]],
    ["no field", ["HTTP/1.1 200 OK\r\n\r\n"]],
    ["no reason", ["HTTP/1.1 200\r\n\r\n"]],
    ["the version of HTTP/1.0", ["HTTP/1.0 200 Connection established\r\n\r\n"]],
    ["another 2xx", ["HTTP/1.1 204 OK\r\n\r\n"]],
    ["one byte at a time", OPEN.split("")],
    ["one byte at a time, with LF", "HTTP/1.1 200 OK\nA: b\n\n".split("")],
    ["interim answers before", [`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\nA: b\n\n${OPEN}`]],
    ["a length, which means nothing (RFC 9110 §9.3.6)", ["HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"]],
    [
      "a transfer coding, which means nothing",
      ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"],
    ],
    ["a field that goes on in another line (RFC 9112 §5.2)", ["HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n"]],
    ["lengths that contradict each other", ["HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\n"]],
  ] as const)("has %s", async ([, pieces]) => {
    await using proxy = await proxyWith(pieces);
    for (const http2 of [false, true]) {
      await using session = new Session({ proxy: proxy.url, verify: ca, http2, trustEnv: false });
      expect(await session.get("https://server.test/").text()).toBe("from the server");
    }
  });
});

/** A proxy that answers with `text`, and then ends the connection or leaves it open. */
function refusing(text: string, isLeftOpen: boolean): Promise<ScriptedServer> {
  return scriptedServer(async (connection) => {
    await connection.request();
    if (isLeftOpen) connection.write(text);
    else connection.end(text);
  });
}

async function refusalOf(text: string, isLeftOpen: boolean): Promise<unknown> {
  await using proxy = await refusing(text, isLeftOpen);
  await using session = new Session({ proxy: proxy.url, trustEnv: false, timeout: { connect: 20_000 } });
  return await rejection(session.get("https://server.test/"));
}

describe("an answer to CONNECT that refuses", () => {
  it.for([
    ["with CRLF", "HTTP/1.1 502 Bad\r\nX-Why: quota\r\nContent-Length: 0\r\n\r\n", true],
    ["with LF alone", "HTTP/1.1 502 Bad\nX-Why: quota\nContent-Length: 0\n\n", true],
    [
      "with a body, on a connection that is kept",
      "HTTP/1.1 502 B\r\nX-Why: quota\r\nContent-Length: 9\r\n\r\nno",
      true,
    ],
    ["after interim answers", "HTTP/1.1 103 H\n\nHTTP/1.1 502 B\nX-Why: quota\n\n", true],
    ["cut in its head", "HTTP/1.1 502 Bad\r\nX-Why: quota\r\nContent-Le", false],
    ["cut behind a line", "HTTP/1.1 502 Bad\nX-Why:\tquota \t\n", false],
  ] as const)("tells its status and its fields: %s", async ([, text, isLeftOpen]) => {
    const error = await refusalOf(text, isLeftOpen);
    expect(error).toBeInstanceOf(ProxyError);
    expect(error).toMatchObject({ status: 502, phase: "connect" });
    expect((error as ProxyError).headers?.get("x-why")).toBe("quota");
  });

  it.for([
    ["is no HTTP", "SSH-2.0-OpenSSH\r\n", true],
    ["is of another version", "HTTP/2.0 200 OK\r\n", true],
    ["is of another protocol", "RTSP/1.0 200 OK\r\n", true],
    ["has no status", "HTTP/1.1 OK\r\n", true],
    ["has a status of two digits", "HTTP/1.1 20 OK\r\n", true],
    ["has a status of four digits", "HTTP/1.1 2000 OK\r\n", true],
    ["has a tab before its status", "HTTP/1.1\t200 OK\r\n", true],
    ["is an alert of TLS", "\x15\x03\x01\x00\x02\x02\x46", true],
    ["has a line that is no field", "HTTP/1.1 200 OK\r\nno field\r\n\r\n", true],
    ["has a CR inside of a line", "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n", true],
    ["ends at once", "", false],
    ["ends in its status line", "HTTP/1.1 502", false],
    ["ends before it has opened the tunnel", "HTTP/1.1 200 OK\r\n", false],
  ] as const)("is a ProxyError at once: it %s", async ([, text, isLeftOpen]) => {
    const error = await refusalOf(text, isLeftOpen);
    expect(error).toBeInstanceOf(ProxyError);
    expect(error).toMatchObject({ status: null });
  });

  it("is told at once when it changes to another protocol (RFC 9110 §15.2.2)", async () => {
    const error = await refusalOf("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", true);
    expect(error).toBeInstanceOf(ProxyError);
    expect(error).toMatchObject({ status: 101 });
  });

  it("is measured against the limits of a head, whatever its lines end with", async () => {
    for (const end of ["\r\n", "\n"]) {
      const error = await refusalOf(
        `HTTP/1.1 200 OK${end}${`A: ${"b".repeat(998)}${end}`.repeat(200)}`,
        true,
      );
      expect(error).toBeInstanceOf(ProxyError);
      expect(error).toMatchObject({ cause: { option: "maxHeaderSize" } });
    }
  });

  it("is no tunnel when the server's first bytes are none of TLS", async () => {
    const error = await refusalOf(`${OPEN}hello from the proxy`, true);
    expect(error).toBeInstanceOf(SSLError);
  });
});
