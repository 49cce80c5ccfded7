/**
 * No error shows a secret: not in its message, its stack, its JSON, its causes, nor in whatever it is printed with. The
 * request and the response that an error carries have it, for whoever asks them.
 */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as sojourn from "../../src/index.ts";
import {
  CookieConflictError,
  CookieJar,
  HttpAdapter,
  HttpBasicAuth,
  HttpBearerAuth,
  HttpDigestAuth,
  InvalidJSONError,
  Request,
  RequestException,
  Retry,
  Session,
  type PreparedRequest,
  type RequestOptions,
} from "../../src/index.ts";
import { everywhere, failed, failures } from "../support/failing-calls.ts";
import { failureOf } from "../support/one-call.ts";
import { anySecret, expectHidden, expectTold, indiscreet, type Secret } from "../support/secrets.ts";
import { runs } from "../support/size.ts";

beforeEach(() => {
  for (const name of Object.keys(process.env))
    if (/(?:_proxy|_ca_bundle|^netrc)$/i.test(name)) vi.stubEnv(name, undefined);
});
afterEach(() => vi.unstubAllEnvs());

describe("an error", () => {
  it.for(failures)("does not show the secrets of its request: %s", async ([, Kind, failing]) => {
    await using origin = await indiscreet();
    await fc.assert(
      fc.asyncProperty(anySecret, async (secret) => {
        const quoted = encodeURIComponent(secret.text);
        const url = (path: string): string => origin.url.replace("://", `://u:${quoted}@`) + path;
        const error = await failing(secret, url, quoted);
        expect(error).toBeInstanceOf(Kind);
        if (!(error instanceof RequestException)) return;
        expectHidden(secret, error, error.attempts, error.toJSON(), { error });
        for (const { error: cause } of error.attempts) expectHidden(secret, cause);
        for (const part of [error.request, error.response]) if (part instanceof Object) whole(secret, part);
      }),
      { numRuns: runs(25) },
    );
  });

  it("of every class is among these", () => {
    const isClass = (one: unknown): one is typeof RequestException =>
      typeof one === "function" && one.prototype instanceof RequestException;
    // Those have tests of their own, or are made only as another one.
    const others = new Set<unknown>([CookieConflictError, InvalidJSONError]);
    const shown = new Set<unknown>(failures.map(([, Kind]) => Kind));
    const missing = Object.values(sojourn).filter(
      (one) => isClass(one) && !shown.has(one) && !others.has(one),
    );
    expect(missing).toEqual([]);
  });

  it("has a request that tells, when it is asked", async () => {
    await fc.assert(
      fc.asyncProperty(anySecret, async (secret) => {
        const error = await failed({}, (session) => session.get("http://127.0.0.1:1/", everywhere(secret)));
        const { request } = error as { readonly request: PreparedRequest }; // a ConnectionError
        expectTold(secret, request.url, String(request.headers.get("x-api-key")));
      }),
      { numRuns: runs(25) },
    );
  });

  it("about a URL with a password that nobody encoded does not show a part of it", async () => {
    await fc.assert(
      fc.asyncProperty(anySecret, async (secret) => {
        for (const url of [`http://u:${secret.text}@127.0.0.1:1/`, `http://u:${secret.text}@127.0.0.1:x/`]) {
          const error = await failed({}, (session) => session.get(url));
          expectHidden(secret, error);
          const proxied = await failed({}, (session) => session.get("http://a.test/", { proxy: url }));
          expectHidden(secret, proxied);
          expect(proxied).toBeInstanceOf(Error);
        }
      }),
    );
  });

  it("of a jar does not show values", () => {
    fc.assert(
      fc.property(anySecret, (secret) => {
        const jar = new CookieJar();
        const value = encodeURIComponent(secret.text);
        jar.set("sid", value, { domain: "a.test" });
        jar.set("sid", value, { domain: "b.test" });
        const error = thrownBy(() => jar.get("sid"));
        expect(error).toBeInstanceOf(CookieConflictError);
        expectHidden(
          secret,
          error,
          thrownBy(() => jar.set("sid", `${secret.text};`)),
        );
        expectHidden(
          secret,
          thrownBy(() => CookieJar.fromJSON({ version: 1, cookies: [{ name: 1, value }] })),
        );
      }),
    );
  });
});

/** Wrong values, in which a secret stands where it may well stand by mistake. */
const mistakes: readonly (readonly [name: string, make: (secret: string) => unknown])[] = [
  ["auth of one part", (secret) => new Session({ auth: [secret] as never })],
  ["auth of three parts", (secret) => new Session({ auth: ["u", secret, "x"] as never })],
  ["auth as text", (secret) => new Session({ auth: `u:${secret}` as never })],
  ["headers as text", (secret) => new Session({ headers: `Authorization: ${secret}` as never })],
  ["headers as a list", (secret) => new Session({ headers: [secret, secret] as never })],
  ["a header of another kind", (secret) => new Session({ headers: { Authorization: { secret } as never } })],
  ["a header with a line end", (secret) => new Session({ headers: { Authorization: `${secret}\r\n` } })],
  ["cookies as text", (secret) => new Session({ cookies: secret as never })],
  ["a cookie of another kind", (secret) => new Session({ cookies: { sid: [secret] as never } })],
  ["a passphrase without a certificate", (secret) => new Session({ cert: { passphrase: secret } as never })],
  [
    "a certificate of another kind",
    (secret) => new Session({ cert: { cert: { secret }, key: secret } as never }),
  ],
  ["proxies as a list", (secret) => new Session({ proxies: [`http://u:${secret}@h`] as never })],
  ["a proxy of another kind", (secret) => new Session({ proxies: { http: { url: secret } as never } })],
  ["a base URL without a scheme", (secret) => new Session({ baseUrl: `//u:${secret}@h/` })],
  ["a base URL that is malformed", (secret) => new Session({ baseUrl: `http://u:${secret}@h h/` })],
  ["a bearer with a blank", (secret) => new HttpBearerAuth(`${secret} `)],
  ["a bearer without refresh", (secret) => new HttpBearerAuth({ token: secret } as never)],
  ["a user name with a colon", (secret) => new HttpBasicAuth(`u:${secret}`, secret)],
  ["a password with a line end", (secret) => new HttpBasicAuth("u", `${secret}\n`)],
  ["a digest password with a line end", (secret) => new HttpDigestAuth("u", `${secret}\n`)],
  ["options of an adapter", (secret) => new HttpAdapter({ maxRetries: { secret } as never })],
  ["options of Retry", (secret) => new Retry({ total: [secret] as never })],
];

describe("a mistake in an argument", () => {
  it.for(mistakes)("is not told with its value: %s", ([, make]) => {
    fc.assert(
      fc.property(anySecret, (secret) =>
        expectHidden(
          secret,
          thrownBy(() => make(secret.text)),
        ),
      ),
    );
  });

  it("of a request is not told with its value", async () => {
    const wrong: readonly ((text: string) => RequestOptions)[] = [
      (text) => ({ auth: text as never }),
      (text) => ({ data: Symbol.for("x") as never, headers: { "X-Api-Key": text } }),
      (text) => ({ json: { password: text, wrong: 1n } }),
      (text) => ({ params: { token: { text } as never } }),
      (text) => ({ headers: { "X-Api-Key": `${text}\u0000` } }),
      (text) => ({ cookies: { sid: `${text};` } }),
      (text) => ({ files: { password: [1, text] as never } }),
    ];
    await fc.assert(
      fc.asyncProperty(anySecret, fc.constantFrom(...wrong), async (secret, options) => {
        await using session = new Session({ trustEnv: false });
        const request = new Request("POST", "http://127.0.0.1:1/", options(secret.text));
        expectHidden(
          secret,
          thrownBy(() => session.prepareRequest(request)),
        );
        expectHidden(secret, await failureOf(session.post(request.url, request.options)));
      }),
    );
  });
});

/** What hangs on an error prints itself just as safely. */
function whole(secret: Secret, part: object): void {
  if ("raiseForStatus" in part || "pathUrl" in part) expectHidden(secret, part);
}

function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
