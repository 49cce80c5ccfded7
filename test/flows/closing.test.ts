/** Whatever a request is doing, `close()`, an abort and the total timeout end it with an error of their own, and leave nothing behind. */
import { getEventListeners } from "node:events";
import type { ServerHttp2Stream } from "node:http2";
import { describe, expect, it } from "vitest";
import {
  HttpAdapter,
  HttpBearerAuth,
  Session,
  SessionClosed,
  Timeout,
  wireResponse,
  type RequestException,
  type RequestOptions,
} from "../../src/index.ts";
import { ok as answerH2, startH2, type H2Server } from "../support/h2-server.ts";
import { rejection } from "../support/messages.ts";
import { reply, startOrigin } from "../support/origins.ts";
import { phasesOverHttp2 } from "../support/phases-http2.ts";
import { phases, waits, type Start } from "../support/phases.ts";
import { answering, ok, scriptedServer } from "../support/scripted-server.ts";
import { runs } from "../support/size.ts";

const onTheWay = Object.entries({ ...phases, ...phasesOverHttp2 });
const everywhere = [...onTheWay, ...Object.entries(waits)];

/** `expect.poll` is not for tests that run at the same time. */
async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Connections that somebody uses. */
function inUse(session: Session): number {
  return [...session.adapters.values()]
    .flatMap((adapter) => (adapter instanceof HttpAdapter ? adapter.stats : []))
    .reduce((sum, { open, idle }) => sum + open - idle, 0);
}

/** Starts a request, waits until it is in its phase, and ends it. */
async function ended(
  start: Start,
  options: RequestOptions,
  end: (session: Session) => Promise<void> | void,
): Promise<unknown> {
  await using session = new Session({ trustEnv: false });
  await using ongoing = await start(session, options);
  const failure = rejection(ongoing.call);
  await until(ongoing.isThere);
  await end(session);
  const error = await failure;
  await until(() => inUse(session) === (session.toJSON()["closed"] === true ? 0 : ongoing.held));
  await until(ongoing.isLeft);
  return error;
}

describe("close()", () => {
  it.for(onTheWay)("ends %s", async ([, start]) => {
    const error = await ended(start, {}, (session) => session.close());
    expect(error).toBeInstanceOf(SessionClosed);
    expect((error as RequestException).request?.url).toMatch(/^https?:/);
  });

  it("ends a streamed request that is still on its way: in the body of a redirect", async () => {
    await using server = await scriptedServer(async (connection) => {
      await connection.request();
      connection.write("HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 1000\r\n\r\nhalf");
    });
    const session = new Session({ trustEnv: false });
    const call = rejection(session.get(server.url, { stream: true }));
    await expect.poll(() => server.connections.length).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await session.close();
    expect(await call).toBeInstanceOf(SessionClosed);
  });

  it("leaves a streamed body to be read, and ends its connection then", async () => {
    let finish = (): void => {};
    await using server = await scriptedServer(async (connection) => {
      await connection.request();
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf");
      finish = () => connection.write("half");
    });
    const session = new Session({ trustEnv: false });
    const response = await session.get(server.url, { stream: true });
    await session.close();
    finish();
    expect(await response.text()).toBe("halfhalf");
    await server.connections[0]?.closed;
  });

  it("lets nothing begin that an adapter of the program's own would still send", async () => {
    const sent: string[] = [];
    const session = new Session({ trustEnv: false });
    session.mount("http://own.test", {
      send: async ({ pathUrl }) => {
        sent.push(pathUrl);
        await session.close();
        return wireResponse({ status: 302, headers: { location: "/next" } });
      },
      close: async () => {},
    });
    expect(await rejection(session.get("http://own.test/first"))).toBeInstanceOf(SessionClosed);
    expect(sent).toEqual(["/first"]);
  });

  it("is one for all who call it, and comes back when every connection has ended", async () => {
    await using server = await scriptedServer(answering(ok()));
    const session = new Session({ trustEnv: false });
    await Promise.all([1, 2, 3].map(() => session.get(server.url)));
    await Promise.all([session.close(), session.close()]);
    await Promise.all(server.connections.map(({ closed }) => closed));
    expect(await rejection(session.get(server.url))).toBeInstanceOf(SessionClosed);
  });
});

describe("an abort", () => {
  it.for(everywhere)("ends %s", async ([, start]) => {
    const controller = new AbortController();
    const reason = new Error("changed my mind");
    const error = await ended(start, { signal: controller.signal }, () => controller.abort(reason));
    expect(error).toBe(reason);
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
  });

  it("while a token is refreshed is for its own request: the others get the token", async () => {
    await using origin = await startOrigin((request, response) =>
      reply(request.headers.authorization === "Bearer new" ? 200 : 401)(request, response),
    );
    await using session = new Session({ trustEnv: false });
    let give = (_token: string): void => {};
    const refresh = (): Promise<string> => new Promise((resolve) => (give = resolve));
    session.auth = new HttpBearerAuth({ token: "old", refresh });
    const controller = new AbortController();
    const aborted = rejection(session.get(origin.url, { signal: controller.signal }));
    const other = session.get(origin.url);
    await expect.poll(() => origin.arrived.length).toBe(2);
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort("mine");
    expect(await aborted).toBe("mine");
    give("new");
    expect((await other).status).toBe(200);
    expect(origin.arrived).toHaveLength(3);
  });
});

/** Whether it has begun is seen by what the process does, and so by nobody beside others. */
const isAlone = ([name]: readonly [string, Start]): boolean => name === "connecting";

describe.concurrent("the total timeout", () => {
  it.for(everywhere.filter((one) => !isAlone(one)))("ends %s", async ([, start], { expect }) => {
    const error = await ended(start, { timeout: { total: 400 } }, () => undefined);
    expect(error).toBeInstanceOf(Timeout);
    expect(error).toMatchObject({ phase: "total", limitMs: 400 });
  });
});

describe("the total timeout", () => {
  it.for(everywhere.filter(isAlone))("ends %s", async ([, start]) => {
    const error = await ended(start, { timeout: { total: 100 } }, () => undefined);
    expect(error).toMatchObject({ phase: "total", limitMs: 100 });
  });
});

describe("a signal that thousands of requests share", () => {
  it("is heard by those that run when it aborts, and by nobody else", async () => {
    const running = 50;
    const before = runs(200);
    await using origin = await startOrigin((request, response) => {
      if (request.url !== "/silent") response.end("ok");
    });
    await using session = new Session({ trustEnv: false });
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on("warning", onWarning);
    const controller = new AbortController();
    const { signal } = controller;
    const worker = async (): Promise<void> => {
      for (let sent = 0; sent < before; sent++) await session.get(origin.url, { signal });
    };
    await Promise.all(Array.from({ length: running }, worker));
    expect(getEventListeners(signal, "abort")).toEqual([]);
    const last = Array.from({ length: running }, () =>
      rejection(session.get(`${origin.url}/silent`, { signal })),
    );
    await expect.poll(() => origin.arrived.length).toBe(running * before + running);
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    const reason = new Error("enough");
    controller.abort(reason);
    expect(await Promise.all(last)).toEqual(last.map(() => reason));
    expect(getEventListeners(signal, "abort")).toEqual([]);
    process.off("warning", onWarning);
    expect(warnings).toEqual([]);
    await expect.poll(() => inUse(session)).toBe(0);
  });
});

describe("requests that share an HTTP/2 connection", () => {
  /** Answers `/fine` when it is told to; others get the half of an answer, or nothing. */
  async function shared(): Promise<{ server: H2Server; finish: () => void }> {
    const held: ServerHttp2Stream[] = [];
    const server = await startH2((stream, { ":path": path }) => {
      if (path === "/fine") held.push(stream);
      if (path !== "/body") return;
      stream.respond({ ":status": 200 });
      stream.write("half");
    });
    return { server, finish: () => held.splice(0).forEach((stream) => answerH2(stream)) };
  }

  const paths = Array.from({ length: 30 }, (_, at) => ["/fine", "/head", "/body"][at % 3] ?? "");

  it("end one by one: the others go on, and so does the connection", async () => {
    const { server, finish } = await shared();
    await using _ = server;
    await using session = new Session({ baseUrl: server.url, verify: server.ca, http2: true });
    const calls = paths.map((path) => {
      const controller = new AbortController();
      return { path, controller, call: session.get(path, { signal: controller.signal }) };
    });
    const fates = Promise.allSettled(calls.map(({ call }) => call));
    await expect.poll(() => server.seen.length).toBe(paths.length);
    for (const { path, controller } of calls) if (path !== "/fine") controller.abort(path);
    finish();
    const expected = paths.map((path) =>
      path === "/fine" ? { status: "fulfilled" } : { status: "rejected", reason: path },
    );
    expect(await fates).toMatchObject(expected);
    const after = session.get("/fine");
    await expect.poll(() => server.seen.length).toBe(paths.length + 1);
    finish();
    expect((await after).status).toBe(200);
    expect(server.connections()).toBe(1);
    for (const { controller } of calls) expect(getEventListeners(controller.signal, "abort")).toEqual([]);
  });

  it("end all with close(), each with an error of its own", async () => {
    const { server } = await shared();
    await using _ = server;
    const session = new Session({ baseUrl: server.url, verify: server.ca, http2: true });
    const failures = paths.map((path) => rejection(session.get(path)));
    await expect.poll(() => server.seen.length).toBe(paths.length);
    await session.close();
    const errors = (await Promise.all(failures)) as RequestException[];
    expect(errors.every((error) => error instanceof SessionClosed)).toBe(true);
    expect(new Set(errors).size).toBe(paths.length);
    expect(errors.map(({ request }) => request?.url)).toEqual(paths.map((path) => server.url + path));
  });
});
