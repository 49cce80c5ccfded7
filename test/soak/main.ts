/**
 * `npm run soak`: very many requests that end in every way, and loads that make more and more of one thing; and what remains of
 * them: nothing may.
 *
 *     npm run soak -- --requests 20000 --only "streamed|aborted"
 *
 * Bounded: 50,000 requests over HTTP/1.1 and a quarter as many over HTTP/2 unless said otherwise, and the loads: less than 90 seconds.
 * Prints what the process holds after each step; ends with code 1 when sockets, timers, listeners, memory or what a load makes stay
 * behind.
 */
import { fork } from "node:child_process";
import { getEventListeners, once } from "node:events";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { Session, type SessionOptions } from "../../src/index.ts";
import { http1, http2, type Kind } from "./kinds.ts";
import { loads, type Running } from "./loads.ts";
import { holdings, type Holdings } from "./measure.ts";
import type { Place } from "./server.ts";

const CONCURRENT = 32;
const STEPS = 10;
const STEPS_OF_LOADS = 6;
/**
 * Heap that may be added between two measurements, however many requests lie between them: compiled code, caches, the numbers
 * of this program. A leak grows with the requests.
 */
const NOISE_BYTES = 32_768;
/** Likewise over HTTP/2, where Node has more objects for a connection, and of loads: a step has fewer requests. */
const GREATER_NOISE_BYTES = 131_072;

/** Of the requests over HTTP/1.1 so many are made over HTTP/2. */
const SHARE_OF_HTTP2 = 0.25;
const LEAST_REQUESTS = 2000;

const { values } = parseArgs({
  options: { requests: { type: "string", default: "50000" }, only: { type: "string", default: "" } },
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
    noiseBytes: GREATER_NOISE_BYTES,
  },
];
const counts = new Map<string, number>();
let warnings = 0;
const problems: Error[] = [];
process.on("warning", (warning) => {
  // Those are wanted: there are responses that nobody reads.
  if (warning.name === "UnreadResponseWarning") warnings++;
  // The soak itself asks V8.
  else if (!warning.message.includes("queryObjects")) problems.push(warning);
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

/** What is done step by step. */
interface Course {
  readonly name: string;
  /** What {@link Running.held} counts, and how many there may be. */
  readonly what: string;
  readonly most: number;
  readonly steps: number;
  readonly noiseBytes: number;
  begin(signal: AbortSignal): Running;
}

/** The requests of a protocol, in steps of some thousand. */
function courseOf(plan: Plan): Course {
  const perStep = Math.max(1, Math.round(plan.requests / STEPS / 1000));
  return {
    name: plan.name,
    what: "listeners",
    most: 0,
    steps: Math.min(STEPS, Math.round(plan.requests / 1000)),
    noiseBytes: plan.noiseBytes,
    begin: (signal) => {
      const session = new Session(plan.session);
      let thousands = 0;
      return {
        step: async () => {
          for (let round = 0; round < perStep; round++) await thousand(session, plan, signal, thousands++);
          return perStep * 1000;
        },
        held: () => getEventListeners(signal, "abort").length,
        close: () => session.close(),
      };
    },
  };
}

const courses: readonly Course[] = [
  ...plans.filter(({ kinds }) => kinds.length > 0).map(courseOf),
  ...loads
    .filter(({ name }) => new RegExp(values.only).test(name))
    .map((load) => ({
      ...load,
      steps: STEPS_OF_LOADS,
      noiseBytes: GREATER_NOISE_BYTES,
      begin: (signal: AbortSignal) => load.begin(place, signal),
    })),
];

function row(cells: readonly (string | number)[]): string {
  return cells.map((cell) => String(cell).padStart(12)).join("");
}

function shown(
  done: number | string,
  { descriptors, sockets, timers, heapBytes }: Holdings,
  held: number,
): string {
  return row([done, descriptors, sockets, timers, held, (heapBytes / 1_048_576).toFixed(2)]);
}

/** What one course leaves behind while it goes on, and after it was closed. */
async function follow(course: Course): Promise<readonly string[]> {
  const { signal } = new AbortController();
  const empty = await holdings(signal);
  console.log(`\n${course.name}`);
  console.log(row(["done", "descriptors", "sockets", "timers", course.what, "heap MiB"]));
  console.log(shown(0, empty, 0));
  const running = course.begin(signal);
  const all: Holdings[] = [];
  const found: string[] = [];
  let done = 0;
  for (let step = 0; step < course.steps; step++) {
    done += await running.step();
    const held = await holdings(signal);
    all.push(held);
    const own = running.held();
    console.log(shown(done, held, own));
    if (own > course.most) found.push(`${course.what}: ${own} after ${done}, and ${course.most} may be`);
  }
  await running.close();
  const after = await holdings(signal);
  console.log(shown("closed", after, 0));
  return [...found, ...complaints({ empty, all, after }, course, done)];
}

function complaints(
  {
    empty,
    all,
    after,
  }: Readonly<Record<"empty" | "after", Holdings>> & { readonly all: readonly Holdings[] },
  { steps, noiseBytes }: Course,
  done: number,
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
    const bytes = Math.round(slope(warm));
    const perStep = Math.round(done / steps);
    console.log(`heap, second half: ${bytes} bytes per ${perStep}`);
    if (bytes > noiseBytes) found.push(`heap: ${bytes} bytes per ${perStep}`);
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
  for (const course of courses) {
    for (const one of await follow(course)) found.push(`${course.name}: ${one}`);
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
