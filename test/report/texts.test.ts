/** Figures with their units, bodies as they are shown, and events out of a stream. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { indent, shownBody } from "../../src/report/page/body-text.ts";
import { EventReader } from "../../src/report/page/event-reader.ts";
import {
  formatBytes,
  formatCount,
  formatMs,
  formatNumber,
  formatShare,
  formatTime,
  shorten,
} from "../../src/report/page/format.ts";

describe("figures", () => {
  it.for([
    [0, "0 ms"],
    [0.04, "0 ms"],
    [0.44, "0.4 ms"],
    [9.96, "10 ms"],
    [123.4, "123 ms"],
    [999.6, "1.00 s"],
    [1234, "1.23 s"],
    [12_345, "12.3 s"],
    [59_996, "1 min 0 s"],
    [123_000, "2 min 3 s"],
    [3_723_000, "1 h 2 min"],
  ] as const)("%d ms: %s", ([ms, text]) => {
    expect(formatMs(ms)).toBe(text);
  });

  it.for([
    [0, "0 B"],
    [812, "812 B"],
    [999, "999 B"],
    [1000, "1.0 kB"],
    [12_345, "12.3 kB"],
    [123_456, "123 kB"],
    [999_900, "1.0 MB"],
    [5_250_000_000, "5.3 GB"],
  ] as const)("%d bytes: %s", ([bytes, text]) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it("has times in UTC, thousands apart, shares in percent, and one of one", () => {
    expect([formatTime(Date.UTC(2026, 10, 30, 1, 2, 3, 4)), formatTime(NaN)]).toEqual([
      "2026-11-30 01:02:03.004",
      "",
    ]);
    expect([formatNumber(1_234_567), formatShare(1, 3), formatShare(0, 0)]).toEqual([
      "1,234,567",
      "33 %",
      "0 %",
    ]);
    expect([formatCount(1, "message"), formatCount(2000, "message")]).toEqual([
      "1 message",
      "2,000 messages",
    ]);
  });

  it("shortens in the middle", () => {
    expect([shorten("short", 10), shorten("abcdefghijklmnop", 10)]).toEqual(["short", "abcdef\u2026nop"]);
  });
});

describe("bodies", () => {
  it("indents JSON, and leaves its tokens as they are", () => {
    expect(indent('{"a":[1,{"b":90071992547409931}],"a":{},"c":[ ],"d":"{[,:\\"]}"}')).toBe(
      '{\n  "a": [\n    1,\n    {\n      "b": 90071992547409931\n    }\n  ],\n  "a": {},\n  "c": [],\n  "d": "{[,:\\"]}"\n}',
    );
  });

  it("indents any JSON to what means the same, as JSON.stringify does", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(indent(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2));
      }),
    );
  });

  it.for([
    ["no JSON", "{not json"],
    ["deep JSON", `${"[".repeat(500)}${"]".repeat(500)}`],
    ["JSON as deep as it is long", `${"[".repeat(500_000)}${"]".repeat(500_000)}`],
    ["long JSON", JSON.stringify("x".repeat(2_000_001))],
  ] as const)("leaves %s as it came", ([, text]) => {
    expect(indent(text)).toBe(null);
    expect(shownBody(text, undefined, "application/json")).toEqual({ kind: "text", text });
  });

  it("shows JSON without its media type, and text with brackets as text", () => {
    expect(shownBody('[{"a":1}]', undefined, "text/plain").kind).toBe("json");
    expect(shownBody("<a>[1]</a>", undefined, "text/html")).toEqual({ kind: "text", text: "<a>[1]</a>" });
  });

  it("shows bytes as hexadecimal digits, and what is printable of them", () => {
    const { kind, text } = shownBody(
      Buffer.from("\0\x01GIF89a\xff\xfe<b>!!!!!!", "latin1").toString("base64"),
      "base64",
      "image/gif",
    );
    expect([kind, ...text.split("\n")]).toEqual([
      "binary",
      "000000  00 01 47 49 46 38 39 61 ff fe 3c 62 3e 21 21 21  ..GIF89a..<b>!!!",
      "000010  21 21 21                                         !!!",
    ]);
  });

  it("shows so many bytes and no more, and what is no base64 as it is", () => {
    expect(shownBody(Buffer.alloc(5000).toString("base64"), "base64", "").text.split("\n").length).toBe(32);
    expect(shownBody("no base64!", "base64", "").text).toBe("no base64!");
  });
});

describe("events", () => {
  const STREAM =
    ': hello\n\nid: 1\nevent: log\ndata: {"a":1}\n\nid: 2\r\nevent: entry\r\ndata: x\r\ndata:y\r\n\r\nid: 3\n\ndata: last\n\nevent: half\n';
  const EVENTS = [
    { name: "log", data: '{"a":1}' },
    { name: "entry", data: "x\ny" },
    { name: "message", data: "last" },
  ];

  it("come the same in whatever pieces the text comes", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (lengths) => {
        const reader = new EventReader();
        const events = [];
        for (let at = 0, n = 0; at < STREAM.length; n++) {
          const length = lengths[n % lengths.length] ?? 1;
          events.push(...reader.read(STREAM.slice(at, at + length)));
          at += length;
        }
        expect(events).toEqual(EVENTS);
      }),
    );
  });
});
