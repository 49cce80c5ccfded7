/** Each message and each call that was told to begin is told to end, once, whatever becomes of it. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";

import {
  AppAdapter,
  InvalidHeader,
  Request as PlannedRequest,
  Session,
  toFetch,
  wireResponse,
  type Adapter,
  type StreamedResponse,
} from "../../src/index.ts";
import { bothOrigin, type BothOrigin } from "../support/both-origin.ts";
import { Heard } from "../support/heard.ts";
import { scriptedServer } from "../support/scripted-server.ts";

const BODY = "x".repeat(1_000_000);

/** What a program does with a streamed response, and what becomes of the message. */
const acts: Readonly<Record<string, readonly [(response: StreamedResponse) => Promise<unknown>, string]>> = {
  "read as a whole": [(response) => response.bytes(), "complete"],
  "iterated over": [
    async (response) => {
      for await (const chunk of response) void chunk;
    },
    "complete",
  ],
  "left early": [
    async (response) => {
      for await (const chunk of response) if (chunk.byteLength > 0) break;
    },
    "unread",
  ],
  closed: [(response) => response.close(), "unread"],
};

/** Where they come from. */
const origins: Readonly<Record<string, (origin: BothOrigin) => readonly [Session, string]>> = {
  "HTTP/1.1": (origin) => [new Session({ trustEnv: false, verify: origin.ca }), origin.url],
  "HTTP/2": (origin) => [new Session({ trustEnv: false, verify: origin.ca, http2: true }), origin.url],
  "an app": () => {
    const session = new Session({ trustEnv: false });
    session.mount("http://app.test", new AppAdapter(() => new Response(BODY)));
    return [session, "http://app.test/"];
  },
  "an adapter of one's own": () => {
    const session = new Session({ trustEnv: false });
    session.mount(
      "http://own.test",
      adapterOf(async () => wireResponse({ status: 200, body: [BODY] })),
    );
    return [session, "http://own.test/"];
  },
};

function adapterOf(send: Adapter["send"]): Adapter {
  return { send, close: async () => undefined };
}

async function rejection(call: PromiseLike<unknown>): Promise<unknown> {
  try {
    await call;
  } catch (error) {
    return error;
  }
  throw new Error("it did not fail");
}

describe.for(Object.keys(origins))("a streamed response of %s", (from) => {
  it.for(Object.entries(acts))("ends when it is %s", async ([, [act, outcome]]) => {
    await using origin = await bothOrigin(() => ({ body: BODY }));
    const [session, url] = origins[from]?.(origin) ?? [];
    if (session === undefined || url === undefined) throw new Error("no such origin");
    await using _closed = session;
    using heard = new Heard(session);
    const response = await session.get(url, { stream: true });
    expect(heard.one("call")).toMatchObject({ outcome: "complete", status: 200 });
    expect(heard.of("message")).toEqual([]);
    await act(response);
    await heard.settled();
    const message = heard.one("message");
    expect(message).toMatchObject({ outcome, status: 200, error: null, phase: null });
    if (outcome === "complete") expect(message.receivedBytes).toBe(BODY.length);
    else expect(message.receivedBytes).toBeLessThanOrEqual(BODY.length);
  });

  it("ends when it is forgotten", async () => {
    await using origin = await bothOrigin(() => ({ body: BODY }));
    const [session, url] = origins[from]?.(origin) ?? [];
    if (session === undefined || url === undefined) throw new Error("no such origin");
    await using _closed = session;
    using heard = new Heard(session);
    await (async () => void (await session.get(url, { stream: true })))();
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void; // V8 says so
    await expect
      .poll(() => {
        collect();
        return heard.of("message").length;
      })
      .toBe(1);
    await heard.settled();
    expect(heard.one("message")).toMatchObject({ outcome: "unread", status: 200, error: null });
  });

  it("ends when its caller gives it up in the middle, and that is no failure", async () => {
    await using origin = await bothOrigin(() => ({ body: BODY }));
    const [session, url] = origins[from]?.(origin) ?? [];
    if (session === undefined || url === undefined) throw new Error("no such origin");
    await using _closed = session;
    using heard = new Heard(session);
    const controller = new AbortController();
    const { signal } = controller;
    const response = await session.get(url, { stream: true, signal });
    const reason = new Error("enough");
    controller.abort(reason);
    await response.close();
    await heard.settled();
    const ending = { status: 200, outcome: "aborted", error: reason, phase: null };
    expect(heard.one("message")).toMatchObject(ending);
  });
});

describe.for(Object.keys(origins))("a redirect of %s whose body is longer than is worth reading", (from) => {
  it.for([[true], [false]] as const)(
    "is given up, and has not failed (its length is announced: %s)",
    async ([isAnnounced]) => {
      const length: Record<string, string> = isAnnounced ? { "Content-Length": String(BODY.length) } : {};
      const target = { status: 302, headers: { Location: "/there", ...length }, body: BODY };
      await using origin = await bothOrigin(({ path }) => (path === "/there" ? { body: "hi" } : target));
      const [session, url] = origins[from]?.(origin) ?? [];
      if (session === undefined || url === undefined) throw new Error("no such origin");
      await using _closed = session;
      if (from === "an app")
        session.mount(
          "http://app.test",
          new AppAdapter(({ url: asked }) =>
            asked.endsWith("/there") ? new Response("hi") : new Response(BODY, target),
          ),
        );
      if (from === "an adapter of one's own")
        session.mount(
          "http://own.test",
          adapterOf(async ({ url: asked }) =>
            asked.endsWith("/there")
              ? wireResponse({ status: 200, body: ["hi"] })
              : wireResponse({ status: 302, headers: { Location: "/there" }, body: [BODY] }),
          ),
        );
      using heard = new Heard(session);
      expect((await session.get(url)).text()).toBe("hi");
      await heard.settled();
      expect(heard.of("message")).toMatchObject([
        { status: 302, outcome: "unread", error: null, phase: null },
        { status: 200, outcome: "complete" },
      ]);
    },
  );
});

describe("a call", () => {
  interface Row {
    readonly make: (session: Session, url: string) => PromiseLike<unknown>;
    /** Messages that it comes to. */
    readonly messages: number;
    /** What becomes of them. Default: `"failed"`. */
    readonly outcome?: string;
  }
  const rows: Readonly<Record<string, Row>> = {
    "whose option is unknown": {
      make: (session, url) => session.get(url, { colour: "red" } as object),
      messages: 0,
    },
    "whose URL is none": { make: (session) => session.get("http://"), messages: 0 },
    "whose URL is no text": { make: (session) => session.get(Object.create(null) as string), messages: 0 }, // what JavaScript may give
    "whose method is none": { make: (session, url) => session.request("G E T", url), messages: 0 },
    "for whose scheme there is no adapter": { make: (session) => session.get("ftp://x.test/"), messages: 0 },
    "whose header is none": {
      make: (session, url) => session.get(url, { headers: { "a b": "c" } }),
      messages: 0,
    },
    "that is given up before it begins": {
      make: (session, url) => session.get(url, { signal: AbortSignal.abort(new Error("no")) }),
      messages: 0,
    },
    "whose request was not prepared": {
      make: (session) => session.send({} as never), // what JavaScript may give
      messages: 0,
    },
    "of nothing": { make: (session) => session.send(null as never), messages: 0 }, // likewise
    "of a prepared request, with an option that it has taken up": {
      make: (session, url) =>
        session.send(session.prepareRequest(new PlannedRequest("GET", url)), { headers: {} } as object),
      messages: 0,
    },
    "whose session is closed": {
      make: (session, url) => session.close().then(() => session.get(url)),
      messages: 0,
    },
    "of a prepared request, whose session is closed": {
      make: async (session, url) => {
        const request = session.prepareRequest(new PlannedRequest("GET", url));
        await session.close();
        await session.send(request);
      },
      messages: 0,
    },
    "whose session is closed meanwhile": {
      make: (session, url) => {
        const call = session.get(url);
        void session.close();
        return call;
      },
      messages: 1,
    },
    "whose hook throws": {
      make: (session, url) =>
        session.get(url, {
          hooks: {
            request: () => {
              throw new Error("thrown");
            },
          },
        }),
      messages: 0,
    },
    "whose adapter throws": { make: (session) => session.get("http://throws.test/"), messages: 1 },
    "whose adapter rejects": { make: (session) => session.get("http://rejects.test/"), messages: 1 },
    "whose adapter answers nothing": { make: (session) => session.get("http://nothing.test/"), messages: 1 },
    "whose adapter has a body that breaks": {
      make: (session) => session.get("http://breaks.test/"),
      messages: 1,
    },
    "whose body is too large": {
      make: (session, url) => session.get(url, { maxBodyBytes: 1 }),
      messages: 1,
      // All of it came at once.
      outcome: "complete",
    },
  };

  it.for(Object.entries(rows))(
    "%s fails, and that is told once",
    async ([, { make, messages, outcome = "failed" }]) => {
      await using origin = await bothOrigin(() => ({ body: "hello" }));
      await using session = new Session({ trustEnv: false, verify: origin.ca, timeout: 8000 });
      const thrown = (): never => {
        throw new Error("planted");
      };
      session.mount("http://throws.test", adapterOf(thrown));
      session.mount(
        "http://rejects.test",
        adapterOf(async () => thrown()),
      );
      session.mount(
        "http://nothing.test",
        adapterOf(async () => null as never),
      ); // what JavaScript may give
      const breaking = async function* (): AsyncGenerator<string> {
        yield "a";
        thrown();
      };
      session.mount(
        "http://breaks.test",
        adapterOf(async () => wireResponse({ status: 200, body: breaking() })),
      );
      using heard = new Heard(session);
      const error = await rejection(make(session, origin.url));
      await heard.settled();
      const call = heard.one("call");
      expect(call).toMatchObject({ messages, redirects: 0, retries: 0, status: null });
      expect(call.error).toBe(error);
      expect(call.outcome).toBe(error instanceof Error && error.message === "no" ? "aborted" : "failed");
      expect(heard.of("message").length).toBe(messages);
      for (const message of heard.of("message")) expect(message.outcome).toBe(outcome);
    },
  );

  it("of a prepared request is told as any other", async () => {
    await using origin = await bothOrigin(() => ({ body: "hello" }));
    await using session = new Session({ trustEnv: false, verify: origin.ca });
    using heard = new Heard(session);
    await session.send(session.prepareRequest(new PlannedRequest("PUT", `${origin.url}/x`)));
    await heard.settled();
    expect(heard.one("call")).toMatchObject({
      method: "PUT",
      url: `${origin.url}/x`,
      outcome: "complete",
      messages: 1,
    });
  });

  it("of fetch is told, and its signal is its caller's", async () => {
    await using origin = await bothOrigin(async () => new Promise(() => undefined));
    await using session = new Session({ trustEnv: false, verify: origin.ca });
    using heard = new Heard(session);
    const controller = new AbortController();
    const call = rejection(toFetch(session)(origin.url, { signal: controller.signal }));
    await expect.poll(() => origin.seen.length).toBe(1);
    const reason = new Error("enough");
    controller.abort(reason);
    expect(await call).toBe(reason);
    await heard.settled();
    expect(heard.one("message")).toMatchObject({ outcome: "aborted", error: reason });
    expect(heard.one("call")).toMatchObject({ outcome: "aborted", error: reason });
  });

  it("of which the total time is over in the middle of a stream ends its message as failed", async () => {
    await using server = await scriptedServer(async (connection) => {
      await connection.request();
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    });
    await using session = new Session({ trustEnv: false });
    using heard = new Heard(session);
    const response = await session.get(server.url, { stream: true, timeout: { total: 300 } });
    const error = await rejection(response.text());
    await heard.settled();
    expect(heard.one("message")).toMatchObject({
      outcome: "failed",
      error,
      phase: "total",
      receivedBytes: 4,
    });
    expect(heard.one("call").outcome).toBe("complete");
  });

  it("fails with what a listener of `sending` may not set, in the listener and not in the call", async () => {
    await using origin = await bothOrigin();
    await using session = new Session({ trustEnv: false, verify: origin.ca });
    const errors: unknown[] = [];
    using _ = session.events.on("sending", (sending) => {
      for (const [name, value] of [
        ["a b", "c"],
        ["x", "a\r\nb: c"],
        ["Content-Length", "7"],
        ["transfer-encoding", "chunked"],
        ["Host", "other.test"],
        ["connection", "close"],
      ] as const) {
        try {
          sending.setHeader(name, value);
        } catch (error) {
          errors.push(error);
        }
      }
    });
    expect((await session.get(origin.url)).status).toBe(200);
    expect(errors.length).toBe(6);
    for (const error of errors) expect(error).toBeInstanceOf(InvalidHeader);
  });
});
