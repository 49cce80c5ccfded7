import { once } from "node:events";
import {
  constants,
  createSecureServer,
  type OutgoingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";

import { HeadersTooLarge, HttpAdapter, Session, type HttpAdapterOptions } from "../../src/index.ts";
import { Authority } from "../support/certificates.ts";
import { rejection } from "../support/messages.ts";

interface Running extends AsyncDisposable {
  readonly url: string;
  readonly ca: string;
  readonly connections: () => number;
  /** How streams of `/limit` ended. */
  readonly resets: (number | undefined)[];
}

/** Answers `/limit` as told, everything else with `fine`. Its heads may be as large as it likes. */
async function startH2(answer: (stream: ServerHttp2Stream) => void): Promise<Running> {
  const authority = await Authority.create();
  const leaf = await authority.issue({ addresses: ["127.0.0.1"] });
  const server = createSecureServer({ ...leaf, maxSendHeaderBlockLength: 10_000_000 });
  const sessions = new Set<ServerHttp2Session>();
  const resets: (number | undefined)[] = [];
  server.on("sessionError", () => undefined);
  server.on("session", (session) => sessions.add(session));
  server.on("stream", (stream, headers) => {
    stream.on("error", () => undefined);
    if (headers[":path"] !== "/limit") {
      stream.respond({ ":status": 200 });
      stream.end("fine");
      return;
    }
    stream.on("close", () => resets.push(stream.rstCode));
    answer(stream);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, // it listens on TCP
    ca: authority.pem,
    connections: () => sessions.size,
    resets,
    [Symbol.asyncDispose]: async () => {
      for (const session of sessions) session.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function sessionFor(server: Running, options: HttpAdapterOptions): Session {
  const session = new Session({ trustEnv: false, verify: server.ca, http2: true });
  return session.mount("https://", new HttpAdapter(options));
}

function fields(count: number): OutgoingHttpHeaders {
  return Object.fromEntries(Array.from({ length: count }, (_, at) => [`x-${at}`, "v"]));
}

/** Node adds `date`, of 4 and 29 bytes. */
function respond(stream: ServerHttp2Stream, headers: OutgoingHttpHeaders): void {
  stream.respond({ ":status": 200, ...headers });
  stream.end("ok");
}

function trail(stream: ServerHttp2Stream, trailers: OutgoingHttpHeaders): void {
  stream.respond({ ":status": 200 }, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers(trailers));
  stream.end("ok");
}

function hint(stream: ServerHttp2Stream, count: number, headers: OutgoingHttpHeaders = {}): void {
  for (let times = 0; times < count; times++) stream.additionalHeaders({ ":status": 103, ...headers });
  respond(stream, {});
}

const small = { maxHeaderSize: 2000, maxHeaderCount: 20, maxInformational: 3 };
/** A name of three bytes. */
const sized = (bytes: number): OutgoingHttpHeaders => ({ "x-a": "v".repeat(bytes - 3) });

describe("a response over HTTP/2 that keeps to the limits of its head", () => {
  it.for<[string, (stream: ServerHttp2Stream) => void]>([
    ["bytes", (stream) => respond(stream, sized(2000 - 33))],
    ["fields", (stream) => respond(stream, fields(19))],
    ["fields of one name", (stream) => respond(stream, { "set-cookie": Array(19).fill("a=1") })],
    ["bytes of trailers", (stream) => trail(stream, sized(2000))],
    ["trailers", (stream) => trail(stream, fields(20))],
    ["interim responses", (stream) => hint(stream, 3)],
    ["fields of interim responses", (stream) => hint(stream, 1, fields(20))],
  ])("exactly is one like any other: %s", async ([, answer]) => {
    await using server = await startH2(answer);
    await using session = sessionFor(server, small);
    const response = await session.get(`${server.url}/limit`);
    expect([response.httpVersion, response.text()]).toEqual(["2", "ok"]);
  });

  it("may have more fields than Node takes by itself", async () => {
    await using server = await startH2((stream) => respond(stream, fields(999)));
    await using session = sessionFor(server, {});
    expect((await session.get(`${server.url}/limit`)).headers.get("x-998")).toBe("v");
  });
});

describe("a response over HTTP/2 beyond the limits of its head", () => {
  it.for<[string, (stream: ServerHttp2Stream) => void, string, number, number, string]>([
    ["bytes", (stream) => respond(stream, sized(2001 - 33)), "maxHeaderSize", 2000, 2001, "head"],
    ["many bytes", (stream) => respond(stream, sized(60_000)), "maxHeaderSize", 2000, 60_033, "head"],
    ["fields", (stream) => respond(stream, fields(20)), "maxHeaderCount", 20, 21, "head"],
    ["many fields", (stream) => respond(stream, fields(2000)), "maxHeaderCount", 20, 2001, "head"],
    [
      "fields of one name",
      (stream) => respond(stream, { "set-cookie": Array(20).fill("a=1") }),
      "maxHeaderCount",
      20,
      21,
      "head",
    ],
    ["bytes of trailers", (stream) => trail(stream, sized(2001)), "maxHeaderSize", 2000, 2001, "body"],
    ["trailers", (stream) => trail(stream, fields(21)), "maxHeaderCount", 20, 21, "body"],
    ["interim responses", (stream) => hint(stream, 4), "maxInformational", 3, 4, "head"],
    ["interim fields", (stream) => hint(stream, 1, fields(21)), "maxHeaderCount", 20, 21, "head"],
  ])("is a named error: %s", async ([, answer, option, limit, found, phase]) => {
    await using server = await startH2(answer);
    await using session = sessionFor(server, small);
    const error = await rejection(session.get(`${server.url}/limit`));
    expect(error).toBeInstanceOf(HeadersTooLarge);
    expect(error).toMatchObject({ option, limit, found, phase });
    expect((error as Error).message).toMatch(new RegExp(`: GET ${server.url}/limit$`));
    // The stream is at its end, the connection goes on with others.
    expect((await session.get(server.url)).text()).toBe("fine");
    expect(server.connections()).toBe(1);
  });

  it("is cut off: the server hears that nobody wants the body", async () => {
    await using server = await startH2((stream) => {
      stream.respond({ ":status": 200, ...fields(20) });
      stream.write("the rest would follow");
    });
    await using session = sessionFor(server, small);
    await rejection(session.get(`${server.url}/limit`));
    await expect.poll(() => server.resets).toEqual([constants.NGHTTP2_CANCEL]);
  });

  it("in so many frames that Node ends the connection is told as it is: nobody knows whose it was", async () => {
    await using server = await startH2((stream) =>
      respond(
        stream,
        Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`x-${at}`, "é".repeat(9000)])),
      ),
    );
    await using session = sessionFor(server, {});
    const error = await rejection(session.get(`${server.url}/limit`));
    expect(error).toMatchObject({ name: "ConnectionError", phase: "head" });
    expect((error as Error).message).toContain("CONTINUATION");
    expect((await session.get(server.url)).text()).toBe("fine");
    expect(server.connections()).toBe(2);
  });
});
