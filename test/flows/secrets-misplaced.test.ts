/** Secrets in the wrong place: what refuses them shows none, in whatever way it is printed. */
import { inspect } from "node:util";

import { afterAll, describe, expect, it } from "vitest";

import { CookieJar, HeaderMap, HttpAdapter, Request, request, Session, toFetch } from "../../src/index.ts";
import { oauth2ClientCredentials } from "../../src/oauth2.ts";

/** As plain JavaScript may write it. */
const js = (value: unknown): never => value as never;

const session = new Session({ trustEnv: false });
const based = new Session({ trustEnv: false, baseUrl: "http://127.0.0.1:1/v1" });
const fetch = toFetch(session);
const fetchBased = toFetch(based);
afterAll(() => Promise.all([session.close(), based.close()]));

async function refusal(work: () => unknown): Promise<Error> {
  const error = await Promise.resolve()
    .then(work)
    .then(
      () => new Error("it was not refused"),
      (reason: unknown) => reason as Error,
    );
  expect(error.message).not.toContain("was not refused");
  return error;
}

function printed(error: unknown): string {
  const own = [
    inspect(error, { depth: null, showHidden: true }),
    JSON.stringify(error),
    String(error),
    String((error as Error).stack),
    // A logger takes errors apart.
    JSON.stringify((error as { request?: { method: string } }).request?.method ?? null),
  ];
  const { cause } = error as Error;
  return [...own, ...(cause === undefined ? [] : [printed(cause)])].join("\n");
}

async function expectSilence(work: () => unknown): Promise<Error> {
  const error = await refusal(work);
  expect(printed(error)).not.toContain("hunter2");
  expect(printed(error)).not.toContain("hunter");
  return error;
}

describe("a password in a URL with a slip in it", () => {
  const SLIPS = [
    "https//bob:hunter2@127.0.0.1/x",
    "https//hunter2@127.0.0.1/x",
    "https/bob:hunter2@127.0.0.1/x",
    "https;//bob:hunter2@127.0.0.1/x",
    '"http://bob:hunter2@127.0.0.1/x"',
    "'http://bob:hunter2@127.0.0.1/x'",
    "<http://bob:hunter2@127.0.0.1/x>",
    "URL=http://bob:hunter2@127.0.0.1/x",
    "url: http://bob:hunter2@127.0.0.1/x",
    "bob:hunter2@127.0.0.1/x",
    "hunter2@127.0.0.1/x",
    "https//bob:hunter/2@127.0.0.1/x",
    "https//bob:hunter?2@127.0.0.1/x",
    "bob:hunter/2@127.0.0.1/x",
    "http://bob:hunter2@[x/?token=hunter2",
    "http://bob:hunter2@/x",
    "http://bob:hunter2@127.0.0.1:port/x",
  ];

  it.for(SLIPS)("is not shown by a session: %s", async (url) => {
    await expectSilence(() => session.get(url));
    await expectSilence(() => session.download(url, "never"));
    // What may be of a scheme that has an adapter is prepared, and shows no more.
    await expectSilence(() => {
      throw new Error("prepared", { cause: session.prepareRequest(new Request("GET", url)) });
    });
    await expectSilence(() => new Session({ baseUrl: url }));
    await expectSilence(() => session.scope(url, {}));
    await expectSilence(() => new Session({ trustedOrigins: [url] }));
    await expectSilence(() => session.get("http://127.0.0.1:1/", { proxies: { [url]: "x" } }));
    await expectSilence(() => new CookieJar().set("a", "b", { domain: url }));
  });

  it.for(SLIPS)("is not shown by the fetch of a session: %s", async (url) => {
    await expectSilence(() => fetch(url));
  });

  it("is not shown where the scheme is misspelled", async () => {
    await expectSilence(() => session.get("htp://bob:hunter2@127.0.0.1/x"));
    await expectSilence(() => fetch("htp://bob:hunter2@127.0.0.1/x"));
    await expectSilence(() => session.scope("htp://bob:hunter2@127.0.0.1/x", {}));
  });

  it("is not shown where prefixes are mounted", async () => {
    for (const prefix of ["https//bob:hunter2@h/", "bob:hunter2@h", "'http://bob:hunter2@h/'"])
      await expectSilence(() => session.mount(prefix, new HttpAdapter()));
  });

  it("is not shown behind a path that leaves the base URL", async () => {
    await expectSilence(() => based.get("../../x/http://bob:hunter2@h/"));
    await expectSilence(() => based.get("../x/http://bob:hunter2@h/"));
    await expectSilence(() => based.get("x/http://bob:hunter2@h/"));
    await expectSilence(() => fetchBased("../x/http://bob:hunter2@h/"));
  });

  it("is not shown when method and URL have changed places", async () => {
    for (const url of ["http://bob:hunter2@h/", "https//bob:hunter2@h/", "bob:hunter2@h"]) {
      for (const one of [session, based]) {
        const error = await expectSilence(() => one.request(url, "GET"));
        expect(error).toMatchObject({ request: { url: "GET" } });
      }
      await expectSilence(() => request(url, "GET"));
      await expectSilence(() => session.prepareRequest(new Request(url, "GET")));
      await expectSilence(() => fetch("http://127.0.0.1:1/", { method: url }));
    }
  });
});

describe("under fetch", () => {
  const WITH = ["http://bob:hunter2@h/", "https://hunter2@h/x", "ftp://bob:hunter2@h/"];

  it.for(WITH)("a URL with user info is refused, and told where credentials belong: %s", async (url) => {
    for (const input of [url, new URL(url)]) {
      const error = await expectSilence(() => fetch(input));
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toContain("a user or a password in it");
      expect(error.message).toContain("Authorization");
    }
  });

  it("a referrer and a value of a field are not shown", async () => {
    await expectSilence(() => fetch("http://127.0.0.1:1/", { referrer: "https//bob:hunter2@h/" }));
    const value = "Bearer hunter\n2";
    for (const headers of [
      { Authorization: value },
      [["Authorization", value]],
      new Map([["Authorization", value]]),
    ])
      expect(
        (await expectSilence(() => fetch("http://127.0.0.1:1/", { headers: js(headers) }))).message,
      ).toContain('"Authorization"');
  });
});

describe("a value in the name of a field or a cookie", () => {
  const NAMES = [
    "Authorization: Bearer hunter2",
    "Authorization:hunter2",
    "Authorization hunter2",
    "A\r\nB: hunter2",
  ];

  it.for(NAMES)("is not shown: %s", async (name) => {
    await expectSilence(() => session.get("http://127.0.0.1:1/", { headers: { [name]: "" } }));
    await expectSilence(() => new Session({ headers: { [name]: "" } }));
    await expectSilence(() => new HeaderMap([[name, ""]]));
    await expectSilence(() => new HeaderMap().append(name, "1"));
    await expectSilence(() => new Session({ crossOriginHeaders: [name] }));
    await expectSilence(() => session.get("http://127.0.0.1:1/", js({ [name]: "" })));
    for (const headers of [{ [name]: "" }, [[name, ""]], new Map([[name, ""]])])
      expect(
        (await expectSilence(() => fetch("http://127.0.0.1:1/", { headers: js(headers) }))).message,
      ).toMatch(/header name "A(?:uthorization)?…"/);
  });

  it("names what stands before it", async () => {
    const error = await refusal(() =>
      session.get("http://127.0.0.1:1/", { headers: { "Authorization: Bearer x": "" } }),
    );
    expect(error.message).toContain('header name "Authorization…" is not a token');
  });

  it.for(["sid=hunter2", "sid=hunter2; Path=/", "sid;hunter2", "sid\u0001=hunter2"])(
    "is not shown: %s",
    async (name) => {
      await expectSilence(() => session.get("http://127.0.0.1:1/", { cookies: { [name]: "x" } }));
      await expectSilence(() => based.cookies.set(name, "x", { domain: "h.test" }));
      await expectSilence(() => toFetch(session, { cookies: { [name]: "x" } })("http://127.0.0.1:1/"));
    },
  );
});

describe("OAuth 2", () => {
  it.for(["issuer", "tokenEndpoint"])("%s has no user info", async (option) => {
    for (const url of [
      "https://bob:hunter2@h/t",
      "https://hunter2@h/t",
      new URL("https://bob:hunter2@h/t"),
    ]) {
      const error = await expectSilence(() =>
        oauth2ClientCredentials({ clientId: "a", clientSecret: "b", [option]: url }),
      );
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toContain(`${option} cannot have a user or a password`);
    }
    await expectSilence(() =>
      oauth2ClientCredentials({ clientId: "a", clientSecret: "b", [option]: "https//bob:hunter2@h/t" }),
    );
  });
});
