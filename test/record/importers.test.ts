/**
 * What readers of HAR need beside the schema. Each rule is broken once, so that it is known to see that; that every log keeps to all of them
 * is held by `expectSound()`, which the other tests call.
 */
import { describe, expect, it } from "vitest";

import type { HarEntry } from "../../src/record/har-types.ts";
import { entryOf } from "../../src/record/entry.ts";
import { faultsOf, RULES } from "../support/har.ts";
import { harOf, messageOf } from "../support/recorded.ts";

const manner = { bodies: "all", maxBodyBytes: 100, hiddenBytes: (bytes: Uint8Array) => bytes } as const;
const good = entryOf(messageOf({}), null, manner);

/** An entry that breaks the rule. */
const BROKEN: Readonly<Record<string, HarEntry>> = {
  "the URL is absolute, without user info and fragment": {
    ...good,
    request: { ...good.request, url: "http://user@example.com/" },
  },
  "the time is a number that is not negative": { ...good, time: Number.NaN },
  "send, wait and receive are not negative": { ...good, timings: { ...good.timings, send: -1 } },
  "blocked, dns, connect, ssl and queueing are -1, or not negative": {
    ...good,
    timings: { ...good.timings, dns: -2 },
  },
  "connect has ssl in it": { ...good, timings: { ...good.timings, connect: 1, ssl: 2 } },
  "blocked has queueing in it": { ...good, timings: { ...good.timings, blocked: 1, _blocked_queueing: 2 } },
  "the time is the sum of the timings without ssl": { ...good, time: good.time + 1 },
  "the type of the content is named": {
    ...good,
    response: { ...good.response, content: { size: 0, mimeType: "" } },
  },
  "a text in base64 is one": {
    ...good,
    response: {
      ...good.response,
      content: { size: 1, mimeType: "a/b", text: "no base64", encoding: "base64" },
    },
  },
  "a failed message has the status 0 and says why": {
    ...good,
    response: { ...good.response, status: 0, _error: null },
  },
  "what it weighs is known": { ...good, response: { ...good.response, _transferSize: Number.NaN } },
  "it is told as a fetch": { ...good, _resourceType: "xhr" as "fetch" }, // what is wrong
  "no value is missing": { ...good, serverIPAddress: "undefined" },
};

describe("the rules of readers", () => {
  it.for(RULES)("see it when not: %s", ([rule, holds]) => {
    const broken = BROKEN[rule];
    expect(holds(good)).toBe(true);
    expect(broken !== undefined && holds(broken)).toBe(false);
  });
});

describe("the schema of HAR 1.2", () => {
  const har = harOf([{ answer: "x" }]);

  it("takes what is written", () => {
    expect(faultsOf(har)).toEqual([]);
  });

  it.for<[what: string, change: (entry: Record<string, unknown>) => void]>([
    ["a field of its own that has no underscore", (entry) => void (entry["mine"] = 1)],
    ["a missing cache", (entry) => void delete entry["cache"]],
    ["a date without a zone", (entry) => void (entry["startedDateTime"] = "2026-12-01T00:00:00.000")],
    ["a negative time", (entry) => void (entry["time"] = -1)],
    ["a number for a connection", (entry) => void (entry["connection"] = 1)],
  ])("refuses %s", ([, change]) => {
    const copy = JSON.parse(JSON.stringify(har)) as { log: { entries: Record<string, unknown>[] } }; // as written
    for (const entry of copy.log.entries) change(entry);
    expect(faultsOf(copy)).not.toEqual([]);
  });
});
