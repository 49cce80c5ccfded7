import { execFile } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { afterEach, describe, expect, it } from "vitest";

import { RequestException } from "../../src/core/errors.ts";
import { HttpAdapter } from "../../src/transport/http-adapter.ts";
import { exchange, requestFor } from "../support/messages.ts";
import {
  answering,
  ok,
  scriptedServer,
  type Script,
  type ScriptedServer,
} from "../support/scripted-server.ts";

let adapter = new HttpAdapter();

afterEach(async () => {
  await adapter.close();
  adapter = new HttpAdapter();
});

/** What a program says, in a process of its own: it has `exchange`, `HttpAdapter`, and `urls` of servers. */
async function told(program: string, urls: readonly string[], limit = ""): Promise<unknown> {
  const messages = fileURLToPath(new URL("../support/messages.ts", import.meta.url));
  const http = fileURLToPath(new URL("../../src/transport/http-adapter.ts", import.meta.url));
  const whole = `
    const { exchange } = await import(${JSON.stringify(messages)});
    const { HttpAdapter } = await import(${JSON.stringify(http)});
    const urls = ${JSON.stringify(urls)};
    ${program}
  `;
  const started = `${limit} exec "$0" --input-type=module --eval "$1"`;
  const { stdout } = await promisify(execFile)("/bin/sh", ["-c", started, process.execPath, whole]);
  return JSON.parse(stdout);
}

describe.skipIf(process.platform === "win32")("a process", () => {
  it.for([
    ["idle connections", 100, 0],
    ["surplus", 1, 2],
  ] as const)("ends by itself with %s, and without close()", async ([, poolMaxsize, surplus]) => {
    await using server = await scriptedServer(answering(ok()));
    const program = `
      const adapter = new HttpAdapter({ poolMaxsize: ${poolMaxsize} });
      await Promise.all([1, 2, 3].map(() => exchange(adapter, urls[0])));
      const { stats } = adapter;
      for (let turns = 0; turns < 3; turns++) await new Promise((resolve) => setImmediate(resolve));
      const holders = process.getActiveResourcesInfo().filter((name) => /TCP|Timeout/.test(name));
      console.log(JSON.stringify({ stats, holders }));
    `;
    expect(await told(program, [server.url])).toMatchObject({
      stats: [{ open: 3, idle: 3, surplus }],
      holders: [],
    });
  });

  it.skipIf(process.platform !== "linux")(
    "that may have few files open opens a burst to one origin after another: surplus gives way",
    async () => {
      await using one = await scriptedServer(answering(ok()));
      await using two = await scriptedServer(answering(ok()));
      await using three = await scriptedServer(answering(ok()));
      const program = `
        const adapter = new HttpAdapter({ poolMaxsize: 1 });
        const most = [];
        for (const url of urls) {
          const burst = Array.from({ length: 50 }, () => exchange(adapter, url));
          const answers = await Promise.allSettled(burst);
          const failed = answers.filter(({ status }) => status === "rejected").map(({ reason }) => reason.message);
          most.push({ failed, surplus: adapter.stats.reduce((sum, { surplus }) => sum + surplus, 0) });
        }
        console.log(JSON.stringify(most));
        process.exit();
      `;
      const bursts = (await told(program, [one.url, two.url, three.url], "ulimit -n 108;")) as {
        readonly failed: string[];
        readonly surplus: number;
      }[];
      expect(bursts.map(({ failed }) => failed)).toEqual([[], [], []]);
      // Some was kept all the same, and never more than half of the files.
      for (const { surplus } of bursts) {
        expect(surplus).toBeGreaterThan(10);
        expect(surplus).toBeLessThanOrEqual(54);
      }
    },
  );
});

/** What a server may do with a request, the worst included. */
const moods: readonly Script[] = [
  answering(ok("fine")),
  answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfine\r\n0\r\n\r\n"),
  async (connection) => {
    await connection.request();
    connection.end(ok("fine"));
  },
  async (connection) => {
    await connection.request();
    connection.reset();
  },
  async (connection) => {
    await connection.request();
    connection.end("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
  },
  async (connection) => {
    await connection.request();
    connection.write("garbage\r\n\r\n");
  },
  async (connection) => {
    await connection.request();
    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
  },
  async (connection) => {
    await connection.request();
    connection.write(`${ok("fine")}HTTP/1.1 200 OK\r\n`);
    await connection.request();
    connection.reset();
  },
  (connection) => connection.reset(),
  (connection) => connection.end(),
];

describe("many requests to a moody server", () => {
  it("all settle, with a response or an error of ours, and leave nothing behind", async () => {
    const server: ScriptedServer = await scriptedServer(async (connection, running) => {
      await moods[connection.number % moods.length]?.(connection, running);
    });
    const fates = new Map<string, number>();
    let sent = 0;
    const worker = async (number: number): Promise<void> => {
      while (sent < 600) {
        sent++;
        const controller = new AbortController();
        const timer =
          sent % 11 === 0
            ? setTimeout(() => controller.abort(new RequestException("enough")), sent % 7)
            : null;
        const init =
          sent % 3 === 0
            ? { method: "POST", body: () => ["a", "b"] }
            : sent % 5 === 0
              ? { method: "PUT", body: "abc" }
              : {};
        const overrides = {
          readMs: 40,
          connectMs: 1000,
          signal: controller.signal,
          stream: number % 2 === 0,
        };
        const fate = await exchange(adapter, requestFor(server.url, init), overrides).then(
          ({ text }) => text,
          (error: unknown) => (error instanceof RequestException ? error.name : String(error)),
        );
        if (timer !== null) clearTimeout(timer);
        fates.set(fate, (fates.get(fate) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: 12 }, (_, number) => worker(number)));
    const names = ["ChunkedEncodingError", "ConnectionError", "ReadTimeout", "RequestException", "fine"];
    expect([...fates.keys()].sort()).toEqual(names);
    expect(adapter.stats.every(({ open, idle }) => open >= idle)).toBe(true);
    await adapter.close();
    await Promise.all(server.connections.map(({ closed }) => closed));
    await server[Symbol.asyncDispose]();
  });
});

describe("undici's diagnostics", () => {
  it("see requests as they are, and what a tracer adds goes out", async () => {
    const seen: string[] = [];
    const onCreate = (message: unknown): void => {
      const { request } = message as {
        request: {
          method: string;
          path: string;
          origin: string;
          addHeader(name: string, value: string): void;
        };
      };
      seen.push(`${request.method} ${request.origin}${request.path}`);
      request.addHeader("traceparent", "00-1-2-03");
    };
    const onHeaders = (message: unknown): void => {
      const { response } = message as { response: { statusCode: number; headers: Uint8Array[] } };
      seen.push(`${response.statusCode} ${response.headers.length}`);
    };
    const onSend = (message: unknown): void => {
      seen.push(String((message as { headers: string }).headers.includes("traceparent")));
    };
    subscribe("undici:request:create", onCreate);
    subscribe("undici:request:headers", onHeaders);
    subscribe("undici:client:sendHeaders", onSend);
    try {
      await using server = await scriptedServer(answering(ok()));
      await exchange(adapter, requestFor(`${server.url}/x?y`));
      expect(seen).toEqual([`GET ${server.url}/x?y`, "true", "200 2"]);
      expect(server.requests[0]?.fields.at(-1)).toBe("traceparent: 00-1-2-03");
    } finally {
      unsubscribe("undici:request:create", onCreate);
      unsubscribe("undici:request:headers", onHeaders);
      unsubscribe("undici:client:sendHeaders", onSend);
    }
  });

  it("give bytes that stay what they were, for as long as a subscriber keeps them", async () => {
    const pieces: Uint8Array[] = [];
    const onTrailers = (message: unknown): void => {
      pieces.push(...(message as { trailers: Uint8Array[] }).trailers);
    };
    const onChunk = (message: unknown): void => {
      pieces.push((message as { chunk: Uint8Array }).chunk);
    };
    const onHeaders = (message: unknown): void => {
      // Once, and never again.
      unsubscribe("undici:request:headers", onHeaders);
      pieces.push(...(message as { response: { headers: Uint8Array[] } }).response.headers);
    };
    let count = 0;
    await using server = await scriptedServer(
      answering(() => {
        count++;
        return `HTTP/1.1 200 OK\r\nX-${count}: ${count}\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n${count}\r\n0\r\nX-T: ${count}\r\n\r\n`;
      }),
    );
    const text = (): string => pieces.map((piece) => Buffer.from(piece).toString()).join(" ");
    subscribe("undici:request:headers", onHeaders);
    await exchange(adapter, server.url);
    await exchange(adapter, server.url);
    expect(text()).toBe("X-1 1 Transfer-Encoding chunked");
    pieces.length = 0;
    subscribe("undici:request:bodyChunkReceived", onChunk);
    await exchange(adapter, server.url);
    unsubscribe("undici:request:bodyChunkReceived", onChunk);
    subscribe("undici:request:trailers", onTrailers);
    await exchange(adapter, server.url);
    unsubscribe("undici:request:trailers", onTrailers);
    await exchange(adapter, server.url);
    expect(text()).toBe("3 X-T 4");
  });

  it("may abort a request before it goes out", async () => {
    const controller = new AbortController();
    const onCreate = (): void => controller.abort(new Error("not this one"));
    await using server = await scriptedServer(answering(ok()));
    const told: string[] = [];
    subscribe("undici:request:create", onCreate);
    try {
      const post = requestFor(server.url, { method: "POST", body: "abc" });
      const onProgress = ({ direction }: { direction: string }): void => void told.push(direction);
      const sent = exchange(adapter, post, { signal: controller.signal, onProgress });
      await expect(sent).rejects.toThrow("not this one");
    } finally {
      unsubscribe("undici:request:create", onCreate);
    }
    await server.connections[0]?.closed;
    expect([told, server.requests]).toEqual([[], []]);
  });
});
