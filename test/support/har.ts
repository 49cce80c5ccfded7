/** What holds of each HAR that is written: the schema of HAR 1.2, what readers need, and sums. */
import { Ajv2020 } from "ajv/dist/2020.js";
import { readFileSync } from "node:fs";
import { expect } from "vitest";

import type { Har, HarEntry } from "../../src/record/har-types.ts";

const schema = JSON.parse(
  readFileSync(new URL("../record/har-1.2.schema.json", import.meta.url), "utf8"),
) as object; // it is an object
const validate = new Ajv2020({
  allErrors: true,
  strictRequired: false,
  strictTypes: false,
  formats: { "date-time": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/ },
}).compile(schema);

/** Where a value does not pass the schema. */
export function faultsOf(har: unknown): string[] {
  validate(JSON.parse(JSON.stringify(har)));
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** What Chrome's importer, and whoever draws a waterfall, needs of an entry beside the schema: a name, and whether it is so. */
export const RULES: readonly (readonly [rule: string, holds: (entry: HarEntry) => boolean])[] = [
  ["the URL is absolute, without user info and fragment", ({ request }) => isPlainUrl(request.url)],
  ["the time is a number that is not negative", ({ time }) => Number.isFinite(time) && time >= 0],
  ["send, wait and receive are not negative", ({ timings: t }) => Math.min(t.send, t.wait, t.receive) >= 0],
  [
    "blocked, dns, connect, ssl and queueing are -1, or not negative",
    ({ timings: t }) =>
      [t.blocked, t.dns, t.connect, t.ssl, t._blocked_queueing].every((part) => part === -1 || part >= 0),
  ],
  ["connect has ssl in it", ({ timings: t }) => t.ssl === -1 || t.connect >= t.ssl - 0.001],
  ["blocked has queueing in it", ({ timings: t }) => t.blocked >= t._blocked_queueing - 0.001],
  [
    "the time is the sum of the timings without ssl",
    ({ time, timings: t }) =>
      Math.abs(sum([t.blocked, t.dns, t.connect, t.send, t.wait, t.receive]) - time) < 0.01,
  ],
  ["the type of the content is named", ({ response }) => response.content.mimeType !== ""],
  ["a text in base64 is one", ({ response: { content } }) => isText(content)],
  [
    "a failed message has the status 0 and says why",
    ({ response }) => response.status > 0 || response._error !== null,
  ],
  ["what it weighs is known", ({ response }) => Number.isInteger(response._transferSize)],
  ["it is told as a fetch", ({ _resourceType }) => _resourceType === "fetch"],
  ["no value is missing", (entry) => !JSON.stringify(entry).includes("undefined")],
];

function isPlainUrl(url: string): boolean {
  const { username, password, hash, protocol } = new URL(url);
  return username + password + hash === "" && /^https?:$/.test(protocol);
}

function isText({ encoding, text = "" }: HarEntry["response"]["content"]): boolean {
  return encoding === undefined || Buffer.from(text, "base64").toString("base64") === text;
}

function sum(parts: readonly number[]): number {
  return parts.filter((part) => part > 0).reduce((all, part) => all + part, 0);
}

/** Holds a HAR to all of it. */
export function expectSound(har: Har): void {
  expect(faultsOf(har)).toEqual([]);
  const broken = har.log.entries.flatMap((entry) =>
    RULES.filter(([, holds]) => !holds(entry)).map(([rule]) => `${entry.request.url}: ${rule}`),
  );
  expect(broken).toEqual([]);
  const starts = har.log.entries.map(({ startedDateTime }) => startedDateTime);
  expect(starts).toEqual(starts.toSorted());
  const numbers = har.log.entries.map(({ _sojourn }) => _sojourn.message);
  expect(new Set(numbers).size).toBe(numbers.length);
  // A connection is drawn as a lane: its number is no other's, and it leads to one place.
  const ids = har.log._sojourn.connections.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
}
