/** Messages as the page thinks of them: bars, rows, filters, and what comes live. */
import { describe, expect, it } from "vitest";

import { Book } from "../../src/report/page/book.ts";
import { choicesOf, EVERYTHING, filtered } from "../../src/report/page/filter.ts";
import { messageOf } from "../../src/report/page/message.ts";
import { barsOf } from "../../src/report/page/phases.ts";
import { rowsOf } from "../../src/report/page/rows.ts";
import { signOf, statusOf, wordOf } from "../../src/report/page/words.ts";
import { entryOf, logOf, NO_TIMINGS, START } from "./entries.ts";
import { richLog } from "./logs.ts";

function bookOf(log = richLog()): Book {
  const book = new Book();
  book.load(log);
  return book;
}

describe("the bars of a message", () => {
  it("follow one another, each as long as its phase, and leave out what did not happen", () => {
    expect(barsOf({ ...NO_TIMINGS, queue: 5, tcp: 10, wait: 20.5, receive: 0 }, 35.5)).toEqual([
      { phase: "queue", from: 0, to: 5 },
      { phase: "tcp", from: 5, to: 15 },
      { phase: "wait", from: 15, to: 35.5 },
    ]);
  });

  it.for([
    ["no timings, but a time", NO_TIMINGS, 12, [{ phase: null, from: 0, to: 12 }]],
    ["neither", NO_TIMINGS, 0, []],
    ["timings that are missing", undefined, 3, [{ phase: null, from: 0, to: 3 }]],
    ["what is no time", { ...NO_TIMINGS, dns: -1, wait: NaN, send: Infinity }, -1, []],
  ] as const)("%s", ([, timings, time, expected]) => {
    expect(barsOf(timings, time)).toEqual(expected);
  });
});

describe("how a message ended", () => {
  it.for([
    [{ status: 200 }, "success", "", "200"],
    [{ status: 302 }, "redirect", "\u21aa", "302"],
    [{ status: 404 }, "client-error", "\u25b2", "404"],
    [{ status: 503 }, "server-error", "\u25b2", "503"],
    [{ status: 0, facts: { outcome: "failed" } }, "failed", "\u2715", "failed"],
    [{ status: 200, facts: { outcome: "failed" } }, "failed", "\u2715", "200"],
    [{ status: 0, facts: { outcome: "aborted" } }, "aborted", "\u25a1", "aborted"],
    [{ status: 200, facts: { outcome: "unread" } }, "unread", "\u25a1", "200"],
  ] as const)("%o is told by a sign as well", ([told, fate, sign, status]) => {
    const message = messageOf(entryOf({ id: 1, ...told }));
    expect([message.fate, signOf(message), statusOf(message)]).toEqual([fate, sign, status]);
  });

  it("is told in words behind its bar", () => {
    const error = { name: "ReadTimeout", message: "…", phase: "response" };
    const message = messageOf(
      entryOf({ id: 1, status: 0, timings: { wait: 1500 }, facts: { outcome: "failed", error } }),
    );
    expect(wordOf(message)).toBe("1.50 s ReadTimeout");
  });
});

describe("a message", () => {
  it("is shown though its URL and its time are none", () => {
    const entry = { ...entryOf({ id: 1, url: "no url" }), startedDateTime: "yesterday" };
    expect(messageOf(entry)).toMatchObject({ host: "", origin: "", path: "no url", start: 0, end: 0 });
  });
});

describe("rows", () => {
  const { messages } = bookOf();
  const rows = rowsOf(messages, { key: "start", isDescending: false });

  it("keep the messages of a call together, in their order, under the first of them", () => {
    const put = rows.filter(({ message }) => message.call === 18);
    const at = rows.findIndex(({ message }) => message.id === 18);
    expect(rows.slice(at, at + 3).map(({ message }) => message.id)).toEqual([18, 19, 20]);
    expect(put.map(({ bracket, isFollowUp }) => [bracket, isFollowUp])).toEqual([
      ["first", false],
      ["middle", true],
      ["last", true],
    ]);
  });

  it("have each message once", () => {
    expect(rows.map(({ message }) => message.id).toSorted((a, b) => a - b)).toEqual(
      messages.map(({ id }) => id).toSorted((a, b) => a - b),
    );
  });

  it("are without brackets where one message of a call is left, and still say that it followed another", () => {
    const [row] = rowsOf(
      messages.filter(({ id }) => id === 19),
      { key: "start", isDescending: false },
    );
    expect([row?.bracket, row?.isFollowUp]).toEqual(["none", true]);
  });

  it.for([
    ["time", true, 22],
    ["size", true, 22],
    ["status", false, 21],
    ["method", false, 1],
    ["url", false, 6],
  ] as const)("sorted by %s begin with the right one", ([key, isDescending, expected]) => {
    expect(rowsOf(messages, { key, isDescending })[0]?.message.id).toBe(expected);
  });
});

describe("filters", () => {
  const { messages } = bookOf();
  const ids = (change: Partial<typeof EVERYTHING>): readonly number[] =>
    filtered(messages, { ...EVERYTHING, ...change }).map(({ id }) => id);

  it.for([
    ["by method", { method: "PUT" }, [18, 19, 20]],
    ["by class of status", { status: "4xx" }, [4, 25, 27]],
    ["by no response", { status: "none" }, [21, 26]],
    ["by outcome", { outcome: "aborted" }, [23]],
    ["by host", { host: "old.example:8080" }, [21]],
    ["by several", { host: "shop.example", outcome: "failed" }, [26]],
    ["by words in any order and case", { search: "ACCOUNT login" }, [1, 2]],
    ["by a field", { search: "www-authenticate: digest" }, [4]],
    ["by an error", { search: "connecttimeout" }, [21]],
    ["by what is nowhere", { search: "nowhere" }, []],
  ] as const)("%s", ([, change, expected]) => {
    expect(ids(change)).toEqual(expected);
  });

  it("leave all where nothing is chosen", () => {
    expect(filtered(messages, EVERYTHING)).toBe(messages);
  });

  it("offer what there is, and how many of it", () => {
    expect(choicesOf(messages, "method")).toEqual([
      { value: "GET", count: 24 },
      { value: "POST", count: 1 },
      { value: "PUT", count: 3 },
    ]);
  });
});

describe("the book", () => {
  it("has messages in the order in which they began, however they come", () => {
    const book = bookOf(logOf([]));
    for (const [id, at] of [
      [1, 50],
      [2, 10],
      [3, 30],
    ] as const)
      book.addEntry(entryOf({ id, at }));
    expect(book.messages.map(({ id }) => id)).toEqual([2, 3, 1]);
  });

  it("puts a message into the place of the one with its number", () => {
    const book = bookOf(logOf([entryOf({ id: 1, status: 302 })]));
    book.addEntry(entryOf({ id: 1, status: 200 }));
    expect(book.messages.map(({ status }) => status)).toEqual([200]);
  });

  it("takes away what is dropped, and with it what is over and older than all that is left", () => {
    const book = bookOf();
    book.drop({ total: 7, messages: [1, 2, 18, 19, 20, 25, 26, 999] });
    expect([book.dropped, book.message(18), book.messages.length]).toEqual([7, undefined, 21]);
    expect([1, 2, 3].map((id) => book.call(id)?.id)).toEqual([undefined, 2, 3]);
    expect(book.connections.map(({ id }) => id)).toEqual([1, 2, 3, 4]);
    book.drop({ total: 25, messages: Array.from({ length: 23 }, (_, at) => at + 1) });
    expect(book.connections.map(({ id }) => id)).toEqual([1]);
  });

  it("forgets everything when a whole log comes", () => {
    const book = bookOf();
    book.load(logOf([entryOf({ id: 99 })]));
    expect([book.messages.length, book.connections.length, book.dropped]).toEqual([1, 0, 0]);
  });

  it("spans from the first beginning to the last end", () => {
    const book = bookOf(
      logOf([
        entryOf({ id: 1, at: 10, timings: { wait: 500 } }),
        entryOf({ id: 2, at: 60, timings: { wait: 5 } }),
      ]),
    );
    expect(book.span).toEqual({ from: START + 10, to: START + 510 });
    expect(bookOf(logOf([])).span).toEqual({ from: 0, to: 0 });
  });
});
