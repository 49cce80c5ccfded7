/**
 * `npm run soak`: very many requests that end in every way, and what remains of them: nothing may.
 *
 *     npm run soak -- --requests 20000 --only "streamed|aborted"
 *
 * Bounded: 100,000 requests over HTTP/1.1 and a quarter as many over HTTP/2 unless said otherwise, about two minutes. Prints what
 * the process holds after each tenth; ends with code 1 when sockets, timers, listeners or memory stay behind.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { Session, type SessionOptions } from "../../src/index.ts";
import { http1, http2, type Kind } from "./kinds.ts";
import { holdings, type Holdings } from "./measure.ts";
import type { Place } from "./server.ts";

const CONCURRENT = 32;
const STEPS = 10;
/**
 * Heap that may be added between two measurements, however many requests lie between them: compiled code, caches, the numbers
 * of this program. A leak grows with the requests.
 */
const NOISE_BYTES = 32_768;
/** Likewise over HTTP/2, where Node has more objects for a connection, and a step has fewer requests. */
const NOISE_BYTES_HTTP2 = 131_072;

/** Of the requests over HTTP/1.1 so many are made over HTTP/2. */
const SHARE_OF_HTTP2 = 0.25;
const LEAST_REQUESTS = 2000;

const { values } = parseArgs({
  options: { requests: { type: "string", default: "100000" }, only: { type: "string", default: "" } },
});
const wanted = Number(values.requests);
if (!Number.isSafeInteger(wanted) || wanted < LEAST_REQUESTS)
  throw new RangeError(`--requests must be a whole number from ${LEAST_REQUESTS}, not ${values.requests}`);

/** What is asked of one protocol. */
interface Plan {
  readonly name: string;
  readonly url: string;
  readonly session: Omit<SessionOptions, "stream">;
  readonly kinds: readonly Kind[];
  readonly requests: number;
  readonly noiseBytes: number;
}

const server = fork(fileURLToPath(new URL("server.ts", import.meta.url)));
const [place] = (await once(server, "message")) as [Place];
const asked = (kinds: readonly Kind[]): Kind[] =>
  kinds.filter(({ name }) => new RegExp(values.only).test(name));
const plans: readonly Plan[] = [
  {
    name: "HTTP/1.1",
    url: `http://127.0.0.1:${place.http1}`,
    session: { trustEnv: false },
    kinds: asked(http1),
    requests: wanted,
    noiseBytes: NOISE_BYTES,
  },
  {
    name: "HTTP/2",
    url: `https://127.0.0.1:${place.http2}`,
    session: { trustEnv: false, http2: true, verify: place.ca },
    kinds: asked(http2),
    requests: Math.max(LEAST_REQUESTS, wanted * SHARE_OF_HTTP2),
    noiseBytes: NOISE_BYTES_HTTP2,
  },
];
const counts = new Map<string, number>();
let warnings = 0;
const problems: Error[] = [];
process.on("warning", (warning) => {
  // Those are wanted: there are responses that nobody reads.
  if (warning.name === "UnreadResponseWarning") warnings++;
  else problems.push(warning);
});
process.on("unhandledRejection", (error) => {
  problems.push(error instanceof Error ? error : new Error(String(error)));
});

/** A thousand requests, in an order that is the same each time. */
async function thousand(
  session: Session,
  { url, kinds }: Plan,
  signal: AbortSignal,
  seed: number,
): Promise<void> {
  const deck = kinds.flatMap((kind) => Array.from({ length: kind.share }, () => kind));
  const order = Array.from({ length: 1000 }, (_, at) => ({
    kind: deck[Math.floor((at * deck.length) / 1000)] as Kind, // there is one at least
    place: (at * 7919 + seed * 104_729) % 1000,
  }));
  const queue = order.sort((one, other) => one.place - other.place).map(({ kind }) => kind);
  const next = (): Kind | undefined => queue.pop();
  const worker = async (): Promise<void> => {
    for (let kind = next(); kind !== undefined; kind = next()) {
      await kind.run(session, url, signal);
      counts.set(kind.name, (counts.get(kind.name) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT }, worker));
}

function row(cells: readonly (string | number)[]): string {
  return cells.map((cell) => String(cell).padStart(12)).join("");
}

function shown(done: number, held: Holdings): string {
  const { descriptors, sockets, timers, listeners, heapBytes } = held;
  return row([done, descriptors, sockets, timers, listeners, (heapBytes / 1_048_576).toFixed(2)]);
}

/** What one session leaves behind while it lives, and after it was closed. */
async function soak(plan: Plan): Promise<readonly string[]> {
  const { signal } = new AbortController();
  const empty = await holdings(signal);
  console.log(row([plan.name, "descriptors", "sockets", "timers", "listeners", "heap MiB"]));
  console.log(shown(0, empty));
  const session = new Session(plan.session);
  const all: Holdings[] = [];
  const perStep = Math.max(1, Math.round(plan.requests / STEPS / 1000));
  for (let step = 1; step <= Math.min(STEPS, Math.round(plan.requests / 1000)); step++) {
    for (let round = 0; round < perStep; round++)
      await thousand(session, plan, signal, step * perStep + round);
    const held = await holdings(signal);
    all.push(held);
    console.log(shown(step * perStep * 1000, held));
  }
  await session.close();
  const after = await holdings(signal);
  console.log(`${shown(0, after).replace(/^ {11}0/, "      closed")}`);
  return complaints({ empty, all, after }, perStep, plan.noiseBytes);
}

function complaints(
  {
    empty,
    all,
    after,
  }: Readonly<Record<"empty" | "after", Holdings>> & { readonly all: readonly Holdings[] },
  perStep: number,
  noiseBytes: number,
): readonly string[] {
  const found: string[] = [];
  for (const name of ["descriptors", "sockets", "timers", "listeners"] as const) {
    if (after[name] > empty[name]) found.push(`${name}: ${after[name]} after closing, ${empty[name]} before`);
  }
  const most = Math.max(...all.map(({ sockets }) => sockets));
  if (most > CONCURRENT) found.push(`sockets: ${most} were open when nothing was running`);
  if (Math.max(...all.map(({ listeners }) => listeners)) > 0)
    found.push("listeners stayed on the shared signal");
  // The first half warms up: code is compiled, pools and caches fill.
  const warm = all.slice(Math.floor(all.length / 2)).map(({ heapBytes }) => heapBytes);
  if (warm.length > 1) {
    const perStepBytes = slope(warm);
    console.log(`heap per 1,000 requests, second half: ${Math.round(perStepBytes / perStep)} bytes`);
    if (perStepBytes > noiseBytes)
      found.push(`heap: ${Math.round(perStepBytes)} bytes per ${perStep},000 requests`);
  }
  return found;
}

/** How much `values` grow from one to the next: the median of what every two of them say, so that one that sticks out says little. */
function slope(values: readonly number[]): number {
  const slopes = values.flatMap((value, at) =>
    values.slice(0, at).map((earlier, from) => (value - earlier) / (at - from)),
  );
  return slopes.toSorted((one, other) => one - other)[slopes.length >> 1] ?? 0;
}

const began = performance.now();
try {
  const found: string[] = [];
  for (const plan of plans) {
    if (plan.kinds.length === 0) continue;
    for (const one of await soak(plan)) found.push(`${plan.name}: ${one}`);
    for (const one of problems.splice(0)) found.push(`nobody caught: ${one.stack ?? one.message}`);
  }
  for (const [name, count] of counts) console.log(`${name.padEnd(30)}${String(count).padStart(8)}`);
  console.log(`warnings of unread responses: ${warnings}`);
  console.log(`${Math.round((performance.now() - began) / 1000)} s`);
  if (warnings === 0 && counts.has("streamed, never read"))
    throw new Error("nobody warned of unread responses");
  for (const one of found) console.error(`stayed behind: ${one}`);
  process.exitCode = found.length === 0 ? 0 : 1;
} finally {
  server.disconnect();
}
