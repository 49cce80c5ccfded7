/** Who listens: how listeners come and go, what they may do, and in which context they are called. */
import { AsyncLocalStorage } from "node:async_hooks";
import diagnostics from "node:diagnostics_channel";
import { afterEach, describe, expect, it } from "vitest";

import { AppAdapter, HttpAdapter, Session } from "../../src/index.ts";
import { bothOrigin } from "../support/both-origin.ts";
import { Heard } from "../support/heard.ts";
import { answering, ok, scriptedServer } from "../support/scripted-server.ts";

const stops: (() => void)[] = [];

afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** What programs do not catch, from here on. */
function uncaught(): unknown[] {
  const all: unknown[] = [];
  const before = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  process.on("uncaughtException", (error) => all.push(error));
  stops.push(() => {
    process.removeAllListeners("uncaughtException");
    for (const listener of before) process.on("uncaughtException", listener);
  });
  return all;
}

describe("session.events", () => {
  it.for([
    ["Call", "the name of an event must be"],
    ["", "the name of an event must be"],
    ["toString", "the name of an event must be"],
    [null, "the name of an event must be"],
  ] as const)("knows no event %j", ([name, message]) => {
    const { events } = new Session();
    const listener = (): void => undefined;
    expect(() => events.on(name as "call", listener)).toThrow(TypeError); // what JavaScript may give
    expect(() => events.on(name as "call", listener)).toThrow(message);
    expect(() => events.off(name as "call", listener)).toThrow(message);
  });

  it.for([[null], [undefined], ["listener"], [{}]] as const)("takes functions only: %j", ([listener]) => {
    const { events } = new Session();
    expect(() => events.on("call", listener as never)).toThrow(/a listener of "call" must be a function/); // likewise
    expect(events.isHeard).toBe(false);
  });

  it("tells everybody in the order in which they came, until they go", async () => {
    await using server = await scriptedServer(answering(ok()));
    await using session = new Session({ trustEnv: false });
    const { events } = session;
    const told: string[] = [];
    const twice = (): void => void told.push("twice");
    const first = events.on("call", () => void told.push("first"));
    const one = events.on("call", twice);
    events.on("call", twice);
    await session.get(server.url);
    expect(told.splice(0)).toEqual(["first", "twice", "twice"]);
    one.off();
    one.off();
    await session.get(server.url);
    expect(told.splice(0)).toEqual(["first", "twice"]);
    events.off("call", twice).off("call", twice);
    first[Symbol.dispose]();
    await session.get(server.url);
    expect([told, events.isHeard]).toEqual([[], false]);
  });

  it("tells nobody who was taken off by somebody before, and somebody who came meanwhile from then on", async () => {
    await using server = await scriptedServer(answering(ok()));
    await using session = new Session({ trustEnv: false });
    const { events } = session;
    const told: string[] = [];
    events.on("message", () => {
      told.push("first");
      second.off();
      if (told.length === 1) events.on("message", () => void told.push("third"));
    });
    const second = events.on("message", () => void told.push("second"));
    await session.get(server.url);
    expect(told.splice(0)).toEqual(["first"]);
    told.push("");
    await session.get(server.url);
    expect(told).toEqual(["", "first", "third"]);
  });

  it("tells a call that began before anybody listened to nobody, and the next one whole", async () => {
    let go: () => void = () => undefined;
    await using server = await scriptedServer(
      answering(async () => {
        await new Promise<void>((resolve) => {
          go = resolve;
        });
        return ok();
      }),
    );
    await using session = new Session({ trustEnv: false });
    const call = session.get(server.url);
    await expect.poll(() => server.requests.length).toBe(1);
    using heard = new Heard(session);
    go();
    await call;
    expect(heard.names).toEqual([]);
    const next = session.get(server.url);
    await expect.poll(() => server.requests.length).toBe(2);
    go();
    await next;
    expect(heard.names).toEqual(["sending", "head", "message", "call"]);
  });

  it("leaves the call alone when a listener throws or rejects: that is an exception of the program", async () => {
    await using server = await scriptedServer(answering(ok()));
    await using session = new Session({ trustEnv: false });
    const thrown = uncaught();
    const told: string[] = [];
    for (const name of ["sending", "head", "message", "call", "connection"] as const) {
      session.events.on(name, () => {
        throw new Error(`thrown in ${name}`);
      });
      // The type wants no promise: it is given one all the same.
      const rejecting: () => unknown = async () => {
        await Promise.resolve();
        throw new Error(`rejected in ${name}`);
      };
      session.events.on(name, rejecting);
      session.events.on(name, () => void told.push(name));
    }
    expect(await session.get(server.url).text()).toBe("ok");
    expect(told).toEqual(["sending", "connection", "head", "message", "call"]);
    await expect.poll(() => thrown.length).toBe(10);
    expect(thrown.map((error) => (error as Error).message).toSorted()).toEqual(
      ["call", "connection", "head", "message", "sending"]
        .flatMap((name) => [`rejected in ${name}`, `thrown in ${name}`])
        .toSorted(),
    );
  });

  it("is one object, prints who listens, and costs a session nothing before", () => {
    const session = new Session();
    expect(session.events).toBe(session.events);
    session.events.on("call", () => undefined);
    expect(JSON.stringify(session.events)).toBe('{"call":1}');
  });
});

describe.for([
  ["HTTP/1.1", false],
  ["HTTP/2", true],
] as const)("a field that a listener of `sending` gives, %s,", ([, http2]) => {
  it("goes out with the message, and with no other", async () => {
    await using origin = await bothOrigin(({ path }) =>
      path === "/from" ? { status: 302, headers: { location: "/to" } } : { body: "ok" },
    );
    await using session = new Session({ trustEnv: false, verify: origin.ca, http2 });
    using first = session.events.on("sending", (sending) => {
      sending.setHeader("traceparent", `00-${sending.resends}`);
      if (sending.resends === 0) sending.setHeader("x-first", "1");
      sending.setHeader("Accept", null);
    });
    const response = await session.get(`${origin.url}/from`);
    expect(
      origin.seen.map(({ headers }) => [headers["traceparent"], headers["x-first"], headers.accept]),
    ).toEqual([
      ["00-0", "1", undefined],
      ["00-1", undefined, undefined],
    ]);
    expect(response.request.headers.has("traceparent")).toBe(false);
    first.off();
    await session.get(origin.url);
    expect(origin.seen[2]?.headers["traceparent"]).toBeUndefined();
  });

  it("is given anew to a message that goes out once more", async () => {
    let answers = 0;
    await using origin = await bothOrigin(() => (++answers === 2 ? null : { body: "ok" }));
    await using session = new Session({ trustEnv: false, verify: origin.ca, http2 });
    using _ = session.events.on("sending", (sending) => sending.setHeader("x-id", String(sending.id)));
    using heard = new Heard(session);
    await session.get(origin.url);
    await session.get(origin.url);
    await heard.settled();
    const ids = heard.of("message").map(({ id }) => String(id));
    expect(ids.length).toBe(3);
    expect(origin.seen.map(({ headers }) => headers["x-id"])).toEqual(ids);
    const sent = heard.of("message").map((message) => message.sent?.headers.get("x-id"));
    expect(sent).toEqual(ids);
  });

  it("cannot be given any more when the message is on its way", async () => {
    await using origin = await bothOrigin();
    await using session = new Session({ trustEnv: false, verify: origin.ca, http2 });
    let late: () => void = () => undefined;
    using _ = session.events.on("sending", (sending) => {
      late = () => sending.setHeader("x-late", "1");
    });
    await session.get(origin.url);
    expect(late).toThrow(/on its way/);
    expect(origin.seen[0]?.headers["x-late"]).toBeUndefined();
  });
});

describe("listeners are called in the context of the call", () => {
  const storage = new AsyncLocalStorage<string>();

  it.for([
    ["HTTP/1.1", false, {}],
    ["HTTP/1.1, queued for one connection", false, { poolMaxsize: 1, poolBlock: true }],
    ["HTTP/2", true, {}],
  ] as const)("%s", async ([, http2, options]) => {
    await using origin = await bothOrigin(({ path }) =>
      path.startsWith("/from")
        ? { status: 302, headers: { location: path.replace("from", "to"), "set-cookie": "a=b" } }
        : { body: "x".repeat(100_000) },
    );
    await using session = new Session({ trustEnv: false, verify: origin.ca, http2 });
    session.mount("https://", new HttpAdapter(options));
    const wrong: unknown[] = [];
    const calls = new Map<number, string | undefined>();
    let told = 0;
    for (const name of ["sending", "head", "message", "redirect", "cookie", "call"] as const) {
      session.events.on(name, (record) => {
        told++;
        const call = name === "call" ? (record as { id: number }).id : (record as { call: number }).call;
        const context = storage.getStore();
        if (name === "sending" && !calls.has(call)) calls.set(call, context);
        if (context === undefined || calls.get(call) !== context)
          wrong.push([name, context, calls.get(call)]);
      });
    }
    const ask = async (n: number): Promise<void> => {
      const response = await session.get(`${origin.url}/from/${n}`, { stream: n % 2 === 0 });
      await response.bytes();
    };
    await Promise.all(Array.from({ length: 12 }, (_, n) => storage.run(`call ${n}`, () => ask(n))));
    expect(wrong).toEqual([]);
    expect(new Set(calls.values()).size).toBe(12);
    // Two messages with their heads, a redirect, a cookie and the call.
    await expect.poll(() => told).toBe(12 * 9);
  });

  it("also of an app", async () => {
    await using session = new Session({ trustEnv: false });
    session.mount("http://app.test", new AppAdapter(() => new Response("hi")));
    const contexts: unknown[] = [];
    for (const name of ["sending", "head", "message", "call"] as const)
      session.events.on(name, () => void contexts.push(storage.getStore()));
    await storage.run("mine", () => session.get("http://app.test/"));
    expect(contexts).toEqual(["mine", "mine", "mine", "mine"]);
  });
});

describe("the channels of diagnostics_channel", () => {
  it("are told of calls, messages and connections, of all sessions, as listeners are", async () => {
    await using server = await scriptedServer(answering(ok()));
    await using one = new Session({ trustEnv: false });
    await using other = new Session({ trustEnv: false });
    const told: { readonly name: string; readonly record: unknown }[] = [];
    for (const name of ["call", "message", "connection"]) {
      const listener = (record: unknown): void => void told.push({ name, record });
      diagnostics.subscribe(`sojourn:${name}`, listener);
      stops.push(() => diagnostics.unsubscribe(`sojourn:${name}`, listener));
    }
    using heard = new Heard(one, ["call", "message", "connection"]);
    await one.get(server.url);
    expect(told.map(({ name }) => name)).toEqual(["connection", "message", "call"]);
    for (const { name, record } of told.splice(0)) expect(heard.one(name as "call")).toBe(record);
    await other.get(server.url);
    expect(told.map(({ name }) => name)).toEqual(["connection", "message", "call"]);
    expect(other.events.isHeard).toBe(false);
  });

  it("are told of nothing else", async () => {
    await using server = await scriptedServer(answering(ok("ok", ["Set-Cookie: a=b"])));
    await using session = new Session({ trustEnv: false });
    const told: unknown[] = [];
    const listener = (record: unknown): void => void told.push(record);
    for (const name of ["cookie", "sending", "head", "retry"]) {
      diagnostics.subscribe(`sojourn:${name}`, listener);
      stops.push(() => diagnostics.unsubscribe(`sojourn:${name}`, listener));
    }
    await session.get(server.url);
    expect(told).toEqual([]);
  });
});
