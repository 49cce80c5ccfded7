/** The limits of heads and trailers over HTTP/1.1, to the byte, and what the errors tell. */
import { describe, expect, it } from "vitest";

import { HeadersTooLarge, HttpAdapter, Session, type HttpAdapterOptions } from "../../src/index.ts";
import { rejection } from "../support/messages.ts";
import { answering, ok, scriptedServer, type ScriptedServer } from "../support/scripted-server.ts";

function sessionWith(options: HttpAdapterOptions): Session {
  return new Session({ trustEnv: false }).mount("http://", new HttpAdapter(options));
}

/** Answers `/limit` with `bytes`, everything else with `ok`. */
function serverOf(bytes: string): Promise<ScriptedServer> {
  return scriptedServer(answering(({ line }) => (line.startsWith("GET /limit") ? bytes : ok("fine"))));
}

function fields(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `X-${at}: v`);
}

/** A response whose names and values are `bytes` long: `Content-Length: 2` is 15 of them, `X-A` 3. */
function headOf(bytes: number): string {
  return ok("ok", [`X-A: ${"v".repeat(bytes - 18)}`]);
}

function chunked(trailers: readonly string[]): string {
  const lines = trailers.map((line) => `${line}\r\n`).join("");
  return `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n${lines}\r\n`;
}

function interim(count: number): string {
  return `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n`.repeat(count) + ok();
}

const small = { maxHeaderSize: 2000, maxHeaderCount: 20, maxInformational: 3 };

describe("a response that keeps to the limits of its head", () => {
  it.for([
    ["bytes", headOf(2000)],
    ["fields", ok("ok", fields(19))],
    ["bytes of trailers", chunked([`X-A: ${"v".repeat(1997)}`])],
    ["trailers", chunked(fields(20))],
    ["interim responses", interim(3)],
    ["fields of interim responses", `HTTP/1.1 103 x\r\n${fields(20).join("\r\n")}\r\n\r\n${ok()}`],
  ] as const)("exactly is one like any other: %s", async ([, bytes]) => {
    await using server = await serverOf(bytes);
    await using session = sessionWith(small);
    expect((await session.get(`${server.url}/limit`)).text()).toBe("ok");
    await session.get(server.url);
    expect(server.connections).toHaveLength(1);
  });
});

describe("a response beyond the limits of its head", () => {
  it.for([
    ["bytes", headOf(2001), "maxHeaderSize", 2000, 2001, "head"],
    ["fields", ok("ok", fields(20)), "maxHeaderCount", 20, 21, "head"],
    ["bytes of trailers", chunked([`X-A: ${"v".repeat(1998)}`]), "maxHeaderSize", 2000, 2001, "body"],
    ["trailers", chunked(fields(21)), "maxHeaderCount", 20, 21, "body"],
    ["interim responses", interim(4), "maxInformational", 3, 4, "head"],
    [
      "fields of an interim response",
      `HTTP/1.1 103 x\r\n${fields(21).join("\r\n")}\r\n\r\n${ok()}`,
      "maxHeaderCount",
      20,
      21,
      "head",
    ],
  ] as const)("is a named error: %s", async ([, bytes, option, limit, found, phase]) => {
    await using server = await serverOf(bytes);
    await using session = sessionWith(small);
    const error = await rejection(session.get(`${server.url}/limit?token=s3cret`));
    expect(error).toBeInstanceOf(HeadersTooLarge);
    expect(error).toMatchObject({ option, limit, found, phase });
    expect((error as Error).message).toMatch(
      new RegExp(`more than ${limit} .* ${option} of the adapter; ${found} came: GET ${server.url}/limit$`),
    );
    // The connection is not used again.
    expect((await session.get(server.url)).text()).toBe("fine");
    expect(server.connections).toHaveLength(2);
    await server.connections[0]?.closed;
  });

  it("has 64 KiB, 1000 fields and 100 interim responses by default", async () => {
    await using session = new Session({ trustEnv: false });
    for (const [most, more, option] of [
      [headOf(65_536), headOf(65_537), "maxHeaderSize"],
      [ok("ok", fields(999)), ok("ok", fields(1000)), "maxHeaderCount"],
      [interim(100), interim(101), "maxInformational"],
    ] as const) {
      await using fits = await serverOf(most);
      expect((await session.get(`${fits.url}/limit`)).status).toBe(200);
      await using exceeds = await serverOf(more);
      expect(await rejection(session.get(`${exceeds.url}/limit`))).toMatchObject({ option });
    }
  });

  it("counts interim responses anew for each request", async () => {
    await using server = await serverOf(interim(3));
    await using session = sessionWith(small);
    for (let times = 0; times < 3; times++)
      expect((await session.get(`${server.url}/limit`)).status).toBe(200);
    expect(server.connections).toHaveLength(1);
  });
});

describe("bytes of a body on the wire", () => {
  it.for([
    ["announced", ok("12345").slice(0, -1), 5],
    ["that came", "HTTP/1.1 200 OK\r\n\r\n12345", 5],
  ] as const)("beyond maxBodyBytes, %s, are an error that tells how many", async ([, bytes, foundBytes]) => {
    await using server = await serverOf(bytes);
    await using session = new Session({ trustEnv: false, maxBodyBytes: 4 });
    const error = await rejection(session.get(`${server.url}/limit`));
    expect(error).toMatchObject({ name: "ResponseTooLarge", limitBytes: 4, foundBytes, phase: "body" });
    await server.connections[0]?.closed;
  });
});
