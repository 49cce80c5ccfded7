/** A session with an inspector: what happens in it is told while it happens, without secrets, until it is closed. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { Session, SessionClosed, type Inspector } from "../../src/index.ts";
import { startOrigin, type Answer, type TestOrigin } from "../support/origins.ts";
import { leaks, type Secret } from "../support/secrets.ts";
import { LiveReader, RawClient } from "../support/watched.ts";

/** Answers as its path says. */
const answer: Answer = ({ url }, response) => {
  const [, kind = ""] = url.split("/");
  if (kind === "redirect") response.writeHead(302, { Location: "/end" }).end();
  else if (kind === "busy") response.writeHead(503).end();
  else if (kind === "cookie") response.writeHead(200, { "Set-Cookie": ["a=1", "b=2; Domain=com"] }).end();
  else if (kind === "broken") response.socket?.destroy();
  else if (kind !== "never") response.writeHead(200, { "Content-Type": "text/plain" }).end("body");
};

interface Stage extends AsyncDisposable {
  readonly session: Session;
  readonly origin: TestOrigin;
}

async function setStage(): Promise<Stage> {
  const origin = await startOrigin(answer);
  const session = new Session({ trustEnv: false, retry: 0 });
  return {
    session,
    origin,
    [Symbol.asyncDispose]: async () => {
      await session.close();
      await origin[Symbol.asyncDispose]();
    },
  };
}

/** Reads along from its beginning. */
async function readerOf(inspector: Inspector): Promise<LiveReader> {
  const reader = new LiveReader(inspector.url);
  await expect.poll(() => reader.text).toContain("event: log");
  return reader;
}

const pathOf = ({ request }: { readonly request: { readonly url: string } }): string =>
  new URL(request.url).pathname;

describe("who reads along", () => {
  it("sees what there was, and what comes", async () => {
    await using stage = await setStage();
    const { session, origin } = stage;
    await session.get(`${origin.url}/before`);
    await using inspector = await session.inspect();
    await session.get(`${origin.url}/first`);
    await using reader = await readerOf(inspector);
    await expect.poll(() => reader.entries.map(pathOf)).toEqual(["/first"]);
    await session.get(`${origin.url}/second`);
    await expect.poll(() => reader.entries.map(pathOf)).toEqual(["/first", "/second"]);
    expect(reader.entries.map(({ response }) => response.status)).toEqual([200, 200]);
  });

  it("sees redirects, failures, cookies that were refused, calls and connections", async () => {
    await using stage = await setStage();
    const { session, origin } = stage;
    await using inspector = await session.inspect();
    await using reader = await readerOf(inspector);
    await session.get(`${origin.url}/redirect`);
    await session.get(`${origin.url}/cookie`);
    await session.get(`${origin.url}/busy`);
    await session.get(`${origin.url}/broken`).catch(() => undefined);
    await session.get(`${origin.url}/never`, { timeout: { total: 30 } }).catch(() => undefined);
    await expect.poll(() => reader.events.filter(({ event }) => event === "call").length).toBe(5);
    expect(
      reader.entries.map(({ _sojourn: { reason, outcome }, ...entry }) =>
        [pathOf(entry), reason, entry.response.status, outcome].join(" "),
      ),
    ).toEqual([
      "/redirect call 302 complete",
      "/end redirect 200 complete",
      "/cookie call 200 complete",
      "/busy call 503 complete",
      "/broken call 0 failed",
      "/broken resend 0 failed",
      "/never call 0 failed",
    ]);
    const [redirect, , cookie] = reader.entries.map(({ _sojourn }) => _sojourn);
    expect(redirect?.redirect?.to).toBe(`${origin.url}/end`);
    expect(cookie?.cookies.map(({ name, kind }) => [name, kind])).toEqual([
      ["a", "stored"],
      ["b", "refused"],
    ]);
    expect(reader.events.filter(({ event }) => event === "connection").length).toBeGreaterThan(1);
  });

  it("sees the last of them, and is told what is gone", async () => {
    await using stage = await setStage();
    const { session, origin } = stage;
    await using inspector = await session.inspect({ maxEntries: 3 });
    for (let count = 0; count < 5; count++) await session.get(`${origin.url}/${count}`);
    await using reader = await readerOf(inspector);
    await expect.poll(() => reader.entries.map(pathOf)).toEqual(["/2", "/3", "/4"]);
    await session.get(`${origin.url}/5`);
    await expect.poll(() => reader.events.filter(({ event }) => event === "dropped")).toHaveLength(1);
    expect(reader.events.find(({ event }) => event === "dropped")?.data).toEqual({
      total: 3,
      messages: [reader.entries[0]?._sojourn.message],
    });
  });

  it("sees bodies where they are asked for, and not otherwise", async () => {
    await using stage = await setStage();
    const { session, origin } = stage;
    await using without = await session.inspect();
    await using inspector = await session.inspect({ bodies: "text", maxBodyBytes: 3 });
    await session.get(`${origin.url}/text`);
    await using reader = await readerOf(inspector);
    await using other = await readerOf(without);
    await expect.poll(() => reader.entries.length + other.entries.length).toBe(2);
    const contents = [reader, other].map(({ entries }) => entries[0]?.response.content);
    expect(contents).toMatchObject([{ text: "bod", _isCut: true }, {}]);
    expect(contents[1]).not.toHaveProperty("text");
  });

  it("sees what another inspector's reader sees, and stays when that one goes", async () => {
    await using stage = await setStage();
    const { session, origin } = stage;
    const first = await session.inspect();
    await using second = await session.inspect();
    await using reader = await readerOf(second);
    await first.close();
    await session.get(`${origin.url}/still`);
    await expect.poll(() => reader.entries.map(pathOf)).toEqual(["/still"]);
  });
});

describe("secrets", () => {
  const secret = (name: string): Secret => ({ text: `${name}-zQx81c4fe07`, pieces: [`${name}-zQx81c4fe07`] });
  const secrets = Object.fromEntries(
    ["password", "cookie", "sent", "bearer", "query", "form", "json", "answer", "fragment", "echoed"].map(
      (name) => [name, secret(name)],
    ),
  ) as Record<string, Secret>; // each by its name
  const text = (name: string): string => secrets[name]?.text ?? "";

  /** Says what it was told, and has secrets of its own. */
  const indiscreet: Answer = ({ url, headers, body }, response) => {
    const set = ["Set-Cookie", `sid=${text("cookie")}; Path=/`, "Content-Type", "application/json"];
    if (url.startsWith("/broken")) return void response.socket?.destroy();
    if (url.startsWith("/redirect"))
      return void response.writeHead(302, ["Location", `/end?token=${text("query")}`, ...set]).end();
    const basic = Buffer.from(String(headers.authorization).slice(6), "base64").toString();
    const said = { url, headers, basic, body: body.slice(0, 4000), access_token: text("answer") };
    response.writeHead(url.startsWith("/denied") ? 401 : 200, set).end(JSON.stringify(said));
  };

  it("are in nothing that is ever sent: page, events, refusals, at the beginning and live", async () => {
    await using origin = await startOrigin(indiscreet);
    await using session = new Session({ trustEnv: false, retry: 0, cookies: { own: text("sent") } });
    await using inspector = await session.inspect({ bodies: "all" });
    await using live = await readerOf(inspector);
    const { url } = origin;
    const withUser = url.replace("://", `://user:${text("password")}@`);
    await session.get(`${withUser}/denied?api_key=${text("query")}#access_token=${text("fragment")}`);
    await session.get(`${url}/redirect`, { headers: { Authorization: `Bearer ${text("bearer")}` } });
    await session.post(`${url}/form`, { data: { password: text("form"), user: "u" } });
    await session.post(`${url}/json`, {
      json: { client_secret: text("json"), nested: [{ token: text("json") }] },
    });
    await session.post(`${url}/echo`, { auth: ["u", text("password")], data: `x ${text("answer")} y` });
    await session.get(`${withUser}/broken?token=${text("query")}`).catch(() => undefined);
    await expect.poll(() => live.events.filter(({ event }) => event === "call").length).toBe(6);
    await using late = await readerOf(inspector);
    await expect.poll(() => late.entries.length).toBe(live.entries.length);
    const { host } = new URL(inspector.url);
    const others = await Promise.all(
      ["/", "/events", `/events?token=${text("query")}`].map(async (path) => {
        const response = await fetch(`http://${host}${path}`);
        return `${JSON.stringify([...response.headers])} ${await response.text()}`;
      }),
    );
    // It is told that something is there, or the test would see nothing.
    expect(live.text).toContain("/denied");
    expect(live.text).toContain("sid");
    for (const [name, one] of Object.entries(secrets))
      for (const sent of [live.text, late.text, ...others])
        expect([name, leaks(sent, one)]).toEqual([name, []]);
    const token = new URL(inspector.url).hash.slice(1);
    expect(leaks([live.text, late.text, ...others].join("\n"), { text: token, pieces: [token] })).toEqual([]);
  });
});

describe("the end", () => {
  it("comes with the session, which tells what became of requests under way", async () => {
    await using stage = await setStage();
    const { session, origin } = stage;
    const inspector = await session.inspect();
    await using reader = await readerOf(inspector);
    const pending = session.get(`${origin.url}/never`).catch((error: unknown) => error);
    await expect.poll(() => origin.arrived).toHaveLength(1);
    await session.close();
    await reader.ended;
    expect(await pending).toBeInstanceOf(SessionClosed);
    expect(reader.entries.map((entry) => [pathOf(entry), entry._sojourn.outcome])).toEqual([
      ["/never", "failed"],
    ]);
    expect(reader.events.at(-1)).toEqual({ event: "closed", data: {} });
    await using late = new RawClient(Number(new URL(inspector.url).port), "GET / HTTP/1.1");
    await late.closed;
    expect(late.heard).toBe("");
  });

  it("is a part of the session's: nothing is held any more", async () => {
    await using stage = await setStage();
    const { session, origin } = stage;
    const inspector = await session.inspect({ bodies: "all" });
    expect(session.events.isHeard).toBe(true);
    await inspector.close();
    expect(session.events.isHeard).toBe(false);
    await session.get(`${origin.url}/after`);
  });

  it("has come for a session that is closed", async () => {
    const session = new Session();
    await session.close();
    await expect(session.inspect()).rejects.toThrow(SessionClosed);
  });

  it("comes for an inspector that is being opened when the session is closed", async () => {
    const session = new Session();
    const opening = session.inspect();
    await Promise.all([session.close(), expect(opening).rejects.toThrow(SessionClosed)]);
    expect(session.events.isHeard).toBe(false);
  });

  it("comes with the program, which an inspector keeps from nothing", async () => {
    const index = fileURLToPath(new URL("../../src/index.ts", import.meta.url));
    const program = `
      const { Session } = await import(${JSON.stringify(index)});
      const session = new Session({ trustEnv: false });
      const inspector = await session.inspect();
      console.log(inspector.url);
      await new Promise((resolve) => process.stdin.once("data", resolve));
      process.stdin.destroy();
      await session.get(${JSON.stringify("http://127.0.0.1:1/refused")}).catch(() => undefined);
    `;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", program]);
    const ended = once(child, "exit");
    const [url] = (await once(child.stdout, "data")) as [Buffer]; // it prints a line
    await using reader = new LiveReader(String(url).trim());
    await expect.poll(() => reader.text).toContain("event: log");
    child.stdin.write("go on\n");
    await reader.ended;
    expect(await ended).toEqual([0, null]);
    expect(reader.entries.map(pathOf)).toEqual(["/refused"]);
  });
});

describe("options", () => {
  it.for<[given: object, error: string | RegExp]>([
    [{ maxEntries: 0 }, "RangeError: maxEntries must be a whole number, 1 or more, not 0"],
    [{ bodies: "some" }, 'TypeError: bodies must be "none" or "text" or "all", not "some"'],
    [{ maxBodyBytes: -1 }, "RangeError: maxBodyBytes must be a whole number, 0 or more, not -1"],
    [{ port: 70_000 }, "RangeError: port must be a whole number from 0 to 65535, not 70000"],
    [{ host: "0.0.0.0" }, /^TypeError: session\.inspect\(\) has no option "host"; known are port, /],
  ])("of %o are an error, and nobody listens", async ([given, error]) => {
    await using session = new Session();
    await expect(session.inspect(given).then(String, String)).resolves.toMatch(error);
    expect(session.events.isHeard).toBe(false);
  });
});
