import type { LookupFunction } from "node:net";
import process from "node:process";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import {
  AppAdapter,
  ConnectTimeout,
  HttpAdapter,
  Session,
  type RequestOptions,
  type RetryPolicy,
} from "../../src/index.ts";
import { rejection } from "../support/messages.ts";
import { ok, scriptedServer, type ScriptedServer } from "../support/scripted-server.ts";

const unhandled: unknown[] = [];
const note = (error: unknown): void => void unhandled.push(error);

beforeEach(() => {
  unhandled.length = 0;
  process.on("unhandledRejection", note);
});

afterEach(() => {
  process.off("unhandledRejection", note);
});

const mine = new Error("mine, later");

/** What is asked for a plain function, and is an asynchronous one that fails. */
const later = async (): Promise<never> => {
  await Promise.resolve();
  throw mine;
};

/** The same, of a library with promises of its own. */
const thenable = (): unknown => ({
  // oxlint-disable-next-line unicorn/no-thenable
  then: (_resolve: unknown, reject?: (error: Error) => void) => reject?.(mine),
});

const throwing = (): never => {
  throw mine;
};

const callbacks: Readonly<Record<string, (function_: () => never) => RequestOptions>> = {
  addressPolicy: (policy) => ({ addressPolicy: policy }),
  onProgress: (onProgress) => ({ onProgress }),
  "onProgress of an upload": (onProgress) => ({ data: "text", onProgress }),
  "the informational hook": (informational) => ({ hooks: { informational } }),
  "a retry policy": (next) => ({ retry: { next } satisfies RetryPolicy }),
  detectEncoding: (detectEncoding) => ({ detectEncoding }),
  "a hook": (response) => ({ hooks: { response } }),
  auth: (auth) => ({ auth }),
  "a factory of a body": (data) => ({ data }),
};

const kinds = { "rejects later": later, "is a thenable that rejects": thenable, throws: throwing } as const;

function serving(): Promise<ScriptedServer> {
  return scriptedServer(async (connection) => {
    for (let request = await connection.request(); request !== null; request = await connection.request())
      connection.write(
        "HTTP/1.1 103 Early\r\nLink: a\r\n\r\nHTTP/1.1 503 Late\r\nContent-Length: 1\r\n\r\n\xe9",
      );
  });
}

function sessionWith(lookup: LookupFunction = toLoopback): Session {
  const session = new Session({ trustEnv: false, timeout: { connect: 300, read: 3000 } });
  session.mount("http://", new HttpAdapter({ lookup }));
  return session;
}

const toLoopback: LookupFunction = (_name, _options, tell) =>
  tell(null, [{ address: "127.0.0.1", family: 4 }]);

/** Errors that nobody handles are told a moment later. */
const moment = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10));

describe("a function of the caller's that is asynchronous where a plain one is asked for", () => {
  it.for(
    Object.keys(callbacks).flatMap((callback) =>
      (Object.keys(kinds) as (keyof typeof kinds)[]).map((kind) => [callback, kind] as const),
    ),
  )("is an error of the call, and of nobody else: %s %s", async ([callback, kind]) => {
    await using server = await serving();
    await using session = sessionWith();
    const options = (callbacks[callback] as (typeof callbacks)[string])(kinds[kind] as () => never); // keys of both
    const call = session.post(`http://name.test:${server.port}/`, { ...options, stream: false }).text();
    const outcome = await call.then(
      () => null,
      (error: unknown) => error,
    );
    await moment();
    expect(unhandled).toEqual([]);
    // A body may be whole before a listener that is late has failed.
    const mayAnswer = callback.startsWith("onProgress") && kind !== "throws";
    if (!mayAnswer) expect(outcome).toBeInstanceOf(Error);
  });

  it.for(["rejects later", "is a thenable that rejects"] as const)(
    "that %s fails no process: onProgress, with an app in this one",
    async (kind) => {
      await using session = new Session();
      session.mount("http://app.test", new AppAdapter(() => new Promise<Response>(() => {})));
      const onProgress = kinds[kind] as () => never;
      const error = await rejection(session.post("http://app.test/", { data: "text", onProgress }));
      expect(error).toBe(mine);
      await moment();
      expect(unhandled).toEqual([]);
    },
  );

  it("is an error of the call: a look-up that rejects", async () => {
    const lookup: unknown = later;
    await using session = sessionWith(lookup as LookupFunction);
    const error = (await rejection(session.get("http://name.test/"))) as Error;
    expect(error.message).toContain("mine, later");
    await moment();
    expect(unhandled).toEqual([]);
  });
});

/** Ways to answer, of a program's own look-up. */
const lookups: Readonly<
  Record<string, readonly [lookup: (...args: Parameters<LookupFunction>) => unknown, outcome: string]>
> = {
  throws: [throwing, "mine, later"],
  "resolves to an answer": [() => Promise.resolve("127.0.0.1"), "must call its callback"],
  "resolves when it has called back": [async (...args) => toLoopback(...args), "answered"],
  "resolves to nothing, and calls back later": [
    async (...args) => void setTimeout(() => toLoopback(...args), 20),
    "answered",
  ],
  "calls back twice": [
    (...args) => {
      toLoopback(...args);
      toLoopback(...args);
    },
    "answered",
  ],
  "calls back, and fails afterwards": [
    async (...args) => {
      toLoopback(...args);
      await later();
    },
    "answered",
  ],
  "calls back with an answer, then with an error": [
    (name, options, tell) => {
      toLoopback(name, options, tell);
      tell(mine, "");
    },
    "answered",
  ],
  "never calls back": [() => undefined, ConnectTimeout.name],
  "gives nothing": [(_name, _options, tell) => tell(null, []), "no address for name.test"],
  "gives what is no address": [(_name, _options, tell) => tell(null, "nowhere"), "no address for name.test"],
};

describe("a look-up of the caller's", () => {
  it.for(Object.keys(lookups))("that %s", async (name) => {
    const [lookup, outcome] = lookups[name] as (typeof lookups)[string]; // a key of it
    await using server = await scriptedServer(async (connection) => {
      await connection.request();
      connection.write(ok());
    });
    await using session = sessionWith(lookup);
    const call = session.get(`http://name.test:${server.port}/`);
    const seen = await call.then(
      () => "answered",
      (error: unknown) => `${(error as Error).name}: ${(error as Error).message}`,
    );
    await moment();
    expect([seen, unhandled]).toEqual([expect.stringContaining(outcome), []]);
  });
});
