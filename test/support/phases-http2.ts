/** The phases of `phases.ts`, of requests over HTTP/2: each stays in its phase for ever. */
import type { RequestOptions, Session } from "../../src/index.ts";
import {
  frameServer,
  FRAMES,
  SETTINGS,
  type FrameConnection,
  type FrameRequest,
  type FrameServer,
  type FrameServerOptions,
} from "./frame-server.ts";
import type { Start } from "./phases.ts";

type Send = (session: Session, url: string, options: RequestOptions) => Promise<unknown>;

/** What the phase is made of. */
interface Phase {
  readonly answer: (request: FrameRequest) => void;
  readonly send: Send;
  readonly isThere: (server: FrameServer) => boolean;
  readonly options?: FrameServerOptions;
  /** Another request goes first, and stays. */
  readonly isSecond?: boolean;
  readonly opensWindows?: boolean;
}

function ignore(): void {
  // It is of no interest.
}

const get: Send = (session, url, options) => session.get(url, options);

function isHeard({ requests }: FrameServer): boolean {
  return requests.length > 0;
}

function phase({ answer, send, isThere, options = {}, isSecond = false, opensWindows = true }: Phase): Start {
  return async (session, given) => {
    const script = {
      onRequest: answer,
      onConnection: (connection: FrameConnection): void => {
        connection.opensWindows = opensWindows;
        // SETTINGS come before anything else.
        connection.isSilent = options.settings === null;
      },
    };
    const server = await frameServer(script, options);
    const all = { ...given, verify: server.ca, http2: true } as const;
    const before = isSecond
      ? session.get(`${server.url}/first`, { verify: server.ca, http2: true }).then(ignore, ignore)
      : Promise.resolve();
    return {
      call: send(session, server.url, all),
      isThere: () => isThere(server),
      // The server hears of it: its stream is reset, or the connection ends. What was not sent yet it never hears of.
      isLeft: () =>
        isSecond ||
        server.heard.some(({ type }) => type === FRAMES.RST_STREAM) ||
        server.connections.every(({ isEnded }) => isEnded),
      held: isSecond ? 1 : 0,
      [Symbol.asyncDispose]: async () => {
        await session.close();
        await server[Symbol.asyncDispose]();
        await before;
      },
    };
  };
}

/** More than the windows on the way can hold. */
function* large(): Generator<Uint8Array> {
  for (;;) yield new Uint8Array(1_000_000);
}

async function* stuck(): AsyncGenerator<string> {
  yield "x";
  await new Promise(() => undefined);
}

function hasBytes({ heard }: FrameServer): boolean {
  return heard.some(({ type }) => type === FRAMES.DATA);
}

/** Phases on the way to a response. */
export const phasesOverHttp2: Readonly<Record<string, Start>> = {
  "the wait for the server's settings, HTTP/2": phase({
    answer: ignore,
    send: get,
    isThere: isHeard,
    options: { settings: null },
    isSecond: true,
  }),
  "the wait for a free stream, HTTP/2": phase({
    answer: ignore,
    send: get,
    isThere: isHeard,
    options: { settings: { [SETTINGS.MAX_CONCURRENT_STREAMS]: 1 } },
    isSecond: true,
  }),
  "the wait for 100 Continue, HTTP/2": phase({
    answer: ignore,
    send: (session, url, options) => session.post(url, { ...options, data: "x", expectContinue: 60_000 }),
    isThere: isHeard,
  }),
  "sending a body that the server does not take, HTTP/2": phase({
    answer: ignore,
    send: (session, url, options) => session.post(url, { ...options, data: large() }),
    isThere: hasBytes,
    opensWindows: false,
  }),
  "waiting for a piece of the body to send, HTTP/2": phase({
    answer: ignore,
    send: (session, url, options) => session.post(url, { ...options, data: stuck() }),
    isThere: hasBytes,
  }),
  "sending the rest of a body whose answer is there, HTTP/2": phase({
    answer: (r) => r.ok(),
    send: (session, url, options) => session.post(url, { ...options, data: stuck() }),
    isThere: hasBytes,
  }),
  "waiting for the head, HTTP/2": phase({ answer: (r) => r.write(r.head(103)), send: get, isThere: isHeard }),
  "reading the body, HTTP/2": phase({
    answer: (r) => r.write(r.head(200, { "content-length": 10 }), r.data("half")),
    send: get,
    isThere: isHeard,
  }),
  "reading the body of a hop, HTTP/2": phase({
    answer: (r) => r.write(r.head(302, { location: "/next" }), r.data("half")),
    send: get,
    isThere: isHeard,
  }),
  "waiting for the head of the second hop, HTTP/2": phase({
    answer: (r) => {
      if (r.path !== "/next") r.write(r.head(302, { location: "/next" }, { isLast: true }));
    },
    send: get,
    isThere: ({ requests }) => requests.length > 1,
  }),
};
