/** The checks that every SDK goes through, over HTTP/1.1 and HTTP/2: what a session does must be in effect, on the server's side. */
import assert from "node:assert/strict";

import {
  HttpDigestAuth,
  Retry,
  Session,
  toFetch,
  type FetchDefaults,
  type SessionOptions,
} from "../../src/index.ts";
import { PASSWORD, USER, type FarSide, type Seen, type Trick } from "./far-side.ts";
import type { Check, Client, Ground, Setting, Subject } from "./subject.ts";

/** A session for these servers. */
export function openSession({ far, protocol }: Ground, options: SessionOptions = {}): Session<boolean> {
  return new Session({
    trustEnv: false,
    http2: protocol === "HTTP/2",
    ...(far.ca === null ? {} : { verify: far.ca }),
    ...options,
  });
}

/** Where the API is behind a trick. */
export const at = (far: FarSide, trick: Trick): string => `${far.url}/${trick}`;

/** The last request. */
export function last(far: FarSide): Seen {
  const one = far.seen.at(-1);
  assert.ok(one !== undefined, "nothing arrived");
  return one;
}

/** What it fails with. */
export async function faultOf(call: Promise<unknown>): Promise<unknown> {
  return await call.then(
    (value) => assert.fail(`it should fail, and gives ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
}

/** @throws when it takes too long. */
export async function soon<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error(`${what}: still waiting after 5 s`)), 5000);
  });
  return await Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Retries of POSTs, too. */
export const PATIENT: Retry = new Retry({ total: 2, statusForcelist: [503], allowedMethods: null });

/** The names, and what each does, of this SDK. */
export function sharedChecks(subject: Subject): Record<string, Check> {
  const { faults } = subject;
  const using_ = async (
    ground: Ground,
    options: SessionOptions,
    run: (open: (trick: Trick, more?: Partial<Setting>) => Client) => Promise<void>,
    defaults: FetchDefaults = {},
  ): Promise<void> => {
    await using session = openSession(ground, options);
    const fetch = toFetch(session, defaults);
    await run((trick, more) => subject.open({ fetch, url: at(ground.far, trick), ...more }));
  };
  const fails = (error: unknown, isRight: boolean): void =>
    assert.ok(isRight, `the SDK's error is another: ${shown(error)}`);

  return {
    "a call is answered, and its body comes whole, with its length": (ground) =>
      using_(ground, {}, async (open) => {
        assert.equal(await open("plain").call("hello"), "hello");
        const { method, headers, body } = last(ground.far);
        assert.deepEqual(
          [method, headers["content-length"], headers["transfer-encoding"]],
          ["POST", String(body.length), undefined],
        );
      }),

    "cookies are kept": (ground) =>
      using_(ground, {}, async (open) => {
        const client = open("plain");
        await client.call("one");
        await client.call("two");
        assert.deepEqual(
          ground.far.seen.map(({ headers }) => headers.cookie),
          [undefined, "visit=1"],
        );
      }),

    "the session's Retry sends again, the SDK's is off": (ground) =>
      using_(ground, { retry: PATIENT }, async (open) => {
        assert.equal(await open("flaky").call("again"), "again");
        sentTwice(ground.far);
      }),

    "a Retry that is used up is the SDK's status error": (ground) =>
      using_(ground, { retry: PATIENT }, async (open) => {
        const error = await faultOf(open("down").call("x"));
        assert.equal(ground.far.seen.length, 3);
        fails(error, faults.status(error, 503));
      }),

    ...(subject.retries
      ? {
          "the SDK's own retries send again, the session's are off": (ground: Ground) =>
            using_(ground, {}, async (open) => {
              assert.equal(await open("flaky", { retries: 1 }).call("again"), "again");
              sentTwice(ground.far);
            }),
        }
      : {}),

    "without retries 503 is the SDK's status error": (ground) =>
      using_(ground, {}, async (open) => {
        const error = await faultOf(open("flaky").call("x"));
        assert.equal(ground.far.seen.length, 1);
        fails(error, faults.status(error, 503));
      }),

    "the session's Digest takes the place of the SDK's Authorization": (ground) =>
      using_(ground, { auth: new HttpDigestAuth(USER, PASSWORD) }, async (open) => {
        assert.equal(await open("digest").call("signed"), "signed");
        const signed = last(ground.far);
        assert.match(signed.headers.authorization ?? "", /^Digest username="user"/);
        assert.equal(signed.body.toString().includes("signed"), true);
        assert.equal(await open("digest").call("again"), "again");
        // The nonce is used on: no second 401.
        assert.equal(ground.far.seen.length, 3);
      }),

    "the session's password takes the place of the SDK's Authorization": (ground) =>
      using_(ground, { auth: [USER, PASSWORD] }, async (open) => {
        await open("plain").call("x");
        assert.match(last(ground.far).headers.authorization ?? "", /^Basic /);
      }),

    "auth: false leaves the SDK's Authorization alone": (ground) =>
      using_(
        ground,
        { auth: [USER, PASSWORD] },
        async (open) => {
          await open("plain").call("x");
          assert.equal(last(ground.far).headers.authorization ?? null, subject.authorization);
        },
        { auth: false },
      ),

    "without auth of the session the SDK's Authorization goes out": (ground) =>
      using_(ground, {}, async (open) => {
        await open("plain").call("x");
        assert.equal(last(ground.far).headers.authorization ?? null, subject.authorization);
      }),

    "307 sends the POST again": (ground) =>
      using_(ground, {}, async (open) => {
        assert.equal(await open("moved307").call("moved"), "moved");
        const [first, second] = ground.far.seen;
        assert.deepEqual([second?.method, second?.trick, second?.body], ["POST", "plain", first?.body]);
      }),

    "302 makes a GET of a POST": (ground) =>
      using_(ground, {}, async (open) => {
        await open("moved302")
          .call("moved")
          .catch(() => undefined);
        const { method, trick, body, headers } = last(ground.far);
        assert.deepEqual(
          [method, trick, body.length, headers["content-type"]],
          ["GET", "plain", 0, undefined],
        );
      }),

    "secrets do not go to another origin, the body does": (ground) =>
      using_(ground, { headers: { "x-secret": "of the session" } }, async (open) => {
        await open("plain").call("x");
        assert.equal(await open("away").call("elsewhere"), "elsewhere");
        const { port, headers } = last(ground.far);
        assert.equal(port, ground.far.otherPort);
        assert.deepEqual(
          [headers.authorization, headers.cookie, headers["x-secret"], headers["x-api-key"]],
          [undefined, undefined, undefined, undefined],
        );
      }),

    "422 is the SDK's status error, with its body": (ground) =>
      using_(ground, {}, async (open) => {
        const error = await faultOf(open("refused").call("x"));
        fails(error, faults.status(error, 422) && faults.body(error));
      }),

    "a refused connection is the SDK's connection error": (ground) =>
      using_(ground, {}, async (open) => {
        const error = await faultOf(open("plain", { url: "http://127.0.0.1:9/plain" }).call("x"));
        fails(error, faults.connection(error));
      }),

    ...(subject.tellsBrokenBodies
      ? {
          "a body that breaks off is an error": (ground: Ground) =>
            using_(ground, {}, async (open) => {
              await faultOf(soon(open("cut").call("x"), "the body that broke off"));
            }),
        }
      : {}),

    "the session's read timeout is an error of the SDK, and ends the request": (ground) =>
      using_(ground, { timeout: { read: 200 } }, async (open) => {
        const error = await faultOf(soon(open("silent").call("x"), "the read timeout"));
        fails(error, faults.connection(error) || faults.timeout(error));
        await soon(last(ground.far).givenUp, "the server");
      }),

    ...(subject.timeouts
      ? {
          "the SDK's timeout is its timeout error, and ends the request": (ground: Ground) =>
            using_(ground, {}, async (open) => {
              const error = await faultOf(
                soon(open("silent", { timeout: 200 }).call("x"), "the SDK's timeout"),
              );
              fails(error, faults.timeout(error));
              await soon(last(ground.far).givenUp, "the server");
            }),
        }
      : {}),

    "an abort is the SDK's abort error, and ends the request": (ground) =>
      using_(ground, {}, async (open) => {
        const controller = new AbortController();
        const call = faultOf(open("silent").call("x", controller.signal));
        await arrived(ground.far);
        controller.abort();
        const error = await soon(call, "the abort");
        fails(error, faults.abort(error));
        await soon(last(ground.far).givenUp, "the server");
      }),

    "forty calls at a time have each their own answer": (ground) =>
      using_(ground, {}, async (open) => {
        const client = open("plain");
        const texts = Array.from({ length: 40 }, (_, index) => `text ${index} ${"x".repeat(index * 50)}`);
        assert.deepEqual(await Promise.all(texts.map((text) => client.call(text))), texts);
        if (ground.protocol === "HTTP/2") assert.equal(ground.far.connections, 1);
      }),
  };
}

function sentTwice({ seen }: FarSide): void {
  assert.equal(seen.length, 2);
  assert.ok((seen[0]?.body.length ?? 0) > 0);
  assert.deepEqual(seen[1]?.body, seen[0]?.body);
}

async function arrived(far: FarSide): Promise<void> {
  for (let tries = 0; far.seen.length === 0 && tries < 500; tries++)
    await new Promise((later) => setTimeout(later, 10));
}

function shown(error: unknown): string {
  if (!(error instanceof Error)) return JSON.stringify(error);
  const { name, message, cause, constructor } = error;
  return `${constructor.name}/${name}: ${message}${cause === undefined ? "" : ` <- ${shown(cause)}`}`;
}
