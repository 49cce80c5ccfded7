/**
 * What a program's own code is handed on the way prints itself as safely as what it gets in the end: arguments of hooks and of
 * auth objects, interim responses, refusals of cookies, the answer of a proxy, what an adapter is asked to send. And objects
 * that hold several secrets.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  AuthByOrigin,
  HttpBasicAuth,
  HttpBearerAuth,
  HttpGuessAuth,
  HttpProxyDigestAuth,
  ProxyError,
  Retry,
  Session,
  toFetch,
  wireResponse,
  type ChallengeResponse,
  type HooksInit,
  type PreparedRequest,
  type RequestOptions,
} from "../../src/index.ts";
import { startOrigin, type TestOrigin } from "../support/origins.ts";
import { failureOf } from "../support/one-call.ts";
import { scriptedServer } from "../support/scripted-server.ts";
import { anySecret, expectHidden, expectTold, type Secret } from "../support/secrets.ts";
import { runs } from "../support/size.ts";

const RUNS = { numRuns: runs(40) };

/** Early hints, an error, a redirect, a challenge, an answer: with the request's token everywhere. */
function talkative(): Promise<TestOrigin> {
  let count = 0;
  return startOrigin((request, response) => {
    const token = String(request.headers["x-token"] ?? "");
    const quoted = encodeURIComponent(token);
    const body = JSON.stringify({ access_token: token });
    const headers = {
      "Content-Type": "application/json",
      "Set-Cookie": [
        `sid=${quoted}; Path=/`,
        `bad=${quoted}; Domain=other.test`,
        `${"x".repeat(5000)}=${quoted}`,
      ],
      "X-Auth-Token": token,
      Location: `/next?token=${quoted}`,
      "WWW-Authenticate": 'Digest realm="r", nonce="n", qop="auth"',
    };
    response.writeEarlyHints({ link: `</style.css?token=${quoted}>; rel=preload`, "x-auth-token": token });
    if (request.url.startsWith("/next")) response.writeHead(200, headers).end(body);
    else response.writeHead([503, 302, 401][count++ % 3] ?? 200, headers).end(body);
  });
}

describe("what hooks are handed", () => {
  it("does not show the secrets of request and response", async () => {
    await using origin = await talkative();
    await fc.assert(
      fc.asyncProperty(anySecret, async (secret) => {
        const seen = new Map<string, unknown[]>();
        const see =
          (event: string) =>
          (...args: unknown[]): void =>
            void seen.set(event, [...(seen.get(event) ?? []), ...args]);
        const events = [
          "request",
          "response",
          "redirect",
          "retry",
          "error",
          "informational",
          "cookieRefused",
        ] as const;
        const hooks: HooksInit = Object.fromEntries(events.map((event) => [event, see(event)]));
        await using session = new Session({
          trustEnv: false,
          hooks,
          retry: new Retry({ total: 1, statusForcelist: [503], budget: null }),
        });
        const quoted = encodeURIComponent(secret.text);
        const options: RequestOptions = {
          headers: { "X-Token": secret.text },
          params: { token: secret.text },
          data: { password: secret.text },
          auth: {
            apply: see("apply"),
            onChallenge: (response: ChallengeResponse) => (see("challenge")(response), false),
            onResponse: see("answer"),
          },
        };
        for (let round = 0; round < 3; round++)
          await session.post(`${origin.url.replace("://", `://u:${quoted}@`)}/`, options);
        await failureOf(
          session.get(`http://u:${quoted}@127.0.0.1:1/?token=${quoted}`, {
            headers: { "X-Token": secret.text },
          }),
        );
        expect([...seen.keys()].sort()).toEqual([...events, "answer", "apply", "challenge"].sort());
        for (const values of seen.values()) expectHidden(secret, ...values, values);
      }),
      RUNS,
    );
  });
});

describe("what an adapter is handed", () => {
  it("does not show the secrets of the request", async () => {
    await fc.assert(
      fc.asyncProperty(anySecret, async (secret) => {
        const sent: PreparedRequest[] = [];
        await using session = new Session({
          trustEnv: false,
          auth: ["user", secret.text],
          params: { token: secret.text },
        });
        session.mount("own://", {
          send: async (request) => {
            sent.push(request);
            return wireResponse({ status: 200, headers: { "X-Auth-Token": secret.text } });
          },
          close: async () => {},
        });
        const quoted = encodeURIComponent(secret.text);
        const response = await session.get(`own://u:${quoted}@a.test/?token=${quoted}`);
        expect(sent).toHaveLength(1);
        expectHidden(secret, sent, ...sent, response, session);
      }),
      RUNS,
    );
  });
});

describe("the answer of a proxy", () => {
  it("does not show its secrets, nor ours, in the error, and tells them to whoever asks", async () => {
    let token = "";
    await using proxy = await scriptedServer(async (connection) => {
      await connection.through("\r\n\r\n");
      const fields = `X-Auth-Token: ${token}\r\nSet-Cookie: sid=${encodeURIComponent(token)}`;
      connection.end(`HTTP/1.1 407 No\r\n${fields}\r\nContent-Length: 0\r\n\r\n`);
    });
    await fc.assert(
      fc.asyncProperty(anySecret, async (secret) => {
        token = secret.text;
        const proxyHeaders = { "Proxy-Authorization": secret.text, "X-Token": secret.text };
        await using session = new Session({ trustEnv: false, proxy: proxy.url, proxyHeaders });
        const error = await failureOf(session.get("https://a.test/"));
        expect(error).toBeInstanceOf(ProxyError);
        if (!(error instanceof ProxyError)) return;
        expectHidden(secret, error, error.headers, session);
        expectTold(secret, String(error.headers?.get("x-auth-token")));
      }),
      RUNS,
    );
  });
});

describe("an object with several secrets", () => {
  it.for([
    [
      "AuthByOrigin",
      ({ text }: Secret) =>
        new AuthByOrigin({ "https://a.test": ["user", text], "https://b.test": new HttpBearerAuth(text) }),
    ],
    ["HttpGuessAuth", ({ text }: Secret) => new HttpGuessAuth("user", text)],
    ["HttpProxyDigestAuth", ({ text }: Secret) => new HttpProxyDigestAuth("user", text)],
    [
      "a session with headers and credentials for proxies",
      ({ text }: Secret) =>
        new Session({
          proxyHeaders: { "Proxy-Authorization": `Basic ${text}`, "X-Token": text },
          proxyAuth: new HttpProxyDigestAuth("user", text),
        }),
    ],
    [
      "a session with scopes",
      ({ text }: Secret) =>
        new Session()
          .scope("https://a.test", {
            auth: ["user", text],
            headers: { "X-Api-Key": text },
            params: { token: text },
          })
          .scope("https://b.test/v2", { auth: new HttpBasicAuth("user", text) }),
    ],
    [
      "a session with a map of credentials",
      ({ text }: Secret) => new Session({ auth: new AuthByOrigin({ "https://a.test": ["user", text] }) }),
    ],
    [
      "fetch of a session",
      ({ text }: Secret) => toFetch(new Session({ auth: ["user", text], headers: { "X-Api-Key": text } })),
    ],
    [
      "the history of a Retry",
      ({ text }: Secret) => {
        const error = new Error("broke", { cause: new HttpBearerAuth(text) });
        return new Retry({ total: 3 }).increment("GET", { kind: "read", error })?.history;
      },
    ],
  ] as const)("is not printed: %s", ([, make]) => {
    fc.assert(fc.property(anySecret, (secret) => expectHidden(secret, make(secret))));
  });
});
