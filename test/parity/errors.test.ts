/** The tree of errors: requests' names, under one root, with what is needed to look into them. */
import { describe, expect, it } from "vitest";

import * as sojourn from "../../src/index.ts";
import { codes, ReadTimeout, RequestException, type Session } from "../../src/index.ts";
import { failureOf, play } from "../support/one-call.ts";

/** The classes above one, up to Error. */
function lineage(kind: object): string[] {
  const above: unknown = Object.getPrototypeOf(kind);
  if (typeof above !== "function" || above === Error) return [];
  return [above.name, ...lineage(above)];
}

/** Every class of errors that the package exports, by name. */
const kinds = new Map(
  Object.values(sojourn)
    .filter(
      (value): value is typeof RequestException =>
        typeof value === "function" && value.prototype instanceof RequestException,
    )
    .map((kind) => [kind.name, kind]),
);

describe("the class of an error", () => {
  it.for([
    ["HTTPError", []],
    ["ConnectionError", []],
    ["ProxyError", ["ConnectionError"]],
    ["SSLError", ["ConnectionError"]],
    ["HeadersTooLarge", ["ConnectionError"]],
    ["Timeout", []],
    ["ConnectTimeout", ["Timeout"]],
    ["ReadTimeout", ["Timeout"]],
    ["TooManyRedirects", []],
    ["InvalidURL", []],
    ["MissingSchema", ["InvalidURL"]],
    ["InvalidSchema", ["InvalidURL"]],
    ["InvalidProxyURL", ["InvalidURL"]],
    ["InvalidHeader", []],
    ["InvalidJSONError", []],
    ["JSONDecodeError", ["InvalidJSONError"]],
    ["ChunkedEncodingError", []],
    ["ContentDecodingError", []],
    ["TooManyCodings", ["ContentDecodingError"]],
    ["StreamConsumedError", []],
    ["RetryError", []],
    ["UnrewindableBodyError", []],
    ["CookieConflictError", []],
  ] as const)("%s stands below %j and RequestException", ([name, parents]) => {
    expect(lineage(kinds.get(name) ?? {})).toEqual([...parents, "RequestException"]);
  });

  it("has its own name and code", () => {
    // Reflect.construct is untyped: the classes have different details, and these have all of them.
    const errors = Array.from(
      kinds.values(),
      (kind) =>
        Reflect.construct(kind, ["what", { limitMs: 1, limitBytes: 1, issues: [] }]) as RequestException,
    );
    for (const [at, error] of errors.entries()) expect(error).toMatchObject({ name: [...kinds.keys()][at] });
    expect(new Set(errors.map(({ code }) => code)).size).toBe(kinds.size);
  });
});

describe("an error before anything was sent", () => {
  it.for<[what: string, call: (session: Session) => Promise<unknown>]>([
    ["a missing scheme", (session) => session.get("example.test/x")],
    ["a bad header", (session) => session.get("http://example.test/x", { headers: { "a b": "1" } })],
    ["no adapter", (session) => session.get("ftp://example.test/x")],
  ])("tells which request failed: %s", async ([, call]) => {
    const { heard, result } = await play([], (session) => failureOf(call(session)));
    expect(result).toMatchObject({ request: { method: "GET" } });
    expect((result as RequestException).request?.url).toMatch(/example\.test\/x$/);
    expect(heard).toEqual([]);
  });
});

describe("silence until the retries are used up", () => {
  it("is a ReadTimeout, with the attempts before it", async () => {
    const { heard, result } = await play([""], (session, url) =>
      failureOf(session.get(url, { retry: 1, timeout: { read: 40 } })),
    );
    expect(result).toBeInstanceOf(ReadTimeout);
    expect((result as ReadTimeout).attempts.map(({ error }) => error?.name)).toEqual(["ReadTimeout"]);
    expect(heard).toHaveLength(2);
  });
});

describe("the names of status codes", () => {
  it("are the registry's, also where requests has them wrong", () => {
    expect(codes).toMatchObject({
      ok: 200,
      notFound: 404,
      imATeapot: 418,
      processing: 102,
      earlyHints: 103,
      preconditionFailed: 412,
      preconditionRequired: 428,
      uriTooLong: 414,
      permanentRedirect: 308,
    });
    expect(codes).not.toHaveProperty("resume");
    expect(codes).not.toHaveProperty("nonsense");
  });
});
