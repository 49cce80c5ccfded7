/** How long the parts of a message took that came to no end, or not to its own: they go as far as it came. */
import type { LookupFunction } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { Session, type RequestOptions } from "../../src/index.ts";
import { expectWhole, Heard, partsOf } from "../support/heard.ts";
import { phases } from "../support/phases.ts";
import { phasesOverHttp2 } from "../support/phases-http2.ts";
import { sessionFor, startServers, type Servers, type Way } from "../support/ways.ts";

let servers: Servers;

beforeAll(async () => {
  servers = await startServers();
});

afterAll(() => servers[Symbol.asyncDispose]());

interface Failure extends Pick<Way, "options" | "adapter"> {
  readonly url: () => string;
  readonly error: string;
  readonly phase: string | null;
  /** What happened of it. */
  readonly parts: string;
  readonly request?: () => RequestOptions<false>;
}

const never: LookupFunction = () => undefined;
const nowhere: LookupFunction = (host, _options, done) =>
  done(Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: "ENOTFOUND" }), "");

const failures: Readonly<Record<string, Failure>> = {
  "nobody listens": {
    url: () => `http://127.0.0.1:${servers.closedPort}`,
    error: "ConnectionError",
    phase: "connect",
    parts: "queue tcp",
  },
  "nobody listens, https": {
    url: () => `https://127.0.0.1:${servers.closedPort}`,
    error: "ConnectionError",
    phase: "connect",
    parts: "queue tcp",
  },
  "the name is unknown": {
    url: () => "http://server.test",
    error: "ConnectionError",
    phase: "connect",
    parts: "queue dns",
    adapter: () => ({ lookup: nowhere }),
  },
  "the name is never found": {
    url: () => "https://server.test",
    error: "ConnectTimeout",
    phase: "connect",
    parts: "queue dns",
    adapter: () => ({ lookup: never }),
    request: () => ({ timeout: { connect: 30 } }),
  },
  "TLS is not spoken": {
    url: () => servers.garbling.url.replace("http:", "https:"),
    error: "SSLError",
    phase: "connect",
    parts: "queue tcp tls",
  },
  "the certificate is not trusted": {
    url: () => servers.secure.url,
    error: "SSLError",
    phase: "connect",
    parts: "queue tcp tls",
    options: () => ({ verify: servers.h2.ca }),
  },
  "the proxy refuses": {
    url: () => servers.secure.url,
    error: "ProxyError",
    phase: "connect",
    parts: "queue tcp proxy",
    options: () => ({ proxy: servers.refusing.url }),
  },
  "the proxy is not there": {
    url: () => servers.secure.url,
    error: "ProxyError",
    phase: "connect",
    parts: "queue tcp",
    options: () => ({ proxy: `http://127.0.0.1:${servers.closedPort}` }),
  },
  "the header cannot be sent": {
    url: () => servers.plain.url,
    error: "InvalidBody",
    phase: "prepare",
    parts: "wait",
    request: () => ({ headers: { "content-length": "7" } }),
  },
};

describe("timings of a message that fails", () => {
  it.for(Object.entries(failures))("go as far as it came: %s", async ([, failure]) => {
    await using session = sessionFor(servers, failure);
    using heard = new Heard(session);
    const error: unknown = await session
      .post(failure.url(), failure.request?.())
      .catch((thrown: unknown) => thrown);
    await heard.settled();
    const message = heard.one("message");
    expect(message).toMatchObject({ outcome: "failed", status: null, phase: failure.phase, sentBytes: 0 });
    expect(message.error).toBe(error);
    expect((message.error as Error).name).toBe(failure.error);
    expect(partsOf(message.timings)).toBe(failure.parts);
    expect(heard.one("call").error).toBe(error);
  });
});

/** What happened when a message stays in a phase for ever. */
const staying: Readonly<Record<string, string>> = {
  "the name look-up": "queue dns",
  connecting: "queue tcp",
  "the TLS handshake": "queue tcp tls",
  "CONNECT of a proxy": "queue tcp proxy",
  "the wait for a free connection": "queue",
  "the wait for 100 Continue": "queue tcp send",
  "sending a body that the server does not take": "queue tcp send",
  "waiting for a piece of the body to send": "queue tcp send",
  "waiting for the head": "queue tcp send wait",
  "reading the body": "queue tcp send wait receive",
  "reading the body of a hop": "queue tcp send wait receive",
  "waiting for the head of the second hop": "queue send wait",
  "waiting for the head with HTTP/2": "queue tcp tls send wait",
  "waiting for an app in this process": "wait",
  "the wait between two attempts": "queue tcp send wait receive",
  "the wait for the server's settings, HTTP/2": "queue",
  "the wait for a free stream, HTTP/2": "queue",
  "the wait for 100 Continue, HTTP/2": "queue tcp tls send",
  "sending a body that the server does not take, HTTP/2": "queue tcp tls send",
  "waiting for a piece of the body to send, HTTP/2": "queue tcp tls send",
  "sending the rest of a body whose answer is there, HTTP/2": "queue tcp tls send wait receive",
  "waiting for the head, HTTP/2": "queue tcp tls send wait",
  "reading the body, HTTP/2": "queue tcp tls send wait receive",
  "reading the body of a hop, HTTP/2": "queue tcp tls send wait receive",
  "waiting for the head of the second hop, HTTP/2": "queue send wait",
};

/** Ends the message in one way or another. */
const endings = {
  "given up by its caller": "aborted",
  "ended with its session": "failed",
  "ended by the total timeout": "failed",
} as const;

/** Of those that take their time. */
const TIMED: readonly string[] = [
  "the name look-up",
  "the TLS handshake",
  "CONNECT of a proxy",
  "the wait for a free connection",
  "waiting for a piece of the body to send",
  "waiting for the head",
  "reading the body",
  "waiting for an app in this process",
  "the wait for a free stream, HTTP/2",
  "reading the body, HTTP/2",
];

describe.for(Object.entries(endings))("timings of a message that is %s", ([ending, outcome]) => {
  const isTimed = ending === "ended by the total timeout";
  const all = Object.entries({ ...phases, ...phasesOverHttp2 }).filter(
    ([phase]) => !isTimed || TIMED.includes(phase),
  );
  it.for(all)("go as far as it came: %s", async ([phase, start]) => {
    await using session = new Session({ trustEnv: false, verify: servers.authority.pem });
    using heard = new Heard(session);
    const controller = new AbortController();
    const options = isTimed ? { timeout: { total: 400 } } : { signal: controller.signal };
    await using ongoing = await start(session, options);
    const ended = ongoing.call.catch((thrown: unknown) => thrown);
    await expect.poll(() => ongoing.isThere()).toBe(true);
    if (staying[phase]?.endsWith("receive") === true)
      await expect.poll(() => heard.of("head").at(-1)?.id).toBe(heard.of("sending").at(-1)?.id);
    const reason = new Error("enough");
    if (outcome === "aborted") controller.abort(reason);
    else if (!isTimed) await session.close();
    const error = await ended;
    const last = heard.of("sending").at(-1);
    await expect.poll(() => heard.of("message").some(({ id }) => id === last?.id)).toBe(true);
    const message = heard.of("message").find(({ id }) => id === last?.id);
    if (message === undefined) throw new Error("it has no end");
    expectWhole(message.timings);
    expect(partsOf(message.timings)).toBe(staying[phase]);
    // That one between two attempts is over.
    const isOver = phase === "the wait between two attempts";
    expect(message.outcome).toBe(isOver ? "complete" : outcome);
    if (!isOver && outcome === "aborted") expect(message.error).toBe(reason);
    expect(heard.of("call").find(({ id }) => id === last?.call)).toMatchObject({ outcome, error });
  });
});
