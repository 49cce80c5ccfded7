/** The limits of a head over HTTP/1.1, to the byte, the field and the response. `limits-http2.test.ts` has those of HTTP/2. */
import { describe, expect, it } from "vitest";

import { HeadersTooLarge, HttpAdapter, Session, type HttpAdapterOptions } from "../../src/index.ts";
import { rejection } from "../support/messages.ts";
import { answering, ok, scriptedServer, type ScriptedServer } from "../support/scripted-server.ts";

const small = { maxHeaderSize: 2000, maxHeaderCount: 20, maxInformational: 3 };

describe("a response over HTTP/1.1 may have, beside its body, up to the limit and no more:", () => {
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
      new RegExp(`which is ${option} of the adapter; [0-9]+ came: GET ${exceeds.url}/limit$`),
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
