/** What a server did nothing with over HTTP/2, and says so (RFC 9113 §8.7), goes out again on another connection. */
import { describe, it } from "vitest";

import { ConnectionError, Retry, type RequestOptions } from "../../src/index.ts";
import { CODES, frameServer, goaway, type FrameRequest } from "../support/frame-server.ts";
import { pause, sessionFor, until } from "../support/http2-sessions.ts";
import { rejection } from "../support/messages.ts";

describe.concurrent("what a server did nothing with over HTTP/2", () => {
  async function* pieces(): AsyncGenerator<string> {
    yield "x";
  }
  const sent: readonly (readonly [string, RequestOptions<boolean>])[] = [
    ["GET", {}],
    ["POST", { data: "x" }],
    ["PATCH", { json: { a: 1 } }],
    ["POST", { data: pieces }],
    ["POST", { data: "x", stream: true }],
  ];
  const refusals: readonly (readonly [string, (request: FrameRequest) => void])[] = [
    ["RST_STREAM(REFUSED_STREAM)", (r) => r.write(r.reset(CODES.REFUSED_STREAM))],
    ["GOAWAY", (r) => r.connection.end(goaway(Math.max(r.stream - 2, 0)))],
    ...(["INTERNAL_ERROR", "ENHANCE_YOUR_CALM", "PROTOCOL_ERROR"] as const).map(
      (name) =>
        [
          `GOAWAY(${name})`,
          (r: FrameRequest) => r.write(goaway(Math.max(r.stream - 2, 0), CODES[name])),
        ] as const,
    ),
    [
      "GOAWAY that comes twice",
      (r) => {
        r.write(goaway(0x7fffffff));
        setTimeout(() => r.connection.end(goaway(Math.max(r.stream - 2, 0))), 20);
      },
    ],
    ["a refusal after an interim response", (r) => r.write(r.head(103), r.reset(CODES.REFUSED_STREAM))],
  ];
  const rows = refusals.flatMap(([name, refuse]) =>
    sent.flatMap(([method, options]) =>
      [false, true].map((isWarm) => ({ name, refuse, method, options, isWarm })),
    ),
  );

  it.for(rows)(
    "goes out again on another connection: $method after $name, warm: $isWarm",
    async ({ refuse, method, options, isWarm }, { expect }) => {
      let refused = 0;
      await using server = await frameServer((r) => {
        if (r.path === "/warm" || r.connection.number > 1) r.ok();
        else {
          refused++;
          refuse(r);
        }
      });
      await using session = sessionFor(server);
      if (isWarm) await session.get(`${server.url}/warm`);
      const response = await session.request(method, server.url, options);
      expect(response.status).toBe(200);
      expect(refused).toBe(1);
      expect(server.requests.at(-1)).toMatchObject({ method, connection: { number: 2 } });
      expect(response.attempts).toEqual([]);
    },
  );

  it("goes out five times more at most", async ({ expect }) => {
    await using server = await frameServer((r) => r.write(r.reset(CODES.REFUSED_STREAM)));
    await using session = sessionFor(server);
    const error = await rejection(session.post(server.url, { data: "x" }));
    expect(error).toBeInstanceOf(ConnectionError);
    expect((error as Error).message).toContain("the server ended the stream: REFUSED_STREAM");
    expect(server.requests.map(({ connection }) => connection.number)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("does not go out again when its body can be sent once", async ({ expect }) => {
    await using server = await frameServer((r) => r.write(r.reset(CODES.REFUSED_STREAM)));
    await using session = sessionFor(server);
    expect(await rejection(session.post(server.url, { data: pieces() }))).toBeInstanceOf(ConnectionError);
    expect(server.requests).toHaveLength(1);
  });

  it("takes nothing of the budget of a retry", async ({ expect }) => {
    await using server = await frameServer((r) => {
      if (r.connection.number < 4) r.write(r.reset(CODES.REFUSED_STREAM));
      else r.ok();
    });
    await using session = sessionFor(server, { retry: new Retry({ total: 0 }) });
    expect((await session.get(server.url)).status).toBe(200);
  });

  it.for([1, 3, 7])("gets through in a burst, where a connection takes %s", async (most, { expect }) => {
    await using server = await frameServer((r) => {
      if (r.number > most) r.write(r.reset(CODES.REFUSED_STREAM));
      else r.ok(r.path);
      if (r.number === most) r.write(goaway(r.stream));
    });
    await using session = sessionFor(server);
    const paths = Array.from({ length: 30 }, (_, at) => `/${at}`);
    const texts = await Promise.all(
      paths.map((path) => session.post(server.url + path, { data: "x" }).text()),
    );
    expect(texts).toEqual(paths);
  });

  it("is not what GOAWAY leaves: streams that may have been looked at are not sent again", async ({
    expect,
  }) => {
    await using server = await frameServer((r) => {
      if (r.number === 2) r.write(goaway(Math.max(r.stream - 2, 0), CODES.INTERNAL_ERROR));
      else if (r.connection.number > 1) r.ok(r.path);
    });
    await using session = sessionFor(server);
    // The first may have been looked at, the second was not.
    const first = rejection(session.post(`${server.url}/first`, { data: "x" }));
    await until(() => server.requests.length === 1);
    await pause(20);
    expect(await session.post(`${server.url}/second`, { data: "x" }).text()).toBe("/second");
    expect(await first).toBeInstanceOf(ConnectionError);
    expect(server.requests.map(({ path }) => path)).toEqual(["/first", "/second", "/second"]);
  });
});

describe.concurrent("HTTP_1_1_REQUIRED", () => {
  it.for([
    ["RST_STREAM", (r: FrameRequest) => r.write(r.reset(CODES.HTTP_1_1_REQUIRED))],
    ["GOAWAY", (r: FrameRequest) => r.write(goaway(0, CODES.HTTP_1_1_REQUIRED))],
  ] as const)("in %s is followed, and remembered", async ([, refuse], { expect }) => {
    const asked: string[] = [];
    await using server = await frameServer(refuse, {
      protocols: ["h2", "http/1.1"],
      onOther: (socket) => {
        let text = "";
        socket.on("data", (bytes: Buffer) => {
          text += bytes.toString();
          for (let end = text.indexOf("\r\n\r\n"); end !== -1; end = text.indexOf("\r\n\r\n")) {
            asked.push(text.slice(0, text.indexOf("\r\n")));
            text = text.slice(end + 4).replace(/^x/, "");
            socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
          }
        });
      },
    });
    await using session = sessionFor(server);
    expect((await session.post(`${server.url}/one`, { data: "x" })).httpVersion).toBe("1.1");
    expect((await session.get(`${server.url}/two`)).text()).toBe("ok");
    expect(asked).toEqual(["POST /one HTTP/1.1", "GET /two HTTP/1.1"]);
    expect(server.requests).toHaveLength(1);
  });
});
