/** The harness of the hostile server: what it takes for wrong. */
import { describe, expect, it } from "vitest";
import {
  ChunkedEncodingError,
  InvalidProxyURL,
  ReadTimeout,
  SSLError,
  UnrewindableBodyError,
} from "../../src/index.ts";
import { complaint } from "./expect.ts";
import { missingFeature } from "./features.ts";
import type { Case, Expectation } from "./kit.ts";
import { failed, RefusedCredentials, type Answered, type Failed, type Outcome } from "./outcome.ts";
import { summary, table, type Verdict } from "./table.ts";

const cost = { elapsedMs: 100, rssMb: 10 };
/** SHA-256 of `hello`. */
const HELLO = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

function ok(parts: Partial<Answered> = {}): Outcome {
  const body = new TextEncoder().encode("hello");
  const plain = {
    kind: "ok",
    status: 200,
    body,
    headers: { a: "1" },
    redirects: 2,
    text: null,
    json: null,
  } as const;
  return { ...plain, ...cost, ...parts };
}

function error(parts: Partial<Failed> = {}): Outcome {
  return { kind: "error", classes: ["SSLError"], message: "no trust", ...cost, ...parts };
}

describe("complaint", () => {
  it.for<[string, Expectation, Outcome]>([
    ["a good response", { outcome: "ok", status: 200, body_sha256: HELLO, body_len: 5 }, ok()],
    ["an allowed class", { outcome: "error", error: ["ProxyError", "SSLError"] }, error()],
    ["an error where either will do", { outcome: "any", error: ["SSLError"], ok: { status: 204 } }, error()],
    ["a response where either will do", { outcome: "any", error: ["SSLError"], ok: { status: 200 } }, ok()],
    [
      "a timeout without its kind",
      { outcome: "error", error: ["ReadTimeout"] },
      error({ classes: ["Timeout"] }),
    ],
    ["what is not JSON", { outcome: "ok", json_error: true }, ok({ json: { thrown: new Error("x") } })],
    [
      "JSON",
      { outcome: "ok", json: { a: [1] }, json_keys_include: ["a"] },
      ok({ json: { value: { a: [1] } } }),
    ],
  ])("has none about %s", ([, expected, outcome]) => {
    expect(complaint(expected, outcome)).toBeNull();
  });

  it.for<[string, Expectation, Outcome, RegExp]>([
    ["a step without end", { outcome: "any", error: [] }, { kind: "hang", ...cost }, /did not end/],
    ["time", { outcome: "ok", max_ms: 99 }, ok(), /took 100 ms/],
    ["memory", { outcome: "ok", max_rss_mb: 9 }, ok(), /grew by 10 MB/],
    ["an error", { outcome: "ok" }, error(), /wanted ok, got SSLError/],
    ["a response", { outcome: "error", error: ["SSLError"] }, ok(), /wanted an error \(SSLError\)/],
    ["another class", { outcome: "any", error: ["ConnectionError"] }, error(), /none of ConnectionError/],
    [
      "a timeout of another kind",
      { outcome: "error", error: ["Timeout"] },
      error({ classes: ["ReadTimeout"] }),
      /none of/,
    ],
    ["a secret", { outcome: "error", error: ["SSLError"], not_in_error: ["trust"] }, error(), /has "trust"/],
    [
      "control characters",
      { outcome: "any", error: ["SSLError"], error_printable: true },
      error({ message: "\u001b[2J" }),
      /control/,
    ],
    ["the status", { outcome: "any", ok: { status: 204 } }, ok(), /status is 200/],
    ["the body", { outcome: "ok", body_sha256: "0", body_len: 5 }, ok(), /another body: 5 bytes/],
    ["the body's length", { outcome: "ok", body_len: 4 }, ok(), /has 5 bytes/],
    ["a header", { outcome: "ok", headers: { a: "2" } }, ok(), /header a is 1/],
    ["a header's pattern", { outcome: "ok", headers_match: { a: "^2" } }, ok(), /wanted \/\^2\//],
    ["a header too many", { outcome: "ok", no_headers: ["a"] }, ok(), /has header a/],
    ["redirects", { outcome: "ok", redirects: 1 }, ok(), /2 redirects/],
    ["text", { outcome: "ok", text: "b" }, ok({ text: { value: "a" } }), /text is "a"/],
    [
      "text that cannot be had",
      { outcome: "ok", text_ok: true },
      ok({ text: { thrown: "x" } }),
      /text\(\) threw x/,
    ],
    [
      "text that must not be there",
      { outcome: "ok", text_lacks: "b" },
      ok({ text: { value: "abc" } }),
      /has "b"/,
    ],
    ["JSON", { outcome: "ok", json: 1 }, ok({ json: { value: 2 } }), /json is 2/],
    [
      "JSON that cannot be read",
      { outcome: "ok", json: 1 },
      ok({ json: { thrown: "x" } }),
      /json\(\) threw x/,
    ],
    ["JSON that should not be", { outcome: "ok", json_error: true }, ok({ json: { value: 1 } }), /no JSON/],
    [
      "JSON without a key",
      { outcome: "ok", json_keys_include: ["b"] },
      ok({ json: { value: {} } }),
      /lacks b/,
    ],
  ])("is about %s", ([, expected, outcome, said]) => {
    expect(complaint(expected, outcome)).toMatch(said);
  });
});

describe("failed", () => {
  const reason = new Error("enough");
  it.for<[unknown, readonly string[]]>([
    [reason, ["Aborted"]],
    [new SSLError("x"), ["SSLError"]],
    [new ReadTimeout("x", { limitMs: 1 }), ["ReadTimeout"]],
    [new ChunkedEncodingError("x"), ["ChunkedEncodingError", "IncompleteBody"]],
    [new UnrewindableBodyError("x"), ["UnrewindableBody"]],
    [new InvalidProxyURL("x"), ["InvalidURL"]],
    [new RefusedCredentials("x"), ["InvalidAuth", "InvalidHeader"]],
    // A mistake of ours has a class that no case allows.
    [new TypeError("x is not a function"), ["TypeError"]],
    ["text", ["string"]],
  ])("%o has the kit's classes %o", ([thrown, classes]) => {
    expect(failed(thrown, reason).classes).toEqual(classes);
  });
});

function caseOf(parts: Partial<Case>): Case {
  return { id: "g/x", group: "g", proves: "", steps: [], ...parts };
}

describe("missingFeature", () => {
  const request = { method: "GET", url: "http://h/" };
  it.for<[string | null, Partial<Case>]>([
    [null, { features: ["proxy", "digest"], steps: [{ op: "sleep", ms: 1 }] }],
    ["teleport", { features: ["proxy", "teleport"] }],
    ["operation dance", { steps: [{ op: "dance" }] }],
    // What the types do not know.
    [
      "option warp",
      { steps: [{ request: { ...request, options: { warp: 1 } as object }, expect: { outcome: "ok" } }] },
    ],
    [
      "auth ntlm",
      {
        steps: [{ request: { ...request, options: { auth: { type: "ntlm" } } }, expect: { outcome: "ok" } }],
      },
    ],
  ])("is %o", ([missing, parts]) => {
    expect(missingFeature(caseOf(parts))).toBe(missing);
  });
});

describe("the end of a run", () => {
  const verdicts: Verdict[] = [
    { kind: "passed", of: caseOf({}) },
    { kind: "failed", of: caseOf({ group: "h" }), why: ["so"] },
    { kind: "skipped", of: caseOf({ group: "h" }), feature: "teleport" },
  ];

  it("names what is not built beside the numbers of each group", () => {
    expect(
      table(verdicts)
        .split("\n")
        .map((line) => line.split(/\s+/).join(" ")),
    ).toEqual([
      "group passed failed skipped not built",
      "g 1 . .",
      "h . 1 1 teleport (1)",
      "all 1 1 1 teleport (1)",
    ]);
  });

  it("is the sum", () => {
    expect(summary(verdicts)).toBe("1 passed, 1 failed, 1 skipped");
  });
});
