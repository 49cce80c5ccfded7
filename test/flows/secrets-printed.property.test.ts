/**
 * Nothing that a program may print by accident shows a secret, wherever the secret stands: `util.inspect`, `JSON.stringify`,
 * `String()`, messages, stacks, causes, and `dump()`.
 *
 * What is asked for by name gives it: `headers.get()`, `cookies.get()`, `request.body`, `dump()` with `secrets: "show"`. So
 * does `JSON.stringify(jar)`, which is how a jar is kept, and what one gets by taking a jar apart into its cookies. An
 * adapter of one's own gets settings as plain data, with all that is in them.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  AppAdapter,
  CookieJar,
  dump,
  HeaderMap,
  HttpAdapter,
  HttpBasicAuth,
  HttpBearerAuth,
  HttpDigestAuth,
  HttpProxyAuth,
  PreparedRequest,
  Request,
  Retry,
  Session,
  type AnyResponse,
} from "../../src/index.ts";
import { oauth2ClientCredentials, oauth2RefreshToken } from "../../src/oauth2.ts";
import {
  anySecret,
  cookieSecret,
  expectHidden,
  expectTold,
  indiscreet,
  leaks,
  type Secret,
} from "../support/secrets.ts";
import { runs } from "../support/size.ts";

/** Requests over loopback: some are enough, there are many marks in each secret. */
const RUNS = { numRuns: runs(40) };

beforeEach(() => {
  for (const name of Object.keys(process.env))
    if (/(?:_proxy|_ca_bundle|^netrc)$/i.test(name)) vi.stubEnv(name, undefined);
});
afterEach(() => vi.unstubAllEnvs());

/** Everything about a response, also the parts that print themselves. */
function partsOf(response: AnyResponse): unknown[] {
  const { headers, request, history, cookies, attempts, connection, trailers, next } = response;
  return [
    response,
    headers,
    request,
    request.headers,
    history,
    cookies,
    attempts,
    connection,
    trailers,
    next,
  ];
}

describe("a secret that a session has", () => {
  it.for([
    ["as header", ({ text }: Secret) => new Session({ headers: { Authorization: text, "X-Api-Key": text } })],
    ["as cookie", ({ text }: Secret) => new Session({ cookies: { sid: encodeURIComponent(text) } })],
    ["as parameter", ({ text }: Secret) => new Session({ params: { token: text, page: 2 } })],
    ["as password", ({ text }: Secret) => new Session({ auth: ["user", text] })],
    ["as token", ({ text }: Secret) => new Session({ auth: new HttpBearerAuth(text) })],
    ["as passphrase", ({ text }: Secret) => new Session({ cert: { pfx: "/x.pfx", passphrase: text } })],
    [
      "as password of proxies",
      ({ text }: Secret) =>
        new Session({ proxies: { https: `http://user:${encodeURIComponent(text)}@p.test` } }),
    ],
    [
      "as password of the proxy",
      ({ text }: Secret) => new Session({ proxy: `http://u:${encodeURIComponent(text)}@p.test` }),
    ],
    [
      "in its base URL",
      ({ text }: Secret) => new Session({ baseUrl: `http://u:${encodeURIComponent(text)}@a.test/v1` }),
    ],
  ] as const)("%s is not printed", async ([, make]) => {
    await fc.assert(
      fc.asyncProperty(anySecret, async (secret) => {
        await using session = make(secret);
        expectHidden(secret, session, session.headers, session.adapters);
        expect(leaks(inspect(session.cookies, { depth: null }), secret)).toEqual([]);
      }),
    );
  });
});

describe("a secret in an object of its own", () => {
  it.for([
    ["HttpBasicAuth", ({ text }: Secret) => new HttpBasicAuth("user", text)],
    ["HttpProxyAuth", ({ text }: Secret) => new HttpProxyAuth("user", text)],
    ["HttpDigestAuth", ({ text }: Secret) => new HttpDigestAuth("user", text)],
    ["HttpBearerAuth", ({ text }: Secret) => new HttpBearerAuth({ token: text, refresh: () => text })],
    [
      "oauth2ClientCredentials",
      ({ text }: Secret) =>
        oauth2ClientCredentials({ tokenEndpoint: "https://a.test/", clientId: "me", clientSecret: text }),
    ],
    [
      "oauth2RefreshToken",
      ({ text }: Secret) =>
        oauth2RefreshToken({
          tokenEndpoint: "https://a.test/",
          clientId: "me",
          refreshToken: text,
          accessToken: text,
        }),
    ],
    [
      "Request",
      ({ text }: Secret) =>
        new Request(
          "POST",
          `https://u:${encodeURIComponent(text)}@a.test/?token=${encodeURIComponent(text)}`,
          {
            auth: ["user", text],
            headers: { "X-Api-Key": text },
            params: { token: text },
            cookies: { sid: text },
            data: { password: text },
          },
        ),
    ],
    ["HttpAdapter", () => new HttpAdapter()],
    ["AppAdapter", ({ text }: Secret) => new AppAdapter(() => new globalThis.Response(text))],
    [
      "Retry",
      ({ text }: Secret) => {
        const error = new Error("broke", { cause: new HttpBasicAuth("user", text) });
        return new Retry({ total: 3 }, [{ method: "GET", failure: { kind: "read", error } }]);
      },
    ],
  ] as const)("%s is not printed", ([, make]) => {
    fc.assert(fc.property(anySecret, (secret) => expectHidden(secret, make(secret))));
  });

  it("HeaderMap is not printed, and told to whoever asks", () => {
    const names = fc.constantFrom(
      "Authorization",
      "Cookie",
      "X-Api-Key",
      "Proxy-Authorization",
      "X-CSRF-Token",
    );
    fc.assert(
      fc.property(anySecret, names, (secret, name) => {
        const headers = new HeaderMap({ [name]: [secret.text, `Basic ${secret.text}`], Accept: "*/*" });
        const quoted = encodeURIComponent(secret.text);
        headers.set("Referer", `http://u:${quoted}@a.test/?token=${quoted}`);
        expectHidden(secret, headers, headers.clone());
        expectTold(
          secret,
          String(headers.get(name)),
          JSON.stringify(headers.toObject()),
          String([...headers]),
        );
      }),
    );
  });

  it("CookieJar is not printed; its JSON is for keeping it, and has it", () => {
    fc.assert(
      fc.property(cookieSecret, (secret) => {
        const jar = new CookieJar();
        jar.set("sid", secret.text, { domain: "a.test" });
        jar.setCookie(`token=${secret.text}; Path=/`, "https://b.test/");
        for (const text of [inspect(jar, { depth: null }), inspect({ jar }, { depth: null })])
          expect(leaks(text, secret), text).toEqual([]);
        expectTold(secret, JSON.stringify(jar), JSON.stringify(jar.getDict()), String(jar.get("sid")));
      }),
    );
  });

  it("PreparedRequest is not printed, and told to whoever asks", async () => {
    await using session = new Session({ trustEnv: false });
    fc.assert(
      fc.property(anySecret, cookieSecret, (secret, cookie) => {
        const quoted = encodeURIComponent(secret.text);
        const request = session.prepareRequest(
          new Request("POST", `https://u:${quoted}@a.test/?token=${quoted}#access_token=${quoted}`, {
            auth: ["user", secret.text],
            headers: { "X-Api-Key": secret.text },
            cookies: { sid: cookie.text },
            json: { password: secret.text },
          }),
        );
        expect(request).toBeInstanceOf(PreparedRequest);
        for (const one of [secret, cookie])
          expectHidden(one, request, request.clone(), request.headers, { request });
        const { body, headers } = request;
        expectTold(
          secret,
          new TextDecoder().decode(body as Uint8Array),
          request.url,
          String(headers.get("authorization")),
        );
        expectTold(cookie, String(headers.get("cookie")));
      }),
    );
  });
});

describe("a secret that goes over the wire", () => {
  it("is not printed of a response, read or streamed, nor dumped", { timeout: 30_000 }, async () => {
    await using origin = await indiscreet();
    await fc.assert(
      fc.asyncProperty(anySecret, cookieSecret, async (secret, cookie) => {
        await using session = new Session({ trustEnv: false, cookies: { own: cookie.text } });
        const quoted = encodeURIComponent(secret.text);
        const url = `${origin.url.replace("://", `://u:${quoted}@`)}/hop?api_key=${quoted}`;
        const options = {
          headers: { "X-Token": secret.text, "Proxy-Authorization": `Basic ${secret.text}` },
          params: { session_key: secret.text },
          data: { password: secret.text, csrf_token: secret.text },
        };
        const promise = session.post(url, options);
        const read = await promise;
        const streamed = await session.post(url, { ...options, stream: true });
        const stay = await session.post(url, { ...options, allowRedirects: false });
        for (const one of [secret, cookie]) {
          for (const response of [read, streamed, stay]) expectHidden(one, ...partsOf(response));
          expectHidden(one, ...read.history.flatMap(partsOf), promise);
          expect(leaks(inspect(session.cookies, { depth: null }), one)).toEqual([]);
        }
        await streamed.text();
        expectHidden(secret, streamed);
        expectTold(
          secret,
          read.text(),
          dump(read, { secrets: "show" }),
          String(stay.headers.get("location")),
        );
        expectTold(cookie, dump(read, { secrets: "show" }));
      }),
      RUNS,
    );
  });

  it("is not printed of a Digest exchange, nor of the auth that had it", async () => {
    await using origin = await indiscreet();
    await fc.assert(
      fc.asyncProperty(anySecret, async (secret) => {
        await using session = new Session({ trustEnv: false });
        const auth = new HttpDigestAuth("user", secret.text);
        const response = await session.get(`${origin.url}/challenge`, { auth });
        expect(response.status).toBe(200);
        expectHidden(secret, auth, ...partsOf(response));
      }),
      RUNS,
    );
  });

  it("is not printed when it came from netrc, or goes to a proxy", async () => {
    await using origin = await indiscreet();
    const folder = await mkdtemp(join(tmpdir(), "sojourn-secrets-"));
    vi.stubEnv("NETRC", join(folder, "netrc"));
    await fc.assert(
      fc.asyncProperty(anySecret, async (secret) => {
        await writeFile(
          join(folder, "netrc"),
          `machine a.test login user password ${JSON.stringify(secret.text)}\n`,
        );
        const proxy = origin.url.replace("://", `://user:${encodeURIComponent(secret.text)}@`);
        await using session = new Session({ proxy });
        const response = await session.get("http://a.test/next");
        expectTold(secret, dump(response, { secrets: "show" }));
        expectTold(secret, String(origin.arrived.at(-1)?.headers.authorization).replace("Basic ", ""));
        expectHidden(secret, session, ...partsOf(response));
      }),
      RUNS,
    );
    await rm(folder, { recursive: true });
  });
});
