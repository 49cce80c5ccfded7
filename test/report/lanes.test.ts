/** Lanes, cookies over time, and the summary. */
import { describe, expect, it } from "vitest";

import { Book } from "../../src/report/page/book.ts";
import { cookieStories } from "../../src/report/page/cookie-story.ts";
import { lanesOf } from "../../src/report/page/lanes.ts";
import { messageOf } from "../../src/report/page/message.ts";
import { quantile, summaryOf } from "../../src/report/page/summary.ts";
import { refusalText } from "../../src/report/page/words.ts";
import { connectionOf, entryOf, START } from "./entries.ts";
import { richLog } from "./logs.ts";

const book = new Book();
book.load(richLog());

describe("lanes", () => {
  const lanes = lanesOf(book.messages, book.connections);

  it("are one for each connection, in the order of their opening, and one for messages without", () => {
    expect(lanes.map(({ id, messages }) => [id, messages.length])).toEqual([
      [1, 6],
      [2, 17],
      [3, 0],
      [4, 2],
      [5, 2],
      [null, 1],
    ]);
  });

  it("have one track where one message follows another, and as many as there are messages at a time", () => {
    expect(lanes.map(({ tracks }) => tracks)).toEqual([1, 12, 1, 1, 1, 1]);
  });

  it("never have two messages at the same place", () => {
    for (const { messages } of lanes)
      for (const [at, one] of messages.entries())
        for (const other of messages.slice(at + 1))
          expect(one.track !== other.track || one.to <= other.from || other.to <= one.from).toBe(true);
    expect(lanes.length).toBe(6);
  });

  it("begin where the connection was there, not where it was waited for", () => {
    const waiting = messageOf(
      entryOf({ id: 1, connection: 9, timings: { queue: 300, limit: 50, send: 1, wait: 20 } }),
    );
    expect(lanesOf([waiting], [])[0]?.messages[0]).toMatchObject({ from: START + 350, to: START + 371 });
  });

  it("are there for a connection that nobody told of, and not for one that was never used", () => {
    const message = messageOf(entryOf({ id: 1, connection: 9 }));
    expect(
      lanesOf([message], [connectionOf({ id: 8 })]).map(({ id, connection }) => [id, connection]),
    ).toEqual([[9, null]]);
  });
});

describe("cookies over time", () => {
  const stories = cookieStories(book.messages);

  it("are told by name and domain: set, sent, refused, deleted, in their order", () => {
    expect(stories.map(({ name, domain, events }) => [name, domain, events.map(({ kind }) => kind)])).toEqual(
      [
        ["csrf", "shop.example", ["stored", "sent", "deleted"]],
        ["pref", "shop.example", ["stored", "sent"]],
        ["sid", "shop.example", ["stored", "sent", "sent", "refused", "sent", "deleted"]],
        ["track", "shop.example", ["refused"]],
      ],
    );
  });

  it("say why one was refused", () => {
    expect(refusalText(stories.at(-1)?.events[0]?.reason)).toBe("its domain is not one of this host");
    expect([refusalText(null), refusalText("something-new")]).toEqual(["", "something-new"]);
  });

  it("belong together where a host sends what its domain set", () => {
    const set = entryOf({
      id: 1,
      url: "https://a.shop.example/",
      facts: { cookies: [{ name: "x", kind: "stored", domain: ".shop.example" }] },
    });
    const sent = entryOf({
      id: 2,
      at: 9,
      url: "https://b.shop.example:8443/",
      request: { cookies: [{ name: "x", value: "" }] },
    });
    const other = entryOf({
      id: 3,
      at: 9,
      url: "https://xshop.example/",
      request: { cookies: [{ name: "x", value: "" }] },
    });
    expect(
      cookieStories([set, sent, other].map(messageOf)).map(({ domain, events }) => [domain, events.length]),
    ).toEqual([
      ["shop.example", 2],
      ["xshop.example", 1],
    ]);
  });
});

describe("the summary", () => {
  const summary = summaryOf(book.messages, book.calls, book.connections);

  it("counts", () => {
    expect(summary).toMatchObject({
      messages: 28,
      calls: 24,
      failedCalls: 2,
      redirects: 1,
      retries: 2,
      failures: 6,
      aborted: 1,
      sentBytes: 62,
      connections: 5,
      reused: 23,
      connected: 27,
    });
  });

  it("adds up: bytes, messages and failures of all origins", () => {
    const sums = summary.origins.map(({ bytes, messages, failures }) => [bytes, messages, failures]);
    const total = [0, 1, 2].map((at) => sums.reduce((all, each) => all + (each[at] ?? 0), 0));
    expect(total).toEqual([summary.receivedBytes, summary.messages, summary.failures]);
    expect(summary.statuses.reduce((all, [, count]) => all + count, 0)).toBe(28);
  });

  it("has errors by kind, the most frequent first, with the first of each", () => {
    expect(summary.errors.map(({ kind, count, first }) => [kind, count, first.id])).toEqual([
      ["HTTP 503", 2, 18],
      ["ConnectTimeout (connect)", 1, 21],
      ["ConnectionError (response)", 1, 26],
      ["HTTP 404", 1, 25],
      ["HTTP 429", 1, 27],
    ]);
  });

  it("has the ten that took longest", () => {
    expect([summary.slowest.length, summary.slowest[0]?.id, summary.slowest[1]?.id]).toEqual([10, 22, 23]);
  });

  it.for([
    [[], 0.5, 0],
    [[7], 0.95, 7],
    [[1, 2, 3, 4], 0.5, 2],
    [[1, 2, 3, 4, 100], 0.95, 100],
  ] as const)("half of %o", ([values, share, expected]) => {
    expect(quantile(values, share)).toBe(expected);
  });

  it("of nothing is all zeros", () => {
    expect(summaryOf([], [], [])).toMatchObject({
      messages: 0,
      calls: 0,
      median: 0,
      slow: 0,
      origins: [],
      errors: [],
      slowest: [],
    });
  });
});
