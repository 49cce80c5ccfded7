import type { LookupFunction } from "node:net";

import { afterEach, describe, expect, it } from "vitest";

import { InvalidSchema, ProxyError } from "../../src/core/errors.ts";
import { HttpAdapter } from "../../src/transport/http-adapter.ts";
import { exchange, rejection, throughProxy } from "../support/messages.ts";
import { ok, scriptedServer, type Script } from "../support/scripted-server.ts";

const toDocumentation: LookupFunction = (_name, options, callback) => {
  if (options.all === true) callback(null, [{ address: "192.0.2.7", family: 4 }]);
  else callback(null, "192.0.2.7", 4);
};

let adapter = new HttpAdapter();

afterEach(async () => {
  await adapter.close();
  adapter = new HttpAdapter();
});

const NO_AUTH = "\x05\x00";
const WITH_PASSWORD = "\x05\x02";
const CONNECTED = "\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00";

/** A proxy that notes the target, and then plays the server itself. */
function socksProxy(asked: string[], connected: string = CONNECTED): Script {
  return async (connection) => {
    const methods = await connection.take((await connection.take(2))?.charCodeAt(1) ?? 0);
    if (methods?.includes("\x02") === true) {
      connection.write(WITH_PASSWORD);
      const user = await connection.take((await connection.take(2))?.charCodeAt(1) ?? 0);
      const password = await connection.take((await connection.take(1))?.charCodeAt(0) ?? 0);
      asked.push(`${user}:${password}`);
      connection.write("\x01\x00");
    } else {
      connection.write(NO_AUTH);
    }
    const head = await connection.take(4);
    const type = head?.charCodeAt(3) ?? 0;
    const length = type === 3 ? ((await connection.take(1))?.charCodeAt(0) ?? 0) : type === 4 ? 16 : 4;
    const host = (await connection.take(length)) ?? "";
    const port = Buffer.from((await connection.take(2)) ?? "", "latin1").readUInt16BE();
    asked.push(`${type === 3 ? host : Buffer.from(host, "latin1").toString("hex")} ${port}`);
    connection.write(connected);
    while ((await connection.request()) !== null) connection.write(ok("through SOCKS"));
  };
}

describe("SOCKS 5", () => {
  it.for([
    // scheme     target                       what the proxy is asked for
    ["socks5h", "http://server.test/", "server.test 80"],
    ["socks5h", "http://server.test:8080/", "server.test 8080"],
    ["socks5h", "http://192.0.2.1/", "c0000201 80"],
    ["socks5h", "http://[2001:db8::1:2]/", "20010db8000000000000000000010002 80"],
    ["socks5h", "http://[::1]/", "00000000000000000000000000000001 80"],
    // Without the h, names are resolved here.
    ["socks5", "http://server.test/", "c0000207 80"],
    ["socks5", "http://192.0.2.1/", "c0000201 80"],
  ] as const)("%s to %s asks for %s", async ([scheme, url, target]) => {
    const asked: string[] = [];
    await using proxy = await scriptedServer(socksProxy(asked));
    adapter = new HttpAdapter({ lookup: toDocumentation });
    const via = throughProxy(`${scheme}://127.0.0.1:${proxy.port}`);
    for (let sent = 0; sent < 2; sent++)
      expect((await exchange(adapter, url, via)).text).toBe("through SOCKS");
    expect(asked).toEqual([target]);
    expect(adapter.stats).toMatchObject([{ open: 1, idle: 1 }]);
  });

  it("keeps origins apart", async () => {
    const asked: string[] = [];
    await using proxy = await scriptedServer(socksProxy(asked));
    const via = throughProxy(`socks5h://127.0.0.1:${proxy.port}`);
    for (const host of ["one.test", "two.test", "one.test"]) await exchange(adapter, `http://${host}/`, via);
    expect(asked).toEqual(["one.test 80", "two.test 80"]);
  });

  it("tells user and password", async () => {
    const asked: string[] = [];
    await using proxy = await scriptedServer(socksProxy(asked));
    await exchange(
      adapter,
      "http://server.test/",
      throughProxy(`socks5h://us%40er:pa%3Ass@127.0.0.1:${proxy.port}`),
    );
    expect(asked).toEqual(["us@er:pa:ss", "server.test 80"]);
  });

  it("reads past the address that the proxy is bound to, of whatever kind", async () => {
    for (const bound of [
      CONNECTED,
      `\x05\x00\x00\x03\x04abcd\x00\x50`,
      `\x05\x00\x00\x04${"\x00".repeat(18)}`,
    ]) {
      await using proxy = await scriptedServer(socksProxy([], bound));
      const { text } = await exchange(
        adapter,
        "http://server.test/",
        throughProxy(`socks5h://127.0.0.1:${proxy.port}`),
      );
      expect(text).toBe("through SOCKS");
    }
  });

  it.for([
    // what the proxy says                               words
    ["refuses the connection", [NO_AUTH, "\x05\x05\x00\x01\x00\x00\x00\x00\x00\x00"], "connection refused"],
    ["refuses, and is cut short", [NO_AUTH, "\x05\x05"], "connection refused"],
    ["refuses, and is cut in its address", [NO_AUTH, "\x05\x02\x00\x01\x00"], "not allowed by its rules"],
    ["is cut before its code", [NO_AUTH, "\x05"], "did not answer"],
    ["gives an unknown code", [NO_AUTH, "\x05\x63\x00\x01\x00\x00\x00\x00\x00\x00"], "code 99"],
    ["wants another authentication", ["\x05\xff"], "authentication"],
    ["speaks another version", ["\x04\x00"], "SOCKS 5"],
    ["is an HTTP server", ["HTTP/1.1 400 Bad Request\r\n\r\n"], "SOCKS 5"],
    [
      "gives an address of no known kind",
      [NO_AUTH, "\x05\x00\x00\x09\x00\x00\x00\x00\x00\x00"],
      "makes no sense",
    ],
    ["hangs up", [], "did not answer"],
    ["hangs up later", [NO_AUTH, "\x05\x00"], "did not answer"],
  ] as const)("that %s is a ProxyError", async ([, says, words]) => {
    await using proxy = await scriptedServer(async (connection) => {
      for (const part of says) {
        await connection.take(3);
        connection.write(part);
      }
      connection.end();
    });
    const error = await rejection(
      exchange(adapter, "http://server.test/", throughProxy(`socks5h://127.0.0.1:${proxy.port}`)),
    );
    expect(error).toBeInstanceOf(ProxyError);
    expect((error as Error).message).toContain(words);
  });

  it("with a wrong password is a ProxyError that does not show it", async () => {
    await using proxy = await scriptedServer(async (connection) => {
      await connection.take(4);
      connection.write(WITH_PASSWORD);
      await connection.take(5);
      connection.write("\x01\x01");
    });
    const error = await rejection(
      exchange(adapter, "http://server.test/", throughProxy(`socks5h://user:s3cret@127.0.0.1:${proxy.port}`)),
    );
    expect(error).toBeInstanceOf(ProxyError);
    expect((error as Error).message).not.toContain("s3cret");
  });

  it("of version 4 is refused in so many words", async () => {
    expect(
      await rejection(exchange(adapter, "http://server.test/", throughProxy("socks4://127.0.0.1:1"))),
    ).toBeInstanceOf(InvalidSchema);
  });
});
