/**
 * Responses of arbitrary bytes: each request must end, in a response or in one of our errors, and leave nothing behind.
 */
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";

import { RequestException, Session, type StreamedResponse } from "../../src/index.ts";
import { mutated, pieces } from "./mutate.ts";
import { below, oneOf, randomFrom, type Random } from "../support/random.ts";

/** What became of a request that it should not have. */
export interface Finding {
  /** Number or path of the request. */
  readonly seed: number | string;
  readonly what: string;
}

/** How the requests ended. */
export interface Outcome {
  /** By name of the class; `ok` for responses. */
  readonly counts: ReadonlyMap<string, number>;
  readonly findings: readonly Finding[];
}

/** So long may a request take: its own limits are far below. */
const PATIENCE_MS = 4000;
const METHODS = ["GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE"] as const;
const CONCURRENT = 16;

/** Sends `runs` requests, each answered with bytes that follow from its seed. */
export async function fuzzResponses(runs: number, firstSeed: number): Promise<Outcome> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
    socket.on("data", (data: Buffer) => void answer(socket, seedIn(data)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // it listens on TCP
  const counts = new Map<string, number>();
  const findings: Finding[] = [];
  const session = new Session({
    trustEnv: false,
    timeout: { connect: 1000, read: 150, total: 2000 },
    maxRedirects: 3,
  });
  let next = firstSeed;
  const worker = async (): Promise<void> => {
    while (next < firstSeed + runs) {
      const seed = next++;
      const result = await ended(session, `http://127.0.0.1:${port}/${seed}`, randomFrom(seed ^ 0x5eed));
      counts.set(result.kind, (counts.get(result.kind) ?? 0) + 1);
      if (result.problem !== null) findings.push({ seed, what: result.problem });
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT }, worker));
  await session.close();
  for (const socket of sockets) socket.destroy();
  server.close();
  return { counts, findings };
}

function seedIn(request: Buffer): number {
  return Number(/ (?:\/|\S*?)(\d+)/.exec(request.toString("latin1"))?.[1] ?? 0);
}

async function answer(socket: Socket, seed: number): Promise<void> {
  const random = randomFrom(seed);
  for (const piece of pieces(mutated(random), random)) {
    if (socket.destroyed) return;
    socket.write(piece);
    if (random() < 0.5) await new Promise((resolve) => setImmediate(resolve));
  }
  const end = random();
  if (end < 0.5) socket.end();
  else if (end < 0.6) socket.resetAndDestroy();
}

interface Result {
  readonly kind: string;
  readonly problem: string | null;
}

async function ended(session: Session, url: string, random: Random): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const never = new Promise<Result>((resolve) => {
    timer = setTimeout(() => resolve({ kind: "never", problem: "it never ended" }), PATIENCE_MS);
  });
  try {
    return await Promise.race([used(session, url, random), never]);
  } finally {
    clearTimeout(timer);
  }
}

/** A request, and something that programs do with a response. */
async function used(session: Session, url: string, random: Random): Promise<Result> {
  try {
    const method = oneOf(random, METHODS);
    const options = { auth: random() < 0.2 ? (["u", "p"] as const) : null };
    if (random() < 0.5) {
      const response = await session.request(method, url, options);
      if (!Number.isInteger(response.status) || response.status < 100)
        throw new Error(`status ${response.status}`);
      response.text();
      void [response.links, response.encoding, response.apparentEncoding, response.isRedirect, response.next];
      response.json();
    } else {
      await streamed(await session.request(method, url, { ...options, stream: true }), random);
    }
    return { kind: "ok", problem: null };
  } catch (error) {
    if (error instanceof RequestException) return { kind: error.name, problem: null };
    return {
      kind: "other",
      problem: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  }
}

async function streamed(response: StreamedResponse, random: Random): Promise<void> {
  switch (below(random, 4)) {
    case 0:
      for await (const line of response.iterLines()) void line;
      return;
    case 1:
      for await (const chunk of response) if (chunk.byteLength > 3) break;
      return;
    case 2:
      await response.close();
      return;
    default:
      await response.bytes();
  }
}
