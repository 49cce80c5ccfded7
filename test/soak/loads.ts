/**
 * Loads that are all of one kind: each makes more and more of something that must not stay. What is held of it is told after each
 * step, and has a limit.
 */
import tls from "node:tls";
import v8 from "node:v8";

import { CookieJar, HttpAdapter, Session } from "../../src/index.ts";
import type { Place } from "./server.ts";

/** One that is under way. */
export interface Running {
  /** Does so many things more. */
  step(): Promise<number>;
  /** How much is held of what must not stay. */
  held(): number;
  close(): Promise<void>;
}

/** One that can begin. */
export interface Load {
  readonly name: string;
  /** What is held. */
  readonly what: string;
  /** So many may be held when nothing is under way. */
  readonly most: number;
  /** @param signal shared by all requests; never aborts. */
  begin(place: Place, signal: AbortSignal): Running;
}

const POOLS = 20;
const HOUR_MS = 3_600_000;

/** Everybody is this machine. */
function anywhere(): HttpAdapter {
  return new HttpAdapter({
    poolConnections: POOLS,
    lookup: (_host, _options, found) => found(null, "127.0.0.1", 4),
  });
}

async function many(count: number, act: (at: number) => Promise<unknown>): Promise<number> {
  await Promise.all(Array.from({ length: count }, (_, at) => act(at)));
  return count;
}

/** The clocks of an hour that run, also those that keep no process alive; and how to watch no more. */
function hours(): { readonly running: ReadonlySet<unknown>; readonly end: () => void } {
  const { setTimeout: start, clearTimeout: stop } = globalThis;
  const running = new Set<unknown>();
  const starting = (...args: Parameters<typeof start>): NodeJS.Timeout => {
    const timer = start(...args);
    if (args[1] === HOUR_MS) running.add(timer);
    return timer;
  };
  globalThis.setTimeout = Object.assign(starting, start);
  globalThis.clearTimeout = (timer) => {
    running.delete(timer);
    stop(timer);
  };
  const end = (): void => void Object.assign(globalThis, { setTimeout: start, clearTimeout: stop });
  return { running, end };
}

/** Streams whose total time has an hour to go: read, iterated over, closed and broken off. */
function streams(session: Session, url: string, signal: AbortSignal): Running {
  const { running, end } = hours();
  const ways: readonly (() => Promise<unknown>)[] = [
    async () => (await session.get(`${url}/ok`, { stream: true, signal })).text(),
    async () => {
      for await (const piece of await session.get(`${url}/ok`, { stream: true, signal })) void piece;
    },
    async () => (await session.get(`${url}/ok`, { stream: true, signal })).close(),
    async () => (await session.get(`${url}/truncated`, { stream: true, signal })).text().catch(ignore),
  ];
  return {
    step: async () => {
      let done = 0;
      for (let round = 0; round < 25; round++) done += await many(40, (at) => ways[at % 4]?.() ?? nothing());
      return done;
    },
    held: () => running.size,
    close: async () => {
      end();
      await session.close();
    },
  };
}

/** Requests that wait for their turn until they are given up: a half by their caller, a half by the clock. */
function waiters(session: Session, adapter: HttpAdapter, url: string, signal: AbortSignal): Running {
  return {
    step: async () => {
      const holding = new AbortController();
      const hold = session.get(`${url}/slow`, { signal: holding.signal }).catch(ignore);
      await pause(10);
      const given = new AbortController();
      const calls = many(2000, (at) =>
        session.get(`${url}/ok`, { signal: at % 2 === 0 ? given.signal : signal }).catch(ignore),
      );
      await pause(5);
      given.abort();
      const done = await calls;
      holding.abort();
      await hold;
      return done;
    },
    held: () => adapter.stats.reduce((sum, { open }) => sum + open, 0),
    close: () => session.close(),
  };
}

const timeout = { total: HOUR_MS };

/** All of them. */
export const loads: readonly Load[] = [
  {
    name: "streams with a deadline",
    what: "clocks",
    most: 0,
    begin: ({ http1 }, signal) =>
      streams(new Session({ trustEnv: false, timeout }), `http://127.0.0.1:${http1}`, signal),
  },
  {
    name: "the same over HTTP/2",
    what: "clocks",
    most: 0,
    begin: ({ http2, ca }, signal) => {
      const session = new Session({ trustEnv: false, timeout, http2: true, verify: ca });
      return streams(session, `https://127.0.0.1:${http2}`, signal);
    },
  },
  {
    name: "waiters given up",
    what: "connections",
    most: 1,
    begin: ({ http1 }, signal) => {
      const session = new Session({ trustEnv: false });
      const adapter = new HttpAdapter({ poolBlock: true, poolMaxsize: 1, poolTimeout: 20 });
      session.mount("http://", adapter);
      return waiters(session, adapter, `http://127.0.0.1:${http1}`, signal);
    },
  },
  {
    name: "bursts of origins",
    what: "pools",
    most: POOLS,
    begin: ({ http1 }, signal) => {
      const adapter = anywhere();
      const session = new Session({ trustEnv: false });
      session.mount("http://", adapter);
      let burst = 0;
      return {
        step: () => {
          burst++;
          return many(200, (at) => session.get(`http://h${at}.burst${burst}.test:${http1}/ok`, { signal }));
        },
        held: () => adapter.stats.length,
        close: () => session.close(),
      };
    },
  },
  {
    name: "client certificates",
    what: "contexts",
    most: 2 * POOLS + POOLS,
    begin: ({ http2, ca, client }, signal) => {
      const session = new Session({ trustEnv: false, verify: ca, http2: true });
      session.mount("https://", anywhere());
      const before = contexts();
      let tenant = 0;
      return {
        step: async () => {
          for (let done = 0; done < 50; done++) {
            const cert = Buffer.from(`${client.cert}\n# tenant ${tenant++}\n`);
            await session.get(`https://127.0.0.1:${http2}/ok`, {
              cert: [cert, Buffer.from(client.key)],
              signal,
            });
          }
          return 50;
        },
        held: () => contexts() - before,
        close: () => session.close(),
      };
    },
  },
  {
    name: "full domains while cookies expire",
    what: "cookies",
    most: 5000 + 180,
    begin: () => {
      let now = 1e12;
      let number = 0;
      const jar = new CookieJar(null, { now: () => now });
      return {
        step: async () => {
          for (let done = 0; done < 5000; done++) {
            now += 1000;
            const name = number++;
            jar.setCookie(
              `s=${name}; Path=/; Max-Age=5000; Secure`,
              `https://h${name % 9000}.example.co.uk/`,
            );
            jar.setCookie(`n${name}=1; Path=/; Max-Age=${100 + (name % 900)}`, "http://full.example.com/");
            jar.setCookie("kept=1; Path=/; Max-Age=1000000", "https://full.example.com/");
          }
          return 15_000;
        },
        held: () => jar.size,
        close: async () => void jar.clear(),
      };
    },
  },
];

function contexts(): number {
  // Counted after a collection. Node does not name the class; the context made here counts, too.
  const { constructor } = tls.createSecureContext({});
  return v8.queryObjects(constructor, { format: "count" });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function nothing(): Promise<void> {
  return Promise.resolve();
}

function ignore(): void {
  // It is wanted.
}
