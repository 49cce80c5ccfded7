/** Something to watch for an inspector, without a session: it has and tells what a test says. And how its page is asked for it. */
import { connect, type Socket } from "node:net";
import type { Watched } from "../../src/inspect/feed.ts";
import type { RecorderNews } from "../../src/record/recorder.ts";
import type { Har, HarEntry } from "../../src/record/har-types.ts";
import { InspectorServer, LIMITS, type ServerLimits } from "../../src/inspect/server.ts";

/** An entry that tells its number and its URL; what else there may be is of no concern to who passes it on. */
export function entryOf(message: number, url: string = `http://shop.example/${message}`): HarEntry {
  return {
    startedDateTime: "2026-01-02T03:04:05.006Z",
    time: 3,
    request: {
      method: "GET",
      url,
      httpVersion: "HTTP/1.1",
      cookies: [],
      headers: [],
      queryString: [],
      headersSize: -1,
      bodySize: 0,
    },
    response: {
      status: 200,
      statusText: "OK",
      httpVersion: "HTTP/1.1",
      cookies: [],
      headers: [],
      content: { size: 0, mimeType: "x-unknown" },
      redirectURL: "",
      headersSize: -1,
      bodySize: 0,
      _transferSize: 0,
      _error: null,
    },
    cache: {},
    timings: {
      blocked: 0,
      dns: -1,
      connect: -1,
      ssl: -1,
      send: 1,
      wait: 1,
      receive: 1,
      _blocked_queueing: 0,
    },
    _resourceType: "fetch",
    _sojourn: {
      message,
      call: message,
      hop: 0,
      attempt: 0,
      resends: 0,
      reason: "call",
      outcome: "complete",
      error: null,
      timings: {
        queue: null,
        limit: null,
        dns: null,
        tcp: null,
        proxy: null,
        tls: null,
        send: 1,
        wait: 1,
        receive: 1,
      },
      isReused: false,
      proxy: null,
      tls: null,
      cookies: [],
      retry: null,
      redirect: null,
      isChallengeAnswered: false,
    },
  };
}

/** A recorder of nothing but what a test records. */
export class ScriptedRecorder implements Watched {
  readonly entries: HarEntry[] = [];
  readonly #listeners = new Set<(told: RecorderNews) => void>();
  /** How often all of it was asked for. */
  asked = 0;
  isClosed = false;

  get listeners(): number {
    return this.#listeners.size;
  }

  har(): Har {
    this.asked++;
    return {
      log: {
        version: "1.2",
        creator: { name: "sojourn", version: "0.0.0" },
        pages: [],
        entries: [...this.entries],
        _sojourn: { version: 1, calls: [], connections: [], dropped: 0 },
      },
    };
  }

  onEntry(listener: (told: RecorderNews) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** A message ends. */
  record(entry: HarEntry): void {
    this.entries.push(entry);
    this.tell({ event: "entry", data: entry });
  }

  tell(told: RecorderNews): void {
    for (const listener of this.#listeners) listener(told);
  }

  close(): void {
    this.isClosed = true;
  }
}

/** The token of {@link running}. */
export const TOKEN = "the-token-of-these-tests-and-of-nothing-else";

/** A page with nothing on it. */
export const PAGE = { html: "<!doctype html><title>page</title>", policy: "default-src 'none'" };

/** A server that runs, and closes at the end of an `await using` block. */
export interface Running extends AsyncDisposable {
  readonly server: InspectorServer;
  readonly recorder: ScriptedRecorder;
}

/** Starts a server for what a test records. */
export async function running(
  limits: Partial<ServerLimits> = {},
  page: typeof PAGE = PAGE,
): Promise<Running> {
  const recorder = new ScriptedRecorder();
  const server = new InspectorServer({ page, watched: recorder, token: TOKEN }, { ...LIMITS, ...limits });
  await server.listen(0);
  return { server, recorder, [Symbol.asyncDispose]: () => server.close() };
}

/** A connection to a port of this machine, on which a test says each byte. */
export class RawClient implements AsyncDisposable {
  readonly socket: Socket;
  /** All that came, in latin-1. */
  heard = "";
  /** Resolves when the other side has ended or reset it. */
  readonly closed: Promise<void>;

  constructor(port: number, ...lines: readonly string[]) {
    this.socket = connect(port, "127.0.0.1");
    this.socket.on("data", (chunk: Buffer) => {
      this.heard += chunk.toString("latin1");
    });
    this.socket.on("error", () => undefined);
    this.closed = new Promise((resolve) => {
      this.socket.on("close", () => resolve());
    });
    if (lines.length > 0) this.socket.write(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
  }

  /** The status codes of the answers that came. */
  get statuses(): readonly number[] {
    return Array.from(this.heard.matchAll(/^HTTP\/1\.1 (\d{3})/gm), ([, status]) => Number(status));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy();
    await this.closed;
  }
}

/** Lines of a request that our own page makes for what is told. */
export function eventsFor(port: number, ...more: readonly string[]): readonly string[] {
  return ["GET /events HTTP/1.1", `Host: 127.0.0.1:${port}`, `X-Sojourn-Token: ${TOKEN}`, ...more];
}

/** Events of a text, without the framing of HTTP. What stands after the last empty line is not whole. */
export function eventsIn(text: string): readonly { readonly event: string; readonly data: unknown }[] {
  return text
    .split("\n\n")
    .slice(0, -1)
    .flatMap((block) => {
      const [, event, data] = /^event: (\w+)\ndata: ([^\n]*)$/.exec(block) ?? [];
      if (event === undefined || data === undefined) return [];
      return [{ event, data: JSON.parse(data) as unknown }]; // our own JSON
    });
}

/** Reads along, as the page does. */
export class LiveReader implements AsyncDisposable {
  readonly #controller = new AbortController();
  readonly #reading: Promise<void>;
  /** All that came: the head of the answer, and events. */
  text = "";

  /** @param url the inspector's, with its token. */
  constructor(url: string) {
    this.#reading = this.#read(new URL(url)).catch(() => {
      // It was given up.
    });
  }

  /** Resolves when there is nothing more to read. */
  get ended(): Promise<void> {
    return this.#reading;
  }

  /** Events that came whole. */
  get events(): ReturnType<typeof eventsIn> {
    return eventsIn(this.text);
  }

  /** The entries that came, each as it was told last. */
  get entries(): readonly HarEntry[] {
    const entries = this.events.flatMap(({ event, data }) => (event === "entry" ? [data as HarEntry] : [])); // so the page takes it
    return [...new Map(entries.map((entry) => [entry._sojourn.message, entry])).values()];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#controller.abort();
    await this.#reading;
  }

  async #read({ host, hash }: URL): Promise<void> {
    const response = await fetch(`http://${host}/events`, {
      headers: { "X-Sojourn-Token": hash.slice(1) },
      signal: this.#controller.signal,
    });
    this.text += `${JSON.stringify([...response.headers])}\n\n`;
    const decoder = new TextDecoder();
    const body = response.body as AsyncIterable<Uint8Array> | null; // of bytes
    for await (const chunk of body ?? []) this.text += decoder.decode(chunk, { stream: true });
  }
}
