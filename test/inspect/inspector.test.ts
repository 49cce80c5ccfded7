/** What a program has of its inspector: an address, and an end. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { type Inspector, type InspectOptions, openInspector } from "../../src/inspect/inspector.ts";
import { entryOf, PAGE, RawClient, ScriptedRecorder } from "../support/watched.ts";

interface Opened {
  readonly inspector: Inspector;
  readonly recorder: ScriptedRecorder;
  /** What was asked of the recorder. */
  readonly recording: readonly object[];
  readonly ends: readonly string[];
}

const recordedBy: ScriptedRecorder[] = [];

async function opened(options: InspectOptions = {}): Promise<Opened> {
  const recorder = new ScriptedRecorder();
  recordedBy.push(recorder);
  const recording: object[] = [];
  const ends: string[] = [];
  const inspector = await openInspector(options, {
    record: (given) => {
      recording.push(given);
      return recorder;
    },
    page: PAGE,
    onClose: () => ends.push("closed"),
  });
  return { inspector, recorder, recording, ends };
}

const portOf = ({ url }: Inspector): number => Number(new URL(url).port);

describe("the address", () => {
  it("is one of this machine, with a free port, and a token of 256 bits in the fragment", async () => {
    const { inspector } = await opened();
    await using closing = inspector;
    expect(closing.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#[\w-]{43}$/);
  });

  it("has another token each time", async () => {
    const tokens = new Set<string>();
    for (let count = 0; count < 20; count++) {
      const { inspector } = await opened();
      tokens.add(new URL(inspector.url).hash);
      await inspector.close();
    }
    expect(tokens.size).toBe(20);
  });

  it("has the port that was asked for", async () => {
    const first = await opened();
    const port = portOf(first.inspector);
    await first.inspector.close();
    const { inspector } = await opened({ port });
    await using closing = inspector;
    expect(portOf(closing)).toBe(port);
  });

  it("lets in who has its token, and nobody with another one", async () => {
    const { inspector, recorder } = await opened();
    await using closing = inspector;
    recorder.record(entryOf(1));
    const token = new URL(closing.url).hash.slice(1);
    const ask = (given: string): Promise<globalThis.Response> =>
      fetch(`http://127.0.0.1:${portOf(closing)}/events`, { headers: { "X-Sojourn-Token": given } });
    expect((await ask(token.toLowerCase())).status).toBe(403);
    const response = await ask(token);
    expect(response.status).toBe(200);
    await inspector.close();
    expect(await response.text()).toContain("http://shop.example/1");
  });

  it("is not printed: a log is read by more people than the page is for", async () => {
    const { inspector } = await opened();
    await using closing = inspector;
    const token = new URL(closing.url).hash.slice(1);
    const page = `http://127.0.0.1:${portOf(closing)}/#***`;
    expect(JSON.parse(JSON.stringify(closing))).toEqual({ url: page, isClosed: false });
    expect(inspect(closing)).toBe(`Inspector { url: '${page}', isClosed: false }`);
    expect(inspect(closing, { showHidden: true, depth: 9 })).not.toContain(token);
  });
});

describe("options", () => {
  it("but for the port are the recorder's", async () => {
    const { inspector, recording } = await opened({
      port: 0,
      maxEntries: 5,
      bodies: "text",
      maxBodyBytes: 9,
    });
    await inspector.close();
    expect(recording).toEqual([{ maxEntries: 5, bodies: "text", maxBodyBytes: 9 }]);
  });

  it.for<[given: unknown, error: string]>([
    [{ prot: 1 }, 'TypeError: session.inspect() has no option "prot"; perhaps you meant port?'],
    [
      { host: "0.0.0.0" },
      'TypeError: session.inspect() has no option "host"; known are port, maxEntries, bodies, maxBodyBytes',
    ],
    [{ port: "80" }, "TypeError: port must be a whole number from 0 to 65535, not string"],
    [{ port: null }, "TypeError: port must be a whole number from 0 to 65535, not null"],
    [{ port: -1 }, "RangeError: port must be a whole number from 0 to 65535, not -1"],
    [{ port: 65_536 }, "RangeError: port must be a whole number from 0 to 65535, not 65536"],
    [{ port: 1.5 }, "RangeError: port must be a whole number from 0 to 65535, not 1.5"],
    [null, "TypeError: the options of session.inspect() must be an object, not null"],
    [8080, "TypeError: the options of session.inspect() must be an object, not number"],
  ])("of %o are an error before anything is recorded", async ([given, error]) => {
    const before = recordedBy.length;
    const recording: object[] = [];
    const opening = openInspector(given as InspectOptions, {
      // as a program without types gives it
      record: (options) => {
        recording.push(options);
        return new ScriptedRecorder();
      },
      page: PAGE,
      onClose: () => undefined,
    });
    await expect(opening.then(String, String)).resolves.toBe(error);
    expect([recording, recordedBy.length]).toEqual([[], before]);
  });
});

describe("a port that is in use", () => {
  it("is an error that says so, and nothing is recorded any more", async () => {
    const first = await opened();
    await using closing = first.inspector;
    const port = portOf(closing);
    const failed: unknown = await opened({ port }).catch((error: unknown) => error);
    expect(failed).toMatchObject({
      message: `session.inspect() cannot listen on port ${port} of 127.0.0.1: it is in use; port: 0 takes a free one`,
      code: "EADDRINUSE",
      cause: { code: "EADDRINUSE", syscall: "listen" },
    });
    expect(recordedBy.at(-1)?.isClosed).toBe(true);
    expect(first.recorder.isClosed).toBe(false);
  });
});

describe("close()", () => {
  it("ends connections and recording, once", async () => {
    const { inspector, recorder, ends } = await opened();
    await using client = new RawClient(portOf(inspector));
    await Promise.all([inspector.close(), inspector.close()]);
    await inspector[Symbol.asyncDispose]();
    await client.closed;
    expect([recorder.isClosed, ends]).toEqual([true, ["closed"]]);
    expect(JSON.parse(JSON.stringify(inspector))).toMatchObject({ isClosed: true });
  });
});

describe("a process", () => {
  const source = (path: string): string =>
    JSON.stringify(fileURLToPath(new URL(`../../${path}`, import.meta.url)));

  it("ends by itself while others read along, and they have heard all of it", async () => {
    const program = `
      const { openInspector } = await import(${source("src/inspect/inspector.ts")});
      const { ScriptedRecorder, PAGE, entryOf } = await import(${source("test/support/watched.ts")});
      const recorder = new ScriptedRecorder();
      const inspector = await openInspector({}, { record: () => recorder, page: PAGE, onClose() {} });
      console.log(inspector.url);
      while (recorder.listeners === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      recorder.record(entryOf(1));
    `;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", program]);
    const ended = once(child, "exit");
    const [url] = (await once(child.stdout, "data")) as [Buffer]; // it prints a line
    const { port, hash } = new URL(String(url));
    await using silent = new RawClient(Number(port));
    await using client = new RawClient(
      Number(port),
      "GET /events HTTP/1.1",
      `Host: 127.0.0.1:${port}`,
      `X-Sojourn-Token: ${hash.slice(1)}`,
    );
    await Promise.all([client.closed, silent.closed]);
    expect(await ended).toEqual([0, null]);
    expect(client.heard).toContain("http://shop.example/1");
  });
});
