/** Ways to read the body of a response to its end: what holds of one holds of all. Each gives the text, or fails. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { RequestException, toFetch, type Session } from "../../src/index.ts";

/** Asks for `url`, and reads what comes. */
export type Reading = (session: Session, url: string) => Promise<string>;

async function joined(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all).toString();
}

async function saved(save: (path: string) => Promise<unknown>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sojourn-way-"));
  try {
    const path = join(folder, "body");
    await save(path);
    return await readFile(path, "utf8");
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** fetch's errors have ours as their cause. */
async function unwrapped<Value>(call: Promise<Value>): Promise<Value> {
  try {
    return await call;
  } catch (error) {
    throw error instanceof TypeError && error.cause instanceof RequestException ? error.cause : error;
  }
}

/** All of them. */
export const readings: Readonly<Record<string, Reading>> = {
  read: async (session, url) => (await session.get(url)).text(),
  "read as JSON": async (session, url) => JSON.stringify(await session.get(url).json()),
  "streamed, as a whole": async (session, url) => (await session.get(url, { stream: true })).text(),
  "streamed, as JSON": async (session, url) =>
    JSON.stringify(await (await session.get(url, { stream: true })).json()),
  "streamed, piece by piece": async (session, url) => joined(await session.get(url, { stream: true })),
  "streamed, in parts of one byte": async (session, url) =>
    joined((await session.get(url, { stream: true })).iterContent({ chunkSize: 1 })),
  "streamed, line by line": async (session, url) => {
    const lines: string[] = [];
    const response = await session.get(url, { stream: true });
    for await (const line of response.iterLines()) lines.push(line);
    return lines.join("\n");
  },
  "streamed, with a reader that comes late": async (session, url) => {
    const response = await session.get(url, { stream: true });
    await new Promise((resolve) => setTimeout(resolve, 30));
    return await response.text();
  },
  "saved to a file": async (session, url) => {
    const response = await session.get(url, { stream: true });
    return await saved((path) => response.saveTo(path));
  },
  downloaded: (session, url) => saved((path) => session.download(url, path, { tries: 1 })),
  "fetch, as a whole": (session, url) => unwrapped(toFetch(session)(url).then((response) => response.text())),
  "fetch, piece by piece": (session, url) =>
    unwrapped(
      toFetch(session)(url).then(({ body }) =>
        body === null ? "" : joined(body as AsyncIterable<Uint8Array>),
      ),
    ),
};
