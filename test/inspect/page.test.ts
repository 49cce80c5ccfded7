/** How the page reads what the inspector tells: events out of bytes that are cut anywhere, and a book that does not grow for ever. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { HarConnection } from "../../src/record/har-types.ts";
import { Book } from "../../src/report/page/book.ts";
import { EventReader, type ServerEvent } from "../../src/report/page/event-reader.ts";
import { entryOf } from "../support/watched.ts";

describe("events", () => {
  it("are the same however the text is cut", () => {
    const written = fc.record({ name: fc.constantFrom("log", "entry", "call"), data: fc.json() });
    fc.assert(
      fc.property(fc.array(written), fc.integer({ min: 1, max: 40 }), (events, length) => {
        const text = events
          .map(({ name, data }) => `: still here\n\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`)
          .join("");
        const reader = new EventReader();
        const read: ServerEvent[] = [];
        for (let rest = text; rest !== "";) {
          read.push(...reader.read(rest.slice(0, length)));
          rest = rest.slice(length);
        }
        expect(read.map(({ name, data }) => ({ name, data: JSON.parse(data) as unknown }))).toEqual(events); // our JSON
      }),
    );
  });
});

describe("the page's book", () => {
  const connectionOf = (id: number, lasted: number | null): HarConnection => ({
    id,
    origin: "http://shop.example",
    proxy: null,
    httpVersion: "1.1",
    startedDateTime: "2026-01-02T03:04:05.006Z",
    opening: 1,
    lasted,
    error: null,
    remote: null,
    tls: null,
    messages: 1,
  });

  it("forgets, with messages that are gone, their calls and connections that are over", () => {
    const book = new Book();
    for (let id = 1; id <= 1000; id++) {
      book.addConnection(connectionOf(id, 5));
      book.addEntry({ ...entryOf(id), connection: `${id}` });
      const [message] = book.messages;
      if (message === undefined) throw new Error("there is no message");
      book.addCall({
        id,
        method: "GET",
        url: "http://shop.example",
        startedDateTime: "2026-01-02T03:04:05.006Z",
        duration: 1,
        outcome: "complete",
        status: 200,
        error: null,
        messages: 1,
        redirects: 0,
        retries: 0,
      });
      if (id > 10) book.drop({ total: id - 10, messages: [id - 10] });
    }
    expect([book.messages.length, book.calls.length, book.connections.length, book.dropped]).toEqual([
      10, 10, 10, 990,
    ]);
  });

  it("keeps connections that are open", () => {
    const book = new Book();
    book.addConnection(connectionOf(1, null));
    book.addConnection(connectionOf(2, 7));
    book.addEntry(entryOf(1));
    book.drop({ total: 1, messages: [1] });
    expect(book.connections.map(({ id }) => id)).toEqual([1]);
  });
});
