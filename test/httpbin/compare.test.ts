/** The comparison finds what differs, and nothing else. */
import { Buffer } from "node:buffer";

import { describe, expect, it } from "vitest";

import { differences } from "./compare.ts";
import { row } from "./row.ts";
import type { Pair, Reply, Row } from "./row.ts";
import { table } from "./table.ts";

const HTTPBIN = "http://127.0.0.1:1001";
const OURS = "http://127.0.0.1:2002";

function reply(body: string, headers: readonly Pair[] = [], status = 200): Reply {
  return { status, headers: [["content-type", "application/json"], ...headers], body: Buffer.from(body) };
}

function compare(expected: Reply, actual: Reply, extra: Partial<Row> = {}): readonly string[] {
  const asked = row("GET /", {}, extra);
  return differences(asked, { base: HTTPBIN, reply: expected }, { base: OURS, reply: actual });
}

describe("two replies", () => {
  it.for([
    ["order and white space of JSON", reply('{"a":1,"b":[2]}'), reply('{ "b": [2], "a": 1 }')],
    ["their own address", reply(`{"url":"${HTTPBIN}/get"}`), reply(`{"url":"${OURS}/get"}`)],
    ["it in Location", reply("", [["location", `${HTTPBIN}/a`]]), reply("", [["location", `${OURS}/a`]])],
    ["the boundary", reply('{"t":"x; boundary=--a1"}'), reply('{"t":"x; boundary=--b2"}')],
    [
      "attributes of a cookie in another order",
      reply("", [["set-cookie", "a=1; Path=/; Secure"]]),
      reply("", [["set-cookie", "a=1; secure; path=/"]]),
    ],
    [
      "nonces",
      reply("", [["www-authenticate", 'Digest nonce="1", qop="auth"']]),
      reply("", [["www-authenticate", 'Digest nonce="2", qop=auth, stale=false']]),
    ],
    ["headers that are not compared", reply("", [["date", "1"]]), reply("", [["date", "2"]])],
  ] as const)("agree when only %s differs", ([, expected, actual]) => {
    expect(compare(expected, actual)).toEqual([]);
  });

  it.for([
    ["status", reply("", [], 200), reply("", [], 201)],
    ["body.a", reply('{"a":"1"}'), reply('{"a":1}')],
    ["body.b", reply('{"a":1,"b":2}'), reply('{"a":1}')],
    ["body", reply("{}"), reply("")],
    ["location", reply("", [["location", "/a"]]), reply("")],
    ["cookies", reply("", [["set-cookie", "a=1"]]), reply("", [["set-cookie", "a=1; Path=/"]])],
    [
      "challenge",
      reply("", [["www-authenticate", "Basic a=b"]]),
      reply("", [["www-authenticate", "Bearer a=b"]]),
    ],
  ] as const)("differ in %s", ([where, expected, actual]) => {
    expect(compare(expected, actual).join("\n")).toMatch(new RegExp(`^${where}: httpbin has`, "m"));
  });

  it("agree in fields that a row leaves out", () => {
    const [expected, actual] = [reply('{"a":{"b":1,"c":2}}'), reply('{"a":{"b":3,"c":2}}')];
    expect(compare(expected, actual)).toHaveLength(1);
    expect(compare(expected, actual, { without: ["a.b"] })).toEqual([]);
  });
});

describe("the table", () => {
  it("has a request in each row, or the reason why there is none", () => {
    for (const { name, steps, skip } of table) expect(steps.length > 0 || Boolean(skip), name).toBe(true);
  });
});
