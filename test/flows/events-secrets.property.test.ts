/** Nothing that a program may print of what it is told shows a secret, wherever the secret stands. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { HttpBasicAuth, HttpBearerAuth, HttpDigestAuth, Retry, Session, type Auth } from "../../src/index.ts";
import { EVENT_NAMES } from "../../src/events/session-events.ts";
import { Heard } from "../support/heard.ts";
import type { TestOrigin } from "../support/origins.ts";
import { answering, scriptedServer, type ScriptedServer } from "../support/scripted-server.ts";
import { cookieSecret, expectHidden, expectTold, indiscreet, type Secret } from "../support/secrets.ts";
import { runs } from "../support/size.ts";

const RUNS = { numRuns: runs(40) };
const PATHS = ["/hop", "/loop", "/error", "/challenge", "/text", "/short", "/gzip", "/next"] as const;

let origin: TestOrigin;
let refusing: ScriptedServer;

beforeAll(async () => {
  origin = await indiscreet();
  refusing = await scriptedServer(answering("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"));
});

afterAll(async () => {
  await origin[Symbol.asyncDispose]();
  await refusing[Symbol.asyncDispose]();
});

const auths: Readonly<Record<string, (secret: string) => Auth>> = {
  Basic: (secret) => new HttpBasicAuth("ann", secret),
  Bearer: (secret) => new HttpBearerAuth(secret.replace(/[^\w.~+/-]/g, "~")),
  Digest: (secret) => new HttpDigestAuth("ann", secret),
};

/** Everything that was told. */
function recordsOf(heard: Heard): readonly unknown[] {
  return EVENT_NAMES.flatMap((name): unknown[] => heard.of(name));
}

async function call(session: Session, path: string, { text }: Secret): Promise<void> {
  const quoted = encodeURIComponent(text);
  const url = `${origin.url.replace("://", `://me:${quoted}@`)}${path}?token=${quoted}#access_token=${quoted}`;
  const options = {
    headers: { "X-Token": text, "X-Api-Key": text },
    cookies: { sid: quoted },
    json: { password: text },
  };
  await session.post(url, options).catch((error: unknown) => error);
}

describe("a secret", () => {
  it.for(PATHS)("is in no record of %s, printed or as JSON", async (path) => {
    await fc.assert(
      fc.asyncProperty(cookieSecret, fc.constantFrom(...Object.keys(auths)), async (secret, kind) => {
        const auth = auths[kind]?.(secret.text) ?? null;
        const retry = new Retry({ total: 1, backoffFactor: 0, statusForcelist: [503], allowedMethods: null });
        await using session = new Session({ trustEnv: false, auth, retry, maxRedirects: 2, timeout: 8000 });
        using heard = new Heard(session);
        using _ = session.events.keepBodies(100_000);
        await call(session, path, secret);
        await heard.settled();
        const records = recordsOf(heard);
        expectHidden(
          secret,
          ...records,
          ...heard.of("message").map(({ timings, connection }) => [timings, connection]),
        );
        for (const record of records) expectHidden(secret, { ...(record as object) });
        // Who asks for them gets them.
        const [message] = heard.of("message");
        expectTold(
          secret,
          decodeURIComponent(message?.request.url ?? ""),
          message?.sent?.headers.get("x-token") ?? "",
        );
        expect(message?.requestBody?.bytes.byteLength).toBe(message?.sentBytes);
      }),
      RUNS,
    );
  });

  it("of a proxy is in no record of a message or a connection, also when the proxy refuses", async () => {
    await fc.assert(
      fc.asyncProperty(cookieSecret, async (secret) => {
        const quoted = encodeURIComponent(secret.text);
        const proxy = refusing.url.replace("://", `://me:${quoted}@`);
        await using session = new Session({ trustEnv: false, proxy, timeout: 8000 });
        using heard = new Heard(session);
        for (const url of ["https://server.test/", "http://server.test/"])
          await session.get(url).catch((error: unknown) => error);
        await heard.settled();
        expect(heard.of("connection").map(({ kind }) => kind)).toEqual(["failed", "opened"]);
        expectHidden(secret, ...recordsOf(heard));
      }),
      RUNS,
    );
  });

  it("in a call that cannot be prepared is in no record", async () => {
    await fc.assert(
      fc.asyncProperty(cookieSecret, async (secret) => {
        const quoted = encodeURIComponent(secret.text);
        await using session = new Session({ trustEnv: false });
        using heard = new Heard(session);
        for (const [method, url, options] of [
          ["GET", `http://me:${quoted}@/?token=${quoted}`, {}],
          ["GET", `nowhere://me:${quoted}@h.test/?token=${quoted}`, {}],
          ["GET", `http://h.test:99999/?token=${quoted}`, {}],
          [`https://me:${quoted}@h.test/?token=${quoted}`, "GET", {}],
          ["GET", `http://h.test/?token=${quoted}`, { headers: { Authorization: `a\n${secret.text}` } }],
        ] as const)
          await session.request(method, url, options).catch((error: unknown) => error);
        expect(heard.of("call").length).toBe(5);
        expectHidden(secret, ...recordsOf(heard));
      }),
      RUNS,
    );
  });
});
