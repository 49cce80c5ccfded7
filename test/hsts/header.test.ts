import { describe, expect, it } from "vitest";

import { parseStrictTransport } from "../../src/hsts/store.ts";

const YEAR = 31_536_000_000;

describe("parseStrictTransport", () => {
  // The examples of RFC 6797 §6.2, and what §6.1 says of the rest.
  it.for([
    ["max-age=31536000", YEAR, false],
    ["max-age=15768000 ; includeSubDomains", 15_768_000_000, true],
    ['max-age="31536000"', YEAR, false],
    ["max-age=0", 0, false],
    ["max-age=0; includeSubDomains", 0, true],
    ["MAX-AGE=1;INCLUDESUBDOMAINS", 1000, true],
    [" ; max-age=1 ;; preload; x=y ", 1000, false],
    ["max-age = 1", 1000, false],
    ["max-age=1; includeSubDomains=no", 1000, false],
    // A semicolon in a quoted string ends nothing, nor does a quoted quote.
    ['max-age=31536000; extra="a;b"; includeSubDomains', YEAR, true],
    ['extra=";max-age=5;"; max-age=1', 1000, false],
    ['extra="a\\";b"; max-age=1; includeSubDomains', 1000, true],
    ['extra="a\\\\"; max-age=1', 1000, false],
    ['x=""; max-age="1"', 1000, false],
    ['max-age="\\1"', 1000, false],
    ["\tmax-age=1\t;\tpreload", 1000, false],
    ["max-age=99999999999999999999999", 3_155_760_000_000, false],
  ] as const)("reads %s", ([header, maxAgeMs, includeSubDomains]) => {
    expect(parseStrictTransport(header)).toEqual({ maxAgeMs, includeSubDomains });
  });

  it.for([
    "",
    ";",
    "includeSubDomains",
    "max-age",
    "max-age=",
    "max-age=-1",
    "max-age=1.5",
    "max-age=one",
    "max-age=1; max-age=2",
    "max-age=1; includeSubDomains; includeSubDomains",
    "max-age=1, max-age=2",
    "max age=1",
    'max-age="1',
    'max-age=1; x="a',
    'max-age=1; x="a\\',
    'max-age=1; x="a"b',
    'max-age=1; x=a"b"',
    'max-age=1; "x"=1',
    "\u00a0max-age=1",
  ])("ignores %j", (header) => {
    expect(parseStrictTransport(header)).toBeNull();
  });
});
