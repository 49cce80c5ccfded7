/** A stream that a call was given and did not send is let go when the call is over, however it ends. */
import { createReadStream } from "node:fs";
import { createServer, get } from "node:http";
import type { AddressInfo, LookupFunction } from "node:net";
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";

import { AppAdapter, HttpAdapter, Retry, Session, type RequestOptions } from "../../src/index.ts";
import { rejection } from "../support/messages.ts";
import { startOrigin } from "../support/origins.ts";
import { answering, ok, scriptedServer } from "../support/scripted-server.ts";

const NOWHERE = "http://127.0.0.1:1/";

/** A stream, and whether it was let go. */
interface Given {
  readonly options: RequestOptions;
  readonly isLetGo: () => boolean;
  readonly isBegun: () => boolean;
}

function node(): { readonly stream: Readable; readonly given: Given } {
  let isBegun = false;
  const stream = new Readable({
    read() {
      isBegun = true;
      this.push("text");
      this.push(null);
    },
  });
  const given = { options: { data: stream }, isLetGo: () => stream.destroyed, isBegun: () => isBegun };
  return { stream, given };
}

function web(): { readonly stream: ReadableStream; readonly given: Given } {
  let isLetGo = false;
  let isBegun = false;
  const source = {
    pull(controller: ReadableStreamDefaultController): void {
      isBegun = true;
      controller.enqueue(Buffer.from("text"));
      controller.close();
    },
    cancel(): void {
      isLetGo = true;
    },
  };
  const stream = new ReadableStream(source, { highWaterMark: 0 });
  return { stream, given: { options: { data: stream }, isLetGo: () => isLetGo, isBegun: () => isBegun } };
}

const KINDS: readonly (readonly [name: string, make: () => Given])[] = [
  ["a stream of Node", () => node().given],
  ["a stream of the web", () => web().given],
  [
    "a stream of Node as a file",
    () => {
      const { stream, given } = node();
      return { ...given, options: { files: { f: stream } } };
    },
  ],
  [
    "a stream of the web behind a file with content",
    () => {
      const { stream, given } = web();
      return {
        ...given,
        options: {
          files: [
            ["e", ["n", "text"]],
            ["f", { content: stream }],
          ],
        },
      };
    },
  ],
];

type Way = (given: Given) => Promise<unknown>;

/** Ways in which a call ends without its body. */
const WAYS: readonly (readonly [name: string, way: Way])[] = [
  [
    "an unknown option",
    ({ options }) => rejection(once({}, NOWHERE, { ...options, foo: 1 } as RequestOptions)),
  ],
  ["an option of a wrong kind", ({ options }) => rejection(once({}, NOWHERE, { ...options, timeout: -1 }))],
  ["a URL without a scheme", ({ options }) => rejection(once({}, "name.test", options))],
  ["a URL that is none", ({ options }) => rejection(once({}, "http://", options))],
  ["a URL for which there is no adapter", ({ options }) => rejection(once({}, "foo://bar", options))],
  [
    "a header that must not be sent",
    ({ options }) => rejection(once({}, NOWHERE, { ...options, headers: { "A B": "c" } })),
  ],
  ["two bodies", ({ options }) => rejection(once({}, NOWHERE, { ...options, json: 1 }))],
  ["a refused connection", ({ options }) => rejection(once({}, NOWHERE, options))],
  [
    "a refused connection, streamed",
    ({ options }) => rejection(once({}, NOWHERE, { ...options, stream: true })),
  ],
  [
    "retries that are used up",
    ({ options }) =>
      rejection(once({}, NOWHERE, { ...options, retry: new Retry({ total: 2, allowedMethods: null }) })),
  ],
  ["a name that is not known", ({ options }) => rejection(once({}, "http://name.invalid/", options))],
  [
    "an address that is refused",
    ({ options }) => rejection(once({ addressPolicy: "public" }, NOWHERE, options)),
  ],
  [
    "a signal that aborted before",
    ({ options }) => rejection(once({}, NOWHERE, { ...options, signal: AbortSignal.abort() })),
  ],
  [
    "an abort while it waits for a connection",
    async ({ options }) => {
      await using server = await scriptedServer(() => new Promise(() => undefined));
      await using session = new Session({ trustEnv: false });
      session.mount("http://", new HttpAdapter({ poolBlock: true, poolMaxsize: 1 }));
      const first = rejection(session.get(server.url));
      const controller = new AbortController();
      setTimeout(() => controller.abort(), 10);
      await rejection(session.post(server.url, { ...options, signal: controller.signal }));
      await session.close();
      await first;
    },
  ],
  [
    "a session that is closed",
    async ({ options }) => {
      const session = new Session();
      await session.close();
      await rejection(session.post(NOWHERE, options));
    },
  ],
  [
    "a proxy that refuses",
    async ({ options }) => {
      await using proxy = await scriptedServer(answering("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"));
      await rejection(once({ proxy: proxy.url }, "https://name.test/", options));
    },
  ],
  ["a proxy that cannot be read", ({ options }) => rejection(once({ proxy: "http://" }, NOWHERE, options))],
  [
    "an auth that throws",
    ({ options }) => rejection(once({ auth: () => Promise.reject(new Error("mine")) }, NOWHERE, options)),
  ],
  [
    "a refusal of what it expects",
    async ({ options }) => {
      await using server = await scriptedServer(async (connection) => {
        await connection.through("\r\n\r\n");
        connection.end("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n");
      });
      expect(await once({ expectContinue: 60_000 }, server.url, options)).toBe(403);
    },
  ],
  [
    "a redirect that drops it",
    async ({ options }) => {
      await using server = await scriptedServer(async (connection) => {
        await connection.through("\r\n\r\n");
        connection.end("HTTP/1.1 303 See\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n");
        await connection.closed;
      });
      await using there = await startOrigin((_request, response) => void response.end());
      await using session = new Session({ trustEnv: false, expectContinue: 60_000 });
      session.mount(`${server.url}/there`, new AppAdapter(() => new Response("there")));
      expect((await session.post(server.url, options)).text()).toBe("there");
      expect(there.arrived).toEqual([]);
    },
  ],
  [
    "an app that does not look at it",
    async ({ options }) => {
      await using session = new Session({ trustEnv: false });
      session.mount("http://app.test", new AppAdapter(() => new Response("done")));
      expect(await session.post("http://app.test", options).text()).toBe("done");
    },
  ],
];

/** The status of a POST. */
async function once(
  defaults: ConstructorParameters<typeof Session>[0],
  url: string,
  options: RequestOptions<boolean>,
): Promise<number> {
  await using session = new Session({ trustEnv: false, ...defaults, stream: false });
  return (await session.post(url, options)).status;
}

describe("a body that was not sent is let go", () => {
  it.for(WAYS.flatMap(([way, call]) => KINDS.map(([kind, make]) => ({ way, call, kind, make }))))(
    "$kind: $way",
    async ({ call, make }) => {
      const given = make();
      await call(given);
      expect([given.isBegun(), given.isLetGo()]).toEqual([false, true]);
    },
  );

  it.for(WAYS)("a function that makes one is not called: %s", async ([, call]) => {
    let calls = 0;
    const data = (): string => {
      calls++;
      return "text";
    };
    await call({ options: { data }, isLetGo: () => false, isBegun: () => false });
    expect(calls).toBe(0);
  });

  it("ends a generator that was begun, and runs nothing of one that was not", async () => {
    const log: string[] = [];
    async function* pieces(): AsyncGenerator<string> {
      try {
        log.push("begun");
        yield "one";
        yield "two";
      } finally {
        log.push("ended");
      }
    }
    await rejection(once({}, NOWHERE, { data: pieces() }));
    expect(log).toEqual([]);
    const begun = pieces();
    await begun.next();
    await rejection(once({}, NOWHERE, { data: begun }));
    expect(log).toEqual(["begun", "ended"]);
  });

  it("leaves a custom iterator alone that nobody began", async () => {
    let isReturned = false;
    const data = {
      [Symbol.asyncIterator]: () => data,
      next: () => Promise.resolve({ done: true as const, value: undefined }),
      return: () => {
        isReturned = true;
        return Promise.resolve({ done: true as const, value: undefined });
      },
    };
    await rejection(once({}, NOWHERE, { data }));
    expect(isReturned).toBe(false);
  });

  it("closes the file of a read stream", async () => {
    const stream = createReadStream(new URL(import.meta.url));
    await new Promise<void>((resolve) => void stream.once("open", () => resolve()));
    await rejection(once({}, NOWHERE, { data: stream }));
    if (!stream.closed) await new Promise<void>((resolve) => void stream.once("close", resolve));
    expect(stream.destroyed).toBe(true);
  });

  it("takes no server its connection: what it passes on, and cannot, it can still answer", async () => {
    const gateway = createServer((request, response) => {
      void rejection(once({}, NOWHERE, { data: request })).then(() => response.writeHead(502).end());
    });
    await new Promise<void>((resolve) => gateway.listen(0, "127.0.0.1", resolve));
    const { port } = gateway.address() as AddressInfo;
    const status = await new Promise((resolve, reject) => {
      get({ port, host: "127.0.0.1", headers: { "content-length": "0" } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on("error", reject);
    });
    gateway.closeAllConnections();
    gateway.close();
    expect(status).toBe(502);
  });

  it("keeps it for a retry that sends it", async () => {
    let isUp = false;
    await using server = await startOrigin((request, response) => void response.end(request.body));
    for (const make of [node, web]) {
      isUp = false;
      const { stream } = make();
      await using session = new Session({ trustEnv: false });
      const { port } = server;
      const lookup: LookupFunction = (_host, _options, done) =>
        isUp ? done(null, [{ address: "127.0.0.1", family: 4 }]) : done(new Error("not yet"), []);
      session.mount("http://", new HttpAdapter({ lookup }));
      const call = session.post(`http://name.test:${port}/`, {
        data: stream,
        hooks: { retry: () => void (isUp = true) },
        retry: new Retry({ total: 2, allowedMethods: null }),
      });
      expect(await call.text()).toBe("text");
    }
  });

  it("keeps what it sent as it is", async () => {
    await using server = await scriptedServer(answering(ok("done")));
    for (const stream of [false, true]) {
      await using session = new Session({ trustEnv: false });
      expect(await session.post(server.url, { data: node().stream, stream }).text()).toBe("done");
    }
  });
});
