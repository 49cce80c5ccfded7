/** The limits of a head to the byte, the field and the response; and what a server does beyond them. */
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
import { answering, ok, scriptedServer, type ScriptedServer } from "../support/scripted-server.ts";

const small = { maxHeaderSize: 2000, maxHeaderCount: 20, maxInformational: 3 };

describe("over HTTP/1.1", () => {
  function sessionWith(options: HttpAdapterOptions): Session {
    return new Session({ trustEnv: false }).mount("http://", new HttpAdapter(options));
  }
  /** Answers `/limit` with `bytes`, everything else with `fine`. */
  function serverOf(bytes: string): Promise<ScriptedServer> {
    return scriptedServer(answering(({ line }) => (line.startsWith("GET /limit") ? bytes : ok("fine"))));
  }
  const fields = (count: number): string[] => Array.from({ length: count }, (_, at) => `X-${at}: v`);
  /** Names and values of so many bytes: `Content-Length: 2` is 15 of them, `X-A` 3. */
  const headOf = (bytes: number): string => ok("ok", [`X-A: ${"v".repeat(bytes - 18)}`]);
  const chunked = (trailers: readonly string[]): string => {
    const lines = trailers.map((line) => `${line}\r\n`).join("");
    return `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n${lines}\r\n`;
  };
  const hinted = (count: number): string =>
    `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n`.repeat(count) + ok();
  const hintOf = (count: number): string => `HTTP/1.1 103 x\r\n${fields(count).join("\r\n")}\r\n\r\n${ok()}`;

  it.for([
    // what                 just enough                            too much                               option            limit phase
    ["bytes", headOf(2000), headOf(2001), "maxHeaderSize", 2000, "head"],
    ["fields", ok("ok", fields(19)), ok("ok", fields(20)), "maxHeaderCount", 20, "head"],
    [
      "bytes of trailers",
      chunked([`X-A: ${"v".repeat(1997)}`]),
      chunked([`X-A: ${"v".repeat(1998)}`]),
      "maxHeaderSize",
      2000,
      "body",
    ],
    ["trailers", chunked(fields(20)), chunked(fields(21)), "maxHeaderCount", 20, "body"],
    ["interim responses", hinted(3), hinted(4), "maxInformational", 3, "head"],
    ["fields of an interim response", hintOf(20), hintOf(21), "maxHeaderCount", 20, "head"],
  ] as const)("%s", async ([, enough, tooMuch, option, limit, phase]) => {
    await using session = sessionWith(small);
    await using fits = await serverOf(enough);
    for (let times = 0; times < 2; times++)
      expect((await session.get(`${fits.url}/limit`)).text()).toBe("ok");
    expect(fits.connections).toHaveLength(1);

    await using exceeds = await serverOf(tooMuch);
    const error = await rejection(session.get(`${exceeds.url}/limit?token=s3cret`));
    expect(error).toBeInstanceOf(HeadersTooLarge);
    expect(error).toMatchObject({ option, limit, phase });
    expect((error as Error).message).toMatch(
      new RegExp(`which is ${option} of the adapter: GET ${exceeds.url}/limit$`),
    );
    expect((await session.get(exceeds.url)).text()).toBe("fine");
    await exceeds.connections[0]?.closed;
  });

  it("by default: 64 KiB, 1000 fields, 100 interim responses", async () => {
    await using session = new Session({ trustEnv: false });
    for (const [enough, tooMuch, option] of [
      [headOf(65_536), headOf(65_537), "maxHeaderSize"],
      [ok("ok", fields(999)), ok("ok", fields(1000)), "maxHeaderCount"],
      [hinted(100), hinted(101), "maxInformational"],
    ] as const) {
      await using fits = await serverOf(enough);
      expect((await session.get(`${fits.url}/limit`)).status).toBe(200);
      await using exceeds = await serverOf(tooMuch);
      expect(await rejection(session.get(`${exceeds.url}/limit`))).toMatchObject({ option });
    }
  });
});

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

describe("over HTTP/2", () => {
  function sessionFor(server: Running, options: HttpAdapterOptions): Session {
    const session = new Session({ trustEnv: false, verify: server.ca, http2: true });
    return session.mount("https://", new HttpAdapter(options));
  }
  const fields = (count: number): OutgoingHttpHeaders =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`x-${at}`, "v"]));
  /** A name of three bytes. */
  const sized = (bytes: number): OutgoingHttpHeaders => ({ "x-a": "v".repeat(bytes - 3) });
  const cookies = (count: number): OutgoingHttpHeaders => ({ "set-cookie": Array(count).fill("a=1") });
  type Answer = (stream: ServerHttp2Stream) => void;
  const respond =
    (headers: OutgoingHttpHeaders): Answer =>
    (stream) => {
      stream.respond({ ":status": 200, ...headers });
      stream.end("ok");
    };
  const trail =
    (trailers: OutgoingHttpHeaders): Answer =>
    (stream) => {
      stream.respond({ ":status": 200 }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers(trailers));
      stream.end("ok");
    };
  const hint =
    (count: number, headers: OutgoingHttpHeaders = {}): Answer =>
    (stream) => {
      for (let times = 0; times < count; times++) stream.additionalHeaders({ ":status": 103, ...headers });
      respond({})(stream);
    };

  // Node adds `date`, of 4 and 29 bytes.
  it.for<[string, Answer, Answer, string, number, string]>([
    ["bytes", respond(sized(1967)), respond(sized(1968)), "maxHeaderSize", 2000, "head"],
    ["many bytes", respond({}), respond(sized(60_000)), "maxHeaderSize", 2000, "head"],
    ["fields", respond(fields(19)), respond(fields(20)), "maxHeaderCount", 20, "head"],
    ["fields of one name", respond(cookies(19)), respond(cookies(20)), "maxHeaderCount", 20, "head"],
    ["bytes of trailers", trail(sized(2000)), trail(sized(2001)), "maxHeaderSize", 2000, "body"],
    ["trailers", trail(fields(20)), trail(fields(21)), "maxHeaderCount", 20, "body"],
    ["interim responses", hint(3), hint(4), "maxInformational", 3, "head"],
    ["fields of an interim response", hint(1, fields(20)), hint(1, fields(21)), "maxHeaderCount", 20, "head"],
  ])("%s", async ([, enough, tooMuch, option, limit, phase]) => {
    await using fits = await startH2(enough);
    await using session = sessionFor(fits, small);
    const response = await session.get(`${fits.url}/limit`);
    expect([response.httpVersion, response.text()]).toEqual(["2", "ok"]);

    await using exceeds = await startH2(tooMuch);
    await using other = sessionFor(exceeds, small);
    const error = await rejection(other.get(`${exceeds.url}/limit`));
    expect(error).toBeInstanceOf(HeadersTooLarge);
    expect(error).toMatchObject({ option, limit, phase });
    // The stream is at its end, the connection goes on with others.
    expect((await other.get(exceeds.url)).text()).toBe("fine");
    expect(exceeds.connections()).toBe(1);
  });

  it("the server hears that nobody wants the body", async () => {
    await using server = await startH2((stream) => {
      stream.respond({ ":status": 200, ...fields(20) });
      stream.write("the rest would follow");
    });
    await using session = sessionFor(server, small);
    await rejection(session.get(`${server.url}/limit`));
    await expect.poll(() => server.resets).toEqual([constants.NGHTTP2_CANCEL]);
  });

  // Node does not say why it ends them: to name a limit would be a guess.
  it.for<[string, Answer, string, number]>([
    ["of very many fields", respond(fields(2000)), "ENHANCE_YOUR_CALM", 1],
    [
      "of too many frames",
      respond(Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`x-${at}`, "é".repeat(9000)]))),
      "CONTINUATION",
      2,
    ],
  ])("a head %s is ended by Node, and others go on", async ([, answer, reason, connections]) => {
    await using server = await startH2(answer);
    await using session = sessionFor(server, small);
    const error = await rejection(session.get(`${server.url}/limit`));
    expect(error).toMatchObject({ name: "ConnectionError", phase: "head" });
    expect((error as Error).message).toContain(reason);
    expect((await session.get(server.url)).text()).toBe("fine");
    expect(server.connections()).toBe(connections);
  });
});
