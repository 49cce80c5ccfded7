/** What real servers are asked over HTTP/2: bodies of many sizes at a time, uploads whole and given up, early answers, their ends. */
import { createHash } from "node:crypto";

import { Session } from "../../src/index.ts";
import type { Check } from "./check.ts";
import { start } from "./processes.ts";
import { keepsFew, nginxOverHttp2, nghttpd, type ServerTls } from "./programs.ts";

/** Sizes around what windows, frames and buffers hold. */
const SIZES: readonly number[] = [
  0, 1, 100, 4096, 16_384, 16_385, 65_535, 65_536, 262_144, 262_145, 1_500_000,
];

/** Bytes of which each place is known. */
function bytesOf(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; at++) bytes[at] = (at * 31 + (at >> 8)) & 0xff;
  return bytes;
}

function sumOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The files that both servers give: `/size-N`. */
function sizedFiles(): Record<string, Buffer> {
  return Object.fromEntries(SIZES.map((size) => [`size-${size}`, bytesOf(size)]));
}

async function* pieces(count: number, waitMs: number, onEnd: () => void): AsyncGenerator<Uint8Array> {
  try {
    for (let made = 0; made < count; made++) {
      yield new Uint8Array(10_000);
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  } finally {
    onEnd();
  }
}

async function bodies(session: Session, url: string): Promise<unknown> {
  const wrong: string[] = [];
  const calls = Array.from({ length: 40 }, (_, at) => SIZES[(at * 7) % SIZES.length] ?? 0).map(
    async (size, at) => {
      const response = await session.get(`${url}/size-${size}`, { stream: at % 2 === 0 });
      const bytes = await response.bytes();
      if (response.httpVersion !== "2" || sumOf(bytes) !== sumOf(bytesOf(size)))
        wrong.push(`${response.httpVersion}: ${bytes.byteLength} of ${size}`);
    },
  );
  await Promise.all(calls);
  return wrong;
}

/** Everything that is asked of a server of files, of either kind. */
async function asked(name: string, check: Check, session: Session, url: string): Promise<void> {
  await check(`${name}: bodies of many sizes at a time are whole`, () => bodies(session, url), []);
  await check(
    `${name}: HEAD has a length, and no body`,
    async () => {
      const response = await session.head(`${url}/size-65536`);
      return [response.status, response.headers.get("content-length"), response.bytes().byteLength];
    },
    [200, "65536", 0],
  );
  await check(
    `${name}: a body that is closed in the middle costs the others nothing`,
    async () => {
      const response = await session.get(`${url}/size-1500000`, { stream: true });
      await response.close();
      return sumOf(await session.get(`${url}/size-16385`).bytes()) === sumOf(bytesOf(16_385));
    },
    true,
  );
}

async function uploads(check: Check, session: Session, url: string): Promise<void> {
  for (const size of SIZES) {
    await check(
      `nginx: an upload of ${size} bytes is stored whole`,
      async () => {
        const path = `${url}/store/upload-${size}`;
        const { status } = await session.put(path, { data: bytesOf(size) });
        return [status < 300, sumOf(await session.get(path).bytes()) === sumOf(bytesOf(size))];
      },
      [true, true],
    );
  }
  await check(
    "nginx: an upload of unknown length is stored whole",
    async () => {
      await session.put(`${url}/store/pieces`, { data: () => pieces(30, 1, () => undefined) });
      return (await session.get(`${url}/store/pieces`)).bytes().byteLength;
    },
    300_000,
  );
  await check(
    "nginx: one that is given up is not stored",
    async () => {
      const path = `${url}/store/given-up`;
      const signal = AbortSignal.timeout(150);
      const outcome = await session.put(path, { data: pieces(1000, 5, () => undefined), signal }).then(
        ({ status }) => status,
        (error: unknown) => (error as Error).name,
      );
      await new Promise((resolve) => setTimeout(resolve, 100));
      return [outcome, (await session.get(path)).status];
    },
    ["TimeoutError", 404],
  );
  await check(
    "nginx: an early 413 ends the upload, and the source is let go",
    async () => {
      let isClosed = false;
      const data = pieces(1000, 1, () => (isClosed = true));
      const { status } = await session.put(`${url}/small/too-large`, { data });
      await new Promise((resolve) => setTimeout(resolve, 50));
      return [status, isClosed, (await session.get(`${url}/size-1`)).status];
    },
    [413, true, 200],
  );
}

/** nginx and nghttpd over HTTP/2. */
export async function overHttp2(check: Check, tls: ServerTls): Promise<void> {
  const files = sizedFiles();
  await using secure = await start(nginxOverHttp2(tls, files));
  await using nghttp2 = await start(nghttpd(tls, files));
  const url = `https://127.0.0.1:${secure.port}`;
  const session = new Session({ verify: tls.ca, http2: true, trustEnv: false });
  await asked("nginx", check, session, url);
  await asked("nghttpd", check, session, `https://127.0.0.1:${nghttp2.port}`);
  await uploads(check, session, url);
  await check(
    "nginx: more at a time than it takes",
    async () => {
      const calls = Array.from({ length: 60 }, () => session.get(`${url}/size-4096`));
      return (await Promise.all(calls)).every((response) => response.bytes().byteLength === 4096);
    },
    true,
  );
  await check("close() ends the connections", () => session.close(), undefined);
  await fewRequests(check, tls, files);
}

/** Servers that end a connection after some requests. */
async function fewRequests(check: Check, tls: ServerTls, files: Record<string, Buffer>): Promise<void> {
  await using few = await start(keepsFew(tls, files));
  await using session = new Session({ verify: tls.ca, http2: true, trustEnv: false });
  const url = `https://127.0.0.1:${few.port}`;
  await check(
    "nginx: a burst gets through where a connection takes five requests",
    async () => {
      const calls = Array.from({ length: 40 }, () => session.get(`${url}/size-4096`));
      return (await Promise.all(calls)).every((response) => response.bytes().byteLength === 4096);
    },
    true,
  );
  await check(
    "nginx: and so do requests one after another, with bodies",
    async () => {
      const seen = new Set<number>();
      for (let count = 0; count < 20; count++)
        seen.add((await session.put(`${url}/store/again-${count}`, { data: "x" })).status);
      return [...seen];
    },
    [201],
  );
}
