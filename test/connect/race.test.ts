/** Several addresses of one name, raced (RFC 8305): attempt by attempt with sockets that do as they are told, and on every way. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { Socket, type LookupFunction } from "node:net";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

import type { Verify } from "../../src/core/adapter.ts";
import { ConnectionError, ConnectTimeout, ProxyError, type RequestException } from "../../src/core/errors.ts";
import { AllAddressesFailed } from "../../src/connect/failures.ts";
import { Race } from "../../src/connect/race.ts";
import { HttpAdapter } from "../../src/transport/http-adapter.ts";
import { Authority, type KeyPair } from "../support/certificates.ts";
import { deafServer } from "../support/deaf-server.ts";
import { exchange, rejection, throughProxy, type Overrides } from "../support/messages.ts";
import { answering, ok, scriptedServer, tunnelling, type Script } from "../support/scripted-server.ts";

/** A race over sockets that connect when the test says so. */
class Trial {
  readonly sockets: Socket[] = [];
  readonly #race: Race<{ readonly socket: Socket }>;
  outcome: unknown = "open";

  constructor(addresses: number, begin: (socket: Socket) => void = () => undefined) {
    const names = Array.from({ length: addresses }, (_, at) => `192.0.2.${at + 1}`);
    this.#race = new Race(names, () => {
      const socket = new Socket();
      socket.on("error", () => undefined);
      this.sockets.push(socket);
      begin(socket);
      return { socket };
    });
  }

  start(): this {
    this.#race.run().then(
      ({ socket }) => (this.outcome = this.sockets.indexOf(socket)),
      (error: unknown) => (this.outcome = error),
    );
    return this;
  }

  get standing(): string {
    return this.#race.standing;
  }

  cancel(): void {
    this.#race.cancel();
  }

  async connect(at: number): Promise<void> {
    this.sockets[at]?.emit("connect");
    await settled();
  }

  async fail(at: number, code: string): Promise<void> {
    this.sockets[at]?.destroy(Object.assign(new Error(`connect ${code}`), { code }));
    await settled();
  }

  /** Which sockets have been ended. */
  get ended(): boolean[] {
    return this.sockets.map(({ destroyed }) => destroyed);
  }
}

/** What was told by an event has been heard. */
async function settled(): Promise<void> {
  for (let turns = 0; turns < 5; turns++) await new Promise((resolve) => process.nextTick(resolve));
}

describe("a race", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
  afterEach(() => void vi.useRealTimers());

  it("begins an attempt every 250 ms, and gives none up for it", () => {
    const trial = new Trial(4).start();
    const begun = [0, 249, 1, 250, 250, 10_000].map((ms) => {
      vi.advanceTimersByTime(ms);
      return trial.sockets.length;
    });
    expect(begun).toEqual([1, 1, 2, 3, 4, 4]);
    expect(trial.ended).toEqual([false, false, false, false]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("begins the next attempt at once when one fails, and the one after it 250 ms later", async () => {
    const trial = new Trial(3).start();
    vi.advanceTimersByTime(100);
    await trial.fail(0, "ECONNREFUSED");
    expect(trial.sockets).toHaveLength(2);
    vi.advanceTimersByTime(249);
    expect(trial.sockets).toHaveLength(2);
    vi.advanceTimersByTime(1);
    expect(trial.sockets).toHaveLength(3);
  });

  it.for([0, 1, 2])("keeps the one that connects first, and ends the others: %i", async (winner) => {
    const trial = new Trial(5).start();
    vi.advanceTimersByTime(500);
    const before = trial.sockets[winner]?.eventNames();
    await trial.connect(winner);
    expect(trial.outcome).toBe(winner);
    expect(trial.ended).toEqual([0, 1, 2].map((at) => at !== winner));
    // Nothing begins any more, and nothing of it is left.
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(10_000);
    expect(trial.sockets).toHaveLength(3);
    expect(before).toContain("close");
    expect(trial.sockets[winner]?.eventNames()).toEqual(
      new Socket().on("error", () => undefined).eventNames(),
    );
    expect(trial.sockets[winner]?.listenerCount("error")).toBe(1);
  });

  it("is won by the last that is left, however late", async () => {
    const trial = new Trial(3).start();
    vi.advanceTimersByTime(600);
    await trial.fail(2, "ECONNREFUSED");
    await trial.fail(0, "EHOSTUNREACH");
    vi.advanceTimersByTime(60_000);
    expect(trial.outcome).toBe("open");
    await trial.connect(1);
    expect(trial.outcome).toBe(1);
  });

  it("is not won by who connects in the same turn as another, only later", async () => {
    const trial = new Trial(2).start();
    vi.advanceTimersByTime(300);
    trial.sockets[1]?.emit("connect");
    trial.sockets[0]?.emit("connect");
    await settled();
    expect(trial.outcome).toBe(1);
    expect(trial.ended).toEqual([true, false]);
  });

  it("in which all fail is one error that names each address and its reason", async () => {
    const trial = new Trial(3).start();
    await trial.fail(0, "ECONNREFUSED");
    const second = trial.sockets[1] as Socket;
    second.destroy();
    await once(second, "close");
    expect(trial.sockets).toHaveLength(3);
    expect(trial.outcome).toBe("open");
    await trial.fail(2, "EHOSTUNREACH");
    expect(trial.outcome).toBeInstanceOf(AllAddressesFailed);
    expect(trial.outcome).toMatchObject({
      code: "ECONNREFUSED",
      message:
        "192.0.2.1: connect ECONNREFUSED, 192.0.2.2: the connection was closed, 192.0.2.3: connect EHOSTUNREACH",
      errors: [{ code: "ECONNREFUSED" }, { message: "the connection was closed" }, { code: "EHOSTUNREACH" }],
    });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("goes on when an attempt cannot even begin", async () => {
    let calls = 0;
    const trial = new Trial(2, () => {
      if (calls++ === 0) throw new Error("no such local address");
    }).start();
    await trial.connect(1);
    expect(trial.outcome).toBe(1);
  });

  it("that is given up ends all attempts and begins none", async () => {
    const trial = new Trial(4).start();
    vi.advanceTimersByTime(300);
    trial.cancel();
    expect(trial.ended).toEqual([true, true]);
    vi.advanceTimersByTime(10_000);
    await settled();
    expect(trial.sockets).toHaveLength(2);
    expect(trial.outcome).toBe("open");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("tells how it stands", async () => {
    const trial = new Trial(3).start();
    vi.advanceTimersByTime(300);
    await trial.fail(1, "ECONNREFUSED");
    expect(trial.standing).toBe(
      "192.0.2.2: connect ECONNREFUSED, 192.0.2.1 does not answer, 192.0.2.3 does not answer",
    );
  });
});

/** Connections on loopback to more than one address: only Linux and Windows have all of 127/8. */
describe.skipIf(process.platform === "darwin").concurrent("a name of two addresses, on every way", () => {
  const SLOW = "127.0.0.2";
  const BROKEN = "127.0.0.3";
  let verify: Verify;
  let leaf: KeyPair;

  beforeAll(async () => {
    const authority = await Authority.create();
    leaf = await authority.issue({ names: ["a.test", "proxy.test"] });
    verify = { kind: "pem", pem: authority.pem };
  });

  /** A SOCKS server that connects nobody, and answers itself. */
  const socks: Script = async (connection) => {
    await connection.take(3);
    connection.write("\x05\x00");
    await connection.take(10);
    connection.write("\x05\x00\x00\x01\0\0\0\0\0\0");
    await connection.request();
    connection.write(ok("slow"));
  };

  /** What stands behind the slow address, and the options that lead there. */
  interface Way {
    readonly script: Script;
    readonly isTls?: boolean;
    readonly url: (door: number, inner: number) => string;
    readonly options: (door: number) => Overrides;
  }
  const ways: Readonly<Record<string, Way>> = {
    http: { script: answering(ok("slow")), url: (door) => `http://a.test:${door}/`, options: () => ({}) },
    https: {
      script: answering(ok("slow")),
      isTls: true,
      url: (door) => `https://a.test:${door}/`,
      options: () => ({ verify }),
    },
    "a proxy that forwards": {
      script: answering(ok("slow")),
      url: () => "http://server.invalid/",
      options: (door) => throughProxy(`http://proxy.test:${door}`),
    },
    "a tunnel": {
      script: tunnelling,
      url: (_, inner) => `https://a.test:${inner}/`,
      options: (door) => ({ ...throughProxy(`http://proxy.test:${door}`), verify }),
    },
    "a tunnel through a proxy of TLS": {
      script: tunnelling,
      isTls: true,
      url: (_, inner) => `https://a.test:${inner}/`,
      options: (door) => ({ ...throughProxy(`https://proxy.test:${door}`), verify }),
    },
    SOCKS: {
      script: socks,
      url: () => "http://192.0.2.1/",
      options: (door) => throughProxy(`socks5h://proxy.test:${door}`),
    },
  };

  it.for(Object.keys(ways))(
    "%s: is reached though one needs longer than 250 ms and the other refuses",
    async (name, { expect }) => {
      const way = ways[name] as Way; // one of its keys
      await using server = await scriptedServer(way.script, way.isTls === true ? leaf : null);
      await using inner = await scriptedServer(answering(ok("slow")), leaf);
      await using door = await deafServer({ host: SLOW, port: 0, leadsTo: server.port });
      const names: string[] = [];
      const lookup: LookupFunction = (name, ...rest) => {
        names.push(name);
        leadingTo(SLOW, BROKEN)(name, ...rest);
      };
      const adapter = new HttpAdapter({ lookup });
      const answer = exchange(adapter, way.url(door.port, inner.port), way.options(door.port));
      setTimeout(() => door.open(), 400);
      expect((await answer).text).toBe("slow");
      // One connection came of it, and one question.
      expect(server.connections).toHaveLength(1);
      expect(names).toHaveLength(1);
      expect(adapter.stats).toMatchObject([{ open: 1 }]);
      await adapter.close();
    },
  );

  it.for([
    ["http", "http://a.test", {}, ConnectionError],
    ["https", "https://a.test", {}, ConnectionError],
    ["a proxy that forwards", "http://b.test", throughProxy("http://a.test:9"), ProxyError],
    ["a tunnel", "https://b.test", throughProxy("http://a.test:9"), ProxyError],
    ["a tunnel through a proxy of TLS", "https://b.test", throughProxy("https://a.test:9"), ProxyError],
    ["SOCKS", "http://b.test", throughProxy("socks5://a.test:9"), ProxyError],
  ] as const)("%s: an error names each address that failed", async ([, url, options, Kind], { expect }) => {
    const adapter = new HttpAdapter({ lookup: leadingTo(SLOW, BROKEN) });
    const error = await rejection(exchange(adapter, `${url}:9/`, options));
    expect(error).toBeInstanceOf(Kind);
    expect((error as RequestException).message).toContain(
      `a.test: connect ECONNREFUSED ${SLOW}:9, connect ECONNREFUSED ${BROKEN}:9`,
    );
    expect(error).toMatchObject({ phase: "connect", cause: { code: "ECONNREFUSED" } });
    await adapter.close();
  });

  it("is given up at the connect timeout, which tells how far each of them came", async ({ expect }) => {
    await using door = await deafServer({ host: SLOW, port: 0 });
    const adapter = new HttpAdapter({ lookup: leadingTo(SLOW, BROKEN) });
    const error = await rejection(exchange(adapter, `https://a.test:${door.port}/`, { connectMs: 350 }));
    expect(error).toBeInstanceOf(ConnectTimeout);
    expect((error as RequestException).message).toContain(
      `connect timeout after 350 ms: connect ECONNREFUSED ${BROKEN}:${door.port}, ${SLOW} does not answer`,
    );
    await adapter.close();
  });
});

describe.skipIf(process.platform === "darwin")("what a race leaves behind", () => {
  /** All sockets of this process that connect while `work` runs. */
  async function madeDuring(work: () => Promise<unknown>): Promise<Socket[]> {
    const made: Socket[] = [];
    const note = (message: unknown): void => void made.push((message as { readonly socket: Socket }).socket);
    subscribe("net.client.socket", note);
    try {
      await work();
    } finally {
      unsubscribe("net.client.socket", note);
    }
    return made;
  }

  it.for(["http", "https"] as const)("%s: the winner, and no other socket", async (scheme) => {
    const authority = await Authority.create();
    const verify: Verify = { kind: "pem", pem: authority.pem };
    const leaf = scheme === "https" ? await authority.issue({ names: ["a.test"] }) : null;
    await using server = await scriptedServer(answering(ok()), leaf);
    await using _ = await deafServer({ host: "127.0.0.2", port: server.port });
    await using __ = await deafServer({ host: "127.0.0.3", port: server.port });
    const adapter = new HttpAdapter({ lookup: leadingTo("127.0.0.2", "127.0.0.3", "127.0.0.1") });
    const url = `${scheme}://a.test:${server.port}/`;
    const made = await madeDuring(() => exchange(adapter, url, { verify }));
    expect(made.map(({ destroyed }) => destroyed)).toEqual([true, true, false]);
    expect(server.connections).toHaveLength(1);
    await adapter.close();
    expect(made.every(({ destroyed }) => destroyed)).toBe(true);
  });

  it.for(["an abort", "close()"] as const)("nothing after %s", async (end) => {
    await using door = await deafServer({ host: "127.0.0.2", port: 0 });
    await using _ = await deafServer({ host: "127.0.0.3", port: door.port });
    const adapter = new HttpAdapter({ lookup: leadingTo("127.0.0.2", "127.0.0.3", "127.0.0.4") });
    const controller = new AbortController();
    const made = await madeDuring(async () => {
      setTimeout(() => (end === "an abort" ? controller.abort() : void adapter.close()), 300);
      const { signal } = controller;
      await rejection(exchange(adapter, `http://a.test:${door.port}/`, { signal }));
      await new Promise((resolve) => setTimeout(resolve, 300));
    });
    expect(made.map(({ destroyed }) => destroyed)).toEqual([true, true]);
    await adapter.close();
  });
});

describe("a name that is still asked for", () => {
  it("leads nowhere when the request is given up meanwhile", async () => {
    await using server = await scriptedServer(answering(ok()));
    let answer = (): void => undefined;
    const adapter = new HttpAdapter({
      lookup: (...asked) => {
        answer = () => leadingTo("127.0.0.1", "127.0.0.1")(...asked);
      },
    });
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    const { signal } = controller;
    await rejection(exchange(adapter, `http://a.test:${server.port}/`, { signal }));
    answer();
    // Longer than until the next attempt would begin.
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(server.connections).toHaveLength(0);
    await adapter.close();
  });
});

/** Every name leads to these, in this order. */
function leadingTo(...addresses: readonly string[]): LookupFunction {
  return (_name, options, callback) => {
    const all = addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
    if (options.all === true) callback(null, all);
    else callback(null, all[0]?.address ?? "", all[0]?.family);
  };
}
