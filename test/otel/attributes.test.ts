/** What spans and metrics say: URLs without secrets, methods, servers, kinds of errors. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import {
  AppAdapter,
  ConnectTimeout,
  HeaderMap,
  PreparedRequest,
  Session,
  type RequestOptions,
  type WireResponse,
} from "../../src/index.ts";
import { instrument } from "../../src/otel.ts";
import { errorType, fullUrl } from "../../src/otel/attributes.ts";
import { startOrigin, Telemetry, told, type Origin } from "./stage.ts";

const R = "REDACTED";

describe("url.full", () => {
  it.for([
    ["https://a.test/", "https://a.test/"],
    ["https://a.test/x?color=blue#part", "https://a.test/x?color=blue#part"],
    ["https://bob:hunter2@a.test/x", `https://${R}:${R}@a.test/x`],
    ["https://bob@a.test/x", `https://${R}:${R}@a.test/x`],
    // The list of the conventions
    ["https://a.test/?AWSAccessKeyId=s3cret&b=1", `https://a.test/?AWSAccessKeyId=${R}&b=1`],
    ["https://a.test/?Signature=s3cret", `https://a.test/?Signature=${R}`],
    ["https://a.test/?sig=s3cret", `https://a.test/?sig=${R}`],
    ["https://a.test/?X-Goog-Signature=s3cret", `https://a.test/?X-Goog-Signature=${R}`],
    ["https://a.test/?X-Amz-Signature=s3cret", `https://a.test/?X-Amz-Signature=${R}`],
    ["https://a.test/?X-Amz-Credential=s3cret", `https://a.test/?X-Amz-Credential=${R}`],
    ["https://a.test/?X-Amz-Security-Token=s3cret", `https://a.test/?X-Amz-Security-Token=${R}`],
    // Ours
    ["https://a.test/?access_token=s3cret", `https://a.test/?access_token=${R}`],
    ["https://a.test/?%61pi_key=s3cret", `https://a.test/?%61pi_key=${R}`],
    ["https://a.test/#id_token=s3cret", `https://a.test/#id_token=${R}`],
  ] as const)("of %s is %s", ([url, wanted]) => {
    const request = new PreparedRequest({ method: "GET", url, headers: new HeaderMap(), payload: null });
    expect(fullUrl(request)).toBe(wanted);
  });
});

describe("error.type", () => {
  class OwnError extends Error {}
  it.for([
    [new ConnectTimeout("s3cret", { limitMs: 1 }), "ERR_CONNECT_TIMEOUT"],
    [new TypeError("s3cret"), "TypeError"],
    [new OwnError("s3cret"), "OwnError"],
    [new DOMException("s3cret", "DataError"), "DataError"],
    [new (class extends Error {})("s3cret"), "_OTHER"],
    [
      new (class extends Error {
        static override readonly name = "a b";
      })("s3cret"),
      "_OTHER",
    ],
    ["s3cret", "_OTHER"],
    [undefined, "_OTHER"],
  ] as const)("of %o is %s", ([error, wanted]) => {
    expect(errorType(error)).toBe(wanted);
  });
});

describe("a span", () => {
  let origin: Origin;
  beforeAll(async () => {
    origin = await startOrigin();
  });
  afterAll(() => origin[Symbol.asyncDispose]());

  it.for([
    ["GET", "GET", "GET", undefined],
    ["QUERY", "QUERY", "QUERY", undefined],
    ["PURGE", "HTTP", "_OTHER", "PURGE"],
  ] as const)("of %s is called %s, and its method %s", async ([method, name, attribute, original]) => {
    using telemetry = new Telemetry();
    await using session = origin.session(true);
    using _ = instrument(session, telemetry.given);
    await session.request(method, `${origin.url}/found`);
    const [span] = telemetry.spans;
    expect(span?.name).toBe(name);
    expect(span?.attributes["http.request.method"]).toBe(attribute);
    expect(span?.attributes["http.request.method_original"]).toBe(original);
  });

  it("knows the methods that it is told, or that the environment lists", async () => {
    using telemetry = new Telemetry();
    await using session = origin.session(false);
    process.env["OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS"] = "PURGE, HEAD";
    try {
      for (const options of [{}, { knownMethods: ["GET"] }]) {
        using _ = instrument(session, { ...telemetry.given, ...options });
        await session.request("PURGE", `${origin.url}/found`);
        await session.get(`${origin.url}/found`);
      }
    } finally {
      delete process.env["OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS"];
    }
    expect(telemetry.spans.map((span) => span.name)).toEqual(["PURGE", "HTTP", "HTTP", "GET"]);
  });

  it("has the fields that were asked for, and nothing of secret ones", async () => {
    using telemetry = new Telemetry();
    await using session = origin.session(true);
    using _ = instrument(session, {
      ...telemetry.given,
      headers: {
        request: ["X-Request", "Authorization", "x-absent"],
        response: ["X-Seen", "set-cookie"],
      },
    });
    await session.get(`${origin.url}/found`, {
      headers: { "x-request": "mine", "x-other": "not asked for" },
      auth: ["user", "s3cret"],
    });
    const { attributes = {} } = telemetry.spans[0] ?? {};
    const fields = Object.entries(attributes).filter(([name]) => name.includes(".header."));
    expect(Object.fromEntries(fields)).toEqual({
      "http.request.header.x-request": ["mine"],
      "http.request.header.authorization": [R],
      "http.response.header.x-seen": ["one", "two"],
      "http.response.header.set-cookie": [R],
    });
  });

  it("has the template of its URL in its name", async () => {
    using telemetry = new Telemetry();
    await using session = origin.session(false);
    using _ = instrument(session, {
      ...telemetry.given,
      urlTemplate: ({ request }) => (request.pathUrl.startsWith("/users/") ? "/users/{id}" : null),
    });
    await session.get(`${origin.url}/users/7`);
    await session.get(`${origin.url}/other`);
    expect(telemetry.spans.map(({ name, attributes }) => [name, attributes["url.template"]])).toEqual([
      ["GET /users/{id}", "/users/{id}"],
      ["GET", undefined],
    ]);
  });

  it.for([
    ["http://a.test/", {}, "a.test", 80],
    ["https://a.test/", {}, "a.test", 443],
    ["http://[::1]:8080/", {}, "::1", 8080],
    ["http://127.0.0.1:8080/", { headers: { Host: "b.test" } }, "b.test", 80],
    ["http://127.0.0.1:8080/", { headers: { Host: "b.test:81" } }, "b.test", 81],
    ["http://127.0.0.1:8080/", { headers: { Host: "not a host" } }, "127.0.0.1", 8080],
  ] as const)("of %s with %o names the server %s, port %s", async ([url, options, address, port]) => {
    using telemetry = new Telemetry();
    await using session = new Session({ trustEnv: false });
    session.mount("http://", new AppAdapter(() => new Response("ok")));
    session.mount("https://", new AppAdapter(() => new Response("ok")));
    using _ = instrument(session, telemetry.given);
    await session.get(url, options as RequestOptions); // the table is readonly
    const [span] = telemetry.spans;
    expect([span?.attributes["server.address"], span?.attributes["server.port"]]).toEqual([address, port]);
    // An app is not reached over a connection.
    expect(span?.attributes).not.toHaveProperty("network.peer.address");
  });

  it("ends, too, where an adapter of the program's fails at once, or later", async () => {
    using telemetry = new Telemetry();
    await using session = new Session({ trustEnv: false });
    using _ = instrument(session, telemetry.given);
    const broken = new TypeError("broken");
    session.mount("http://at-once.test/", {
      send: () => {
        throw broken;
      },
      close: () => Promise.resolve(),
    });
    session.mount("http://later.test/", {
      send: () => Promise.reject(broken),
      close: () => Promise.resolve(),
    });
    await expect(session.get("http://at-once.test/")).rejects.toBe(broken);
    await expect(session.get("http://later.test/")).rejects.toBe(broken);
    session.mount("http://nothing.test/", {
      send: () => Promise.resolve({} as WireResponse), // which it is not
      close: () => Promise.resolve(),
    });
    await expect(session.get("http://nothing.test/")).rejects.toThrow("must return");
    await expect(
      session.get("http://127.0.0.1:9/", { headers: { "content-length": "5" } }),
    ).rejects.toThrow();
    expect(telemetry.spans.map(told).slice(0, 3)).toEqual(
      Array.from({ length: 3 }, () => "GET - ERROR TypeError"),
    );
    expect(telemetry.spans).toHaveLength(4);
    // What others wrote into their errors is not known.
    expect(telemetry.spans.map(({ status }) => status.message).slice(0, 2)).toEqual([undefined, undefined]);
  });

  it("names where nobody listens, and what it failed with", async () => {
    using telemetry = new Telemetry();
    await using session = new Session({ trustEnv: false });
    using _ = instrument(session, telemetry.given);
    await session.get("http://user:s3cret@127.0.0.1:9/x?token=s3cret").catch(() => null);
    const [span] = telemetry.spans;
    expect(span === undefined ? null : told(span)).toBe("GET - ERROR ERR_CONNECTION");
    expect(span?.attributes["url.full"]).toBe(`http://${R}:${R}@127.0.0.1:9/x?token=${R}`);
    expect(JSON.stringify([span?.attributes, span?.status])).not.toContain("s3cret");
  });
});
