import { describe, expect, it } from "vitest";
import { parseCookieDate } from "../../src/cookies/date.ts";

const utc = (year: number, month: number, day: number, seconds = 0): number =>
  Date.UTC(year, month - 1, day, 0, 0, seconds);

describe("a cookie date", () => {
  // RFC 6265bis §5.1.1
  it.for<readonly [text: string, time: number]>([
    ["Wed, 21 Oct 2099 07:28:00 GMT", utc(2099, 10, 21, 26_880)],
    ["Wednesday, 21-Oct-99 07:28:00 GMT", utc(1999, 10, 21, 26_880)],
    ["Thu Oct 21 07:28:00 2027", utc(2027, 10, 21, 26_880)],
    // Order does not matter, but the first number of one or two digits is the day.
    ["2027 oct 21 7:28:0", utc(2027, 10, 21, 26_880)],
    ["07:28:00 2027 OCTOBER 21", utc(2027, 10, 21, 26_880)],
    // Two-digit years: 70 to 99 are of the last century, the others of this one.
    ["01 Jan 70 00:00:00", utc(1970, 1, 1)],
    ["01 Jan 69 00:00:00", utc(2069, 1, 1)],
    ["01 Jan 00 00:00:00", utc(2000, 1, 1)],
    ["01 Jan 99 00:00:00", utc(1999, 1, 1)],
    ["01-Jan-1601 00:00:00", utc(1601, 1, 1)],
    // What stands behind a number or a month's three letters does not count, if it is no digit.
    ["21st Octobre 2027AD 07:28:00pm", utc(2027, 10, 21, 26_880)],
    // A token that is no time may still be a day.
    ["21:xx Oct 2027 07:28:00", utc(2027, 10, 21, 26_880)],
    // Everything of ASCII that is neither digit, letter nor colon separates.
    ["21/Oct_2027\t07:28:00;~", utc(2027, 10, 21, 26_880)],
    ["29 Feb 2028 23:59:59", utc(2028, 2, 29, 86_399)],
    // The first of each kind counts.
    ["21 Oct 2027 07:28:00 22 Nov 2028 08:00:00", utc(2027, 10, 21, 26_880)],
  ])("%j is read", ([text, time]) => {
    expect(parseCookieDate(text)).toBe(time);
  });

  it.for([
    "",
    "0",
    "someday",
    "garbage 12",
    "21 Oct 2027",
    "Oct 2027 07:28:00",
    "21 2027 07:28:00",
    "21 Oct 07:28:00",
    "21 Oct 2027 7:28",
    "21 Oct 2027 07:28:000",
    "21 Oct 2027 007:28:00",
    "21 Oct 2027 24:00:00",
    "21 Oct 2027 07:60:00",
    "21 Oct 2027 07:28:60",
    // A time that does not exist is still the time: a later one does not replace it.
    "21 Oct 2027 25:00:00 07:28:00",
    "32 Oct 2027 07:28:00",
    "00 Oct 2027 07:28:00",
    "31 Feb 2027 07:28:00",
    "29 Feb 2027 07:28:00",
    "01 Jan 1600 00:00:00",
    "01 Jan 20277 00:00:00",
    "01 anj 2027 00:00:00",
    "01 ja 2027 00:00:00",
    "1 ".repeat(6000),
  ])("%j is none", (text) => {
    expect(parseCookieDate(text)).toBeNull();
  });
});
