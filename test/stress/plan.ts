/**
 * What a request of the stress test is to be, on both sides: what the client sends and how it reads, and what the server makes of
 * it. It follows from a number alone, and travels in the URL: a request that failed can be asked for again. Pure.
 */
import { below, oneOf, randomFrom, type Random } from "../support/random.ts";
import { MOST_BYTES, PLACES, type Content } from "./content.ts";

/** How the end of a response's body is told: by a length, by itself (chunks, END_STREAM), or by the end of the connection. */
type Framing = "length" | "itself" | "close";

/** What the server does with one request. */
export interface ServerPlan {
  /** Of the request: the server gives it back. */
  readonly id: number;
  readonly status: 200 | 204 | 304;
  readonly body: Content;
  readonly framing: Framing;
  readonly coding: "gzip" | "br" | "deflate" | "zstd" | null;
  /** In how many writes: one with the head, few large ones, or many small ones. */
  readonly writes: "one" | "large" | "small";
  /** The longest pause between two writes, and before the head. */
  readonly pauseMs: number;
  readonly delayMs: number;
  /** Redirects before the answer, and their status. */
  readonly hops: number;
  readonly hopStatus: 302 | 303 | 307;
  /** Informational responses before the answer. */
  readonly interim: number;
  readonly hasTrailers: boolean;
  /** Is what was uploaded sent back as it comes? */
  readonly echoes: boolean;
  /** Does the whole answer come before the request is read? The rest of it must come all the same. */
  readonly isEarly: boolean;
  /** The caller may lose patience, or go away half-way. */
  readonly mayGiveUp: boolean;
  /** Cut: the first answer breaks off. Refused: HTTP/2 says of the first one that it was not processed. */
  readonly fate: "whole" | "cut" | "refused";
  /** HTTP/1.1: after the answer the connection stays, its end is announced, or it ends without a word. */
  readonly afterwards: "stays" | "announced" | "ends";
  /** What the server must get before it may take the request for whole. */
  readonly upload: Content | null;
}

/** When the caller loses patience: by a signal or by `timeout.total`. */
interface Interruption {
  readonly by: "signal" | "total";
  readonly afterMs: number;
}

/** One request. */
export interface RequestPlan {
  readonly method: "GET" | "HEAD" | "PUT" | "POST";
  /** Name of a way to make the body of the request; `null` for none. */
  readonly upload: string | null;
  /** Name of a way to read. */
  readonly reading: string;
  readonly server: ServerPlan;
  readonly interruption: Interruption | null;
  /** A limit for the whole that it does not come near. */
  readonly hasTotal: boolean;
}

/** What there is to choose from. */
export interface Choice {
  readonly readings: readonly ReadingFacts[];
  readonly uploads: readonly UploadFacts[];
  readonly isHttp2: boolean;
}

/** What a plan must know of a way to read. */
export interface ReadingFacts {
  readonly name: string;
  /** Bodies that it can read. */
  readonly content: readonly Content["kind"][];
  /** Is the body read to its end? */
  readonly isWhole: boolean;
  /** Whose words it speaks; a download is a GET with an answer of status 200, and nothing else. */
  readonly through: "session" | "fetch" | "download";
}

/** What a plan must know of a way to make the body of a request. */
export interface UploadFacts {
  readonly name: string;
  readonly content: Content["kind"];
  /** Can it be sent once only? */
  readonly isOnce: boolean;
  /** Does `fetch` take it? */
  readonly isForFetch: boolean;
}

const EDGES: readonly number[] = [1, 2, 1023, 1024, 16_383, 16_384, 16_385, 65_535, 65_536, MOST_BYTES];

/** The plan of request `id`, which is the same each time for the same seed. */
export function planOf(id: number, seed: number, choice: Choice): RequestPlan {
  const random = randomFrom(seed * 1_000_003 + id);
  for (let times = 0; times < 3; times++) random(); // neighbours begin alike
  const reading = oneOf(random, choice.readings);
  const upload = uploadOf(random, reading, choice.uploads);
  const sent = upload === null ? null : contentOf(random, upload.content);
  const mayLack = upload === null && reading.through !== "download" && reading.content.includes("bytes");
  const isBodyless = random() < 0.08 && mayLack;
  const status = isBodyless ? oneOf(random, [200, 204, 304] as const) : 200;
  const server = serverPlan(random, {
    id,
    status,
    choice,
    sent,
    isOnce: upload?.isOnce === true,
    mayEcho: reading.content.includes("bytes"),
  });
  const body = server.echoes && sent !== null ? sent : contentOf(random, oneOf(random, reading.content));
  const interruption =
    random() < 0.1
      ? ({ by: oneOf(random, ["signal", "total"] as const), afterMs: below(random, 30) } as const)
      : null;
  const isHead = isBodyless && (status === 200 || random() < 0.5);
  return {
    method: isHead ? "HEAD" : upload === null ? "GET" : oneOf(random, ["PUT", "PUT", "POST"] as const),
    upload: upload?.name ?? null,
    reading: reading.name,
    server: {
      ...server,
      body,
      // Nobody can cut what has no bytes; and Node gives it a length, behind which there are no trailers.
      fate: server.fate === "cut" && (body.size < 2 || isHead) ? "whole" : server.fate,
      hasTrailers: server.hasTrailers && body.size > 0,
      mayGiveUp: interruption !== null || !reading.isWhole,
    },
    interruption,
    hasTotal: random() < 0.2,
  };
}

function uploadOf(
  random: Random,
  { through }: ReadingFacts,
  uploads: readonly UploadFacts[],
): UploadFacts | null {
  if (random() > 0.35 || through === "download") return null;
  return oneOf(
    random,
    uploads.filter(({ isForFetch }) => isForFetch || through === "session"),
  );
}

interface Facts {
  readonly id: number;
  readonly status: ServerPlan["status"];
  readonly choice: Choice;
  readonly sent: Content | null;
  readonly isOnce: boolean;
  readonly mayEcho: boolean;
}

function serverPlan(random: Random, facts: Facts): Omit<ServerPlan, "body" | "mayGiveUp"> {
  const { id, status, choice, sent, isOnce, mayEcho } = facts;
  const { isHttp2 } = choice;
  const echoes = random() < 0.15 && mayEcho && sent?.kind === "bytes";
  const framing = oneOf(random, ["length", "itself", "length", "itself", "close"] as const);
  const writes = oneOf(random, ["one", "large", "small"] as const);
  const chance = random();
  const isEarly = random() < 0.15 && sent !== null && !echoes && framing !== "close";
  const mayFail = status === 200 && !echoes && !isEarly;
  return {
    id,
    status,
    framing: framing === "close" && (isHttp2 || echoes) ? "itself" : framing,
    coding:
      random() < 0.3 && !echoes ? oneOf(random, ["gzip", "gzip", "br", "deflate", "zstd"] as const) : null,
    writes,
    pauseMs: random() < 0.5 && writes !== "one" ? below(random, 4) : 0,
    delayMs: random() < 0.2 ? below(random, 12) : 0,
    // What can be sent once is not sent after a redirect.
    hops: random() < 0.1 && !isOnce && !echoes && !isEarly ? 1 + below(random, 2) : 0,
    hopStatus: sent === null ? oneOf(random, [302, 303, 307] as const) : 307,
    interim: random() < 0.1 ? 1 + below(random, 2) : 0,
    hasTrailers: random() < 0.3 && framing === "itself" && status === 200 && !echoes,
    echoes,
    isEarly,
    fate: fateOf(chance, isHttp2 && !isOnce && !echoes && !isEarly, framing !== "close" && mayFail),
    afterwards: random() < 0.06 && !isEarly ? oneOf(random, ["announced", "ends"] as const) : "stays",
    upload: sent,
  };
}

function fateOf(chance: number, mayRefuse: boolean, mayCut: boolean): ServerPlan["fate"] {
  if (chance < 0.03 && mayCut) return "cut";
  return chance > 0.98 && mayRefuse ? "refused" : "whole";
}

function contentOf(random: Random, kind: Content["kind"]): Content {
  const size = sizeOf(random);
  return { kind, size: kind === "json" ? Math.max(2, size) : size, at: below(random, PLACES) };
}

/** Most bodies are small. */
function sizeOf(random: Random): number {
  const chance = random();
  if (chance < 0.08) return 0;
  if (chance < 0.3) return below(random, 100);
  if (chance < 0.65) return below(random, 2000);
  if (chance < 0.8) return below(random, 16_384);
  return chance < 0.87 ? oneOf(random, EDGES) : below(random, MOST_BYTES + 1);
}

/** Path and query of a request. */
export function targetOf(plan: ServerPlan): string {
  return `/${plan.id}?${Buffer.from(JSON.stringify(plan)).toString("base64url")}`;
}

/** The plan in a target; `null` for one that has none. */
export function planIn(target: string): ServerPlan | null {
  const encoded = target.split("?", 2)[1];
  if (encoded === undefined) return null;
  return JSON.parse(Buffer.from(encoded, "base64url").toString()) as ServerPlan; // targetOf() wrote it
}
