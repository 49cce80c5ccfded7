import { afterEach, describe, expect, it } from "vitest";

import { ConnectionError } from "../../src/core/errors.ts";
import { HttpAdapter } from "../../src/transport/http-adapter.ts";
import { exchange, rejection, requestFor } from "../support/messages.ts";
import { ok, scriptedServer, type Script } from "../support/scripted-server.ts";

let adapter = new HttpAdapter();

afterEach(async () => {
  await adapter.close();
  adapter = new HttpAdapter();
});

/** How a reused connection goes wrong, after the request was read. */
type Fault = "fin" | "rst" | "half a status line" | "half a head";

/** The first connection serves one request, and fails at the second; the others serve. */
function failingOnReuse(fault: Fault, lines: string[]): Script {
  return async (connection) => {
    const first = await connection.request();
    lines.push(first?.line ?? "");
    connection.write(ok(`connection ${connection.number}`));
    const second = await connection.request();
    if (second === null) return;
    lines.push(second.line);
    if (connection.number > 1) connection.write(ok());
    else if (fault === "rst") connection.reset();
    else
      connection.end(
        { fin: "", "half a status line": "HTTP/1.", "half a head": "HTTP/1.1 200 OK\r\nX-A" }[fault],
      );
  };
}

describe("a reused connection that ends", () => {
  // The only resend is of a request that may be sent twice, when nothing came back.
  it.for([
    // method  fault                  sent again
    ["GET", "fin", true],
    ["GET", "rst", true],
    ["HEAD", "fin", true],
    ["PUT", "fin", true],
    ["DELETE", "rst", true],
    ["QUERY", "fin", true],
    ["POST", "fin", false],
    ["POST", "rst", false],
    ["PATCH", "fin", false],
    ["FETCHIT", "fin", false],
    ["GET", "half a status line", false],
    ["GET", "half a head", false],
    ["POST", "half a status line", false],
  ] as const)("at a %s, with %s: is the request sent again? %s", async ([method, fault, again]) => {
    const lines: string[] = [];
    await using server = await scriptedServer(failingOnReuse(fault, lines));
    await exchange(adapter, server.url);
    const call = exchange(adapter, requestFor(`${server.url}/again`, { method }));
    if (again) expect((await call).response.status).toBe(200);
    else expect(await rejection(call)).toBeInstanceOf(ConnectionError);
    expect(lines.filter((line) => line.includes("/again"))).toHaveLength(again ? 2 : 1);
  });

  it("while it is idle is noticed before anything is written, so that any method is safe", async () => {
    const lines: string[] = [];
    await using server = await scriptedServer(async (connection) => {
      const request = await connection.request();
      lines.push(request?.line ?? "");
      connection.end(ok());
    });
    for (const method of ["POST", "PATCH", "POST"]) {
      await exchange(
        adapter,
        requestFor(server.url, {
          method,
          body: async function* once() {
            yield "x";
          },
        }),
      );
    }
    expect(lines).toEqual(["POST / HTTP/1.1", "PATCH / HTTP/1.1", "POST / HTTP/1.1"]);
    expect(server.connections).toHaveLength(3);
  });

  it("is noticed as soon after many exchanges as after the first", async () => {
    const lines: string[] = [];
    await using server = await scriptedServer(async (connection) => {
      for (let count = 1; ; count++) {
        const request = await connection.request();
        if (request === null) return;
        lines.push(`${request.line} on ${connection.number}`);
        // The end comes right behind the answer.
        if (count === 4) connection.end(ok());
        else connection.write(ok());
      }
    });
    for (const path of ["/1", "/2", "/3", "/4", "/5"]) {
      const body = async function* (): AsyncGenerator<string> {
        yield "only once";
      };
      await exchange(adapter, requestFor(`${server.url}${path}`, { method: "POST", body }));
    }
    expect(lines).toEqual([
      "POST /1 HTTP/1.1 on 1",
      "POST /2 HTTP/1.1 on 1",
      "POST /3 HTTP/1.1 on 1",
      "POST /4 HTTP/1.1 on 1",
      "POST /5 HTTP/1.1 on 2",
    ]);
  });

  it("does not make a one-shot body go out again", async () => {
    const lines: string[] = [];
    await using server = await scriptedServer(failingOnReuse("fin", lines));
    const body = async function* (): AsyncGenerator<string> {
      yield "only once";
    };
    await exchange(adapter, server.url);
    const error = await rejection(exchange(adapter, requestFor(server.url, { method: "PUT", body: body() })));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(lines).toHaveLength(2);
  });

  it("makes a replayable body go out again, whole", async () => {
    const bodies: string[] = [];
    await using server = await scriptedServer(async (connection) => {
      for (;;) {
        const request = await connection.request();
        if (request === null) return;
        bodies.push(request.rawBody);
        if (bodies.length === 2) connection.end();
        else connection.write(ok());
      }
    });
    await exchange(adapter, server.url);
    await exchange(adapter, requestFor(server.url, { method: "PUT", body: () => ["ab", "cd"] }));
    expect(bodies).toEqual(["", "2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n", "2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n"]);
  });
});

describe("a fresh connection that ends", () => {
  it.for(["fin", "rst"] as const)("with %s makes an error, and nothing is sent again", async (fault) => {
    let heard = 0;
    await using server = await scriptedServer(async (connection) => {
      if ((await connection.request()) === null) return;
      heard++;
      if (fault === "rst") connection.reset();
      else connection.end();
    });
    const error = await rejection(exchange(adapter, server.url));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ phase: "head" });
    expect(heard).toBe(1);
  });
});

describe("a resend", () => {
  it("happens once: when the fresh connection fails as well, that is the result", async () => {
    let heard = 0;
    await using server = await scriptedServer(async (connection) => {
      if ((await connection.request()) === null) return;
      heard++;
      if (connection.number > 1) {
        connection.end();
        return;
      }
      connection.write(ok());
      if ((await connection.request()) === null) return;
      heard++;
      connection.end();
    });
    await exchange(adapter, server.url);
    expect(await rejection(exchange(adapter, server.url))).toBeInstanceOf(ConnectionError);
    expect(heard).toBe(3);
  });

  it("happens once: also when it has to make do with another used connection", async () => {
    // Given two idle connections that will both end at their next request
    let heard = 0;
    const open: (() => void)[] = [];
    await using server = await scriptedServer(async (connection) => {
      await connection.request();
      await new Promise<void>((resolve) => open.push(resolve));
      connection.write(ok());
      if ((await connection.request()) !== null) heard++;
      connection.end();
    });
    await adapter.close();
    adapter = new HttpAdapter({ poolMaxsize: 2, poolBlock: true });
    const calls = [exchange(adapter, server.url), exchange(adapter, server.url)];
    await expect.poll(() => open.length).toBe(2);
    for (const go of open) go();
    await Promise.all(calls);

    // When a request meets one, and its resend the other
    const error = await rejection(exchange(adapter, server.url));

    // Then it is not sent a third time
    expect(error).toBeInstanceOf(ConnectionError);
    expect(heard).toBe(2);
    expect(server.connections).toHaveLength(2);
  });
});
