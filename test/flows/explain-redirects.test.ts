/** `session.explain(url, { from })`: what a redirect takes along, what it leaves behind, and why. */
import { describe, expect, it } from "vitest";
import {
  HeaderMap,
  HttpDigestAuth,
  PreparedRequest,
  Response,
  Session,
  type Dropped,
  type ExplainOptions,
  type SessionOptions,
} from "../../src/index.ts";
import { reply, routes, startOrigin } from "../support/origins.ts";

/** Kind, name and reason. */
function told(dropped: readonly Dropped[]): string[] {
  return dropped.map(({ kind, name, reason }) => `${kind}${name === null ? "" : ` ${name}`}: ${reason}`);
}

const secret: SessionOptions = {
  trustEnv: false,
  headers: { "X-Api-Key": "s3cret", Accept: "text/html" },
  auth: ["u", "p"],
  cert: "/me.pem",
  tls: { serverName: "one.test" },
};

describe("a redirect", () => {
  it.for<readonly [what: string, from: string, to: string, options: SessionOptions, expected: string[]]>([
    ["stays at its origin", "https://one.test/a", "https://one.test/b", secret, []],
    [
      "crosses to another origin",
      "https://one.test/a",
      "https://two.test/b",
      secret,
      [
        "header X-Api-Key: cross-origin",
        "auth: cross-origin",
        "cert: cross-origin",
        "server-name: cross-origin",
      ],
    ],
    [
      "leads from https to http",
      "https://one.test/a",
      "http://one.test/b",
      secret,
      ["header X-Api-Key: downgrade", "auth: downgrade", "cert: downgrade", "server-name: downgrade"],
    ],
    ["leads to the same host over TLS", "http://one.test/a", "https://one.test/b", secret, ["cert: upgrade"]],
    [
      "leads to a trusted origin",
      "https://one.test/a",
      "https://two.test/b",
      { ...secret, trustedOrigins: ["https://two.test"] },
      ["server-name: cross-origin"],
    ],
    [
      "takes along what may cross",
      "https://one.test/a",
      "https://two.test/b",
      { ...secret, auth: undefined, cert: null, tls: null, crossOriginHeaders: ["X-Api-Key"] },
      [],
    ],
    [
      "leaves netrc's user of the URL",
      "http://u:p@one.test/a",
      "http://two.test/b",
      { trustEnv: false },
      ["header Authorization: cross-origin"],
    ],
  ])("%s", ([, from, to, options, expected]) => {
    const why = new Session(options).explain(to, { from });
    expect(told(why.dropped)).toEqual(expected);
    expect(new Set(why.dropped.map(({ by }) => by.layer))).toEqual(
      new Set(expected.length === 0 ? [] : ["redirect"]),
    );
    for (const { by } of why.dropped) expect(by.name).toBe(`GET ${from.replace("u:p@", "")}`);
  });

  it("leads to a relative URL, with what scopes say of the first", () => {
    const session = new Session({ trustEnv: false, baseUrl: "https://one.test" });
    session.scope("https://one.test/a", { headers: { "X-A": "1" } });
    session.scope("https://one.test/b", { headers: { "X-B": "1" } });
    const why = session.explain("../b?z=1", { from: "/a/c", params: { lang: "en" } });
    expect(why.url).toBe("https://one.test/b?z=1");
    expect(
      why.headers.filter(({ name }) => name.startsWith("X-")).map(({ name, source }) => [name, source.layer]),
    ).toEqual([["X-A", "scope"]]);
    expect(why.params.map(({ name, source }) => [name, source.layer])).toEqual([["z", "url"]]);
  });

  it("keeps method and body, unless its response says otherwise", async () => {
    await using origin = await startOrigin(
      routes({ "/moved": reply(303, { Location: "/done" }), "/kept": reply(308, { Location: "/done" }) }),
    );
    const session = new Session({ trustEnv: false });
    const kept = session.explain("/done", { from: `${origin.url}/x`, method: "POST", json: { a: 1 } });
    expect([kept.method, kept.headers.some(({ name }) => name === "Content-Type")]).toEqual(["POST", true]);
    const options = { json: { a: 1 }, allowRedirects: false };
    const seen = session.explain("/done", { from: await session.post(`${origin.url}/moved`, options) });
    expect([seen.method, told(seen.dropped)]).toEqual([
      "GET",
      ["header Content-Length: no-body", "header Content-Type: no-body", "body: no-body"],
    ]);
    const again = session.explain("/done", { from: await session.post(`${origin.url}/kept`, options) });
    expect([again.method, told(again.dropped)]).toEqual(["POST", []]);
    await session.close();
  });

  it("of a response has what that call had, whatever the session says by then", async () => {
    await using origin = await startOrigin(reply(302, { Location: "/next" }));
    const session = new Session({ trustEnv: false, timeout: 5000 });
    const options = {
      auth: ["u", "p"],
      headers: { "X-A": "1" },
      cookies: { own: "1" },
      allowRedirects: false,
    } as const;
    const response = await session.get(`${origin.url}/first`, options);
    session.timeout = 1;
    const why = session.explain("/next", { from: response });
    const sources = why.headers.map(({ name, source }) => `${name} ${source.layer}`);
    expect(sources).toEqual(
      expect.arrayContaining(["User-Agent default", "X-A redirect", "Authorization auth", "Cookie request"]),
    );
    expect(why.timeouts.read).toMatchObject({
      value: 5000,
      source: { layer: "redirect", name: `GET ${origin.url}/first` },
    });
    expect(why.settings.find(({ option }) => option === "allowRedirects")).toMatchObject({
      value: false,
      source: { layer: "redirect" },
    });
    await session.close();
  });

  it("of a response that no session made has no more than its request", () => {
    const session = new Session({ trustEnv: false, auth: ["u", "p"], headers: { "X-A": "1" } });
    const before = session.explain("http://one.test/").request;
    const response = Response.from({ request: before, status: 302 });
    expect(session.explain("http://one.test/b", { from: response }).auth.value).toBe("Basic");
    const parts = { method: "GET", url: "http://one.test/", headers: new HeaderMap(), payload: null };
    const foreign = Response.from({ request: new PreparedRequest(parts), status: 302 });
    const why = session.explain("http://one.test/b", { from: foreign });
    expect([why.auth.value, why.headers.some(({ name }) => name === "X-A")]).toEqual([null, false]);
  });

  it("never takes a digest's answer along", () => {
    const session = new Session({ trustEnv: false, auth: new HttpDigestAuth("u", "p") });
    expect(session.explain("http://one.test/b", { from: "http://one.test/a" }).auth.note).toBe(
      "sends nothing before the server asks",
    );
  });

  it("gives waiting cookies to the host that is asked first", () => {
    const session = new Session({ trustEnv: false, cookies: { sid: "1" } });
    const away = session.explain("http://two.test/", { from: "http://one.test/" });
    expect(away.cookies.sent).toEqual([]);
    expect(away.cookies.withheld.map(({ name, reason, detail }) => [name, reason, detail])).toEqual([
      ["sid", "unbound-elsewhere", "it was set without a domain, and one.test has taken it"],
    ]);
    const home = session.explain("http://one.test/b", { from: "http://one.test/a" });
    expect(home.cookies.sent.map(({ name }) => name)).toEqual(["sid"]);
    expect(session.cookies.getCookieHeader("http://two.test/")).toBe("sid=1");
  });

  it.for<readonly [what: string, url: string, options: ExplainOptions, message: RegExp]>([
    [
      "nowhere",
      "",
      { from: "http://a.test/" },
      /^the URL that a redirect leads to must be a URL, not empty$/,
    ],
    ["to another scheme", "ftp://b.test/", { from: "http://a.test/" }, /leads to a URL of scheme "ftp"/],
    ["from nowhere", "http://a.test/", { from: "/a" }, /needs a session with a baseUrl/],
  ])("is refused that leads %s", ([, url, options, message]) => {
    expect(() => new Session({ trustEnv: false }).explain(url, options)).toThrow(message);
  });

  it("of a response takes no other options", () => {
    const session = new Session({ trustEnv: false });
    const response = Response.from({ request: session.explain("http://a.test/").request, status: 302 });
    for (const more of [{ headers: {} }, { method: "GET" }])
      expect(() => session.explain("http://a.test/", { from: response, ...more })).toThrow(
        /^beside a response as from no other option may be given/,
      );
  });
});
