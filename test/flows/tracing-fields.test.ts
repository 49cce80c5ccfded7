/** Fields that a subscriber of `undici:request:create` gives a request go out, when they may; and what else it can do to it. */
import { execFile } from "node:child_process";
import process from "node:process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { Session, type RequestOptions } from "../../src/index.ts";
import { Instrument, type Event, type ToldRequest } from "../support/instrument.ts";
import { startTracingOrigin, type TracingOrigin } from "../support/tracing-origin.ts";

const protocols = [
  ["HTTP/1.1", false],
  ["HTTP/2", true],
] as const;

let origin: TracingOrigin;

beforeAll(async () => {
  origin = await startTracingOrigin();
});

afterAll(async () => origin[Symbol.asyncDispose]());

/** What the server sees of a request to which `give` gives something, of these names, one line each. */
async function arrived(
  http2: boolean,
  give: (request: ToldRequest) => void,
  options: RequestOptions<false> = {},
): Promise<{
  readonly fields: readonly string[];
  readonly sent: readonly string[];
  readonly shown: unknown[];
}> {
  await using session = new Session({ trustEnv: false, verify: origin.ca, http2, timeout: 8000 });
  using instrument = new Instrument(undefined, ({ name, told }: Event) => {
    if (name === "create") give(told.request);
  });
  origin.arrived.length = 0;
  const response = await session.post(`${origin.url}/fields`, { data: "body", ...options });
  const [request] = origin.arrived;
  expect([response.status, request?.body, instrument.broken]).toEqual([200, "body", []]);
  return {
    fields: request?.fields.filter((line) => /^(?:x-|traceparent|baggage|sentry)/i.test(line)) ?? [],
    sent: [...(response.sent?.headers ?? [])].map(([name, value]) => `${name.toLowerCase()}: ${value}`),
    shown: instrument.of("sendHeaders")[0]?.request.headers ?? [],
  };
}

/** Warnings of the process while `run` runs. */
async function warnings(run: () => Promise<unknown>): Promise<string[]> {
  const all: string[] = [];
  const listener = (warning: Error & { code?: string }): void =>
    void all.push(`${warning.code}: ${warning.message}`);
  process.on("warning", listener);
  try {
    await run();
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off("warning", listener);
  }
  return all;
}

describe.for(protocols)("over %s fields that a subscriber gives a request", ([, http2]) => {
  it("go out behind its own, and are shown from then on", async () => {
    const { fields, sent, shown } = await arrived(
      http2,
      (request) => void request.addHeader("traceparent", "00-1").addHeader("x-more", "m"),
      { headers: { "X-Own": "o" } },
    );
    expect(fields.map((line) => line.toLowerCase())).toEqual(["x-own: o", "traceparent: 00-1", "x-more: m"]);
    expect(sent).toEqual(expect.arrayContaining(["traceparent: 00-1", "x-more: m"]));
    expect(shown).toEqual(expect.arrayContaining(["traceparent", "00-1"]));
  });

  it.for([
    ["a number", 7, ["x-a: 7"]],
    ["nothing", undefined, []],
    ["null", null, ["x-a: "]],
    ["a list", ["b", 8], ["x-a: b", "x-a: 8"]],
    ["latin-1", "é", ["x-a: é"]],
  ] as const)("may be %s", async ([, value, wanted]) => {
    const { fields } = await arrived(http2, (request) => void request.addHeader("x-a", value));
    // Node joins lines of one name over HTTP/2.
    expect(fields.join(", ").replaceAll(", x-a: ", ", ")).toBe(wanted.join(", ").replaceAll(", x-a: ", ", "));
  });

  it("go out when they are put into the list", async () => {
    const { fields } = await arrived(http2, ({ headers }) => void headers.push("x-a", "b"));
    expect(fields).toEqual(["x-a: b"]);
  });

  it("take the place of others when the list is written anew", async () => {
    const { fields, sent } = await arrived(
      http2,
      ({ headers }) => {
        const at = headers.indexOf("baggage");
        headers.splice(0, headers.length, "sentry-trace", "s", "baggage", `${String(headers[at + 1])},b=2`);
      },
      { headers: { baggage: "a=1", "X-Own": "o" } },
    );
    expect(fields).toEqual(["sentry-trace: s", "baggage: a=1,b=2"]);
    expect(sent).toContain("content-length: 4");
  });

  it.for([
    ["a line feed in a value", "x-bad", "a\r\nx-smuggled: b"],
    ["a line feed in a name", "x-bad\r\nx-smuggled", "b"],
    ["NUL", "x-nul", "a\0"],
    ["a letter that latin-1 lacks", "x-euro", "€"],
    ["an object", "x-bad", { a: 1 }],
    ["an empty name", "", "a"],
    ["no name", undefined, "a"],
    ["a length", "Content-Length", "1"],
    ["another framing", "Transfer-Encoding", "chunked"],
    ["another host", "host", "elsewhere.test"],
    ["what is for the connection", "Connection", "close, x-good"],
    ["what is for the connection, too", "Upgrade", "websocket"],
    ["a second of what stands once", "user-agent", "another"],
  ] as const)(
    "do not go out when they must not, and the program is warned: %s",
    async ([what, name, value]) => {
      let fields: readonly string[] = [];
      let shown: unknown[] = [];
      const told = await warnings(async () => {
        ({ fields, shown } = await arrived(http2, (request) => {
          request.addHeader("x-good", "g");
          request.addHeader(name, value);
        }));
      });
      expect(fields).toEqual(["x-good: g"]);
      expect(shown).not.toContain(value);
      // Of the same field it is warned once.
      if (!http2)
        expect([what, told.length, told[0]]).toEqual([
          what,
          1,
          expect.stringMatching(/^SOJOURN_REFUSED_FIELD: /),
        ]);
    },
  );

  it("are asked for anew when the request is sent again", async () => {
    await using session = new Session({ trustEnv: false, verify: origin.ca, http2, timeout: 8000 });
    let count = 0;
    using instrument = new Instrument(undefined, ({ name, told }) => {
      if (name === "create") told.request.addHeader("traceparent", `00-${++count}`);
    });
    await session.get(`${origin.url}/warm`);
    origin.arrived.length = 0;
    await session.get(`${origin.url}/dies-once`);
    const lines = origin.arrived.map(({ fields }) => fields.filter((line) => line.startsWith("traceparent")));
    expect(lines).toEqual([["traceparent: 00-2"], ["traceparent: 00-3"]]);
    expect(instrument.stories.slice(1)).toEqual([
      "/dies-once create sendHeaders bodySent error",
      "/dies-once create sendHeaders bodySent headers trailers",
    ]);
  });

  it("do not go out a second time by themselves", async () => {
    await using session = new Session({ trustEnv: false, verify: origin.ca, http2, timeout: 8000 });
    await session.get(`${origin.url}/warm`);
    let count = 0;
    using instrument = new Instrument(undefined, ({ name, told }) => {
      if (name === "create" && ++count === 1) told.request.addHeader("traceparent", "00-1");
    });
    origin.arrived.length = 0;
    await session.get(`${origin.url}/dies-once`);
    const lines = origin.arrived.map(({ fields }) => fields.filter((line) => line.startsWith("traceparent")));
    expect([lines, instrument.of("create").length]).toEqual([[["traceparent: 00-1"], []], 2]);
  });
});

describe.for(protocols)("over %s a subscriber", ([, http2]) => {
  it.for(["create", "sendHeaders", "bodySent", "headers", "trailers"])(
    "may end the request when it hears of %s, and everybody hears one end",
    async (when) => {
      await using session = new Session({ trustEnv: false, verify: origin.ca, http2, timeout: 8000 });
      const controller = new AbortController();
      using first = new Instrument(undefined, ({ name }) => {
        if (name === when) controller.abort(new Error("not this one"));
      });
      using second = new Instrument();
      const call = session.post(`${origin.url}/slow`, { data: "body", signal: controller.signal });
      await expect(call).rejects.toThrow("not this one");
      for (const instrument of [first, second]) {
        const ends = instrument.names.filter((name) => name === "trailers" || name === "error");
        expect(ends).toEqual([when === "trailers" ? "trailers" : "error"]);
        expect(instrument.of("create").length).toBe(1);
      }
      expect(second.names[0]).toBe("create");
      if (when === "create") expect(second.names).toEqual(["create", "error"]);
      // The next request is well.
      expect((await session.get(`${origin.url}/warm`)).text()).toBe("ok");
    },
  );

  it("that throws loses no request; Node tells the program of it", async () => {
    const program = `
      import diagnostics from "node:diagnostics_channel";
      import { Session } from ${JSON.stringify(new URL("../../src/index.ts", import.meta.url).href)};
      const names = ${JSON.stringify(["create", "bodySent", "headers", "trailers"])};
      for (const name of names) diagnostics.subscribe("undici:request:" + name, () => { throw new Error(name); });
      diagnostics.subscribe("undici:client:sendHeaders", () => { throw new Error("sendHeaders"); });
      const thrown = [];
      process.on("uncaughtException", (error) => thrown.push(error.message));
      const session = new Session({ trustEnv: false, verify: process.env.CA, http2: ${http2}, timeout: 8000 });
      const response = await session.post(process.env.ORIGIN + "/warm", { data: "body" });
      console.log(response.status, response.text(), thrown.sort().join());
      await session.close();`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--input-type=module", "--eval", program],
      { env: { ...process.env, ORIGIN: origin.url, CA: origin.caFile } },
    );
    expect(stdout).toBe("200 ok bodySent,create,headers,sendHeaders,trailers\n");
  });
});
