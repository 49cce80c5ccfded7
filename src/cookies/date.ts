/**
 * Dates of `Expires`: RFC 6265bis §5.1.1. Forgiving where that is: order, separators and rubbish do not matter.
 * Not an HTTP date (RFC 9110 §5.6.7): `Retry-After` has rules of its own.
 *
 * Linear: every character is looked at once or twice, whatever the text is.
 */

const MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec";

/** What was read so far; -1 where nothing was. */
interface Found {
  /** Seconds since midnight. */
  time: number;
  day: number;
  month: number;
  year: number;
}

/** Milliseconds since the epoch, or `null` when the text is no date (§5.1.1). */
export function parseCookieDate(text: string): number | null {
  const found: Found = { time: -1, day: -1, month: -1, year: -1 };
  let start = -1;
  for (let at = 0; at <= text.length; at++) {
    const inside = at < text.length && !isDelimiter(text.charCodeAt(at));
    if (inside && start === -1) start = at;
    if (!inside && start !== -1) {
      takeToken(found, text, start, at);
      start = -1;
    }
  }
  return toTime(found);
}

/** A token is the first of these that it can be and that was not found yet: time, day, month, year (step 2). */
function takeToken(found: Found, text: string, start: number, end: number): void {
  const digits = countDigits(text, start, end);
  if (digits === 0) {
    if (found.month === -1) found.month = monthOf(text, start, end);
    return;
  }
  if (found.time === -1 && digits <= 2) {
    found.time = timeOf(text, start, end);
    if (found.time !== -1) return;
  }
  if (found.day === -1 && digits <= 2) {
    found.day = numberAt(text, start, digits);
  } else if (found.year === -1 && digits >= 2 && digits <= 4) {
    found.year = numberAt(text, start, digits);
  }
}

/** Steps 3 to 6. */
function toTime({ time, day, month, year }: Found): number | null {
  if (time === -1 || day === -1 || month === -1 || year === -1) return null;
  const fullYear = year >= 100 ? year : year + (year >= 70 ? 1900 : 2000);
  if (day < 1 || day > 31 || fullYear < 1601 || time === INVALID_TIME) return null;
  const at = Date.UTC(fullYear, month, day, 0, 0, time);
  // `Date` turns 31 February into 3 March; there is no such date, so it is none (step 6).
  return new Date(at).getUTCDate() === day ? at : null;
}

/** Looks like a time, but has an hour, minute or second that does not exist: the whole date is none (step 5). */
const INVALID_TIME = 86_400;

/** `hms-time` in seconds, with anything behind it that does not begin with a digit; -1 when the token is no time. */
function timeOf(text: string, start: number, end: number): number {
  let total = 0;
  let valid = true;
  let at = start;
  for (let field = 0; field < 3; field++) {
    const digits = countDigits(text, at, end);
    if (digits === 0 || digits > 2) return -1;
    const number = numberAt(text, at, digits);
    valid = valid && number <= (field === 0 ? 23 : 59);
    total = total * 60 + number;
    at += digits;
    if (field < 2 && (at >= end || text.charCodeAt(at) !== COLON)) return -1;
    at += 1;
  }
  return valid ? total : INVALID_TIME;
}

const COLON = 0x3a;

function monthOf(text: string, start: number, end: number): number {
  if (end - start < 3) return -1;
  const at = MONTHS.indexOf(text.slice(start, start + 3).toLowerCase());
  return at >= 0 && at % 3 === 0 ? at / 3 : -1;
}

function countDigits(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && isDigit(text.charCodeAt(at))) at += 1;
  return at - start;
}

/** The number of `digits` digits at `start`: at most four. */
function numberAt(text: string, start: number, digits: number): number {
  let number = 0;
  for (let at = start; at < start + digits; at++) number = number * 10 + text.charCodeAt(at) - 0x30;
  return number;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** `delimiter` of §5.1.1: tab, and the ASCII characters that are no digit, letter, colon or control. */
function isDelimiter(code: number): boolean {
  return (
    code === 0x09 ||
    (code >= 0x20 && code <= 0x2f) ||
    (code >= 0x3b && code <= 0x40) ||
    (code >= 0x5b && code <= 0x60) ||
    (code >= 0x7b && code <= 0x7e)
  );
}
