/** No secret is in an explanation that somebody prints or logs, wherever it comes from; who asks for it by name gets it. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import {
  HttpBasicAuth,
  HttpBearerAuth,
  HttpProxyAuth,
  Response,
  Session,
  type ExplainOptions,
  type Explanation,
  type SessionOptions,
} from "../../src/index.ts";
import { oauth2RefreshToken } from "../../src/oauth2.ts";
import { anySecret, cookieSecret, expectHidden, expectTold, leaks, type Secret } from "../support/secrets.ts";
import { runs } from "../support/size.ts";
import { quietEnvironment } from "../support/explaining.ts";

const RUNS = { numRuns: runs(60) };
const environment = quietEnvironment();

/** Everything that a program may print of an explanation. */
function expectSilent(secret: Secret, why: Explanation): void {
  const { headers, params, cookies, auth, proxy, tls, settings, dropped, warnings, request } = why;
  expectHidden(
    secret,
    why,
    { why },
    [headers, params, cookies, auth, proxy, tls, settings, dropped, warnings],
    request,
  );
  expect(leaks(String(why), secret)).toEqual([]);
}

const quoted = ({ text }: Secret): string => encodeURIComponent(text);

describe("a secret in what is explained", () => {
  it.for<
    readonly [
      what: string,
      session: (secret: Secret) => SessionOptions,
      request: (secret: Secret) => ExplainOptions,
      url?: (secret: Secret) => string,
    ]
  >([
    ["a header", ({ text }) => ({ headers: { "X-Api-Key": text } }), () => ({})],
    [
      "a header that is beaten",
      ({ text }) => ({ headers: { Authorization: text } }),
      () => ({ auth: ["a", "b"] }),
    ],
    ["a parameter", () => ({}), ({ text }) => ({ params: { token: text } })],
    [
      "a parameter that is beaten",
      ({ text }) => ({ params: { token: text } }),
      () => ({ params: { token: "" } }),
    ],
    ["a password", ({ text }) => ({ auth: ["user", text] }), () => ({})],
    ["an auth object", ({ text }) => ({ auth: new HttpBasicAuth("user", text) }), () => ({})],
    ["a token", ({ text }) => ({ auth: new HttpBearerAuth(text) }), () => ({})],
    [
      "an access token",
      ({ text }) => ({
        auth: oauth2RefreshToken({
          tokenEndpoint: "https://b.test/",
          clientId: "me",
          refreshToken: text,
          accessToken: text,
        }),
      }),
      () => ({}),
    ],
    [
      "the URL",
      () => ({}),
      () => ({}),
      (secret) => `http://u:${quoted(secret)}@a.test/?key=${quoted(secret)}#token=${quoted(secret)}`,
    ],
    ["the base URL", (secret) => ({ baseUrl: `http://u:${quoted(secret)}@a.test/` }), () => ({}), () => "/x"],
    ["a proxy", (secret) => ({ proxy: `http://u:${quoted(secret)}@p.test` }), () => ({})],
    [
      "a proxy that is beaten",
      (secret) => ({ proxies: { http: `http://u:${quoted(secret)}@p.test` } }),
      () => ({ proxy: "http://q.test" }),
    ],
    [
      "a header for a proxy",
      ({ text }) => ({ auth: new HttpProxyAuth("u", text), proxy: "http://p.test" }),
      () => ({}),
    ],
    [
      "fields for a proxy",
      ({ text }) => ({ proxy: "http://p.test", proxyHeaders: { "X-Token": text } }),
      () => ({}),
    ],
    ["a passphrase", ({ text }) => ({ cert: { pfx: "/x.pfx", passphrase: text } }), () => ({})],
    ["a key", ({ text }) => ({ cert: ["/c.pem", `-----BEGIN KEY-----${text}`] }), () => ({})],
    ["a form", () => ({}), ({ text }) => ({ data: { password: text } })],
    ["text", () => ({}), ({ text }) => ({ data: text })],
    ["JSON", () => ({}), ({ text }) => ({ json: { password: text } })],
    ["a file", () => ({}), ({ text }) => ({ files: { f: text } })],
    ["an idempotency key", () => ({}), ({ text }) => ({ idempotencyKey: text })],
  ])("is not printed of %s", ([, session, request, url = () => "http://a.test/"]) => {
    fc.assert(
      fc.property(anySecret, (secret) => {
        const made = new Session({ trustEnv: false, ...session(secret) });
        const options = { method: "POST", ...request(secret) };
        expectSilent(secret, made.explain(url(secret), options));
        expectSilent(secret, made.explain("http://other.test/", { ...options, from: url(secret) }));
      }),
      RUNS,
    );
  });

  it("is not printed of cookies, sent or withheld", () => {
    fc.assert(
      fc.property(cookieSecret, (secret) => {
        const session = new Session({ trustEnv: false, cookies: { sid: secret.text } });
        session.cookies.set("far", secret.text, { domain: "www.a.test" });
        for (const cookies of [undefined, { own: secret.text }, false] as const)
          expectSilent(secret, session.explain("http://a.test/", { cookies }));
        expectSilent(
          secret,
          session.explain("http://a.test/", { headers: { Cookie: `own=${secret.text}` } }),
        );
      }),
      RUNS,
    );
  });

  it("is not printed of netrc and the environment", () => {
    vi.stubEnv("NETRC", join(environment.folder, "netrc"));
    fc.assert(
      fc.property(anySecret, (secret) => {
        writeFileSync(
          join(environment.folder, "netrc"),
          `machine a.test login u password ${JSON.stringify(secret.text)}\n`,
        );
        vi.stubEnv("http_proxy", `http://u:${quoted(secret)}@p.test`);
        const why = new Session().explain("http://a.test/");
        expectSilent(secret, why);
        expectTold(secret, String(why.reveal().headers.find(({ name }) => name === "Authorization")?.value));
        expect(JSON.stringify(why)).toContain(join(environment.folder, "netrc"));
      }),
      RUNS,
    );
  });

  it("is not printed of what a response had", () => {
    fc.assert(
      fc.property(anySecret, (secret) => {
        const session = new Session({
          trustEnv: false,
          auth: ["u", secret.text],
          headers: { "X-Api-Key": secret.text },
        });
        const { request } = session.explain(`http://a.test/?key=${quoted(secret)}`);
        const response = Response.from({ request, status: 302 });
        expectSilent(secret, session.explain("http://a.test/x", { from: response }));
      }),
      RUNS,
    );
  });

  it("is told to who asks for it", () => {
    fc.assert(
      fc.property(anySecret, cookieSecret, (secret, cookie) => {
        const session = new Session({
          trustEnv: false,
          cookies: { sid: cookie.text },
          params: { token: secret.text },
        });
        const options = {
          method: "POST",
          headers: { "X-Api-Key": secret.text },
          data: secret.text,
          auth: ["u", secret.text],
        } as const;
        const told = session.explain("http://a.test/", options).reveal();
        const valueOf = (name: string): string =>
          String(told.headers.find((header) => header.name === name)?.value);
        expectTold(
          secret,
          valueOf("X-Api-Key"),
          valueOf("Authorization").slice(6),
          told.params.map(({ value }) => value).join(),
        );
        expectTold(secret, String(told.settings.find(({ option }) => option === "data")?.value));
        expectTold(cookie, valueOf("Cookie"), String(told.cookies.sent[0]?.value));
      }),
      RUNS,
    );
  });

  it("has no length that is shown", () => {
    const texts = ["s", "a much longer secret"].map((text) => {
      const session = new Session({
        trustEnv: false,
        headers: { "X-Api-Key": text },
        cookies: { sid: text },
        auth: ["u", text],
      });
      return String(session.explain("http://a.test/", { params: { token: text } }));
    });
    expect(texts[0]).toBe(texts[1]);
  });
});
