/** The fixed runs of the guard: each a way to use a session. */
import * as sojourn from "../../src/index.ts";
import { OWN_COOKIE } from "../workloads.ts";

/** One of them. */
export interface Case {
  readonly name: string;
  /** Requests (or sessions) of one call of what `prepare` gives. */
  readonly batch: number;
  /** Requests of one count. */
  readonly requests: number;
  /** More than this above what is stored is a failure: a share of it. Repeated counts of most cases are the same to the digit. */
  readonly tolerance: number;
  /** @param url origin of the server. */
  prepare(url: string): Promise<Prepared>;
}

/** Ready to be run, again and again. */
interface Prepared {
  readonly run: () => Promise<void>;
  readonly close: () => Promise<void>;
}

type Session = InstanceType<typeof sojourn.Session>;

const CONCURRENT = 50;
const REQUESTS = 500;
const TOLERANCE = 0.01;

/** A session with a cookie, and what is done with it. */
function exchange(
  name: string,
  act: (session: Session, url: string) => Promise<unknown>,
  rest: Partial<Case> = {},
): Case {
  return {
    name,
    batch: 1,
    requests: REQUESTS,
    tolerance: TOLERANCE,
    ...rest,
    prepare(url) {
      const session = new sojourn.Session();
      session.cookies.setCookie(`${OWN_COOKIE}; Path=/`, url);
      const run = async (): Promise<void> => void (await act(session, url));
      return Promise.resolve({ run, close: () => session.close() });
    },
  };
}

async function sized(session: Session, url: string): Promise<number> {
  let bytes = 0;
  for await (const piece of await session.get(url, { stream: true })) bytes += piece.byteLength;
  return bytes;
}

/** All of them. */
export const cases: readonly Case[] = [
  exchange("GET", async (session, url) => (await session.get(`${url}/small`)).text()),
  exchange(
    "GET, 50 at a time",
    (session, url) => Promise.all(Array.from({ length: CONCURRENT }, () => session.get(`${url}/small`))),
    // How many answers arrive before the first is looked at is chance; it makes up to 1 % of the calls.
    { batch: CONCURRENT, tolerance: 0.03 },
  ),
  exchange("GET with options", (session, url) =>
    session.get(`${url}/small`, {
      params: { page: 2 },
      headers: { accept: "application/json" },
      timeout: 5000,
    }),
  ),
  exchange("POST JSON", async (session, url) =>
    (await session.post(`${url}/small`, { json: { a: 1 } })).json(),
  ),
  exchange("GET with a redirect", (session, url) => session.get(`${url}/redirect`)),
  // Few: the memory that zlib has outside of the heap would call the collector.
  exchange("GET with gzip", async (session, url) => (await session.get(`${url}/gzip`)).json(), {
    requests: 100,
  }),
  exchange("GET, streamed", (session, url) => sized(session, `${url}/small`)),
  {
    name: "session opened and closed",
    batch: 1,
    requests: REQUESTS,
    tolerance: TOLERANCE,
    prepare: () =>
      Promise.resolve({
        run: () => new sojourn.Session().close(),
        close: () => Promise.resolve(),
      }),
  },
];
