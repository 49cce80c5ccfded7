import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { parseRetryAfter } from "../../src/retries/retry-after.ts";

/** Sun, 06 Nov 1994 08:49:37 GMT: the example of RFC 9110 §5.6.7. */
const THEN = Date.UTC(1994, 10, 6, 8, 49, 37);

describe("parseRetryAfter", () => {
  it.for([
    ["0", 0],
    ["1000", 1_000_000],
    ["\t42 ", 42_000],
    ["007", 7000],
    ["99999999999999999999", 1e23],
  ] as const)("reads %j as seconds", ([value, expected]) => {
    expect(parseRetryAfter(value, THEN)).toBe(expected);
  });

  it.for([
    "Sun, 06 Nov 1994 08:50:37 GMT",
    "Sunday, 06-Nov-94 08:50:37 GMT",
    "Sun Nov  6 08:50:37 1994",
    "sun, 06 nov 1994 08:50:37 gmt",
    "Sun, 06 Nov 1994 08:50:37 UTC",
    " Sun, 06 Nov 1994 08:50:37 GMT\t",
  ])("reads the date %s", (value) => {
    expect(parseRetryAfter(value, THEN)).toBe(60_000);
  });

  it.for(["\u00a042", "42\u00a0", "\ufeff42", "42\n"])(
    "is not read with more than blanks around it: %j",
    (value) => {
      expect(parseRetryAfter(value, THEN)).toBeNull();
    },
  );

  it("gives 0 for a date that is over", () => {
    expect(parseRetryAfter("Thu, 01 Jan 1970 00:00:00 GMT", THEN)).toBe(0);
    expect(parseRetryAfter("Sun, 06 Nov 1994 08:49:37 GMT", THEN)).toBe(0);
  });

  it("reads a leap second", () => {
    expect(parseRetryAfter("Sat, 31 Dec 2016 23:59:60 GMT", Date.UTC(2017, 0, 1) - 5000)).toBe(5000);
  });

  // RFC 9110 §5.6.7: two digits that seem more than 50 years ahead mean the past.
  it.for([
    ["Monday, 01-Jan-50 00:00:00 GMT", 2026, 2050],
    ["Monday, 01-Jan-76 00:00:00 GMT", 2026, 2076],
    ["Monday, 01-Jan-77 00:00:00 GMT", 2026, 1977],
    ["Monday, 01-Jan-99 00:00:00 GMT", 1998, 1999],
  ] as const)("%s in the year %i is in %i", ([value, thisYear, year]) => {
    const now = Date.UTC(thisYear, 0, 1);
    expect(parseRetryAfter(value, now)).toBe(Math.max(0, Date.UTC(year, 0, 1) - now));
  });

  it.for([
    "",
    "-1",
    "+1",
    "1.0",
    "1e3",
    "1 2",
    "\u00b2",
    "0x10",
    "soon",
    "1994-11-06T08:49:37Z",
    "Sun, 06 Nov 1994 08:49:37",
    "Sun, 06 Nov 1994 08:49:37 CET",
    "Sun, 06 Foo 1994 08:49:37 GMT",
    "Sun, 31 Feb 1994 08:49:37 GMT",
    "Sun, 00 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 24:00:00 GMT",
    "Sun, 06 Nov 1994 08:60:00 GMT",
    "Sun, 06 Nov 1994 08:49:61 GMT",
    "Foo, 06 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 08:49:37 GMT, 5",
  ])("cannot read %j", (value) => {
    expect(parseRetryAfter(value, THEN)).toBe(null);
  });

  it("reads every date that JavaScript writes in HTTP's form", () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date(0), max: new Date("9999-12-31"), noInvalidDate: true }),
        fc.nat(),
        (date, earlier) => {
          const whole = Math.floor(date.getTime() / 1000) * 1000;
          expect(parseRetryAfter(date.toUTCString(), whole - earlier)).toBe(earlier);
        },
      ),
    );
  });

  it("takes any text without failing", () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const delay = parseRetryAfter(value, THEN);
        expect(delay === null || delay >= 0).toBe(true);
      }),
    );
  });
});
