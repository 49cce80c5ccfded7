/** Cookies of HAR files: those that a session would have after the responses of the log. */
import { describe, expect, it } from "vitest";

import { parseHar, type Problem } from "../../src/formats.ts";
import { CookieJar } from "../../src/index.ts";

const NOW = Date.UTC(2026, 10, 30);
const HOUR = 3_600_000;

interface Given {
  readonly url?: string;
  readonly at?: number | string | null;
  readonly set?: readonly string[];
  readonly request?: object;
  readonly response?: object;
}

/** An entry whose response sets these cookies. */
function entry({
  url = "https://a.test/x/y",
  at = NOW - HOUR,
  set = [],
  request = {},
  response = {},
}: Given): object {
  return {
    startedDateTime: typeof at === "number" ? new Date(at).toISOString() : at,
    time: 5,
    request: { method: "GET", url, headers: [], cookies: [], bodySize: 0, ...request },
    response: {
      status: 200,
      headers: [{ name: "Date", value: "x" }, ...set.map((value) => ({ name: "set-cookie", value }))],
      cookies: [],
      ...response,
    },
  };
}

const har = (...entries: readonly object[]): object => ({
  log: { version: "1.2", creator: {}, pages: [], entries },
});

function read(...entries: readonly object[]): ReturnType<typeof parseHar> {
  return parseHar(JSON.stringify(har(...entries)), { now: NOW });
}

/** `name=value`, by where they go. */
const shown = ({ cookies }: ReturnType<typeof parseHar>): string[] =>
  cookies.map(
    ({ name, value, domain, hostOnly, path }) => `${name}=${value} ${hostOnly ? "" : "."}${domain}${path}`,
  );

describe("the cookies of a log", () => {
  it("are those that its responses set, from the URL of the request", () => {
    const found = read(
      entry({ set: ["own=1", "dom=2; Domain=a.test; Path=/; Secure; HttpOnly; SameSite=Lax"] }),
      entry({ url: "http://b.test/", set: ["b=3"] }),
    );
    expect(found.problems).toEqual([]);
    expect(shown(found)).toEqual(["own=1 a.test/x", "dom=2 .a.test/", "b=3 b.test/"]);
    expect(found.cookies[1]).toEqual({
      name: "dom",
      value: "2",
      domain: "a.test",
      hostOnly: false,
      path: "/",
      expires: null,
      secure: true,
      httpOnly: true,
      sameSite: "lax",
      createdAt: NOW - HOUR,
    });
  });

  it.for<readonly [value: string, named: readonly string[], set: readonly string[]]>([
    // A line each, whatever ends it.
    ["a=1; Path=/\nb=2; Path=/", [], ["a=1", "b=2"]],
    ["a=1; Path=/\r\nb=2; Path=/\r\n", [], ["a=1", "b=2"]],
    // With commas, of which dates have some.
    ["a=1; Path=/, b=2; Path=/", [], ["a=1", "b=2"]],
    [
      "a=1; Path=/; Expires=Fri, 01 Jan 2100 00:00:00 GMT,b=2; Path=/; Expires=Fri, 01 Jan 2100 00:00:00 GMT",
      [],
      ["a=1", "b=2"],
    ],
    ["a=1; Path=/; HttpOnly, b=2, c=3; Path=/", ["a", "b", "c"], ["a=1", "b=2", "c=3"]],
    // A comma in a value is one, unless the log knows a cookie of the name behind it.
    ["a=1, b=2; Path=/", [], ["a=1, b=2"]],
    ["a=1, b=2; Path=/", ["a"], ["a=1, b=2"]],
    ["a=1, b=2; Path=/", ["a", "b"], ["a=1", "b=2"]],
    ["a=1, 2; Path=/", ["a"], ["a=1, 2"]],
  ])("stand in one field: %j, beside a list of %j", ([value, named, set]) => {
    const cookies = named.map((name) => ({ name, value: "x" }));
    const headers = [{ name: "Set-Cookie", value }];
    const found = read(entry({ response: { headers, cookies } }));
    expect(found.problems).toEqual([]);
    expect(found.cookies.map((cookie) => `${cookie.name}=${cookie.value}`)).toEqual(set);
  });

  it("end as their list says, in either spelling of a date", () => {
    const expires = ["2027-01-01T00:00:00.000Z", "Fri, 01 Jan 2027 00:00:00 GMT", "", null, "Session"];
    const cookies = expires.map((date, at) => ({ name: `n${at}`, value: "x", expires: date }));
    const found = read(entry({ response: { headers: [], cookies } }));
    const time = Date.UTC(2027, 0, 1);
    expect(found.cookies.map((cookie) => cookie.expires)).toEqual([time, time, null, null]);
    expect(found.problems).toMatchObject([{ name: "n4", reason: "expiry" }]);
  });

  it("end as their response said, counted from then", () => {
    const { cookies, problems } = read(
      entry({ set: ["a=1; Max-Age=7200", "b=2; Max-Age=60", "c=3; Expires=Fri, 01 Jan 2027 00:00:00 GMT"] }),
    );
    expect(cookies.map(({ name, expires }) => [name, expires])).toEqual([
      ["a", NOW + HOUR],
      ["c", Date.UTC(2027, 0, 1)],
    ]);
    expect(problems).toMatchObject([{ where: "log.entries[0].response", name: "b", reason: "expired" }]);
  });

  it("are set in the order of time, whatever that of the entries is", () => {
    const found = read(
      entry({ at: NOW - 1000, set: ["a=new; Path=/"] }),
      entry({ at: "2026-11-29T22:00:00.000+01:00", set: ["a=old; Path=/", "gone=1; Path=/"] }),
      entry({ at: NOW - 2000, set: ["gone=; Path=/; Max-Age=0"] }),
    );
    expect(shown(found)).toEqual(["a=new a.test/"]);
    expect(found.problems).toEqual([]);
    // The one that was there first keeps its time, as in the jar.
    expect(found.cookies[0]?.createdAt).toBe(Date.UTC(2026, 10, 29, 21));
  });

  it("of one time are set in the order of the entries", () => {
    expect(shown(read(entry({ set: ["a=1"] }), entry({ set: ["a=2"] })))).toEqual(["a=2 a.test/x"]);
  });

  it("that deleted another one deleted that one only", () => {
    const found = read(
      entry({ set: ["a=1; Path=/", "a=2; Path=/x", "a=3; Path=/; Domain=a.test"] }),
      entry({ set: ["a=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT"] }),
    );
    expect(shown(found)).toEqual(["a=2 a.test/x", "a=3 .a.test/"]);
  });

  it("are more than a jar holds, and all there", () => {
    const set = Array.from({ length: 500 }, (_, at) => `c${at}=1`);
    expect(read(entry({ set })).cookies).toHaveLength(500);
  });

  it.for<readonly [what: string, given: Given, cookies: readonly string[]]>([
    ["several in one field, a line each", { set: ["a=1\nb=2; Path=/\n"] }, ["a=1 a.test/x", "b=2 a.test/"]],
    ["text beyond ASCII", { set: ["a=caf\u00e9"] }, ["a=caf\u00c3\u00a9 a.test/x"]],
    [
      "an application on this machine",
      { url: "http://localhost:3000/", set: ["a=1; Secure"] },
      ["a=1 localhost/"],
    ],
    [
      "a list of cookies, where no field is",
      {
        response: {
          headers: [],
          cookies: [
            {
              name: "a",
              value: "1",
              path: "/",
              domain: "a.test",
              expires: "",
              httpOnly: false,
              secure: false,
            },
            { name: "b", value: "2", expires: "2027-01-01T00:00:00.000Z" },
            { name: "c", value: "3", expires: null, secure: true, sameSite: "None" },
          ],
        },
      },
      ["a=1 .a.test/", "b=2 a.test/x", "c=3 a.test/x"],
    ],
    [
      "a field, beside a list that says the same",
      {
        response: {
          headers: [{ name: "Set-Cookie", value: "a=1" }],
          cookies: [{ name: "a", value: "of the list" }],
        },
      },
      ["a=1 a.test/x"],
    ],
  ])("are read of %s", ([, given, cookies]) => {
    const found = read(entry(given));
    expect(found.problems).toEqual([]);
    expect(shown(found)).toEqual(cookies);
  });
});

describe("a cookie that is not taken", () => {
  it.for<readonly [what: string, given: Given, problem: Partial<Problem>]>([
    ["what a server may not set", { set: ["a=1; Domain=b.test"] }, { reason: "domain-mismatch", name: "a" }],
    ["a suffix", { url: "https://a.co.uk/", set: ["a=1; Domain=co.uk"] }, { reason: "public-suffix" }],
    ["secure, over plain HTTP", { url: "http://a.test/", set: ["a=1; Secure"] }, { reason: "insecure" }],
    ["a promise", { set: ["__Host-a=1"] }, { reason: "host-prefix", name: "__Host-a" }],
    ["too long", { set: [`a=${"x".repeat(5000)}`] }, { reason: "too-long" }],
    ["no time", { at: null, set: ["a=1"] }, { reason: "time" }],
    ["a time without a zone", { at: "2026-11-29T22:00:00", set: ["a=1"] }, { reason: "time" }],
    ["a URL that is none", { url: "nowhere", set: ["a=1"] }, { reason: "url" }],
    [
      "a field that is no text",
      { response: { headers: [{ name: "Set-Cookie", value: 5 }] } },
      { reason: "kind" },
    ],
    ["headers that are no list", { response: { headers: {} } }, { reason: "kind" }],
    ["bytes that were lost", { set: ["a=caf\ufffd"] }, { reason: "character" }],
    [
      "a list with a semicolon",
      { response: { headers: [], cookies: [{ name: "a", value: "1; b=2" }] } },
      { reason: "character" },
    ],
    [
      "a list with a name for two",
      { response: { headers: [], cookies: [{ name: "a=b", value: "1" }] } },
      { reason: "name" },
    ],
    [
      "a list with no date",
      { response: { headers: [], cookies: [{ name: "a", value: "1", expires: "soon" }] } },
      { reason: "expiry", name: "a" },
    ],
  ])("is a problem: %s", ([, given, problem]) => {
    const { cookies, problems } = read(entry({ url: "https://b.test/", set: ["b=1"] }), entry(given));
    expect(cookies.map(({ name }) => name)).toEqual(["b"]);
    const ofResponse = problems.filter(({ where }) => where.endsWith(".response"));
    expect(ofResponse).toMatchObject([{ where: "log.entries[1].response", line: null, ...problem }]);
  });

  it("over plain HTTP, beside a secure one of that name, as in the jar", () => {
    const { cookies, problems } = read(
      entry({ set: ["a=1; Secure; Path=/"] }),
      entry({ url: "http://a.test/", set: ["a=2; Path=/"] }),
    );
    expect(cookies.map(({ value }) => value)).toEqual(["1"]);
    expect(problems).toMatchObject([{ reason: "overwrites-secure" }]);
  });

  it("is told without its value", () => {
    const { problems } = read(
      entry({ set: ["a=s3cret; Domain=b.test", "b=s3cret\u0001", "__Host-c=s3cret"] }),
    );
    expect(problems).toHaveLength(3);
    expect(JSON.stringify(problems)).not.toContain("s3cret");
  });
});

describe("a log without cookies", () => {
  it("is told as one that a browser took them out of", () => {
    const { cookies, problems } = read(entry({}), entry({ url: "https://b.test/" }));
    expect(cookies).toEqual([]);
    expect(problems).toMatchObject([{ where: "log", reason: "sanitized" }]);
    expect(problems[0]?.message).toContain("with sensitive data");
  });

  it.for([
    ["sent", entry({ request: { headers: [{ name: "Cookie", value: "a=1" }] } })],
    ["sent, as a list", entry({ request: { cookies: [{ name: "a", value: "1" }] } })],
    ["deleted", entry({ set: ["a=; Max-Age=0"] })],
  ] as const)("is not told so when one was %s", ([, one]) => {
    expect(read(one).problems).toEqual([]);
  });

  it("is not told so when it has no entries", () => {
    expect(read()).toEqual({ cookies: [], requests: [], problems: [] });
  });
});

describe("a HAR file", () => {
  it.for([
    ["data", har(entry({ set: ["a=1"] }))],
    ["text", JSON.stringify(har(entry({ set: ["a=1"] })))],
    ["a byte-order mark", `\ufeff${JSON.stringify(har(entry({ set: ["a=1"] })))}`],
    ["bytes", Buffer.from(`\ufeff${JSON.stringify(har(entry({ set: ["a=1"] })))}`)],
  ] as const)("is read from %s", ([, input]) => {
    const { cookies } = parseHar(input, { now: NOW });
    expect(new CookieJar(cookies, { now: () => NOW }).getCookieHeader("https://a.test/x")).toBe("a=1");
  });

  it.for<readonly [what: string, input: object | string, message: RegExp]>([
    ["another object", { log: {} }, /no log with entries/],
    ["a list", [{ name: "a", value: "1", expires: -1 }], /parseBrowserCookies\(\) reads it/],
    ["no JSON", "{", /no JSON|too early/],
    ["a pickle", "\u0080\u0004\u0095", /pickle/],
  ])("is an error when it is %s", ([, input, message]) => {
    expect(() => parseHar(input)).toThrow(message);
  });

  it.for([null, 5, "entry", []])("has an entry that is none: %j", (item) => {
    const { cookies, problems } = parseHar(
      { log: { entries: [item, entry({ set: ["a=1"] })] } },
      { now: NOW },
    );
    expect(cookies).toHaveLength(1);
    expect(problems).toMatchObject([{ where: "log.entries[0]", reason: "kind" }]);
  });
});
