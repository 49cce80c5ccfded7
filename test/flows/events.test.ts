/** What is told of a session: each event, in its order, with what it tells. */
import { describe, expect, it } from "vitest";

import { HttpDigestAuth, Retry, Session, type Auth, type SessionOptions } from "../../src/index.ts";
import { bothOrigin, type BothOrigin, type Said, type Seen } from "../support/both-origin.ts";
import { DigestGate, PASSWORD, USER } from "../support/digest-server.ts";
import { Heard } from "../support/heard.ts";

type Answer = (request: Seen) => Said | null | Promise<Said | null>;

interface Story extends AsyncDisposable {
  readonly origin: BothOrigin;
  readonly session: Session;
  readonly heard: Heard;
}

async function begin(
  http2: boolean,
  answer?: Answer,
  options: Omit<SessionOptions, "stream"> = {},
): Promise<Story> {
  const origin = await bothOrigin(answer);
  const session = new Session({ trustEnv: false, verify: origin.ca, http2, timeout: 8000, ...options });
  const heard = new Heard(session);
  return {
    origin,
    session,
    heard,
    [Symbol.asyncDispose]: async () => {
      await session.close();
      await origin[Symbol.asyncDispose]();
    },
  };
}

/** Where the messages stand. */
function places({ heard }: Story): unknown[] {
  return heard.of("message").map(({ hop, attempt, resends, reason, outcome, status }) => {
    return [reason, hop, attempt, resends, outcome, status];
  });
}

describe.for([
  ["HTTP/1.1", false, "1.1"],
  ["HTTP/2", true, "2"],
] as const)("what is told of a session, %s,", ([, http2, httpVersion]) => {
  it("has a call, its message and its connection", async () => {
    await using story = await begin(http2, () => ({ status: 201, headers: { "x-a": "1" }, body: "hello" }));
    const { session, heard, origin } = story;
    const response = await session.post(`${origin.url}/x?token=secret`, { data: "body" });
    await heard.settled();
    expect(heard.names).toEqual(["sending", "connection", "head", "message", "call"]);
    const call = heard.one("call");
    const message = heard.one("message");
    const place = { call: call.id, hop: 0, attempt: 0, resends: 0, reason: "call" };
    const url = `${origin.url}/x?token=***`;
    expect(call).toMatchObject({
      method: "POST",
      url,
      outcome: "complete",
      status: 201,
      error: null,
      messages: 1,
      redirects: 0,
      retries: 0,
    });
    expect(heard.one("sending")).toMatchObject({ ...place, id: message.id, method: "POST", url });
    expect(heard.one("head")).toMatchObject({ ...place, id: message.id, status: 201, httpVersion });
    expect(heard.one("head").headers.get("x-a")).toBe("1");
    expect(message).toMatchObject({
      ...place,
      method: "POST",
      url,
      outcome: "complete",
      sentBytes: 4,
      status: 201,
      statusText: http2 ? "" : "Created",
      httpVersion,
      trailers: null,
      receivedBytes: 5,
      error: null,
      phase: null,
      requestBody: null,
      responseBody: null,
    });
    expect(message.request.url).toContain("secret");
    expect(message.headers?.get("x-a")).toBe("1");
    expect(message.sent).toMatchObject({ method: "POST", target: "/x?token=secret" });
    expect(message.sent?.headers.get("content-length")).toBe("4");
    expect(message.connection).toEqual(response.connection);
    expect(message.timings).toEqual(response.timings);
    const connection = heard.one("connection");
    expect(connection).toMatchObject({
      id: message.connectionId,
      kind: "opened",
      origin: origin.url,
      proxy: null,
      httpVersion,
      messages: 0,
      error: null,
    });
    expect(connection.info).toEqual({ ...response.connection, isReused: false });
    const { startedAt } = heard.one("sending");
    expect(call.startedAt <= startedAt && startedAt === message.startedAt).toBe(true);
    expect(connection.startedAt).toBeGreaterThanOrEqual(startedAt);
    expect(call.duration).toBeGreaterThanOrEqual(message.timings.head);
    await session.close();
    await expect.poll(() => heard.of("connection").length).toBe(2);
    expect(heard.of("connection")[1]).toMatchObject({
      id: connection.id,
      kind: "closed",
      messages: 1,
      error: null,
    });
  });

  it("has numbers that are never given twice, and connections as lanes", async () => {
    await using one = await begin(http2);
    await using other = await begin(http2);
    await Promise.all([one, other, one, other, one].map(({ session, origin }) => session.get(origin.url)));
    for (const { heard } of [one, other]) await heard.settled();
    const messages = [one, other].flatMap(({ heard }) => heard.of("message"));
    const calls = [one, other].flatMap(({ heard }) => heard.of("call"));
    expect(new Set(messages.map(({ id }) => id)).size).toBe(5);
    expect(new Set(messages.map(({ call }) => call))).toEqual(new Set(calls.map(({ id }) => id)));
    const opened = [one, other].flatMap(({ heard }) => heard.of("connection")).map(({ id }) => id);
    expect(new Set(opened).size).toBe(http2 ? 2 : 5);
    expect(new Set(messages.map(({ connectionId }) => connectionId))).toEqual(new Set(opened));
  });

  it("has each hop, and what led to the next one", async () => {
    const answer: Answer = ({ path }) =>
      path.startsWith("/to")
        ? { body: "there" }
        : { status: 303, headers: { location: "/to?key=secret" }, body: "go" };
    await using story = await begin(http2, answer);
    const { heard, origin } = story;
    const response = await story.session.post(`${origin.url}/from`, { data: "x" });
    await heard.settled();
    expect(places(story)).toEqual([
      ["call", 0, 0, 0, "complete", 303],
      ["redirect", 1, 0, 1, "complete", 200],
    ]);
    const [first, second] = heard.of("message");
    expect([first?.method, first?.receivedBytes, second?.method]).toEqual(["POST", 2, "GET"]);
    expect(heard.one("redirect")).toEqual({
      call: first?.call,
      message: first?.id,
      status: 303,
      from: `${origin.url}/from`,
      to: `${origin.url}/to?key=***`,
      method: "GET",
    });
    expect(heard.names.filter((name) => name !== "connection")).toEqual([
      "sending",
      "head",
      "message",
      "redirect",
      "sending",
      "head",
      "message",
      "call",
    ]);
    expect(heard.one("call")).toMatchObject({ status: 200, messages: 2, redirects: 1, retries: 0 });
    expect(response.history.length).toBe(1);
  });

  it("has each attempt, and why there was another one: a status, and a connection that ended", async () => {
    let asked = 0;
    const answer: Answer = () => [{ status: 503, body: "busy" }, null, { body: "ok" }][asked++] ?? null;
    const retry = new Retry({ total: 3, backoffFactor: 0, statusForcelist: [503] });
    await using story = await begin(http2, answer, { retry });
    const { heard, origin } = story;
    await story.session.get(origin.url);
    await heard.settled();
    const [busy, lost, ...others] = heard.of("message");
    expect([busy?.status, lost?.outcome, others.at(-1)?.status]).toEqual([503, "failed", 200]);
    const retries = heard.of("retry");
    expect(retries[0]).toEqual({
      call: busy?.call,
      message: busy?.id,
      attempts: 1,
      status: 503,
      error: null,
      delayMs: 0,
    });
    expect(heard.one("call")).toMatchObject({
      outcome: "complete",
      messages: heard.of("message").length,
      retries: retries.length,
    });
    expect(busy).toMatchObject({ reason: "call", attempt: 0, resends: 0 });
    expect(others.at(-1)).toMatchObject({ attempt: retries.length, resends: heard.of("message").length - 1 });
  });

  it("has an attempt that failed before anything came", async () => {
    const retry = new Retry({ total: 1, backoffFactor: 0 });
    await using story = await begin(http2, () => null, { retry });
    const { heard } = story;
    const error: unknown = await story.session.get(story.origin.url).catch((thrown: unknown) => thrown);
    await heard.settled();
    expect(places(story)).toEqual([
      ["call", 0, 0, 0, "failed", null],
      ["retry", 0, 1, 1, "failed", null],
    ]);
    const [first, second] = heard.of("message");
    expect(heard.one("retry")).toEqual({
      call: first?.call,
      message: first?.id,
      attempts: 1,
      status: null,
      error: first?.error,
      delayMs: 0,
    });
    expect(second?.error).toBe(error);
    expect(heard.one("call")).toMatchObject({
      outcome: "failed",
      error,
      status: null,
      messages: 2,
      retries: 1,
    });
  });

  it("has a challenge and its answer", async () => {
    const gate = new DigestGate({ uses: 9, isOrdered: false, isShared: false });
    const answer: Answer = ({ method, headers }) => {
      const verdict = gate.judge(method, headers.authorization);
      return verdict.kind === "in"
        ? { body: "in" }
        : { status: 401, headers: { "www-authenticate": verdict.value } };
    };
    await using story = await begin(http2, answer, { auth: new HttpDigestAuth(USER, PASSWORD) });
    const { heard, origin } = story;
    await story.session.get(`${origin.url}/in`);
    await heard.settled();
    expect(places(story)).toEqual([
      ["call", 0, 0, 0, "complete", 401],
      ["auth", 0, 0, 1, "complete", 200],
    ]);
    const [first] = heard.of("message");
    const url = `${origin.url}/in`;
    expect(heard.one("auth")).toEqual({
      call: first?.call,
      message: first?.id,
      status: 401,
      url,
      answered: 0,
    });
  });

  it("has a token that was refreshed, for each time", async () => {
    let token = 0;
    const auth: Auth = {
      apply: (request) => void request.headers.set("Authorization", `Bearer ${token}`),
      onChallenge: async () => {
        token++;
        return true;
      },
    };
    const answer: Answer = ({ headers }) => ({ status: headers.authorization === "Bearer 2" ? 200 : 401 });
    await using story = await begin(http2, answer, { auth });
    const { heard } = story;
    await story.session.get(story.origin.url);
    await heard.settled();
    expect(places(story).map((place) => (place as unknown[])[0])).toEqual(["call", "auth", "auth"]);
    expect(heard.of("auth").map(({ answered }) => answered)).toEqual([0, 1]);
  });

  it("has what became of each cookie, and never its value", async () => {
    const said = [
      "a=planted; Path=/x; HttpOnly",
      "b=planted; Domain=other.test",
      "gone=planted; Max-Age=0",
      "__Host-c=planted; Path=/x",
    ];
    await using story = await begin(http2, () => ({ headers: { "set-cookie": said } }));
    const { heard, origin, session } = story;
    session.cookies.set("gone", "planted", { domain: "127.0.0.1", path: "/" });
    await session.get(`${origin.url}/x/y?token=planted`);
    await heard.settled();
    const { call, id: message } = heard.one("message");
    const of = { call, message, url: `${origin.url}/x/y?token=***` };
    const told = heard.of("cookie");
    expect(told.map(({ kind, name }) => [kind, name])).toEqual([
      ["stored", "a"],
      ["refused", "b"],
      ["deleted", "gone"],
      ["refused", "__Host-c"],
    ]);
    for (const record of told) expect(record).toMatchObject(of);
    expect(told[0]).toMatchObject({ cookie: { domain: "127.0.0.1", path: "/x", httpOnly: true } });
    expect(told[1]).toMatchObject({ reason: "domain-mismatch" });
    expect(JSON.stringify(told)).not.toContain("planted");
    expect(heard.names.indexOf("cookie")).toBeGreaterThan(heard.names.indexOf("head"));
  });

  it("has hosts that ask for TLS, and URLs that become https:", async () => {
    const answer: Answer = ({ path }) =>
      path === "/back"
        ? { status: 302, headers: { location: `http://localhost:${port}/x` } }
        : { headers: { "strict-transport-security": path === "/off" ? "max-age=0" : "max-age=60" } };
    let port = 0;
    await using story = await begin(http2, answer, { hsts: true });
    const { heard, session } = story;
    ({ port } = story.origin);
    const url = `https://localhost:${port}`;
    await session.get(url);
    await session.get(`${url.replace("https:", "http:")}/again`);
    await session.get(`${url}/back`);
    await session.get(`${url}/off`);
    await heard.settled();
    expect(heard.of("message").map((message) => message.url.split(":")[0])).toEqual(Array(5).fill("https"));
    const calls = heard.of("call").map(({ id }) => id);
    expect(heard.of("hsts")).toEqual([
      { call: calls[0], kind: "noted", host: "localhost" },
      { call: calls[1], kind: "upgraded", host: "localhost" },
      { call: calls[1], kind: "noted", host: "localhost" },
      { call: calls[2], kind: "upgraded", host: "localhost" },
      { call: calls[2], kind: "noted", host: "localhost" },
    ]);
  });
});
