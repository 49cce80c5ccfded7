/** What is told of a message: its bytes, and each time that it goes out. */
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";

import { Session, type RequestOptions } from "../../src/index.ts";
import { Heard } from "../support/heard.ts";
import { answering, ok, scriptedServer } from "../support/scripted-server.ts";

describe("what is told of a message", () => {
  it("has trailers, and bytes as they went over the wire", async () => {
    const packed = gzipSync("x".repeat(1000)).toString("latin1");
    await using server = await scriptedServer(
      answering(
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n" +
          `${packed.length.toString(16)}\r\n${packed}\r\n0\r\nX-T: 1\r\n\r\n`,
      ),
    );
    await using session = new Session({ trustEnv: false });
    using heard = new Heard(session);
    using _ = session.events.keepBodies(20);
    const pieces = (function* (): Generator<string> {
      yield "in ";
      yield "pieces";
    })();
    expect(await session.post(server.url, { data: pieces }).text()).toBe("x".repeat(1000));
    await heard.settled();
    const message = heard.one("message");
    expect(message).toMatchObject({ sentBytes: 9, receivedBytes: packed.length });
    expect([...(message.trailers ?? [])]).toEqual([["X-T", "1"]]);
    expect(message.requestBody).toEqual({ bytes: new Uint8Array(Buffer.from("in pieces")), isCut: false });
    const first = new Uint8Array(Buffer.from(packed, "latin1").subarray(0, 20));
    expect(message.responseBody).toEqual({ bytes: first, isCut: true });
  });

  it.for([
    // limits          kept
    [[], null],
    [[0], 0],
    [[2], 2],
    [[2, 5], 5],
    [[100, 3], 8],
  ] as const)("has its bodies as far as somebody keeps them: %j", async ([limits, kept]) => {
    await using server = await scriptedServer(answering(ok("received")));
    await using session = new Session({ trustEnv: false });
    using heard = new Heard(session);
    const keepers = limits.map((limit) => session.events.keepBodies(limit));
    await session.post(server.url, { data: "sentsent" });
    await heard.settled();
    const { requestBody, responseBody } = heard.one("message");
    const expected = (text: string): unknown =>
      kept === null
        ? null
        : { bytes: new Uint8Array(Buffer.from(text.slice(0, kept))), isCut: kept < text.length };
    expect([requestBody, responseBody]).toEqual([expected("sentsent"), expected("received")]);
    for (const keeper of keepers) keeper[Symbol.dispose]();
    await session.get(server.url);
    expect(heard.of("message")[1]?.responseBody).toBeNull();
  });
});

describe("what is told of a message that goes out once more", () => {
  it("has both of them when the connection had ended", async () => {
    let answers = 0;
    await using server = await scriptedServer(async (connection) => {
      while ((await connection.request()) !== null) {
        if (++answers === 2) {
          connection.reset();
          return;
        }
        connection.write(ok());
      }
    });
    await using session = new Session({ trustEnv: false });
    await session.get(server.url);
    using heard = new Heard(session);
    await session.get(`${server.url}/again`);
    await heard.settled();
    const [lost, found] = heard.of("message");
    expect(lost).toMatchObject({
      reason: "call",
      resends: 0,
      outcome: "failed",
      status: null,
      phase: "head",
    });
    expect(found).toMatchObject({ reason: "resend", resends: 1, outcome: "complete", status: 200 });
    expect(lost?.connectionId).not.toBe(found?.connectionId);
    expect(heard.of("retry")).toEqual([]);
    expect(heard.one("call")).toMatchObject({ messages: 2, retries: 0, outcome: "complete" });
  });

  it("has both of them when the server expects nothing (417)", async () => {
    await using server = await scriptedServer(async (connection, self) => {
      for (
        let head = await connection.through("\r\n\r\n");
        head !== null;
        head = await connection.through("\r\n\r\n")
      ) {
        const isAsking = /^expect:/im.test(head);
        self.requests.push({ line: head, fields: [], rawBody: "" });
        if (isAsking) connection.end("HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n");
        else {
          await connection.take(4);
          connection.write(ok());
        }
      }
    });
    await using session = new Session({ trustEnv: false, expectContinue: 5000 });
    using heard = new Heard(session);
    await session.post(server.url, { data: "body" });
    await heard.settled();
    expect(heard.of("message").map(({ reason, status, sentBytes }) => [reason, status, sentBytes])).toEqual([
      ["call", 417, 0],
      ["resend", 200, 4],
    ]);
  });

  it("has the challenge of a proxy that forwards, and the answer to it", async () => {
    await using proxy = await scriptedServer(
      answering(({ fields }) =>
        fields.some((field) => field.startsWith("Proxy-Authorization: Basic"))
          ? ok()
          : 'HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm="r"\r\nContent-Length: 0\r\n\r\n',
      ),
    );
    let isAsked = false;
    const options: RequestOptions<false> = {
      proxy: proxy.url,
      proxyAuth: {
        authorize: async () => (isAsked ? "Basic planted" : null),
        onChallenge: async () => {
          isAsked = true;
          return true;
        },
      },
    };
    await using session = new Session({ trustEnv: false });
    using heard = new Heard(session);
    await session.get("http://server.test/", options);
    await heard.settled();
    const [refused, taken] = heard.of("message");
    expect(refused).toMatchObject({ reason: "call", status: 407, outcome: "complete" });
    expect(taken).toMatchObject({ reason: "auth", status: 200, outcome: "complete" });
    expect(taken?.sent?.headers.get("proxy-authorization")).toBe("Basic planted");
    expect(taken?.connection?.proxy).toBe(proxy.url);
    expect(heard.one("connection")).toMatchObject({ origin: proxy.url, proxy: proxy.url });
  });
});
