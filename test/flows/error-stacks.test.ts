/** The stack of an error of a call tells which function of the program made the call, wherever somebody awaits it. */
import { createServer, type Server } from "node:net";
import type { AddressInfo } from "node:net";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { StandardSchemaV1 } from "@standard-schema/spec";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import {
  ConnectionError,
  get,
  HttpBearerAuth,
  RequestException,
  Retry,
  Session,
  toFetch,
  type Adapter,
  type RequestOptions,
} from "../../src/index.ts";
import { oauth2ClientCredentials } from "../../src/oauth2.ts";
import { startH2, type H2Server } from "../support/h2-server.ts";
import { startOrigin, type TestOrigin } from "../support/origins.ts";

type Work = (session: Session, url: string) => Promise<unknown>;

/** The function whose name has to be in the stack. */
async function theProgram(work: () => Promise<unknown>): Promise<unknown> {
  return await work();
}

async function stackOf(work: () => Promise<unknown>): Promise<string> {
  const error = await theProgram(work).then(
    () => null,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(Error);
  return String((error as Error).stack);
}

/** A session that asks for its tokens there. */
function withTokensOf(tokenEndpoint: string): Session {
  const client = { clientId: "a", clientSecret: "b", allowInsecure: true };
  return new Session({ trustEnv: false, auth: oauth2ClientCredentials({ ...client, tokenEndpoint }) });
}

let http1: TestOrigin;
let http2: H2Server;
let session2: Session;
let folder: string;
let refusing: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sojourn-callers-"));
  http1 = await startOrigin(({ url }, response) => {
    switch (url) {
      case "/short":
        response.writeHead(200, { "Content-Length": "100" });
        response.write("ten bytes!");
        setTimeout(() => response.destroy(), 10);
        return;
      case "/silent":
        return;
      case "/gzip":
        response.writeHead(200, { "Content-Encoding": "gzip" });
        response.end("no gzip");
        return;
      case "/404":
      case "/503":
        response.writeHead(Number(url.slice(1)));
        response.end();
        return;
      case "/401":
        response.writeHead(401, { "WWW-Authenticate": "Bearer" });
        response.end();
        return;
      case "/loop":
        response.writeHead(302, { Location: "/loop" });
        response.end();
        return;
      case "/latin":
        response.end(Buffer.of(0xe4));
        return;
      case "/json":
        response.end("{}");
        return;
      default:
        response.end("no JSON");
    }
  });
  http2 = await startH2((stream, { ":path": path }) => {
    switch (path) {
      case "/short":
        stream.respond({ ":status": 200, "content-length": "100" });
        stream.write("ten bytes!");
        setTimeout(() => stream.close(8), 10);
        return;
      case "/silent":
        return;
      case "/gzip":
        stream.respond({ ":status": 200, "content-encoding": "gzip" });
        stream.end("no gzip");
        return;
      case "/404":
      case "/503":
        stream.respond({ ":status": Number(path.slice(1)) });
        stream.end();
        return;
      case "/401":
        stream.respond({ ":status": 401, "www-authenticate": "Bearer" });
        stream.end();
        return;
      case "/loop":
        stream.respond({ ":status": 302, location: "/loop" });
        stream.end();
        return;
      case "/latin":
        stream.respond({ ":status": 200 });
        stream.end(Buffer.of(0xe4));
        return;
      case "/json":
        stream.respond({ ":status": 200 });
        stream.end("{}");
        return;
      default:
        stream.respond({ ":status": 200 });
        stream.end("no JSON");
    }
  });
  session2 = new Session({ trustEnv: false, verify: http2.ca, http2: true });
  const closed: Server = createServer();
  await new Promise<void>((listening) => closed.listen(0, "127.0.0.1", listening));
  refusing = `http://127.0.0.1:${(closed.address() as AddressInfo).port}`;
  await new Promise((gone) => closed.close(gone));
});

afterAll(async () => {
  await session2.close();
  await http1[Symbol.asyncDispose]();
  await http2[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function each(pieces: AsyncIterable<unknown>): Promise<void> {
  for await (const piece of pieces) void piece;
}

const streamed = { stream: true } as const;

/** Fits nothing; after so many milliseconds, unless at once. */
function nothingFits(afterMs: number | null = null): StandardSchemaV1<unknown, unknown> {
  const result = { issues: [{ message: "it does not fit" }] };
  const validate = (): typeof result | Promise<typeof result> =>
    afterMs === null ? result : new Promise((resolve) => setTimeout(resolve, afterMs, result));
  return { "~standard": { version: 1, vendor: "test", validate } };
}

/** By name: what fails, for each of the protocols. */
const calls: Readonly<Record<string, Work>> = {
  "a body in memory": (session, url) => session.get(`${url}/short`),
  "a body in memory, as JSON": (session, url) => session.get(`${url}/short`).json(),
  "a body streamed, as text": async (session, url) => (await session.get(`${url}/short`, streamed)).text(),
  "a body streamed, as JSON": async (session, url) => (await session.get(`${url}/short`, streamed)).json(),
  "a body streamed, as bytes": async (session, url) => (await session.get(`${url}/short`, streamed)).bytes(),
  "a body streamed, in pieces": async (session, url) => each(await session.get(`${url}/short`, streamed)),
  "a body streamed, in pieces of a size": async (session, url) =>
    each((await session.get(`${url}/short`, streamed)).iterContent({ chunkSize: 3 })),
  "a body streamed, in lines": async (session, url) =>
    each((await session.get(`${url}/short`, streamed)).iterLines()),
  "a body saved to a file": async (session, url) =>
    (await session.get(`${url}/short`, streamed)).saveTo(join(folder, "saved")),
  "a download": (session, url) => session.download(`${url}/short`, join(folder, "file"), { tries: 1 }),
  "a body that is no gzip": (session, url) => session.get(`${url}/gzip`),
  "a body that is no gzip, streamed": async (session, url) =>
    (await session.get(`${url}/gzip`, streamed)).text(),
  "JSON that is none": (session, url) => session.get(`${url}/text`).json(),
  "JSON that is none, read afterwards": async (session, url) => (await session.get(`${url}/text`)).json(),
  "JSON that is none, streamed": async (session, url) => (await session.get(`${url}/text`, streamed)).json(),
  "a status": async (session, url) => (await session.get(`${url}/404`)).raiseForStatus(),
  "a status, in a hook": (session, url) =>
    session.get(`${url}/404`, { hooks: { response: (response) => void response.raiseForStatus() } }),
  "a read timeout": (session, url) => session.get(`${url}/silent`, { timeout: { read: 80 } }),
  "a total timeout": (session, url) => session.get(`${url}/silent`, { timeout: { total: 80 } }),
  "a total timeout, streamed": (session, url) =>
    session.get(`${url}/silent`, { ...streamed, timeout: { total: 80 } }),
  "an abort": (session, url) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 30);
    return session.get(`${url}/silent`, { signal: controller.signal });
  },
  "a signal that times out": (session, url) =>
    session.get(`${url}/silent`, { signal: AbortSignal.timeout(30) }),
  redirects: (session, url) => session.get(`${url}/loop`),
  retries: (session, url) =>
    session.get(`${url}/503`, { retry: new Retry({ total: 1, statusForcelist: [503] }) }),
  "retries of an error": (session, url) => session.get(`${url}/silent`, { retry: 1, timeout: { read: 80 } }),
  "several at a time": (session, url) =>
    Promise.all([session.get(`${url}/short`), session.get(`${url}/text`)]),
  "a prepared request": async (session, url) => {
    const { Request } = await import("../../src/index.ts");
    return await session.send(session.prepareRequest(new Request("GET", `${url}/short`)));
  },
  "a body of toFetch()": async (session, url) => (await toFetch(session)(`${url}/short`)).arrayBuffer(),
  "a body of toFetch(), checked": (session, url) =>
    toFetch(session)(`${url}/short`, { integrity: "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" }),
  "JSON of toFetch() that is none": async (session, url) => (await toFetch(session)(`${url}/text`)).json(),
  "a form of toFetch() that is none": async (session, url) =>
    (await toFetch(session)(`${url}/text`)).formData(),
  "a schema that is none": (session, url) => session.get(`${url}/json`).json({ a: 1 } as never),
  "a schema that is none, read afterwards": async (session, url) =>
    (await session.get(`${url}/json`)).json({ a: 1 } as never),
  "a schema that is none, streamed": async (session, url) =>
    (await session.get(`${url}/json`, streamed)).json({ a: 1 } as never),
  "a body that does not fit a schema": (session, url) => session.get(`${url}/json`).json(nothingFits()),
  "a body that does not fit a schema in time": (session, url) =>
    session.get(`${url}/json`).json(nothingFits(30)),
  "a body that does not fit a schema, streamed": async (session, url) =>
    (await session.get(`${url}/json`, streamed)).json(nothingFits(30)),
  "an auth that gives no request": (session, url) =>
    session.get(`${url}/text`, { auth: (() => "x") as never }),
  "an auth that gives none in time": (session, url) =>
    session.get(`${url}/text`, { auth: (async () => "x") as never }),
  "a request hook that gives no request": (session, url) =>
    session.get(`${url}/text`, { hooks: { request: (() => "x") as never } }),
  "a response hook that gives no response": (session, url) =>
    session.get(`${url}/text`, { hooks: { response: (() => "x") as never } }),
  "a response hook that gives a read one": async (session, url) => {
    const other = await session.get(`${url}/text`);
    return await session.get(`${url}/text`, { ...streamed, hooks: { response: (() => other) as never } });
  },
  "a policy that decides nothing": (session, url) =>
    session.get(`${url}/503`, { retry: { next: () => "x" } as never }),
  "a policy that waits too long": (session, url) => {
    const policy = { next: () => ({ kind: "again", delayMs: -1, policy }) };
    return session.get(`${url}/503`, { retry: policy as never });
  },
  "a token that is none": (session, url) =>
    session.get(`${url}/text`, { auth: new HttpBearerAuth({ refresh: async () => "a b" }) }),
  "a token that is no text": (session, url) =>
    session.get(`${url}/text`, { auth: new HttpBearerAuth({ refresh: (async () => 1) as never }) }),
  "a body that gives no bytes": (session, url) =>
    session.post(`${url}/text`, {
      data: (async function* () {
        yield 1;
      })() as never,
    }),
  "a charset that is none": async (session, url) =>
    (await session.get(`${url}/latin`, { ...streamed, detectEncoding: (() => 1) as never })).text(),
  "toFetch()": (session, url) => toFetch(session, { timeout: { read: 80 } })(`${url}/silent`),
};

describe.each(["HTTP/1.1", "HTTP/2"])("over %s the stack of an error names the caller:", (protocol) => {
  it.for(Object.entries(calls))("%s", async ([, work]) => {
    await using session1 = new Session({ trustEnv: false });
    const [session, url] = protocol === "HTTP/2" ? [session2, http2.url] : [session1, http1.url];
    expect(await stackOf(() => work(session, url))).toContain("theProgram");
  });
});

describe("the stack of an error names the caller:", () => {
  it.for<[string, () => Promise<unknown>]>([
    ["no server", () => new Session({ trustEnv: false }).get(refusing)],
    ["no server, without a session", () => get(refusing)],
    ["no server, without a session, as JSON", () => get(refusing).json()],
    ["no scheme", () => new Session().get("example.test")],
    ["no scheme, without a session", () => get("example.test")],
    ["a wrong option", () => new Session().post("http://a.test/", { timeout: 0 })],
    ["an unknown option, without a session", () => get("http://a.test/", { tiemout: 1 } as RequestOptions)],
    ["a wrong option of send()", () => new Session().send({} as never)],
    [
      "a proxy that is not there",
      () => new Session({ trustEnv: false, proxy: refusing }).get("http://a.test/"),
    ],
    [
      "a token that cannot be fetched",
      () =>
        new Session({
          trustEnv: false,
          auth: oauth2ClientCredentials({
            tokenEndpoint: `${refusing}/token`,
            clientId: "a",
            clientSecret: "b",
          }),
        }).get(http1.url),
    ],
    ["a token server that is not there", () => withTokensOf(refusing).get(http1.url)],
    ["a token server that breaks off", () => withTokensOf(`${http1.url}/short`).get(http1.url)],
    ["a token server with a body that is no gzip", () => withTokensOf(`${http1.url}/gzip`).get(http1.url)],
    ["a token server that says no", () => withTokensOf(`${http1.url}/503`).get(http1.url)],
    ["a token server that is not there, streamed", () => withTokensOf(refusing).get(http1.url, streamed)],
    ["a token server that is not there, for toFetch()", () => toFetch(withTokensOf(refusing))(http1.url)],
    [
      "an adapter that answers nothing",
      () => {
        const adapter = { send: async () => ({}), close: async () => {} } as never;
        return new Session({ trustEnv: false }).mount("http://", adapter).get(http1.url);
      },
    ],
    [
      "a policy of addresses that says neither",
      () => new Session({ trustEnv: false, addressPolicy: (() => "x") as never }).get(http1.url),
    ],
    [
      "a token that cannot be renewed",
      () => {
        const refresh = async (): Promise<string> => (await get(`${http1.url}/404`)).raiseForStatus().text();
        return new Session({ trustEnv: false, auth: new HttpBearerAuth({ refresh }) }).get(http1.url);
      },
    ],
    [
      "a session that is closed meanwhile",
      async () => {
        await using session = new Session({ trustEnv: false });
        setTimeout(() => void session.close(), 20);
        return await session.get(`${http1.url}/silent`);
      },
    ],
  ])("%s", async ([, work]) => {
    expect(await stackOf(work)).toContain("theProgram");
  });

  it("names its class", async () => {
    expect(await stackOf(() => get(refusing))).toMatch(/^ConnectionError: no connection to/);
  });

  it("before the error hooks hear of it", async () => {
    const told: string[] = [];
    const hooks = { error: (error: RequestException): void => void told.push(String(error.stack)) };
    await using session = new Session({ trustEnv: false, hooks });
    await stackOf(() => session.get(refusing));
    await stackOf(() => session.get("example.test"));
    expect(told.map((stack) => stack.includes("theProgram"))).toEqual([true, true]);
  });

  it("also where it is still called, when nobody awaits it yet", async () => {
    async function callsNow(): Promise<unknown> {
      const call = get("example.test");
      call.catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 5));
      return call;
    }
    expect(await stackOf(callsNow)).toContain("callsNow");
  });
});

describe("an error", () => {
  it("that a schema of the program threw has the stack that it had", async () => {
    const thrown = new TypeError("of a schema");
    const { stack } = thrown;
    const validate = (): never => {
      throw thrown;
    };
    const schema = { "~standard": { version: 1, vendor: "test", validate } } as const;
    await using session = new Session({ trustEnv: false });
    await expect(theProgram(() => session.get(`${http1.url}/json`).json(schema))).rejects.toBe(thrown);
    expect(thrown.stack).toBe(stack);
  });

  it("of a token that many calls waited for tells of one of them at most", async () => {
    await using session = withTokensOf(refusing);
    const stack = await stackOf(() => Promise.all([1, 2, 3].map(() => session.get(http1.url))));
    expect(stack.split("\n").filter((line) => line.includes("theProgram"))).toHaveLength(1);
  });

  it("that the program's own code threw has the stack that it had", async () => {
    const thrown = new Error("of a hook");
    const { stack } = thrown;
    const request = (): never => {
      throw thrown;
    };
    await using session = new Session({ trustEnv: false, hooks: { request } });
    await expect(theProgram(() => session.get(http1.url))).rejects.toBe(thrown);
    expect(thrown.stack).toBe(stack);
  });

  it("that the program gave as the reason of an abort has the stack that it had", async () => {
    const reason = new Error("enough");
    const { stack } = reason;
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 20);
    await using session = new Session({ trustEnv: false });
    const call = theProgram(() => session.get(`${http1.url}/silent`, { signal: controller.signal }));
    await expect(call).rejects.toBe(reason);
    expect(reason.stack).toBe(stack);
  });

  it("that is the reason of one abort of many calls tells of none of them", async () => {
    async function anotherProgram(work: () => Promise<unknown>): Promise<unknown> {
      return await work();
    }
    const controller = new AbortController();
    await using session = new Session({ trustEnv: false });
    const send = (): Promise<unknown> => session.get(`${http1.url}/silent`, { signal: controller.signal });
    const all = Promise.allSettled([theProgram(send), anotherProgram(send), theProgram(send)]);
    setTimeout(() => controller.abort(), 20);
    await all;
    const { stack } = controller.signal.reason as Error;
    expect(stack).toMatch(/^AbortError/);
    expect(stack).not.toContain("theProgram");
    expect(stack).not.toContain("anotherProgram");
  });

  it("that is frozen, or of a program with stacks of its own, is told as it is", async () => {
    vi.spyOn(Error, "prepareStackTrace").mockImplementation((_error, sites) => sites);
    try {
      const error: unknown = await get(refusing).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(RequestException);
    } finally {
      vi.restoreAllMocks();
    }
    const frozen = Object.freeze(new ConnectionError("frozen"));
    const adapter: Adapter = {
      send: () => Promise.reject(frozen),
      close: async () => {},
    };
    await using session = new Session({ trustEnv: false }).mount("http://", adapter);
    await expect(session.get(refusing)).rejects.toBe(frozen);
  });
});
