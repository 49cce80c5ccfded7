/**
 * Requests that stay in one phase of their life for ever, each of them another one: for tests of what ends a request.
 */
import { AppAdapter, HttpAdapter, type RequestOptions, type Session } from "../../src/index.ts";
import { deafServer } from "./deaf-server.ts";
import { startH2 } from "./h2-server.ts";
import { scriptedServer, type Script, type ScriptedServer } from "./scripted-server.ts";

/** A request on its way. */
interface Ongoing extends AsyncDisposable {
  readonly call: Promise<unknown>;
  /** Is it in its phase? */
  readonly isThere: () => boolean;
  /** Is nothing of it left, of what an adapter's `stats` do not count? */
  readonly isLeft: () => boolean;
  /** Connections that another request holds. */
  readonly held: number;
}

/** Starts a request with these options beside those that the phase needs. */
export type Start = (session: Session, options: RequestOptions) => Promise<Ongoing>;

type Send = (url: string, port: number) => Promise<unknown>;

/** What a server hears of a client, and nothing else. */
const silent: Script = async (connection) => {
  await connection.closed;
};

/** Hears a request, and says `words`. */
function saying(words: string): Script {
  return async (connection, server) => {
    const request = await connection.request();
    if (request === null) return;
    server.requests.push(request);
    connection.write(words);
  };
}

async function against(
  script: Script,
  send: Send,
  isThere: (server: ScriptedServer) => boolean,
): Promise<Ongoing> {
  const server = await scriptedServer(script);
  return {
    call: send(server.url, server.port),
    isThere: () => isThere(server),
    isLeft: () => true,
    held: 0,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

function isConnected({ connections }: ScriptedServer): boolean {
  return connections.length > 0;
}

function isHeard({ requests }: ScriptedServer): boolean {
  return requests.length > 0;
}

function connecting(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "ConnectWrap").length;
}

const HALF = "Content-Length: 10\r\n\r\nhalf";

/** Phases on the way to a response. */
export const phases: Readonly<Record<string, Start>> = {
  "the name look-up": async (session, options) => {
    let asked = 0;
    const lookup = (): void => void asked++;
    session.mount("http://slow.test", new HttpAdapter({ lookup }));
    return {
      call: session.get("http://slow.test/", options),
      isThere: () => asked > 0,
      isLeft: () => true,
      held: 0,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  },
  connecting: async (session, options) => {
    const server = await deafServer();
    const before = connecting();
    return {
      call: session.get(`http://127.0.0.1:${server.port}/`, options),
      isThere: () => connecting() > before,
      isLeft: () => connecting() <= before,
      held: 0,
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  },
  "the TLS handshake": (session, options) =>
    against(silent, (url) => session.get(url.replace("http:", "https:"), options), isConnected),
  "CONNECT of a proxy": (session, options) =>
    against(
      saying("HTTP/1.1 200"),
      (proxy) => session.get("https://server.test/", { ...options, proxy }),
      isHeard,
    ),
  "the wait for a free connection": async (session, options) => {
    const adapter = new HttpAdapter({ poolMaxsize: 1, poolBlock: true });
    session.mount("http://", adapter);
    let before: Promise<unknown> = Promise.resolve();
    const ongoing = await against(
      saying("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"),
      async (url) => {
        before = session.get(`${url}/first`).then(undefined, () => undefined);
        return await session.get(`${url}/second`, options);
      },
      isHeard,
    );
    const giveUp = async (): Promise<void> => {
      await session.close();
      await before;
      await ongoing[Symbol.asyncDispose]();
    };
    return { ...ongoing, held: 1, [Symbol.asyncDispose]: giveUp };
  },
  "the wait for 100 Continue": (session, options) =>
    against(
      async (connection, server) => {
        await connection.through("\r\n\r\n");
        server.requests.push({ line: "", fields: [], rawBody: "" });
      },
      (url) => session.post(url, { ...options, data: "x", expectContinue: 60_000 }),
      isHeard,
    ),
  "sending a body that the server does not take": (session, options) => {
    let pieces = 0;
    const endless = function* (): Generator<Uint8Array> {
      for (;;) {
        pieces++;
        // More than the buffers on the way can hold.
        yield new Uint8Array(16_000_000);
      }
    };
    return against(
      ({ socket }) => void socket.pause(),
      (url) => session.post(url, { ...options, data: endless() }),
      (server) => isConnected(server) && pieces > 0,
    );
  },
  "waiting for a piece of the body to send": (session, options) => {
    let pieces = 0;
    const stuck = async function* (): AsyncGenerator<string> {
      yield "x";
      pieces++;
      await new Promise(() => undefined);
    };
    return against(
      silent,
      (url) => session.post(url, { ...options, data: stuck() }),
      () => pieces > 0,
    );
  },
  "waiting for the head": (session, options) =>
    against(saying("HTTP/1.1 200 OK\r\nX-"), (url) => session.get(url, options), isHeard),
  "reading the body": (session, options) => {
    let received = 0;
    return against(
      saying(`HTTP/1.1 200 OK\r\n${HALF}`),
      (url) => session.get(url, { ...options, onProgress: ({ bytes }) => void (received = bytes) }),
      () => received > 0,
    );
  },
  "reading the body of a hop": (session, options) => {
    let received = 0;
    return against(
      saying(`HTTP/1.1 302 Found\r\nLocation: /next\r\n${HALF}`),
      (url) => session.get(url, { ...options, onProgress: ({ bytes }) => void (received = bytes) }),
      () => received > 0,
    );
  },
  "waiting for the head of the second hop": (session, options) =>
    against(
      async (connection, server) => {
        for (
          let request = await connection.request();
          request !== null;
          request = await connection.request()
        ) {
          server.requests.push(request);
          if (request.line.startsWith("GET /next")) return;
          connection.write("HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 0\r\n\r\n");
        }
      },
      (url) => session.get(url, options),
      ({ requests }) => requests.length > 1,
    ),
  "waiting for the head with HTTP/2": async (session, options) => {
    const server = await startH2(() => undefined);
    return {
      call: session.get(server.url, { ...options, verify: server.ca, http2: true }),
      isThere: () => server.seen.length > 0,
      isLeft: () => true,
      held: 0,
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  },
  "waiting for an app in this process": async (session, options) => {
    let asked = 0;
    const app = (): Promise<never> => {
      asked++;
      return new Promise(() => undefined);
    };
    session.mount("http://app.test", new AppAdapter(app));
    return {
      call: session.get("http://app.test/", options),
      isThere: () => asked > 0,
      isLeft: () => true,
      held: 0,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  },
  "the wait between two attempts": (session, options) => {
    let waits = 0;
    const retry = { next: () => ({ kind: "again", delayMs: 60_000, policy: retry }) as const };
    const hooks = { retry: () => void waits++ };
    return against(
      saying("HTTP/1.1 503 Oops\r\nContent-Length: 0\r\n\r\n"),
      (url) => session.get(url, { ...options, retry, hooks }),
      () => waits > 0,
    );
  },
};

/** Phases in which the program itself is waited for. */
export const waits: Readonly<Record<string, Start>> = {
  "the first token": waitingFor((wait) => ({ auth: { apply: wait } })),
  "a new token": waitingFor((wait) => ({ auth: { apply: () => undefined, onChallenge: wait } })),
  "what an auth object does with a response": waitingFor((wait) => {
    const auth = { apply: () => undefined, onResponse: wait };
    return { auth, allowRedirects: false };
  }),
  "a request hook": waitingFor((wait) => ({ hooks: { request: wait } })),
  "a response hook": waitingFor((wait) => ({ hooks: { response: wait } })),
  "a redirect hook": waitingFor((wait) => ({ hooks: { redirect: wait } })),
  "a hook for refused cookies": waitingFor((wait) => ({ hooks: { cookieRefused: wait } })),
  "a hook for interim responses": waitingFor((wait) => ({ hooks: { informational: wait } })),
  "a retry hook": waitingFor((wait) => ({
    hooks: { retry: wait },
    retry: { next: () => ({ kind: "again", delayMs: 0, policy: { next: () => ({ kind: "final" }) } }) },
  })),
};

function waitingFor(make: (wait: () => Promise<never>) => RequestOptions): Start {
  return (session, options) => {
    let asked = 0;
    const wait = (): Promise<never> => {
      asked++;
      return new Promise(() => undefined);
    };
    const own = make(wait);
    const status = own.auth === undefined || own.allowRedirects === false ? "302 Found" : "401 No";
    return against(
      saying(
        `HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 ${status}\r\nLocation: /\r\nSet-Cookie: a=b; Domain=x.test\r\nContent-Length: 0\r\n\r\n`,
      ),
      (url) => session.get(url, { ...options, ...own }),
      () => asked > 0,
    );
  };
}
