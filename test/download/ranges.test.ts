import { describe, expect, it } from "vitest";
import { HeaderMap } from "../../src/core/headers.ts";
import { contentRange, continues, versionOf, type Version } from "../../src/download/ranges.ts";

const MODIFIED = "Sat, 01 Jan 2000 00:00:00 GMT";
const LATER = "Sat, 01 Jan 2000 00:00:01 GMT";

describe("versionOf", () => {
  // RFC 9110 §8.8.2.2, §8.8.3, §13.1.5.
  it.for<[headers: Record<string, string>, version: Partial<Version> | null]>([
    [
      { etag: '"1"', "content-length": "9" },
      { validator: '"1"', field: "etag", totalBytes: 9 },
    ],
    [{ etag: '""' }, { validator: '""', totalBytes: null }],
    [{ etag: 'W/"1"' }, null],
    [{ etag: "1" }, null],
    [{ etag: '"1", "2"' }, null],
    [{ etag: 'W/"1"', "last-modified": MODIFIED, date: LATER }, null],
    [
      { "last-modified": MODIFIED, date: LATER },
      { validator: MODIFIED, field: "last-modified" },
    ],
    [{ "last-modified": MODIFIED, date: MODIFIED }, null],
    [{ "last-modified": MODIFIED }, null],
    [{ "last-modified": "yesterday", date: LATER }, null],
    [{ etag: '"1"', "content-encoding": "gzip" }, null],
    [{}, null],
  ])("of %j is %j", ([headers, version]) => {
    const found = versionOf({ status: 200, headers: new HeaderMap(headers) });
    if (version === null) expect(found).toBeNull();
    else expect(found).toMatchObject(version);
  });
});

describe("continues", () => {
  const version: Version = { validator: '"1"', field: "etag", totalBytes: 9 };
  const good = { etag: '"1"', "content-range": "bytes 4-8/9" };

  it.for<[what: string, status: number, headers: Record<string, string>, is: boolean]>([
    ["the rest", 206, good, true],
    ["a part of the rest", 206, { ...good, "content-range": "bytes 4-5/9" }, true],
    ["a rest of a total that is not told", 206, { ...good, "content-range": "bytes 4-8/*" }, true],
    ["the whole", 200, good, false],
    ["another tag", 206, { ...good, etag: '"2"' }, false],
    ["a weak tag", 206, { ...good, etag: 'W/"1"' }, false],
    ["no tag", 206, { "content-range": "bytes 4-8/9" }, false],
    ["another place", 206, { ...good, "content-range": "bytes 3-8/9" }, false],
    ["another total", 206, { ...good, "content-range": "bytes 4-9/10" }, false],
    ["no range", 206, { etag: '"1"', "content-type": "multipart/byteranges; boundary=x" }, false],
    ["coded bytes", 206, { ...good, "content-encoding": "gzip" }, false],
  ])("%s", ([, status, headers, is]) => {
    expect(continues({ status, headers: new HeaderMap(headers) }, version, 4)).toBe(is);
  });
});

describe("contentRange", () => {
  it.for([
    ["bytes 0-0/1", { first: 0, last: 0, totalBytes: 1 }],
    ["BYTES 4-8/*", { first: 4, last: 8, totalBytes: null }],
    ["bytes 4-8/8", null],
    ["bytes 8-4/9", null],
    ["bytes */9", null],
    ["bytes=4-8/9", null],
    ["items 4-8/9", null],
    ["bytes 4-8/9, bytes 4-8/9", null],
    [`bytes 0-${"9".repeat(400)}/*`, null],
  ] as const)("of %j is %j", ([value, range]) => {
    expect(contentRange(new HeaderMap({ "content-range": value }))).toEqual(range);
  });
});
