/**
 * Frames of arbitrary bytes: each request must end, in a response or in one of our errors, and no body may come short: a small
 * model of the frames says whether it was whole. And good answers, cut at every byte: exactly those must succeed whose
 * END_STREAM was sent.
 */
import { setImmediate as turn } from "node:timers/promises";

import { RequestException, Session, type RequestOptions } from "../../src/index.ts";
import { frameServer, type FrameRequest, type FrameServer } from "../support/frame-server.ts";
import { below, oneOf, randomFrom, type Random } from "../support/random.ts";
import { endsFrame, saidOn, type Said } from "./frame-model.ts";
import { good } from "./frames.ts";
import { mutatedFrames } from "./mutate-frames.ts";
import { pieces } from "./mutate.ts";
import type { Finding, Outcome } from "./responses.ts";

/** So long may a request, or the end of a session, take: their own limits are far below. */
const PATIENCE_MS = 8000;
const CONCURRENT = 16;
const METHODS = ["GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE"] as const;
const ROUNDS_OF_SESSION = 4;
const UPLOAD_BYTES = 3000;

/** What the server does with a request. */
interface Play {
  readonly bytes: Buffer;
  /** How often, and with what. */
  readonly random: Random;
  /** Does the connection end behind it: not at all, in order, or by force? */
  readonly end: "none" | "end" | "destroy";
}

/** A request and what it has to come to. */
interface Round {
  readonly path: string;
  readonly random: Random;
  readonly method: string;
  readonly isStreamed: boolean;
  /** `null`: what the server said decides whether the call may succeed, and nothing whether it must. */
  readonly mustSucceed: boolean | null;
  /** Silence; longer where a connection ends in any case, since a slow machine must not decide. */
  readonly readMs: number;
}

/** What came of it. */
interface Result {
  readonly kind: string;
  readonly problem: string | null;
}

/** Sends `runs` requests that are answered with frames that follow from the seed, and those of every cut. */
export async function fuzzFrames(runs: number, firstSeed: number): Promise<Outcome> {
  const said = new Map<string, Said[]>();
  await using server = await frameServer((request) => void answer(request, said));
  const rounds = roundsOf(runs, firstSeed);
  const counts = new Map<string, number>();
  const findings: Finding[] = [];
  const found = (path: string, { problem }: Result): void => {
    if (problem !== null) findings.push({ seed: path, what: problem });
  };
  const worker = async (): Promise<void> => {
    for (let next = rounds.next(); next.done !== true;) {
      const session = sessionOf(server);
      const isOfSeeds = next.value.mustSucceed === null;
      // What one answer has left of a connection is there for the next one, but not for ever.
      for (let times = 0; times < ROUNDS_OF_SESSION && next.done !== true; times++, next = rounds.next()) {
        const round = next.value;
        // Frames of a seed may say that the connection takes no streams any more: what must succeed has one of its own.
        if ((round.mustSucceed === null) !== isOfSeeds) break;
        const result = await inTime(judged(session, server.url, round, said));
        counts.set(`HTTP/2: ${result.kind}`, (counts.get(`HTTP/2: ${result.kind}`) ?? 0) + 1);
        found(round.path, result);
        said.delete(round.path);
      }
      const closed = session.close().then(() => ({ kind: "closed", problem: null }));
      found("close()", await inTime(closed));
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT }, worker));
  return { counts, findings };
}

function sessionOf(server: FrameServer): Session {
  return new Session({
    trustEnv: false,
    http2: true,
    verify: server.ca,
    maxRedirects: 3,
  });
}

function* roundsOf(runs: number, firstSeed: number): Generator<Round> {
  for (let seed = firstSeed; seed < firstSeed + runs; seed++) {
    const random = randomFrom(seed ^ 0x5eed);
    yield {
      path: `/seed/${seed}`,
      random,
      method: oneOf(random, METHODS),
      isStreamed: random() < 0.5,
      mustSucceed: null,
      readMs: 150,
    };
  }
  const random = randomFrom(firstSeed);
  for (const [index, sequence] of good.entries()) {
    const stream = 1;
    const whole = Buffer.concat(sequence(stream));
    for (let length = 0; length <= whole.length; length++) {
      const mustSucceed = saidOn(stream, whole.subarray(0, length)).isWhole;
      yield {
        path: `/cut/${index}/${length}`,
        random,
        method: "GET",
        isStreamed: random() < 0.5,
        mustSucceed,
        readMs: 4000,
      };
    }
  }
}

function playOf({ path, stream }: FrameRequest): Play {
  const [, kind, first, second] = path.split("/");
  const random = randomFrom(Number(first) + Number(second ?? 0));
  if (kind === "cut") {
    const bytes = Buffer.concat(good[Number(first)]?.(stream) ?? []).subarray(0, Number(second));
    return { bytes, random, end: "end" };
  }
  // Where a redirect leads.
  if (kind !== "seed") return { bytes: Buffer.concat(good[0]?.(stream) ?? []), random, end: "none" };
  const bytes = mutatedFrames(stream, random);
  const chance = random();
  return { bytes, random, end: chance < 0.4 ? "none" : chance < 0.8 ? "end" : "destroy" };
}

async function answer(request: FrameRequest, said: Map<string, Said[]>): Promise<void> {
  const { bytes, random, end } = playOf(request);
  const sofar = said.get(request.path) ?? [];
  said.set(request.path, [...sofar, saidOn(request.stream, bytes)]);
  // What it answers by itself would get into a frame that is not over.
  request.connection.isSilent = true;
  for (const piece of pieces(bytes, random)) {
    request.write(piece);
    if (random() < 0.3) await turn();
  }
  request.connection.isSilent = !endsFrame(bytes);
  if (end === "end") request.connection.end();
  if (end === "destroy") request.connection.socket.destroy();
}

async function inTime(work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const never = new Promise<Result>((resolve) => {
    timer = setTimeout(() => resolve({ kind: "never", problem: "it never ended" }), PATIENCE_MS);
  });
  try {
    return await Promise.race([work, never]);
  } finally {
    clearTimeout(timer);
  }
}

async function judged(
  session: Session,
  url: string,
  round: Round,
  said: ReadonlyMap<string, readonly Said[]>,
): Promise<Result> {
  try {
    const { body, isPlain } = await asked(session, url, round);
    const plays = said.get(round.path) ?? [];
    if (isPlain && !plays.some((one) => one.isWhole && one.body.equals(body)))
      return { kind: "short", problem: `${body.byteLength} bytes were taken for the whole` };
    return { kind: "ok", problem: round.mustSucceed === false ? "it was cut, and nobody was told" : null };
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    if (!(error instanceof RequestException)) return { kind: "other", problem: text };
    return {
      kind: error.name,
      problem: round.mustSucceed === true ? `it was whole, and failed: ${text}` : null,
    };
  }
}

interface Read {
  readonly body: Uint8Array;
  /** Is the body what DATA had: nothing decoded, no response without a body, no other one followed? */
  readonly isPlain: boolean;
}

async function asked(
  session: Session,
  url: string,
  { path, method, isStreamed, random, readMs }: Round,
): Promise<Read> {
  const options: RequestOptions = {
    timeout: { connect: 4000, read: readMs, total: 5000 },
    ...(method === "POST" || method === "PUT" ? { data: uploadOf(random) } : {}),
    auth: random() < 0.1 ? ["u", "p"] : null,
  };
  const response = isStreamed
    ? await session.request(method, url + path, { ...options, stream: true })
    : await session.request(method, url + path, options);
  const body = await response.bytes();
  const { status, history, headers } = response;
  const hasBody = method !== "HEAD" && status !== 204 && status !== 304;
  return { body, isPlain: hasBody && history.length === 0 && !headers.has("content-encoding") };
}

function uploadOf(random: Random): RequestOptions["data"] {
  const bytes = new Uint8Array(below(random, UPLOAD_BYTES));
  if (random() < 0.5) return bytes;
  return async function* () {
    yield bytes;
    if (bytes.length > 1000) await turn();
    yield bytes;
  };
}
