/** Loads: what is counted by `count.ts`. The name says what happens once. */
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";

import {
  CookieJar,
  HeaderMap,
  HttpAdapter,
  Request,
  Session,
  wireResponse,
  type CookieJarOptions,
} from "../../src/index.ts";
import { startH2 } from "../support/h2-server.ts";
import type { Load, Prepared } from "./load.ts";

/** How often something is done, unless it is done to all. */
const TIMES = 40;

/** A server that answers when it is told to: all connections that have asked. */
async function holding(): Promise<{
  port: number;
  asked: () => number;
  answer: () => void;
  end: () => void;
}> {
  const sockets = new Set<Socket>();
  const waiting: Socket[] = [];
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("data", () => waiting.push(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port, // it listens on TCP
    asked: () => waiting.length,
    answer: () => {
      for (const socket of waiting.splice(0)) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    },
    end: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Of `size` requests that wait for their turn some are given up. */
function givingUp(session: Session, url: string, size: number): Pick<Prepared, "times" | "run"> {
  const controllers = Array.from({ length: size }, () => new AbortController());
  const calls = controllers.map(({ signal }) => session.get(url, { signal }).catch(() => null));
  const chosen = Array.from({ length: TIMES }, (_, at) => Math.floor((at * size) / TIMES));
  return {
    times: TIMES,
    run: async () => {
      for (const at of chosen) controllers[at]?.abort();
      for (const at of chosen) await calls[at];
    },
  };
}

/** An adapter for which each host is this machine. */
function anywhere(poolConnections: number): HttpAdapter {
  return new HttpAdapter({
    poolConnections,
    lookup: (_host, _options, found) => found(null, "127.0.0.1", 4),
  });
}

/** A jar with a cookie of each of so many hosts, of which one expires each second. */
function jarOf(
  size: number,
  setCookie: string,
  options: CookieJarOptions = {},
): { jar: CookieJar; pass: () => void } {
  let now = 1e12;
  const jar = new CookieJar(null, { now: () => now, maxCookies: 1_000_000, ...options });
  for (let at = 0; at < size; at++)
    jar.setCookie(`${setCookie}; Path=/; Max-Age=${at + 2}`, `https://h${at}.example.co.uk/`);
  return { jar, pass: () => void (now += 1000) };
}

function times(act: (time: number) => void): Prepared {
  return {
    times: TIMES,
    run: () => {
      for (let time = 0; time < TIMES; time++) act(time);
    },
  };
}

/** So many fields. */
function fields(size: number): [name: string, value: string][] {
  return Array.from({ length: size }, (_, at) => [`X-${at}`, String(at)]);
}

/** What is done with all fields of a map at once: the steps are told by the field. */
function withFields(act: (pairs: [string, string][], map: HeaderMap) => unknown): Load {
  return (size) => {
    const pairs = fields(size);
    const map = new HeaderMap(pairs);
    return { times: size, run: () => act(pairs, map) };
  };
}

export const loads: Readonly<Record<string, Load>> = {
  "a request that waits for a connection is given up": async (size) => {
    const server = await holding();
    const session = new Session({ trustEnv: false });
    session.mount("http://", new HttpAdapter({ poolBlock: true, poolMaxsize: 1, poolTimeout: null }));
    const url = `http://127.0.0.1:${server.port}/`;
    const first = session.get(url).catch(() => null);
    await until(() => server.asked() === 1);
    const prepared = givingUp(session, url, size);
    await new Promise(setImmediate);
    return {
      ...prepared,
      end: async () => {
        await session.close();
        await first;
        server.end();
      },
    };
  },

  "a request that waits for a stream is given up": async (size) => {
    const server = await startH2(() => undefined, { maxConcurrentStreams: 1 });
    const session = new Session({ trustEnv: false, http2: true, verify: server.ca });
    const first = session.get(server.url).catch(() => null);
    await until(() => server.seen.length === 1);
    const prepared = givingUp(session, server.url, size);
    await new Promise(setImmediate);
    return {
      ...prepared,
      end: async () => {
        await session.close();
        await first;
        await server[Symbol.asyncDispose]();
      },
    };
  },

  "a request waits for too long": async (size) => {
    const server = await holding();
    const session = new Session({ trustEnv: false });
    session.mount("http://", new HttpAdapter({ poolBlock: true, poolMaxsize: 1, poolTimeout: 300 }));
    const url = `http://127.0.0.1:${server.port}/`;
    const first = session.get(url).catch(() => null);
    await until(() => server.asked() === 1);
    const calls = Array.from({ length: size }, () => session.get(url).catch(() => null));
    await new Promise(setImmediate);
    return {
      times: size,
      run: () => Promise.all(calls),
      end: async () => {
        await session.close();
        await first;
        server.end();
      },
    };
  },

  "one more origin is in use": async (size) => {
    const server = await holding();
    const session = new Session({ trustEnv: false });
    session.mount("http://", anywhere(10));
    const hosts = Array.from({ length: size + TIMES }, (_, at) => `http://h${at}.test:${server.port}/`);
    const calls = hosts.slice(0, size).map((url) => session.get(url));
    await until(() => server.asked() === size);
    return {
      times: TIMES,
      run: async () => {
        calls.push(...hosts.slice(size).map((url) => session.get(url)));
        await until(() => server.asked() === hosts.length);
      },
      end: async () => {
        server.answer();
        await Promise.all(calls);
        await session.close();
        server.end();
      },
    };
  },

  "an origin is not in use any more": async (size) => {
    const server = await holding();
    const session = new Session({ trustEnv: false });
    session.mount("http://", anywhere(10));
    const calls = Array.from({ length: size }, (_, at) => session.get(`http://h${at}.test:${server.port}/`));
    await until(() => server.asked() === size);
    return {
      times: size,
      run: async () => {
        server.answer();
        await Promise.all(calls);
      },
      end: async () => {
        await session.close();
        server.end();
      },
    };
  },

  "a cookie of one domain is looked up": (size) => {
    const { jar } = jarOf(size, "a=1");
    return times(() => jar.get("a", { domain: "h7.example.co.uk" }));
  },

  "a cookie that the program set for no host is looked up": (size) => {
    const { jar } = jarOf(size, "a=1");
    jar.set("a", "2").bind("https://h7.example.co.uk/");
    return times(() => jar.get("a", { domain: "" }));
  },

  "the size is asked for while one expires": (size) => {
    const { jar, pass } = jarOf(size, "a=1");
    return times(() => {
      pass();
      return jar.size;
    });
  },

  "a full domain gets another cookie while one expires": (size) => {
    const { jar, pass } = jarOf(size, "a=1", { maxCookiesPerDomain: 20 });
    return times((time) => {
      pass();
      for (let at = 0; at < 21; at++) jar.setCookie(`n${time}-${at}=1; Path=/`, "https://full.example.com/");
    });
  },

  "a full jar gets another cookie": (size) => {
    const { jar } = jarOf(size, "a=1", { maxCookies: size });
    return {
      times: size,
      run: () => {
        for (let at = 0; at < size; at++) jar.setCookie("a=1; Path=/", `https://later${at}.example.com/`);
      },
    };
  },

  "an insecure cookie is set below the same domain": (size) => {
    const { jar } = jarOf(size, "a=1; Secure");
    return times((time) => jar.setCookie("a=1; Path=/", `http://other${time}.example.co.uk/`));
  },

  "an insecure cookie is set for the domain above": (size) => {
    const { jar } = jarOf(size, "a=1; Secure");
    return times((time) =>
      jar.setCookie(`n${time % 3}=1; Path=/; Domain=example.co.uk`, "http://other.example.co.uk/"),
    );
  },

  "a cookie is prolonged": (size) => {
    const { jar, pass } = jarOf(1, "a=1");
    const prolong = (): unknown => jar.setCookie("b=1; Path=/; Max-Age=100000", "https://one.example.com/");
    for (let at = 0; at < size; at++) {
      pass();
      prolong();
    }
    return times(() => {
      pass();
      prolong();
      return jar.size;
    });
  },

  "headers are made of pairs": withFields((pairs) => new HeaderMap(pairs)),
  "headers are made of a record": withFields((pairs) => new HeaderMap(Object.fromEntries(pairs))),
  "headers are made of headers": withFields((_pairs, map) => new HeaderMap(map)),
  "headers are set one by one": withFields((pairs) => {
    const map = new HeaderMap();
    for (const [name, value] of pairs) map.set(name, value);
  }),
  "headers are set again": withFields((pairs, map) => {
    for (const [name] of pairs) map.set(name, "again");
  }),
  "headers of one name are added": withFields((pairs) => {
    const map = new HeaderMap();
    for (const [, value] of pairs) map.append("Via", value);
    return map.get("via");
  }),
  "a header is set to a list": withFields((pairs) => {
    const map = new HeaderMap({ Via: "first", Accept: "*/*" });
    map.set(
      "Via",
      pairs.map(([, value]) => value),
    );
  }),
  "headers are looked up": withFields((pairs, map) => {
    for (const [name] of pairs) if (!map.has(name) || map.get(name) === null) throw new Error(name);
  }),
  "received headers are looked up": withFields((pairs) => {
    const map = HeaderMap.fromWire(pairs.flat());
    for (const [name] of pairs) map.getAll(name);
  }),
  "headers are deleted one by one": withFields((pairs, map) => {
    for (const [name] of pairs) map.delete(name);
  }),
  "headers are walked over": withFields((_pairs, map) => [
    [...map.keys()],
    [...map],
    map.toObject(),
    JSON.stringify(map),
    map.toWire(),
    map.repeated,
  ]),
  "headers are compared": withFields((pairs, map) => map.equals(new HeaderMap(pairs.toReversed()))),
  "headers are prepared to be sent": withFields((pairs) => {
    const session = new Session({ trustEnv: false, headers: new HeaderMap(pairs) });
    return session.prepareRequest(
      new Request("GET", "http://a.test/", { headers: Object.fromEntries(pairs) }),
    );
  }),

  "headers are sent": async (size) => {
    const server = await holding();
    const session = new Session({ trustEnv: false, headers: new HeaderMap(fields(size)) });
    return {
      times: size,
      run: async () => {
        const call = session.get(`http://127.0.0.1:${server.port}/`);
        await until(() => server.asked() > 0);
        server.answer();
        await call;
      },
      end: async () => {
        await session.close();
        server.end();
      },
    };
  },

  "a redirect is followed": (size) => {
    const session = new Session({ trustEnv: false, maxRedirects: size });
    let hop = 0;
    session.mount("http://", {
      send: () => {
        const isLast = hop++ === size;
        return Promise.resolve(
          wireResponse(isLast ? { status: 200 } : { status: 302, headers: { Location: `/${hop}` } }),
        );
      },
      close: () => Promise.resolve(),
    });
    return { times: size, run: () => session.get("http://a.test/") };
  },

  "an adapter is mounted": (size) => {
    const session = new Session({ trustEnv: false });
    const adapter = session.getAdapter("http://a.test/");
    return {
      times: size,
      run: () => {
        for (let at = 0; at < size; at++) session.mount(`http://h${at}.test/`, adapter);
      },
    };
  },

  "a URL finds its adapter": (size) => {
    const session = new Session({ trustEnv: false });
    const adapter = session.getAdapter("http://a.test/");
    for (let at = 0; at < size; at++) {
      session.mount(`http://h${at}.test/`, adapter);
      session.mount(`http://one.test/path/${at}`, adapter);
    }
    return times((time) =>
      session.getAdapter(time % 2 === 0 ? "http://one.test/path/7/x" : "http://two.test/"),
    );
  },
};
