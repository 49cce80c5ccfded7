/** One way to the server: so many requests at a time on one session, until the time is over; each is judged. */
import { join } from "node:path";

import { Session, type RequestOptions, type SessionOptions } from "../../src/index.ts";
import { randomFrom } from "../support/random.ts";
import { bytesOf } from "./content.ts";
import { judgeError, judgeGot, type Circumstances, type Verdict } from "./judge.ts";
import { planOf, targetOf, type RequestPlan } from "./plan.ts";
import { readings, type Call, type Got } from "./readings.ts";
import type { Ports } from "./server.ts";
import { uploads } from "./uploads.ts";

/** A way to the server. */
export interface Way {
  readonly name: string;
  readonly httpVersion: "1.1" | "2";
  readonly session: (ports: Ports) => SessionOptions;
}

/** How long, how many, from which seed. */
export interface Load {
  readonly seed: number;
  readonly concurrent: number;
  /** When the last requests begin, in milliseconds of the monotonic clock. */
  readonly until: number;
  /** Only this one, if it is not `null`. */
  readonly only: number | null;
  readonly readings: RegExp;
  /** A folder for files. */
  readonly folder: string;
}

/** A request that has ended. */
export interface Ended {
  readonly way: string;
  readonly id: number;
  readonly plan: RequestPlan;
  readonly verdict: Verdict;
}

/** The limits of a request: nothing takes so long here. */
const CONNECT_MS = 15_000;
const READ_MS = 15_000;
const TOTAL_MS = 30_000;
/** Longer than all of them, for a redirect or two and an upload. */
const WATCHDOG_MS = 60_000;

/** The ways. Ids of requests begin at a million for the first, so that no two are alike. */
export const ways: readonly Way[] = [
  {
    name: "HTTP/1.1",
    httpVersion: "1.1",
    session: ({ http }) => ({ baseUrl: `http://127.0.0.1:${http}` }),
  },
  {
    name: "TLS",
    httpVersion: "1.1",
    session: ({ https }) => ({ baseUrl: `https://127.0.0.1:${https}` }),
  },
  {
    name: "tunnel",
    httpVersion: "1.1",
    session: ({ https, proxy }) => ({
      baseUrl: `https://127.0.0.1:${https}`,
      proxy: `http://127.0.0.1:${proxy}`,
    }),
  },
  {
    name: "HTTP/2",
    httpVersion: "2",
    session: ({ http2 }) => ({ baseUrl: `https://127.0.0.1:${http2}`, http2: true }),
  },
  {
    name: "HTTP/2, tunnel",
    httpVersion: "2",
    session: ({ narrow, proxy }) => ({
      baseUrl: `https://127.0.0.1:${narrow}`,
      http2: true,
      proxy: `http://127.0.0.1:${proxy}`,
    }),
  },
];

/** Makes requests until the time is over, and tells of each. */
export async function travel(
  way: Way,
  ports: Ports,
  load: Load,
  onEnded: (ended: Ended) => void,
): Promise<void> {
  const session = new Session({
    ...way.session(ports),
    verify: ports.ca,
    trustEnv: false,
    timeout: { connect: CONNECT_MS, read: READ_MS },
  });
  const first = (ways.indexOf(way) + 1) * 1_000_000;
  const choice = {
    readings: readings.filter(({ name }) => load.readings.test(name)),
    uploads,
    isHttp2: way.httpVersion === "2",
  };
  let next = load.only ?? first;
  const worker = async (): Promise<void> => {
    while (performance.now() < load.until && (load.only === null || next === load.only)) {
      const id = next++;
      const plan = planOf(id, load.seed, choice);
      onEnded({ way: way.name, id, plan, verdict: await request(session, way, plan, load) });
    }
  };
  await Promise.all(Array.from({ length: load.concurrent }, worker));
  await session.close();
}

/** Makes one request. A watchdog barks when it pends longer than any of its limits. */
async function request(session: Session<boolean>, way: Way, plan: RequestPlan, load: Load): Promise<Verdict> {
  const upload = uploads.find(({ name }) => name === plan.upload);
  const circumstances: Circumstances = {
    httpVersion: way.httpVersion,
    reason: new Error("the caller gave up"),
    isOnce: upload?.isOnce === true,
  };
  const controller = new AbortController();
  const { interruption, server } = plan;
  const abort = (): void => controller.abort(circumstances.reason);
  const impatience = interruption?.by === "signal" ? setTimeout(abort, interruption.afterMs) : undefined;
  const body =
    server.upload === null ? undefined : upload?.make(bytesOf(server.upload), randomFrom(server.id));
  const options: RequestOptions = {
    ...body,
    signal: interruption?.by === "signal" || server.id % 2 === 0 ? controller.signal : null,
    ...totalOf(plan),
  };
  const target = targetOf(server);
  const { baseUrl } = session;
  const call: Call = {
    session,
    method: plan.method,
    url: new URL(target, baseUrl ?? undefined).href,
    options,
    file: join(load.folder, String(server.id)),
    size: server.body.size,
  };
  let watchdog: NodeJS.Timeout | undefined;
  const barking = new Promise<Verdict>((resolve) => {
    watchdog = setTimeout(() => resolve({ kind: "hung", why: `nothing for ${WATCHDOG_MS} ms` }), WATCHDOG_MS);
  });
  try {
    return await Promise.race([judged(plan, call, circumstances), barking]);
  } finally {
    clearTimeout(watchdog);
    clearTimeout(impatience);
  }
}

async function judged(plan: RequestPlan, call: Call, circumstances: Circumstances): Promise<Verdict> {
  const reading = readings.find(({ name }) => name === plan.reading);
  let got: Got | undefined;
  try {
    got = await reading?.read(call);
  } catch (error) {
    return judgeError(plan, error, circumstances);
  }
  if (got === undefined) throw new Error(`no way to read is called ${plan.reading}`);
  return judgeGot(plan, got, circumstances);
}

function totalOf({ interruption, hasTotal }: RequestPlan): Pick<RequestOptions, "timeout"> {
  const timeout = { connect: CONNECT_MS, read: READ_MS };
  if (interruption?.by === "total") return { timeout: { ...timeout, total: 1 + interruption.afterMs } };
  return hasTotal ? { timeout: { ...timeout, total: TOTAL_MS } } : {};
}
