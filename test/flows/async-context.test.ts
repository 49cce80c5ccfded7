import { connect, type LookupFunction } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import {
  AppAdapter,
  type Auth,
  HttpAdapter,
  HttpBearerAuth,
  Retry,
  Session,
  type RequestOptions,
  type SessionOptions,
} from "../../src/index.ts";
import { caller, contextOrigin, Notes, type ContextOrigin } from "../support/async-context.ts";
import { ok, scriptedServer, type ScriptedConnection } from "../support/scripted-server.ts";

/** A call of the caller `id`, and which functions of the caller's it has. */
interface Row {
  readonly path?: string;
  readonly method?: string;
  /** What has to run. */
  readonly functions: readonly string[];
  readonly options: (note: (what: string) => void) => RequestOptions;
  /** The call is to fail. */
  readonly fails?: true;
}

const pieces = (note: (what: string) => void, count = 2): AsyncGenerator<string> =>
  (async function* () {
    try {
      for (let at = 0; at < count; at++) {
        note("generator");
        yield "piece";
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    } finally {
      note("its end");
    }
  })();

const rows: Readonly<Record<string, Row>> = {
  "hooks of a redirect": {
    path: "/away",
    functions: ["redirect", "request", "response"],
    options: (note) => ({
      hooks: {
        request: () => note("request"),
        response: () => note("response"),
        redirect: () => note("redirect"),
      },
    }),
  },
  "the informational hook": {
    path: "/hints",
    functions: ["informational"],
    options: (note) => ({ hooks: { informational: () => note("informational") } }),
  },
  "the hook for refused cookies": {
    path: "/cookie",
    functions: ["cookieRefused"],
    options: (note) => ({ hooks: { cookieRefused: () => note("cookieRefused") } }),
  },
  "the hook for errors": {
    path: "/deaf",
    functions: ["error"],
    fails: true,
    options: (note) => ({ timeout: { read: 50 }, hooks: { error: () => note("error") } }),
  },
  "a retry policy and the hook for retries": {
    path: "/once",
    functions: ["policy", "retry"],
    options: (note) => ({
      retry: {
        next(method, failure, context) {
          note("policy");
          return new Retry({ status: 1, statusForcelist: [503], backoffFactor: 0 }).next(
            method,
            failure,
            context,
          );
        },
      },
      hooks: { retry: () => note("retry") },
    }),
  },
  "an auth function": {
    functions: ["auth"],
    options: (note) => ({ auth: () => note("auth") }),
  },
  "a scheme of auth": {
    path: "/challenge",
    functions: ["apply", "forOrigin", "onChallenge", "onResponse"],
    options: (note) => {
      let value = "wrong";
      const auth: Auth = {
        forOrigin() {
          note("forOrigin");
          return auth;
        },
        apply(request) {
          note("apply");
          request.headers.set("authorization", value);
        },
        onChallenge() {
          note("onChallenge");
          value = "right";
          return true;
        },
        onResponse: () => note("onResponse"),
      };
      return { auth };
    },
  },
  "the refresh of a token": {
    path: "/challenge",
    functions: ["refresh"],
    fails: true,
    options: (note) => ({
      auth: new HttpBearerAuth({
        refresh: () => {
          note("refresh");
          return Promise.reject(new Error("no token"));
        },
      }),
    }),
  },
  "an upload by a generator": {
    method: "POST",
    functions: ["generator", "its end"],
    options: (note) => ({ data: pieces(note) }),
  },
  "an upload by a factory": {
    method: "POST",
    functions: ["factory", "generator", "its end"],
    options: (note) => ({
      data: () => {
        note("factory");
        return Promise.resolve(pieces(note));
      },
    }),
  },
  "an upload by a stream": {
    method: "POST",
    functions: ["pull"],
    options: (note) => {
      let count = 0;
      return {
        data: new ReadableStream(
          {
            pull(controller) {
              note("pull");
              controller.enqueue(new Uint8Array(100));
              if (++count === 3) controller.close();
            },
          },
          { highWaterMark: 0 },
        ),
      };
    },
  },
  "the end of an upload that is aborted": {
    path: "/deaf",
    method: "POST",
    functions: ["generator", "its end"],
    fails: true,
    options: (note) => {
      const controller = new AbortController();
      const begun = (what: string): void => {
        note(what);
        setTimeout(() => controller.abort(), 10);
      };
      return { data: pieces(begun, 1e9), signal: controller.signal };
    },
  },
  "the end of an upload that is not taken": {
    path: "/deaf",
    method: "POST",
    functions: ["cancel"],
    fails: true,
    options: (note) => ({
      data: new ReadableStream(
        {
          pull: (controller) => controller.enqueue(new Uint8Array(1_000_000)),
          cancel: () => note("cancel"),
        },
        { highWaterMark: 0 },
      ),
      timeout: { read: 100 },
    }),
  },
  "the progress of both ways": {
    method: "POST",
    functions: ["download", "upload"],
    options: (note) => ({ data: pieces(() => undefined), onProgress: ({ direction }) => note(direction) }),
  },
  "the progress of bytes": {
    method: "POST",
    functions: ["download", "upload"],
    options: (note) => ({ data: new Uint8Array(2_000_000), onProgress: ({ direction }) => note(direction) }),
  },
  "the detection of a charset": {
    path: "/latin",
    functions: ["detectEncoding"],
    options: (note) => ({
      detectEncoding: () => {
        note("detectEncoding");
        return null;
      },
    }),
  },
};

/** How a call comes to its connection. */
interface Road {
  /** Calls before, in a context of their own, that leave connections open. */
  readonly openers: number;
  readonly adapter?: ConstructorParameters<typeof HttpAdapter>[0];
}

const roads: Readonly<Record<string, Road>> = {
  "on fresh connections": { openers: 0 },
  "on kept connections": { openers: 3 },
  "out of the queue of a full pool": { openers: 1, adapter: { poolBlock: true, poolMaxsize: 1 } },
};

const protocols = { "HTTP/1.1": false, "HTTP/2": true } as const;

function sessionFor(
  origin: ContextOrigin,
  options: SessionOptions,
  adapter: Road["adapter"] = {},
): Session<boolean> {
  const session = new Session({ trustEnv: false, verify: origin.ca, timeout: 8000, ...options });
  session.mount("https://", new HttpAdapter(adapter));
  return session;
}

/** A proxy's part of a tunnel to `port`. */
function tunnel(connection: ScriptedConnection, port: number): void {
  const inner = connect(port, "127.0.0.1");
  inner.on("error", () => connection.socket.destroy());
  connection.socket.on("close", () => inner.destroy());
  connection.socket.removeAllListeners("data");
  connection.write("HTTP/1.1 200 OK\r\n\r\n");
  connection.socket.pipe(inner).pipe(connection.socket);
}

/** Three at a time, each in a context of its own. */
async function callThree(call: (id: string) => PromiseLike<unknown>): Promise<void> {
  await Promise.all(["a", "b", "c"].map((id) => caller.run(id, () => call(id))));
}

const combinations = Object.keys(rows).flatMap((row) =>
  Object.keys(roads).flatMap((road) =>
    Object.keys(protocols).map((protocol) => [row, road, protocol] as const),
  ),
);

describe.concurrent("a function of the caller's runs in the context of its call", () => {
  let origin: ContextOrigin;

  beforeAll(async () => {
    origin = await contextOrigin();
  });

  afterAll(async () => {
    await origin[Symbol.asyncDispose]();
  });

  it.for(combinations)("%s, %s, over %s", async ([name, way, protocol], { expect }) => {
    const { path = "/", method = "GET", functions, options, fails } = rows[name] as Row; // a key of it
    const { openers, adapter } = roads[way] as Road; // a key of it
    // The origin answers some paths otherwise the second time: each combination has a query of its own.
    const of = encodeURIComponent(`${name}, ${way}, ${protocol}`);
    await using session = sessionFor(origin, { http2: protocol === "HTTP/2" }, adapter);
    await Promise.all(
      Array.from({ length: openers }, (_, n) => caller.run(`opener${n}`, () => session.get(origin.url))),
    );
    const notes = new Notes();
    const ended: unknown[] = [];
    await callThree(async (id) => {
      const given = options((what) => notes.note(what, id));
      const call = session.request(method, `${origin.url}${path}?id=${id}&of=${of}`, given);
      ended.push(
        await call.then(
          (response) => (response.text() === "" ? "an empty answer" : "answered"),
          (error: unknown) => (fails === true ? "failed" : error),
        ),
      );
    });
    expect(ended).toEqual(Array(3).fill(fails === true ? "failed" : "answered"));
    // An upload that was given up hears of it a moment later.
    await expect.poll(() => notes.ran).toEqual(functions);
    expect(notes.astray).toEqual([]);
  });
});

describe("what runs in the context of its call, too:", () => {
  it.for(["HTTP/1.1", "HTTP/2"] as const)("a second sending of a body, over %s", async (protocol) => {
    await using origin = await contextOrigin();
    await using session = sessionFor(origin, { http2: protocol === "HTTP/2" });
    await caller.run("opener", () => session.get(origin.url));
    const notes = new Notes();
    await caller.run("a", () =>
      session.put(`${origin.url}/dies`, { data: () => pieces(() => notes.note("generator", "a")) }),
    );
    expect([notes.ran, notes.astray]).toEqual([["generator"], []]);
  });

  it("look-up and address policy", async () => {
    await using origin = await contextOrigin();
    const notes = new Notes();
    // As a cache of names may do: all who ask are answered at once, in the context of one of them.
    const asked: (() => void)[] = [];
    const lookup: LookupFunction = (name, _options, tell) => {
      notes.note("lookup", name[0] ?? "");
      asked.push(() => tell(null, [{ address: "127.0.0.1", family: 4 }]));
      if (asked.length === 3) setTimeout(() => asked.splice(0).forEach((answer) => answer()), 5);
    };
    const options: SessionOptions = {
      addressPolicy: (_address, { hostname }) => {
        notes.note("addressPolicy", hostname[0] ?? "");
        return true;
      },
    };
    await using session = sessionFor(origin, options, { lookup });
    await callThree((id) => session.get(`https://${id}.test:${origin.port}`));
    expect([notes.ran, notes.astray]).toEqual([["addressPolicy", "lookup"], []]);
  });

  it("the look-up of a connection that is opened when it is the call's turn", async () => {
    await using server = await scriptedServer(async (connection) => {
      await connection.request();
      connection.end(ok("last", ["Connection: close"]));
    });
    const seen: unknown[] = [];
    await using session = new Session({ trustEnv: false, timeout: 8000 });
    const lookup: LookupFunction = (_name, _options, tell) => {
      seen.push(caller.getStore());
      tell(null, [{ address: "127.0.0.1", family: 4 }]);
    };
    session.mount("http://", new HttpAdapter({ poolBlock: true, poolMaxsize: 1, lookup }));
    await callThree((id) => session.get(`http://name.test:${new URL(server.url).port}/${id}`));
    expect(seen).toEqual(["a", "b", "c"]);
  });

  it.for(["http", "https"] as const)("credentials for a proxy, to %s: URLs", async (scheme) => {
    await using origin = await contextOrigin();
    await using proxy = await scriptedServer(async (connection) => {
      const request = await connection.request();
      if (!request?.fields.includes("Proxy-Authorization: right"))
        connection.end(
          "HTTP/1.1 407 No\r\nProxy-Authenticate: Mine\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        );
      else if (scheme === "http") connection.write(ok("forwarded"));
      else tunnel(connection, origin.port);
    });
    const notes = new Notes();
    await using session = sessionFor(origin, {
      proxy: proxy.url,
    });
    await callThree((id) => {
      let value = "wrong";
      const proxyAuth = {
        authorize: () => {
          notes.note("authorize", id);
          return value;
        },
        onChallenge: () => {
          notes.note("onChallenge", id);
          value = "right";
          return true;
        },
      };
      return session.get(`${scheme}://127.0.0.1:${origin.port}/`, { proxyAuth });
    });
    expect([notes.ran, notes.astray]).toEqual([["authorize", "onChallenge"], []]);
  });

  it("the app of an AppAdapter, and what it reads", async () => {
    const notes = new Notes();
    await using session = new Session();
    const app = async (request: Request): Promise<globalThis.Response> => {
      const id = new URL(request.url).pathname.slice(1);
      notes.note("app", id);
      request.signal.addEventListener("abort", () => notes.note("abort", id));
      const reader = request.body?.getReader();
      await reader?.read();
      return await new Promise(() => undefined);
    };
    session.mount("http://app.test", new AppAdapter(app));
    // One signal for all of them, which belongs to nobody.
    const controller = new AbortController();
    const calls = callThree((id) => {
      const data = pieces((what) => notes.note(what, id), 100);
      return session
        .post(`http://app.test/${id}`, { data, signal: controller.signal })
        .then(undefined, () => undefined);
    });
    setTimeout(() => controller.abort(), 20);
    await calls;
    await expect.poll(() => notes.ran).toEqual(["abort", "app", "generator", "its end"]);
    expect(notes.astray).toEqual([]);
  });
});
