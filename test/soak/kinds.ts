/** The kinds of requests of the soak: each ends in another way. */
import { setTimeout as sleep } from "node:timers/promises";

import {
  ChunkedEncodingError,
  ConnectionError,
  ProxyError,
  ReadTimeout,
  SSLError,
  type Session,
} from "../../src/index.ts";

/** One way to use a session. */
export interface Kind {
  readonly name: string;
  /** Of a thousand requests, so many. */
  readonly share: number;
  /** @param signal shared by all requests; never aborts. */
  run(session: Session, url: string, signal: AbortSignal): Promise<void>;
}

/** The call must fail with this, or the soak tests something else than it says. */
async function failing(call: Promise<unknown>, isExpected: (error: unknown) => boolean): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (isExpected(error)) return;
    throw error;
  }
  throw new Error("a request went well that should have failed");
}

/** Whatever is spoken. */
const common: readonly Kind[] = [
  {
    name: "read",
    share: 610,
    async run(session, url, signal) {
      (await session.get(`${url}/ok`, { signal })).json();
    },
  },
  {
    name: "posted",
    share: 60,
    async run(session, url, signal) {
      await session.post(`${url}/ok`, { json: { a: 1 }, signal });
    },
  },
  {
    name: "status 500",
    share: 50,
    async run(session, url, signal) {
      await session.get(`${url}/failed`, { signal });
    },
  },
  {
    name: "redirected",
    share: 50,
    async run(session, url, signal) {
      await session.get(`${url}/redirect`, { signal });
    },
  },
  {
    name: "reset",
    share: 30,
    run: (session, url, signal) =>
      failing(session.post(`${url}/reset`, { signal }), (error) => error instanceof ConnectionError),
  },
  {
    name: "refused",
    share: 10,
    run: (session, _url, signal) =>
      failing(
        session.get("http://127.0.0.1:1/", { retry: 1, signal }),
        (error) => error instanceof ConnectionError,
      ),
  },
  {
    name: "truncated",
    share: 20,
    run: (session, url, signal) =>
      failing(session.get(`${url}/truncated`, { signal }), (error) => error instanceof ChunkedEncodingError),
  },
  {
    name: "truncated while streamed",
    share: 20,
    async run(session, url, signal) {
      const response = await session.get(`${url}/truncated`, { stream: true, signal });
      await failing(response.bytes(), (error) => error instanceof ChunkedEncodingError);
    },
  },
  {
    name: "aborted",
    share: 40,
    async run(session, url) {
      const controller = new AbortController();
      const call = session.get(`${url}/slow`, { signal: controller.signal });
      setImmediate(() => controller.abort());
      await failing(call, (error) => error === controller.signal.reason);
    },
  },
  {
    name: "timed out",
    share: 20,
    run: (session, url, signal) =>
      failing(
        session.get(`${url}/slow`, { timeout: { read: 5 }, signal }),
        (error) => error instanceof ReadTimeout,
      ),
  },
  {
    name: "streamed",
    share: 50,
    async run(session, url, signal) {
      const response = await session.get(`${url}/large`, { stream: true, signal });
      for await (const chunk of response) if (chunk.byteLength === 0) throw new Error("an empty piece");
    },
  },
  {
    name: "streamed, left in the middle",
    share: 20,
    async run(session, url, signal) {
      const response = await session.get(`${url}/large`, { stream: true, signal });
      for await (const chunk of response) if (chunk.byteLength > 0) break;
    },
  },
  {
    name: "streamed, never read",
    share: 20,
    async run(session, url) {
      await session.get(`${url}/large`, { stream: true });
    },
  },
];

/** Over HTTP/1.1. */
export const http1: readonly Kind[] = [
  ...common,
  {
    name: "TLS failed",
    share: 10,
    run: (session, url, signal) =>
      failing(
        session.get(url.replace("http:", "https:"), { retry: 1, signal }),
        (error) => error instanceof SSLError,
      ),
  },
  {
    name: "proxy refused",
    share: 10,
    run: (session, url, signal) =>
      failing(
        session.get("https://server.test/", { proxy: url, retry: 1, signal }),
        (error) => error instanceof ProxyError,
      ),
  },
];

/** Ten pieces; the last ones come late. */
async function* pieces(): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < 10; at++) {
    if (at > 7) await sleep(1);
    yield new Uint8Array(2000);
  }
}

let refusals = 0;

/** Over HTTP/2. */
export const http2: readonly Kind[] = [
  ...common,
  {
    name: "uploaded",
    share: 40,
    async run(session, url, signal) {
      const response = await session.put(`${url}/sink`, { data: pieces, signal });
      if (response.text() !== "20000") throw new Error(`${response.text()} bytes were uploaded`);
    },
  },
  {
    name: "upload aborted",
    share: 20,
    async run(session, url) {
      const controller = new AbortController();
      const call = session.put(`${url}/sink`, { data: pieces, signal: controller.signal });
      setImmediate(() => controller.abort());
      await failing(call, (error) => error === controller.signal.reason);
    },
  },
  {
    name: "upload whose source fails",
    share: 10,
    async run(session, url, signal) {
      const fault = new Error("the source fails");
      const data = async function* (): AsyncGenerator<Uint8Array> {
        yield new Uint8Array(2000);
        throw fault;
      };
      await failing(session.put(`${url}/sink`, { data, signal }), (error) => causes(error).includes(fault));
    },
  },
  {
    name: "stream refused once",
    share: 20,
    async run(session, url, signal) {
      await session.get(`${url}/refused-once?${refusals++}`, { signal });
    },
  },
  {
    name: "stream refused for ever",
    share: 10,
    run: (session, url, signal) =>
      failing(session.get(`${url}/refused`, { signal }), (error) => error instanceof ConnectionError),
  },
  {
    name: "connection going away",
    share: 5,
    async run(session, url, signal) {
      await session.get(`${url}/goaway`, { signal });
    },
  },
  {
    name: "closed unread",
    share: 20,
    async run(session, url, signal) {
      await (await session.get(`${url}/large`, { stream: true, signal })).close();
    },
  },
];

function causes(error: unknown): unknown[] {
  return error instanceof Error ? [error, ...causes(error.cause)] : [error];
}
