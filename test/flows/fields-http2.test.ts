/** The fields of a message over HTTP/2: they mean what they mean over HTTP/1.1, or are refused alike. */
import { createServer } from "node:https";
import { describe, expect, it } from "vitest";

import { ConnectionError, InvalidHeader, Session, type RequestException } from "../../src/index.ts";
import { Authority } from "../support/certificates.ts";
import { frameServer } from "../support/frame-server.ts";
import { sessionFor } from "../support/http2-sessions.ts";
import { rejection } from "../support/messages.ts";

describe.concurrent("a message that Node does not take", () => {
  it.for(["Referer", "User-Agent", "Content-Type", "Authorization", "If-Range", "Range"])(
    "is an error of its own over both protocols: %s twice",
    async (name, { expect }) => {
      await using server = await frameServer((r) => r.ok(), { protocols: ["h2", "http/1.1"] });
      await using session = sessionFor(server);
      const headers = [
        [name, "a"],
        [name, "b"],
      ] as const;
      // One that opens the connection, one that waits for it, one that finds it open.
      const together = [session.get(server.url), rejection(session.get(server.url, { headers }))] as const;
      expect((await together[0]).status).toBe(200);
      const errors = [
        await together[1],
        await rejection(session.get(server.url, { headers })),
        await rejection(session.get(server.url, { headers, http2: false })),
      ] as RequestException[];
      for (const error of errors) expect(error).toBeInstanceOf(InvalidHeader);
      expect(new Set(errors.map(({ message }) => message)).size).toBe(1);
      expect(errors[0]?.message).toContain(name);
      expect(server.requests).toHaveLength(1);
    },
  );
});

describe("the fields of a message", () => {
  it.for([
    [
      "a list in two lines",
      [
        ["If-None-Match", '"a"'],
        ["If-None-Match", '"b"'],
      ],
      { "if-none-match": '"a", "b"' },
    ],
    ["blanks behind a value", [["X-A", "a  "]], { "x-a": "a" }],
    ["TE in capitals", [["TE", "Trailers"]], { te: "trailers" }],
    ["TE with more", [["TE", "gzip, trailers"]], { te: "trailers" }],
    [
      "any other field twice",
      [
        ["X-A", "1"],
        ["X-A", "2"],
      ],
      { "x-a": "1, 2" },
    ],
  ] as const)("mean the same over HTTP/2: %s", async ([, headers, expected]) => {
    await using server = await frameServer((r) => r.ok());
    await using session = sessionFor(server);
    await session.get(server.url, { headers: headers.map(([name, value]) => [name, value] as const) });
    const [request] = server.requests;
    for (const [name, value] of Object.entries(expected))
      expect(
        request?.fields
          .filter(([own]) => own === name)
          .map(([, own]) => own)
          .join(", "),
      ).toBe(value);
  });

  it("may be more than a frame holds", async () => {
    await using server = await frameServer((r) => r.ok());
    await using session = sessionFor(server);
    const headers = { "X-Long": "x".repeat(40_000) };
    expect((await session.get(server.url, { headers })).status).toBe(200);
    expect(server.requests[0]?.get("x-long")).toHaveLength(40_000);
  });

  it("that are more than Node writes fail their own message, and not the process", async () => {
    await using server = await frameServer((r) => r.ok());
    await using session = sessionFor(server);
    await session.get(server.url);
    const error = await rejection(session.get(server.url, { headers: { "X-Long": "x".repeat(200_000) } }));
    expect(error).toBeInstanceOf(ConnectionError);
    expect((await session.get(server.url)).status).toBe(200);
  });
});

describe("a server of which nobody knows yet what it speaks", () => {
  it("shows no address as its name in TLS", async () => {
    const authority = await Authority.create();
    const names: unknown[] = [];
    const leaf = await authority.issue({ addresses: ["127.0.0.1"] });
    const server = createServer({ ...leaf, ALPNProtocols: ["http/1.1"] }, (_request, response) =>
      response.end(),
    );
    server.on("secureConnection", (socket) => names.push(socket.servername));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    await using session = new Session({ trustEnv: false, verify: authority.pem, http2: true });
    await session.get(`https://127.0.0.1:${port}/`);
    expect(names).toEqual([false]);
    server.closeAllConnections();
    server.close();
  });
});
